//! Equivalence classes of holders: two holders that have the same assignments and limits at a
//! location, and differ only in their ids, gain and lose the same there. So a change that affects
//! thousands of holders is checked once for each class.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;
use std::hash::Hash;
use std::rc::Rc;

use jiff::Timestamp;

use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::{AppliedAssignment, Holding};
use crate::governance::reach::names::{NameParts, NameSet};
use crate::governance::reach::query::OwnershipSource;
use crate::governance::reach::view::{RoleClosure, ScopePath, View};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Condition, Effect, Grant, Reach, Scope, ScopeKind, SubAccountKind};
use crate::text::Label;

/// The classes of one change, with the result of each.
#[derive(Debug)]
pub(crate) struct EquivalenceClasses<'a, J> {
    before: ScopeShapes<'a>,
    after: ScopeShapes<'a>,
    bounds: Ordinals<AccountLimits>,
    terms: Ordinals<TermsKey<'a>>,
    /// The assignments that the change adds by role.
    assigned: BTreeSet<AssignmentId>,
    judged: HashMap<ClassKey, J>,
}

/// The parts of a holder that decide its class, before and after; `None` where the holder does not
/// exist.
#[derive(Debug)]
pub(crate) struct ComparableHolder([Option<HoldingKey>; 2]);

/// Everything that decides what a holder gains and loses at one location.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ClassKey {
    is_below: bool,
    sides: [SideKey; 2],
}

/// One side of a [`ClassKey`]: before or after.
#[derive(Debug, PartialEq, Eq, Hash)]
struct SideKey {
    /// The number of the shape of the scope.
    form: usize,
    /// The number of the account limits, and for each assignment on the path its depth and the
    /// number of its terms.
    standing: Option<(usize, Vec<(usize, usize)>)>,
    /// Whether the holder is the registered owner, if there is one.
    owns: Option<bool>,
}

/// The parts of a holding that decide its class.
#[derive(Debug)]
struct HoldingKey {
    id: Option<SubAccountId>,
    bounds: usize,
    /// The scope of each assignment and the number of its terms.
    assignments: Vec<(Scope, usize)>,
}

/// The limits of the account itself.
#[derive(Debug, PartialEq, Eq, Hash)]
struct AccountLimits {
    boundary: NameSet,
    ends: Option<Timestamp>,
    kind: SubAccountKind,
}

/// Everything about an assignment but its scope and assignee.
#[derive(Debug, PartialEq, Eq, Hash)]
struct TermsKey<'a> {
    gives: GrantKey,
    effect: Effect,
    reach: &'a Reach,
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
    /// Those of the assignment, and those of the membership by which it applies.
    conditions: [&'a [Condition]; 2],
    /// Whether the change adds it.
    is_new: bool,
}

/// What an assignment gives.
#[derive(Debug, PartialEq, Eq, Hash)]
enum GrantKey {
    /// A role. A view holds one closure per role, so its address identifies it.
    Role(*const RoleClosure),
    Permissions(NameParts),
}

impl<'a, J: Clone + PartialEq + Debug> EquivalenceClasses<'a, J> {
    /// The classes of a change by an actor with this holding, which adds these assignments by role.
    pub(crate) fn new(
        change: &Transition<'a>,
        actor: Option<&Holding<'a>>,
        assigned: impl IntoIterator<Item = AssignmentId>,
    ) -> Self {
        Self {
            before: ScopeShapes::new(&change.before, actor),
            after: ScopeShapes::new(&change.after, actor),
            bounds: Ordinals::default(),
            terms: Ordinals::default(),
            assigned: assigned.into_iter().collect(),
            judged: HashMap::new(),
        }
    }

    /// A holder that can share a class; `None` if it has bounders (D13), because then their
    /// identity matters.
    pub(crate) fn comparable(
        &mut self,
        change: &Transition<'a>,
        [before, after]: [Option<&Rc<Holding<'a>>>; 2],
    ) -> Option<ComparableHolder> {
        let is_free = |view: &View<'a>, holding: Option<&Rc<Holding<'a>>>| {
            holding.is_none_or(|holding| {
                let mut applied = view.applied_to(holding);
                holding.owner.is_none()
                    && holding.consent.is_none()
                    && applied.all(|applied| applied.assignment.delegator.is_none())
            })
        };
        if !is_free(&change.before, before) || !is_free(&change.after, after) {
            return None;
        }
        Some(ComparableHolder(
            [before, after].map(|holding| Some(self.existing_violations(holding?))),
        ))
    }

    fn existing_violations(&mut self, holding: &Holding<'a>) -> HoldingKey {
        let Holding { id, boundary, ends, kind, .. } = *holding;
        let bounds = self.bounds.of(AccountLimits { boundary, ends, kind });
        let terms = |applied: &AppliedAssignment<'a>| {
            let terms = TermsKey {
                gives: match applied.assignment.grant {
                    Grant::Role(_) => GrantKey::Role(Rc::as_ptr(&applied.gives)),
                    Grant::Permissions { .. } => GrantKey::Permissions(applied.gives.parts),
                },
                effect: applied.assignment.effect,
                reach: &applied.assignment.reach,
                starts: applied.starts,
                ends: applied.ends,
                conditions: [
                    &applied.assignment.conditions,
                    applied.membership.map_or(&[], |membership| &membership.conditions),
                ],
                is_new: self.assigned.contains(&applied.assignment.id),
            };
            (applied.assignment.scope, self.terms.of(terms))
        };
        HoldingKey { id, bounds, assignments: holding.assignments.iter().map(terms).collect() }
    }

    /// The result for a holder at a pair of locations: the result of its class, if there is one,
    /// otherwise that of `judge`.
    pub(crate) fn judged<E>(
        &mut self,
        change: &Transition<'a>,
        pair: &LocationPair,
        holder: Option<&ComparableHolder>,
        judge: impl Fn() -> Result<J, E>,
    ) -> Result<J, E> {
        let class_key = holder.and_then(|holder| self.class_key(change, pair, holder));
        let Some(class_key) = class_key else { return judge() };
        if let Some(judged) = self.judged.get(&class_key) {
            debug_assert!(
                judge().is_ok_and(|anew| anew == *judged),
                "two who are alike were judged differently"
            );
            return Ok(judged.clone());
        }
        let judged = judge()?;
        self.judged.insert(class_key, judged.clone());
        Ok(judged)
    }

    /// The class of a holder at a pair of locations; `None` unless the location is the same before
    /// and after.
    fn class_key(
        &mut self,
        change: &Transition<'a>,
        pair: &LocationPair,
        ComparableHolder([before, after]): &ComparableHolder,
    ) -> Option<ClassKey> {
        let location = pair.after;
        if pair.before != location || pair.lost_from != Some(location) {
            return None;
        }
        let [_, _, (earlier, later)] = change.ownership_cases(pair);
        Some(ClassKey {
            is_below: location.is_below(),
            sides: [
                self.before.side(&change.before, location.scope(), before.as_ref(), earlier)?,
                self.after.side(&change.after, location.scope(), after.as_ref(), later)?,
            ],
        })
    }
}

/// The shapes of the scopes in one view. Two scopes have the same shape if only ids tell them
/// apart, from the organization down: masks, ceilings, labels, and the assignments there to
/// everyone, to the actor and to its bounders.
#[derive(Debug)]
struct ScopeShapes<'a> {
    /// The scopes of the assignments to everyone, to the actor and to its bounders.
    given: Vec<Scope>,
    numbers: Ordinals<ScopeShape<'a>>,
    known: HashMap<Scope, (usize, Rc<ScopePath<'a>>)>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ScopeShape<'a> {
    /// The number of its parent's shape.
    parent: Option<usize>,
    kind: ScopeKind,
    /// The permissions inherited from its parent.
    inherits: NameSet,
    /// Its own ceiling.
    ceiling: NameSet,
    labels: &'a BTreeSet<Label>,
    is_archived: bool,
    /// The indexes of the assignments that were made here.
    given: Vec<usize>,
}

impl<'a> ScopeShapes<'a> {
    fn new(view: &View<'a>, actor: Option<&Holding<'a>>) -> Self {
        let bounding = actor.map_or_else(Vec::new, |actor| view.bounders(actor));
        let of_actor = actor.into_iter().chain(bounding.iter().map(Rc::as_ref));
        let applied = view.everyone().iter().chain(of_actor.flat_map(|it| &it.assignments));
        let given = applied.map(|applied| applied.assignment.scope).collect();
        Self { given, numbers: Ordinals::default(), known: HashMap::new() }
    }

    fn side(
        &mut self,
        view: &View<'a>,
        scope: Scope,
        standing: Option<&HoldingKey>,
        registered: OwnershipSource,
    ) -> Option<SideKey> {
        let owns = match registered {
            OwnershipSource::Registered(Some(owner)) => standing.map(|it| it.id == Some(owner)),
            OwnershipSource::Registered(None) | OwnershipSource::Claimed(_) => None,
        };
        let (form, path) = self.of(view, scope)?;
        let standing = standing.map(|HoldingKey { bounds, assignments: applied, .. }| {
            let depth = |at: &Scope| path.steps.iter().position(|step| step.scope == *at);
            let on_the_way = applied.iter().filter_map(|(at, terms)| Some((depth(at)?, *terms)));
            let mut applied: Vec<_> = on_the_way.collect();
            applied.sort_unstable();
            (*bounds, applied)
        });
        Some(SideKey { form: *form, standing, owns })
    }

    /// The number of the shape of a scope, and the path to it; `None` if the scope does not exist.
    fn of(&mut self, view: &View<'a>, scope: Scope) -> Option<&(usize, Rc<ScopePath<'a>>)> {
        if !self.known.contains_key(&scope) {
            let path = view.path_to(scope)?;
            let (here, above) = path.steps.split_last()?;
            let above = above.last();
            let parent = match above {
                Some(parent) => Some(self.of(view, parent.scope)?.0),
                None => None,
            };
            let given = self.given.iter().enumerate().filter(|(_, given)| **given == scope);
            let form = self.numbers.of(ScopeShape {
                parent,
                kind: scope.kind(),
                inherits: here.inherits,
                ceiling: here.ceiling,
                labels: here.labels,
                is_archived: path.is_archived,
                given: given.map(|(number, _)| number).collect(),
            });
            self.known.insert(scope, (form, path));
        }
        self.known.get(&scope)
    }
}

/// Numbers distinct values in the order of their first use.
#[derive(Debug)]
struct Ordinals<K>(HashMap<K, usize>);

impl<K> Default for Ordinals<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Ordinals<K> {
    fn of(&mut self, value: K) -> usize {
        let next = self.0.len();
        *self.0.entry(value).or_insert(next)
    }
}
