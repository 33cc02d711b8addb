//! [`SubjectCompiler`]: from sub-accounts and assignments to grants in bits.
//!
//! Names become bits, roles are closed over the roles that they include, and teams and memberships
//! are followed to each sub-account. Nothing here depends on time or context.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::compiled::grants::{Grants, SpecialGrant};
use crate::access::compiled::scope_compiler::limit_bits;
use crate::access::compiled::subject::CompiledSubject;
use crate::access::decision::Reason;
use crate::access::paths::{AssignmentPath, paths};
use crate::catalog::{CatalogCore, Parts};
use crate::id::RoleId;
use crate::model::{Effect, Grant, Organization, RoleRef, Scope, SubAccount, Validity};
use crate::permission::{Bits, PermissionNames};

/// Compiles the sub-accounts of one organization; every custom role is closed only once.
pub(in crate::access) struct SubjectCompiler<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogCore,
    /// The custom roles that are closed already.
    roles: BTreeMap<RoleId, ClosedRole>,
    /// The role that was closed last: assignments of one role often follow each other.
    latest: Option<(RoleRef, ClosedRole)>,
}

/// The permissions of a role and of all roles that it includes.
#[derive(Clone, Copy)]
struct ClosedRole {
    parts: Parts,
    /// Whether the catalog or the organization defines the role and all roles that it includes.
    is_known: bool,
}

impl ClosedRole {
    /// A role that neither the catalog nor the organization defines.
    const UNKNOWN: Self =
        Self { parts: Parts { any: Bits::NONE, own: Bits::NONE }, is_known: false };

    const fn union(self, other: Self) -> Self {
        let is_known = self.is_known && other.is_known;
        Self { parts: self.parts.union(other.parts), is_known }
    }
}

impl<'a> SubjectCompiler<'a> {
    pub(in crate::access) const fn new(
        organization: &'a Organization,
        catalog: &'a CatalogCore,
    ) -> Self {
        Self { organization, catalog, roles: BTreeMap::new(), latest: None }
    }

    pub(in crate::access) fn subject(&mut self, sub_account: &SubAccount) -> CompiledSubject {
        let barred = Reason::of_status(sub_account.status)
            .or(sub_account.credential_reset_required.then_some(Reason::CredentialResetRequired));
        let paths = paths(self.organization, sub_account.id);
        CompiledSubject {
            barred,
            ends: sub_account.ends,
            kind: sub_account.kind,
            owner: sub_account.owner,
            boundary: limit_bits(self.catalog, sub_account.boundary.as_ref()),
            grants: self.grants(paths),
        }
    }

    pub(in crate::access) fn grants(
        &mut self,
        paths: impl IntoIterator<Item = AssignmentPath<'a>>,
    ) -> Grants {
        let mut plain: BTreeMap<Scope, Parts> = BTreeMap::new();
        let mut special = Vec::new();
        for path in paths {
            let grant = self.grant(path);
            if grant.is_plain() {
                let parts = plain.entry(grant.scope).or_default();
                *parts = parts.union(grant.parts);
            } else {
                special.push(grant);
            }
        }
        // Most sub-accounts have no special grant; they share one empty allocation.
        let special = if special.is_empty() { Arc::default() } else { special.into() };
        Grants { plain: plain.into_iter().collect(), special }
    }

    fn grant(
        &mut self,
        AssignmentPath { assignment, membership }: AssignmentPath<'_>,
    ) -> SpecialGrant {
        let window = assignment.validity;
        let also = membership.map_or(Validity::ALWAYS, |membership| membership.validity);
        let conditions = membership.into_iter().flat_map(|membership| &membership.conditions);
        SpecialGrant {
            scope: assignment.scope,
            effect: assignment.effect,
            reach: assignment.reach.clone(),
            parts: match assignment.effect {
                Effect::Allow => self.granted(&assignment.grant),
                Effect::Deny => self.denied(&assignment.grant),
            },
            starts: window.starts().max(also.starts()),
            ends: window.ends().into_iter().chain(also.ends()).min(),
            conditions: assignment.conditions.iter().chain(conditions).cloned().collect(),
            delegator: assignment.delegator,
        }
    }

    /// The permissions that an allow grants. A role that the catalog does not know grants nothing.
    pub(in crate::access) fn granted(&mut self, grant: &Grant) -> Parts {
        self.closed(grant).parts
    }

    /// The permissions that a deny takes (D5): all of them if its role is unknown, because an
    /// unknown role may hold any.
    fn denied(&mut self, grant: &Grant) -> Parts {
        let ClosedRole { parts, is_known } = self.closed(grant);
        let universe = self.catalog.vocabulary().universe();
        if is_known { parts } else { Parts { any: universe, own: universe } }
    }

    fn closed(&mut self, grant: &Grant) -> ClosedRole {
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

    fn role(&mut self, role: &RoleRef) -> ClosedRole {
        let id = match role {
            RoleRef::System(name) => {
                let is_known = self.catalog.has_role(name);
                return ClosedRole { parts: self.catalog.role(name), is_known };
            }
            RoleRef::Custom(id) => *id,
        };
        if let Some(closed) = self.roles.get(&id) {
            return *closed;
        }
        let organization = self.organization;
        let Some(role) = organization.roles().get(&id) else { return ClosedRole::UNKNOWN };
        let mut closed = self.known(&role.any, &role.own);
        for included in &role.includes {
            closed = closed.union(self.role(included));
        }
        self.roles.insert(id, closed);
        closed
    }

    fn known(&self, any: &PermissionNames, own: &PermissionNames) -> ClosedRole {
        let vocabulary = self.catalog.vocabulary();
        let parts = Parts { any: vocabulary.bits(any), own: vocabulary.bits(own) };
        ClosedRole { parts, is_known: true }
    }
}
