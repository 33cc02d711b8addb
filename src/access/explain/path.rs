//! Paths: by which assignment a permission comes to somebody, and what becomes of it on the way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::decision::Reason;
use crate::access::explain::{JudgedCondition, Named};
use crate::id::{AssignmentId, SubAccountId, TeamId};
use crate::model::{Effect, Reach, RoleRef, Scope};

/// One assignment that concerns a permission of a sub-account at a scope: made there or above, to somebody that the
/// sub-account is or belongs to, and holding the permission in this part. One that holds it in both parts makes two
/// paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExplainedPath {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The role assigned, then each that is included, down to the one that names the permission. Empty if the
    /// assignment names the permission itself.
    pub roles: Vec<Named<RoleRef>>,
    /// Whether the last of the roles is none of the catalog. A deny of such a role takes everything (D5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unknown: bool,
    /// Whether it concerns everything in scope or only what is owned.
    pub part: Part,
    /// How it comes to the sub-account.
    pub way: Way,
    /// Where it was made.
    pub scope: Named<Scope>,
    /// How far it reaches from there.
    pub reach: Reach,
    /// When it is over, or the membership that it comes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// What it asks of a request, and the membership that it comes by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<JudgedCondition>,
    /// Whose access it passes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegator: Option<SubAccountId>,
    /// What became of it.
    pub outcome: Outcome,
}

impl ExplainedPath {
    /// Whether it grants the permission, before anything takes it away or cuts it off.
    pub fn grants(&self) -> bool {
        self.effect == Effect::Allow && self.outcome == Outcome::Acts
    }

    /// Whether it takes the permission away.
    pub fn denies(&self) -> bool {
        self.effect == Effect::Deny && self.outcome == Outcome::Acts
    }
}

/// Which part of a role or of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// On everything in scope.
    Any,
    /// Only on what the sub-account owns or is assigned.
    Own,
}

/// How an assignment comes to a sub-account (D3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Way {
    /// It names the sub-account.
    ByName,
    /// It names a team: the team that the sub-account is in, then each that holds it, up to the one named.
    Team(Vec<Named<TeamId>>),
    /// It is for the members of a scope, of whom the sub-account is one.
    MemberOf {
        /// The scope.
        scope: Named<Scope>,
        /// The allow made there that makes it a member.
        by: AssignmentId,
        /// How that one comes to the sub-account.
        way: Box<Way>,
    },
    /// It is for everybody in the organization.
    Everyone,
}

/// What became of an assignment. They stand in the order in which they are judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It does not reach down to the scope.
    OutOfReach,
    /// It starts at this instant.
    NotStarted(Timestamp),
    /// It ended at this instant.
    Ended(Timestamp),
    /// A condition is not met. That lifts a deny, too.
    ConditionUnmet,
    /// The context does not say whether its conditions are met.
    ConditionUnknown,
    /// This scope on the way down does not inherit the permission.
    Masked(Named<Scope>),
    /// Whoever passed it on does not have it at the scope.
    DelegatorLacks(SubAccountId),
    /// It is for what is owned, and this is not. That lifts a deny, too.
    NotOwned,
    /// It is for what is owned, and nobody says whether this is.
    OwnershipUnknown,
    /// It acts: an allow grants, a deny takes away.
    Acts,
}

impl Outcome {
    /// Why an allow does not act; `None` if it does.
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
