//! What can go wrong in a store, classified by what the caller can do about it.

use crate::model::record::Revision;

/// The source of an error: whatever the backend's driver said.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a store did not do what was asked. No variant shows the type of a backend's driver.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The organization is not as expected: read it again and decide again. Nothing was written.
    #[error("the organization has moved on, it is now at {}", Now(*.actual))]
    Conflict {
        /// Its present revision; `None` if there is no such organization.
        actual: Option<Revision>,
    },
    /// The records asked for were archived: load the organization, which starts from its checkpoint.
    #[error("the records up to revision {through} were archived; load the organization instead")]
    Archived {
        /// The last revision whose record was archived.
        through: Revision,
    },
    /// The store cannot be reached now, or has no room; nothing was written. Try again later.
    #[error("the store is unavailable")]
    Unavailable(#[source] Source),
    /// Nobody knows whether what was to be written landed. Send the identical commit again; what is no commit, ask again.
    #[error("it is not known whether the commit landed")]
    OutcomeUnknown(#[source] Source),
    /// The commit's id was used for other content. Choose a new id.
    #[error("the commit's id was used before for other content")]
    CommitIdReused,
    /// What is kept is damaged. Restore it.
    #[error("what is stored is damaged")]
    Corrupt(#[source] Source),
    /// Something that the store did not make, a trigger say, can change what it keeps. Nothing was
    /// written, and nothing is until it is removed.
    #[error("{object} in {place} was not made by the store and can change what it keeps; {remedy}")]
    AlteredSchema {
        /// What it is, by its kind, its name and the table on which it acts.
        object: String,
        /// Where it is: the file, or the database.
        place: String,
        /// What to do about it.
        remedy: String,
    },
    /// What is kept was written by a newer release. Update this process.
    #[error("what is stored has format {found}, newer than {supported}")]
    IncompatibleFormat {
        /// The format found.
        found: u32,
        /// The newest format that this release reads.
        supported: u32,
    },
    /// The commit is larger than the store takes; nothing was written. Split it.
    #[error("the commit has {bytes} bytes; the store takes at most {limit}")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The most that the store takes.
        limit: usize,
    },
    /// Anything else that the backend says; nothing was written.
    #[error("the store failed")]
    Backend(#[source] Source),
}

/// Shows a revision that may be none.
struct Now(Option<Revision>);

impl std::fmt::Display for Now {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(revision) => write!(f, "revision {revision}"),
            None => f.write_str("no revision: there is no such organization"),
        }
    }
}
