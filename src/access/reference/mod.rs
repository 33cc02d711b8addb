//! The reference evaluator: the rules D1 to D13 written as plainly as possible, reading every
//! assignment each time.
//!
//! It is the specification in executable form, not a way to serve requests. It shares nothing with
//! the compiled form, so that the two cannot be wrong in the same way.

mod operator;
mod paths;
mod scopes;

pub(in crate::access) mod rules;

#[expect(clippy::module_inception, reason = "one noun, one file")]
mod reference;

pub use reference::Reference;
