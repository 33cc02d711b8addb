//! Samples: the instants and circumstances that suffice to compare holders at one location.
//!
//! What a holder has changes only when an assignment starts or ends, and depends on a session only
//! by the conditions of its assignments. So it is enough to look at one instant between any two of
//! those changes, and at each combination of outcomes. Conditions count as independent of each
//! other, so more combinations are checked than can occur, never fewer.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::governance::reach::holding::{AppliedAssignment, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::view::View;
use crate::model::Condition;

/// The instants and circumstances that matter to these holdings.
pub(crate) struct Samples<'a> {
    /// Sorted; the first one is now.
    times: Vec<Timestamp>,
    /// Each entry assigns an outcome to every condition that matters. At least one entry, perhaps
    /// empty.
    circumstances: Vec<Vec<(&'a Condition, Truth)>>,
}

/// One instant with one assignment of outcomes to conditions.
#[derive(Clone, Copy)]
pub(crate) struct SamplePoint<'s> {
    pub(crate) from: Timestamp,
    pub(crate) until: Option<Timestamp>,
    pub(crate) assumed: &'s [(&'s Condition, Truth)],
}

/// There are more combinations of instants and circumstances than [`POINTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooComplex;

/// The most points that are checked at one location for one holder.
const POINTS: usize = 4_096;

/// A holding in one of the views, at one location.
type SampledHolding<'p, 'a> = (&'p View<'a>, &'p Rc<Holding<'a>>, Location);

impl<'a> Samples<'a> {
    /// The instants and circumstances that matter to these holdings.
    pub(crate) fn new<'p>(
        now: Timestamp,
        parties: impl IntoIterator<Item = SampledHolding<'p, 'a>>,
    ) -> Result<Self, TooComplex>
    where
        'a: 'p,
    {
        let mut times = BTreeSet::from([now]);
        // Which outcomes make a difference: an allow acts only if its conditions are met, a deny
        // unless they are unmet.
        let mut conditions: BTreeMap<&'a Condition, BTreeSet<Truth>> = BTreeMap::new();
        for (view, holding, location) in parties {
            let Some(path) = view.path_to(location.scope()) else { continue };
            let reaches = |applied: &&AppliedAssignment<'a>| {
                applied.position_on(&path, location, |_| true).is_some()
            };
            for applied in view.applied_to(holding).filter(reaches) {
                times.extend(applied.starts.into_iter().chain(applied.ends));
                for condition in applied.conditions() {
                    let matters = conditions.entry(condition).or_default();
                    matters.insert(Truth::Unknown);
                    matters.insert(if applied.is_allow() { Truth::True } else { Truth::False });
                }
            }
            times.extend(holding.ends);
            let consented = holding.consent.into_iter();
            times.extend(consented.flat_map(|it| it.starts.into_iter().chain([it.ends])));
            // Conditions of bounders count as met (D13).
            for bounding in view.bounders(holding) {
                let applied = view.applied_to(&bounding).filter(reaches);
                times.extend(
                    applied.flat_map(|applied| applied.starts.into_iter().chain(applied.ends)),
                );
                times.extend(bounding.ends);
            }
        }
        times.retain(|time| *time >= now);
        let mut circumstances = vec![Vec::new()];
        for (condition, truths) in conditions {
            circumstances = circumstances
                .iter()
                .flat_map(|so_far: &Vec<_>| {
                    truths.iter().map(move |truth| {
                        so_far.iter().copied().chain([(condition, *truth)]).collect()
                    })
                })
                .collect();
            if circumstances.len().saturating_mul(times.len()) > POINTS {
                return Err(TooComplex);
            }
        }
        let times: Vec<_> = times.into_iter().collect();
        if times.len() > POINTS { Err(TooComplex) } else { Ok(Self { times, circumstances }) }
    }

    /// Whether the samples include this outcome of a condition.
    pub(crate) fn includes(&self, condition: &Condition, truth: Truth) -> bool {
        self.circumstances.iter().flatten().any(|assumed| *assumed == (condition, truth))
    }

    /// Whether there is one instant and no condition.
    pub(crate) fn is_single(&self) -> bool {
        matches!(self.times.as_slice(), [_])
            && matches!(self.circumstances.as_slice(), [one] if one.is_empty())
    }

    /// Every instant with every assignment of outcomes.
    pub(crate) fn points(&self) -> impl Iterator<Item = SamplePoint<'_>> {
        self.times.iter().enumerate().flat_map(move |(position, from)| {
            let until = self.times.get(position + 1).copied();
            self.circumstances.iter().map(move |assumed| SamplePoint {
                from: *from,
                until,
                assumed,
            })
        })
    }
}
