//! Administration of scopes: workspaces and resources, what flows into them, and what limits them.

use crate::directory::administration::{name_of, text};
use crate::directory::{Administration, CommitError, NewResource, NewWorkspace};
use crate::governance::{Action, ActionError};
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::resource::Parent;
use crate::model::{Key, Kind, Resource, Scope, Workspace, WorkspaceStatus};
use crate::permission::{PermissionNames, Permissions};
use crate::text::Label;

impl<P: Permissions> Administration<'_, P> {
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

    /// Names a workspace anew.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn rename_workspace(&self, workspace: WorkspaceId, name: &str) -> Result<(), CommitError> {
        self.perform([Action::RenameWorkspace(workspace, name_of(name)?)]).map(drop)
    }

    /// Puts a workspace away: what the catalog leaves of an archived one can still be done there, and nothing else.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn archive_workspace(&self, workspace: WorkspaceId) -> Result<(), CommitError> {
        self.perform([Action::SetWorkspaceStatus(workspace, WorkspaceStatus::Archived)]).map(drop)
    }

    /// Takes an archived workspace back, as it was.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn unarchive_workspace(&self, workspace: WorkspaceId) -> Result<(), CommitError> {
        self.perform([Action::SetWorkspaceStatus(workspace, WorkspaceStatus::Active)]).map(drop)
    }

    /// Deletes a workspace with its resources and everything assigned there.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn delete_workspace(&self, workspace: WorkspaceId) -> Result<(), CommitError> {
        self.perform([Action::DeleteWorkspace(workspace)]).map(drop)
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

    /// Moves a resource, with everything below it, under another parent.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn move_resource(
        &self,
        resource: ResourceId,
        parent: impl Into<Parent>,
    ) -> Result<(), CommitError> {
        self.perform([Action::MoveResource(resource, parent.into())]).map(drop)
    }

    /// Says who owns a resource, or that nobody does: whom a conversation, a contact or a task is assigned to.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_resource_owner(
        &self,
        resource: ResourceId,
        owner: Option<SubAccountId>,
    ) -> Result<(), CommitError> {
        self.perform([Action::SetResourceOwner(resource, owner)]).map(drop)
    }

    /// Deletes a resource with what is below it and everything assigned there.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn delete_resource(&self, resource: ResourceId) -> Result<(), CommitError> {
        self.perform([Action::DeleteResource(resource)]).map(drop)
    }

    /// Says which permissions flow into a workspace or a resource from what holds it; none for all of them, those of
    /// later releases included. What is assigned at the scope itself or below is not touched, and a deny passes always.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_inheritance(
        &self,
        scope: impl Into<Parent>,
        permissions: Option<P>,
    ) -> Result<(), CommitError> {
        let names = self.limit(permissions)?.unwrap_or(PermissionNames::Full);
        self.perform([Action::SetInheritance(scope.into(), names)]).map(drop)
    }

    /// Limits what anyone may do at a scope and below, the owner included; none lifts the limit. The ceiling of the
    /// organization is the host's.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_ceiling(
        &self,
        scope: impl Into<Scope>,
        permissions: Option<P>,
    ) -> Result<(), CommitError> {
        self.perform([Action::SetCeiling(scope.into(), self.limit(permissions)?)]).map(drop)
    }

    /// Says which labels a scope carries, in place of those that it carried.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] for a text that is no label.
    pub fn set_labels<'l>(
        &self,
        scope: impl Into<Scope>,
        labels: impl IntoIterator<Item = &'l str>,
    ) -> Result<(), CommitError> {
        let labels = labels.into_iter().map(|label| text(Label::new(label)));
        let labels = labels.collect::<Result<_, ActionError>>()?;
        self.perform([Action::SetLabels(scope.into(), labels)]).map(drop)
    }
}
