//! G2: what is held at some times or in some sessions is handed out for those alone, and only in a session that has it.

use tenantry::directory::CommitError;
use tenantry::model::{Condition, LoginMethod, LoginMethods, Networks};
use tenantry::{Action, Context, NewAssignment, NewRole, Refusal};

use crate::setup::*;

/// A house with mei, who may assign in support, and holds EXPORT there as described, and wu, who has nothing.
fn house(
    described: impl FnOnce(NewAssignment) -> NewAssignment,
) -> (House, tenantry::SubAccountId, NewAssignment) {
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.member("wu"));
    house.host().grant(mei, Permission::ASSIGN, house.support).unwrap();
    let held = described(house.bare(mei, Permission::EXPORT, house.support));
    house.host().create_assignment(held).unwrap();
    let export = house.bare(wu, Permission::EXPORT, house.support);
    (house, mei, export)
}

fn network(text: &str) -> Condition {
    Condition::Network(Networks::new([text.parse().unwrap()]).unwrap())
}

#[test]
fn g2_what_is_held_with_a_condition_is_handed_out_with_it() {
    let (house, mei, export) = house(|it| it.when(Condition::Mfa));
    let by = house.by_in(mei, &mfa());
    house.refuses("G2", &by, [export.clone()]);
    house.refuses("G2", &by, [export.clone().when(network("10.0.0.0/8"))]);
    house.accepts(&by, [export.clone().when(Condition::Mfa)]);
    house.accepts(&by, [export.when(Condition::Mfa).when(network("10.0.0.0/8"))]);
}

#[test]
fn g2_what_this_session_does_not_have_is_not_handed_out_in_it() {
    let (house, mei, export) = house(|it| it.when(Condition::Mfa));
    let conditional = [export.when(Condition::Mfa)];
    for session in [Context::new(), Context::new().mfa(false)] {
        let refused = house.refuses("G2", &house.by_in(mei, &session), conditional.clone());
        let CommitError::Refused(Refusal::Uncovered { now: true, .. }) = refused else {
            panic!("{refused}")
        };
    }
    house.accepts(&house.by_in(mei, &mfa()), conditional);
}

#[test]
fn g2_what_has_not_begun_is_not_handed_out_beforehand() {
    let (house, mei, export) = house(|it| it.starts(at(2_000)));
    let later = [export.starts(at(2_000))];
    house.refuses("G2", &house.by(mei), later.clone());
    house.turn_clock_to(2_000);
    house.accepts(&house.by(mei), later);
}

#[test]
fn g2_what_ends_is_handed_out_until_its_end_at_most() {
    let (house, mei, export) = house(|it| it.ends(at(2_000)));
    let by = house.by(mei);
    house.refuses("G2", &by, [export.clone()]);
    house.refuses("G2", &by, [export.clone().ends(at(2_001))]);
    house.refuses("G2", &by, [export.clone().starts(at(2_000)).ends(at(3_000))]);
    house.accepts(&by, [export.clone().ends(at(2_000))]);
    house.turn_clock_to(2_000);
    house.refuses("G2", &house.by(mei), [export.ends(at(2_100))]);
}

#[test]
fn g2_the_actors_own_end_is_the_end_of_what_it_hands_out() {
    let (house, mei, export) = house(|it| it);
    house.host().perform([Action::SetEnd(mei, Some(at(2_000)))]).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [export.clone()]);
    house.accepts(&by, [export.ends(at(2_000))]);
}

#[test]
fn g2_a_gap_in_what_is_held_is_a_gap_in_what_is_handed_out() {
    let (house, mei, export) = house(|it| it.ends(at(2_000)));
    let rest = house.bare(mei, Permission::EXPORT, house.support).starts(at(3_000));
    house.host().create_assignment(rest).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [export.clone()]);
    let gap = house.bare(mei, Permission::EXPORT, house.support);
    house.host().create_assignment(gap.starts(at(2_000)).ends(at(3_000))).unwrap();
    house.accepts(&by, [export]);
}

#[test]
fn g2_a_deny_to_come_limits_what_is_handed_out_now() {
    let (house, mei, export) = house(|it| it);
    let denied = house.bare(mei, Permission::EXPORT, house.support).denying();
    house.host().create_assignment(denied.starts(at(2_000))).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [export.clone()]);
    house.accepts(&by, [export.ends(at(2_000))]);
}

#[test]
fn g2_a_deny_unless_limits_what_is_handed_out_in_every_session() {
    let (house, mei, export) = house(|it| it);
    // From anywhere but the office: the deny acts unless its condition is false.
    let denied = house.bare(mei, Permission::EXPORT, house.support).denying();
    house.host().create_assignment(denied.when(network("203.0.113.0/24"))).unwrap();
    let elsewhere = Context::new().network("10.0.0.1".parse().unwrap());
    let by = house.by_in(mei, &elsewhere);
    house.refuses("G2", &by, [export.clone()]);
    // An allow that acts when the network is another one is judged apart from it: conditions count as independent.
    house.refuses("G2", &by, [export.when(network("10.0.0.0/8"))]);
}

#[test]
fn g2_two_conditional_holdings_do_not_make_an_unconditional_one() {
    let (house, mei, export) = house(|it| it.when(Condition::Mfa));
    let saml = LoginMethods::new([LoginMethod::new("saml").unwrap()]).unwrap();
    let saml = Condition::LoginMethod(saml);
    let also = house.bare(mei, Permission::EXPORT, house.support).when(saml.clone());
    house.host().create_assignment(also).unwrap();
    let session = mfa().login_method(LoginMethod::new("saml").unwrap());
    let by = house.by_in(mei, &session);
    house.refuses("G2", &by, [export.clone()]);
    house.accepts(&by, [export.clone().when(saml)]);
    house.accepts(&by, [export.when(Condition::Mfa)]);
}

#[test]
fn g2_a_role_edit_needs_every_time_and_every_session() {
    let house = House::new();
    let roz = house.member("roz");
    house.host().grant(roz, Permission::ROLES, ROOT).unwrap();
    let timed = house.bare(roz, Permission::EXPORT, ROOT).ends(at(5_000));
    house.host().create_assignment(timed).unwrap();
    let conditional = house.bare(roz, Permission::BILL, ROOT).when(Condition::Mfa);
    house.host().create_assignment(conditional).unwrap();
    let by = house.by_in(roz, &mfa());
    for what in [Permission::EXPORT, Permission::BILL] {
        by_rule("G2", by.create_role(&NewRole::new("Role", what)));
    }
    house.host().grant(roz, Permission::EXPORT, ROOT).unwrap();
    by.create_role(&NewRole::new("Role", Permission::EXPORT)).unwrap();
}

#[test]
fn g2_a_condition_taken_away_is_a_gain() {
    let (house, mei, _) = house(|it| it.when(Condition::Mfa));
    let bo = house.member("bo");
    let id = house
        .host()
        .create_assignment(house.bare(bo, Permission::EXPORT, house.support).when(Condition::Mfa));
    let by = house.by_in(mei, &mfa());
    let unconditional = house.bare(bo, Permission::EXPORT, house.support);
    house.refuses("G2", &by, [Action::Revoke(id.unwrap()), unconditional.into()]);
}

#[test]
fn g2_the_condition_under_which_one_is_a_member_binds_too() {
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.member("wu"));
    let members = tenantry::model::Assignee::MembersOf(house.support.into());
    house.host().grant(mei, Permission::ASSIGN, ROOT).unwrap();
    let host = house.host();
    host.create_assignment(NewAssignment::new(mei, COLLEAGUE, house.support).when(Condition::Mfa))
        .unwrap();
    host.create_assignment(house.bare(members, Permission::EXPORT, house.sales)).unwrap();
    let by = house.by_in(mei, &mfa());
    assert!(house.snapshot().subject(mei).in_context(mfa()).can(Permission::EXPORT, house.sales));
    let export = house.bare(wu, Permission::EXPORT, house.sales);
    house.refuses("G2", &by, [export.clone()]);
    house.accepts(&by, [export.when(Condition::Mfa)]);
}

#[test]
fn g2_too_many_circumstances_are_refused_rather_than_guessed() {
    let (house, mei, export) = house(|it| it);
    let by = house.by(mei);
    let many = (0..13).fold(export, |it, number| it.when(network(&format!("10.{number}.0.0/16"))));
    let refused = house.refuses("G2", &by, [many]);
    assert!(refused.to_string().contains("too many times and conditions"), "{refused}");
}

#[test]
fn g2_a_delegated_condition_is_passed_on_with_it() {
    // What bounds a delegation counts conditions as met (D13), so passing it on without them would widen it.
    let (house, mei, export) = house(|it| it.when(Condition::Mfa));
    house.host().grant(mei, Permission::DELEGATE, house.support).unwrap();
    let by = house.by_in(mei, &mfa());
    let passed_on = export.delegated_by(mei).ends(at(5_000));
    house.refuses("G2", &by, [passed_on.clone()]);
    house.accepts(&by, [passed_on.when(Condition::Mfa)]);
}
