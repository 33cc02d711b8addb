//! Directory errors, classified by what the caller can do about them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::catalog::{ProjectionError, SuccessionError};
use crate::governance::{ActionError, PlanError, Refusal, Violation};
use crate::id::OrganizationId;
use crate::model::StructureError;
use crate::model::record::{DecodeError, Revision};
use crate::store::StoreError;

/// Why an organization cannot be loaded. Clones share the cause, because many threads may wait for
/// one load.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no such organization.
    #[error("there is no organization {0}")]
    Unknown(OrganizationId),
    /// The store failed; see its error.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A record or a checkpoint cannot be read. If it is newer than the loaded revision, the
    /// organization is unavailable until it can be read.
    #[error("revision {revision} of organization {organization} cannot be read")]
    Decode {
        /// The organization.
        organization: OrganizationId,
        /// The revision.
        revision: Revision,
        /// The error in it.
        #[source]
        error: Arc<DecodeError>,
    },
    /// A record does not fit the previous revision.
    #[error("revision {revision} of organization {organization} does not fit the previous one")]
    Structure {
        /// The organization.
        organization: OrganizationId,
        /// The revision.
        revision: Revision,
        /// The structural error.
        #[source]
        error: StructureError,
    },
    /// The store left out records.
    #[error(
        "the store returned revision {found} of organization {organization} instead of {expected}"
    )]
    Gap {
        /// The organization.
        organization: OrganizationId,
        /// The revision that should have come next.
        expected: Revision,
        /// The revision that came instead.
        found: Revision,
    },
    /// The store has an older state than before: it was replaced by an older copy, or the
    /// organization was removed. Restore the newest copy.
    #[error(
        "organization {organization} was at revision {known}, but the store now has {}; \
         restore the newest copy",
        StoreRevision(*.found)
    )]
    WentBack {
        /// The organization.
        organization: OrganizationId,
        /// The revision that was loaded or [expected](crate::Directory::expect_at_least).
        known: Revision,
        /// The revision in the store. `None` if the organization is not there.
        found: Option<Revision>,
    },
    /// The store has not reached the revision that was asked for.
    #[error("organization {organization} is at revision {found}, not yet at {wanted}")]
    Behind {
        /// The organization.
        organization: OrganizationId,
        /// The revision that was asked for.
        wanted: Revision,
        /// The revision that the store has.
        found: Revision,
    },
    /// This process cannot decide by the catalog in force. Nothing is answered or committed here.
    /// Update this process, or adopt a catalog that it can read.
    #[error(
        "a catalog of {} is in force in organization {organization}, and this process, \
         with edition {own}, cannot decide by it",
        KnownEdition(*.edition)
    )]
    CatalogAhead {
        /// The organization.
        organization: OrganizationId,
        /// The edition in force. `None` if it is unknown.
        edition: Option<u64>,
        /// The edition of this process's catalog.
        own: u64,
        /// The reason.
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

    /// Whether the data that was read is at fault, so that trying again will not help.
    pub(super) fn is_permanent(&self) -> bool {
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

/// Why a process cannot decide by the catalog in force. Clones share the cause.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogUnusable {
    /// No record contains it, though one was decided under it.
    #[error("no record contains its document")]
    NotKept,
    /// A checkpoint has several catalogs of the highest edition and does not say which came last.
    /// Adopt a catalog with a higher edition.
    #[error("a checkpoint has several catalogs of one edition and does not say which came last")]
    Ambiguous,
    /// It cannot be mapped to the permissions of this process.
    #[error(transparent)]
    Projection(Arc<ProjectionError>),
}

/// Displays an edition that may be unknown.
struct KnownEdition(Option<u64>);

impl std::fmt::Display for KnownEdition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(edition) => write!(f, "edition {edition}"),
            None => f.write_str("an unknown edition"),
        }
    }
}

/// Displays a revision that may not exist.
struct StoreRevision(Option<Revision>);

impl std::fmt::Display for StoreRevision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(revision) => write!(f, "revision {revision}"),
            None => f.write_str("nothing"),
        }
    }
}

/// Why a commit failed. Unless stated otherwise, nothing was stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The action does not apply to the organization in its present state.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The actor is not allowed to do it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The result would violate an invariant, for any actor.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The organization has changed since the plan was made. Make a new plan.
    #[error(
        "the plan was made on revision {planned}, and the organization has changed since; \
         make another one"
    )]
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
    /// The token is not valid: it was used, withdrawn, replaced or expired, or never existed.
    #[error("the invitation cannot be accepted; ask for a new one")]
    DeadInvitation,
    /// The invitation is bound to another login.
    #[error("the invitation is for another login")]
    WrongLogin,
    /// This machine's clock is too far behind the last revision. If the clock that dated that
    /// revision was wrong, the host can [reset the time](crate::Administration::reset_time).
    #[error(
        "the last revision is dated {after}, but this clock shows {now}; set the clock, \
         or if that date is wrong, have the host reset the time"
    )]
    ClockBehind {
        /// The time on this machine's clock.
        now: Timestamp,
        /// The date of the last revision.
        after: Timestamp,
    },
    /// The catalog of this process cannot replace the one in force.
    #[error(transparent)]
    Catalog(#[from] SuccessionError),
    /// The organization cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Other commits came first, every time. Try again later.
    #[error("gave up after {attempts} attempts, because the organization changed during each")]
    Contended {
        /// The number of attempts.
        attempts: u32,
    },
    /// The store failed; see its error. After [`StoreError::OutcomeUnknown`] the change may have
    /// been stored: [`refresh`](crate::Directory::refresh) and look.
    #[error(transparent)]
    Store(StoreError),
}

impl CommitError {
    /// The rule of the specification that forbids the change, such as `"G2"` or `"I1"`. `None` for
    /// any other reason.
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
