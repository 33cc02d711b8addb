//! Nodes: the scope tree as a check reads it.
//!
//! Every scope knows the way down to it and what flows along. A node depends on its own row and on the node above, so
//! whatever changes in a row changes the whole subtree and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::CatalogCore;
use crate::id::SubAccountId;
use crate::model::link::{EntityId, Relation};
use crate::model::{Kind, Organization, Scope, WorkspaceStatus};
use crate::permission::{Bits, PermissionNames};
use crate::table::Table;
use crate::text::Label;

/// A scope as a check sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) scope: Scope,
    /// What flows down from the organization: as the first step of the path says, at hand without it.
    pub(super) root: Bits,
    /// The scopes from the root to this one.
    pub(super) path: Arc<[Step]>,
    /// All ceilings on the path, intersected (D4).
    pub(super) ceiling: Bits,
    /// What archiving leaves (D2).
    pub(super) left: Bits,
    /// The registered owner (D6).
    pub(super) owner: Option<SubAccountId>,
    /// Of a resource: what kind of thing it is.
    pub(super) kind: Option<Kind>,
}

impl Node {
    /// The one scope between the organization and this one: the workspace of a resource that is directly in it.
    pub(super) fn between(&self) -> Option<&Step> {
        match &*self.path {
            [_, workspace, _] => Some(workspace),
            _ => None,
        }
    }

    /// What flows down to here from a scope; none if that is not on the path.
    pub(super) fn flow(&self, from: Scope) -> Option<Bits> {
        match from {
            Scope::Organization => Some(self.root),
            // Masks stand below the scope that something is given at.
            from if from == self.scope => Some(Bits::ALL),
            // There is nothing between the two.
            _ if self.path.len() <= 2 => None,
            from => self.path.iter().find(|step| step.scope == from).map(|step| step.flow),
        }
    }
}

/// A scope on the path down to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) scope: Scope,
    /// What flows from there down to the node that the path leads to (D4).
    pub(super) flow: Bits,
    pub(super) labels: BTreeSet<Label>,
}

/// The nodes of all scopes.
pub(super) fn nodes(organization: &Organization, catalog: &CatalogCore) -> Table<Scope, Node> {
    let mut nodes = Nodes { organization, catalog, made: Table::new() };
    for scope in organization.scopes() {
        nodes.make(scope);
    }
    // Anew in one go: well-filled pages, one after the other, in which a listing walks from node to node.
    nodes.made.iter().map(|(scope, node)| (*scope, node.clone())).collect()
}

/// The nodes of all scopes, from those `before` some rows changed, and which of them are not as before: only `touched`
/// scopes and what is below them are made anew.
pub(super) fn nodes_anew(
    organization: &Organization,
    catalog: &CatalogCore,
    before: &Table<Scope, Node>,
    touched: &BTreeSet<Scope>,
) -> (Table<Scope, Node>, BTreeSet<Scope>) {
    let mut nodes = Nodes { organization, catalog, made: before.clone() };
    let mut open: Vec<EntityId> = touched.iter().copied().map(EntityId::from).collect();
    let mut stale = BTreeSet::new();
    while let Some(entity) = open.pop() {
        let scope = match entity {
            EntityId::Workspace(id) => Scope::Workspace(id),
            EntityId::Resource(id) => Scope::Resource(id),
            _ => continue,
        };
        // All go before any is made, so that none is made from one that is stale.
        nodes.made.remove(&scope);
        if stale.insert(scope) {
            open.extend(organization.referring(entity, Relation::Parent));
        }
    }
    for scope in &stale {
        nodes.make(*scope);
    }
    (nodes.made, stale)
}

/// What a limit passes; what limits nothing passes everything.
pub(super) fn limit(catalog: &CatalogCore, limit: Option<&PermissionNames>) -> Bits {
    let vocabulary = catalog.vocabulary();
    limit.map_or(vocabulary.universe(), |names| vocabulary.bits(names))
}

/// Nodes in the making.
struct Nodes<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogCore,
    made: Table<Scope, Node>,
}

impl Nodes<'_> {
    /// Makes the node of a scope, after that of what holds it, unless it is there; depth is bounded by the model.
    fn make(&mut self, scope: Scope) -> Option<Node> {
        if let Some(node) = self.made.get(&scope) {
            return Some(node.clone());
        }
        let node = match scope {
            Scope::Organization => self.root(),
            Scope::Workspace(id) => {
                let it = self.organization.workspaces().get(&id)?;
                let root = self.make(Scope::Organization)?;
                let mut node =
                    self.below(&root, scope, &it.inherits, it.ceiling.as_ref(), &it.labels);
                if it.status == WorkspaceStatus::Archived {
                    node.left = self.catalog.archived();
                }
                node
            }
            Scope::Resource(id) => {
                let it = self.organization.resources().get(&id)?;
                let parent = self.make(it.parent.into())?;
                let node =
                    self.below(&parent, scope, &it.inherits, it.ceiling.as_ref(), &it.labels);
                Node { owner: it.owner, kind: Some(it.kind.clone()), ..node }
            }
        };
        self.made.insert(scope, node.clone());
        Some(node)
    }

    fn root(&self) -> Node {
        let universe = self.catalog.vocabulary().universe();
        let profile = self.organization.profile();
        let scope = Scope::Organization;
        Node {
            scope,
            root: universe,
            path: Arc::new([Step { scope, flow: universe, labels: profile.labels.clone() }]),
            ceiling: limit(self.catalog, profile.ceiling.as_ref()),
            left: universe,
            owner: None,
            kind: None,
        }
    }

    fn below(
        &self,
        parent: &Node,
        scope: Scope,
        inherits: &PermissionNames,
        ceiling: Option<&PermissionNames>,
        labels: &BTreeSet<Label>,
    ) -> Node {
        let inherits = self.catalog.vocabulary().bits(inherits);
        let universe = self.catalog.vocabulary().universe();
        let here = Step { scope, flow: universe, labels: labels.clone() };
        let above = parent
            .path
            .iter()
            .map(|step| Step { flow: step.flow.intersection(inherits), ..step.clone() });
        Node {
            scope,
            root: parent.root.intersection(inherits),
            path: above.chain([here]).collect(),
            ceiling: parent.ceiling.intersection(limit(self.catalog, ceiling)),
            left: parent.left,
            owner: None,
            kind: None,
        }
    }
}
