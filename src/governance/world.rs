//! Worlds: in which combinations of limits a gain is judged.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;

use crate::governance::comparison::{Change, Pair, bounding};
use crate::governance::holding::Holding;
use crate::governance::limits::{Limit, Side, Treatment};
use crate::governance::names::NameSet;
use crate::governance::view::{Node, View};
use crate::id::SubAccountId;
use crate::model::{Reach, Scope, SubAccountKind};
use crate::text::Label;

/// Which limits are lifted.
#[allow(clippy::struct_excessive_bools, reason = "each is one limit and is read by its name")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct World<'a> {
    /// Whether the organization's own ceiling is lifted.
    pub(super) organization_ceiling: bool,
    /// The scopes whose ceilings are lifted.
    pub(super) ceilings: Among<Scope>,
    /// The scopes whose masks are lifted.
    pub(super) masks: Among<Scope>,
    /// The labels that every scope carries, as far as allows ask for them.
    pub(super) labels_for_allows: Among<&'a Label>,
    /// The same as far as denies ask for them.
    pub(super) labels_for_denies: Among<&'a Label>,
    /// Whether archived workspaces count as active.
    pub(super) archive: bool,
    /// Whether prerequisites are lifted.
    pub(super) prerequisites: bool,
    /// Whether the boundary of the account asked about is lifted.
    pub(super) boundary: bool,
    /// The instant up to which the end of the account asked about is lifted. `None` lifts no end.
    pub(super) ends_until: Option<Timestamp>,
    /// Whether the bound of a service by its owner is lifted.
    pub(super) service_bound: bool,
    /// Whether the limits of bounding accounts are lifted: boundary, status, flag and passed end.
    pub(super) bounder_limits: Option<BounderLimits>,
}

/// How the limits of bounding accounts are lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BounderLimits {
    /// The one account whose limits stay: the actor's, which gives no more than it has.
    pub(super) except: Option<SubAccountId>,
    /// The instant up to which ends have passed.
    pub(super) now: Timestamp,
}

/// Some of the things of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Among<T> {
    These(Vec<T>),
    AllBut(Vec<T>),
}

impl<T: PartialEq> Among<T> {
    /// None of them.
    pub(super) const NONE: Self = Self::These(Vec::new());

    /// All of them.
    pub(super) const ALL: Self = Self::AllBut(Vec::new());

    pub(super) fn has(&self, one: &T) -> bool {
        match self {
            Self::These(these) => these.contains(one),
            Self::AllBut(others) => !others.contains(one),
        }
    }

    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::These(these) if these.is_empty())
    }
}

impl World<'_> {
    /// What is lifted on one side, before anything is compared both ways. Ends that have passed at
    /// `now` can be lifted, and no others.
    pub(super) fn of(side: Side, now: Option<Timestamp>) -> Self {
        let mut world = Self {
            organization_ceiling: false,
            ceilings: Among::NONE,
            masks: Among::NONE,
            labels_for_allows: Among::NONE,
            labels_for_denies: Among::NONE,
            archive: false,
            prerequisites: false,
            boundary: false,
            ends_until: None,
            service_bound: false,
            bounder_limits: None,
        };
        for limit in Limit::ALL {
            match limit.treatment(side) {
                Treatment::Lifted | Treatment::LiftedUnlessRaised => world.set(limit, true, now),
                Treatment::Kept | Treatment::BothWays | Treatment::AsForGainer => {}
            }
        }
        world
    }

    /// The same world for the actor, whose own limits stay.
    fn for_actor(&self, now: Timestamp) -> Self {
        let mut world = self.clone();
        for limit in Limit::ALL {
            match limit.treatment(Side::Actor) {
                Treatment::Kept => world.set(limit, false, Some(now)),
                Treatment::Lifted => world.set(limit, true, Some(now)),
                Treatment::AsForGainer | Treatment::BothWays | Treatment::LiftedUnlessRaised => {}
            }
        }
        world
    }

    /// Lifts or keeps all limits of one kind.
    fn set(&mut self, limit: Limit, is_lifted: bool, now: Option<Timestamp>) {
        fn all<T: PartialEq>(is_lifted: bool) -> Among<T> {
            if is_lifted { Among::ALL } else { Among::NONE }
        }
        match limit {
            Limit::OrganizationCeiling => self.organization_ceiling = is_lifted,
            Limit::ScopeCeiling => self.ceilings = all(is_lifted),
            Limit::Boundary => self.boundary = is_lifted,
            Limit::PassedEnd => self.ends_until = now.filter(|_| is_lifted),
            Limit::Mask => self.masks = all(is_lifted),
            Limit::Label => {
                self.labels_for_allows = all(is_lifted);
                self.labels_for_denies = all(is_lifted);
            }
            Limit::Prerequisite => self.prerequisites = is_lifted,
            Limit::ServiceBound => self.service_bound = is_lifted,
            Limit::BounderLimits => {
                let lifted = now.map(|now| BounderLimits { except: None, now });
                self.bounder_limits = lifted.filter(|_| is_lifted);
            }
            Limit::Archive => self.archive = is_lifted,
            // A view never reads these, and always reads the others.
            Limit::CredentialFlag | Limit::Status | Limit::SecurityPolicy => {}
            Limit::FutureEnd | Limit::Window | Limit::Condition | Limit::Deny => {}
        }
    }

    /// The instant up to which the end of a bounding account is lifted, with its other limits;
    /// `None` if they stay.
    pub(super) fn lifts_limits_of(&self, bounder: SubAccountId) -> Option<Timestamp> {
        let lifted = self.bounder_limits.filter(|it| it.except != Some(bounder))?;
        Some(lifted.now)
    }
}

/// One limit that is compared both ways.
#[derive(Debug)]
enum Switch<'a> {
    Mask(Scope),
    Label(&'a Label),
    Prerequisites,
    ServiceBound,
    BounderLimits(BounderLimits),
    /// A ceiling that the change raises.
    Ceiling(Scope),
    /// The boundary, which the change raises.
    Boundary,
    /// The end, which has passed and which the change puts off.
    PassedEnd,
    /// The archive, from which the change takes a workspace back.
    Archive,
}

/// The worlds in which the two sides of a gain, and the reach that covers it, are compared.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) before: World<'a>,
    pub(super) after: World<'a>,
    pub(super) actor: World<'a>,
}

/// With more switches than these at one place, the sides are compared in one step: what is had at
/// most afterwards with what was had at least, covered by what the actor reaches at least. That
/// refuses more and never less.
const SWITCHES: usize = 6;

/// Who is compared at one pair of places.
pub(super) struct Parties<'g, 'a> {
    pub(super) before: Option<&'g Rc<Holding<'a>>>,
    pub(super) after: Option<&'g Rc<Holding<'a>>>,
    pub(super) actor: Option<&'g Rc<Holding<'a>>>,
}

impl<'a> Parties<'_, 'a> {
    /// The worlds in which they are compared at a pair of places.
    pub(super) fn comparisons(&self, change: &Change<'a>, pair: &Pair) -> Vec<Comparison<'a>> {
        let switches = self.switches(change, pair);
        let base = World::of(Side::Gainer, Some(change.now));
        if switches.len() > SWITCHES {
            return vec![coarse(&base, &switches, change.now)];
        }
        let mut worlds = vec![base];
        for switch in &switches {
            let flipped: Vec<_> =
                worlds.iter().map(|world| switch.flipped(world.clone())).collect();
            worlds.extend(flipped);
        }
        let alike = |world: World<'a>| Comparison {
            actor: world.for_actor(change.now),
            before: world.clone(),
            after: world,
        };
        worlds.into_iter().map(alike).collect()
    }

    /// The world in which the actor reaches least at a pair of places.
    pub(super) fn least(&self, change: &Change<'a>, pair: &Pair) -> World<'a> {
        let base = World::of(Side::Gainer, Some(change.now));
        coarse(&base, &self.switches(change, pair), change.now).actor
    }

    /// Every limit that is compared both ways and makes a difference to one of them.
    fn switches(&self, change: &Change<'a>, pair: &Pair) -> Vec<Switch<'a>> {
        let (earlier, later) = (&change.before, &change.after);
        let nodes = [earlier.node(pair.before.scope()), later.node(pair.after.scope())];
        let [node_before, node_after] = &nodes;
        let mut found = Found::default();
        let sides = [
            (earlier, self.before, node_before),
            (later, self.after, node_after),
            (earlier, self.actor, node_before),
        ];
        for (view, holding, node) in sides {
            let (Some(holding), Some(node)) = (holding, node) else { continue };
            found.note(view, holding, node);
            for bounding in bounding(view, holding) {
                found.note(view, &bounding, node);
            }
        }
        let both_ways = |limit: &Limit| {
            matches!(
                limit.treatment(Side::Gainer),
                Treatment::BothWays | Treatment::LiftedUnlessRaised
            )
        };
        let limits = Limit::ALL.into_iter().filter(both_ways);
        limits.flat_map(|limit| self.of(limit, change, &found, &nodes)).collect()
    }

    fn of(
        &self,
        limit: Limit,
        change: &Change<'a>,
        found: &Found<'a>,
        [before, after]: &[Option<Rc<Node<'a>>>; 2],
    ) -> Vec<Switch<'a>> {
        let full = change.before.register.full();
        let one = |is_there: bool, switch| is_there.then_some(switch).into_iter().collect();
        match limit {
            Limit::Mask => found.masks.iter().copied().map(Switch::Mask).collect(),
            Limit::Label => found.labels.iter().copied().map(Switch::Label).collect(),
            Limit::Prerequisite => {
                let alone = NameSet::known(change.before.catalog.alone());
                let universe = NameSet::known(change.before.catalog.vocabulary().universe());
                let dependent = found.gives.intersection(universe).difference(alone);
                one(!dependent.is_empty(), Switch::Prerequisites)
            }
            Limit::ServiceBound => {
                let is_service = |it: &&Rc<Holding<'_>>| it.kind == SubAccountKind::Service;
                let mut sides = self.before.iter().chain(self.after.iter()).copied();
                one(sides.any(|it| is_service(&it)), Switch::ServiceBound)
            }
            Limit::BounderLimits => {
                let except = self.actor.and_then(|it| it.id);
                let lifted = BounderLimits { except, now: change.now };
                let sides = [(&change.before, self.before), (&change.after, self.after)];
                let is_passed_on = sides.into_iter().any(|(view, holding)| {
                    holding.is_some_and(|holding| {
                        let mut delegators =
                            view.claims(holding).filter_map(|it| it.assignment.delegator);
                        delegators.any(|it| Some(it) != except)
                    })
                });
                one(is_passed_on, Switch::BounderLimits(lifted))
            }
            Limit::ScopeCeiling => {
                let ceiling = |node: &Option<Rc<Node<'a>>>, scope| {
                    let step = node.iter().flat_map(|it| &it.way).find(|it| it.scope == scope);
                    step.map_or(full, |step| step.ceiling)
                };
                let limited = before.iter().flat_map(|node| &node.way).map(|step| step.scope);
                let is_raised =
                    |scope: &Scope| !ceiling(before, *scope).holds(ceiling(after, *scope));
                limited.filter(is_raised).map(Switch::Ceiling).collect()
            }
            Limit::Boundary => {
                let is_raised = matches!((self.before, self.after), (Some(before), Some(after))
                    if !before.boundary.holds(after.boundary));
                one(is_raised, Switch::Boundary)
            }
            Limit::PassedEnd => {
                let is_over = |it: &Holding<'_>| it.ends.is_some_and(|ends| ends <= change.now);
                let is_put_off = matches!((self.before, self.after), (Some(before), Some(after))
                    if is_over(before) && !is_over(after));
                one(is_put_off, Switch::PassedEnd)
            }
            Limit::Archive => {
                let is_archived =
                    |node: &Option<Rc<Node<'a>>>| node.as_ref().is_some_and(|it| it.is_archived);
                one(is_archived(before) && !is_archived(after), Switch::Archive)
            }
            Limit::OrganizationCeiling
            | Limit::CredentialFlag
            | Limit::Status
            | Limit::FutureEnd
            | Limit::Window
            | Limit::Condition
            | Limit::Deny
            | Limit::SecurityPolicy => Vec::new(),
        }
    }
}

/// What some holders meet on the way to a place.
struct Found<'a> {
    /// Scopes with a mask that holds back something of what they have.
    masks: BTreeSet<Scope>,
    /// Labels that they ask for and no scope on the way carries.
    labels: BTreeSet<&'a Label>,
    /// Everything that they have on the way, whatever holds it back.
    gives: NameSet,
}

impl Default for Found<'_> {
    fn default() -> Self {
        Self { masks: BTreeSet::new(), labels: BTreeSet::new(), gives: NameSet::NONE }
    }
}

impl<'a> Found<'a> {
    fn note(&mut self, view: &View<'a>, holding: &Holding<'a>, node: &Node<'a>) {
        if let Some(consent) = holding.consent {
            self.note_gift(node, consent.scope, view.register.set(&consent.mask));
        }
        for claim in view.claims(holding) {
            let scope = claim.assignment.scope;
            if let Reach::Labelled(label) = &claim.assignment.reach {
                let mut way = node.way.iter().skip_while(|step| step.scope != scope).peekable();
                if way.peek().is_some() && !way.any(|step| step.labels.contains(label)) {
                    self.labels.insert(label);
                }
            }
            if claim.is_allow() {
                self.note_gift(node, scope, claim.gives.reach().both());
            }
        }
    }

    fn note_gift(&mut self, node: &Node<'_>, scope: Scope, gives: NameSet) {
        let mut way = node.way.iter().skip_while(|step| step.scope != scope);
        if way.next().is_none() {
            return;
        }
        self.gives = self.gives.union(gives);
        self.masks.extend(way.filter(|it| !it.inherits.holds(gives)).map(|it| it.scope));
    }
}

impl<'a> Switch<'a> {
    /// The world in which it stands the other way.
    fn flipped(&self, mut world: World<'a>) -> World<'a> {
        match self {
            Self::Mask(scope) => world.masks.flip(*scope),
            Self::Label(label) => {
                world.labels_for_allows.flip(label);
                world.labels_for_denies.flip(label);
            }
            Self::Prerequisites => world.prerequisites = !world.prerequisites,
            Self::ServiceBound => world.service_bound = !world.service_bound,
            Self::BounderLimits(lifted) => world.bounder_limits = Some(*lifted),
            Self::Ceiling(scope) => world.ceilings.flip(*scope),
            Self::Boundary => world.boundary = false,
            Self::PassedEnd => world.ends_until = None,
            Self::Archive => world.archive = false,
        }
        world
    }

    /// Whether the world without a flip is the one in which more is had.
    const fn is_lifted_at_first(&self) -> bool {
        match self {
            Self::Ceiling(_) | Self::Boundary | Self::PassedEnd | Self::Archive => true,
            Self::Mask(_)
            | Self::Label(_)
            | Self::Prerequisites
            | Self::ServiceBound
            | Self::BounderLimits(_) => false,
        }
    }
}

impl<T: PartialEq> Among<T> {
    fn flip(&mut self, one: T) {
        let (Self::These(list) | Self::AllBut(list)) = self;
        match list.iter().position(|it| *it == one) {
            Some(position) => drop(list.remove(position)),
            None => list.push(one),
        }
    }
}

/// What is had at most afterwards, was had at least before, and is reached at least by the actor.
fn coarse<'a>(base: &World<'a>, switches: &[Switch<'a>], now: Timestamp) -> Comparison<'a> {
    let (mut most, mut least) = (base.clone(), base.clone());
    for switch in switches {
        if let Switch::Label(label) = switch {
            // A label makes both allows and denies act.
            most.labels_for_allows.flip(label);
            least.labels_for_denies.flip(label);
        } else if switch.is_lifted_at_first() {
            least = switch.flipped(least);
        } else {
            most = switch.flipped(most);
        }
    }
    Comparison { actor: least.for_actor(now), before: least, after: most }
}
