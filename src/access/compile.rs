//! Compiling: from an organization at rest to what a check reads.
//!
//! Names become bits, roles are closed over what they include, teams and memberships are followed to each sub-account,
//! and every scope knows what flows down to it from each scope above. Nothing here depends on time or context.
//!
//! A whole organization is compiled once; each later revision only where it differs from the one before, which never
//! shows: what is compiled depends on the revision alone, not on the way to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::access::decision::Reason;
use crate::access::nodes::{Node, limit, nodes, nodes_anew};
use crate::access::paths::{Path, paths, paths_to_all};
use crate::access::quick::Quick;
use crate::access::touched::Touched;
use crate::catalog::{CatalogCore, Parts};
use crate::id::{RoleId, SubAccountId};
use crate::model::{
    Condition, Effect, Grant, Organization, OrganizationStatus, Reach, RoleRef, Scope, SubAccount,
    SubAccountKind, Validity,
};
use crate::permission::{Bits, PermissionNames};
use crate::table::Table;

/// An organization at one revision, ready to be asked.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) organization: Organization,
    pub(super) catalog: Arc<CatalogCore>,
    pub(super) nodes: Table<Scope, Node>,
    /// The lines of which not all is quick.
    pub(super) special: Table<SubAccountId, Line>,
    /// What concerns every sub-account of the organization.
    pub(super) everyone: Entries,
    /// The part of the security policy that services must meet.
    pub(super) network_policy: Vec<Condition>,
    pub(super) is_open: bool,
    /// What is quick of the lines; and the nodes once more, as far as they can be asked quickly.
    pub(super) quick: Quick,
    /// Whether anything can be asked quickly.
    pub(super) is_quick: bool,
    /// And that with no look at the security policy and at what stands beside all lines.
    pub(super) is_plain: bool,
}

/// A sub-account as a check sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Why it may do nothing, whatever the time (D2).
    pub(super) barred: Option<Reason>,
    pub(super) ends: Option<Timestamp>,
    pub(super) kind: SubAccountKind,
    /// The member who answers for a service (D13).
    pub(super) owner: Option<SubAccountId>,
    pub(super) boundary: Bits,
    pub(super) entries: Entries,
}

/// What assignments grant and deny to somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entries {
    /// Allows for a whole subtree, always, unconditionally: one entry a scope, in the order of scopes.
    pub(super) plain: Arc<[(Scope, Parts)]>,
    /// All others.
    pub(super) special: Arc<[Entry]>,
}

/// One path by which an assignment comes to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) scope: Scope,
    pub(super) effect: Effect,
    pub(super) reach: Reach,
    pub(super) parts: Parts,
    /// The latest start and the earliest end of the assignment and the membership that it comes by (D3, D7).
    pub(super) starts: Option<Timestamp>,
    pub(super) ends: Option<Timestamp>,
    /// The conditions of both.
    pub(super) conditions: Arc<[Condition]>,
    pub(super) delegator: Option<SubAccountId>,
}

impl Compiled {
    pub(super) fn new(organization: Organization, catalog: Arc<CatalogCore>) -> Self {
        let mut compiler = Compiler::new(&organization, &catalog);
        let everyone = compiler.entries(paths_to_all(&organization));
        let nodes = nodes(&organization, &catalog);
        let sub_accounts = organization.sub_accounts();
        let mut quick = Quick::new(&nodes, &everyone, &catalog, sub_accounts.len());
        let mut special = Vec::new();
        for (id, it) in sub_accounts {
            let line = compiler.line(it);
            if !quick.draw(*id, &line, &catalog) {
                special.push((*id, line));
            }
        }
        let special = special.into_iter().collect();
        Self::of(organization, catalog, nodes, special, everyone, quick)
    }

    /// Another revision of the organization, compiled anew only where the two differ. Costs what differs, and for a
    /// scope its subtree; the rest is shared.
    pub(super) fn next(&self, organization: Organization) -> Self {
        let touched = Touched::between(&self.organization, &organization);
        let (old, new) = (self.organization.profile(), organization.profile());
        // Of the profile, nodes depend on this alone.
        let same_root =
            !touched.profile || (&old.ceiling, &old.labels) == (&new.ceiling, &new.labels);
        let (nodes, stale) = if same_root {
            nodes_anew(&organization, &self.catalog, &self.nodes, &touched.scopes)
        } else {
            (nodes(&organization, &self.catalog), touched.scopes.clone())
        };
        let mut compiler = Compiler::new(&organization, &self.catalog);
        let everyone = if touched.everyone {
            compiler.entries(paths_to_all(&organization))
        } else {
            self.everyone.clone()
        };
        let mut quick = self.quick.clone();
        if !same_root || touched.everyone {
            quick.place_all(&nodes, &everyone, &self.catalog);
        }
        for scope in stale {
            quick.place(scope, &nodes, &everyone, &self.catalog);
        }
        let mut special = self.special.clone();
        for id in &touched.lines {
            let line = organization.sub_accounts().get(id).map(|it| compiler.line(it));
            match line {
                Some(line) if !quick.draw(*id, &line, &self.catalog) => special.insert(*id, line),
                Some(_) => special.remove(id),
                None => {
                    quick.strike(*id);
                    special.remove(id)
                }
            };
        }
        if quick.is_full() && !self.quick.is_full() {
            // Most of its sets may be nobody's any more.
            return Self::new(organization, Arc::clone(&self.catalog));
        }
        Self::of(organization, Arc::clone(&self.catalog), nodes, special, everyone, quick)
    }

    fn of(
        organization: Organization,
        catalog: Arc<CatalogCore>,
        nodes: Table<Scope, Node>,
        special: Table<SubAccountId, Line>,
        everyone: Entries,
        mut quick: Quick,
    ) -> Self {
        let policy = &organization.profile().security.conditions;
        let is_network = |condition: &&Condition| matches!(condition, Condition::Network(_));
        let is_open = organization.profile().status == OrganizationStatus::Active;
        let is_quick = is_open && quick.tells_of_everyone();
        let is_plain = is_quick && policy.is_empty() && !quick.has_beside_everyone();
        quick.decides_alone(if is_plain { catalog.alone() } else { Bits::NONE });
        Self {
            nodes,
            special,
            is_quick,
            is_plain,
            everyone,
            network_policy: policy.iter().filter(is_network).cloned().collect(),
            is_open,
            organization,
            catalog,
            quick,
        }
    }
}

/// Names and roles in the making of bits.
pub(super) struct Compiler<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogCore,
    /// Custom roles that were closed already.
    roles: BTreeMap<RoleId, Closed>,
    /// The role that was asked for last, and what it grants: assignments of one role come one after the other.
    latest: Option<(RoleRef, Closed)>,
}

/// A role, closed over what it includes.
#[derive(Clone, Copy)]
struct Closed {
    parts: Parts,
    /// Whether it, and all that it includes, are roles of the catalog or of the organization.
    is_known: bool,
}

impl Closed {
    /// A role of which nobody can say what it gives.
    const UNKNOWN: Self =
        Self { parts: Parts { any: Bits::NONE, own: Bits::NONE }, is_known: false };

    const fn union(self, other: Self) -> Self {
        let is_known = self.is_known && other.is_known;
        Self { parts: self.parts.union(other.parts), is_known }
    }
}

impl<'a> Compiler<'a> {
    pub(super) const fn new(organization: &'a Organization, catalog: &'a CatalogCore) -> Self {
        Self { organization, catalog, roles: BTreeMap::new(), latest: None }
    }

    fn line(&mut self, sub_account: &SubAccount) -> Line {
        let barred = Reason::of_status(sub_account.status)
            .or(sub_account.credential_reset_required.then_some(Reason::CredentialResetRequired));
        let paths = paths(self.organization, sub_account.id);
        Line {
            barred,
            ends: sub_account.ends,
            kind: sub_account.kind,
            owner: sub_account.owner,
            boundary: limit(self.catalog, sub_account.boundary.as_ref()),
            entries: self.entries(paths),
        }
    }

    fn entries(&mut self, paths: impl IntoIterator<Item = Path<'a>>) -> Entries {
        let mut plain: BTreeMap<Scope, Parts> = BTreeMap::new();
        let mut special = Vec::new();
        for path in paths {
            let entry = self.entry(path);
            if entry.is_plain() {
                let parts = plain.entry(entry.scope).or_default();
                *parts = parts.union(entry.parts);
            } else {
                special.push(entry);
            }
        }
        // Most have nothing special, and share that.
        let special = if special.is_empty() { Arc::default() } else { special.into() };
        Entries { plain: plain.into_iter().collect(), special }
    }

    fn entry(&mut self, Path { assignment, membership }: Path<'_>) -> Entry {
        let window = assignment.validity;
        let also = membership.map_or(Validity::ALWAYS, |membership| membership.validity);
        let conditions = membership.into_iter().flat_map(|membership| &membership.conditions);
        Entry {
            scope: assignment.scope,
            effect: assignment.effect,
            reach: assignment.reach.clone(),
            parts: match assignment.effect {
                Effect::Allow => self.parts(&assignment.grant),
                Effect::Deny => self.takes(&assignment.grant),
            },
            starts: window.starts().max(also.starts()),
            ends: window.ends().into_iter().chain(also.ends()).min(),
            conditions: assignment.conditions.iter().chain(conditions).cloned().collect(),
            delegator: assignment.delegator,
        }
    }

    /// What a grant gives; a role that the catalog does not know gives nothing.
    pub(super) fn parts(&mut self, grant: &Grant) -> Parts {
        self.closed(grant).parts
    }

    /// What a deny of a grant takes (D5): everything, if nobody can say what its role gives.
    fn takes(&mut self, grant: &Grant) -> Parts {
        let Closed { parts, is_known } = self.closed(grant);
        let universe = self.catalog.vocabulary().universe();
        if is_known { parts } else { Parts { any: universe, own: universe } }
    }

    fn closed(&mut self, grant: &Grant) -> Closed {
        match grant {
            Grant::Permissions { any, own } => self.known(any, own),
            Grant::Role(role) => match &self.latest {
                Some((latest, closed)) if latest == role => *closed,
                _ => {
                    let closed = self.role(role);
                    self.latest = Some((role.clone(), closed));
                    closed
                }
            },
        }
    }

    /// What a role grants, closed over includes; every custom role is closed once.
    fn role(&mut self, role: &RoleRef) -> Closed {
        let id = match role {
            RoleRef::System(name) => {
                let is_known = self.catalog.has_role(name);
                return Closed { parts: self.catalog.role(name), is_known };
            }
            RoleRef::Custom(id) => *id,
        };
        if let Some(closed) = self.roles.get(&id) {
            return *closed;
        }
        let organization = self.organization;
        let Some(role) = organization.roles().get(&id) else { return Closed::UNKNOWN };
        let mut closed = self.known(&role.any, &role.own);
        for included in &role.includes {
            closed = closed.union(self.role(included));
        }
        self.roles.insert(id, closed);
        closed
    }

    fn known(&self, any: &PermissionNames, own: &PermissionNames) -> Closed {
        let vocabulary = self.catalog.vocabulary();
        let parts = Parts { any: vocabulary.bits(any), own: vocabulary.bits(own) };
        Closed { parts, is_known: true }
    }
}

impl Entry {
    fn is_plain(&self) -> bool {
        self.is_plain_if_met()
            && self.starts.is_none()
            && self.ends.is_none()
            && self.conditions.is_empty()
    }

    /// Whether it is plain but for its time and its conditions.
    pub(super) fn is_plain_if_met(&self) -> bool {
        self.effect == Effect::Allow && self.reach == Reach::Subtree && self.delegator.is_none()
    }
}
