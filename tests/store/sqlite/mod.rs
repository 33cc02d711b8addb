//! The store in one SQLite file.

mod files;
mod full;
mod processes;
mod schema;

use std::sync::{Arc, Mutex, Weak};

use tenantry::store::SqliteStore;
use tenantry::store::conformance::Backend;

use crate::scratch::Scratch;

/// Every test on a file of its own, every handle with connections of its own.
fn backend() -> Backend {
    on(Arc::new(Scratch::new()))
}

fn on(scratch: Arc<Scratch>) -> Backend {
    Backend::new(move || SqliteStore::open(scratch.file("access.db")).unwrap())
        .record_limit(SqliteStore::RECORD_LIMIT)
}

tenantry::store_conformance!(alone, backend());

/// One folder for all tests that run at once; the last one takes it along.
fn shared() -> Arc<Scratch> {
    static SHARED: Mutex<Weak<Scratch>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    shared.upgrade().unwrap_or_else(|| {
        let scratch = Arc::new(Scratch::new());
        *shared = Arc::downgrade(&scratch);
        scratch
    })
}

// All tests at once on one file, as on a database that is in use.
tenantry::store_conformance!(together, {
    let scratch = shared();
    Backend::new(move || {
        SqliteStore::options()
            .busy_timeout(std::time::Duration::from_mins(1))
            .open(scratch.file("access.db"))
            .unwrap()
    })
});
