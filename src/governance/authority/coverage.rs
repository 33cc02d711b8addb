//! Coverage: whatever a holder gains must lie within the reach of the actor, at the time of the
//! gain and now (G2), and no actor raises itself (G4).

use std::rc::Rc;

use crate::access::Ownership;
use crate::governance::authority::authority_check::{
    AssignedRole, AuthorityCheck, HolderOutcome, OverallOutcome,
};
use crate::governance::authority::gain::Gain;
use crate::governance::authority::rank::{check_loss, require_may_take};
use crate::governance::comparison::compared_limits::{ComparedHoldings, ComparedLimits};
use crate::governance::comparison::equivalence_classes::EquivalenceClasses;
use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::samples::{SamplePoint, Samples};
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::lifted_limits::LiftedLimits;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::query::{Circumstances, OwnershipSource, ReachKind, ReachQuery};
use crate::governance::refusal::{AffectedHolder, Refusal};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::Grant;
use crate::model::link::{EntityId, Relation};

impl<'a> AuthorityCheck<'_, 'a> {
    /// Checks one holder that may gain something, at every location where it could differ.
    pub(crate) fn check_holder(
        &self,
        holder: HolderId,
        classes: &mut EquivalenceClasses<'a, HolderOutcome>,
        outcome: &mut OverallOutcome,
    ) -> Result<(), Refusal> {
        let (before, after) =
            (self.change.before.holding(holder), self.change.after.holding(holder));
        let holdings = [before.as_ref(), after.as_ref()];
        let is_self = self.actor.is_some_and(|actor| self.is_actor_or_its_owner(holder, actor));
        let is_exempt = self.is_exempt(holder);
        // An owner covers and outranks every other holder, and can only raise itself.
        let is_raised = is_self && !self.is_recovery;
        if self.is_owner && !is_raised && !self.must_be_harmless {
            return Ok(());
        }
        let depends = before.as_ref().is_some_and(|before| self.depends_on_actor(before));
        // The actor is never grouped with others: it may give up its own permissions. Nor are
        // invitees of the actor.
        let is_like_others = !is_self && !is_exempt;
        let comparable =
            is_like_others.then(|| classes.comparable(self.change, holdings)).flatten();
        for pair in self.change.changed_pairs(holder, &self.actor_holdings()) {
            let judge = || match self.check_holder_at(holder, holdings, &pair, is_self, is_exempt) {
                // If sampling is too complex, assume both a gain and a loss: neither is checked for
                // an owner.
                Err(Refusal::TooComplex { .. }) if self.is_owner && !is_raised => {
                    Ok(HolderOutcome { gains: true, loses: !is_exempt })
                }
                judged => judged,
            };
            let judged = classes.judged(self.change, &pair, comparable.as_ref(), judge)?;
            outcome.gains |= judged.gains;
            if judged.loses {
                outcome.costs_others |= !depends;
                // A holder of the same class at this location may be an owner elsewhere.
                require_may_take(self, holder)?;
            }
        }
        Ok(())
    }

    fn check_holder_at(
        &self,
        holder: HolderId,
        [before, after]: [Option<&Rc<Holding<'a>>>; 2],
        pair: &LocationPair,
        is_self: bool,
        is_exempt: bool,
    ) -> Result<HolderOutcome, Refusal> {
        if self.is_owner && !self.must_be_harmless && self.certainly_keeps(before, after, pair) {
            return Ok(HolderOutcome { gains: false, loses: false });
        }
        let samples = self.samples(pair, before, after)?;
        let mut judged = HolderOutcome { gains: false, loses: false };
        if let Some(after) = after {
            let assigned = &self.assigned;
            let gain = Gain { change: self.change, holder, pair: *pair, before, after, assigned };
            for compared in self.limits_to_compare(&gain) {
                judged.gains |= self.check_gain(&gain, &samples, &compared)?;
                // An actor that restores an archived workspace does not raise itself by what it had
                // there before the archive.
                if is_self && !self.is_recovery && compared.before.archive {
                    self.require_no_self_raise(&gain, &samples, &compared)?;
                }
            }
        }
        if let Some(before) = before.filter(|_| !is_exempt) {
            let lost = self.lost(before, after, pair, &samples);
            if !lost.is_empty() {
                judged.loses = true;
                require_may_take(self, holder)?;
                check_loss(self, holder, before, pair, lost)?;
            }
        }
        Ok(judged)
    }

    /// Checks everything that a holder can have, as if it had nothing before.
    pub(crate) fn check_whole_reach(&self, holder: HolderId) -> Result<(), Refusal> {
        let Some(after) = self.change.after.holding(holder) else { return Ok(()) };
        if self.is_owner {
            return Ok(());
        }
        // A rise counts as assigning the roles of the account again.
        let mut assigned = self.assigned.clone();
        assigned.extend(after.assignments.iter().filter_map(|applied| {
            match &applied.assignment.grant {
                Grant::Role(role) if applied.is_allow() => Some(AssignedRole {
                    id: applied.assignment.id,
                    role: role.clone(),
                    reach: applied.gives.reach(),
                    scope: applied.assignment.scope,
                }),
                Grant::Role(_) | Grant::Permissions { .. } => None,
            }
        }));
        for pair in self.change.all_pairs(holder, &self.actor_holdings()) {
            let samples = self.samples(&pair, None, Some(&after))?;
            let gain = Gain {
                change: self.change,
                holder,
                pair,
                before: None,
                after: &after,
                assigned: &assigned,
            };
            for compared in self.limits_to_compare(&gain) {
                self.check_gain(&gain, &samples, &compared)?;
            }
        }
        Ok(())
    }

    /// The combinations of lifted limits under which a gain is checked.
    fn limits_to_compare(&self, gain: &Gain<'_, 'a>) -> Vec<ComparedLimits<'a>> {
        let (before, after) = (gain.before, Some(gain.after));
        let parties = ComparedHoldings { before, after, actor: self.before.as_ref() };
        parties.comparisons(self.change, &gain.pair)
    }

    pub(crate) fn actor_holdings(&self) -> Vec<Rc<Holding<'a>>> {
        self.before.iter().chain(&self.after).cloned().collect()
    }

    /// Whether a holder is the actor, or the owner of the service that acts.
    fn is_actor_or_its_owner(&self, holder: HolderId, actor: SubAccountId) -> bool {
        let owner = self.before.as_ref().and_then(|it| it.owner);
        let own = [Some(actor), owner];
        matches!(holder, HolderId::SubAccount(id) if own.contains(&Some(id)))
    }

    /// Whether a holder may lose anything without a check of rank: the actor itself, but not the
    /// owner of the service that acts, and invitees of the actor.
    pub(crate) fn is_exempt(&self, holder: HolderId) -> bool {
        self.actor.map(HolderId::SubAccount) == Some(holder) || self.is_invited_by_actor(holder)
    }

    /// Whether a holder has its permissions by the actor: as its service, or because the actor or
    /// one of its services delegated them or gave the consent.
    pub(crate) fn depends_on_actor(&self, holding: &Holding<'_>) -> bool {
        let accounts = self.change.before.organization.sub_accounts();
        let delegators =
            holding.assignments.iter().filter_map(|applied| applied.assignment.delegator);
        let consenting = holding.consent.and_then(|consent| consent.by.sub_account());
        let givers = delegators.chain(consenting);
        let of_services = givers.clone().filter_map(|id| accounts.get(&id)?.owner);
        let mut all = givers.chain(of_services).chain(holding.owner);
        self.actor.is_some_and(|actor| all.any(|id| id == actor))
    }

    /// Whether a holder is invited by the actor, or by a service of the actor, and has not accepted
    /// yet.
    pub(crate) fn is_invited_by_actor(&self, holder: HolderId) -> bool {
        let (HolderId::SubAccount(id), Some(actor)) = (holder, self.actor) else { return false };
        let organization = self.change.before.organization;
        organization.referring(EntityId::SubAccount(id), Relation::Invitee).any(|invitation| {
            let EntityId::Invitation(invitation) = invitation else { return false };
            let invitation = organization.invitations().get(&invitation);
            let inviter = invitation.and_then(|it| it.inviter.sub_account());
            let owner = inviter.and_then(|it| organization.sub_accounts().get(&it)?.owner);
            inviter == Some(actor) || owner == Some(actor)
        })
    }

    pub(crate) fn samples(
        &self,
        pair: &LocationPair,
        before: Option<&Rc<Holding<'a>>>,
        after: Option<&Rc<Holding<'a>>>,
    ) -> Result<Samples<'a>, Refusal> {
        let change = self.change;
        let locations = [Some(pair.before), pair.lost_from];
        let before = locations
            .into_iter()
            .flatten()
            .filter_map(|location| before.map(|holding| (&change.before, holding, location)));
        let after = after.map(|holding| (&change.after, holding, pair.after));
        let actor = self.before.as_ref().map(|holding| (&change.before, holding, pair.before));
        Samples::new(change.now, before.chain(after).chain(actor))
            .map_err(|_| Refusal::TooComplex { scope: pair.after.scope() })
    }

    /// Returns whether anything is gained under one combination of lifted limits; an error unless
    /// the actor covers it.
    fn check_gain(
        &self,
        gain: &Gain<'_, 'a>,
        samples: &Samples<'a>,
        compared: &ComparedLimits<'a>,
    ) -> Result<bool, Refusal> {
        let licensed: Vec<AssignmentId> = gain.assigned.iter().map(|it| it.id).collect();
        let mut gains = false;
        for (earlier, later) in self.change.ownership_cases(&gain.pair) {
            let owned = later.of(gain.after);
            let (mut in_all, mut in_all_by_right) = (NameSet::NONE, NameSet::NONE);
            for point in samples.points() {
                let gained = gain.gained(&point, earlier, later, compared, &[]);
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
                    gain.gained(&point, earlier, later, compared, &licensed)
                };
                in_all = in_all.union(gained);
                in_all_by_right = in_all_by_right.union(by_right);
                let covers = self.covers(&gain.pair, &point, owned, samples, &compared.actor);
                let covers =
                    covers.union(self.gained_as_creator(gain, &point, later, &compared.after));
                let assumed = Circumstances::Assumed(point.assumed);
                let licence = self.licence(gain, point.from, assumed, owned, &compared.actor);
                self.require_covered(gain, by_right, covers, false)?;
                self.require_covered(gain, gained, covers.union(licence), false)?;
            }
            if in_all.is_empty() || self.is_invited() {
                continue;
            }
            let (now, given) = (self.change.now, Circumstances::Given(self.principal.context));
            let covers = self.covers_at(&gain.pair, now, given, owned, &compared.actor);
            let at_once = SamplePoint { from: now, until: None, assumed: &[] };
            let covers =
                covers.union(self.gained_as_creator(gain, &at_once, later, &compared.after));
            let licence = self.licence(gain, now, given, owned, &compared.actor);
            self.require_covered(gain, in_all_by_right, covers, true)?;
            self.require_covered(gain, in_all, covers.union(licence), true)?;
        }
        Ok(gains)
    }

    pub(crate) const fn is_invited(&self) -> bool {
        self.principal.kind.is_invitee()
    }

    fn require_covered(
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

    pub(crate) fn uncovered(
        &self,
        holder: AffectedHolder,
        location: Location,
        missing: NameSet,
        now: bool,
    ) -> Refusal {
        let (scope, below) = (location.scope(), location.is_below());
        let permissions = self.change.before.names.resolve(missing);
        Refusal::Uncovered { holder, scope, below, permissions, now }
    }

    /// The permissions that the actor has before the change, and as the creator of new scopes,
    /// otherwise than by delegation.
    pub(crate) fn covers(
        &self,
        pair: &LocationPair,
        point: &SamplePoint<'_>,
        owned: Ownership,
        samples: &Samples<'_>,
        lifted: &LiftedLimits<'a>,
    ) -> NameSet {
        let covers = || {
            let assumed = Circumstances::Assumed(point.assumed);
            self.covers_at(pair, point.from, assumed, owned, lifted)
        };
        if !samples.is_single() {
            return covers();
        }
        let key = (*pair, owned);
        let known = |in_worlds: &Vec<(LiftedLimits<'a>, NameSet)>| {
            in_worlds.iter().find(|(known, _)| known == lifted).map(|(_, covers)| *covers)
        };
        if let Some(covers) = self.covered.borrow().get(&key).and_then(known) {
            return covers;
        }
        let covers = covers();
        self.covered.borrow_mut().entry(key).or_default().push((lifted.clone(), covers));
        covers
    }

    pub(crate) fn covers_at(
        &self,
        pair: &LocationPair,
        time: jiff::Timestamp,
        circumstances: Circumstances<'_>,
        owned: Ownership,
        lifted: &LiftedLimits<'_>,
    ) -> NameSet {
        let Some(before) = &self.before else { return NameSet::NONE };
        let query = |location| by_right(location, time, circumstances, owned, lifted);
        let has = self.change.before.reach(before, &query(pair.before));
        has.union(self.as_creator(pair, &query(pair.after)))
    }

    /// The permissions of the actor at a new location, as its creator.
    fn as_creator(&self, pair: &LocationPair, query: &ReachQuery<'_>) -> NameSet {
        match &self.after {
            Some(after) if pair.is_new() => {
                self.change.after.reach(after, &ReachQuery { only: Some(&self.creator), ..*query })
            }
            _ => NameSet::NONE,
        }
    }

    /// The gain of the actor itself as the creator of a new scope, which needs no cover.
    fn gained_as_creator(
        &self,
        gain: &Gain<'_, 'a>,
        point: &SamplePoint<'_>,
        ownership: OwnershipSource,
        lifted: &LiftedLimits<'_>,
    ) -> NameSet {
        let is_actor = self.actor.map(HolderId::SubAccount) == Some(gain.holder);
        if !is_actor || !gain.pair.is_new() || self.creator.is_empty() {
            return NameSet::NONE;
        }
        let query =
            Gain::query(point, gain.pair.after, ownership, lifted, ReachKind::OwnAndAssignable);
        self.change.after.reach(gain.after, &ReachQuery { only: Some(&self.creator), ..query })
    }

    /// The permissions that the licences of the actor let it assign here by the roles that the
    /// change assigns.
    fn licence(
        &self,
        gain: &Gain<'_, 'a>,
        time: jiff::Timestamp,
        circumstances: Circumstances<'_>,
        owned: Ownership,
        lifted: &LiftedLimits<'_>,
    ) -> NameSet {
        let Some(before) = &self.before else { return NameSet::NONE };
        let pair = &gain.pair;
        let reached = |assigned: &&AssignedRole| {
            self.change.after.is_within(pair.after.scope(), assigned.scope)
        };
        gain.assigned.iter().filter(reached).fold(NameSet::NONE, |licence, assigned| {
            let kind = ReachKind::AssignableRole(&assigned.role, assigned.reach);
            let query =
                |location| by_right(location, time, circumstances, owned, lifted).kind(kind);
            let here = self.change.before.reach(before, &query(pair.before));
            licence.union(here).union(self.as_creator(pair, &query(pair.after)))
        })
    }

    /// Requires that the actor gains nothing itself (G4).
    fn require_no_self_raise(
        &self,
        gain: &Gain<'_, 'a>,
        samples: &Samples<'a>,
        compared: &ComparedLimits<'a>,
    ) -> Result<(), Refusal> {
        for (earlier, later) in self.change.ownership_cases(&gain.pair) {
            for point in samples.points() {
                let had = gain.reach_before(&point, earlier, &compared.before, ReachKind::Own);
                let made = self.gained_as_creator(gain, &point, later, &compared.after);
                let has = gain.reach_after(&point, later, &compared.after, ReachKind::Own, &[]);
                let raised = has.difference(had).difference(made);
                if !raised.is_empty()
                    && let HolderId::SubAccount(sub_account) = gain.holder
                {
                    let permissions = self.change.before.names.resolve(raised);
                    let location = gain.pair.after;
                    let below = location.is_below();
                    let scope = location.scope();
                    return Err(Refusal::SelfRaise { sub_account, scope, below, permissions });
                }
            }
        }
        Ok(())
    }

    /// Everything that is lost at one pair of locations, at any time.
    pub(crate) fn lost(
        &self,
        before: &Rc<Holding<'a>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &LocationPair,
        samples: &Samples<'a>,
    ) -> NameSet {
        let Some(lost_from) = pair.lost_from else { return NameSet::NONE };
        let mut lost = NameSet::NONE;
        for (earlier, later) in self.change.ownership_cases(pair) {
            for point in samples.points() {
                let assumed = Circumstances::Assumed(point.assumed);
                let query = ReachQuery::new(
                    lost_from,
                    point.from,
                    assumed,
                    earlier,
                    &self.change.before.standing_limits,
                );
                let had = self.change.before.reach(before, &query);
                let has = after.map_or(NameSet::NONE, |after| {
                    let lifted = &self.change.after.standing_limits;
                    let query = ReachQuery::new(pair.after, point.from, assumed, later, lifted);
                    self.change.after.reach(after, &query)
                });
                lost = lost.union(had.difference(has));
            }
        }
        lost
    }

    /// The permissions that the actor has or may assign before the change, for a comparison of
    /// rank.
    pub(crate) fn actor_reach(
        &self,
        pair: &LocationPair,
        time: jiff::Timestamp,
        circumstances: Circumstances<'_>,
        owned: Ownership,
    ) -> NameSet {
        let Some(before) = &self.before else { return NameSet::NONE };
        let lifted = &self.change.before.standing_limits;
        let query = by_right(pair.before, time, circumstances, owned, lifted)
            .kind(ReachKind::OwnAndAssignable);
        self.change.before.reach(before, &query)
    }
}

/// Asks for permissions held otherwise than by delegation: delegated permissions cover nothing.
fn by_right<'q>(
    location: Location,
    time: jiff::Timestamp,
    circumstances: Circumstances<'q>,
    owned: Ownership,
    lifted: &'q LiftedLimits<'q>,
) -> ReachQuery<'q> {
    let query =
        ReachQuery::new(location, time, circumstances, OwnershipSource::Claimed(owned), lifted);
    ReachQuery { delegations: false, ..query }
}
