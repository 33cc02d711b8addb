//! Collusion safety: what a group reaches together, item by item, never grows by its own accepted
//! changes.
//!
//! An item is a scope, an instant, a session and whether what is asked about is owned. The group is
//! everybody who was no owner when its run began, services included, and the operators of other
//! organizations. It is compared with itself at that time, in the organization without a [`Subset`]
//! of its limits, the same one before and after.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;
use tenantry::access::{Context, Ownership};
use tenantry::model::{Organization, Scope};
use tenantry::{Permissions, SubAccountId};

use super::lifted::{BELOW, Catalogs, Lifted, Limit, Subset, limits_of};

/// One point at which reach is compared.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) time: Timestamp,
    pub(crate) owned: Ownership,
    pub(crate) context: Context,
}

/// Something that is asked about.
#[derive(Debug, Clone, Copy)]
struct Thing {
    /// Where it is asked about now.
    at: Scope,
    /// Where it was asked about when the run began: its parent, or below the organization, if it is
    /// newer.
    from: Scope,
    /// Whether it was made since, so that its maker has the creator's role there.
    made: bool,
}

/// The start without a subset of its limits, as of a time.
type World<P> = (Timestamp, Subset, Rc<Lifted<P>>);

/// What a group may come to reach. A clone shares what was worked out of the start.
#[derive(Debug, Clone)]
pub(crate) struct Bound<P> {
    start: Organization,
    catalogs: Catalogs<P>,
    owners: BTreeSet<SubAccountId>,
    /// What the creator's role gives.
    creator: P,
    things: Vec<Thing>,
    /// For every scope that is newer: what it is compared with.
    newer: BTreeMap<Scope, Scope>,
    worlds: Rc<RefCell<Vec<World<P>>>>,
}

impl<P: Permissions + std::fmt::Debug> Bound<P> {
    /// What everybody but these owners reaches from now on.
    pub(crate) fn new(
        start: &Organization,
        catalogs: &Catalogs<P>,
        owners: BTreeSet<SubAccountId>,
        creator: P,
    ) -> Self {
        let things = scopes(start).into_iter().map(|at| Thing { at, from: at, made: false });
        Self {
            start: start.clone(),
            catalogs: catalogs.clone(),
            owners,
            creator,
            things: things.collect(),
            newer: BTreeMap::new(),
            worlds: Rc::default(),
        }
    }

    pub(crate) fn start(&self) -> &Organization {
        &self.start
    }

    pub(crate) fn is_in_group(&self, who: SubAccountId) -> bool {
        !self.owners.contains(&who)
    }

    /// The group has changed something.
    pub(crate) fn moved(&mut self, old: &Organization, new: &Organization) {
        let mut ahead: Vec<Scope> =
            scopes(new).into_iter().filter(|it| !old.contains(*it)).collect();
        // What holds something new comes before it.
        ahead.sort_by_key(|it| depth(new, *it));
        for at in ahead {
            let from = match new.parent(at) {
                None | Some(Scope::Organization) => Scope::Workspace(BELOW),
                Some(parent) => self.newer.get(&parent).copied().unwrap_or(parent),
            };
            self.newer.insert(at, from);
            self.things.push(Thing { at, from, made: true });
        }
        self.things.retain_mut(|thing| {
            while !new.contains(thing.at) {
                // What was in a resource is asked about where that was; what was in a deleted
                // workspace is gone.
                match old.parent(thing.at) {
                    Some(parent) if parent != Scope::Organization => thing.at = parent,
                    _ => return false,
                }
            }
            true
        });
    }

    /// Checks at some points that the group reaches no more than it did, without a subset of the
    /// limits.
    pub(crate) fn check(
        &self,
        after: &Organization,
        now: Timestamp,
        subset: &Subset,
        points: &[Point],
    ) -> Result<(), String> {
        let Some((thing, point, more)) = self.grown(after, now, subset, points) else {
            return Ok(());
        };
        let (subset, thing, more) = match self.narrowed(after, now, subset, point) {
            Some((limits, thing, more)) => (Subset::Limits(limits), thing, more),
            None => (subset.clone(), thing, more),
        };
        let world = self.lift(after, now, &subset);
        let who = world.who_reaches(|it| self.is_in_group(it), more, thing.at, &point.context);
        let kinds: BTreeSet<_> = match &subset {
            Subset::Limits(limits) => limits.iter().map(Limit::kind).collect(),
            _ => BTreeSet::new(),
        };
        Err(format!(
            "collusion {kinds:?}: the group ({who}) reaches {more:?} more at {:?} (it was {:?}), without {subset:?}, at {:?} {:?}, {:?}",
            thing.at, thing.from, point.time, point.owned, point.context
        ))
    }

    /// Where the group reaches more than it did.
    fn grown<'p>(
        &self,
        after: &Organization,
        now: Timestamp,
        subset: &Subset,
        points: &'p [Point],
    ) -> Option<(Thing, &'p Point, P)> {
        let is_in_group = |who| self.is_in_group(who);
        let (then, world) = (self.world(now, subset), self.lift(after, now, subset));
        for thing in &self.things {
            for point in points.iter().filter(|it| it.time >= now) {
                let is_registered = |it| matches!(it, Scope::Resource(_));
                // Who is registered as the owner may differ; what is had as an owner is compared
                // with that.
                if point.owned == Ownership::Unsaid
                    && (is_registered(thing.at) || is_registered(thing.from))
                {
                    continue;
                }
                let reached = world.union(is_in_group, thing.at, &point.context);
                if reached.is_empty() {
                    continue;
                }
                let mut bound = then.union(is_in_group, thing.from, &point.context);
                if thing.made {
                    bound = bound.union(self.creator);
                }
                let more = reached.difference(bound);
                if !more.is_empty() {
                    return Some((*thing, point, more));
                }
            }
        }
        None
    }

    /// The fewest limits whose absence shows the same, for whoever reads it; none if the
    /// organization itself does.
    fn narrowed(
        &self,
        after: &Organization,
        now: Timestamp,
        subset: &Subset,
        point: &Point,
    ) -> Option<(BTreeSet<Limit>, Thing, P)> {
        let points = [point.clone()];
        let all = limits_of(&self.start, now).into_iter().chain(limits_of(after, now));
        let mut limits: BTreeSet<Limit> = all.filter(|it| subset.has(it)).collect();
        let grows = |limits: &BTreeSet<Limit>| {
            let subset = Subset::Limits(limits.clone());
            self.grown(after, now, &subset, &points).map(|(thing, _, more)| (thing, more))
        };
        let (mut thing, mut more) = grows(&limits)?;
        for limit in limits.clone() {
            let mut fewer = limits.clone();
            fewer.remove(&limit);
            if let Some(still) = grows(&fewer) {
                (limits, (thing, more)) = (fewer, still);
            }
        }
        Some((limits, thing, more))
    }

    fn lift(&self, organization: &Organization, now: Timestamp, subset: &Subset) -> Lifted<P> {
        let stands_for = |scope| self.newer.get(&scope).copied().unwrap_or(scope);
        Lifted::new(organization, &self.catalogs, now, subset, &stands_for)
    }

    /// The organization as it was, without some of its limits; kept, because it is asked again.
    fn world(&self, now: Timestamp, subset: &Subset) -> Rc<Lifted<P>> {
        let mut worlds = self.worlds.borrow_mut();
        if let Some((_, _, world)) = worlds.iter().find(|it| (it.0, &it.1) == (now, subset)) {
            return Rc::clone(world);
        }
        let world = Rc::new(self.lift(&self.start, now, subset));
        worlds.push((now, subset.clone(), Rc::clone(&world)));
        world
    }
}

fn depth(organization: &Organization, scope: Scope) -> usize {
    std::iter::successors(Some(scope), |it| organization.parent(*it)).count()
}

/// Every scope of an organization.
pub(crate) fn scopes(organization: &Organization) -> Vec<Scope> {
    let workspaces = organization.workspaces().keys().copied().map(Scope::Workspace);
    let resources = organization.resources().keys().copied().map(Scope::Resource);
    std::iter::once(Scope::Organization).chain(workspaces).chain(resources).collect()
}
