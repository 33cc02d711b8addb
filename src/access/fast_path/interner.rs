//! [`Interner`]: distinct values, each stored once and named by a small id.

use std::sync::Arc;

use crate::table::Table;

/// The id of an interned value.
pub(in crate::access) type InternedId = u16;

/// The most distinct values. A subject that needs one more is not packed.
const LIMIT: usize = 1_024;

/// Distinct values, each stored once and named by a small id. Id 0 is the default value.
#[derive(Debug, Clone)]
#[repr(C)] // puts the field that every check reads first
pub(in crate::access) struct Interner<T> {
    values: Arc<[T]>,
    ids: Table<T, InternedId>,
}

impl<T: Ord + Clone + Default> Interner<T> {
    pub(super) fn new() -> Self {
        let default = T::default();
        Self { values: Arc::new([default.clone()]), ids: [(default, 0)].into_iter().collect() }
    }

    #[inline]
    pub(in crate::access) fn get(&self, id: InternedId) -> Option<&T> {
        self.values.get(usize::from(id))
    }

    /// The id of a value; `None` if the value is new and the interner is full.
    pub(super) fn intern(&mut self, value: &T) -> Option<InternedId> {
        if let Some(id) = self.ids.get(value) {
            return Some(*id);
        }
        let id = InternedId::try_from(self.values.len()).ok()?;
        if self.is_full() {
            return None;
        }
        self.values = self.values.iter().chain([value]).cloned().collect();
        self.ids.insert(value.clone(), id);
        Some(id)
    }

    pub(super) fn is_full(&self) -> bool {
        self.values.len() >= LIMIT
    }
}
