//! The decision: may this sub-account do this, here?
//!
//! [`Snapshot`] answers from an immutable, compiled organization: no I/O, no lock, no failure. [`Reference`] answers the
//! same questions from the plain model, line by line as the specification says; the two must always agree.

pub mod reference;

mod compile;
pub(crate) mod context;
mod decision;
mod description;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod draw;
mod evaluate;
mod explain;
mod listing;
mod nodes;
mod operator;
pub(crate) mod paths;
mod place;
mod quick;
mod roster;
mod snapshot;
mod subject;
mod target;
pub(crate) mod touched;
mod why_not;

pub use context::{Context, Ownership};
pub use decision::{Decision, Reason};
pub use description::{DescribedGroup, DescribedPermission, Description, OnWhat};
pub use explain::{
    Bar, Cut, ExplainedPath, ExplainedPermission, Explanation, JudgedCondition, Named, Outcome,
    Part, Way,
};
pub use listing::{Cursor, CursorError, Item, Listed, Listing, Page, ParseCursorError};
pub use operator::Operator;
pub use place::Place;
pub use reference::Reference;
pub use roster::Holder;
pub use snapshot::{Query, Snapshot};
pub use subject::Subject;
pub use target::Target;

#[cfg(test)]
pub(crate) mod tests;
