//! What can go wrong in a directory, classified by what the caller can do about it.

use crate::governance::ActionError;
use crate::id::OrganizationId;
use crate::model::StructureError;
use crate::model::record::{DecodeError, Revision};
use crate::store::StoreError;

/// Why an organization cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no such organization.
    #[error("there is no organization {0}")]
    Unknown(OrganizationId),
    /// The store failed; its error says what to do.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record, or a checkpoint, cannot be read.
    #[error("revision {revision} of organization {organization} cannot be read")]
    Decode {
        /// The organization.
        organization: OrganizationId,
        /// The revision.
        revision: Revision,
        /// What is wrong with it.
        #[source]
        error: DecodeError,
    },
    /// A record does not fit the one before it.
    #[error("revision {revision} of organization {organization} does not fit the one before it")]
    Structure {
        /// The organization.
        organization: OrganizationId,
        /// The revision.
        revision: Revision,
        /// What does not fit.
        #[source]
        error: StructureError,
    },
    /// The store left records out.
    #[error(
        "the store gave revision {found} of organization {organization} where {expected} was due"
    )]
    Gap {
        /// The organization.
        organization: OrganizationId,
        /// The revision that was due.
        expected: Revision,
        /// The revision that came.
        found: Revision,
    },
}

/// Why a commit did not happen. Unless it says otherwise, nothing was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The action itself was refused.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The organization cannot be had.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Others committed first, again and again. Try later.
    #[error("others changed the organization {attempts} times in a row while this was tried")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The store failed; its error says what to do. After [`StoreError::OutcomeUnknown`] the change may have happened:
    /// [`refresh`](crate::Directory::refresh) and look.
    #[error(transparent)]
    Store(StoreError),
}
