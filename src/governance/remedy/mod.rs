//! Remedy: which roles would help a sub-account that is denied, and who may assign them.
//!
//! There is no second set of rules. Whether a role helps is found by assigning it, as the host
//! would, and checking again; whether a sub-account may assign it, by judging that very change.
//! Nothing is stored.
//!
//! `search` finds the remedy, `text` renders it. The reasons of a deny are in an explanation.

mod helpful_role;
mod obstacle;
#[expect(clippy::module_inception, reason = "one noun, one file")]
mod remedy;
mod search;
mod text;

pub use helpful_role::HelpfulRole;
pub use obstacle::Obstacle;
pub use remedy::Remedy;
