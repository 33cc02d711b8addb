//! What an explanation costs, next to the check that it explains.

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

use workload::rounds::{self, Way};
use workload::{Question, Workload};

fn main() {
    rounds::run("explain", |size, measure| {
        let workload = Workload::new(size);
        workload.verify();
        let explain = |question: &Question| {
            let Question { organization, sub_account, workspace, permission } = *question;
            let snapshot = &workload.snapshots[organization];
            snapshot.explain(sub_account, permission, workspace).decision.is_allow()
        };
        for question in &workload.questions {
            assert_eq!(explain(question), workload.bare(question), "{question:?}");
        }
        measure(&[
            Way::new("snapshot.check", &workload.questions, |question| workload.snapshot(question)),
            Way::new("snapshot.explain", &workload.questions, explain),
        ]);
    });
}
