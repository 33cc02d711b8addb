//! Lifecycle steps: changes of status.

use serde::{Deserialize, Serialize};

use crate::id::{SubAccountId, WorkspaceId};
use crate::model::{OrganizationStatus, Status, WorkspaceStatus};

/// A change of status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LifecycleStep {
    /// A sub-account changes its status, or is created.
    SubAccount {
        /// The sub-account.
        id: SubAccountId,
        /// The status before; `None` for a new sub-account.
        from: Option<Status>,
        /// The status after.
        to: Status,
    },
    /// A sub-account must reset its credential, or has done so.
    CredentialReset {
        /// The sub-account.
        id: SubAccountId,
        /// Whether a reset is required.
        required: bool,
    },
    /// A workspace is archived or restored.
    Workspace {
        /// The workspace.
        id: WorkspaceId,
        /// The status before.
        from: WorkspaceStatus,
        /// The status after.
        to: WorkspaceStatus,
    },
    /// The organization is suspended, reopened or closed.
    Organization {
        /// The status before.
        from: OrganizationStatus,
        /// The status after.
        to: OrganizationStatus,
    },
}
