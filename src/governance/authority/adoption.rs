//! Adopting what another account started, and sending an invitation again (G7).

use crate::governance::action::action::Action;
use crate::governance::authority::authority_check::AuthorityCheck;
use crate::governance::reach::holding::HolderId;
use crate::governance::refusal::Refusal;
use crate::governance::relations::{consents_by, unstarted_allows_by};
use crate::model::link::Relation;
use crate::model::{Assignee, EntityId};

impl AuthorityCheck<'_, '_> {
    /// The adopter must cover everything that the beneficiaries have: invitees, assignees of allows
    /// that have not started, and operators with consent. That is more than what is adopted, never
    /// less.
    pub(crate) fn check_adoption(&self, action: &Action) -> Result<(), Refusal> {
        let Action::Adopt(id) = action else { return Ok(()) };
        let organization = self.change.before.organization;
        let entity = EntityId::SubAccount(*id);
        let invited = organization.referring(entity, Relation::Inviter).filter_map(|it| match it {
            EntityId::Invitation(id) => organization.invitations().get(&id),
            _ => None,
        });
        let invited = invited.map(|it| HolderId::SubAccount(it.sub_account));
        let given =
            unstarted_allows_by(organization, *id, self.change.now).map(|it| match it.assignee {
                Assignee::SubAccount(id) => HolderId::SubAccount(id),
                Assignee::Team(team) => HolderId::TeamMember(team),
                Assignee::MembersOf(scope) => HolderId::MemberOf(scope),
            });
        let let_in = consents_by(organization, *id)
            .map(|it| HolderId::OperatorOf { consent: it.id, operators: it.operators });
        invited.chain(given).chain(let_in).try_for_each(|holder| self.check_whole_reach(holder))
    }

    /// The sender becomes the inviter, so the invitation is checked like a new one.
    pub(crate) fn check_resent_invitation(&self, action: &Action) -> Result<(), Refusal> {
        let Action::ResendInvitation { id, .. } = action else { return Ok(()) };
        let invitation = self.change.after.organization.invitations().get(id);
        invitation.map_or(Ok(()), |it| self.check_whole_reach(HolderId::SubAccount(it.sub_account)))
    }
}
