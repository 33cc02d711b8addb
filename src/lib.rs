//! Embeddable access control for multi-tenant services.
pub mod access;
pub mod catalog;
pub mod clock;
pub mod id;
pub mod model;
mod permission;
pub mod table;
pub mod text;

pub use access::{Context, Decision, Ownership, Reason, Snapshot, Subject};
pub use catalog::Catalog;
pub use id::*;
pub use model::*;
pub use permission::{PermissionName, PermissionNames, Permissions};
