//! Losses by changes that only take away. Rank (G3) is checked by bounds first, and by sampling
//! only where the bounds leave it open. Such a change is never refused because there are too many
//! times and conditions to sample.

use std::rc::Rc;

use crate::governance::authority::authority_check::{
    AuthorityCheck, HolderOutcome, OverallOutcome,
};
use crate::governance::authority::rank::{
    at_most_outside_reach, check_loss, locations_of_loss, require_may_take,
};
use crate::governance::comparison::equivalence_classes::EquivalenceClasses;
use crate::governance::comparison::pair::LocationPair;
use crate::governance::reach::bounds::{BoundQuery, LimitMode};
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::query::{OWNERSHIPS, OwnershipSource, ReachKind};
use crate::governance::refusal::Refusal;

impl<'a> AuthorityCheck<'_, 'a> {
    /// Checks one holder that can only lose, at every location where it could differ.
    pub(crate) fn check_holder_losses(
        &self,
        holder: HolderId,
        classes: &mut EquivalenceClasses<'a, HolderOutcome>,
        outcome: &mut OverallOutcome,
    ) -> Result<(), Refusal> {
        let (before, after) =
            (self.change.before.holding(holder), self.change.after.holding(holder));
        let Some(before) = before else { return Ok(()) };
        // Losses matter only if a requirement is waived or the actor can be outranked.
        if self.is_exempt(holder) || (!self.is_ranked() && !self.must_be_harmless) {
            return Ok(());
        }
        let is_protected = self.is_protected(holder);
        let holdings = [Some(&before), after.as_ref()];
        let comparable =
            if is_protected { None } else { classes.comparable(self.change, holdings) };
        for pair in self.change.changed_pairs(holder, &self.actor_holdings()) {
            let judge = || {
                let is_open = self.must_be_harmless || is_protected;
                if !is_open && self.certainly_outranks(&before, &pair) {
                    return Ok(HolderOutcome { gains: false, loses: false });
                }
                self.check_loss_at(holder, &before, after.as_ref(), &pair)
            };
            let judged = classes.judged(self.change, &pair, comparable.as_ref(), judge)?;
            if judged.loses {
                outcome.costs_others |= !self.depends_on_actor(&before);
                require_may_take(self, holder)?;
            }
        }
        Ok(())
    }

    /// Checks the loss at one pair of locations: the sampled one or, if sampling is too complex,
    /// everything that could be lost.
    fn check_loss_at(
        &self,
        holder: HolderId,
        before: &Rc<Holding<'a>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &LocationPair,
    ) -> Result<HolderOutcome, Refusal> {
        let lost = match self.samples(pair, Some(before), after) {
            Ok(samples) => self.lost(before, after, pair, &samples),
            Err(_) => self.possibly_lost(before, after, pair),
        };
        let loses = !lost.is_empty();
        if loses {
            require_may_take(self, holder)?;
            check_loss(self, holder, before, pair, lost)?;
        }
        Ok(HolderOutcome { gains: false, loses })
    }

    /// The most that a holder may have had, without what it certainly still has.
    fn possibly_lost(
        &self,
        before: &Rc<Holding<'a>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &LocationPair,
    ) -> NameSet {
        let Some(lost_from) = pair.lost_from else { return NameSet::NONE };
        let (kind, limits, now) = (ReachKind::Own, LimitMode::AllButHost, self.change.now);
        let bounded = |location, ownership| BoundQuery { location, ownership, kind, limits, now };
        let lost = self.change.ownership_cases(pair).into_iter().map(|(earlier, later)| {
            let had = self.change.before.at_most(before, &bounded(lost_from, earlier));
            let has = after.map_or(NameSet::NONE, |after| {
                self.change.after.at_least(after, &bounded(pair.after, later))
            });
            had.difference(has)
        });
        lost.fold(NameSet::NONE, NameSet::union)
    }

    /// Whether the actor certainly reaches everything that the holder may administer where it may
    /// lose something, and above.
    fn certainly_outranks(&self, before: &Rc<Holding<'a>>, pair: &LocationPair) -> bool {
        let Some(location) = pair.lost_from else { return true };
        locations_of_loss(self, location, self.may_have_had(before, location))
            .into_iter()
            .all(|location| at_most_outside_reach(self, before, location).is_empty())
    }

    /// Whether a holder certainly had everything before that it could ever have afterwards,
    /// whatever limits are lifted.
    pub(crate) fn certainly_keeps(
        &self,
        before: Option<&Rc<Holding<'a>>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &LocationPair,
    ) -> bool {
        let (Some(before), Some(after)) = (before, after) else { return after.is_none() };
        let (kind, now) = (ReachKind::Own, self.change.now);
        self.change.ownership_cases(pair).into_iter().all(|(earlier, later)| {
            let bounded =
                |location, ownership, limits| BoundQuery { location, ownership, kind, limits, now };
            let had = bounded(pair.before, earlier, LimitMode::AllButHost);
            let has = bounded(pair.after, later, LimitMode::Lifted);
            let had = self.change.before.at_least(before, &had);
            had.holds(self.change.after.at_most(after, &has))
        })
    }

    /// The most that a holder may have had at a location, for any ownership.
    fn may_have_had(&self, before: &Holding<'a>, location: Location) -> NameSet {
        let (kind, limits, now) = (ReachKind::Own, LimitMode::AllButHost, self.change.now);
        let most = OWNERSHIPS.into_iter().map(|owned| {
            let ownership = OwnershipSource::Claimed(owned);
            self.change
                .before
                .at_most(before, &BoundQuery { location, ownership, kind, limits, now })
        });
        most.fold(NameSet::NONE, NameSet::union)
    }
}
