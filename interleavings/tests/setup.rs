//! A small application, and the schedules that its threads are run through.

use std::env;
use std::fmt::Debug;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use shuttle::scheduler::{PctScheduler, RandomScheduler, ReplayScheduler, Scheduler};
use shuttle::{Config, Runner, thread};

use crate::watched::Watched;
use tenantry::Timestamp;
use tenantry::access::{Decision, Snapshot};
use tenantry::catalog::Catalog;
use tenantry::clock::Clock;
use tenantry::directory::{Administration, Directory};
use tenantry::governance::{Action, NewAssignment};
use tenantry::id::{AssignmentId, OrganizationId, SubAccountId};
use tenantry::model::record::Revision;
use tenantry::model::{Login, Scope, SystemRole};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u8 {
        const LEFT = 1 << 0;
        const RIGHT = 1 << 1;
        const ADMINISTER = 1 << 2;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const LEFT: SystemRole = SystemRole::new("left");
const RIGHT: SystemRole = SystemRole::new("right");

/// How many schedules of each kind a test goes through, unless `TENANTRY_SCHEDULES` says otherwise.
const SCHEDULES: usize = 1_000;

/// The schedules are the same in every run, unless `SHUTTLE_RANDOM_SEED` says otherwise.
const SEED: u64 = 0x7e4a_47e9;

/// How often the turn is taken from whoever has it, in schedules with few changes.
const CHANGES: usize = 3;

static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
    let builder = Catalog::builder().role(OWNER, Permission::all());
    let builder = builder.role(LEFT, Permission::LEFT).role(RIGHT, Permission::RIGHT);
    builder.owner(OWNER).administration(Permission::ADMINISTER).build().unwrap()
});

/// Runs a story through many schedules, or through the one that `TENANTRY_REPLAY` holds.
pub(crate) fn explore(story: impl Fn() + Send + Sync + 'static) {
    let story = Arc::new(story);
    if let Ok(schedule) = env::var("TENANTRY_REPLAY") {
        return run(ReplayScheduler::new_from_encoded(&schedule), &story);
    }
    let count = env::var("TENANTRY_SCHEDULES").map_or(SCHEDULES, |count| count.parse().unwrap());
    run(RandomScheduler::new_from_seed(SEED, count), &story);
    run(PctScheduler::new_from_seed(SEED, CHANGES, count), &story);
}

fn run(scheduler: impl Scheduler + 'static, story: &Arc<impl Fn() + Send + Sync + 'static>) {
    let mut config = Config::new();
    config.stack_size = 1 << 20;
    // That it takes every atomic for sequentially consistent is said above.
    config.silence_warnings = true;
    let story = Arc::clone(story);
    Runner::new(scheduler, config).run(move || story());
}

/// Runs both at once.
pub(crate) fn at_once<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap(), other)
    })
}

pub(crate) fn login(text: &str) -> Login {
    text.parse().unwrap()
}

pub(crate) fn revision(number: u64) -> Revision {
    Revision::new(NonZeroU64::new(number).unwrap())
}

/// The assignment that wu has at a revision.
pub(crate) fn assignment(revision: u64) -> AssignmentId {
    AssignmentId::from_u128(revision.into())
}

fn over(store: &Watched, clock: &Ticking) -> Directory<Permission> {
    Directory::with_store(CATALOG.clone(), store.clone()).with_clock(clock.clone())
}

/// An organization in which wu has LEFT at every even revision and RIGHT at every odd one, but for the first. What is stored
/// is its second revision, and nothing is loaded.
pub(crate) struct House {
    pub(crate) store: Watched,
    pub(crate) clock: Ticking,
    pub(crate) directory: Directory<Permission>,
    pub(crate) organization: OrganizationId,
    pub(crate) wu: SubAccountId,
    /// Another organization, of the same size.
    pub(crate) other: OrganizationId,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|directory| directory)
    }

    /// With room for one organization at a time.
    pub(crate) fn cramped() -> Self {
        Self::with(|directory| directory.with_capacity(1))
    }

    pub(crate) fn with(
        furnish: impl FnOnce(Directory<Permission>) -> Directory<Permission>,
    ) -> Self {
        let (store, clock) = (Watched::default(), Ticking::default());
        let founding = over(&store, &clock);
        let found = |name| founding.create_organization(name, &login("lin")).unwrap().organization;
        let [organization, other] = ["one", "other"].map(found);
        let left = NewAssignment::of(LEFT, Scope::Organization).id(assignment(2));
        let host = founding.system("host").administer(organization);
        let wu = host.create_member_with(&login("wu"), [left]).unwrap();
        let directory = furnish(over(&store, &clock));
        store.forget();
        Self { store, clock, directory, organization, wu, other }
    }

    /// With the organization loaded.
    pub(crate) fn loaded(self) -> Self {
        self.directory.snapshot(self.organization).unwrap();
        self
    }

    /// Another directory over the same store, with nothing loaded.
    pub(crate) fn elsewhere(&self) -> Directory<Permission> {
        over(&self.store, &self.clock)
    }

    pub(crate) fn host(&self) -> Administration<'_, Permission> {
        self.directory.system("host").administer(self.organization)
    }

    /// What makes the next revision of `from`: wu gets the one and loses the other.
    pub(crate) fn swap(&self, from: u64) -> [Action; 2] {
        let role = if from.is_multiple_of(2) { RIGHT } else { LEFT };
        let next = NewAssignment::new(self.wu, role, Scope::Organization).id(assignment(from + 1));
        [Action::Revoke(assignment(from)), next.into()]
    }

    /// Makes the third revision in another directory: wu loses LEFT.
    pub(crate) fn revoke_in(&self, elsewhere: &Directory<Permission>) {
        let host = elsewhere.system("elsewhere").administer(self.organization);
        host.perform(self.swap(2)).unwrap();
    }

    /// What wu hears in the directory.
    pub(crate) fn hears(&self, permission: Permission) -> Decision {
        self.directory.check(self.organization, self.wu, permission, self.organization)
    }

    /// Whether wu is as a revision has it.
    pub(crate) fn assert_whole(&self, snapshot: &Snapshot<Permission>) {
        let held = snapshot.subject(self.wu).permissions(self.organization);
        let number = snapshot.revision().number();
        let expected = if number.is_multiple_of(2) { Permission::LEFT } else { Permission::RIGHT };
        assert_eq!(held, expected, "at revision {number}");
    }
}

/// A clock of which no two looks show the same, so that ids come in the order in which they were drawn: sweeps go by ids, and
/// a schedule can be repeated only if they always go the same way. The time since its start is set by hand, and looking at it
/// is a step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ticking(Arc<Times>);

#[derive(Debug, Default)]
struct Times {
    milliseconds: AtomicI64,
    seconds: shuttle::sync::atomic::AtomicU64,
}

impl Ticking {
    pub(crate) fn set(&self, seconds: u64) {
        self.0.seconds.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.0.seconds.load(Ordering::SeqCst)
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let ticks = self.0.milliseconds.fetch_add(1, Ordering::SeqCst);
        Timestamp::from_millisecond(1_800_000_000_000 + ticks).unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.seconds())
    }
}

/// Watches one thing over time, as one reader does: it may grow and stay, and never go back.
pub(crate) struct Never<T>(Option<T>);

impl<T: PartialOrd + Copy + Debug> Never<T> {
    pub(crate) const fn back() -> Self {
        Self(None)
    }

    pub(crate) fn sees(&mut self, now: T) {
        if let Some(before) = self.0 {
            assert!(before <= now, "it went back from {before:?} to {now:?}");
        }
        self.0 = Some(now);
    }
}
