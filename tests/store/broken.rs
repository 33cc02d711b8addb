//! Stores that break one promise each, and the case of the suite that tells.
//!
//! A suite that cannot fail proves nothing. Every store here is the one in memory with one mistake that real backends
//! made, and every mistake is told by the cases named beside it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenantry::model::record::{
    Checkpoint, Commit, Expected, Login, PersonalRow, Purpose, Record, Revision,
};
use tenantry::store::conformance::{Backend, CASES, Case, run};
use tenantry::store::{MemoryStore, Records, Store, StoreError, Stored};
use tenantry::{CommitId, OrganizationId, PersonalId};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    /// A collation folds case.
    LoginsFoldCase,
    /// A text column is padded or trimmed.
    LoginsTrimmed,
    /// Names are found as if they were logins.
    EveryRowIsALogin,
    /// A retry conflicts with itself.
    ForgetsCommitIds,
    /// An id is known by itself, whatever it stood for.
    TrustsCommitIds,
    /// The retry of a commit writes its side rows once more.
    WritesRowsAgain,
    /// Commit ids are unique in the whole table.
    CommitIdsAcrossOrganizations,
    /// A look-up inserts what it does not find.
    ReadingCreates,
    /// Side rows are written before the compare-and-swap.
    RowsBeforeSwap,
    /// Side rows become visible after their record.
    RowsAfterRecord,
    /// The compare-and-swap reads, then writes.
    SwapsInTwoSteps,
    /// What is expected is not looked at.
    OverwritesBlindly,
    /// Revisions come from a sequence that failures use up.
    RevisionsFromSequence,
    /// A page has one more than asked.
    OneTooMany,
    /// Pages come in no order.
    RecordsUnordered,
    /// Pages bring no side rows.
    PagesWithoutRows,
    /// A set answers where a list was asked.
    RevisionsSorted,
    /// An older checkpoint replaces a newer.
    CheckpointGoesBack,
    /// A checkpoint of the same revision is not replaced.
    CheckpointStays,
    /// A checkpoint from the future is kept.
    CheckpointAhead,
    /// Archiving does not look for a checkpoint.
    ArchivesBlindly,
    /// What was archived is answered by nothing.
    ArchivedIsEmpty,
    /// Erasing deletes in every organization.
    ErasesEverywhere,
    /// Erasing deletes nothing.
    ErasesNothing,
    /// Erasing what is gone is an error.
    ErasingTwiceFails,
    /// What is too large is dropped and acknowledged.
    DropsWhatIsLarge,
    /// A column of 16 bits holds lengths.
    CutsLengths,
    /// Ids are compared as signed numbers.
    OrganizationsBySignedNumber,
    /// Bytes are kept as text.
    BytesAsText,
    /// Another handle reads a copy.
    HandlesAreCopies,
    /// A collation folds case, and ids are kept as text.
    IdsFoldCase,
    /// Values are cut, or salts lost.
    RowsAltered,
    /// The first revision is taken for the one before it.
    StartsAtTheSecond,
    /// A join answers an organization as often as it has a row.
    OrganizationsTwice,
    /// A counter of 16 bits, or so many parameters.
    CutsLists,
    /// Loading starts from the first record, whatever checkpoint there is.
    LoadsRecordsAgain,
    /// A checkpoint drops the records before it.
    CheckpointArchives,
    /// The present revision is that of the last record after the checkpoint.
    RevisionOfLastRecord,
    /// Side rows go with their records.
    ArchivingErases,
    /// Waiting returns at once.
    WaitingSpins,
    /// Everything that fails is one kind of error.
    EveryErrorIsBackend,
}

/// The store in memory, with one mistake.
struct Broken {
    inner: MemoryStore,
    mistake: Mistake,
    /// What the mistake has to remember.
    commits: Arc<Mutex<Vec<Commit>>>,
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
        let commit = Commit { organization, expected, id, record, personal: rows };
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

fn backend(mistake: Mistake) -> Backend {
    let inner = MemoryStore::new();
    let commits = Arc::default();
    Backend::new(move || Broken {
        inner: if mistake == Mistake::HandlesAreCopies {
            MemoryStore::new()
        } else {
            inner.clone()
        },
        mistake,
        commits: Arc::clone(&commits),
    })
}

/// Whether a case fails. Cases about more than the mistake at hand are not run, so that this stays quick.
fn tells(case: &str, mistake: Mistake) -> bool {
    assert!(CASES.iter().any(|known| known.name() == case), "there is no case `{case}`");
    match run(case, &backend(mistake)) {
        Ok(()) => false,
        Err(failure) => {
            assert!(!failure.to_string().is_empty());
            true
        }
    }
}

macro_rules! told {
    ($($name:ident: $mistake:ident by $($case:ident)+;)*) => {
        /// Every case that was seen to fail.
        const TOLD: &[&str] = &[$($(stringify!($case)),+),*, "s8_a_commit_beyond_the_limit_is_refused_whole"];

        $(
            #[test]
            fn $name() {
                $(
                    let told = tells(stringify!($case), Mistake::$mistake);
                    assert!(told, "{:?} passes {}", Mistake::$mistake, stringify!($case));
                )+
            }
        )*
    };
}

told! {
    logins_that_fold_case: LoginsFoldCase by s5_logins_are_told_apart_byte_for_byte;
    logins_that_are_trimmed: LoginsTrimmed by s5_logins_are_told_apart_byte_for_byte;
    names_taken_for_logins: EveryRowIsALogin by s5_only_logins_lead_to_organizations;
    commit_ids_forgotten: ForgetsCommitIds by s4_the_identical_commit_returns_its_revision
        s4_a_known_id_with_another_record_is_refused s4_a_commit_id_outlives_its_record
        s4_one_commit_sent_by_several_at_once_lands_once;
    commit_ids_trusted: TrustsCommitIds by s4_a_known_id_with_another_record_is_refused
        s4_a_known_id_with_another_expectation_is_refused;
    side_rows_written_again: WritesRowsAgain by s4_a_commit_sent_again_brings_nothing_back;
    commit_ids_across_organizations: CommitIdsAcrossOrganizations
        by s4_an_id_is_known_in_its_organization_only;
    reading_that_creates: ReadingCreates by s6_reading_never_creates;
    side_rows_before_the_swap: RowsBeforeSwap by s7_a_refused_commit_leaves_nothing_behind;
    side_rows_after_the_record: RowsAfterRecord by s7_a_reader_never_sees_half_a_commit
        records_bring_their_side_rows;
    a_swap_in_two_steps: SwapsInTwoSteps by s1_one_winner_per_revision_between_threads
        s1_one_winner_per_revision_between_handles s1_one_founder_wins;
    a_blind_overwrite: OverwritesBlindly by s1_a_commit_on_another_revision_conflicts
        s1_the_first_commit_founds_and_a_second_founder_conflicts;
    revisions_from_a_sequence: RevisionsFromSequence by s2_revisions_have_no_gaps;
    one_too_many: OneTooMany by records_come_in_pages organizations_come_in_pages;
    records_in_no_order: RecordsUnordered by records_come_in_pages s2_revisions_have_no_gaps;
    pages_without_side_rows: PagesWithoutRows by records_bring_their_side_rows;
    revisions_in_another_order: RevisionsSorted by revisions_come_in_the_order_asked;
    a_checkpoint_that_goes_back: CheckpointGoesBack by a_checkpoint_never_goes_back;
    a_checkpoint_that_stays: CheckpointStays by a_checkpoint_of_the_same_revision_is_replaced;
    a_checkpoint_ahead: CheckpointAhead by a_checkpoint_ahead_of_its_organization_conflicts;
    archiving_blindly: ArchivesBlindly by s12_archiving_needs_a_checkpoint;
    archived_records_that_are_nothing: ArchivedIsEmpty by s12_archived_records_are_told
        s12_archiving_again_changes_nothing;
    erasing_everywhere: ErasesEverywhere by s10_erasing_stays_within_its_organization;
    erasing_nothing: ErasesNothing by s10_erased_rows_are_gone_and_records_stay
        s10_an_erased_login_leads_nowhere s4_a_commit_sent_again_brings_nothing_back;
    erasing_twice: ErasingTwiceFails by s10_erasing_what_is_gone_is_no_error;
    large_records_dropped: DropsWhatIsLarge by records_of_two_to_the_sixteenth_bytes;
    lengths_cut: CutsLengths by records_of_two_to_the_sixteenth_bytes;
    signed_numbers: OrganizationsBySignedNumber by organizations_come_in_order_and_once;
    bytes_as_text: BytesAsText by records_come_back_byte_for_byte;
    handles_that_are_copies: HandlesAreCopies by s3_what_was_acknowledged_is_read_by_every_handle
        s1_one_founder_wins;
    ids_that_fold_case: IdsFoldCase by s5_organizations_are_told_apart_byte_for_byte
        s5_commit_ids_are_told_apart_byte_for_byte s5_side_rows_are_told_apart_byte_for_byte;
    side_rows_altered: RowsAltered by side_rows_come_back_as_they_were;
    records_from_the_second: StartsAtTheSecond by records_come_from_the_first;
    organizations_twice: OrganizationsTwice by organizations_of_a_login_come_in_order_and_once;
    lists_that_are_cut: CutsLists by side_rows_by_the_ten_thousands
        revisions_of_tens_of_thousands_of_organizations;
    records_loaded_again: LoadsRecordsAgain by loading_starts_from_the_checkpoint;
    a_checkpoint_that_archives: CheckpointArchives
        by a_checkpoint_leaves_records_and_revision_alone;
    the_revision_of_the_last_record: RevisionOfLastRecord
        by s12_an_organization_goes_on_after_all_its_records_were_archived;
    archiving_that_erases: ArchivingErases by s12_side_rows_outlive_archived_records;
    waiting_that_spins: WaitingSpins by waiting_ends_by_the_timeout_and_does_not_spin;
    errors_of_one_kind: EveryErrorIsBackend by s1_a_commit_on_another_revision_conflicts
        s4_a_known_id_with_another_record_is_refused s4_a_conflict_is_final;
}

/// A case that nothing fails asks for nothing. Two are left out: a reader that is never woken takes them a minute to tell.
#[test]
fn every_case_was_seen_to_fail() {
    let silent: Vec<_> = CASES.iter().map(Case::name).filter(|name| !TOLD.contains(name)).collect();
    let slow =
        ["a_waiting_reader_is_woken_by_a_commit", "a_waiting_reader_is_woken_by_another_handle"];
    assert_eq!(silent, slow);
}

/// A limit that is told must be kept: a byte more is refused, and loudly.
#[test]
fn a_limit_that_is_not_kept() {
    let store = MemoryStore::new();
    let told = Backend::new(move || store.clone()).record_limit(1_000);
    run("s8_a_commit_beyond_the_limit_is_refused_whole", &told).unwrap_err();
}

/// One fault of the store underneath shows as a failure that says what was being done.
#[test]
fn a_failure_names_what_was_asked_and_what_was_answered() {
    use tenantry::store::{Call, Fault, FaultyStore};

    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    store.expect(Call::Revisions, [Fault::Unavailable]);
    let failure =
        run("revisions_come_in_the_order_asked", &Backend::new(move || Arc::clone(&store)));
    let text = failure.unwrap_err().to_string();
    assert_eq!(text, "revisions: the store is unavailable: made unavailable on purpose");
    let unknown = run("no such case", &backend(Mistake::WaitingSpins)).unwrap_err();
    assert_eq!(format!("{unknown:?}"), "there is no case `no such case`");
}
