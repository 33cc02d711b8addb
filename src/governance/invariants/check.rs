//! Invariants: what holds at every revision, whoever made it, the host's own code included (I1 to I6).
//!
//! They are judged on what a change touches, and a change is refused only for what it makes worse: an invariant that a
//! new release, a lower limit or the clock has broken does not stand in the way of everything else.

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

/// Judges a change by everything that must hold.
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
        // Who only loses holds nothing that it did not hold, and may be an owner no more, who was
        // exempt.
        if change.gainers.contains(*holder) {
            check_guardrails(change, id)?;
            gaining.insert(person);
        } else if change.before.is_owner_once_active(person, change.now) {
            losing.insert(person);
        }
    }
    // What is too intricate to be told apart is taken for everything, but never stands in the way
    // of taking away.
    let everything = change.after.names.full();
    for person in &gaining {
        check_duties(change, *person, everything)?;
    }
    let nothing = NameSet::NONE;
    let mut losing = losing.difference(&gaining);
    losing.try_for_each(|person| check_duties(change, *person, nothing))
}
