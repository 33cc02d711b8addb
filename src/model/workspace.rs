//! Workspace: an independent area of an organization with its own people, channels and settings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::WorkspaceId;
use crate::model::scope::Key;
use crate::permission::PermissionNames;
use crate::text::{Label, Name};

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: Name,
    /// The host's own identifier, unique among the organization's workspaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Which permissions are inherited from the organization; all by default.
    pub inherits: PermissionNames,
    /// A limit on the permissions that anyone has here and below. `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<PermissionNames>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
    /// Active or archived.
    pub status: WorkspaceStatus,
}

impl Workspace {
    /// Returns an active workspace that inherits everything.
    pub const fn new(id: WorkspaceId, name: Name) -> Self {
        Self {
            id,
            name,
            key: None,
            inherits: PermissionNames::Full,
            ceiling: None,
            labels: BTreeSet::new(),
            status: WorkspaceStatus::Active,
        }
    }

    /// Whether it has a mask, a ceiling or labels.
    pub fn is_limited(&self) -> bool {
        self.inherits != PermissionNames::Full || self.ceiling.is_some() || !self.labels.is_empty()
    }
}

/// Whether a workspace is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceStatus {
    /// In use.
    Active,
    /// Archived: of the permissions in it and its resources, only those in the catalog's read set
    /// remain.
    Archived,
}
