//! The store in memory: the reference for what a backend does, and enough for tests and for services that need no
//! durability.

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

/// Keeps everything in memory, for as long as the process lives. Clones share what they keep.
///
/// Calls take **O(log n)** time and what they return; [`organizations_of`](Store::organizations_of) reads every side row.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    kept: Mutex<Kept>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Kept {
    logs: BTreeMap<OrganizationId, Log>,
    /// How many commits there were, so that a reader that waits is woken by them and by nothing else.
    commits: u64,
}

/// One organization.
#[derive(Debug)]
struct Log {
    revision: Revision,
    /// The records that are not archived, in order; the last one made the present revision.
    records: VecDeque<Entry>,
    /// What became of every commit id, which outlives its record.
    commits: BTreeMap<CommitId, Landed>,
    personal: BTreeMap<PersonalId, PersonalRow>,
    checkpoint: Option<Checkpoint>,
}

#[derive(Debug)]
struct Entry {
    id: CommitId,
    record: Record,
    /// The side rows that came with it.
    personal: Vec<PersonalId>,
}

/// Where a commit landed. The revision implies what the commit expected.
#[derive(Debug, Clone, Copy)]
struct Landed {
    revision: Revision,
    /// The digest of its record, once that is archived and nothing else tells what it was.
    archived: Option<Digest>,
}

impl MemoryStore {
    /// The most bytes of one commit's record: 64 MiB.
    pub const RECORD_LIMIT: usize = RecordBody::LIMIT;

    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere while the lock was held leaves nothing half done: every change is a few insertions into maps
    /// that were checked before.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn revision(&self, organization: OrganizationId) -> Option<Revision> {
        self.logs.get(&organization).map(|log| log.revision)
    }
}

impl Log {
    fn new() -> Self {
        Self {
            revision: Revision::FIRST,
            records: VecDeque::new(),
            commits: BTreeMap::new(),
            personal: BTreeMap::new(),
            checkpoint: None,
        }
    }

    /// The last record that was archived, if any was.
    fn archived(&self) -> Option<Revision> {
        let first =
            self.records.front().map_or(self.revision.next(), |entry| entry.record.revision);
        let last = std::num::NonZeroU64::new(first.number() - 1)?;
        Some(Revision::new(last))
    }

    fn after(&self, after: Option<Revision>) -> impl Iterator<Item = &Entry> {
        let is_later = move |entry: &Entry| Some(entry.record.revision) > after;
        let start = self.records.partition_point(|entry| !is_later(entry));
        self.records.range(start..)
    }

    fn land(&mut self, commit: &Commit) {
        let revision = commit.expected.makes();
        self.revision = revision;
        self.commits.insert(commit.id, Landed { revision, archived: None });
        self.records.push_back(Entry {
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

    /// Whether it was this commit that landed there.
    fn has_landed(&self, landed: Landed, commit: &Commit) -> bool {
        let record = || {
            let found =
                self.records.binary_search_by_key(&landed.revision, |it| it.record.revision);
            found.ok().and_then(|position| self.records.get(position))
        };
        landed.revision == commit.expected.makes()
            && match landed.archived {
                Some(digest) => digest == Digest::of([&*commit.record]),
                None => record().is_some_and(|it| it.record.bytes == commit.record),
            }
    }
}

impl Store for MemoryStore {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        Ok(self.kept().logs.get(&organization).map(|log| {
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
        let mut kept = self.kept();
        let log = kept.logs.get(&commit.organization);
        if let Some(log) = log
            && let Some(landed) = log.commits.get(&commit.id)
        {
            let same = log.has_landed(*landed, commit);
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
        kept.logs.entry(commit.organization).or_insert_with(Log::new).land(commit);
        kept.commits += 1;
        drop(kept);
        self.shared.changed.notify_all();
        Ok(revision)
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        let kept = self.kept();
        let Some(log) = kept.logs.get(&organization) else { return Ok(Records::default()) };
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
        let kept = self.kept();
        Ok(organizations.iter().map(|id| kept.revision(*id)).collect())
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let actual = kept.revision(checkpoint.organization);
        match kept.logs.get_mut(&checkpoint.organization) {
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
        let mut kept = self.kept();
        let actual = kept.revision(organization);
        match kept.logs.get_mut(&organization) {
            Some(log) if log.checkpoint.as_ref().is_some_and(|it| it.revision >= through) => {
                let dropped = log.records.partition_point(|entry| entry.record.revision <= through);
                for Entry { id, record, .. } in log.records.drain(..dropped) {
                    if let Some(landed) = log.commits.get_mut(&id) {
                        landed.archived = Some(Digest::of([&*record.bytes]));
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
        let kept = self.kept();
        Ok(kept.logs.range((first, Bound::Unbounded)).map(|(id, _)| *id).take(limit).collect())
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        let is_login =
            |row: &PersonalRow| row.purpose() == Purpose::Login && row.value() == login.as_str();
        let kept = self.kept();
        let having = kept.logs.iter().filter(|(_, log)| log.personal.values().any(is_login));
        Ok(having.map(|(id, _)| *id).collect())
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        if let Some(log) = self.kept().logs.get_mut(&organization) {
            log.erase(personal);
        }
        Ok(())
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        let kept = self.kept();
        let before = kept.commits;
        let unchanged = |kept: &mut Kept| kept.commits == before;
        let waited = self.shared.changed.wait_timeout_while(kept, timeout, unchanged);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}
