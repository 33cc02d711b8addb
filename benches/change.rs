//! What it costs until a change that concerns many is visible: a custom role that many hold is edited, a team that many are
//! in is given something, the mask of a workspace below which many hold something is set. All in one organization of a
//! million assignments. Where the change is made it is judged first, with what everybody concerned gains and loses by it; a
//! directory elsewhere only reads it from the store and compiles what it touches.

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
use std::time::Instant;

use tenantry::model::{Assignment, Change, Membership, Resource, Role, Team};
use tenantry::store::MemoryStore;
use tenantry::{
    AssignmentId, Context, Directory, Kind, NewRole, OrganizationId, ResourceId, RoleId, Scope,
    Snapshot, SubAccountId, TeamId, WorkspaceId,
};
use workload::rounds::{is_trial, median};
use workload::{OWNER, Permission, ROLES, Random, Tenant, catalog, found, tenant};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 3;

/// How many each change concerns.
struct Many {
    assignments: usize,
    holders: [usize; 3],
    members: [usize; 3],
    resources: [usize; 3],
}

const MANY: Many = Many {
    assignments: 1_000_000,
    holders: [1_000, 10_000, 100_000],
    members: [100, 1_000, 10_000],
    resources: [10, 100, 1_000],
};
/// To try whether everything runs.
const FEW: Many = Many {
    assignments: 3_000,
    holders: [10, 20, 30],
    members: [10, 20, 30],
    resources: [10, 20, 30],
};

/// One organization with what is changed in it.
struct Case {
    directory: Directory<Permission>,
    /// Over the same store.
    elsewhere: Directory<Permission>,
    organization: OrganizationId,
    owner: SubAccountId,
    /// Who holds all of the roles and is in all of the teams.
    somebody: SubAccountId,
    roles: [RoleId; 3],
    teams: [TeamId; 3],
    workspaces: Vec<WorkspaceId>,
    /// One of each of the workspaces.
    resources: [ResourceId; 3],
}

fn main() {
    let many = if is_trial() { FEW } else { MANY };
    let rounds = if is_trial() { 1 } else { ROUNDS };
    let case = Case::new(&many);
    println!(
        "\nuntil it is visible where it is made, and elsewhere; and for each whom it concerns"
    );
    for (role, holders) in case.roles.iter().zip(many.holders) {
        print("a custom role is edited, holders", holders, rounds, || case.edit(*role));
    }
    for (team, members) in case.teams.iter().zip(many.members) {
        print("a team is given a role, members", members, rounds, || case.give(*team));
    }
    // A mask concerns whoever holds something above it, however many resources there are below.
    let above = many.holders[2];
    let places = case.workspaces.iter().zip(case.resources);
    for ((workspace, resource), resources) in places.zip(many.resources) {
        print(&format!("a mask is set over {resources} resources, holders"), above, rounds, || {
            case.mask(*workspace, resource)
        });
    }
}

impl Case {
    fn new(many: &Many) -> Self {
        let mut random = Random(11);
        let Tenant { organization, mut founding, accounts, workspaces, .. } =
            tenant(&mut random, many.assignments);
        let catalog = catalog();
        let (owner, everybody, somebody) = (accounts[0], &accounts[1..], accounts[1]);
        let mut add = |change: Change| founding.changes.push(change);
        let mut assignment = || AssignmentId::from_u128(random.id());
        add(Assignment::allow(assignment(), owner, OWNER, Scope::Organization).into());
        let roles = [1, 2, 3].map(RoleId::from_u128);
        for (role, holders) in roles.into_iter().zip(many.holders) {
            let names = catalog.names(Permission::VIEW).unwrap();
            add(Role::new(role, format!("R{role}").parse().unwrap(), names).into());
            for holder in &everybody[..holders] {
                add(Assignment::allow(assignment(), *holder, role, Scope::Organization).into());
            }
        }
        let teams = [1, 2, 3].map(TeamId::from_u128);
        for (team, members) in teams.into_iter().zip(many.members) {
            add(Team::new(team, format!("T{team}").parse().unwrap()).into());
            for member in &everybody[..members] {
                add(Membership { sub_account: *member, team }.into());
            }
        }
        let inbox = Kind::new("inbox").unwrap();
        let mut next = 0;
        let mut resources = [ResourceId::from_u128(0); 3];
        for ((last, workspace), below) in resources.iter_mut().zip(&workspaces).zip(many.resources)
        {
            for _ in 0..below {
                next += 1;
                *last = ResourceId::from_u128(next);
                add(Resource::new(*last, inbox.clone(), *workspace).into());
            }
        }
        let store = Arc::new(MemoryStore::new());
        let organization = organization.id();
        found(&store, organization, founding);
        let over = |store: &Arc<MemoryStore>| {
            let directory = Directory::with_store(catalog.clone(), Arc::clone(store));
            directory.snapshot(organization).unwrap();
            directory
        };
        let (directory, elsewhere) = (over(&store), over(&store));
        Self {
            directory,
            elsewhere,
            organization,
            owner,
            somebody,
            roles,
            teams,
            workspaces,
            resources,
        }
    }

    /// Adds a permission to a role, and takes it back again outside the measurement.
    fn edit(&self, role: RoleId) -> [f64; 2] {
        let context = Context::new().mfa(true);
        let admin = self.directory.administer(self.organization, self.owner, &context);
        let (name, more) = (format!("R{role}"), Permission::VIEW | Permission::DELETE);
        let may = |of: &Snapshot<_>| of.check(self.somebody, Permission::DELETE, self.organization);
        let taken =
            self.timed(|| admin.replace_role(role, &NewRole::new(&name, more)).unwrap(), may);
        admin.replace_role(role, &NewRole::new(&name, Permission::VIEW)).unwrap();
        taken
    }

    fn give(&self, team: TeamId) -> [f64; 2] {
        let context = Context::new().mfa(true);
        let admin = self.directory.administer(self.organization, self.owner, &context);
        let mut made = None;
        let give = || made = Some(admin.assign(team, ROLES[3].0, Scope::Organization).unwrap());
        let may = |of: &Snapshot<_>| of.check(self.somebody, Permission::DELETE, self.organization);
        let taken = self.timed(give, may);
        admin.revoke(made.unwrap()).unwrap();
        taken
    }

    /// Lets everything into a workspace again, where nothing went in before the measurement.
    fn mask(&self, workspace: WorkspaceId, resource: ResourceId) -> [f64; 2] {
        let context = Context::new().mfa(true);
        let admin = self.directory.administer(self.organization, self.owner, &context);
        admin.set_inheritance(workspace, Some(Permission::ADMINISTER)).unwrap();
        let may = |of: &Snapshot<_>| of.check(self.owner, Permission::DELETE, resource);
        self.timed(|| admin.set_inheritance(workspace, None).unwrap(), may)
    }

    /// Here and elsewhere, in nanoseconds; what is denied before the change is allowed after it.
    fn timed(
        &self,
        change: impl FnOnce(),
        may: impl Fn(&Snapshot<Permission>) -> tenantry::Decision,
    ) -> [f64; 2] {
        self.elsewhere.refresh(self.organization).unwrap();
        assert!(!may(&self.directory.snapshot(self.organization).unwrap()).is_allow());
        let start = Instant::now();
        change();
        let here = start.elapsed();
        assert!(may(&self.directory.snapshot(self.organization).unwrap()).is_allow());
        let start = Instant::now();
        let refreshed = self.elsewhere.refresh(self.organization).unwrap();
        let elsewhere = start.elapsed();
        assert!(may(&refreshed).is_allow());
        [here, elsewhere].map(|elapsed| elapsed.as_nanos() as f64)
    }
}

fn print(name: &str, many: usize, rounds: usize, change: impl Fn() -> [f64; 2]) {
    let taken: Vec<_> = (0..rounds).map(|_| change()).collect();
    print!("{name:<44} {many:>8}");
    for column in [0, 1] {
        let nanoseconds = median(taken.iter().map(|times| times[column]).collect());
        let each = nanoseconds / 1e3 / many as f64;
        print!(" {:>10.2} ms {each:>9.2} µs", nanoseconds / 1e6);
    }
    println!();
}
