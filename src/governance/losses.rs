//! Losses by changes that only take away: who may be cost something is judged by bounds first (G3),
//! and by sampling only where these leave it open. That times and conditions are too many to be
//! sampled never refuses such a change.

use std::rc::Rc;

use crate::governance::authority::{Judged, Judging, Outcome};
use crate::governance::bounds::{Bounded, Limits, Side};
use crate::governance::comparison::Pair;
use crate::governance::holding::{Holder, Holding};
use crate::governance::likeness::Likenesses;
use crate::governance::names::NameSet;
use crate::governance::reach::{OWNERSHIPS, Owning, Place};
use crate::governance::{Refusal, rank};

impl<'a> Judging<'_, 'a> {
    /// Compares one holder who cannot gain anything before and after, wherever it could differ.
    pub(super) fn compare_losses(
        &self,
        holder: Holder,
        alike: &mut Likenesses<'a, Judged>,
        outcome: &mut Outcome,
    ) -> Result<(), Refusal> {
        let (before, after) =
            (self.change.before.holding(holder), self.change.after.holding(holder));
        let Some(before) = before else { return Ok(()) };
        // Nobody asks what it costs where nothing is anybody's own affair and no rank stands above
        // the actor's.
        if self.is_spared(holder) || (!self.is_ranked() && !self.is_own_affair) {
            return Ok(());
        }
        let is_protected = self.is_protected(holder);
        let holdings = [Some(&before), after.as_ref()];
        let comparable = if is_protected { None } else { alike.comparable(self.change, holdings) };
        for pair in self.change.pairs(holder, &self.actors()) {
            let judge = || {
                let is_open = self.is_own_affair || is_protected;
                if !is_open && self.surely_outranks(&before, &pair) {
                    return Ok(Judged { gains: false, loses: false });
                }
                self.loss_at(holder, &before, after.as_ref(), &pair)
            };
            let judged = alike.judged(self.change, &pair, comparable.as_ref(), judge)?;
            if judged.loses {
                outcome.costs_others |= !self.depends_on_actor(&before);
                rank::judge_whom(self, holder)?;
            }
        }
        Ok(())
    }

    /// Judges what is lost at one pair of places: as sampled, or, where that is too intricate,
    /// whatever may be lost.
    fn loss_at(
        &self,
        holder: Holder,
        before: &Rc<Holding<'a>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &Pair,
    ) -> Result<Judged, Refusal> {
        let lost = match self.samples(pair, Some(before), after) {
            Ok(samples) => self.lost(before, after, pair, &samples),
            Err(_) => {
                pair.lost_from.map_or(NameSet::NONE, |place| self.may_have_had(before, place))
            }
        };
        let loses = !lost.is_empty();
        if loses {
            rank::judge_whom(self, holder)?;
            rank::judge_loss(self, holder, before, pair, lost)?;
        }
        Ok(Judged { gains: false, loses })
    }

    /// Whether the actor certainly reaches all that a holder may administer where it may lose
    /// something, and above.
    fn surely_outranks(&self, before: &Rc<Holding<'a>>, pair: &Pair) -> bool {
        let Some(place) = pair.lost_from else { return true };
        rank::places_of_loss(self, place, self.may_have_had(before, place))
            .into_iter()
            .all(|place| rank::above_at_most(self, before, place).is_empty())
    }

    /// Whether a holder certainly had all before that it could ever have afterwards, whatever
    /// limits were lifted.
    pub(super) fn surely_keeps(
        &self,
        before: Option<&Rc<Holding<'a>>>,
        after: Option<&Rc<Holding<'a>>>,
        pair: &Pair,
    ) -> bool {
        let (Some(before), Some(after)) = (before, after) else { return after.is_none() };
        let (side, now) = (Side::Own, self.change.now);
        self.change.ownings(pair).into_iter().all(|(earlier, later)| {
            let bounded = |place, owning, limits| Bounded { place, owning, side, limits, now };
            let had = bounded(pair.before, earlier, Limits::AllButHost);
            let has = bounded(pair.after, later, Limits::Lifted);
            let had = self.change.before.at_least(before, &had);
            had.holds(self.change.after.at_most(after, &has))
        })
    }

    /// The most that a holder may have had at a place, whoever owns what is asked about.
    fn may_have_had(&self, before: &Holding<'a>, place: Place) -> NameSet {
        let (side, limits, now) = (Side::Own, Limits::AllButHost, self.change.now);
        let most = OWNERSHIPS.into_iter().map(|owned| {
            let owning = Owning::Claimed(owned);
            self.change.before.at_most(before, &Bounded { place, owning, side, limits, now })
        });
        most.fold(NameSet::NONE, NameSet::union)
    }
}
