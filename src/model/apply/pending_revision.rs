//! A pending revision: the copy that a change set is applied to.

use std::collections::BTreeMap;

use crate::id::PersonalId;
use crate::model::apply::check::check_entity;
use crate::model::change::{Put, Remove, StructureError};
use crate::model::index::IndexBuilder;
use crate::model::link::EntityId;
use crate::model::organization::{Organization, Retired};
use crate::model::personal::{PersonalRow, Purpose};
use crate::model::profile::Profile;
use crate::model::resource::Resource;

/// The copy that a change set is applied to, with what is left to check when all changes are in.
pub(in crate::model) struct PendingRevision<'a> {
    pub(in crate::model) next: Organization,
    /// The objects that changed, and whether each was moved to another parent.
    pub(in crate::model) touched: BTreeMap<EntityId, bool>,
    pub(in crate::model) rows: BTreeMap<PersonalId, &'a PersonalRow>,
    /// Collects the indexes while a whole stored organization is read, in which objects may have
    /// any status. `None` when a change set is applied to an organization that has its indexes.
    pub(in crate::model) index_builder: Option<IndexBuilder>,
}

impl<'a> PendingRevision<'a> {
    pub(super) fn new(next: Organization, rows: &'a [PersonalRow]) -> Result<Self, StructureError> {
        let mut by_id = BTreeMap::new();
        for row in rows {
            if by_id.insert(row.id(), row).is_some() {
                return Err(StructureError::PersonalReused(row.id()));
            }
        }
        Ok(Self { next, touched: BTreeMap::new(), rows: by_id, index_builder: None })
    }

    /// Starts from the tables of a stored organization. Nothing is indexed yet.
    pub(in crate::model) fn from_stored(
        next: Organization,
        rows: &'a [PersonalRow],
        index_builder: IndexBuilder,
    ) -> Result<Self, StructureError> {
        Ok(Self { index_builder: Some(index_builder), ..Self::new(next, rows)? })
    }

    pub(super) fn put(&mut self, put: &Put) -> Result<(), StructureError> {
        match put {
            Put::Profile(profile) => self.put_profile(profile),
            Put::Workspace(workspace) => {
                self.claim(EntityId::Workspace(workspace.id))?;
                let old = self.next.workspaces.insert(workspace.id, workspace.clone());
                self.touched.entry(EntityId::Workspace(workspace.id)).or_insert(false);
                self.reindex_workspace(old.as_ref(), workspace)
            }
            Put::Resource(resource) => {
                self.claim(EntityId::Resource(resource.id))?;
                let old = self.next.resources.insert(resource.id, resource.clone());
                self.reindex_resource(old.as_ref(), resource)
            }
            Put::SubAccount(sub_account) => {
                let old = self.next.sub_accounts.insert(sub_account.id, sub_account.clone());
                self.reindex_sub_account(old.as_ref(), sub_account)
            }
            Put::Team(team) => {
                self.claim(EntityId::Team(team.id))?;
                let old = self.next.teams.insert(team.id, team.clone());
                let moved = old.as_ref().is_some_and(|old| old.parent != team.parent);
                self.reindex_references(old.as_ref(), Some(team), moved);
                Ok(())
            }
            Put::Membership(membership) => {
                self.next.memberships.insert(*membership, ());
                self.reindex_references(None, Some(membership), false);
                Ok(())
            }
            Put::Role(role) => {
                self.claim(EntityId::Role(role.id))?;
                let old = self.next.roles.insert(role.id, role.clone());
                self.reindex_references(old.as_ref(), Some(role), false);
                Ok(())
            }
            Put::Assignment(assignment) => {
                self.claim(EntityId::Assignment(assignment.id))?;
                let new = self.next.indexes.intern_terms(assignment.clone());
                let old = self.next.assignments.insert(new.id, new.clone());
                self.reindex_assignment(old.as_ref(), &new)
            }
            Put::Consent(consent) => {
                self.claim(EntityId::Consent(consent.id))?;
                let old = self.next.consents.insert(consent.id, consent.clone());
                self.reindex_references(old.as_ref(), Some(consent), false);
                Ok(())
            }
            Put::Invitation(invitation) => {
                self.claim(EntityId::Invitation(invitation.id))?;
                let old = self.next.invitations.insert(invitation.id, invitation.clone());
                self.reindex_references(old.as_ref(), Some(invitation), false);
                Ok(())
            }
            Put::Request(request) => {
                self.claim(EntityId::Request(request.id))?;
                let old = self.next.requests.insert(request.id, request.clone());
                self.reindex_request(old.as_ref(), request)
            }
        }
    }

    fn put_profile(&mut self, profile: &Profile) -> Result<(), StructureError> {
        let (from, to) = (self.next.profile.status, profile.status);
        if !from.may_become(to) {
            return Err(StructureError::IllegalOrganizationStatus { from, to });
        }
        self.next.profile = profile.clone();
        self.touched.entry(EntityId::Organization).or_insert(false);
        Ok(())
    }

    pub(super) fn remove(&mut self, remove: Remove) -> Result<(), StructureError> {
        match remove {
            Remove::Workspace(id) => {
                let old = self.next.workspaces.remove(&id);
                self.next.indexes.set_limited(id, false);
                if let Some(key) = old.as_ref().and_then(|old| old.key.clone()) {
                    self.next.indexes.workspace_keys.remove(&key);
                    self.next.retired.insert(Retired::WorkspaceKey(key), ());
                }
                self.retire(EntityId::Workspace(id), old.is_some())
            }
            Remove::Resource(id) => {
                let old = self.next.resources.remove(&id);
                self.next.indexes.set_limited(id, false);
                self.next.indexes.count_nested(old.as_ref(), None);
                if let Some((kind, key)) = old.as_ref().and_then(Resource::full_key) {
                    self.next.indexes.resource_keys.remove(&(kind.clone(), key.clone()));
                    let retired = Retired::ResourceKey(kind.clone(), key.clone());
                    self.next.retired.insert(retired, ());
                }
                self.reindex_references(old.as_ref(), None, false);
                self.retire(EntityId::Resource(id), old.is_some())
            }
            Remove::Team(id) => {
                let old = self.next.teams.remove(&id);
                self.reindex_references(old.as_ref(), None, false);
                self.retire(EntityId::Team(id), old.is_some())
            }
            Remove::Membership(membership) => {
                if self.next.memberships.remove(&membership).is_none() {
                    return Err(StructureError::NotAMember(membership));
                }
                self.reindex_references(Some(&membership), None, false);
                Ok(())
            }
            Remove::Role(id) => {
                let old = self.next.roles.remove(&id);
                self.reindex_references(old.as_ref(), None, false);
                self.retire(EntityId::Role(id), old.is_some())
            }
            Remove::Assignment(id) => {
                let old = self.next.assignments.remove(&id);
                let reason = old.as_ref().and_then(|old| old.reason.as_deref().copied());
                self.replace_personal(reason, None, Purpose::Reason)?;
                self.next.indexes.replace_assignment(old.as_ref(), None);
                self.reindex_references(old.as_ref(), None, false);
                self.retire(EntityId::Assignment(id), old.is_some())
            }
            Remove::Consent(id) => {
                let old = self.next.consents.remove(&id);
                self.reindex_references(old.as_ref(), None, false);
                self.retire(EntityId::Consent(id), old.is_some())
            }
            Remove::Invitation(id) => {
                let old = self.next.invitations.remove(&id);
                self.reindex_references(old.as_ref(), None, false);
                self.retire(EntityId::Invitation(id), old.is_some())
            }
            Remove::Request(id) => {
                let old = self.next.requests.remove(&id);
                self.replace_request_personal(old.as_ref(), None)?;
                self.reindex_references(old.as_ref(), None, false);
                self.retire(EntityId::Request(id), old.is_some())
            }
        }
    }

    /// Checks that an id was never used, or still belongs to the same object.
    fn claim(&self, entity: EntityId) -> Result<(), StructureError> {
        if self.next.retired.contains_key(&Retired::Entity(entity)) {
            return Err(StructureError::IdReused(entity));
        }
        Ok(())
    }

    fn retire(&mut self, entity: EntityId, existed: bool) -> Result<(), StructureError> {
        if !existed {
            return Err(StructureError::NothingToRemove(entity));
        }
        self.next.retired.insert(Retired::Entity(entity), ());
        self.touched.entry(entity).or_insert(false);
        Ok(())
    }

    /// Checks everything that changed, once all changes are in.
    pub(in crate::model) fn checked(mut self) -> Result<Organization, StructureError> {
        if let Some(builder) = self.index_builder.take() {
            builder.build_into(&mut self.next.indexes);
        }
        let unreferenced = |(id, row): (&PersonalId, &&PersonalRow)| {
            (self.next.personal.get(id) != Some(*row)).then_some(*id)
        };
        if let Some(id) = self.rows.iter().find_map(unreferenced) {
            return Err(StructureError::PersonalUnreferenced(id));
        }
        for (entity, moved) in self.touched {
            check_entity(&self.next, entity, moved)?;
        }
        Ok(self.next)
    }
}
