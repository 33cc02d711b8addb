//! Explanations: why a check allows or denies.
//!
//! An explanation is made from the plain organization with the rules of the reference evaluator,
//! never from the compiled form: it shows every rule that applies, and derives its decision from
//! them. It must always agree with the check.
//!
//! `explainer` collects and judges the parts, `routes` finds how an assignment comes to a
//! sub-account, and `text` writes the explanation in words. Who could give a missing permission is
//! a question of governance, answered by [`remedy`](crate::Snapshot::remedy).

mod bar;
mod condition;
mod explainer;
mod methods;
mod named;
mod path;
mod permission;
mod routes;
mod text;

pub(in crate::access) mod explanation;

pub use bar::Bar;
pub use condition::JudgedCondition;
pub use explanation::Explanation;
pub use named::Named;
pub use path::{ExplainedPath, Part, PathOutcome, Way};
pub use permission::{Cut, ExplainedPermission};
