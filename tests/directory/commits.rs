//! Commits: visible when they return, whole or not at all, refused with what was wrong.

use std::collections::BTreeSet;

use tenantry::directory::CommitError;
use tenantry::governance::ActionError;
use tenantry::model::record::{RecordBody, Revision};
use tenantry::model::{
    Change, Consent, Maker, Membership, OrganizationStatus, Put, SecurityPolicy, Team,
    WorkspaceStatus,
};
use tenantry::store::Store;
use tenantry::{
    Action, Catalog, ConsentId, Decision, Directory, Name, NewAssignment, NewRequest, NewResource,
    NewRole, NewSubAccount, OrganizationId, PermissionNames, Reason, RequestId, ResourceId, RoleId,
    Scope, SubAccountId, SubAccountKind, SystemRole, TeamId, Timestamp, WorkspaceId,
};

use crate::setup::*;
use crate::watched::Watched;

#[test]
fn the_first_owner_may_do_everything_and_nobody_else_anything() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let snapshot = directory.snapshot(founded.organization).unwrap();
    let owner = snapshot.subject(founded.owner);
    assert_eq!(owner.permissions(founded.organization), Permission::all());
    assert_eq!(snapshot.sub_account("lin@acme.example"), Some(founded.owner));
    assert_eq!(snapshot.revision(), Revision::FIRST);
    let stranger = SubAccountId::from_u128(1);
    assert_eq!(
        directory.check(founded.organization, stranger, Permission::VIEW, founded.organization),
        Decision::Deny(Reason::UnknownSubAccount)
    );
}

#[test]
fn every_commit_is_visible_when_it_returns() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let may_view = || directory.check(founded.organization, wu, Permission::VIEW, support);

    assert_eq!(may_view(), Decision::Deny(Reason::NotGranted));
    let assignment = admin.assign(wu, AGENT, support).unwrap();
    assert_eq!(may_view(), Decision::Allow);
    let denied = admin.deny(wu, Permission::VIEW, support).unwrap();
    assert_eq!(may_view(), Decision::Deny(Reason::Denied));
    admin.revoke(denied).unwrap();
    assert_eq!(may_view(), Decision::Allow);
    admin.suspend(wu).unwrap();
    assert_eq!(may_view(), Decision::Deny(Reason::Suspended));
    admin.reinstate(wu).unwrap();
    assert_eq!(may_view(), Decision::Allow);
    admin.revoke(assignment).unwrap();
    assert_eq!(may_view(), Decision::Deny(Reason::NotGranted));
}

#[test]
fn several_actions_happen_together_or_not_at_all() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let before = json(&directory, founded.organization);
    let wu = SubAccountId::from_u128(77);
    let together = [
        Action::from(NewSubAccount::member(wu, login("wu@acme.example")).name("Wu")),
        Action::assign(wu, AGENT, support),
    ];
    let with_a_mistake =
        together.iter().cloned().chain([Action::assign(wu, SystemRole::new("nobody"), support)]);
    let refused = admin.perform(with_a_mistake).unwrap_err();
    assert!(matches!(refused, CommitError::Action(ActionError::UnknownRole(_))), "{refused}");
    assert_eq!(json(&directory, founded.organization), before);

    let snapshot = admin.perform(together).unwrap();
    assert!(snapshot.subject(wu).can(Permission::REPLY, support));
    assert_eq!(snapshot.revision().number(), 3);
}

#[test]
fn wrong_use_is_refused_with_what_was_wrong() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let nobody = SubAccountId::from_u128(1);
    let before = json(&directory, founded.organization);
    let now = Timestamp::UNIX_EPOCH;
    let unnamed = Permission::from_bits_retain(1 << 50);
    let refusals = [
        (admin.create_workspace("").map(drop), "a name is empty; give it at least one character"),
        (
            admin.assign(nobody, AGENT, support).map(drop),
            "refers to sub-account 00000000-0000-0000-0000-000000000001, which does not exist",
        ),
        (
            admin
                .create_assignment(
                    NewAssignment::new(founded.owner, AGENT, support).starts(now).ends(now),
                )
                .map(drop),
            "not after its start",
        ),
        (admin.grant(founded.owner, unnamed, support).map(drop), "0x4000000000000"),
        (admin.grant(founded.owner, Permission::empty(), support).map(drop), "names no permission"),
        (admin.suspend(nobody), "does not exist in this organization"),
        (admin.create_member(&login("lin@acme.example")).map(drop), "the login belongs to"),
        (directory.system("").administer(founded.organization).suspend(nobody), "a name is empty"),
        (admin.reinstate(founded.owner), "is Active, which does not allow this action"),
    ];
    for (refusal, expected) in refusals {
        let text = refusal.unwrap_err().to_string();
        assert!(text.contains(expected), "`{text}` does not say `{expected}`");
    }
    assert_eq!(json(&directory, founded.organization), before);
}

#[test]
fn a_role_is_assigned_only_where_it_may_be() {
    const BILLING: SystemRole = SystemRole::new("billing");
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .define(
            tenantry::catalog::RoleDefinition::new(BILLING)
                .any(Permission::EXPORT)
                .assignable(tenantry::ScopeKinds::ORGANIZATION),
        )
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap();
    let directory = Directory::new(catalog);
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let refused = admin.assign(founded.owner, BILLING, support).unwrap_err();
    assert!(matches!(refused, CommitError::Action(ActionError::NotAssignable { .. })));
    admin.assign(founded.owner, BILLING, Scope::Organization).unwrap();
}

#[test]
fn deleting_takes_everything_derived_along() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let sales = admin.create_workspace("Sales").unwrap();
    let inbox = admin.create_resource(&NewResource::new("inbox", support).key("17")).unwrap();
    let folder = admin.create_resource(&NewResource::new("folder", inbox)).unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let team = admin.create_team("After-sales").unwrap();
    admin.add_to_team(wu, team).unwrap();
    let role = admin.create_role(&NewRole::new("Exporter", Permission::EXPORT)).unwrap();
    let wide = admin
        .create_role(&NewRole::new("Everything", Permission::VIEW).includes(role).includes(AGENT))
        .unwrap();
    for (scope, grant) in
        [(Scope::from(support), role), (inbox.into(), role), (folder.into(), wide)]
    {
        admin.assign(team, grant, scope).unwrap();
    }
    // At one doomed scope to the members of another: found twice, removed once.
    let members = tenantry::model::Assignee::MembersOf(inbox.into());
    admin.assign(members, AGENT, folder).unwrap();
    admin.assign(members, AGENT, sales).unwrap();
    let kept = admin.assign(wu, AGENT, sales).unwrap();
    let consent = Consent {
        id: ConsentId::from_u128(5),
        operators: OrganizationId::from_u128(6),
        scope: inbox.into(),
        mask: PermissionNames::Full,
        starts: None,
        ends: Timestamp::MAX,
        by: Maker::Host,
    };
    admin.perform([Action::GiveConsent(consent)]).unwrap();

    let snapshot = admin.perform([Action::DeleteWorkspace(support)]).unwrap();
    let organization = snapshot.organization();
    assert_eq!(organization.resources().len(), 0);
    assert_eq!(organization.consents().len(), 0);
    let owners_and_kept = organization.assignments().keys().filter(|id| **id != kept).count();
    assert_eq!(owners_and_kept, 1, "only the owner's own assignment is left besides");
    assert_eq!(snapshot.resource("inbox", "17"), None);

    let snapshot = admin.perform([Action::DeleteRole(role)]).unwrap();
    let wide = snapshot.organization().roles().get(&wide).unwrap();
    assert_eq!(wide.includes, BTreeSet::from([AGENT.into()]));

    admin.assign(team, AGENT, sales).unwrap();
    let snapshot = admin.perform([Action::DeleteTeam(team)]).unwrap();
    assert_eq!(snapshot.organization().memberships().len(), 0);
    assert_eq!(snapshot.organization().assignments().len(), 2);
}

#[test]
fn every_setting_is_changed_by_its_action() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let sales = admin.create_workspace("Sales").unwrap();
    let inbox = admin.create_resource(&NewResource::new("inbox", support)).unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    admin.assign(wu, AGENT, Scope::Organization).unwrap();
    let names = |permissions| directory.catalog().names(permissions).unwrap();
    let view_here = |scope: Scope| {
        let decision = directory.check(founded.organization, wu, Permission::VIEW, scope);
        decision.reason()
    };
    let inbox = Scope::from(inbox);
    let Scope::Resource(inbox_id) = inbox else { panic!("an inbox is a resource") };

    // Each action, what it makes of the answer, and the action that takes it back.
    let none = names(Permission::empty());
    let steps: Vec<(Action, Option<Reason>, Action)> = vec![
        (
            Action::SetInheritance(support.into(), names(Permission::REPLY)),
            Some(Reason::Masked),
            Action::SetInheritance(support.into(), PermissionNames::Full),
        ),
        (
            Action::SetInheritance(inbox_id.into(), none.clone()),
            Some(Reason::Masked),
            Action::SetInheritance(inbox_id.into(), PermissionNames::Full),
        ),
        (
            Action::SetCeiling(Scope::Organization, Some(none.clone())),
            Some(Reason::Ceiling),
            Action::SetCeiling(Scope::Organization, None),
        ),
        (
            Action::SetCeiling(support.into(), Some(none.clone())),
            Some(Reason::Ceiling),
            Action::SetCeiling(support.into(), None),
        ),
        (
            Action::SetCeiling(inbox, Some(none.clone())),
            Some(Reason::Ceiling),
            Action::SetCeiling(inbox, None),
        ),
        (
            Action::SetBoundary(wu, Some(none)),
            Some(Reason::Boundary),
            Action::SetBoundary(wu, None),
        ),
        (
            Action::SetEnd(wu, Some(Timestamp::UNIX_EPOCH)),
            Some(Reason::Ended),
            Action::SetEnd(wu, None),
        ),
        (
            Action::SetCredentialResetRequired(wu, true),
            Some(Reason::CredentialResetRequired),
            Action::SetCredentialResetRequired(wu, false),
        ),
        (
            Action::SetWorkspaceStatus(support, WorkspaceStatus::Archived),
            Some(Reason::Archived),
            Action::SetWorkspaceStatus(support, WorkspaceStatus::Active),
        ),
        (
            Action::Leave(wu.into()),
            Some(Reason::Left),
            Action::Readmit { sub_account: wu, restore: true },
        ),
        (
            Action::SetOrganizationStatus(OrganizationStatus::Suspended),
            Some(Reason::OrganizationInactive),
            Action::SetOrganizationStatus(OrganizationStatus::Active),
        ),
        (
            Action::SetSecurityPolicy(SecurityPolicy {
                conditions: vec![tenantry::Condition::Mfa],
            }),
            Some(Reason::SecurityPolicyUnknown),
            Action::SetSecurityPolicy(SecurityPolicy::default()),
        ),
        (
            Action::MoveResource(inbox_id, sales.into()),
            None,
            Action::MoveResource(inbox_id, support.into()),
        ),
    ];
    for (action, reason, back) in steps {
        let words = action.to_string();
        admin.perform([action]).unwrap();
        assert_eq!(view_here(inbox), reason, "after `{words}`");
        admin.perform([back]).unwrap();
        assert_eq!(view_here(inbox), None, "after taking back `{words}`");
    }
}

/// Everything that changes nothing, each by somebody who may do it.
fn same_again(place: &Place) -> Vec<Vec<Action>> {
    let Place { wu, support, inbox, team, role, request, .. } = *place;
    let in_team = Membership { sub_account: wu, team };
    let name = |text| Name::new(text).unwrap();
    let organization = place.directory.snapshot(place.organization).unwrap();
    let row = organization.organization().roles().get(&role).unwrap().clone();
    let ask = NewRequest::access(request, wu, AGENT, support, Timestamp::MAX).reason("because");
    let new_team = Team::new(TeamId::from_u128(77), name("Passing"));
    vec![
        vec![],
        vec![Action::RenameOrganization(name("Acme"))],
        vec![Action::RenameOrganization(name("Other")), Action::RenameOrganization(name("Acme"))],
        vec![Action::SetOrganizationStatus(OrganizationStatus::Active)],
        vec![Action::SetSecurityPolicy(SecurityPolicy::default())],
        vec![Action::SetCeiling(Scope::Organization, None)],
        vec![Action::SetLabels(Scope::Organization, BTreeSet::new())],
        vec![Action::RenameWorkspace(support, name("Support"))],
        vec![Action::SetWorkspaceStatus(support, WorkspaceStatus::Active)],
        vec![
            Action::SetWorkspaceStatus(support, WorkspaceStatus::Archived),
            Action::SetWorkspaceStatus(support, WorkspaceStatus::Active),
        ],
        vec![Action::SetInheritance(support.into(), PermissionNames::Full)],
        vec![Action::MoveResource(inbox, support.into())],
        vec![Action::SetResourceOwner(inbox, None)],
        vec![Action::AddToTeam(in_team)],
        vec![Action::RemoveFromTeam(in_team), Action::AddToTeam(in_team)],
        vec![Action::MoveTeam(team, None)],
        vec![
            Action::CreateTeam(new_team),
            Action::AddToTeam(Membership { sub_account: wu, team: TeamId::from_u128(77) }),
            Action::DeleteTeam(TeamId::from_u128(77)),
        ],
        vec![Action::ReplaceRole(row)],
        vec![Action::SetBoundary(wu, None)],
        vec![Action::SetEnd(wu, None)],
        vec![Action::SetKind(wu, SubAccountKind::Member)],
        vec![Action::SetLogin(wu, login("wu@acme.example"))],
        vec![Action::SetName(wu, Some("Wu".into()))],
        vec![Action::SetCredentialResetRequired(wu, false)],
        vec![Action::Suspend(wu), Action::Reinstate(wu)],
        vec![Action::MakeRequest(ask), Action::WithdrawRequest(request)],
        vec![Action::Adopt(wu)],
        vec![Action::ResetTime],
    ]
}

/// An organization with a thing of every kind.
struct Place {
    directory: Directory<Permission>,
    store: Watched,
    organization: OrganizationId,
    wu: SubAccountId,
    support: WorkspaceId,
    inbox: ResourceId,
    team: TeamId,
    role: RoleId,
    request: RequestId,
}

impl Place {
    fn new() -> Self {
        let store = Watched::default();
        let directory = Directory::with_store(catalog(), store.clone());
        let organization = acme(&directory).organization;
        let host = directory.system("test").administer(organization);
        let wu = host.create_member(&login("wu@acme.example")).unwrap();
        host.perform([Action::SetName(wu, Some("Wu".into()))]).unwrap();
        let support = host.create_workspace("Support").unwrap();
        let inbox = host.create_resource(&NewResource::new("inbox", support)).unwrap();
        let team = host.create_team("Team").unwrap();
        host.add_to_team(wu, team).unwrap();
        let role = host.create_role(&NewRole::new("Role", Permission::VIEW)).unwrap();
        let request = RequestId::from_u128(5);
        Self { directory, store, organization, wu, support, inbox, team, role, request }
    }
}

#[test]
fn a_commit_that_changes_nothing_is_not_stored() {
    let place = Place::new();
    let host = place.directory.system("test").administer(place.organization);
    let before = json(&place.directory, place.organization);
    let revision = place.directory.snapshot(place.organization).unwrap().revision();
    let stored = place.store.load(place.organization).unwrap();
    let commits = place.store.commits();
    for actions in same_again(&place) {
        let words: Vec<_> = actions.iter().map(ToString::to_string).collect();
        let plan = host.plan(actions.clone()).unwrap();
        assert!(plan.impact().is_empty(), "{words:?}");
        assert_eq!(place.directory.commit(plan).unwrap().revision(), revision, "{words:?}");
        assert_eq!(host.perform(actions).unwrap().revision(), revision, "{words:?}");
        assert_eq!(json(&place.directory, place.organization), before, "{words:?}");
        assert_eq!(place.store.commits(), commits, "{words:?}");
    }
    assert_eq!(place.store.load(place.organization).unwrap(), stored, "a side row was stored");
}

#[test]
fn of_a_commit_only_what_it_changes_is_stored() {
    let place = Place::new();
    let host = place.directory.system("test").administer(place.organization);
    for actions in same_again(&place) {
        if actions.contains(&Action::ResetTime) {
            continue;
        }
        let words: Vec<_> = actions.iter().map(ToString::to_string).collect();
        let before = place.directory.snapshot(place.organization).unwrap();
        let label = tenantry::Label::new(format!("label {}", before.revision())).unwrap();
        let also = Action::SetLabels(place.support.into(), [label].into());
        let after = host.perform(actions.into_iter().chain([also])).unwrap();
        assert_eq!(after.revision(), before.revision().next());
        let records = place.store.records(place.organization, before.revision(), 9).unwrap();
        assert!(records.personal.is_empty(), "{words:?}");
        let body = RecordBody::decode(&records.records[0].bytes).unwrap();
        let is_also = |change: &Change| match change {
            Change::Put(Put::Workspace(it)) => it.id == place.support,
            _ => false,
        };
        assert!(body.changes.iter().all(is_also), "{words:?}: {:?}", body.changes);
        // Whoever replays it comes to the same.
        let elsewhere = Directory::with_store(catalog(), place.store.clone());
        let replayed = elsewhere.snapshot(place.organization).unwrap();
        assert_eq!(replayed.organization(), after.organization(), "{words:?}");
    }
}

/// What this process believes to be so already may have been changed elsewhere.
#[test]
fn what_changes_nothing_here_and_something_there_is_committed() {
    let place = Place::new();
    let Place { organization, wu, .. } = place;
    let other = Directory::with_store(catalog(), place.store.clone());
    let there = other.system("elsewhere").administer(organization);
    let names = |permissions| place.directory.catalog().names(permissions).unwrap();
    let host = place.directory.system("test").administer(organization);
    let limit = || Action::SetBoundary(wu, Some(names(Permission::VIEW)));
    host.perform([limit()]).unwrap();
    let plan = host.plan([limit()]).unwrap();
    there.set_boundary(wu, None).unwrap();
    let refused = place.directory.commit(plan).unwrap_err();
    assert!(matches!(refused, CommitError::Conflict { .. }), "{refused}");
    there.set_boundary(wu, Some(Permission::VIEW)).unwrap();
    place.directory.refresh(organization).unwrap();
    there.set_boundary(wu, None).unwrap();
    let limited = host.perform([limit()]).unwrap();
    let boundary = &limited.organization().sub_accounts().get(&wu).unwrap().boundary;
    assert_eq!(*boundary, Some(names(Permission::VIEW)));
    // Without the store nobody can say that nothing is to be done.
    place.store.unplug();
    assert!(matches!(host.perform([limit()]), Err(CommitError::Load(_))));
}

/// Somebody was erased, and then asked for by name once more.
#[test]
fn an_erasure_that_changes_no_row_deletes_what_was_said_since() {
    let place = Place::new();
    let Place { organization, wu, .. } = place;
    let host = place.directory.system("test").administer(organization);
    host.remove(wu, None).unwrap();
    host.erase(wu).unwrap();
    let request = RequestId::from_u128(9);
    let ask = NewRequest::rejoin(request, wu, false, Timestamp::MAX).reason("Wu is back");
    host.perform([Action::MakeRequest(ask)]).unwrap();
    host.perform([Action::Reject(request)]).unwrap();
    let holds = || {
        let stored = place.store.load(organization).unwrap().unwrap();
        stored.tail.personal.iter().any(|row| row.value() == "Wu is back")
    };
    let revision = place.directory.snapshot(organization).unwrap().revision();
    assert!(holds());
    host.erase(wu).unwrap();
    assert!(!holds());
    assert_eq!(place.directory.snapshot(organization).unwrap().revision(), revision);
}
