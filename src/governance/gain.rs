//! A gain: what somebody has after a change at one pair of places, and did not have before.

use std::rc::Rc;

use crate::governance::authority::Assigned;
use crate::governance::comparison::{Change, Pair, Point, bounding};
use crate::governance::holding::{Holder, Holding};
use crate::governance::names::NameSet;
use crate::governance::reach::{Asking, Circumstances, Layer, Owning, Place, World};
use crate::governance::view::View;
use crate::id::AssignmentId;
use crate::model::{Reach, SubAccountKind};

/// What somebody gains at one pair of places.
pub(super) struct Gain<'g, 'a> {
    pub(super) holder: Holder,
    pub(super) pair: Pair,
    pub(super) before: Option<&'g Rc<Holding<'a>>>,
    pub(super) after: &'g Rc<Holding<'a>>,
    /// Roles that are assigned at this very moment, for which a licence is enough.
    pub(super) assigned: &'g [Assigned],
}

impl<'a> Gain<'_, 'a> {
    /// The worlds in which this gain must be judged.
    pub(super) fn worlds(&self, change: &Change<'a>) -> impl Iterator<Item = World> {
        let holdings = || self.before.into_iter().chain([self.after]);
        let waits = |view: &View<'a>, holding: &Holding<'a>| {
            view.claims(holding).any(|claim| matches!(claim.assignment.reach, Reach::Labelled(_)))
        };
        // What bounds somebody may wait for a label as well.
        let may_wait = |view: &View<'a>, holding| {
            waits(view, holding) || bounding(view, holding).iter().any(|it| waits(view, it))
        };
        let is_labelled = may_wait(&change.after, self.after)
            || self.before.is_some_and(|before| may_wait(&change.before, before));
        let is_service = holdings().any(|holding| holding.kind == SubAccountKind::Service);
        // A label may come to be carried, and a service to be bound otherwise: by itself or together.
        [(false, false), (true, false), (false, true), (true, true)]
            .into_iter()
            .filter(move |(labelled, unbound)| {
                (is_labelled || !labelled) && (is_service || !unbound)
            })
            .map(|(labelled, unbound)| World { labelled, unbound })
    }

    pub(super) fn asking<'q>(
        point: &Point<'q>,
        place: Place,
        owning: Owning,
        world: World,
        layer: Layer<'q>,
    ) -> Asking<'q> {
        Asking {
            layer,
            world,
            ..Asking::new(place, point.from, Circumstances::Assumed(point.assumed), owning)
        }
    }

    pub(super) fn had(
        &self,
        change: &Change<'a>,
        point: &Point<'_>,
        owning: Owning,
        world: World,
        layer: Layer<'_>,
    ) -> NameSet {
        self.before.map_or(NameSet::NONE, |before| {
            let asking = Self::asking(point, self.pair.before, owning, world, layer);
            change.before.has(before, &asking)
        })
    }

    pub(super) fn has(
        &self,
        change: &Change<'a>,
        point: &Point<'_>,
        owning: Owning,
        world: World,
        layer: Layer<'_>,
        without: &[AssignmentId],
    ) -> NameSet {
        let asking = Self::asking(point, self.pair.after, owning, world, layer);
        change.after.has(self.after, &Asking { without, ..asking })
    }

    /// What is had afterwards and not before: in what the holder may do, and in what it can hand out.
    pub(super) fn gained(
        &self,
        change: &Change<'a>,
        point: &Point<'_>,
        earlier: Owning,
        later: Owning,
        world: World,
        without: &[AssignmentId],
    ) -> NameSet {
        let in_layer = |layer| {
            self.has(change, point, later, world, layer, without)
                .difference(self.had(change, point, earlier, world, layer))
        };
        let gained = in_layer(Layer::Own);
        if self.after.claims.iter().all(|claim| claim.gives.licence.is_empty())
            && change.after.everyone().iter().all(|claim| claim.gives.licence.is_empty())
        {
            return gained;
        }
        gained.union(in_layer(Layer::Reach))
    }
}
