//! Who may change what, with its impact known beforehand.
//!
//! An [`Action`] is a command. Its effects are drafted first. Then the resulting change is checked
//! by what it does, not by the name of the command: you cannot give, by any path, a permission that
//! you neither have nor are licensed to assign; you cannot take from accounts above you; and the
//! invariants hold for every actor, the host included.
//!
//! - `action`: the commands, and what they are built from.
//! - `effects`: drafts the change set of a list of actions.
//! - `reach`: computes what an account has, or could have once limits are lifted.
//! - `comparison`: finds the holders that a change affects and compares their permissions before
//!   and after.
//! - `authority`: the actor's authority (G1 to G7).
//! - `invariants`: what holds in every revision (I1 to I5).
//! - `propose`: drafts a change and runs both checks; a `plan` is a checked change that is not
//!   committed yet.
//! - `impact`: who gains and loses what.
//! - `remedy`: which roles would help a sub-account that is denied, and who may assign them.
//! - `relations`: look-ups of what belongs to an account and what it started.
//!
//! Nothing here commits anything.

mod action;
mod authority;
mod comparison;
mod effects;
mod error;
mod impact;
mod invariants;
mod plan;
mod propose;
mod proposer;
mod reach;
mod refusal;
mod relations;
mod remedy;

pub use action::{
    Action, Departure, IdSource, NewAssignment, NewInvitation, NewRequest, NewSubAccount,
    ParseTokenError, Token,
};
pub use error::{ActionError, PlanError};
pub use impact::{
    Answer, Circumstance, Difference, Effects, Extent, Impact, LifecycleStep,
    PermissionsByOwnership,
};
pub use invariants::{Violation, violations};
pub use plan::Plan;
pub use propose::propose;
pub use proposer::Proposer;
pub use refusal::{AffectedHolder, Refusal};
pub use remedy::{HelpfulRole, Obstacle, Remedy};

pub(crate) use effects::check_not_expired;
pub(crate) use propose::{ImpactMode, Proposal, check_change, draft_and_check};
