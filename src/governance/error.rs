//! Why an action was refused.

use crate::catalog::UnnamedBits;
use crate::id::AssignmentId;
use crate::model::condition::ConditionError;
use crate::model::validity::EmptyWindow;
use crate::model::{EntityId, RoleRef, ScopeKind, StructureError};
use crate::text::TextError;

/// Why an action, or one of several, was refused. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// It concerns something that is not there.
    #[error("{0} does not exist in this organization")]
    Unknown(EntityId),
    /// It makes something whose id is taken.
    #[error("{0} exists already")]
    AlreadyExists(EntityId),
    /// The same assignment stands already.
    #[error("assignment {0} says the same already")]
    AlreadyAssigned(AssignmentId),
    /// A role that neither the catalog nor the organization has.
    #[error("there is no role `{0}`; name one of the catalog's or of the organization's")]
    UnknownRole(RoleRef),
    /// A role is assigned where it may not be.
    #[error("the role `{role}` may not be assigned at a scope of kind {kind:?}")]
    NotAssignable {
        /// The role.
        role: RoleRef,
        /// The kind of scope.
        kind: ScopeKind,
    },
    /// A permission that the catalog does not name.
    #[error("`{0}` is no permission of the catalog")]
    UnknownPermission(String),
    /// Bits that no flag of the permission type names.
    #[error(transparent)]
    UnnamedBits(#[from] UnnamedBits),
    /// A text that cannot be kept.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A window that would never be open.
    #[error(transparent)]
    EmptyWindow(#[from] EmptyWindow),
    /// A condition that makes no sense.
    #[error(transparent)]
    Condition(#[from] ConditionError),
    /// The source of ids and salts failed.
    #[error("no randomness to be had: {0}")]
    NoRandomness(String),
    /// The organization would not be well-formed.
    #[error(transparent)]
    Structure(#[from] StructureError),
}
