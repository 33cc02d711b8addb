//! Numbered: values that many share, each kept once and known by a small number.

use std::sync::Arc;

use crate::table::Table;

/// The number of a value.
pub(super) type Number = u16;

/// The most values there are. What many share are few; what has a value that would be one more is not answered quickly.
const LIMIT: usize = 1_024;

/// Values by their numbers. Number 0 is the value of nothing.
#[derive(Debug, Clone)]
#[repr(C)] // what every check reads comes first
pub(super) struct Numbered<T> {
    values: Arc<[T]>,
    numbers: Table<T, Number>,
}

impl<T: Ord + Clone + Default> Numbered<T> {
    pub(super) fn new() -> Self {
        let nothing = T::default();
        Self { values: Arc::new([nothing.clone()]), numbers: [(nothing, 0)].into_iter().collect() }
    }

    #[inline]
    pub(super) fn get(&self, number: Number) -> Option<&T> {
        self.values.get(usize::from(number))
    }

    /// The number of a value; `None` if there is no room for one more.
    pub(super) fn number(&mut self, value: &T) -> Option<Number> {
        if let Some(number) = self.numbers.get(value) {
            return Some(*number);
        }
        let number = Number::try_from(self.values.len()).ok()?;
        if self.is_full() {
            return None;
        }
        self.values = self.values.iter().chain([value]).cloned().collect();
        self.numbers.insert(value.clone(), number);
        Some(number)
    }

    pub(super) fn is_full(&self) -> bool {
        self.values.len() >= LIMIT
    }
}
