//! Records: what a store keeps of an organization. Revisions, commits, records, checkpoints and their bytes.
//!
//! A store moves these without looking inside. The library encodes a record once; what was encoded is what is kept.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{CommitId, OrganizationId, SubAccountId};
use crate::model::change::Change;
pub use crate::model::personal::{Digest, PersonalRow, Purpose};
pub use crate::model::sub_account::Login;
use crate::text::{Name, TextError};

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
    /// Before the first change set.
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

/// What a commit expects to find. A blind overwrite cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// No such organization yet.
    Absent,
    /// The organization at exactly this revision.
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

/// One revision to be stored: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The organization it changes.
    pub organization: OrganizationId,
    /// What it expects to find.
    pub expected: Expected,
    /// Its writer's id for it: the same commit sent again lands once.
    pub id: CommitId,
    /// The encoded record.
    pub record: Arc<[u8]>,
    /// The side rows that the record refers to for the first time.
    pub personal: Vec<PersonalRow>,
}

/// One stored revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which revision it made.
    pub revision: Revision,
    /// The bytes that were committed.
    pub bytes: Arc<[u8]>,
}

/// A whole organization at one revision, as bytes, from which loading may start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The organization.
    pub organization: OrganizationId,
    /// The revision it shows.
    pub revision: Revision,
    /// The encoded organization.
    pub bytes: Arc<[u8]>,
}

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Actor {
    /// The host's own code, under a name for the audit trail.
    System(Name),
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent.
    Operator {
        /// The host's organization.
        organization: OrganizationId,
        /// The operator there.
        sub_account: SubAccountId,
    },
    /// Somebody with the token of an invitation, who is or becomes this sub-account.
    Invitee(SubAccountId),
}

impl Actor {
    /// The host's own code under `name`.
    ///
    /// # Errors
    ///
    /// [`TextError`] if the name is empty, too long or holds a control character.
    pub fn system(name: &str) -> Result<Self, TextError> {
        Name::new(name).map(Self::System)
    }
}

/// What a record says: who did what, when, under which catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// The record format.
    format: u32,
    /// When it happened.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The fingerprint of the catalog under which it was decided.
    pub catalog: Digest,
    /// What was done, in words, one line an action.
    pub actions: Vec<String>,
    /// The effects.
    pub changes: Vec<Change>,
}

/// Why bytes are not a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A newer release wrote them.
    #[error(
        "record format {found} is newer than {supported}; this release cannot read the organization"
    )]
    IncompatibleFormat {
        /// The format found.
        found: u32,
        /// The newest format that this release reads.
        supported: u32,
    },
    /// They are not a record of any known format.
    #[error("the record cannot be decoded")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl RecordBody {
    /// The format that this release writes. Format 0 is a draft: it will be replaced before anything is kept for good.
    pub const FORMAT: u32 = 0;

    /// A record in the present format.
    pub const fn new(
        time: Timestamp,
        actor: Actor,
        catalog: Digest,
        actions: Vec<String>,
        changes: Vec<Change>,
    ) -> Self {
        Self { format: Self::FORMAT, time, actor, catalog, actions, changes }
    }

    /// The record as bytes: one content, one encoding.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Corrupt`] if the record cannot be written as JSON, which no valid record brings about.
    pub fn encode(&self) -> Result<Arc<[u8]>, DecodeError> {
        serde_json::to_vec(self).map(Into::into).map_err(|error| DecodeError::Corrupt(error.into()))
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// [`DecodeError::IncompatibleFormat`] for a newer format, [`DecodeError::Corrupt`] for anything else that does not
    /// read.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let corrupt = |error: serde_json::Error| DecodeError::Corrupt(error.into());
        let Format { format: found } = serde_json::from_slice(bytes).map_err(corrupt)?;
        if found > Self::FORMAT {
            return Err(DecodeError::IncompatibleFormat { found, supported: Self::FORMAT });
        }
        serde_json::from_slice(bytes).map_err(corrupt)
    }
}
