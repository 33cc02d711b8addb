//! What one check costs that finds its organization in a directory first, next to one look-up in a bare hash table that
//! holds every reachable pair of all organizations; without and with a limit to how old answers may be.

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
use std::time::Duration;

use tenantry::store::MemoryStore;
use tenantry::{Directory, OrganizationId};
use workload::rounds::{self, Way};
use workload::{Permission, Question, Workload, catalog, found};

fn main() {
    rounds::run("directory", |size, measure| {
        let store = Arc::new(MemoryStore::new());
        let mut organizations = Vec::new();
        let workload = Workload::with(size, |tenant| {
            let id = tenant.organization.id();
            found(&store, id, tenant.founding.clone());
            organizations.push(id);
        });
        let load = |directory: Directory<Permission>| {
            for id in &organizations {
                directory.snapshot(*id).unwrap();
            }
            directory
        };
        let plain = load(Directory::with_store(catalog(), Arc::clone(&store)));
        let hour = Duration::from_hours(1);
        let limited = load(Directory::with_store(catalog(), store).with_max_staleness(hour));
        let asked: Vec<(OrganizationId, Question)> = workload
            .questions
            .iter()
            .map(|question| (organizations[question.organization], *question))
            .collect();
        let answer = |directory: &Directory<Permission>, (organization, it): &(_, Question)| {
            directory.check(*organization, it.sub_account, it.permission, it.workspace).is_allow()
        };
        for question in &asked {
            assert_eq!(answer(&plain, question), workload.bare(&question.1), "{question:?}");
        }
        measure(&[
            Way::new("bare table", &asked, |(_, question)| workload.bare(question)),
            Way::new("directory.check", &asked, |question| answer(&plain, question)),
            Way::new("with staleness", &asked, |question| answer(&limited, question)),
        ]);
    });
}
