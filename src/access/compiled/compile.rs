//! Compiles an organization: the whole of it once, and each later revision only where it differs
//! from the one before.
//!
//! The result depends on the revision alone. A revision that was compiled from the one before
//! equals the same revision compiled from the start, to the last entry.

use std::sync::Arc;

use crate::access::compiled::grants::Grants;
use crate::access::compiled::organization::CompiledOrganization;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::scope_compiler::{compile_scopes, recompile_scopes};
use crate::access::compiled::subject::CompiledSubject;
use crate::access::compiled::subject_compiler::SubjectCompiler;
use crate::access::fast_path::organization::PackedOrganization;
use crate::access::paths::paths_to_all;
use crate::access::revision_diff::RevisionDiff;
use crate::catalog::CatalogCore;
use crate::id::SubAccountId;
use crate::model::{Condition, Organization, OrganizationStatus, Scope};
use crate::permission::Bits;
use crate::table::Table;

impl CompiledOrganization {
    pub(in crate::access) fn new(organization: Organization, catalog: Arc<CatalogCore>) -> Self {
        let mut compiler = SubjectCompiler::new(&organization, &catalog);
        let everyone = compiler.grants(paths_to_all(&organization));
        let scopes = compile_scopes(&organization, &catalog);
        let sub_accounts = organization.sub_accounts();
        let mut packed = PackedOrganization::new(&scopes, &everyone, &catalog, sub_accounts.len());
        let mut unpacked = Vec::new();
        for (id, it) in sub_accounts {
            let subject = compiler.subject(it);
            if !packed.insert_subject(*id, &subject, &catalog) {
                unpacked.push((*id, subject));
            }
        }
        let unpacked = unpacked.into_iter().collect();
        Self::assemble(organization, catalog, scopes, unpacked, everyone, packed)
    }

    /// Compiles another revision of the organization where the two differ, and shares the rest. A
    /// changed scope costs its subtree, a changed assignment the sub-accounts that it concerns.
    pub(in crate::access) fn next(&self, organization: Organization) -> Self {
        let diff = RevisionDiff::between(&self.organization, &organization);
        let (old, new) = (self.organization.profile(), organization.profile());
        // Scopes depend on nothing else of the profile.
        let same_root = !diff.profile || (&old.ceiling, &old.labels) == (&new.ceiling, &new.labels);
        let (scopes, stale) = if same_root {
            recompile_scopes(&organization, &self.catalog, &self.scopes, &diff.scopes)
        } else {
            (compile_scopes(&organization, &self.catalog), diff.scopes.clone())
        };
        let mut compiler = SubjectCompiler::new(&organization, &self.catalog);
        let everyone = if diff.everyone {
            compiler.grants(paths_to_all(&organization))
        } else {
            self.everyone.clone()
        };
        let mut packed = self.packed.clone();
        if !same_root || diff.everyone {
            packed.rebuild_scopes(&scopes, &everyone, &self.catalog);
        }
        for scope in stale {
            packed.insert_scope(scope, &scopes, &everyone, &self.catalog);
        }
        let mut unpacked = self.unpacked.clone();
        for id in &diff.subjects {
            let subject = organization.sub_accounts().get(id).map(|it| compiler.subject(it));
            match subject {
                Some(subject) if !packed.insert_subject(*id, &subject, &self.catalog) => {
                    unpacked.insert(*id, subject)
                }
                Some(_) => unpacked.remove(id),
                None => {
                    packed.remove_subject(*id);
                    unpacked.remove(id)
                }
            };
        }
        if packed.is_full() && !self.packed.is_full() {
            // Interned values are never removed one by one: most may be unused by now, and
            // compiling from the start drops those.
            return Self::new(organization, Arc::clone(&self.catalog));
        }
        let catalog = Arc::clone(&self.catalog);
        Self::assemble(organization, catalog, scopes, unpacked, everyone, packed)
    }

    fn assemble(
        organization: Organization,
        catalog: Arc<CatalogCore>,
        scopes: Table<Scope, CompiledScope>,
        unpacked: Table<SubAccountId, CompiledSubject>,
        everyone: Grants,
        mut packed: PackedOrganization,
    ) -> Self {
        let policy = &organization.profile().security.conditions;
        let is_network = |condition: &&Condition| matches!(condition, Condition::Network(_));
        let is_open = organization.profile().status == OrganizationStatus::Active;
        let has_fast_path = is_open && packed.is_everyone_packed();
        let is_fast_path_plain =
            has_fast_path && policy.is_empty() && !packed.has_overflow_of_everyone();
        packed.set_complete_for(if is_fast_path_plain {
            catalog.without_prerequisites()
        } else {
            Bits::NONE
        });
        Self {
            scopes,
            unpacked,
            has_fast_path,
            is_fast_path_plain,
            everyone,
            network_policy: policy.iter().filter(is_network).cloned().collect(),
            is_open,
            organization,
            catalog,
            packed,
        }
    }
}
