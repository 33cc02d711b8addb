//! Refusals: a valid action that the actor may not do, with the rule that forbids it.

use std::fmt;

use crate::access::Reason;
use crate::catalog::AdminAction;
use crate::id::{OrganizationId, SubAccountId, TeamId};
use crate::model::{EntityId, Maker, RoleRef, Scope};
use crate::permission::PermissionNames;

/// The actor may not do this. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The actor lacks a required permission at the scope.
    #[error("`{action}` at {} requires {requires}: {reason}", EntityId::from(*scope))]
    NotPermitted {
        /// The administrative action.
        action: AdminAction,
        /// The scope.
        scope: Scope,
        /// The permissions that it requires there.
        requires: PermissionNames,
        /// Why the actor lacks them.
        reason: Reason,
    },
    /// Only the host's own code does this.
    #[error("only the host may {0}")]
    HostOnly(&'static str),
    /// Only the sub-account itself may do this.
    #[error("only sub-account {0} itself may do this")]
    NotOneself(SubAccountId),
    /// Only the holder of the token of an invitation may do this.
    #[error("an invitation is accepted or declined with its token")]
    TokenOnly,
    /// A holder would gain permissions that the actor cannot give.
    #[error(
        "{holder} would gain {permissions} {at}, which the actor {lacks}",
        at = place(*scope, *below),
        lacks = if *now {
            "does not have in this session"
        } else {
            "cannot give there at every time and in every session"
        },
    )]
    Uncovered {
        /// The holder that would gain them.
        holder: AffectedHolder,
        /// The scope.
        scope: Scope,
        /// Whether it is below the scope rather than at it.
        below: bool,
        /// The permissions that the actor does not cover.
        permissions: PermissionNames,
        /// Whether the actor lacks them only now, in this session.
        now: bool,
    },
    /// A holder that would lose something administers permissions outside the reach of the actor.
    #[error(
        "{holder} has {permissions} {at}, which is outside the reach of the actor",
        at = place(*scope, *below)
    )]
    Outranked {
        /// The holder that would lose something.
        holder: AffectedHolder,
        /// The scope where the reach of the actor falls short.
        scope: Scope,
        /// Whether it is below the scope rather than at it.
        below: bool,
        /// The permissions outside the reach of the actor.
        permissions: PermissionNames,
    },
    /// An owner would lose something to an actor that is not an owner.
    #[error("sub-account {0} is an owner; only owners may take from owners")]
    TakesFromOwner(SubAccountId),
    /// An actor that is not an owner would suspend or close the organization.
    #[error(
        "only owners may suspend or close the organization, because that locks every owner out"
    )]
    ShutsOwnersOut,
    /// The actor, or the owner of the acting service, would gain something itself.
    #[error(
        "sub-account {sub_account} would raise itself: it would gain {permissions} {at}",
        at = place(*scope, *below)
    )]
    SelfRaise {
        /// The sub-account that would gain it.
        sub_account: SubAccountId,
        /// The scope.
        scope: Scope,
        /// Whether it is below the scope rather than at it.
        below: bool,
        /// The permissions that it would gain.
        permissions: PermissionNames,
    },
    /// The approver made the request or benefits from it.
    #[error("{0} made the request or benefits from it, so another account must approve it")]
    SelfApproval(Maker),
    /// An actor that is not an owner would loosen the security policy.
    #[error("only owners may loosen the security policy")]
    LoosensSecurity,
    /// The session of the actor does not meet the new security policy.
    #[error(
        "the session of the actor does not meet the new security policy; it would lock itself out"
    )]
    SecurityUnmet,
    /// An operator would set the security policy.
    #[error("an operator may not set the security policy; only the organization and the host may")]
    OperatorPolicy,
    /// An operator would invite a person, or send an invitation again.
    #[error("an operator may not invite; the inviter must be a sub-account of the organization")]
    NoInviter,
    /// An operator would adopt what an account started.
    #[error("an operator may not adopt; the adopter must be a sub-account of the organization")]
    NoAdopter,
    /// A delegation has no end, or delegates the access of another account.
    #[error("a sub-account may delegate only its own access, and only with an end")]
    Delegation,
    /// There are too many times and conditions to check.
    #[error(
        "there are too many times and conditions at {} to check; remove some of them first",
        EntityId::from(*scope)
    )]
    TooComplex {
        /// The scope.
        scope: Scope,
    },
}

impl Refusal {
    /// The rule of the specification that forbids it, such as `"G2"`.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotPermitted { .. }
            | Self::HostOnly(_)
            | Self::NotOneself(_)
            | Self::Delegation => "G1",
            Self::Uncovered { .. } | Self::TooComplex { .. } => "G2",
            Self::Outranked { .. } | Self::TakesFromOwner(_) | Self::ShutsOwnersOut => "G3",
            Self::SelfRaise { .. } => "G4",
            Self::SelfApproval(_) => "G5",
            Self::LoosensSecurity | Self::SecurityUnmet | Self::OperatorPolicy => "G6",
            Self::TokenOnly | Self::NoInviter | Self::NoAdopter => "G7",
        }
    }
}

/// A holder that a change affects: an existing sub-account, or a hypothetical one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AffectedHolder {
    /// A sub-account.
    SubAccount(SubAccountId),
    /// A future member of a team.
    TeamMember(TeamId),
    /// A future member of a scope.
    MemberOf(Scope),
    /// A future holder of a role.
    HolderOf(RoleRef),
    /// Operators of another organization.
    OperatorsOf(OrganizationId),
}

impl fmt::Display for AffectedHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SubAccount(id) => write!(f, "sub-account {id}"),
            Self::TeamMember(id) => write!(f, "a future member of team {id}"),
            Self::MemberOf(scope) => write!(f, "a future member of {}", EntityId::from(*scope)),
            Self::HolderOf(role) => write!(f, "a future holder of the role `{role}`"),
            Self::OperatorsOf(id) => write!(f, "operators of organization {id}"),
        }
    }
}

fn place(scope: Scope, below: bool) -> String {
    let preposition = if below { "below" } else { "at" };
    format!("{preposition} {}", EntityId::from(scope))
}
