//! An organization at rest: the form in which the whole of it is written and read.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, PersonalId};
use crate::model::apply::{Applying, empty};
use crate::model::assignment::Assignment;
use crate::model::change::{Put, StructureError};
use crate::model::consent::Consent;
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

/// An organization at rest: the tables without what follows from them, each in the order of its ids.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
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

impl Stored {
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
        let reasons = self.assignments.iter().map(|it| it.reason);
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

impl From<Organization> for Stored {
    fn from(organization: Organization) -> Self {
        let personal = organization.personal.values().cloned().collect();
        Self { personal, ..Self::without_personal(&organization) }
    }
}

impl TryFrom<Stored> for Organization {
    type Error = StructureError;

    /// Puts every noun back and judges all of them, so that nothing enters that `apply` would have refused.
    fn try_from(stored: Stored) -> Result<Self, StructureError> {
        let next = empty(stored.id, stored.revision, stored.time, stored.profile.clone());
        let mut applying = Applying::at_rest(next, &stored.personal)?;
        let puts = std::iter::once(Put::Profile(stored.profile))
            .chain(stored.workspaces.into_iter().map(Put::Workspace))
            .chain(stored.sub_accounts.into_iter().map(Put::SubAccount))
            .chain(stored.resources.into_iter().map(Put::Resource))
            .chain(stored.teams.into_iter().map(Put::Team))
            .chain(stored.memberships.into_iter().map(Put::Membership))
            .chain(stored.roles.into_iter().map(Put::Role))
            .chain(stored.assignments.into_iter().map(Put::Assignment))
            .chain(stored.consents.into_iter().map(Put::Consent))
            .chain(stored.invitations.into_iter().map(Put::Invitation))
            .chain(stored.requests.into_iter().map(Put::Request));
        for put in puts {
            applying.put_once(&put)?;
        }
        for retired in stored.retired {
            applying.retire_at_rest(retired)?;
        }
        applying.checked()
    }
}

impl Applying<'_> {
    /// Puts a noun whose id nothing else at rest may have.
    fn put_once(&mut self, put: &Put) -> Result<(), StructureError> {
        let entity = match put {
            Put::Profile(_) | Put::Membership(_) => None,
            Put::Workspace(workspace) => Some(EntityId::Workspace(workspace.id)),
            Put::Resource(resource) => Some(EntityId::Resource(resource.id)),
            Put::SubAccount(sub_account) => Some(EntityId::SubAccount(sub_account.id)),
            Put::Team(team) => Some(EntityId::Team(team.id)),
            Put::Role(role) => Some(EntityId::Role(role.id)),
            Put::Assignment(assignment) => Some(EntityId::Assignment(assignment.id)),
            Put::Consent(consent) => Some(EntityId::Consent(consent.id)),
            Put::Invitation(invitation) => Some(EntityId::Invitation(invitation.id)),
            Put::Request(request) => Some(EntityId::Request(request.id)),
        };
        match entity {
            Some(entity) if self.next.contains(entity) => Err(StructureError::IdReused(entity)),
            _ => self.put(put),
        }
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
