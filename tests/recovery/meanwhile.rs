//! A store during whose answer something else happens: what was read is overtaken before it arrives.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenantry::model::record::{Checkpoint, Commit, Revision};
use tenantry::store::{FaultyStore, MemoryStore, Records, Store, StoreError, Stored};
use tenantry::{Login, OrganizationId, PersonalId};

type Deed = Box<dyn FnOnce() + Send>;

/// A store with faults, and what is to happen when revisions or records were read the next time.
pub(crate) struct Meanwhile {
    pub(crate) faulty: FaultyStore<MemoryStore>,
    deed: Mutex<Option<Deed>>,
}

impl Meanwhile {
    pub(crate) fn new() -> Arc<Self> {
        let faulty = FaultyStore::new(MemoryStore::new());
        Arc::new(Self { faulty, deed: Mutex::default() })
    }

    pub(crate) fn expect(&self, deed: impl FnOnce() + Send + 'static) {
        *self.deed.lock().unwrap() = Some(Box::new(deed));
    }

    /// From now on nothing happens any more.
    pub(crate) fn calm(&self) {
        self.faulty.clear();
        self.deed.lock().unwrap().take();
    }

    fn overtaken<T>(&self, read: T) -> T {
        let deed = self.deed.lock().unwrap().take();
        if let Some(deed) = deed {
            deed();
        }
        read
    }
}

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meanwhile").finish_non_exhaustive()
    }
}

impl Store for Meanwhile {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        self.faulty.load(organization)
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        self.faulty.commit(commit)
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        self.overtaken(self.faulty.records(organization, after, limit))
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.overtaken(self.faulty.revisions(organizations))
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.faulty.checkpoint(checkpoint)
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        self.faulty.archive(organization, through)
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.faulty.organizations(after, limit)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.faulty.organizations_of(login)
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.faulty.erase(organization, personal)
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.faulty.wait_for_change(timeout)
    }
}
