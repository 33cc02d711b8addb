//! [`ExplainedPath`]: how an assignment concerns a permission, and whether it takes effect.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::decision::Reason;
use crate::access::explain::condition::JudgedCondition;
use crate::access::explain::named::Named;
use crate::id::{AssignmentId, SubAccountId, TeamId};
use crate::model::{Effect, Reach, RoleRef, Scope};

/// One assignment that concerns a permission of a sub-account at a scope: it was made there or
/// above, it names the sub-account, a team or members that it belongs to, and it holds the
/// permission in this part. An assignment that holds it in both parts makes two paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExplainedPath {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The assigned role, then each included role down to the one that names the permission. Empty
    /// if the assignment names the permission itself.
    pub roles: Vec<Named<RoleRef>>,
    /// Whether the catalog does not define the last of the roles. A deny of such a role takes
    /// everything (D5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unknown: bool,
    /// Whether it concerns all objects in scope or only owned ones.
    pub part: Part,
    /// How it reaches the sub-account.
    pub way: Way,
    /// Where it was made.
    pub scope: Named<Scope>,
    /// How far it reaches from there.
    pub reach: Reach,
    /// The earlier end of the assignment and of the membership that it comes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// The conditions of the assignment and of the membership that it comes by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<JudgedCondition>,
    /// The sub-account that delegated its access by this assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegator: Option<SubAccountId>,
    /// Whether it takes effect, and why not.
    pub outcome: PathOutcome,
}

impl ExplainedPath {
    /// Whether it grants the permission, before denies and limits.
    pub fn grants(&self) -> bool {
        self.effect == Effect::Allow && self.outcome == PathOutcome::Acts
    }

    /// Whether it takes the permission away.
    pub fn denies(&self) -> bool {
        self.effect == Effect::Deny && self.outcome == PathOutcome::Acts
    }
}

/// Which part of a role or of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// On all objects in scope.
    Any,
    /// Only on objects that the sub-account owns or is assigned to.
    Own,
}

/// How an assignment reaches a sub-account (D3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Way {
    /// It names the sub-account.
    ByName,
    /// It names a team. Holds the team that the sub-account is in, then each parent up to the named
    /// one.
    Team(Vec<Named<TeamId>>),
    /// It is for the members of a scope, and the sub-account is one of them.
    MemberOf {
        /// The scope.
        scope: Named<Scope>,
        /// The allow made there that makes it a member.
        by: AssignmentId,
        /// How that allow reaches the sub-account.
        way: Box<Way>,
    },
    /// It is for all members of the organization.
    Everyone,
}

/// Whether an assignment takes effect, and why not; in the order in which the causes are judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PathOutcome {
    /// It does not reach down to the scope.
    OutOfReach,
    /// It starts at this instant.
    NotStarted(Timestamp),
    /// It ended at this instant.
    Ended(Timestamp),
    /// A condition is not met. This lifts a deny too.
    ConditionUnmet,
    /// The context does not say whether its conditions are met.
    ConditionUnknown,
    /// This scope on the way down does not inherit the permission.
    Masked(Named<Scope>),
    /// The delegator does not have the permission at the scope.
    DelegatorLacks(SubAccountId),
    /// It is for owned objects, and this one is not owned. This lifts a deny too.
    NotOwned,
    /// It is for owned objects, and it is not known whether this one is owned.
    OwnershipUnknown,
    /// It takes effect: an allow grants, a deny takes away.
    Acts,
}

impl PathOutcome {
    /// Why an allow does not take effect; `None` if it does.
    pub const fn reason(&self) -> Option<Reason> {
        Some(match self {
            Self::Acts => return None,
            Self::OutOfReach => Reason::OutOfReach,
            Self::NotStarted(_) => Reason::NotYetValid,
            Self::Ended(_) => Reason::Expired,
            Self::ConditionUnmet => Reason::ConditionUnmet,
            Self::ConditionUnknown => Reason::ConditionUnknown,
            Self::Masked(_) => Reason::Masked,
            Self::DelegatorLacks(_) => Reason::DelegatorLacks,
            Self::NotOwned => Reason::NotOwned,
            Self::OwnershipUnknown => Reason::OwnershipUnknown,
        })
    }
}
