//! A directory over a store, moved on step by step, every promise checked after every step.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tenantry::access::{Ownership, Snapshot};
use tenantry::catalog::Catalog;
use tenantry::model::{Organization, Scope};
use tenantry::store::{MemoryStore, Store};
use tenantry::{Clock, Directory, InvitationId, Login, SubAccountId};

use super::application::{MOMENTS, ORGANIZATION, Permission, moment, points, sessions, store};
use super::draw::{Draw, token};
use super::held::is_active;
use super::matrix::{Matrix, scopes};
use super::promises::{
    Checked, creator, g2_what_is_given_is_reached, g3_who_loses_is_not_above,
    g4_nobody_rises_by_themselves, g5_g6_not_alone, impact_is_what_differs, invariants_hold,
    is_owner, only_lift,
};

/// Who acts for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    System,
    Owners,
    /// Everybody else, all of one mind.
    Group,
}

/// A clock that is set.
#[derive(Debug)]
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Something that is asked about: where that is done, and what the group may come to have on it, by point.
struct Thing {
    at: Scope,
    bound: Vec<Permission>,
}

pub(crate) struct Machine {
    catalog: Catalog<Permission>,
    store: MemoryStore,
    directory: Directory<Permission>,
    hand: Arc<Hand>,
    hour: i64,
    fresh: u128,
    matrix: Matrix,
    by: By,
    things: Vec<Thing>,
    /// How many changes were accepted.
    pub(crate) accepted: usize,
}

impl Machine {
    pub(crate) fn new(catalog: &Catalog<Permission>) -> Self {
        let store = store(catalog);
        let hand = Arc::new(Hand(Mutex::new(moment(0))));
        let clock: Arc<dyn Clock> = Arc::clone(&hand) as _;
        let directory = Directory::with_store(catalog.clone(), store.clone()).with_clock(clock);
        let start = directory.snapshot(ORGANIZATION).unwrap();
        let matrix = Matrix::new(start.organization(), catalog);
        Self {
            catalog: catalog.clone(),
            store,
            directory,
            hand,
            hour: 0,
            fresh: 1000,
            matrix,
            by: By::System,
            things: Vec::new(),
            accepted: 0,
        }
    }

    fn now(&self) -> Timestamp {
        moment(self.hour)
    }

    fn snapshot(&self) -> Snapshot<Permission> {
        self.directory.snapshot(ORGANIZATION).unwrap()
    }

    /// Others act from now on; what the group holds and reaches now is what it may hold and reach.
    pub(crate) fn begin(&mut self, by: By) {
        self.by = by;
        let matrix = &self.matrix;
        let bound = |at| (0..points().len()).map(|point| self.union(matrix, at, point)).collect();
        let things = scopes(&matrix.organization).into_iter();
        self.things = things.map(|at| Thing { at, bound: bound(at) }).collect();
    }

    /// What the active members of the group reach together.
    fn union(&self, matrix: &Matrix, scope: Scope, point: usize) -> Permission {
        let now = self.now();
        let people = matrix.organization.sub_accounts().values();
        let group = people.filter(|it| is_active(it) && !is_owner(matrix, it.id, now));
        group.map(|it| matrix.reaches(it.id, scope, point)).collect()
    }

    /// One step: the clock moves on, somebody asks for something, and everything is checked.
    pub(crate) fn step(&mut self, numbers: &[u8]) -> Checked {
        let before = self.snapshot();
        let now = self.now();
        let mut fresh = self.fresh;
        let mut draw = Draw::new(&before, now, None, &mut fresh, numbers);
        if draw.below(24) == 0 && self.hour + 1 < MOMENTS {
            self.hour += 1;
            *self.hand.0.lock().unwrap() = self.now();
        }
        let now = self.now();
        let [first, rest @ ..] = numbers else { return Ok(()) };
        let mut draw = Draw::new(&before, now, None, &mut fresh, rest);
        let people = self.matrix.organization.sub_accounts().values();
        let active = people.filter(|it| is_active(it)).map(|it| it.id);
        let (owners, others): (Vec<_>, Vec<_>) =
            active.partition(|it| is_owner(&self.matrix, *it, now));
        let actor = match self.by {
            By::System => None,
            By::Owners => draw.one_of(owners),
            By::Group => draw.one_of(others),
        };
        if self.by != By::System && actor.is_none() {
            return Ok(());
        }
        let context = draw.one_of(sessions()).unwrap();
        if draw.below(12) == 0 {
            let open = before.organization().invitations().values();
            let of_group = |it: &&tenantry::model::Invitation| {
                let is_from = |id| is_owner(&self.matrix, id, now);
                self.by != By::Group
                    || it.inviter.sub_account().is_some_and(|inviter| !is_from(inviter))
            };
            let open: Vec<_> = open.filter(of_group).map(|it| (it.id, it.sub_account)).collect();
            let answered = draw.one_of(open);
            self.fresh = fresh;
            return match answered {
                Some((id, invited)) => self.answer(id, invited, *first),
                None => Ok(()),
            };
        }
        let position = 6.min(rest.len());
        let actions = Draw::new(&before, now, actor, &mut fresh, &rest[position..]).actions();
        self.fresh = fresh;
        if actions.is_empty() {
            return Ok(());
        }
        let administration = match actor {
            None => self.directory.system("test").administer(ORGANIZATION),
            Some(actor) => self.directory.administer(ORGANIZATION, actor, &context),
        };
        let told =
            |error: String| format!("{:?} {actor:?} {context:?}: {actions:#?}\n{error}", self.by);
        let Ok(plan) = administration.plan(actions.clone()) else {
            return self.nothing_happened(&before).map_err(told);
        };
        let impact = plan.impact().clone();
        let after = match self.directory.commit(plan) {
            Ok(after) => after,
            Err(error) => return Err(told(format!("planned, and not committed: {error}"))),
        };
        self.accepted += 1;
        let matrix = Matrix::new(after.organization(), &self.catalog);
        let checked = self.check(&matrix, |machine, matrix| {
            let old = &machine.matrix;
            impact_is_what_differs(&impact, old, matrix, &machine.catalog, now)?;
            let Some(actor) = actor else { return Ok(()) };
            if machine.by == By::Owners {
                if only_lift(&actions, old) {
                    return Ok(());
                }
                return g4_nobody_rises_by_themselves(old, matrix, actor, now);
            }
            g5_g6_not_alone(old, matrix, actor, &actions)?;
            g4_nobody_rises_by_themselves(old, matrix, actor, now)?;
            g2_what_is_given_is_reached(
                old,
                matrix,
                (actor, &context),
                &actions,
                &machine.catalog,
                now,
            )?;
            g3_who_loses_is_not_above(old, matrix, actor, &machine.catalog, now)
        });
        checked.map_err(told)?;
        self.moved_on(matrix)
            .map_err(|error| format!("{:?} {actor:?}: {actions:#?}\n{error}", self.by))
    }

    /// Somebody answers an invitation.
    fn answer(&mut self, id: InvitationId, invited: SubAccountId, number: u8) -> Checked {
        let before = self.snapshot();
        let organization = before.organization();
        let row = organization.sub_accounts().get(&invited).unwrap();
        let signs_in = row.login.as_ref().and_then(|login| organization.personal(login));
        let Some(signs_in) = signs_in else { return Ok(()) };
        let signs_in: Login = signs_in.parse().unwrap();
        let answered = if number.is_multiple_of(5) {
            self.directory.decline(&token(id), &signs_in)
        } else {
            self.directory.accept(&token(id), &signs_in).map(drop)
        };
        if answered.is_err() {
            return self.nothing_happened(&before);
        }
        self.accepted += 1;
        let after = self.snapshot();
        let matrix = Matrix::new(after.organization(), &self.catalog);
        let told = |error: String| format!("{invited} answers {id}: {error}");
        self.check(&matrix, |_, _| Ok(())).map_err(told)?;
        self.moved_on(matrix).map_err(told)
    }

    fn nothing_happened(&self, before: &Snapshot<Permission>) -> Checked {
        let after = self.snapshot();
        let stored = self.store.revisions(&[ORGANIZATION]).unwrap();
        if after.organization() != before.organization() || stored != [Some(before.revision())] {
            return Err("something was refused, and happened".to_owned());
        }
        Ok(())
    }

    /// Checks what must hold of every change, and what must hold of this one.
    fn check(&self, after: &Matrix, also: impl FnOnce(&Self, &Matrix) -> Checked) -> Checked {
        self.is_as_recorded(&after.organization)?;
        self.is_as_by_reference(after)?;
        invariants_hold(after, &self.catalog, self.now())?;
        also(self, after)
    }

    /// Whoever loads the organization has what is live here.
    fn is_as_recorded(&self, live: &Organization) -> Checked {
        let other = Directory::with_store(self.catalog.clone(), self.store.clone());
        let loaded = other.snapshot(ORGANIZATION).unwrap();
        if loaded.organization() == live {
            Ok(())
        } else {
            Err("what was recorded is not what is live".to_owned())
        }
    }

    /// A sample of what everybody holds, asked of the naive evaluator.
    fn is_as_by_reference(&self, matrix: &Matrix) -> Checked {
        let turn = usize::try_from(self.fresh).unwrap();
        for (number, who) in matrix.sub_accounts().enumerate() {
            for (other, scope) in scopes(&matrix.organization).into_iter().enumerate() {
                if (turn + number + other).is_multiple_of(7) {
                    let point = (turn + 5 * number + 11 * other) % points().len();
                    let asked = &points()[point].context;
                    let plain = matrix.held.by_reference(who, scope, asked);
                    if plain != matrix.has(who, scope, point) {
                        return Err(format!("{who} at {scope:?}: the reference says {plain:?}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Collusion safety, while the group acts: what its active members reach together never grows.
    fn moved_on(&mut self, matrix: Matrix) -> Checked {
        let (old, now) = (&self.matrix.organization, self.now());
        let new: Vec<Scope> =
            scopes(&matrix.organization).into_iter().filter(|it| !old.contains(*it)).collect();
        for scope in new {
            let parent = matrix.organization.parent(scope).unwrap_or(Scope::Organization);
            let above = self.things.iter().find(|it| it.at == parent).map(|it| it.bound.clone());
            let bound = above.unwrap_or_else(|| vec![Permission::empty(); points().len()]);
            let bound = bound.into_iter().map(|it| it.union(creator())).collect();
            self.things.push(Thing { at: scope, bound });
        }
        self.things.retain_mut(|thing| {
            let is_new = !old.contains(thing.at);
            while !matrix.organization.contains(thing.at) {
                // What was in a resource is asked about where that was; what was in a deleted workspace is gone.
                match old.parent(thing.at) {
                    Some(parent) if parent != Scope::Organization => thing.at = parent,
                    _ => return is_new,
                }
            }
            true
        });
        self.matrix = matrix;
        if self.by != By::Group {
            self.begin(self.by);
            return Ok(());
        }
        for thing in &self.things {
            for (number, point) in points().iter().enumerate() {
                if point.time < now || point.owned == Ownership::Unsaid {
                    continue;
                }
                let bound = thing.bound[number];
                let reached = self.union(&self.matrix, thing.at, number);
                let more = reached.difference(bound);
                if !more.is_empty() {
                    return Err(format!(
                        "the group reaches {more:?} more at {:?}, {point:?}",
                        thing.at
                    ));
                }
            }
        }
        Ok(())
    }
}
