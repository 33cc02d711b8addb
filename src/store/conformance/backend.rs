//! The backend under test.

use std::fmt;
use std::sync::Arc;

use crate::store::Store;

/// A backend under test: opens handles on one store, and states the limits of the store.
#[derive(Clone)]
pub struct Backend {
    open: Arc<dyn Fn() -> Box<dyn Store> + Send + Sync>,
    record_limit: Option<usize>,
}

impl Backend {
    /// Returns a backend whose handles are opened by `open`, all on the same store.
    ///
    /// Open them as separately as the backend can: a connection each finds more errors than clones
    /// of one.
    pub fn new<S: Store>(open: impl Fn() -> S + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(move || Box::new(open())), record_limit: None }
    }

    /// Sets the most bytes of a record that the backend accepts. One byte more must be refused as
    /// [`TooLarge`](crate::store::StoreError::TooLarge).
    #[must_use]
    pub fn record_limit(self, bytes: usize) -> Self {
        Self { record_limit: Some(bytes), ..self }
    }

    /// The most bytes of a record. `None` if not set.
    pub(super) const fn limit(&self) -> Option<usize> {
        self.record_limit
    }

    /// Opens another handle on the store.
    pub(super) fn open(&self) -> Box<dyn Store> {
        (self.open)()
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("record_limit", &self.record_limit).finish_non_exhaustive()
    }
}
