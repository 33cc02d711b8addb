//! Candidates: who or what an answer can be about at all.
//!
//! An allow at a scope comes from an assignment made there or above. So the places where one sub-account may do something
//! are among those at and below which it is given something; and whoever may do something at one place is among those to
//! whom something is assigned on the way there. Where finding those few would cost more than asking all, all are asked.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Bound, RangeBounds};

use crate::access::compile::{Compiled, Compiler, Line};
use crate::access::nodes::Node;
use crate::access::paths::teams_below;
use crate::catalog::Parts;
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Assignee, Assignment, Effect, Kind, Scope};
use crate::permission::Bits;

/// The most assignments and places that are read to know who or what can be concerned; beyond that, all are asked.
const NARROW: usize = 1 << 16;

/// How much may be read to know whom or what to ask, where there are so many: finding one of them takes some times as long
/// as walking on to the next.
fn most(all: usize) -> usize {
    NARROW.min(64.max(all / 4))
}

/// What a listing is about.
#[derive(Clone)]
pub(super) enum About<'a> {
    /// Nothing can be found.
    Nothing,
    /// The workspaces where a sub-account may do something.
    Workspaces(SubAccountId, Cow<'a, Line>),
    /// The resources of a kind where a sub-account may do something.
    Resources(SubAccountId, Cow<'a, Line>, Kind),
    /// The sub-accounts that may do something at a scope.
    SubAccounts(&'a Node),
}

/// Somebody somewhere: what one judgement is about.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// What is listed if the judgement is positive.
    pub(super) id: u128,
    pub(super) sub_account: SubAccountId,
    pub(super) node: &'a Node,
}

pub(super) type Candidates<'a> = Box<dyn Iterator<Item = Candidate<'a>> + 'a>;

impl<'a> About<'a> {
    /// The line of the one sub-account that it is about, if it is about one.
    pub(super) fn line(&self) -> Option<&Line> {
        match self {
            Self::Workspaces(_, line) | Self::Resources(_, line, _) => Some(line),
            Self::Nothing | Self::SubAccounts(_) => None,
        }
    }

    /// The candidates whose ids come after `after`, in their order.
    pub(super) fn candidates(
        &self,
        compiled: &'a Compiled,
        needs: &[Bits],
        after: Option<u128>,
    ) -> Candidates<'a> {
        match self {
            Self::Nothing => Box::new(std::iter::empty()),
            Self::Workspaces(id, line) => workspaces(compiled, *id, line, needs, after),
            Self::Resources(id, line, kind) => {
                resources(compiled, *id, line, kind.clone(), needs, after)
            }
            Self::SubAccounts(node) => sub_accounts(compiled, node, needs, after),
        }
    }
}

impl fmt::Debug for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Workspaces(id, _) => write!(f, "workspaces of {id:?}"),
            Self::Resources(id, _, kind) => write!(f, "resources of {id:?} of kind {kind:?}"),
            Self::SubAccounts(node) => match node.path.last() {
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
    compiled: &'a Compiled,
    sub_account: SubAccountId,
    line: &Line,
    needs: &[Bits],
    from: Option<u128>,
) -> Candidates<'a> {
    let workspace = |id| Scope::Workspace(WorkspaceId::from_u128(id));
    let range = (after(from, workspace), Bound::Included(workspace(u128::MAX)));
    let candidate = move |scope: Scope, node| match scope {
        Scope::Workspace(id) => Some(Candidate { id: id.to_u128(), sub_account, node }),
        Scope::Organization | Scope::Resource(_) => None,
    };
    let tops = tops(compiled, line, needs);
    if tops.contains(&Scope::Organization) {
        let nodes = compiled.nodes.range(range);
        return Box::new(nodes.filter_map(move |(scope, node)| candidate(*scope, node)));
    }
    let found: Vec<Scope> = tops.range(range).copied().collect();
    let nodes = found.into_iter().filter_map(|scope| Some((scope, compiled.nodes.get(&scope)?)));
    Box::new(nodes.filter_map(move |(scope, node)| candidate(scope, node)))
}

fn resources<'a>(
    compiled: &'a Compiled,
    sub_account: SubAccountId,
    line: &Line,
    kind: Kind,
    needs: &[Bits],
    from: Option<u128>,
) -> Candidates<'a> {
    let is_of_kind = move |node: &Node| node.kind.as_ref() == Some(&kind);
    let candidate = move |id: ResourceId, node| Candidate { id: id.to_u128(), sub_account, node };
    let tops = tops(compiled, line, needs);
    if let Some(below) = below(compiled, &tops) {
        let found = below.into_iter().filter(move |id| from.is_none_or(|from| id.to_u128() > from));
        let nodes = found.filter_map(move |id| Some((id, compiled.nodes.get(&id.into())?)));
        let of_kind = nodes.filter(move |(_, node)| is_of_kind(node));
        return Box::new(of_kind.map(move |(id, node)| candidate(id, node)));
    }
    let scope = |id| Scope::Resource(ResourceId::from_u128(id));
    let nodes = compiled.nodes.range((after(from, scope), Bound::Unbounded));
    Box::new(nodes.filter_map(move |(scope, node)| match scope {
        Scope::Resource(id) if is_of_kind(node) => Some(candidate(*id, node)),
        _ => None,
    }))
}

fn sub_accounts<'a>(
    compiled: &'a Compiled,
    node: &'a Node,
    needs: &[Bits],
    from: Option<u128>,
) -> Candidates<'a> {
    let candidate =
        move |sub_account: SubAccountId| Candidate { id: sub_account.to_u128(), sub_account, node };
    let range = (after(from, SubAccountId::from_u128), Bound::Unbounded);
    if let Some(concerned) = Concerned::at(compiled, node, needs) {
        let rest = concerned.into_iter().filter(move |id| range.contains(id));
        return Box::new(rest.map(candidate));
    }
    let all = compiled.organization.sub_accounts().range(range);
    Box::new(all.map(move |(id, _)| candidate(*id)))
}

/// The scopes at and below which a sub-account can have one of `needs`: there is one of its permissions that is given
/// nowhere else.
fn tops(compiled: &Compiled, line: &Line, needs: &[Bits]) -> BTreeSet<Scope> {
    let giving = |bit: Bits| -> BTreeSet<Scope> {
        let entries = [&line.entries, &compiled.everyone];
        let given = entries.into_iter().flat_map(|entries| {
            let plain = entries.plain.iter().map(|(scope, parts)| (*scope, *parts));
            let special = entries.special.iter().filter(|entry| entry.effect == Effect::Allow);
            plain.chain(special.map(|entry| (entry.scope, entry.parts)))
        });
        given.filter(|(_, parts)| parts.both().holds(bit)).map(|(scope, _)| scope).collect()
    };
    let rarest = |all: &Bits| {
        let scopes = all.iter().map(giving);
        scopes.min_by_key(|scopes| (scopes.contains(&Scope::Organization), scopes.len()))
    };
    needs.iter().filter_map(rarest).flatten().collect()
}

/// The resources at and below some scopes, in order; none if they are too many to be read first.
fn below(compiled: &Compiled, tops: &BTreeSet<Scope>) -> Option<Vec<ResourceId>> {
    if tops.contains(&Scope::Organization) {
        return None;
    }
    let organization = &compiled.organization;
    let most = most(organization.resources().len());
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
            if found.len() + open.len() > most {
                return None;
            }
            open.push(held);
        }
    }
    // What is below one top may be another.
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// Whom assignments on the way to a scope concern, in the finding.
struct Concerned<'a> {
    compiled: &'a Compiled,
    /// In no order, some more than once.
    found: Vec<SubAccountId>,
    /// How much more may be read.
    left: usize,
}

impl<'a> Concerned<'a> {
    /// Everybody who can have one of `needs` at a node; none if it is everybody, or too many to be read first.
    fn at(compiled: &'a Compiled, node: &Node, needs: &[Bits]) -> Option<Vec<SubAccountId>> {
        let left = most(compiled.organization.sub_accounts().len());
        let mut concerned = Self { compiled, found: Vec::new(), left };
        let assignments = concerned.on_the_way(node)?;
        for all in needs {
            let giving = |bit: Bits| {
                let giving = assignments.iter().filter(move |(_, parts)| parts.both().holds(bit));
                giving.map(|(assignment, _)| *assignment)
            };
            let all_get =
                |bit| giving(bit).any(|it| it.assignee == Assignee::MembersOf(Scope::Organization));
            let rarest = all.iter().min_by_key(|bit| (all_get(*bit), giving(*bit).count()))?;
            for assignment in giving(rarest) {
                concerned.add(assignment.assignee)?;
            }
        }
        concerned.found.sort_unstable();
        concerned.found.dedup();
        Some(concerned.found)
    }

    /// The allows made at the scopes of a node's path, and what they grant.
    fn on_the_way(&mut self, node: &Node) -> Option<Vec<(&'a Assignment, Parts)>> {
        let compiled = self.compiled;
        let mut compiler = Compiler::new(&compiled.organization, &compiled.catalog);
        let mut assignments = Vec::new();
        for step in node.path.iter() {
            for assignment in compiled.organization.assignments_by(step.scope, Relation::At) {
                self.read_one()?;
                if assignment.effect == Effect::Allow {
                    assignments.push((assignment, compiler.parts(&assignment.grant)));
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

    /// Whom an assignment names, directly or by team.
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

    fn read_one(&mut self) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        Some(())
    }
}
