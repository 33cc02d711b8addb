//! Obstacles that no role removes.

use serde::{Deserialize, Serialize};

use crate::access::{Bar, Cut, Named};
use crate::id::AssignmentId;
use crate::model::Scope;
use crate::permission::PermissionName;

/// An obstacle that keeps a permission from being effective whatever role is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Obstacle {
    /// The request, the sub-account, the organization or the session is barred altogether.
    Bar(Bar),
    /// A permission is required that this process does not know.
    Unknown(PermissionName),
    /// A deny takes the permission away.
    Denied {
        /// The permission.
        permission: PermissionName,
        /// The assignment that denies it.
        assignment: AssignmentId,
        /// The scope of that assignment.
        scope: Named<Scope>,
    },
    /// A limit cuts the permission off.
    Cut {
        /// The permission.
        permission: PermissionName,
        /// The limit.
        cut: Cut,
    },
}
