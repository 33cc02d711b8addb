//! Profile: what an organization says of itself, its status and its security policy.

use serde::{Deserialize, Serialize};

use std::collections::BTreeSet;

use crate::model::condition::Condition;
use crate::permission::PermissionNames;
use crate::text::{Label, Name};

/// The organization's own row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The organization's name.
    pub name: Name,
    /// Whether anybody may do anything in it.
    pub status: OrganizationStatus,
    /// A limit on everything anyone may do in it; none limits nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<PermissionNames>,
    /// What every session must meet.
    #[serde(default)]
    pub security: SecurityPolicy,
    /// Those conditions of the security policy that neither an owner nor the host has set or
    /// confirmed (G6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unconfirmed: Vec<Condition>,
    /// Labels of the organization as a scope.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl Profile {
    /// The security policy without the conditions that neither an owner nor the host has set or
    /// confirmed.
    pub(crate) fn confirmed_security(&self) -> SecurityPolicy {
        let is_confirmed = |condition: &&Condition| !self.unconfirmed.contains(condition);
        SecurityPolicy {
            conditions: self.security.conditions.iter().filter(is_confirmed).cloned().collect(),
        }
    }

    /// An active organization without a ceiling, a security policy or labels.
    pub const fn new(name: Name) -> Self {
        Self {
            name,
            status: OrganizationStatus::Active,
            ceiling: None,
            security: SecurityPolicy { conditions: Vec::new() },
            unconfirmed: Vec::new(),
            labels: BTreeSet::new(),
        }
    }
}

/// Whether an organization is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationStatus {
    /// Open.
    Active,
    /// Locked for a while: nobody may do anything.
    Suspended,
    /// Closed for good: nobody may do anything, and it cannot be reopened.
    Closed,
}

impl OrganizationStatus {
    /// Whether an organization may go from this status to `next`; closed is final.
    pub const fn may_become(self, next: Self) -> bool {
        !matches!((self, next), (Self::Closed, Self::Active | Self::Suspended))
    }
}

/// What every session in the organization must meet before anything is allowed. Services, which have no second factor
/// and no login page, must meet its network part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityPolicy {
    /// All of these must be true; what is not known is not met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}
