//! Computes an impact by comparing every affected sub-account before and after a change.

use std::convert::Infallible;
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::catalog::Catalog;
use crate::governance::comparison::equivalence_classes::EquivalenceClasses;
use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::samples::{SamplePoint, Samples, TooComplex};
use crate::governance::comparison::transition::Transition;
use crate::governance::impact::difference::{
    Answer, Circumstance, Difference, PermissionsByOwnership,
};
use crate::governance::impact::effects::{Effects, Extent};
use crate::governance::impact::impact::Impact;
use crate::governance::impact::lifecycle_step::LifecycleStep;
use crate::governance::reach::bounds::{BoundQuery, LimitMode};
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::{NameSet, NameTable};
use crate::governance::reach::query::{Circumstances, ReachKind, ReachQuery};
use crate::governance::refusal::Refusal;
use crate::model::{Condition, Organization, Scope};
use crate::permission::Permissions;

impl Impact {
    /// Computes the impact of everything that lies between two revisions of one organization, from
    /// `from` on. Costs what differs, not what there is.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooComplex`] if the two revisions name more unknown permissions than can be told
    /// apart.
    pub fn between<P: Permissions>(
        before: &Organization,
        after: &Organization,
        catalog: &Catalog<P>,
        from: Timestamp,
    ) -> Result<Self, Refusal> {
        let names = NameTable::new(catalog.core().vocabulary());
        let change = Transition::new(before, after, catalog.core(), &names, from);
        let impact = Self::new(&change);
        if names.is_exhausted() {
            return Err(Refusal::TooComplex { scope: Scope::Organization });
        }
        Ok(impact)
    }

    /// Computes the impact of a change on existing accounts.
    pub(in crate::governance) fn new(change: &Transition<'_>) -> Self {
        let mut impact = Self { steps: steps(change), ..Self::default() };
        let alike = || EquivalenceClasses::new(change, None, []);
        let (mut alike_gaining, mut alike_losing) = (alike(), alike());
        for holder in &change.affected.holders {
            let HolderId::SubAccount(id) = *holder else { continue };
            let (before, after) = (change.before.holding(*holder), change.after.holding(*holder));
            let holdings = [before.as_ref(), after.as_ref()];
            let may_gain = change.gainers.contains(*holder);
            let alike = if may_gain { &mut alike_gaining } else { &mut alike_losing };
            let comparable = alike.comparable(change, holdings);
            let mut effects = Vec::new();
            for pair in change.changed_pairs(*holder, &[]) {
                if pair.lost_from == Some(pair.before) && pair.before == pair.after {
                    let measure = || match differences_at(change, holdings, &pair) {
                        Ok(differences) => Ok::<_, Infallible>((differences, false)),
                        Err(TooComplex) => Ok((bounds_at(change, holdings, &pair, may_gain), true)),
                    };
                    let Ok((differences, is_bound)) =
                        alike.judged(change, &pair, comparable.as_ref(), measure);
                    let at_most = is_bound && !differences.is_empty();
                    let (scope, extent) = match pair.after {
                        Location::At(scope) => (scope, Extent::Here),
                        Location::Below(scope) => (scope, Extent::Below),
                    };
                    effects.push(Effects { scope, extent, differences, at_most });
                }
            }
            if effects.iter().any(|it: &Effects| !it.differences.is_empty()) {
                impact.sub_accounts.insert(id, effects);
            }
        }
        impact
    }
}

/// Permissions gained and lost, each on owned objects, on others, and without a claim of ownership.
type GainAndLoss = [[NameSet; 3]; 2];

fn differences_at<'a>(
    change: &Transition<'a>,
    [before, after]: [Option<&Rc<Holding<'a>>>; 2],
    pair: &LocationPair,
) -> Result<Vec<Difference>, TooComplex> {
    let parties = before
        .map(|holding| (&change.before, holding, pair.before))
        .into_iter()
        .chain(after.map(|holding| (&change.after, holding, pair.after)));
    let samples = Samples::new(change.now, parties)?;
    let mut found: Vec<(SamplePoint<'_>, GainAndLoss)> = Vec::new();
    for point in samples.points() {
        let mut sets = GainAndLoss::default();
        for (number, (earlier, later)) in change.ownership_cases(pair).into_iter().enumerate() {
            let assumed = Circumstances::Assumed(point.assumed);
            let lifted = &change.before.impact_limits;
            let query = |location, ownership| {
                ReachQuery::new(location, point.from, assumed, ownership, lifted)
            };
            let had = before.as_ref().map_or(NameSet::NONE, |holding| {
                change.before.reach(holding, &query(pair.before, earlier))
            });
            let has = after.as_ref().map_or(NameSet::NONE, |holding| {
                change.after.reach(holding, &query(pair.after, later))
            });
            for (sets, set) in sets.iter_mut().zip([has.difference(had), had.difference(has)]) {
                if let Some(location) = sets.get_mut(number) {
                    *location = change.before.names.without_future_names(set);
                }
            }
        }
        found.push((point, sets));
    }
    Ok(differences(change, &samples, &found))
}

/// An upper bound of everything that is ever gained and lost at one location: one difference, or
/// none.
fn bounds_at<'a>(
    change: &Transition<'a>,
    [before, after]: [Option<&Rc<Holding<'a>>>; 2],
    pair: &LocationPair,
    may_gain: bool,
) -> Vec<Difference> {
    let (now, names) = (change.now, change.before.names);
    let mut sets = GainAndLoss::default();
    let [gained, lost] = &mut sets;
    let ownership_cases = change.ownership_cases(pair).into_iter();
    for ((earlier, later), (gained, lost)) in ownership_cases.zip(gained.iter_mut().zip(lost)) {
        let bounded = |location, ownership| {
            let (kind, limits) = (ReachKind::Own, LimitMode::All);
            BoundQuery { location, ownership, kind, limits, now }
        };
        let (had, has) = (bounded(pair.before, earlier), bounded(pair.after, later));
        let none = NameSet::NONE;
        let most_before = before.map_or(none, |it| change.before.at_most(it, &had));
        let least_before = before.map_or(none, |it| change.before.at_least(it, &had));
        let most_after = after.map_or(none, |it| change.after.at_most(it, &has));
        let least_after = after.map_or(none, |it| change.after.at_least(it, &has));
        if may_gain {
            *gained = names.without_future_names(most_after.difference(least_before));
        }
        *lost = names.without_future_names(most_before.difference(least_after));
    }
    if sets == GainAndLoss::default() {
        return Vec::new();
    }
    let [gained, lost] = sets.map(|sets| by_ownership(names, sets));
    vec![Difference { from: now, until: None, when: Vec::new(), gained, lost }]
}

/// Sets by name: on owned objects, on others, and without a claim of ownership.
fn by_ownership(
    names: &NameTable<'_>,
    [own, others, unsaid]: [NameSet; 3],
) -> PermissionsByOwnership {
    PermissionsByOwnership {
        own: names.resolve(own),
        others: names.resolve(others),
        unsaid: names.resolve(unsaid),
    }
}

/// Merges samples that differ only in conditions without effect, and consecutive periods with equal
/// differences.
fn differences(
    change: &Transition<'_>,
    samples: &Samples<'_>,
    found: &[(SamplePoint<'_>, GainAndLoss)],
) -> Vec<Difference> {
    let mut joined: Vec<(SamplePoint<'_>, GainAndLoss)> = Vec::new();
    for at_once in found.chunk_by(|(one, _), (other, _)| one.from == other.from) {
        let Some((first, sets)) = at_once.first() else { continue };
        if at_once.iter().all(|(_, other)| other == sets) {
            match joined.last_mut() {
                Some((last, same))
                    if same == sets
                        && last.assumed.is_empty()
                        && last.until == Some(first.from) =>
                {
                    last.until = first.until;
                }
                _ => joined.push((SamplePoint { assumed: &[], ..*first }, *sets)),
            }
        } else {
            joined.extend_from_slice(at_once);
        }
    }
    let names = change.before.names;
    joined
        .into_iter()
        .filter(|(_, sets)| *sets != GainAndLoss::default())
        .map(|(point, [gained, lost])| Difference {
            from: point.from,
            until: point.until,
            when: point
                .assumed
                .iter()
                .map(|(condition, truth)| Circumstance {
                    condition: (*condition).clone(),
                    answer: answer(samples, condition, *truth),
                })
                .collect(),
            gained: by_ownership(names, gained),
            lost: by_ownership(names, lost),
        })
        .collect()
}

/// An assumed outcome stands for every outcome that was not sampled separately.
fn answer(samples: &Samples<'_>, condition: &Condition, truth: Truth) -> Answer {
    let is_apart = |truth| samples.includes(condition, truth);
    match truth {
        Truth::True => Answer::Met,
        Truth::False => Answer::Unmet,
        Truth::Unknown if !is_apart(Truth::False) => Answer::NotMet,
        Truth::Unknown if !is_apart(Truth::True) => Answer::NotUnmet,
        Truth::Unknown => Answer::Unknown,
    }
}

fn steps(change: &Transition<'_>) -> Vec<LifecycleStep> {
    let (before, after) = (change.before.organization, change.after.organization);
    let mut steps = Vec::new();
    let (from, to) = (before.profile().status, after.profile().status);
    if from != to {
        steps.push(LifecycleStep::Organization { from, to });
    }
    for scope in &change.scopes {
        let Scope::Workspace(id) = *scope else { continue };
        if let (Some(from), Some(to)) = (before.workspaces().get(&id), after.workspaces().get(&id))
            && from.status != to.status
        {
            steps.push(LifecycleStep::Workspace { id, from: from.status, to: to.status });
        }
    }
    for id in &change.sub_accounts {
        let (from, to) = (before.sub_accounts().get(id), after.sub_accounts().get(id));
        let Some(to) = to else { continue };
        let status = from.map(|from| from.status);
        if status != Some(to.status) {
            steps.push(LifecycleStep::SubAccount { id: *id, from: status, to: to.status });
        }
        let required = to.credential_reset_required;
        if from.is_some_and(|from| from.credential_reset_required) != required {
            steps.push(LifecycleStep::CredentialReset { id: *id, required });
        }
    }
    steps
}
