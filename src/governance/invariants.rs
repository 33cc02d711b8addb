//! Invariants: what holds at every revision, whoever made it, the host's own code included (I1 to I6).
//!
//! They are judged on what a change touches, and a change is refused only for what it makes worse: an invariant that a
//! new release, a lower limit or the clock has broken does not stand in the way of everything else.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Duty, DutySet, Separation};
use crate::governance::affected::services_of;
use crate::governance::comparison::{Change, samples};
use crate::governance::holding::{Holder, Holding};
use crate::governance::names::NameSet;
use crate::governance::reach::{Asking, Circumstances, OWNERSHIPS, Owning, Place, touches};
use crate::governance::view::View;
use crate::id::SubAccountId;
use crate::model::link::{EntityId, Relation};
use crate::model::{Effect, Organization, OrganizationStatus, RoleName, RoleRef, Status};
use crate::permission::PermissionNames;
use crate::text::Name;

/// What a change would break. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// The organization would have too few owners.
    #[error(
        "the organization would have {owners} of the {at_least} owners it must have; make another one first"
    )]
    TooFewOwners {
        /// How many it would have.
        owners: usize,
        /// How many it must have.
        at_least: u32,
    },
    /// Duties that must be kept apart would meet in one hand.
    #[error(
        "sub-account {sub_account} would have {duties} duties of `{set}`; {limit} are too many for one hand"
    )]
    DutiesMeet {
        /// Who would have them.
        sub_account: SubAccountId,
        /// The separation-of-duty set.
        set: Name,
        /// How many.
        duties: usize,
        /// How many are too many.
        limit: u32,
    },
    /// There would be more of something than the organization may have.
    #[error("there would be {count} {what}; at most {limit} are allowed")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many there may be.
        limit: u32,
    },
    /// A role would have more or fewer holders than it may have.
    #[error("the role `{role}` would have {count} holders, which is too {}", if *too_many { "many" } else { "few" })]
    Holders {
        /// The role.
        role: RoleName,
        /// How many would hold it.
        count: usize,
        /// Whether that is too many rather than too few.
        too_many: bool,
    },
    /// A sub-account would hold what its kind never holds.
    #[error("sub-account {sub_account} would hold {permissions}, which `{guardrail}` forbids")]
    Guardrail {
        /// Who would hold it.
        sub_account: SubAccountId,
        /// The guardrail.
        guardrail: Name,
        /// What it forbids of what would be held.
        permissions: PermissionNames,
    },
}

impl Violation {
    /// The rule of the specification that it breaks: `"I1"`.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::TooFewOwners { .. } => "I1",
            Self::DutiesMeet { .. } => "I2",
            Self::TooMany { .. } | Self::Holders { .. } => "I3",
            Self::Guardrail { .. } => "I5",
        }
    }
}

/// Judges a change by everything that must hold.
pub(super) fn judge(change: &Change<'_>) -> Result<(), Violation> {
    owners(change)?;
    if !change.growth.is_none() {
        limits(change.before.organization, change.after.organization, change)?;
    }
    holders(change)?;
    let document = change.after.catalog.document();
    if document.guardrails.is_empty() && document.duty_sets.is_empty() {
        return Ok(());
    }
    let (mut gaining, mut losing) = (BTreeSet::new(), BTreeSet::new());
    for holder in &change.affected.holders {
        let Holder::SubAccount(id) = *holder else { continue };
        let person = person(change.after.organization, id);
        // Who only loses holds nothing that it did not hold, and may be an owner no more, who was
        // exempt.
        if change.growth.may_reach(*holder) {
            guardrails(change, id)?;
            gaining.insert(person);
        } else if change.before.is_owner_once_active(person, change.now) {
            losing.insert(person);
        }
    }
    // What is too intricate to be told apart is taken for everything, but never stands in the way
    // of taking away.
    let everything = change.after.register.full();
    for person in &gaining {
        duties(change, *person, everything)?;
    }
    losing.difference(&gaining).try_for_each(|person| duties(change, *person, NameSet::NONE))
}

/// I1. Only who was an owner and is touched can be missed.
fn owners(change: &Change<'_>) -> Result<(), Violation> {
    let (before, after, now) = (&change.before, &change.after, change.now);
    let is_open =
        |view: &View<'_>| view.organization.profile().status == OrganizationStatus::Active;
    let opens = !is_open(before) && is_open(after);
    let is_lost = |holder: &Holder| match holder {
        Holder::SubAccount(id) => before.is_owner(*id, now) && !after.is_owner(*id, now),
        Holder::TeamMember(_) | Holder::MemberOf(_) | Holder::OperatorOf { .. } => false,
    };
    if !is_open(after) || !(opens || change.affected.holders.iter().any(is_lost)) {
        return Ok(());
    }
    let at_least = after.catalog.document().limits.min_owners;
    let enough = usize::try_from(at_least).unwrap_or(usize::MAX);
    let owners = after.owners(now, enough);
    if owners < enough && (opens || owners < before.owners(now, enough)) {
        return Err(Violation::TooFewOwners { owners, at_least });
    }
    Ok(())
}

/// I3, as far as it concerns how many there are.
fn limits(
    before: &Organization,
    after: &Organization,
    change: &Change<'_>,
) -> Result<(), Violation> {
    let limits = change.after.catalog.document().limits;
    let counts = |of: &Organization| {
        [
            ("active members and guests", of.seats(), limits.seats),
            ("sub-accounts", of.sub_accounts().len(), limits.sub_accounts),
            ("workspaces", of.workspaces().len(), limits.workspaces),
            ("resources", of.resources().len(), limits.resources),
            ("teams", of.teams().len(), limits.teams),
            ("custom roles", of.roles().len(), limits.roles),
            ("assignments", of.assignments().len(), limits.assignments),
        ]
    };
    for ((what, before, limit), (_, after, _)) in counts(before).into_iter().zip(counts(after)) {
        within(what, before, after, limit)?;
    }
    if limits.open_invitations.is_some() {
        let differing = after.invitations().differences(before.invitations());
        let inviters: BTreeSet<_> =
            differing.filter_map(|(_, _, invitation)| invitation?.inviter.sub_account()).collect();
        for inviter in inviters {
            let open = |it: &Organization| {
                it.referring(EntityId::SubAccount(inviter), Relation::Inviter).count()
            };
            let what = "open invitations of one inviter";
            within(what, open(before), open(after), limits.open_invitations)?;
        }
    }
    Ok(())
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

fn exceeds(count: usize, limit: u32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| count > limit)
}

/// I3, as far as it concerns how many hold a role.
fn holders(change: &Change<'_>) -> Result<(), Violation> {
    for role in &change.after.catalog.document().roles {
        let (at_least, at_most) = (role.holders.at_least, role.holders.at_most);
        if at_least == 0 && at_most.is_none() {
            continue;
        }
        let holders = |view: &View<'_>| -> BTreeMap<SubAccountId, Status> {
            let organization = view.organization;
            organization
                .granting(&RoleRef::System(role.name.clone()))
                .filter(|assignment| assignment.effect == Effect::Allow)
                .flat_map(|assignment| view.named_by(assignment.assignee))
                .filter_map(|id| Some((id, organization.sub_accounts().get(&id)?.status)))
                .collect()
        };
        let (before, after) = (holders(&change.before), holders(&change.after));
        // Whoever has gone holds nothing; but nobody is kept from going because too few would be left.
        let here = |holders: &BTreeMap<_, Status>| {
            holders.values().filter(|it| !matches!(it, Status::Left | Status::Removed)).count()
        };
        let too_many = at_most.is_some_and(|at_most| exceeds(here(&after), at_most));
        let named = |count: usize, too_many| Violation::Holders {
            role: role.name.clone(),
            count,
            too_many,
        };
        if too_many && here(&after) > here(&before) {
            return Err(named(here(&after), true));
        }
        let too_few = !exceeds(after.len(), at_least.saturating_sub(1)) && at_least > 0;
        if too_few && after.len() < before.len() {
            return Err(named(after.len(), false));
        }
    }
    Ok(())
}

/// I5.
fn guardrails(change: &Change<'_>, id: SubAccountId) -> Result<(), Violation> {
    let (before, after) = (&change.before, &change.after);
    let Some(holding) = after.holding(Holder::SubAccount(id)) else { return Ok(()) };
    let guardrails = after.catalog.document().guardrails.iter();
    let mut concerned = guardrails.filter(|it| it.kinds.contains(&holding.kind)).peekable();
    if concerned.peek().is_none() {
        return Ok(());
    }
    let held = anywhere(change, after, id);
    for guardrail in concerned {
        let never = after.register.set(&guardrail.never);
        let broken = held.intersection(never);
        if broken.is_empty() {
            continue;
        }
        let was_bound = before
            .holding(Holder::SubAccount(id))
            .is_some_and(|before| guardrail.kinds.contains(&before.kind));
        let broken_before = if was_bound {
            anywhere(change, before, id).intersection(never)
        } else {
            NameSet::NONE
        };
        let worse = broken.difference(broken_before);
        if !worse.is_empty() {
            return Err(Violation::Guardrail {
                sub_account: id,
                guardrail: guardrail.name.clone(),
                permissions: after.register.names(worse),
            });
        }
    }
    Ok(())
}

/// Everything that a sub-account holds anywhere, ever; all there is where that is too intricate to
/// be told apart.
fn anywhere<'a>(change: &Change<'a>, view: &View<'a>, id: SubAccountId) -> NameSet {
    let holder = Holder::SubAccount(id);
    let Some(holding) = view.holding(holder) else { return NameSet::NONE };
    places(change, holder)
        .into_iter()
        .map(|place| ever(change, view, &holding, place).unwrap_or(view.register.full()))
        .fold(NameSet::NONE, NameSet::union)
}

fn places(change: &Change<'_>, holder: Holder) -> BTreeSet<Place> {
    let pairs = change.pairs_of_all(holder, &[]);
    pairs.into_iter().flat_map(|pair| [pair.before, pair.after]).collect()
}

/// Everything that is held at one place, at any time and under any circumstances; `None` if that is
/// too intricate to be told apart.
fn ever<'a>(
    change: &Change<'a>,
    view: &View<'a>,
    holding: &std::rc::Rc<Holding<'a>>,
    place: Place,
) -> Option<NameSet> {
    let samples = samples(change.now, [(view, holding, place)]).ok()?;
    let ever = OWNERSHIPS
        .into_iter()
        .flat_map(|owned| samples.points().map(move |point| (owned, point)))
        .map(|(owned, point)| {
            let assumed = Circumstances::Assumed(point.assumed);
            let owning = Owning::Claimed(owned);
            let asking = Asking::new(place, point.from, assumed, owning, &view.standing);
            view.has(holding, &asking)
        })
        .fold(NameSet::NONE, NameSet::union);
    Some(ever)
}

/// Who answers for a sub-account: the owner of a service, and anybody else for themselves.
fn person(organization: &Organization, id: SubAccountId) -> SubAccountId {
    let sub_account = organization.sub_accounts().get(&id);
    sub_account.and_then(|it| it.owner).unwrap_or(id)
}

/// I2, for one person with all services; `unknown` is held where what is held is too intricate to
/// be told apart.
fn duties(change: &Change<'_>, person: SubAccountId, unknown: NameSet) -> Result<(), Violation> {
    let (before, after) = (&change.before, &change.after);
    // Owners are exempt, and stay so while they are kept out: that must never stand in the way of keeping them out.
    if after.is_owner_once_active(person, change.now) {
        return Ok(());
    }
    // Who is an owner no more is judged by all that is left.
    let was_exempt = before.is_owner_once_active(person, change.now);
    for set in &after.catalog.document().duty_sets {
        let limit = usize::try_from(set.limit).unwrap_or(usize::MAX);
        let had = if was_exempt {
            BTreeMap::new()
        } else {
            authorized(change, before, person, set, unknown)
        };
        for (place, duties) in authorized(change, after, person, set, unknown) {
            let held = had.get(&place).is_some_and(|had| duties.is_subset(had));
            if duties.len() >= limit && !held {
                return Err(Violation::DutiesMeet {
                    sub_account: person,
                    set: set.name.clone(),
                    duties: duties.len(),
                    limit: set.limit,
                });
            }
        }
    }
    Ok(())
}

/// The duties of a set that a person is authorized for, by their numbers: at each place, or anywhere.
fn authorized<'a>(
    change: &Change<'a>,
    view: &View<'a>,
    person: SubAccountId,
    set: &DutySet,
    unknown: NameSet,
) -> BTreeMap<Option<Place>, BTreeSet<usize>> {
    let mut authorized: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
    for id in services_of(view.organization, person).chain([person]) {
        let holder = Holder::SubAccount(id);
        let Some(holding) = view.holding(holder) else { continue };
        for place in places(change, holder) {
            let Some(node) = view.node(place.scope()) else { continue };
            let ever = ever(change, view, &holding, place).unwrap_or(unknown);
            let has = |duty: &Duty| match duty {
                Duty::Permissions(all) => ever.holds(view.register.set(all)),
                Duty::Role(role) => view.claims(&holding).any(|claim| {
                    claim.is_allow()
                        && claim.ends.is_none_or(|ends| change.now < ends)
                        && claim.gives.roles.contains(&RoleRef::System(role.clone()))
                        && touches(claim, &node, place, |_| false).is_some()
                }),
            };
            let held = set.duties.iter().enumerate().filter(|(_, duty)| has(duty));
            let where_ = (set.separation == Separation::AtOneScope).then_some(place);
            authorized.entry(where_).or_default().extend(held.map(|(number, _)| number));
        }
    }
    authorized
}
