//! The principal of a change.

use crate::access::{Context, Reason};
use crate::id::SubAccountId;
use crate::model::{Maker, Scope};
use crate::permission::Bits;

/// Who acts, as far as authority goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrincipalKind {
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent.
    Operator(SubAccountId),
    /// Somebody with the token of an invitation: on the authority of whoever made it.
    Invitee(Option<SubAccountId>),
}

/// One who acts, in one session.
pub(crate) struct Principal<'s> {
    pub(crate) kind: PrincipalKind,
    /// Whose doing it is, as what is made keeps it.
    pub(crate) maker: Maker,
    pub(crate) context: &'s Context,
    /// Whether the one who acts is let in at all (D1, D2), and why not.
    pub(crate) admission: Result<(), Reason>,
    /// Whether the one who acts may do something at a scope of the organization as it is before.
    pub(crate) permits: &'s dyn Fn(Bits, Scope) -> Result<(), Reason>,
}
