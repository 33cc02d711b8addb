//! Organization: all objects of one tenant at one revision, in tables that share unchanged pages.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{
    AssignmentId, ConsentId, InvitationId, OrganizationId, PersonalId, RequestId, ResourceId,
    RoleId, SubAccountId, TeamId, WorkspaceId,
};
use crate::model::assignment::Assignment;
use crate::model::consent::Consent;
use crate::model::index::Indexes;
use crate::model::invitation::Invitation;
use crate::model::link::{EntityId, Link, Relation};
use crate::model::login::Login;
use crate::model::personal::{Digest, Personal, PersonalRow};
use crate::model::profile::{Profile, SecurityPolicy};
use crate::model::record::Revision;
use crate::model::request::Request;
use crate::model::resource::{Kind, Resource};
use crate::model::role::{Role, RoleRef};
use crate::model::scope::{Key, Scope};
use crate::model::sub_account::SubAccount;
use crate::model::team::{Membership, Team};
use crate::model::workspace::Workspace;
use crate::table::Table;

/// One organization at one revision.
///
/// Changes only by [`apply`](Self::apply). A clone costs **O(1)** and shares everything with the
/// original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub(super) id: OrganizationId,
    pub(super) revision: Revision,
    pub(super) time: Timestamp,
    pub(super) profile: Profile,
    pub(super) workspaces: Table<WorkspaceId, Workspace>,
    pub(super) resources: Table<ResourceId, Resource>,
    pub(super) sub_accounts: Table<SubAccountId, SubAccount>,
    pub(super) teams: Table<TeamId, Team>,
    pub(super) memberships: Table<Membership, ()>,
    pub(super) roles: Table<RoleId, Role>,
    pub(super) assignments: Table<AssignmentId, Assignment>,
    pub(super) consents: Table<ConsentId, Consent>,
    pub(super) invitations: Table<InvitationId, Invitation>,
    pub(super) requests: Table<RequestId, Request>,
    pub(super) personal: Table<PersonalId, PersonalRow>,
    pub(super) retired: Table<Retired, ()>,
    pub(super) indexes: Indexes,
}

/// An id or a key that was used before and cannot be used again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Retired {
    Entity(EntityId),
    WorkspaceKey(Key),
    ResourceKey(Kind, Key),
}

impl Organization {
    /// Returns an organization without objects.
    pub(super) fn empty(
        id: OrganizationId,
        revision: Revision,
        time: Timestamp,
        profile: Profile,
    ) -> Self {
        Self {
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

    /// Returns the organization with another time of the last change set.
    pub(crate) fn with_time(self, time: Timestamp) -> Self {
        Self { time, ..self }
    }

    /// Returns the organization with another security policy, all of it confirmed.
    pub(crate) fn with_security(self, security: SecurityPolicy) -> Self {
        let profile = Profile { security, unconfirmed: Vec::new(), ..self.profile };
        Self { profile, ..self }
    }

    /// The instants after `after` up to and including `until`, each with the object that starts,
    /// ends or expires then.
    pub(crate) fn instants(
        &self,
        after: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, EntityId)> {
        let first = (after, EntityId::Organization);
        let instants = self.indexes.instants.range(first..).map(|(instant, ())| *instant);
        instants.skip_while(move |(it, _)| *it <= after).take_while(move |(it, _)| *it <= until)
    }

    /// Its id.
    pub const fn id(&self) -> OrganizationId {
        self.id
    }

    /// Its revision: how many change sets were applied.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The time of its last change set.
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// Its own row.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Its workspaces.
    pub const fn workspaces(&self) -> &Table<WorkspaceId, Workspace> {
        &self.workspaces
    }

    /// Its resources.
    pub const fn resources(&self) -> &Table<ResourceId, Resource> {
        &self.resources
    }

    /// Its sub-accounts, in any status.
    pub const fn sub_accounts(&self) -> &Table<SubAccountId, SubAccount> {
        &self.sub_accounts
    }

    /// Its teams.
    pub const fn teams(&self) -> &Table<TeamId, Team> {
        &self.teams
    }

    /// Which sub-account is in which team, ordered by sub-account.
    pub const fn memberships(&self) -> &Table<Membership, ()> {
        &self.memberships
    }

    /// Its custom roles.
    pub const fn roles(&self) -> &Table<RoleId, Role> {
        &self.roles
    }

    /// Its assignments.
    pub const fn assignments(&self) -> &Table<AssignmentId, Assignment> {
        &self.assignments
    }

    /// Its consents to support access.
    pub const fn consents(&self) -> &Table<ConsentId, Consent> {
        &self.consents
    }

    /// Its open invitations.
    pub const fn invitations(&self) -> &Table<InvitationId, Invitation> {
        &self.invitations
    }

    /// Its open requests.
    pub const fn requests(&self) -> &Table<RequestId, Request> {
        &self.requests
    }

    /// The first instant after `time` at which an object starts, ends or expires. `None` if there
    /// is none.
    ///
    /// Until then, and as long as no change set is applied, every question has the same answer as
    /// at `time`. Computes in **O(log n)** time.
    pub fn next_instant(&self, time: Timestamp) -> Option<Timestamp> {
        let after = time.checked_add(SignedDuration::from_nanos(1)).ok()?;
        let instants = self.indexes.instants.range((after, EntityId::Organization)..);
        instants.map(|((instant, _), ())| *instant).next()
    }

    /// Whether a side row is in use and not erased. Computes in **O(log n)** time.
    pub(crate) fn has_personal(&self, id: PersonalId) -> bool {
        self.personal.contains_key(&id)
    }

    /// The number of objects: scopes, sub-accounts, teams, memberships, roles, assignments,
    /// consents, open invitations and requests. Memory use is proportional to it. Computes in
    /// **O(1)** time.
    pub const fn object_count(&self) -> usize {
        let scopes = 1 + self.workspaces.len() + self.resources.len();
        let people = self.sub_accounts.len() + self.teams.len() + self.memberships.len();
        let given = self.roles.len() + self.assignments.len() + self.consents.len();
        scopes + people + given + self.invitations.len() + self.requests.len()
    }

    /// The number of seats taken: active members and guests. Computes in **O(1)** time.
    pub const fn seats(&self) -> usize {
        self.indexes.seats
    }

    /// Whether there are assignments to the members of a workspace or a resource. Computes in
    /// **O(1)** time.
    pub(crate) const fn has_member_assignments(&self) -> bool {
        self.indexes.to_members > 0
    }

    /// Whether any resource is inside another one. Computes in **O(1)** time.
    pub(crate) const fn has_nested_resources(&self) -> bool {
        self.indexes.nested > 0
    }

    /// The assignments of a role, allows and denies, ordered by id. Finds the first in **O(log n)**
    /// time.
    pub fn assignments_of(&self, role: &RoleRef) -> impl Iterator<Item = &Assignment> {
        let of_role = self.indexes.granting.get(role);
        let ids = of_role.into_iter().flat_map(Table::keys);
        ids.filter_map(|id| self.assignments.get(id))
    }

    /// The workspaces and resources with a mask, a ceiling or labels. Any other scope has the same
    /// static limits and effective labels as its parent.
    pub fn limited_scopes(&self) -> impl Iterator<Item = Scope> {
        self.indexes.limited.keys().copied()
    }

    /// The value of a reference to personal data. `None` if it was erased. Computes in **O(log n)**
    /// time.
    pub fn personal(&self, reference: &Personal) -> Option<&str> {
        self.personal.get(&reference.id).map(PersonalRow::value)
    }

    /// The login of a sub-account. `None` if it has none or it was erased. Computes in **O(log n)**
    /// time.
    pub fn login_of(&self, sub_account: SubAccountId) -> Option<&str> {
        self.personal(&self.sub_accounts.get(&sub_account)?.login?)
    }

    /// The name of the person behind a sub-account. `None` if it is unknown or was erased. Computes
    /// in **O(log n)** time.
    pub fn name_of(&self, sub_account: SubAccountId) -> Option<&str> {
        self.personal(&self.sub_accounts.get(&sub_account)?.name?)
    }

    /// The workspace with the host's key. Computes in **O(log n)** time.
    pub fn workspace_by_key(&self, key: &str) -> Option<WorkspaceId> {
        self.indexes.workspace_keys.get(key).copied()
    }

    /// The resource of a kind with the host's key. Computes in **O(log n)** time.
    pub fn resource_by_key(&self, kind: &Kind, key: &Key) -> Option<ResourceId> {
        self.indexes.resource_keys.get(&(kind.clone(), key.clone())).copied()
    }

    /// The sub-account with this login, compared byte for byte. Computes in **O(log n)** time.
    pub fn sub_account_by_login(&self, login: impl AsRef<str>) -> Option<SubAccountId> {
        let holder = self.holder(&self.hash_of(login.as_ref()))?;
        holder.login.is_some().then_some(holder.id)
    }

    /// The sub-account whose login was erased and had been `login`. Computes in **O(log n)** time.
    pub fn sub_account_by_erased_login(&self, login: &Login) -> Option<SubAccountId> {
        let holder = self.holder(&self.login_hash(login))?;
        holder.erased.is_some().then_some(holder.id)
    }

    /// The sub-accounts that had this login before their present one, ordered by id. Finds the
    /// first in **O(log n)** time.
    pub fn sub_accounts_by_former_login(
        &self,
        login: &Login,
    ) -> impl Iterator<Item = SubAccountId> {
        let hash = self.login_hash(login);
        self.indexes
            .former_logins
            .range((hash, SubAccountId::from_u128(0))..)
            .map(|((former, id), ())| (*former, *id))
            .take_while(move |(former, _)| *former == hash)
            .map(|(_, id)| id)
    }

    /// The hash that [`SubAccount::erased`] and [`SubAccount::former_logins`] hold in place of a
    /// login.
    ///
    /// SHA-256 over a fixed prefix, the organization's id and the login, so that hashes of
    /// different organizations cannot be compared. Computes in **O(n)** time.
    pub fn login_hash(&self, login: &Login) -> Digest {
        self.hash_of(login.as_str())
    }

    pub(super) fn hash_of(&self, login: &str) -> Digest {
        let id = self.id.to_u128().to_be_bytes();
        Digest::of([&b"tenantry:login:"[..], &id[..], login.as_bytes()])
    }

    fn holder(&self, hash: &Digest) -> Option<&SubAccount> {
        self.sub_accounts.get(self.indexes.logins.get(hash)?)
    }

    /// The objects that refer to `to` by `relation`, ordered by id. Finds the first in **O(log n)**
    /// time.
    pub fn referring(
        &self,
        to: impl Into<EntityId>,
        relation: Relation,
    ) -> impl Iterator<Item = EntityId> {
        let to = to.into();
        self.indexes
            .links
            .range(Link::first(to, relation)..)
            .map(|(link, ())| *link)
            .take_while(move |link| link.to == to && link.relation == relation)
            .map(|link| link.from)
    }

    /// The assignments that refer to `to` by `relation`.
    pub fn assignments_by(
        &self,
        to: impl Into<EntityId>,
        relation: Relation,
    ) -> impl Iterator<Item = &Assignment> {
        self.referring(to, relation).filter_map(|from| match from {
            EntityId::Assignment(id) => self.assignments.get(&id),
            _ => None,
        })
    }

    /// The teams that a sub-account is in directly. Finds the first in **O(log n)** time.
    pub fn teams_of(&self, sub_account: SubAccountId) -> impl Iterator<Item = TeamId> {
        let first = Membership { sub_account, team: TeamId::from_u128(0) };
        self.memberships
            .range(first..)
            .map(|(membership, ())| *membership)
            .take_while(move |membership| membership.sub_account == sub_account)
            .map(|membership| membership.team)
    }

    /// The scope that contains `scope`. `None` for the organization and for a scope that does not
    /// exist. Computes in **O(log n)** time.
    pub fn parent(&self, scope: Scope) -> Option<Scope> {
        match scope {
            Scope::Organization => None,
            Scope::Workspace(id) => {
                self.workspaces.contains_key(&id).then_some(Scope::Organization)
            }
            Scope::Resource(id) => self.resources.get(&id).map(|resource| resource.parent.into()),
        }
    }

    /// A scope and its ancestors, up to the organization. Empty if the scope does not exist.
    pub(crate) fn self_and_ancestors(&self, scope: Scope) -> impl Iterator<Item = Scope> {
        let start = Some(scope).filter(|scope| self.contains(*scope));
        std::iter::successors(start, |scope| self.parent(*scope))
    }

    /// All scopes: the organization, the workspaces and the resources, each ordered by id.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = Scope> {
        let workspaces = self.workspaces.keys().copied().map(Scope::Workspace);
        let resources = self.resources.keys().copied().map(Scope::Resource);
        std::iter::once(Scope::Organization).chain(workspaces).chain(resources)
    }

    /// The host's own identifier of a scope. `None` for the organization and for a scope without a
    /// key. Computes in **O(log n)** time.
    pub fn key_of(&self, scope: Scope) -> Option<&Key> {
        match scope {
            Scope::Organization => None,
            Scope::Workspace(id) => self.workspaces.get(&id)?.key.as_ref(),
            Scope::Resource(id) => self.resources.get(&id)?.key.as_ref(),
        }
    }

    /// Whether an assignment with this id exists or existed before.
    pub(crate) fn has_used(&self, id: AssignmentId) -> bool {
        let entity = EntityId::Assignment(id);
        self.contains(entity) || self.retired.contains_key(&Retired::Entity(entity))
    }

    /// Whether `entity` exists. Computes in **O(log n)** time.
    pub fn contains(&self, entity: impl Into<EntityId>) -> bool {
        match entity.into() {
            EntityId::Organization => true,
            EntityId::Workspace(id) => self.workspaces.contains_key(&id),
            EntityId::Resource(id) => self.resources.contains_key(&id),
            EntityId::SubAccount(id) => self.sub_accounts.contains_key(&id),
            EntityId::Team(id) => self.teams.contains_key(&id),
            EntityId::Role(id) => self.roles.contains_key(&id),
            EntityId::Assignment(id) => self.assignments.contains_key(&id),
            EntityId::Consent(id) => self.consents.contains_key(&id),
            EntityId::Invitation(id) => self.invitations.contains_key(&id),
            EntityId::Request(id) => self.requests.contains_key(&id),
        }
    }
}
