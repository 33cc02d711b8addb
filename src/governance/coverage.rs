//! Coverage: whatever anybody's reach gains lies in the actor's reach, then and now (G2), and nobody raises themselves
//! (G4).

use std::rc::Rc;

use crate::access::Ownership;
use crate::governance::authority::{Acts, Assigned, Judged, Judging, Outcome};
use crate::governance::comparison::{Pair, Point, Samples, samples};
use crate::governance::gain::Gain;
use crate::governance::holding::{Holder, Holding};
use crate::governance::likeness::Likenesses;
use crate::governance::names::NameSet;
use crate::governance::reach::{Asking, Circumstances, Layer, Owning, Place};
use crate::governance::refusal::Whom;
use crate::governance::world::{Comparison, Parties, World};
use crate::governance::{Refusal, rank};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Grant, Scope, ScopeKind, ScopeKinds};

impl<'a> Judging<'_, 'a> {
    /// Compares one holder who may gain something before and after, wherever it could differ.
    pub(super) fn compare(
        &self,
        holder: Holder,
        alike: &mut Likenesses<'a, Judged>,
        outcome: &mut Outcome,
    ) -> Result<(), Refusal> {
        let (before, after) =
            (self.change.before.holding(holder), self.change.after.holding(holder));
        let holdings = [before.as_ref(), after.as_ref()];
        let is_self = self.actor.is_some_and(|actor| self.is_oneself(holder, actor));
        let is_spared = self.is_spared(holder);
        // An owner covers and outranks everything, and could only raise itself.
        let is_raised = is_self && !self.is_recovery;
        if self.is_owner && !is_raised && !self.is_own_affair {
            return Ok(());
        }
        let depends = before.as_ref().is_some_and(|before| self.depends_on_actor(before));
        // Who acts is like nobody else, and so is whom it may cost anything.
        let is_like_others = !is_self && !is_spared;
        let comparable = is_like_others.then(|| alike.comparable(self.change, holdings)).flatten();
        for pair in self.change.pairs(holder, &self.actors()) {
            let judge = || match self.compare_at(holder, holdings, &pair, is_self, is_spared) {
                // What cannot be sampled counts as all that an owner does not need to have judged.
                Err(Refusal::TooIntricate { .. }) if self.is_owner && !is_raised => {
                    Ok(Judged { gains: true, loses: !is_spared })
                }
                judged => judged,
            };
            let judged = alike.judged(self.change, &pair, comparable.as_ref(), judge)?;
            outcome.gains |= judged.gains;
            if judged.loses {
                outcome.costs_others |= !depends;
                // Of two who are alike at a place, one may be an owner elsewhere.
                rank::judge_whom(self, holder)?;
            }
        }
        Ok(())
    }

    fn compare_at(
        &self,
        holder: Holder,
        [before, after]: [Option<&Rc<Holding<'a>>>; 2],
        pair: &Pair,
        is_self: bool,
        is_spared: bool,
    ) -> Result<Judged, Refusal> {
        if self.is_owner && !self.is_own_affair && self.surely_keeps(before, after, pair) {
            return Ok(Judged { gains: false, loses: false });
        }
        let samples = self.samples(pair, before, after)?;
        let mut judged = Judged { gains: false, loses: false };
        if let Some(after) = after {
            let assigned = &self.assigned;
            let gain = Gain { holder, pair: *pair, before, after, assigned };
            for worlds in self.worlds(&gain) {
                judged.gains |= self.gain(&gain, &samples, &worlds)?;
                // Whoever takes a workspace back has there what it has aside from the archive.
                if is_self && !self.is_recovery && worlds.before.archive {
                    self.is_not_raised(&gain, &samples, &worlds)?;
                }
            }
        }
        if let Some(before) = before.filter(|_| !is_spared) {
            let lost = self.lost(before, after, pair, &samples);
            if !lost.is_empty() {
                judged.loses = true;
                rank::judge_whom(self, holder)?;
                rank::judge_loss(self, holder, before, pair, lost)?;
            }
        }
        Ok(judged)
    }

    /// Judges everything that a holder can be, as if it had nothing before.
    pub(super) fn whole_reach(&self, holder: Holder) -> Result<(), Refusal> {
        let Some(after) = self.change.after.holding(holder) else { return Ok(()) };
        if self.is_owner {
            return Ok(());
        }
        // Whoever rises has its roles assigned to it once more.
        let mut assigned = self.assigned.clone();
        assigned.extend(after.claims.iter().filter_map(|claim| match &claim.assignment.grant {
            Grant::Role(role) if claim.is_allow() => Some(Assigned {
                id: claim.assignment.id,
                role: role.clone(),
                reach: claim.gives.reach(),
                scope: claim.assignment.scope,
            }),
            Grant::Role(_) | Grant::Permissions { .. } => None,
        }));
        for pair in self.change.pairs_of_all(holder, &self.actors()) {
            let samples = self.samples(&pair, None, Some(&after))?;
            let gain = Gain { holder, pair, before: None, after: &after, assigned: &assigned };
            for worlds in self.worlds(&gain) {
                self.gain(&gain, &samples, &worlds)?;
            }
        }
        Ok(())
    }

    /// The worlds in which a gain is judged.
    fn worlds(&self, gain: &Gain<'_, 'a>) -> Vec<Comparison<'a>> {
        let (before, after) = (gain.before, Some(gain.after));
        let parties = Parties { before, after, actor: self.before.as_ref() };
        parties.comparisons(self.change, &gain.pair)
    }

    pub(super) fn actors(&self) -> Vec<Rc<Holding<'a>>> {
        self.before.iter().chain(&self.after).cloned().collect()
    }

    /// Whether a holder is the actor, or the owner of the service that acts.
    fn is_oneself(&self, holder: Holder, actor: SubAccountId) -> bool {
        let owner = self.before.as_ref().and_then(|it| it.owner);
        let own = [Some(actor), owner];
        matches!(holder, Holder::SubAccount(id) if own.contains(&Some(id)))
    }

    /// Whether a holder may be cost anything: a service may cost itself, and not its owner, what it
    /// likes.
    pub(super) fn is_spared(&self, holder: Holder) -> bool {
        self.actor.map(Holder::SubAccount) == Some(holder) || self.is_invited_by_actor(holder)
    }

    /// Whether somebody has what it has by the actor: as its service, or because the actor or a service of the actor's
    /// passed it on.
    pub(super) fn depends_on_actor(&self, holding: &Holding<'_>) -> bool {
        let accounts = self.change.before.organization.sub_accounts();
        let delegators = holding.claims.iter().filter_map(|claim| claim.assignment.delegator);
        let consenting = holding.consent.and_then(|consent| consent.by.sub_account());
        let givers = delegators.chain(consenting);
        let of_services = givers.clone().filter_map(|id| accounts.get(&id)?.owner);
        let mut all = givers.chain(of_services).chain(holding.owner);
        self.actor.is_some_and(|actor| all.any(|id| id == actor))
    }

    /// Whether somebody has nothing yet but what the actor, or a service of the actor's, promised in an invitation.
    pub(super) fn is_invited_by_actor(&self, holder: Holder) -> bool {
        let (Holder::SubAccount(id), Some(actor)) = (holder, self.actor) else { return false };
        let organization = self.change.before.organization;
        organization.referring(EntityId::SubAccount(id), Relation::Invitee).any(|invitation| {
            let EntityId::Invitation(invitation) = invitation else { return false };
            let invitation = organization.invitations().get(&invitation);
            let inviter = invitation.and_then(|it| it.inviter.sub_account());
            let owner = inviter.and_then(|it| organization.sub_accounts().get(&it)?.owner);
            inviter == Some(actor) || owner == Some(actor)
        })
    }

    pub(super) fn samples(
        &self,
        pair: &Pair,
        before: Option<&Rc<Holding<'a>>>,
        after: Option<&Rc<Holding<'a>>>,
    ) -> Result<Samples<'a>, Refusal> {
        let change = self.change;
        let places = [Some(pair.before), pair.lost_from];
        let before = places
            .into_iter()
            .flatten()
            .filter_map(|place| before.map(|holding| (&change.before, holding, place)));
        let after = after.map(|holding| (&change.after, holding, pair.after));
        let actor = self.before.as_ref().map(|holding| (&change.before, holding, pair.before));
        samples(change.now, before.chain(after).chain(actor))
            .map_err(|_| Refusal::TooIntricate { scope: pair.after.scope() })
    }

    /// Whether anything is gained between two worlds, and an error unless the actor covers it.
    fn gain(
        &self,
        gain: &Gain<'_, 'a>,
        samples: &Samples<'a>,
        worlds: &Comparison<'a>,
    ) -> Result<bool, Refusal> {
        let licensed: Vec<AssignmentId> = gain.assigned.iter().map(|it| it.id).collect();
        let mut gains = false;
        for (earlier, later) in self.change.ownings(&gain.pair) {
            let owned = later.of(gain.after);
            let (mut in_all, mut in_all_by_right) = (NameSet::NONE, NameSet::NONE);
            for point in samples.points() {
                let gained = gain.gained(self.change, &point, earlier, later, worlds, &[]);
                if gained.is_empty() {
                    continue;
                }
                gains = true;
                if self.is_owner {
                    return Ok(true);
                }
                let by_right = if licensed.is_empty() {
                    gained
                } else {
                    gain.gained(self.change, &point, earlier, later, worlds, &licensed)
                };
                in_all = in_all.union(gained);
                in_all_by_right = in_all_by_right.union(by_right);
                let covers = self.covers(&gain.pair, &point, owned, samples, &worlds.actor);
                let covers = covers.union(self.made(gain, &point, later, &worlds.after));
                let assumed = Circumstances::Assumed(point.assumed);
                let licence = self.licence(gain, point.from, assumed, owned, &worlds.actor);
                self.is_covered(gain, by_right, covers, false)?;
                self.is_covered(gain, gained, covers.union(licence), false)?;
            }
            if in_all.is_empty() || self.is_invited() {
                continue;
            }
            let (now, given) = (self.change.now, Circumstances::Given(self.acting.context));
            let covers = self.covers_at(&gain.pair, now, given, owned, &worlds.actor);
            let at_once = Point { from: now, until: None, assumed: &[] };
            let covers = covers.union(self.made(gain, &at_once, later, &worlds.after));
            let licence = self.licence(gain, now, given, owned, &worlds.actor);
            self.is_covered(gain, in_all_by_right, covers, true)?;
            self.is_covered(gain, in_all, covers.union(licence), true)?;
        }
        Ok(gains)
    }

    pub(super) const fn is_invited(&self) -> bool {
        matches!(self.acting.who, Acts::Invitee(_))
    }

    fn is_covered(
        &self,
        gain: &Gain<'_, '_>,
        gained: NameSet,
        covers: NameSet,
        now: bool,
    ) -> Result<(), Refusal> {
        let missing = gained.difference(covers);
        if missing.is_empty() {
            return Ok(());
        }
        Err(self.uncovered(gain.holder.into(), gain.pair.after, missing, now))
    }

    pub(super) fn uncovered(
        &self,
        whom: Whom,
        place: Place,
        missing: NameSet,
        now: bool,
    ) -> Refusal {
        let (scope, below) = (place.scope(), matches!(place, Place::Below(_)));
        let permissions = self.change.before.register.names(missing);
        Refusal::Uncovered { whom, scope, below, permissions, now }
    }

    /// What the actor has before the change, and as the maker of what is new, otherwise than by delegation.
    pub(super) fn covers(
        &self,
        pair: &Pair,
        point: &Point<'_>,
        owned: Ownership,
        samples: &Samples<'_>,
        world: &World<'a>,
    ) -> NameSet {
        let covers = || {
            let assumed = Circumstances::Assumed(point.assumed);
            self.covers_at(pair, point.from, assumed, owned, world)
        };
        if !samples.is_single() {
            return covers();
        }
        let key = (*pair, owned);
        let known = |in_worlds: &Vec<(World<'a>, NameSet)>| {
            in_worlds.iter().find(|(known, _)| known == world).map(|(_, covers)| *covers)
        };
        if let Some(covers) = self.covered.borrow().get(&key).and_then(known) {
            return covers;
        }
        let covers = covers();
        self.covered.borrow_mut().entry(key).or_default().push((world.clone(), covers));
        covers
    }

    pub(super) fn covers_at(
        &self,
        pair: &Pair,
        time: jiff::Timestamp,
        circumstances: Circumstances<'_>,
        owned: Ownership,
        world: &World<'_>,
    ) -> NameSet {
        let Some(before) = &self.before else { return NameSet::NONE };
        let asking = |place| by_right(place, time, circumstances, owned, world);
        let has = self.change.before.has(before, &asking(pair.before));
        has.union(self.as_maker(pair, &asking(pair.after)))
    }

    /// What the actor has at a place that is new because it made it.
    fn as_maker(&self, pair: &Pair, asking: &Asking<'_>) -> NameSet {
        match &self.after {
            Some(after) if pair.is_new() => {
                self.change.after.has(after, &Asking { only: Some(&self.creator), ..*asking })
            }
            _ => NameSet::NONE,
        }
    }

    /// What makes the actor itself the maker of what is new, in the world in which that is judged.
    fn made(
        &self,
        gain: &Gain<'_, 'a>,
        point: &Point<'_>,
        owning: Owning,
        world: &World<'_>,
    ) -> NameSet {
        let is_actor = self.actor.map(Holder::SubAccount) == Some(gain.holder);
        if !is_actor || !gain.pair.is_new() || self.creator.is_empty() {
            return NameSet::NONE;
        }
        let asking = Gain::asking(point, gain.pair.after, owning, world, Layer::Reach);
        self.change.after.has(gain.after, &Asking { only: Some(&self.creator), ..asking })
    }

    /// What the actor may hand out here by assigning the roles that the change assigns.
    fn licence(
        &self,
        gain: &Gain<'_, 'a>,
        time: jiff::Timestamp,
        circumstances: Circumstances<'_>,
        owned: Ownership,
        world: &World<'_>,
    ) -> NameSet {
        let Some(before) = &self.before else { return NameSet::NONE };
        let pair = &gain.pair;
        let reached =
            |assigned: &&Assigned| self.change.after.is_within(pair.after.scope(), assigned.scope);
        gain.assigned.iter().filter(reached).fold(NameSet::NONE, |licence, assigned| {
            let layer = Layer::Licence(&assigned.role, assigned.reach);
            let asking = |place| by_right(place, time, circumstances, owned, world).layer(layer);
            let here = self.change.before.has(before, &asking(pair.before));
            licence.union(here).union(self.as_maker(pair, &asking(pair.after)))
        })
    }

    /// G4.
    fn is_not_raised(
        &self,
        gain: &Gain<'_, 'a>,
        samples: &Samples<'a>,
        worlds: &Comparison<'a>,
    ) -> Result<(), Refusal> {
        for (earlier, later) in self.change.ownings(&gain.pair) {
            for point in samples.points() {
                let had = gain.had(self.change, &point, earlier, &worlds.before, Layer::Own);
                let made = self.made(gain, &point, later, &worlds.after);
                let has = gain.has(self.change, &point, later, &worlds.after, Layer::Own, &[]);
                let raised = has.difference(had).difference(made);
                if !raised.is_empty()
                    && let Holder::SubAccount(whom) = gain.holder
                {
                    let permissions = self.change.before.register.names(raised);
                    let place = gain.pair.after;
                    let below = matches!(place, Place::Below(_));
                    let scope = place.scope();
                    return Err(Refusal::SelfRaise { whom, scope, below, permissions });
                }
            }
        }
        Ok(())
    }

    /// Everything that is lost at one pair of places, at any time.
    pub(super) fn lost(
        &self,
        before: &Rc<Holding<'a>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &Pair,
        samples: &Samples<'a>,
    ) -> NameSet {
        let Some(lost_from) = pair.lost_from else { return NameSet::NONE };
        let mut lost = NameSet::NONE;
        for (earlier, later) in self.change.ownings(pair) {
            for point in samples.points() {
                let assumed = Circumstances::Assumed(point.assumed);
                let asking = Asking::new(
                    lost_from,
                    point.from,
                    assumed,
                    earlier,
                    &self.change.before.standing,
                );
                let had = self.change.before.has(before, &asking);
                let has = after.map_or(NameSet::NONE, |after| {
                    let world = &self.change.after.standing;
                    let asking = Asking::new(pair.after, point.from, assumed, later, world);
                    self.change.after.has(after, &asking)
                });
                lost = lost.union(had.difference(has));
            }
        }
        lost
    }

    /// What the actor has before the change and what it could hand out, as rank counts it.
    pub(super) fn reach(
        &self,
        pair: &Pair,
        time: jiff::Timestamp,
        circumstances: Circumstances<'_>,
        owned: Ownership,
    ) -> NameSet {
        let Some(before) = &self.before else { return NameSet::NONE };
        let world = &self.change.before.standing;
        let asking = by_right(pair.before, time, circumstances, owned, world).layer(Layer::Reach);
        self.change.before.has(before, &asking)
    }
}

/// What somebody has otherwise than by delegation, which covers nothing.
fn by_right<'q>(
    place: Place,
    time: jiff::Timestamp,
    circumstances: Circumstances<'q>,
    owned: Ownership,
    world: &'q World<'q>,
) -> Asking<'q> {
    let asking = Asking::new(place, time, circumstances, Owning::Claimed(owned), world);
    Asking { delegations: false, ..asking }
}

impl From<Holder> for Whom {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::SubAccount(id) => Self::SubAccount(id),
            Holder::TeamMember(team) => Self::TeamMember(team),
            Holder::MemberOf(scope) => Self::MemberOf(scope),
            Holder::OperatorOf { operators, .. } => Self::OperatorsOf(operators),
        }
    }
}

/// The kinds of scope that a place stands for.
pub(super) fn kinds_at(place: Place) -> ScopeKinds {
    match place {
        Place::At(scope) => scope.kind().into(),
        Place::Below(Scope::Organization) => ScopeKinds::WORKSPACE.union(ScopeKinds::RESOURCE),
        Place::Below(Scope::Workspace(_) | Scope::Resource(_)) => ScopeKind::Resource.into(),
    }
}
