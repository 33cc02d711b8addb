//! How the cost of a check, of compiling an organization and of a commit grows with what the organization has: assignments,
//! workspaces, places of one sub-account, teams, resources in resources, roles. One of them varies at a time. Next to each
//! check, one look-up in a bare hash table of the same pairs.

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

use tenantry::model::resource::Parent;
use tenantry::model::{Assignee, Assignment, Change, Membership, Resource, Role, RoleRef, Team};
use tenantry::store::MemoryStore;
use tenantry::{
    AssignmentId, Context, Directory, Kind, OrganizationId, ResourceId, RoleId, Scope, Snapshot,
    SubAccountId, TeamId, WorkspaceId,
};
use workload::bare::{Bare, Pair};
use workload::rounds::{Way, in_turns, is_trial, median, timed};
use workload::{OWNER, Permission, QUESTIONS, ROLES, Random, catalog, found, founding};

/// What an organization is like.
#[derive(Debug, Clone, Copy)]
struct Shape {
    sub_accounts: usize,
    workspaces: usize,
    /// In how many workspaces each sub-account has something.
    places: usize,
    /// Whether it has it through a team for each, rather than on its own.
    teams: bool,
    /// How many resources, each in the one before, are asked about the last of.
    depth: usize,
    /// How many roles a holder has at one place.
    at_once: usize,
    /// How many custom roles there are to hold; if there are none, it is those of the catalog.
    roles: usize,
}

const USUAL: Shape = Shape {
    sub_accounts: 1_000,
    workspaces: 60,
    places: 3,
    teams: false,
    depth: 0,
    at_once: 1,
    roles: 0,
};

/// What grows, and what it is like then.
type Growth = (&'static str, &'static [usize], fn(usize) -> Shape);

const GROWTHS: [Growth; 7] = [
    ("sub-accounts, three assignments each", &[100, 1_000, 10_000, 100_000], |sub_accounts| {
        Shape { sub_accounts, ..USUAL }
    }),
    ("workspaces", &[6, 60, 600, 6_000], |workspaces| Shape { workspaces, ..USUAL }),
    ("workspaces of each sub-account", &[1, 3, 7, 8, 20, 60], |places| Shape { places, ..USUAL }),
    ("teams of each sub-account", &[1, 3, 7, 8, 20, 60], |places| Shape {
        places,
        teams: true,
        ..USUAL
    }),
    ("resources in resources", &[0, 1, 2, 4, 8], |depth| Shape { depth, ..USUAL }),
    ("roles at one place", &[1, 2, 4, 16], |at_once| Shape { at_once, roles: 16, ..USUAL }),
    ("custom roles", &[4, 100, 1_000], |roles| Shape { roles, ..USUAL }),
];

/// Odd, so that the median is one of them.
const COMMITS: usize = 51;
const COMPILATIONS: usize = 5;

fn main() {
    println!("\nnanoseconds for one check, and times the look-up in the bare table");
    println!(
        "{:<38} {:>8}   {:>10} {:>7}   {:>10} {:>7}   {:>10} {:>10}",
        "", "", "throughput", "", "dependent", "", "compile", "commit"
    );
    for (name, numbers, shape) in GROWTHS {
        let numbers = if is_trial() { &numbers[..1] } else { numbers };
        let mut name = name;
        for number in numbers {
            measure(name, *number, shape(*number));
            name = "";
        }
    }
}

/// One question, and what the bare table is asked for it.
struct Question {
    sub_account: SubAccountId,
    target: Scope,
    pair: Pair,
    permission: Permission,
}

/// An organization of some shape, loaded, and the questions that it is asked.
struct Case {
    directory: Directory<Permission>,
    organization: OrganizationId,
    owner: SubAccountId,
    somebody: SubAccountId,
    bare: Bare,
    questions: Vec<Question>,
}

fn measure(name: &str, number: usize, shape: Shape) {
    let case = Case::new(shape);
    let snapshot = case.directory.snapshot(case.organization).unwrap();
    let bare = |question: &Question| case.bare.has(question.pair, question.permission);
    let check = |question: &Question| {
        snapshot.check(question.sub_account, question.permission, question.target).is_allow()
    };
    for question in &case.questions {
        assert_eq!(check(question), bare(question), "{shape:?}");
    }
    let times = in_turns(&[
        Way::new("bare table", &case.questions, bare),
        Way::new("snapshot.check", &case.questions, check),
    ]);
    let [(_, floor), (_, ours)] = times.try_into().unwrap();
    println!(
        "{name:<38} {number:>8}   {:>10.1} {:>6.2}x   {:>10.1} {:>6.2}x   {:>7.2} ms {:>7.1} µs",
        ours.throughput,
        ours.throughput / floor.throughput,
        ours.dependent,
        ours.dependent / floor.dependent,
        compile(&snapshot) / 1e6,
        case.commit() / 1e3,
    );
}

/// An organization in the making.
struct Draft {
    random: Random,
    shape: Shape,
    /// What there is to be held, with what it grants.
    roles: Vec<(RoleRef, Permission)>,
    /// What is in it besides workspaces and sub-accounts; assignments come last.
    changes: Vec<Change>,
    given: Vec<Assignment>,
}

impl Draft {
    fn new(shape: Shape) -> Self {
        let (mut random, mut changes) = (Random(7), Vec::new());
        let custom = (0..shape.roles).map(|number| {
            // Whatever there is but administration, in as many mixtures as there are.
            let bits = u64::try_from(number % 127).unwrap() + 1;
            let permissions = Permission::from_bits_truncate(bits);
            let (id, names) = (RoleId::from_u128(random.id()), catalog().names(permissions));
            let name = format!("R{number}").parse().unwrap();
            changes.push(Role::new(id, name, names.unwrap()).into());
            (id.into(), permissions)
        });
        let mut roles: Vec<_> = custom.collect();
        if roles.is_empty() {
            roles.extend(ROLES.map(|(role, permissions)| (role.into(), permissions)));
        }
        Self { random, shape, roles, changes, given: Vec::new() }
    }

    /// Gives a holder so many roles at a place, and says what they grant.
    fn give(&mut self, holder: impl Into<Assignee>, workspace: WorkspaceId) -> Permission {
        let (holder, first) = (holder.into(), self.random.below(self.roles.len()));
        let chosen = self.roles.iter().cycle().skip(first).take(self.shape.at_once);
        let mut granted = Permission::empty();
        for (role, permissions) in chosen {
            let id = AssignmentId::from_u128(self.random.id());
            self.given.push(Assignment::allow(id, holder, role.clone(), workspace));
            granted |= *permissions;
        }
        granted
    }

    /// Two teams for each workspace, with what they have there.
    fn teams(&mut self, workspaces: &[WorkspaceId]) -> Vec<(TeamId, Permission)> {
        let twice = workspaces.iter().chain(workspaces).enumerate();
        let teams = twice.map(|(number, workspace)| {
            let id = TeamId::from_u128(self.random.id());
            self.changes.push(Team::new(id, format!("T{number}").parse().unwrap()).into());
            (id, self.give(id, *workspace))
        });
        teams.collect()
    }

    /// Gives everybody something at so many places: who, at which of the workspaces, has what.
    fn have(
        &mut self,
        sub_accounts: &[SubAccountId],
        workspaces: &[WorkspaceId],
    ) -> Vec<(SubAccountId, usize, Permission)> {
        let teams = if self.shape.teams { self.teams(workspaces) } else { Vec::new() };
        let mut had = Vec::new();
        for sub_account in sub_accounts {
            let first = self.random.below(workspaces.len());
            for place in 0..self.shape.places {
                let apart = workspaces.len() / self.shape.places;
                let at = (first + place * apart) % workspaces.len();
                let granted = if self.shape.teams {
                    let (team, granted) = teams[at + self.random.below(2) * workspaces.len()];
                    self.changes.push(Membership { sub_account: *sub_account, team }.into());
                    granted
                } else {
                    self.give(*sub_account, workspaces[at])
                };
                had.push((*sub_account, at, granted));
            }
        }
        had
    }

    /// Where is asked: the last of so many resources in each workspace, one in the other; with its bits.
    fn targets(&mut self, workspaces: &[WorkspaceId]) -> Vec<(Scope, u128)> {
        let inbox = Kind::new("inbox").unwrap();
        let targets = workspaces.iter().map(|workspace| {
            let mut above = Parent::Workspace(*workspace);
            let mut target = (Scope::from(*workspace), workspace.to_u128());
            for _ in 0..self.shape.depth {
                let id = ResourceId::from_u128(self.random.id());
                self.changes.push(Resource::new(id, inbox.clone(), above).into());
                above = Parent::Resource(id);
                target = (id.into(), id.to_u128());
            }
            target
        });
        targets.collect()
    }
}

impl Case {
    fn new(shape: Shape) -> Self {
        let mut draft = Draft::new(shape);
        let mut sub_accounts = Vec::new();
        sub_accounts
            .resize_with(shape.sub_accounts + 1, || SubAccountId::from_u128(draft.random.id()));
        let mut workspaces = Vec::new();
        workspaces.resize_with(shape.workspaces, || WorkspaceId::from_u128(draft.random.id()));
        let (owner, others) = sub_accounts.split_first().unwrap();
        let had = draft.have(others, &workspaces);
        let targets = draft.targets(&workspaces);

        let Draft { mut random, changes, mut given, .. } = draft;
        let id = AssignmentId::from_u128(random.id());
        given.push(Assignment::allow(id, *owner, OWNER, Scope::Organization));
        let mut set = founding(&workspaces, &sub_accounts, []);
        set.changes.extend(changes);
        set.changes.extend(given.into_iter().map(Change::from));
        let store = MemoryStore::new();
        let organization = OrganizationId::from_u128(random.id());
        found(&store, organization, set);
        let directory = Directory::with_store(catalog(), store);
        directory.snapshot(organization).unwrap();

        let mut bare = Bare::empty();
        for (sub_account, at, granted) in &had {
            bare.insert((sub_account.to_u128(), targets[*at].1), *granted);
        }
        let questions = (0..QUESTIONS).map(|number| {
            let (sub_account, at, granted) = had[random.below(had.len())];
            // Half of the questions are allowed.
            let asked = if number % 2 == 0 { granted } else { Permission::all() - granted };
            let (target, key) = targets[at];
            let pair = (sub_account.to_u128(), key);
            Question { sub_account, target, pair, permission: random.one_of(asked) }
        });
        let questions = questions.collect();
        let (owner, somebody) = (*owner, others[0]);
        Self { directory, organization, owner, somebody, bare, questions }
    }

    /// Gives somebody one thing more, in nanoseconds, and takes it back again outside the measurement.
    fn commit(&self) -> f64 {
        let context = Context::new().mfa(true);
        let owner = self.directory.administer(self.organization, self.owner, &context);
        let rounds = if is_trial() { 1 } else { COMMITS };
        let taken = (0..rounds).map(|_| {
            let start = Instant::now();
            let id = owner.assign(self.somebody, ROLES[0].0, Scope::Organization).unwrap();
            let elapsed = start.elapsed();
            owner.revoke(id).unwrap();
            elapsed.as_nanos() as f64
        });
        median(taken.collect())
    }
}

/// Compiles all of an organization, in nanoseconds.
fn compile(snapshot: &Snapshot<Permission>) -> f64 {
    let rounds = if is_trial() { 1 } else { COMPILATIONS };
    let taken = (0..rounds).map(|_| {
        let organization = snapshot.organization().clone();
        timed(|| Snapshot::compile(organization, snapshot.catalog()))
    });
    median(taken.collect())
}
