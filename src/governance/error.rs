//! Why an action was refused.

use crate::catalog::UnnamedBits;
use crate::governance::invariants::violation::Violation;
use crate::governance::refusal::Refusal;
use crate::id::{AssignmentId, SubAccountId};
use crate::model::condition::ConditionError;
use crate::model::validity::EmptyWindow;
use crate::model::{EntityId, RoleRef, Scope, ScopeKind, Status, StructureError};
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
    /// A role is taken back that was not assigned there.
    #[error("the role `{role}` is not assigned to them at {}", EntityId::from(*scope))]
    NotAssigned {
        /// The role.
        role: RoleRef,
        /// Where.
        scope: Scope,
    },
    /// A step that the status of a sub-account does not allow.
    #[error("sub-account {sub_account} is {status:?}; the step is for another status")]
    WrongStatus {
        /// Whose status it is.
        sub_account: SubAccountId,
        /// What it is.
        status: Status,
    },
    /// Something is given to somebody who has not accepted an invitation yet.
    #[error("sub-account {0} has not joined yet; withdraw the invitation and invite anew, or wait")]
    NotJoined(SubAccountId),
    /// Somebody steps down who administers nothing there by an assignment of their own.
    #[error("nothing that was assigned to sub-account {sub_account} at {} administers anything", EntityId::from(*scope))]
    NothingToGiveUp {
        /// Who steps down.
        sub_account: SubAccountId,
        /// Where.
        scope: Scope,
    },
    /// Ownership is transferred from somebody who was not made an owner by name.
    #[error("sub-account {0} is no owner by an assignment of its own")]
    NotAnOwner(SubAccountId),
    /// An invitation or a request whose time is over.
    #[error("{0} has expired; make a new one")]
    Expired(EntityId),
    /// An assignment that does not say to whom, where nothing else does.
    #[error("the assignment does not say to whom it is made")]
    NoAssignee,
    /// Something that only a sub-account does for itself.
    #[error("only a sub-account does this for itself; say for whom it is to be done")]
    NoSubAccount,
    /// Something that is a commit of its own comes together with something else.
    #[error("`{0}` is a commit of its own; do the rest in another one")]
    NotAlone(&'static str),
    /// A request whose login was erased.
    #[error("what {0} refers to was erased")]
    Erased(EntityId),
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

/// Why a change cannot be planned. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// An action makes no sense for the organization as it is.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The actor may not do it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It would break what must hold whoever acts.
    #[error(transparent)]
    Violation(#[from] Violation),
}
