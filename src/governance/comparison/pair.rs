//! A pair of locations.

use crate::governance::reach::location::Location;

/// One thing that can be asked about, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LocationPair {
    pub(crate) after: Location,
    /// Where it was asked about before: for what comes into being, where its parent was.
    pub(crate) before: Location,
    /// Where whatever is lost must have been held; nowhere for what is gone for everybody.
    pub(crate) lost_from: Option<Location>,
}

impl LocationPair {
    pub(crate) fn is_new(&self) -> bool {
        self.after != self.before && self.lost_from.is_some()
    }
}
