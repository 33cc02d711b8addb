//! What it costs to load organizations from their checkpoints and from the records since they were founded, next to
//! building the bare table of what they hold. All stores are in memory: it is decoding and compiling that is measured.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "a bench stops at the first surprise, and nobody imports it"
)]

mod workload;

use std::sync::Arc;

use tenantry::store::MemoryStore;
use tenantry::{Directory, OrganizationId};
use workload::bare::{Bare, Pair};
use workload::rounds::{is_trial, median, sizes, timed};
use workload::{Permission, Random, catalog, found, tenant};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 5;

fn main() {
    println!("\nmilliseconds to have everything loaded, and nanoseconds for each assignment");
    for size in sizes() {
        let (recorded, checkpointed) = (Arc::default(), Arc::default());
        let (mut ids, mut pairs) = (Vec::new(), Vec::new());
        let mut random = Random(7);
        for _ in 0..size.organizations {
            let tenant = tenant(&mut random, size.assignments / size.organizations);
            let id = tenant.organization.id();
            for store in [&recorded, &checkpointed] {
                found(store, id, tenant.founding.clone());
            }
            pairs.extend(tenant.pairs());
            ids.push(id);
        }
        let directory = Directory::with_store(catalog(), Arc::clone(&checkpointed));
        for id in &ids {
            directory.checkpoint(*id).unwrap();
        }
        drop(directory);
        let rounds = if is_trial() { 1 } else { ROUNDS };
        let mut taken = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            taken[0].push(timed(|| bare(&pairs)));
            taken[1].push(timed(|| loaded(&checkpointed, &ids)));
            taken[2].push(timed(|| loaded(&recorded, &ids)));
        }
        let medians = taken.map(median);
        let names = ["bare table", "from checkpoints", "from records"];
        let mut title = size.name;
        for (name, nanoseconds) in names.into_iter().zip(medians) {
            println!(
                "{title:<34} {name:<18} {:>9.2} ms {:>9.1} ns {:>7.1}x",
                nanoseconds / 1e6,
                nanoseconds / size.assignments as f64,
                nanoseconds / medians[0],
            );
            title = "";
        }
    }
}

fn bare(pairs: &[(Pair, Permission)]) -> Bare {
    let mut bare = Bare::empty();
    for (pair, permissions) in pairs {
        bare.insert(*pair, *permissions);
    }
    bare
}

fn loaded(store: &Arc<MemoryStore>, ids: &[OrganizationId]) -> Directory<Permission> {
    let directory = Directory::with_store(catalog(), Arc::clone(store));
    for id in ids {
        directory.snapshot(*id).unwrap();
    }
    directory
}
