//! A gain: what somebody has after a change at one pair of places, and did not have before.

use std::rc::Rc;

use crate::governance::authority::Assigned;
use crate::governance::comparison::{Change, Pair, Point};
use crate::governance::holding::{Holder, Holding};
use crate::governance::names::NameSet;
use crate::governance::reach::{Asking, Circumstances, Layer, Owning, Place};
use crate::governance::world::{Comparison, World};
use crate::id::AssignmentId;

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
    pub(super) fn asking<'q>(
        point: &Point<'q>,
        place: Place,
        owning: Owning,
        world: &'q World<'q>,
        layer: Layer<'q>,
    ) -> Asking<'q> {
        Asking {
            layer,
            ..Asking::new(place, point.from, Circumstances::Assumed(point.assumed), owning, world)
        }
    }

    pub(super) fn had(
        &self,
        change: &Change<'a>,
        point: &Point<'_>,
        owning: Owning,
        world: &World<'_>,
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
        world: &World<'_>,
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
        worlds: &Comparison<'_>,
        without: &[AssignmentId],
    ) -> NameSet {
        let in_layer = |layer| {
            self.has(change, point, later, &worlds.after, layer, without).difference(self.had(
                change,
                point,
                earlier,
                &worlds.before,
                layer,
            ))
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
