//! A store that tells another process what is asked of it, before it does it, and what came of it, afterwards.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenantry::model::record::{Checkpoint, Commit, Login, Revision};
use tenantry::store::{Records, Store, StoreError, Stored};
use tenantry::{OrganizationId, PersonalId};

use crate::call::Call;

/// What a process says of itself, one thing a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Said {
    /// The store is open.
    Opened,
    /// The store could not be opened.
    NotOpened(Kind),
    /// A call is about to be made.
    Makes(Call),
    /// It was answered: whatever it was to do is done.
    Answered,
    /// It was not.
    Failed(Kind),
    /// Something could not be read.
    NotRead(Kind),
    /// The members with these numbers are in an organization, as far as the caller knows.
    Joined(OrganizationId, Vec<u32>),
    /// What can be read.
    Sees(serde_json::Value),
    /// The store is about to be closed.
    Closes,
    /// It came to the end of what it had to do.
    Ended,
}

/// Which error a store gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Kind {
    Conflict,
    Archived,
    Unavailable,
    OutcomeUnknown,
    CommitIdReused,
    Corrupt,
    IncompatibleFormat,
    TooLarge,
    Backend,
    Another,
}

impl Kind {
    pub(crate) const fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::Conflict,
            StoreError::Archived { .. } => Self::Archived,
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::OutcomeUnknown(_) => Self::OutcomeUnknown,
            StoreError::CommitIdReused => Self::CommitIdReused,
            StoreError::Corrupt(_) => Self::Corrupt,
            StoreError::IncompatibleFormat { .. } => Self::IncompatibleFormat,
            StoreError::TooLarge { .. } => Self::TooLarge,
            StoreError::Backend(_) => Self::Backend,
            _ => Self::Another,
        }
    }
}

/// Where a process says things: a file that outlives it. Every line is one write, unbuffered.
#[derive(Debug, Clone)]
pub(crate) struct Voice(Arc<File>);

impl Voice {
    pub(crate) fn new(path: &Path) -> Self {
        Self(Arc::new(File::options().append(true).create(true).open(path).unwrap()))
    }

    pub(crate) fn say(&self, said: &Said) {
        let mut line = serde_json::to_vec(said).unwrap();
        line.push(b'\n');
        let mut file = &*self.0;
        file.write_all(&line).unwrap();
    }
}

/// The store.
#[derive(Debug)]
pub(crate) struct Telling<S> {
    store: S,
    voice: Voice,
}

impl<S: Store> Telling<S> {
    pub(crate) const fn new(store: S, voice: Voice) -> Self {
        Self { store, voice }
    }

    fn write<T>(
        &self,
        call: Call,
        make: impl FnOnce(&S) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.voice.say(&Said::Makes(call));
        let made = make(&self.store);
        self.voice.say(&match &made {
            Ok(_) => Said::Answered,
            Err(error) => Said::Failed(Kind::of(error)),
        });
        made
    }

    fn read<T>(&self, read: impl FnOnce(&S) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let answer = read(&self.store);
        match &answer {
            Ok(_) | Err(StoreError::Archived { .. }) => {}
            Err(error) => self.voice.say(&Said::NotRead(Kind::of(error))),
        }
        answer
    }
}

impl<S: Store> Store for Telling<S> {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        self.read(|store| store.load(organization))
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        self.write(Call::commit(commit), |store| store.commit(commit))
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        self.read(|store| store.records(organization, after, limit))
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.read(|store| store.revisions(organizations))
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.write(Call::checkpoint(checkpoint), |store| store.checkpoint(checkpoint))
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        let call = Call::Archive { organization, through };
        self.write(call, |store| store.archive(organization, through))
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.read(|store| store.organizations(after, limit))
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.read(|store| store.organizations_of(login))
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        let call = Call::Erase { organization, personal: personal.to_vec() };
        self.write(call, |store| store.erase(organization, personal))
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.store.wait_for_change(timeout)
    }
}
