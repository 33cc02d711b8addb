//! A store that counts what it is asked, and fails when it is told to.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tenantry::Login;
use tenantry::id::{CommitId, OrganizationId, PersonalId};
use tenantry::model::record::{Checkpoint, Commit, Expected, Revision};
use tenantry::store::{MemoryStore, Records, Store, StoreError, Stored};

/// Its own counters are the standard library's: they are no steps. That an answer is on its way is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    inner: MemoryStore,
    loads: AtomicUsize,
    fails: AtomicBool,
    panics: AtomicBool,
    way: shuttle::sync::atomic::AtomicBool,
}

impl Watched {
    /// The next load fails.
    pub(crate) fn fail_once(&self) {
        self.0.fails.store(true, Ordering::SeqCst);
    }

    /// Keeps something that no release can read as the next revision of `revision`.
    pub(crate) fn damage(&self, organization: OrganizationId, revision: Revision) {
        let commit = Commit {
            organization,
            expected: Expected::At(revision),
            id: CommitId::from_u128(1),
            record: (*b"damaged").into(),
            personal: Vec::new(),
            erase: Vec::new(),
        };
        self.commit(&commit).unwrap();
    }

    /// The next load panics.
    pub(crate) fn panic_once(&self) {
        self.0.panics.store(true, Ordering::SeqCst);
    }

    pub(crate) fn loads(&self) -> usize {
        self.0.loads.load(Ordering::SeqCst)
    }

    /// Counts from nothing.
    pub(crate) fn forget(&self) {
        self.0.loads.store(0, Ordering::SeqCst);
    }

    /// While it is on its way, it may be the turn of others.
    fn answer<T>(&self, answer: T) -> T {
        self.0.way.load(Ordering::SeqCst);
        answer
    }

    pub(crate) fn newest(&self, organization: OrganizationId) -> Option<Revision> {
        self.revisions(&[organization]).unwrap().into_iter().next().flatten()
    }
}

impl Store for Watched {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        self.0.loads.fetch_add(1, Ordering::SeqCst);
        let loaded = self.answer(self.0.inner.load(organization));
        if self.0.panics.swap(false, Ordering::SeqCst) {
            // Without the hook, which would write a schedule out each time.
            resume_unwind(Box::new("the backend panics"));
        }
        if self.0.fails.swap(false, Ordering::SeqCst) {
            return Err(StoreError::Unavailable("unplugged".into()));
        }
        loaded
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        self.answer(self.0.inner.commit(commit))
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        self.answer(self.0.inner.records(organization, after, limit))
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.answer(self.0.inner.revisions(organizations))
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.answer(self.0.inner.checkpoint(checkpoint))
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        self.0.inner.archive(organization, through)
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.0.inner.organizations(after, limit)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.answer(self.0.inner.organizations_of(login))
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.0.inner.erase(organization, personal)
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.0.inner.wait_for_change(timeout)
    }
}
