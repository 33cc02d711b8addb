//! Indexes: derived from an organization's tables, for look-ups without a scan. Never stored;
//! `apply` updates them with every change.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::id::{AssignmentId, PersonalId, ResourceId, SubAccountId, WorkspaceId};
use crate::model::assignment::{Assignee, Assignment, Grant, Terms};
use crate::model::link::{EntityId, Link, References};
use crate::model::personal::Digest;
use crate::model::resource::{Kind, Parent, Resource};
use crate::model::role::RoleRef;
use crate::model::scope::{Key, Scope};
use crate::model::sub_account::SubAccount;
use crate::table::Table;

/// The indexes of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Indexes {
    pub(super) links: Table<Link, ()>,
    /// When objects start or end without a change.
    pub(super) instants: Table<(Timestamp, EntityId), ()>,
    pub(super) workspace_keys: Table<Key, WorkspaceId>,
    pub(super) resource_keys: Table<(Kind, Key), ResourceId>,
    /// Which sub-account has the login with this hash, or had it when the login was erased. One
    /// table for both, so that two sub-accounts never share one.
    pub(super) logins: Table<Digest, SubAccountId>,
    /// The sub-accounts that had a login with this hash before their present one. Several may have
    /// had it.
    pub(super) former_logins: Table<(Digest, SubAccountId), ()>,
    /// The side rows that are referred to, erased or not.
    pub(super) personal: Table<PersonalId, ()>,
    /// The assignments of each role. System roles are not objects of the organization, so the links
    /// do not cover them. Has no entry for a role without assignments.
    pub(super) granting: Table<RoleRef, Table<AssignmentId, ()>>,
    /// All distinct terms of assignments, and how many assignments have each.
    pub(super) terms: Table<Arc<Terms>, usize>,
    /// The scopes that [`Organization::limited_scopes`](super::Organization::limited_scopes) lists.
    pub(super) limited: Table<Scope, ()>,
    /// How many sub-accounts take a seat.
    pub(super) seats: usize,
    /// How many assignments are made to the members of a workspace or a resource. If zero, a check
    /// can skip them.
    pub(super) to_members: usize,
    /// How many resources are inside others. If zero, no resource has children.
    pub(super) nested: usize,
}

impl Indexes {
    /// Interns the terms of an assignment: equal terms share one allocation and one reference
    /// count, which stays in the CPU cache while a page of assignments is copied.
    pub(super) fn intern_terms(&self, assignment: Assignment) -> Assignment {
        match self.terms.range::<Arc<Terms>, _>(&assignment.terms..).next() {
            Some((shared, _)) if *shared == assignment.terms => {
                Assignment { terms: Arc::clone(shared), ..assignment }
            }
            _ => assignment,
        }
    }

    /// Replaces one assignment by another. `None` if there was none, or it was removed.
    pub(super) fn replace_assignment(
        &mut self,
        old: Option<&Assignment>,
        new: Option<&Assignment>,
    ) {
        if let Some(old) = old {
            self.release_terms(&old.terms);
        }
        if let Some(new) = new {
            match self.terms.get_mut(&new.terms) {
                Some(count) => *count += 1,
                None => _ = self.terms.insert(Arc::clone(&new.terms), 1),
            }
        }
        if let Some((role, id)) = old.and_then(granted)
            && let Some(of_role) = self.granting.get_mut(role)
        {
            of_role.remove(&id);
            if of_role.is_empty() {
                self.granting.remove(role);
            }
        }
        if let Some((role, id)) = new.and_then(granted) {
            match self.granting.get_mut(role) {
                Some(of_role) => _ = of_role.insert(id, ()),
                None => _ = self.granting.insert(role.clone(), [(id, ())].into_iter().collect()),
            }
        }
        let count = |it: Option<&Assignment>| usize::from(it.is_some_and(is_to_members));
        self.to_members = self.to_members + count(new) - count(old);
    }

    /// Counts one assignment less with these terms.
    fn release_terms(&mut self, terms: &Terms) {
        let Some(count) = self.terms.get_mut(terms) else { return };
        *count -= 1;
        if *count == 0 {
            self.terms.remove(terms);
        }
    }

    /// Updates the count of nested resources. `None` if there was none, or it was removed.
    pub(super) fn count_nested(&mut self, old: Option<&Resource>, new: Option<&Resource>) {
        let is_nested = |it: &Resource| matches!(it.parent, Parent::Resource(_));
        let count = |it: Option<&Resource>| usize::from(it.is_some_and(is_nested));
        self.nested = self.nested + count(new) - count(old);
    }

    /// Sets whether a scope limits what it inherits.
    pub(super) fn set_limited(&mut self, scope: impl Into<Scope>, is_limited: bool) {
        if is_limited {
            self.limited.insert(scope.into(), ());
        } else {
            self.limited.remove(&scope.into());
        }
    }

    /// Updates the index of former logins.
    pub(super) fn replace_former_logins(&mut self, old: Option<&SubAccount>, new: &SubAccount) {
        for hash in old.into_iter().flat_map(|old| old.former_logins.difference(&new.former_logins))
        {
            self.former_logins.remove(&(*hash, new.id));
        }
        for hash in &new.former_logins {
            self.former_logins.insert((*hash, new.id), ());
        }
    }

    /// Updates the number of seats.
    pub(super) fn count_seat(&mut self, old: Option<&SubAccount>, new: &SubAccount) {
        let before = usize::from(old.is_some_and(SubAccount::takes_seat));
        self.seats = self.seats + usize::from(new.takes_seat()) - before;
    }
}

/// Builds the indexes of a stored organization: collects the entries object by object, and sorts
/// them once. Every object comes once, and the indexes are not read before all are collected.
#[derive(Debug, Default)]
pub(super) struct IndexBuilder {
    links: Vec<(Link, ())>,
    instants: Vec<((Timestamp, EntityId), ())>,
    granting: BTreeMap<RoleRef, Vec<(AssignmentId, ())>>,
    terms: BTreeMap<Arc<Terms>, usize>,
}

impl IndexBuilder {
    /// As [`Indexes::intern_terms`].
    pub(super) fn intern_terms(&mut self, assignment: &mut Assignment) {
        let shared = self.terms.entry(Arc::clone(&assignment.terms));
        assignment.terms = Arc::clone(shared.key());
        *shared.or_default() += 1;
    }

    /// As [`Indexes::replace_assignment`].
    pub(super) fn add_assignment(&mut self, new: &Assignment, indexes: &mut Indexes) {
        if let Some((role, id)) = granted(new) {
            match self.granting.get_mut(role) {
                Some(of_role) => of_role.push((id, ())),
                None => _ = self.granting.insert(role.clone(), vec![(id, ())]),
            }
        }
        indexes.to_members += usize::from(is_to_members(new));
    }

    /// Adds the references of an object, and the instants at which it starts and ends.
    pub(super) fn add_references(&mut self, object: &impl References) {
        let (from, references) = object.references();
        let links = references.map(|(relation, to)| (Link { to, relation, from }, ()));
        self.links.extend(links);
        let instants = object.instants().into_iter().flatten();
        self.instants.extend(instants.map(|instant| ((instant, from), ())));
    }

    pub(super) fn build_into(self, indexes: &mut Indexes) {
        indexes.links = self.links.into_iter().collect();
        indexes.instants = self.instants.into_iter().collect();
        indexes.terms = self.terms.into_iter().collect();
        let granting = self.granting.into_iter();
        indexes.granting =
            granting.map(|(role, of_role)| (role, of_role.into_iter().collect())).collect();
    }
}

fn is_to_members(assignment: &Assignment) -> bool {
    match assignment.assignee {
        Assignee::MembersOf(scope) => scope != Scope::Organization,
        Assignee::SubAccount(_) | Assignee::Team(_) => false,
    }
}

fn granted(assignment: &Assignment) -> Option<(&RoleRef, AssignmentId)> {
    match &assignment.grant {
        Grant::Role(role) => Some((role, assignment.id)),
        Grant::Permissions { .. } => None,
    }
}
