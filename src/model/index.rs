//! Indexes: what follows from an organization's tables, so that it is found without reading through them. Never stored;
//! `apply` keeps them in step, change by change.

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

/// What follows from the tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Indexes {
    pub(super) links: Table<Link, ()>,
    /// When what starts or ends by itself.
    pub(super) instants: Table<(Timestamp, EntityId), ()>,
    pub(super) workspace_keys: Table<Key, WorkspaceId>,
    pub(super) resource_keys: Table<(Kind, Key), ResourceId>,
    /// Whose login has this hash: the login they have, or the one they had when they were erased. One table for both,
    /// so that neither is ever taken by two.
    pub(super) logins: Table<Digest, SubAccountId>,
    /// Who had a login with this hash before the one that they have; anybody may have had it.
    pub(super) former_logins: Table<(Digest, SubAccountId), ()>,
    /// The side rows that something refers to, erased or not.
    pub(super) personal: Table<PersonalId, ()>,
    /// Which assignments are of which role; the roles of the catalog are no nouns, so no link finds theirs. A role that
    /// nothing is of is not in it.
    pub(super) granting: Table<RoleRef, Table<AssignmentId, ()>>,
    /// What assignments say, and how many of them.
    pub(super) terms: Table<Arc<Terms>, usize>,
    /// The workspaces and resources that [`Organization::limited`](super::Organization::limited) lists.
    pub(super) limited: Table<Scope, ()>,
    /// How many sub-accounts take a seat.
    pub(super) seats: usize,
    /// How many assignments are made to the members of a workspace or a resource: where there are none, nobody has to be
    /// asked whether one concerns it.
    pub(super) to_members: usize,
    /// How many resources are inside others: where there are none, no resource has to be asked what it holds.
    pub(super) nested: usize,
}

impl Indexes {
    /// An assignment that shares its terms with all others that say the same: one text instead of thousands, and one count
    /// of who shares it, which is at hand when a page of them is copied.
    pub(super) fn sharing(&self, assignment: Assignment) -> Assignment {
        match self.terms.range::<Arc<Terms>, _>(&assignment.terms..).next() {
            Some((shared, _)) if *shared == assignment.terms => {
                Assignment { terms: Arc::clone(shared), ..assignment }
            }
            _ => assignment,
        }
    }

    /// One assignment takes the place of another, or comes, or goes.
    pub(super) fn exchange_assignment(
        &mut self,
        old: Option<&Assignment>,
        new: Option<&Assignment>,
    ) {
        if let Some(old) = old {
            self.forget(&old.terms);
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

    /// One assignment fewer says this.
    fn forget(&mut self, terms: &Terms) {
        let Some(count) = self.terms.get_mut(terms) else { return };
        *count -= 1;
        if *count == 0 {
            self.terms.remove(terms);
        }
    }

    /// A resource takes the place of what it was before, or comes, or goes.
    pub(super) fn exchange_nested(&mut self, old: Option<&Resource>, new: Option<&Resource>) {
        let is_nested = |it: &Resource| matches!(it.parent, Parent::Resource(_));
        let count = |it: Option<&Resource>| usize::from(it.is_some_and(is_nested));
        self.nested = self.nested + count(new) - count(old);
    }

    /// A scope limits something from now on, or no longer.
    pub(super) fn set_limited(&mut self, scope: impl Into<Scope>, is_limited: bool) {
        if is_limited {
            self.limited.insert(scope.into(), ());
        } else {
            self.limited.remove(&scope.into());
        }
    }

    /// A sub-account takes the place of what it was before, which may have had other logins.
    pub(super) fn exchange_former_logins(&mut self, old: Option<&SubAccount>, new: &SubAccount) {
        for hash in old.into_iter().flat_map(|old| old.former_logins.difference(&new.former_logins))
        {
            self.former_logins.remove(&(*hash, new.id));
        }
        for hash in &new.former_logins {
            self.former_logins.insert((*hash, new.id), ());
        }
    }

    /// A sub-account takes the place of what it was before.
    pub(super) fn exchange_seat(&mut self, old: Option<&SubAccount>, new: &SubAccount) {
        let before = usize::from(old.is_some_and(SubAccount::takes_seat));
        self.seats = self.seats + usize::from(new.takes_seat()) - before;
    }
}

/// What an organization at rest puts into its indexes, gathered noun by noun and sorted in one go: every noun comes once,
/// and nothing is asked of the indexes before all are there.
#[derive(Debug, Default)]
pub(super) struct AtRest {
    links: Vec<(Link, ())>,
    instants: Vec<((Timestamp, EntityId), ())>,
    granting: BTreeMap<RoleRef, Vec<(AssignmentId, ())>>,
    terms: BTreeMap<Arc<Terms>, usize>,
}

impl AtRest {
    /// As [`Indexes::sharing`].
    pub(super) fn share(&mut self, assignment: &mut Assignment) {
        let shared = self.terms.entry(Arc::clone(&assignment.terms));
        assignment.terms = Arc::clone(shared.key());
        *shared.or_default() += 1;
    }

    /// As [`Indexes::exchange_assignment`].
    pub(super) fn grant(&mut self, new: &Assignment, indexes: &mut Indexes) {
        if let Some((role, id)) = granted(new) {
            match self.granting.get_mut(role) {
                Some(of_role) => of_role.push((id, ())),
                None => _ = self.granting.insert(role.clone(), vec![(id, ())]),
            }
        }
        indexes.to_members += usize::from(is_to_members(new));
    }

    /// Notes what a noun refers to and when it starts and ends.
    pub(super) fn link(&mut self, noun: &impl References) {
        let (from, references) = noun.references();
        let links = references.map(|(relation, to)| (Link { to, relation, from }, ()));
        self.links.extend(links);
        let instants = noun.instants().into_iter().flatten();
        self.instants.extend(instants.map(|instant| ((instant, from), ())));
    }

    pub(super) fn settle(self, indexes: &mut Indexes) {
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
