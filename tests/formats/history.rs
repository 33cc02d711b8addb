//! The history that the files of format 1 tell: every noun with everything that it can say, every kind of change and of
//! actor. It is what the files were once written from, and they are never written again.

use tenantry::catalog::{Catalog, RoleDefinition};
use tenantry::model::record::{Actor, Digest, Entry, PersonalRow, Purpose};
use tenantry::model::{
    Assignee, Assignment, Change, Condition, Consent, Effect, Grant, Invitation, LoginMethods,
    Maker, Membership, Networks, OrganizationStatus, Profile, Reach, Remove, Request, Resource,
    Role, RoleRef, Scope, ScopeKinds, SecurityPolicy, Status, SubAccount, SubAccountKind, Team,
    Validity, Wants, Workspace, WorkspaceStatus,
};
use tenantry::{
    AssignmentId, ConsentId, InvitationId, OrganizationId, PermissionNames, PersonalId, RequestId,
    ResourceId, RoleId, SubAccountId, SystemRole, TeamId, Timestamp, WorkspaceId,
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u16 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 15;
    }
}

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");

pub(crate) const ORGANIZATION: OrganizationId = OrganizationId::from_u128(0xacce);
pub(crate) const LIN: SubAccountId = SubAccountId::from_u128(1);
pub(crate) const WU: SubAccountId = SubAccountId::from_u128(2);
pub(crate) const BOT: SubAccountId = SubAccountId::from_u128(3);
pub(crate) const GUS: SubAccountId = SubAccountId::from_u128(4);
const EVE: SubAccountId = SubAccountId::from_u128(5);
const OLD: SubAccountId = SubAccountId::from_u128(6);
pub(crate) const SUPPORT: WorkspaceId = WorkspaceId::from_u128(1);
pub(crate) const SALES: WorkspaceId = WorkspaceId::from_u128(2);
const GONE: WorkspaceId = WorkspaceId::from_u128(3);
pub(crate) const INBOX: ResourceId = ResourceId::from_u128(1);
pub(crate) const THREAD: ResourceId = ResourceId::from_u128(2);
const NIGHT: TeamId = TeamId::from_u128(1);
const INNER: TeamId = TeamId::from_u128(2);
const CLERK: RoleId = RoleId::from_u128(1);

/// The catalog that the records were decided under.
pub(crate) fn catalog() -> Catalog<Permission> {
    builder().build().unwrap()
}

fn builder() -> tenantry::catalog::CatalogBuilder<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .define(RoleDefinition::new(AGENT).any(Permission::VIEW).own(Permission::REPLY))
        .needs(Permission::REPLY, Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
}

/// The one that later records were decided under.
pub(crate) fn later_catalog() -> Catalog<Permission> {
    builder().requires(tenantry::AdminAction::Invite, Permission::EXPORT).build().unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// What is done, the side rows that come with it, and whether it was decided under the later catalog.
pub(crate) struct Step {
    pub(crate) entry: Entry,
    pub(crate) personal: Vec<PersonalRow>,
    pub(crate) is_later: bool,
}

pub(crate) fn row(id: u128, purpose: Purpose, value: &str) -> PersonalRow {
    let salt = [u8::try_from(id).unwrap(); 32];
    PersonalRow::new(PersonalId::from_u128(id), purpose, salt, value).unwrap()
}

fn names(names: &[&str]) -> PermissionNames {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(crate) fn network() -> Condition {
    let networks = ["10.0.0.0/8", "2001:db8::/32"].map(|network| network.parse().unwrap());
    Condition::Network(Networks::new(networks).unwrap())
}

pub(crate) fn history() -> Vec<Step> {
    let step = |second, actor, words: &str, changes: Vec<Change>, personal: &[PersonalRow]| {
        let actions = vec![words.to_owned()];
        let entry = Entry { time: at(second), actor, actions, changes };
        Step { entry, personal: personal.to_vec(), is_later: second >= 4 }
    };
    let system = || Actor::system("set \"up\"").unwrap();
    let rows = rows();
    vec![
        step(0, system(), "found organization `Acme`", founding(&rows), &rows[..1]),
        step(1, Actor::SubAccount(LIN), "furnish", furnishing(), &[]),
        step(2, Actor::SubAccount(LIN), "let people in", people(&rows), &rows[1..4]),
        step(3, Actor::Invitee(WU), "give", giving(&rows), &rows[4..5]),
        step(4, Actor::SubAccount(WU), "leave open", open(&rows), &rows[5..]),
        step(
            5,
            Actor::Operator { organization: OrganizationId::from_u128(7), sub_account: LIN },
            "tidy up",
            tidying(),
            &[],
        ),
    ]
}

/// Every kind of personal data.
fn rows() -> Vec<PersonalRow> {
    vec![
        row(1, Purpose::Login, "lin@acme.example"),
        row(2, Purpose::Login, "wu@acme.example "),
        row(3, Purpose::Name, "Wu \u{1f4ec} Ähm"),
        row(4, Purpose::Login, "eve@acme.example"),
        row(5, Purpose::Reason, "high season"),
        row(6, Purpose::Applicant, "kim@acme.example"),
        row(7, Purpose::Name, "Kim"),
        row(8, Purpose::Reason, "please"),
    ]
}

fn founding(rows: &[PersonalRow]) -> Vec<Change> {
    let owner = Assignment::allow(AssignmentId::from_u128(1), LIN, OWNER, Scope::Organization);
    let lin = SubAccount { login: Some(rows[0].reference()), ..SubAccount::member(LIN) };
    vec![Profile::new(text("Acme")).into(), lin.into(), owner.into()]
}

fn furnishing() -> Vec<Change> {
    let profile = Profile {
        ceiling: Some(PermissionNames::Full),
        security: SecurityPolicy { conditions: vec![network()] },
        labels: [text("eu")].into(),
        ..Profile::new(text("Acme & Söhne"))
    };
    let support = Workspace {
        key: Some(text("17")),
        inherits: names(&["REPLY", "VIEW", "FLY"]),
        ceiling: Some(names(&["EXPORT", "REPLY", "VIEW"])),
        labels: [text("vip"), text("with \"quotes\"")].into(),
        ..Workspace::new(SUPPORT, text("Support"))
    };
    let sales =
        Workspace { status: WorkspaceStatus::Archived, ..Workspace::new(SALES, text("Sales")) };
    let gone = Workspace { key: Some(text("gone")), ..Workspace::new(GONE, text("Gone")) };
    let inbox = Resource {
        key: Some(text("a/b c")),
        name: Some(text("Postfach")),
        owner: Some(LIN),
        inherits: PermissionNames::Full,
        ceiling: Some(names(&["VIEW"])),
        labels: [text("vip")].into(),
        ..Resource::new(INBOX, text("inbox"), SUPPORT)
    };
    let thread = Resource::new(THREAD, text("thread"), INBOX);
    let clerk = Role {
        own: names(&["EXPORT"]),
        includes: [RoleRef::from(AGENT)].into(),
        assigns: [RoleRef::from(AGENT), text::<tenantry::RoleName>("pilot").into()].into(),
        assignable: ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE,
        ..Role::new(CLERK, text("Clerk"), names(&["VIEW"]))
    };
    let night = Team { labels: [text("night")].into(), ..Team::new(NIGHT, text("Night")) };
    let inner = Team { parent: Some(NIGHT), ..Team::new(INNER, text("Inner")) };
    vec![
        profile.into(),
        support.into(),
        sales.into(),
        gone.into(),
        inbox.into(),
        thread.into(),
        clerk.into(),
        night.into(),
        inner.into(),
    ]
}

fn people(rows: &[PersonalRow]) -> Vec<Change> {
    let wu = SubAccount {
        login: Some(rows[1].reference()),
        name: Some(rows[2].reference()),
        boundary: Some(names(&["EXPORT", "FLY", "REPLY", "VIEW"])),
        labels: [text("senior")].into(),
        ..SubAccount::member(WU)
    };
    let bot = SubAccount {
        kind: SubAccountKind::Service,
        owner: Some(LIN),
        credential_reset_required: true,
        ..SubAccount::member(BOT)
    };
    let eve = SubAccount {
        status: Status::Invited,
        login: Some(rows[3].reference()),
        ..SubAccount::member(EVE)
    };
    let invitation = Invitation {
        id: InvitationId::from_u128(1),
        sub_account: EVE,
        inviter: LIN.into(),
        token: Digest::of([b"token".as_slice()]),
        expires: at(1_000),
    };
    vec![
        wu.into(),
        bot.into(),
        SubAccount::guest(GUS, at(2_000)).into(),
        eve.into(),
        invitation.into(),
        SubAccount::member(OLD).into(),
        Membership { sub_account: WU, team: INNER }.into(),
        Membership { sub_account: GUS, team: NIGHT }.into(),
    ]
}

fn giving(rows: &[PersonalRow]) -> Vec<Change> {
    let id = AssignmentId::from_u128;
    let methods = ["saml", "password"].map(text);
    let export = Grant::Permissions { any: names(&["EXPORT", "FLY"]), own: names(&["REPLY"]) };
    let all = [
        Assignment::allow(id(2), NIGHT, AGENT, SUPPORT),
        Assignment::allow(id(3), Assignee::MembersOf(SUPPORT.into()), export, SUPPORT).with(|it| {
            it.effect = Effect::Deny;
            it.reach = Reach::Here;
        }),
        Assignment {
            by: LIN.into(),
            reason: Some(rows[4].reference().into()),
            ..Assignment::allow(id(4), WU, CLERK, Scope::Organization)
        }
        .with(|it| {
            it.reach = Reach::Labelled(text("vip"));
            it.validity = Validity::between(at(0), at(500)).unwrap();
            it.conditions =
                vec![Condition::Mfa, Condition::LoginMethod(LoginMethods::new(methods).unwrap())];
        }),
        Assignment::allow(id(5), GUS, Grant::any(PermissionNames::Full), INBOX).with(|it| {
            it.delegator = Some(LIN);
            it.validity = Validity::until(at(600));
        }),
        Assignment::allow(
            id(6),
            Assignee::MembersOf(Scope::Organization),
            text::<tenantry::RoleName>("pilot"),
            THREAD,
        )
        .with(|it| it.validity = Validity::from(at(700))),
        Assignment::allow(id(7), OLD, AGENT, Scope::Organization),
    ];
    all.map(Change::from).into()
}

fn open(rows: &[PersonalRow]) -> Vec<Change> {
    let id = RequestId::from_u128;
    let request = |number, wants, requester| Request {
        id: id(number),
        wants,
        requester,
        reason: (number == 3).then(|| rows[7].reference()),
        expires: at(900),
    };
    let join = Wants::Join { login: rows[5].reference(), name: Some(rows[6].reference()) };
    let access = Wants::Access {
        sub_account: GUS,
        grant: RoleRef::from(CLERK).into(),
        scope: SUPPORT.into(),
        ends: Some(at(1_500)),
    };
    let consent = Consent {
        id: ConsentId::from_u128(1),
        operators: OrganizationId::from_u128(7),
        scope: SUPPORT.into(),
        mask: names(&["VIEW"]),
        starts: Some(at(3)),
        ends: at(3_000),
        by: Maker::Host,
    };
    let left = SubAccount { status: Status::Left, ..SubAccount::member(OLD) };
    vec![
        request(1, join, Maker::Host).into(),
        request(3, access, WU.into()).into(),
        consent.into(),
        Consent { id: ConsentId::from_u128(2), starts: None, ..consent_of_all() }.into(),
        left.into(),
        request(2, Wants::Rejoin { sub_account: OLD, restore: true }, OLD.into()).into(),
    ]
}

fn consent_of_all() -> Consent {
    Consent {
        id: ConsentId::from_u128(2),
        operators: OrganizationId::from_u128(8),
        scope: Scope::Organization,
        mask: PermissionNames::Full,
        starts: None,
        ends: at(3_000),
        by: Maker::Host,
    }
}

fn tidying() -> Vec<Change> {
    let lost = SubAccount {
        status: Status::Removed,
        erased: Some(Digest::of([b"old".as_slice()])),
        ..SubAccount::member(OLD)
    };
    let status = OrganizationStatus::Active;
    let security = SecurityPolicy::default();
    let profile = Profile { status, security, ..Profile::new(text("Acme")) };
    let all: [Change; 9] = [
        Remove::Request(RequestId::from_u128(2)).into(),
        Remove::Consent(ConsentId::from_u128(2)).into(),
        Remove::Membership(Membership { sub_account: GUS, team: NIGHT }).into(),
        Remove::Workspace(GONE).into(),
        Remove::Assignment(AssignmentId::from_u128(7)).into(),
        SubAccount { status: Status::Active, ..SubAccount::member(OLD) }.into(),
        lost.into(),
        profile.into(),
        Workspace::new(SALES, text("Sales")).into(),
    ];
    all.into()
}
