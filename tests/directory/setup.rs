//! A small application, and a store that meets faults on its way to the memory underneath.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenantry::model::record::{Checkpoint, Commit, Revision};
use tenantry::store::{MemoryStore, Records, Store, StoreError, Stored};
use tenantry::{Catalog, Directory, Founded, Login, OrganizationId, PersonalId, SystemRole};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 3;
    }
}

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");

pub(crate) fn catalog() -> Catalog<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role(AGENT, Permission::VIEW | Permission::REPLY)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
}

pub(crate) fn login(text: &str) -> Login {
    text.parse().unwrap()
}

pub(crate) fn acme(directory: &Directory<Permission>) -> Founded {
    directory.create_organization("Acme", &login("lin@acme.example")).unwrap()
}

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
pub(crate) struct Faulty {
    memory: MemoryStore,
    ahead: Arc<Mutex<VecDeque<Fault>>>,
}

impl Faulty {
    pub(crate) fn expect(&self, faults: impl IntoIterator<Item = Fault>) {
        self.ahead.lock().unwrap().extend(faults);
    }
}

impl Store for Faulty {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        self.memory.load(organization)
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        let fault = self.ahead.lock().unwrap().pop_front();
        match fault {
            None => self.memory.commit(commit),
            Some(Fault::Unavailable) => Err(StoreError::Unavailable("unplugged".into())),
            Some(Fault::LandedUnheard) => {
                self.memory.commit(commit)?;
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
        self.memory.records(organization, after, limit)
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.memory.revisions(organizations)
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.memory.checkpoint(checkpoint)
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        self.memory.archive(organization, through)
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.memory.organizations(after, limit)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.memory.organizations_of(login)
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.memory.erase(organization, personal)
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.memory.wait_for_change(timeout)
    }
}

pub(crate) fn json(directory: &Directory<Permission>, organization: OrganizationId) -> String {
    let snapshot = directory.snapshot(organization).unwrap();
    serde_json::to_string(snapshot.organization()).unwrap()
}
