//! Administration: the changes that an actor makes in one organization, each its own commit.
//!
//! This file has the actor, [`Administration::perform`] and [`Administration::plan`]; each other
//! file has the methods for one kind of object.

mod assignments;
pub(super) mod invitations;
mod organization;
mod people;
mod requests;
mod roles;
mod scopes;
mod teams;

use crate::access::{Context, Snapshot};
use crate::catalog::Catalog;
use crate::directory::directory::Directory;
use crate::directory::error::CommitError;
use crate::directory::id_source::SystemIds;
use crate::directory::session::Session;
use crate::governance::{Action, ActionError, IdSource, ImpactMode, Plan};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::Grant;
use crate::permission::{PermissionNames, Permissions};
use crate::text::{Name, TextError};

/// The changes that one actor makes in one organization.
///
/// Every method is one commit. It happens as a whole or not at all, and is visible when the method
/// returns. [`perform`](Self::perform) commits several actions at once. Every method fails with a
/// [`CommitError`] that says what was wrong; nothing was changed then.
#[derive(Debug, Clone)]
pub struct Administration<'a, P> {
    directory: &'a Directory<P>,
    organization: OrganizationId,
    session: Session,
}

impl<P: Permissions> Directory<P> {
    /// Acts as a sub-account of an organization. `context` describes its session.
    ///
    /// The directory's clock gives the time. A time in the context is ignored.
    pub fn administer(
        &self,
        organization: OrganizationId,
        sub_account: SubAccountId,
        context: &Context,
    ) -> Administration<'_, P> {
        Administration::new(self, organization, Session::sub_account(sub_account, context))
    }

    /// Acts as an operator in an organization that has consented (D12). An operator is a sub-account
    /// of `home`, the host's own organization.
    pub fn administer_as_operator(
        &self,
        organization: OrganizationId,
        home: OrganizationId,
        operator: SubAccountId,
        context: &Context,
    ) -> Administration<'_, P> {
        Administration::new(self, organization, Session::operator(home, operator, context))
    }
}

impl<'a, P: Permissions> Administration<'a, P> {
    pub(super) const fn new(
        directory: &'a Directory<P>,
        organization: OrganizationId,
        session: Session,
    ) -> Self {
        Self { directory, organization, session }
    }

    /// Commits actions, in order, and returns the organization afterwards.
    ///
    /// If others commit at the same time, the actions are judged again on the newer revision.
    /// Actions that change nothing make no revision.
    ///
    /// # Errors
    ///
    /// - [`CommitError::Action`] if an action makes no sense for the organization as it is.
    /// - [`CommitError::Refused`] if the actor may not do it.
    /// - [`CommitError::Violation`] if it would break an invariant.
    /// - [`CommitError::Load`] if the organization cannot be loaded.
    /// - [`CommitError::Contended`], [`CommitError::ClockBehind`] and [`CommitError::Store`] if it
    ///   could not be stored.
    pub fn perform<A: Into<Action>>(
        &self,
        actions: impl IntoIterator<Item = A>,
    ) -> Result<Snapshot<P>, CommitError> {
        self.directory.commit_actions(self.organization, &self.session, &collect(actions))
    }

    /// Judges actions, in order, as one commit, and reports their impact. Stores nothing:
    /// [`Directory::commit`] does.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn plan<A: Into<Action>>(
        &self,
        actions: impl IntoIterator<Item = A>,
    ) -> Result<Plan, CommitError> {
        self.directory.plan_actions(self.organization, &self.session, collect(actions))
    }

    /// Whether an action would be accepted now. Stores nothing.
    pub fn can(&self, action: impl Into<Action>) -> bool {
        self.check(action).is_ok()
    }

    /// Checks that an action would be accepted now. Stores nothing.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn check(&self, action: impl Into<Action>) -> Result<(), CommitError> {
        let before = self.directory.snapshot(self.organization)?;
        let actions = [action.into()];
        self.directory.draft(&before, &self.session, &actions, ImpactMode::Skip).map(drop)
    }

    /// The catalog by which the organization is decided.
    fn catalog(&self) -> Result<Catalog<P>, CommitError> {
        Ok(self.directory.snapshot(self.organization)?.catalog().clone())
    }

    fn grant_of(&self, permissions: P) -> Result<Grant, CommitError> {
        Ok(self.catalog()?.grant(permissions).map_err(ActionError::from)?)
    }

    fn names(&self, permissions: P) -> Result<PermissionNames, CommitError> {
        Ok(self.catalog()?.names(permissions).map_err(ActionError::from)?)
    }

    /// The stored form of a limit. `None` stays `None`.
    fn limit(&self, permissions: Option<P>) -> Result<Option<PermissionNames>, CommitError> {
        permissions.map(|permissions| self.names(permissions)).transpose()
    }

    fn new_id<T: From<uuid::Uuid>>(&self) -> Result<T, ActionError> {
        self.ids().id().map(T::from)
    }

    fn ids(&self) -> SystemIds<'a> {
        self.directory.ids()
    }

    /// The sub-account that acts.
    fn require_sub_account(&self) -> Result<SubAccountId, ActionError> {
        self.session.own_sub_account().ok_or(ActionError::NoSubAccount)
    }
}

fn collect<A: Into<Action>>(actions: impl IntoIterator<Item = A>) -> Vec<Action> {
    actions.into_iter().map(Into::into).collect()
}

fn parse_name(name: &str) -> Result<Name, ActionError> {
    parsed(Name::new(name))
}

fn parsed<T>(text: Result<T, TextError>) -> Result<T, ActionError> {
    Ok(text?)
}
