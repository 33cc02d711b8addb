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
use crate::model::link::{EntityId, Link, References};
use crate::model::organization::{Organization, Retired};
use crate::model::personal::{Digest, Personal, PersonalRow, Purpose};
use crate::model::profile::Profile;
use crate::model::record::Revision;
use crate::model::request::Request;
use crate::model::resource::Resource;
use crate::model::scope::Key;
use crate::model::sub_account::{SubAccount, SubAccountKind};
use crate::model::workspace::Workspace;
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
    if set.time < organization.time {
        return Err(StructureError::TimeWentBack { time: set.time, after: organization.time });
    }
    let mut applying = Applying::new(organization, &set.personal)?;
    for change in &set.changes {
        match change {
            Change::Put(put) => applying.put(put)?,
            Change::Remove(remove) => applying.remove(*remove)?,
        }
    }
    let mut next = applying.checked()?;
    next.revision = revision;
    next.time = set.time;
    Ok(next)
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
    touched: BTreeMap<EntityId, bool>,
    rows: BTreeMap<PersonalId, &'a PersonalRow>,
    /// What the indexes will hold, where nouns come from a whole organization at rest, in any status, not one step after
    /// another.
    at_rest: Option<AtRest>,
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

    /// An empty copy for a whole organization at rest, whose nouns may have any status.
    pub(super) fn at_rest(
        next: Organization,
        rows: &'a [PersonalRow],
    ) -> Result<Self, StructureError> {
        Ok(Self { at_rest: Some(AtRest::default()), ..Self::new(next, rows)? })
    }

    pub(super) fn put(&mut self, put: &Put) -> Result<(), StructureError> {
        match put {
            Put::Profile(profile) => self.put_profile(profile),
            Put::Workspace(workspace) => self.put_workspace(workspace),
            Put::Resource(resource) => self.put_resource(resource),
            Put::SubAccount(sub_account) => self.put_sub_account(sub_account),
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
                let new = match &mut self.at_rest {
                    Some(at_rest) => at_rest.sharing(assignment.clone()),
                    None => self.next.indexes.sharing(assignment.clone()),
                };
                let old = self.next.assignments.insert(new.id, new.clone());
                let before = old.as_ref().and_then(|old| old.reason);
                self.exchange(before, new.reason, Purpose::Reason)?;
                match &mut self.at_rest {
                    Some(at_rest) => at_rest.grant(&new, &mut self.next.indexes),
                    None => self.next.indexes.exchange_assignment(old.as_ref(), Some(&new)),
                }
                self.relink(old.as_ref(), Some(&new), false);
                Ok(())
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
                self.exchange_of_request(old.as_ref(), Some(request))?;
                self.relink(old.as_ref(), Some(request), false);
                Ok(())
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

    fn put_workspace(&mut self, workspace: &Workspace) -> Result<(), StructureError> {
        let entity = EntityId::Workspace(workspace.id);
        self.claim(entity)?;
        let old = self.next.workspaces.insert(workspace.id, workspace.clone());
        self.next.indexes.set_limited(workspace.id, workspace.is_limited());
        let (before, after) =
            (old.as_ref().and_then(|old| old.key.as_ref()), workspace.key.as_ref());
        if before != after {
            if let Some(key) = before {
                self.next.indexes.workspace_keys.remove(key);
                self.next.retired.insert(Retired::WorkspaceKey(key.clone()), ());
            }
            if let Some(key) = after {
                let holder = self.next.indexes.workspace_keys.insert(key.clone(), workspace.id);
                let retired = Retired::WorkspaceKey(key.clone());
                self.check_key(key, holder.map(EntityId::Workspace), &retired)?;
            }
        }
        self.touched.entry(entity).or_insert(false);
        Ok(())
    }

    fn put_resource(&mut self, resource: &Resource) -> Result<(), StructureError> {
        let entity = EntityId::Resource(resource.id);
        self.claim(entity)?;
        let old = self.next.resources.insert(resource.id, resource.clone());
        self.next.indexes.set_limited(resource.id, resource.is_limited());
        let before = old.as_ref().and_then(Resource::full_key);
        let after = resource.full_key();
        if before != after {
            if let Some((kind, key)) = before {
                let full = (kind.clone(), key.clone());
                self.next.indexes.resource_keys.remove(&full);
                self.next.retired.insert(Retired::ResourceKey(full.0, full.1), ());
            }
            if let Some((kind, key)) = after {
                let full = (kind.clone(), key.clone());
                let holder = self.next.indexes.resource_keys.insert(full, resource.id);
                let retired = Retired::ResourceKey(kind.clone(), key.clone());
                self.check_key(key, holder.map(EntityId::Resource), &retired)?;
            }
        }
        let moved = old.as_ref().is_some_and(|old| old.parent != resource.parent);
        self.relink(old.as_ref(), Some(resource), moved);
        Ok(())
    }

    fn put_sub_account(&mut self, sub_account: &SubAccount) -> Result<(), StructureError> {
        let id = sub_account.id;
        let old = self.next.sub_accounts.insert(id, sub_account.clone());
        let from = old.as_ref().map(|old| old.status);
        let to = sub_account.status;
        let may_start = self.at_rest.is_some() || to.may_start();
        if !from.map_or(may_start, |from| from.may_become(to)) {
            return Err(StructureError::IllegalStatus { sub_account: id, from, to });
        }
        let is_service = |of: &SubAccount| of.kind == SubAccountKind::Service;
        if old.as_ref().is_some_and(|old| is_service(old) != is_service(sub_account)) {
            return Err(StructureError::KindChanged(id));
        }
        self.put_login(old.as_ref(), sub_account)?;
        let name_before = old.as_ref().and_then(|old| old.name);
        self.exchange(name_before, sub_account.name, Purpose::Name)?;
        self.next.indexes.exchange_seat(old.as_ref(), sub_account);
        self.relink(old.as_ref(), Some(sub_account), false);
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
                self.exchange(old.as_ref().and_then(|old| old.reason), None, Purpose::Reason)?;
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
                self.exchange_of_request(old.as_ref(), None)?;
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

    fn check_key(
        &self,
        key: &Key,
        holder: Option<EntityId>,
        retired: &Retired,
    ) -> Result<(), StructureError> {
        match holder {
            Some(holder) => Err(StructureError::DuplicateKey { key: key.clone(), holder }),
            None if self.next.retired.contains_key(retired) => {
                Err(StructureError::KeyReused(key.clone()))
            }
            None => Ok(()),
        }
    }

    /// Exchanges a noun's references and instants in the indexes and notes that it was touched.
    fn relink<N: References>(&mut self, old: Option<&N>, new: Option<&N>, moved: bool) {
        if let (Some(at_rest), Some(new)) = (&mut self.at_rest, new) {
            let from = at_rest.link(new);
            self.touched.entry(from).or_insert(false);
            return;
        }
        let Indexes { links, instants, .. } = &mut self.next.indexes;
        if let Some(old) = old {
            let (from, references) = old.references();
            for (relation, to) in references {
                links.remove(&Link { to, relation, from });
            }
            for instant in old.instants().into_iter().flatten() {
                instants.remove(&(instant, from));
            }
        }
        if let Some(new) = new {
            let (from, references) = new.references();
            for (relation, to) in references {
                links.insert(Link { to, relation, from }, ());
            }
            for instant in new.instants().into_iter().flatten() {
                instants.insert((instant, from), ());
            }
            *self.touched.entry(from).or_insert(false) |= moved;
        }
    }

    /// Exchanges one reference to personal data: the old row goes, the new one comes if it is there.
    fn exchange(
        &mut self,
        old: Option<Personal>,
        new: Option<Personal>,
        purpose: Purpose,
    ) -> Result<(), StructureError> {
        if old == new {
            return Ok(());
        }
        if let Some(old) = old {
            self.next.personal.remove(&old.id);
            self.next.indexes.personal.remove(&old.id);
        }
        let Some(new) = new else { return Ok(()) };
        let in_use = self.next.indexes.personal.insert(new.id, ()).is_some();
        if in_use || old.is_some_and(|old| old.id == new.id) {
            return Err(StructureError::PersonalReused(new.id));
        }
        if let Some(row) = self.rows.remove(&new.id) {
            if row.reference() != new || row.purpose() != purpose {
                return Err(StructureError::PersonalMismatch(new.id));
            }
            self.next.personal.insert(new.id, row.clone());
        }
        Ok(())
    }

    /// Exchanges what a request refers to, place by place.
    fn exchange_of_request(
        &mut self,
        old: Option<&Request>,
        new: Option<&Request>,
    ) -> Result<(), StructureError> {
        let references = |request: Option<&Request>| request.map_or([None; 3], Request::personal);
        let places = references(old).into_iter().zip(references(new));
        let mut places = places.zip(Request::PURPOSES);
        places.try_for_each(|((old, new), purpose)| self.exchange(old, new, purpose))
    }

    /// Exchanges a login, or the hash that stands for it, and who has it.
    fn put_login(
        &mut self,
        old: Option<&SubAccount>,
        new: &SubAccount,
    ) -> Result<(), StructureError> {
        if new.login.is_some() && new.erased.is_some() {
            return Err(StructureError::ErasedWithLogin(new.id));
        }
        let (login, erased) = old.map_or((None, None), |old| (old.login, old.erased));
        if (login, erased) == (new.login, new.erased) {
            return Ok(());
        }
        if let Some(hash) = old.and_then(|old| self.login_hash(old)) {
            self.next.indexes.logins.remove(&hash);
        }
        self.exchange(login, new.login, Purpose::Login)?;
        let Some(hash) = self.login_hash(new) else { return Ok(()) };
        match self.next.indexes.logins.insert(hash, new.id) {
            Some(holder) => Err(StructureError::DuplicateLogin { holder }),
            None => Ok(()),
        }
    }

    /// The hash of the login that a sub-account has or had; none where nobody can read it any more.
    fn login_hash(&self, sub_account: &SubAccount) -> Option<Digest> {
        let Some(login) = sub_account.login else { return sub_account.erased };
        let row = self.next.personal.get(&login.id)?;
        Some(self.next.hash_of(row.value()))
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
