//! Those who might come: one more member of every team and of every scope, one more holder of every
//! custom role wherever it may be assigned, and every service as if it had no owner.
//!
//! What binds nobody today is judged as if it did; so nobody is handed anything later, by somebody
//! who means no harm, that nobody could have handed out before.

use tenantry::model::{
    Assignee, Assignment, Change, Grant, Membership, Organization, Scope, ScopeKinds, SubAccount,
    SubAccountKind,
};
use tenantry::{AssignmentId, PermissionNames, SubAccountId};

use super::bound::scopes;
use super::lifted::changed;

/// Who has nothing of its own.
pub(crate) const NEWCOMER: SubAccountId = SubAccountId::from_u128(u128::MAX);

/// Whether somebody is there as one who might come to hold a custom role.
pub(crate) const fn is_holder_of_role(who: SubAccountId) -> bool {
    who.to_u128() >> 100 == 3
}

/// The organization with all who might come.
pub(crate) fn peopled(organization: &Organization) -> Organization {
    let mut changes: Vec<Change> = Vec::new();
    let newcomer = SubAccount::member(NEWCOMER);
    changes.push(newcomer.into());
    for team in organization.teams().keys() {
        let sub_account = SubAccountId::from_u128(1 << 100 ^ team.to_u128());
        changes.push(SubAccount::member(sub_account).into());
        changes.push(Membership { sub_account, team: *team }.into());
    }
    // A permission that no catalog knows makes a member of a scope and gives nothing.
    let nothing = Grant::any(["NOTHING".parse().unwrap()].into_iter().collect::<PermissionNames>());
    for scope in scopes(organization) {
        let member = 2 << 100 ^ id_of(scope);
        let made = AssignmentId::from_u128(member);
        let member = SubAccountId::from_u128(member);
        changes.push(SubAccount::member(member).into());
        changes.push(Assignment::allow(made, member, nothing.clone(), scope).into());
        for role in organization.roles().values() {
            if role.assignable.contains(ScopeKinds::from(scope.kind())) {
                let holder = (3 << 100) ^ role.id.to_u128() ^ (id_of(scope) << 8);
                let made = AssignmentId::from_u128(holder);
                let holder = SubAccountId::from_u128(holder);
                changes.push(SubAccount::member(holder).into());
                changes.push(Assignment::allow(made, holder, role.id, scope).into());
            }
        }
    }
    let services = organization.sub_accounts().values();
    for service in services.filter(|it| it.kind == SubAccountKind::Service) {
        let unbound = SubAccountId::from_u128(4 << 100 ^ service.id.to_u128());
        let boundary = service.boundary.clone();
        let ends = service.ends;
        changes.push(SubAccount { boundary, ends, ..SubAccount::member(unbound) }.into());
        for team in organization.teams_of(service.id) {
            changes.push(Membership { sub_account: unbound, team }.into());
        }
        for it in organization.assignments().values() {
            if it.assignee == Assignee::SubAccount(service.id) {
                let id = AssignmentId::from_u128(4 << 100 ^ it.id.to_u128());
                let twin = Assignment { id, assignee: unbound.into(), reason: None, ..it.clone() };
                changes.push(twin.into());
            }
        }
    }
    changed(organization, changes)
}

fn id_of(scope: Scope) -> u128 {
    match scope {
        Scope::Organization => 0,
        Scope::Workspace(id) => 1 << 90 | id.to_u128(),
        Scope::Resource(id) => 1 << 91 | id.to_u128(),
    }
}
