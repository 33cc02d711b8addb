//! Custom roles.

use crate::directory::administration::{Administration, parse_name};
use crate::directory::error::CommitError;
use crate::directory::new::NewRole;
use crate::governance::{Action, ActionError};
use crate::id::RoleId;
use crate::model::{Role, RoleName, RoleRef, SystemRole};
use crate::permission::{PermissionNames, Permissions};

impl<P: Permissions> Administration<'_, P> {
    /// Creates a custom role.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_role(&self, new: &NewRole<'_, P>) -> Result<RoleId, CommitError> {
        let id = self.new_id()?;
        self.perform([Action::CreateRole(self.role(id, new)?)])?;
        Ok(id)
    }

    /// Creates a custom role as a copy of a system role, to be changed from there. Later releases of
    /// the catalog do not change the copy.
    ///
    /// # Errors
    ///
    /// [`ActionError::UnknownRole`] if the catalog has no such role, otherwise as
    /// [`perform`](Self::perform).
    pub fn clone_role(&self, role: SystemRole, name: &str) -> Result<RoleId, CommitError> {
        let catalog = self.catalog()?;
        let catalog = catalog.core();
        let original = RoleName::from(role);
        let document = catalog
            .role_document(&original)
            .ok_or_else(|| ActionError::UnknownRole(original.clone().into()))?;
        let parts = catalog.role(&original);
        let id = self.new_id()?;
        let mut clone = Role::new(id, parse_name(name)?, catalog.vocabulary().names(parts.any));
        clone.own = catalog.vocabulary().names(parts.own);
        clone.assignable = document.assignable;
        clone.assigns = document.assigns.iter().cloned().map(RoleRef::System).collect();
        self.perform([Action::CreateRole(clone)])?;
        Ok(id)
    }

    /// Replaces a custom role. Its holders have the new one at once. Plan [`Action::ReplaceRole`] to
    /// see beforehand who gains and loses what.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn replace_role(&self, id: RoleId, new: &NewRole<'_, P>) -> Result<(), CommitError> {
        self.perform([Action::ReplaceRole(self.role(id, new)?)]).map(drop)
    }

    /// Builds a custom role for [`Action::CreateRole`] and [`Action::ReplaceRole`]. Stores nothing.
    ///
    /// # Errors
    ///
    /// [`ActionError::Text`] if the name is not valid, [`ActionError::UnnamedBits`] if a bit is no
    /// permission of the organization's catalog, [`CommitError::Load`] if the organization cannot be
    /// loaded.
    pub fn role(&self, id: RoleId, new: &NewRole<'_, P>) -> Result<Role, CommitError> {
        let catalog = self.catalog()?;
        let names = |permissions| catalog.names(permissions).map_err(ActionError::from);
        let any = if new.full { PermissionNames::Full } else { names(new.any)? };
        let mut role = Role::new(id, parse_name(new.name)?, any);
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
}
