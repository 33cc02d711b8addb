//! Guardrails: permissions that accounts of a kind never hold (I5).

use std::collections::BTreeSet;

use crate::governance::comparison::transition::Transition;
use crate::governance::invariants::ever_held::ever_held;
use crate::governance::invariants::violation::Violation;
use crate::governance::reach::holding::HolderId;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::view::View;
use crate::id::SubAccountId;
use crate::text::Name;

/// Checks one sub-account against the guardrails of its kind (I5).
pub(crate) fn check_guardrails(change: &Transition<'_>, id: SubAccountId) -> Result<(), Violation> {
    let broken = broken(change, &change.after, id);
    if broken.is_empty() {
        return Ok(());
    }
    let broken_before = self::broken(change, &change.before, id);
    for (name, broken) in broken {
        let before = broken_before.iter().find(|(before, _)| *before == name);
        let worse = broken.difference(before.map_or(NameSet::NONE, |(_, before)| *before));
        if !worse.is_empty() {
            return Err(violation(&change.after, id, name, worse));
        }
    }
    Ok(())
}

/// The guardrails that a sub-account breaks today.
pub(crate) fn guardrail_violations(change: &Transition<'_>, id: SubAccountId) -> Vec<Violation> {
    let (view, broken) = (&change.after, broken(change, &change.after, id));
    broken.into_iter().map(|(name, broken)| violation(view, id, name, broken)).collect()
}

fn violation(
    view: &View<'_>,
    sub_account: SubAccountId,
    guardrail: &Name,
    permissions: NameSet,
) -> Violation {
    let (guardrail, permissions) = (guardrail.clone(), view.names.resolve(permissions));
    Violation::Guardrail { sub_account, guardrail, permissions }
}

/// The guardrails that a sub-account breaks, each with the forbidden permissions that it can ever
/// hold anywhere.
fn broken<'a>(
    change: &Transition<'a>,
    view: &View<'a>,
    id: SubAccountId,
) -> Vec<(&'a Name, NameSet)> {
    let holder = HolderId::SubAccount(id);
    let Some(holding) = view.holding(holder) else { return Vec::new() };
    let guardrails = view.catalog.document().guardrails.iter();
    let mut concerned = guardrails.filter(|it| it.kinds.contains(&holding.kind)).peekable();
    if concerned.peek().is_none() {
        return Vec::new();
    }
    let pairs = change.all_pairs(holder, &[]);
    let locations: BTreeSet<Location> =
        pairs.into_iter().flat_map(|pair| [pair.before, pair.after]).collect();
    let held = locations
        .into_iter()
        .map(|location| ever_held(change, view, &holding, location).unwrap_or(view.names.full()))
        .fold(NameSet::NONE, NameSet::union);
    concerned
        .map(|it| (&it.name, held.intersection(view.names.set(&it.never))))
        .filter(|(_, broken)| !broken.is_empty())
        .collect()
}
