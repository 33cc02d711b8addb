//! The store in memory with one mistake.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenantry::model::record::{
    Checkpoint, Commit, Expected, Login, PersonalRow, Purpose, Record, Revision,
};
use tenantry::store::{MemoryStore, Records, Store, StoreError, Stored};
use tenantry::{CommitId, OrganizationId, PersonalId};

use crate::broken::mistake::Mistake;

/// The store in memory, with one mistake.
pub(crate) struct Broken {
    pub(crate) inner: MemoryStore,
    pub(crate) mistake: Mistake,
    /// What the mistake has to remember.
    pub(crate) commits: Arc<Mutex<Vec<Commit>>>,
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Broken({:?})", self.mistake)
    }
}

impl Broken {
    fn has(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn every_organization(&self) -> Vec<OrganizationId> {
        self.inner.organizations(None, usize::MAX).unwrap()
    }

    fn having(&self, is_it: impl Fn(&PersonalRow) -> bool) -> Vec<OrganizationId> {
        let rows = |id: &OrganizationId| self.inner.load(*id).unwrap().unwrap().tail.personal;
        self.every_organization().into_iter().filter(|id| rows(id).iter().any(&is_it)).collect()
    }

    fn present(&self, organization: OrganizationId) -> Option<Revision> {
        self.inner.revisions(&[organization]).unwrap()[0]
    }

    /// A commit of nothing but this, whatever the organization's revision.
    fn slip_in(&self, organization: OrganizationId, rows: Vec<PersonalRow>) {
        let expected = self.present(organization).map_or(Expected::Absent, Expected::At);
        let id = CommitId::from_u128(u128::MAX - self.commits.lock().unwrap().len() as u128);
        let record = (*b"slipped in").into();
        let commit =
            Commit { organization, expected, id, record, personal: rows, erase: Vec::new() };
        self.commits.lock().unwrap().push(commit.clone());
        drop(self.inner.commit(&commit));
    }

    /// An organization's id as this store has it.
    fn kept_as(&self, id: OrganizationId) -> OrganizationId {
        if self.has(Mistake::IdsFoldCase) {
            OrganizationId::from_u128(folded(id.to_u128()))
        } else {
            id
        }
    }

    fn damaged(&self, records: &mut Records, is_page: bool) {
        if self.has(Mistake::RecordsUnordered) {
            records.records.reverse();
        }
        if self.has(Mistake::PagesWithoutRows) && is_page {
            records.personal.clear();
        }
        if self.has(Mistake::BytesAsText) {
            for Record { bytes, .. } in &mut records.records {
                *bytes = String::from_utf8_lossy(bytes).into_owned().into_bytes().into();
            }
        }
        if self.has(Mistake::RowsAltered) {
            for row in &mut records.personal {
                let (id, purpose, value) = (row.id(), row.purpose(), row.value().to_owned());
                *row = PersonalRow::new(id, purpose, [0; 32], value).unwrap();
            }
        }
        if self.has(Mistake::CutsLists) {
            records.personal.truncate(65_535);
        }
        if self.has(Mistake::RowsAfterRecord) {
            let last = self.commits.lock().unwrap().last().map(|commit| commit.personal.clone());
            records.personal.retain(|row| !last.iter().flatten().any(|late| late == row));
        }
    }
}

/// An id as a collation that folds case compares it.
fn folded(id: u128) -> u128 {
    u128::from_be_bytes(id.to_be_bytes().map(|byte| byte.to_ascii_lowercase()))
}

impl Store for Broken {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        if self.has(Mistake::ReadingCreates) && self.present(organization).is_none() {
            self.slip_in(organization, Vec::new());
        }
        let mut stored = self.inner.load(self.kept_as(organization))?;
        if let Some(stored) = &mut stored {
            if self.has(Mistake::LoadsRecordsAgain) && stored.checkpoint.is_some() {
                stored.tail = self.inner.records(organization, Revision::FIRST, usize::MAX)?;
            }
            self.damaged(&mut stored.tail, false);
        }
        Ok(stored)
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        let mut sent = commit.clone();
        let known = self.commits.lock().unwrap().iter().find(|it| it.id == commit.id).cloned();
        match self.mistake {
            Mistake::IdsFoldCase => {
                sent.organization = self.kept_as(commit.organization);
                sent.id = CommitId::from_u128(folded(commit.id.to_u128()));
            }
            Mistake::ErasesLater => sent.erase.clear(),
            Mistake::ForgetsCommitIds => {
                sent.id = CommitId::from_u128(self.commits.lock().unwrap().len() as u128 + 1);
            }
            Mistake::TrustsCommitIds => {
                if let Some(known) = known {
                    return self.inner.commit(&known);
                }
            }
            Mistake::WritesRowsAgain if known.is_some() => {
                let landed = self.inner.commit(&sent)?;
                self.slip_in(commit.organization, commit.personal.clone());
                return Ok(landed);
            }
            Mistake::CommitIdsAcrossOrganizations
                if known
                    .as_ref()
                    .is_some_and(|known| known.organization != commit.organization) =>
            {
                return Err(StoreError::CommitIdReused);
            }
            Mistake::RowsBeforeSwap if self.present(commit.organization).is_some() => {
                if let Err(error) = self.inner.commit(&sent) {
                    self.slip_in(commit.organization, commit.personal.clone());
                    return Err(error);
                }
            }
            Mistake::SwapsInTwoSteps | Mistake::OverwritesBlindly => {
                let present = self.present(commit.organization);
                let two_steps = self.has(Mistake::SwapsInTwoSteps);
                let expected = present.map_or(Expected::Absent, Expected::At);
                if two_steps && (known.is_some() || expected != commit.expected) {
                    return self.inner.commit(commit);
                }
                // Between reading and writing somebody else may come first.
                std::thread::sleep(Duration::from_millis(u64::from(two_steps)));
                if known.is_none() {
                    sent.expected =
                        self.present(commit.organization).map_or(Expected::Absent, Expected::At);
                }
            }
            Mistake::DropsWhatIsLarge if commit.record.len() > 1_000 => {
                return Ok(commit.expected.makes());
            }
            Mistake::CutsLengths => {
                sent.record = sent.record[..sent.record.len() & 0xffff].into();
            }
            _ => {}
        }
        let landed = self.inner.commit(&sent);
        match landed {
            Ok(_) => self.commits.lock().unwrap().push(sent),
            Err(StoreError::Conflict { .. }) if self.has(Mistake::RevisionsFromSequence) => {
                if self.present(commit.organization).is_some() {
                    self.slip_in(commit.organization, Vec::new());
                }
            }
            Err(error) if self.has(Mistake::EveryErrorIsBackend) => {
                return Err(StoreError::Backend(error.into()));
            }
            Err(_) => {}
        }
        match landed {
            Ok(_) if self.has(Mistake::OverwritesBlindly) => Ok(commit.expected.makes()),
            Ok(_) if self.has(Mistake::SwapsInTwoSteps) => Ok(commit.expected.makes()),
            landed => landed,
        }
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        let limit = limit.saturating_add(usize::from(self.has(Mistake::OneTooMany)));
        let first = if self.has(Mistake::StartsAtTheSecond) { Revision::FIRST } else { after };
        let after = after.max(first);
        let mut page = match self.inner.records(organization, after, limit) {
            Err(StoreError::Archived { .. }) if self.has(Mistake::ArchivedIsEmpty) => {
                Records::default()
            }
            page => page?,
        };
        self.damaged(&mut page, true);
        Ok(page)
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        if self.has(Mistake::RevisionsSorted) {
            let organizations: BTreeSet<_> = organizations.iter().copied().collect();
            return self.inner.revisions(&organizations.into_iter().collect::<Vec<_>>());
        }
        let last = |id: &OrganizationId| {
            let stored = self.inner.load(*id)?;
            Ok(stored.and_then(|stored| stored.tail.records.last().map(|last| last.revision)))
        };
        match self.mistake {
            Mistake::RevisionOfLastRecord => organizations.iter().map(last).collect(),
            Mistake::IdsFoldCase => {
                let kept: Vec<_> = organizations.iter().map(|id| self.kept_as(*id)).collect();
                self.inner.revisions(&kept)
            }
            Mistake::CutsLists => {
                self.inner.revisions(&organizations[..organizations.len() & 0xffff])
            }
            _ => self.inner.revisions(organizations),
        }
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let present = self.present(checkpoint.organization);
        let kept = self.inner.load(checkpoint.organization)?.and_then(|stored| stored.checkpoint);
        let kept = kept.map(|kept| kept.revision);
        match self.mistake {
            // Told as the newest one, it replaces what is kept.
            Mistake::CheckpointGoesBack if kept > Some(checkpoint.revision) => {
                let revision = kept.unwrap();
                self.inner.checkpoint(&Checkpoint { revision, ..checkpoint.clone() })
            }
            Mistake::CheckpointStays if kept == Some(checkpoint.revision) => Ok(()),
            Mistake::CheckpointAhead if present < Some(checkpoint.revision) => Ok(()),
            Mistake::CheckpointArchives => {
                self.inner.checkpoint(checkpoint)?;
                self.inner.archive(checkpoint.organization, checkpoint.revision)
            }
            _ => self.inner.checkpoint(checkpoint),
        }
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        if self.has(Mistake::ArchivesBlindly)
            && let Some(revision) = self.present(organization)
        {
            let bytes = (*b"made up").into();
            self.inner.checkpoint(&Checkpoint { organization, revision, bytes })?;
            return self.inner.archive(organization, through.min(revision));
        }
        self.inner.archive(organization, through)?;
        if self.has(Mistake::ArchivingErases) {
            let rows = self.inner.load(organization)?.unwrap().tail.personal;
            let ids: Vec<_> = rows.iter().map(PersonalRow::id).collect();
            self.inner.erase(organization, &ids)?;
        }
        Ok(())
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        if self.has(Mistake::OrganizationsBySignedNumber) {
            let signed = |id: OrganizationId| id.to_u128().cast_signed();
            let mut all = self.every_organization();
            all.sort_by_key(|id| signed(*id));
            all.retain(|id| after.is_none_or(|after| signed(*id) > signed(after)));
            all.truncate(limit);
            return Ok(all);
        }
        let limit = limit.saturating_add(usize::from(self.has(Mistake::OneTooMany)));
        self.inner.organizations(after, limit)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        let is_login = |row: &PersonalRow| row.purpose() == Purpose::Login;
        let asked = login.as_str();
        Ok(match self.mistake {
            Mistake::LoginsFoldCase => {
                let folded = asked.to_lowercase();
                self.having(|row| is_login(row) && row.value().to_lowercase() == folded)
            }
            Mistake::LoginsTrimmed => {
                self.having(|row| is_login(row) && row.value().trim_end() == asked.trim_end())
            }
            Mistake::EveryRowIsALogin => self.having(|row| row.value() == asked),
            Mistake::OrganizationsTwice => {
                let found = self.inner.organizations_of(login)?;
                found.into_iter().flat_map(|id| [id, id]).collect()
            }
            _ => self.inner.organizations_of(login)?,
        })
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        match self.mistake {
            Mistake::ErasesEverywhere => {
                let all = self.every_organization();
                all.into_iter().try_for_each(|id| self.inner.erase(id, personal))
            }
            Mistake::ErasesNothing => Ok(()),
            Mistake::IdsFoldCase => {
                let rows = self.inner.load(organization)?.map(|stored| stored.tail.personal);
                let same = |row: &PersonalId| {
                    personal.iter().any(|id| folded(id.to_u128()) == folded(row.to_u128()))
                };
                let ids: Vec<_> = rows.iter().flatten().map(PersonalRow::id).filter(same).collect();
                self.inner.erase(organization, &ids)
            }
            Mistake::ErasingTwiceFails => {
                let stored = self.inner.load(organization)?;
                let rows = stored.map(|stored| stored.tail.personal).unwrap_or_default();
                if personal.iter().any(|id| !rows.iter().any(|row| row.id() == *id)) {
                    return Err(StoreError::Backend("no such row".into()));
                }
                self.inner.erase(organization, personal)
            }
            _ => self.inner.erase(organization, personal),
        }
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        if self.has(Mistake::WaitingSpins) {
            return Ok(());
        }
        self.inner.wait_for_change(timeout)
    }
}
