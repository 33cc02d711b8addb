//! How many objects of each kind an organization may have (I3).

use std::collections::BTreeSet;

use crate::catalog::{CatalogCore, Limits};
use crate::governance::comparison::transition::Transition;
use crate::governance::invariants::violation::Violation;
use crate::governance::relations::{person_behind, services_of};
use crate::id::SubAccountId;
use crate::model::Organization;
use crate::model::link::Relation;

/// Checks how many objects of each kind there are (I3).
pub(crate) fn check_counts(change: &Transition<'_>) -> Result<(), Violation> {
    let (before, after) = (change.before.organization, change.after.organization);
    let limits = change.after.catalog.document().limits;
    let both = counts(before, limits).into_iter().zip(counts(after, limits));
    for ((what, before, limit), (_, after, _)) in both {
        within(what, before, after, limit)?;
    }
    if limits.open_invitations.is_some() {
        let differing = after.invitations().differences(before.invitations());
        let inviters = differing.filter_map(|(_, _, invitation)| invitation?.inviter.sub_account());
        let persons: BTreeSet<_> = inviters.map(|inviter| person_behind(after, inviter)).collect();
        for person in persons {
            let [before, after] = [before, after].map(|it| open_invitations(it, person));
            within(OPEN_INVITATIONS, before, after, limits.open_invitations)?;
        }
    }
    Ok(())
}

/// For each kind: its name, how many there are, and how many there may be.
fn counts(of: &Organization, limits: Limits) -> [(&'static str, usize, Option<u32>); 7] {
    [
        ("active members and guests", of.seats(), limits.seats),
        ("sub-accounts", of.sub_accounts().len(), limits.sub_accounts),
        ("workspaces", of.workspaces().len(), limits.workspaces),
        ("resources", of.resources().len(), limits.resources),
        ("teams", of.teams().len(), limits.teams),
        ("custom roles", of.roles().len(), limits.roles),
        ("assignments", of.assignments().len(), limits.assignments),
    ]
}

const OPEN_INVITATIONS: &str = "open invitations of one person";

/// The open invitations of a person and of the services that it owns.
fn open_invitations(organization: &Organization, person: SubAccountId) -> usize {
    let accounts = services_of(organization, person).chain([person]);
    accounts.map(|id| organization.referring(id, Relation::Inviter).count()).sum()
}

fn within(
    what: &'static str,
    before: usize,
    count: usize,
    limit: Option<u32>,
) -> Result<(), Violation> {
    match limit {
        Some(limit) if exceeds(count, limit) && count > before => {
            Err(Violation::TooMany { what, count, limit })
        }
        _ => Ok(()),
    }
}

pub(crate) fn exceeds(count: usize, limit: u32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| count > limit)
}

pub(crate) fn count_violations(
    organization: &Organization,
    catalog: &CatalogCore,
) -> Vec<Violation> {
    let limits = catalog.document().limits;
    let inviters = organization.invitations().values().filter_map(|it| it.inviter.sub_account());
    let persons: BTreeSet<_> =
        inviters.map(|inviter| person_behind(organization, inviter)).collect();
    let open = persons.into_iter().map(|person| open_invitations(organization, person));
    let open = open.map(|open| (OPEN_INVITATIONS, open, limits.open_invitations));
    let counts = counts(organization, limits).into_iter().chain(open);
    counts.filter_map(|(what, count, limit)| within(what, 0, count, limit).err()).collect()
}
