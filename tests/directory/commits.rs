//! Commits: visible when they return, whole or not at all, refused with what was wrong.

use std::collections::BTreeSet;

use tenantry::directory::CommitError;
use tenantry::governance::ActionError;
use tenantry::model::record::Revision;
use tenantry::model::{Consent, Maker, WorkspaceStatus};
use tenantry::{
    Action, Catalog, ConsentId, Decision, Directory, NewAssignment, NewResource, NewRole,
    NewSubAccount, OrganizationId, Reason, Scope, SubAccountId, SystemRole, Timestamp,
};

use crate::setup::*;

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
                .make(NewAssignment::new(founded.owner, AGENT, support).starting(now).until(now))
                .map(drop),
            "not after its start",
        ),
        (admin.grant(founded.owner, unnamed, support).map(drop), "0x4000000000000"),
        (admin.grant(founded.owner, Permission::empty(), support).map(drop), "names no permission"),
        (admin.suspend(nobody), "does not exist in this organization"),
        (admin.create_member(&login("lin@acme.example")).map(drop), "the login belongs to"),
        (directory.system("").administer(founded.organization).suspend(nobody), "a name is empty"),
        (admin.reinstate(founded.owner), "is Active; the step is for another status"),
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
        mask: tenantry::PermissionNames::Full,
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
            Action::SetInheritance(support.into(), tenantry::PermissionNames::Full),
        ),
        (
            Action::SetInheritance(inbox_id.into(), none.clone()),
            Some(Reason::Masked),
            Action::SetInheritance(inbox_id.into(), tenantry::PermissionNames::Full),
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
            Action::SetOrganizationStatus(tenantry::model::OrganizationStatus::Suspended),
            Some(Reason::OrganizationInactive),
            Action::SetOrganizationStatus(tenantry::model::OrganizationStatus::Active),
        ),
        (
            Action::SetSecurityPolicy(tenantry::model::SecurityPolicy {
                conditions: vec![tenantry::Condition::Mfa],
            }),
            Some(Reason::SecurityPolicyUnknown),
            Action::SetSecurityPolicy(tenantry::model::SecurityPolicy::default()),
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
