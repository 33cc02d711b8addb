//! What it costs to plan and commit one assignment, and how little that depends on the size of the organization.
//!
//! A manager of one workspace assigns a role there to somebody: drafting, the exact impact, authority, invariants, the
//! record with its encoding, the store in memory, compiling what changed, and making it visible. Organizations of all
//! sizes take turns in one process, so that the ratio holds on a noisy machine.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "a bench stops at the first surprise, and nobody imports it"
)]

mod workload;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tenantry::model::{Assignment, Change};
use tenantry::store::MemoryStore;
use tenantry::{
    Action, AssignmentId, Context, Directory, Grant, NewAssignment, OrganizationId, Scope,
    SubAccountId, WorkspaceId,
};
use workload::rounds::is_trial;
use workload::{OWNER, Permission, ROLES, Random, Tenant, catalog, found, tenant};

/// The sizes that take turns, in assignments.
const SIZES: [usize; 3] = [300, 100_000, 1_000_000];
/// Odd, so that the median is one of them.
const ROUNDS: usize = 401;

/// One organization, loaded, with a manager of one of its workspaces.
struct Case {
    directory: Directory<Permission>,
    organization: OrganizationId,
    owner: SubAccountId,
    manager: SubAccountId,
    workspace: WorkspaceId,
    /// Who has nothing at that workspace.
    others: Vec<SubAccountId>,
}

/// One of the ways that are measured.
type Column = fn(&Taken) -> &Vec<Duration>;

/// What the rounds took.
#[derive(Default)]
struct Taken {
    plan: Vec<Duration>,
    commit: Vec<Duration>,
    both: Vec<Duration>,
    perform: Vec<Duration>,
    by_owner: Vec<Duration>,
}

fn main() {
    let trial = is_trial();
    let rounds = if trial { 3 } else { ROUNDS };
    let sizes: Vec<usize> = SIZES.into_iter().filter(|size| !trial || *size < 1_000_000).collect();
    let cases: Vec<_> = sizes.iter().map(|size| Case::new(*size)).collect();
    let mut taken: Vec<_> = sizes.iter().map(|_| Taken::default()).collect();
    for round in 0..rounds {
        for (case, taken) in cases.iter().zip(&mut taken) {
            case.round(round, taken);
        }
    }
    print(&sizes, &taken);
}

impl Case {
    fn new(assignments: usize) -> Self {
        let mut random = Random(11);
        let Tenant { organization, mut founding, accounts, workspaces, made } =
            tenant(&mut random, assignments);
        let (owner, manager, workspace) = (accounts[0], accounts[1], workspaces[0]);
        let catalog = catalog();
        let administers = Grant::any(catalog.names(ROLES[3].1 | Permission::ADMINISTER).unwrap());
        let ids = [random.id(), random.id()].map(AssignmentId::from_u128);
        let made_owner = Assignment::allow(ids[0], owner, OWNER, Scope::Organization);
        let made_manager = Assignment::allow(ids[1], manager, administers, workspace);
        founding.changes.extend([Change::from(made_owner), made_manager.into()]);
        let store = MemoryStore::new();
        found(&store, organization.id(), founding);
        let directory = Directory::with_store(catalog, store);
        directory.snapshot(organization.id()).unwrap();
        let is_there = |account: &SubAccountId| {
            made.iter().any(|(holder, place, _)| holder == account && *place == workspace)
        };
        let others = accounts[2..].iter().copied().filter(|it| !is_there(it)).take(90).collect();
        Self { directory, organization: organization.id(), owner, manager, workspace, others }
    }

    /// Assigns in each of the ways, and takes it back again outside the measurement.
    fn round(&self, round: usize, taken: &mut Taken) {
        let context = Context::new().mfa(true);
        let manager = self.directory.administer(self.organization, self.manager, &context);
        let owner = self.directory.administer(self.organization, self.owner, &context);
        let somebody = self.others[round % self.others.len()];
        let action = || {
            let id = unused();
            let new = NewAssignment::new(somebody, ROLES[1].0, self.workspace).id(id);
            (id, Action::from(new))
        };

        let (id, assign) = action();
        let start = Instant::now();
        let plan = manager.plan([assign]).unwrap();
        let planned = start.elapsed();
        self.directory.commit(plan).unwrap();
        let both = start.elapsed();
        taken.plan.push(planned);
        taken.commit.push(both.checked_sub(planned).unwrap());
        taken.both.push(both);
        manager.revoke(id).unwrap();

        for (administration, taken) in
            [(&manager, &mut taken.perform), (&owner, &mut taken.by_owner)]
        {
            let (id, assign) = action();
            let start = Instant::now();
            administration.perform([assign]).unwrap();
            taken.push(start.elapsed());
            administration.revoke(id).unwrap();
        }
    }
}

/// An id that nothing has: those of the workload are random.
fn unused() -> AssignmentId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    AssignmentId::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into())
}

fn print(sizes: &[usize], taken: &[Taken]) {
    println!("\nmicroseconds for one assignment, median of {} rounds", taken[0].plan.len());
    println!("x: times what it takes in the smallest organization");
    print!("{:<44}", "assignments in the organization");
    for size in sizes {
        print!(" {size:>10} {:>7}", "");
    }
    println!();
    let rows: [(&str, Column); 5] = [
        ("plan, by a manager of one workspace", |it| &it.plan),
        ("commit of that plan", |it| &it.commit),
        ("plan and commit", |it| &it.both),
        ("judged and committed at once, by a manager", |it| &it.perform),
        ("judged and committed at once, by an owner", |it| &it.by_owner),
    ];
    for (name, column) in rows {
        let medians = taken.iter().map(|it| {
            let mut times = column(it).clone();
            times.sort_unstable();
            times[times.len() / 2].as_nanos() as f64 / 1_000.0
        });
        let medians: Vec<f64> = medians.collect();
        print!("{name:<44}");
        for median in &medians {
            print!(" {median:>10.1} {:>6.1}x", median / medians[0]);
        }
        println!();
    }
}
