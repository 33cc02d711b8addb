//! The proposer of a change.

use crate::access::Snapshot;
use crate::id::SubAccountId;
use crate::model::Maker;
use crate::permission::Permissions;

/// The proposer of a change, with everything that is needed to check its authority.
#[derive(Debug)]
#[non_exhaustive]
pub enum Proposer<'a, P> {
    /// The host: bound by invariants, not by authority.
    Host,
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent (D12).
    Operator {
        /// The host's own organization.
        home: &'a Snapshot<P>,
        /// The sub-account there.
        sub_account: SubAccountId,
    },
    /// A person with the token of an invitation, who acts with the authority of the inviter.
    Invitee(Maker),
}

impl<P: Permissions> Proposer<'_, P> {
    /// The maker that new objects are stored with.
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
