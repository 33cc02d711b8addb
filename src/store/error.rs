//! Store errors, classified by what the caller can do about them.

use crate::model::record::Revision;

/// The error of the backend's driver.
type DriverError = Box<dyn std::error::Error + Send + Sync>;

/// Why a store call failed. No variant exposes a type of the backend's driver.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The organization is at another revision than expected. Read it again and decide again.
    /// Nothing was written.
    #[error("the organization has changed; it is now at {}", PresentRevision(*.actual))]
    Conflict {
        /// Its present revision; `None` if there is no such organization.
        actual: Option<Revision>,
    },
    /// The records asked for were archived. Load the organization, which starts from its
    /// checkpoint.
    #[error("the records up to revision {through} are archived; load the organization instead")]
    Archived {
        /// The last revision whose record was archived.
        through: Revision,
    },
    /// The store cannot be reached now, or has no space left. Nothing was written. Try again later.
    #[error("the store is unavailable")]
    Unavailable(#[source] DriverError),
    /// It is unknown whether the write was stored. Send the identical commit again; repeat any
    /// other call.
    #[error("it is unknown whether the commit was stored")]
    OutcomeUnknown(#[source] DriverError),
    /// The commit's id was used for other content. Choose a new id.
    #[error("the commit's id was used before for other content")]
    CommitIdReused,
    /// The stored data is damaged. Restore it.
    #[error("the stored data is damaged")]
    Corrupt(#[source] DriverError),
    /// The schema has an object that the store did not create, such as a trigger, and that can
    /// alter its data. Nothing was written, and nothing will be until the object is removed.
    #[error("{object} in {place} was not created by the store and can alter its data; {remedy}")]
    AlteredSchema {
        /// The object: its kind, its name and its table.
        object: String,
        /// The file or the database in which it is.
        place: String,
        /// How to remove it.
        remedy: String,
    },
    /// A newer release wrote the data. Update this process.
    #[error("the stored data has format {found}; this release reads up to {supported}")]
    IncompatibleFormat {
        /// The format found.
        found: u32,
        /// The newest format that this release reads.
        supported: u32,
    },
    /// The commit is larger than the store accepts. Nothing was written. Split it.
    #[error("the commit has {bytes} bytes; the store accepts at most {limit}")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The most bytes that the store accepts.
        limit: usize,
    },
    /// Any other error of the backend. Nothing was written.
    #[error("the store failed")]
    Backend(#[source] DriverError),
}

/// Displays a revision, or that there is no organization.
struct PresentRevision(Option<Revision>);

impl std::fmt::Display for PresentRevision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(revision) => write!(f, "revision {revision}"),
            None => f.write_str("no revision, because it does not exist"),
        }
    }
}
