//! What can go wrong in a directory, classified by what the caller can do about it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::catalog::{ProjectionError, SuccessionError};
use crate::governance::{ActionError, PlanError, Refusal, Violation};
use crate::id::OrganizationId;
use crate::model::StructureError;
use crate::model::record::{DecodeError, Revision};
use crate::store::StoreError;

/// Why an organization cannot be had. Clones share what caused it: one load may fail for many who wait for it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no such organization.
    #[error("there is no organization {0}")]
    Unknown(OrganizationId),
    /// The store failed; its error says what to do.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A record, or a checkpoint, cannot be read. If it was met on the way to a newer revision, the organization is
    /// unavailable until it can be.
    #[error("revision {revision} of organization {organization} cannot be read")]
    Decode {
        /// The organization.
        organization: OrganizationId,
        /// The revision.
        revision: Revision,
        /// What is wrong with it.
        #[source]
        error: Arc<DecodeError>,
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
    /// The store has less than it had: an older copy was put in its place, or the organization was
    /// taken out. Put the newest copy back.
    #[error(
        "organization {organization} was at revision {known}, and the store is back at {}; \
         restore the newest copy",
        Now(*.found)
    )]
    WentBack {
        /// The organization.
        organization: OrganizationId,
        /// The revision that was loaded or [expected](crate::Directory::expect_at_least).
        known: Revision,
        /// The revision that the store has now; none if it has none.
        found: Option<Revision>,
    },
    /// The store has not come as far as was asked for.
    #[error("organization {organization} is at revision {found}, not yet at {wanted}")]
    Behind {
        /// The organization.
        organization: OrganizationId,
        /// The revision that was asked for.
        wanted: Revision,
        /// The revision that the store has.
        found: Revision,
    },
    /// A catalog is in force that this process cannot decide by: nothing is answered and nothing
    /// committed here. Update this process, or have a catalog adopted that it can read.
    #[error(
        "a catalog of {} is in force in organization {organization}, and this process, \
         with edition {own}, cannot decide by it",
        Edition(*.edition)
    )]
    CatalogAhead {
        /// The organization.
        organization: OrganizationId,
        /// The edition in force; `None` if nobody can tell here.
        edition: Option<u64>,
        /// The edition of this process's catalog.
        own: u64,
        /// Why it cannot.
        #[source]
        reason: CatalogUnusable,
    },
    /// Another thread was loading it and panicked. Try again.
    #[error("the load of organization {0} was abandoned; try again")]
    Abandoned(OrganizationId),
}

impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl LoadError {
    pub(super) fn decode(
        organization: OrganizationId,
        revision: Revision,
        error: DecodeError,
    ) -> Self {
        Self::Decode { organization, revision, error: Arc::new(error) }
    }

    /// Whether what was read, and not the reading, is at fault: trying again will not help.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Self::Store(error) => {
                matches!(&**error, StoreError::Corrupt(_) | StoreError::IncompatibleFormat { .. })
            }
            Self::Unknown(_)
            | Self::Decode { .. }
            | Self::Structure { .. }
            | Self::Gap { .. }
            | Self::WentBack { .. }
            | Self::CatalogAhead { .. } => true,
            Self::Behind { .. } | Self::Abandoned(_) => false,
        }
    }
}

/// Why a process cannot decide by the catalog in force. Clones share what caused it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogUnusable {
    /// No record has brought it, though one was decided under it.
    #[error("its document was not kept")]
    NotKept,
    /// A checkpoint names several catalogs of the highest edition and does not say which of them
    /// came last. Adopt a catalog of a higher edition.
    #[error("a checkpoint does not say which of several catalogs of one edition came last")]
    Ambiguous,
    /// It cannot be put on the permissions of this process.
    #[error(transparent)]
    Projection(Arc<ProjectionError>),
}

/// Shows an edition that may not be known.
struct Edition(Option<u64>);

impl std::fmt::Display for Edition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(edition) => write!(f, "edition {edition}"),
            None => f.write_str("an unknown edition"),
        }
    }
}

/// Shows a revision that may be none.
struct Now(Option<Revision>);

impl std::fmt::Display for Now {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(revision) => write!(f, "revision {revision}"),
            None => f.write_str("nothing"),
        }
    }
}

/// Why a commit did not happen. Unless it says otherwise, nothing was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The action makes no sense for the organization as it is.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The actor may not do it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It would break what must hold whoever acts.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The organization has moved on since the plan was made. Look at it again and make another one.
    #[error("the plan was made on revision {planned}, and the organization has moved on")]
    Conflict {
        /// The revision that the plan was made on.
        planned: Revision,
    },
    /// The plan was committed too late.
    #[error("the plan expired at {at}; make another one")]
    PlanExpired {
        /// When it expired.
        at: Timestamp,
    },
    /// The token opens nothing: it was used, withdrawn, replaced, has expired, or never existed.
    #[error("the invitation cannot be accepted; ask for a new one")]
    DeadInvitation,
    /// The invitation is for somebody who signs in in another way.
    #[error("the invitation is for another login")]
    WrongLogin,
    /// This machine's clock is too far behind that of whoever made the last revision. If it was
    /// that clock which was wrong, the host [sets the time
    /// anew](crate::Administration::reset_time).
    #[error(
        "the last revision is dated {after}, and this clock shows {now}; set the clock, \
         or if that date is wrong, have the host reset the time"
    )]
    ClockBehind {
        /// What the clock shows.
        now: Timestamp,
        /// The date of the last revision.
        after: Timestamp,
    },
    /// The catalog of this process may not take the place of the one in force.
    #[error(transparent)]
    Catalog(#[from] SuccessionError),
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

impl CommitError {
    /// The rule of the specification that forbids it: `"G2"`, `"I1"`; none if it is not forbidden but makes no sense, comes
    /// too late or cannot be stored.
    pub const fn rule(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => Some(refusal.rule()),
            Self::Violation(violation) => Some(violation.rule()),
            Self::Catalog(_) => Some("C3"),
            _ => None,
        }
    }
}

impl From<PlanError> for CommitError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Action(error) => Self::Action(error),
            PlanError::Refused(error) => Self::Refused(error),
            PlanError::Violation(error) => Self::Violation(error),
        }
    }
}
