//! Storage: an append-only log per organization with compare-and-swap. Any database can do that.
//!
//! A [`Store`] moves bytes and never interprets them. It is synchronous on purpose: a check does no I/O, and commits are
//! rare. [`MemoryStore`] is the reference of what every backend must do.

mod error;
mod memory;

use std::fmt;
use std::time::Duration;

pub use error::StoreError;
pub use memory::MemoryStore;

use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Login, PersonalRow, Record, Revision};

/// Where organizations are kept.
///
/// Every call is atomic: it happens as a whole or not at all. Ids and logins are compared byte for byte. Reading never
/// creates.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// The newest checkpoint of an organization and all records after it; `None` if there is no such organization.
    ///
    /// Shows the organization at one revision, never half a commit.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] to be tried again, [`StoreError::Corrupt`] and [`StoreError::IncompatibleFormat`] if
    /// what is kept cannot be read, [`StoreError::Backend`] for anything else.
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError>;

    /// Makes the next revision and returns its number. What it returned is durable and readable.
    ///
    /// The same commit id with the same content returns the revision that it made the first time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if the organization is not as expected: nothing was written and this commit never will
    /// be. [`StoreError::CommitIdReused`] for a known id with other content. [`StoreError::OutcomeUnknown`]: send the
    /// identical commit again. [`StoreError::TooLarge`], [`StoreError::Unavailable`], [`StoreError::Backend`]: nothing
    /// was written.
    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError>;

    /// Up to `limit` records after a revision, in order, without gaps; none if the organization has no later one or is
    /// unknown.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError>;

    /// The present revision of each organization, in the order asked; `None` for one that is unknown. One round trip.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Backend`].
    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError>;

    /// Keeps a checkpoint, unless there is a newer one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if the organization has not reached the checkpoint's revision; otherwise as
    /// [`commit`](Self::commit).
    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// Up to `limit` organizations in the order of their ids, from the one after `after`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Backend`].
    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError>;

    /// The organizations in which this login, byte for byte, has a sub-account, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Backend`].
    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError>;

    /// Deletes side rows. Records stay as they are; rows that are gone already are no error.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Backend`].
    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError>;

    /// Returns when something may have changed, or after `timeout`. A hint only: polling
    /// [`revisions`](Self::revisions) is what counts.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Backend`].
    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError>;
}

/// What a store keeps of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The newest checkpoint, if one was ever made.
    pub checkpoint: Option<Checkpoint>,
    /// Every record after it, and the side rows.
    pub tail: Records,
}

/// Some records of one organization, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// The records.
    pub records: Vec<Record>,
    /// The side rows that they refer to, as far as they were not erased; possibly others too.
    pub personal: Vec<PersonalRow>,
}
