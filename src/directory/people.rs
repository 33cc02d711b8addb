//! Administration of people and programs: the life of a sub-account.

use jiff::Timestamp;

use crate::directory::{Administration, CommitError};
use crate::governance::{Action, Departure, NewAssignment, NewSubAccount};
use crate::id::SubAccountId;
use crate::model::{Login, RoleRef, Scope, SubAccountKind};
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
        self.create(|id| NewSubAccount::member(id, login.clone()), assignments)
    }

    /// Makes an active sub-account that was described step by step, from the id that it will have, together with
    /// assignments, in one commit. Whomever they name, they are made to the sub-account.
    ///
    /// ```
    /// # use tenantry::{Context, Directory, Login, NewAssignment, NewSubAccount, Scope, messaging};
    /// # let directory = Directory::new(messaging::catalog());
    /// # let (lin, wu): (Login, Login) = ("lin".parse()?, "wu".parse()?);
    /// # let acme = directory.create_organization("Acme", &lin)?;
    /// # let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    /// # let until = "2200-01-01T00:00:00Z".parse()?;
    /// let new = |id| NewSubAccount::member(id, wu).name("Wu Mei").until(until);
    /// admin.create(new, [NewAssignment::of(messaging::USER, Scope::Organization)])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create(
        &self,
        describe: impl FnOnce(SubAccountId) -> NewSubAccount,
        assignments: impl IntoIterator<Item = NewAssignment>,
    ) -> Result<SubAccountId, CommitError> {
        let id = self.id()?;
        let created = Action::from(describe(id));
        let assignments = assignments.into_iter().map(|new| Action::from(new.to(id)));
        self.perform([created].into_iter().chain(assignments))?;
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
        self.create(|id| NewSubAccount::guest(id, login.clone(), ends), [])
    }

    /// Makes an active service that the member `owner` answers for.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_service(&self, owner: SubAccountId) -> Result<SubAccountId, CommitError> {
        self.create(|id| NewSubAccount::service(id, owner), [])
    }

    /// Puts another member in charge of a service, whose credential must then be renewed.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_service_owner(
        &self,
        service: SubAccountId,
        owner: SubAccountId,
    ) -> Result<(), CommitError> {
        self.perform([Action::SetServiceOwner(service, owner)]).map(drop)
    }

    /// Changes the login of a sub-account: whoever signs in with it is somebody else from now on. What was denied to
    /// those who had the login before, and their boundaries, bind the sub-account too.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_login(&self, sub_account: SubAccountId, login: &Login) -> Result<(), CommitError> {
        self.perform([Action::SetLogin(sub_account, login.clone())]).map(drop)
    }

    /// Changes the name of the person behind a sub-account, or takes it away; personal data.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_name(
        &self,
        sub_account: SubAccountId,
        name: Option<&str>,
    ) -> Result<(), CommitError> {
        self.perform([Action::SetName(sub_account, name.map(str::to_owned))]).map(drop)
    }

    /// Makes a member a guest, whose access ends at `ends`.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn make_guest(
        &self,
        sub_account: SubAccountId,
        ends: Timestamp,
    ) -> Result<(), CommitError> {
        let kind = Action::SetKind(sub_account, SubAccountKind::Guest);
        self.perform([Action::SetEnd(sub_account, Some(ends)), kind]).map(drop)
    }

    /// Makes a guest a member. An end that it has stays; [`set_end`](Self::set_end) takes it away.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn make_member(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::SetKind(sub_account, SubAccountKind::Member)]).map(drop)
    }

    /// Sets the instant at which a sub-account's access ends; none for no end, which a guest must have.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_end(
        &self,
        sub_account: SubAccountId,
        ends: Option<Timestamp>,
    ) -> Result<(), CommitError> {
        self.perform([Action::SetEnd(sub_account, ends)]).map(drop)
    }

    /// Limits what a sub-account may do anywhere, whatever it is given; none lifts the limit.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_boundary(
        &self,
        sub_account: SubAccountId,
        permissions: Option<P>,
    ) -> Result<(), CommitError> {
        self.perform([Action::SetBoundary(sub_account, self.limit(permissions)?)]).map(drop)
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

    /// Takes over what somebody began who is about to go: invitations that were not accepted, consents, and allows that
    /// have not started, which would go with them otherwise.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn adopt(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::Adopt(sub_account)]).map(drop)
    }

    /// Leaves the organization. Plan [`Action::Leave`] to see beforehand what is lost. Resources that belong to the actor
    /// belong to nobody from then on; see [`leave_to`](Self::leave_to).
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] for anybody but a sub-account.
    pub fn leave(&self) -> Result<(), CommitError> {
        self.perform([Action::Leave(self.oneself()?.into())]).map(drop)
    }

    /// Leaves the organization, and hands over to `successor` the resources and services that belong to the actor.
    ///
    /// # Errors
    ///
    /// As [`leave`](Self::leave).
    pub fn leave_to(&self, successor: SubAccountId) -> Result<(), CommitError> {
        let departure = Departure { sub_account: self.oneself()?, successor: Some(successor) };
        self.perform([Action::Leave(departure)]).map(drop)
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

    /// Erases what is known of a sub-account as a person after it has left, here and, in the same commit, in the store:
    /// its logins and names, past ones too, why it was given something, what it asked for. Its id stays, and so does what
    /// was denied to it, should it ever be asked back. Costs reading the organization's records.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn erase(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::Erase(sub_account)]).map(drop)
    }
}
