//! Why bytes are not what they should be, classified by what it means for whoever reads them.

use crate::id::OrganizationId;
use crate::model::change::StructureError;
use crate::model::record::Revision;

/// What was found wrong, in the words of whatever reads JSON.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a record or a checkpoint cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A newer release wrote it. Update this process.
    #[error("format {found} is newer than {supported}; this release cannot read the organization")]
    IncompatibleFormat {
        /// The format found.
        found: u32,
        /// The newest format that this release reads.
        supported: u32,
    },
    /// It is of a known format and holds something unknown, most likely what a newer release knows.
    #[error("it holds something that this release does not know")]
    Unknown(#[source] Source),
    /// It is damaged, or was never written by this library.
    #[error("it cannot be decoded")]
    Corrupt(#[source] Source),
    /// It belongs somewhere else.
    #[error("it belongs to revision {revision} of organization {organization}")]
    Misplaced {
        /// The organization that it names.
        organization: OrganizationId,
        /// The revision that it names.
        revision: Revision,
    },
    /// It was written after another record than the one before it here: one of the two was exchanged.
    #[error("it follows another record than the one before it")]
    BrokenChain,
    /// It is larger than any that this library writes.
    #[error("it has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The most that are read.
        limit: usize,
    },
    /// What a checkpoint shows is not an organization that could be.
    #[error("it shows what no organization can be")]
    Structure(#[from] StructureError),
}
