//! Scope: where an assignment applies and where a check is asked.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::id::{ResourceId, WorkspaceId};
use crate::text::text;

/// A position in the tree of one organization.
///
/// Ids are typed, so a workspace cannot be mistaken for a resource. A scope does not say to which
/// organization it belongs: it is always resolved inside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The organization itself, the root of the tree.
    Organization,
    /// A workspace.
    Workspace(WorkspaceId),
    /// A resource inside a workspace.
    Resource(ResourceId),
}

impl Scope {
    /// The kind and the bits of the id, which define the order. Every look-up compares them, so
    /// they are two numbers.
    #[inline]
    pub(crate) const fn key(self) -> (u8, u128) {
        match self {
            Self::Organization => (0, 0),
            Self::Workspace(id) => (1, id.to_u128()),
            Self::Resource(id) => (2, id.to_u128()),
        }
    }

    /// The kind of this scope.
    pub const fn kind(self) -> ScopeKind {
        match self {
            Self::Organization => ScopeKind::Organization,
            Self::Workspace(_) => ScopeKind::Workspace,
            Self::Resource(_) => ScopeKind::Resource,
        }
    }
}

/// Ordered by kind, then by id.
impl Ord for Scope {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Scope {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<WorkspaceId> for Scope {
    fn from(id: WorkspaceId) -> Self {
        Self::Workspace(id)
    }
}

impl From<ResourceId> for Scope {
    fn from(id: ResourceId) -> Self {
        Self::Resource(id)
    }
}

/// The three kinds of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// The organization.
    Organization,
    /// Workspaces.
    Workspace,
    /// Resources.
    Resource,
}

bitflags::bitflags! {
    /// A set of kinds of scope: where a role may be assigned.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct ScopeKinds: u8 {
        /// At the organization.
        const ORGANIZATION = 1;
        /// At workspaces.
        const WORKSPACE = 1 << 1;
        /// At resources.
        const RESOURCE = 1 << 2;
    }
}

impl From<ScopeKind> for ScopeKinds {
    fn from(kind: ScopeKind) -> Self {
        match kind {
            ScopeKind::Organization => Self::ORGANIZATION,
            ScopeKind::Workspace => Self::WORKSPACE,
            ScopeKind::Resource => Self::RESOURCE,
        }
    }
}

impl Serialize for ScopeKinds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kinds = [ScopeKind::Organization, ScopeKind::Workspace, ScopeKind::Resource];
        serializer.collect_seq(kinds.into_iter().filter(|kind| self.contains((*kind).into())))
    }
}

impl<'de> Deserialize<'de> for ScopeKinds {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kinds = Vec::<ScopeKind>::deserialize(deserializer)?;
        if kinds.is_sorted_by(|earlier, later| earlier < later) {
            Ok(kinds.into_iter().map(Self::from).collect())
        } else {
            Err(serde::de::Error::custom("kinds of scope are repeated or out of order"))
        }
    }
}

text! {
    /// The host's own identifier of a workspace or a resource. Unique per organization and kind,
    /// and never used again.
    Key, "key", 200
}
