//! Administration of requests: what somebody asks for, and what becomes of it.

use jiff::Timestamp;

use crate::directory::{Administration, CommitError};
use crate::governance::{Action, NewAssignment, NewRequest};
use crate::id::{RequestId, SubAccountId};
use crate::model::{Grant, Login, Scope};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Makes a request that was described step by step, from the id that it will have: with a reason, or only until an
    /// end.
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
    ///         .because("I write the report this quarter")
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
        let id = self.id()?;
        self.perform([Action::MakeRequest(describe(id))])?;
        Ok(id)
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
