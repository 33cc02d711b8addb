//! Differences in permissions, each with the period and conditions in which it holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Ownership;
use crate::access::context::Truth;
use crate::model::Condition;
use crate::permission::PermissionNames;

/// One difference in the permissions of a sub-account at one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The first instant at which it holds.
    pub from: Timestamp,
    /// The first instant at which it no longer holds; `None` if it does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The conditions of a session under which it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Circumstance>,
    /// The permissions gained.
    pub gained: PermissionsByOwnership,
    /// The permissions lost.
    pub lost: PermissionsByOwnership,
}

/// A condition, and how a session must answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstance {
    /// The condition.
    pub condition: Condition,
    /// The answer.
    pub answer: Answer,
}

/// How a session answers a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The condition is met.
    Met,
    /// The condition is unmet.
    Unmet,
    /// The session does not say.
    Unknown,
    /// Unmet, or the session does not say.
    NotMet,
    /// Met, or the session does not say.
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

/// Permissions by the ownership of the object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionsByOwnership {
    /// On objects that the sub-account owns.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub own: PermissionNames,
    /// On objects that it does not own.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub others: PermissionNames,
    /// If no ownership is claimed: as decided by the registered owner, if there is one, before and
    /// after.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub unsaid: PermissionNames,
}

impl PermissionsByOwnership {
    /// Whether there are no permissions.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_empty() && self.unsaid.is_empty()
    }

    /// The permissions for one ownership.
    pub const fn of(&self, ownership: Ownership) -> &PermissionNames {
        match ownership {
            Ownership::Owned => &self.own,
            Ownership::NotOwned => &self.others,
            Ownership::Unsaid => &self.unsaid,
        }
    }
}
