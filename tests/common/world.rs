//! Worlds: organizations built from blueprints.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tenantry::access::{Context, Decision, Query, Reference, Snapshot, Target};
use tenantry::catalog::Catalog;
use tenantry::clock::Clock;
use tenantry::model::record::Digest;
use tenantry::model::resource::Parent;
use tenantry::model::{
    Assignee, Assignment, Change, ChangeSet, Consent, Grant, Invitation, Key, Kind, Maker,
    Membership, Organization, OrganizationStatus, PersonalRow, Profile, Purpose, Remove, Request,
    Resource, Role, RoleName, RoleRef, Scope, SecurityPolicy, Status, SubAccount, SubAccountKind,
    Team, Wants, Workspace, WorkspaceStatus,
};
use tenantry::text::Name;
use tenantry::{
    AssignmentId, ConsentId, InvitationId, OrganizationId, PersonalId, RequestId, ResourceId,
    RoleId, SubAccountId, TeamId, WorkspaceId,
};

use super::application::{Permission, catalog};
use super::blueprint::{
    AssignmentPlan, Blueprint, Place, ResourcePlan, RolePlan, RoleUse, SubAccountPlan, What, Whom,
    WorkspacePlan,
};
use super::clock::TestClock;
use super::requests::{moment, start};

/// The organization that most tests ask.
pub(crate) const VISITED: OrganizationId = OrganizationId::from_u128(0x1001);
/// The organization of operators.
pub(crate) const HOME: OrganizationId = OrganizationId::from_u128(0x1002);
/// An organization that is nowhere.
pub(crate) const STRANGER: OrganizationId = OrganizationId::from_u128(0x1003);
/// A sub-account that is nowhere.
pub(crate) const NOBODY: SubAccountId = SubAccountId::from_u128(0xdead);

/// Which id stands for the noun at which position. With no salt ids ascend as positions do; every other salt scatters
/// them in its own way.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ids {
    pub(crate) salt: u64,
}

impl Ids {
    fn bits(self, noun: u64, position: usize) -> u128 {
        let number = (noun << 32) + position as u64 + 1;
        if self.salt == 0 {
            u128::from(number)
        } else {
            u128::from(scatter(number ^ self.salt)) << 64 | u128::from(number)
        }
    }

    pub(crate) fn workspace(self, position: usize) -> WorkspaceId {
        WorkspaceId::from_u128(self.bits(1, position))
    }

    pub(crate) fn resource(self, position: usize) -> ResourceId {
        ResourceId::from_u128(self.bits(2, position))
    }

    pub(crate) fn sub_account(self, position: usize) -> SubAccountId {
        SubAccountId::from_u128(self.bits(3, position))
    }

    pub(crate) fn team(self, position: usize) -> TeamId {
        TeamId::from_u128(self.bits(4, position))
    }

    pub(crate) fn role(self, position: usize) -> RoleId {
        RoleId::from_u128(self.bits(5, position))
    }

    pub(crate) fn assignment(self, position: usize) -> AssignmentId {
        AssignmentId::from_u128(self.bits(6, position))
    }

    pub(crate) fn consent(self, position: usize) -> ConsentId {
        ConsentId::from_u128(self.bits(7, position))
    }

    pub(crate) fn invitation(self, position: usize) -> InvitationId {
        InvitationId::from_u128(self.bits(8, position))
    }

    pub(crate) fn request(self, position: usize) -> RequestId {
        RequestId::from_u128(self.bits(9, position))
    }

    fn personal(self, noun: u64, position: usize) -> PersonalId {
        PersonalId::from_u128(self.bits(0x100 + noun, position))
    }

    pub(crate) fn scope(self, place: Place) -> Scope {
        match place {
            Place::Root => Scope::Organization,
            Place::Workspace(position) => self.workspace(position).into(),
            Place::Resource(position) => self.resource(position).into(),
        }
    }
}

/// A bijection of 64 bits that leaves no order in them: the last steps of `MurmurHash3`.
pub(crate) fn scatter(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ (bits >> 33)
}

/// An organization and what it was made from.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) blueprint: Blueprint,
    pub(crate) ids: Ids,
    pub(crate) organization: Organization,
    /// The change sets that made it.
    pub(crate) history: Vec<ChangeSet>,
}

impl World {
    /// The organization that most tests ask.
    pub(crate) fn new(blueprint: Blueprint) -> Self {
        Self::build(VISITED, blueprint, Ids::default(), 0)
    }

    /// The organization of operators.
    pub(crate) fn home(blueprint: Blueprint) -> Self {
        Self::build(HOME, blueprint, Ids::default(), 0)
    }

    /// An organization with these ids, its changes put in the order that `order` stands for; zero is the plain order.
    pub(crate) fn build(id: OrganizationId, blueprint: Blueprint, ids: Ids, order: u64) -> Self {
        let history = history(id, &blueprint, ids, order);
        let organization = replay(id, &history);
        Self { blueprint, ids, organization, history }
    }

    /// The same blueprint after a change to it.
    pub(crate) fn altered(&self, alter: impl FnOnce(&mut Blueprint)) -> Self {
        let mut blueprint = self.blueprint.clone();
        alter(&mut blueprint);
        Self::build(self.organization.id(), blueprint, self.ids, 0)
    }

    /// A snapshot whose clock stands still at the time of the reference.
    pub(crate) fn snapshot(&self, catalog: &Catalog<Permission>) -> Snapshot<Permission> {
        self.snapshot_on(catalog, TestClock::at(now()))
    }

    pub(crate) fn snapshot_on(
        &self,
        catalog: &Catalog<Permission>,
        clock: Arc<dyn Clock>,
    ) -> Snapshot<Permission> {
        Snapshot::compile_with_clock(self.organization.clone(), catalog, clock)
    }

    pub(crate) fn reference<'a>(
        &'a self,
        catalog: &'a Catalog<Permission>,
    ) -> Reference<'a, Permission> {
        Reference::new(&self.organization, catalog, now())
    }

    /// Its answers under a catalog.
    pub(crate) fn answers(&self, catalog: &Catalog<Permission>) -> Answers {
        Answers { ids: self.ids, snapshot: self.snapshot(catalog) }
    }

    /// Its answers on a clock.
    pub(crate) fn answers_on(&self, clock: Arc<dyn Clock>) -> Answers {
        Answers { ids: self.ids, snapshot: self.snapshot_on(catalog(), clock) }
    }

    /// Every sub-account.
    pub(crate) fn sub_accounts(&self) -> Vec<SubAccountId> {
        (0..self.blueprint.sub_accounts.len()).map(|it| self.ids.sub_account(it)).collect()
    }

    /// Every scope.
    pub(crate) fn scopes(&self) -> Vec<Scope> {
        places(&self.blueprint).into_iter().map(|place| self.ids.scope(place)).collect()
    }

    /// What leads to a scope or to none by other ways: ids of organizations, keys, ids that stand for nothing.
    pub(crate) fn detours(&self) -> [Target; 7] {
        let organization = &self.organization;
        let inbox = Kind::new(KIND).unwrap();
        [
            organization.id().into(),
            STRANGER.into(),
            WorkspaceId::from_u128(0xdead).into(),
            ResourceId::from_u128(self.ids.workspace(0).to_u128()).into(),
            organization.workspace_by_key("workspace-0").into(),
            organization.resource_by_key(&inbox, &Key::new("resource-0").unwrap()).into(),
            organization.workspace_by_key("resource-0").into(),
        ]
    }

    /// Its JSON.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(&self.organization).unwrap()
    }
}

/// One place of a question: who, where and in which context, by position.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) who: usize,
    pub(crate) place: Place,
    pub(crate) context: Context,
}

/// Everybody everywhere in every context.
pub(crate) fn everywhere(blueprint: &Blueprint, contexts: &[Context]) -> Vec<Asked> {
    let contexts = |who, place| {
        contexts.iter().map(move |context| Asked { who, place, context: context.clone() })
    };
    pairs(blueprint).flat_map(|(who, place)| contexts(who, place)).collect()
}

/// Everybody everywhere, the contexts taking turns.
pub(crate) fn in_turn(blueprint: &Blueprint, contexts: &[Context]) -> Vec<Asked> {
    pairs(blueprint)
        .zip(contexts.iter().cycle())
        .map(|((who, place), context)| Asked { who, place, context: context.clone() })
        .collect()
}

fn pairs(blueprint: &Blueprint) -> impl Iterator<Item = (usize, Place)> {
    let places = places(blueprint);
    (0..blueprint.sub_accounts.len())
        .flat_map(move |who| places.clone().into_iter().map(move |place| (who, place)))
}

pub(crate) fn places(blueprint: &Blueprint) -> Vec<Place> {
    let workspaces = (0..blueprint.workspaces.len()).map(Place::Workspace);
    let resources = (0..blueprint.resources.len()).map(Place::Resource);
    std::iter::once(Place::Root).chain(workspaces).chain(resources).collect()
}

/// A snapshot that is asked by position.
#[derive(Debug)]
pub(crate) struct Answers {
    ids: Ids,
    pub(crate) snapshot: Snapshot<Permission>,
}

impl Answers {
    pub(crate) fn check(&self, asked: &Asked, permissions: Permission) -> Decision {
        let (who, target) = (self.ids.sub_account(asked.who), self.ids.scope(asked.place));
        self.snapshot.check_in(&asked.context, who, permissions, target)
    }

    pub(crate) fn permissions(&self, asked: &Asked) -> Permission {
        let subject = self.snapshot.subject(self.ids.sub_account(asked.who));
        subject.in_context(asked.context.clone()).permissions(self.ids.scope(asked.place))
    }

    pub(crate) fn query(&self, asked: &Asked, permissions: Permission) -> Query<Permission> {
        let (who, target) = (self.ids.sub_account(asked.who), self.ids.scope(asked.place));
        Query::new(who, permissions, target).in_context(asked.context.clone())
    }
}

const KIND: &str = "inbox";

/// The kinds of resources.
pub(crate) const KINDS: [&str; 2] = [KIND, "channel"];

/// The time of every question that names none: amid the moments.
pub(crate) fn now() -> Timestamp {
    moment(1)
}

/// Founds an organization by the first change set and applies the others.
pub(crate) fn replay(id: OrganizationId, history: &[ChangeSet]) -> Organization {
    let (first, rest) = history.split_first().unwrap();
    let mut organization = Organization::create(id, first).unwrap();
    for changes in rest {
        organization.apply(changes).unwrap();
    }
    organization
}

/// Three change sets: everything, with something that is not to stay; then every status; then the removal of what does
/// not stay, so that ids and keys are retired.
fn history(id: OrganizationId, blueprint: &Blueprint, ids: Ids, order: u64) -> Vec<ChangeSet> {
    let mut personal = Vec::new();
    let mut profile = profile(blueprint);
    let mut puts: Vec<Change> = Vec::new();
    puts.extend(blueprint.workspaces.iter().enumerate().map(|it| workspace(ids, it).into()));
    puts.extend(blueprint.resources.iter().enumerate().map(|it| resource(ids, it).into()));
    let mut statuses: Vec<Change> = Vec::new();
    for (position, plan) in blueprint.sub_accounts.iter().enumerate() {
        let sub_account = sub_account(ids, position, plan, &mut personal);
        if !sub_account.status.may_start() {
            statuses.push(departed(id, sub_account.clone(), position).into());
        }
        if sub_account.status == Status::Invited {
            puts.push(invitation(ids, position).into());
        }
        let may_start = sub_account.status.may_start();
        let status = if may_start { sub_account.status } else { Status::Active };
        puts.push(SubAccount { status, ..sub_account }.into());
    }
    for (position, parent) in blueprint.teams.iter().enumerate() {
        let team = Team::new(ids.team(position), name("team"));
        puts.push(Team { parent: parent.map(|it| ids.team(it)), ..team }.into());
    }
    for (sub_account, team) in &blueprint.memberships {
        if *team < blueprint.teams.len() {
            let sub_account = ids.sub_account(*sub_account);
            puts.push(Membership { sub_account, team: ids.team(*team) }.into());
        }
    }
    puts.extend(blueprint.roles.iter().enumerate().map(|it| role(ids, it).into()));
    let people = blueprint.sub_accounts.len();
    for (position, plan) in blueprint.assignments.iter().enumerate() {
        let by = maker(ids, position, people);
        let assignment = assignment(ids, position, plan, &mut personal);
        puts.push(Assignment { by, ..assignment }.into());
    }
    puts.extend(requests(blueprint, ids, &mut personal).into_iter().map(Change::from));
    for (position, plan) in blueprint.consents.iter().enumerate() {
        let consent = Consent {
            id: ids.consent(position),
            operators: plan.operators,
            scope: ids.scope(plan.place),
            mask: plan.mask.clone(),
            starts: plan.starts,
            ends: plan.ends,
            by: maker(ids, position + 1, people),
        };
        puts.push(consent.into());
    }
    let passing = Passing::new(ids);
    puts.extend(passing.puts());
    if blueprint.status != OrganizationStatus::Active {
        statuses.push(Profile { status: blueprint.status, ..profile.clone() }.into());
    }
    profile.status = OrganizationStatus::Active;
    shuffle(&mut puts, order);
    shuffle(&mut statuses, order);
    puts.insert(0, profile.into());
    let set = |hours, changes, personal| {
        let time = start().checked_add(SignedDuration::from_hours(hours)).unwrap();
        ChangeSet { time, changes, personal }
    };
    vec![
        set(0, puts, personal),
        set(1, statuses, Vec::new()),
        set(2, passing.removals(), Vec::new()),
    ]
}

/// Puts `items` into the order that `order` stands for.
pub(crate) fn shuffle<T>(items: &mut Vec<T>, order: u64) {
    if order != 0 {
        let mut keyed: Vec<(u64, T)> = (0_u64..)
            .zip(items.drain(..))
            .map(|(position, item)| (scatter(position ^ order), item))
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        items.extend(keyed.into_iter().map(|(_, item)| item));
    }
}

/// The position of nouns that come and go before anybody asks.
pub(crate) const PASSING: usize = 900;

/// Those nouns.
struct Passing {
    workspace: WorkspaceId,
    team: TeamId,
    membership: Membership,
    request: Request,
}

impl Passing {
    fn new(ids: Ids) -> Self {
        let (workspace, team) = (ids.workspace(PASSING), ids.team(PASSING));
        let sub_account = ids.sub_account(0);
        let membership = Membership { sub_account, team };
        let wants = Wants::Rejoin { sub_account, restore: false };
        let (id, expires) = (ids.request(PASSING), moment(1));
        let request = Request { id, wants, requester: Maker::Host, reason: None, expires };
        Self { workspace, team, membership, request }
    }

    fn puts(&self) -> [Change; 4] {
        let key = Some(Key::new("passing").unwrap());
        let workspace = Workspace { key, ..Workspace::new(self.workspace, name("passing")) };
        let team = Team::new(self.team, name("passing"));
        [workspace.into(), team.into(), self.membership.into(), self.request.clone().into()]
    }

    fn removals(&self) -> Vec<Change> {
        vec![
            Remove::Membership(self.membership).into(),
            Remove::Team(self.team).into(),
            Remove::Workspace(self.workspace).into(),
            Remove::Request(self.request.id).into(),
        ]
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn profile(blueprint: &Blueprint) -> Profile {
    Profile {
        ceiling: blueprint.ceiling.clone(),
        security: SecurityPolicy { conditions: blueprint.policy.clone() },
        labels: blueprint.labels.clone(),
        ..Profile::new(name("organization"))
    }
}

fn key(noun: &str, position: usize) -> Key {
    Key::new(format!("{noun}-{position}")).unwrap()
}

fn workspace(ids: Ids, (position, plan): (usize, &WorkspacePlan)) -> Workspace {
    let archived = [WorkspaceStatus::Active, WorkspaceStatus::Archived];
    Workspace {
        key: plan.area.has_key.then(|| key("workspace", position)),
        inherits: plan.area.inherits.clone(),
        ceiling: plan.area.ceiling.clone(),
        labels: plan.area.labels.clone(),
        status: archived[usize::from(plan.is_archived)],
        ..Workspace::new(ids.workspace(position), name("workspace"))
    }
}

fn resource(ids: Ids, (position, plan): (usize, &ResourcePlan)) -> Resource {
    let parent: Parent = match plan.parent {
        Place::Workspace(position) => ids.workspace(position).into(),
        Place::Resource(position) => ids.resource(position).into(),
        Place::Root => panic!("a resource is in a workspace or in a resource"),
    };
    // The first is an inbox, by whose key it is asked for.
    let kind = Kind::new(KINDS[position % 3 / 2]).unwrap();
    Resource {
        key: plan.area.has_key.then(|| key("resource", position)),
        owner: plan.owner.map(|owner| ids.sub_account(owner)),
        inherits: plan.area.inherits.clone(),
        ceiling: plan.area.ceiling.clone(),
        labels: plan.area.labels.clone(),
        ..Resource::new(ids.resource(position), kind, parent)
    }
}

fn sub_account(
    ids: Ids,
    position: usize,
    plan: &SubAccountPlan,
    personal: &mut Vec<PersonalRow>,
) -> SubAccount {
    let is_service = plan.kind == SubAccountKind::Service;
    let mut row = |noun, purpose, value: String| {
        let row = PersonalRow::new(ids.personal(noun, position), purpose, [7; 32], value).unwrap();
        let reference = row.reference();
        personal.push(row);
        reference
    };
    SubAccount {
        kind: plan.kind,
        owner: is_service.then(|| ids.sub_account(plan.owner)),
        status: plan.status,
        credential_reset_required: plan.is_flagged,
        login: (!is_service).then(|| row(1, Purpose::Login, format!("{position}@example"))),
        name: (!is_service).then(|| row(2, Purpose::Name, format!("person {position}"))),
        ends: plan.ends,
        boundary: plan.boundary.clone(),
        labels: BTreeSet::new(),
        // Some had a login before, and some the same one.
        former_logins: (0..position % 3).map(|it| Digest::of([&it.to_be_bytes()[..]])).collect(),
        ..SubAccount::member(ids.sub_account(position))
    }
}

/// Who left, or was removed: every other one with the hash of the login in place of what is personal.
fn departed(id: OrganizationId, sub_account: SubAccount, position: usize) -> SubAccount {
    let may_be_erased = matches!(sub_account.status, Status::Left | Status::Removed);
    if !may_be_erased || sub_account.login.is_none() || position.is_multiple_of(2) {
        return sub_account;
    }
    let profile = Profile::new(name("organization")).into();
    let first = ChangeSet { time: start(), changes: vec![profile], personal: Vec::new() };
    let login = format!("{position}@example").parse().unwrap();
    let erased = Organization::create(id, &first).unwrap().login_hash(&login);
    SubAccount { login: None, name: None, erased: Some(erased), ..sub_account }
}

/// Every kind of maker in turn.
fn maker(ids: Ids, position: usize, people: usize) -> Maker {
    let sub_account = ids.sub_account(position % people);
    match position % 5 {
        0 => Maker::Host,
        3 => Maker::Operator { organization: OrganizationId::from_u128(7), sub_account },
        4 => Maker::Imported,
        _ => sub_account.into(),
    }
}

fn invitation(ids: Ids, position: usize) -> Invitation {
    Invitation {
        id: ids.invitation(position),
        sub_account: ids.sub_account(position),
        inviter: if position % 2 == 1 { ids.sub_account(0).into() } else { Maker::Imported },
        token: Digest::of([&position.to_be_bytes()[..]]),
        expires: moment(2),
    }
}

/// A request of each kind: for what the first assignments give, to come back, and to join.
fn requests(blueprint: &Blueprint, ids: Ids, personal: &mut Vec<PersonalRow>) -> Vec<Request> {
    let people = blueprint.sub_accounts.len();
    let request = |position, wants| Request {
        id: ids.request(position),
        wants,
        requester: maker(ids, position, people),
        reason: None,
        expires: moment(3),
    };
    let given = blueprint.assignments.iter().take(2).enumerate().map(|(position, plan)| {
        let plan = AssignmentPlan { has_reason: false, ..plan.clone() };
        let passing = assignment(ids, PASSING, &plan, personal);
        let (grant, ends) = (passing.grant.clone(), passing.validity.ends());
        let sub_account = ids.sub_account((position + 1) % people);
        request(position, Wants::Access { sub_account, grant, scope: passing.scope, ends })
    });
    let mut requests: Vec<Request> = given.collect();
    let sub_account = ids.sub_account(people - 1);
    requests.push(request(2, Wants::Rejoin { sub_account, restore: people.is_multiple_of(2) }));
    let row = |noun, purpose, value: &str| {
        PersonalRow::new(ids.personal(noun, 3), purpose, [5; 32], value).unwrap()
    };
    let rows = [
        row(4, Purpose::Applicant, "applicant@example"),
        row(5, Purpose::Name, "an applicant"),
        row(6, Purpose::Reason, "new here"),
    ];
    let [login, name, reason] = rows.each_ref().map(PersonalRow::reference);
    let join = request(3, Wants::Join { login, name: Some(name) });
    requests.push(Request { reason: Some(reason), ..join });
    personal.extend(rows);
    requests
}

fn role_ref(ids: Ids, role: &RoleUse) -> RoleRef {
    match role {
        RoleUse::System(name) => RoleRef::System(RoleName::new(name).unwrap()),
        RoleUse::Custom(position) => ids.role(*position).into(),
    }
}

fn role(ids: Ids, (position, plan): (usize, &RolePlan)) -> Role {
    Role {
        own: plan.own.clone(),
        includes: plan.includes.iter().map(|role| role_ref(ids, role)).collect(),
        ..Role::new(ids.role(position), name("role"), plan.any.clone())
    }
}

fn assignment(
    ids: Ids,
    position: usize,
    plan: &AssignmentPlan,
    personal: &mut Vec<PersonalRow>,
) -> Assignment {
    let assignee = match plan.whom {
        Whom::SubAccount(position) => Assignee::SubAccount(ids.sub_account(position)),
        Whom::Team(position) => Assignee::Team(ids.team(position)),
        Whom::MembersOf(place) => Assignee::MembersOf(ids.scope(place)),
    };
    let grant = match &plan.what {
        What::Role(role) => Grant::Role(role_ref(ids, role)),
        What::Permissions { any, own } => Grant::Permissions { any: any.clone(), own: own.clone() },
    };
    let reason = plan.has_reason.then(|| {
        let id = ids.personal(3, position);
        let row = PersonalRow::new(id, Purpose::Reason, [9; 32], "because").unwrap();
        let reference = row.reference();
        personal.push(row);
        reference.into()
    });
    Assignment {
        reason,
        ..Assignment::allow(ids.assignment(position), assignee, grant, ids.scope(plan.place))
    }
    .with(|it| {
        it.effect = plan.effect;
        it.reach = plan.reach.clone();
        it.validity = plan.validity;
        it.conditions.clone_from(&plan.conditions);
        it.delegator = plan.delegator.map(|delegator| ids.sub_account(delegator));
    })
}
