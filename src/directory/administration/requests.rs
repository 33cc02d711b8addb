//! Requests: for access, to join and to come back, and the decisions on them.

use jiff::Timestamp;

use crate::directory::administration::Administration;
use crate::directory::error::CommitError;
use crate::governance::{Action, NewAssignment, NewRequest};
use crate::id::{RequestId, SubAccountId};
use crate::model::{Grant, Login, Scope};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Makes a request with all its terms. `describe` builds it from its id.
    ///
    /// ```
    /// # use tenantry::{Context, Directory, Login, NewRequest, Scope, messaging};
    /// # let directory = Directory::new(messaging::catalog());
    /// # let lin: Login = "lin".parse()?;
    /// # let acme = directory.create_organization("Acme", &lin)?;
    /// # let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    /// # let wu = admin.create_member(&"wu".parse()?)?;
    /// # let by_friday = "2200-01-01T00:00:00Z".parse()?;
    /// # let me = directory.administer(acme.organization, wu, &Context::new());
    /// me.request(|id| {
    ///     NewRequest::access(id, wu, messaging::VIEWER, Scope::Organization, by_friday)
    ///         .reason("I write the report this quarter")
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn request(
        &self,
        describe: impl FnOnce(RequestId) -> NewRequest,
    ) -> Result<RequestId, CommitError> {
        let id = self.new_id()?;
        self.perform([Action::MakeRequest(describe(id))])?;
        Ok(id)
    }

    /// Requests a role or permissions for the actor itself, for the whole subtree of `scope`. Another
    /// sub-account has to approve it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] if the actor is no sub-account.
    pub fn request_access(
        &self,
        grant: impl Into<Grant>,
        scope: impl Into<Scope>,
        expires: Timestamp,
    ) -> Result<RequestId, CommitError> {
        let (id, requester) = (self.new_id()?, self.require_sub_account()?);
        self.perform([Action::MakeRequest(NewRequest::access(
            id, requester, grant, scope, expires,
        ))])?;
        Ok(id)
    }

    /// Requests to join, on behalf of a person who signs in with `login`. For the host only.
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
        let id = self.new_id()?;
        let request = NewRequest::join(id, login.clone(), expires).reason(reason);
        self.perform([Action::MakeRequest(request)])?;
        Ok(id)
    }

    /// Requests to come back, on behalf of a sub-account that left or was removed. `restore` asks for
    /// what it had. For the host only.
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
        let id = self.new_id()?;
        let request = NewRequest::rejoin(id, sub_account, restore, expires);
        self.perform([Action::MakeRequest(request)])?;
        Ok(id)
    }

    /// Approves a request on the actor's own authority, together with further assignments to the
    /// sub-account that it is for.
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

    /// Rejects a request.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn reject(&self, request: RequestId) -> Result<(), CommitError> {
        self.perform([Action::Reject(request)]).map(drop)
    }

    /// Withdraws a request.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn withdraw_request(&self, request: RequestId) -> Result<(), CommitError> {
        self.perform([Action::WithdrawRequest(request)]).map(drop)
    }
}
