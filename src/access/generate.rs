//! Random change sets that fit the organization they are made for, for the tests of the library and
//! of its users.

#![expect(
    clippy::unwrap_used,
    reason = "the lists to choose from are not empty; otherwise the test that generates fails"
)]

use std::collections::BTreeSet;
use std::ops::Range;
use std::slice;

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use crate::catalog::CatalogDocument;
use crate::id::{OrganizationId, SubAccountId};
use crate::model::link::Relation;
use crate::model::{
    Assignee, Assignment, Change, ChangeSet, Condition, Effect, EntityId, Grant, Kind, Membership,
    Networks, Organization, OrganizationStatus, Profile, Reach, Remove, Resource, Role, RoleRef,
    Scope, SecurityPolicy, Status, SubAccount, SubAccountKind, Team, Validity, Workspace,
    WorkspaceStatus,
};
use crate::permission::PermissionNames;
use crate::table::Table;
use crate::text::{Label, Name};

/// The random numbers of one change set. They are turned into changes that fit the organization at
/// the time.
#[derive(Debug, Clone)]
pub(crate) struct RandomSteps(Vec<[u8; 40]>);

pub(crate) fn random_steps(count: Range<usize>) -> impl Strategy<Value = RandomSteps> {
    prop::collection::vec(any::<[u8; 40]>(), count).prop_map(RandomSteps)
}

/// Applies one change set: the changes of all steps that can be applied after one another.
pub(crate) fn apply_random_steps(
    organization: &mut Organization,
    catalog: &CatalogDocument,
    steps: &RandomSteps,
) {
    let time = organization.time();
    let mut changes = Vec::new();
    let mut seen = organization.clone();
    for (position, step) in (0_u64..).zip(&steps.0) {
        let number = organization.revision().number() << 16 | position;
        let fresh = Uuid::from_u128(number.into());
        let drawn =
            RandomChanges { organization: &seen, catalog, fresh, numbers: step.iter() }.step();
        for change in drawn {
            let alone = ChangeSet { time, changes: vec![change.clone()], personal: vec![] };
            if seen.apply(&alone).is_ok() {
                changes.push(change);
            }
        }
    }
    organization.apply(&ChangeSet { time, changes, personal: vec![] }).unwrap();
}

/// Generates the changes of one step.
struct RandomChanges<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogDocument,
    /// The id of anything new.
    fresh: Uuid,
    /// Read as zero once they are used up.
    numbers: slice::Iter<'a, u8>,
}

impl RandomChanges<'_> {
    fn below(&mut self, count: usize) -> usize {
        self.numbers.next().map_or(0, |number| usize::from(*number) % count)
    }

    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    fn one_of<T>(&mut self, items: impl IntoIterator<Item = T>) -> Option<T> {
        let mut items: Vec<T> = items.into_iter().collect();
        let position = self.below(items.len().max(1));
        (position < items.len()).then(|| items.swap_remove(position))
    }

    /// The id of an existing entry or, while there are fewer than `most`, possibly a new one.
    fn id<I: Ord + Copy + From<Uuid>, V>(&mut self, table: &Table<I, V>, most: usize) -> I {
        let new = table.len() < most && self.below(2) == 0;
        let old = if new { None } else { self.one_of(table.keys().copied()) };
        old.unwrap_or_else(|| self.fresh.into())
    }

    fn step(&mut self) -> Vec<Change> {
        match self.below(20) {
            0 => vec![self.profile().into()],
            1 | 2 => vec![self.workspace().into()],
            3..6 => self.resource().map(Change::from).into_iter().collect(),
            6 | 7 => vec![self.sub_account().into()],
            8 | 9 => vec![self.team().into()],
            10 | 11 => self.membership().into_iter().collect(),
            12..15 => vec![self.role().into()],
            15..19 => self.assignment().map(Change::from).into_iter().collect(),
            _ => self.removal(),
        }
    }

    fn profile(&mut self) -> Profile {
        let open = OrganizationStatus::Active;
        let statuses = [open, open, open, OrganizationStatus::Suspended];
        let network = Networks::new(["10.0.0.0/8".parse().unwrap()]).unwrap();
        let policies = [vec![], vec![], vec![Condition::Mfa, Condition::Network(network)]];
        let old = self.organization.profile();
        let mut profile = Profile {
            status: self.one_of(statuses).unwrap(),
            security: SecurityPolicy { conditions: self.one_of(policies).unwrap() },
            ..old.clone()
        };
        if self.below(2) == 0 {
            profile.ceiling = self.limit();
            profile.labels = self.labels();
        }
        profile
    }

    fn workspace(&mut self) -> Workspace {
        let id = self.id(self.organization.workspaces(), 3);
        let archived = [WorkspaceStatus::Active, WorkspaceStatus::Archived];
        Workspace {
            inherits: self.inherits(),
            ceiling: self.limit(),
            labels: self.labels(),
            status: self.one_of(archived).unwrap(),
            ..Workspace::new(id, name())
        }
    }

    fn resource(&mut self) -> Option<Resource> {
        let id = self.id(self.organization.resources(), 12);
        let workspaces = self.organization.workspaces().keys().copied().map(Into::into);
        let resources = self.organization.resources().keys().copied().map(Into::into);
        let drawn = self.one_of(workspaces.chain(resources))?;
        let old = self.organization.resources().get(&id);
        // Some are moved, some are changed in place.
        let parent = old.filter(|_| self.below(2) == 0).map_or(drawn, |old| old.parent);
        let changed = Resource {
            owner: self.one_of(self.organization.sub_accounts().keys().copied()),
            inherits: self.inherits(),
            ceiling: self.limit(),
            labels: self.labels(),
            ..Resource::new(id, Kind::new("inbox").unwrap(), parent)
        };
        let unchanged = old.filter(|_| self.below(2) == 0);
        Some(unchanged.map_or(changed, |old| Resource { parent, ..old.clone() }))
    }

    fn sub_account(&mut self) -> SubAccount {
        let id = self.id(self.organization.sub_accounts(), 16);
        let owner = self.one_of(self.organization.sub_accounts().keys().copied());
        let is_service = match self.organization.sub_accounts().get(&id) {
            Some(old) => old.kind == SubAccountKind::Service,
            None => self.once_in(4),
        };
        let base = match owner.filter(|_| is_service) {
            Some(owner) => SubAccount::service(id, owner),
            None if self.once_in(6) => SubAccount::guest(id, Timestamp::UNIX_EPOCH),
            None => SubAccount::member(id),
        };
        let statuses = [Status::Active, Status::Active, Status::Suspended, Status::Left];
        SubAccount {
            status: self.one_of(statuses).unwrap(),
            credential_reset_required: self.once_in(6),
            boundary: self.limit(),
            ..base
        }
    }

    fn team(&mut self) -> Team {
        let id = self.id(self.organization.teams(), 6);
        let parents = self.organization.teams().keys().copied().map(Some);
        Team { parent: self.one_of(parents.chain([None])).flatten(), ..Team::new(id, name()) }
    }

    fn membership(&mut self) -> Option<Change> {
        let sub_account = self.one_of(self.organization.sub_accounts().keys().copied())?;
        let team = self.one_of(self.organization.teams().keys().copied())?;
        let place = Membership { sub_account, team };
        let is_taken = self.organization.memberships().contains_key(&place);
        Some(if is_taken { Remove::Membership(place).into() } else { place.into() })
    }

    fn role(&mut self) -> Role {
        let id = self.id(self.organization.roles(), 6);
        let (included, also, count) = (self.role_ref(), self.role_ref(), self.below(3));
        let drawn = [included, also].into_iter().take(count).collect();
        // Some keep their includes, so that chains of includes last.
        let old = self.organization.roles().get(&id).filter(|_| self.below(2) == 0);
        let includes = old.map_or(drawn, |old| old.includes.clone());
        Role { own: self.names(), includes, ..Role::new(id, name(), self.names()) }
    }

    fn role_ref(&mut self) -> RoleRef {
        let system = self.catalog.roles.iter().map(|role| RoleRef::System(role.name.clone()));
        let custom = self.organization.roles().keys().copied().map(RoleRef::Custom);
        self.one_of(custom.chain(system)).unwrap()
    }

    fn assignment(&mut self) -> Option<Assignment> {
        let id = self.id(self.organization.assignments(), 30);
        let assignee = match self.below(6) {
            0..3 => self.some_sub_account()?.into(),
            3 | 4 => self.one_of(self.organization.teams().keys().copied())?.into(),
            _ => Assignee::MembersOf(self.scope()),
        };
        let grant = if self.below(3) > 0 {
            self.role_ref().into()
        } else {
            Grant::Permissions { any: self.names(), own: self.names() }
        };
        let plain = Assignment::allow(id, assignee, grant, self.scope());
        if self.below(2) == 0 {
            return Some(plain);
        }
        let reaches = [Reach::Subtree, Reach::Here, Reach::Labelled(label("a"))];
        let effect = if self.below(3) == 0 { Effect::Deny } else { Effect::Allow };
        let conditions = [vec![], vec![Condition::Mfa]];
        let windows = [Validity::ALWAYS, Validity::until(Timestamp::UNIX_EPOCH)];
        Some(plain.with(|it| {
            it.effect = effect;
            it.reach = self.one_of(reaches).unwrap();
            it.validity = self.one_of(windows).unwrap();
            it.conditions = self.one_of(conditions).unwrap();
            it.delegator = self.some_sub_account().filter(|_| effect == Effect::Allow);
        }))
    }

    /// Removes a random entity with everything that refers to it and can be removed.
    fn removal(&mut self) -> Vec<Change> {
        let workspaces = self.organization.workspaces().keys().copied().map(EntityId::Workspace);
        let resources = self.organization.resources().keys().copied().map(EntityId::Resource);
        let teams = self.organization.teams().keys().copied().map(EntityId::Team);
        let roles = self.organization.roles().keys().copied().map(EntityId::Role);
        let assignments = self.organization.assignments().keys().copied();
        let kinds: [Vec<EntityId>; 5] = [
            workspaces.collect(),
            resources.collect(),
            teams.collect(),
            roles.collect(),
            assignments.map(EntityId::Assignment).collect(),
        ];
        let Some(entity) = self.one_of(kinds).and_then(|kind| self.one_of(kind)) else {
            return vec![];
        };
        let mut changes = Vec::new();
        self.remove(entity, &mut changes);
        changes
    }

    fn remove(&self, entity: EntityId, changes: &mut Vec<Change>) {
        let by = [Relation::Parent, Relation::At, Relation::Assignee, Relation::MembersOf];
        for relation in by.into_iter().chain([Relation::Grants]) {
            for from in self.organization.referring(entity, relation) {
                self.remove(from, changes);
            }
        }
        for member in self.organization.referring(entity, Relation::Member) {
            if let (EntityId::SubAccount(sub_account), EntityId::Team(team)) = (member, entity) {
                changes.push(Remove::Membership(Membership { sub_account, team }).into());
            }
        }
        let remove = match entity {
            EntityId::Workspace(id) => Remove::Workspace(id),
            EntityId::Resource(id) => Remove::Resource(id),
            EntityId::Team(id) => Remove::Team(id),
            EntityId::Role(id) => Remove::Role(id),
            EntityId::Assignment(id) => Remove::Assignment(id),
            _ => return,
        };
        changes.push(remove.into());
    }

    fn some_sub_account(&mut self) -> Option<SubAccountId> {
        self.one_of(self.organization.sub_accounts().keys().copied())
    }

    fn scope(&mut self) -> Scope {
        let workspaces = self.organization.workspaces().keys().copied().map(Into::into);
        let resources = self.organization.resources().keys().copied().map(Into::into);
        self.one_of(workspaces.chain(resources).chain([Scope::Organization])).unwrap()
    }

    fn names(&mut self) -> PermissionNames {
        let names = self.catalog.permissions.iter().map(|permission| permission.name.clone());
        names.filter(|_| self.below(2) == 0).collect()
    }

    fn inherits(&mut self) -> PermissionNames {
        if self.below(2) == 0 { PermissionNames::Full } else { self.names() }
    }

    fn limit(&mut self) -> Option<PermissionNames> {
        (self.below(3) == 0).then(|| self.names())
    }

    fn labels(&mut self) -> BTreeSet<Label> {
        if self.below(3) == 0 { [label("a")].into() } else { BTreeSet::new() }
    }
}

fn name() -> Name {
    Name::new("name").unwrap()
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

/// An organization without any content.
pub(crate) fn empty_organization() -> Organization {
    let profile = Profile::new(Name::new("organization").unwrap());
    let first =
        ChangeSet { time: Timestamp::UNIX_EPOCH, changes: vec![profile.into()], personal: vec![] };
    Organization::create(OrganizationId::from_u128(1), &first).unwrap()
}
