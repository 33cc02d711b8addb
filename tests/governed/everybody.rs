//! What one change gives to whom, real or imagined, in the organization without some of its limits
//! (G2 and G4).
//!
//! Imagined are those of [`peopled`]: one more member of every team and of every scope, and one
//! more holder of every custom role. Besides them, whoever a consent lets in.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;
use tenantry::access::{Context, Ownership, Snapshot};
use tenantry::model::{
    Assignee, Assignment, Effect, Grant, Organization, Remove, RoleRef, Scope, Status,
};
use tenantry::{Action, ConsentId, Permissions, SubAccountId, TeamId};

use super::bound::{Point, scopes};
use super::held::is_active;
use super::imagined::{NEWCOMER, is_holder_of_role, peopled};
use super::lifted::{BELOW, Catalogs, Lifted, Subset, changed, itself};

/// On whose authority a change is made.
#[derive(Debug, Clone)]
pub(crate) struct Act<'a> {
    /// The sub-account whose reach counts; none for an operator, who covers nothing.
    pub(crate) actor: Option<SubAccountId>,
    /// The session in which it acts; none for an inviter, who is not there when the invitation is
    /// accepted.
    pub(crate) session: Option<&'a Context>,
    pub(crate) actions: &'a [Action],
}

/// A change, and what it is judged by.
#[derive(Debug)]
pub(crate) struct Transition<'a, P> {
    pub(crate) before: &'a Organization,
    pub(crate) after: &'a Organization,
    pub(crate) catalogs: &'a Catalogs<P>,
    pub(crate) now: Timestamp,
    /// What the creator's role gives.
    pub(crate) creator: P,
    pub(crate) worlds: &'a Worlds<P>,
}

/// What was worked out of an organization before a change, by what is lifted; of use for every
/// change of the same one.
#[derive(Debug)]
pub(crate) struct Worlds<P>(RefCell<BTreeMap<String, Rc<Lifted<P>>>>);

impl<P> Default for Worlds<P> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<P> Worlds<P> {
    fn get(&self, key: String, lift: impl FnOnce() -> Lifted<P>) -> Rc<Lifted<P>> {
        if let Some(known) = self.0.borrow().get(&key) {
            return Rc::clone(known);
        }
        let lifted = Rc::new(lift());
        self.0.borrow_mut().insert(key, Rc::clone(&lifted));
        lifted
    }
}

/// Who gains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gainer {
    SubAccount(SubAccountId),
    Operators(ConsentId),
}

/// One place before and after.
#[derive(Clone, Copy)]
struct Place {
    from: Scope,
    at: Scope,
    is_new: bool,
}

impl<P: Permissions + std::fmt::Debug> Transition<'_, P> {
    /// G2: whatever anybody gains, the actor reaches then and has at this moment - without the same
    /// limits of places and of the catalog, but with all limits of accounts. G4: the actor gains
    /// nothing, nor does its owner.
    pub(crate) fn check(
        &self,
        act: &Act<'_>,
        subset: &Subset,
        points: &[Point],
    ) -> Result<(), String> {
        let newer = self.newer();
        let stands_for = |scope| newer.get(&scope).copied().unwrap_or(scope);
        let lift = |of: &Organization, subset: &Subset| {
            Lifted::new(of, self.catalogs, self.now, subset, &stands_for)
        };
        let then = self
            .worlds
            .get(format!("everybody {subset:?}"), || lift(&peopled(self.before), subset));
        let world = lift(&peopled(&self.without_delegations(act.actor)), subset);
        let of_places = subset.of_places();
        let covering =
            self.worlds.get(format!("actor {of_places:?}"), || lift(self.before, &of_places));
        let words = |action: &Action| action.to_string();
        let covering = Covering::new(self, covering, act);
        let edits_roles = act.actions.iter().any(|action| {
            matches!(action, Action::CreateRole(_) | Action::ReplaceRole(_) | Action::DeleteRole(_))
        });
        for place in self.places(&newer) {
            for point in points.iter().filter(|it| it.time >= self.now) {
                let is_registered = matches!(place.at, Scope::Resource(_))
                    || matches!(place.from, Scope::Resource(_));
                // Who owns what is not registered yet is the host's to say.
                if point.owned == Ownership::Unsaid && is_registered && place.is_new {
                    continue;
                }
                let told = |rule: &str, what: String| {
                    let actions: Vec<String> = act.actions.iter().map(words).collect();
                    let (time, owned) = (point.time, point.owned);
                    Err(format!(
                        "{rule}: {what} at {:?} (it was {:?}), without {subset:?}, at {time} {owned:?} {:?}, by {actions:?}",
                        place.at, place.from, point.context
                    ))
                };
                if let Some((who, raised)) =
                    self.raised(act, (&then, &world), place, &point.context)
                {
                    return told("G4", format!("{who} raises itself by {raised:?}"));
                }
                let worlds = (&*then, &world);
                let gained = self.gained(worlds, place, &point.context, edits_roles, act);
                for (gainer, gained) in gained {
                    let own = place.is_new && gainer.is(act.actor);
                    let gained = if own { gained.difference(self.creator) } else { gained };
                    // What is gained on what is one's own is covered by what the actor has on what
                    // is its own.
                    let owned = match point.owned {
                        Ownership::Unsaid if is_registered => self.registered(place.at, gainer),
                        owned => owned,
                    };
                    let contexts = [Some(&point.context), act.session];
                    for (when, context) in ["then", "now"].into_iter().zip(contexts) {
                        let Some(context) = context else { continue };
                        let time = if when == "now" { self.now } else { point.time };
                        let context = context.clone().at(time).ownership(owned);
                        let covers = covering.of(gainer, place.from, &context);
                        let made = if place.is_new { self.creator } else { P::empty() };
                        let missing = gained.difference(covers.union(made));
                        if !missing.is_empty() {
                            let actor = act.actor;
                            return told(
                                "G2",
                                format!(
                                    "{gainer:?} gains {missing:?}, which {actor:?} does not reach {when}"
                                ),
                            );
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a resource belongs to somebody, after the change.
    fn registered(&self, at: Scope, gainer: Gainer) -> Ownership {
        let Scope::Resource(id) = at else { return Ownership::Unsaid };
        match self.after.resources().get(&id).and_then(|it| it.owner) {
            None => Ownership::Unsaid,
            Some(owner) => Ownership::from(gainer.is(Some(owner))),
        }
    }

    /// Whether an account comes to be whatever it can be, or somebody else comes to be it.
    fn rises(&self, who: SubAccountId) -> bool {
        let rows = [self.before, self.after].map(|it| it.sub_accounts().get(&who));
        match rows {
            [_, None] => false,
            [None, Some(_)] => true,
            [Some(before), Some(after)] => {
                let comes = |status| after.status == status && before.status != status;
                // What is flagged rises as well; the flag is a limit.
                (is_active(after) && !is_active(before))
                    || comes(Status::Active)
                    || comes(Status::Invited)
                    || self.is_taken_over(who)
            }
        }
    }

    /// Those to whom an invitation is sent again: whoever does that invites them anew.
    fn sent_again(&self, act: &Act<'_>) -> BTreeSet<SubAccountId> {
        let sent = act.actions.iter().filter_map(|action| match action {
            Action::ResendInvitation { id, .. } => self.before.invitations().get(id),
            _ => None,
        });
        sent.map(|it| it.sub_account).collect()
    }

    /// Whether somebody else is behind an account: by a new login, or by a new owner of a service.
    fn is_taken_over(&self, who: SubAccountId) -> bool {
        let rows = [self.before, self.after].map(|it| it.sub_accounts().get(&who));
        let [Some(before), Some(after)] = rows else { return false };
        before.owner != after.owner || (before.login != after.login && after.login.is_some())
    }

    /// The organization after the change without what the actor newly passes on: that is at most
    /// what it has itself, in whatever way it comes to have more.
    fn without_delegations(&self, actor: Option<SubAccountId>) -> Organization {
        let made = self.after.assignments().values();
        let made = made.filter(|it| !self.before.assignments().contains_key(&it.id));
        let passed_on = made.filter(|it| it.delegator.is_some() && it.delegator == actor);
        let gone: Vec<_> = passed_on.map(|it| Remove::Assignment(it.id).into()).collect();
        if gone.is_empty() { self.after.clone() } else { changed(self.after, gone) }
    }

    /// Every scope that is new, and what it is compared with.
    fn newer(&self) -> BTreeMap<Scope, Scope> {
        let mut newer = BTreeMap::new();
        for at in scopes(self.after).into_iter().filter(|it| !self.before.contains(*it)) {
            let mut from = at;
            while !self.before.contains(from) && from != Scope::Workspace(BELOW) {
                from = match self.after.parent(from) {
                    None | Some(Scope::Organization) => Scope::Workspace(BELOW),
                    Some(parent) => parent,
                };
            }
            newer.insert(at, from);
        }
        newer
    }

    fn places(&self, newer: &BTreeMap<Scope, Scope>) -> Vec<Place> {
        let mut places: Vec<Place> = scopes(self.after)
            .into_iter()
            .map(|at| match newer.get(&at) {
                Some(from) => Place { at, from: *from, is_new: true },
                None => Place { at, from: at, is_new: false },
            })
            .collect();
        // What was in a resource that is gone is asked about where that was.
        for from in scopes(self.before).into_iter().filter(|it| !self.after.contains(*it)) {
            let above = std::iter::successors(Some(from), |it| self.before.parent(*it));
            let mut left = above.filter(|it| self.after.contains(*it));
            if let Some(at) = left.next().filter(|it| *it != Scope::Organization) {
                places.push(Place { from, at, is_new: false });
            }
        }
        places
    }

    /// What anybody has or reaches that it did not before. Holders of roles count if roles are
    /// edited: who may come to hold one that is not is judged when it is assigned.
    fn gained(
        &self,
        (then, world): (&Lifted<P>, &Lifted<P>),
        place: Place,
        context: &Context,
        edits_roles: bool,
        act: &Act<'_>,
    ) -> Vec<(Gainer, P)> {
        let sent = self.sent_again(act);
        let mut gained = Vec::new();
        for who in world.organization.sub_accounts().keys().copied() {
            if is_holder_of_role(who) && !edits_roles {
                continue;
            }
            // Somebody new is compared with somebody who has nothing of their own, and so is
            // whoever is somebody else now.
            let is_new = !then.organization.sub_accounts().contains_key(&who);
            let is_another =
                (self.is_taken_over(who) && Some(who) != act.actor) || sent.contains(&who);
            let was = if is_new || is_another { NEWCOMER } else { who };
            let had = then.has(was, place.from, context);
            let has = world.has(who, place.at, context).difference(had);
            let reached = then.reach(was, place.from, context);
            let reaches = world.reach(who, place.at, context).difference(reached);
            gained.push((Gainer::SubAccount(who), has.union(reaches)));
        }
        // Each consent counts by itself: another one may end before it.
        for consent in self.after.consents().keys() {
            let had = if self.before.consents().contains_key(consent) {
                then.operators_of(*consent, place.from, context)
            } else {
                P::empty()
            };
            let has = world.operators_of(*consent, place.at, context);
            gained.push((Gainer::Operators(*consent), has.difference(had)));
        }
        gained.retain(|(_, gained)| !gained.is_empty());
        gained
    }

    /// By how much the actor raises itself, or the owner of the service that it is.
    fn raised(
        &self,
        act: &Act<'_>,
        (then, world): (&Lifted<P>, &Lifted<P>),
        place: Place,
        context: &Context,
    ) -> Option<(SubAccountId, P)> {
        let actor = act.session.and(act.actor)?;
        let owner = self.before.sub_accounts().get(&actor).and_then(|it| it.owner);
        [Some(actor), owner].into_iter().flatten().find_map(|who| {
            let had = then.has(who, place.from, context);
            let made = if place.is_new { self.creator } else { P::empty() };
            let raised = world.has(who, place.at, context).difference(had.union(made));
            (!raised.is_empty()).then_some((who, raised))
        })
    }
}

impl Gainer {
    fn is(self, who: Option<SubAccountId>) -> bool {
        matches!((self, who), (Self::SubAccount(id), Some(who)) if id == who)
    }
}

/// What an actor covers: what it has, and for whoever is assigned a role what it may hand out by
/// assigning that very one.
struct Covering<'a, P> {
    step: &'a Transition<'a, P>,
    actor: Option<SubAccountId>,
    world: Rc<Lifted<P>>,
    /// The roles that the change assigns.
    assigned: BTreeSet<RoleRef>,
    /// Those whom it invites once more.
    sent: BTreeSet<SubAccountId>,
    licensed: RefCell<BTreeMap<BTreeSet<RoleRef>, Snapshot<P>>>,
}

impl<'a, P: Permissions + std::fmt::Debug> Covering<'a, P> {
    fn new(step: &'a Transition<'a, P>, world: Rc<Lifted<P>>, act: &Act<'_>) -> Self {
        let made = step.after.assignments().values();
        let made = made.filter(|it| !step.before.assignments().contains_key(&it.id));
        let assigned = made.filter_map(role_of).collect();
        let (sent, licensed) = (step.sent_again(act), RefCell::default());
        Self { step, actor: act.actor, world, assigned, sent, licensed }
    }

    fn of(&self, gainer: Gainer, scope: Scope, context: &Context) -> P {
        let Some(actor) = self.actor else { return P::empty() };
        let mut roles = match gainer {
            // A consent licenses nobody.
            Gainer::Operators(_) => BTreeSet::new(),
            Gainer::SubAccount(_) => self.assigned.clone(),
        };
        if let Gainer::SubAccount(who) = gainer
            && let who = itself(who)
            && (self.step.rises(who) || self.sent.contains(&who))
        {
            // A rise assigns every role of the account again. A role that was delegated to it counts
            // too: it gives no more than the same role by assignment.
            let after = self.step.after;
            let its = after.assignments().values().filter(|it| match it.assignee {
                Assignee::SubAccount(id) => id == who,
                Assignee::Team(team) => is_in(after, who, team),
                Assignee::MembersOf(_) => true,
            });
            roles.extend(its.filter_map(allowed_role));
        }
        if roles.is_empty() {
            return self.world.has(actor, scope, context);
        }
        let mut licensed = self.licensed.borrow_mut();
        let snapshot = licensed.entry(roles.clone()).or_insert_with(|| self.world.licensed(&roles));
        snapshot.subject(actor).in_context(context.clone()).permissions(scope)
    }
}

/// Whether somebody is in a team, or in one that it holds.
pub(crate) fn is_in(organization: &Organization, who: SubAccountId, team: TeamId) -> bool {
    organization.teams_of(who).any(|own| {
        let above = |id: &TeamId| organization.teams().get(id).and_then(|it| it.parent);
        std::iter::successors(Some(own), above).any(|id| id == team)
    })
}

/// The role that an allow assigns on the authority of its maker, so not by delegation.
fn role_of(assignment: &Assignment) -> Option<RoleRef> {
    allowed_role(assignment).filter(|_| assignment.delegator.is_none())
}

/// The role that an allow gives.
fn allowed_role(assignment: &Assignment) -> Option<RoleRef> {
    match &assignment.grant {
        Grant::Role(role) if assignment.effect == Effect::Allow => Some(role.clone()),
        _ => None,
    }
}
