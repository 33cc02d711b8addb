//! G1: the actor is active and holds the required permission at the scope touched.

use std::collections::BTreeSet;

use tenantry::access::Reason;
use tenantry::directory::CommitError;
use tenantry::model::{
    Condition, Membership, OrganizationStatus, SecurityPolicy, Workspace, WorkspaceStatus,
};
use tenantry::{Action, AdminAction, Name, NewAssignment, Refusal, SubAccountId, WorkspaceId};

use crate::setup::*;

/// The action, place and reason of a refusal by G1.
#[track_caller]
fn not_permitted(refused: &CommitError) -> (AdminAction, tenantry::Scope, Reason) {
    let CommitError::Refused(Refusal::NotPermitted { action, scope, reason, .. }) = refused else {
        panic!("{refused}")
    };
    (*action, *scope, *reason)
}

#[test]
fn g1_a_permission_is_needed_where_the_change_is_made() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let by = house.by(mei);
    house.accepts(&by, [Action::assign(wu, AGENT, house.inbox)]);
    let refused = house.refuses("G1", &by, [Action::assign(wu, AGENT, house.sales)]);
    let expected = (AdminAction::Assign, house.sales.into(), Reason::NotGranted);
    assert_eq!(not_permitted(&refused), expected);
    house.refuses("G1", &by, [Action::assign(wu, AGENT, ROOT)]);
}

#[test]
fn g1_what_concerns_the_organization_is_permitted_there() {
    let house = House::new();
    let mei = house.with_role("mei", OWNER, house.support);
    let wu = house.member("wu");
    let by = house.by(mei);
    for action in [
        Action::RenameOrganization(Name::new("Other").unwrap()),
        Action::Suspend(wu),
        Action::SetName(wu, None),
        member_action("new").1,
        Action::CreateWorkspace(Workspace::new(WorkspaceId::from_u128(1), Name::new("W").unwrap())),
        // At the parent, not at the workspace itself.
        Action::SetWorkspaceStatus(house.support, WorkspaceStatus::Archived),
        Action::DeleteWorkspace(house.support),
        Action::SetSecurityPolicy(SecurityPolicy::default()),
    ] {
        house.refuses("G1", &by, [action]);
    }
    house.accepts(&by, [Action::RenameWorkspace(house.support, Name::new("Help").unwrap())]);
}

#[test]
fn g1_a_resource_is_moved_and_unregistered_from_where_it_is_held() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.inbox);
    let by = house.by(mei);
    house.refuses("G1", &by, [Action::DeleteResource(house.inbox)]);
    house.refuses("G1", &by, [Action::MoveResource(house.inbox, house.sales.into())]);
    house.give(mei, MANAGER, house.sales);
    house.refuses("G1", &by, [Action::MoveResource(house.inbox, house.sales.into())]);
    let bo = house.with_role("bo", MANAGER, house.support);
    house.refuses("G1", &house.by(bo), [Action::MoveResource(house.inbox, house.sales.into())]);
    house.give(mei, MANAGER, house.support);
    house.accepts(&by, [Action::MoveResource(house.inbox, house.sales.into())]);
}

#[test]
fn g1_only_who_is_active_acts() {
    let house = House::new();
    let admin = || house.with_role("admin", OWNER, house.support);
    let mei = admin();
    let wu = house.member("wu");
    let agent = Action::assign(wu, AGENT, house.support);
    let by = house.by(mei);
    let reason = |by: &By<'_>| not_permitted(&house.refuses("G1", by, [agent.clone()])).2;
    house.host().suspend(mei).unwrap();
    assert_eq!(reason(&by), Reason::Suspended);
    house.host().reinstate(mei).unwrap();
    house.host().require_credential_reset(mei).unwrap();
    assert_eq!(reason(&by), Reason::CredentialResetRequired);
    house.host().credential_was_reset(mei).unwrap();
    house.host().perform([Action::SetEnd(mei, Some(at(2_000)))]).unwrap();
    house.turn_clock_to(2_000);
    assert_eq!(reason(&by), Reason::Ended);
    house.host().perform([Action::SetEnd(mei, None)]).unwrap();
    house.host().remove(mei, None).unwrap();
    assert_eq!(reason(&by), Reason::Removed);
    house.host().readmit(mei, true).unwrap();
    house.accepts(&by, [agent]);
    let unknown = house.by(SubAccountId::from_u128(3));
    let refused = house.refuses("G1", &unknown, [Action::SetLabels(ROOT, BTreeSet::default())]);
    assert_eq!(not_permitted(&refused).2, Reason::UnknownSubAccount);
}

#[test]
fn g1_ones_own_affairs_are_for_the_active_too() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let team = house.team("team", None);
    house.host().add_to_team(wu, team).unwrap();
    let leave = Action::Leave(wu.into());
    let drop = Action::RemoveFromTeam(Membership { sub_account: wu, team });
    let by = house.by(wu);
    house.host().suspend(wu).unwrap();
    house.refuses("G1", &by, [leave.clone()]);
    house.refuses("G1", &by, [drop.clone()]);
    house.host().reinstate(wu).unwrap();
    // Whoever has stolen a credential cannot make its owner leave once that is known.
    house.host().require_credential_reset(wu).unwrap();
    house.refuses("G1", &by, [leave.clone()]);
    house.host().credential_was_reset(wu).unwrap();
    house.accepts(&by, [drop, leave]);
}

/// What needs no permission is still for those who are let in: a commit of nothing too.
#[test]
fn g1_who_is_not_let_in_does_not_even_do_nothing() {
    let house = House::new();
    let nothing = Vec::<Action>::new;
    let wu = house.with_role("wu", AGENT, house.support);
    let guest = house.member("guest");
    house.host().set_end(guest, Some(at(1_500))).unwrap();
    let flagged = house.member("flagged");
    house.host().require_credential_reset(flagged).unwrap();
    let (asleep, gone, left) = (house.member("asleep"), house.member("gone"), house.member("left"));
    house.host().suspend(asleep).unwrap();
    house.host().remove(gone, None).unwrap();
    house.by(left).leave().unwrap();
    let invited = house.host().invite(&login("invited")).issue().unwrap().sub_account;
    house.turn_clock_to(1_500);
    let unknown = SubAccountId::from_u128(1);
    let all = [
        (unknown, Reason::UnknownSubAccount),
        (guest, Reason::Ended),
        (flagged, Reason::CredentialResetRequired),
        (asleep, Reason::Suspended),
        (gone, Reason::Removed),
        (left, Reason::Left),
        (invited, Reason::Invited),
    ];
    for (who, reason) in all {
        let by = house.by(who);
        let refused = house.refuses("G1", &by, nothing());
        assert_eq!(not_permitted(&refused).2, reason);
        // Likewise for what requires nothing, or would change nothing.
        house.refuses("G1", &by, [Action::Adopt(wu)]);
        let same = Action::RenameOrganization(Name::new("Acme").unwrap());
        assert_eq!(not_permitted(&house.refuses("G1", &by, [same])).2, reason);
    }
    // An operator without consent, and one who is not let in at home.
    let home = house.directory.create_organization("Home", &login("home")).unwrap();
    let operator = |id| {
        let directory = &house.directory;
        let by =
            directory.administer_as_operator(house.organization, home.organization, id, &mfa());
        by.perform(nothing())
    };
    let refused = operator(home.owner).unwrap_err();
    assert_eq!(not_permitted(&refused).2, Reason::NoConsent);
    let ends = at(9_000);
    let consent = house.host().give_consent(home.organization, house.sales, Permission::VIEW, ends);
    consent.unwrap();
    operator(home.owner).unwrap();
    let refused = operator(wu).unwrap_err();
    assert_eq!(not_permitted(&refused).2, Reason::UnknownSubAccount);
    // And nobody where the organization is locked, or its policy not met.
    let host = house.host();
    host.set_security_policy([Condition::Mfa]).unwrap();
    let refused = house.refuses("G1", &house.by(wu), nothing());
    assert_eq!(not_permitted(&refused).2, Reason::SecurityPolicyUnknown);
    house.by_in(wu, &mfa()).perform(nothing()).unwrap();
    host.set_organization_status(OrganizationStatus::Suspended).unwrap();
    let refused = house.refuses("G1", &house.by_in(wu, &mfa()), nothing());
    assert_eq!(not_permitted(&refused).2, Reason::OrganizationInactive);
    let refused = operator(home.owner).unwrap_err();
    assert_eq!(not_permitted(&refused).2, Reason::OrganizationInactive);
    host.perform(nothing()).unwrap();
}

#[test]
fn g1_who_may_not_adopt_does_not_learn_whether_anything_was_begun() {
    let house = House::new();
    let (mei, wu, bo) = (house.member("mei"), house.member("wu"), house.member("bo"));
    house.give(mei, MANAGER, ROOT);
    house.by(mei).invite(&login("new")).role(AGENT, ROOT).issue().unwrap();
    for who in [mei, wu, SubAccountId::from_u128(1)] {
        let refused = house.refuses("G1", &house.by(bo), [Action::Adopt(who)]);
        assert_eq!(not_permitted(&refused), (AdminAction::Invite, ROOT, Reason::NotGranted));
    }
    house.changes_nothing(&house.by(house.lin), [Action::Adopt(wu)]);
}

#[test]
fn g1_who_is_let_in_no_more_does_not_commit_a_plan_of_nothing() {
    let house = House::new();
    let guest = house.member("guest");
    house.host().set_end(guest, Some(at(1_500))).unwrap();
    let plan = || house.by(guest).plan(Vec::<Action>::new()).unwrap();
    let (before, after) = (plan(), plan());
    let revision = house.snapshot().revision();
    assert_eq!(house.directory.commit(before).unwrap().revision(), revision);
    house.turn_clock_to(1_500);
    by_rule("G1", house.directory.commit(after));
}

#[test]
fn g1_a_session_below_the_policy_does_nothing() {
    let house = House::new();
    let policy = SecurityPolicy { conditions: vec![Condition::Mfa] };
    let wu = house.with_role("wu", AGENT, house.support);
    house.by_in(house.lin, &mfa()).perform([Action::SetSecurityPolicy(policy)]).unwrap();
    let rename = Action::RenameOrganization(Name::new("Other").unwrap());
    let refused = house.refuses("G1", &house.by(house.lin), [rename.clone()]);
    assert_eq!(not_permitted(&refused).2, Reason::SecurityPolicyUnknown);
    house.refuses("G1", &house.by(wu), [Action::Leave(wu.into())]);
    house.accepts(&house.by_in(wu, &mfa()), [Action::Leave(wu.into())]);
    house.accepts(&house.by_in(house.lin, &mfa()), [rename]);
}

#[test]
fn g1_in_an_archived_workspace_nothing_is_administered_but_its_return() {
    let house = House::new();
    let by = house.by(house.lin);
    let wu = house.member("wu");
    let held = house.give(wu, AGENT, house.support);
    let archive = |status| Action::SetWorkspaceStatus(house.support, status);
    house.accepts(&by, [archive(WorkspaceStatus::Archived)]);
    let refused = house.refuses("G1", &by, [Action::assign(wu, MANAGER, house.support)]);
    assert_eq!(not_permitted(&refused).2, Reason::Archived);
    house.refuses("G1", &by, [Action::Revoke(held)]);
    // Wu may give up what is wu's own there.
    house.accepts(&house.by(wu), [Action::Revoke(held)]);
    house.accepts(&by, [archive(WorkspaceStatus::Active)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
}

#[test]
fn g1_an_invitation_is_permitted_at_each_scope_at_which_it_gives_something() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(mei);
    by_rule("G1", by.invite(&login("new")).issue());
    by_rule("G1", by.invite(&login("new")).role(AGENT, house.sales).issue());
    let both = by.invite(&login("new")).role(AGENT, house.support).role(AGENT, house.sales);
    by_rule("G1", both.issue());
    let team = house.team("team", None);
    by_rule("G1", by.invite(&login("new")).role(AGENT, house.support).team(team).issue());
    by.invite(&login("new")).role(AGENT, house.support).issue().unwrap();
}

#[test]
fn g1_what_comes_with_an_invitation_needs_what_it_needs_alone() {
    let catalog = builder().requires(AdminAction::Deny, Permission::HOUSE);
    let house = House::of(catalog);
    let mei = house.with_role("mei", MANAGER, house.support);
    let nobody = SubAccountId::from_u128(1);
    let deny = house.bare(nobody, Permission::EXPORT, house.support).denying();
    let by = house.by(mei);
    let invite = || by.invite(&login("new")).role(AGENT, house.support);
    by_rule("G1", invite().assignment(deny.clone()).issue());
    house.host().grant(mei, Permission::HOUSE, house.support).unwrap();
    invite().assignment(deny).issue().unwrap();
}

#[test]
fn g1_some_things_are_the_hosts_alone() {
    let house = House::new();
    let wu = house.member("wu");
    house.host().require_credential_reset(wu).unwrap();
    let by = house.by(house.lin);
    by_rule("G1", by.credential_was_reset(wu));
    by_rule("G1", by.request_join(&login("new"), "please", at(9_000)));
    house.host().remove(wu, None).unwrap();
    by_rule("G1", by.request_rejoin(wu, true, at(9_000)));
    house.host().credential_was_reset(wu).unwrap();
}

#[test]
fn g1_a_conditional_permission_permits_under_its_condition() {
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.with_role("wu", AGENT, house.support));
    let peoples = house.bare(mei, Permission::PEOPLE | AGENTS, ROOT).when(Condition::Mfa);
    house.host().create_assignment(peoples).unwrap();
    house.refuses("G1", &house.by(mei), [Action::Suspend(wu)]);
    house.accepts(&house.by_in(mei, &mfa()), [Action::Suspend(wu)]);
}

#[test]
fn g1_a_delegated_permission_permits() {
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.with_role("wu", AGENT, house.support));
    let passed_on = house.bare(mei, Permission::PEOPLE, ROOT).delegated_by(house.lin);
    house.host().create_assignment(passed_on.ends(at(2_000))).unwrap();
    house.accepts(&house.by(mei), [Action::Suspend(wu)]);
    house.turn_clock_to(2_000);
    house.refuses("G1", &house.by(mei), [Action::Reinstate(wu)]);
}

#[test]
fn g1_the_host_needs_no_permission() {
    let house = House::new();
    let wu = house.member("wu");
    house.accepts(&house.host(), [Action::assign(wu, OWNER, ROOT)]);
    house.accepts(&house.host(), [NewAssignment::new(wu, EXPORTER, house.inbox)]);
}

#[test]
fn g1_what_is_made_with_a_limit_needs_what_it_takes_to_limit_it() {
    let builder = builder()
        .requires(AdminAction::ManageInheritance, Permission::HOUSE)
        .requires(AdminAction::ManageCeilings, Permission::BILL);
    let house = House::of(builder);
    let mei = house.with_role("mei", MAKER, house.support);
    house.host().create_assignment(house.bare(mei, Permission::SCOPES, ROOT)).unwrap();
    let by = house.by(mei);
    let workspace = |id| Workspace::new(WorkspaceId::from_u128(id), Name::new("W").unwrap());
    let masked = Workspace { inherits: house.names(Permission::VIEW), ..workspace(1) };
    let refused = house.refuses("G1", &by, [Action::CreateWorkspace(masked)]);
    assert_eq!(not_permitted(&refused).0, AdminAction::ManageInheritance);
    let limited = Workspace { ceiling: Some(house.names(Permission::VIEW)), ..workspace(2) };
    let refused = house.refuses("G1", &by, [Action::CreateWorkspace(limited)]);
    assert_eq!(not_permitted(&refused).0, AdminAction::ManageCeilings);
}

#[test]
fn g1_who_is_not_permitted_learns_nothing_of_what_is_there() {
    let house = House::new();
    let stranger = house.member("stranger");
    let wu = house.with_role("wu", AGENT, house.support);
    let by = house.by(stranger);
    let nobody = SubAccountId::from_u128(99);
    let same = |one: Action, other: Action| {
        let said = |action| {
            let refused = by.perform([action]).unwrap_err();
            assert_eq!(rule_of(&refused), "G1", "{refused}");
            refused.to_string()
        };
        assert_eq!(said(one), said(other));
    };
    same(Action::Suspend(wu), Action::Suspend(nobody));
    same(Action::Erase(wu), Action::Erase(nobody));
    let (_, taken) = member_action("wu");
    let (_, free) = member_action("free");
    same(taken, free);
    same(Action::assign(wu, AGENT, house.support), Action::assign(nobody, AGENT, house.support));
}
