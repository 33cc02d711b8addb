//! The world: a store with faults, directories on it, and after every step what must hold of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use tenantry::access::Decision;
use tenantry::clock::Clock;
use tenantry::directory::{Consistency, LoadError, Maintenance};
use tenantry::model::Organization;
use tenantry::model::record::Revision;
use tenantry::store::{Call, Store};
use tenantry::{
    Action, Catalog, Directory, Login, NewAssignment, OrganizationId, Reason, Scope, Snapshot,
    SubAccountId, SystemRole, Timestamp,
};

use crate::meanwhile::Meanwhile;
use crate::steps::{DIRECTORIES, Deed, Step, Story};
use crate::subject::{Outcome, Subject, earlier, picked};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u8 {
        const VIEW = 1 << 0;
        const ADMINISTER = 1 << 1;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const VIEWER: SystemRole = SystemRole::new("viewer");

pub(crate) fn catalog() -> Catalog<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role(VIEWER, Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
}

/// A clock that goes on by a millisecond whenever it is told to, so that ids come in the same order in every run.
#[derive(Debug, Default)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let past = self.0.load(Ordering::Relaxed);
        Timestamp::from_millisecond(1_700_000_000_000 + past).unwrap()
    }
}

pub(crate) struct World {
    clock: Arc<Ticking>,
    store: Arc<Meanwhile>,
    room: Vec<usize>,
    directories: Vec<Arc<Directory<Permission>>>,
    subjects: Vec<Subject>,
    lags: bool,
    names: u32,
    /// What the present step was given, and the least revision that it is to be.
    shown: Option<(Snapshot<Permission>, Option<Revision>)>,
}

impl World {
    pub(crate) fn new(story: &Story) -> Self {
        let mut world = Self {
            clock: Arc::default(),
            store: Meanwhile::new(),
            room: story.room.clone(),
            directories: Vec::new(),
            subjects: Vec::new(),
            lags: story.lags(),
            names: 0,
            shown: None,
        };
        world.directories = (0..DIRECTORIES).map(|at| world.open(world.room[at])).collect();
        world
    }

    fn open(&self, room: usize) -> Arc<Directory<Permission>> {
        let store = Arc::clone(&self.store);
        let directory = Directory::with_store(catalog(), store);
        Arc::new(directory.with_clock(Arc::clone(&self.clock)).with_capacity(room))
    }

    /// Takes one step, and asserts everything that must hold after each.
    pub(crate) fn take(&mut self, step: &Step) {
        self.clock.0.fetch_add(1, Ordering::Relaxed);
        for (call, fault) in &step.faults {
            self.store.faulty.script(*call, [*fault]);
        }
        let before = self.subjects.len();
        let at = (before > 0).then(|| step.organization % before);
        let overtaking = at.filter(|_| step.is_overtaken).map(|at| self.overtake(step, at));
        let outcome = match (&step.deed, at) {
            (Deed::Found, _) | (_, None) => self.found(step.directory),
            (deed, Some(at)) => self.act(step, deed, at),
        };
        self.store.calm();
        self.discover(before, outcome);
        for (number, subject) in self.subjects.iter_mut().enumerate() {
            let new = subject.truth.read(self.store.faulty.inner());
            if let Some((shown, least)) = self.shown.take_if(|_| at == Some(number)) {
                subject.truth.assert_is(shown.organization());
                assert!(Some(shown.revision()) >= least, "{:?} < {least:?}", shown.revision());
            }
            let is_it = at == Some(number);
            let (least, most) = match outcome {
                _ if number >= before => (1, 1),
                _ if !is_it || step.deed == Deed::Found => (0, 0),
                Outcome::Acknowledged => (1, 1),
                Outcome::Unknown => (0, 1),
                Outcome::Nothing => (0, 0),
            };
            let overtaking = overtaking.iter().filter(|_| is_it);
            let overtaking = overtaking.filter(|done| done.load(Ordering::Relaxed)).count();
            let new = new - overtaking;
            assert!((least..=most).contains(&new), "{new} records of {outcome:?}, {step:?}");
            if overtaking > 0 || outcome == Outcome::Acknowledged && new == 1 {
                subject.low[step.directory] = Some(subject.truth.revision());
            }
        }
        if outcome == Outcome::Unknown && !matches!(step.deed, Deed::Erase(_)) {
            assert!(step.may_stay_unknown(), "it was not sent again: {step:?}");
        }
        self.observe(step);
    }

    /// Has a workspace made by the same directory while it reads, and tells whether that was acknowledged.
    fn overtake(&self, step: &Step, at: usize) -> Arc<AtomicBool> {
        let directory = Arc::clone(&self.directories[step.directory]);
        let (id, done) = (self.subjects[at].truth.id, Arc::new(AtomicBool::new(false)));
        let tell = Arc::clone(&done);
        self.store.expect(move || {
            let made = directory.system("story").administer(id).create_workspace("Meanwhile");
            // What else may come of it is told by the steps in which it is what is done.
            assert!(Outcome::of(&made) != Outcome::Unknown, "{made:?}");
            tell.store(made.is_ok(), Ordering::Relaxed);
        });
        done
    }

    /// What was founded is in the store, and nothing else is.
    fn discover(&mut self, before: usize, outcome: Outcome) {
        let all = self.store.faulty.inner().organizations(None, usize::MAX).unwrap();
        let known: Vec<OrganizationId> = self.subjects.iter().map(|it| it.truth.id).collect();
        for id in all.into_iter().filter(|id| !known.contains(id)) {
            assert_ne!(outcome, Outcome::Nothing, "what was not founded is in the store");
            self.subjects.push(Subject::new(id));
        }
        assert!(self.subjects.len() <= before + 1);
    }

    fn found(&mut self, directory: usize) -> Outcome {
        if self.subjects.len() == 3 {
            return Outcome::Nothing;
        }
        let login = self.login();
        let founded = self.directories[directory].create_organization("Acme", &login);
        if let Ok(founded) = &founded {
            let stored = self.store.faulty.inner().revisions(&[founded.organization]).unwrap();
            assert_eq!(stored, [Some(Revision::FIRST)]);
        }
        Outcome::of(&founded)
    }

    fn login(&mut self) -> Login {
        self.names += 1;
        format!("p{}@acme.example", self.names).parse().unwrap()
    }

    fn act(&mut self, step: &Step, deed: &Deed, at: usize) -> Outcome {
        let login = self.login();
        let (by, directory) = (step.directory, &self.directories[step.directory]);
        let subject = &mut self.subjects[at];
        let truth = &subject.truth;
        let (id, head) = (truth.id, truth.revision());
        let admin = directory.system("story").administer(id);
        // Not the founder: an organization without an owner is locked, and its story is over.
        let who = |pick| picked(truth.head().sub_accounts().keys().copied().skip(1), pick);
        let who = |pick| who(pick).unwrap_or(SubAccountId::from_u128(0));
        let scope = |pick: usize| {
            picked(truth.head().workspaces().keys().copied(), pick)
                .map_or(Scope::Organization, Scope::from)
        };
        let assignment =
            |pick: usize| picked(truth.head().assignments().keys().copied(), pick).unwrap();
        let is_lagging = |call| step.is_stale(call);
        let shown = &mut self.shown;
        let mut read = |read: Result<Snapshot<Permission>, LoadError>, least: Option<Revision>| {
            *shown = read.ok().map(|it| (it, least));
            Outcome::Nothing
        };
        // What asks the store and is answered has what the store has, unless the store lags.
        let lags = [Call::Revisions, Call::Records, Call::Load].into_iter().any(is_lagging);
        let newest = (!lags).then_some(head);
        match *deed {
            Deed::Found => Outcome::Nothing,
            Deed::CreateWorkspace => Outcome::of(&admin.create_workspace("W")),
            Deed::CreateMember(place) => {
                let viewer = NewAssignment::new(SubAccountId::from_u128(0), VIEWER, scope(place));
                Outcome::of(&admin.create_member_with(&login, [viewer]))
            }
            Deed::Assign(member, place) => {
                Outcome::of(&admin.assign(who(member), VIEWER, scope(place)))
            }
            Deed::Revoke(pick) => Outcome::of(&admin.revoke(assignment(pick))),
            Deed::Suspend(pick) => Outcome::of(&admin.suspend(who(pick))),
            Deed::Reinstate(pick) => Outcome::of(&admin.reinstate(who(pick))),
            Deed::ChangeLogin(pick) => {
                Outcome::of(&admin.perform([Action::SetLogin(who(pick), login)]))
            }
            Deed::Remove(pick) => Outcome::of(&admin.remove(who(pick), None)),
            Deed::Erase(pick) => subject.erase(directory, self.store.faulty.inner(), pick),
            Deed::Plan(pick) => {
                let planned = admin.plan([Action::Revoke(assignment(pick))]);
                subject.plan = planned.ok().map(|plan| (by, plan));
                Outcome::Nothing
            }
            Deed::CommitPlan => match subject.plan.take_if(|(planner, _)| *planner == by) {
                None => Outcome::Nothing,
                Some((_, plan)) => {
                    let on = plan.revision();
                    let done = directory.commit(plan);
                    assert!(done.is_err() || on == head, "only on the revision it was made on");
                    Outcome::of(&done)
                }
            },
            Deed::Cached => read(directory.snapshot(id), None),
            Deed::AtLeast(less) => {
                let wanted = earlier(head, less);
                let consistency = Consistency::AtLeast(wanted);
                read(directory.snapshot_with(id, consistency), Some(wanted))
            }
            Deed::Latest => read(directory.snapshot_with(id, Consistency::Latest), newest),
            Deed::Refresh => read(directory.refresh(id), newest),
            Deed::RefreshAll => {
                let done = directory.refresh_all();
                assert!(done.is_err() || self.lags || done.unwrap().failed <= step.faults.len());
                Outcome::Nothing
            }
            Deed::Tend => {
                let done = directory.maintain(Duration::ZERO);
                assert_eq!(done.map_or(0, |it| it.checkpoints), 0, "nothing is that large");
                Outcome::Nothing
            }
            Deed::Checkpoint => {
                if let Ok(made) = directory.checkpoint(id) {
                    assert!(made <= head);
                }
                Outcome::Nothing
            }
            Deed::Archive(less) => {
                subject.archive(directory, self.store.faulty.inner(), earlier(head, less))
            }
            Deed::Reopen => {
                self.directories[by] = self.open(self.room[by]);
                for subject in &mut self.subjects {
                    subject.low[by] = None;
                    subject.plan.take_if(|(planner, _)| *planner == by);
                }
                Outcome::Nothing
            }
        }
    }

    /// Looks at everything that every directory answers, without the store.
    fn observe(&mut self, step: &Step) {
        for (by, directory) in self.directories.iter().enumerate() {
            for subject in &mut self.subjects {
                let truth = &subject.truth;
                let asked = directory.check(
                    truth.id,
                    SubAccountId::from_u128(0),
                    Permission::VIEW,
                    truth.id,
                );
                if asked == Decision::Deny(Reason::Unavailable) {
                    assert!(self.lags, "it is unavailable though the store never went back");
                }
                let has_room = self.room[by] == usize::MAX;
                // A directory does not remember what it had and let go: a store that lags can give it something older.
                let may_go_back = by == step.directory
                    && step.is_stale(Call::Load)
                    && !(has_room && subject.was_loaded[by]);
                if may_go_back {
                    subject.low[by] = None;
                }
                subject.was_loaded[by] = asked != Decision::Deny(Reason::NotLoaded);
                let is_shut = asked == Decision::Deny(Reason::Unavailable);
                if !subject.was_loaded[by] || is_shut {
                    continue;
                }
                let shown = directory.snapshot(truth.id).unwrap();
                let revision = Some(shown.revision());
                assert!(revision >= subject.low[by], "{revision:?} after {:?}", subject.low[by]);
                if revision != subject.low[by] || by == step.directory {
                    truth.assert_is(shown.organization());
                    truth.assert_decides(directory, shown.revision());
                }
                subject.low[by] = revision;
            }
        }
    }

    /// Asserts that everything is as it should be once the faults are over.
    pub(crate) fn end(&self) {
        for subject in &self.subjects {
            subject.assert_whole(self.store.faulty.inner());
            for directory in &self.directories {
                let shown = directory.refresh(subject.truth.id).unwrap();
                assert_eq!(shown.revision(), subject.truth.revision());
                subject.truth.assert_is(shown.organization());
                subject.truth.assert_decides(directory, shown.revision());
            }
            let fresh = self.open(usize::MAX);
            let shown = fresh.snapshot(subject.truth.id).unwrap();
            subject.truth.assert_is(shown.organization());
            assert_eq!(logins(shown.organization()), logins(subject.truth.head()));
        }
        for directory in &self.directories {
            assert_eq!(directory.refresh_all().unwrap(), Maintenance::default());
        }
    }
}

/// Everybody's login, as far as it was not erased.
fn logins(organization: &Organization) -> Vec<Option<&str>> {
    let logins = organization.sub_accounts().values().filter_map(|it| it.login.as_ref());
    logins.map(|login| organization.personal(login)).collect()
}
