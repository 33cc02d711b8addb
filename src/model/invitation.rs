//! Invitation: what stands between a sub-account that was asked to join and its first access.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{InvitationId, SubAccountId};
use crate::model::maker::Maker;
use crate::model::personal::Digest;

/// An invitation. It exists exactly as long as it can be accepted: it is removed when it is accepted, revoked or dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who is invited: in status `Invited`, with the login that the invitation is bound to. Has no other invitation.
    pub sub_account: SubAccountId,
    /// Who invites: whoever made it, or sent it last.
    #[serde(default, skip_serializing_if = "Maker::is_host")]
    pub inviter: Maker,
    /// SHA-256 of the token that accepts it. The token itself is never stored.
    pub token: Digest,
    /// The instant from which on it cannot be accepted.
    pub expires: Timestamp,
}
