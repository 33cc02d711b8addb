//! Expiry of invitations and requests.

use jiff::Timestamp;

use crate::governance::action::action::Action;
use crate::governance::error::ActionError;
use crate::model::{EntityId, Organization};

/// Checks that the invitation or request that an action accepts or approves has not expired.
///
/// # Errors
///
/// [`ActionError::Expired`] if it has.
pub(crate) fn check_not_expired(
    organization: &Organization,
    action: &Action,
    time: Timestamp,
) -> Result<(), ActionError> {
    let (entity, expires) = match action {
        Action::AcceptInvitation(id) => {
            (EntityId::Invitation(*id), organization.invitations().get(id).map(|it| it.expires))
        }
        Action::Approve { request: id, .. } => {
            (EntityId::Request(*id), organization.requests().get(id).map(|it| it.expires))
        }
        _ => return Ok(()),
    };
    let is_over = expires.is_some_and(|expires| expires <= time);
    if is_over { Err(ActionError::Expired(entity)) } else { Ok(()) }
}
