//! Likeness: everything of a holder that matters at one place, but who it is. Whoever is alike there gains and loses alike,
//! so a change that concerns thousands is judged once for each of the few ways in which they differ.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;
use std::hash::Hash;
use std::rc::Rc;

use jiff::Timestamp;

use crate::governance::comparison::{Change, Pair, bounding};
use crate::governance::holding::{Claim, Holding};
use crate::governance::names::{NameParts, NameSet};
use crate::governance::reach::{Owning, Place};
use crate::governance::view::{Node, RoleView, View};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Condition, Effect, Grant, Reach, Scope, ScopeKind, SubAccountKind};
use crate::text::Label;

/// What tells holders apart in one change, and what came of judging those who are not alike.
#[derive(Debug)]
pub(super) struct Likenesses<'a, J> {
    before: Forms<'a>,
    after: Forms<'a>,
    bounds: Numbers<Bounds>,
    terms: Numbers<Terms<'a>>,
    /// The assignments by which a role is assigned at this very moment.
    assigned: BTreeSet<AssignmentId>,
    judged: HashMap<Likeness, J>,
}

/// One holder before and after, as far as it can be like another; in no view if there is nobody in it.
#[derive(Debug)]
pub(super) struct Comparable([Option<Standing>; 2]);

/// What decides about a holder at one place before and after a change. Two that are equal are judged alike.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Likeness {
    is_below: bool,
    sides: [Side; 2],
}

/// One side of it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Side {
    /// The form of the place.
    form: usize,
    /// What binds the holder, and what it has been given on the way to the place: how far from the organization, and on
    /// which terms.
    standing: Option<(usize, Vec<(usize, usize)>)>,
    /// Whether the place belongs to the holder, if it belongs to anybody.
    owns: Option<bool>,
}

/// What one holder has in one view.
#[derive(Debug)]
struct Standing {
    id: Option<SubAccountId>,
    bounds: usize,
    /// Where each claim is made, and on which terms.
    claims: Vec<(Scope, usize)>,
}

/// What binds everything that somebody holds.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Bounds {
    boundary: NameSet,
    ends: Option<Timestamp>,
    kind: SubAccountKind,
}

/// Everything that a claim says but where it is made and whose it is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Terms<'a> {
    gives: Gives,
    effect: Effect,
    reach: &'a Reach,
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
    /// The claim's own, and those of the membership by which it comes.
    conditions: [&'a [Condition]; 2],
    /// Whether it is assigned by the very change.
    is_new: bool,
}

/// What a claim gives.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Gives {
    /// A role, by where its only view in one organization is kept.
    Role(*const RoleView),
    Permissions(NameParts),
}

impl<'a, J: Clone + PartialEq + Debug> Likenesses<'a, J> {
    /// Of a change that an actor makes with what it holds, or nobody, and that assigns something by role.
    pub(super) fn new(
        change: &Change<'a>,
        actor: Option<&Holding<'a>>,
        assigned: impl IntoIterator<Item = AssignmentId>,
    ) -> Self {
        Self {
            before: Forms::new(&change.before, actor),
            after: Forms::new(&change.after, actor),
            bounds: Numbers::default(),
            terms: Numbers::default(),
            assigned: assigned.into_iter().collect(),
            judged: HashMap::new(),
        }
    }

    /// A holder by what it has before and after; none if others bound it (D13), for then it matters who they are.
    pub(super) fn comparable(
        &mut self,
        change: &Change<'a>,
        [before, after]: [Option<&Rc<Holding<'a>>>; 2],
    ) -> Option<Comparable> {
        let is_free = |view: &View<'a>, holding: Option<&Rc<Holding<'a>>>| {
            holding.is_none_or(|holding| {
                let mut claims = view.claims(holding);
                holding.owner.is_none()
                    && holding.consent.is_none()
                    && claims.all(|claim| claim.assignment.delegator.is_none())
            })
        };
        if !is_free(&change.before, before) || !is_free(&change.after, after) {
            return None;
        }
        Some(Comparable([before, after].map(|holding| Some(self.standing(holding?)))))
    }

    fn standing(&mut self, holding: &Holding<'a>) -> Standing {
        let Holding { id, boundary, ends, kind, .. } = *holding;
        let bounds = self.bounds.of(Bounds { boundary, ends, kind });
        let terms = |claim: &Claim<'a>| {
            let terms = Terms {
                gives: match claim.assignment.grant {
                    Grant::Role(_) => Gives::Role(Rc::as_ptr(&claim.gives)),
                    Grant::Permissions { .. } => Gives::Permissions(claim.gives.parts),
                },
                effect: claim.assignment.effect,
                reach: &claim.assignment.reach,
                starts: claim.starts,
                ends: claim.ends,
                conditions: [
                    &claim.assignment.conditions,
                    claim.membership.map_or(&[], |membership| &membership.conditions),
                ],
                is_new: self.assigned.contains(&claim.assignment.id),
            };
            (claim.assignment.scope, self.terms.of(terms))
        };
        Standing { id, bounds, claims: holding.claims.iter().map(terms).collect() }
    }

    /// What comes of judging a holder at a pair of places: what came of judging whoever was alike there, if anybody was.
    pub(super) fn judged<E>(
        &mut self,
        change: &Change<'a>,
        pair: &Pair,
        holder: Option<&Comparable>,
        judge: impl Fn() -> Result<J, E>,
    ) -> Result<J, E> {
        let likeness = holder.and_then(|holder| self.likeness(change, pair, holder));
        let Some(likeness) = likeness else { return judge() };
        if let Some(judged) = self.judged.get(&likeness) {
            debug_assert!(
                judge().is_ok_and(|anew| anew == *judged),
                "two who are alike were judged differently"
            );
            return Ok(judged.clone());
        }
        let judged = judge()?;
        self.judged.insert(likeness, judged.clone());
        Ok(judged)
    }

    /// The likeness of one holder at a pair of places; none if the pair is not one place before and after.
    fn likeness(
        &mut self,
        change: &Change<'a>,
        pair: &Pair,
        Comparable([before, after]): &Comparable,
    ) -> Option<Likeness> {
        let place = pair.after;
        if pair.before != place || pair.lost_from != Some(place) {
            return None;
        }
        let [_, _, (earlier, later)] = change.ownings(pair);
        Some(Likeness {
            is_below: matches!(place, Place::Below(_)),
            sides: [
                self.before.side(&change.before, place.scope(), before.as_ref(), earlier)?,
                self.after.side(&change.after, place.scope(), after.as_ref(), later)?,
            ],
        })
    }
}

/// The forms of the scopes in one view. Two scopes have the same form if nothing but their ids tells them apart, from the
/// organization down: what they let through, their ceilings and labels, and what everybody, the actor and those who bound
/// it were given there.
#[derive(Debug)]
struct Forms<'a> {
    /// Where everything was given to everybody, to the actor and to those who bound it.
    given: Vec<Scope>,
    numbers: Numbers<Form<'a>>,
    known: HashMap<Scope, (usize, Rc<Node<'a>>)>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Form<'a> {
    /// The number of its parent's form.
    parent: Option<usize>,
    kind: ScopeKind,
    /// What flows into it from its parent.
    inherits: NameSet,
    /// Its own ceiling.
    ceiling: NameSet,
    labels: &'a BTreeSet<Label>,
    is_archived: bool,
    /// Which of what was given, was given here.
    given: Vec<usize>,
}

impl<'a> Forms<'a> {
    fn new(view: &View<'a>, actor: Option<&Holding<'a>>) -> Self {
        let bounding = actor.map_or_else(Vec::new, |actor| bounding(view, actor));
        let of_actor = actor.into_iter().chain(bounding.iter().map(Rc::as_ref));
        let claims = view.everyone().iter().chain(of_actor.flat_map(|it| &it.claims));
        let given = claims.map(|claim| claim.assignment.scope).collect();
        Self { given, numbers: Numbers::default(), known: HashMap::new() }
    }

    fn side(
        &mut self,
        view: &View<'a>,
        scope: Scope,
        standing: Option<&Standing>,
        registered: Owning,
    ) -> Option<Side> {
        let owns = match registered {
            Owning::Registered(Some(owner)) => standing.map(|it| it.id == Some(owner)),
            Owning::Registered(None) | Owning::Claimed(_) => None,
        };
        let (form, node) = self.of(view, scope)?;
        let standing = standing.map(|Standing { bounds, claims, .. }| {
            let depth = |at: &Scope| node.way.iter().position(|step| step.scope == *at);
            let on_the_way = claims.iter().filter_map(|(at, terms)| Some((depth(at)?, *terms)));
            let mut claims: Vec<_> = on_the_way.collect();
            claims.sort_unstable();
            (*bounds, claims)
        });
        Some(Side { form: *form, standing, owns })
    }

    /// The number of a scope's form, and the way down to it; nothing for what is not there.
    fn of(&mut self, view: &View<'a>, scope: Scope) -> Option<&(usize, Rc<Node<'a>>)> {
        if !self.known.contains_key(&scope) {
            let node = view.node(scope)?;
            let (here, above) = node.way.split_last()?;
            let above = above.last();
            let parent = match above {
                Some(parent) => Some(self.of(view, parent.scope)?.0),
                None => None,
            };
            let given = self.given.iter().enumerate().filter(|(_, given)| **given == scope);
            let form = self.numbers.of(Form {
                parent,
                kind: scope.kind(),
                inherits: here.inherits,
                ceiling: here.ceiling,
                labels: here.labels,
                is_archived: node.is_archived,
                given: given.map(|(number, _)| number).collect(),
            });
            self.known.insert(scope, (form, node));
        }
        self.known.get(&scope)
    }
}

/// A number for each of some values that differ.
#[derive(Debug)]
struct Numbers<K>(HashMap<K, usize>);

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Numbers<K> {
    fn of(&mut self, value: K) -> usize {
        let next = self.0.len();
        *self.0.entry(value).or_insert(next)
    }
}
