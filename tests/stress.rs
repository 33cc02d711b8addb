//! Stress: two directories over one store, as two processes have them, with more readers and writers than there are cores, and
//! with less room than the organizations need.
//!
//! Without a variable it does a fixed amount of work. For a longer run:
//!
//! ```sh
//! TENANTRY_STRESS_SECONDS=60 cargo test --release --test stress
//! ```
//!
//! Everything that is exchanged is exchanged in one commit: of two things exactly one is there at every revision. A reader
//! that finds both, or neither, has seen a mixture of two.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::io::{Write, stderr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, thread};

use tenantry::access::Query;
use tenantry::directory::Consistency;
use tenantry::model::WorkspaceStatus;
use tenantry::model::record::Revision;
use tenantry::store::MemoryStore;
use tenantry::{
    Action, Administration, AssignmentId, Catalog, Context, CreatedOrganization, Decision,
    Directory, Login, NewAssignment, NewRole, PermissionNames, Reason, RoleId, Scope, Snapshot,
    SubAccountId, SystemRole, WorkspaceId,
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u8 {
        const VIEW = 1 << 0;
        const LEFT = 1 << 1;
        const RIGHT = 1 << 2;
        const UP = 1 << 3;
        const DOWN = 1 << 4;
        const ADMINISTER = 1 << 5;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const VIEWER: SystemRole = SystemRole::new("viewer");
const LEFT: SystemRole = SystemRole::new("left");
const RIGHT: SystemRole = SystemRole::new("right");

const ORGANIZATIONS: usize = 6;
/// So many of them fit into a directory.
const ROOM: usize = 3;
const WRITERS: usize = 4;
const READERS: usize = 4;
/// What each writer commits and each reader looks at, at least, if no time is set.
const COMMITS: u64 = 150;
const LOOKS: u64 = 3_000;

/// What is done again and again to one organization.
#[derive(Debug, Clone, Copy)]
enum Exchange {
    /// One of two roles for the other.
    Roles,
    /// What a custom role holds.
    Edit,
    /// Into which of two workspaces what is given above flows.
    Masks,
    /// Which of two workspaces is archived.
    Archives,
    /// Something is given, and taken away again.
    Grant,
}

const EXCHANGES: [Exchange; 5] =
    [Exchange::Roles, Exchange::Edit, Exchange::Masks, Exchange::Archives, Exchange::Grant];

struct House {
    founded: CreatedOrganization,
    /// Has one of two roles.
    wu: SubAccountId,
    /// Has the custom role, which holds UP or DOWN.
    bo: SubAccountId,
    role: RoleId,
    /// Views the organization, and so one of the two workspaces that are masked in turn, and one of the others.
    mo: SubAccountId,
    masked: [WorkspaceId; 2],
    archived: [WorkspaceId; 2],
    /// Is given VIEW and loses it.
    ye: SubAccountId,
    /// How often each exchange was made. Whoever makes it holds it; different ones meet at the store.
    turns: [Mutex<u64>; EXCHANGES.len()],
    /// The revision from which on ye has nothing, times two, plus the number of the directory that it was committed in. None
    /// while it may have something.
    gone: AtomicU64,
    /// How many commits were acknowledged.
    commits: AtomicU64,
}

struct Street {
    directories: [Directory<Permission>; 2],
    houses: Vec<House>,
    store: MemoryStore,
    /// When to stop; without it after a fixed amount of work.
    until: Option<Instant>,
    /// Whether the writers are done.
    is_quiet: AtomicBool,
}

/// Numbers that look random: an xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 32).unwrap() % end
    }
}

fn catalog() -> Catalog<Permission> {
    let builder = Catalog::builder().role(OWNER, Permission::all()).role(VIEWER, Permission::VIEW);
    let builder = builder.role(LEFT, Permission::LEFT).role(RIGHT, Permission::RIGHT);
    builder.owner(OWNER).administration(Permission::ADMINISTER).build().unwrap()
}

/// The assignments that are exchanged are numbered, so that each turn knows the one before it.
fn numbered(exchange: Exchange, turn: u64) -> AssignmentId {
    AssignmentId::from_u128(u128::from(turn) << 8 | (exchange as u128 + 1))
}

impl House {
    fn new(directory: &Directory<Permission>, number: usize) -> Self {
        let login = |name: &str| format!("{name}{number}").parse::<Login>().unwrap();
        let founded = directory.create_organization("Acme", &login("lin")).unwrap();
        let host = directory.system("host").administer(founded.organization);
        let role = host.create_role(&NewRole::new("Custom", Permission::UP)).unwrap();
        let at_all = Scope::Organization;
        let left = NewAssignment::of(LEFT, at_all).id(numbered(Exchange::Roles, 0));
        let member =
            |name, assignments: Vec<_>| host.create_member_with(&login(name), assignments).unwrap();
        let house = Self {
            founded,
            wu: member("wu", vec![left]),
            bo: member("bo", vec![NewAssignment::of(role, at_all)]),
            role,
            mo: member("mo", vec![NewAssignment::of(VIEWER, at_all)]),
            masked: ["East", "West"].map(|name| host.create_workspace(name).unwrap()),
            archived: ["North", "South"].map(|name| host.create_workspace(name).unwrap()),
            ye: member("ye", vec![]),
            turns: Default::default(),
            gone: AtomicU64::new(0),
            commits: AtomicU64::new(0),
        };
        // The second of each two is shut at turn 0.
        let shut = [
            Action::SetInheritance(house.masked[1].into(), PermissionNames::default()),
            Action::SetWorkspaceStatus(house.archived[1], WorkspaceStatus::Archived),
        ];
        let made = host.perform(shut).unwrap();
        house.commits.store(made.revision().number(), Ordering::SeqCst);
        house
    }

    /// Makes the next turn of an exchange.
    fn exchange(&self, street: &Street, exchange: Exchange, dice: &mut Dice) {
        let mut turn = self.turns[exchange as usize].lock().unwrap_or_else(PoisonError::into_inner);
        let number = dice.below(2);
        let directory = &street.directories[number];
        let CreatedOrganization { organization, owner } = self.founded;
        let admin = if dice.below(2) == 0 {
            directory.system("host").administer(organization)
        } else {
            directory.administer(organization, owner, &Context::new())
        };
        // The turn before may have been made in the other one, and a draft starts from what is known here.
        directory.refresh(organization).unwrap();
        if matches!(exchange, Exchange::Grant) {
            self.gone.store(0, Ordering::SeqCst);
        }
        let made = self.commit(&admin, exchange, *turn);
        assert_eq!(self.fault(&made), None, "in what was just committed");
        if matches!(exchange, Exchange::Grant) && *turn % 2 == 1 {
            let mark = made.revision().number() * 2 + u64::try_from(number).unwrap();
            self.gone.store(mark, Ordering::SeqCst);
        }
        self.commits.fetch_add(1, Ordering::SeqCst);
        *turn += 1;
    }

    fn commit(
        &self,
        admin: &Administration<'_, Permission>,
        exchange: Exchange,
        turn: u64,
    ) -> Snapshot<Permission> {
        let is_even = turn.is_multiple_of(2);
        let (opened, shut) = if is_even { (1, 0) } else { (0, 1) };
        let actions = match exchange {
            Exchange::Roles => {
                let role = if is_even { RIGHT } else { LEFT };
                let next = NewAssignment::new(self.wu, role, Scope::Organization);
                let next = next.id(numbered(exchange, turn + 1));
                vec![Action::Revoke(numbered(exchange, turn)), next.into()]
            }
            Exchange::Edit => {
                let held = if is_even { Permission::DOWN } else { Permission::UP };
                let role = admin.role(self.role, &NewRole::new("Custom", held)).unwrap();
                vec![Action::ReplaceRole(role)]
            }
            Exchange::Masks => vec![
                Action::SetInheritance(self.masked[opened].into(), PermissionNames::Full),
                Action::SetInheritance(self.masked[shut].into(), PermissionNames::default()),
            ],
            Exchange::Archives => vec![
                Action::SetWorkspaceStatus(self.archived[opened], WorkspaceStatus::Active),
                Action::SetWorkspaceStatus(self.archived[shut], WorkspaceStatus::Archived),
            ],
            Exchange::Grant if is_even => {
                let given = NewAssignment::new(self.ye, VIEWER, Scope::Organization);
                vec![given.id(numbered(exchange, turn + 1)).into()]
            }
            Exchange::Grant => vec![Action::Revoke(numbered(exchange, turn))],
        };
        admin.perform(actions).unwrap()
    }

    /// Pairs of questions, of which each has exactly one allowed.
    fn questions(&self) -> [Query<Permission>; 8] {
        let everywhere = self.founded.organization;
        let view = |workspace: WorkspaceId| Query::new(self.mo, Permission::VIEW, workspace);
        [
            Query::new(self.wu, Permission::LEFT, everywhere),
            Query::new(self.wu, Permission::RIGHT, everywhere),
            Query::new(self.bo, Permission::UP, everywhere),
            Query::new(self.bo, Permission::DOWN, everywhere),
            view(self.masked[0]),
            view(self.masked[1]),
            view(self.archived[0]),
            view(self.archived[1]),
        ]
    }

    /// A pair of answers that no revision gives.
    fn fault(&self, snapshot: &Snapshot<Permission>) -> Option<Vec<Decision>> {
        mixed(&snapshot.check_all(&self.questions()))
    }

    fn ye_views(&self, directory: &Directory<Permission>) -> Decision {
        let organization = self.founded.organization;
        directory.check(organization, self.ye, Permission::VIEW, organization)
    }

    /// Looks at everything once, as a reader who has seen `newest` here before.
    fn look(&self, street: &Street, number: usize, newest: &mut Revision, dice: &mut Dice) {
        let (directory, organization) = (&street.directories[number], self.founded.organization);
        let heard = directory.check_all(organization, &self.questions());
        if heard.iter().any(|it| it.reason() != Some(Reason::NotLoaded)) {
            assert_eq!(mixed(&heard), None, "a check saw two revisions");
        }
        let consistency = match dice.below(16) {
            0 => Consistency::Latest,
            1 => Consistency::AtLeast(*newest),
            _ => Consistency::Cached,
        };
        let snapshot = directory.snapshot_with(organization, consistency).unwrap();
        assert_eq!(self.fault(&snapshot), None, "at revision {}", snapshot.revision());
        assert!(*newest <= snapshot.revision(), "from {newest} back to {}", snapshot.revision());
        *newest = snapshot.revision();
        self.look_for_what_is_gone(directory, number);
    }

    fn look_for_what_is_gone(&self, directory: &Directory<Permission>, number: usize) {
        let gone = self.gone.load(Ordering::SeqCst);
        if gone == 0 {
            return;
        }
        let (revision, committed_in) = (gone / 2, usize::try_from(gone % 2).unwrap());
        let organization = self.founded.organization;
        let mut heard = Vec::new();
        // Where it was committed nobody has to ask for it.
        if committed_in == number {
            heard.push(self.ye_views(directory));
        }
        let at_least = Revision::new(revision.try_into().unwrap());
        let snapshot = directory.snapshot_with(organization, Consistency::AtLeast(at_least));
        heard.push(snapshot.unwrap().check(self.ye, Permission::VIEW, organization));
        heard.push(self.ye_views(directory));
        // Unless it is being given again.
        if self.gone.load(Ordering::SeqCst) == gone {
            assert!(!heard.iter().any(|it| it.is_allow()), "allowed after {revision}: {heard:?}");
        }
    }
}

fn mixed(heard: &[Decision]) -> Option<Vec<Decision>> {
    let is_one = |pair: &[Decision]| pair[0].is_allow() != pair[1].is_allow();
    (!heard.chunks(2).all(is_one)).then(|| heard.to_vec())
}

impl Street {
    fn new() -> Self {
        let store = MemoryStore::new();
        let founding = Directory::with_store(catalog(), store.clone());
        let houses: Vec<_> = (0..ORGANIZATIONS).map(|it| House::new(&founding, it)).collect();
        let nouns = |house: &House| {
            founding.snapshot(house.founded.organization).unwrap().organization().object_count()
        };
        let largest = houses.iter().map(nouns).max().unwrap();
        // An exchange adds a noun at times.
        let room = (largest + 1) * ROOM;
        let directories =
            [(); 2].map(|()| Directory::with_store(catalog(), store.clone()).with_capacity(room));
        let seconds = env::var("TENANTRY_STRESS_SECONDS").ok().map(|it| it.parse().unwrap());
        let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        Self { directories, houses, store, until, is_quiet: AtomicBool::new(false) }
    }

    /// Whether whoever has done so much of `work` goes on.
    fn goes_on(&self, done: u64, work: u64) -> bool {
        self.until.map_or(done < work, |until| Instant::now() < until)
    }

    fn write(&self, dice: &mut Dice) {
        let mut done = 0;
        while self.goes_on(done, COMMITS) {
            let house = &self.houses[dice.below(ORGANIZATIONS)];
            house.exchange(self, EXCHANGES[dice.below(EXCHANGES.len())], dice);
            done += 1;
        }
    }

    fn read(&self, dice: &mut Dice) -> u64 {
        let mut newest = [[Revision::FIRST; ORGANIZATIONS]; 2];
        let mut done = 0;
        while self.goes_on(done, LOOKS) || !self.is_quiet.load(Ordering::SeqCst) {
            let (number, which) = (dice.below(2), dice.below(ORGANIZATIONS));
            self.houses[which].look(self, number, &mut newest[number][which], dice);
            done += 1;
        }
        done
    }

    /// What a service does beside answering.
    fn maintain(&self, number: usize, dice: &mut Dice) -> u64 {
        let directory = &self.directories[number];
        let mut refreshed = 0;
        while !self.is_quiet.load(Ordering::SeqCst) {
            let done = directory.refresh_all().unwrap();
            assert_eq!(done.failed, 0);
            refreshed += u64::try_from(done.refreshed).unwrap();
            if dice.below(8) == 0 {
                let house = &self.houses[dice.below(ORGANIZATIONS)];
                directory.checkpoint(house.founded.organization).unwrap();
            }
        }
        refreshed
    }

    /// Everything is quiet: nothing was lost, and everybody has the same.
    fn compare(&self) {
        let [here, there] = &self.directories;
        let anew = Directory::with_store(catalog(), self.store.clone());
        for house in &self.houses {
            let organization = house.founded.organization;
            let stored = anew.snapshot(organization).unwrap();
            assert_eq!(stored.revision().number(), house.commits.load(Ordering::SeqCst));
            for directory in [here, there] {
                let seen = directory.refresh(organization).unwrap();
                assert_eq!(seen.organization(), stored.organization());
                assert!(directory.loaded() <= ROOM);
            }
        }
    }
}

#[test]
fn no_check_sees_two_revisions_or_what_is_gone() {
    let street = Street::new();
    let started = Instant::now();
    let (looks, refreshed) = thread::scope(|scope| {
        let street = &street;
        let dice =
            |role: u64, number: usize| Dice(role << 32 | (u64::try_from(number).unwrap() + 1));
        let writers: Vec<_> =
            (0..WRITERS).map(|it| scope.spawn(move || street.write(&mut dice(1, it)))).collect();
        let readers: Vec<_> =
            (0..READERS).map(|it| scope.spawn(move || street.read(&mut dice(2, it)))).collect();
        let tending: Vec<_> =
            (0..2).map(|it| scope.spawn(move || street.maintain(it, &mut dice(3, it)))).collect();
        let written: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        // Said before anything is unwrapped, so that whoever waits for it is not left waiting.
        street.is_quiet.store(true, Ordering::SeqCst);
        for it in written {
            it.unwrap();
        }
        let looks: u64 = readers.into_iter().map(|it| it.join().unwrap()).sum();
        let refreshed: u64 = tending.into_iter().map(|it| it.join().unwrap()).sum();
        (looks, refreshed)
    });
    street.compare();
    let commits: u64 = street.houses.iter().map(|it| it.commits.load(Ordering::SeqCst)).sum();
    let seconds = started.elapsed().as_secs_f32();
    // Past the harness, which would keep it to itself.
    let told = writeln!(
        stderr(),
        "stress: {commits} commits, {looks} looks and {refreshed} refreshes in {seconds:.1} s"
    );
    told.unwrap();
}
