//! Errors of actions.

use crate::catalog::UnnamedBits;
use crate::governance::invariants::violation::Violation;
use crate::governance::refusal::Refusal;
use crate::id::{AssignmentId, SubAccountId};
use crate::model::condition::ConditionError;
use crate::model::validity::EmptyWindow;
use crate::model::{EntityId, RoleRef, Scope, ScopeKind, Status, StructureError};
use crate::text::TextError;

/// An action of a commit is invalid. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// It refers to something that does not exist.
    #[error("{0} does not exist in this organization")]
    Unknown(EntityId),
    /// It creates something whose id is taken.
    #[error("{0} exists already")]
    AlreadyExists(EntityId),
    /// An equal assignment exists.
    #[error("assignment {0} is equal")]
    AlreadyAssigned(AssignmentId),
    /// Neither the catalog nor the organization defines the role.
    #[error("role `{0}` is defined neither in the catalog nor in the organization")]
    UnknownRole(RoleRef),
    /// The role may not be assigned at scopes of this kind.
    #[error("the role `{role}` may not be assigned at a scope of kind {kind:?}")]
    NotAssignable {
        /// The role.
        role: RoleRef,
        /// The kind of scope.
        kind: ScopeKind,
    },
    /// The role is not assigned there.
    #[error("the role `{role}` is not assigned to the sub-account at {}", EntityId::from(*scope))]
    NotAssigned {
        /// The role.
        role: RoleRef,
        /// The scope.
        scope: Scope,
    },
    /// The status of the sub-account does not allow this step.
    #[error("sub-account {sub_account} is {status:?}, which does not allow this action")]
    WrongStatus {
        /// The sub-account.
        sub_account: SubAccountId,
        /// Its status.
        status: Status,
    },
    /// The sub-account was invited and has not joined yet.
    #[error(
        "sub-account {0} has not joined yet; wait, or withdraw the invitation and invite again"
    )]
    NotJoined(SubAccountId),
    /// The sub-account administers nothing there by an assignment to itself.
    #[error(
        "sub-account {sub_account} administers nothing at {} by an assignment to itself",
        EntityId::from(*scope)
    )]
    NothingToGiveUp {
        /// The sub-account.
        sub_account: SubAccountId,
        /// The scope.
        scope: Scope,
    },
    /// The sub-account is no owner by an assignment to itself.
    #[error("sub-account {0} is not an owner by an assignment to itself")]
    NotAnOwner(SubAccountId),
    /// The invitation or request has expired.
    #[error("{0} has expired; create a new one")]
    Expired(EntityId),
    /// The assignment has no assignee, and nothing else sets it.
    #[error("the assignment has no assignee")]
    NoAssignee,
    /// Only a sub-account does this for itself.
    #[error("only a sub-account does this for itself; name the sub-account")]
    NoSubAccount,
    /// The action must be a commit of its own.
    #[error("`{0}` must be a commit of its own")]
    NotAlone(&'static str),
    /// The personal data of the request was erased.
    #[error("the personal data that {0} refers to was erased")]
    Erased(EntityId),
    /// The catalog does not name the permission.
    #[error("the catalog has no permission `{0}`")]
    UnknownPermission(String),
    /// Bits that no flag of the permission type names.
    #[error(transparent)]
    UnnamedBits(#[from] UnnamedBits),
    /// A text cannot be stored.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The period of an assignment is empty.
    #[error(transparent)]
    EmptyWindow(#[from] EmptyWindow),
    /// A condition is invalid.
    #[error(transparent)]
    Condition(#[from] ConditionError),
    /// The source of ids and salts failed.
    #[error("no random numbers are available: {0}")]
    NoRandomness(String),
    /// The organization would not be well-formed.
    #[error(transparent)]
    Structure(#[from] StructureError),
}

/// A change cannot be planned. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// An action is invalid for the organization as it is.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The actor may not do it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It would break an invariant.
    #[error(transparent)]
    Violation(#[from] Violation),
}
