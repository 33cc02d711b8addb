//! Separation of duty: duties that must not meet in one person, counting all services that the
//! person owns (I2).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use crate::catalog::{Duty, DutySet, Separation};
use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::transition::Transition;
use crate::governance::invariants::ever_held::ever_held;
use crate::governance::invariants::violation::Violation;
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::view::View;
use crate::governance::relations::services_of;
use crate::id::SubAccountId;
use crate::model::RoleRef;

/// Checks the duties that one person and its services have after a change (I2). `unknown` is
/// assumed to be held where it is too complex to determine what is held.
pub(crate) fn check_duties(
    change: &Transition<'_>,
    person: SubAccountId,
    unknown: NameSet,
) -> Result<(), Violation> {
    let (before, after) = (&change.before, &change.after);
    // Owners are exempt, also while they are suspended: otherwise an owner could not be suspended.
    if after.is_owner_once_active(person, change.now) {
        return Ok(());
    }
    let hand = PersonDuties::new(change, after, person, unknown);
    let sets = after.catalog.document().duty_sets.iter();
    let mut meeting = sets.filter(|set| hand.meeting(change, set, None).is_some()).peekable();
    if meeting.peek().is_none() {
        return Ok(());
    }
    // A former owner was exempt before, so all its duties count as new.
    let was_exempt = before.is_owner_once_active(person, change.now);
    let hand_before = (!was_exempt).then(|| PersonDuties::new(change, before, person, unknown));
    for set in meeting {
        if let Some(duties) = hand.meeting(change, set, hand_before.as_ref()) {
            return Err(violation(person, set, duties));
        }
    }
    Ok(())
}

/// The sets whose duties meet in one person today.
pub(crate) fn duty_violations(change: &Transition<'_>, person: SubAccountId) -> Vec<Violation> {
    let view = &change.after;
    if view.is_owner_once_active(person, change.now) {
        return Vec::new();
    }
    let hand = PersonDuties::new(change, view, person, view.names.full());
    let sets = view.catalog.document().duty_sets.iter();
    let meeting = sets.filter_map(|set| Some((set, hand.meeting(change, set, None)?)));
    meeting.map(|(set, duties)| violation(person, set, duties)).collect()
}

fn violation(sub_account: SubAccountId, set: &DutySet, duties: usize) -> Violation {
    Violation::DutiesMeet { sub_account, set: set.name.clone(), duties, limit: set.limit }
}

/// The duties of a person, together with the services that it owns.
struct PersonDuties<'v, 'a> {
    view: &'v View<'a>,
    now: Timestamp,
    accounts: Vec<PersonAccount<'a>>,
}

/// One account of a person, and everything that it can ever hold at each location where it has
/// something of its own.
struct PersonAccount<'a> {
    holding: Rc<Holding<'a>>,
    ever: BTreeMap<Location, NameSet>,
    pairs: BTreeSet<LocationPair>,
}

impl<'v, 'a> PersonDuties<'v, 'a> {
    fn new(
        change: &Transition<'a>,
        view: &'v View<'a>,
        person: SubAccountId,
        unknown: NameSet,
    ) -> Self {
        let accounts = services_of(view.organization, person).chain([person]);
        let accounts = accounts.filter_map(|id| {
            let holder = HolderId::SubAccount(id);
            let holding = view.holding(holder)?;
            let pairs = change.all_pairs(holder, &[]);
            let locations = pairs.iter().flat_map(|pair| [pair.before, pair.after]);
            let locations: BTreeSet<_> =
                locations.filter(|location| view.organization.contains(location.scope())).collect();
            let ever = locations
                .into_iter()
                .map(|it| (it, ever_held(change, view, &holding, it).unwrap_or(unknown)));
            Some(PersonAccount { ever: ever.collect(), holding, pairs })
        });
        Self { accounts: accounts.collect(), view, now: change.now }
    }

    /// The number of duties of a set that meet in this person, if they are too many and did not all
    /// meet before. Depending on the set, they meet anywhere in the organization or at one
    /// location.
    fn meeting(
        &self,
        change: &Transition<'a>,
        set: &DutySet,
        before: Option<&Self>,
    ) -> Option<usize> {
        let limit = usize::try_from(set.limit).unwrap_or(usize::MAX);
        let is_new = |duties: &BTreeSet<usize>, had: Option<BTreeSet<usize>>| {
            duties.len() >= limit && !had.is_some_and(|had| duties.is_subset(&had))
        };
        if set.separation == Separation::Anywhere {
            let duties = self.anywhere(set);
            let had = before.map(|before| before.anywhere(set));
            return is_new(&duties, had).then_some(duties.len());
        }
        for (location, asked_before) in self.locations(change) {
            let duties = self.at(location, set);
            let mut had = before
                .iter()
                .flat_map(|before| asked_before.iter().map(|location| before.at(*location, set)));
            if duties.len() >= limit && !had.any(|had| duties.is_subset(&had)) {
                return Some(duties.len());
            }
        }
        None
    }

    /// Every location where one of the accounts has something of its own, with the locations that
    /// it is compared with before.
    fn locations(&self, change: &Transition<'a>) -> BTreeMap<Location, BTreeSet<Location>> {
        let mut locations: BTreeMap<Location, BTreeSet<Location>> = BTreeMap::new();
        for pair in self.accounts.iter().flat_map(|account| &account.pairs) {
            let asked_before = locations.entry(pair.after).or_default();
            asked_before.insert(pair.before);
            // Deleting a resource changes nothing at its parent.
            if change.before.organization.contains(pair.after.scope()) {
                asked_before.insert(pair.after);
            }
        }
        locations
    }

    fn anywhere(&self, set: &DutySet) -> BTreeSet<usize> {
        let accounts = self.accounts.iter();
        let locations = accounts
            .flat_map(|it| it.ever.iter().map(move |(location, ever)| (it, *location, *ever)));
        locations
            .flat_map(|(account, location, ever)| self.held(account, location, ever, set))
            .collect()
    }

    /// The duties of a set that the accounts have together at one location. An account that has
    /// nothing of its own there has what it has at the nearest location above.
    fn at(&self, location: Location, set: &DutySet) -> BTreeSet<usize> {
        let above = self
            .view
            .organization
            .self_and_ancestors(location.scope())
            .skip(1)
            .map(Location::Below);
        let steps: Vec<Location> = [location].into_iter().chain(above).collect();
        let accounts = self.accounts.iter();
        let nearest = accounts.filter_map(|account| {
            let nearest = steps.iter().find_map(|it| Some((*it, *account.ever.get(it)?)));
            nearest.map(|(location, ever)| (account, location, ever))
        });
        nearest
            .flat_map(|(account, location, ever)| self.held(account, location, ever, set))
            .collect()
    }

    /// The indexes of the duties of a set that an account has at a location.
    fn held(
        &self,
        account: &PersonAccount<'a>,
        location: Location,
        ever: NameSet,
        set: &DutySet,
    ) -> Vec<usize> {
        let view = self.view;
        let Some(path) = view.path_to(location.scope()) else { return Vec::new() };
        let has = |duty: &Duty| match duty {
            Duty::Permissions(all) => ever.holds(view.names.set(all)),
            Duty::Role(role) => view.applied_to(&account.holding).any(|applied| {
                applied.is_allow()
                    && applied.ends.is_none_or(|ends| self.now < ends)
                    && applied.gives.roles.contains(&RoleRef::System(role.clone()))
                    && applied.position_on(&path, location, |_| false).is_some()
            }),
        };
        let held = set.duties.iter().enumerate().filter(|(_, duty)| has(duty));
        held.map(|(number, _)| number).collect()
    }
}
