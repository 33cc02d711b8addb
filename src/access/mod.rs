//! The decision: may this sub-account do this, here?
//!
//! [`Snapshot`] answers from an immutable, compiled organization, without I/O, locks or failure.
//! [`Reference`] answers the same questions from the plain model, following the specification line
//! by line. The two must always agree.

pub mod reference;

mod compiled;
mod description;
mod explain;
mod fast_path;
mod listing;
mod operator;
mod resolved_target;
mod roster;
mod snapshot;
mod subject;
mod target;

pub(crate) mod context;
pub(crate) mod decision;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod generate;
pub(crate) mod paths;
pub(crate) mod revision_diff;

pub use context::{Context, Ownership};
pub use decision::{Decision, Reason};
pub use description::{DescribedGroup, DescribedPermission, Description, OnWhat};
pub use explain::{
    Bar, Cut, ExplainedPath, ExplainedPermission, Explanation, JudgedCondition, Named, Part,
    PathOutcome, Way,
};
pub use listing::{Cursor, CursorError, Item, Listed, Listing, Page, ParseCursorError};
pub use operator::Operator;
pub use reference::Reference;
pub use resolved_target::ResolvedTarget;
pub use roster::RoleHolder;
pub use snapshot::{Query, Snapshot};
pub use subject::Subject;
pub use target::Target;

#[cfg(test)]
pub(crate) mod tests;
