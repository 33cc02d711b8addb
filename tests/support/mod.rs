//! A small hand-made world for tests: one organization, told as a story, in which things go by names.
//!
//! A name of at most 16 bytes is its own id, so nothing has to be looked up. Every answer is asked for in all the ways
//! there are (compiled, as a subject, in a batch, by the naive reference), and they must agree before a test sees it.

#![allow(dead_code, reason = "each test binary uses a part of these helpers")]

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tenantry::access::{Context, Decision, Operator, Query, Reason, Reference, Snapshot, Target};
use tenantry::catalog::{Catalog, CatalogBuilder, RoleDefinition};
use tenantry::clock::Clock;
use tenantry::id::{
    AssignmentId, ConsentId, OrganizationId, ResourceId, RoleId, SubAccountId, TeamId, WorkspaceId,
};
use tenantry::model::{
    Assignee, Assignment, Change, ChangeSet, Condition, Consent, Effect, Grant, Key, Kind,
    LoginMethod, LoginMethods, Membership, Networks, Organization, Profile, Reach, Remove,
    Resource, Role, RoleRef, Scope, Status, StructureError, SubAccount, SystemRole, Team, Validity,
    Workspace,
};
use tenantry::text::{Label, Name};
use tenantry::{PermissionName, PermissionNames};

bitflags::bitflags! {
    /// What the hosts of these tests know. CLOSE needs REPLY, and REPLY needs VIEW.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u32 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const CLOSE = 1 << 2;
        const EXPORT = 1 << 5;
        const ADMINISTER = 1 << 31;
    }
}

/// Everything.
pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
/// VIEW and REPLY on everything.
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");
/// VIEW on everything, REPLY and CLOSE on what is its own.
pub(crate) const COLLEAGUE: SystemRole = SystemRole::new("colleague");
/// What agents and colleagues have, and EXPORT.
pub(crate) const LEAD: SystemRole = SystemRole::new("lead");

/// The root of the tree, as a name.
pub(crate) const ROOT: &str = "organization";

pub(crate) fn builder() -> CatalogBuilder<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role(AGENT, Permission::VIEW | Permission::REPLY)
        .role_with(COLLEAGUE, Permission::VIEW, Permission::REPLY | Permission::CLOSE)
        .define(RoleDefinition::new(LEAD).any(Permission::EXPORT).includes([AGENT, COLLEAGUE]))
        .needs(Permission::REPLY, Permission::VIEW)
        .needs(Permission::CLOSE, Permission::REPLY)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .archived(Permission::VIEW)
}

/// A deny for a reason of this rule.
#[track_caller]
pub(crate) fn deny(rule: &str, reason: Reason) -> Decision {
    assert_eq!(reason.rule(), rule, "{reason:?} is a reason of another rule");
    Decision::Deny(reason)
}

/// A deny, or an allow if there is no reason against it.
#[track_caller]
pub(crate) fn unless(denied: Option<(&str, Reason)>) -> Decision {
    denied.map_or(Decision::Allow, |(rule, reason)| deny(rule, reason))
}

/// An instant, in seconds.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The instant one nanosecond before another.
pub(crate) fn just_before(instant: Timestamp) -> Timestamp {
    instant.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap()
}

/// A clock that shows what it was set to.
#[derive(Debug)]
pub(crate) struct Dial(Mutex<Timestamp>);

impl Dial {
    pub(crate) fn new(time: Timestamp) -> Arc<Self> {
        Arc::new(Self(Mutex::new(time)))
    }

    pub(crate) fn set(&self, time: Timestamp) {
        *self.0.lock().unwrap() = time;
    }
}

impl Clock for Dial {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A name as 128 bits.
pub(crate) fn number(name: &str) -> u128 {
    assert!((1..=16).contains(&name.len()), "`{name}` must have 1 to 16 bytes");
    name.bytes().fold(0, |number, byte| number << 8 | u128::from(byte))
}

pub(crate) fn organization_id(name: &str) -> OrganizationId {
    OrganizationId::from_u128(number(name))
}

pub(crate) fn workspace_id(name: &str) -> WorkspaceId {
    WorkspaceId::from_u128(number(name))
}

pub(crate) fn resource_id(name: &str) -> ResourceId {
    ResourceId::from_u128(number(name))
}

pub(crate) fn sub_account_id(name: &str) -> SubAccountId {
    SubAccountId::from_u128(number(name))
}

pub(crate) fn team_id(name: &str) -> TeamId {
    TeamId::from_u128(number(name))
}

pub(crate) fn role_id(name: &str) -> RoleId {
    RoleId::from_u128(number(name))
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub(crate) fn kind(text: &str) -> Kind {
    Kind::new(text).unwrap()
}

/// Stored permissions by name, whether or not this process knows them.
pub(crate) fn names(names: &[&str]) -> PermissionNames {
    names.iter().map(|name| PermissionName::new(name).unwrap()).collect()
}

/// The stored form of permissions.
pub(crate) fn stored(permissions: Permission) -> PermissionNames {
    permissions.iter_names().map(|(name, _)| PermissionName::new(name).unwrap()).collect()
}

/// The request comes from the office's network.
pub(crate) fn office() -> Condition {
    Condition::Network(Networks::new(["10.0.0.0/8".parse().unwrap()]).unwrap())
}

/// The session was opened by single sign-on.
pub(crate) fn single_sign_on() -> Condition {
    Condition::LoginMethod(LoginMethods::new([method("saml")]).unwrap())
}

pub(crate) fn method(text: &str) -> LoginMethod {
    LoginMethod::new(text).unwrap()
}

/// What is granted, in whatever form is the shortest to write.
pub(crate) struct Granted(Grant);

impl From<SystemRole> for Granted {
    fn from(role: SystemRole) -> Self {
        Self(role.into())
    }
}

impl From<RoleId> for Granted {
    fn from(role: RoleId) -> Self {
        Self(role.into())
    }
}

impl From<RoleRef> for Granted {
    fn from(role: RoleRef) -> Self {
        Self(role.into())
    }
}

impl From<Permission> for Granted {
    fn from(permissions: Permission) -> Self {
        Self(Grant::any(stored(permissions)))
    }
}

impl From<PermissionNames> for Granted {
    fn from(permissions: PermissionNames) -> Self {
        Self(Grant::any(permissions))
    }
}

impl From<Grant> for Granted {
    fn from(grant: Grant) -> Self {
        Self(grant)
    }
}

/// Only on what one owns.
pub(crate) fn own(permissions: Permission) -> Grant {
    Grant::own(stored(permissions))
}

/// An assignment that is being told. The assignee is a sub-account, a team, or `"members of x"`.
#[derive(Clone)]
pub(crate) struct Draft {
    assignee: String,
    grant: Grant,
    scope: String,
    effect: Effect,
    reach: Reach,
    validity: Validity,
    conditions: Vec<Condition>,
    delegator: Option<String>,
}

pub(crate) fn allow(assignee: &str, grant: impl Into<Granted>, scope: &str) -> Draft {
    Draft {
        assignee: assignee.to_owned(),
        grant: grant.into().0,
        scope: scope.to_owned(),
        effect: Effect::Allow,
        reach: Reach::Subtree,
        validity: Validity::ALWAYS,
        conditions: Vec::new(),
        delegator: None,
    }
}

pub(crate) fn denial(assignee: &str, grant: impl Into<Granted>, scope: &str) -> Draft {
    Draft { effect: Effect::Deny, ..allow(assignee, grant, scope) }
}

impl Draft {
    pub(crate) fn here(self) -> Self {
        Self { reach: Reach::Here, ..self }
    }

    pub(crate) fn labelled(self, text: &str) -> Self {
        Self { reach: Reach::Labelled(label(text)), ..self }
    }

    pub(crate) fn reach(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    pub(crate) fn from(self, starts: Timestamp) -> Self {
        self.valid(Validity::from(starts))
    }

    pub(crate) fn until(self, ends: Timestamp) -> Self {
        self.valid(Validity::until(ends))
    }

    pub(crate) fn between(self, starts: Timestamp, ends: Timestamp) -> Self {
        self.valid(Validity::between(starts, ends).unwrap())
    }

    pub(crate) fn valid(self, validity: Validity) -> Self {
        Self { validity, ..self }
    }

    pub(crate) fn on(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    pub(crate) fn passed_on_by(self, delegator: &str) -> Self {
        Self { delegator: Some(delegator.to_owned()), ..self }
    }

    pub(crate) fn effect(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }
}

/// One organization under one catalog, on a clock that is set by hand.
pub(crate) struct World {
    pub(crate) catalog: Catalog<Permission>,
    pub(crate) dial: Arc<Dial>,
    organization: RefCell<Organization>,
    compiled: RefCell<Option<Snapshot<Permission>>>,
    made: Cell<u128>,
}

impl World {
    /// An empty organization, at second 100 of its clock.
    pub(crate) fn new() -> Self {
        Self::named("acme")
    }

    pub(crate) fn named(organization: &str) -> Self {
        Self::with_catalog(organization, builder().build().unwrap())
    }

    pub(crate) fn with_catalog(organization: &str, catalog: Catalog<Permission>) -> Self {
        let first = set([Profile::new(name(organization)).into()]);
        let founded = Organization::create(organization_id(organization), &first).unwrap();
        Self {
            catalog,
            dial: Dial::new(at(100)),
            organization: RefCell::new(founded),
            compiled: RefCell::new(None),
            made: Cell::new(0),
        }
    }

    /// An organization that was built elsewhere, under the catalog and at the time of another world.
    pub(crate) fn resume(organization: Organization, like: &Self) -> Self {
        Self {
            catalog: like.catalog.clone(),
            dial: Dial::new(like.dial.now()),
            organization: RefCell::new(organization),
            compiled: RefCell::new(None),
            made: Cell::new(0),
        }
    }

    /// An organization with a workspace, and resources each inside the one before.
    pub(crate) fn with_chain() -> Self {
        let world = Self::new();
        world.workspace("support");
        world.resource("inbox", "support");
        world.resource("thread", "inbox");
        world.resource("note", "thread");
        world
    }

    // Telling the story.

    #[track_caller]
    pub(crate) fn workspace(&self, workspace: &str) -> WorkspaceId {
        let id = workspace_id(workspace);
        self.put(Workspace::new(id, name(workspace)));
        id
    }

    #[track_caller]
    pub(crate) fn resource(&self, resource: &str, parent: &str) -> ResourceId {
        let id = resource_id(resource);
        self.put(match self.scope(parent) {
            Scope::Workspace(parent) => Resource::new(id, kind("thing"), parent),
            Scope::Resource(parent) => Resource::new(id, kind("thing"), parent),
            Scope::Organization => panic!("a resource is inside a workspace or another resource"),
        });
        id
    }

    #[track_caller]
    pub(crate) fn member(&self, member: &str) -> SubAccountId {
        self.put(SubAccount::member(sub_account_id(member)));
        sub_account_id(member)
    }

    #[track_caller]
    pub(crate) fn guest(&self, guest: &str, ends: Timestamp) -> SubAccountId {
        self.put(SubAccount::guest(sub_account_id(guest), ends));
        sub_account_id(guest)
    }

    #[track_caller]
    pub(crate) fn service(&self, service: &str, owner: &str) -> SubAccountId {
        self.put(SubAccount::service(sub_account_id(service), sub_account_id(owner)));
        sub_account_id(service)
    }

    #[track_caller]
    pub(crate) fn team(&self, team: &str) -> TeamId {
        self.put(Team::new(team_id(team), name(team)));
        team_id(team)
    }

    #[track_caller]
    pub(crate) fn sub_team(&self, team: &str, parent: &str) -> TeamId {
        let parent = Some(team_id(parent));
        self.put(Team { parent, ..Team::new(team_id(team), name(team)) });
        team_id(team)
    }

    #[track_caller]
    pub(crate) fn join(&self, sub_account: &str, team: &str) {
        self.put(membership(sub_account, team));
    }

    #[track_caller]
    pub(crate) fn quit(&self, sub_account: &str, team: &str) {
        self.remove(Remove::Membership(membership(sub_account, team)));
    }

    #[track_caller]
    pub(crate) fn role(&self, role: Role) -> RoleId {
        let id = role.id;
        self.put(role);
        id
    }

    #[track_caller]
    pub(crate) fn allow(
        &self,
        assignee: &str,
        grant: impl Into<Granted>,
        scope: &str,
    ) -> AssignmentId {
        self.assign(allow(assignee, grant, scope))
    }

    #[track_caller]
    pub(crate) fn deny(
        &self,
        assignee: &str,
        grant: impl Into<Granted>,
        scope: &str,
    ) -> AssignmentId {
        self.assign(denial(assignee, grant, scope))
    }

    #[track_caller]
    pub(crate) fn assign(&self, draft: Draft) -> AssignmentId {
        let made = self.made.get() + 1;
        self.made.set(made);
        self.assign_as(AssignmentId::from_u128(made), draft)
    }

    #[track_caller]
    pub(crate) fn assign_as(&self, id: AssignmentId, draft: Draft) -> AssignmentId {
        self.put(self.assignment(id, draft));
        id
    }

    pub(crate) fn assignment(&self, id: AssignmentId, draft: Draft) -> Assignment {
        Assignment::allow(id, self.assignee(&draft.assignee), draft.grant, self.scope(&draft.scope))
            .with(|it| {
                it.effect = draft.effect;
                it.reach = draft.reach;
                it.validity = draft.validity;
                it.conditions = draft.conditions;
                it.delegator = draft.delegator.as_deref().map(sub_account_id);
            })
    }

    #[track_caller]
    pub(crate) fn take_back(&self, assignment: AssignmentId) {
        self.remove(Remove::Assignment(assignment));
    }

    #[track_caller]
    pub(crate) fn consent(&self, consent: Consent) -> ConsentId {
        let id = consent.id;
        self.put(consent);
        id
    }

    /// Which permissions flow into a scope.
    #[track_caller]
    pub(crate) fn inherits(&self, scope: &str, permissions: Permission) {
        match self.scope(scope) {
            Scope::Workspace(_) => {
                self.edit_workspace(scope, |it| it.inherits = stored(permissions));
            }
            Scope::Resource(_) => self.edit_resource(scope, |it| it.inherits = stored(permissions)),
            Scope::Organization => panic!("nothing is above the organization"),
        }
    }

    #[track_caller]
    pub(crate) fn ceiling(&self, scope: &str, permissions: Permission) {
        let ceiling = Some(stored(permissions));
        match self.scope(scope) {
            Scope::Organization => self.edit_profile(|it| it.ceiling = ceiling),
            Scope::Workspace(_) => self.edit_workspace(scope, |it| it.ceiling = ceiling),
            Scope::Resource(_) => self.edit_resource(scope, |it| it.ceiling = ceiling),
        }
    }

    #[track_caller]
    pub(crate) fn label(&self, scope: &str, text: &str) {
        match self.scope(scope) {
            Scope::Organization => self.edit_profile(|it| {
                it.labels.insert(label(text));
            }),
            Scope::Workspace(_) => self.edit_workspace(scope, |it| {
                it.labels.insert(label(text));
            }),
            Scope::Resource(_) => self.edit_resource(scope, |it| {
                it.labels.insert(label(text));
            }),
        }
    }

    #[track_caller]
    pub(crate) fn register_owner(&self, resource: &str, owner: &str) {
        self.edit_resource(resource, |it| it.owner = Some(sub_account_id(owner)));
    }

    #[track_caller]
    pub(crate) fn boundary(&self, sub_account: &str, permissions: Permission) {
        self.edit(sub_account, |it| it.boundary = Some(stored(permissions)));
    }

    #[track_caller]
    pub(crate) fn status(&self, sub_account: &str, status: Status) {
        self.edit(sub_account, |it| it.status = status);
    }

    #[track_caller]
    pub(crate) fn edit(&self, sub_account: &str, edit: impl FnOnce(&mut SubAccount)) {
        let mut it =
            self.read(|all| all.sub_accounts().get(&sub_account_id(sub_account)).unwrap().clone());
        edit(&mut it);
        self.put(it);
    }

    #[track_caller]
    pub(crate) fn edit_profile(&self, edit: impl FnOnce(&mut Profile)) {
        let mut profile = self.read(|all| all.profile().clone());
        edit(&mut profile);
        self.put(profile);
    }

    #[track_caller]
    pub(crate) fn edit_workspace(&self, workspace: &str, edit: impl FnOnce(&mut Workspace)) {
        let mut it =
            self.read(|all| all.workspaces().get(&workspace_id(workspace)).unwrap().clone());
        edit(&mut it);
        self.put(it);
    }

    #[track_caller]
    pub(crate) fn edit_resource(&self, resource: &str, edit: impl FnOnce(&mut Resource)) {
        let mut it = self.read(|all| all.resources().get(&resource_id(resource)).unwrap().clone());
        edit(&mut it);
        self.put(it);
    }

    #[track_caller]
    pub(crate) fn put(&self, noun: impl Into<Change>) {
        self.apply([noun.into()]).unwrap();
    }

    #[track_caller]
    pub(crate) fn remove(&self, remove: Remove) {
        self.apply([remove.into()]).unwrap();
    }

    /// Applies changes as one set. One that is refused must leave the organization byte for byte what it was.
    #[track_caller]
    pub(crate) fn apply(
        &self,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<(), StructureError> {
        self.apply_set(&set(changes))
    }

    #[track_caller]
    pub(crate) fn apply_set(&self, changes: &ChangeSet) -> Result<(), StructureError> {
        let mut organization = self.organization.borrow_mut();
        let before = organization.clone();
        let result = organization.apply(changes);
        if result.is_err() {
            assert_eq!(*organization, before, "a refused change left something behind");
            assert_eq!(encoded(&organization), encoded(&before));
        } else {
            assert_eq!(organization.revision(), before.revision().next());
            self.compiled.take();
        }
        result
    }

    /// Asserts that changes are refused for this reason, one set, nothing of it done.
    #[track_caller]
    pub(crate) fn refuses(&self, changes: impl IntoIterator<Item = Change>, error: StructureError) {
        assert_eq!(self.apply(changes), Err(error));
    }

    // Reading it.

    pub(crate) fn read<T>(&self, read: impl FnOnce(&Organization) -> T) -> T {
        read(&self.organization.borrow())
    }

    pub(crate) fn organization(&self) -> Organization {
        self.organization.borrow().clone()
    }

    pub(crate) fn scope(&self, scope: &str) -> Scope {
        let workspace = || self.read(|all| all.workspaces().contains_key(&workspace_id(scope)));
        match scope {
            ROOT => Scope::Organization,
            _ if workspace() => workspace_id(scope).into(),
            _ => resource_id(scope).into(),
        }
    }

    fn assignee(&self, assignee: &str) -> Assignee {
        if let Some(scope) = assignee.strip_prefix("members of ") {
            return Assignee::MembersOf(self.scope(scope));
        }
        if self.read(|all| all.teams().contains_key(&team_id(assignee))) {
            return team_id(assignee).into();
        }
        sub_account_id(assignee).into()
    }

    pub(crate) fn set_time(&self, time: Timestamp) {
        self.dial.set(time);
    }

    pub(crate) fn snapshot(&self) -> Snapshot<Permission> {
        let compile = || {
            let clock = Arc::clone(&self.dial) as Arc<dyn Clock>;
            Snapshot::compile_with_clock(self.organization(), &self.catalog, clock)
        };
        self.compiled.borrow_mut().get_or_insert_with(compile).clone()
    }

    // Asking.

    /// Asks in a context that says nothing.
    #[track_caller]
    pub(crate) fn check(&self, who: &str, what: Permission, scope: &str) -> Decision {
        self.check_in(&Context::new(), who, what, scope)
    }

    #[track_caller]
    pub(crate) fn check_in(
        &self,
        context: &Context,
        who: &str,
        what: Permission,
        scope: &str,
    ) -> Decision {
        self.check_at(context, sub_account_id(who), what, self.scope(scope))
    }

    /// Asks in every way there is; all must give one answer.
    #[track_caller]
    pub(crate) fn check_at(
        &self,
        context: &Context,
        who: SubAccountId,
        what: Permission,
        target: impl Into<Target>,
    ) -> Decision {
        let target = target.into();
        let organization = self.organization.borrow();
        let reference = Reference::new(&organization, &self.catalog, self.dial.now());
        let plain = reference.check(who, what, target, context);

        let snapshot = self.snapshot();
        let compiled = snapshot.check_in(context, who, what, target);
        assert_eq!(compiled, plain, "the compiled answer is not the reference's");
        let subject = snapshot.subject(who).in_context(context.clone());
        assert_eq!(
            subject.check(what, target),
            plain,
            "the subject's answer is not the reference's"
        );
        assert_eq!(subject.can(what, target), plain.is_allow());
        let query = Query::new(who, what, target).in_context(context.clone());
        assert_eq!(snapshot.check_all([&query]), [plain], "the batch has another answer");

        let explanation = subject.explain(what, target);
        assert_eq!(explanation.decision, plain, "the explanation says otherwise:\n{explanation}");

        let everything = subject.permissions(target);
        assert_eq!(everything, reference.permissions(who, target, context));
        if !what.is_empty() {
            assert_eq!(
                everything.contains(what),
                plain.is_allow(),
                "the set is not what the checks say"
            );
        }
        plain
    }

    /// What is answered to the request for each permission, one by one, in the order of their bits.
    #[track_caller]
    pub(crate) fn survey(&self, context: &Context, who: &str, scope: &str) -> Vec<Decision> {
        let (who, target) = (sub_account_id(who), self.scope(scope));
        let organization = self.organization.borrow();
        let reference = Reference::new(&organization, &self.catalog, self.dial.now());
        let snapshot = self.snapshot();
        let mut allowed = Permission::empty();
        let answers = Permission::all()
            .iter()
            .map(|what| {
                let plain = reference.check(who, what, target, context);
                assert_eq!(snapshot.check_in(context, who, what, target), plain, "{what:?}");
                let explanation = snapshot.explain_in(context, who, what, target);
                assert_eq!(explanation.decision, plain, "{explanation}");
                allowed.set(what, plain.is_allow());
                plain
            })
            .collect();
        let subject = snapshot.subject(who).in_context(context.clone());
        assert_eq!(subject.permissions(target), allowed);
        answers
    }

    #[track_caller]
    pub(crate) fn allows(&self, who: &str, what: Permission, scope: &str) {
        assert_eq!(self.check(who, what, scope), Decision::Allow);
    }

    #[track_caller]
    pub(crate) fn denies(&self, who: &str, what: Permission, scope: &str, rule: &str, why: Reason) {
        assert_eq!(self.check(who, what, scope), deny(rule, why));
    }

    /// Asks here for an operator whose home is another world.
    #[track_caller]
    pub(crate) fn check_operator(
        &self,
        home: &Self,
        context: &Context,
        who: &str,
        what: Permission,
        target: impl Into<Target>,
    ) -> Decision {
        let (who, target) = (sub_account_id(who), target.into());
        let (here, there) = (self.organization.borrow(), home.organization.borrow());
        let reference = Reference::new(&here, &self.catalog, self.dial.now());
        let at_home = Reference::new(&there, &home.catalog, self.dial.now());
        let plain = reference.check_operator(&at_home, who, what, target, context);

        let (visited, home) = (self.snapshot(), home.snapshot());
        let operator: Operator<'_, _> = visited.operator(&home, who).in_context(context.clone());
        assert_eq!(
            operator.check(what, target),
            plain,
            "the compiled answer is not the reference's"
        );
        assert_eq!(operator.can(what, target), plain.is_allow());
        plain
    }
}

/// A change set at the beginning of time, so that sets never go back.
pub(crate) fn set(changes: impl IntoIterator<Item = Change>) -> ChangeSet {
    ChangeSet { time: at(0), changes: changes.into_iter().collect(), personal: Vec::new() }
}

pub(crate) fn encoded(organization: &Organization) -> String {
    serde_json::to_string(organization).unwrap()
}

pub(crate) fn membership(sub_account: &str, team: &str) -> Membership {
    Membership { sub_account: sub_account_id(sub_account), team: team_id(team) }
}

/// A custom role that grants these permissions on everything.
pub(crate) fn custom(role: &str, permissions: Permission) -> Role {
    Role::new(role_id(role), name(role), stored(permissions))
}

/// The change that puts a noun.
pub(crate) fn put(noun: impl Into<Change>) -> Change {
    noun.into()
}
