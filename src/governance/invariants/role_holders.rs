//! How many accounts must or may hold a role (I3).

use std::collections::BTreeMap;

use crate::catalog::RoleDocument;
use crate::governance::comparison::transition::Transition;
use crate::governance::invariants::counts::exceeds;
use crate::governance::invariants::violation::Violation;
use crate::governance::reach::holding::HolderId;
use crate::governance::reach::view::View;
use crate::id::SubAccountId;
use crate::model::link::Relation;
use crate::model::{Assignee, Effect, RoleName, RoleRef, Scope, Status};

/// The holders of a role, with their status.
type RoleHolders = BTreeMap<SubAccountId, Status>;

/// Checks the number of holders of each counted role (I3).
pub(crate) fn check_role_holders(change: &Transition<'_>) -> Result<(), Violation> {
    for role in &change.after.catalog.document().roles {
        if !is_counted(role) || !holders_differ(change, &role.name) {
            continue;
        }
        let [before, after] = [&change.before, &change.after].map(|it| holders_of(it, &role.name));
        // Accounts that left count as no holders for the maximum. For the minimum they do, so that
        // no account is kept from leaving.
        if are_too_many(role, &after) && present(&after) > present(&before) {
            return Err(violation(&role.name, present(&after), true));
        }
        if are_too_few(role, &after) && after.len() < before.len() {
            return Err(violation(&role.name, after.len(), false));
        }
    }
    Ok(())
}

fn violation(role: &RoleName, count: usize, too_many: bool) -> Violation {
    Violation::Holders { role: role.clone(), count, too_many }
}

/// The roles that have too many or too few holders today.
pub(crate) fn role_holder_violations(view: &View<'_>) -> Vec<Violation> {
    let mut standing = Vec::new();
    for role in view.catalog.document().roles.iter().filter(|role| is_counted(role)) {
        let holders = holders_of(view, &role.name);
        if are_too_many(role, &holders) {
            standing.push(violation(&role.name, present(&holders), true));
        }
        if are_too_few(role, &holders) {
            standing.push(violation(&role.name, holders.len(), false));
        }
    }
    standing
}

/// Whether the catalog limits the number of holders of a role.
const fn is_counted(role: &RoleDocument) -> bool {
    role.holders.at_least > 0 || role.holders.at_most.is_some()
}

fn are_too_many(role: &RoleDocument, holders: &RoleHolders) -> bool {
    role.holders.at_most.is_some_and(|at_most| exceeds(present(holders), at_most))
}

fn are_too_few(role: &RoleDocument, holders: &RoleHolders) -> bool {
    let at_least = role.holders.at_least;
    at_least > 0 && !exceeds(holders.len(), at_least.saturating_sub(1))
}

/// The number of holders that have not left.
fn present(holders: &RoleHolders) -> usize {
    holders.values().filter(|it| !matches!(it, Status::Left | Status::Removed)).count()
}

/// Whether a change affects the holders of a role. Decided by the affected accounts, so that
/// holders are counted only if needed.
fn holders_differ(change: &Transition<'_>, role: &RoleName) -> bool {
    let role = RoleRef::System(role.clone());
    let held_by = |view: &View<'_>, id: SubAccountId| {
        let holding = view.holding(HolderId::SubAccount(id))?;
        let mut allows = view.applied_to(&holding).filter(|applied| applied.is_allow());
        let status = view.organization.sub_accounts().get(&id)?.status;
        allows.any(|applied| applied.gives.roles.contains(&role)).then_some(status)
    };
    let affected = change.affected.holders.iter().filter_map(|holder| match holder {
        HolderId::SubAccount(id) => Some(*id),
        HolderId::TeamMember(_) | HolderId::MemberOf(_) | HolderId::OperatorOf { .. } => None,
    });
    let mut touched = affected.chain(change.sub_accounts.iter().copied());
    touched.any(|id| held_by(&change.before, id) != held_by(&change.after, id))
}

/// The holders of a role, by any allow of the role or of one that includes it: by name, by team, or
/// as a member of a scope.
fn holders_of(view: &View<'_>, role: &RoleName) -> RoleHolders {
    let organization = view.organization;
    let role = RoleRef::System(role.clone());
    let system = view.catalog.document().roles.iter().map(|it| RoleRef::System(it.name.clone()));
    let custom = organization.roles().keys().map(|id| RoleRef::Custom(*id));
    system
        .chain(custom)
        .filter(|it| view.role(it).roles.contains(&role))
        .flat_map(|it| organization.assignments_of(&it).collect::<Vec<_>>())
        .filter(|assignment| assignment.effect == Effect::Allow)
        .flat_map(|assignment| concerned(view, assignment.assignee))
        .filter_map(|id| Some((id, organization.sub_accounts().get(&id)?.status)))
        .collect()
}

/// The sub-accounts that an assignment to `assignee` reaches, members of a scope included.
fn concerned(view: &View<'_>, assignee: Assignee) -> Vec<SubAccountId> {
    match assignee {
        Assignee::SubAccount(_) | Assignee::Team(_) | Assignee::MembersOf(Scope::Organization) => {
            view.directly_assigned(assignee)
        }
        Assignee::MembersOf(scope) => {
            let there = view.organization.assignments_by(scope, Relation::At);
            let allows = there.filter(|assignment| assignment.effect == Effect::Allow);
            let named = allows.filter_map(|assignment| match assignment.assignee {
                // An assignment to the members of a scope makes no account a member (D3).
                Assignee::MembersOf(_) => None,
                named => Some(view.directly_assigned(named)),
            });
            named.flatten().collect()
        }
    }
}
