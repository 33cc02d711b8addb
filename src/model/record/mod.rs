//! Records: what a store keeps of an organization. Revisions, commits, records, checkpoints and
//! their bytes.
//!
//! A store moves these bytes without reading them. A record is encoded once, and its hash is taken
//! of exactly those bytes. [`RecordBody`] is the content of a record, and [`Chain`] links them.
//! These forms and that of a checkpoint are frozen under their format numbers.

mod body;
mod chain;
mod checkpoint;
mod error;

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use body::{Actor, CatalogText, RecordBody};
pub use chain::{Chain, Entry, InForce};
pub use error::DecodeError;

use crate::id::{CommitId, OrganizationId, PersonalId};
pub use crate::model::login::Login;
pub use crate::model::personal::{Digest, PersonalRow, Purpose};

/// The number of an organization's state: 1, 2, 3 ... without gaps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "NonZeroU64", into = "u64")]
pub struct Revision(u64);

impl From<NonZeroU64> for Revision {
    fn from(number: NonZeroU64) -> Self {
        Self::new(number)
    }
}

impl From<Revision> for u64 {
    fn from(revision: Revision) -> Self {
        revision.number()
    }
}

impl Revision {
    /// The revision before the first change set.
    pub(crate) const NONE: Self = Self(0);

    /// The first revision of every organization.
    pub const FIRST: Self = Self(1);

    /// The revision with this number.
    pub const fn new(number: NonZeroU64) -> Self {
        Self(number.get())
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The revision after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({})", self.0)
    }
}

/// The revision that a commit expects in the store. There is no blind overwrite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The organization does not exist yet.
    Absent,
    /// The organization is at exactly this revision.
    At(Revision),
}

impl Expected {
    /// The revision that a commit with this expectation makes.
    pub const fn makes(self) -> Revision {
        match self {
            Self::Absent => Revision::FIRST,
            Self::At(revision) => revision.next(),
        }
    }
}

/// One revision to be stored, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The organization it changes.
    pub organization: OrganizationId,
    /// What it expects to find.
    pub expected: Expected,
    /// The writer's id for the commit. A commit that is sent again is stored once.
    pub id: CommitId,
    /// The encoded record.
    pub record: Arc<[u8]>,
    /// The side rows that the record refers to for the first time.
    pub personal: Vec<PersonalRow>,
    /// The side rows that are deleted in the same transaction.
    pub erase: Vec<PersonalId>,
}

/// One stored revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The revision that it made.
    pub revision: Revision,
    /// The encoded record.
    pub bytes: Arc<[u8]>,
}

/// A whole organization at one revision, encoded. Loading can start from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The organization.
    pub organization: OrganizationId,
    /// The revision that it contains.
    pub revision: Revision,
    /// The encoded organization.
    pub bytes: Arc<[u8]>,
}
