//! Proposer.

use crate::access::Snapshot;
use crate::id::SubAccountId;
use crate::model::Maker;
use crate::permission::Permissions;

/// Who proposes a change, with what it takes to know what they may do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Proposer<'a, P> {
    /// The host's own code: bound by what must hold, and not by who may do what.
    Host,
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent (D12).
    Operator {
        /// The host's own organization.
        home: &'a Snapshot<P>,
        /// Who it is there.
        sub_account: SubAccountId,
    },
    /// Somebody with the token of an invitation, on the authority of whoever invites.
    Invitee(Maker),
}

impl<P: Permissions> Proposer<'_, P> {
    /// Whose doing it is.
    pub(super) fn maker(&self) -> Maker {
        match self {
            Self::Host => Maker::Host,
            Self::SubAccount(id) => Maker::SubAccount(*id),
            Self::Operator { home, sub_account } => {
                let organization = home.organization().id();
                Maker::Operator { organization, sub_account: *sub_account }
            }
            Self::Invitee(inviter) => *inviter,
        }
    }
}
