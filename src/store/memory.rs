//! The in-memory store: the reference for all backends, and enough for tests and for services that
//! need no durability.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::id::{CommitId, OrganizationId, PersonalId};
use crate::model::record::{
    Checkpoint, Commit, Digest, Expected, Login, PersonalRow, Purpose, Record, RecordBody, Revision,
};
use crate::store::error::StoreError;
use crate::store::{Records, Store, Stored};
use crate::sync::{Condvar, Mutex, MutexGuard};

/// Keeps everything in memory. Clones share their contents.
///
/// Calls take **O(log n)** time plus the size of the result;
/// [`organizations_of`](Store::organizations_of) scans every side row.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    contents: Mutex<Contents>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Contents {
    logs: BTreeMap<OrganizationId, OrganizationLog>,
    /// How many commits were made, by which a waiting reader recognizes a change.
    commits: u64,
}

/// The contents of one organization.
#[derive(Debug)]
struct OrganizationLog {
    revision: Revision,
    /// The records that are not archived, in order. The last one made the present revision.
    records: VecDeque<LogEntry>,
    /// The outcome of every commit id, also after its record was archived.
    commits: BTreeMap<CommitId, CommitOutcome>,
    personal: BTreeMap<PersonalId, PersonalRow>,
    checkpoint: Option<Checkpoint>,
}

#[derive(Debug)]
struct LogEntry {
    id: CommitId,
    record: Record,
    /// The side rows of the commit.
    personal: Vec<PersonalId>,
}

/// The revision that a commit made. It implies what the commit expected.
#[derive(Debug, Clone, Copy)]
struct CommitOutcome {
    revision: Revision,
    /// The digest of the record, if that was archived.
    archived: Option<Digest>,
}

impl MemoryStore {
    /// The most bytes of one commit's record: 64 MiB.
    pub const RECORD_LIMIT: usize = RecordBody::LIMIT;

    /// Returns an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the lock. Ignores that a thread panicked with it: every change is a few insertions
    /// into maps that were checked before, so nothing is half done.
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.shared.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn revision(&self, organization: OrganizationId) -> Option<Revision> {
        self.logs.get(&organization).map(|log| log.revision)
    }
}

impl OrganizationLog {
    fn new() -> Self {
        Self {
            revision: Revision::FIRST,
            records: VecDeque::new(),
            commits: BTreeMap::new(),
            personal: BTreeMap::new(),
            checkpoint: None,
        }
    }

    /// The last archived revision. `None` if no record was archived.
    fn archived(&self) -> Option<Revision> {
        let first =
            self.records.front().map_or(self.revision.next(), |entry| entry.record.revision);
        let last = std::num::NonZeroU64::new(first.number() - 1)?;
        Some(Revision::new(last))
    }

    fn after(&self, after: Option<Revision>) -> impl Iterator<Item = &LogEntry> {
        let is_later = move |entry: &LogEntry| Some(entry.record.revision) > after;
        let start = self.records.partition_point(|entry| !is_later(entry));
        self.records.range(start..)
    }

    fn append(&mut self, commit: &Commit) {
        let revision = commit.expected.makes();
        self.revision = revision;
        self.commits.insert(commit.id, CommitOutcome { revision, archived: None });
        self.records.push_back(LogEntry {
            id: commit.id,
            record: Record { revision, bytes: Arc::clone(&commit.record) },
            personal: commit.personal.iter().map(PersonalRow::id).collect(),
        });
        self.personal.extend(commit.personal.iter().map(|row| (row.id(), row.clone())));
        self.erase(&commit.erase);
    }

    fn erase(&mut self, personal: &[PersonalId]) {
        for id in personal {
            self.personal.remove(id);
        }
    }

    /// Whether `known` is the outcome of this same commit.
    fn is_same_commit(&self, known: CommitOutcome, commit: &Commit) -> bool {
        let record = || {
            let found = self.records.binary_search_by_key(&known.revision, |it| it.record.revision);
            found.ok().and_then(|position| self.records.get(position))
        };
        known.revision == commit.expected.makes()
            && match known.archived {
                Some(digest) => digest == Digest::of([&*commit.record]),
                None => record().is_some_and(|it| it.record.bytes == commit.record),
            }
    }
}

impl Store for MemoryStore {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        Ok(self.contents().logs.get(&organization).map(|log| {
            let checkpoint = log.checkpoint.clone();
            let after = checkpoint.as_ref().map(|checkpoint| checkpoint.revision);
            let records = log.after(after).map(|entry| entry.record.clone()).collect();
            let personal = log.personal.values().cloned().collect();
            Stored { checkpoint, tail: Records { records, personal } }
        }))
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        let bytes = commit.record.len();
        if bytes > Self::RECORD_LIMIT {
            return Err(StoreError::TooLarge { bytes, limit: Self::RECORD_LIMIT });
        }
        let revision = commit.expected.makes();
        let mut contents = self.contents();
        let log = contents.logs.get(&commit.organization);
        if let Some(log) = log
            && let Some(known) = log.commits.get(&commit.id)
        {
            let same = log.is_same_commit(*known, commit);
            return if same { Ok(revision) } else { Err(StoreError::CommitIdReused) };
        }
        let actual = log.map(|log| log.revision);
        let expected = match commit.expected {
            Expected::Absent => None,
            Expected::At(revision) => Some(revision),
        };
        if expected != actual {
            return Err(StoreError::Conflict { actual });
        }
        contents
            .logs
            .entry(commit.organization)
            .or_insert_with(OrganizationLog::new)
            .append(commit);
        contents.commits += 1;
        drop(contents);
        self.shared.changed.notify_all();
        Ok(revision)
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        let contents = self.contents();
        let Some(log) = contents.logs.get(&organization) else { return Ok(Records::default()) };
        if let Some(through) = log.archived()
            && after < through
        {
            return Err(StoreError::Archived { through });
        }
        let mut page = Records::default();
        for entry in log.after(Some(after)).take(limit) {
            page.records.push(entry.record.clone());
            page.personal
                .extend(entry.personal.iter().filter_map(|id| log.personal.get(id)).cloned());
        }
        Ok(page)
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        let contents = self.contents();
        Ok(organizations.iter().map(|id| contents.revision(*id)).collect())
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let mut contents = self.contents();
        let actual = contents.revision(checkpoint.organization);
        match contents.logs.get_mut(&checkpoint.organization) {
            Some(log) if log.revision >= checkpoint.revision => {
                let newest = log.checkpoint.as_ref().map(|newest| newest.revision);
                if newest <= Some(checkpoint.revision) {
                    log.checkpoint = Some(checkpoint.clone());
                }
                Ok(())
            }
            _ => Err(StoreError::Conflict { actual }),
        }
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        let mut contents = self.contents();
        let actual = contents.revision(organization);
        match contents.logs.get_mut(&organization) {
            Some(log) if log.checkpoint.as_ref().is_some_and(|it| it.revision >= through) => {
                let dropped = log.records.partition_point(|entry| entry.record.revision <= through);
                for LogEntry { id, record, .. } in log.records.drain(..dropped) {
                    if let Some(known) = log.commits.get_mut(&id) {
                        known.archived = Some(Digest::of([&*record.bytes]));
                    }
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
        let contents = self.contents();
        Ok(contents.logs.range((first, Bound::Unbounded)).map(|(id, _)| *id).take(limit).collect())
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        let is_login =
            |row: &PersonalRow| row.purpose() == Purpose::Login && row.value() == login.as_str();
        let contents = self.contents();
        let having = contents.logs.iter().filter(|(_, log)| log.personal.values().any(is_login));
        Ok(having.map(|(id, _)| *id).collect())
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        if let Some(log) = self.contents().logs.get_mut(&organization) {
            log.erase(personal);
        }
        Ok(())
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        let contents = self.contents();
        let before = contents.commits;
        let unchanged = |contents: &mut Contents| contents.commits == before;
        let waited = self.shared.changed.wait_timeout_while(contents, timeout, unchanged);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}
