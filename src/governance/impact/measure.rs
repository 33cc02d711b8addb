//! Measuring an impact: comparing everybody concerned before and after a change.

use std::convert::Infallible;
use std::rc::Rc;

use crate::access::context::Truth;
use crate::governance::bounds::{Bounded, Limits, Side};
use crate::governance::comparison::{Change, Pair, Point, Samples, TooIntricate, samples};
use crate::governance::holding::{Holder, Holding};
use crate::governance::impact::{
    Answer, Circumstance, Difference, Effects, Extent, Impact, Owned, Step,
};
use crate::governance::likeness::Likenesses;
use crate::governance::names::{NameSet, Register};
use crate::governance::reach::{Asking, Circumstances, Place};
use crate::model::{Condition, Scope};

impl Impact {
    /// The impact of a change; nobody's who is merely imagined.
    pub(in crate::governance) fn new(change: &Change<'_>) -> Self {
        let mut impact = Self { steps: steps(change), ..Self::default() };
        let alike = || Likenesses::new(change, None, []);
        let (mut alike_gaining, mut alike_losing) = (alike(), alike());
        for holder in &change.affected.holders {
            let Holder::SubAccount(id) = *holder else { continue };
            let (before, after) = (change.before.holding(*holder), change.after.holding(*holder));
            let holdings = [before.as_ref(), after.as_ref()];
            let may_gain = change.growth.may_reach(*holder);
            let alike = if may_gain { &mut alike_gaining } else { &mut alike_losing };
            let comparable = alike.comparable(change, holdings);
            let mut effects = Vec::new();
            for pair in change.pairs(*holder, &[]) {
                if pair.lost_from == Some(pair.before) && pair.before == pair.after {
                    let measure = || match differences_at(change, holdings, &pair) {
                        Ok(differences) => Ok::<_, Infallible>((differences, false)),
                        Err(TooIntricate) => {
                            Ok((bounds_at(change, holdings, &pair, may_gain), true))
                        }
                    };
                    let Ok((differences, is_bound)) =
                        alike.judged(change, &pair, comparable.as_ref(), measure);
                    let at_most = is_bound && !differences.is_empty();
                    let (scope, extent) = match pair.after {
                        Place::At(scope) => (scope, Extent::Here),
                        Place::Below(scope) => (scope, Extent::Below),
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

/// Gained and lost, each on what is owned, on what is not, and where nobody says.
type Sets = [[NameSet; 3]; 2];

fn differences_at<'a>(
    change: &Change<'a>,
    [before, after]: [Option<&Rc<Holding<'a>>>; 2],
    pair: &Pair,
) -> Result<Vec<Difference>, TooIntricate> {
    let parties = before
        .map(|holding| (&change.before, holding, pair.before))
        .into_iter()
        .chain(after.map(|holding| (&change.after, holding, pair.after)));
    let samples = samples(change.now, parties)?;
    let mut found: Vec<(Point<'_>, Sets)> = Vec::new();
    for point in samples.points() {
        let mut sets = Sets::default();
        for (number, (earlier, later)) in change.ownings(pair).into_iter().enumerate() {
            let assumed = Circumstances::Assumed(point.assumed);
            let world = &change.before.as_is;
            let asking = |place, owning| Asking::new(place, point.from, assumed, owning, world);
            let had = before.as_ref().map_or(NameSet::NONE, |holding| {
                change.before.has(holding, &asking(pair.before, earlier))
            });
            let has = after.as_ref().map_or(NameSet::NONE, |holding| {
                change.after.has(holding, &asking(pair.after, later))
            });
            for (sets, set) in sets.iter_mut().zip([has.difference(had), had.difference(has)]) {
                if let Some(place) = sets.get_mut(number) {
                    *place = change.before.register.of_today(set);
                }
            }
        }
        found.push((point, sets));
    }
    Ok(differences(change, &samples, &found))
}

/// The most that is gained and lost at one place, ever: one difference, or none.
fn bounds_at<'a>(
    change: &Change<'a>,
    [before, after]: [Option<&Rc<Holding<'a>>>; 2],
    pair: &Pair,
    may_gain: bool,
) -> Vec<Difference> {
    let (now, register) = (change.now, change.before.register);
    let mut sets = Sets::default();
    let [gained, lost] = &mut sets;
    let ownings = change.ownings(pair).into_iter();
    for ((earlier, later), (gained, lost)) in ownings.zip(gained.iter_mut().zip(lost)) {
        let bounded = |place, owning| {
            let (side, limits) = (Side::Own, Limits::All);
            Bounded { place, owning, side, limits, now }
        };
        let (had, has) = (bounded(pair.before, earlier), bounded(pair.after, later));
        let none = NameSet::NONE;
        let most_before = before.map_or(none, |it| change.before.at_most(it, &had));
        let least_before = before.map_or(none, |it| change.before.at_least(it, &had));
        let most_after = after.map_or(none, |it| change.after.at_most(it, &has));
        let least_after = after.map_or(none, |it| change.after.at_least(it, &has));
        if may_gain {
            *gained = register.of_today(most_after.difference(least_before));
        }
        *lost = register.of_today(most_before.difference(least_after));
    }
    if sets == Sets::default() {
        return Vec::new();
    }
    let [gained, lost] = sets.map(|sets| owned(register, sets));
    vec![Difference { from: now, until: None, when: Vec::new(), gained, lost }]
}

/// Sets by name: of what is owned, of what is not, and where nobody says.
fn owned(register: &Register<'_>, [own, others, unsaid]: [NameSet; 3]) -> Owned {
    Owned {
        own: register.names(own),
        others: register.names(others),
        unsaid: register.names(unsaid),
    }
}

/// Joins what holds under all circumstances, and what goes on from one instant to the next.
fn differences(
    change: &Change<'_>,
    samples: &Samples<'_>,
    found: &[(Point<'_>, Sets)],
) -> Vec<Difference> {
    let mut joined: Vec<(Point<'_>, Sets)> = Vec::new();
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
                _ => joined.push((Point { assumed: &[], ..*first }, *sets)),
            }
        } else {
            joined.extend_from_slice(at_once);
        }
    }
    let register = change.before.register;
    joined
        .into_iter()
        .filter(|(_, sets)| *sets != Sets::default())
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
            gained: owned(register, gained),
            lost: owned(register, lost),
        })
        .collect()
}

/// What was assumed of a condition stands for everything that makes no difference to it.
fn answer(samples: &Samples<'_>, condition: &Condition, truth: Truth) -> Answer {
    let is_apart = |truth| samples.tell_apart(condition, truth);
    match truth {
        Truth::True => Answer::Met,
        Truth::False => Answer::Unmet,
        Truth::Unknown if !is_apart(Truth::False) => Answer::NotMet,
        Truth::Unknown if !is_apart(Truth::True) => Answer::NotUnmet,
        Truth::Unknown => Answer::Unknown,
    }
}

fn steps(change: &Change<'_>) -> Vec<Step> {
    let (before, after) = (change.before.organization, change.after.organization);
    let mut steps = Vec::new();
    let (from, to) = (before.profile().status, after.profile().status);
    if from != to {
        steps.push(Step::Organization { from, to });
    }
    for scope in &change.scopes {
        let Scope::Workspace(id) = *scope else { continue };
        if let (Some(from), Some(to)) = (before.workspaces().get(&id), after.workspaces().get(&id))
            && from.status != to.status
        {
            steps.push(Step::Workspace { id, from: from.status, to: to.status });
        }
    }
    for id in &change.sub_accounts {
        let (from, to) = (before.sub_accounts().get(id), after.sub_accounts().get(id));
        let Some(to) = to else { continue };
        let status = from.map(|from| from.status);
        if status != Some(to.status) {
            steps.push(Step::SubAccount { id: *id, from: status, to: to.status });
        }
        let required = to.credential_reset_required;
        if from.is_some_and(|from| from.credential_reset_required) != required {
            steps.push(Step::CredentialReset { id: *id, required });
        }
    }
    steps
}
