//! Changes that no organization may take, each with the name of the error that refuses it.

use jiff::{SignedDuration, Timestamp};
use tenantry::model::record::Digest;
use tenantry::model::resource::Parent;
use tenantry::model::{
    Assignee, Assignment, Change, ChangeSet, Consent, Effect, Grant, Invitation, Key, Kind, Maker,
    Membership, Organization, OrganizationStatus, PersonalRow, Profile, Purpose, Remove, Request,
    Resource, Role, Scope, Status, SubAccount, SubAccountKind, Team, Validity, Wants, Workspace,
};
use tenantry::text::{Label, Name};
use tenantry::{
    AssignmentId, ConsentId, InvitationId, PermissionNames, PersonalId, RequestId, ResourceId,
    RoleId, SubAccountId, TeamId, WorkspaceId,
};

use super::requests::moment;
use super::world::{HOME, Ids, PASSING, World};

/// Something that does not fit, whatever stands before it in its change set.
#[derive(Debug, Clone)]
pub(crate) struct Corruption {
    pub(crate) error: &'static str,
    pub(crate) changes: Vec<Change>,
    pub(crate) personal: Vec<PersonalRow>,
}

impl Corruption {
    fn new(error: &'static str, changes: impl IntoIterator<Item = Change>) -> Self {
        Self { error, changes: changes.into_iter().collect(), personal: Vec::new() }
    }

    /// A change set of `sound` changes with the corrupt ones among them, at `time`.
    pub(crate) fn spoil(&self, sound: Vec<Change>, at: usize, time: Timestamp) -> ChangeSet {
        let mut changes = sound;
        let at = at.min(changes.len());
        changes.splice(at..at, self.changes.iter().cloned());
        ChangeSet { time, changes, personal: self.personal.clone() }
    }
}

/// Sound changes, for corrupt ones to hide among.
pub(crate) fn sound_changes(world: &World) -> Vec<Change> {
    let member = SubAccountId::from_u128(0xb_0001);
    let team = TeamId::from_u128(0xb_0002);
    let label = Label::new("moved").unwrap();
    let profile = world.organization.profile().clone();
    vec![
        Profile { labels: [label].into(), ..profile }.into(),
        SubAccount::member(member).into(),
        Team::new(team, name()).into(),
        Membership { sub_account: member, team }.into(),
        Assignment::allow(AssignmentId::from_u128(0xb_0004), team, reader(), Scope::Organization)
            .into(),
        Workspace::new(WorkspaceId::from_u128(0xb_0003), name()).into(),
    ]
}

/// Every kind of corrupt change for an organization.
pub(crate) fn corruptions(world: &World) -> Vec<Corruption> {
    let (ids, organization) = (world.ids, &world.organization);
    [
        dangling(ids),
        cycles(ids),
        used_before(ids),
        still_needed(ids),
        sub_accounts(world),
        out_of_bounds(ids),
        personal(organization, ids),
        closed(organization),
    ]
    .concat()
}

const MISSING: u128 = 0xa_0000;

fn name() -> Name {
    Name::new("corrupt").unwrap()
}

fn fresh() -> AssignmentId {
    AssignmentId::from_u128(0xc_0001)
}

fn reader() -> Grant {
    Grant::any(PermissionNames::Full)
}

fn kind() -> Kind {
    Kind::new("inbox").unwrap()
}

fn resource(number: u128, parent: impl Into<Parent>) -> Resource {
    Resource::new(ResourceId::from_u128(0xc_0000 + number), kind(), parent)
}

fn role(number: u128) -> Role {
    Role::new(RoleId::from_u128(0xc_0000 + number), name(), PermissionNames::none())
}

fn team(number: u128) -> Team {
    Team::new(TeamId::from_u128(0xc_0000 + number), name())
}

fn invitation(number: u128, of: &SubAccount) -> Invitation {
    let id = InvitationId::from_u128(0xc_0000 + number);
    let token = Digest::of([&b"token"[..]]);
    Invitation { id, sub_account: of.id, inviter: Maker::Host, token, expires: moment(3) }
}

fn request(number: u128, wants: Wants) -> Request {
    let id = RequestId::from_u128(0xc_0000 + number);
    Request { id, wants, requester: Maker::Host, reason: None, expires: moment(3) }
}

const fn back(sub_account: SubAccountId) -> Wants {
    Wants::Rejoin { sub_account, restore: true }
}

/// References to what does not exist.
fn dangling(ids: Ids) -> Vec<Corruption> {
    let known = ids.sub_account(0);
    let (workspace, sub_account) =
        (WorkspaceId::from_u128(MISSING), SubAccountId::from_u128(MISSING));
    let (missing_team, missing_role) = (TeamId::from_u128(MISSING), RoleId::from_u128(MISSING));
    let root = Scope::Organization;
    let allow = |assignee: Assignee, grant: Grant, scope: Scope| {
        Assignment::allow(fresh(), assignee, grant, scope)
    };
    let missing = Scope::Workspace(workspace);
    let consent = Consent {
        id: ConsentId::from_u128(0xc_0001),
        operators: HOME,
        scope: missing,
        mask: PermissionNames::Full,
        starts: None,
        ends: moment(3),
        by: Maker::Host,
    };
    let fresh_request = |wants| request(1, wants);
    let wants = |sub_account, grant, scope| Wants::Access { sub_account, grant, scope, ends: None };
    let eve = SubAccount { status: Status::Invited, ..SubAccount::member(sub_account) };
    let changes: [Change; 20] = [
        allow(sub_account.into(), reader(), root).into(),
        allow(missing_team.into(), reader(), root).into(),
        allow(Assignee::MembersOf(missing), reader(), root).into(),
        allow(known.into(), missing_role.into(), root).into(),
        allow(known.into(), reader(), missing).into(),
        allow(known.into(), reader(), root).with(|it| it.delegator = Some(sub_account)).into(),
        resource(1, workspace).into(),
        Resource { owner: Some(sub_account), ..resource(1, ids.workspace(0)) }.into(),
        Team { parent: Some(missing_team), ..team(1) }.into(),
        Membership { sub_account: known, team: missing_team }.into(),
        Role { includes: [missing_role.into()].into(), ..role(1) }.into(),
        Role { assigns: [missing_role.into()].into(), ..role(1) }.into(),
        consent.into(),
        Assignment { by: sub_account.into(), ..allow(known.into(), reader(), root) }.into(),
        invitation(1, &eve).into(),
        Request { requester: sub_account.into(), ..fresh_request(back(known)) }.into(),
        fresh_request(back(sub_account)).into(),
        fresh_request(wants(sub_account, reader(), root)).into(),
        fresh_request(wants(known, reader(), missing)).into(),
        fresh_request(wants(known, missing_role.into(), root)).into(),
    ];
    changes.into_iter().map(|change| Corruption::new("Dangling", [change])).collect()
}

/// What would contain itself, directly or through another.
fn cycles(ids: Ids) -> Vec<Corruption> {
    let of_teams = |first: u128, second: u128| -> Change {
        Team { parent: Some(team(second).id), ..team(first) }.into()
    };
    let of_resources = |first: u128, second: u128| -> Change {
        resource(first, resource(second, ids.workspace(0)).id).into()
    };
    let of_roles = |first: u128, second: u128| -> Change {
        Role { includes: [role(second).id.into()].into(), ..role(first) }.into()
    };
    vec![
        Corruption::new("Cycle", [of_teams(1, 1)]),
        Corruption::new("Cycle", [of_teams(1, 2), of_teams(2, 1)]),
        Corruption::new("Cycle", [of_resources(1, 1)]),
        Corruption::new("Cycle", [of_resources(1, 2), of_resources(2, 3), of_resources(3, 1)]),
        Corruption::new("Cycle", [of_roles(1, 1)]),
        Corruption::new("Cycle", [of_roles(1, 2), of_roles(2, 1)]),
    ]
}

/// Ids and keys that are or were somebody else's.
fn used_before(ids: Ids) -> Vec<Corruption> {
    let keyed = |number: u128, key: &str| -> Change {
        let workspace = Workspace::new(WorkspaceId::from_u128(0xc_0000 + number), name());
        Workspace { key: Some(Key::new(key).unwrap()), ..workspace }.into()
    };
    let inbox = |number: u128| -> Change {
        let key = Some(Key::new("twice").unwrap());
        Resource { key, ..resource(number, ids.workspace(0)) }.into()
    };
    let passing = Request { id: ids.request(PASSING), ..request(1, back(ids.sub_account(0))) };
    let let_go = [team(1).into(), Remove::Team(team(1).id).into(), team(1).into()];
    vec![
        Corruption::new("IdReused", [Workspace::new(ids.workspace(PASSING), name()).into()]),
        Corruption::new("IdReused", [Team::new(ids.team(PASSING), name()).into()]),
        Corruption::new("IdReused", [passing.into()]),
        Corruption::new("IdReused", let_go),
        Corruption::new("KeyReused", [keyed(1, "passing")]),
        Corruption::new("DuplicateKey", [keyed(1, "twice"), keyed(2, "twice")]),
        Corruption::new("DuplicateKey", [inbox(1), inbox(2)]),
    ]
}

/// Removals of what is not there, or of what is referred to.
fn still_needed(ids: Ids) -> Vec<Corruption> {
    let nested = Team { parent: Some(team(1).id), ..team(2) };
    let held = resource(1, ids.workspace(0));
    let inside = resource(2, held.id);
    let used = Assignment::allow(fresh(), ids.sub_account(0), role(1).id, Scope::Organization);
    let membership = Membership { sub_account: ids.sub_account(0), team: team(1).id };
    let gone = |remove| Corruption::new("NothingToRemove", [Change::Remove(remove)]);
    vec![
        gone(Remove::Workspace(WorkspaceId::from_u128(MISSING))),
        gone(Remove::Resource(ResourceId::from_u128(MISSING))),
        gone(Remove::Team(ids.team(PASSING))),
        gone(Remove::Role(RoleId::from_u128(MISSING))),
        gone(Remove::Assignment(AssignmentId::from_u128(MISSING))),
        gone(Remove::Consent(ConsentId::from_u128(MISSING))),
        gone(Remove::Invitation(InvitationId::from_u128(MISSING))),
        gone(Remove::Request(ids.request(PASSING))),
        Corruption::new("NotAMember", [team(1).into(), Remove::Membership(membership).into()]),
        Corruption::new(
            "StillReferenced",
            [team(1).into(), nested.into(), Remove::Team(team(1).id).into()],
        ),
        Corruption::new(
            "StillReferenced",
            [held.clone().into(), inside.into(), Remove::Resource(held.id).into()],
        ),
        Corruption::new(
            "StillReferenced",
            [role(1).into(), used.into(), Remove::Role(role(1).id).into()],
        ),
        Corruption::new(
            "Dangling",
            [team(1).into(), membership.into(), Remove::Team(team(1).id).into()],
        ),
    ]
}

/// Sub-accounts as they cannot be.
fn sub_accounts(world: &World) -> Vec<Corruption> {
    let owner = world.ids.sub_account(0);
    let fresh = SubAccount::member(SubAccountId::from_u128(0xc_0001));
    let service = SubAccount::service(SubAccountId::from_u128(0xc_0002), owner);
    let eve = SubAccount { status: Status::Invited, ..fresh.clone() };
    let turned = SubAccount { kind: SubAccountKind::Member, owner: None, ..service.clone() };
    let step = |from, to| {
        let steps = [from, to].map(|status| SubAccount { status, ..fresh.clone() }.into());
        Corruption::new("IllegalStatus", steps)
    };
    let of_service = SubAccount::service(SubAccountId::from_u128(0xc_0003), service.id);
    vec![
        Corruption::new(
            "GuestWithoutEnd",
            [SubAccount { kind: SubAccountKind::Guest, ..fresh.clone() }.into()],
        ),
        Corruption::new("ServiceOwner", [SubAccount { owner: None, ..service.clone() }.into()]),
        Corruption::new(
            "ServiceOwner",
            [SubAccount { owner: Some(owner), ..fresh.clone() }.into()],
        ),
        Corruption::new("ServiceOwner", [service.clone().into(), of_service.into()]),
        Corruption::new("KindChanged", [service.into(), turned.into()]),
        Corruption::new(
            "IllegalStatus",
            [SubAccount { status: Status::Left, ..fresh.clone() }.into()],
        ),
        Corruption::new("InvitationOf", [fresh.clone().into(), invitation(1, &fresh).into()]),
        Corruption::new(
            "InvitationOf",
            [eve.clone().into(), invitation(1, &eve).into(), fresh.clone().into()],
        ),
        Corruption::new(
            "InvitedTwice",
            [eve.clone().into(), invitation(1, &eve).into(), invitation(2, &eve).into()],
        ),
        step(Status::Invited, Status::Suspended),
        step(Status::Active, Status::Invited),
    ]
}

/// Too many, too deep, nothing at all, never.
fn out_of_bounds(ids: Ids) -> Vec<Corruption> {
    let limit = tenantry::model::LIST_LIMIT;
    let labels = (0..=limit).map(|number| Label::new(format!("label-{number}")).unwrap()).collect();
    let deep = (0..=tenantry::model::DEPTH_LIMIT as u128).map(|level| {
        let parent = level.checked_sub(1).map(|above| team(above).id);
        Team { parent, ..team(level) }.into()
    });
    let allow = Assignment::allow(fresh(), ids.sub_account(0), reader(), Scope::Organization);
    let nothing = Grant::any(PermissionNames::none());
    let for_nothing = Wants::Access {
        sub_account: ids.sub_account(0),
        grant: nothing.clone(),
        scope: Scope::Organization,
        ends: None,
    };
    let never = Consent {
        id: ConsentId::from_u128(0xc_0001),
        operators: HOME,
        scope: Scope::Organization,
        mask: PermissionNames::Full,
        starts: Some(moment(3)),
        ends: moment(3),
        by: Maker::Host,
    };
    vec![
        Corruption::new("TooMany", [Team { labels, ..team(1) }.into()]),
        Corruption::new("TooDeep", deep),
        Corruption::new("EmptyGrant", [allow.clone().with(|it| it.grant = nothing.clone()).into()]),
        Corruption::new("EmptyGrant", [request(1, for_nothing).into()]),
        Corruption::new(
            "DelegatedDeny",
            [allow
                .with(|it| {
                    it.effect = Effect::Deny;
                    it.delegator = Some(ids.sub_account(0));
                    it.validity = Validity::until(moment(2));
                })
                .into()],
        ),
        Corruption::new("EmptyWindow", [never.into()]),
    ]
}

/// Side rows that match nothing, and logins that are taken.
fn personal(organization: &Organization, ids: Ids) -> Vec<Corruption> {
    let row = |purpose, value: &str| {
        PersonalRow::new(PersonalId::from_u128(0xc_0001), purpose, [3; 32], value).unwrap()
    };
    let with = |row: &PersonalRow| SubAccount {
        login: Some(row.reference()),
        ..SubAccount::member(SubAccountId::from_u128(0xc_0001))
    };
    let corruption =
        |error, changes: Vec<Change>, personal| Corruption { error, changes, personal };
    let (login, reason) = (row(Purpose::Login, "new@example"), row(Purpose::Reason, "new@example"));
    let taken = row(Purpose::Login, "0@example");
    let erased = |login: &str, number: u128| SubAccount {
        erased: Some(organization.login_hash(&login.parse().unwrap())),
        ..SubAccount::member(SubAccountId::from_u128(0xc_0000 + number))
    };
    let both = SubAccount { login: Some(login.reference()), ..erased("gone@example", 1) };
    let asking = request(1, Wants::Join { login: login.reference(), name: None });
    let mut corruptions = vec![
        corruption("PersonalUnreferenced", Vec::new(), vec![login.clone()]),
        corruption("PersonalMismatch", vec![with(&login).into()], vec![taken.clone()]),
        corruption("PersonalMismatch", vec![with(&reason).into()], vec![reason]),
        corruption("DuplicateLogin", vec![with(&taken).into()], vec![taken]),
        corruption("DuplicateLogin", vec![erased("0@example", 1).into()], Vec::new()),
        corruption(
            "DuplicateLogin",
            vec![erased("gone@example", 1).into(), erased("gone@example", 2).into()],
            Vec::new(),
        ),
        corruption("ErasedWithLogin", vec![both.into()], vec![login.clone()]),
        corruption("PersonalMismatch", vec![asking.into()], vec![login]),
    ];
    let first = organization.sub_accounts().get(&ids.sub_account(0));
    if let Some(login) = first.and_then(|it| it.login) {
        let second = SubAccount {
            login: Some(login),
            ..SubAccount::member(SubAccountId::from_u128(0xc_0001))
        };
        corruptions.push(corruption("PersonalReused", vec![second.into()], Vec::new()));
    }
    corruptions
}

/// A closed organization stays closed.
fn closed(organization: &Organization) -> Vec<Corruption> {
    let profile = organization.profile();
    let closed = Profile { status: OrganizationStatus::Closed, ..profile.clone() };
    let open = Profile { status: OrganizationStatus::Active, ..profile.clone() };
    vec![Corruption::new("IllegalOrganizationStatus", [closed.into(), open.into()])]
}

/// A time after every change set of a world.
pub(crate) fn later(organization: &Organization) -> Timestamp {
    organization.time().checked_add(SignedDuration::from_secs(1)).unwrap()
}
