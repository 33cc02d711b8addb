//! Effects: what each action does to an organization, derived removals written out.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::catalog::CatalogCore;
use crate::governance::{Action, ActionError, Mint, NewAssignment, NewSubAccount};
use crate::id::{ResourceId, RoleId, SubAccountId, TeamId, WorkspaceId};
use crate::model::link::Relation;
use crate::model::personal::{Personal, Purpose};
use crate::model::resource::Parent;
use crate::model::{
    Assignee, Assignment, Change, ChangeSet, EntityId, Grant, Login, Membership, Organization,
    Profile, Remove, Resource, Role, RoleRef, Scope, ScopeKinds, Status, SubAccount, Validity,
    Workspace,
};
use crate::permission::PermissionNames;
use crate::table::Table;

/// Turns actions into one change set on top of `organization`, each action seeing what those before it did, and returns
/// it with the organization as it will then be.
pub(crate) fn draft(
    organization: &Organization,
    catalog: &CatalogCore,
    actions: &[Action],
    time: Timestamp,
    mint: &mut dyn Mint,
) -> Result<(ChangeSet, Organization), ActionError> {
    let mut set = ChangeSet { time, changes: Vec::new(), personal: Vec::new() };
    let mut seen = organization.clone();
    for action in actions {
        let mut effects = Effects {
            organization: &seen,
            catalog,
            mint,
            set: ChangeSet { time, changes: Vec::new(), personal: Vec::new() },
        };
        effects.of(action)?;
        let step = effects.set;
        seen = seen.with(&step)?;
        set.changes.extend(step.changes);
        set.personal.extend(step.personal);
    }
    // What is recorded is the whole set, so the whole set is what must lead there.
    let next = organization.clone().with(&set)?;
    Ok((set, next))
}

/// The effects of one action, as they are found.
struct Effects<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogCore,
    mint: &'a mut dyn Mint,
    set: ChangeSet,
}

impl Effects<'_> {
    #[expect(clippy::too_many_lines, reason = "one arm an action")]
    fn of(&mut self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::RenameOrganization(name) => {
                self.edit_profile(|profile| profile.name = name.clone());
            }
            Action::SetOrganizationStatus(status) => {
                self.edit_profile(|profile| profile.status = *status);
            }
            Action::SetSecurityPolicy(policy) => {
                self.edit_profile(|profile| profile.security = policy.clone());
            }
            Action::CreateWorkspace(workspace) => {
                self.is_new(EntityId::Workspace(workspace.id))?;
                self.known(&workspace.inherits)?;
                self.all_known(workspace.ceiling.as_ref())?;
                self.put(workspace.clone());
            }
            Action::RenameWorkspace(id, name) => {
                self.edit_workspace(*id, |workspace| workspace.name = name.clone())?;
            }
            Action::SetWorkspaceStatus(id, status) => {
                self.edit_workspace(*id, |workspace| workspace.status = *status)?;
            }
            Action::DeleteWorkspace(id) => self.delete_workspace(*id)?,
            Action::CreateResource(resource) => {
                self.is_new(EntityId::Resource(resource.id))?;
                self.known(&resource.inherits)?;
                self.all_known(resource.ceiling.as_ref())?;
                self.put(resource.clone());
            }
            Action::MoveResource(id, parent) => {
                self.edit_resource(*id, |resource| resource.parent = *parent)?;
            }
            Action::SetResourceOwner(id, owner) => {
                self.edit_resource(*id, |resource| resource.owner = *owner)?;
            }
            Action::DeleteResource(id) => self.delete_resource(*id)?,
            Action::SetInheritance(scope, names) => {
                self.known(names)?;
                match scope {
                    Parent::Workspace(id) => {
                        self.edit_workspace(*id, |it| it.inherits = names.clone())?;
                    }
                    Parent::Resource(id) => {
                        self.edit_resource(*id, |it| it.inherits = names.clone())?;
                    }
                }
            }
            Action::SetCeiling(scope, ceiling) => {
                self.all_known(ceiling.as_ref())?;
                let ceiling = ceiling.clone();
                match scope {
                    Scope::Organization => self.edit_profile(|it| it.ceiling = ceiling),
                    Scope::Workspace(id) => self.edit_workspace(*id, |it| it.ceiling = ceiling)?,
                    Scope::Resource(id) => self.edit_resource(*id, |it| it.ceiling = ceiling)?,
                }
            }
            Action::SetLabels(scope, labels) => {
                let labels = labels.clone();
                match scope {
                    Scope::Organization => self.edit_profile(|it| it.labels = labels),
                    Scope::Workspace(id) => self.edit_workspace(*id, |it| it.labels = labels)?,
                    Scope::Resource(id) => self.edit_resource(*id, |it| it.labels = labels)?,
                }
            }
            Action::CreateSubAccount(new) => self.create_sub_account(new)?,
            Action::SetStatus(id, status) => {
                self.edit_sub_account(*id, |it| it.status = *status)?;
            }
            Action::SetCredentialResetRequired(id, required) => {
                self.edit_sub_account(*id, |it| {
                    it.credential_reset_required = *required;
                })?;
            }
            Action::SetEnd(id, ends) => {
                self.edit_sub_account(*id, |it| it.ends = *ends)?;
            }
            Action::SetBoundary(id, boundary) => {
                self.all_known(boundary.as_ref())?;
                self.edit_sub_account(*id, |it| {
                    it.boundary.clone_from(boundary);
                })?;
            }
            Action::CreateTeam(team) => {
                self.is_new(EntityId::Team(team.id))?;
                self.put(team.clone());
            }
            Action::MoveTeam(id, parent) => {
                let entity = EntityId::Team(*id);
                let mut team = found(self.organization.teams(), id, entity)?;
                team.parent = *parent;
                self.put(team);
            }
            Action::DeleteTeam(id) => self.delete_team(*id)?,
            Action::AddToTeam(membership) => self.put(*membership),
            Action::RemoveFromTeam(membership) => self.remove(Remove::Membership(*membership)),
            Action::CreateRole(role) => {
                self.is_new(EntityId::Role(role.id))?;
                self.check_role(role)?;
                self.put(role.clone());
            }
            Action::ReplaceRole(role) => {
                found(self.organization.roles(), &role.id, EntityId::Role(role.id))?;
                self.check_role(role)?;
                self.put(role.clone());
            }
            Action::DeleteRole(id) => self.delete_role(*id)?,
            Action::Assign(new) => self.assign(new)?,
            Action::Revoke(id) => self.remove(Remove::Assignment(*id)),
            Action::GiveConsent(consent) => {
                self.is_new(EntityId::Consent(consent.id))?;
                self.known(&consent.mask)?;
                self.put(consent.clone());
            }
            Action::EndConsent(id) => self.remove(Remove::Consent(*id)),
        }
        Ok(())
    }

    fn put(&mut self, noun: impl Into<Change>) {
        self.set.changes.push(noun.into());
    }

    fn remove(&mut self, remove: Remove) {
        self.set.changes.push(remove.into());
    }

    fn is_new(&self, entity: EntityId) -> Result<(), ActionError> {
        if self.organization.contains(entity) {
            return Err(ActionError::AlreadyExists(entity));
        }
        Ok(())
    }

    /// New data names only permissions that the catalog knows; names of other releases stay where they are stored.
    fn known(&self, names: &PermissionNames) -> Result<(), ActionError> {
        let vocabulary = self.catalog.vocabulary();
        match names.iter().find(|name| vocabulary.bit(name.as_str()).is_none()) {
            Some(name) => Err(ActionError::UnknownPermission(name.to_string())),
            None => Ok(()),
        }
    }

    fn all_known<'n>(
        &self,
        sets: impl IntoIterator<Item = &'n PermissionNames>,
    ) -> Result<(), ActionError> {
        sets.into_iter().try_for_each(|names| self.known(names))
    }

    fn edit_profile(&mut self, edit: impl FnOnce(&mut Profile)) {
        let mut profile = self.organization.profile().clone();
        edit(&mut profile);
        self.put(profile);
    }

    fn edit_workspace(
        &mut self,
        id: WorkspaceId,
        edit: impl FnOnce(&mut Workspace),
    ) -> Result<(), ActionError> {
        let mut workspace = found(self.organization.workspaces(), &id, EntityId::Workspace(id))?;
        edit(&mut workspace);
        self.put(workspace);
        Ok(())
    }

    fn edit_resource(
        &mut self,
        id: ResourceId,
        edit: impl FnOnce(&mut Resource),
    ) -> Result<(), ActionError> {
        let mut resource = found(self.organization.resources(), &id, EntityId::Resource(id))?;
        edit(&mut resource);
        self.put(resource);
        Ok(())
    }

    fn edit_sub_account(
        &mut self,
        id: SubAccountId,
        edit: impl FnOnce(&mut SubAccount),
    ) -> Result<(), ActionError> {
        let entity = EntityId::SubAccount(id);
        let mut sub_account = found(self.organization.sub_accounts(), &id, entity)?;
        edit(&mut sub_account);
        self.put(sub_account);
        Ok(())
    }

    fn create_sub_account(&mut self, new: &NewSubAccount) -> Result<(), ActionError> {
        self.is_new(EntityId::SubAccount(new.id))?;
        self.all_known(new.boundary.as_ref())?;
        let login = new.login.as_ref().map(Login::as_str);
        let sub_account = SubAccount {
            id: new.id,
            kind: new.kind,
            owner: new.owner,
            status: Status::Active,
            credential_reset_required: false,
            login: self.personal(Purpose::Login, login)?,
            erased: None,
            name: self.personal(Purpose::Name, new.name.as_deref())?,
            ends: new.ends,
            boundary: new.boundary.clone(),
            labels: new.labels.clone(),
        };
        self.put(sub_account);
        Ok(())
    }

    /// Puts a value into a side row and returns what the noun stores in its place.
    fn personal(
        &mut self,
        purpose: Purpose,
        value: Option<&str>,
    ) -> Result<Option<Personal>, ActionError> {
        let Some(value) = value else { return Ok(None) };
        let row = self.mint.row(purpose, value)?;
        let reference = row.reference();
        self.set.personal.push(row);
        Ok(Some(reference))
    }

    fn assign(&mut self, new: &NewAssignment) -> Result<(), ActionError> {
        let id = match new.id {
            Some(id) => id,
            None => self.mint.id()?.into(),
        };
        self.is_new(EntityId::Assignment(id))?;
        self.check_grant(&new.grant, new.scope)?;
        let validity = match (new.starts, new.ends) {
            (Some(starts), Some(ends)) => Validity::between(starts, ends)?,
            (Some(starts), None) => Validity::from(starts),
            (None, Some(ends)) => Validity::until(ends),
            (None, None) => Validity::ALWAYS,
        };
        let mut assignment = Assignment {
            id,
            assignee: new.assignee,
            grant: new.grant.clone(),
            scope: new.scope,
            effect: new.effect,
            reach: new.reach.clone(),
            validity,
            conditions: new.conditions.clone(),
            delegator: new.delegator,
            by: None,
            reason: None,
        };
        if let Some(twin) = self.twin(&assignment) {
            return Err(ActionError::AlreadyAssigned(twin.id));
        }
        assignment.reason = self.personal(Purpose::Reason, new.reason.as_deref())?;
        self.put(assignment);
        Ok(())
    }

    /// An assignment that says the same, so that granting twice is one assignment.
    fn twin(&self, assignment: &Assignment) -> Option<&Assignment> {
        let (entity, relation) = match assignment.assignee {
            Assignee::SubAccount(id) => (EntityId::SubAccount(id), Relation::Assignee),
            Assignee::Team(id) => (EntityId::Team(id), Relation::Assignee),
            Assignee::MembersOf(scope) => (scope.into(), Relation::MembersOf),
        };
        let mut to_the_same = self.organization.assignments_by(entity, relation);
        to_the_same.find(|other| other.same_as(assignment))
    }

    fn check_grant(&self, grant: &Grant, scope: Scope) -> Result<(), ActionError> {
        match grant {
            Grant::Permissions { any, own } => self.all_known([any, own]),
            Grant::Role(role) => {
                let assignable = self.assignable(role)?;
                if assignable.contains(ScopeKinds::from(scope.kind())) {
                    return Ok(());
                }
                Err(ActionError::NotAssignable { role: role.clone(), kind: scope.kind() })
            }
        }
    }

    fn assignable(&self, role: &RoleRef) -> Result<ScopeKinds, ActionError> {
        let assignable = match role {
            RoleRef::System(name) => self.catalog.assignable(name),
            RoleRef::Custom(id) => self.organization.roles().get(id).map(|role| role.assignable),
        };
        assignable.ok_or_else(|| ActionError::UnknownRole(role.clone()))
    }

    fn check_role(&self, role: &Role) -> Result<(), ActionError> {
        self.all_known([&role.any, &role.own])?;
        let itself = RoleRef::Custom(role.id);
        let mut referred = role.includes.iter().chain(&role.assigns);
        referred.try_for_each(|other| match other {
            // That a role includes itself is for the model to refuse; that it assigns itself is fine.
            other if *other == itself => Ok(()),
            other => self.assignable(other).map(drop),
        })
    }

    fn delete_workspace(&mut self, id: WorkspaceId) -> Result<(), ActionError> {
        found(self.organization.workspaces(), &id, EntityId::Workspace(id))?;
        self.delete_scope(EntityId::Workspace(id));
        self.remove(Remove::Workspace(id));
        Ok(())
    }

    fn delete_resource(&mut self, id: ResourceId) -> Result<(), ActionError> {
        found(self.organization.resources(), &id, EntityId::Resource(id))?;
        self.delete_scope(EntityId::Resource(id));
        self.remove(Remove::Resource(id));
        Ok(())
    }

    /// Removes what lies below a scope, and everything that was assigned, consented to or asked for there and below.
    fn delete_scope(&mut self, scope: EntityId) {
        let organization = self.organization;
        // A set, because what is assigned at one of these scopes to the members of another is found twice.
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
            match entity {
                EntityId::Assignment(id) => self.remove(Remove::Assignment(id)),
                EntityId::Consent(id) => self.remove(Remove::Consent(id)),
                EntityId::Request(id) => self.remove(Remove::Request(id)),
                EntityId::Resource(id) => self.remove(Remove::Resource(id)),
                _ => {}
            }
        }
    }

    fn delete_team(&mut self, id: TeamId) -> Result<(), ActionError> {
        let organization = self.organization;
        let entity = EntityId::Team(id);
        found(organization.teams(), &id, entity)?;
        for assignment in organization.assignments_by(entity, Relation::Assignee) {
            self.remove(Remove::Assignment(assignment.id));
        }
        for member in organization.referring(entity, Relation::Member) {
            if let EntityId::SubAccount(sub_account) = member {
                self.remove(Remove::Membership(Membership { sub_account, team: id }));
            }
        }
        self.remove(Remove::Team(id));
        Ok(())
    }

    fn delete_role(&mut self, id: RoleId) -> Result<(), ActionError> {
        let organization = self.organization;
        let entity = EntityId::Role(id);
        found(organization.roles(), &id, entity)?;
        for granting in organization.referring(entity, Relation::Grants) {
            match granting {
                EntityId::Assignment(id) => self.remove(Remove::Assignment(id)),
                EntityId::Request(id) => self.remove(Remove::Request(id)),
                _ => {}
            }
        }
        let referring: BTreeSet<EntityId> = [Relation::Includes, Relation::Assigns]
            .into_iter()
            .flat_map(|relation| organization.referring(entity, relation))
            .filter(|role| *role != entity)
            .collect();
        let gone = RoleRef::Custom(id);
        for role in referring {
            let EntityId::Role(role) = role else { continue };
            let mut role = found(organization.roles(), &role, EntityId::Role(role))?;
            role.includes.remove(&gone);
            role.assigns.remove(&gone);
            self.put(role);
        }
        self.remove(Remove::Role(id));
        Ok(())
    }
}

/// A copy of what has this id.
fn found<K: Ord + Clone, V: Clone>(
    table: &Table<K, V>,
    id: &K,
    entity: EntityId,
) -> Result<V, ActionError> {
    table.get(id).cloned().ok_or(ActionError::Unknown(entity))
}
