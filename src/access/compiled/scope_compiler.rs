//! Compiles the scope tree: every scope gets the path down to it and the permissions that flow
//! along.
//!
//! A compiled scope depends on its own row and on the compiled scope above. A changed row therefore
//! changes its whole subtree and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::compiled::scope::{CompiledScope, ScopeStep};
use crate::catalog::CatalogCore;
use crate::model::link::{EntityId, Relation};
use crate::model::{Organization, Scope, WorkspaceStatus};
use crate::permission::{Bits, PermissionNames};
use crate::table::Table;
use crate::text::Label;

/// Compiles all scopes.
pub(super) fn compile_scopes(
    organization: &Organization,
    catalog: &CatalogCore,
) -> Table<Scope, CompiledScope> {
    let mut compiler = ScopeCompiler { organization, catalog, compiled: Table::new() };
    for scope in organization.scopes() {
        compiler.compile(scope);
    }
    // Rebuilt in key order: full pages, one after the other in memory, which a listing walks.
    compiler.compiled.iter().map(|(scope, compiled)| (*scope, compiled.clone())).collect()
}

/// Compiles the `changed` scopes and their subtrees, and shares all others with `before`. Returns
/// the new table and the scopes that were compiled again or removed.
pub(super) fn recompile_scopes(
    organization: &Organization,
    catalog: &CatalogCore,
    before: &Table<Scope, CompiledScope>,
    changed: &BTreeSet<Scope>,
) -> (Table<Scope, CompiledScope>, BTreeSet<Scope>) {
    let mut compiler = ScopeCompiler { organization, catalog, compiled: before.clone() };
    let mut open: Vec<EntityId> = changed.iter().copied().map(EntityId::from).collect();
    let mut stale = BTreeSet::new();
    while let Some(entity) = open.pop() {
        let scope = match entity {
            EntityId::Workspace(id) => Scope::Workspace(id),
            EntityId::Resource(id) => Scope::Resource(id),
            _ => continue,
        };
        // All stale scopes are removed first, so that none is compiled from a stale parent.
        compiler.compiled.remove(&scope);
        if stale.insert(scope) {
            open.extend(organization.referring(entity, Relation::Parent));
        }
    }
    for scope in &stale {
        compiler.compile(*scope);
    }
    (compiler.compiled, stale)
}

/// The permissions that a ceiling or a boundary passes; everything if there is none.
pub(super) fn limit_bits(catalog: &CatalogCore, limit: Option<&PermissionNames>) -> Bits {
    let vocabulary = catalog.vocabulary();
    limit.map_or(vocabulary.universe(), |names| vocabulary.bits(names))
}

struct ScopeCompiler<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogCore,
    compiled: Table<Scope, CompiledScope>,
}

impl ScopeCompiler<'_> {
    /// Compiles a scope after its parent, unless it is compiled already. The model bounds the depth
    /// of the recursion.
    fn compile(&mut self, scope: Scope) -> Option<CompiledScope> {
        if let Some(compiled) = self.compiled.get(&scope) {
            return Some(compiled.clone());
        }
        let compiled = match scope {
            Scope::Organization => self.root(),
            Scope::Workspace(id) => {
                let it = self.organization.workspaces().get(&id)?;
                let root = self.compile(Scope::Organization)?;
                let mut workspace =
                    self.below(&root, scope, &it.inherits, it.ceiling.as_ref(), &it.labels);
                if it.status == WorkspaceStatus::Archived {
                    workspace.archive_mask = self.catalog.archived();
                }
                workspace
            }
            Scope::Resource(id) => {
                let it = self.organization.resources().get(&id)?;
                let parent = self.compile(it.parent.into())?;
                let resource =
                    self.below(&parent, scope, &it.inherits, it.ceiling.as_ref(), &it.labels);
                CompiledScope { owner: it.owner, kind: Some(it.kind.clone()), ..resource }
            }
        };
        self.compiled.insert(scope, compiled.clone());
        Some(compiled)
    }

    fn root(&self) -> CompiledScope {
        let universe = self.catalog.vocabulary().universe();
        let profile = self.organization.profile();
        let scope = Scope::Organization;
        CompiledScope {
            scope,
            flow_from_root: universe,
            path: Arc::new([ScopeStep { scope, flow: universe, labels: profile.labels.clone() }]),
            ceiling: limit_bits(self.catalog, profile.ceiling.as_ref()),
            archive_mask: universe,
            owner: None,
            kind: None,
        }
    }

    fn below(
        &self,
        parent: &CompiledScope,
        scope: Scope,
        inherits: &PermissionNames,
        ceiling: Option<&PermissionNames>,
        labels: &BTreeSet<Label>,
    ) -> CompiledScope {
        let inherits = self.catalog.vocabulary().bits(inherits);
        let universe = self.catalog.vocabulary().universe();
        let here = ScopeStep { scope, flow: universe, labels: labels.clone() };
        let above = parent
            .path
            .iter()
            .map(|step| ScopeStep { flow: step.flow.intersection(inherits), ..step.clone() });
        CompiledScope {
            scope,
            flow_from_root: parent.flow_from_root.intersection(inherits),
            path: above.chain([here]).collect(),
            ceiling: parent.ceiling.intersection(limit_bits(self.catalog, ceiling)),
            archive_mask: parent.archive_mask,
            owner: None,
            kind: None,
        }
    }
}
