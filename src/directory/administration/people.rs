//! Sub-accounts: members, guests and services, from creation to erasure.

use jiff::Timestamp;

use crate::directory::administration::Administration;
use crate::directory::error::CommitError;
use crate::governance::{Action, Departure, NewAssignment, NewSubAccount};
use crate::id::SubAccountId;
use crate::model::{Login, RoleRef, Scope, SubAccountKind};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Creates an active member who signs in with `login`.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_member(&self, login: &Login) -> Result<SubAccountId, CommitError> {
        self.create_member_with(login, [])
    }

    /// Creates an active member together with assignments, in one commit. The assignee of each
    /// assignment is replaced by the member.
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

    /// Creates an active sub-account with all its terms, together with assignments, in one commit.
    ///
    /// `describe` builds the sub-account from its id. The assignee of each assignment is replaced by
    /// the sub-account.
    ///
    /// ```
    /// # use tenantry::{Context, Directory, Login, NewAssignment, NewSubAccount, Scope, messaging};
    /// # let directory = Directory::new(messaging::catalog());
    /// # let (lin, wu): (Login, Login) = ("lin".parse()?, "wu".parse()?);
    /// # let acme = directory.create_organization("Acme", &lin)?;
    /// # let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    /// # let until = "2200-01-01T00:00:00Z".parse()?;
    /// let new = |id| NewSubAccount::member(id, wu).name("Wu Mei").ends(until);
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
        let id = self.new_id()?;
        let created = Action::from(describe(id));
        let assignments = assignments.into_iter().map(|new| Action::from(new.to(id)));
        self.perform([created].into_iter().chain(assignments))?;
        Ok(id)
    }

    /// Creates an active guest who signs in with `login`, until `ends`.
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

    /// Creates an active service. The member `owner` answers for it, and bounds it (D13).
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_service(&self, owner: SubAccountId) -> Result<SubAccountId, CommitError> {
        self.create(|id| NewSubAccount::service(id, owner), [])
    }

    /// Sets the owner of a service. The service is denied everything until its credential was renewed.
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

    /// Changes the login of a sub-account. The denies and boundaries of the sub-accounts that had the
    /// login before bind this one, too.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_login(&self, sub_account: SubAccountId, login: &Login) -> Result<(), CommitError> {
        self.perform([Action::SetLogin(sub_account, login.clone())]).map(drop)
    }

    /// Changes or removes the name of the person behind a sub-account. Names are personal data.
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

    /// Turns a member into a guest, whose access ends at `ends`.
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

    /// Turns a guest into a member. Its end stays; [`set_end`](Self::set_end) removes it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn make_member(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::SetKind(sub_account, SubAccountKind::Member)]).map(drop)
    }

    /// Sets the instant at which a sub-account's access ends. `None` is no end, which a guest cannot
    /// have.
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

    /// Sets the boundary of a sub-account: the most that it may do anywhere. `None` is no limit.
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

    /// Suspends a sub-account. Its assignments stay, without effect.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn suspend(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::Suspend(sub_account)]).map(drop)
    }

    /// Reinstates a suspended sub-account.
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

    /// Notes that a credential was renewed. For the host only.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn credential_was_reset(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::SetCredentialResetRequired(sub_account, false)]).map(drop)
    }

    /// Removes a sub-account from the organization. Its resources and services go to the successor, if
    /// there is one.
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

    /// Takes over the invitations that a sub-account sent, its consents, and its allows that have not
    /// started. Without this, they are removed with the sub-account (G7).
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn adopt(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::Adopt(sub_account)]).map(drop)
    }

    /// Leaves the organization. The actor's resources have no owner from then on; see
    /// [`leave_to`](Self::leave_to). Plan [`Action::Leave`] to see the impact beforehand.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] if the actor is no sub-account.
    pub fn leave(&self) -> Result<(), CommitError> {
        self.perform([Action::Leave(self.require_sub_account()?.into())]).map(drop)
    }

    /// Leaves the organization. The actor's resources and services go to `successor`.
    ///
    /// # Errors
    ///
    /// As [`leave`](Self::leave).
    pub fn leave_to(&self, successor: SubAccountId) -> Result<(), CommitError> {
        let departure =
            Departure { sub_account: self.require_sub_account()?, successor: Some(successor) };
        self.perform([Action::Leave(departure)]).map(drop)
    }

    /// Gives up the actor's own administrative assignments at a scope, in exchange for a role or for
    /// nothing. Other scopes and the membership in the organization are not affected.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] if the actor is no sub-account.
    pub fn step_down(
        &self,
        scope: impl Into<Scope>,
        into: Option<RoleRef>,
    ) -> Result<(), CommitError> {
        let (sub_account, scope) = (self.require_sub_account()?, scope.into());
        self.perform([Action::StepDown { sub_account, scope, into }]).map(drop)
    }

    /// Readmits a sub-account that left or was removed. `restore` gives it back what it had.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn readmit(&self, sub_account: SubAccountId, restore: bool) -> Result<(), CommitError> {
        self.perform([Action::Readmit { sub_account, restore }]).map(drop)
    }

    /// Transfers the ownership of the organization from the actor to another member.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] if the actor is no sub-account.
    pub fn transfer_ownership(&self, to: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::TransferOwnership { from: self.require_sub_account()?, to }])
            .map(drop)
    }

    /// Erases the personal data of a sub-account that has left, here and in the store, in one commit:
    /// its logins and names, present and past, the reasons of its assignments, and its requests.
    ///
    /// Its id stays, and so do its denies, in case it comes back. Reads all records of the
    /// organization.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn erase(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::Erase(sub_account)]).map(drop)
    }
}
