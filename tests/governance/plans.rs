//! Plans: what a change would come to, and its commit on the revision it was made on, judged once more.

use jiff::SignedDuration;
use tenantry::directory::CommitError;
use tenantry::model::{Consent, Maker};
use tenantry::{Action, ConsentId, Context, NewAssignment, SubAccountId};

use crate::setup::*;

#[test]
fn a_plan_saves_nothing_and_says_what_it_comes_to() {
    let house = House::new();
    let wu = house.member("wu");
    let before = house.json();
    let by = house.by(house.lin);
    let plan = by.plan([Action::assign(wu, AGENT, house.support)]).unwrap();
    assert_eq!(house.json(), before);
    assert_eq!(plan.impact().sub_accounts().collect::<Vec<_>>(), [wu]);
    assert_eq!(plan.revision(), house.snapshot().revision());
    let text = plan.impact().to_string();
    assert!(text.contains("VIEW"), "{text}");
    let snapshot = house.directory.commit(plan).unwrap();
    assert!(snapshot.subject(wu).can(AGENTS, house.inbox));
}

#[test]
fn a_plan_is_not_committed_on_another_revision() {
    let house = House::new();
    let wu = house.member("wu");
    let plan = house.by(house.lin).plan([Action::assign(wu, AGENT, house.support)]).unwrap();
    house.host().create_workspace("Elsewhere").unwrap();
    let planned = plan.revision();
    let refused = house.directory.commit(plan.clone()).unwrap_err();
    assert!(matches!(refused, CommitError::Conflict { planned: at } if at == planned), "{refused}");
    assert!(!house.can(wu, Permission::VIEW, house.support));
    assert!(matches!(house.directory.commit(plan), Err(CommitError::Conflict { .. })));
}

#[test]
fn a_plan_is_committed_once() {
    let house = House::new();
    let wu = house.member("wu");
    let plan = house.by(house.lin).plan([Action::assign(wu, AGENT, house.support)]).unwrap();
    house.directory.commit(plan.clone()).unwrap();
    assert!(matches!(house.directory.commit(plan), Err(CommitError::Conflict { .. })));
}

#[test]
fn g1_who_lost_the_right_meanwhile_does_not_commit_a_plan() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let plan = house.by(mei).plan([Action::assign(wu, AGENT, house.support)]).unwrap();
    house.host().suspend(mei).unwrap();
    assert!(matches!(house.directory.commit(plan), Err(CommitError::Conflict { .. })));
}

#[test]
fn g1_a_right_that_ended_meanwhile_is_gone_when_the_plan_is_committed() {
    // Nothing was committed in between; only time has passed.
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.member("wu"));
    let role = NewAssignment::new(mei, MANAGER, house.support).ends(at(1_300));
    house.host().create_assignment(role).unwrap();
    let agent = NewAssignment::new(wu, AGENT, house.support).ends(at(1_200));
    let plan = house.by(mei).plan([agent]).unwrap();
    house.turn_clock_to(1_300);
    by_rule("G1", house.directory.commit(plan).map(drop));
}

#[test]
fn g2_what_the_actor_holds_is_judged_when_the_plan_is_committed() {
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.member("wu"));
    house.host().grant(mei, Permission::ASSIGN, house.support).unwrap();
    let held = house.bare(mei, Permission::EXPORT, house.support);
    house.host().create_assignment(held.clone().ends(at(1_300))).unwrap();
    house.host().create_assignment(held.starts(at(1_400))).unwrap();
    let export = house.bare(wu, Permission::EXPORT, house.support);
    let plan = house.by(mei).plan([export.starts(at(1_400))]).unwrap();
    let late = plan.clone();
    house.turn_clock_to(1_300);
    by_rule("G2", house.directory.commit(plan).map(drop));
    house.turn_clock_to(1_400);
    house.directory.commit(late).unwrap();
}

#[test]
fn g1_an_operators_plan_is_judged_by_its_home_as_that_is_now() {
    // The organization that the plan changes has not moved on. The operator's own has.
    let house = House::new();
    let vendor = house.directory.create_organization("Vendor", &login("olga")).unwrap();
    let at_home = house.directory.system("test").administer(vendor.organization);
    let (otto, makes_otto) = member_action("otto");
    at_home.perform([makes_otto]).unwrap();
    at_home.assign(otto, OWNER, ROOT).unwrap();
    let consent = Consent {
        id: ConsentId::from_u128(1),
        operators: vendor.organization,
        scope: ROOT,
        mask: house.names(Permission::PEOPLE),
        starts: None,
        ends: at(2_000),
        by: Maker::Host,
    };
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let wu = house.member("wu");
    let context = Context::new();
    let operator = house.directory.administer_as_operator(
        house.organization,
        vendor.organization,
        otto,
        &context,
    );
    let rename = |name: &str| operator.plan([Action::SetName(wu, Some(name.into()))]).unwrap();
    house.directory.commit(rename("Wu")).unwrap();
    let plan = rename("Wu Wei");
    at_home.suspend(otto).unwrap();
    by_rule("G1", house.directory.commit(plan).map(drop));
}

#[test]
fn a_plan_expires() {
    let lifetime = SignedDuration::from_secs(60);
    let house = House::with(builder(), |directory| directory.with_plan_lifetime(lifetime));
    let by = house.by(house.lin);
    let wu = house.member("wu");
    let plan = by.plan([Action::assign(wu, AGENT, house.support)]).unwrap();
    assert_eq!(plan.expires(), at(1_060));
    house.turn_clock_to(1_060);
    let refused = house.directory.commit(plan).unwrap_err();
    assert!(matches!(refused, CommitError::PlanExpired { at: end } if end == at(1_060)));
    let plan = by.plan([Action::assign(wu, AGENT, house.support)]).unwrap();
    house.turn_clock_to(1_119);
    house.directory.commit(plan).unwrap();
}

#[test]
fn a_request_that_expires_meanwhile_is_not_approved_by_a_plan() {
    let house = House::new();
    let wu = house.member("wu");
    let request = house.by(wu).request_access(AGENT, house.support, at(1_100)).unwrap();
    let approve = Action::Approve { request, assignments: Vec::new() };
    let plan = house.by(house.lin).plan([approve]).unwrap();
    house.turn_clock_to(1_100);
    let refused = house.directory.commit(plan).unwrap_err();
    assert!(matches!(refused, CommitError::Action(_)), "{refused}");
    assert!(!house.can(wu, Permission::VIEW, house.support));
}

#[test]
fn a_plan_keeps_the_session_it_was_made_in() {
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.member("wu"));
    house.host().grant(mei, Permission::ASSIGN, ROOT).unwrap();
    let mfa_only = tenantry::model::Condition::Mfa;
    let export = house.bare(mei, Permission::EXPORT, ROOT).when(mfa_only.clone());
    house.host().create_assignment(export).unwrap();
    let export = house.bare(wu, Permission::EXPORT, house.support).when(mfa_only);
    let plan = house.by_in(mei, &mfa()).plan([export]).unwrap();
    house.directory.commit(plan).unwrap();
}

#[test]
fn several_actions_are_judged_by_what_they_come_to_together() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    let by = house.by(mei);
    let id = tenantry::AssignmentId::from_u128(1);
    let export = house.bare(wu, Permission::EXPORT, house.support).id(id);
    // Given and taken back at once: nobody gains anything.
    house.changes_nothing(&by, [Action::from(export.clone()), Action::Revoke(id)]);
    let agent = Action::assign(wu, AGENT, house.support);
    let again = export.id(tenantry::AssignmentId::from_u128(2));
    house.refuses("G2", &by, [agent, again.into()]);
    assert!(!house.can(wu, Permission::VIEW, house.support), "the first alone was not done either");
}

#[test]
fn a_swap_is_neither_a_gain_nor_a_loss() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let boss = house.with_role("boss", CHIEF, ROOT);
    let host = house.host();
    let old = host.grant(boss, Permission::EXPORT, house.support).unwrap();
    // Neither covers EXPORT nor reaches the boss, and neither matters: the boss has afterwards what it had.
    let new = Action::assign(boss, EXPORTER, house.support);
    house.accepts(&house.by(mei), [new, Action::Revoke(old)]);
    assert!(house.can(boss, Permission::EXPORT, house.support));
}

#[test]
fn can_says_what_perform_does() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let by = house.by(mei);
    let revision = house.snapshot().revision();
    assert!(by.can(Action::assign(wu, AGENT, house.support)));
    assert!(!by.can(Action::assign(wu, AGENT, house.sales)));
    assert!(!by.can(Action::assign(wu, tenantry::SystemRole::new("nobody"), house.support)));
    assert!(!by.can(Action::Suspend(SubAccountId::from_u128(1))));
    assert_eq!(house.snapshot().revision(), revision);
}
