//! Checks a change against every invariant.

use std::collections::BTreeSet;

use crate::governance::comparison::transition::Transition;
use crate::governance::invariants::counts::check_counts;
use crate::governance::invariants::guardrails::check_guardrails;
use crate::governance::invariants::owner_count::check_owner_count;
use crate::governance::invariants::role_holders::check_role_holders;
use crate::governance::invariants::separation::check_duties;
use crate::governance::invariants::violation::Violation;
use crate::governance::reach::holding::HolderId;
use crate::governance::reach::names::NameSet;
use crate::governance::relations::person_behind;

/// Checks a change against every invariant.
pub(crate) fn check_invariants(change: &Transition<'_>) -> Result<(), Violation> {
    check_owner_count(change)?;
    if !change.gainers.is_none() {
        check_counts(change)?;
    }
    check_role_holders(change)?;
    let document = change.after.catalog.document();
    if document.guardrails.is_empty() && document.duty_sets.is_empty() {
        return Ok(());
    }
    let (mut gaining, mut losing) = (BTreeSet::new(), BTreeSet::new());
    for holder in &change.affected.holders {
        let HolderId::SubAccount(id) = *holder else { continue };
        let person = person_behind(change.after.organization, id);
        // A holder that only loses cannot break a guardrail. It may have lost ownership, though,
        // and owners are exempt from separation of duty.
        if change.gainers.contains(*holder) {
            check_guardrails(change, id)?;
            gaining.insert(person);
        } else if change.before.is_owner_once_active(person, change.now) {
            losing.insert(person);
        }
    }
    // If it is too complex to determine what a holder that gains has, assume everything. A change
    // that only takes away is never refused for that.
    let everything = change.after.names.full();
    for person in &gaining {
        check_duties(change, *person, everything)?;
    }
    let nothing = NameSet::NONE;
    let mut losing = losing.difference(&gaining);
    losing.try_for_each(|person| check_duties(change, *person, nothing))
}
