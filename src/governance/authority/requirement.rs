//! Requirements: the administrative permissions that an action requires of its actor, and where
//! (G1).

use crate::catalog::AdminAction;
use crate::governance::action::action::Action;
use crate::governance::action::departure::Departure;
use crate::governance::action::new_assignment::NewAssignment;
use crate::governance::action::new_invitation::NewInvitation;
use crate::governance::action::new_request::Wanted;
use crate::governance::refusal::Refusal;
use crate::governance::relations::consents_by;
use crate::id::{AssignmentId, InvitationId, RequestId, SubAccountId};
use crate::model::link::{EntityId, Relation};
use crate::model::request::Wants;
use crate::model::{Assignee, Effect, Maker, Organization, Scope, SubAccountKind};
use crate::permission::PermissionNames;

/// The requirements of one action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Requirement {
    /// Administrative actions that the actor must be permitted, each at a scope.
    pub(crate) permitted: Vec<(AdminAction, Scope)>,
    /// Whether the requirement is waived if the action gives nothing to anyone and takes only from
    /// the actor.
    pub(crate) waived_if_harmless: bool,
}

impl Requirement {
    fn of(action: AdminAction, scope: impl Into<Scope>) -> Self {
        Self { permitted: vec![(action, scope.into())], waived_if_harmless: false }
    }

    fn at_organization(action: AdminAction) -> Self {
        Self::of(action, Scope::Organization)
    }

    fn waived_if_harmless(self, waived_if_harmless: bool) -> Self {
        Self { waived_if_harmless, ..self }
    }

    /// The requirements of `action` in the organization before the change. `actor` is `None` for an
    /// operator.
    pub(crate) fn new(
        action: &Action,
        organization: &Organization,
        actor: Option<SubAccountId>,
    ) -> Result<Self, Refusal> {
        Ok(match action {
            Action::RenameOrganization(_)
            | Action::SetOrganizationStatus(_)
            | Action::SetSecurityPolicy(_)
            | Action::ResetTime => Self::of_organization(action, actor)?,
            Action::CreateWorkspace(it) => Self::at_organization(AdminAction::CreateWorkspace)
                .limiting(Scope::Organization, &it.inherits, it.ceiling.as_ref()),
            Action::RenameWorkspace(id, _) => Self::of(AdminAction::EditWorkspace, *id),
            Action::SetWorkspaceStatus(..) => Self::at_organization(AdminAction::ArchiveWorkspace),
            Action::DeleteWorkspace(_) => Self::at_organization(AdminAction::DeleteWorkspace),
            Action::CreateResource(it) => Self::of(AdminAction::ManageResources, it.parent)
                .limiting(it.parent.into(), &it.inherits, it.ceiling.as_ref()),
            Action::MoveResource(id, parent) => {
                let from = organization.parent(Scope::Resource(*id));
                let scopes = from.into_iter().chain([Scope::from(*parent)]);
                let permitted = scopes.map(|it| (AdminAction::ManageResources, it)).collect();
                Self { permitted, waived_if_harmless: false }
            }
            Action::SetResourceOwner(id, _) => Self::of(AdminAction::ManageResources, *id),
            Action::DeleteResource(id) => {
                let parent = organization.parent(Scope::Resource(*id));
                Self::of(AdminAction::ManageResources, parent.unwrap_or(Scope::Organization))
            }
            Action::SetInheritance(scope, _) => Self::of(AdminAction::ManageInheritance, *scope),
            Action::SetCeiling(Scope::Organization, _) => {
                return Err(Refusal::HostOnly("set the ceiling of the organization"));
            }
            Action::SetCeiling(scope, _) => Self::of(AdminAction::ManageCeilings, *scope),
            Action::SetLabels(scope, _) => match scope {
                Scope::Organization => Self::at_organization(AdminAction::EditOrganization),
                Scope::Workspace(_) => Self::of(AdminAction::EditWorkspace, *scope),
                Scope::Resource(_) => Self::of(AdminAction::ManageResources, *scope),
            },
            Action::CreateTeam(_) | Action::MoveTeam(..) | Action::DeleteTeam(_) => {
                Self::at_organization(AdminAction::ManageTeams)
            }
            Action::AddToTeam(_) => Self::at_organization(AdminAction::ManageTeamMembers),
            Action::RemoveFromTeam(it) => Self::at_organization(AdminAction::ManageTeamMembers)
                .waived_if_harmless(actor == Some(it.sub_account)),
            Action::CreateRole(_) | Action::ReplaceRole(_) | Action::DeleteRole(_) => {
                Self::at_organization(AdminAction::ManageRoles)
            }
            Action::Assign(new) => Self::of_assigning(new, actor)?,
            Action::Revoke(id) => Self::of_revoking(*id, organization, actor),
            Action::GiveConsent(_) | Action::EndConsent(_) => {
                Self::at_organization(AdminAction::ManageConsents)
            }
            // An inviter must cover the invitation until it is accepted, and an operator covers
            // nothing.
            Action::Invite(_) | Action::ResendInvitation { .. } if actor.is_none() => {
                return Err(Refusal::NoInviter);
            }
            Action::Adopt(_) if actor.is_none() => return Err(Refusal::NoAdopter),
            Action::Invite(new) => Self::of_new_invitation(new, actor)?,
            Action::ResendInvitation { id, .. } | Action::WithdrawInvitation(id) => {
                Self::of_inviting(*id, organization)
            }
            Action::AcceptInvitation(_) | Action::DeclineInvitation(_) => {
                return Err(Refusal::TokenOnly);
            }
            Action::MakeRequest(new) => match &new.wanted {
                Wanted::Access { sub_account, scope, .. } => Self::of(AdminAction::Assign, *scope)
                    .waived_if_harmless(actor == Some(*sub_account)),
                Wanted::Join { .. } | Wanted::Rejoin { .. } => {
                    return Err(Refusal::HostOnly("ask for somebody who is not here to join"));
                }
            },
            Action::Approve { request, assignments } => {
                let mut required = Self::of_deciding(*request, organization);
                let also = assignments.iter().map(|it| (AdminAction::ApproveRequests, it.scope));
                required.permitted.extend(also);
                required.permitted.extend(Self::of_accompanying(assignments, actor)?);
                required
            }
            Action::Adopt(id) => Self::of_adopting(*id, organization),
            Action::Reject(id) => Self::of_deciding(*id, organization),
            Action::WithdrawRequest(id) => {
                let request = organization.requests().get(id);
                let own = request.is_some_and(|it| actor.map(Maker::from) == Some(it.requester));
                Self::of_deciding(*id, organization).waived_if_harmless(own)
            }
            of_people => Self::of_people(of_people, actor)?,
        })
    }

    fn of_organization(action: &Action, actor: Option<SubAccountId>) -> Result<Self, Refusal> {
        Ok(Self::at_organization(match action {
            Action::ResetTime => {
                return Err(Refusal::HostOnly("set the time of the organization anew"));
            }
            Action::SetSecurityPolicy(_) if actor.is_none() => {
                return Err(Refusal::OperatorPolicy);
            }
            Action::SetSecurityPolicy(_) => AdminAction::ManageSecurity,
            Action::SetOrganizationStatus(_) => AdminAction::ManageOrganizationStatus,
            _ => AdminAction::EditOrganization,
        }))
    }

    /// A new scope with a mask or ceiling also requires the permissions to set those.
    fn limiting(
        mut self,
        parent: Scope,
        inherits: &PermissionNames,
        ceiling: Option<&PermissionNames>,
    ) -> Self {
        if *inherits != PermissionNames::Full {
            self.permitted.push((AdminAction::ManageInheritance, parent));
        }
        if ceiling.is_some() {
            self.permitted.push((AdminAction::ManageCeilings, parent));
        }
        self
    }

    fn of_people(action: &Action, actor: Option<SubAccountId>) -> Result<Self, Refusal> {
        Ok(match action {
            Action::CreateSubAccount(new) if new.kind == SubAccountKind::Service => {
                Self::at_organization(AdminAction::ManageServices)
            }
            Action::CreateSubAccount(_) => Self::at_organization(AdminAction::CreateSubAccount),
            Action::SetServiceOwner(..) => Self::at_organization(AdminAction::ManageServices),
            Action::Suspend(_) | Action::Reinstate(_) => {
                Self::at_organization(AdminAction::SuspendSubAccount)
            }
            Action::SetCredentialResetRequired(_, true) => {
                Self::at_organization(AdminAction::RequireCredentialReset)
            }
            Action::SetCredentialResetRequired(_, false) => {
                return Err(Refusal::HostOnly("say that a credential was renewed"));
            }
            Action::SetBoundary(..) => Self::at_organization(AdminAction::ManageBoundaries),
            Action::Remove(_) | Action::Readmit { .. } => {
                Self::at_organization(AdminAction::RemoveSubAccount)
            }
            Action::Leave(Departure { sub_account, .. }) if actor != Some(*sub_account) => {
                return Err(Refusal::NotOneself(*sub_account));
            }
            Action::Leave(_) => {
                Self::at_organization(AdminAction::RemoveSubAccount).waived_if_harmless(true)
            }
            Action::StepDown { sub_account, scope, .. } => Self::of(AdminAction::Assign, *scope)
                .waived_if_harmless(actor == Some(*sub_account)),
            Action::Erase(_) => Self::at_organization(AdminAction::EraseSubAccount),
            Action::TransferOwnership { .. } => {
                Self::at_organization(AdminAction::TransferOwnership)
            }
            // Names, logins, kinds and ends.
            _ => Self::at_organization(AdminAction::EditSubAccount),
        })
    }

    fn of_assigning(new: &NewAssignment, actor: Option<SubAccountId>) -> Result<Self, Refusal> {
        let action = match (new.effect, new.delegator) {
            (Effect::Deny, _) => AdminAction::Deny,
            (Effect::Allow, None) => AdminAction::Assign,
            (Effect::Allow, Some(delegator)) if actor == Some(delegator) && new.ends.is_some() => {
                AdminAction::Delegate
            }
            (Effect::Allow, Some(_)) => return Err(Refusal::Delegation),
        };
        Ok(Self::of(action, new.scope))
    }

    /// What assignments that come with another action require: only denies and delegations require
    /// something of their own.
    fn of_accompanying(
        assignments: &[NewAssignment],
        actor: Option<SubAccountId>,
    ) -> Result<Vec<(AdminAction, Scope)>, Refusal> {
        let mut beside = Vec::new();
        for new in assignments {
            beside.extend(Self::of_assigning(new, actor)?.permitted);
        }
        beside.retain(|(action, _)| *action != AdminAction::Assign);
        Ok(beside)
    }

    fn of_revoking(
        id: AssignmentId,
        organization: &Organization,
        actor: Option<SubAccountId>,
    ) -> Self {
        let Some(assignment) = organization.assignments().get(&id) else {
            return Self::at_organization(AdminAction::Assign);
        };
        let action = match assignment.effect {
            Effect::Deny => AdminAction::Deny,
            Effect::Allow if actor.is_some() && assignment.delegator == actor => {
                AdminAction::Delegate
            }
            Effect::Allow => AdminAction::Assign,
        };
        Self::of(action, assignment.scope).waived_if_harmless(
            assignment.effect == Effect::Allow
                && actor.is_some_and(|actor| assignment.assignee == Assignee::SubAccount(actor)),
        )
    }

    /// Inviting requires the permission at every scope at which the invitation gives something.
    fn of_new_invitation(
        new: &NewInvitation,
        actor: Option<SubAccountId>,
    ) -> Result<Self, Refusal> {
        let given = new.assignments.iter().map(|it| (AdminAction::Invite, it.scope));
        let teams = new.teams.iter().map(|_| (AdminAction::ManageTeamMembers, Scope::Organization));
        let mut permitted: Vec<_> = given.chain(teams).collect();
        if permitted.is_empty() {
            permitted.push((AdminAction::Invite, Scope::Organization));
        }
        permitted.extend(Self::of_accompanying(&new.assignments, actor)?);
        Ok(Self { permitted, waived_if_harmless: false })
    }

    /// Managing an invitation requires the permission at every scope at which it gives something.
    fn of_inviting(id: InvitationId, organization: &Organization) -> Self {
        let invitation = organization.invitations().get(&id);
        let invitee = invitation.map(|it| EntityId::SubAccount(it.sub_account));
        let given = invitee
            .into_iter()
            .flat_map(|invitee| organization.assignments_by(invitee, Relation::Assignee));
        let permitted: Vec<_> = given
            .filter(|it| it.effect == Effect::Allow)
            .map(|it| (AdminAction::Invite, it.scope))
            .collect();
        if permitted.is_empty() {
            return Self::at_organization(AdminAction::Invite);
        }
        Self { permitted, waived_if_harmless: false }
    }

    /// Adopting requires the permissions to start everything that is adopted.
    fn of_adopting(id: SubAccountId, organization: &Organization) -> Self {
        let entity = EntityId::SubAccount(id);
        let invitations = organization.referring(entity, Relation::Inviter);
        let mut permitted: Vec<_> = invitations
            .flat_map(|invitation| match invitation {
                EntityId::Invitation(id) => Self::of_inviting(id, organization).permitted,
                _ => Vec::new(),
            })
            .collect();
        let made = organization.assignments_by(entity, Relation::MadeBy);
        // Only allows that have a start in the future can be adopted; denies stay with their maker.
        let begun = made.filter(|it| it.effect == Effect::Allow && it.validity.starts().is_some());
        permitted.extend(begun.map(|it| (AdminAction::Assign, it.scope)));
        if consents_by(organization, id).next().is_some() {
            permitted.push((AdminAction::ManageConsents, Scope::Organization));
        }
        // If there is nothing to adopt, an actor without the permission must not learn that.
        if permitted.is_empty() {
            return Self::at_organization(AdminAction::Invite);
        }
        Self { permitted, waived_if_harmless: false }
    }

    fn of_deciding(id: RequestId, organization: &Organization) -> Self {
        let scope = match organization.requests().get(&id).map(|it| &it.wants) {
            Some(Wants::Access { scope, .. }) => *scope,
            _ => Scope::Organization,
        };
        Self::of(AdminAction::ApproveRequests, scope)
    }
}
