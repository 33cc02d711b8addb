//! I1: there are always enough owners. I6: the host may always take somebody out, and then the organization is locked.
//! I7: time does not go back.

use tenantry::catalog::Limits;
use tenantry::governance::LifecycleStep;
use tenantry::model::{Assignee, Condition, OrganizationStatus};
use tenantry::{
    Action, AssignmentId, Departure, NewAssignment, Reason, SubAccountId, SubAccountKind,
};

use crate::setup::*;

fn owning(house: &House, who: impl Into<Assignee>) -> AssignmentId {
    let (who, snapshot) = (who.into(), house.snapshot());
    let mut all = snapshot.organization().assignments().values();
    all.find(|it| it.assignee == who && it.grant == OWNER).unwrap().id
}

#[test]
fn i1_the_last_owner_does_not_go() {
    let house = House::new();
    let by = house.by(house.lin);
    let lin = house.lin;
    for action in [
        Action::Leave(lin.into()),
        Action::Suspend(lin),
        Action::Remove(Departure::from(lin)),
        Action::SetCredentialResetRequired(lin, true),
        Action::StepDown { sub_account: lin, scope: ROOT, into: None },
        Action::Revoke(owning(&house, lin)),
        Action::SetEnd(lin, Some(at(1_000_000))),
        Action::SetBoundary(lin, Some(house.names(Permission::all()))),
        house.bare(lin, Permission::BILL, ROOT).denying().into(),
        house.bare(Assignee::MembersOf(ROOT), Permission::BILL, ROOT).denying().into(),
    ] {
        house.refuses("I1", &by, [action]);
    }
    house.with_role("second", OWNER, ROOT);
    house.accepts(&by, [Action::Leave(lin.into())]);
}

#[test]
fn i1_the_host_is_bound_too() {
    let house = House::new();
    let lin = house.lin;
    let host = house.host();
    for action in [
        Action::Revoke(owning(&house, lin)),
        Action::SetEnd(lin, Some(at(1_000_000))),
        Action::SetBoundary(lin, Some(house.names(AGENTS))),
        house.bare(lin, Permission::BILL, ROOT).denying().into(),
    ] {
        house.refuses("I1", &host, [action]);
    }
}

#[test]
fn i1_an_owner_for_a_while_or_in_some_sessions_is_none() {
    let house = House::new();
    let wu = house.member("wu");
    let host = house.host();
    host.create_assignment(NewAssignment::new(wu, OWNER, ROOT).ends(at(1_000_000))).unwrap();
    house.refuses("I1", &host, [Action::Leave(house.lin.into())]);
    host.create_assignment(NewAssignment::new(wu, OWNER, ROOT).when(Condition::Mfa)).unwrap();
    house.refuses("I1", &host, [Action::Leave(house.lin.into())]);
    host.create_assignment(NewAssignment::new(wu, OWNER, ROOT).here()).unwrap();
    // Here alone is at the organization, which is what counts.
    house.accepts(&host, [Action::Leave(house.lin.into())]);
}

#[test]
fn i1_an_owner_to_come_is_none() {
    let house = House::new();
    let wu = house.member("wu");
    house.host().create_assignment(NewAssignment::new(wu, OWNER, ROOT).starts(at(2_000))).unwrap();
    house.refuses("I1", &house.host(), [Action::Leave(house.lin.into())]);
    house.turn_clock_to(2_000);
    house.accepts(&house.host(), [Action::Leave(house.lin.into())]);
}

#[test]
fn i1_an_owner_denied_bounded_or_ending_is_none() {
    let house = House::new();
    let host = house.host();
    let leave = || [Action::Leave(house.lin.into())];
    let bounded = house.with_role("bounded", OWNER, ROOT);
    let all = house.names(Permission::all());
    // All there is is not all there will be.
    host.perform([Action::SetBoundary(bounded, Some(all))]).unwrap();
    house.refuses("I1", &host, leave());
    let denied = house.with_role("denied", OWNER, ROOT);
    let later = house.bare(denied, Permission::BILL, ROOT).denying().starts(at(9_000));
    host.create_assignment(later).unwrap();
    house.refuses("I1", &host, leave());
    let guest = host.create_guest(&login("guest"), at(9_000)).unwrap();
    house.give(guest, OWNER, ROOT);
    house.refuses("I1", &host, leave());
    let bot = house.service(house.lin);
    house.give(bot, OWNER, ROOT);
    house.refuses("I1", &host, leave());
    // A deny elsewhere, or what is held by a team, does not matter.
    let team = house.team("owners", None);
    let wu = house.member("wu");
    host.add_to_team(wu, team).unwrap();
    host.deny(wu, Permission::VIEW, house.inbox).unwrap();
    host.assign(team, OWNER, ROOT).unwrap();
    house.accepts(&host, leave());
}

#[test]
fn i1_a_delegated_owner_is_none() {
    let house = House::of(builder().limits(Limits { min_owners: 2, ..Limits::NONE }));
    let second = house.with_role("second", OWNER, ROOT);
    let wu = house.member("wu");
    let passed_on = NewAssignment::new(wu, OWNER, ROOT).delegated_by(house.lin);
    house.host().create_assignment(passed_on).unwrap();
    assert!(house.can(wu, Permission::all(), ROOT));
    house.refuses("I1", &house.host(), [Action::Leave(second.into())]);
}

#[test]
fn i1_an_owner_who_is_suspended_or_invited_is_none() {
    let house = House::new();
    let wu = house.with_role("wu", OWNER, ROOT);
    let host = house.host();
    host.suspend(wu).unwrap();
    house.refuses("I1", &host, [Action::Leave(house.lin.into())]);
    host.remove(wu, None).unwrap();
    host.invite(&login("wu")).role(OWNER, ROOT).issue().unwrap();
    house.refuses("I1", &host, [Action::Leave(house.lin.into())]);
}

#[test]
fn i1_the_last_member_of_the_owners_team_does_not_leave_it() {
    let house = House::new();
    let (owners, wu) = (house.team("owners", None), house.member("wu"));
    let host = house.host();
    host.add_to_team(wu, owners).unwrap();
    host.assign(owners, OWNER, ROOT).unwrap();
    host.perform([Action::Leave(house.lin.into())]).unwrap();
    let membership = tenantry::model::Membership { sub_account: wu, team: owners };
    let by = house.by(wu);
    house.refuses("I1", &by, [Action::RemoveFromTeam(membership)]);
    house.refuses("I1", &by, [Action::DeleteTeam(owners)]);
    house.refuses("I1", &by, [Action::Revoke(owning(&house, owners))]);
}

#[test]
fn i1_there_may_have_to_be_two() {
    let limits = Limits { min_owners: 2, ..Limits::NONE };
    let house = House::of(builder().limits(limits));
    // An organization starts with one; what is broken stops only what makes it worse.
    let second = house.with_role("second", OWNER, ROOT);
    let third = house.with_role("third", OWNER, ROOT);
    let by = house.by(house.lin);
    house.accepts(&by, [Action::Suspend(third)]);
    house.refuses("I1", &by, [Action::Suspend(second)]);
    let swap = [Action::Reinstate(third), Action::Suspend(second)];
    house.accepts(&by, swap);
}

#[test]
fn i1_owners_change_in_one_commit() {
    let house = House::new();
    let wu = house.member("wu");
    let by = house.by(house.lin);
    by.transfer_ownership(wu).unwrap();
    assert!(house.can(wu, Permission::all(), ROOT));
    assert!(!house.can(house.lin, Permission::VIEW, ROOT));
    house.refuses("G1", &by, [Action::assign(house.lin, OWNER, ROOT)]);
    let to_oneself = Action::TransferOwnership { from: wu, to: wu };
    house.accepts(&house.by(wu), [to_oneself]);
    assert!(house.can(wu, Permission::all(), ROOT));
}

#[test]
fn i1_ownership_is_not_handed_to_who_cannot_be_an_owner() {
    let house = House::new();
    let host = house.host();
    let guest = host.create_guest(&login("guest"), at(9_000)).unwrap();
    let asleep = house.member("asleep");
    host.suspend(asleep).unwrap();
    let by = house.by(house.lin);
    let bot = house.service(house.member("ada"));
    for to in [guest, asleep, bot] {
        house.refuses("I1", &by, [Action::TransferOwnership { from: house.lin, to }]);
    }
    assert!(by.transfer_ownership(SubAccountId::from_u128(4)).is_err());
    let both: [Action; 2] = [
        Action::SetEnd(house.lin, Some(at(9_000))),
        Action::SetKind(house.lin, SubAccountKind::Guest),
    ];
    house.refuses("I1", &by, both);
}

#[test]
fn i6_the_host_takes_the_last_owner_out_and_the_organization_is_locked() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let plan = house.host().plan([Action::Suspend(house.lin)]).unwrap();
    let locked = |step: &LifecycleStep| {
        matches!(step, LifecycleStep::Organization { to: OrganizationStatus::Suspended, .. })
    };
    assert!(plan.impact().steps().iter().any(locked), "a plan says so beforehand");
    house.directory.commit(plan).unwrap();
    let status = house.snapshot().organization().profile().status;
    assert_eq!(status, OrganizationStatus::Suspended);
    let answer =
        house.directory.check(house.organization, wu, Permission::VIEW, house.support).reason();
    assert_eq!(answer, Some(Reason::OrganizationInactive));
    // It opens again only with an owner.
    let open = Action::SetOrganizationStatus(OrganizationStatus::Active);
    house.refuses("I1", &house.host(), [open.clone()]);
    house.accepts(&house.host(), [Action::assign(wu, OWNER, ROOT), open]);
}

#[test]
fn i6_with_a_successor_the_organization_stays_open() {
    let house = House::new();
    let wu = house.member("wu");
    let actions = [Action::assign(wu, OWNER, ROOT), Action::Remove(Departure::from(house.lin))];
    house.accepts(&house.host(), actions);
    let status = house.snapshot().organization().profile().status;
    assert_eq!(status, OrganizationStatus::Active);
}

/// Who holds the owner's role as a member of a workspace holds everything for as long as it is one, and is no owner:
/// whoever gives roles there would make owners and unmake them.
#[test]
fn i1_the_members_of_a_workspace_are_no_owners() {
    let house = House::new();
    let (host, lin) = (house.host(), house.lin);
    let wu = house.with_role("wu", AGENT, house.support);
    house.accepts(&host, [Action::assign(Assignee::MembersOf(house.support.into()), OWNER, ROOT)]);
    house.refuses("I1", &house.by(lin), [Action::Leave(lin.into())]);
    house.refuses("G3", &house.by(wu), [Action::Suspend(lin)]);
    // All members of the organization are another matter.
    house.accepts(&host, [Action::assign(Assignee::MembersOf(ROOT), OWNER, ROOT)]);
    house.accepts(&house.by(wu), [Action::Suspend(lin)]);
}
