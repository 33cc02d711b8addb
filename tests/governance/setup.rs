//! A small application and one organization in it, with a clock that a test turns by hand.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tenantry::catalog::CatalogBuilder;
use tenantry::directory::CommitError;
use tenantry::model::{Membership, Team};
use tenantry::{
    Action, Administration, AssignmentId, Catalog, Clock, Context, Directory, Login, Name,
    NewAssignment, NewResource, NewSubAccount, OrganizationId, PermissionNames, ResourceId,
    RoleDefinition, RoleRef, Scope, ScopeKinds, SubAccountId, SystemRole, TeamId, Timestamp,
    WorkspaceId,
};

bitflags::bitflags! {
    /// What the application knows. REPLY needs VIEW.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const BILL = 1 << 3;
        /// Everything that is about assignments: roles, denies, invitations, requests.
        const ASSIGN = 1 << 8;
        /// Passing on one's own.
        const DELEGATE = 1 << 9;
        /// Everything that is about sub-accounts.
        const PEOPLE = 1 << 10;
        const TEAMS = 1 << 11;
        const ROLES = 1 << 12;
        /// Workspaces, resources, masks and ceilings.
        const SCOPES = 1 << 13;
        /// Whatever is left.
        const HOUSE = 1 << 14;
    }
}

/// Everything.
pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
/// VIEW and REPLY on everything.
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");
/// VIEW on everything, REPLY on what is its own.
pub(crate) const COLLEAGUE: SystemRole = SystemRole::new("colleague");
/// EXPORT.
pub(crate) const EXPORTER: SystemRole = SystemRole::new("exporter");
/// VIEW, REPLY, ASSIGN, DELEGATE and SCOPES; licensed for nothing.
pub(crate) const MANAGER: SystemRole = SystemRole::new("manager");
/// ASSIGN, PEOPLE and TEAMS, and a licence to assign agents and colleagues.
pub(crate) const USERS: SystemRole = SystemRole::new("user administrator");
/// ASSIGN, and a licence to assign user administrators.
pub(crate) const CHIEF: SystemRole = SystemRole::new("chief of user administrators");
/// BILL, at the organization alone.
pub(crate) const BILLING: SystemRole = SystemRole::new("billing");
/// What the maker of a workspace or a resource is there: VIEW, REPLY, ASSIGN, SCOPES.
pub(crate) const MAKER: SystemRole = SystemRole::new("maker");

pub(crate) const ROOT: Scope = Scope::Organization;

pub(crate) fn builder() -> CatalogBuilder<Permission> {
    use tenantry::AdminAction as A;
    let mut builder = Catalog::builder()
        .role(OWNER, Permission::all())
        .role(AGENT, Permission::VIEW | Permission::REPLY)
        .role_with(COLLEAGUE, Permission::VIEW, Permission::REPLY)
        .role(EXPORTER, Permission::EXPORT)
        .role(MANAGER, AGENTS | Permission::ASSIGN | Permission::DELEGATE | Permission::SCOPES)
        .define(
            RoleDefinition::new(USERS)
                .any(Permission::ASSIGN | Permission::PEOPLE | Permission::TEAMS)
                .assigns([AGENT, COLLEAGUE]),
        )
        .define(RoleDefinition::new(CHIEF).any(Permission::ASSIGN).assigns([USERS]))
        .define(
            RoleDefinition::new(BILLING).any(Permission::BILL).assignable(ScopeKinds::ORGANIZATION),
        )
        .define(
            RoleDefinition::new(MAKER)
                .any(AGENTS | Permission::ASSIGN | Permission::SCOPES)
                .assignable(ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE),
        )
        .creator(MAKER)
        .needs(Permission::REPLY, Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::HOUSE)
        .requires(A::Delegate, Permission::DELEGATE)
        .requires(A::ManageRoles, Permission::ROLES);
    for action in [A::Assign, A::Deny, A::Invite, A::ApproveRequests] {
        builder = builder.requires(action, Permission::ASSIGN);
    }
    for action in [A::ManageTeams, A::ManageTeamMembers] {
        builder = builder.requires(action, Permission::TEAMS);
    }
    for action in [
        A::CreateSubAccount,
        A::EditSubAccount,
        A::SuspendSubAccount,
        A::RemoveSubAccount,
        A::RequireCredentialReset,
        A::EraseSubAccount,
        A::ManageBoundaries,
        A::ManageServices,
    ] {
        builder = builder.requires(action, Permission::PEOPLE);
    }
    for action in [
        A::CreateWorkspace,
        A::EditWorkspace,
        A::ArchiveWorkspace,
        A::DeleteWorkspace,
        A::ManageResources,
        A::ManageInheritance,
        A::ManageCeilings,
    ] {
        builder = builder.requires(action, Permission::SCOPES);
    }
    builder
}

/// What an agent has.
pub(crate) const AGENTS: Permission = Permission::VIEW.union(Permission::REPLY);

/// A clock that shows what it was set to, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Dial(AtomicI64);

impl Clock for Dial {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::SeqCst))
    }
}

/// An instant, in seconds. The clock of a [`House`] starts at 1,000.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn login(name: &str) -> Login {
    format!("{name}@acme.example").parse().unwrap()
}

/// A session that has passed a second factor.
pub(crate) fn mfa() -> Context {
    Context::new().mfa(true)
}

pub(crate) type By<'a> = Administration<'a, Permission>;

/// An organization with an owner, two workspaces, and an inbox in the first of them.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) directory: Directory<Permission>,
    pub(crate) organization: OrganizationId,
    pub(crate) lin: SubAccountId,
    pub(crate) support: WorkspaceId,
    pub(crate) sales: WorkspaceId,
    pub(crate) inbox: ResourceId,
    clock: Arc<Dial>,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::of(builder())
    }

    pub(crate) fn of(builder: CatalogBuilder<Permission>) -> Self {
        Self::with(builder, |directory| directory)
    }

    pub(crate) fn with(
        builder: CatalogBuilder<Permission>,
        setting: impl FnOnce(Directory<Permission>) -> Directory<Permission>,
    ) -> Self {
        let clock = Arc::new(Dial(AtomicI64::new(1_000)));
        let directory = Directory::new(builder.build().unwrap()).with_clock(Arc::clone(&clock));
        let directory = setting(directory);
        let founded = directory.create_organization("Acme", &login("lin")).unwrap();
        let admin = directory.system("setup").administer(founded.organization);
        let support = admin.create_workspace("Support").unwrap();
        let sales = admin.create_workspace("Sales").unwrap();
        let inbox = admin.create_resource(&NewResource::new("inbox", support)).unwrap();
        Self {
            organization: founded.organization,
            lin: founded.owner,
            support,
            sales,
            inbox,
            directory,
            clock,
        }
    }

    pub(crate) fn turn_clock_to(&self, second: i64) {
        self.clock.0.store(second, Ordering::SeqCst);
    }

    /// The host's own code.
    pub(crate) fn host(&self) -> By<'_> {
        self.directory.system("test").administer(self.organization)
    }

    /// A sub-account in a session of which nothing is known.
    pub(crate) fn by(&self, who: SubAccountId) -> By<'_> {
        self.by_in(who, &Context::new())
    }

    pub(crate) fn by_in(&self, who: SubAccountId, session: &Context) -> By<'_> {
        self.directory.administer(self.organization, who, session)
    }

    /// An active member with nothing.
    pub(crate) fn member(&self, name: &str) -> SubAccountId {
        self.host().create_member(&login(name)).unwrap()
    }

    /// An active member with a role for the whole subtree of a scope.
    pub(crate) fn with_role(
        &self,
        name: &str,
        role: impl Into<RoleRef>,
        scope: impl Into<Scope>,
    ) -> SubAccountId {
        let id = self.member(name);
        self.give(id, role, scope);
        id
    }

    pub(crate) fn give(
        &self,
        who: SubAccountId,
        role: impl Into<RoleRef>,
        scope: impl Into<Scope>,
    ) -> AssignmentId {
        self.host().assign(who, role, scope).unwrap()
    }

    pub(crate) fn service(&self, owner: SubAccountId) -> SubAccountId {
        self.host().create_service(owner).unwrap()
    }

    pub(crate) fn team(&self, name: &str, parent: Option<TeamId>) -> TeamId {
        let id = TeamId::from_u128(name.bytes().fold(1, |id, byte| id << 8 | u128::from(byte)));
        let team = Team { parent, ..Team::new(id, Name::new(name).unwrap()) };
        self.host().perform([Action::CreateTeam(team)]).unwrap();
        id
    }

    pub(crate) fn names(&self, permissions: Permission) -> PermissionNames {
        self.directory.catalog().names(permissions).unwrap()
    }

    /// Bare permissions, as an assignment to be made.
    pub(crate) fn bare(
        &self,
        assignee: impl Into<tenantry::model::Assignee>,
        permissions: Permission,
        scope: impl Into<Scope>,
    ) -> NewAssignment {
        NewAssignment::new(assignee, tenantry::Grant::any(self.names(permissions)), scope)
    }

    pub(crate) fn can(
        &self,
        who: SubAccountId,
        permissions: Permission,
        scope: impl Into<Scope>,
    ) -> bool {
        let snapshot = self.directory.snapshot(self.organization).unwrap();
        snapshot.subject(who).can(permissions, scope.into())
    }

    pub(crate) fn snapshot(&self) -> tenantry::Snapshot<Permission> {
        self.directory.snapshot(self.organization).unwrap()
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self.snapshot().organization()).unwrap()
    }

    /// Asserts that actions are refused by a rule, alike when they are performed, planned and asked about, and that
    /// nothing is done. Returns what was said.
    #[track_caller]
    pub(crate) fn refuses<A: Into<Action> + Clone>(
        &self,
        rule: &str,
        by: &By<'_>,
        actions: impl IntoIterator<Item = A>,
    ) -> CommitError {
        let actions: Vec<Action> = actions.into_iter().map(Into::into).collect();
        let before = (self.json(), self.snapshot().revision());
        if let [action] = actions.as_slice() {
            assert!(!by.can(action.clone()), "`can` says that {action} is possible");
        }
        let planned = by.plan(actions.clone()).unwrap_err();
        assert_eq!(rule_of(&planned), rule, "{planned}");
        let refused = by.perform(actions).unwrap_err();
        assert_eq!(rule_of(&refused), rule, "{refused}");
        assert_eq!((self.json(), self.snapshot().revision()), before, "something was done");
        refused
    }

    /// Asserts that actions are accepted, alike when they are asked about, planned and performed, as one revision.
    #[track_caller]
    pub(crate) fn accepts<A: Into<Action> + Clone>(
        &self,
        by: &By<'_>,
        actions: impl IntoIterator<Item = A>,
    ) {
        let actions: Vec<Action> = actions.into_iter().map(Into::into).collect();
        let before = self.snapshot().revision();
        if let [action] = actions.as_slice() {
            by.check(action.clone()).unwrap();
        }
        assert_eq!(by.plan(actions.clone()).unwrap().revision(), before);
        assert_eq!(by.perform(actions).unwrap().revision(), before.next());
    }
}

impl House {
    /// Asserts that actions are accepted, alike when they are asked about, planned and performed,
    /// and make no revision.
    #[track_caller]
    pub(crate) fn changes_nothing<A: Into<Action> + Clone>(
        &self,
        by: &By<'_>,
        actions: impl IntoIterator<Item = A>,
    ) {
        let actions: Vec<Action> = actions.into_iter().map(Into::into).collect();
        let before = (self.json(), self.snapshot().revision());
        if let [action] = actions.as_slice() {
            by.check(action.clone()).unwrap();
        }
        let plan = by.plan(actions.clone()).unwrap();
        assert_eq!(self.directory.commit(plan).unwrap().revision(), before.1);
        assert_eq!(by.perform(actions).unwrap().revision(), before.1);
        assert_eq!((self.json(), self.snapshot().revision()), before, "something was done");
    }
}

/// The rule by which something was refused.
#[track_caller]
pub(crate) fn rule_of(error: &CommitError) -> &'static str {
    match error {
        CommitError::Refused(refusal) => refusal.rule(),
        CommitError::Violation(violation) => violation.rule(),
        other => panic!("no rule refused it: {other}"),
    }
}

/// Asserts that a typed method was refused by a rule.
#[track_caller]
pub(crate) fn by_rule<T: Debug>(rule: &str, outcome: Result<T, CommitError>) {
    let error = outcome.unwrap_err();
    assert_eq!(rule_of(&error), rule, "{error}");
}

pub(crate) fn member_action(name: &str) -> (SubAccountId, Action) {
    let number = name.bytes().fold(7, |id, byte| id << 8 | u128::from(byte));
    let id = SubAccountId::from_u128(number);
    (id, NewSubAccount::member(id, login(name)).into())
}

pub(crate) fn in_team(sub_account: SubAccountId, team: TeamId) -> Action {
    Action::AddToTeam(Membership { sub_account, team })
}
