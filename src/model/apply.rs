//! Applying change sets: inserting, removing and checking structure, and nothing else.
//!
//! Effects go into a copy that shares its pages with the original; references are judged when all of them are in; only
//! then does the copy take the original's place. Every rule here is frozen with the record format: a later release may
//! accept more, never less, or old records would no longer replay.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::id::{OrganizationId, PersonalId};
use crate::model::change::{Change, ChangeSet, Put, Remove, StructureError};
use crate::model::check::check_entity;
use crate::model::index::{AtRest, Indexes};
use crate::model::link::EntityId;
use crate::model::organization::{Organization, Retired};
use crate::model::personal::{PersonalRow, Purpose};
use crate::model::profile::Profile;
use crate::model::record::Revision;
use crate::model::resource::Resource;
use crate::table::Table;

/// See [`Organization::found`].
pub(super) fn found(id: OrganizationId, first: &ChangeSet) -> Result<Organization, StructureError> {
    let Some(Change::Put(Put::Profile(profile))) = first.changes.first() else {
        return Err(StructureError::NoProfile);
    };
    applied(empty(id, Revision::NONE, first.time, profile.clone()), first)
}

/// The organization after `set`; see [`Organization::apply`]. Pages that nobody else holds are changed in place.
pub(crate) fn applied(
    organization: Organization,
    set: &ChangeSet,
) -> Result<Organization, StructureError> {
    let revision = organization.revision.next();
    check_time(organization.time, set)?;
    let mut applying = Applying::new(organization, &set.personal)?;
    for change in &set.changes {
        match change {
            Change::Put(put) => applying.put(put)?,
            Change::Remove(remove) => applying.remove(*remove)?,
            Change::ResetTime(_) => {}
        }
    }
    let mut next = applying.checked()?;
    next.revision = revision;
    next.time = set.time;
    Ok(next)
}

/// I7. Whoever sets the time anew says what it was, so that no other time is taken back with it.
fn check_time(after: Timestamp, set: &ChangeSet) -> Result<(), StructureError> {
    let mut resets = set.changes.iter().filter_map(|change| match change {
        Change::ResetTime(reset) => Some(*reset),
        Change::Put(_) | Change::Remove(_) => None,
    });
    match resets.find(|reset| reset.from != after) {
        Some(reset) => Err(StructureError::NotTheTime { from: reset.from, after }),
        None if set.time < after && !set.changes.iter().any(is_reset) => {
            Err(StructureError::TimeWentBack { time: set.time, after })
        }
        None => Ok(()),
    }
}

const fn is_reset(change: &Change) -> bool {
    matches!(change, Change::ResetTime(_))
}

pub(super) fn empty(
    id: OrganizationId,
    revision: Revision,
    time: Timestamp,
    profile: Profile,
) -> Organization {
    Organization {
        id,
        revision,
        time,
        profile,
        workspaces: Table::new(),
        resources: Table::new(),
        sub_accounts: Table::new(),
        teams: Table::new(),
        memberships: Table::new(),
        roles: Table::new(),
        assignments: Table::new(),
        consents: Table::new(),
        invitations: Table::new(),
        requests: Table::new(),
        personal: Table::new(),
        retired: Table::new(),
        indexes: Indexes::default(),
    }
}

/// A copy under change: what was touched, and which side rows have not found their reference yet.
pub(super) struct Applying<'a> {
    pub(super) next: Organization,
    /// What was touched, and whether it was moved to another parent.
    pub(super) touched: BTreeMap<EntityId, bool>,
    pub(super) rows: BTreeMap<PersonalId, &'a PersonalRow>,
    /// What the indexes will hold, where nouns come from a whole organization at rest, in any status, not one step after
    /// another.
    pub(super) at_rest: Option<AtRest>,
}

impl<'a> Applying<'a> {
    fn new(next: Organization, rows: &'a [PersonalRow]) -> Result<Self, StructureError> {
        let mut by_id = BTreeMap::new();
        for row in rows {
            if by_id.insert(row.id(), row).is_some() {
                return Err(StructureError::PersonalReused(row.id()));
            }
        }
        Ok(Self { next, touched: BTreeMap::new(), rows: by_id, at_rest: None })
    }

    /// A whole organization at rest with its nouns, which may have any status, and nothing of what follows from them.
    pub(super) fn at_rest(
        next: Organization,
        rows: &'a [PersonalRow],
        at_rest: AtRest,
    ) -> Result<Self, StructureError> {
        Ok(Self { at_rest: Some(at_rest), ..Self::new(next, rows)? })
    }

    fn put(&mut self, put: &Put) -> Result<(), StructureError> {
        match put {
            Put::Profile(profile) => self.put_profile(profile),
            Put::Workspace(workspace) => {
                self.claim(EntityId::Workspace(workspace.id))?;
                let old = self.next.workspaces.insert(workspace.id, workspace.clone());
                self.touched.entry(EntityId::Workspace(workspace.id)).or_insert(false);
                self.exchange_workspace(old.as_ref(), workspace)
            }
            Put::Resource(resource) => {
                self.claim(EntityId::Resource(resource.id))?;
                let old = self.next.resources.insert(resource.id, resource.clone());
                self.exchange_resource(old.as_ref(), resource)
            }
            Put::SubAccount(sub_account) => {
                let old = self.next.sub_accounts.insert(sub_account.id, sub_account.clone());
                self.exchange_sub_account(old.as_ref(), sub_account)
            }
            Put::Team(team) => {
                self.claim(EntityId::Team(team.id))?;
                let old = self.next.teams.insert(team.id, team.clone());
                let moved = old.as_ref().is_some_and(|old| old.parent != team.parent);
                self.relink(old.as_ref(), Some(team), moved);
                Ok(())
            }
            Put::Membership(membership) => {
                self.next.memberships.insert(*membership, ());
                self.relink(None, Some(membership), false);
                Ok(())
            }
            Put::Role(role) => {
                self.claim(EntityId::Role(role.id))?;
                let old = self.next.roles.insert(role.id, role.clone());
                self.relink(old.as_ref(), Some(role), false);
                Ok(())
            }
            Put::Assignment(assignment) => {
                self.claim(EntityId::Assignment(assignment.id))?;
                let new = self.next.indexes.sharing(assignment.clone());
                let old = self.next.assignments.insert(new.id, new.clone());
                self.exchange_assignment(old.as_ref(), &new)
            }
            Put::Consent(consent) => {
                self.claim(EntityId::Consent(consent.id))?;
                let old = self.next.consents.insert(consent.id, consent.clone());
                self.relink(old.as_ref(), Some(consent), false);
                Ok(())
            }
            Put::Invitation(invitation) => {
                self.claim(EntityId::Invitation(invitation.id))?;
                let old = self.next.invitations.insert(invitation.id, invitation.clone());
                self.relink(old.as_ref(), Some(invitation), false);
                Ok(())
            }
            Put::Request(request) => {
                self.claim(EntityId::Request(request.id))?;
                let old = self.next.requests.insert(request.id, request.clone());
                self.exchange_request(old.as_ref(), request)
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

    fn remove(&mut self, remove: Remove) -> Result<(), StructureError> {
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
                self.next.indexes.exchange_nested(old.as_ref(), None);
                if let Some((kind, key)) = old.as_ref().and_then(Resource::full_key) {
                    self.next.indexes.resource_keys.remove(&(kind.clone(), key.clone()));
                    let retired = Retired::ResourceKey(kind.clone(), key.clone());
                    self.next.retired.insert(retired, ());
                }
                self.relink(old.as_ref(), None, false);
                self.retire(EntityId::Resource(id), old.is_some())
            }
            Remove::Team(id) => {
                let old = self.next.teams.remove(&id);
                self.relink(old.as_ref(), None, false);
                self.retire(EntityId::Team(id), old.is_some())
            }
            Remove::Membership(membership) => {
                if self.next.memberships.remove(&membership).is_none() {
                    return Err(StructureError::NotAMember(membership));
                }
                self.relink(Some(&membership), None, false);
                Ok(())
            }
            Remove::Role(id) => {
                let old = self.next.roles.remove(&id);
                self.relink(old.as_ref(), None, false);
                self.retire(EntityId::Role(id), old.is_some())
            }
            Remove::Assignment(id) => {
                let old = self.next.assignments.remove(&id);
                let reason = old.as_ref().and_then(|old| old.reason.as_deref().copied());
                self.exchange(reason, None, Purpose::Reason)?;
                self.next.indexes.exchange_assignment(old.as_ref(), None);
                self.relink(old.as_ref(), None, false);
                self.retire(EntityId::Assignment(id), old.is_some())
            }
            Remove::Consent(id) => {
                let old = self.next.consents.remove(&id);
                self.relink(old.as_ref(), None, false);
                self.retire(EntityId::Consent(id), old.is_some())
            }
            Remove::Invitation(id) => {
                let old = self.next.invitations.remove(&id);
                self.relink(old.as_ref(), None, false);
                self.retire(EntityId::Invitation(id), old.is_some())
            }
            Remove::Request(id) => {
                let old = self.next.requests.remove(&id);
                self.exchange_personal_of(old.as_ref(), None)?;
                self.relink(old.as_ref(), None, false);
                self.retire(EntityId::Request(id), old.is_some())
            }
        }
    }

    /// An id that was never used, or that stands for the same noun still.
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

    /// Judges everything that was touched, once all effects are in.
    pub(super) fn checked(mut self) -> Result<Organization, StructureError> {
        if let Some(at_rest) = self.at_rest.take() {
            at_rest.settle(&mut self.next.indexes);
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
