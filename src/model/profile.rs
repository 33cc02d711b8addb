//! Profile: an organization's name, status, ceiling and security policy.

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
    /// Whether the organization is in use.
    pub status: OrganizationStatus,
    /// A limit on the permissions that anyone has in the organization. `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<PermissionNames>,
    /// The conditions that every session must meet.
    #[serde(default)]
    pub security: SecurityPolicy,
    /// The conditions of the security policy that neither an owner nor the host has set or
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

/// Whether an organization is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationStatus {
    /// In use.
    Active,
    /// Locked for a while: every check denies.
    Suspended,
    /// Closed for good: every check denies, and it cannot be reopened.
    Closed,
}

impl OrganizationStatus {
    /// Whether an organization may change from this status to `next`. Closed is final.
    pub const fn may_become(self, next: Self) -> bool {
        !matches!((self, next), (Self::Closed, Self::Active | Self::Suspended))
    }
}

/// The conditions that every session must meet before anything is allowed. Services, which have no
/// second factor and no login page, must meet only its network conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityPolicy {
    /// The conditions; all must be met. An unknown fact meets none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}
