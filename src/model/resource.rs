//! Resource: something inside a workspace that has assignments of its own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::scope::{Key, Scope};
use crate::permission::PermissionNames;
use crate::text::{Label, Name, text};

/// A resource: a channel, a customer group, an inbox. What needs no assignments of its own is not registered; it is
/// checked at the scope that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// What kind of thing it is, in the host's word.
    pub kind: Kind,
    /// The workspace or resource that holds it.
    pub parent: Parent,
    /// The host's own identifier, unique among the organization's resources of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Its name, if people see one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The sub-account that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SubAccountId>,
    /// Which permissions flow in from the parent; all of them by default.
    pub inherits: PermissionNames,
    /// A limit on everything anyone may do here and below; none limits nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<PermissionNames>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl Resource {
    /// A resource that everything flows into, without a key, a name or an owner.
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

    /// Whether it does more than let through what comes from above: by a mask, a ceiling or labels.
    pub fn is_limited(&self) -> bool {
        self.inherits != PermissionNames::Full || self.ceiling.is_some() || !self.labels.is_empty()
    }

    /// The host's identifier together with the kind within which it is unique.
    pub(crate) fn full_key(&self) -> Option<(&Kind, &Key)> {
        self.key.as_ref().map(|key| (&self.kind, key))
    }
}

text! {
    /// What kind of thing a resource is, in the host's word: `"inbox"`, `"customer-group"`.
    Kind, "kind of resource", 64
}

/// What holds a resource: never the organization directly.
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
