//! Administration of people and programs: the life of a sub-account, and what it asks for.

use std::cell::RefCell;

use jiff::Timestamp;

use crate::directory::{Administration, CommitError, commit};
use crate::governance::{Action, Departure, NewAssignment, NewRequest, NewSubAccount};
use crate::id::{RequestId, SubAccountId};
use crate::model::personal::Personal;
use crate::model::{Grant, Login, Organization, RoleRef, Scope};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Makes an active member who signs in with `login`.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_member(&self, login: &Login) -> Result<SubAccountId, CommitError> {
        self.create_member_with(login, [])
    }

    /// Makes an active member together with assignments, in one commit. Whomever they name, they are made to the member.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_member_with(
        &self,
        login: &Login,
        assignments: impl IntoIterator<Item = NewAssignment>,
    ) -> Result<SubAccountId, CommitError> {
        let id = self.id()?;
        let member = Action::from(NewSubAccount::member(id, login.clone()));
        let assignments = assignments.into_iter().map(|new| Action::from(new.to(id)));
        self.perform([member].into_iter().chain(assignments))?;
        Ok(id)
    }

    /// Makes an active guest who signs in with `login`, until `ends`.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_guest(
        &self,
        login: &Login,
        ends: Timestamp,
    ) -> Result<SubAccountId, CommitError> {
        let id = self.id()?;
        self.perform([NewSubAccount::guest(id, login.clone(), ends)])?;
        Ok(id)
    }

    /// Makes an active service that the member `owner` answers for.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_service(&self, owner: SubAccountId) -> Result<SubAccountId, CommitError> {
        let id = self.id()?;
        self.perform([NewSubAccount::service(id, owner)])?;
        Ok(id)
    }

    /// Keeps a sub-account out; its assignments stay and do not act.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn suspend(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::Suspend(sub_account)]).map(drop)
    }

    /// Lets a suspended sub-account in again.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn reinstate(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::Reinstate(sub_account)]).map(drop)
    }

    /// Denies everything to a sub-account until its credential was renewed.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn require_credential_reset(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::SetCredentialResetRequired(sub_account, true)]).map(drop)
    }

    /// Says that a credential was renewed. Only the host's own code knows that.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn credential_was_reset(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::SetCredentialResetRequired(sub_account, false)]).map(drop)
    }

    /// Takes a sub-account out of the organization, and hands what belongs to it to a successor, if there is one.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn remove(
        &self,
        sub_account: SubAccountId,
        successor: Option<SubAccountId>,
    ) -> Result<(), CommitError> {
        self.perform([Action::Remove(Departure { sub_account, successor })]).map(drop)
    }

    /// Leaves the organization. Plan [`Action::Leave`] to see beforehand what is lost.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] for anybody but a sub-account.
    pub fn leave(&self) -> Result<(), CommitError> {
        self.perform([Action::Leave(self.oneself()?.into())]).map(drop)
    }

    /// Gives up what the actor administers at a scope, as far as it was assigned to it by name, for another role or for
    /// nothing. Other scopes, and being a member, are not touched.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] for anybody but a sub-account.
    pub fn step_down(
        &self,
        scope: impl Into<Scope>,
        into: Option<RoleRef>,
    ) -> Result<(), CommitError> {
        let (sub_account, scope) = (self.oneself()?, scope.into());
        self.perform([Action::StepDown { sub_account, scope, into }]).map(drop)
    }

    /// Takes a sub-account back that left or was removed: with what it had, or without.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn readmit(&self, sub_account: SubAccountId, restore: bool) -> Result<(), CommitError> {
        self.perform([Action::Readmit { sub_account, restore }]).map(drop)
    }

    /// Hands the organization from the actor to another member.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] for anybody but a sub-account.
    pub fn transfer_ownership(&self, to: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::TransferOwnership { from: self.oneself()?, to }]).map(drop)
    }

    /// Erases a sub-account's login and name after it has left, here and in the store. Its id stays, and so does what
    /// was denied to it, should it ever be asked back.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform). After [`CommitError::Store`] the data may still be in the store.
    pub fn erase(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        let rows = RefCell::default();
        // Those that it has when it is erased: another process may have given it another login since this one looked.
        let note = |before: &Organization| {
            let erased = before.sub_accounts().get(&sub_account);
            let of_it = erased.into_iter().flat_map(|it| [it.login, it.name]).flatten();
            *rows.borrow_mut() = of_it.map(|it: Personal| it.id).collect::<Vec<_>>();
            Ok(())
        };
        let (directory, organization) = (self.directory(), self.organization());
        let actions = [Action::Erase(sub_account)];
        commit::commit_if(directory, organization, self.session(), &actions, note)?;
        directory.store.erase(organization, &rows.into_inner()).map_err(CommitError::Store)
    }

    /// Asks for a role or permissions for the whole subtree of `scope`, for the actor itself. Nothing is given before
    /// somebody else approves.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] for anybody but a sub-account.
    pub fn request_access(
        &self,
        grant: impl Into<Grant>,
        scope: impl Into<Scope>,
        expires: Timestamp,
    ) -> Result<RequestId, CommitError> {
        let (id, oneself) = (self.id()?, self.oneself()?);
        self.perform([Action::MakeRequest(NewRequest::access(
            id, oneself, grant, scope, expires,
        ))])?;
        Ok(id)
    }

    /// Asks to join on behalf of somebody who signs in with `login`; for the host's own code.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn request_join(
        &self,
        login: &Login,
        reason: &str,
        expires: Timestamp,
    ) -> Result<RequestId, CommitError> {
        let id = self.id()?;
        let request = NewRequest::join(id, login.clone(), expires).because(reason);
        self.perform([Action::MakeRequest(request)])?;
        Ok(id)
    }

    /// Asks to come back on behalf of somebody who left or was removed, with what they had or without; for the host's
    /// own code.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn request_rejoin(
        &self,
        sub_account: SubAccountId,
        restore: bool,
        expires: Timestamp,
    ) -> Result<RequestId, CommitError> {
        let id = self.id()?;
        let request = NewRequest::rejoin(id, sub_account, restore, expires);
        self.perform([Action::MakeRequest(request)])?;
        Ok(id)
    }

    /// Grants a request on the actor's own authority, together with further assignments to whoever it is for.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn approve(
        &self,
        request: RequestId,
        also: impl IntoIterator<Item = NewAssignment>,
    ) -> Result<(), CommitError> {
        let assignments = also.into_iter().collect();
        self.perform([Action::Approve { request, assignments }]).map(drop)
    }

    /// Turns a request down.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn reject(&self, request: RequestId) -> Result<(), CommitError> {
        self.perform([Action::Reject(request)]).map(drop)
    }

    /// Takes a request back.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn withdraw_request(&self, request: RequestId) -> Result<(), CommitError> {
        self.perform([Action::WithdrawRequest(request)]).map(drop)
    }
}
