//! A store that is watched, blocked, unplugged, exchanged, or meets faults while a directory works on it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenantry::model::record::{Checkpoint, Commit, Revision};
use tenantry::store::{MemoryStore, Records, Store, StoreError, Stored};
use tenantry::{Clock, Login, OrganizationId, PersonalId, Timestamp};

/// What a commit meets on its way to the memory underneath.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing is written.
    Unavailable,
    /// It is written, but nobody hears of it.
    LandedUnheard,
    /// It is not written, and nobody knows.
    LostUnheard,
    /// The backend's code panics before it writes.
    Panic,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Watched(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    inner: Mutex<MemoryStore>,
    is_down: AtomicBool,
    panics: AtomicBool,
    /// The most bytes of a record; none if there is no limit.
    limit: Mutex<Option<usize>>,
    /// What happens once the next question for revisions has its answer, and before that is heard.
    meanwhile: Mutex<Option<Meanwhile>>,
    /// What the next commits meet.
    ahead: Mutex<VecDeque<Fault>>,
    /// Loads wait for whoever holds it.
    gate: Mutex<()>,
    loads: AtomicUsize,
    polls: AtomicUsize,
    commits: AtomicUsize,
    checkpoints: AtomicUsize,
}

/// Something that somebody else does.
struct Meanwhile(Box<dyn FnOnce() + Send>);

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl Watched {
    pub(crate) fn over(inner: MemoryStore) -> Self {
        let watched = Self::default();
        watched.exchange(inner);
        watched
    }

    /// Puts another store in place of the one underneath.
    pub(crate) fn exchange(&self, inner: MemoryStore) {
        *self.0.inner.lock().unwrap() = inner;
    }

    pub(crate) fn unplug(&self) {
        self.0.is_down.store(true, Ordering::SeqCst);
    }

    pub(crate) fn plug_in(&self) {
        self.0.is_down.store(false, Ordering::SeqCst);
    }

    /// Takes no larger record from now on.
    pub(crate) fn limit(&self, bytes: usize) {
        *self.0.limit.lock().unwrap() = Some(bytes);
    }

    /// The next commits meet these, one each.
    pub(crate) fn expect(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.ahead.lock().unwrap().extend(faults);
    }

    /// The next load panics.
    pub(crate) fn panic_once(&self) {
        self.0.panics.store(true, Ordering::SeqCst);
    }

    /// Does this while the next answer about revisions is on its way.
    pub(crate) fn meanwhile(&self, act: impl FnOnce() + Send + 'static) {
        *self.0.meanwhile.lock().unwrap() = Some(Meanwhile(Box::new(act)));
    }

    /// Lets no load pass while this runs.
    pub(crate) fn blocked<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        let _gate = self.0.gate.lock().unwrap();
        meanwhile()
    }

    pub(crate) fn loads(&self) -> usize {
        self.0.loads.load(Ordering::SeqCst)
    }

    pub(crate) fn polls(&self) -> usize {
        self.0.polls.load(Ordering::SeqCst)
    }

    pub(crate) fn commits(&self) -> usize {
        self.0.commits.load(Ordering::SeqCst)
    }

    pub(crate) fn checkpoints(&self) -> usize {
        self.0.checkpoints.load(Ordering::SeqCst)
    }

    fn inner(&self) -> Result<MemoryStore, StoreError> {
        if self.0.is_down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("unplugged".into()));
        }
        Ok(self.0.inner.lock().unwrap().clone())
    }
}

impl Store for Watched {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        self.0.loads.fetch_add(1, Ordering::SeqCst);
        let passed = self.0.gate.lock();
        drop(passed);
        assert!(!self.0.panics.swap(false, Ordering::SeqCst), "the backend panics");
        self.inner()?.load(organization)
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        self.0.commits.fetch_add(1, Ordering::SeqCst);
        let bytes = commit.record.len();
        if let Some(limit) = self.0.limit.lock().unwrap().filter(|limit| bytes > *limit) {
            return Err(StoreError::TooLarge { bytes, limit });
        }
        let fault = self.0.ahead.lock().unwrap().pop_front();
        let inner = self.inner()?;
        match fault {
            None => inner.commit(commit),
            Some(Fault::Unavailable) => Err(StoreError::Unavailable("unplugged".into())),
            Some(Fault::LandedUnheard) => {
                inner.commit(commit)?;
                Err(StoreError::OutcomeUnknown("connection lost".into()))
            }
            Some(Fault::LostUnheard) => Err(StoreError::OutcomeUnknown("connection lost".into())),
            Some(Fault::Panic) => panic!("the backend panics"),
        }
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        self.inner()?.records(organization, after, limit)
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.0.polls.fetch_add(1, Ordering::SeqCst);
        let answer = self.inner()?.revisions(organizations);
        let meanwhile = self.0.meanwhile.lock().unwrap().take();
        if let Some(Meanwhile(act)) = meanwhile {
            act();
        }
        answer
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.0.checkpoints.fetch_add(1, Ordering::SeqCst);
        self.inner()?.checkpoint(checkpoint)
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        self.inner()?.archive(organization, through)
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.inner()?.organizations(after, limit)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.inner()?.organizations_of(login)
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.inner()?.erase(organization, personal)
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.inner()?.wait_for_change(timeout)
    }
}

/// A clock whose time since its start is set by hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stopwatch(Arc<Mutex<Duration>>);

impl Stopwatch {
    pub(crate) fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for Stopwatch {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}
