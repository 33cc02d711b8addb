//! Losses by changes that only take away: who may be cost something is judged by bounds first (G3),
//! and by sampling only where these leave it open. That times and conditions are too many to be
//! sampled never refuses such a change.

use std::rc::Rc;

use crate::governance::authority::check::{AuthorityCheck, HolderOutcome, OverallOutcome};
use crate::governance::authority::rank::{
    above_at_most, check_loss, places_of_loss, require_may_take,
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
    /// Compares one holder who cannot gain anything before and after, wherever it could differ.
    pub(crate) fn check_holder_losses(
        &self,
        holder: HolderId,
        alike: &mut EquivalenceClasses<'a, HolderOutcome>,
        outcome: &mut OverallOutcome,
    ) -> Result<(), Refusal> {
        let (before, after) =
            (self.change.before.holding(holder), self.change.after.holding(holder));
        let Some(before) = before else { return Ok(()) };
        // Nobody asks what it costs where nothing is anybody's own affair and no rank stands above
        // the actor's.
        if self.is_exempt(holder) || (!self.is_ranked() && !self.must_be_harmless) {
            return Ok(());
        }
        let is_protected = self.is_protected(holder);
        let holdings = [Some(&before), after.as_ref()];
        let comparable = if is_protected { None } else { alike.comparable(self.change, holdings) };
        for pair in self.change.changed_pairs(holder, &self.actor_holdings()) {
            let judge = || {
                let is_open = self.must_be_harmless || is_protected;
                if !is_open && self.surely_outranks(&before, &pair) {
                    return Ok(HolderOutcome { gains: false, loses: false });
                }
                self.loss_at(holder, &before, after.as_ref(), &pair)
            };
            let judged = alike.judged(self.change, &pair, comparable.as_ref(), judge)?;
            if judged.loses {
                outcome.costs_others |= !self.depends_on_actor(&before);
                require_may_take(self, holder)?;
            }
        }
        Ok(())
    }

    /// Judges what is lost at one pair of places: as sampled, or, where that is too intricate,
    /// whatever may be lost.
    fn loss_at(
        &self,
        holder: HolderId,
        before: &Rc<Holding<'a>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &LocationPair,
    ) -> Result<HolderOutcome, Refusal> {
        let lost = match self.samples(pair, Some(before), after) {
            Ok(samples) => self.lost(before, after, pair, &samples),
            Err(_) => {
                pair.lost_from.map_or(NameSet::NONE, |location| self.may_have_had(before, location))
            }
        };
        let loses = !lost.is_empty();
        if loses {
            require_may_take(self, holder)?;
            check_loss(self, holder, before, pair, lost)?;
        }
        Ok(HolderOutcome { gains: false, loses })
    }

    /// Whether the actor certainly reaches all that a holder may administer where it may lose
    /// something, and above.
    fn surely_outranks(&self, before: &Rc<Holding<'a>>, pair: &LocationPair) -> bool {
        let Some(location) = pair.lost_from else { return true };
        places_of_loss(self, location, self.may_have_had(before, location))
            .into_iter()
            .all(|location| above_at_most(self, before, location).is_empty())
    }

    /// Whether a holder certainly had all before that it could ever have afterwards, whatever
    /// limits were lifted.
    pub(crate) fn surely_keeps(
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

    /// The most that a holder may have had at a place, whoever owns what is asked about.
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
