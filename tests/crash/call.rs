//! The calls that change a store, as one process tells them to another.

use serde::{Deserialize, Serialize};
use tenantry::model::record::{Checkpoint, Commit, Expected, PersonalRow, Revision};
use tenantry::store::{Store, StoreError};
use tenantry::{CommitId, OrganizationId, PersonalId};

/// A call that changes a store, whole: whoever reads it can make the same call again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Call {
    Commit {
        organization: OrganizationId,
        /// The revision that it expects; none for no organization.
        at: Option<Revision>,
        id: CommitId,
        record: String,
        personal: Vec<PersonalRow>,
        erase: Vec<PersonalId>,
    },
    Checkpoint {
        organization: OrganizationId,
        revision: Revision,
        bytes: String,
    },
    Archive {
        organization: OrganizationId,
        through: Revision,
    },
    Erase {
        organization: OrganizationId,
        personal: Vec<PersonalId>,
    },
}

/// Records and checkpoints are JSON.
fn text(bytes: &[u8]) -> String {
    str::from_utf8(bytes).unwrap().to_owned()
}

impl Call {
    pub(crate) fn commit(commit: &Commit) -> Self {
        Self::Commit {
            organization: commit.organization,
            at: match commit.expected {
                Expected::Absent => None,
                Expected::At(revision) => Some(revision),
            },
            id: commit.id,
            record: text(&commit.record),
            personal: commit.personal.clone(),
            erase: commit.erase.clone(),
        }
    }

    pub(crate) fn checkpoint(checkpoint: &Checkpoint) -> Self {
        Self::Checkpoint {
            organization: checkpoint.organization,
            revision: checkpoint.revision,
            bytes: text(&checkpoint.bytes),
        }
    }

    /// The commit that this call sends; none if it does something else.
    pub(crate) fn sent(&self) -> Option<Commit> {
        let Self::Commit { organization, at, id, record, personal, erase } = self else {
            return None;
        };
        Some(Commit {
            organization: *organization,
            expected: at.map_or(Expected::Absent, Expected::At),
            id: *id,
            record: record.as_bytes().into(),
            personal: personal.clone(),
            erase: erase.clone(),
        })
    }

    /// Makes the call.
    pub(crate) fn make(&self, store: &dyn Store) -> Result<(), StoreError> {
        match self {
            Self::Commit { .. } => store.commit(&self.sent().unwrap()).map(drop),
            Self::Checkpoint { organization, revision, bytes } => store.checkpoint(&Checkpoint {
                organization: *organization,
                revision: *revision,
                bytes: bytes.as_bytes().into(),
            }),
            Self::Archive { organization, through } => store.archive(*organization, *through),
            Self::Erase { organization, personal } => store.erase(*organization, personal),
        }
    }

    /// What it is, in a report.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Commit { .. } => "commit",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Archive { .. } => "archive",
            Self::Erase { .. } => "erase",
        }
    }
}
