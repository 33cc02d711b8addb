//! The candidates of a listing: the scopes or sub-accounts that it can contain at all.
//!
//! A permission at a scope comes from an assignment made there or above. The scopes where one
//! sub-account has it therefore lie at and below the scopes of its grants, and the sub-accounts
//! that have it at one scope are among the assignees on the path. If finding those few would cost
//! more than checking all, all are candidates.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Bound, RangeBounds};

use crate::access::compiled::organization::CompiledOrganization;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::subject::CompiledSubject;
use crate::access::compiled::subject_compiler::SubjectCompiler;
use crate::access::paths::teams_below;
use crate::catalog::Parts;
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Assignee, Assignment, Effect, Kind, Scope};
use crate::permission::Bits;

/// The most assignments and scopes that are read to find candidates; beyond that, all are
/// candidates.
const MOST_READ: usize = 1 << 16;

/// The read budget for candidates out of `all`: finding one takes several times as long as walking
/// on to the next.
fn read_budget(all: usize) -> usize {
    MOST_READ.min(64.max(all / 4))
}

/// What a listing looks for.
#[derive(Clone)]
pub(super) enum ListingQuery<'a> {
    /// Nothing can be found.
    Nothing,
    /// The workspaces where a sub-account has permissions.
    Workspaces(SubAccountId, Cow<'a, CompiledSubject>),
    /// The resources of a kind where a sub-account has permissions.
    Resources(SubAccountId, Cow<'a, CompiledSubject>, Kind),
    /// The sub-accounts that have permissions at a scope.
    SubAccounts(&'a CompiledScope),
}

/// One sub-account at one scope, to be checked.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// The id to list if the check allows.
    pub(super) id: u128,
    pub(super) sub_account: SubAccountId,
    pub(super) scope: &'a CompiledScope,
}

pub(super) type Candidates<'a> = Box<dyn Iterator<Item = Candidate<'a>> + 'a>;

impl<'a> ListingQuery<'a> {
    /// The subject of all candidates; `None` if they differ in it.
    pub(super) fn subject(&self) -> Option<&CompiledSubject> {
        match self {
            Self::Workspaces(_, subject) | Self::Resources(_, subject, _) => Some(subject),
            Self::Nothing | Self::SubAccounts(_) => None,
        }
    }

    /// The candidates with ids greater than `after`, in the order of ids.
    pub(super) fn candidates(
        &self,
        compiled: &'a CompiledOrganization,
        needs: &[Bits],
        after: Option<u128>,
    ) -> Candidates<'a> {
        match self {
            Self::Nothing => Box::new(std::iter::empty()),
            Self::Workspaces(id, subject) => workspaces(compiled, *id, subject, needs, after),
            Self::Resources(id, subject, kind) => {
                resources(compiled, *id, subject, kind.clone(), needs, after)
            }
            Self::SubAccounts(scope) => sub_accounts(compiled, scope, needs, after),
        }
    }
}

impl fmt::Debug for ListingQuery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Workspaces(id, _) => write!(f, "workspaces of {id:?}"),
            Self::Resources(id, _, kind) => write!(f, "resources of {id:?} of kind {kind:?}"),
            Self::SubAccounts(scope) => match scope.path.last() {
                Some(step) => write!(f, "sub-accounts at {:?}", step.scope),
                None => f.write_str("sub-accounts"),
            },
        }
    }
}

fn after<T>(after: Option<u128>, id: impl Fn(u128) -> T) -> Bound<T> {
    match after {
        Some(after) => Bound::Excluded(id(after)),
        None => Bound::Included(id(0)),
    }
}

fn workspaces<'a>(
    compiled: &'a CompiledOrganization,
    sub_account: SubAccountId,
    subject: &CompiledSubject,
    needs: &[Bits],
    from: Option<u128>,
) -> Candidates<'a> {
    let workspace = |id| Scope::Workspace(WorkspaceId::from_u128(id));
    let range = (after(from, workspace), Bound::Included(workspace(u128::MAX)));
    let candidate = move |key: Scope, scope| match key {
        Scope::Workspace(id) => Some(Candidate { id: id.to_u128(), sub_account, scope }),
        Scope::Organization | Scope::Resource(_) => None,
    };
    let tops = tops(compiled, subject, needs);
    if tops.contains(&Scope::Organization) {
        let scopes = compiled.scopes.range(range);
        return Box::new(scopes.filter_map(move |(key, scope)| candidate(*key, scope)));
    }
    let found: Vec<Scope> = tops.range(range).copied().collect();
    let scopes = found.into_iter().filter_map(|key| Some((key, compiled.scopes.get(&key)?)));
    Box::new(scopes.filter_map(move |(key, scope)| candidate(key, scope)))
}

fn resources<'a>(
    compiled: &'a CompiledOrganization,
    sub_account: SubAccountId,
    subject: &CompiledSubject,
    kind: Kind,
    needs: &[Bits],
    from: Option<u128>,
) -> Candidates<'a> {
    let is_of_kind = move |scope: &CompiledScope| scope.kind.as_ref() == Some(&kind);
    let candidate = move |id: ResourceId, scope| Candidate { id: id.to_u128(), sub_account, scope };
    let tops = tops(compiled, subject, needs);
    if let Some(below) = below(compiled, &tops) {
        let found = below.into_iter().filter(move |id| from.is_none_or(|from| id.to_u128() > from));
        let scopes = found.filter_map(move |id| Some((id, compiled.scopes.get(&id.into())?)));
        let of_kind = scopes.filter(move |(_, scope)| is_of_kind(scope));
        return Box::new(of_kind.map(move |(id, scope)| candidate(id, scope)));
    }
    let key = |id| Scope::Resource(ResourceId::from_u128(id));
    let scopes = compiled.scopes.range((after(from, key), Bound::Unbounded));
    Box::new(scopes.filter_map(move |(key, scope)| match key {
        Scope::Resource(id) if is_of_kind(scope) => Some(candidate(*id, scope)),
        _ => None,
    }))
}

fn sub_accounts<'a>(
    compiled: &'a CompiledOrganization,
    scope: &'a CompiledScope,
    needs: &[Bits],
    from: Option<u128>,
) -> Candidates<'a> {
    let candidate = move |sub_account: SubAccountId| Candidate {
        id: sub_account.to_u128(),
        sub_account,
        scope,
    };
    let range = (after(from, SubAccountId::from_u128), Bound::Unbounded);
    if let Some(assignees) = Assignees::at(compiled, scope, needs) {
        let rest = assignees.into_iter().filter(move |id| range.contains(id));
        return Box::new(rest.map(candidate));
    }
    let all = compiled.organization.sub_accounts().range(range);
    Box::new(all.map(move |(id, _)| candidate(*id)))
}

/// The scopes at and below which a sub-account can have one of `needs`. For each it takes the
/// needed permission that is granted at the fewest scopes.
fn tops(
    compiled: &CompiledOrganization,
    subject: &CompiledSubject,
    needs: &[Bits],
) -> BTreeSet<Scope> {
    let granting = |bit: Bits| -> BTreeSet<Scope> {
        let grants = [&subject.grants, &compiled.everyone];
        let granted = grants.into_iter().flat_map(|grants| {
            let plain = grants.plain.iter().map(|(scope, parts)| (*scope, *parts));
            let special = grants.special.iter().filter(|grant| grant.effect == Effect::Allow);
            plain.chain(special.map(|grant| (grant.scope, grant.parts)))
        });
        granted.filter(|(_, parts)| parts.both().holds(bit)).map(|(scope, _)| scope).collect()
    };
    let rarest = |all: &Bits| {
        let scopes = all.iter().map(granting);
        scopes.min_by_key(|scopes| (scopes.contains(&Scope::Organization), scopes.len()))
    };
    needs.iter().filter_map(rarest).flatten().collect()
}

/// The resources at and below some scopes, in order; `None` if they exceed the read budget.
fn below(compiled: &CompiledOrganization, tops: &BTreeSet<Scope>) -> Option<Vec<ResourceId>> {
    if tops.contains(&Scope::Organization) {
        return None;
    }
    let organization = &compiled.organization;
    let budget = read_budget(organization.resources().len());
    let mut found: Vec<ResourceId> = Vec::new();
    let mut open: Vec<EntityId> = tops.iter().copied().map(EntityId::from).collect();
    while let Some(entity) = open.pop() {
        if let EntityId::Resource(id) = entity {
            found.push(id);
            if !organization.has_nested_resources() {
                continue;
            }
        }
        for held in organization.referring(entity, Relation::Parent) {
            if found.len() + open.len() > budget {
                return None;
            }
            open.push(held);
        }
    }
    // One top may lie below another.
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// Collects the assignees on the path to a scope.
struct Assignees<'a> {
    compiled: &'a CompiledOrganization,
    /// Unordered, with duplicates.
    found: Vec<SubAccountId>,
    /// The rest of the read budget.
    budget: usize,
}

impl<'a> Assignees<'a> {
    /// The sub-accounts that can have one of `needs` at a scope; `None` if these are all, or exceed
    /// the read budget.
    fn at(
        compiled: &'a CompiledOrganization,
        scope: &CompiledScope,
        needs: &[Bits],
    ) -> Option<Vec<SubAccountId>> {
        let budget = read_budget(compiled.organization.sub_accounts().len());
        let mut assignees = Self { compiled, found: Vec::new(), budget };
        let assignments = assignees.allows_on_path(scope)?;
        for all in needs {
            let granting = |bit: Bits| {
                let granting = assignments.iter().filter(move |(_, parts)| parts.both().holds(bit));
                granting.map(|(assignment, _)| *assignment)
            };
            let is_for_all = |bit| {
                granting(bit).any(|it| it.assignee == Assignee::MembersOf(Scope::Organization))
            };
            let rarest = all.iter().min_by_key(|bit| (is_for_all(*bit), granting(*bit).count()))?;
            for assignment in granting(rarest) {
                assignees.add(assignment.assignee)?;
            }
        }
        assignees.found.sort_unstable();
        assignees.found.dedup();
        Some(assignees.found)
    }

    /// The allows made on the path of a scope, and the permissions that they grant.
    fn allows_on_path(&mut self, scope: &CompiledScope) -> Option<Vec<(&'a Assignment, Parts)>> {
        let compiled = self.compiled;
        let mut compiler = SubjectCompiler::new(&compiled.organization, &compiled.catalog);
        let mut assignments = Vec::new();
        for step in scope.path.iter() {
            for assignment in compiled.organization.assignments_by(step.scope, Relation::At) {
                self.read_one()?;
                if assignment.effect == Effect::Allow {
                    assignments.push((assignment, compiler.granted(&assignment.grant)));
                }
            }
        }
        Some(assignments)
    }

    fn add(&mut self, assignee: Assignee) -> Option<()> {
        match assignee {
            Assignee::MembersOf(Scope::Organization) => None,
            Assignee::MembersOf(scope) => {
                let organization = &self.compiled.organization;
                for membership in organization.assignments_by(scope, Relation::At) {
                    self.read_one()?;
                    if membership.effect == Effect::Allow {
                        self.add_named(membership.assignee)?;
                    }
                }
                Some(())
            }
            named => self.add_named(named),
        }
    }

    /// Adds the sub-accounts that an assignee names, directly or by team.
    fn add_named(&mut self, assignee: Assignee) -> Option<()> {
        match assignee {
            Assignee::SubAccount(id) => {
                self.read_one()?;
                self.found.push(id);
            }
            Assignee::Team(team) => {
                let organization = &self.compiled.organization;
                for team in teams_below(organization, [team]) {
                    for member in organization.referring(EntityId::Team(team), Relation::Member) {
                        self.read_one()?;
                        if let EntityId::SubAccount(id) = member {
                            self.found.push(id);
                        }
                    }
                }
            }
            Assignee::MembersOf(_) => {}
        }
        Some(())
    }

    /// Spends one read of the budget; `None` if it is exhausted.
    fn read_one(&mut self) -> Option<()> {
        self.budget = self.budget.checked_sub(1)?;
        Some(())
    }
}
