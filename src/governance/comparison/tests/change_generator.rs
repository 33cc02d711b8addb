//! Random changes to random organizations, most of which take something away. They are made without
//! checking whether they only do.

use std::collections::BTreeSet;
use std::ops::Range;
use std::{fmt, slice};

use proptest::prelude::*;

use crate::catalog::CatalogDocument;
use crate::governance::comparison::tests::instant::instant;
use crate::governance::reach::tests::set_aside::changed;
use crate::id::{AssignmentId, SubAccountId};
use crate::model::link::{EntityId, Relation};
use crate::model::{
    Assignee, Assignment, Change, ChangeSet, Condition, Effect, Grant, LoginMethod, LoginMethods,
    Membership, Networks, Organization, Profile, Reach, Remove, Resource, Role, RoleRef, Scope,
    Status, SubAccount, SubAccountKind, Team, Terms, Validity, Workspace, WorkspaceStatus,
};
use crate::permission::PermissionNames;
use crate::table::Table;
use crate::text::Label;

/// The random bytes from which one change is made.
#[derive(Clone)]
pub(super) struct ChangeSeed([u8; 64]);

impl fmt::Debug for ChangeSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|number| write!(f, "{number:02x}"))
    }
}

pub(super) fn change_seeds(count: Range<usize>) -> impl Strategy<Value = Vec<ChangeSeed>> {
    prop::collection::vec(any::<[u8; 64]>().prop_map(ChangeSeed), count)
}

/// The organization without some of its ceilings, boundaries and masks: the same of them for every
/// organization.
pub(super) fn lifted(organization: &Organization, seed: usize) -> Organization {
    let is_lifted = |id: u128| (id ^ (id >> 64)) as usize >> (seed % 5) & 1 == 1;
    let mut changes: Vec<Change> = Vec::new();
    for it in organization.workspaces().values().filter(|it| is_lifted(it.id.to_u128())) {
        changes.push(Workspace { ceiling: None, ..it.clone() }.into());
        if seed.is_multiple_of(3) {
            changes.push(
                Workspace { inherits: PermissionNames::Full, ceiling: None, ..it.clone() }.into(),
            );
        }
    }
    for it in organization.resources().values().filter(|it| is_lifted(it.id.to_u128())) {
        changes
            .push(Resource { inherits: PermissionNames::Full, ceiling: None, ..it.clone() }.into());
    }
    for it in organization.sub_accounts().values().filter(|it| is_lifted(it.id.to_u128())) {
        changes.push(SubAccount { boundary: None, ..it.clone() }.into());
    }
    changes.push(Profile { ceiling: None, ..organization.profile().clone() }.into());
    changed(organization, changes)
}

/// The generator of one change.
pub(super) struct RowGenerator<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogDocument,
    /// Zero once they are used up.
    numbers: slice::Iter<'a, u8>,
    fresh: u128,
}

impl<'a> RowGenerator<'a> {
    pub(super) fn new(
        organization: &'a Organization,
        catalog: &'a CatalogDocument,
        numbers: &'a ChangeSeed,
    ) -> Self {
        let fresh = u128::from(organization.revision().number()) << 64;
        Self { organization, catalog, numbers: numbers.0.iter(), fresh }
    }

    /// The organization with a few more assignments and what those depend on.
    pub(super) fn enriched(mut self) -> Organization {
        let mut changes = Vec::new();
        for _ in 0..3 {
            changes.extend(match self.below(8) {
                0 => self.member().map(Change::from),
                1 => self.licensed(),
                _ => self.assignment().map(Change::from),
            });
        }
        self.taking(changes)
    }

    /// The organization after one to three things were taken away, or given.
    pub(super) fn twisted(mut self) -> Organization {
        let count = [1, 1, 1, 2, 3][self.below(5)];
        let changes = (0..count).flat_map(|_| self.seed_bytes()).collect();
        self.taking(changes)
    }

    /// The organization after those changes that can be made one after another.
    fn taking(&self, changes: Vec<Change>) -> Organization {
        let mut seen = self.organization.clone();
        let time = seen.time();
        let mut taken = Vec::new();
        for change in changes {
            let alone = ChangeSet { time, changes: vec![change.clone()], personal: Vec::new() };
            if seen.apply(&alone).is_ok() {
                taken.push(change);
            }
        }
        changed(self.organization, taken)
    }

    fn seed_bytes(&mut self) -> Vec<Change> {
        match self.below(26) {
            0..3 => self.revoked(),
            24 => self.unbound(),
            3..7 => self.replaced(true),
            7..9 => self.replaced(false),
            9..11 => self.denied().map(Change::from).into_iter().collect(),
            11..14 => self.role().map(Change::from).into_iter().collect(),
            14..16 => self.parted(),
            16 => self.team_gone(),
            17..19 => self.scope_limited().into_iter().collect(),
            19..21 => self.sub_account().map(Change::from).into_iter().collect(),
            21 => self.disowned().into_iter().collect(),
            25 => self.licensed().into_iter().collect(),
            _ => self.given(),
        }
    }

    fn below(&mut self, count: usize) -> usize {
        self.numbers.next().map_or(0, |number| usize::from(*number) % count.max(1))
    }

    fn is(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one_of<T>(&mut self, items: impl IntoIterator<Item = T>) -> Option<T> {
        let mut items: Vec<T> = items.into_iter().collect();
        let position = self.below(items.len());
        (position < items.len()).then(|| items.swap_remove(position))
    }

    fn any<I: Ord, V: Clone>(&mut self, table: &Table<I, V>) -> Option<V> {
        self.one_of(table.values().cloned())
    }

    fn fresh(&mut self) -> AssignmentId {
        self.fresh += 1;
        AssignmentId::from_u128(self.fresh)
    }

    fn revoked(&mut self) -> Vec<Change> {
        let Some(it) = self.any(self.organization.assignments()) else { return Vec::new() };
        vec![Remove::Assignment(it.id).into()]
    }

    /// Removes a deny to the members of a scope, and an assignment that makes members of it.
    fn unbound(&mut self) -> Vec<Change> {
        let to_members = |it: &&Assignment| {
            it.effect == Effect::Deny
                && matches!(it.assignee, Assignee::MembersOf(scope) if scope != Scope::Organization)
        };
        let denies = self.organization.assignments().values().filter(to_members);
        let Some(deny) = self.one_of(denies) else { return Vec::new() };
        let Assignee::MembersOf(scope) = deny.assignee else { return Vec::new() };
        let allows = self.organization.assignments_by(scope, Relation::At);
        let allows = allows.filter(|it| !matches!(it.assignee, Assignee::MembersOf(_)));
        let gone = self.one_of(allows).into_iter().chain([deny]);
        gone.map(|it| Remove::Assignment(it.id).into()).collect()
    }

    /// Replaces an assignment, under its id or a new one, by one with terms that give less, or
    /// more.
    fn replaced(&mut self, is_less: bool) -> Vec<Change> {
        let Some(old) = self.any(self.organization.assignments()) else { return Vec::new() };
        let less = is_less == (old.effect == Effect::Allow);
        let mut new = old.clone().with(|it| {
            for _ in 0..=self.below(2) {
                if less { self.narrow(it) } else { self.widen(it) }
            }
        });
        // Sometimes the assignee or the scope changes too.
        if self.below(8) == 0 {
            new.assignee = self.assignee().unwrap_or(new.assignee);
        }
        if self.below(12) == 0 {
            new.scope = self.scope();
        }
        // Or the delegator.
        if old.effect == Effect::Allow && self.below(6) == 0 {
            let delegator = self.someone().filter(|_| self.is());
            new = new.with(|it| it.delegator = delegator);
        }
        if self.is() {
            return vec![new.into()];
        }
        new.id = self.fresh();
        vec![Remove::Assignment(old.id).into(), new.into()]
    }

    fn narrow(&mut self, terms: &mut Terms) {
        match self.below(6) {
            0 | 1 => match &mut terms.grant {
                Grant::Permissions { any, own } => {
                    (*any, *own) = (self.part(any), self.part(own));
                }
                Grant::Role(_) => terms.conditions.push(self.condition()),
            },
            2 => terms.validity = self.window(),
            3 => terms.conditions.push(self.condition()),
            4 => terms.conditions = vec![self.condition()],
            _ => terms.reach = self.reach(),
        }
    }

    fn widen(&mut self, terms: &mut Terms) {
        match self.below(6) {
            0 | 1 => match &mut terms.grant {
                Grant::Permissions { any, own } => {
                    any.clone_from(
                        &any.iter().cloned().chain(self.names().iter().cloned()).collect(),
                    );
                    own.clone_from(
                        &own.iter().cloned().chain(self.names().iter().cloned()).collect(),
                    );
                }
                Grant::Role(_) => terms.conditions.clear(),
            },
            2 => terms.validity = if self.is() { Validity::ALWAYS } else { self.window() },
            3 => drop(terms.conditions.pop()),
            4 => terms.conditions = vec![self.condition()],
            _ => terms.reach = Reach::Subtree,
        }
    }

    fn denied(&mut self) -> Option<Assignment> {
        let it = self.assignment()?;
        Some(it.with(|it| (it.effect, it.delegator) = (Effect::Deny, None)))
    }

    fn role(&mut self) -> Option<Role> {
        let mut role = self.any(self.organization.roles())?;
        match self.below(6) {
            0 => role.any = self.part(&role.any),
            1 => role.own = self.part(&role.own),
            2 => role.includes = self.some_of(&role.includes),
            3 => role.assigns = self.some_of(&role.assigns),
            4 => {
                // What was on everything is on what one owns only.
                role.own = role.any.iter().chain(role.own.iter()).cloned().collect();
                role.any = PermissionNames::none();
            }
            _ => role.any = self.names(),
        }
        Some(role)
    }

    fn parted(&mut self) -> Vec<Change> {
        let places = self.organization.memberships().keys().copied();
        self.one_of(places).map(|it| Remove::Membership(it).into()).into_iter().collect()
    }

    /// A team goes with all that is about it.
    fn team_gone(&mut self) -> Vec<Change> {
        let Some(team) = self.any(self.organization.teams()) else { return Vec::new() };
        let entity = EntityId::Team(team.id);
        let assigned = self.organization.assignments_by(entity, Relation::Assignee);
        let assigned = assigned.map(|it| Remove::Assignment(it.id).into());
        let members = self.organization.referring(entity, Relation::Member);
        let members = members.filter_map(|it| match it {
            EntityId::SubAccount(sub_account) => {
                Some(Remove::Membership(Membership { sub_account, team: team.id }).into())
            }
            _ => None,
        });
        assigned.chain(members).chain([Remove::Team(team.id).into()]).collect()
    }

    fn scope_limited(&mut self) -> Option<Change> {
        if self.below(6) == 0 {
            let old = self.organization.profile().clone();
            let ceiling = self.limit(old.ceiling.as_ref());
            return Some(Profile { ceiling, ..old }.into());
        }
        if self.is() {
            let mut it = self.any(self.organization.workspaces())?;
            match self.below(4) {
                0 => it.ceiling = self.limit(it.ceiling.as_ref()),
                1 => it.status = WorkspaceStatus::Archived,
                2 => it.labels = self.labels(),
                _ => it.inherits = self.part(&it.inherits),
            }
            return Some(it.into());
        }
        let mut it = self.any(self.organization.resources())?;
        match self.below(3) {
            0 => it.ceiling = self.limit(it.ceiling.as_ref()),
            1 => it.labels = self.labels(),
            _ => it.inherits = self.part(&it.inherits),
        }
        Some(it.into())
    }

    fn sub_account(&mut self) -> Option<SubAccount> {
        let mut it = self.any(self.organization.sub_accounts())?;
        match self.below(8) {
            0 | 1 => it.status = Status::Suspended,
            2 => it.status = Status::Left,
            3 => it.credential_reset_required = true,
            4 => it.ends = Some(instant(i64::try_from(self.below(4)).unwrap())),
            5 => it.status = Status::Active,
            6 if it.kind != SubAccountKind::Service => {
                it.kind = if self.is() { SubAccountKind::Guest } else { SubAccountKind::Member };
                it.ends = Some(instant(3));
            }
            _ => it.boundary = self.limit(it.boundary.as_ref()),
        }
        Some(it)
    }

    fn disowned(&mut self) -> Option<Change> {
        let it = self.any(self.organization.resources())?;
        let owner = if self.below(3) == 0 { self.someone() } else { None };
        Some(Resource { owner, ..it }.into())
    }

    /// A change that gives something.
    fn given(&mut self) -> Vec<Change> {
        let given = match self.below(6) {
            0 => self.member().map(Change::from),
            1 => self.licensed(),
            2 => self.any(self.organization.teams()).map(|team| {
                let parents = self.organization.teams().keys().copied().map(Some);
                Team { parent: self.one_of(parents.chain([None])).flatten(), ..team }.into()
            }),
            3 => {
                let resource = self.any(self.organization.resources());
                resource.map(|it| Remove::Resource(it.id).into())
            }
            _ => self.assignment().map(Change::from),
        };
        given.into_iter().collect()
    }

    fn member(&mut self) -> Option<Membership> {
        let sub_account = self.someone()?;
        let team = self.any(self.organization.teams())?.id;
        Some(Membership { sub_account, team })
    }

    fn licensed(&mut self) -> Option<Change> {
        let mut role = self.any(self.organization.roles())?;
        role.assigns.insert(self.role_ref());
        Some(role.into())
    }

    fn assignment(&mut self) -> Option<Assignment> {
        let (id, assignee) = (self.fresh(), self.assignee()?);
        let grant = if self.is() {
            self.role_ref().into()
        } else {
            Grant::Permissions { any: self.names(), own: self.names() }
        };
        let scope = self.scope();
        let delegator = self.someone();
        Some(Assignment::allow(id, assignee, grant, scope).with(|it| {
            it.effect = if self.below(3) == 0 { Effect::Deny } else { Effect::Allow };
            it.reach = if self.is() { Reach::Subtree } else { self.reach() };
            it.validity = if self.is() { Validity::ALWAYS } else { self.window() };
            it.conditions = (0..self.below(3)).map(|_| self.condition()).collect();
            it.delegator = delegator.filter(|_| it.effect == Effect::Allow && self.below(5) == 0);
        }))
    }

    fn assignee(&mut self) -> Option<Assignee> {
        Some(match self.below(8) {
            0..3 => self.someone()?.into(),
            3..5 => self.any(self.organization.teams())?.id.into(),
            _ => Assignee::MembersOf(self.scope()),
        })
    }

    fn someone(&mut self) -> Option<SubAccountId> {
        self.one_of(self.organization.sub_accounts().keys().copied())
    }

    fn scope(&mut self) -> Scope {
        self.one_of(self.organization.scopes()).unwrap()
    }

    fn role_ref(&mut self) -> RoleRef {
        let system = self.catalog.roles.iter().map(|role| RoleRef::System(role.name.clone()));
        let custom = self.organization.roles().keys().copied().map(RoleRef::Custom);
        self.one_of(custom.chain(system)).unwrap()
    }

    fn reach(&mut self) -> Reach {
        let label = |text| Reach::Labelled(Label::new(text).unwrap());
        self.one_of([Reach::Here, label("a"), Reach::Subtree, label("b")]).unwrap()
    }

    fn labels(&mut self) -> BTreeSet<Label> {
        ["a", "b"].into_iter().filter(|_| self.is()).map(|it| Label::new(it).unwrap()).collect()
    }

    fn window(&mut self) -> Validity {
        let at = |number: usize| instant(i64::try_from(number).unwrap());
        let (starts, length) = (self.below(4), 1 + self.below(3));
        match self.below(3) {
            0 => Validity::from(at(starts)),
            1 => Validity::until(at(starts)),
            _ => Validity::between(at(starts), at(starts + length)).unwrap(),
        }
    }

    fn condition(&mut self) -> Condition {
        let networks = |texts: &[&str]| {
            let networks = texts.iter().map(|text| text.parse().unwrap());
            Condition::Network(Networks::new(networks).unwrap())
        };
        let methods = |texts: &[&str]| {
            let methods = texts.iter().map(|text| LoginMethod::new(text).unwrap());
            Condition::LoginMethod(LoginMethods::new(methods).unwrap())
        };
        self.one_of([
            Condition::Mfa,
            networks(&["10.0.0.0/8"]),
            networks(&["10.1.0.0/16"]),
            networks(&["10.1.0.0/16", "11.0.0.0/8"]),
            methods(&["saml"]),
            methods(&["saml", "password"]),
        ])
        .unwrap()
    }

    fn names(&mut self) -> PermissionNames {
        let names = self.catalog.permissions.iter().map(|permission| permission.name.clone());
        let names: Vec<_> = names.filter(|_| self.is()).collect();
        if self.below(12) == 0 { PermissionNames::Full } else { names.into_iter().collect() }
    }

    /// Some of the names of a set; or, seldom, one that may not be in it.
    fn part(&mut self, of: &PermissionNames) -> PermissionNames {
        match of {
            _ if self.below(10) == 0 => self.names(),
            PermissionNames::Full => self.names(),
            PermissionNames::Only(names) => names.iter().filter(|_| self.is()).cloned().collect(),
        }
    }

    fn limit(&mut self, old: Option<&PermissionNames>) -> Option<PermissionNames> {
        if self.below(8) == 0 {
            return None;
        }
        Some(self.part(old.unwrap_or(&PermissionNames::Full)))
    }

    fn some_of<T: Ord + Clone>(&mut self, of: &BTreeSet<T>) -> BTreeSet<T> {
        of.iter().filter(|_| self.is()).cloned().collect()
    }
}
