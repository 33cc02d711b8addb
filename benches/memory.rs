//! What an organization takes in memory for each of its assignments: the model, and what checks and listings read. Bytes
//! that are allocated and stay so, as counted by an allocator that counts.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "a bench stops at the first surprise, and nobody imports it"
)]

mod workload;

use allocation_counter::measure;
use tenantry::{Organization, Snapshot};
use workload::rounds::sizes;
use workload::{Random, Workload, catalog, tenant};

fn main() {
    println!("\nbytes for each assignment that stay allocated");
    println!("{:<34} {:>10} {:>10} {:>10}", "", "bare table", "model", "compiled");
    for size in sizes() {
        let catalog = catalog();
        let mut random = Random(7);
        let (mut model, mut compiled) = (0, 0);
        for _ in 0..size.organizations {
            let tenant = tenant(&mut random, size.assignments / size.organizations);
            let id = tenant.organization.id();
            let mut organization = None;
            let found = || organization = Some(Organization::create(id, &tenant.founding).unwrap());
            model += measure(found).bytes_current;
            let mut snapshot = None;
            let compile =
                || snapshot = Some(Snapshot::compile(organization.take().unwrap(), &catalog));
            compiled += measure(compile).bytes_current;
        }
        let workload = Workload::new(size);
        // A slot is a pair of ids and a set, and one byte of control.
        let bare = workload.bare.allocation_size();
        let each = |bytes: f64| bytes / size.assignments as f64;
        println!(
            "{:<34} {:>10.1} {:>10.1} {:>10.1}",
            size.name,
            each(bare as f64),
            each(model as f64),
            each(compiled as f64),
        );
    }
}
