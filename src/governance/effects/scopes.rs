//! Effects of actions on workspaces and resources.

use std::collections::BTreeSet;

use crate::governance::action::new_assignment::NewAssignment;
use crate::governance::effects::builder::{ChangeSetBuilder, found};
use crate::governance::error::ActionError;
use crate::id::{ResourceId, WorkspaceId};
use crate::model::link::Relation;
use crate::model::resource::Parent;
use crate::model::{EntityId, Maker, Remove, Resource, RoleRef, Scope, ScopeKinds, Workspace};
use crate::permission::PermissionNames;

impl ChangeSetBuilder<'_> {
    pub(super) fn create_workspace(&mut self, workspace: &Workspace) -> Result<(), ActionError> {
        self.require_unused_id(EntityId::Workspace(workspace.id))?;
        self.require_known(&workspace.inherits)?;
        self.require_all_known(workspace.ceiling.as_ref())?;
        self.put(workspace.clone());
        self.make_creator(workspace.id.into())
    }

    pub(super) fn create_resource(&mut self, resource: &Resource) -> Result<(), ActionError> {
        self.require_unused_id(EntityId::Resource(resource.id))?;
        self.require_known(&resource.inherits)?;
        self.require_all_known(resource.ceiling.as_ref())?;
        self.put(resource.clone());
        self.make_creator(resource.id.into())
    }

    /// Assigns the catalog's creator role at a new scope to its creator, if the role may be
    /// assigned there.
    fn make_creator(&mut self, scope: Scope) -> Result<(), ActionError> {
        let (Maker::SubAccount(maker), Some(role)) = (self.maker, self.catalog.creator()) else {
            return Ok(());
        };
        let kinds = self.catalog.assignable(role);
        if kinds.is_some_and(|kinds| kinds.contains(ScopeKinds::from(scope.kind()))) {
            let role = RoleRef::System(role.clone());
            self.assign(&NewAssignment::new(maker, role, scope))?;
        }
        Ok(())
    }

    pub(super) fn set_inheritance(
        &mut self,
        scope: Parent,
        names: &PermissionNames,
    ) -> Result<(), ActionError> {
        self.require_known(names)?;
        match scope {
            Parent::Workspace(id) => self.edit_workspace(id, |it| it.inherits = names.clone()),
            Parent::Resource(id) => self.edit_resource(id, |it| it.inherits = names.clone()),
        }
    }

    pub(super) fn set_ceiling(
        &mut self,
        scope: Scope,
        ceiling: Option<&PermissionNames>,
    ) -> Result<(), ActionError> {
        self.require_all_known(ceiling)?;
        let ceiling = ceiling.cloned();
        match scope {
            Scope::Organization => self.edit_profile(|it| it.ceiling = ceiling),
            Scope::Workspace(id) => self.edit_workspace(id, |it| it.ceiling = ceiling)?,
            Scope::Resource(id) => self.edit_resource(id, |it| it.ceiling = ceiling)?,
        }
        Ok(())
    }

    pub(super) fn edit_workspace(
        &mut self,
        id: WorkspaceId,
        edit: impl FnOnce(&mut Workspace),
    ) -> Result<(), ActionError> {
        let mut workspace = found(self.organization.workspaces(), &id, EntityId::Workspace(id))?;
        edit(&mut workspace);
        self.put(workspace);
        Ok(())
    }

    pub(super) fn edit_resource(
        &mut self,
        id: ResourceId,
        edit: impl FnOnce(&mut Resource),
    ) -> Result<(), ActionError> {
        let mut resource = found(self.organization.resources(), &id, EntityId::Resource(id))?;
        edit(&mut resource);
        self.put(resource);
        Ok(())
    }

    pub(super) fn delete_workspace(&mut self, id: WorkspaceId) -> Result<(), ActionError> {
        found(self.organization.workspaces(), &id, EntityId::Workspace(id))?;
        self.delete_scope(EntityId::Workspace(id));
        self.remove(Remove::Workspace(id));
        Ok(())
    }

    pub(super) fn delete_resource(&mut self, id: ResourceId) -> Result<(), ActionError> {
        found(self.organization.resources(), &id, EntityId::Resource(id))?;
        self.delete_scope(EntityId::Resource(id));
        self.remove(Remove::Resource(id));
        Ok(())
    }

    /// Removes everything below a scope, and all assignments, consents and requests there and
    /// below.
    fn delete_scope(&mut self, scope: EntityId) {
        let organization = self.organization;
        // A set, because an assignment at one of these scopes to the members of another is found
        // twice.
        let mut doomed = BTreeSet::new();
        let mut ahead = vec![scope];
        while let Some(scope) = ahead.pop() {
            for relation in [Relation::At, Relation::MembersOf] {
                doomed.extend(organization.referring(scope, relation));
            }
            let below: Vec<_> = organization.referring(scope, Relation::Parent).collect();
            doomed.extend(&below);
            ahead.extend(below);
        }
        for entity in doomed {
            self.remove_dependent(entity);
        }
    }
}
