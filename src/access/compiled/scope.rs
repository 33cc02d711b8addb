//! [`CompiledScope`]: a scope with everything that it inherits from the scopes above.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::id::SubAccountId;
use crate::model::{Kind, Scope};
use crate::permission::Bits;
use crate::text::Label;

/// A scope with everything that it inherits from the scopes above, so that a check never walks up
/// the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::access) struct CompiledScope {
    pub(in crate::access) scope: Scope,
    /// The permissions that flow down from the organization: a copy of the flow of the first path
    /// step, which saves following the pointer to the path.
    pub(in crate::access) flow_from_root: Bits,
    /// The scopes from the root to this one.
    pub(in crate::access) path: Arc<[ScopeStep]>,
    /// The intersection of all ceilings on the path (D4).
    pub(in crate::access) ceiling: Bits,
    /// In an archived workspace the catalog's read set, elsewhere everything (D2).
    pub(in crate::access) archive_mask: Bits,
    /// The registered owner (D6).
    pub(in crate::access) owner: Option<SubAccountId>,
    /// The kind of a resource; `None` for other scopes.
    pub(in crate::access) kind: Option<Kind>,
}

/// A scope on the path from the root down to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::access) struct ScopeStep {
    pub(in crate::access) scope: Scope,
    /// The permissions that flow from this step down to the end of the path (D4).
    pub(in crate::access) flow: Bits,
    pub(in crate::access) labels: BTreeSet<Label>,
}

impl CompiledScope {
    /// The workspace of a resource that lies directly in one; `None` for every other scope.
    pub(in crate::access) fn parent_workspace(&self) -> Option<&ScopeStep> {
        match &*self.path {
            [_, workspace, _] => Some(workspace),
            _ => None,
        }
    }

    /// The permissions that flow from another scope down to this one; `None` if that scope is not
    /// on the path.
    pub(in crate::access) fn flow_from(&self, from: Scope) -> Option<Bits> {
        match from {
            Scope::Organization => Some(self.flow_from_root),
            // A mask applies below the scope where a grant is made, not at it.
            from if from == self.scope => Some(Bits::ALL),
            // The path has no third scope.
            _ if self.path.len() <= 2 => None,
            from => self.path.iter().find(|step| step.scope == from).map(|step| step.flow),
        }
    }
}
