//! What a listing costs for each candidate that it examines, next to asking a check for each of them.
//!
//! One organization of 100,000 assignments, with 20,000 resources in its workspaces. A candidate is whatever the listing
//! has to look at: a place or a sub-account that is judged, or an assignment that is read to know whom to judge. All
//! columns come from interleaved rounds in this process.

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

use std::time::Instant;

use tenantry::model::link::Relation;
use tenantry::model::{Assignment, ChangeSet, Resource};
use tenantry::{AssignmentId, Kind, ResourceId, Scope, Snapshot, SubAccountId, WorkspaceId};
use workload::{OWNER, Permission, ROLES, Random, catalog, tenant};

const ASSIGNMENTS: usize = 100_000;
const RESOURCES: u128 = 20_000;
const ROUNDS: usize = 15;

struct Case {
    snapshot: Snapshot<Permission>,
    owner: SubAccountId,
    agent: SubAccountId,
    workspace: WorkspaceId,
    permission: Permission,
}

fn main() {
    let is_trial = std::env::args().any(|argument| argument == "--test");
    let case = case(if is_trial { 3_000 } else { ASSIGNMENTS });
    let rounds = if is_trial { 1 } else { ROUNDS };
    println!(
        "{:<52} {:>9} {:>7} {:>9} {:>9} {:>7}",
        "", "examined", "found", "listing", "checks", "ratio"
    );
    println!("{:<52} {:>9} {:>7} {:>19}", "", "", "", "ns per candidate");
    let Case { snapshot, owner, agent, workspace, permission } = &case;
    let organization = snapshot.organization();
    let workspaces: Vec<_> = organization.workspaces().keys().copied().collect();
    let resources: Vec<_> = organization.resources().keys().copied().collect();
    let everybody: Vec<_> = organization.sub_accounts().keys().copied().collect();
    let of_agent: Vec<_> = snapshot.assigned_to(*agent).iter().map(|it| it.scope).collect();
    let on_the_way = [Scope::Organization, (*workspace).into()];
    let read: usize =
        on_the_way.iter().map(|at| organization.assignments_by(*at, Relation::At).count()).sum();
    let here: Vec<_> = snapshot.sub_accounts_with(*permission, *workspace).collect();
    let below: Vec<_> = of_agent
        .iter()
        .flat_map(|at| organization.referring(*at, Relation::Parent))
        .filter_map(|it| match it {
            tenantry::model::EntityId::Resource(id) => Some(id),
            _ => None,
        })
        .collect();

    let of_owner = snapshot.subject(*owner);
    row(
        "workspaces of who may everything",
        workspaces.len(),
        rounds,
        || of_owner.workspaces_with(*permission).count(),
        || workspaces.iter().filter(|it| of_owner.can(*permission, **it)).count(),
    );
    row(
        "resources of who may everything",
        resources.len(),
        rounds,
        || of_owner.resources_with("inbox", *permission).count(),
        || resources.iter().filter(|it| of_owner.can(*permission, **it)).count(),
    );
    let of_agent = snapshot.subject(*agent);
    row(
        "resources of who may in a few workspaces",
        below.len(),
        rounds,
        || of_agent.resources_with("inbox", *permission).count(),
        || below.iter().filter(|it| of_agent.can(*permission, **it)).count(),
    );
    row(
        "who may at the organization",
        read - organization.assignments_by(on_the_way[1], Relation::At).count(),
        rounds,
        || snapshot.sub_accounts_with(*permission, Scope::Organization).count(),
        || usize::from(snapshot.check(*owner, *permission, Scope::Organization).is_allow()),
    );
    row(
        "who may in one workspace",
        read + here.len(),
        rounds,
        || snapshot.sub_accounts_with(*permission, *workspace).count(),
        || {
            here.iter()
                .filter(|it| snapshot.check(**it, *permission, *workspace).is_allow())
                .count()
        },
    );
    let everywhere = snapshot_for_all(snapshot);
    row(
        "who may in one workspace, where all may something",
        everybody.len(),
        rounds,
        || everywhere.sub_accounts_with(*permission, *workspace).count(),
        || {
            let may =
                |it: &&SubAccountId| everywhere.check(**it, *permission, *workspace).is_allow();
            everybody.iter().filter(may).count()
        },
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
fn row(
    name: &str,
    examined: usize,
    rounds: usize,
    listing: impl Fn() -> usize,
    checks: impl Fn() -> usize,
) {
    let found = listing();
    assert_eq!(found, checks(), "{name}");
    let time = |count: &dyn Fn() -> usize| {
        // Small listings are repeated, so that the clock's own time does not count.
        let times = 20_000_usize.div_ceil(examined.max(1));
        let start = Instant::now();
        for _ in 0..times {
            assert_eq!(count(), found);
        }
        start.elapsed().as_nanos() as f64 / (times * examined) as f64
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(time(&listing));
        theirs.push(time(&checks));
    }
    let median = |column: &mut Vec<f64>| {
        column.sort_by(f64::total_cmp);
        column[column.len() / 2]
    };
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!(
        "{name:<52} {examined:>9} {found:>7} {ours:>9.1} {theirs:>9.1} {:>6.2}x",
        ours / theirs
    );
}
