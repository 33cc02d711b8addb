//! A violated invariant.

use crate::id::SubAccountId;
use crate::model::RoleName;
use crate::permission::PermissionNames;
use crate::text::Name;

/// An invariant that a change would break. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// The organization would have too few owners.
    #[error(
        "the organization would have {owners} owners; it must have {at_least}, so add one first"
    )]
    TooFewOwners {
        /// How many owners it would have.
        owners: usize,
        /// How many owners it must have.
        at_least: u32,
    },
    /// Duties that must be separated would meet in one person.
    #[error(
        "sub-account {sub_account} would have {duties} duties of `{set}`; \
         one person must have fewer than {limit}"
    )]
    DutiesMeet {
        /// The person, who has them together with the services it owns.
        sub_account: SubAccountId,
        /// The separation-of-duty set.
        set: Name,
        /// How many duties it would have.
        duties: usize,
        /// The number of duties that is too many.
        limit: u32,
    },
    /// There would be more objects of one kind than allowed.
    #[error("there would be {count} {what}; at most {limit} are allowed")]
    TooMany {
        /// The kind of object, in the plural.
        what: &'static str,
        /// How many there would be.
        count: usize,
        /// How many are allowed.
        limit: u32,
    },
    /// A role would have more or fewer holders than allowed.
    #[error(
        "the role `{role}` would have {count} holders, too {}",
        if *too_many { "many" } else { "few" }
    )]
    Holders {
        /// The role.
        role: RoleName,
        /// How many would hold it.
        count: usize,
        /// Whether that is too many rather than too few.
        too_many: bool,
    },
    /// A sub-account would hold permissions that its kind must never hold.
    #[error("sub-account {sub_account} would hold {permissions}, which `{guardrail}` forbids")]
    Guardrail {
        /// The sub-account.
        sub_account: SubAccountId,
        /// The guardrail.
        guardrail: Name,
        /// The forbidden permissions that it would hold.
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
