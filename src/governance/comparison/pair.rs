//! A pair of locations: where a holder is looked at before a change and after it.

use crate::governance::reach::location::Location;

/// One location after a change and the location that it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LocationPair {
    pub(crate) after: Location,
    /// The location before. For a new scope: that of its parent.
    pub(crate) before: Location,
    /// The location where the holder must have had what it loses; `None` if the scope is deleted,
    /// which takes it from everyone.
    pub(crate) lost_from: Option<Location>,
}

impl LocationPair {
    /// Whether the change creates the scope.
    pub(crate) fn is_new(&self) -> bool {
        self.after != self.before && self.lost_from.is_some()
    }
}
