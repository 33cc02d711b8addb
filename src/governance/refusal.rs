//! Why an action that makes sense is refused: which rule forbids it, and what is missing where.

use std::fmt;

use crate::access::Reason;
use crate::catalog::AdminAction;
use crate::id::{OrganizationId, SubAccountId, TeamId};
use crate::model::{EntityId, Maker, RoleRef, Scope};
use crate::permission::PermissionNames;

/// Why somebody may not do what they asked for. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The actor may do nothing, or not this, at the scope touched.
    #[error("`{action}` at {} requires {requires}: {reason}", EntityId::from(*scope))]
    NotPermitted {
        /// What was to be done.
        action: AdminAction,
        /// Where.
        scope: Scope,
        /// What it requires there.
        requires: PermissionNames,
        /// Why the actor does not have it.
        reason: Reason,
    },
    /// Only the host's own code does this.
    #[error("only the host's own code may {0}")]
    HostOnly(&'static str),
    /// Only the one whom it concerns does this.
    #[error("only sub-account {0} itself may do that")]
    NotOneself(SubAccountId),
    /// Only whoever holds the token of an invitation does this.
    #[error("an invitation is accepted and declined with its token")]
    TokenOnly,
    /// Somebody would gain what the actor cannot give.
    #[error(
        "{holder} would gain {permissions} {at}, which the actor {lacks}",
        at = place(*scope, *below),
        lacks = if *now { "does not have in this session" } else { "cannot give there at every time and in every session" },
    )]
    Uncovered {
        /// Who would gain it.
        holder: AffectedHolder,
        /// Where.
        scope: Scope,
        /// Whether it is below the scope rather than at it.
        below: bool,
        /// What.
        permissions: PermissionNames,
        /// Whether it is merely this moment and this session in which the actor does not have it.
        now: bool,
    },
    /// Somebody would lose something who administers what the actor does not reach.
    #[error("{holder} has {permissions} {at}, which is outside what the actor reaches", at = place(*scope, *below))]
    Outranked {
        /// Who would lose something.
        holder: AffectedHolder,
        /// Where the actor's reach falls short.
        scope: Scope,
        /// Whether it is below the scope rather than at it.
        below: bool,
        /// What the actor does not reach.
        permissions: PermissionNames,
    },
    /// An owner would lose something to somebody who is none.
    #[error("sub-account {0} is an owner; only owners take from owners")]
    TakesFromOwner(SubAccountId),
    /// The organization would be shut to all its owners by somebody who is none.
    #[error("only owners suspend or close the organization: it keeps every owner out")]
    ShutsOwnersOut,
    /// The actor, or the owner of the service that acts, would gain something.
    #[error("sub-account {sub_account} would raise itself: it would gain {permissions} {at}", at = place(*scope, *below))]
    SelfRaise {
        /// Who would gain it.
        sub_account: SubAccountId,
        /// Where.
        scope: Scope,
        /// Whether it is below the scope rather than at it.
        below: bool,
        /// What.
        permissions: PermissionNames,
    },
    /// A request is approved by whoever made it or has something from it.
    #[error(
        "a request is approved by somebody else than {0}, who asked for it or has something from it"
    )]
    SelfApproval(Maker),
    /// The security policy is loosened by somebody who is no owner.
    #[error("only owners loosen the security policy")]
    LoosensSecurity,
    /// The security policy is tightened beyond what the actor's own session meets.
    #[error(
        "the actor's own session does not meet the new security policy; it would lock itself out"
    )]
    SecurityUnmet,
    /// An operator sets the security policy.
    #[error("an operator sets no security policy; that is for the organization and the host")]
    OperatorPolicy,
    /// An operator invites somebody, or sends an invitation anew.
    #[error("an operator invites nobody; somebody here must stand behind an invitation")]
    NoInviter,
    /// An operator adopts what somebody began.
    #[error("an operator adopts nothing; somebody here must stand behind what was begun")]
    NoAdopter,
    /// Access is passed on that is somebody else's, or without an end.
    #[error("one passes on only one's own access, and only until an end")]
    Delegation,
    /// More circumstances than can be judged.
    #[error("too many times and conditions meet at {}; take some of them away first", EntityId::from(*scope))]
    TooComplex {
        /// Where.
        scope: Scope,
    },
}

impl Refusal {
    /// The rule of the specification that forbids it: `"G2"`.
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

/// AffectedHolder a change concerns: a sub-account, or one that might come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AffectedHolder {
    /// A sub-account.
    SubAccount(SubAccountId),
    /// Whoever is put into a team.
    TeamMember(TeamId),
    /// Whoever becomes a member of a scope.
    MemberOf(Scope),
    /// Whoever is given a role.
    HolderOf(RoleRef),
    /// Operators of another organization.
    OperatorsOf(OrganizationId),
}

impl fmt::Display for AffectedHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SubAccount(id) => write!(f, "sub-account {id}"),
            Self::TeamMember(id) => write!(f, "whoever is put into team {id}"),
            Self::MemberOf(scope) => write!(f, "every member of {}", EntityId::from(*scope)),
            Self::HolderOf(role) => write!(f, "whoever is given the role `{role}`"),
            Self::OperatorsOf(id) => write!(f, "operators of organization {id}"),
        }
    }
}

fn place(scope: Scope, below: bool) -> String {
    let preposition = if below { "below" } else { "at" };
    format!("{preposition} {}", EntityId::from(scope))
}
