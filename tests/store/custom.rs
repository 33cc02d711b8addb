//! The example of a store of one's own passes the suite as any other does.

use std::sync::Arc;

use tenantry::store::conformance::Backend;

use crate::scratch::Scratch;

#[allow(dead_code, reason = "the example's story is told when it runs by itself")]
#[allow(unreachable_pub, reason = "an example is written for its readers")]
#[path = "../../examples/custom_store.rs"]
mod example;

tenantry::store_conformance!(folder, {
    let scratch = Arc::new(Scratch::new());
    Backend::new(move || example::FolderStore::open(scratch.file("organizations")).unwrap())
});
