//! Rank: whoever loses something administers nothing outside the actor's reach (G3).

use std::rc::Rc;

use crate::governance::Refusal;
use crate::governance::authority::{Acts, Judging};
use crate::governance::bounds::{Bounded, Limits, Side};
use crate::governance::comparison::{Pair, samples};
use crate::governance::coverage::kinds_at;
use crate::governance::holding::{Holder, Holding};
use crate::governance::names::NameSet;
use crate::governance::reach::{Asking, Circumstances, Layer, OWNERSHIPS, Owning, Place};
use crate::id::SubAccountId;
use crate::model::ScopeKind;
use crate::permission::Bits;

/// Judges whether the actor may cost somebody anything at all.
pub(super) fn judge_whom(judging: &Judging<'_, '_>, holder: Holder) -> Result<(), Refusal> {
    match holder {
        Holder::SubAccount(id) if !matches!(judging.acting.who, Acts::Invitee(_)) => {
            judging.is_taken_by_an_owner(id)
        }
        _ => Ok(()),
    }
}

/// Judges somebody's loss at one pair of places: there, and above if administration is among what is lost.
pub(super) fn judge_loss<'a>(
    judging: &Judging<'_, 'a>,
    holder: Holder,
    before: &Rc<Holding<'a>>,
    pair: &Pair,
    lost: NameSet,
) -> Result<(), Refusal> {
    let Some(lost_from) = pair.lost_from else { return Ok(()) };
    // Operators have no rank in an organization that is not theirs.
    if matches!(judging.acting.who, Acts::Invitee(_)) || matches!(holder, Holder::OperatorOf { .. })
    {
        return Ok(());
    }
    places_of_loss(judging, lost_from, lost)
        .into_iter()
        .try_for_each(|place| judging.outranks(holder, before, place))
}

/// Where a loss at a place is judged: there, and above if administration is among what is lost.
pub(super) fn places_of_loss(
    judging: &Judging<'_, '_>,
    lost_from: Place,
    lost: NameSet,
) -> Vec<Place> {
    let mut places = vec![lost_from];
    if !lost.intersection(governance_at(judging, lost_from)).is_empty() {
        let node = judging.change.before.node(lost_from.scope());
        let above = node.iter().flat_map(|node| node.way.iter()).map(|step| Place::At(step.scope));
        places.extend(above.filter(|place| *place != lost_from));
    }
    places
}

/// What a holder may administer at a place, and could hand out there, that the actor does not
/// certainly reach: nothing only if sampling would find nothing either.
pub(super) fn above_at_most<'a>(
    judging: &Judging<'_, 'a>,
    before: &Rc<Holding<'a>>,
    place: Place,
) -> NameSet {
    let (view, now) = (&judging.change.before, judging.change.now);
    let governance = governance_at(judging, place);
    OWNERSHIPS.into_iter().fold(NameSet::NONE, |above, owned| {
        let bounded = |side| {
            let (owning, limits) = (Owning::Claimed(owned), Limits::AllButHost);
            Bounded { place, owning, side, limits, now }
        };
        let administers = view.at_most(before, &bounded(Side::Own)).intersection(governance);
        let hands_out = view.at_most(before, &bounded(Side::Licences));
        let actor = judging.before.as_deref();
        let reach = actor.map_or(NameSet::NONE, |it| view.at_least(it, &bounded(Side::Reach)));
        above.union(administers.union(hands_out).difference(reach))
    })
}

impl<'a> Judging<'_, 'a> {
    /// Judges what is done to a sub-account as a whole.
    pub(super) fn outranks_everywhere(&self, id: SubAccountId) -> Result<(), Refusal> {
        let holder = Holder::SubAccount(id);
        self.is_taken_by_an_owner(id)?;
        let Some(before) = self.change.before.holding(holder) else { return Ok(()) };
        let actor: Vec<_> = self.before.iter().cloned().collect();
        for pair in self.change.pairs_of_all(holder, &actor) {
            if let Some(place) = pair.lost_from {
                self.outranks(holder, &before, place)?;
            }
        }
        Ok(())
    }

    pub(super) fn is_taken_by_an_owner(&self, id: SubAccountId) -> Result<(), Refusal> {
        if self.is_protected(Holder::SubAccount(id)) {
            return Err(Refusal::TakesFromOwner(id));
        }
        Ok(())
    }

    /// Whether a holder is an owner, or may be one, and the actor is none, who takes nothing from
    /// owners.
    pub(super) fn is_protected(&self, holder: Holder) -> bool {
        match holder {
            Holder::SubAccount(id) => {
                !self.is_owner && self.change.before.ownership(id, self.change.now) != Some(false)
            }
            Holder::TeamMember(_) | Holder::MemberOf(_) | Holder::OperatorOf { .. } => false,
        }
    }

    /// Whether it matters who stands above whom: it does not to an owner, nor for an invitee's own
    /// answer.
    pub(super) const fn is_ranked(&self) -> bool {
        !self.is_owner && !self.is_invited()
    }

    /// Whether everything that a holder administers at a place, and could hand out there, lies in the actor's reach.
    fn outranks(
        &self,
        holder: Holder,
        before: &Rc<Holding<'a>>,
        place: Place,
    ) -> Result<(), Refusal> {
        if self.is_owner {
            return Ok(());
        }
        let above_at_most = above_at_most(self, before, place);
        if above_at_most.is_empty() {
            return Ok(());
        }
        let outranked = |above| Refusal::Outranked {
            whom: holder.into(),
            scope: place.scope(),
            below: matches!(place, Place::Below(_)),
            permissions: self.change.before.register.names(above),
        };
        let view = &self.change.before;
        let governance = governance_at(self, place);
        let pair = Pair { after: place, before: place, lost_from: Some(place) };
        let actor = self.before.as_ref().map(|holding| (view, holding, place));
        let parties = [(view, before, place)].into_iter().chain(actor);
        let samples = samples(self.change.now, parties).map_err(|_| outranked(above_at_most))?;
        for owned in OWNERSHIPS {
            for point in samples.points() {
                let assumed = Circumstances::Assumed(point.assumed);
                let owning = Owning::Claimed(owned);
                let asking = Asking::new(place, point.from, assumed, owning, &view.standing);
                let administers = view.has(before, &asking).intersection(governance);
                let hands_out = view.has(before, &asking.layer(Layer::Licences));
                let above = administers
                    .union(hands_out)
                    .difference(self.reach(&pair, point.from, assumed, owned));
                if !above.is_empty() {
                    return Err(outranked(above));
                }
            }
        }
        Ok(())
    }
}

/// What administrative actions at a place require.
fn governance_at(judging: &Judging<'_, '_>, place: Place) -> NameSet {
    let kinds = kinds_at(place);
    let bits = [ScopeKind::Organization, ScopeKind::Workspace, ScopeKind::Resource]
        .into_iter()
        .filter(|kind| kinds.contains((*kind).into()))
        .map(|kind| judging.change.before.catalog.governance_at(kind))
        .fold(Bits::NONE, Bits::union);
    NameSet::known(bits)
}
