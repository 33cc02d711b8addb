//! What one check costs, next to one look-up in a bare hash table that holds every reachable pair.

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

use workload::Workload;
use workload::rounds::{self, Way};

fn main() {
    rounds::run("check", |size, measure| {
        let workload = Workload::new(size);
        workload.verify();
        measure(&[
            Way::new("bare table", &workload.questions, |question| workload.bare(question)),
            Way::new("snapshot.check", &workload.questions, |question| workload.snapshot(question)),
        ]);
    });
}
