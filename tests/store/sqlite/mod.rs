//! The store in one SQLite file.

mod files;
mod full;
mod processes;

use std::sync::{Arc, LazyLock};

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

// All tests at once on one file, as on a database that is in use.
tenantry::store_conformance!(together, {
    static SHARED: LazyLock<Arc<Scratch>> = LazyLock::new(|| Arc::new(Scratch::new()));
    let scratch = Arc::clone(&SHARED);
    Backend::new(move || {
        SqliteStore::options()
            .busy_timeout(std::time::Duration::from_mins(1))
            .open(scratch.file("access.db"))
            .unwrap()
    })
});
