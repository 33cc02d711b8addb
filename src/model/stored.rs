//! An organization at rest: the form in which the whole of it is written and read.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{OrganizationId, PersonalId};
use crate::model::apply::{Draft, check_entity};
use crate::model::assignment::Assignment;
use crate::model::change::StructureError;
use crate::model::consent::Consent;
use crate::model::index::AtRest;
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

/// An organization at rest: the tables without what follows from them, each in the order of its ids.
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
    /// An organization at rest without its side rows.
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

    /// The same with those of the side rows that it refers to.
    pub(super) fn with_personal(self, rows: &[PersonalRow]) -> Self {
        let of_people = self.sub_accounts.iter().flat_map(|it| [it.login, it.name]);
        let reasons = self.assignments.iter().map(|it| it.reason.as_deref().copied());
        let of_requests = self.requests.iter().flat_map(Request::personal);
        let referred = of_people.chain(reasons).chain(of_requests).flatten();
        let referred: BTreeSet<PersonalId> = referred.map(|it| it.id).collect();
        let personal = rows.iter().filter(|row| referred.contains(&row.id())).cloned().collect();
        Self { personal, ..self }
    }

    /// Which organization it is, at which revision.
    pub(super) const fn place(&self) -> (OrganizationId, Revision) {
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

    /// Puts every noun back and judges all of them, so that nothing enters that `apply` would have refused.
    fn try_from(stored: StoredOrganization) -> Result<Self, StructureError> {
        let mut at_rest = AtRest::default();
        let mut assignments = stored.assignments;
        for assignment in &mut assignments {
            at_rest.share(assignment);
        }
        let nouns = Self {
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
        let mut draft = Draft::at_rest(nouns.clone(), &stored.personal, at_rest)?;
        draft.settle(&nouns)?;
        for retired in stored.retired {
            draft.retire_at_rest(retired)?;
        }
        let organization = draft.finish()?;
        let mut entities = entities(&nouns).chain(strangers(&nouns));
        entities.try_for_each(|entity| check_entity(&organization, entity, false))?;
        Ok(organization)
    }
}

/// A table of nouns, each of which has an id of its own.
fn table<I: Ord + Copy, N>(
    mut nouns: Vec<N>,
    id: impl Fn(&N) -> I,
    entity: impl Fn(I) -> EntityId,
) -> Result<Table<I, N>, StructureError> {
    nouns.sort_by_key(&id);
    let mut ids = nouns.iter().map(&id).zip(nouns.iter().skip(1).map(&id));
    if let Some((reused, _)) = ids.find(|(one, next)| one == next) {
        return Err(StructureError::IdReused(entity(reused)));
    }
    Ok(nouns.into_iter().map(|noun| (id(&noun), noun)).collect())
}

/// Every noun.
fn entities(nouns: &Organization) -> impl Iterator<Item = EntityId> {
    std::iter::once(EntityId::Organization)
        .chain(nouns.workspaces.keys().copied().map(EntityId::Workspace))
        .chain(nouns.resources.keys().copied().map(EntityId::Resource))
        .chain(nouns.sub_accounts.keys().copied().map(EntityId::SubAccount))
        .chain(nouns.teams.keys().copied().map(EntityId::Team))
        .chain(nouns.roles.keys().copied().map(EntityId::Role))
        .chain(nouns.assignments.keys().copied().map(EntityId::Assignment))
        .chain(nouns.consents.keys().copied().map(EntityId::Consent))
        .chain(nouns.invitations.keys().copied().map(EntityId::Invitation))
        .chain(nouns.requests.keys().copied().map(EntityId::Request))
}

/// Who is in a team and not among the sub-accounts.
fn strangers(nouns: &Organization) -> impl Iterator<Item = EntityId> {
    let members = nouns.memberships.keys().map(|it| EntityId::SubAccount(it.sub_account));
    members.filter(|member| !nouns.contains(*member))
}

impl Draft<'_> {
    /// Brings in what follows from nouns at rest.
    fn settle(&mut self, nouns: &Organization) -> Result<(), StructureError> {
        for workspace in nouns.workspaces.values() {
            self.exchange_workspace(None, workspace)?;
        }
        for sub_account in nouns.sub_accounts.values() {
            self.exchange_sub_account(None, sub_account)?;
        }
        for resource in nouns.resources.values() {
            self.exchange_resource(None, resource)?;
        }
        nouns.teams.values().for_each(|team| self.relink(None, Some(team), false));
        nouns.memberships.keys().for_each(|it| self.relink(None, Some(it), false));
        nouns.roles.values().for_each(|role| self.relink(None, Some(role), false));
        for assignment in nouns.assignments.values() {
            self.exchange_assignment(None, assignment)?;
        }
        nouns.consents.values().for_each(|consent| self.relink(None, Some(consent), false));
        nouns.invitations.values().for_each(|it| self.relink(None, Some(it), false));
        nouns.requests.values().try_for_each(|request| self.exchange_request(None, request))
    }

    fn retire_at_rest(&mut self, retired: Retired) -> Result<(), StructureError> {
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
