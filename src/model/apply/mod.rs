//! Applying change sets: inserts, removes and checks structure.
//!
//! Changes go into a copy that shares its pages with the original. References are checked when all
//! changes are in. Only then does the copy replace the original.
//!
//! Every rule here is frozen with the record format. A later release may accept more, never less,
//! or old records would no longer replay.

mod change_set;
mod check;
mod hierarchy;
mod pending_revision;
mod reindex;

pub use check::LIST_LIMIT;
pub use hierarchy::DEPTH_LIMIT;

pub(super) use check::check_entity;
pub(super) use pending_revision::PendingRevision;
