//! What went wrong in other systems, as far as it concerns who may change what. Each opens with the story.

use tenantry::directory::CommitError;
use tenantry::model::{Assignee, Membership};
use tenantry::{
    Action, Context, Departure, Directory, Name, NewAssignment, NewRequest, NewResource, NewRole,
    NewSubAccount, PermissionNames, Reason, RequestId, SubAccountKind,
};

use crate::setup::*;

#[test]
fn incident_15_lower_administrators_do_not_touch_higher_ones() {
    // Lower administrators demoted, removed or promoted others beyond their bounds.
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let by = house.by(hr);
    let boss = house.with_role("boss", MANAGER, ROOT);
    let team = house.team("bosses", None);
    house.host().add_to_team(boss, team).unwrap();
    house.host().assign(team, MANAGER, house.support).unwrap();
    let of_boss = house.snapshot();
    let mut all = of_boss.organization().assignments().values();
    let held = all.find(|it| it.assignee == boss.into()).unwrap().id;
    for demotion in [
        Action::Suspend(boss),
        Action::Remove(Departure::from(boss)),
        Action::SetCredentialResetRequired(boss, true),
        Action::SetBoundary(boss, Some(PermissionNames::none())),
        Action::SetEnd(boss, Some(at(2_000))),
        Action::Revoke(held),
        house.bare(boss, Permission::VIEW, ROOT).denying().into(),
        house.bare(Assignee::MembersOf(ROOT), Permission::VIEW, ROOT).denying().into(),
    ] {
        house.refuses("G3", &by, [demotion]);
    }
    for promotion in [Action::assign(boss, OWNER, ROOT), Action::assign(hr, MANAGER, ROOT)] {
        house.refuses("G2", &by, [promotion]);
    }
    // What the team gives boss has anyway; nobody else is in it.
    house.accepts(&by, [Action::RemoveFromTeam(Membership { sub_account: boss, team })]);
}

#[test]
fn incident_18_an_owner_who_has_not_accepted_has_no_power() {
    // An owner who had accepted an invitation but was not confirmed had power already.
    let house = House::new();
    let by = house.by(house.lin);
    let second = by.invite(&login("second")).role(OWNER, ROOT).issue().unwrap();
    let wu = house.member("wu");
    let as_second = house.by(second.sub_account);
    house.refuses("G1", &as_second, [Action::assign(wu, AGENT, ROOT)]);
    house.refuses("G1", &as_second, [Action::Suspend(house.lin)]);
    house.refuses("I1", &by, [Action::Leave(house.lin.into())]);
    house.directory.accept(&second.token, &login("second")).unwrap();
    house.accepts(&as_second, [Action::Suspend(house.lin)]);
}

#[test]
fn incident_20_whoever_acts_acts_in_their_own_organization_alone() {
    // The caller was checked in one tenant, the target taken from another.
    let house = House::new();
    let directory: &Directory<Permission> = &house.directory;
    let other = directory.create_organization("Other", &login("olga")).unwrap();
    let theirs = directory.system("test").administer(other.organization);
    let (their_room, their_wu) =
        (theirs.create_workspace("Theirs").unwrap(), theirs.create_member(&login("wu")).unwrap());
    let by = house.by(house.lin);
    let mine = house.member("mine");
    for foreign in [
        Action::assign(mine, AGENT, their_room),
        Action::assign(their_wu, AGENT, house.support),
        Action::Suspend(their_wu),
        Action::DeleteWorkspace(their_room),
        Action::RenameWorkspace(their_room, Name::new("Mine").unwrap()),
    ] {
        let refused = by.perform([foreign.clone()]).unwrap_err();
        let is_unknown = matches!(&refused, CommitError::Action(_));
        assert!(is_unknown || rule_of(&refused) == "G1", "{foreign}: {refused}");
    }
    // Their owner is nobody here.
    let context = Context::new();
    let stranger = directory.administer(house.organization, other.owner, &context);
    house.refuses("G1", &stranger, [Action::Suspend(mine)]);
    let team = house.team("team", None);
    let leave = Membership { sub_account: other.owner, team };
    assert!(stranger.perform([Action::RemoveFromTeam(leave)]).is_err());
}

#[test]
fn incident_20_an_operator_is_nobody_who_happens_to_have_the_same_id() {
    // The caller was checked in one tenant, the target taken from another: here, by an id chosen to be equal.
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let vendor = house.directory.create_organization("Vendor", &login("olga")).unwrap();
    let home = house.directory.system("test").administer(vendor.organization);
    home.perform([NewSubAccount::member(wu, login("twin"))]).unwrap();
    let request = house.by(wu).request_access(COLLEAGUE, house.support, at(9_000)).unwrap();
    let team = house.team("team", None);
    house.host().add_to_team(wu, team).unwrap();
    let operator = house.directory.administer_as_operator(
        house.organization,
        vendor.organization,
        wu,
        &Context::new(),
    );
    let id = RequestId::from_u128(1);
    for action in [
        Action::RemoveFromTeam(Membership { sub_account: wu, team }),
        Action::Leave(wu.into()),
        Action::WithdrawRequest(request),
        Action::MakeRequest(NewRequest::access(id, wu, AGENT, house.sales, at(9_000))),
        house.bare(wu, AGENTS, ROOT).delegated_by(wu).ends(at(2_000)).into(),
    ] {
        house.refuses("G1", &operator, [action]);
    }
}

#[test]
fn incident_22_who_comes_back_has_nothing_that_nobody_gave_again() {
    // A re-created id inherited the dead one's grants.
    let house = House::new();
    let wu = house.with_role("wu", EXPORTER, ROOT);
    let team = house.team("team", None);
    house.host().add_to_team(wu, team).unwrap();
    house.host().assign(team, AGENT, ROOT).unwrap();
    house.host().remove(wu, None).unwrap();
    let hr = house.with_role("hr", USERS, ROOT);
    let again = house.by(hr).invite(&login("wu")).issue().unwrap();
    house.directory.accept(&again.token, &login("wu")).unwrap();
    assert_eq!(again.sub_account, wu);
    assert!(!house.can(wu, Permission::EXPORT, ROOT) && !house.can(wu, Permission::VIEW, ROOT));
    assert!(house.host().perform([NewSubAccount::member(wu, login("other"))]).is_err());
}

#[test]
fn incident_23_nobody_acts_through_what_is_inactive() {
    // A deactivated grant, organization, project or service user was still effective.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let bot = house.service(mei);
    house.give(bot, MANAGER, house.support);
    let wu = house.member("wu");
    let agent = || [Action::assign(wu, AGENT, house.support)];
    assert!(house.by(bot).plan(agent()).is_ok());
    house.host().suspend(mei).unwrap();
    house.refuses("G1", &house.by(bot), agent());
    house.host().reinstate(mei).unwrap();
    let lock = |status| [Action::SetOrganizationStatus(status)];
    house.host().perform(lock(tenantry::model::OrganizationStatus::Suspended)).unwrap();
    house.refuses("G1", &house.by(bot), agent());
    house.refuses("G1", &house.by(house.lin), agent());
}

#[test]
fn incident_24_with_a_role_goes_what_it_gave_promised_and_licensed() {
    // Access stayed after a role was removed.
    let house = House::new();
    let host = house.host();
    let role = host.create_role(&NewRole::new("Role", AGENTS)).unwrap();
    let licensed = host.create_role(&NewRole::new("L", Permission::ASSIGN).assigns(role)).unwrap();
    let wu = house.with_role("wu", role, house.support);
    let ada = house.with_role("ada", licensed, ROOT);
    let bo = host.invite(&login("bo")).role(role, house.support).issue().unwrap();
    house.by(wu).request_access(role, house.sales, at(9_000)).unwrap();
    host.delete_role(role).unwrap();
    assert!(!house.can(wu, Permission::VIEW, house.support));
    assert_eq!(house.snapshot().organization().requests().len(), 0);
    assert!(house.by(ada).assign(wu, role, house.support).is_err());
    house.directory.accept(&bo.token, &login("bo")).unwrap();
    assert!(!house.can(bo.sub_account, Permission::VIEW, house.support));
}

#[test]
fn incident_27_moving_a_thing_under_ones_own_parent_gives_nobody_anything() {
    // Whoever could write a project moved it under a project of their own, and inherited everything from there.
    let house = House::new();
    let mei = house.member("mei");
    let host = house.host();
    // Mei owns a workspace, and in support may only manage what is registered.
    let mine = host.create_workspace("Mine").unwrap();
    house.give(mei, OWNER, mine);
    host.grant(mei, Permission::SCOPES | Permission::VIEW, house.support).unwrap();
    let by = house.by(mei);
    // Mei itself would export the inbox there, and so would everybody who exports in it.
    house.refuses("G2", &by, [Action::MoveResource(house.inbox, mine.into())]);
    let nested = by.create_resource(&NewResource::new("folder", mine)).unwrap();
    house.refuses("G2", &by, [Action::MoveResource(house.inbox, nested.into())]);
    assert!(!house.can(mei, Permission::EXPORT, house.inbox));
    // In circles nothing moves, whoever moves it.
    let inner = host.create_resource(&NewResource::new("folder", nested)).unwrap();
    assert!(host.perform([Action::MoveResource(nested, inner.into())]).is_err());
}

#[test]
fn incident_30_nothing_named_is_nothing_and_a_deny_reaches_what_is_ones_own() {
    // A deny was not applied to implicit access to one's own; an empty list meant everything.
    let house = House::new();
    let wu = house.with_role("wu", COLLEAGUE, house.support);
    let by = house.by(house.lin);
    by.perform([Action::SetResourceOwner(house.inbox, Some(wu))]).unwrap();
    assert!(house.can(wu, Permission::REPLY, house.inbox));
    by.deny(wu, Permission::REPLY, house.support).unwrap();
    assert!(!house.can(wu, Permission::REPLY, house.inbox));
    let none = PermissionNames::none();
    by.perform([Action::SetBoundary(wu, Some(none.clone()))]).unwrap();
    assert!(!house.can(wu, Permission::VIEW, house.support));
    by.perform([Action::SetInheritance(house.sales.into(), none)]).unwrap();
    assert!(!house.can(house.lin, Permission::VIEW, house.sales));
    assert!(by.grant(wu, Permission::empty(), ROOT).is_err(), "an empty grant is a mistake");
}

#[test]
fn incident_35_who_is_demoted_does_not_use_the_old_role_to_change_anything() {
    // A demotion did not take effect.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let by = house.by(mei);
    let agent = || [Action::assign(wu, AGENT, house.support)];
    let plan = by.plan(agent()).unwrap();
    let held = house.snapshot();
    let mut held = held.organization().assignments().values();
    let held = held.find(|it| it.assignee == mei.into()).unwrap().id;
    house.by(house.lin).revoke(held).unwrap();
    // The handle and the plan were made before.
    house.refuses("G1", &by, agent());
    assert!(matches!(house.directory.commit(plan), Err(CommitError::Conflict { .. })));
}

#[test]
fn incident_42_what_was_passed_on_changes_nothing_once_its_giver_is_gone() {
    // A delegated credential exceeded its delegator, or outlived the delegator's membership.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let (bo, by) = (house.member("bo"), house.by(mei));
    by.create_assignment(
        NewAssignment::new(wu, MANAGER, house.support).delegated_by(mei).ends(at(9_000)),
    )
    .unwrap();
    let deny = || [house.bare(bo, Permission::EXPORT, house.inbox).denying()];
    assert!(house.by(wu).plan(deny()).is_ok());
    house.host().remove(mei, None).unwrap();
    let refused = house.refuses("G1", &house.by(wu), deny());
    assert!(refused.to_string().contains("requires ASSIGN"), "{refused}");
    // Nor does it come back with the giver.
    house.host().readmit(mei, true).unwrap();
    let reason = house.directory.check(house.organization, wu, Permission::VIEW, house.support);
    assert_eq!(reason.reason(), Some(Reason::NotGranted));
}

#[test]
fn incident_46_a_change_is_judged_like_a_creation_and_as_it_is_committed() {
    // The guard was there when a thing was made and not when it was changed, or looked before its last fields were set.
    let house = House::new();
    let roz = house.member("roz");
    house.host().grant(roz, Permission::ROLES | AGENTS, ROOT).unwrap();
    let by = house.by(roz);
    let role = by.create_role(&NewRole::new("Role", Permission::VIEW)).unwrap();
    by_rule("G2", by.create_role(&NewRole::new("Other", Permission::EXPORT)));
    by_rule("G2", by.replace_role(role, &NewRole::new("Role", Permission::EXPORT)));
    // The last of several edits counts, whatever the first was.
    let edit = |permissions| {
        Action::ReplaceRole(by.role(role, &NewRole::new("Role", permissions)).unwrap())
    };
    house.refuses("G2", &by, [edit(Permission::VIEW), edit(Permission::EXPORT)]);
    house.accepts(&by, [edit(Permission::EXPORT), edit(AGENTS)]);
    // A kind, an end and a boundary are set in one commit and judged as they then are.
    let house = House::of(builder().guardrail("no", [SubAccountKind::Guest], Permission::EXPORT));
    let wu = house.with_role("wu", EXPORTER, ROOT);
    let by = house.by(house.lin);
    let steps = [
        Action::SetBoundary(wu, Some(house.names(AGENTS))),
        Action::SetEnd(wu, Some(at(9_000))),
        Action::SetKind(wu, SubAccountKind::Guest),
        Action::SetBoundary(wu, None),
    ];
    house.refuses("I5", &by, steps.clone());
    house.accepts(&by, steps.into_iter().take(3));
}
