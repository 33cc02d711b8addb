//! G6: owners come back in whatever the policy, and by nothing that weakens what owners decided.

use tenantry::model::{Condition, SecurityPolicy};
use tenantry::{Action, Context, Networks};

use crate::setup::*;
use crate::stage::*;

fn office() -> Condition {
    Condition::Network(Networks::new(["203.0.113.0/24".parse().unwrap()]).unwrap())
}

const fn policy(conditions: Vec<Condition>) -> Action {
    Action::SetSecurityPolicy(SecurityPolicy { conditions })
}

/// In the office, with a second factor.
fn strong() -> Context {
    Context::new().mfa(true).network("203.0.113.7".parse().unwrap())
}

fn clerk(house: &House) -> tenantry::SubAccountId {
    holder(house, "clerk", Permission::HOUSE, ROOT)
}

#[test]
fn kind_policy_to_set_an_owners_policy_again_does_not_make_it_ones_own() {
    // The owners demand a second factor. The clerk sets the same; then somebody with an owner's
    // password and without the second factor would loosen it.
    let house = House::new();
    house.accepts(&house.by_in(house.lin, &strong()), [policy(vec![Condition::Mfa])]);
    let _ = house.by_in(clerk(&house), &strong()).set_security_policy([Condition::Mfa]);
    house.refuses("G1", &house.by(house.lin), [policy(vec![])]);
}

#[test]
fn kind_policy_what_owners_demand_is_met_whatever_an_administrator_adds() {
    // The clerk adds the office to the owners' second factor. An owner from elsewhere takes the
    // office away again with the second factor, and not without.
    let house = House::new();
    house.accepts(&house.by_in(house.lin, &strong()), [policy(vec![Condition::Mfa])]);
    let both = || policy(vec![Condition::Mfa, office()]);
    house.accepts(&house.by_in(clerk(&house), &strong()), [both()]);
    house.refuses("G1", &house.by(house.lin), [policy(vec![])]);
    house.refuses("G1", &house.by(house.lin), [policy(vec![Condition::Mfa])]);
    house.accepts(&house.by_in(house.lin, &mfa()), [policy(vec![Condition::Mfa])]);
}

#[test]
fn kind_policy_who_loosens_meets_what_is_left() {
    // It would lock the owner out at once.
    let house = House::new();
    let both = policy(vec![Condition::Mfa, office()]);
    house.accepts(&house.by_in(clerk(&house), &strong()), [both]);
    for left in [vec![Condition::Mfa], vec![office()]] {
        refuses(&house, &["G1", "G6"], &house.by(house.lin), &[policy(left)]);
    }
    house.accepts(&house.by_in(house.lin, &mfa()), [policy(vec![Condition::Mfa])]);
}

#[test]
fn kind_policy_another_policy_is_no_looser_one() {
    // An owner who is shut out loosens; it does not put another demand in the old one's place.
    let house = House::new();
    house.accepts(&house.by_in(clerk(&house), &strong()), [policy(vec![office()])]);
    let by = house.by_in(house.lin, &mfa());
    refuses(&house, &["G1", "G6"], &by, &[policy(vec![Condition::Mfa])]);
    house.accepts(&by, [policy(vec![])]);
    house.accepts(&by, [policy(vec![Condition::Mfa])]);
}

#[test]
fn kind_policy_who_loosens_does_nothing_on_the_side() {
    let house = House::new();
    let clerk = clerk(&house);
    house.accepts(&house.by_in(clerk, &strong()), [policy(vec![office()])]);
    let by = house.by(house.lin);
    let wu = house.member("wu");
    let beside = [
        Action::assign(wu, AGENT, house.support),
        Action::Remove(clerk.into()),
        Action::SetName(house.lin, Some("Lin".into())),
        policy(vec![office(), Condition::Mfa]),
    ];
    for beside in beside {
        house.refuses("G1", &by, [policy(vec![]), beside.clone()]);
        house.refuses("G1", &by, [beside, policy(vec![])]);
    }
}

#[test]
fn kind_policy_only_who_is_an_owner_now_and_else_could_act_loosens() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    let former = house.with_role("former", OWNER, ROOT);
    house.by(house.lin).revoke(holding(&house, former, OWNER)).unwrap();
    house.accepts(&house.by_in(clerk(&house), &strong()), [policy(vec![office()])]);
    house.refuses("G1", &house.by(former), [policy(vec![])]);
    house.host().require_credential_reset(second).unwrap();
    house.refuses("G1", &house.by(second), [policy(vec![])]);
    // A service of an owner is no owner.
    let bot = house.service(house.lin);
    house.host().grant(bot, Permission::HOUSE, ROOT).unwrap();
    house.refuses("G1", &house.by(bot), [policy(vec![])]);
    // The one owner who is left does.
    house.accepts(&house.by(house.lin), [policy(vec![])]);
}

#[test]
fn kind_policy_administrators_keep_tightening_step_by_step() {
    // Accepted: nobody knows the sessions of others, and owners can always answer.
    let house = House::new();
    let clerk = clerk(&house);
    let by = house.by_in(clerk, &strong());
    for _ in 0..3 {
        house.accepts(&by, [policy(vec![office()])]);
        house.accepts(&by, [policy(vec![office(), Condition::Mfa])]);
        house.refuses("G6", &by, [policy(vec![office()])]);
        house.accepts(&house.by(house.lin), [policy(vec![])]);
    }
    house.accepts(&house.by(house.lin), [Action::Suspend(clerk)]);
}

#[test]
fn kind_policy_a_service_of_an_administrator_locks_no_owner_out() {
    let house = House::new();
    let clerk = clerk(&house);
    let bot = house.service(clerk);
    house.host().grant(bot, Permission::HOUSE, ROOT).unwrap();
    house.accepts(&house.by_in(bot, &strong()), [policy(vec![office()])]);
    house.accepts(&house.by(house.lin), [policy(vec![])]);
}

#[test]
fn kind_policy_an_operator_neither_tightens_nor_loosens_nor_confirms() {
    let house = House::new();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, tenantry::PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    house.accepts(&house.by_in(clerk(&house), &strong()), [policy(vec![office()])]);
    let context = strong();
    let operator = house.directory.administer_as_operator(
        house.organization,
        vendor.organization,
        vendor.olga,
        &context,
    );
    for conditions in [vec![], vec![office()], vec![office(), Condition::Mfa]] {
        let _ = operator.perform([policy(conditions)]);
        let snapshot = house.snapshot();
        let stored = snapshot.organization().profile().security.conditions.len();
        assert_eq!(stored, 1, "an operator set the policy");
    }
    house.accepts(&house.by(house.lin), [policy(vec![])]);
}
