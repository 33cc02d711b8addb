//! What one check costs when subject and place are resolved already, next to one look-up in a dense table by their numbers.

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

use std::collections::HashMap;

use tenantry::{ResolvedTarget, SubAccountId, Subject, WorkspaceId};

use workload::rounds::{self, Way};
use workload::{Permission, ROLES, Tenant, Workload};

/// The most cells that a dense table has here.
const MOST: usize = 100_000_000;

/// A question of which everything is resolved.
struct Resolved<'a> {
    /// The position in the dense table.
    cell: usize,
    subject: &'a Subject<'a, Permission>,
    place: &'a ResolvedTarget<'a, Permission>,
    permission: Permission,
}

/// What each sub-account has in each workspace of its organization, by their numbers.
#[derive(Default)]
struct Dense {
    /// Who is numbered, and in which position of [`Workload::snapshots`] it is.
    accounts: Vec<(usize, SubAccountId)>,
    workspaces: Vec<(usize, WorkspaceId)>,
    /// Number, and where the row of a sub-account begins.
    by_account: HashMap<SubAccountId, (usize, usize)>,
    /// Number, and the column in each row.
    by_workspace: HashMap<WorkspaceId, (usize, usize)>,
    cells: Vec<u64>,
}

impl Dense {
    fn add(&mut self, organization: usize, tenant: &Tenant) {
        let Tenant { accounts, workspaces, made, .. } = tenant;
        for (column, workspace) in workspaces.iter().enumerate() {
            self.by_workspace.insert(*workspace, (self.workspaces.len(), column));
            self.workspaces.push((organization, *workspace));
        }
        for account in accounts {
            self.by_account.insert(*account, (self.accounts.len(), self.cells.len()));
            self.accounts.push((organization, *account));
            self.cells.resize(self.cells.len() + workspaces.len(), 0);
        }
        for (account, workspace, role) in made {
            let ((_, row), (_, column)) = (self.by_account[account], self.by_workspace[workspace]);
            self.cells[row + column] = ROLES[*role].1.bits();
        }
    }
}

fn main() {
    rounds::run("subject", |size, measure| {
        let each = size.assignments / size.organizations;
        let cells = size.organizations * each.div_ceil(3) * (each / 50).clamp(6, 20_000);
        if cells > MOST {
            println!("{}: left out, a dense table would have {cells} cells", size.name);
            return;
        }
        let (mut dense, mut organization) = (Dense::default(), 0);
        let workload = Workload::with(size, |tenant| {
            dense.add(organization, tenant);
            organization += 1;
        });
        workload.verify();
        let Dense { accounts, workspaces, by_account, by_workspace, cells } = &dense;
        let snapshot = |organization: usize| &workload.snapshots[organization];
        let subjects: Vec<_> = accounts.iter().map(|(at, id)| snapshot(*at).subject(*id)).collect();
        let places: Vec<_> = workspaces.iter().map(|(at, id)| snapshot(*at).resolve(*id)).collect();
        let questions = workload.questions.iter().map(|question| {
            let (subject, row) = by_account[&question.sub_account];
            let (place, column) = by_workspace[&question.workspace];
            let (subject, place) = (&subjects[subject], &places[place]);
            Resolved { cell: row + column, subject, place, permission: question.permission }
        });
        let questions: Vec<_> = questions.collect();
        let looked_up = |question: &Resolved<'_>| {
            let need = question.permission.bits();
            cells[question.cell] & need == need
        };
        let can_at =
            |question: &Resolved<'_>| question.subject.can_at(question.permission, question.place);
        let can = |question: &Resolved<'_>| {
            question.subject.can(question.permission, question.place.target())
        };
        for question in &questions {
            let answer = looked_up(question);
            assert_eq!([can_at(question), can(question)], [answer; 2]);
        }
        measure(&[
            Way::new("dense table", &questions, looked_up),
            Way::new("subject.can_at", &questions, can_at),
            Way::new("subject.can", &questions, can),
        ]);
    });
}
