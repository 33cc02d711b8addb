//! Administration: the changes that an actor makes in one organization, each its own commit.

use crate::access::Snapshot;
use crate::directory::random::SystemMint;
use crate::directory::{CommitError, Directory, NewResource, NewRole, NewWorkspace, commit};
use crate::governance::{Action, ActionError, Mint, NewAssignment, NewSubAccount};
use crate::id::{
    AssignmentId, OrganizationId, ResourceId, RoleId, SubAccountId, TeamId, WorkspaceId,
};
use crate::model::record::Actor;
use crate::model::{
    Assignee, Grant, Key, Kind, Login, Membership, Resource, Role, RoleRef, Scope, Status, Team,
    Workspace,
};
use crate::permission::Permissions;
use crate::text::{Name, TextError};

/// Changes one organization. Every method is one commit that happens as a whole or not at all and is visible when it
/// returns; several actions in one commit go through [`perform`](Self::perform).
///
/// Every method fails with a [`CommitError`] that says what was wrong; nothing is done then.
#[derive(Debug, Clone)]
pub struct Administration<'a, P> {
    directory: &'a Directory<P>,
    organization: OrganizationId,
    actor: Result<Actor, TextError>,
}

impl<'a, P: Permissions> Administration<'a, P> {
    pub(super) const fn new(
        directory: &'a Directory<P>,
        organization: OrganizationId,
        actor: Result<Actor, TextError>,
    ) -> Self {
        Self { directory, organization, actor }
    }

    /// Performs actions, in order, as one commit, and returns the organization as it then is.
    ///
    /// # Errors
    ///
    /// [`CommitError::Action`] if one of them is refused, [`CommitError::Load`] if there is no such organization,
    /// [`CommitError::Contended`] and [`CommitError::Store`] if it could not be stored.
    pub fn perform<A: Into<Action>>(
        &self,
        actions: impl IntoIterator<Item = A>,
    ) -> Result<Snapshot<P>, CommitError> {
        let actor = self.actor.as_ref().map_err(|error| ActionError::from(error.clone()))?;
        let actions: Vec<Action> = actions.into_iter().map(Into::into).collect();
        commit::commit(self.directory, self.organization, actor, &actions)
    }

    /// Makes a workspace: by its name, or as [`NewWorkspace`] describes it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_workspace<'n>(
        &self,
        new: impl Into<NewWorkspace<'n>>,
    ) -> Result<WorkspaceId, CommitError> {
        let (id, new) = (self.id()?, new.into());
        let mut workspace = Workspace::new(id, name_of(new.name)?);
        workspace.key = new.key.map(|key| text(Key::new(key))).transpose()?;
        self.perform([Action::CreateWorkspace(workspace)])?;
        Ok(id)
    }

    /// Registers a resource.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_resource(&self, new: &NewResource<'_>) -> Result<ResourceId, CommitError> {
        let id = self.id()?;
        let mut resource = Resource::new(id, text(Kind::new(new.kind))?, new.parent);
        resource.key = new.key.map(|key| text(Key::new(key))).transpose()?;
        resource.name = new.name.map(name_of).transpose()?;
        resource.owner = new.owner;
        self.perform([Action::CreateResource(resource)])?;
        Ok(id)
    }

    /// Makes an active member who signs in with `login`.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_member(&self, login: &Login) -> Result<SubAccountId, CommitError> {
        let id = self.id()?;
        self.perform([NewSubAccount::member(id, login.clone())])?;
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

    /// Makes a team.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_team(&self, name: &str) -> Result<TeamId, CommitError> {
        let id = self.id()?;
        self.perform([Action::CreateTeam(Team::new(id, name_of(name)?))])?;
        Ok(id)
    }

    /// Puts a sub-account into a team.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn add_to_team(&self, sub_account: SubAccountId, team: TeamId) -> Result<(), CommitError> {
        self.perform([Action::AddToTeam(Membership { sub_account, team })]).map(drop)
    }

    /// Makes a custom role.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_role(&self, new: &NewRole<'_, P>) -> Result<RoleId, CommitError> {
        let id = self.id()?;
        let names =
            |permissions| self.directory.catalog().names(permissions).map_err(ActionError::from);
        let mut role = Role::new(id, name_of(new.name)?, names(new.any)?);
        role.own = names(new.own)?;
        role.includes.clone_from(&new.includes);
        role.assignable = new.assignable;
        self.perform([Action::CreateRole(role)])?;
        Ok(id)
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

    /// Takes an assignment back.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn revoke(&self, assignment: AssignmentId) -> Result<(), CommitError> {
        self.perform([Action::Revoke(assignment)]).map(drop)
    }

    /// Keeps a sub-account out; its assignments stay and do not act.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn suspend(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::SetStatus(sub_account, Status::Suspended)]).map(drop)
    }

    /// Lets a suspended sub-account in again.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn reinstate(&self, sub_account: SubAccountId) -> Result<(), CommitError> {
        self.perform([Action::SetStatus(sub_account, Status::Active)]).map(drop)
    }

    fn any(&self, permissions: P) -> Result<Grant, ActionError> {
        Ok(Grant::any(self.directory.catalog().names(permissions)?))
    }

    fn id<T: From<uuid::Uuid>>(&self) -> Result<T, ActionError> {
        SystemMint { clock: self.directory.clock() }.id().map(T::from)
    }
}

fn name_of(name: &str) -> Result<Name, ActionError> {
    text(Name::new(name))
}

fn text<T>(text: Result<T, TextError>) -> Result<T, ActionError> {
    Ok(text?)
}
