//! The tenant workload that every bench of the decision runs on: organizations of one size, three roles a sub-account in
//! three different workspaces, and random questions of which half are allowed.

#![allow(dead_code, reason = "every bench uses a part of it")]

pub mod bare;
pub mod rounds;

use std::iter::repeat_with;

use tenantry::model::record::{Actor, Chain, Commit, Entry, Expected};
use tenantry::model::{Assignment, Change, ChangeSet, Profile, SubAccount, Workspace};
use tenantry::store::Store;
use tenantry::{
    AssignmentId, Catalog, CommitId, Organization, OrganizationId, Snapshot, SubAccountId,
    SystemRole, Timestamp, WorkspaceId,
};

use self::bare::{Bare, Pair, pair};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const ASSIGN = 1 << 2;
        const EXPORT = 1 << 3;
        const EDIT = 1 << 4;
        const DELETE = 1 << 5;
        const MANAGE = 1 << 6;
        const ADMINISTER = 1 << 40;
    }
}

pub const OWNER: SystemRole = SystemRole::new("owner");

/// The roles that are assigned, with what each grants.
pub const ROLES: [(SystemRole, Permission); 4] = [
    (SystemRole::new("viewer"), Permission::VIEW),
    (SystemRole::new("agent"), Permission::VIEW.union(Permission::REPLY)),
    (
        SystemRole::new("lead"),
        Permission::VIEW
            .union(Permission::REPLY)
            .union(Permission::ASSIGN)
            .union(Permission::EXPORT),
    ),
    (SystemRole::new("manager"), Permission::from_bits_truncate(0b111_1111)),
];

/// How large a workload is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub name: &'static str,
    pub organizations: usize,
    /// In all organizations together.
    pub assignments: usize,
}

pub const SIZES: [Size; 4] = [
    Size { name: "1 organization, 300 assignments", organizations: 1, assignments: 300 },
    Size { name: "100 organizations, 100,000", organizations: 100, assignments: 100_000 },
    Size { name: "1,000 organizations, 1,000,000", organizations: 1_000, assignments: 1_000_000 },
    Size { name: "1 organization, 1,000,000", organizations: 1, assignments: 1_000_000 },
];

pub const QUESTIONS: usize = 131_072;

/// One question; `organization` is a position in [`Workload::snapshots`].
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub organization: usize,
    pub sub_account: SubAccountId,
    pub workspace: WorkspaceId,
    pub permission: Permission,
}

/// Snapshots, the bare table that holds every reachable pair, and the questions.
pub struct Workload {
    pub snapshots: Vec<Snapshot<Permission>>,
    pub bare: Bare,
    pub questions: Vec<Question>,
}

/// A small, seeded generator (`SplitMix64`), so that every run asks the same.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn id(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    pub fn one_of(&mut self, permissions: Permission) -> Permission {
        let bits: Vec<_> = permissions.iter().collect();
        bits[self.below(bits.len())]
    }
}

pub fn catalog() -> Catalog<Permission> {
    let builder = ROLES
        .iter()
        .fold(Catalog::builder(), |builder, (role, permissions)| builder.role(*role, *permissions));
    builder
        .role(OWNER, Permission::all())
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
}

/// Founds an organization in a store by a change set, in commits that a store takes.
pub fn found(store: &impl Store, organization: OrganizationId, set: ChangeSet) {
    let ChangeSet { time, changes, personal } = set;
    let mut chain = Chain::new(organization);
    let mut expected = Expected::Absent;
    assert!(personal.is_empty());
    for changes in changes.chunks(100_000) {
        let actor = Actor::system("bench").unwrap();
        let entry = Entry { time, actor, actions: Vec::new(), changes: changes.to_vec() };
        let (record, next) = chain.append(entry, catalog().text()).unwrap();
        let (at, id) = (expected, CommitId::from_u128(expected.makes().number().into()));
        chain = next;
        expected = Expected::At(at.makes());
        let (personal, erase) = (Vec::new(), Vec::new());
        let commit = Commit { organization, expected: at, id, record, personal, erase };
        store.commit(&commit).unwrap();
    }
}

/// One organization with what is in it.
pub struct Tenant {
    pub organization: Organization,
    /// The change set that founds it.
    pub founding: ChangeSet,
    pub accounts: Vec<SubAccountId>,
    pub workspaces: Vec<WorkspaceId>,
    /// Who has which of [`ROLES`] where.
    pub made: Vec<(SubAccountId, WorkspaceId, usize)>,
}

impl Tenant {
    /// Who has what where.
    pub fn pairs(&self) -> impl Iterator<Item = (Pair, Permission)> {
        let made = self.made.iter();
        made.map(|(account, workspace, role)| (pair(*account, *workspace), ROLES[*role].1))
    }
}

/// One organization, founded by a single change set.
pub fn tenant(random: &mut Random, assignments: usize) -> Tenant {
    shaped_tenant(random, assignments, |assignment| vec![assignment])
}

/// The same, with something else in place of each assignment.
pub fn shaped_tenant(
    random: &mut Random,
    assignments: usize,
    shape: impl Fn(Assignment) -> Vec<Assignment>,
) -> Tenant {
    let accounts: Vec<_> =
        (0..assignments.div_ceil(3)).map(|_| SubAccountId::from_u128(random.id())).collect();
    let workspaces: Vec<_> = (0..(assignments / 50).clamp(6, 20_000))
        .map(|_| WorkspaceId::from_u128(random.id()))
        .collect();
    let mut given = Vec::with_capacity(assignments);
    let mut made = Vec::with_capacity(assignments);
    for position in 0..assignments {
        let account = accounts[position / 3];
        // Three different workspaces for each sub-account.
        let third = workspaces.len() / 3;
        let workspace = workspaces[(position % 3) * third + random.below(third)];
        let role = random.below(ROLES.len());
        let id = AssignmentId::from_u128(random.id());
        let plain = Assignment::allow(id, account, ROLES[role].0, workspace);
        given.extend(shape(plain));
        made.push((account, workspace, role));
    }
    let set = founding(&workspaces, &accounts, given);
    let id = OrganizationId::from_u128(random.id());
    let organization = Organization::create(id, &set).unwrap();
    Tenant { organization, founding: set, accounts, workspaces, made }
}

/// The change set that founds an organization.
pub fn founding<'a>(
    workspaces: &[WorkspaceId],
    accounts: impl IntoIterator<Item = &'a SubAccountId>,
    assignments: impl IntoIterator<Item = Assignment>,
) -> ChangeSet {
    let mut changes: Vec<Change> = vec![Profile::new("Acme".parse().unwrap()).into()];
    changes.extend(workspaces.iter().map(|id| Workspace::new(*id, "W".parse().unwrap()).into()));
    changes.extend(accounts.into_iter().map(|id| SubAccount::member(*id).into()));
    changes.extend(assignments.into_iter().map(Change::from));
    ChangeSet { time: Timestamp::UNIX_EPOCH, changes, personal: Vec::new() }
}

impl Workload {
    pub fn new(size: Size) -> Self {
        Self::with(size, |_| {})
    }

    /// The same, and each tenant is shown as it is made.
    pub fn with(size: Size, mut see: impl FnMut(&Tenant)) -> Self {
        let mut random = Random(7);
        let catalog = catalog();
        let mut bare = Bare::empty();
        let mut snapshots = Vec::new();
        let mut tenants = Vec::new();
        for _ in 0..size.organizations {
            let tenant = tenant(&mut random, size.assignments / size.organizations);
            snapshots.push(Snapshot::compile(tenant.organization.clone(), &catalog));
            see(&tenant);
            for (pair, permissions) in tenant.pairs() {
                bare.insert(pair, permissions);
            }
            let Tenant { accounts, workspaces, made, .. } = tenant;
            tenants.push((accounts, workspaces, made));
        }
        let questions = (0..QUESTIONS)
            .map(|number| {
                let organization = random.below(tenants.len());
                let (accounts, workspaces, made) = &tenants[organization];
                let (account, workspace, role) = made[random.below(made.len())];
                let granted = ROLES[role].1;
                match number % 4 {
                    // Half of the questions are allowed ...
                    0 | 2 => Question {
                        organization,
                        sub_account: account,
                        workspace,
                        permission: random.one_of(granted),
                    },
                    // ... a quarter ask for more than the role grants ...
                    1 => Question {
                        organization,
                        sub_account: account,
                        workspace,
                        permission: random.one_of(Permission::all() - granted),
                    },
                    // ... and a quarter ask elsewhere.
                    _ => loop {
                        let sub_account = accounts[random.below(accounts.len())];
                        let workspace = workspaces[random.below(workspaces.len())];
                        if !bare.contains(pair(sub_account, workspace)) {
                            let permission = random.one_of(Permission::all());
                            break Question { organization, sub_account, workspace, permission };
                        }
                    },
                }
            })
            .collect();
        Self { snapshots, bare, questions }
    }

    /// The snapshots of a workload, with something else in place of each assignment.
    pub fn shaped(
        size: Size,
        shape: impl Fn(Assignment) -> Vec<Assignment>,
    ) -> Vec<Snapshot<Permission>> {
        let (mut random, catalog) = (Random(7), catalog());
        let each = size.assignments / size.organizations;
        let shaped = || shaped_tenant(&mut random, each, &shape).organization;
        repeat_with(shaped)
            .map(|organization| Snapshot::compile(organization, &catalog))
            .take(size.organizations)
            .collect()
    }

    /// The bare table's answer.
    pub fn bare(&self, question: &Question) -> bool {
        self.bare.allows(question)
    }

    /// The snapshot's answer.
    pub fn snapshot(&self, question: &Question) -> bool {
        self.snapshots[question.organization]
            .check(question.sub_account, question.permission, question.workspace)
            .is_allow()
    }

    /// Fails unless the two agree everywhere and half of the answers are allow.
    pub fn verify(&self) {
        let allowed = self.questions.iter().filter(|question| self.bare(question)).count();
        assert_eq!(allowed, QUESTIONS / 2, "half of the questions are to be allowed");
        for question in &self.questions {
            assert_eq!(self.snapshot(question), self.bare(question), "{question:?}");
        }
    }
}
