//! Assignment: who is granted or denied what, where, when and under which conditions.

use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, SubAccountId, TeamId};
use crate::model::condition::Condition;
use crate::model::personal::Personal;
use crate::model::role::{RoleRef, SystemRole};
use crate::model::scope::Scope;
use crate::model::validity::Validity;
use crate::permission::PermissionNames;
use crate::text::Label;

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Whom it concerns.
    pub assignee: Assignee,
    /// What it grants or denies.
    pub grant: Grant,
    /// Where it is made.
    pub scope: Scope,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// How far it reaches from where it is made.
    pub reach: Reach,
    /// When it acts.
    #[serde(default, skip_serializing_if = "always")]
    pub validity: Validity,
    /// What a request must meet for it to act; all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The sub-account whose access this passes on: it gives at most what that one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegator: Option<SubAccountId>,
    /// Who made it; none: the host's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SubAccountId>,
    /// Why it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal>,
}

impl Assignment {
    /// An unconditional allow for the whole subtree, always.
    pub fn allow(
        id: AssignmentId,
        assignee: impl Into<Assignee>,
        grant: impl Into<Grant>,
        scope: impl Into<Scope>,
    ) -> Self {
        Self {
            id,
            assignee: assignee.into(),
            grant: grant.into(),
            scope: scope.into(),
            effect: Effect::Allow,
            reach: Reach::Subtree,
            validity: Validity::ALWAYS,
            conditions: Vec::new(),
            delegator: None,
            by: None,
            reason: None,
        }
    }

    /// Whether `other` says the same thing, whatever its id, its maker and its reason.
    pub fn same_as(&self, other: &Self) -> bool {
        let says = |of: &Self| Self { id: self.id, by: None, reason: None, ..of.clone() };
        says(self) == says(other)
    }
}

fn always(validity: &Validity) -> bool {
    validity.is_always()
}

/// Whom an assignment concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// One sub-account.
    SubAccount(SubAccountId),
    /// Everyone in a team or in the teams it holds.
    Team(TeamId),
    /// Everyone at a scope: of the organization, its sub-accounts; of another scope, whoever an allow made there names
    /// directly or by team.
    MembersOf(Scope),
}

impl From<SubAccountId> for Assignee {
    fn from(id: SubAccountId) -> Self {
        Self::SubAccount(id)
    }
}

impl From<TeamId> for Assignee {
    fn from(id: TeamId) -> Self {
        Self::Team(id)
    }
}

/// What an assignment grants or denies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Grant {
    /// A role, with whatever it holds at the time of the check.
    Role(RoleRef),
    /// Permissions by name: on everything in scope, and on what the sub-account owns.
    Permissions {
        /// On everything in scope.
        any: PermissionNames,
        /// Only on what the sub-account owns or is assigned.
        #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
        own: PermissionNames,
    },
}

impl Grant {
    /// These permissions on everything in scope.
    pub const fn any(permissions: PermissionNames) -> Self {
        Self::Permissions { any: permissions, own: PermissionNames::none() }
    }

    /// These permissions only on what the sub-account owns or is assigned.
    pub const fn own(permissions: PermissionNames) -> Self {
        Self::Permissions { any: PermissionNames::none(), own: permissions }
    }
}

impl<R: Into<RoleRef>> From<R> for Grant {
    fn from(role: R) -> Self {
        Self::Role(role.into())
    }
}

impl PartialEq<SystemRole> for Grant {
    fn eq(&self, role: &SystemRole) -> bool {
        matches!(self, Self::Role(RoleRef::System(name)) if name.as_str() == role.name())
    }
}

/// Allow or deny. A deny beats every allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Grants.
    Allow,
    /// Takes away, from whatever place it was granted.
    Deny,
}

/// How far an assignment reaches from the scope where it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Its scope and everything below.
    Subtree,
    /// Its scope alone.
    Here,
    /// Only where a scope on the way down, its own included, carries the label.
    Labelled(Label),
}
