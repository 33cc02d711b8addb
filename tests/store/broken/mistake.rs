//! The mistakes, each of which some backend has made.

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
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
    /// What a commit erases stays until somebody asks for it by itself.
    ErasesLater,
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
