//! Invariants: what holds at every revision, whoever made it, the host's own code included (I1 to I6).
//!
//! They are judged on what a change touches, and a change is refused only for what it makes worse: an invariant that a
//! new release, a lower limit or the clock has broken does not stand in the way of everything else.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::Snapshot;
use crate::catalog::{CatalogCore, Limits};
use crate::governance::affected::services_of;
use crate::governance::comparison::{Change, samples};
use crate::governance::holding::{Holder, Holding};
use crate::governance::names::{NameSet, Register};
use crate::governance::reach::{Asking, Circumstances, OWNERSHIPS, Owning, Place};
use crate::governance::view::View;
use crate::governance::{guardrails, role_holders, separation};
use crate::id::SubAccountId;
use crate::model::link::Relation;
use crate::model::{Organization, OrganizationStatus, RoleName};
use crate::permission::{PermissionNames, Permissions};
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
    role_holders::judge(change)?;
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
            guardrails::judge(change, id)?;
            gaining.insert(person);
        } else if change.before.is_owner_once_active(person, change.now) {
            losing.insert(person);
        }
    }
    // What is too intricate to be told apart is taken for everything, but never stands in the way
    // of taking away.
    let everything = change.after.register.full();
    for person in &gaining {
        separation::judge(change, *person, everything)?;
    }
    let nothing = NameSet::NONE;
    let mut losing = losing.difference(&gaining);
    losing.try_for_each(|person| separation::judge(change, *person, nothing))
}

/// What I1, I2, I3 and I5 say of an organization as it is, at `time`: everything that is broken, whoever broke it. A change
/// is refused only for what it makes worse (I6), so a new release, a lower limit, the clock, or the host with what it may
/// always do can leave something broken; this is how to find it.
///
/// Costs judging everybody in the organization, so it is for a report now and then.
///
/// ```
/// use tenantry::{Directory, Login, Timestamp, governance, messaging};
///
/// let directory = Directory::new(messaging::catalog());
/// let lin: Login = "lin".parse()?;
/// let acme = directory.create_organization("Acme", &lin)?;
/// let snapshot = directory.snapshot(acme.organization)?;
/// assert!(governance::violations(&snapshot, Timestamp::now()).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn violations<P: Permissions>(snapshot: &Snapshot<P>, time: Timestamp) -> Vec<Violation> {
    let (organization, catalog) = (snapshot.organization(), snapshot.catalog().core());
    let register = Register::new(catalog.vocabulary());
    let unchanged = Change::new(organization, organization, catalog, &register, time);
    let mut standing: Vec<_> = standing_owners(&unchanged.after, time).into_iter().collect();
    standing.extend(standing_limits(organization, catalog));
    standing.extend(role_holders::standing(&unchanged.after));
    for (id, sub_account) in organization.sub_accounts() {
        standing.extend(guardrails::standing(&unchanged, *id));
        if sub_account.owner.is_none() {
            standing.extend(separation::standing(&unchanged, *id));
        }
    }
    standing
}

fn standing_owners(view: &View<'_>, now: Timestamp) -> Option<Violation> {
    let at_least = view.catalog.document().limits.min_owners;
    let enough = usize::try_from(at_least).unwrap_or(usize::MAX);
    let is_open = view.organization.profile().status == OrganizationStatus::Active;
    let owners = view.owners(now, enough);
    (is_open && owners < enough).then_some(Violation::TooFewOwners { owners, at_least })
}

fn standing_limits(organization: &Organization, catalog: &CatalogCore) -> Vec<Violation> {
    let limits = catalog.document().limits;
    let inviters = organization.invitations().values().filter_map(|it| it.inviter.sub_account());
    let persons: BTreeSet<_> = inviters.map(|inviter| person(organization, inviter)).collect();
    let open = persons.into_iter().map(|person| open_invitations(organization, person));
    let open = open.map(|open| (OPEN_INVITATIONS, open, limits.open_invitations));
    let counts = counts(organization, limits).into_iter().chain(open);
    counts.filter_map(|(what, count, limit)| within(what, 0, count, limit).err()).collect()
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
    let both = counts(before, limits).into_iter().zip(counts(after, limits));
    for ((what, before, limit), (_, after, _)) in both {
        within(what, before, after, limit)?;
    }
    if limits.open_invitations.is_some() {
        let differing = after.invitations().differences(before.invitations());
        let inviters = differing.filter_map(|(_, _, invitation)| invitation?.inviter.sub_account());
        let persons: BTreeSet<_> = inviters.map(|inviter| person(after, inviter)).collect();
        for person in persons {
            let [before, after] = [before, after].map(|it| open_invitations(it, person));
            within(OPEN_INVITATIONS, before, after, limits.open_invitations)?;
        }
    }
    Ok(())
}

/// What is counted, how many there are of it, and how many there may be.
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

/// How many invitations of a person's, and of the services that it answers for, can still be accepted.
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

pub(super) fn exceeds(count: usize, limit: u32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| count > limit)
}

/// Everything that is held at one place, at any time and under any circumstances; `None` if that is
/// too intricate to be told apart. The organization's own ceiling is left aside: the host may lift
/// it, and must then not have broken anything by it.
pub(super) fn ever<'a>(
    change: &Change<'a>,
    view: &View<'a>,
    holding: &Rc<Holding<'a>>,
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
