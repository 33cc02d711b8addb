//! Effects of actions on sub-accounts, invitations and requests.

use crate::governance::action::action::Action;
use crate::governance::action::departure::Departure;
use crate::governance::action::new_assignment::NewAssignment;
use crate::governance::action::new_invitation::NewInvitation;
use crate::governance::action::new_request::{NewRequest, Wanted};
use crate::governance::action::new_sub_account::NewSubAccount;
use crate::governance::effects::builder::{ChangeSetBuilder, found};
use crate::governance::effects::expiry::check_not_expired;
use crate::governance::error::ActionError;
use crate::governance::relations::{consents_by, services_of, unstarted_allows_by};
use crate::id::{InvitationId, RequestId, SubAccountId};
use crate::model::link::Relation;
use crate::model::personal::Purpose;
use crate::model::request::Wants;
use crate::model::{
    Assignment, Consent, Effect, EntityId, Grant, Invitation, Login, Membership, Remove, Request,
    Status, SubAccount,
};

impl ChangeSetBuilder<'_> {
    pub(super) fn apply_to_people(&mut self, action: &Action) -> Result<(), ActionError> {
        check_not_expired(self.organization, action, self.set.time)?;
        match action {
            Action::CreateSubAccount(new) => self.create_sub_account(new),
            Action::SetLogin(id, login)
                if self.organization.login_of(*id) == Some(login.as_str()) =>
            {
                Ok(())
            }
            Action::SetLogin(id, login) => self.set_login(*id, login),
            Action::SetName(id, Some(name))
                if self.organization.name_of(*id) == Some(name.as_str()) =>
            {
                Ok(())
            }
            Action::SetName(id, name) => {
                let name = self.personal(Purpose::Name, name.as_deref())?;
                self.edit_sub_account(*id, |it| it.name = name)
            }
            Action::SetKind(id, kind) => self.edit_sub_account(*id, |it| it.kind = *kind),
            Action::SetServiceOwner(id, owner) => self.transfer_service(*id, *owner),
            Action::SetEnd(id, ends) => self.edit_sub_account(*id, |it| it.ends = *ends),
            Action::SetBoundary(id, boundary) => {
                self.require_all_known(boundary.as_ref())?;
                self.edit_sub_account(*id, |it| it.boundary.clone_from(boundary))
            }
            Action::SetCredentialResetRequired(id, required) => {
                if *required {
                    self.remove_dependents(*id);
                }
                self.edit_sub_account(*id, |it| it.credential_reset_required = *required)
            }
            Action::Suspend(id) => {
                self.require_status(*id, &[Status::Active])?;
                self.remove_dependents(*id);
                self.edit_sub_account(*id, |it| it.status = Status::Suspended)
            }
            Action::Reinstate(id) => {
                self.require_status(*id, &[Status::Suspended])?;
                self.edit_sub_account(*id, |it| it.status = Status::Active)
            }
            Action::Adopt(id) => self.adopt(*id),
            Action::Leave(departure) => self.end_membership(departure, Status::Left),
            Action::Remove(departure) => self.end_membership(departure, Status::Removed),
            Action::Readmit { sub_account, restore } => self.readmit(*sub_account, *restore),
            Action::Erase(id) => self.erase(*id),
            Action::Invite(new) => self.invite(new),
            Action::ResendInvitation { id, token, expires } => {
                let entity = EntityId::Invitation(*id);
                let mut invitation = found(self.organization.invitations(), id, entity)?;
                (invitation.token, invitation.expires) = (*token, *expires);
                invitation.inviter = self.maker;
                self.put(invitation);
                Ok(())
            }
            Action::AcceptInvitation(id) => self.accept(*id),
            Action::WithdrawInvitation(id) | Action::DeclineInvitation(id) => {
                let entity = EntityId::Invitation(*id);
                let invitation = found(self.organization.invitations(), id, entity)?;
                self.end_invitation(&invitation)
            }
            Action::MakeRequest(new) => self.make_request(new),
            Action::Approve { request, assignments } => self.approve(*request, assignments),
            Action::Reject(id) | Action::WithdrawRequest(id) => {
                self.remove(Remove::Request(*id));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn create_sub_account(&mut self, new: &NewSubAccount) -> Result<(), ActionError> {
        self.require_unused_id(EntityId::SubAccount(new.id))?;
        self.require_all_known(new.boundary.as_ref())?;
        let login = new.login.as_ref();
        let mut sub_account = SubAccount {
            kind: new.kind,
            owner: new.owner,
            login: self.personal(Purpose::Login, login.map(Login::as_str))?,
            name: self.personal(Purpose::Name, new.name.as_deref())?,
            ends: new.ends,
            boundary: new.boundary.clone(),
            labels: new.labels.clone(),
            ..SubAccount::member(new.id)
        };
        if let Some(login) = login {
            self.bind_to_login(login, &mut sub_account)?;
        }
        self.put(sub_account);
        Ok(())
    }

    fn require_status(&self, id: SubAccountId, statuses: &[Status]) -> Result<Status, ActionError> {
        let entity = EntityId::SubAccount(id);
        let sub_account = found(self.organization.sub_accounts(), &id, entity)?;
        let status = sub_account.status;
        if statuses.contains(&status) {
            Ok(status)
        } else {
            Err(ActionError::WrongStatus { sub_account: id, status })
        }
    }

    fn end_membership(&mut self, departure: &Departure, status: Status) -> Result<(), ActionError> {
        let Departure { sub_account: id, successor } = *departure;
        let organization = self.organization;
        let entity = EntityId::SubAccount(id);
        let before =
            self.require_status(id, &[Status::Invited, Status::Active, Status::Suspended])?;
        let invitation = organization.referring(entity, Relation::Invitee).next();
        if let (Status::Invited, Some(EntityId::Invitation(invitation))) = (before, invitation) {
            self.remove(Remove::Invitation(invitation));
            self.remove_grants(id);
        }
        self.remove_dependents(id);
        for owned in organization.referring(entity, Relation::Owner) {
            match (owned, successor) {
                (EntityId::Resource(resource), _) => {
                    self.edit_resource(resource, |it| it.owner = successor)?;
                }
                (EntityId::SubAccount(service), Some(successor)) => {
                    self.transfer_service(service, successor)?;
                }
                _ => {}
            }
        }
        self.edit_sub_account(id, |it| it.status = status)
    }

    /// Gives a service another owner and requires a credential reset, so that the previous owner
    /// cannot use it any more.
    fn transfer_service(
        &mut self,
        service: SubAccountId,
        owner: SubAccountId,
    ) -> Result<(), ActionError> {
        self.remove_dependents(service);
        self.edit_sub_account(service, |it| {
            it.owner = Some(owner);
            it.credential_reset_required = true;
        })
    }

    /// Removes everything that depends on an account that stops being active (G7): its invitations,
    /// consents and delegations, requests by and for it, and allows that it made and that have not
    /// started. Its denies stay.
    fn remove_dependents(&mut self, id: SubAccountId) {
        let organization = self.organization;
        let entity = EntityId::SubAccount(id);
        for invitation in organization.referring(entity, Relation::Inviter) {
            let EntityId::Invitation(invitation) = invitation else { continue };
            if let Some(invitation) = organization.invitations().get(&invitation) {
                // Cannot fail: the invitation and its invitee exist.
                let _ = self.end_invitation(invitation);
            }
        }
        let requests = [Relation::Requester, Relation::Beneficiary];
        for request in requests.into_iter().flat_map(|it| organization.referring(entity, it)) {
            if let EntityId::Request(request) = request {
                self.remove_once(Remove::Request(request));
            }
        }
        for assignment in organization.assignments_by(entity, Relation::Delegator) {
            self.remove_once(Remove::Assignment(assignment.id));
        }
        // A service does nothing without its owner. Its invitations and delegations are checked
        // when they are used; its consents and allows would take effect unchecked.
        for id in services_of(organization, id).chain([id]) {
            for consent in consents_by(organization, id) {
                self.remove_once(Remove::Consent(consent.id));
            }
            for unstarted in unstarted_allows_by(organization, id, self.set.time) {
                self.remove_once(Remove::Assignment(unstarted.id));
            }
        }
    }

    /// Makes the maker of this change the inviter or maker of everything that an account started:
    /// invitations, consents and allows that have not started.
    fn adopt(&mut self, id: SubAccountId) -> Result<(), ActionError> {
        let organization = self.organization;
        let entity = EntityId::SubAccount(id);
        found(organization.sub_accounts(), &id, entity)?;
        for invitation in organization.referring(entity, Relation::Inviter) {
            let EntityId::Invitation(id) = invitation else { continue };
            let mut invitation = found(organization.invitations(), &id, invitation)?;
            invitation.inviter = self.maker;
            self.put(invitation);
        }
        for consent in consents_by(organization, id) {
            self.put(Consent { by: self.maker, ..consent.clone() });
        }
        for made in unstarted_allows_by(organization, id, self.set.time) {
            self.put(Assignment { by: self.maker, ..made.clone() });
        }
        Ok(())
    }

    /// Ends an invitation that was not accepted.
    fn end_invitation(&mut self, invitation: &Invitation) -> Result<(), ActionError> {
        self.remove(Remove::Invitation(invitation.id));
        self.remove_grants(invitation.sub_account);
        self.edit_sub_account(invitation.sub_account, |it| it.status = Status::Removed)
    }

    /// Removes the allows that a sub-account has by name, and its team memberships. Denies stay.
    fn remove_grants(&mut self, id: SubAccountId) {
        let organization = self.organization;
        for assignment in organization.assignments_by(EntityId::SubAccount(id), Relation::Assignee)
        {
            if assignment.effect == Effect::Allow {
                self.remove_once(Remove::Assignment(assignment.id));
            }
        }
        for team in organization.teams_of(id) {
            self.remove_once(Remove::Membership(Membership { sub_account: id, team }));
        }
    }

    /// Removes something that may be removed for several reasons.
    fn remove_once(&mut self, remove: Remove) {
        if !self.set.changes.contains(&remove.into()) {
            self.remove(remove);
        }
    }

    fn readmit(&mut self, id: SubAccountId, restore: bool) -> Result<(), ActionError> {
        self.require_status(id, &[Status::Left, Status::Removed])?;
        if !restore {
            self.remove_grants(id);
        }
        self.edit_sub_account(id, |it| it.status = Status::Active)
    }

    fn erase(&mut self, id: SubAccountId) -> Result<(), ActionError> {
        self.require_status(id, &[Status::Left, Status::Removed])?;
        let organization = self.organization;
        let kept = organization.assignments_by(EntityId::SubAccount(id), Relation::Assignee);
        for it in kept.filter(|it| it.reason.is_some()) {
            self.put(Assignment { reason: None, ..it.clone() });
        }
        self.edit_sub_account(id, |it| {
            let login = it.login.as_ref().and_then(|login| organization.personal(login));
            let login = login.and_then(|login| Login::new(login).ok());
            if let Some(login) = login {
                it.erased = Some(organization.login_hash(&login));
            }
            (it.login, it.name) = (None, None);
        })
    }

    fn invite(&mut self, new: &NewInvitation) -> Result<(), ActionError> {
        self.require_unused_id(EntityId::Invitation(new.id))?;
        let organization = self.organization;
        let by_login = organization.sub_account_by_login(&new.login);
        let known = by_login.or_else(|| organization.sub_account_by_erased_login(&new.login));
        let name = self.personal(Purpose::Name, new.name.as_deref())?;
        let mut sub_account = match known {
            None => {
                self.require_unused_id(EntityId::SubAccount(new.sub_account))?;
                SubAccount {
                    kind: new.kind,
                    status: Status::Invited,
                    login: self.personal(Purpose::Login, Some(new.login.as_str()))?,
                    name,
                    ends: new.ends,
                    ..SubAccount::member(new.sub_account)
                }
            }
            // A former account starts anew, except for what stays with the login: denies, boundary,
            // kind and end.
            Some(id) => {
                self.require_status(id, &[Status::Left, Status::Removed])?;
                self.remove_grants(id);
                let entity = EntityId::SubAccount(id);
                let mut former = found(organization.sub_accounts(), &id, entity)?;
                former.status = Status::Invited;
                former.ends = new.ends.or(former.ends);
                former.name = name.or(former.name);
                if former.login.is_none() {
                    former.login = self.personal(Purpose::Login, Some(new.login.as_str()))?;
                    former.erased = None;
                }
                former
            }
        };
        let id = sub_account.id;
        self.bind_to_login(&new.login, &mut sub_account)?;
        self.put(sub_account);
        for team in &new.teams {
            self.put(Membership { sub_account: id, team: *team });
        }
        self.assign_all(id, &new.assignments)?;
        self.put(Invitation {
            id: new.id,
            sub_account: id,
            inviter: self.maker,
            token: new.token,
            expires: new.expires,
        });
        Ok(())
    }

    /// Makes assignments to one sub-account, whatever assignee they name.
    fn assign_all(
        &mut self,
        id: SubAccountId,
        assignments: &[NewAssignment],
    ) -> Result<(), ActionError> {
        assignments.iter().try_for_each(|new| self.assign(&new.clone().to(id)))
    }

    fn accept(&mut self, id: InvitationId) -> Result<(), ActionError> {
        let entity = EntityId::Invitation(id);
        let invitation = found(self.organization.invitations(), &id, entity)?;
        self.remove(Remove::Invitation(id));
        self.edit_sub_account(invitation.sub_account, |it| it.status = Status::Active)
    }

    fn make_request(&mut self, new: &NewRequest) -> Result<(), ActionError> {
        self.require_unused_id(EntityId::Request(new.id))?;
        let wants = match &new.wanted {
            Wanted::Join { login, name } => {
                if let Some(holder) = self.organization.sub_account_by_login(login) {
                    return Err(ActionError::AlreadyExists(EntityId::SubAccount(holder)));
                }
                let applicant = self.ids.row(Purpose::Applicant, login.as_str())?;
                let login = applicant.reference();
                self.set.personal.push(applicant);
                Wants::Join { login, name: self.personal(Purpose::Name, name.as_deref())? }
            }
            Wanted::Rejoin { sub_account, restore } => {
                self.require_status(*sub_account, &[Status::Left, Status::Removed])?;
                Wants::Rejoin { sub_account: *sub_account, restore: *restore }
            }
            Wanted::Access { sub_account, grant, scope, ends } => {
                self.check_grant(grant, *scope)?;
                self.require_status(*sub_account, &[Status::Active])?;
                let (sub_account, grant, scope, ends) =
                    (*sub_account, grant.clone(), *scope, *ends);
                Wants::Access { sub_account, grant, scope, ends }
            }
        };
        let request = Request {
            id: new.id,
            wants,
            requester: self.maker,
            reason: self.personal(Purpose::Reason, new.reason.as_deref())?,
            expires: new.expires,
        };
        self.put(request);
        Ok(())
    }

    fn approve(&mut self, id: RequestId, also: &[NewAssignment]) -> Result<(), ActionError> {
        let entity = EntityId::Request(id);
        let request = found(self.organization.requests(), &id, entity)?;
        self.remove(Remove::Request(id));
        match request.wants {
            Wants::Join { login, name } => {
                let organization = self.organization;
                let login = organization.personal(&login).ok_or(ActionError::Erased(entity))?;
                let name = name.and_then(|name| organization.personal(&name));
                let mut sub_account = SubAccount {
                    login: self.personal(Purpose::Login, Some(login))?,
                    name: self.personal(Purpose::Name, name)?,
                    ..SubAccount::member(self.ids.id()?.into())
                };
                let id = sub_account.id;
                self.bind_to_login(&Login::new(login)?, &mut sub_account)?;
                self.put(sub_account);
                self.assign_all(id, also)
            }
            Wants::Rejoin { sub_account, restore } => {
                self.readmit(sub_account, restore)?;
                self.assign_all(sub_account, also)
            }
            Wants::Access { sub_account, grant, scope, ends } => {
                self.require_status(sub_account, &[Status::Active])?;
                let asked = NewAssignment::new(sub_account, Grant::clone(&grant), scope);
                let asked = match ends {
                    Some(ends) => asked.ends(ends),
                    None => asked,
                };
                self.assign(&asked)?;
                self.assign_all(sub_account, also)
            }
        }
    }
}
