//! Storage: an append-only log per organization with compare-and-swap. Any database can do that.
//!
//! A [`Store`] moves bytes and never interprets them. It is synchronous on purpose: a check does no I/O, and commits are
//! rare. [`MemoryStore`] is the reference of what every backend must do; the feature `conformance` brings the suite that
//! every backend must pass, the feature `sqlite` a store in one file.

#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
#[cfg(feature = "conformance")]
mod faulty;
mod forward;
mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;
use std::time::Duration;

pub use error::StoreError;
#[cfg(feature = "conformance")]
pub use faulty::{Call, Fault, FaultyStore};
pub use memory::MemoryStore;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOptions, SqliteStore};

use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Login, PersonalRow, Record, Revision};

/// Where organizations are kept.
///
/// Per organization a store keeps its present revision, the records that led there, what became of every commit id, at
/// most one checkpoint, and side rows of personal data. Organizations have nothing in common: a commit id or a side row's
/// id means something within its organization only.
///
/// What holds for every call:
///
/// - It happens as a whole or not at all, and what it shows is one moment: never half a commit.
/// - What was acknowledged is durable, and every later call on every handle sees it.
/// - Ids and logins are compared byte for byte, whatever collation the backend has.
/// - Reading never creates anything, nor does a call that is refused.
/// - Calls may come from any number of threads, handles and processes at once.
///
/// A backend proves all of this with the suite behind the feature `conformance`.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// The newest checkpoint of an organization, all records after it, and all side rows that were not erased; `None` if
    /// there is no such organization.
    ///
    /// Shows the organization at one revision. Never fails because records were archived: a checkpoint at or after the
    /// last of them is always kept.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Unavailable`]: try again later.
    /// - [`StoreError::Corrupt`], [`StoreError::IncompatibleFormat`]: what is kept cannot be read. Never answered by an
    ///   empty organization.
    /// - [`StoreError::Backend`]: anything else.
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError>;

    /// Makes the next revision and returns its number: the record, the side rows and the commit id together, durable and
    /// readable when this returns.
    ///
    /// The commit id decides first. The identical commit sent again (same expectation, same record; the record implies
    /// the side rows) writes nothing and returns the revision that it made the first time, for ever: also after its
    /// record was archived or its side rows were erased. Only then is the expectation compared.
    ///
    /// A side row's id is the writer's to choose and is used once in its organization. The side rows that the commit
    /// erases go in the same moment, as if by [`erase`](Self::erase); those that are gone already are no error.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Conflict`]: the organization is not as expected. Nothing was written, the id is still free, and,
    ///   revisions only growing, a commit on an earlier revision never will land: read again and decide again.
    /// - [`StoreError::OutcomeUnknown`]: it landed or it did not. Send the identical commit again: it returns its
    ///   revision, lands now, or conflicts, which proves that it did not and will not.
    /// - [`StoreError::CommitIdReused`]: the id is known with other content. Nothing was written; choose a new id.
    /// - [`StoreError::TooLarge`]: nothing was written; split it.
    /// - [`StoreError::Unavailable`]: nothing was written; try again later.
    /// - [`StoreError::Corrupt`], [`StoreError::IncompatibleFormat`]: nothing was written, nor will be.
    /// - [`StoreError::Backend`]: nothing was written.
    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError>;

    /// Up to `limit` records after a revision, in order and without gaps, with at least those of their side rows that came
    /// with them and were not erased; none if the organization has no later revision or is unknown.
    ///
    /// A page is full if there is more: fewer than `limit` records are the last ones.
    ///
    /// # Errors
    ///
    /// [`StoreError::Archived`] if a record after `after` was archived: load instead. Otherwise as [`load`](Self::load).
    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError>;

    /// The present revision of each organization, in the order asked, as often as asked; `None` for one that is unknown.
    /// One round trip: this is how readers find out whether what they have is fresh.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError>;

    /// Keeps a checkpoint, unless a newer one is kept, which is no error. One of the same revision is replaced, because
    /// after an erasure the same revision is written anew without what was erased.
    ///
    /// Records stay until they are archived. The revision does not change.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Conflict`]: the organization has not reached the checkpoint's revision, or is unknown. Nothing was
    ///   written.
    /// - [`StoreError::OutcomeUnknown`]: ask again; asking twice does no harm.
    /// - Otherwise as [`commit`](Self::commit).
    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// Drops the records up to and including `through`, which a checkpoint has replaced. What is dropped already is no
    /// error. Side rows and commit ids stay, and so does the revision.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Conflict`]: no checkpoint at or after `through` is kept, or there is no such organization. Nothing
    ///   was dropped: keep a checkpoint first.
    /// - [`StoreError::OutcomeUnknown`]: ask again; asking twice does no harm.
    /// - Otherwise as [`load`](Self::load), and nothing was dropped.
    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError>;

    /// Up to `limit` organizations in the order of their ids as numbers, from the one after `after`.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError>;

    /// The organizations that keep a side row of purpose [`Login`](crate::model::record::Purpose::Login) with exactly
    /// these bytes, in the order of their ids, each once.
    ///
    /// A login that somebody had before still leads here until its row is erased, so the caller looks into the
    /// organizations that it names.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError>;

    /// Deletes side rows, for good. Records stay as they are; rows that are gone already, or never were, are no error.
    ///
    /// A checkpoint is opaque to the store: whoever wrote personal data into one replaces it.
    ///
    /// # Errors
    ///
    /// - [`StoreError::OutcomeUnknown`]: ask again; asking twice does no harm.
    /// - Otherwise as [`load`](Self::load), and nothing was deleted.
    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError>;

    /// Returns when some organization may have changed, or after `timeout`; not earlier for no reason, so that a loop
    /// around it does not spin. A hint only: polling [`revisions`](Self::revisions) is what counts.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Backend`]. Wait a while before asking again.
    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError>;
}

/// What a store keeps of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The newest checkpoint, if one was ever made.
    pub checkpoint: Option<Checkpoint>,
    /// Every record after it, and all side rows.
    pub tail: Records,
}

/// Some records of one organization, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// The records.
    pub records: Vec<Record>,
    /// The side rows that came with them, as far as they were not erased, in no order; possibly others too.
    pub personal: Vec<PersonalRow>,
}
