//! G4: nobody raises themselves; what costs only oneself needs no permission; and owners recover what was shut.

use tenantry::model::Membership;
use tenantry::{Action, Grant, NewAssignment, SubAccountId};

use crate::setup::*;

#[test]
fn g4_a_licence_is_for_others() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let by = house.by(ada);
    house.refuses("G4", &by, [Action::assign(ada, AGENT, house.support)]);
    let team = house.team("team", None);
    house.host().assign(team, EXPORTER, house.support).unwrap();
    house.refuses("G2", &by, [in_team(ada, team)]);
    house.host().grant(ada, AGENTS, house.support).unwrap();
    house.accepts(&by, [Action::assign(ada, AGENT, house.support)]);
}

#[test]
fn g4_not_by_a_team_that_one_is_in_either() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let team = house.team("team", None);
    house.host().add_to_team(ada, team).unwrap();
    house.refuses("G4", &house.by(ada), [Action::assign(team, AGENT, house.support)]);
    house.host().perform([Action::RemoveFromTeam(Membership { sub_account: ada, team })]).unwrap();
    house.accepts(&house.by(ada), [Action::assign(team, AGENT, house.support)]);
}

#[test]
fn g4_not_by_lifting_what_binds_oneself() {
    let house = House::new();
    let mei = house.with_role("mei", OWNER, house.support);
    let denied = house.host().deny(mei, Permission::VIEW, house.inbox).unwrap();
    let by = house.by(mei);
    // What mei cannot do at the inbox lies outside its reach there.
    house.refuses("G2", &by, [Action::Revoke(denied)]);
    let hr = house.with_role("hr", USERS, ROOT);
    let bound = house.names(Permission::PEOPLE);
    house.host().perform([Action::SetBoundary(hr, Some(bound))]).unwrap();
    house.refuses("G2", &house.by(hr), [Action::SetBoundary(hr, None)]);
    house.host().perform([Action::SetEnd(hr, Some(at(5_000)))]).unwrap();
    house.refuses("G2", &house.by(hr), [Action::SetEnd(hr, None)]);
}

#[test]
fn g4_a_service_does_not_raise_its_owner() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let bot = house.service(ada);
    house.give(bot, USERS, ROOT);
    let wu = house.member("wu");
    let by = house.by(bot);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
    house.refuses("G4", &by, [Action::assign(ada, AGENT, house.support)]);
    house.refuses("G4", &by, [Action::assign(ada, AGENT, house.inbox)]);
    // The owner's bound excuses nothing: with another owner the service would have raised itself.
    house.refuses("G4", &by, [Action::assign(bot, AGENT, house.support)]);
    assert!(!house.can(bot, Permission::VIEW, house.support));
}

#[test]
fn g4_what_costs_only_oneself_needs_no_permission() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let team = house.team("team", None);
    house.host().add_to_team(wu, team).unwrap();
    let extra = house.give(wu, EXPORTER, house.sales);
    let by = house.by(wu);
    house.accepts(&by, [Action::RemoveFromTeam(Membership { sub_account: wu, team })]);
    house.accepts(&by, [Action::Revoke(extra)]);
    by.leave().unwrap();
    assert!(!house.can(wu, Permission::VIEW, house.support));
}

#[test]
fn g4_what_costs_others_in_the_same_commit_needs_permission() {
    let house = House::new();
    let (hr, wu) = (house.member("hr"), house.with_role("wu", AGENT, house.support));
    house.host().grant(hr, Permission::PEOPLE, ROOT).unwrap();
    let extra = house.give(hr, EXPORTER, house.sales);
    let by = house.by(hr);
    house.refuses("G1", &by, [Action::Revoke(extra), Action::Suspend(wu)]);
    house.accepts(&by, [Action::Revoke(extra)]);
    house.accepts(&by, [Action::Suspend(wu)]);
}

#[test]
fn g4_what_is_anothers_needs_permission() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let bo = house.member("bo");
    let extra = house.give(bo, EXPORTER, house.sales);
    let team = house.team("team", None);
    house.host().add_to_team(bo, team).unwrap();
    house.host().assign(team, AGENT, house.sales).unwrap();
    let by = house.by(wu);
    house.refuses("G1", &by, [Action::Revoke(extra)]);
    house.refuses("G1", &by, [Action::RemoveFromTeam(Membership { sub_account: bo, team })]);
    house.refuses("G1", &by, [Action::Leave(bo.into())]);
    house.give(bo, MANAGER, house.sales);
    let (scope, into) = (house.sales.into(), None);
    house.refuses("G1", &by, [Action::StepDown { sub_account: bo, scope, into }]);
}

#[test]
fn g4_a_deny_to_oneself_is_not_dropped_like_a_role() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let denied = house.host().deny(wu, Permission::REPLY, house.support).unwrap();
    house.refuses("G1", &house.by(wu), [Action::Revoke(denied)]);
}

#[test]
fn g4_stepping_down_into_more_needs_permission_and_does_not_raise() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(mei);
    let down = |into: Option<tenantry::SystemRole>| Action::StepDown {
        sub_account: mei,
        scope: house.support.into(),
        into: into.map(Into::into),
    };
    house.refuses("G2", &by, [down(Some(EXPORTER))]);
    house.refuses("G2", &by, [down(Some(OWNER))]);
    house.accepts(&by, [down(Some(AGENT))]);
    assert!(house.can(mei, Permission::REPLY, house.support));
    assert!(!house.can(mei, Permission::ASSIGN, house.support));
}

#[test]
fn g4_stepping_down_into_what_one_is_keeps_it() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.give(mei, CHIEF, house.support);
    house.by(mei).step_down(house.support, Some(MANAGER.into())).unwrap();
    assert!(house.can(mei, Permission::SCOPES, house.support));
    let snapshot = house.snapshot();
    let left =
        snapshot.organization().assignments().values().filter(|it| it.assignee == mei.into());
    assert_eq!(left.count(), 1);
}

#[test]
fn g4_who_leaves_a_successor_something_gives_it() {
    let house = House::new();
    let wu = house.with_role("wu", COLLEAGUE, house.support);
    let heir = house.with_role("heir", COLLEAGUE, house.support);
    house.host().perform([Action::SetResourceOwner(house.inbox, Some(wu))]).unwrap();
    let leave = |successor| Action::Leave(tenantry::Departure { sub_account: wu, successor });
    // The heir would reply to the inbox: that is a gain, and needs the permission.
    house.refuses("G1", &house.by(wu), [leave(Some(heir))]);
    house.accepts(&house.by(wu), [leave(None)]);
}

/// A workspace that is shut to everybody, owners included.
fn shut(house: &House) -> Action {
    let none = tenantry::PermissionNames::none();
    let support = house.support.into();
    house.host().perform([Action::SetInheritance(support, none)]).unwrap();
    Action::SetInheritance(support, tenantry::PermissionNames::Full)
}

#[test]
fn g4_an_owner_opens_what_was_shut_to_owners() {
    let house = House::new();
    let open = shut(&house);
    let full = house.host().create_role(&tenantry::NewRole::full("Full")).unwrap();
    let ada = house.with_role("ada", full, ROOT);
    // Who holds everything but is no owner raises itself and is not even permitted.
    house.refuses("G1", &house.by(ada), [open.clone()]);
    house.accepts(&house.by(house.lin), [open]);
    assert!(house.can(house.lin, Permission::VIEW, house.support));

    let limit = Action::SetCeiling(house.sales.into(), Some(house.names(Permission::VIEW)));
    house.host().perform([limit]).unwrap();
    house.accepts(&house.by(house.lin), [Action::SetCeiling(house.sales.into(), None)]);
    let by = house.by(house.lin);
    let denied = by.deny(house.lin, Permission::EXPORT, house.inbox).unwrap();
    house.accepts(&by, [Action::Revoke(denied)]);
}

#[test]
fn g4_an_owner_does_not_lift_what_the_host_denied_it() {
    let house = House::new();
    let denied = house.host().deny(house.lin, Permission::EXPORT, house.inbox).unwrap();
    house.refuses("G4", &house.by(house.lin), [Action::Revoke(denied)]);
    let second = house.with_role("second", OWNER, ROOT);
    house.accepts(&house.by(second), [Action::Revoke(denied)]);
}

#[test]
fn g4_recovery_does_nothing_on_the_side() {
    let house = House::new();
    let open = shut(&house);
    let wu = house.member("wu");
    let by = house.by(house.lin);
    // Together with something else it is no recovery.
    house.refuses("G1", &by, [open.clone(), Action::assign(wu, AGENT, house.sales)]);
    house.refuses("G1", &by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [open]);
}

#[test]
fn g4_a_service_owner_is_not_raised_by_what_its_service_makes() {
    let house = House::new();
    let ada: SubAccountId = house.member("ada");
    house.host().grant(ada, Permission::SCOPES, ROOT).unwrap();
    let bot = house.service(ada);
    house.host().grant(bot, Permission::SCOPES, ROOT).unwrap();
    let by = house.by(bot);
    let room = by.create_workspace("Room").unwrap();
    // The maker is the service, within its owner's bound.
    assert!(house.can(bot, Permission::SCOPES, room));
    assert!(!house.can(bot, Permission::VIEW, room));
    let own = Grant::any(house.names(Permission::VIEW));
    let owner = NewAssignment::new(ada, own, room);
    house.refuses("G1", &by, [owner]);
}
