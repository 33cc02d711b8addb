//! How many owners an organization must have (I1).

use jiff::Timestamp;

use crate::governance::comparison::transition::Transition;
use crate::governance::invariants::violation::Violation;
use crate::governance::reach::holding::HolderId;
use crate::governance::reach::view::View;
use crate::model::OrganizationStatus;

pub(crate) fn owner_count_violation(view: &View<'_>, now: Timestamp) -> Option<Violation> {
    let at_least = view.catalog.document().limits.min_owners;
    let enough = usize::try_from(at_least).unwrap_or(usize::MAX);
    let is_open = view.organization.profile().status == OrganizationStatus::Active;
    let owners = view.owners(now, enough);
    (is_open && owners < enough).then_some(Violation::TooFewOwners { owners, at_least })
}

/// Checks the number of owners (I1). It can only fall if an owner is affected.
pub(crate) fn check_owner_count(change: &Transition<'_>) -> Result<(), Violation> {
    let (before, after, now) = (&change.before, &change.after, change.now);
    let is_open =
        |view: &View<'_>| view.organization.profile().status == OrganizationStatus::Active;
    let opens = !is_open(before) && is_open(after);
    let is_lost = |holder: &HolderId| match holder {
        HolderId::SubAccount(id) => before.is_owner(*id, now) && !after.is_owner(*id, now),
        HolderId::TeamMember(_) | HolderId::MemberOf(_) | HolderId::OperatorOf { .. } => false,
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
