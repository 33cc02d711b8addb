//! Administration: the changes that an actor makes in one organization, each its own commit.
//!
//! Here is what concerns roles and assignments; `settings` has the organization as a whole, `scopes` workspaces and
//! resources, `teams` teams, `people` the life of sub-accounts, `invite` and `requests` how they are asked to join and
//! what they ask for.

use jiff::Timestamp;

use crate::access::Snapshot;
use crate::catalog::Catalog;
use crate::directory::random::SystemMint;
use crate::directory::session::Session;
use crate::directory::{CommitError, Directory, NewRole, commit};
use crate::governance::{Action, ActionError, Mint, NewAssignment, Plan, With};
use crate::id::{AssignmentId, OrganizationId, RoleId, SubAccountId};
use crate::model::link::Relation;
use crate::model::{Assignee, Effect, Grant, Role, RoleName, RoleRef, Scope, SystemRole};
use crate::permission::{PermissionNames, Permissions};
use crate::text::{Name, TextError};

/// Changes one organization. Every method is one commit that happens as a whole or not at all and is visible when it
/// returns; several actions in one commit go through [`perform`](Self::perform).
///
/// Every method fails with a [`CommitError`] that says what was wrong; nothing is done then.
#[derive(Debug, Clone)]
pub struct Administration<'a, P> {
    directory: &'a Directory<P>,
    organization: OrganizationId,
    session: Session,
}

impl<'a, P: Permissions> Administration<'a, P> {
    pub(super) const fn new(
        directory: &'a Directory<P>,
        organization: OrganizationId,
        session: Session,
    ) -> Self {
        Self { directory, organization, session }
    }

    /// Performs actions, in order, as one commit, and returns the organization as it then is. What somebody else commits
    /// meanwhile is taken into account: everything is judged again. What changes nothing makes no
    /// revision.
    ///
    /// # Errors
    ///
    /// [`CommitError::Action`] if one of them makes no sense, [`CommitError::Refused`] if the actor may not do it,
    /// [`CommitError::Violation`] if it would break what must always hold, [`CommitError::Load`] if there is no such
    /// organization, [`CommitError::Contended`], [`CommitError::ClockBehind`] and [`CommitError::Store`] if it could not
    /// be stored.
    pub fn perform<A: Into<Action>>(
        &self,
        actions: impl IntoIterator<Item = A>,
    ) -> Result<Snapshot<P>, CommitError> {
        commit::commit(self.directory, self.organization, &self.session, &collect(actions))
    }

    /// Plans actions, in order, as one commit, and says what they would come to. Nothing is saved;
    /// [`Directory::commit`] does that.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn plan<A: Into<Action>>(
        &self,
        actions: impl IntoIterator<Item = A>,
    ) -> Result<Plan, CommitError> {
        commit::plan(self.directory, self.organization, &self.session, collect(actions))
    }

    /// Whether an action would be accepted now. Nothing is saved.
    pub fn can(&self, action: impl Into<Action>) -> bool {
        self.check(action).is_ok()
    }

    /// Whether an action would be accepted now, and why not. Nothing is saved.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn check(&self, action: impl Into<Action>) -> Result<(), CommitError> {
        let before = self.directory.snapshot(self.organization)?;
        let actions = [action.into()];
        commit::drafted(self.directory, &before, &self.session, &actions, With::Judgement).map(drop)
    }

    /// Makes a custom role.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_role(&self, new: &NewRole<'_, P>) -> Result<RoleId, CommitError> {
        let id = self.id()?;
        self.perform([Action::CreateRole(self.role(id, new)?)])?;
        Ok(id)
    }

    /// Makes a custom role that holds today what a system role holds, to be changed from there.
    ///
    /// # Errors
    ///
    /// [`ActionError::UnknownRole`] if the catalog has no such role, otherwise as [`perform`](Self::perform).
    pub fn clone_role(&self, role: SystemRole, name: &str) -> Result<RoleId, CommitError> {
        let catalog = self.catalog()?;
        let catalog = catalog.core();
        let original = RoleName::from(role);
        let document = catalog
            .role_document(&original)
            .ok_or_else(|| ActionError::UnknownRole(original.clone().into()))?;
        let parts = catalog.role(&original);
        let id = self.id()?;
        let mut clone = Role::new(id, name_of(name)?, catalog.vocabulary().names(parts.any));
        clone.own = catalog.vocabulary().names(parts.own);
        clone.assignable = document.assignable;
        clone.assigns = document.assigns.iter().cloned().map(RoleRef::System).collect();
        self.perform([Action::CreateRole(clone)])?;
        Ok(id)
    }

    /// Replaces a custom role; whoever holds it has the new one at once. Plan [`Action::ReplaceRole`] to see who gains
    /// and loses what beforehand.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn replace_role(&self, id: RoleId, new: &NewRole<'_, P>) -> Result<(), CommitError> {
        self.perform([Action::ReplaceRole(self.role(id, new)?)]).map(drop)
    }

    /// A custom role as it would be stored, for [`Action::CreateRole`] and [`Action::ReplaceRole`].
    ///
    /// # Errors
    ///
    /// [`ActionError::Text`] if the name cannot be kept, [`ActionError::UnnamedBits`] if a bit is no permission;
    /// [`CommitError::Load`] if the organization cannot be had, whose catalog says what permissions are called.
    pub fn role(&self, id: RoleId, new: &NewRole<'_, P>) -> Result<Role, CommitError> {
        let catalog = self.catalog()?;
        let names = |permissions| catalog.names(permissions).map_err(ActionError::from);
        let any = if new.full { PermissionNames::Full } else { names(new.any)? };
        let mut role = Role::new(id, name_of(new.name)?, any);
        role.own = names(new.own)?;
        role.includes.clone_from(&new.includes);
        role.assigns.clone_from(&new.assigns);
        role.assignable = new.assignable;
        Ok(role)
    }

    /// Deletes a custom role with everything that refers to it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn delete_role(&self, id: RoleId) -> Result<(), CommitError> {
        self.perform([Action::DeleteRole(id)]).map(drop)
    }

    /// Assigns a role for the whole subtree of `scope`, from now on, unconditionally.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn assign(
        &self,
        assignee: impl Into<Assignee>,
        role: impl Into<RoleRef>,
        scope: impl Into<Scope>,
    ) -> Result<AssignmentId, CommitError> {
        self.make(NewAssignment::new(assignee, role.into(), scope))
    }

    /// Grants permissions, outside any role, for the whole subtree of `scope`, from now on, unconditionally.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn grant(
        &self,
        assignee: impl Into<Assignee>,
        permissions: P,
        scope: impl Into<Scope>,
    ) -> Result<AssignmentId, CommitError> {
        self.make(NewAssignment::new(assignee, self.any(permissions)?, scope))
    }

    /// Denies permissions for the whole subtree of `scope`, from now on, unconditionally. A deny beats every allow.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn deny(
        &self,
        assignee: impl Into<Assignee>,
        permissions: P,
        scope: impl Into<Scope>,
    ) -> Result<AssignmentId, CommitError> {
        self.make(NewAssignment::new(assignee, self.any(permissions)?, scope).denying())
    }

    /// Makes an assignment that was described step by step.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn make(&self, new: NewAssignment) -> Result<AssignmentId, CommitError> {
        let id = match new.chosen_id() {
            Some(id) => id,
            None => self.id()?,
        };
        self.perform([new.id(id)])?;
        Ok(id)
    }

    /// Passes on, until `ends`, a role that the actor holds: no more of it than the actor has itself, and no longer.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] for anybody but a sub-account.
    pub fn delegate(
        &self,
        assignee: impl Into<Assignee>,
        role: impl Into<RoleRef>,
        scope: impl Into<Scope>,
        ends: Timestamp,
    ) -> Result<AssignmentId, CommitError> {
        let oneself = self.oneself()?;
        self.make(
            NewAssignment::new(assignee, role.into(), scope).delegated_by(oneself).until(ends),
        )
    }

    /// Puts an assignment in the place of another in one commit, so that nobody is without either for a moment and
    /// nothing happens if the new one is refused. Plan it with [`Action::Revoke`] and the new one to see who gains and
    /// loses what beforehand.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn replace(
        &self,
        assignment: AssignmentId,
        new: NewAssignment,
    ) -> Result<AssignmentId, CommitError> {
        let id = match new.chosen_id() {
            Some(id) => id,
            None => self.id()?,
        };
        self.perform([Action::Revoke(assignment), new.id(id).into()])?;
        Ok(id)
    }

    /// Takes an assignment back.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn revoke(&self, assignment: AssignmentId) -> Result<(), CommitError> {
        self.perform([Action::Revoke(assignment)]).map(drop)
    }

    /// Takes a role back from somebody at one scope: every allow of it that was made there to this very assignee. What comes
    /// by teams, from other scopes or by roles that include it is not touched.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] if there is no such assignment.
    pub fn unassign(
        &self,
        assignee: impl Into<Assignee>,
        role: impl Into<RoleRef>,
        scope: impl Into<Scope>,
    ) -> Result<(), CommitError> {
        let (assignee, role, scope) = (assignee.into(), role.into(), scope.into());
        let snapshot = self.directory.snapshot(self.organization)?;
        let grant = Grant::from(role.clone());
        let there = snapshot.organization().assignments_by(scope, Relation::At);
        let made = there.filter(|it| {
            it.effect == Effect::Allow && it.assignee == assignee && it.grant == grant
        });
        let revocations: Vec<_> = made.map(|it| Action::Revoke(it.id)).collect();
        if revocations.is_empty() {
            return Err(ActionError::NotAssigned { role, scope }.into());
        }
        self.perform(revocations).map(drop)
    }

    /// The catalog by which the organization is decided here.
    fn catalog(&self) -> Result<Catalog<P>, CommitError> {
        Ok(self.directory.snapshot(self.organization)?.catalog().clone())
    }

    pub(super) fn any(&self, permissions: P) -> Result<Grant, CommitError> {
        Ok(self.catalog()?.grant(permissions).map_err(ActionError::from)?)
    }

    pub(super) fn names(&self, permissions: P) -> Result<PermissionNames, CommitError> {
        Ok(self.catalog()?.names(permissions).map_err(ActionError::from)?)
    }

    /// A limit as it is stored; none stays none.
    pub(super) fn limit(
        &self,
        permissions: Option<P>,
    ) -> Result<Option<PermissionNames>, CommitError> {
        permissions.map(|permissions| self.names(permissions)).transpose()
    }

    pub(super) fn id<T: From<uuid::Uuid>>(&self) -> Result<T, ActionError> {
        self.mint().id().map(T::from)
    }

    pub(super) fn mint(&self) -> SystemMint<'a> {
        SystemMint { clock: self.directory.clock() }
    }

    pub(super) const fn directory(&self) -> &'a Directory<P> {
        self.directory
    }

    pub(super) const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The sub-account that acts; an error for anybody else.
    pub(super) fn oneself(&self) -> Result<SubAccountId, ActionError> {
        self.session.oneself().ok_or(ActionError::NoSubAccount)
    }
}

fn collect<A: Into<Action>>(actions: impl IntoIterator<Item = A>) -> Vec<Action> {
    actions.into_iter().map(Into::into).collect()
}

pub(super) fn name_of(name: &str) -> Result<Name, ActionError> {
    text(Name::new(name))
}

pub(super) fn text<T>(text: Result<T, TextError>) -> Result<T, ActionError> {
    Ok(text?)
}
