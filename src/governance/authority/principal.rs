//! The principal: who makes a change, in which session.

use crate::access::{Context, Reason};
use crate::id::SubAccountId;
use crate::model::{Maker, Scope};
use crate::permission::Bits;

/// The kind of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrincipalKind {
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent.
    Operator(SubAccountId),
    /// A person with the token of an invitation, who acts with the authority of the inviter.
    Invitee(Option<SubAccountId>),
}

impl PrincipalKind {
    /// The sub-account of the organization that acts, if one does.
    pub(crate) const fn sub_account(self) -> Option<SubAccountId> {
        match self {
            Self::SubAccount(id) => Some(id),
            Self::Operator(_) | Self::Invitee(_) => None,
        }
    }

    pub(crate) const fn is_invitee(self) -> bool {
        matches!(self, Self::Invitee(_))
    }
}

/// An actor in one session.
pub(crate) struct Principal<'s> {
    pub(crate) kind: PrincipalKind,
    /// The maker that new objects are stored with.
    pub(crate) maker: Maker,
    pub(crate) context: &'s Context,
    /// Whether the principal is let in at all (D1, D2), and if not, why.
    pub(crate) admission: Result<(), Reason>,
    /// Whether the principal has permissions at a scope before the change, and if not, why.
    pub(crate) permits: &'s dyn Fn(Bits, Scope) -> Result<(), Reason>,
}
