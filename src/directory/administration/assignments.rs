//! Assignments: roles, permissions and denies.

use jiff::Timestamp;

use crate::directory::administration::Administration;
use crate::directory::error::CommitError;
use crate::governance::{Action, ActionError, NewAssignment};
use crate::id::AssignmentId;
use crate::model::link::Relation;
use crate::model::{Assignee, Effect, Grant, RoleRef, Scope};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
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
        self.create_assignment(NewAssignment::new(assignee, role.into(), scope))
    }

    /// Grants permissions without a role, for the whole subtree of `scope`, from now on,
    /// unconditionally.
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
        self.create_assignment(NewAssignment::new(assignee, self.grant_of(permissions)?, scope))
    }

    /// Denies permissions for the whole subtree of `scope`, from now on, unconditionally. A deny
    /// beats every allow.
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
        self.create_assignment(
            NewAssignment::new(assignee, self.grant_of(permissions)?, scope).denying(),
        )
    }

    /// Creates an assignment with all its terms.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_assignment(&self, new: NewAssignment) -> Result<AssignmentId, CommitError> {
        let id = match new.chosen_id() {
            Some(id) => id,
            None => self.new_id()?,
        };
        self.perform([new.id(id)])?;
        Ok(id)
    }

    /// Delegates a role that the actor holds, until `ends`. The delegation never gives more than the
    /// actor has itself (D13).
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] if the actor is no sub-account.
    pub fn delegate(
        &self,
        assignee: impl Into<Assignee>,
        role: impl Into<RoleRef>,
        scope: impl Into<Scope>,
        ends: Timestamp,
    ) -> Result<AssignmentId, CommitError> {
        let delegator = self.require_sub_account()?;
        self.create_assignment(
            NewAssignment::new(assignee, role.into(), scope).delegated_by(delegator).ends(ends),
        )
    }

    /// Replaces an assignment by another in one commit. If the new one is refused, the old one stays.
    /// Plan [`Action::Revoke`] and the new one to see beforehand who gains and loses what.
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
            None => self.new_id()?,
        };
        self.perform([Action::Revoke(assignment), new.id(id).into()])?;
        Ok(id)
    }

    /// Revokes an assignment.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn revoke(&self, assignment: AssignmentId) -> Result<(), CommitError> {
        self.perform([Action::Revoke(assignment)]).map(drop)
    }

    /// Revokes a role at one scope: every allow of the role that names this assignee at this scope.
    /// The assignee keeps allows through teams, at other scopes, and of roles that include it.
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
}
