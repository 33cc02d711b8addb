//! What one check costs if everything that is given has an end, or a condition, or a deny beside it, next to the plain
//! check.

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

use tenantry::model::{Assignment, Condition, Effect, Validity};
use tenantry::{AssignmentId, Context, Grant, Snapshot, Timestamp};

use workload::rounds::{self, Way};
use workload::{Permission, Question, Workload, catalog};

fn main() {
    let context = Context::new().mfa(true);
    let in_a_hundred_years = Timestamp::from_second(4_949_337_600).unwrap();
    let administration = Grant::any(catalog().names(Permission::ADMINISTER).unwrap());
    rounds::run("special", |size, measure| {
        let workload = Workload::new(size);
        workload.verify();
        let timed = Workload::shaped(size, |plain| {
            vec![plain.with(|it| it.validity = Validity::until(in_a_hundred_years))]
        });
        let conditional = Workload::shaped(size, |plain| {
            vec![plain.with(|it| it.conditions = vec![Condition::Mfa])]
        });
        let denied = Workload::shaped(size, |plain| {
            let id = AssignmentId::from_u128(!plain.id.to_u128());
            let (effect, grant) = (Effect::Deny, administration.clone());
            vec![
                Assignment { id, ..plain.clone() }.with(|it| {
                    it.effect = effect;
                    it.grant = grant;
                }),
                plain,
            ]
        });
        let [plain, timed, conditional, denied] =
            [&workload.snapshots, &timed, &conditional, &denied]
                .map(|snapshots| |question: &Question| ask(snapshots, &context, question));
        for question in &workload.questions {
            let answers =
                [plain(question), timed(question), conditional(question), denied(question)];
            assert_eq!(answers, [workload.bare(question); 4], "{question:?}");
        }
        measure(&[
            Way::new("plain", &workload.questions, plain),
            Way::new("timed", &workload.questions, timed),
            Way::new("conditional", &workload.questions, conditional),
            Way::new("with denies", &workload.questions, denied),
        ]);
    });
}

fn ask(snapshots: &[Snapshot<Permission>], context: &Context, question: &Question) -> bool {
    let Question { organization, sub_account, workspace, permission } = *question;
    snapshots[organization].check_in(context, sub_account, permission, workspace).is_allow()
}
