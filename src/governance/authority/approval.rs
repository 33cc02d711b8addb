//! Approving requests (G5).

use crate::governance::action::action::Action;
use crate::governance::authority::authority_check::AuthorityCheck;
use crate::governance::refusal::Refusal;
use crate::id::SubAccountId;
use crate::model::Maker;

impl AuthorityCheck<'_, '_> {
    /// Requires that the approver neither made the request nor benefits from it (G5).
    pub(crate) fn require_other_approver(&self, action: &Action) -> Result<(), Refusal> {
        let Action::Approve { request, .. } = action else { return Ok(()) };
        let organization = self.change.before.organization;
        // A request that the same commit makes was made by the approver.
        let Some(asked) = organization.requests().get(request) else {
            return Err(Refusal::SelfApproval(self.principal.maker));
        };
        let from = |maker| match maker {
            Maker::Operator { organization, .. } => Some(organization),
            Maker::Host | Maker::SubAccount(_) | Maker::Imported => None,
        };
        // Operators of one organization count as one person.
        if from(asked.requester).is_some_and(|home| from(self.principal.maker) == Some(home)) {
            return Err(Refusal::SelfApproval(asked.requester));
        }
        // Ids of operators come from another organization and must not be compared with ids here.
        let Some(actor) = self.actor else { return Ok(()) };
        let persons = |id: SubAccountId| {
            let owner = organization.sub_accounts().get(&id).and_then(|it| it.owner);
            [Some(id), owner].into_iter().flatten()
        };
        let actors: Vec<_> = persons(actor).collect();
        match asked.concerned().flat_map(persons).find(|id| actors.contains(id)) {
            Some(id) => Err(Refusal::SelfApproval(id.into())),
            None => Ok(()),
        }
    }
}
