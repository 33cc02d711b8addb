//! Violation.

use crate::id::SubAccountId;
use crate::model::RoleName;
use crate::permission::PermissionNames;
use crate::text::Name;

/// What a change would break. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// The organization would have too few owners.
    #[error(
        "the organization would have {owners} of the {at_least} owners it must have; make another one first"
    )]
    TooFewOwners {
        /// How many it would have.
        owners: usize,
        /// How many it must have.
        at_least: u32,
    },
    /// Duties that must be kept apart would meet in one hand.
    #[error(
        "sub-account {sub_account} would have {duties} duties of `{set}`; {limit} are too many for one hand"
    )]
    DutiesMeet {
        /// Who would have them.
        sub_account: SubAccountId,
        /// The separation-of-duty set.
        set: Name,
        /// How many.
        duties: usize,
        /// How many are too many.
        limit: u32,
    },
    /// There would be more of something than the organization may have.
    #[error("there would be {count} {what}; at most {limit} are allowed")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many there may be.
        limit: u32,
    },
    /// A role would have more or fewer holders than it may have.
    #[error("the role `{role}` would have {count} holders, which is too {}", if *too_many { "many" } else { "few" })]
    Holders {
        /// The role.
        role: RoleName,
        /// How many would hold it.
        count: usize,
        /// Whether that is too many rather than too few.
        too_many: bool,
    },
    /// A sub-account would hold what its kind never holds.
    #[error("sub-account {sub_account} would hold {permissions}, which `{guardrail}` forbids")]
    Guardrail {
        /// Who would hold it.
        sub_account: SubAccountId,
        /// The guardrail.
        guardrail: Name,
        /// What it forbids of what would be held.
        permissions: PermissionNames,
    },
}

impl Violation {
    /// The rule of the specification that it breaks: `"I1"`.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::TooFewOwners { .. } => "I1",
            Self::DutiesMeet { .. } => "I2",
            Self::TooMany { .. } | Self::Holders { .. } => "I3",
            Self::Guardrail { .. } => "I5",
        }
    }
}
