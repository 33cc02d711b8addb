//! Resource: something inside a workspace that has assignments of its own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::scope::{Key, Scope};
use crate::permission::PermissionNames;
use crate::text::{Label, Name, text};

/// A resource: a channel, a customer group, an inbox. Register only what needs assignments of its
/// own; check anything else at the scope that contains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// The kind of thing that it is, in the host's word.
    pub kind: Kind,
    /// The workspace or resource that contains it.
    pub parent: Parent,
    /// The host's own identifier, unique among the organization's resources of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Its name, if it has one that people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The sub-account that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SubAccountId>,
    /// Which permissions are inherited from the parent; all by default.
    pub inherits: PermissionNames,
    /// A limit on the permissions that anyone has here and below. `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<PermissionNames>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl Resource {
    /// Returns a resource that inherits everything, without a key, a name or an owner.
    pub fn new(id: ResourceId, kind: Kind, parent: impl Into<Parent>) -> Self {
        Self {
            id,
            kind,
            parent: parent.into(),
            key: None,
            name: None,
            owner: None,
            inherits: PermissionNames::Full,
            ceiling: None,
            labels: BTreeSet::new(),
        }
    }

    /// Whether it has a mask, a ceiling or labels.
    pub fn is_limited(&self) -> bool {
        self.inherits != PermissionNames::Full || self.ceiling.is_some() || !self.labels.is_empty()
    }

    /// The host's identifier with the kind within which it is unique. `None` if it has none.
    pub(crate) fn full_key(&self) -> Option<(&Kind, &Key)> {
        self.key.as_ref().map(|key| (&self.kind, key))
    }
}

text! {
    /// The kind of a resource, in the host's word, such as `"inbox"` or `"customer-group"`.
    Kind, "kind of resource", 64
}

/// The container of a resource: never the organization directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parent {
    /// A workspace.
    Workspace(WorkspaceId),
    /// Another resource.
    Resource(ResourceId),
}

impl From<WorkspaceId> for Parent {
    fn from(id: WorkspaceId) -> Self {
        Self::Workspace(id)
    }
}

impl From<ResourceId> for Parent {
    fn from(id: ResourceId) -> Self {
        Self::Resource(id)
    }
}

impl From<Parent> for Scope {
    fn from(parent: Parent) -> Self {
        match parent {
            Parent::Workspace(id) => Self::Workspace(id),
            Parent::Resource(id) => Self::Resource(id),
        }
    }
}
