//! Steps.

use serde::{Deserialize, Serialize};

use crate::id::{SubAccountId, WorkspaceId};
use crate::model::{OrganizationStatus, Status, WorkspaceStatus};

/// A step in the life of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LifecycleStep {
    /// A sub-account changes its status, or comes into being.
    SubAccount {
        /// Which.
        id: SubAccountId,
        /// What it was; none for a new one.
        from: Option<Status>,
        /// What it will be.
        to: Status,
    },
    /// A sub-account must renew its credential, or has.
    CredentialReset {
        /// Which.
        id: SubAccountId,
        /// Whether it must.
        required: bool,
    },
    /// A workspace is put away or taken back.
    Workspace {
        /// Which.
        id: WorkspaceId,
        /// What it was.
        from: WorkspaceStatus,
        /// What it will be.
        to: WorkspaceStatus,
    },
    /// The organization is suspended, reopened or closed.
    Organization {
        /// What it was.
        from: OrganizationStatus,
        /// What it will be.
        to: OrganizationStatus,
    },
}
