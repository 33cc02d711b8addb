//! The application under test: permissions, two catalogs, and the organization that every run
//! starts from.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use tenantry::catalog::{
    AdminAction, Catalog, CatalogBuilder, DutyDefinition, Limits, RoleDefinition, Separation,
};
use tenantry::model::record::{Actor, Chain, Commit, Entry, Expected};
use tenantry::model::{
    Assignee, Assignment, Change, ChangeSet, Condition, Consent, Effect, Grant, Kind, LoginMethods,
    Maker, Membership, Organization, PersonalRow, Profile, Purpose, Put, Reach, Resource, Role,
    RoleRef, Scope, ScopeKinds, Status, SubAccount, SubAccountKind, SystemRole, Team, Validity,
    Workspace,
};
use tenantry::store::{MemoryStore, Store};
use tenantry::text::{Label, Name};
use tenantry::{
    AssignmentId, CommitId, ConsentId, Context, OrganizationId, Ownership, PermissionNames,
    PersonalId, ResourceId, RoleId, SubAccountId, TeamId, WorkspaceId,
};

use super::bound::Point;

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u16 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const DELETE = 1 << 3;
        const AUDIT = 1 << 4;
        const ASSIGN = 1 << 5;
        const INVITE = 1 << 6;
        const SHAPE = 1 << 7;
        const PEOPLE = 1 << 8;
        const ROLES = 1 << 9;
        const DENY = 1 << 10;
        const SECURITY = 1 << 11;
    }
}

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
pub(crate) const CHIEF: SystemRole = SystemRole::new("chief");
pub(crate) const USER_ADMINISTRATOR: SystemRole = SystemRole::new("user_administrator");
/// Looks after accounts and after security, and does none of the work.
pub(crate) const ADMINISTRATOR: SystemRole = SystemRole::new("administrator");
pub(crate) const MANAGER: SystemRole = SystemRole::new("manager");
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");
pub(crate) const VIEWER: SystemRole = SystemRole::new("viewer");
pub(crate) const AUDITOR: SystemRole = SystemRole::new("auditor");

pub(crate) const ROLES: [SystemRole; 8] =
    [OWNER, CHIEF, USER_ADMINISTRATOR, ADMINISTRATOR, MANAGER, AGENT, VIEWER, AUDITOR];

/// A rich catalog that forbids nothing of itself.
pub(crate) fn plain() -> &'static Catalog<Permission> {
    static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| builder().build().unwrap());
    &CATALOG
}

/// The most who may hold the user administrator's role under the strict catalog.
pub(crate) const MOST_ADMINISTRATORS: usize = 2;
/// The most seats under the strict catalog.
pub(crate) const MOST_SEATS: usize = 8;
/// The most open invitations of one person under the strict catalog.
pub(crate) const MOST_INVITATIONS: usize = 2;

/// The same with duties kept apart, a guardrail and limits.
pub(crate) fn strict() -> &'static Catalog<Permission> {
    static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
        builder()
            .separate(
                "who deletes does not audit",
                2,
                Separation::Anywhere,
                [
                    DutyDefinition::Permissions(Permission::DELETE),
                    DutyDefinition::Permissions(Permission::AUDIT),
                ],
            )
            .separate(
                "who keeps a place secure does not reply there",
                2,
                Separation::AtOneScope,
                [
                    DutyDefinition::Permissions(Permission::SECURITY),
                    DutyDefinition::Permissions(Permission::REPLY),
                ],
            )
            .guardrail("guests export nothing", [SubAccountKind::Guest], Permission::EXPORT)
            .limits(Limits { seats: Some(8), open_invitations: Some(2), ..Limits::NONE })
            .build()
            .unwrap()
    });
    &CATALOG
}

/// The next release: agents delete nothing any more, administrators may look into security besides.
pub(crate) fn next() -> &'static Catalog<Permission> {
    static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
        let mut document = plain().document().clone();
        for role in &mut document.roles {
            if role.name == AGENT.into() {
                role.own = plain().names(Permission::EXPORT).unwrap();
            }
            if role.name == VIEWER.into() {
                role.any = plain().names(Permission::VIEW | Permission::AUDIT).unwrap();
            }
        }
        Catalog::from_document(document).unwrap()
    });
    &CATALOG
}

fn builder() -> CatalogBuilder<Permission> {
    use AdminAction as Do;
    let shape = Permission::SHAPE;
    let people = Permission::PEOPLE;
    Catalog::builder()
        .role(OWNER, Permission::all())
        .define(
            RoleDefinition::new(CHIEF)
                .any(Permission::all().difference(Permission::SECURITY | Permission::AUDIT))
                .assigns([MANAGER, AGENT, VIEWER]),
        )
        .define(
            RoleDefinition::new(USER_ADMINISTRATOR)
                .any(people | Permission::INVITE | Permission::ASSIGN | Permission::VIEW)
                .assigns([AGENT, VIEWER, MANAGER])
                .holders(0, Some(2)),
        )
        .define(
            RoleDefinition::new(ADMINISTRATOR)
                .any(Permission::SECURITY)
                .includes([USER_ADMINISTRATOR]),
        )
        .define(
            RoleDefinition::new(MANAGER)
                .any(Permission::ASSIGN | shape | Permission::INVITE | Permission::DENY)
                .includes([AGENT])
                .assigns([VIEWER]),
        )
        .role_with(
            AGENT,
            Permission::VIEW | Permission::REPLY,
            Permission::EXPORT | Permission::DELETE,
        )
        .role(VIEWER, Permission::VIEW)
        .define(
            RoleDefinition::new(AUDITOR)
                .any(Permission::AUDIT)
                .includes([VIEWER])
                .assignable(ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE),
        )
        .needs(Permission::REPLY, Permission::VIEW)
        .needs(Permission::DELETE, Permission::EXPORT)
        .owner(OWNER)
        .creator(MANAGER)
        .administration(Permission::SECURITY)
        .requires(Do::CreateWorkspace, shape)
        .requires(Do::EditWorkspace, shape)
        .requires(Do::ArchiveWorkspace, shape)
        .requires(Do::DeleteWorkspace, shape)
        .requires(Do::ManageResources, shape)
        .requires(Do::ManageInheritance, shape)
        .requires(Do::ManageCeilings, shape)
        .requires(Do::EditOrganization, shape)
        .requires(Do::CreateSubAccount, people)
        .requires(Do::EditSubAccount, people)
        .requires(Do::SuspendSubAccount, people)
        .requires(Do::RemoveSubAccount, people)
        .requires(Do::RequireCredentialReset, people)
        .requires(Do::ManageBoundaries, people)
        .requires(Do::ManageServices, people)
        .requires(Do::ManageTeamMembers, people)
        .requires(Do::ManageTeams, Permission::ROLES)
        .requires(Do::ManageRoles, Permission::ROLES)
        .requires(Do::Invite, Permission::INVITE)
        .requires(Do::Assign, Permission::ASSIGN)
        .requires(Do::ApproveRequests, Permission::ASSIGN)
        .requires(Do::Deny, Permission::DENY)
        .requires(Do::Delegate, Permission::VIEW)
}

pub(crate) const ORGANIZATION: OrganizationId = OrganizationId::from_u128(0xacce);
pub(crate) const LIN: SubAccountId = SubAccountId::from_u128(1);
/// Was here, and was taken out.
pub(crate) const DORA: SubAccountId = SubAccountId::from_u128(9);
/// The host's own organization, from which operators come.
pub(crate) const HOME: OrganizationId = OrganizationId::from_u128(0x40e3);
/// Has everything at home.
pub(crate) const OPERATOR: SubAccountId = SubAccountId::from_u128(901);
/// Has a part of it at home.
pub(crate) const APPRENTICE: SubAccountId = SubAccountId::from_u128(902);

/// How many moments there are at which something starts or ends.
pub(crate) const MOMENTS: i64 = 4;

/// The moment with this number.
pub(crate) fn moment(number: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(number)
}

/// Every moment, in sessions that differ in all that conditions are about, by ownership.
pub(crate) fn points() -> &'static [Point] {
    static POINTS: LazyLock<Vec<Point>> = LazyLock::new(|| {
        let mut points = Vec::new();
        for number in 0..MOMENTS {
            for session in sessions() {
                for owned in [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid] {
                    let time = moment(number);
                    let context = session.clone().at(time).ownership(owned);
                    points.push(Point { time, owned, context });
                }
            }
        }
        points
    });
    &POINTS
}

/// What is known of a session: both conditions met, either, neither, or nothing known.
pub(crate) fn sessions() -> [Context; 5] {
    let login = |method: &str| Context::new().login_method(method.parse().unwrap());
    [
        login("saml").mfa(true),
        login("password").mfa(true),
        login("saml").mfa(false),
        login("password").mfa(false),
        Context::new(),
    ]
}

pub(crate) fn saml() -> Condition {
    Condition::LoginMethod(LoginMethods::new(["saml".parse().unwrap()]).unwrap())
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn label() -> Label {
    Label::new("vip").unwrap()
}

/// What a sub-account signs in with.
pub(crate) fn login(id: SubAccountId) -> String {
    format!("{}@acme.example", id.to_u128())
}

/// A store that holds the organization as it is at the start, and the one from which operators
/// come.
pub(crate) fn store(catalog: &Catalog<Permission>) -> MemoryStore {
    let store = MemoryStore::new();
    let mut number = 0;
    for (organization, sets) in [(ORGANIZATION, vec![start(), departure()]), (HOME, vec![home()])] {
        let mut chain = Chain::new(organization);
        let mut expected = Expected::Absent;
        for set in sets {
            let actor = Actor::system("start").unwrap();
            let actions = vec!["start".to_owned()];
            let entry = Entry { time: set.time, actor, actions, changes: set.changes };
            let (record, next) = chain.append(entry, catalog.text()).unwrap();
            number += 1;
            let commit = Commit {
                organization,
                expected,
                id: CommitId::from_u128(number),
                record,
                personal: set.personal,
                erase: Vec::new(),
            };
            expected = Expected::At(store.commit(&commit).unwrap());
            chain = next;
        }
    }
    store
}

/// The organization as it is at the start.
pub(crate) fn founded() -> Organization {
    let organization = Organization::create(ORGANIZATION, &start()).unwrap();
    organization.with(&departure()).unwrap()
}

/// Somebody goes to whom something was given, and something else denied.
fn departure() -> ChangeSet {
    let dora = start().changes.into_iter().find_map(|change| match change {
        Change::Put(Put::SubAccount(it)) if it.id == DORA => Some(it),
        _ => None,
    });
    let dora = SubAccount { status: Status::Removed, ..dora.unwrap() };
    ChangeSet { time: moment(0), changes: vec![dora.into()], personal: Vec::new() }
}

/// Somebody who has everything, and somebody who manages.
fn home() -> ChangeSet {
    let people = [OPERATOR, APPRENTICE].map(|id| SubAccount::member(id).into());
    let given = [(1, OPERATOR, OWNER), (2, APPRENTICE, MANAGER)].map(|(id, who, role)| {
        Assignment::allow(AssignmentId::from_u128(id), who, role, Scope::Organization).into()
    });
    let profile = Change::from(Profile::new(name("Home")));
    let changes = std::iter::once(profile).chain(people).chain(given).collect();
    ChangeSet { time: moment(0), changes, personal: Vec::new() }
}

/// An owner, and people with partial powers.
fn start() -> ChangeSet {
    let mut changes: Vec<Change> = vec![Profile::new(name("Acme")).into()];
    let mut personal = Vec::new();
    let (support, sales) = (WorkspaceId::from_u128(1), WorkspaceId::from_u128(2));
    let (inbox, thread) = (ResourceId::from_u128(1), ResourceId::from_u128(2));
    let [dana, manu, al, tim, gil] = [2, 3, 4, 5, 6].map(SubAccountId::from_u128);
    let (robot, ada) = (SubAccountId::from_u128(7), SubAccountId::from_u128(8));
    let guest = SubAccount::guest(gil, moment(3));
    let people =
        [LIN, dana, manu, al, tim, ada, DORA].map(SubAccount::member).into_iter().chain([guest]);
    for person in people {
        let row = PersonalId::from_u128(person.id.to_u128());
        let row = PersonalRow::new(row, Purpose::Login, [1; 32], login(person.id)).unwrap();
        changes.push(SubAccount { login: Some(row.reference()), ..person }.into());
        personal.push(row);
    }
    changes.push(SubAccount::service(robot, manu).into());
    let mut vip = Workspace::new(support, name("support"));
    vip.labels.insert(label());
    changes.push(vip.into());
    changes.push(Workspace::new(sales, name("sales")).into());
    let kind = Kind::new("inbox").unwrap();
    let owned = Resource { owner: Some(al), ..Resource::new(inbox, kind.clone(), support) };
    changes.push(owned.into());
    changes.push(Resource::new(thread, kind, inbox).into());
    let (front, back) = (TeamId::from_u128(1), TeamId::from_u128(2));
    changes.push(Team::new(front, name("front")).into());
    changes.push(Team { parent: Some(front), ..Team::new(back, name("back")) }.into());
    changes.push(Membership { sub_account: tim, team: back }.into());
    let lead = RoleId::from_u128(1);
    let reply = plain().names(Permission::ASSIGN | Permission::VIEW).unwrap();
    let mut role = Role::new(lead, name("lead"), reply);
    role.assigns.insert(AGENT.into());
    changes.push(role.into());
    let mut assign = |assignee: Assignee, role: RoleRef, scope: Scope| {
        let id = AssignmentId::from_u128(changes.len() as u128);
        let made = Assignment::allow(id, assignee, Grant::Role(role), scope);
        changes.push(made.clone().into());
        made
    };
    assign(LIN.into(), OWNER.into(), Scope::Organization);
    assign(dana.into(), USER_ADMINISTRATOR.into(), Scope::Organization);
    assign(ada.into(), ADMINISTRATOR.into(), Scope::Organization);
    assign(manu.into(), MANAGER.into(), support.into());
    assign(al.into(), AGENT.into(), support.into());
    assign(back.into(), lead.into(), sales.into());
    assign(robot.into(), AGENT.into(), support.into());
    assign(DORA.into(), AGENT.into(), sales.into());
    let denied = assign(DORA.into(), AUDITOR.into(), Scope::Organization);
    let conditional = assign(al.into(), CHIEF.into(), sales.into());
    let timed = assign(tim.into(), MANAGER.into(), Scope::Organization);
    let labelled = assign(gil.into(), VIEWER.into(), Scope::Organization);
    changes.push(
        denied
            .with(|it| {
                it.effect = Effect::Deny;
                it.grant = Grant::any(names((Permission::VIEW | Permission::AUDIT).bits()));
            })
            .into(),
    );
    changes.push(conditional.with(|it| it.conditions = vec![Condition::Mfa]).into());
    changes.push(timed.with(|it| it.validity = Validity::until(moment(2))).into());
    changes.push(labelled.with(|it| it.reach = Reach::Labelled(label())).into());
    let work = Permission::all().difference(Permission::SECURITY | Permission::AUDIT);
    changes.push(
        Consent {
            id: ConsentId::from_u128(1),
            operators: HOME,
            scope: sales.into(),
            mask: plain().names(work).unwrap(),
            starts: None,
            ends: moment(MOMENTS),
            by: Maker::Host,
        }
        .into(),
    );
    ChangeSet { time: moment(0), changes, personal }
}

/// Names of a pattern of bits.
pub(crate) fn names(pattern: u16) -> PermissionNames {
    plain().names(Permission::from_bits_truncate(pattern)).unwrap()
}
