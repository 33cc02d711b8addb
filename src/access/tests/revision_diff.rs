//! The sub-accounts and scopes that a change concerns.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::generate::empty_organization;
use crate::access::revision_diff::RevisionDiff;
use crate::access::tests::{AGENT, compile};
use crate::id::{AssignmentId, ResourceId, RoleId, SubAccountId, TeamId, WorkspaceId};
use crate::model::resource::Parent;
use crate::model::{
    Assignee, Assignment, Change, ChangeSet, Kind, Membership, Organization, Remove, Resource,
    Role, RoleRef, Scope, SubAccount, Team, Workspace,
};
use crate::permission::PermissionNames;
use crate::text::Name;

const fn person(number: u128) -> SubAccountId {
    SubAccountId::from_u128(number)
}

const fn team(number: u128) -> TeamId {
    TeamId::from_u128(number)
}

const fn role(number: u128) -> RoleId {
    RoleId::from_u128(number)
}

const fn workspace(number: u128) -> WorkspaceId {
    WorkspaceId::from_u128(number)
}

const fn inbox(number: u128) -> ResourceId {
    ResourceId::from_u128(number)
}

fn name() -> Name {
    Name::new("name").unwrap()
}

fn named_role(number: u128, includes: &[RoleId]) -> Role {
    let includes = includes.iter().copied().map(RoleRef::Custom).collect();
    Role { includes, ..Role::new(role(number), name(), PermissionNames::Full) }
}

fn in_inbox(number: u128, parent: impl Into<Parent>) -> Resource {
    Resource::new(inbox(number), Kind::new("inbox").unwrap(), parent)
}

fn place(sub_account: u128, in_team: u128) -> Membership {
    Membership { sub_account: person(sub_account), team: team(in_team) }
}

fn in_team(number: u128, parent: Option<u128>) -> Team {
    Team { parent: parent.map(team), ..Team::new(team(number), name()) }
}

fn changed(organization: &Organization, changes: impl IntoIterator<Item = Change>) -> Organization {
    let changes = changes.into_iter().collect();
    let set = ChangeSet { time: organization.time(), changes, personal: vec![] };
    organization.clone().with(&set).unwrap()
}

/// Six people, of whom 1 is in team 2, which is in team 1; 2 is in team 1; 3 is in team 3. Team 1
/// and person 4 have something in workspace 1, person 5 has role 1, which role 2 includes, and
/// person 6 has nothing.
fn company() -> Organization {
    let assign = |number: u128, to: Assignee, role: RoleRef, at: Scope| {
        Change::from(Assignment::allow(AssignmentId::from_u128(number), to, role, at))
    };
    let mut changes: Vec<Change> = vec![
        Workspace::new(workspace(1), name()).into(),
        Workspace::new(workspace(2), name()).into(),
        in_inbox(1, workspace(1)).into(),
        in_inbox(2, inbox(1)).into(),
        in_inbox(3, workspace(2)).into(),
        in_team(1, None).into(),
        in_team(2, Some(1)).into(),
        in_team(3, None).into(),
        named_role(1, &[]).into(),
        named_role(2, &[role(1)]).into(),
        place(1, 2).into(),
        place(2, 1).into(),
        place(3, 3).into(),
        assign(1, team(1).into(), AGENT.into(), workspace(1).into()),
        assign(2, person(4).into(), AGENT.into(), workspace(1).into()),
        assign(3, person(5).into(), role(1).into(), Scope::Organization),
    ];
    changes.extend((1..=6).map(|number| SubAccount::member(person(number)).into()));
    changed(&empty_organization(), changes)
}

fn people(numbers: &[u128]) -> BTreeSet<SubAccountId> {
    numbers.iter().copied().map(person).collect()
}

/// Checks which sub-accounts a change concerns, forwards and backwards.
fn touches(company: &Organization, change: impl Into<Change>, numbers: &[u128]) -> Organization {
    let after = changed(company, [change.into()]);
    assert_eq!(RevisionDiff::between(company, &after).subjects, people(numbers));
    assert_eq!(RevisionDiff::between(&after, company).subjects, people(numbers));
    after
}

#[test]
fn an_assignment_touches_whom_it_names() {
    let company = company();
    let assign = |to: Assignee| {
        Assignment::allow(AssignmentId::from_u128(9), to, AGENT, Scope::Organization)
    };
    touches(&company, assign(person(6).into()), &[6]);
    touches(&company, assign(team(2).into()), &[1]);
    touches(&company, assign(team(1).into()), &[1, 2]);
    touches(&company, Remove::Assignment(AssignmentId::from_u128(1)), &[1, 2]);
}

#[test]
fn an_assignment_to_members_touches_those_who_are_members() {
    let company = company();
    let assign = |to: Scope| {
        let to = Assignee::MembersOf(to);
        Assignment::allow(AssignmentId::from_u128(9), to, AGENT, Scope::Organization)
    };
    let after = touches(&company, assign(workspace(1).into()), &[1, 2, 4]);
    assert!(!RevisionDiff::between(&company, &after).everyone);
    touches(&company, assign(workspace(2).into()), &[]);
    let after = touches(&company, assign(Scope::Organization), &[]);
    assert!(RevisionDiff::between(&company, &after).everyone);
}

#[test]
fn a_role_touches_all_who_hold_it_by_any_name() {
    let company = company();
    let holds = |number: u128, to: Assignee, of: u128| {
        Assignment::allow(AssignmentId::from_u128(number), to, role(of), Scope::Organization).into()
    };
    let everybody = Assignee::MembersOf(Scope::Organization);
    let company = changed(&company, [holds(8, team(3).into(), 2), holds(9, everybody, 2)]);
    let emptied = Role { any: PermissionNames::none(), ..named_role(1, &[]) };
    let after = touches(&company, emptied, &[3, 5]);
    let diff = RevisionDiff::between(&company, &after);
    assert_eq!(diff.roles, [role(1), role(2)].into());
    assert!(diff.everyone);
    // What role 2 includes does not depend on role 2.
    let after = touches(&company, named_role(2, &[]), &[3]);
    assert_eq!(RevisionDiff::between(&company, &after).roles, [role(2)].into());
}

#[test]
fn a_team_that_moves_touches_all_below_it() {
    let company = company();
    touches(&company, in_team(1, Some(3)), &[1, 2]);
    touches(&company, in_team(2, None), &[1]);
    touches(&company, place(6, 2), &[6]);
    touches(&company, Remove::Membership(place(2, 1)), &[2]);
    let renamed = Team { name: Name::new("other").unwrap(), ..in_team(1, None) };
    let after = touches(&company, renamed, &[]);
    assert!(RevisionDiff::between(&company, &after).teams.is_empty());
}

#[test]
fn a_scope_touches_nobody_and_its_subtree_is_compiled_again() {
    let company = company();
    let before = compile(&company);
    let after = touches(&company, in_inbox(1, workspace(2)), &[]);
    assert_eq!(RevisionDiff::between(&company, &after).scopes, [inbox(1).into()].into());
    let next = before.next(after);
    let is_shared = |scope: Scope| {
        Arc::ptr_eq(
            &before.scopes.get(&scope).unwrap().path,
            &next.scopes.get(&scope).unwrap().path,
        )
    };
    assert!(!is_shared(inbox(1).into()) && !is_shared(inbox(2).into()));
    assert!(is_shared(inbox(3).into()) && is_shared(workspace(2).into()));
    assert!(next.unpacked.shares_with(&before.unpacked));
}

#[test]
fn a_revision_that_changes_nothing_shares_everything() {
    let company = company();
    let before = compile(&company);
    let next = before.next(changed(&company, []));
    assert!(next.scopes.shares_with(&before.scopes) && next.unpacked.shares_with(&before.unpacked));
}
