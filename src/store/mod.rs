//! Storage: an append-only log per organization with compare-and-swap, which any database can
//! provide.
//!
//! A [`Store`] moves bytes and never interprets them. It is synchronous on purpose: a check does no
//! I/O, and commits are rare. [`MemoryStore`] is the reference for all backends. The feature
//! `conformance` has the suite that every backend must pass, and the feature `sqlite` a store in
//! one file.

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

/// The storage of organizations.
///
/// Per organization, a store keeps its present revision, its records, the outcome of every commit
/// id, at most one checkpoint, and side rows of personal data. Organizations are independent: a
/// commit id or the id of a side row has a meaning only within its organization.
///
/// For every call:
///
/// - It is done as a whole or not at all, and it shows one moment: never half a commit.
/// - An acknowledged write is durable, and every later call on every handle sees it.
/// - Ids and logins are compared byte for byte, whatever collation the backend has.
/// - Reads and refused calls create nothing.
/// - Calls may come from any number of threads, handles and processes at once.
///
/// The suite behind the feature `conformance` tests all of this.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Loads the newest checkpoint of an organization, all records after it, and all side rows that
    /// were not erased. `None` if there is no such organization.
    ///
    /// Shows the organization at one revision. Never fails because records were archived: a
    /// checkpoint at or after the last archived record is always kept.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Unavailable`]: try again later.
    /// - [`StoreError::Corrupt`], [`StoreError::IncompatibleFormat`]: the data cannot be read.
    ///   Never shown as an empty organization.
    /// - [`StoreError::Backend`]: anything else.
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError>;

    /// Makes the next revision and returns its number. The record, the side rows and the commit id
    /// are stored together, and are durable and readable when this returns.
    ///
    /// The commit id is compared first. The identical commit sent again (same expectation and same
    /// record, which implies the side rows) writes nothing and returns the revision that it made,
    /// for ever: also after its record was archived or its side rows were erased. Only then is the
    /// expectation compared.
    ///
    /// The writer chooses the ids of side rows, and uses each once in its organization. The side
    /// rows that the commit erases are deleted in the same transaction, as by
    /// [`erase`](Self::erase); rows that do not exist are no error.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Conflict`]: the organization is not at the expected revision. Nothing was
    ///   written, and the id is still free. As revisions only grow, a commit on an earlier revision
    ///   will never be stored: read again and decide again.
    /// - [`StoreError::OutcomeUnknown`]: it was stored or not. Send the identical commit again: it
    ///   returns its revision, is stored now, or conflicts, which proves that it was not and will
    ///   not be stored.
    /// - [`StoreError::CommitIdReused`]: the id is known with other content. Nothing was written;
    ///   choose a new id.
    /// - [`StoreError::TooLarge`]: nothing was written; split it.
    /// - [`StoreError::Unavailable`]: nothing was written; try again later.
    /// - [`StoreError::Corrupt`], [`StoreError::IncompatibleFormat`]: nothing was written, nor will
    ///   be.
    /// - [`StoreError::Backend`]: nothing was written.
    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError>;

    /// Returns up to `limit` records after a revision, in order and without gaps, with their side
    /// rows that were not erased, and possibly other side rows. Empty if the organization has no
    /// later revision or does not exist.
    ///
    /// Fewer than `limit` records are the last ones.
    ///
    /// # Errors
    ///
    /// [`StoreError::Archived`] if a record after `after` was archived: load instead. Otherwise as
    /// [`load`](Self::load).
    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError>;

    /// Returns the present revision of each organization, in the order of `organizations` and with
    /// its duplicates. `None` for one that does not exist. One round trip: this is how readers find
    /// out whether their copy is fresh.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError>;

    /// Stores a checkpoint. Does nothing if a newer one is stored, which is no error. Replaces one
    /// of the same revision, because after an erasure the same revision is written again without
    /// the erased data.
    ///
    /// Records stay until they are archived. The revision does not change.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Conflict`]: the organization has not reached the checkpoint's revision, or
    ///   does not exist. Nothing was written.
    /// - [`StoreError::OutcomeUnknown`]: call again; calling twice does no harm.
    /// - Otherwise as [`commit`](Self::commit).
    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// Deletes the records up to and including `through`, which a checkpoint has replaced. Records
    /// that are already deleted are no error. Side rows, commit ids and the revision stay.
    ///
    /// # Errors
    ///
    /// - [`StoreError::Conflict`]: there is no checkpoint at or after `through`, or no such
    ///   organization. Nothing was deleted: make a checkpoint first.
    /// - [`StoreError::OutcomeUnknown`]: call again; calling twice does no harm.
    /// - Otherwise as [`load`](Self::load), and nothing was deleted.
    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError>;

    /// Returns up to `limit` organizations ordered by id as a number, after `after`.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError>;

    /// Returns the organizations that have a side row of purpose
    /// [`Login`](crate::model::record::Purpose::Login) with exactly these bytes, ordered by id,
    /// each once.
    ///
    /// A former login also matches until its row is erased, so the caller must look into the
    /// organizations that are returned.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError>;

    /// Deletes side rows for good. Records do not change. Rows that do not exist are no error.
    ///
    /// A checkpoint is opaque to the store: a caller that wrote personal data into one must replace
    /// it.
    ///
    /// # Errors
    ///
    /// - [`StoreError::OutcomeUnknown`]: call again; calling twice does no harm.
    /// - Otherwise as [`load`](Self::load), and nothing was deleted.
    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError>;

    /// Returns when an organization may have changed, or after `timeout`. Does not return early
    /// without a reason, so that a loop around it does not spin. A hint only: poll
    /// [`revisions`](Self::revisions) to be sure.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Backend`]. Wait a while before asking again.
    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError>;
}

/// The stored data of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The newest checkpoint. `None` if there was never one.
    pub checkpoint: Option<Checkpoint>,
    /// Every record after the checkpoint, and all side rows.
    pub tail: Records,
}

/// Consecutive records of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// The records, in order.
    pub records: Vec<Record>,
    /// Their side rows that were not erased, in no order; possibly others too.
    pub personal: Vec<PersonalRow>,
}
