//! Workspaces and resources, with their inheritance, ceilings and labels.

use crate::directory::administration::{Administration, parse_name, parsed};
use crate::directory::error::CommitError;
use crate::directory::new::{NewResource, NewWorkspace};
use crate::governance::{Action, ActionError};
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::resource::Parent;
use crate::model::{Key, Kind, Resource, Scope, Workspace, WorkspaceStatus};
use crate::permission::{PermissionNames, Permissions};
use crate::text::Label;

impl<P: Permissions> Administration<'_, P> {
    /// Creates a workspace, from its name or a [`NewWorkspace`].
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_workspace<'n>(
        &self,
        new: impl Into<NewWorkspace<'n>>,
    ) -> Result<WorkspaceId, CommitError> {
        let (id, new) = (self.new_id()?, new.into());
        let mut workspace = Workspace::new(id, parse_name(new.name)?);
        workspace.key = new.key.map(|key| parsed(Key::new(key))).transpose()?;
        self.perform([Action::CreateWorkspace(workspace)])?;
        Ok(id)
    }

    /// Renames a workspace.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn rename_workspace(&self, workspace: WorkspaceId, name: &str) -> Result<(), CommitError> {
        self.perform([Action::RenameWorkspace(workspace, parse_name(name)?)]).map(drop)
    }

    /// Archives a workspace. Only the permissions that the catalog lists for archived workspaces are
    /// left at it and below.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn archive_workspace(&self, workspace: WorkspaceId) -> Result<(), CommitError> {
        self.perform([Action::SetWorkspaceStatus(workspace, WorkspaceStatus::Archived)]).map(drop)
    }

    /// Takes a workspace out of the archive, with everything that it had.
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
        let id = self.new_id()?;
        let mut resource = Resource::new(id, parsed(Kind::new(new.kind))?, new.parent);
        resource.key = new.key.map(|key| parsed(Key::new(key))).transpose()?;
        resource.name = new.name.map(parse_name).transpose()?;
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

    /// Sets the owner of a resource, or none: the sub-account to which a conversation, a contact or a
    /// task is assigned.
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

    /// Deletes a resource with the resources below it and everything assigned there.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn delete_resource(&self, resource: ResourceId) -> Result<(), CommitError> {
        self.perform([Action::DeleteResource(resource)]).map(drop)
    }

    /// Sets which permissions a workspace or a resource inherits from its parent. `None` is all of
    /// them, those of later releases included.
    ///
    /// Assignments at the scope itself or below are not affected. A deny is always inherited.
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

    /// Sets the ceiling of a scope: the most that anyone may do there and below, owners included.
    /// `None` is no limit. Only the host sets the ceiling of the organization.
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

    /// Replaces the labels of a scope.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform); [`CommitError::Action`] if a text is no label.
    pub fn set_labels<'l>(
        &self,
        scope: impl Into<Scope>,
        labels: impl IntoIterator<Item = &'l str>,
    ) -> Result<(), CommitError> {
        let labels = labels.into_iter().map(|label| parsed(Label::new(label)));
        let labels = labels.collect::<Result<_, ActionError>>()?;
        self.perform([Action::SetLabels(scope.into(), labels)]).map(drop)
    }
}
