//! Invariants: what holds in every revision, also in those that the host makes (I1, I2, I3, I5).
//!
//! A change is checked on what it touches, and refused only for what it makes worse (I6): an
//! invariant that a new release, a lower limit or the clock has broken does not block other
//! changes.

pub(super) mod check;
pub(super) mod counts;
pub(super) mod ever_held;
pub(super) mod guardrails;
pub(super) mod owner_count;
pub(super) mod owners;
pub(super) mod report;
pub(super) mod role_holders;
pub(super) mod separation;
pub(super) mod violation;

pub use report::violations;
pub use violation::Violation;
