//! Why a record or a checkpoint cannot be read, classified by what the reader should do.

use crate::id::OrganizationId;
use crate::model::change::StructureError;
use crate::model::record::Revision;

/// The error of the JSON parser.
type ParserError = Box<dyn std::error::Error + Send + Sync>;

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
    /// The format is known but the content is not, most likely because a newer release wrote it.
    #[error("it contains something that this release does not know")]
    Unknown(#[source] ParserError),
    /// It is damaged, or was not written by this library.
    #[error("it cannot be decoded")]
    Corrupt(#[source] ParserError),
    /// It belongs to another organization or revision.
    #[error("it belongs to revision {revision} of organization {organization}")]
    Misplaced {
        /// The organization that it names.
        organization: OrganizationId,
        /// The revision that it names.
        revision: Revision,
    },
    /// It does not follow the previous record: one of the two was replaced.
    #[error("it does not follow the previous record")]
    BrokenChain,
    /// It is larger than any record that this library writes.
    #[error("it has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The most bytes that are read.
        limit: usize,
    },
    /// The organization in a checkpoint is invalid.
    #[error("the organization in the checkpoint is invalid")]
    Structure(#[from] StructureError),
}
