//! Difference.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Ownership;
use crate::access::context::Truth;
use crate::model::Condition;
use crate::permission::PermissionNames;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The first instant at which it holds.
    pub from: Timestamp,
    /// The first instant at which it does not hold any more; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What must be true of a request for it to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Circumstance>,
    /// What is gained.
    pub gained: PermissionsByOwnership,
    /// What is lost.
    pub lost: PermissionsByOwnership,
}

/// What a request must make of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstance {
    /// The condition.
    pub condition: Condition,
    /// What is made of it.
    pub answer: Answer,
}

/// Whether a request meets a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It does.
    Met,
    /// It does not.
    Unmet,
    /// It does not say.
    Unknown,
    /// It does not, or it does not say.
    NotMet,
    /// It does, or it does not say.
    NotUnmet,
}

impl Answer {
    pub(super) fn fits(self, truth: Truth) -> bool {
        match self {
            Self::Met => truth == Truth::True,
            Self::Unmet => truth == Truth::False,
            Self::Unknown => truth == Truth::Unknown,
            Self::NotMet => truth != Truth::True,
            Self::NotUnmet => truth != Truth::False,
        }
    }
}

/// Permissions by whether the sub-account owns what is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionsByOwnership {
    /// On what it owns.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub own: PermissionNames,
    /// On what it does not own.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub others: PermissionNames,
    /// Where nobody says: as whoever is registered as the owner has it, before and after, if anybody is.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub unsaid: PermissionNames,
}

impl PermissionsByOwnership {
    /// Whether nothing is meant.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_empty() && self.unsaid.is_empty()
    }

    /// The permissions for one kind of ownership.
    pub const fn of(&self, ownership: Ownership) -> &PermissionNames {
        match ownership {
            Ownership::Owned => &self.own,
            Ownership::NotOwned => &self.others,
            Ownership::Unsaid => &self.unsaid,
        }
    }
}
