//! Stores that break one promise each, and the case of the suite that tells.
//!
//! A suite that cannot fail proves nothing. Every store here is the one in memory with one mistake that real backends
//! made, and every mistake is told by the cases named beside it.

mod mistake;
mod store;

use std::sync::Arc;

use tenantry::store::MemoryStore;
use tenantry::store::conformance::{Backend, CASES, Case, run};

use crate::broken::mistake::Mistake;
use crate::broken::store::Broken;

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
    logins_that_fold_case: LoginsFoldCase by s5_logins_are_compared_byte_for_byte;
    logins_that_are_trimmed: LoginsTrimmed by s5_logins_are_compared_byte_for_byte;
    names_taken_for_logins: EveryRowIsALogin by s5_only_logins_find_organizations;
    commit_ids_forgotten: ForgetsCommitIds by s4_the_identical_commit_returns_its_revision
        s4_a_known_id_with_another_record_is_refused s4_a_commit_id_outlives_its_record
        s4_one_commit_sent_by_several_at_once_is_stored_once;
    commit_ids_trusted: TrustsCommitIds by s4_a_known_id_with_another_record_is_refused
        s4_a_known_id_with_another_expectation_is_refused;
    side_rows_written_again: WritesRowsAgain by s4_a_commit_sent_again_restores_nothing;
    commit_ids_across_organizations: CommitIdsAcrossOrganizations
        by s4_an_id_is_known_in_its_organization_only;
    reading_that_creates: ReadingCreates by s6_reading_never_creates;
    side_rows_before_the_swap: RowsBeforeSwap by s7_a_refused_commit_leaves_nothing_behind;
    side_rows_after_the_record: RowsAfterRecord by s7_a_reader_never_sees_half_a_commit
        records_bring_their_side_rows;
    a_swap_in_two_steps: SwapsInTwoSteps by s1_one_winner_per_revision_between_threads
        s1_one_winner_per_revision_between_handles s1_one_first_commit_wins;
    a_blind_overwrite: OverwritesBlindly by s1_a_commit_on_another_revision_conflicts
        s1_the_first_commit_creates_and_a_second_one_conflicts;
    revisions_from_a_sequence: RevisionsFromSequence by s2_revisions_have_no_gaps;
    one_too_many: OneTooMany by records_come_in_pages organizations_come_in_pages;
    records_in_no_order: RecordsUnordered by records_come_in_pages s2_revisions_have_no_gaps;
    pages_without_side_rows: PagesWithoutRows by records_bring_their_side_rows;
    revisions_in_another_order: RevisionsSorted by revisions_come_in_the_order_asked;
    a_checkpoint_that_goes_back: CheckpointGoesBack by a_checkpoint_never_goes_back;
    a_checkpoint_that_stays: CheckpointStays by a_checkpoint_of_the_same_revision_is_replaced;
    a_checkpoint_ahead: CheckpointAhead by a_checkpoint_ahead_of_its_organization_conflicts;
    archiving_blindly: ArchivesBlindly by s12_archiving_needs_a_checkpoint;
    archived_records_that_are_nothing: ArchivedIsEmpty by s12_archived_records_are_an_error
        s12_archiving_again_changes_nothing;
    erasing_everywhere: ErasesEverywhere by s10_erasing_stays_within_its_organization;
    erasing_nothing: ErasesNothing by s10_erased_rows_are_gone_and_records_stay
        s10_an_erased_login_finds_no_organization s4_a_commit_sent_again_restores_nothing;
    erasing_later: ErasesLater by s10_what_a_commit_erases_goes_with_it;
    erasing_twice: ErasingTwiceFails by s10_erasing_what_is_gone_is_no_error;
    large_records_dropped: DropsWhatIsLarge by records_of_two_to_the_sixteenth_bytes;
    lengths_cut: CutsLengths by records_of_two_to_the_sixteenth_bytes;
    signed_numbers: OrganizationsBySignedNumber by organizations_come_in_order_and_once;
    bytes_as_text: BytesAsText by records_come_back_byte_for_byte;
    handles_that_are_copies: HandlesAreCopies by s3_what_was_acknowledged_is_read_by_every_handle
        s1_one_first_commit_wins;
    ids_that_fold_case: IdsFoldCase by s5_organizations_are_compared_byte_for_byte
        s5_commit_ids_are_compared_byte_for_byte s5_side_rows_are_compared_byte_for_byte;
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
    store.script(Call::Revisions, [Fault::Unavailable]);
    let failure =
        run("revisions_come_in_the_order_asked", &Backend::new(move || Arc::clone(&store)));
    let text = failure.unwrap_err().to_string();
    assert_eq!(text, "revisions: the store is unavailable: injected fault: unavailable");
    let unknown = run("no such case", &backend(Mistake::WaitingSpins)).unwrap_err();
    assert_eq!(format!("{unknown:?}"), "there is no case `no such case`");
}
