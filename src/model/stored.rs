//! The stored form of a whole organization.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{OrganizationId, PersonalId};
use crate::model::apply::{PendingRevision, check_entity};
use crate::model::assignment::Assignment;
use crate::model::change::StructureError;
use crate::model::consent::Consent;
use crate::model::index::IndexBuilder;
use crate::model::invitation::Invitation;
use crate::model::link::EntityId;
use crate::model::organization::{Organization, Retired};
use crate::model::personal::PersonalRow;
use crate::model::profile::Profile;
use crate::model::record::Revision;
use crate::model::request::Request;
use crate::model::resource::Resource;
use crate::model::role::Role;
use crate::model::sub_account::SubAccount;
use crate::model::team::{Membership, Team};
use crate::model::workspace::Workspace;
use crate::table::Table;

/// The stored form of an organization: its tables without the indexes, each ordered by id.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredOrganization {
    id: OrganizationId,
    revision: Revision,
    time: Timestamp,
    profile: Profile,
    workspaces: Vec<Workspace>,
    resources: Vec<Resource>,
    sub_accounts: Vec<SubAccount>,
    teams: Vec<Team>,
    memberships: Vec<Membership>,
    roles: Vec<Role>,
    assignments: Vec<Assignment>,
    consents: Vec<Consent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    invitations: Vec<Invitation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    requests: Vec<Request>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    personal: Vec<PersonalRow>,
    retired: Vec<Retired>,
}

impl StoredOrganization {
    /// The stored form without side rows.
    pub(super) fn without_personal(organization: &Organization) -> Self {
        Self {
            id: organization.id,
            revision: organization.revision,
            time: organization.time,
            profile: organization.profile.clone(),
            workspaces: organization.workspaces.values().cloned().collect(),
            resources: organization.resources.values().cloned().collect(),
            sub_accounts: organization.sub_accounts.values().cloned().collect(),
            teams: organization.teams.values().cloned().collect(),
            memberships: organization.memberships.keys().copied().collect(),
            roles: organization.roles.values().cloned().collect(),
            assignments: organization.assignments.values().cloned().collect(),
            consents: organization.consents.values().cloned().collect(),
            invitations: organization.invitations.values().cloned().collect(),
            requests: organization.requests.values().cloned().collect(),
            personal: Vec::new(),
            retired: organization.retired.keys().cloned().collect(),
        }
    }

    /// Adds those of `rows` to which the organization refers.
    pub(super) fn with_personal(self, rows: &[PersonalRow]) -> Self {
        let of_people = self.sub_accounts.iter().flat_map(|it| [it.login, it.name]);
        let reasons = self.assignments.iter().map(|it| it.reason.as_deref().copied());
        let of_requests = self.requests.iter().flat_map(Request::personal);
        let referred = of_people.chain(reasons).chain(of_requests).flatten();
        let referred: BTreeSet<PersonalId> = referred.map(|it| it.id).collect();
        let personal = rows.iter().filter(|row| referred.contains(&row.id())).cloned().collect();
        Self { personal, ..self }
    }

    /// The organization and the revision.
    pub(super) const fn position(&self) -> (OrganizationId, Revision) {
        (self.id, self.revision)
    }
}

impl Serialize for Organization {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StoredOrganization::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Organization {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(StoredOrganization::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<&Organization> for StoredOrganization {
    fn from(organization: &Organization) -> Self {
        let personal = organization.personal.values().cloned().collect();
        Self { personal, ..Self::without_personal(organization) }
    }
}

impl TryFrom<StoredOrganization> for Organization {
    type Error = StructureError;

    /// Restores and checks every object, so that nothing is accepted that `apply` would refuse.
    fn try_from(stored: StoredOrganization) -> Result<Self, StructureError> {
        let mut index = IndexBuilder::default();
        let mut assignments = stored.assignments;
        for assignment in &mut assignments {
            index.intern_terms(assignment);
        }
        let objects = Self {
            workspaces: table(stored.workspaces, |it| it.id, EntityId::Workspace)?,
            resources: table(stored.resources, |it| it.id, EntityId::Resource)?,
            sub_accounts: table(stored.sub_accounts, |it| it.id, EntityId::SubAccount)?,
            teams: table(stored.teams, |it| it.id, EntityId::Team)?,
            memberships: stored.memberships.into_iter().map(|it| (it, ())).collect(),
            roles: table(stored.roles, |it| it.id, EntityId::Role)?,
            assignments: table(assignments, |it| it.id, EntityId::Assignment)?,
            consents: table(stored.consents, |it| it.id, EntityId::Consent)?,
            invitations: table(stored.invitations, |it| it.id, EntityId::Invitation)?,
            requests: table(stored.requests, |it| it.id, EntityId::Request)?,
            ..Self::empty(stored.id, stored.revision, stored.time, stored.profile)
        };
        let mut pending = PendingRevision::from_stored(objects.clone(), &stored.personal, index)?;
        pending.index_all(&objects)?;
        for retired in stored.retired {
            pending.restore_retired(retired)?;
        }
        let organization = pending.checked()?;
        let mut entities = entities(&objects).chain(unknown_members(&objects));
        entities.try_for_each(|entity| check_entity(&organization, entity, false))?;
        Ok(organization)
    }
}

/// Builds a table. Fails if two objects have the same id.
fn table<I: Ord + Copy, N>(
    mut objects: Vec<N>,
    id: impl Fn(&N) -> I,
    entity: impl Fn(I) -> EntityId,
) -> Result<Table<I, N>, StructureError> {
    objects.sort_by_key(&id);
    let mut ids = objects.iter().map(&id).zip(objects.iter().skip(1).map(&id));
    if let Some((reused, _)) = ids.find(|(one, next)| one == next) {
        return Err(StructureError::IdReused(entity(reused)));
    }
    Ok(objects.into_iter().map(|object| (id(&object), object)).collect())
}

/// Every object.
fn entities(objects: &Organization) -> impl Iterator<Item = EntityId> {
    std::iter::once(EntityId::Organization)
        .chain(objects.workspaces.keys().copied().map(EntityId::Workspace))
        .chain(objects.resources.keys().copied().map(EntityId::Resource))
        .chain(objects.sub_accounts.keys().copied().map(EntityId::SubAccount))
        .chain(objects.teams.keys().copied().map(EntityId::Team))
        .chain(objects.roles.keys().copied().map(EntityId::Role))
        .chain(objects.assignments.keys().copied().map(EntityId::Assignment))
        .chain(objects.consents.keys().copied().map(EntityId::Consent))
        .chain(objects.invitations.keys().copied().map(EntityId::Invitation))
        .chain(objects.requests.keys().copied().map(EntityId::Request))
}

/// The members of teams that are not among the sub-accounts.
fn unknown_members(objects: &Organization) -> impl Iterator<Item = EntityId> {
    let members = objects.memberships.keys().map(|it| EntityId::SubAccount(it.sub_account));
    members.filter(|member| !objects.contains(*member))
}

impl PendingRevision<'_> {
    /// Indexes all objects.
    fn index_all(&mut self, objects: &Organization) -> Result<(), StructureError> {
        for workspace in objects.workspaces.values() {
            self.reindex_workspace(None, workspace)?;
        }
        for sub_account in objects.sub_accounts.values() {
            self.reindex_sub_account(None, sub_account)?;
        }
        for resource in objects.resources.values() {
            self.reindex_resource(None, resource)?;
        }
        objects.teams.values().for_each(|team| self.reindex_references(None, Some(team), false));
        objects.memberships.keys().for_each(|it| self.reindex_references(None, Some(it), false));
        objects.roles.values().for_each(|role| self.reindex_references(None, Some(role), false));
        for assignment in objects.assignments.values() {
            self.reindex_assignment(None, assignment)?;
        }
        objects
            .consents
            .values()
            .for_each(|consent| self.reindex_references(None, Some(consent), false));
        objects.invitations.values().for_each(|it| self.reindex_references(None, Some(it), false));
        objects.requests.values().try_for_each(|request| self.reindex_request(None, request))
    }

    fn restore_retired(&mut self, retired: Retired) -> Result<(), StructureError> {
        let indexes = &self.next.indexes;
        match &retired {
            Retired::Entity(entity) if self.next.contains(*entity) => {
                return Err(StructureError::IdReused(*entity));
            }
            Retired::WorkspaceKey(key) if indexes.workspace_keys.contains_key(key) => {
                return Err(StructureError::KeyReused(key.clone()));
            }
            Retired::ResourceKey(kind, key)
                if indexes.resource_keys.contains_key(&(kind.clone(), key.clone())) =>
            {
                return Err(StructureError::KeyReused(key.clone()));
            }
            _ => {}
        }
        self.next.retired.insert(retired, ());
        Ok(())
    }
}
