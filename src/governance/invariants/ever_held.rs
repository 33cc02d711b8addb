//! Ever.

use std::rc::Rc;

use crate::governance::comparison::samples::samples;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::Holding;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::query::{Circumstances, OWNERSHIPS, OwnershipSource, ReachQuery};
use crate::governance::reach::view::View;

/// Everything that is held at one place, at any time and under any circumstances; `None` if that is
/// too intricate to be told apart. The organization's own ceiling is left aside: the host may lift
/// it, and must then not have broken anything by it.
pub(crate) fn ever<'a>(
    change: &Transition<'a>,
    view: &View<'a>,
    holding: &Rc<Holding<'a>>,
    place: Location,
) -> Option<NameSet> {
    let samples = samples(change.now, [(view, holding, place)]).ok()?;
    let ever = OWNERSHIPS
        .into_iter()
        .flat_map(|owned| samples.points().map(move |point| (owned, point)))
        .map(|(owned, point)| {
            let assumed = Circumstances::Assumed(point.assumed);
            let owning = OwnershipSource::Claimed(owned);
            let query = ReachQuery::new(place, point.from, assumed, owning, &view.standing);
            view.reach(holding, &query)
        })
        .fold(NameSet::NONE, NameSet::union);
    Some(ever)
}
