//! The store in memory: the reference for what a backend does, and enough for tests and for services that need no
//! durability.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::id::{CommitId, OrganizationId, PersonalId};
use crate::model::record::{
    Checkpoint, Commit, Expected, Login, PersonalRow, Purpose, Record, Revision,
};
use crate::store::{Records, Store, StoreError, Stored};

/// Keeps everything in memory, for as long as the process lives. Clones share what they keep.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    logs: Mutex<BTreeMap<OrganizationId, Log>>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Log {
    /// All records; the one at position n made revision n + 1.
    records: Vec<Record>,
    commits: BTreeMap<CommitId, Revision>,
    personal: BTreeMap<PersonalId, PersonalRow>,
    checkpoint: Option<Checkpoint>,
}

impl MemoryStore {
    /// The most bytes of one commit's record: 64 MiB.
    pub const RECORD_LIMIT: usize = 64 << 20;

    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere while the lock was held leaves nothing half done: every change is a few insertions into maps
    /// that were checked before.
    fn logs(&self) -> MutexGuard<'_, BTreeMap<OrganizationId, Log>> {
        self.shared.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn revision(&self) -> Option<Revision> {
        self.records.last().map(|record| record.revision)
    }

    fn after(&self, after: Option<Revision>, limit: usize) -> Records {
        let records: Vec<_> = self
            .records
            .iter()
            .skip_while(|record| after.is_some_and(|after| record.revision <= after))
            .take(limit)
            .cloned()
            .collect();
        let personal =
            if records.is_empty() { Vec::new() } else { self.personal.values().cloned().collect() };
        Records { records, personal }
    }
}

impl Store for MemoryStore {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        Ok(self.logs().get(&organization).map(|log| {
            let checkpoint = log.checkpoint.clone();
            let after = checkpoint.as_ref().map(|checkpoint| checkpoint.revision);
            let mut tail = log.after(after, usize::MAX);
            tail.personal = log.personal.values().cloned().collect();
            Stored { checkpoint, tail }
        }))
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        let bytes = commit.record.len();
        if bytes > Self::RECORD_LIMIT {
            return Err(StoreError::TooLarge { bytes, limit: Self::RECORD_LIMIT });
        }
        let mut logs = self.logs();
        let actual = logs.get(&commit.organization).and_then(Log::revision);
        if let Some(log) = logs.get(&commit.organization)
            && let Some(landed) = log.commits.get(&commit.id)
        {
            let same = log
                .records
                .iter()
                .any(|record| record.revision == *landed && record.bytes == commit.record);
            return if same { Ok(*landed) } else { Err(StoreError::CommitIdReused) };
        }
        let expected = match commit.expected {
            Expected::Absent => None,
            Expected::At(revision) => Some(revision),
        };
        if expected != actual {
            return Err(StoreError::Conflict { actual });
        }
        let revision = commit.expected.makes();
        let log = logs.entry(commit.organization).or_default();
        log.records.push(Record { revision, bytes: Arc::clone(&commit.record) });
        log.commits.insert(commit.id, revision);
        log.personal.extend(commit.personal.iter().map(|row| (row.id(), row.clone())));
        drop(logs);
        self.shared.changed.notify_all();
        Ok(revision)
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        let logs = self.logs();
        Ok(logs
            .get(&organization)
            .map_or_else(Records::default, |log| log.after(Some(after), limit)))
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        let logs = self.logs();
        Ok(organizations.iter().map(|id| logs.get(id).and_then(Log::revision)).collect())
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let mut logs = self.logs();
        let log = logs.get_mut(&checkpoint.organization);
        let actual = log.as_deref().and_then(Log::revision);
        match log {
            Some(log) if actual >= Some(checkpoint.revision) => {
                let newest = log.checkpoint.as_ref().map(|newest| newest.revision);
                if newest < Some(checkpoint.revision) {
                    log.checkpoint = Some(checkpoint.clone());
                }
                Ok(())
            }
            _ => Err(StoreError::Conflict { actual }),
        }
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        let first = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self.logs().range((first, Bound::Unbounded)).map(|(id, _)| *id).take(limit).collect())
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        let has_login = |log: &Log| {
            log.personal
                .values()
                .any(|row| row.purpose() == Purpose::Login && row.value() == login.as_str())
        };
        Ok(self.logs().iter().filter(|(_, log)| has_login(log)).map(|(id, _)| *id).collect())
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        let personal: BTreeSet<_> = personal.iter().collect();
        if let Some(log) = self.logs().get_mut(&organization) {
            log.personal.retain(|id, _| !personal.contains(id));
        }
        Ok(())
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        let logs = self.logs();
        let waited = self.shared.changed.wait_timeout(logs, timeout);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}
