//! Reduces a change set to effective changes: a row that ends unchanged is neither recorded nor
//! stored.

use std::collections::BTreeSet;

use crate::model::{Change, ChangeSet, EntityId, Membership, Organization, Put, Remove};
use crate::table::Table;

/// The row that a change concerns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Entity(EntityId),
    Membership(Membership),
}

/// Removes all changes of rows that are equal in `before` and `after`, and side rows that nothing
/// refers to then. `after` is the organization after the set. Returns whether anything was removed.
/// Computes in **O(c log n)** time for c changes.
///
/// All changes of one row are kept or removed together, because a status may only change step by
/// step.
pub(super) fn reduce(set: &mut ChangeSet, before: &Organization, after: &Organization) -> bool {
    let rows: BTreeSet<Row> = set.changes.iter().filter_map(row).collect();
    let differing: BTreeSet<Row> =
        rows.iter().filter(|row| differs(**row, before, after)).copied().collect();
    if differing.len() == rows.len() {
        return false;
    }
    set.changes.retain(|change| row(change).is_none_or(|row| differing.contains(&row)));
    let referred: BTreeSet<_> =
        set.changes.iter().flat_map(Change::personal).map(|it| it.id).collect();
    set.personal.retain(|it| referred.contains(&it.id()));
    true
}

/// The row that a change concerns; `None` if it concerns no row.
const fn row(change: &Change) -> Option<Row> {
    Some(Row::Entity(match change {
        Change::Put(put) => match put {
            Put::Profile(_) => EntityId::Organization,
            Put::Workspace(it) => EntityId::Workspace(it.id),
            Put::Resource(it) => EntityId::Resource(it.id),
            Put::SubAccount(it) => EntityId::SubAccount(it.id),
            Put::Team(it) => EntityId::Team(it.id),
            Put::Membership(it) => return Some(Row::Membership(*it)),
            Put::Role(it) => EntityId::Role(it.id),
            Put::Assignment(it) => EntityId::Assignment(it.id),
            Put::Consent(it) => EntityId::Consent(it.id),
            Put::Invitation(it) => EntityId::Invitation(it.id),
            Put::Request(it) => EntityId::Request(it.id),
        },
        Change::Remove(remove) => match remove {
            Remove::Workspace(id) => EntityId::Workspace(*id),
            Remove::Resource(id) => EntityId::Resource(*id),
            Remove::Team(id) => EntityId::Team(*id),
            Remove::Membership(it) => return Some(Row::Membership(*it)),
            Remove::Role(id) => EntityId::Role(*id),
            Remove::Assignment(id) => EntityId::Assignment(*id),
            Remove::Consent(id) => EntityId::Consent(*id),
            Remove::Invitation(id) => EntityId::Invitation(*id),
            Remove::Request(id) => EntityId::Request(*id),
        },
        Change::ResetTime(_) => return None,
    }))
}

fn differs(row: Row, before: &Organization, after: &Organization) -> bool {
    match row {
        Row::Membership(it) => is_other(before.memberships(), after.memberships(), &it),
        Row::Entity(entity) => match entity {
            EntityId::Organization => before.profile() != after.profile(),
            EntityId::Workspace(id) => is_other(before.workspaces(), after.workspaces(), &id),
            EntityId::Resource(id) => is_other(before.resources(), after.resources(), &id),
            EntityId::SubAccount(id) => is_other(before.sub_accounts(), after.sub_accounts(), &id),
            EntityId::Team(id) => is_other(before.teams(), after.teams(), &id),
            EntityId::Role(id) => is_other(before.roles(), after.roles(), &id),
            EntityId::Assignment(id) => is_other(before.assignments(), after.assignments(), &id),
            EntityId::Consent(id) => is_other(before.consents(), after.consents(), &id),
            EntityId::Invitation(id) => is_other(before.invitations(), after.invitations(), &id),
            EntityId::Request(id) => is_other(before.requests(), after.requests(), &id),
        },
    }
}

fn is_other<K: Ord + Clone, V: Clone + PartialEq>(
    before: &Table<K, V>,
    after: &Table<K, V>,
    key: &K,
) -> bool {
    before.get(key) != after.get(key)
}
