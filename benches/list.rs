//! What a listing costs for each candidate, next to asking a check for each of them.
//!
//! One organization of 100,000 assignments, with 20,000 resources in its workspaces. The candidates are all that the answer
//! could name: every workspace, every resource of the kind, every sub-account. A listing that can tell which few are
//! concerned looks at those alone, and costs next to nothing for each candidate; one that has to walk through all judges
//! each. Both columns come from interleaved rounds in this process.

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

use std::time::{Duration, Instant};

use tenantry::model::{Assignment, ChangeSet, Resource};
use tenantry::{AssignmentId, Kind, ResourceId, Scope, Snapshot, SubAccountId, WorkspaceId};
use workload::rounds::is_trial;
use workload::{OWNER, Permission, ROLES, Random, catalog, tenant};

const ASSIGNMENTS: usize = 100_000;
const RESOURCES: u128 = 20_000;
/// Odd, so that the median is one of them.
const ROUNDS: usize = 31;

struct Case {
    snapshot: Snapshot<Permission>,
    owner: SubAccountId,
    agent: SubAccountId,
    workspace: WorkspaceId,
    permission: Permission,
}

fn main() {
    let is_trial = is_trial();
    let case = case(if is_trial { 3_000 } else { ASSIGNMENTS });
    let rounds = if is_trial { 1 } else { ROUNDS };
    println!(
        "{:<52} {:>10} {:>7} {:>12} {:>10} {:>10} {:>7}",
        "", "candidates", "found", "listing, µs", "ns each", "check, ns", "ratio"
    );
    let Case { snapshot, owner, agent, workspace, permission } = &case;
    let organization = snapshot.organization();
    let workspaces: Vec<_> = organization.workspaces().keys().copied().collect();
    let resources: Vec<_> = organization.resources().keys().copied().collect();
    let everybody: Vec<_> = organization.sub_accounts().keys().copied().collect();
    let of_owner = snapshot.subject(*owner);
    row(
        "workspaces of who may everything",
        rounds,
        &workspaces,
        || of_owner.workspaces_with(*permission).count(),
        |it| of_owner.can(*permission, *it),
    );
    row(
        "resources of who may everything",
        rounds,
        &resources,
        || of_owner.resources_with("inbox", *permission).count(),
        |it| of_owner.can(*permission, *it),
    );
    let of_agent = snapshot.subject(*agent);
    row(
        "resources of who may in three workspaces",
        rounds,
        &resources,
        || of_agent.resources_with("inbox", *permission).count(),
        |it| of_agent.can(*permission, *it),
    );
    row(
        "who may at the organization",
        rounds,
        &everybody,
        || snapshot.sub_accounts_with(*permission, Scope::Organization).count(),
        |it| snapshot.check(*it, *permission, Scope::Organization).is_allow(),
    );
    row(
        "who may in one workspace",
        rounds,
        &everybody,
        || snapshot.sub_accounts_with(*permission, *workspace).count(),
        |it| snapshot.check(*it, *permission, *workspace).is_allow(),
    );
    let everywhere = snapshot_for_all(snapshot);
    row(
        "the same, where everybody may everything",
        rounds,
        &everybody,
        || everywhere.sub_accounts_with(*permission, *workspace).count(),
        |it| everywhere.check(*it, *permission, *workspace).is_allow(),
    );
}

fn case(assignments: usize) -> Case {
    let mut random = Random(7);
    let tenant = tenant(&mut random, assignments);
    let inbox = Kind::new("inbox").unwrap();
    let mut organization = tenant.organization;
    let mut changes = Vec::new();
    for _ in 0..RESOURCES {
        let parent = tenant.workspaces[random.below(tenant.workspaces.len())];
        changes
            .push(Resource::new(ResourceId::from_u128(random.id()), inbox.clone(), parent).into());
    }
    let owner = tenant.accounts[0];
    let owning = AssignmentId::from_u128(1);
    changes.push(Assignment::allow(owning, owner, OWNER, Scope::Organization).into());
    organization
        .apply(&ChangeSet { time: organization.time(), changes, personal: Vec::new() })
        .unwrap();
    let (agent, workspace, role) = tenant.made[assignments / 2];
    let permission = ROLES[role].1.iter().next().unwrap();
    let snapshot = Snapshot::compile(organization, &catalog());
    Case { snapshot, owner, agent, workspace, permission }
}

/// The same with something for everybody, so that everybody has to be asked.
fn snapshot_for_all(snapshot: &Snapshot<Permission>) -> Snapshot<Permission> {
    let mut organization = snapshot.organization().clone();
    let everybody = tenantry::model::Assignee::MembersOf(Scope::Organization);
    let id = AssignmentId::from_u128(2);
    let changes = vec![Assignment::allow(id, everybody, OWNER, Scope::Organization).into()];
    organization
        .apply(&ChangeSet { time: organization.time(), changes, personal: Vec::new() })
        .unwrap();
    Snapshot::compile(organization, snapshot.catalog())
}

/// Prints what both ways cost for each candidate; both must find the same number.
fn row<T>(
    name: &str,
    rounds: usize,
    candidates: &[T],
    listing: impl Fn() -> usize,
    check: impl Fn(&T) -> bool,
) {
    let count = candidates.len();
    let checks = || candidates.iter().filter(|it| check(it)).count();
    let found = listing();
    assert_eq!(found, checks(), "{name}");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let start = Instant::now();
        assert_eq!(listing(), found);
        ours.push(start.elapsed());
        let start = Instant::now();
        assert_eq!(checks(), found);
        theirs.push(start.elapsed());
    }
    let median = |column: &mut Vec<Duration>| {
        column.sort_unstable();
        column[column.len() / 2].as_nanos() as f64
    };
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let (whole, each, check) = (ours / 1_000.0, ours / count as f64, theirs / count as f64);
    let ratio = ours / theirs;
    println!(
        "{name:<52} {count:>10} {found:>7} {whole:>12.1} {each:>10.1} {check:>10.1} {ratio:>6.2}x"
    );
}
