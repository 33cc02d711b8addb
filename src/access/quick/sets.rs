//! Sets: what is given at a scope, each combination kept once. Roles and what they make together are few.

use crate::access::quick::numbered::{Number, Numbered};
use crate::catalog::Parts;

/// The number of a set; 0 is that of the set that gives nothing.
pub(super) type SetNumber = Number;

/// Sets by their numbers.
#[derive(Debug, Clone)]
#[repr(transparent)]
pub(super) struct Sets(Numbered<Parts>);

impl Sets {
    pub(super) fn new() -> Self {
        Self(Numbered::new())
    }

    #[inline]
    pub(super) fn get(&self, number: SetNumber) -> Parts {
        self.0.get(number).copied().unwrap_or_default()
    }

    /// The number of a set; `None` if there is no room for one more.
    pub(super) fn number(&mut self, parts: Parts) -> Option<SetNumber> {
        self.0.number(&parts)
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.is_full()
    }
}
