//! Invitation: lets an invited person become an active sub-account.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{InvitationId, SubAccountId};
use crate::model::maker::Maker;
use crate::model::personal::Digest;

/// An open invitation. Removed when it is accepted, revoked or void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The invited sub-account: in status `Invited`, with the login that the invitation is bound
    /// to. It has no other invitation.
    pub sub_account: SubAccountId,
    /// Who invited: the maker of the invitation, or the last to send it again.
    #[serde(default, skip_serializing_if = "Maker::is_host")]
    pub inviter: Maker,
    /// SHA-256 of the token that accepts it. The token itself is never stored.
    pub token: Digest,
    /// The instant from which it can no longer be accepted.
    pub expires: Timestamp,
}
