//! Everything that a holding can have at some time, under some circumstances.

use std::rc::Rc;

use crate::governance::comparison::samples::Samples;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::Holding;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::query::{Circumstances, OWNERSHIPS, OwnershipSource, ReachQuery};
use crate::governance::reach::view::View;

/// Everything that a holding has at one location at any time and under any circumstances; `None` if
/// that is too complex to determine. The ceiling of the organization is ignored: the host may lift
/// it, and lifting it must not break an invariant.
pub(crate) fn ever_held<'a>(
    change: &Transition<'a>,
    view: &View<'a>,
    holding: &Rc<Holding<'a>>,
    location: Location,
) -> Option<NameSet> {
    let samples = Samples::new(change.now, [(view, holding, location)]).ok()?;
    let ever = OWNERSHIPS
        .into_iter()
        .flat_map(|owned| samples.points().map(move |point| (owned, point)))
        .map(|(owned, point)| {
            let assumed = Circumstances::Assumed(point.assumed);
            let ownership = OwnershipSource::Claimed(owned);
            let query =
                ReachQuery::new(location, point.from, assumed, ownership, &view.standing_limits);
            view.reach(holding, &query)
        })
        .fold(NameSet::NONE, NameSet::union);
    Some(ever)
}
