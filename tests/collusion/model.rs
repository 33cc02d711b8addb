//! A small world: one owner who does not take part, a few people who do, a host who does something
//! in between, an organization with two workspaces, and a search through everything that they can
//! make of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use tenantry::access::{Context, Ownership, Snapshot};
use tenantry::catalog::{AdminAction, Catalog, CatalogBuilder, RoleDefinition};
use tenantry::governance::{ActionError, IdSource, Proposer, propose};
use tenantry::model::{
    Assignee, Assignment, Change, ChangeSet, Effect, Maker, Organization, PersonalRow, Profile,
    RoleRef, Scope, ScopeKinds, SubAccount, SystemRole, Team, Workspace,
};
use tenantry::{
    Action, AssignmentId, ConsentId, Grant, Name, OrganizationId, PermissionNames, ResourceId,
    SubAccountId, TeamId, WorkspaceId,
};
use uuid::Uuid;

use crate::bound::{Bound, Point, scopes};
use crate::everybody::{Act, Transition, Worlds, is_in};
use crate::held::{Held, is_active};
use crate::lasting::{departed_leave_nothing, holders_of, what_was_denied_stays_with_the_login};
use crate::lifted::{Catalogs, Limit, Subset, changed, limits_of, subsets_of};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u8 {
        const READ = 1;
        const WRITE = 1 << 1;
        const ASSIGN = 1 << 2;
        const ADMIN = 1 << 3;
    }
}

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
pub(crate) const WRITER: SystemRole = SystemRole::new("writer");
/// Writes what it owns.
pub(crate) const AUTHOR: SystemRole = SystemRole::new("author");
/// Hands out writers without being one.
pub(crate) const DESK: SystemRole = SystemRole::new("desk");
/// Administers, and there is at most one; stands in a catalog when a story says so.
pub(crate) const CHIEF: SystemRole = SystemRole::new("chief");
/// What the maker of a scope has there.
pub(crate) const KEEPER: SystemRole = SystemRole::new("keeper");

pub(crate) const LIN: SubAccountId = SubAccountId::from_u128(1);
pub(crate) const ANN: SubAccountId = SubAccountId::from_u128(2);
pub(crate) const BEN: SubAccountId = SubAccountId::from_u128(3);
pub(crate) const CAT: SubAccountId = SubAccountId::from_u128(4);
pub(crate) const TEAM: TeamId = TeamId::from_u128(5);
pub(crate) const W: Scope = Scope::Workspace(WORKSPACE);
pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(6);
/// A resource that is there when a story says so.
pub(crate) const THING: ResourceId = ResourceId::from_u128(7);
/// A resource that somebody may make.
pub(crate) const MADE: ResourceId = ResourceId::from_u128(8);
/// A second workspace, which is there when a story says so.
pub(crate) const OTHER: WorkspaceId = WorkspaceId::from_u128(12);
pub(crate) const ROOT: Scope = Scope::Organization;
/// The host's own organization, and whoever is an operator there.
pub(crate) const HOME: OrganizationId = OrganizationId::from_u128(13);
pub(crate) const OPERATOR: SubAccountId = SubAccountId::from_u128(14);

pub(crate) fn catalog() -> Catalog<Permission> {
    builder().build().unwrap()
}

/// The duties that a catalog keeps apart at one scope, if it keeps any apart.
pub(crate) const DUTIES: [SystemRole; 2] = [WRITER, DESK];

/// The most holders that [`CHIEF`] may have.
const MOST_CHIEFS: usize = 1;

pub(crate) fn builder() -> CatalogBuilder<Permission> {
    let scopes = ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE;
    let keeper = Permission::READ | Permission::ASSIGN | Permission::ADMIN;
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role(WRITER, Permission::READ | Permission::WRITE)
        .role_with(AUTHOR, Permission::READ, Permission::WRITE)
        .define(
            RoleDefinition::new(DESK).any(Permission::ASSIGN | Permission::READ).assigns([WRITER]),
        )
        .define(RoleDefinition::new(KEEPER).any(keeper).assignable(scopes))
        .owner(OWNER)
        .creator(KEEPER)
        .administration(Permission::ADMIN)
        .requires(AdminAction::Assign, Permission::ASSIGN)
        .requires(AdminAction::Deny, Permission::ASSIGN)
        .requires(AdminAction::Delegate, Permission::READ)
        .requires(AdminAction::Invite, Permission::ASSIGN)
        .requires(AdminAction::ApproveRequests, Permission::ASSIGN)
}

pub(crate) fn names(permissions: Permission) -> PermissionNames {
    catalog().names(permissions).unwrap()
}

pub(crate) fn bare(permissions: Permission) -> Grant {
    Grant::any(names(permissions))
}

pub(crate) fn name() -> Name {
    Name::new("name").unwrap()
}

/// The first moment, and the one after which nothing begins or ends.
pub(crate) fn moment(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
}

/// An assignment with an id of its own.
pub(crate) fn given(
    number: u128,
    to: impl Into<Assignee>,
    grant: impl Into<Grant>,
    scope: Scope,
) -> Assignment {
    Assignment::allow(AssignmentId::from_u128(number), to, grant, scope)
}

/// The owner, three people, an empty team, a workspace, and what a story adds.
pub(crate) fn start(also: impl IntoIterator<Item = Change>) -> Organization {
    start_with(also, Vec::new())
}

/// The same with personal rows.
pub(crate) fn start_with(
    also: impl IntoIterator<Item = Change>,
    personal: Vec<PersonalRow>,
) -> Organization {
    let mut changes: Vec<Change> = vec![Profile::new(name()).into()];
    changes.extend([LIN, ANN, BEN, CAT].map(|id| SubAccount::member(id).into()));
    changes.push(Team::new(TEAM, name()).into());
    changes.push(Workspace::new(WORKSPACE, name()).into());
    changes.push(given(1, LIN, OWNER, ROOT).into());
    changes.extend(also);
    let first = ChangeSet { time: moment(0), changes, personal };
    Organization::create(OrganizationId::from_u128(9), &first).unwrap()
}

/// Ids that count.
struct Counter(u128);

impl IdSource for Counter {
    fn id(&mut self) -> Result<Uuid, ActionError> {
        self.0 += 1;
        Ok(Uuid::from_u128(self.0))
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        Ok([7; 32])
    }
}

/// The points at which anybody could have something else, in one of some organizations.
fn points(organizations: &[&Organization], hour: i64) -> Vec<Point> {
    let assignments = || organizations.iter().flat_map(|it| it.assignments().values());
    let sessions: &[Option<bool>] = if assignments().any(|it| !it.conditions.is_empty()) {
        &[Some(true), Some(false), None]
    } else {
        &[None]
    };
    let mut points = Vec::new();
    for hour in hour..2 {
        for mfa in sessions {
            for owned in [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid] {
                let time = moment(hour);
                let context = Context::new().at(time).mfa(*mfa).ownership(owned);
                points.push(Point { time, owned, context });
            }
        }
    }
    points
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    SubAccount(SubAccountId),
    Operator(SubAccountId),
    /// Whoever accepts an invitation, on the authority of the inviter.
    Invitee(Maker),
    Host,
    Time,
}

/// One way in which things may stand.
#[derive(Clone)]
struct State {
    organization: Organization,
    hour: i64,
    /// How it came about, in words.
    steps: Vec<String>,
    /// What the group may come to reach; taken anew whenever it did not act itself.
    bound: Bound<Permission>,
    /// How often the host has acted.
    host_moves: usize,
    /// Every login that an account ever had.
    logins: BTreeMap<SubAccountId, BTreeSet<String>>,
    /// Who gave a consent.
    givers: BTreeMap<ConsentId, SubAccountId>,
    /// What was worked out of it.
    worlds: Rc<Worlds<Permission>>,
}

/// One step: who took it, in which session, and what was done.
struct Step {
    by: By,
    session: Option<Context>,
    actions: Vec<Action>,
}

/// What came of a search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Searched {
    pub(crate) states: usize,
    pub(crate) accepted: usize,
}

/// Everything that somebody tries, besides taking back any assignment.
pub(crate) type Menu<'s> = &'s dyn Fn(&Organization, SubAccountId) -> Vec<Action>;

/// What must be possible, and for whom.
pub(crate) type Possible<'s> = &'s dyn Fn(&Organization) -> Vec<(SubAccountId, Action)>;

/// A start, and what the group tries.
pub(crate) struct Story<'s> {
    pub(crate) start: Organization,
    pub(crate) catalog: Catalog<Permission>,
    pub(crate) menu: Menu<'s>,
    /// What operators try, if they may do anything.
    pub(crate) operators: Option<Menu<'s>>,
    /// What the host does, between any two steps.
    pub(crate) host: &'s dyn Fn(&Organization) -> Vec<Action>,
    /// How often the host does something.
    pub(crate) host_moves: usize,
    /// What must be possible in every state, and for whom.
    pub(crate) possible: Possible<'s>,
    /// How many steps are searched when the environment says nothing.
    pub(crate) depth: usize,
}

impl<'s> Story<'s> {
    /// A story in which the host does nothing and operators are not let in.
    pub(crate) fn new(start: Organization, menu: Menu<'s>, depth: usize) -> Self {
        Self {
            start,
            catalog: catalog(),
            menu,
            operators: None,
            host: &|_| Vec::new(),
            host_moves: 0,
            possible: &|_| Vec::new(),
            depth,
        }
    }

    /// The same, in which something must stay possible.
    pub(crate) fn in_which(self, possible: Possible<'s>) -> Self {
        Self { possible, ..self }
    }

    /// The same, in which the host does something so often.
    pub(crate) fn with_host(
        self,
        host: &'s dyn Fn(&Organization) -> Vec<Action>,
        host_moves: usize,
    ) -> Self {
        Self { host, host_moves, ..self }
    }

    pub(crate) fn with_operators(self, operators: Menu<'s>) -> Self {
        Self { operators: Some(operators), ..self }
    }

    pub(crate) fn under(self, catalog: Catalog<Permission>) -> Self {
        Self { catalog, ..self }
    }

    /// Searches every way in which things can come to stand, breadth first; panics where the group
    /// reaches more than it did, where the owner is none, or where a step breaks a promise.
    pub(crate) fn search(&self) -> Searched {
        let deeper: Option<isize> =
            std::env::var("COLLUSION_DEPTH").ok().and_then(|it| it.parse().ok());
        let depth = self.depth.saturating_add_signed(deeper.unwrap_or(0));
        let search = Search {
            story: self,
            catalogs: Catalogs::new(&self.catalog),
            home: home(&self.catalog),
        };
        let first = State {
            organization: self.start.clone(),
            hour: 0,
            steps: Vec::new(),
            bound: search.bound(&self.start),
            host_moves: 0,
            logins: logins_of(&self.start, BTreeMap::new()),
            givers: BTreeMap::new(),
            worlds: Rc::default(),
        };
        let mut seen = HashSet::from([first.content()]);
        let mut level = vec![first];
        let mut searched = Searched { states: 1, accepted: 0 };
        for _ in 0..depth {
            let mut next = Vec::new();
            for state in level {
                for (step, after) in search.after(&state) {
                    searched.accepted += usize::from(!matches!(step.by, By::Host | By::Time));
                    told(&after, search.of_step(&state, &step, &after));
                    if seen.insert(after.content()) {
                        told(&after, search.collusion(&after));
                        searched.states += 1;
                        next.push(after);
                    }
                }
            }
            level = next;
        }
        searched
    }
}

/// Everybody who is an operator has everything at home.
fn home(catalog: &Catalog<Permission>) -> Snapshot<Permission> {
    let changes: Vec<Change> = vec![
        Profile::new(name()).into(),
        SubAccount::member(OPERATOR).into(),
        given(1, OPERATOR, OWNER, ROOT).into(),
    ];
    let first = ChangeSet { time: moment(0), changes, personal: Vec::new() };
    Snapshot::compile(Organization::create(HOME, &first).unwrap(), catalog)
}

fn logins_of(
    organization: &Organization,
    mut so_far: BTreeMap<SubAccountId, BTreeSet<String>>,
) -> BTreeMap<SubAccountId, BTreeSet<String>> {
    for id in organization.sub_accounts().keys() {
        if let Some(login) = organization.login_of(*id) {
            so_far.entry(*id).or_default().insert(login.to_owned());
        }
    }
    so_far
}

/// A search under way.
struct Search<'s> {
    story: &'s Story<'s>,
    catalogs: Catalogs<Permission>,
    home: Snapshot<Permission>,
}

impl Search<'_> {
    fn bound(&self, start: &Organization) -> Bound<Permission> {
        let keeper = self.story.catalog.role_permissions(KEEPER).unwrap();
        Bound::new(start, &self.catalogs, [LIN].into(), keeper)
    }

    /// Everything that may come of a state by one step.
    fn after(&self, state: &State) -> Vec<(Step, State)> {
        let mut after = Vec::new();
        if state.hour == 0 {
            let step = Step { by: By::Time, session: None, actions: Vec::new() };
            let organization = state.organization.clone();
            after.push(self.stepped(state, step, organization));
        }
        let organization = &state.organization;
        let snapshot = Snapshot::compile(organization.clone(), &self.story.catalog);
        let mut try_one = |by: By, sessions: &[bool], action: Action| {
            for mfa in sessions {
                let context = Context::new().mfa(*mfa);
                let proposed = self.propose(&snapshot, state, by, &context, &action);
                if let Some(organization) = proposed {
                    let actions = vec![action];
                    let session = matches!(by, By::SubAccount(_) | By::Operator(_));
                    let step = Step { by, session: session.then_some(context), actions };
                    after.push(self.stepped(state, step, organization));
                    break;
                }
            }
        };
        let people = organization.sub_accounts().values();
        let is_acting = |it: &&SubAccount| it.id != LIN && is_active(it);
        for actor in people.filter(is_acting).map(|it| it.id) {
            let revokes = organization.assignments().keys().copied().map(Action::Revoke);
            for action in (self.story.menu)(organization, actor).into_iter().chain(revokes) {
                try_one(By::SubAccount(actor), &[false, true], action);
            }
        }
        if let Some(menu) = self.story.operators {
            for action in menu(organization, OPERATOR) {
                try_one(By::Operator(OPERATOR), &[false], action);
            }
        }
        for invitation in organization.invitations().values() {
            let by = By::Invitee(invitation.inviter);
            try_one(by, &[false], Action::AcceptInvitation(invitation.id));
        }
        if state.host_moves < self.story.host_moves {
            for action in (self.story.host)(organization) {
                try_one(By::Host, &[false], action);
            }
        }
        after
    }

    fn propose(
        &self,
        snapshot: &Snapshot<Permission>,
        state: &State,
        by: By,
        context: &Context,
        action: &Action,
    ) -> Option<Organization> {
        let proposer = match by {
            By::SubAccount(id) => Proposer::SubAccount(id),
            By::Operator(sub_account) => Proposer::Operator { home: &self.home, sub_account },
            By::Invitee(inviter) => Proposer::Invitee(inviter),
            By::Host => Proposer::Host,
            By::Time => return None,
        };
        let mut mint = Counter(1000 * (1 + state.steps.len() as u128));
        let actions = std::slice::from_ref(action);
        let time = moment(state.hour);
        let proposed = propose(snapshot, &proposer, context, actions, time, &mut mint);
        proposed.ok().map(|(_, organization)| organization)
    }

    /// What a step leads to.
    fn stepped(&self, state: &State, step: Step, organization: Organization) -> (Step, State) {
        let mut after = State { worlds: Rc::default(), ..state.clone() };
        let words = match (&step.by, &step.session) {
            (By::Time, _) => "time passes".to_owned(),
            (by, session) => {
                let mfa = session.as_ref().map_or("", |it| {
                    if *it == Context::new().mfa(true) { ", second factor" } else { "" }
                });
                format!("{by:?}{mfa}: {:?}", step.actions)
            }
        };
        after.steps.push(words);
        after.logins = logins_of(&organization, after.logins);
        for action in &step.actions {
            if let (Action::GiveConsent(consent), By::SubAccount(giver)) = (action, step.by) {
                after.givers.insert(consent.id, giver);
            }
            match (action, step.by) {
                (Action::Adopt(from), By::SubAccount(to)) => {
                    after.givers.values_mut().filter(|it| *it == from).for_each(|it| *it = to);
                }
                (Action::Adopt(from), By::Host) => after.givers.retain(|_, it| it != from),
                _ => {}
            }
        }
        match step.by {
            By::Time => {
                after.hour += 1;
                after.bound = self.bound(&organization);
            }
            By::Host => {
                after.host_moves += 1;
                after.bound = self.bound(&organization);
            }
            By::SubAccount(_) | By::Operator(_) | By::Invitee(_) => {
                after.bound.moved(&state.organization, &organization);
            }
        }
        after.organization = organization;
        (step, after)
    }

    /// Collusion safety, I1, and what must hold of every state.
    fn collusion(&self, state: &State) -> Result<(), String> {
        let (organization, now) = (&state.organization, moment(state.hour));
        let start = state.bound.start();
        let points = points(&[start, organization], state.hour);
        for subset in self.subsets(start, organization, now, 16) {
            state.bound.check(organization, now, &subset, &points)?;
        }
        let snapshot = Snapshot::compile(organization.clone(), &self.story.catalog);
        for (who, action) in (self.story.possible)(organization) {
            let (by, context) = (By::SubAccount(who), Context::new());
            if self.propose(&snapshot, state, by, &context, &action).is_none() {
                return Err(format!("K6: {who} may not {action}"));
            }
        }
        let owner = organization.sub_accounts().get(&LIN).unwrap();
        let plan = Profile { ceiling: None, ..organization.profile().clone() };
        let held = Held::new(&changed(organization, vec![plan.into()]), &self.story.catalog);
        for point in &points {
            let has = held.permissions(LIN, ROOT, &point.context);
            if has != Permission::all() || !is_active(owner) {
                return Err(format!("I1: the owner is none in {:?}", point.context));
            }
        }
        let catalog = &self.story.catalog;
        duties_are_apart(organization, catalog)?;
        let chiefs = holders_of(organization, catalog, &RoleRef::from(CHIEF)).len();
        let is_limited = catalog.role_permissions(CHIEF).is_some();
        if is_limited && chiefs > MOST_CHIEFS {
            return Err(format!("I3: {chiefs} chiefs"));
        }
        what_was_denied_stays_with_the_login(organization, catalog, &state.logins, &points)
    }

    /// What is promised of one step: whatever anybody gains, whoever took it covers (G2), nobody
    /// raises themselves (G4), owners are not locked out (G6), and nothing outlives whoever began
    /// it (G7).
    fn of_step(&self, before: &State, step: &Step, after: &State) -> Result<(), String> {
        let (old, new) = (&before.organization, &after.organization);
        let actor = match step.by {
            By::SubAccount(id) => Some(id),
            By::Invitee(inviter) => inviter.sub_account(),
            By::Operator(_) | By::Host | By::Time => None,
        };
        let by_host = matches!(step.by, By::Host | By::Time | By::Invitee(_));
        let givers = &after.givers;
        departed_leave_nothing(
            old,
            new,
            (by_host, actor),
            &step.actions,
            givers,
            moment(after.hour),
        )?;
        // On whose authority an invitation is accepted that nobody stands behind, nobody can say;
        // `collusion` looks at it.
        if matches!(step.by, By::Host | By::Time | By::Invitee(Maker::Host)) {
            return Ok(());
        }
        let change = Transition {
            before: old,
            after: new,
            catalogs: &self.catalogs,
            now: moment(after.hour),
            creator: self.story.catalog.role_permissions(KEEPER).unwrap(),
            worlds: &before.worlds,
        };
        let act = Act { actor, session: step.session.as_ref(), actions: &step.actions };
        let points = points(&[old, new], after.hour);
        for subset in self.subsets(old, new, change.now, 6) {
            change.check(&act, &subset, &points)?;
        }
        self.owners_are_not_locked_out(before, after)
    }

    /// Every subset of the limits of two organizations, or as many of them, drawn.
    fn subsets(
        &self,
        before: &Organization,
        after: &Organization,
        now: Timestamp,
        most: usize,
    ) -> Vec<Subset> {
        let needs = self.story.catalog.document().permissions.iter().any(|it| !it.needs.is_empty());
        let limits = limits_of(before, now).into_iter().chain(limits_of(after, now));
        let matters = |limit: &Limit| needs || *limit != Limit::Prerequisites;
        subsets_of(&limits.filter(matters).collect(), most)
    }

    /// G6: an owner can loosen whatever policy somebody set who is none.
    fn owners_are_not_locked_out(&self, before: &State, after: &State) -> Result<(), String> {
        let policy = |it: &State| it.organization.profile().security.clone();
        if policy(before) == policy(after) || !policy(before).conditions.is_empty() {
            return Ok(());
        }
        let snapshot = Snapshot::compile(after.organization.clone(), &self.story.catalog);
        let loosen = Action::SetSecurityPolicy(policy(before));
        for mfa in [None, Some(false), Some(true)] {
            let context = Context::new().mfa(mfa);
            let loosened = self.propose(&snapshot, after, By::SubAccount(LIN), &context, &loosen);
            if loosened.is_none() {
                return Err(format!("G6: the owner is locked out in {context:?}"));
            }
        }
        Ok(())
    }
}

#[track_caller]
fn told(after: &State, checked: Result<(), String>) {
    if let Err(error) = checked {
        let steps = after.steps.join("\n");
        assert!(error.is_empty(), "{error}, after\n{steps}");
    }
}

/// I2 at one scope: nobody has both duties there, itself or with its services, if the catalog keeps
/// them apart. A duty is had by whoever is given its role at the scope or above it.
fn duties_are_apart(
    organization: &Organization,
    catalog: &Catalog<Permission>,
) -> Result<(), String> {
    if catalog.document().duty_sets.is_empty() {
        return Ok(());
    }
    let has = |who: SubAccountId, duty: SystemRole, at: Scope| {
        let mut given = organization.assignments().values();
        let mut above = std::iter::successors(Some(at), |it| organization.parent(*it));
        let is_above: BTreeSet<Scope> = above.by_ref().collect();
        given.any(|it| {
            let to = match it.assignee {
                Assignee::SubAccount(id) => id == who,
                Assignee::Team(team) => is_in(organization, who, team),
                Assignee::MembersOf(scope) => scope == ROOT,
            };
            to && it.effect == Effect::Allow && it.grant == duty && is_above.contains(&it.scope)
        })
    };
    for person in organization.sub_accounts().keys().copied().filter(|it| *it != LIN) {
        let accounts = organization.sub_accounts().values();
        let accounts = accounts.filter(|it| it.id == person || it.owner == Some(person));
        let accounts: Vec<SubAccountId> = accounts.map(|it| it.id).collect();
        for at in scopes(organization) {
            let is_had = |duty| accounts.iter().any(|who| has(*who, duty, at));
            if DUTIES.into_iter().all(is_had) {
                return Err(format!("I2: {person} has both duties at {at:?}"));
            }
        }
    }
    Ok(())
}

impl State {
    /// What tells one state from another.
    fn content(&self) -> String {
        format!(
            "{} {} | {} | {:?} {:?}",
            self.hour,
            content(&self.organization),
            content(self.bound.start()),
            self.logins,
            self.givers
        )
    }
}

/// What an organization says, whatever the ids of its assignments and however it came about.
fn content(organization: &Organization) -> String {
    let mut assignments: Vec<String> = organization
        .assignments()
        .values()
        .map(|it| {
            let id = AssignmentId::from_u128(0);
            serde_json::to_string(&Assignment { id, by: Maker::Host, ..it.clone() }).unwrap()
        })
        .collect();
    assignments.sort_unstable();
    let tables = (
        organization.profile(),
        organization.workspaces().values().collect::<Vec<_>>(),
        organization.resources().values().collect::<Vec<_>>(),
        organization.sub_accounts().values().collect::<Vec<_>>(),
        organization.teams().values().collect::<Vec<_>>(),
        organization.memberships().keys().collect::<Vec<_>>(),
        organization.roles().values().collect::<Vec<_>>(),
        organization.requests().values().collect::<Vec<_>>(),
        organization.invitations().values().collect::<Vec<_>>(),
        organization.consents().values().collect::<Vec<_>>(),
    );
    format!("{} {assignments:?}", serde_json::to_string(&tables).unwrap())
}
