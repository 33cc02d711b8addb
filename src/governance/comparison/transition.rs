//! A transition: an organization before and after a change, and where a holder may have something
//! else than before.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::Ownership;
use crate::access::revision_diff::RevisionDiff;
use crate::catalog::CatalogCore;
use crate::governance::comparison::affected::Affected;
use crate::governance::comparison::gainers::Gainers;
use crate::governance::comparison::pair::LocationPair;
use crate::governance::reach::holding::{AppliedAssignment, HolderId, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameTable;
use crate::governance::reach::query::OwnershipSource;
use crate::governance::reach::view::View;
use crate::governance::relations::{registered_owner, resources_of};
use crate::id::{RoleId, SubAccountId};
use crate::model::{Assignment, Organization, Scope};

/// An organization before and after a change, with everything that differs.
pub(crate) struct Transition<'a> {
    pub(crate) before: View<'a>,
    pub(crate) after: View<'a>,
    pub(crate) affected: Affected,
    /// Which of the affected holders may gain something.
    pub(crate) gainers: Gainers,
    /// The assignments that differ, before and after.
    pub(crate) assignments: Vec<(Option<&'a Assignment>, Option<&'a Assignment>)>,
    /// The workspaces and resources whose own rows differ.
    pub(crate) scopes: BTreeSet<Scope>,
    /// The custom roles that differ, and those that include them.
    pub(crate) roles: BTreeSet<RoleId>,
    /// The sub-accounts whose own rows differ.
    pub(crate) sub_accounts: BTreeSet<SubAccountId>,
    /// The instant from which on differences count.
    pub(crate) now: Timestamp,
}

impl<'a> Transition<'a> {
    /// Compares two revisions, from `now` on.
    pub(crate) fn new(
        before: &'a Organization,
        after: &'a Organization,
        catalog: &'a CatalogCore,
        names: &'a NameTable<'a>,
        now: Timestamp,
    ) -> Self {
        let rows = after.differences(before);
        let touched = RevisionDiff::of(&rows, after);
        let before = View::new(before, catalog, names);
        let after = View::new(after, catalog, names);
        let mut affected = Affected::by(&touched, &before, &after);
        affected
            .scopes
            .extend(AppliedAssignment::differing_scopes(before.everyone(), after.everyone()));
        Self {
            affected,
            gainers: Gainers::between(&before, &after, &rows, &touched.assignments),
            assignments: touched.assignments,
            scopes: touched.scopes,
            roles: touched.roles,
            sub_accounts: touched.sub_accounts,
            before,
            after,
            now,
        }
    }

    /// The ownerships that a caller can claim for one object, before and after.
    pub(crate) fn ownership_cases(
        &self,
        pair: &LocationPair,
    ) -> [(OwnershipSource, OwnershipSource); 3] {
        let claimed =
            |ownership| (OwnershipSource::Claimed(ownership), OwnershipSource::Claimed(ownership));
        let registered = |view: &View<'_>, location| match location {
            Location::At(scope) => registered_owner(view.organization, scope),
            Location::Below(_) => None,
        };
        let after = registered(&self.after, pair.after);
        // The caller says who owns an object that is not registered yet.
        let before = if pair.is_new() { after } else { registered(&self.before, pair.before) };
        [
            claimed(Ownership::Owned),
            claimed(Ownership::NotOwned),
            (OwnershipSource::Registered(before), OwnershipSource::Registered(after)),
        ]
    }

    /// The locations where a holder may have something else than before. At any other location it
    /// has what it has at the nearest of these above.
    pub(crate) fn changed_pairs(
        &self,
        holder: HolderId,
        also: &[Rc<Holding<'a>>],
    ) -> BTreeSet<LocationPair> {
        let (before, after) = (self.before.holding(holder), self.after.holding(holder));
        let mut scopes = self.affected.scopes.clone();
        match (&before, &after) {
            (Some(before), Some(after)) => {
                scopes.extend(before.differing_scopes(after));
                if before.differs_in_account_limits(after)
                    || self.is_any_bounder_affected(before, after)
                {
                    scopes.extend(self.scopes_of(before, after));
                }
            }
            (Some(only), None) | (None, Some(only)) => scopes.extend(self.scopes_of(only, only)),
            (None, None) => {}
        }
        self.pairs_within(&scopes, before.into_iter().chain(after), also)
    }

    /// The locations where a holder may have anything at all.
    pub(crate) fn all_pairs(
        &self,
        holder: HolderId,
        also: &[Rc<Holding<'a>>],
    ) -> BTreeSet<LocationPair> {
        let (before, after) = (self.before.holding(holder), self.after.holding(holder));
        let scopes = match (&before, &after) {
            (Some(before), Some(after)) => self.scopes_of(before, after),
            (Some(only), None) | (None, Some(only)) => self.scopes_of(only, only),
            (None, None) => BTreeSet::new(),
        };
        self.pairs_within(&scopes, before.into_iter().chain(after), also)
    }

    /// The locations at and below a scope where any holder may have something else than at the
    /// nearest of them above.
    pub(crate) fn pairs_below(
        &self,
        scope: Scope,
        also: &[Rc<Holding<'a>>],
    ) -> BTreeSet<LocationPair> {
        self.pairs_within(&BTreeSet::from([scope]), std::iter::empty(), also)
    }

    fn scopes_of(&self, one: &Holding<'_>, other: &Holding<'_>) -> BTreeSet<Scope> {
        let everyone = self.before.everyone().iter().chain(self.after.everyone());
        let everyone = everyone.map(|applied| applied.assignment.scope);
        one.scopes().chain(other.scopes()).chain(everyone).collect()
    }

    /// Whether an account that bounds the holder is affected (D13).
    fn is_any_bounder_affected(&self, before: &Holding<'_>, after: &Holding<'_>) -> bool {
        let everyone = self.before.everyone().iter().chain(self.after.everyone());
        let applied = before.assignments.iter().chain(&after.assignments).chain(everyone);
        let delegators = applied.filter_map(|applied| applied.assignment.delegator);
        let mut bounding = delegators.chain(before.owner).chain(after.owner);
        bounding.any(|id| self.affected.holders.contains(&HolderId::SubAccount(id)))
    }

    fn pairs_within(
        &self,
        scopes: &BTreeSet<Scope>,
        holdings: impl Iterator<Item = Rc<Holding<'a>>>,
        also: &[Rc<Holding<'a>>],
    ) -> BTreeSet<LocationPair> {
        let mut pairs = BTreeSet::new();
        if scopes.is_empty() {
            return pairs;
        }
        let mut inner: BTreeSet<Scope> = BTreeSet::new();
        for holding in holdings.chain(also.iter().cloned()) {
            inner.extend(holding.scopes());
            for view in [&self.before, &self.after] {
                let bounding = view.bounders(&holding);
                inner.extend(bounding.iter().flat_map(|it| it.scopes()));
                // If no ownership is claimed, an object of a service is not owned by the service
                // owner, and the reverse; so the location of each such resource counts.
                if !bounding.is_empty() {
                    let holders = bounding.iter().chain([&holding]).filter_map(|it| it.id);
                    inner.extend(holders.flat_map(|id| resources_of(view.organization, id)));
                }
            }
        }
        for view in [&self.before, &self.after] {
            inner.extend(view.organization.limited_scopes());
            inner.extend(view.everyone().iter().map(|applied| applied.assignment.scope));
        }
        let is_inner = |scope: &Scope| {
            let within =
                |above| self.before.is_within(*scope, above) || self.after.is_within(*scope, above);
            !scopes.contains(scope) && scopes.iter().any(|above| within(*above))
        };
        for scope in scopes.iter().copied().chain(inner.iter().copied().filter(is_inner)) {
            self.pairs_at(scope, &mut pairs);
        }
        pairs
    }

    fn pairs_at(&self, scope: Scope, pairs: &mut BTreeSet<LocationPair>) {
        let is_in = |view: &View<'_>| view.organization.contains(scope);
        match (is_in(&self.before), is_in(&self.after)) {
            (true, true) => {
                for location in [Location::At(scope), Location::Below(scope)] {
                    pairs.insert(LocationPair {
                        after: location,
                        before: location,
                        lost_from: Some(location),
                    });
                }
            }
            (false, true) => {
                // A new scope is compared with the location where it is created: its parent or, for
                // a workspace, below the organization.
                let parent = self.before.nearest(scope, &self.after);
                let lost_from = Some(Location::Below(parent));
                let before = match parent {
                    Scope::Organization => Location::Below(parent),
                    Scope::Workspace(_) | Scope::Resource(_) => Location::At(parent),
                };
                for after in [Location::At(scope), Location::Below(scope)] {
                    pairs.insert(LocationPair { after, before, lost_from });
                }
            }
            (true, false) => {
                // Everything in a deleted workspace is gone. The contents of a deleted resource are
                // looked up at its parent.
                let parent = self.after.nearest(scope, &self.before);
                if parent != Scope::Organization {
                    for before in [Location::At(scope), Location::Below(scope)] {
                        let after = Location::At(parent);
                        pairs.insert(LocationPair { after, before, lost_from: None });
                    }
                }
            }
            (false, false) => {}
        }
    }
}
