//! The store in memory, itself and behind a pointer.

use std::sync::Arc;

use tenantry::store::conformance::Backend;
use tenantry::store::{MemoryStore, Store};

tenantry::store_conformance!(itself, {
    let store = MemoryStore::new();
    Backend::new(move || store.clone()).record_limit(MemoryStore::RECORD_LIMIT)
});

// Behind two pointers, the inner one without its type: what is forwarded keeps every promise too.
tenantry::store_conformance!(forwarded, {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    Backend::new(move || Box::new(Arc::clone(&store)))
});
