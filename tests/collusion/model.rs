//! A small world: one owner who does not take part, a few people who do, an organization with one workspace, and a
//! search through everything that those people can make of it.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use tenantry::access::{Context, Ownership, Snapshot};
use tenantry::catalog::{AdminAction, Catalog, RoleDefinition};
use tenantry::governance::{ActionError, Mint, Proposer, propose};
use tenantry::model::{
    Assignment, Change, ChangeSet, Maker, Organization, Profile, Scope, ScopeKinds, SubAccount,
    SystemRole, Team, Workspace,
};
use tenantry::{
    Action, AssignmentId, Grant, Name, OrganizationId, PermissionNames, ResourceId, SubAccountId,
    TeamId, WorkspaceId,
};
use uuid::Uuid;

use crate::held::{Held, is_active};
use crate::imagined::{Asked, Imagined};

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
pub(crate) const ROOT: Scope = Scope::Organization;

pub(crate) fn catalog() -> Catalog<Permission> {
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
        .build()
        .unwrap()
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
    to: impl Into<tenantry::model::Assignee>,
    grant: impl Into<Grant>,
    scope: Scope,
) -> Assignment {
    Assignment::allow(AssignmentId::from_u128(number), to, grant, scope)
}

/// The owner, three people, an empty team, a workspace, and what a story adds.
pub(crate) fn start(also: impl IntoIterator<Item = Change>) -> Organization {
    let mut changes: Vec<Change> = vec![Profile::new(name()).into()];
    changes.extend([LIN, ANN, BEN, CAT].map(|id| SubAccount::member(id).into()));
    changes.push(Team::new(TEAM, name()).into());
    changes.push(Workspace::new(WORKSPACE, name()).into());
    changes.push(given(1, LIN, OWNER, ROOT).into());
    changes.extend(also);
    let first = ChangeSet { time: moment(0), changes, personal: Vec::new() };
    Organization::found(OrganizationId::from_u128(9), &first).unwrap()
}

/// Ids that count.
struct Counter(u128);

impl Mint for Counter {
    fn id(&mut self) -> Result<Uuid, ActionError> {
        self.0 += 1;
        Ok(Uuid::from_u128(self.0))
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        Ok([7; 32])
    }
}

/// A point at which reach is compared.
struct Point {
    hour: i64,
    owned: Ownership,
    context: Context,
}

fn points() -> Vec<Point> {
    let mut points = Vec::new();
    for hour in 0..2 {
        for mfa in [Some(true), Some(false), None] {
            for owned in [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid] {
                let context = Context::new().at(moment(hour)).mfa(mfa).ownership(owned);
                points.push(Point { hour, owned, context });
            }
        }
    }
    points
}

/// One way in which things may stand.
#[derive(Clone)]
struct State {
    organization: Organization,
    hour: i64,
    /// How it came about, in words.
    steps: Vec<String>,
    /// On whose authority the last step was taken, and in which session; none for an answer to an invitation.
    by: Option<(SubAccountId, Option<Context>)>,
}

/// What came of a search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Searched {
    pub(crate) states: usize,
    pub(crate) accepted: usize,
}

/// A start, and what the group tries.
pub(crate) struct Story<'s> {
    pub(crate) start: Organization,
    /// Everything that anybody tries, besides taking back any assignment.
    pub(crate) menu: &'s dyn Fn(&Organization, SubAccountId) -> Vec<Action>,
    /// How many steps are searched when the environment says nothing.
    pub(crate) depth: usize,
}

impl Story<'_> {
    /// Searches every way in which things can come to stand, breadth first; panics where the group reaches more than at
    /// the start or the owner is none.
    pub(crate) fn search(&self) -> Searched {
        let (catalog, points) = (catalog(), points());
        let deeper: Option<isize> =
            std::env::var("COLLUSION_DEPTH").ok().and_then(|it| it.parse().ok());
        let depth = self.depth.saturating_add_signed(deeper.unwrap_or(0));
        let bounds = self.bounds(&catalog, &points);
        let mut seen = HashSet::from([content(&self.start, 0)]);
        let first =
            State { organization: self.start.clone(), hour: 0, steps: Vec::new(), by: None };
        let mut level = vec![first];
        let mut searched = Searched { states: 1, accepted: 0 };
        for _ in 0..depth {
            let mut next = Vec::new();
            for state in level {
                let held = Held::new(&state.organization, &catalog);
                let imagined = Imagined::new(&state.organization, &catalog);
                for after in self.after(&state, &catalog, &mut searched) {
                    if seen.insert(content(&after.organization, after.hour)) {
                        check(&after, &catalog, &points, &bounds);
                        check_step(&held, &imagined, &after, &catalog, &points);
                        searched.states += 1;
                        next.push(after);
                    }
                }
            }
            level = next;
        }
        searched
    }

    /// What the group reaches at the start, at every scope and every point.
    fn bounds(
        &self,
        catalog: &Catalog<Permission>,
        points: &[Point],
    ) -> BTreeMap<Scope, Vec<Permission>> {
        let held = Held::new(&self.start, catalog);
        let organization = &self.start;
        let resources = organization.resources().keys().copied().map(Scope::Resource);
        let mut bounds: BTreeMap<Scope, Vec<Permission>> = BTreeMap::new();
        for scope in resources.chain([ROOT, W]) {
            let union = |point: &Point| union(&held, organization, scope, &point.context);
            bounds.insert(scope, points.iter().map(union).collect());
        }
        // What is made in the workspace is at most what that is, and its maker keeps it.
        let keeper = catalog.role_permissions(KEEPER).unwrap();
        let made = bounds[&W].iter().map(|it| it.union(keeper)).collect();
        bounds.insert(MADE.into(), made);
        bounds
    }

    /// Everything that may come of a state by one step.
    fn after(
        &self,
        state: &State,
        catalog: &Catalog<Permission>,
        searched: &mut Searched,
    ) -> Vec<State> {
        let mut after = Vec::new();
        if state.hour == 0 {
            let mut steps = state.steps.clone();
            steps.push("time passes".to_owned());
            let organization = state.organization.clone();
            after.push(State { hour: 1, steps, organization, by: None });
        }
        let organization = &state.organization;
        let snapshot = Snapshot::compile(organization.clone(), catalog);
        let people = organization.sub_accounts().values();
        for actor in people.filter(|it| it.id != LIN && is_active(it)).map(|it| it.id) {
            let revokes = organization.assignments().keys().copied().map(Action::Revoke);
            for action in (self.menu)(organization, actor).into_iter().chain(revokes) {
                for mfa in [false, true] {
                    let context = Context::new().mfa(mfa);
                    let proposed = propose(
                        &snapshot,
                        &Proposer::SubAccount(actor),
                        &context,
                        std::slice::from_ref(&action),
                        moment(state.hour),
                        &mut Counter(1000 * (1 + state.steps.len() as u128)),
                    );
                    if let Ok((_, organization)) = proposed {
                        searched.accepted += 1;
                        let mut steps = state.steps.clone();
                        steps.push(format!("{actor}, second factor {mfa}: {action:?}"));
                        let by = Some((actor, Some(context)));
                        after.push(State { organization, hour: state.hour, steps, by });
                        break;
                    }
                }
            }
        }
        for invitation in organization.invitations().values() {
            let proposed = propose(
                &snapshot,
                &Proposer::Invitee(invitation.inviter),
                &Context::new(),
                &[Action::AcceptInvitation(invitation.id)],
                moment(state.hour),
                &mut Counter(1000 * (1 + state.steps.len() as u128)),
            );
            if let Ok((_, organization)) = proposed {
                searched.accepted += 1;
                let mut steps = state.steps.clone();
                steps.push(format!("{} joins", invitation.sub_account));
                let by = invitation.inviter.sub_account().map(|inviter| (inviter, None));
                after.push(State { organization, hour: state.hour, steps, by });
            }
        }
        after
    }
}

/// What the active members of the group reach together.
fn union(
    held: &Held<Permission>,
    organization: &Organization,
    scope: Scope,
    context: &Context,
) -> Permission {
    let people = organization.sub_accounts().values().filter(|it| it.id != LIN && is_active(it));
    people.map(|it| held.reach(it.id, scope, context)).collect()
}

/// Collusion safety and I1.
fn check(
    state: &State,
    catalog: &Catalog<Permission>,
    points: &[Point],
    bounds: &BTreeMap<Scope, Vec<Permission>>,
) {
    let organization = &state.organization;
    let held = Held::new(organization, catalog);
    for (scope, bound) in bounds {
        // What was in a resource that is gone is asked about where that was.
        let at = match scope {
            Scope::Resource(id) if !organization.resources().contains_key(id) => W,
            scope => *scope,
        };
        for (point, bound) in points.iter().zip(bound) {
            if point.hour < state.hour
                || (point.owned == Ownership::Unsaid && matches!(scope, Scope::Resource(_)))
            {
                continue;
            }
            let more = union(&held, organization, at, &point.context).difference(*bound);
            assert!(
                more.is_empty(),
                "the group reaches {more:?} more of {scope:?} in {:?}, after\n{}",
                point.context,
                state.steps.join("\n")
            );
        }
    }
    for point in points.iter().filter(|point| point.hour >= state.hour) {
        let owner = held.permissions(LIN, ROOT, &point.context);
        let is_kept =
            owner == Permission::all() && is_active(organization.sub_accounts().get(&LIN).unwrap());
        assert!(
            is_kept,
            "the owner is none in {:?}, after\n{}",
            point.context,
            state.steps.join("\n")
        );
    }
}

/// Whatever anybody gained by the last step, real or imagined, whoever took it reached, then and now.
fn check_step(
    held: &Held<Permission>,
    before: &Imagined<Permission>,
    state: &State,
    catalog: &Catalog<Permission>,
    points: &[Point],
) {
    let Some((actor, session)) = &state.by else { return };
    let after = Imagined::new(&state.organization, catalog);
    let is_there = |it: &Scope| held.organization.contains(*it) && state.organization.contains(*it);
    for scope in [ROOT, W, THING.into(), MADE.into()].into_iter().filter(is_there) {
        for point in points.iter().filter(|point| point.hour >= state.hour) {
            if point.owned == Ownership::Unsaid && matches!(scope, Scope::Resource(_)) {
                continue;
            }
            let reach = |context| held.reach(*actor, scope, context);
            let now = session.clone().map(|it| it.at(moment(state.hour)).ownership(point.owned));
            let now = now.as_ref().unwrap_or(&point.context);
            let reached = [reach(&point.context), reach(now)];
            let says = |words: &str| state.steps.last().is_some_and(|it| it.contains(words));
            let (edits_roles, passes_on) = (says("ReplaceRole"), says("delegator: Some"));
            let asked = Asked { scope, context: &point.context, edits_roles, passes_on };
            for (who, gained) in after.gained_since(before, &asked) {
                assert!(
                    reached.iter().all(|reached| reached.contains(gained)),
                    "{who} gains {gained:?} at {scope:?} in {:?}, and the actor reaches {reached:?} then and now, after\n{}",
                    point.context,
                    state.steps.join("\n")
                );
            }
        }
    }
}

/// What an organization says, whatever the ids of its assignments and however it came about.
fn content(organization: &Organization, hour: i64) -> String {
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
    );
    format!("{hour} {} {assignments:?}", serde_json::to_string(&tables).unwrap())
}
