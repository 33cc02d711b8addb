//! Sets: what is given at a scope, each combination kept once and known by a small number.

use std::sync::Arc;

use crate::catalog::Parts;
use crate::table::Table;

/// The number of a set.
pub(super) type SetNumber = u16;

/// The most sets there are. Roles and what they make together are few; what would be one more is not answered quickly.
const LIMIT: usize = 1_024;

/// Sets by their numbers. Number 0 is the set that gives nothing.
#[derive(Debug, Clone)]
#[repr(C)] // what every check reads comes first
pub(super) struct Sets {
    parts: Arc<[Parts]>,
    numbers: Table<Parts, SetNumber>,
}

impl Sets {
    pub(super) fn new() -> Self {
        let nothing = Parts::default();
        Self { parts: Arc::new([nothing]), numbers: [(nothing, 0)].into_iter().collect() }
    }

    #[inline]
    pub(super) fn get(&self, number: SetNumber) -> Parts {
        self.parts.get(usize::from(number)).copied().unwrap_or_default()
    }

    /// The number of a set; `None` if there is no room for one more.
    pub(super) fn number(&mut self, parts: Parts) -> Option<SetNumber> {
        if let Some(number) = self.numbers.get(&parts) {
            return Some(*number);
        }
        let number = SetNumber::try_from(self.parts.len()).ok()?;
        if self.is_full() {
            return None;
        }
        self.parts = self.parts.iter().copied().chain([parts]).collect();
        self.numbers.insert(parts, number);
        Some(number)
    }

    pub(super) fn is_full(&self) -> bool {
        self.parts.len() >= LIMIT
    }
}
