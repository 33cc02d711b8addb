//! An administrator who tightens the security policy does not lock owners out for good.

use tenantry::messaging;
use tenantry::model::{Condition, SecurityPolicy};
use tenantry::{Action, Context, Directory, Networks};

use crate::setup::*;
use crate::stage::*;

fn network(text: &str) -> Condition {
    Condition::Network(Networks::new([text.parse().unwrap()]).unwrap())
}

fn at_home() -> Condition {
    network("203.0.113.7/32")
}

const fn policy(conditions: Vec<Condition>) -> Action {
    Action::SetSecurityPolicy(SecurityPolicy { conditions })
}

fn there() -> Context {
    Context::new().network("203.0.113.7".parse().unwrap())
}

#[test]
fn break_09_owners_loosen_what_an_administrator_tightened() {
    let directory = Directory::new(messaging::catalog());
    let acme = directory.create_organization("Acme", &login("lin")).unwrap();
    let lin = directory.administer(acme.organization, acme.owner, &Context::new());
    let eve = lin.create_member(&login("eve")).unwrap();
    let role = lin.assign(eve, messaging::ADMINISTRATOR, ROOT).unwrap();
    let by = directory.administer(acme.organization, eve, &there());
    by.set_security_policy([at_home()]).unwrap();
    // The owners are elsewhere, and stay owners.
    lin.set_security_policy([]).unwrap();
    lin.revoke(role).unwrap();
    lin.remove(eve, None).unwrap();
    let again = directory.administer(acme.organization, eve, &there());
    again.set_security_policy([at_home()]).unwrap_err();
}

/// A clerk who administers the house, and has made a policy that only its own session meets.
fn tightened(house: &House) -> tenantry::SubAccountId {
    let clerk = holder(house, "clerk", Permission::HOUSE, ROOT);
    house.accepts(&house.by_in(clerk, &there()), [policy(vec![at_home()])]);
    clerk
}

#[test]
fn break_09_an_owner_loosens_it_whole_or_in_part() {
    for conditions in [vec![], vec![network("203.0.113.0/24")]] {
        let house = House::new();
        tightened(&house);
        let session = Context::new().network("203.0.113.99".parse().unwrap());
        house.accepts(&house.by_in(house.lin, &session), [policy(conditions)]);
        assert!(house.snapshot().subject(house.lin).in_context(session).can(AGENTS, ROOT));
    }
}

#[test]
fn break_09_an_owner_who_loosens_does_nothing_else_in_that_commit() {
    let house = House::new();
    let clerk = tightened(&house);
    let by = house.by(house.lin);
    house.refuses("G1", &by, [policy(vec![]), Action::Suspend(clerk)]);
    house.refuses("G1", &by, [Action::Suspend(clerk)]);
    house.accepts(&by, [policy(vec![])]);
    house.accepts(&by, [Action::Suspend(clerk)]);
}

#[test]
fn break_09_only_owners_who_are_shut_out_loosen_it() {
    let house = House::new();
    let clerk = tightened(&house);
    let full = house.host().create_role(&tenantry::NewRole::full("Full")).unwrap();
    let ada = house.with_role("ada", full, ROOT);
    // Ada holds everything and is no owner; the clerk is in another session.
    house.refuses("G1", &house.by(ada), [policy(vec![])]);
    house.refuses("G1", &house.by(clerk), [policy(vec![])]);
    house.refuses("G6", &house.by_in(clerk, &there()), [policy(vec![])]);
    // Nor does an owner who is kept out by something else than the policy.
    let second = house.with_role("second", OWNER, ROOT);
    house.host().suspend(second).unwrap();
    house.refuses("G1", &house.by(second), [policy(vec![])]);
    // Nor does an owner tighten it further from a session that does not meet it.
    house.refuses("G1", &house.by(house.lin), [policy(vec![at_home(), Condition::Mfa])]);
}

#[test]
fn break_09_what_an_owner_set_binds_owners() {
    let house = House::new();
    let by = house.by_in(house.lin, &there());
    house.accepts(&by, [policy(vec![at_home()])]);
    let second = house.with_role("second", OWNER, ROOT);
    house.refuses("G1", &house.by(second), [policy(vec![])]);
    house.refuses("G1", &house.by(house.lin), [policy(vec![])]);
    house.accepts(&by, [policy(vec![])]);
}

#[test]
fn break_09_what_an_owner_confirmed_binds_owners() {
    let house = House::new();
    tightened(&house);
    let second = house.with_role("second", OWNER, ROOT);
    // To set it once more is to confirm it.
    house.by_in(house.lin, &there()).set_security_policy([at_home()]).unwrap();
    house.refuses("G1", &house.by(second), [policy(vec![])]);
}

#[test]
fn break_09_an_administrator_does_not_take_an_owners_policy_for_its_own() {
    // Tightening what an owner set is possible; an owner who met the former policy loosens again.
    let house = House::new();
    house.accepts(&house.by_in(house.lin, &mfa()), [policy(vec![Condition::Mfa])]);
    let clerk = holder(&house, "clerk", Permission::HOUSE, ROOT);
    let clerk = house.by_in(clerk, &there().mfa(true));
    house.accepts(&clerk, [policy(vec![Condition::Mfa, at_home()])]);
    let by = house.by_in(house.lin, &mfa());
    house.accepts(&by, [policy(vec![Condition::Mfa])]);
}

#[test]
fn break_09_operators_set_no_policy() {
    let house = House::new();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, tenantry::PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let context = Context::new().mfa(true);
    let operator = house.directory.administer_as_operator(
        house.organization,
        vendor.organization,
        vendor.olga,
        &context,
    );
    let step = operator.set_security_policy([Condition::Mfa]);
    assert!(house.can(house.lin, AGENTS, ROOT), "the owner is locked out by an operator");
    refused_by(&["G1", "G6"], step);
}
