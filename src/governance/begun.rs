//! What a sub-account began and answers for: the consents that it gave, and the allows that it made
//! and that have not started. They go along when it goes, and can be adopted before (G7).

use jiff::Timestamp;

use crate::id::SubAccountId;
use crate::model::link::Relation;
use crate::model::{Assignment, Consent, Effect, EntityId, Organization};

/// The consents that a sub-account gave.
pub(super) fn consents_by(
    organization: &Organization,
    id: SubAccountId,
) -> impl Iterator<Item = &Consent> {
    organization.referring(id, Relation::MadeBy).filter_map(|made| match made {
        EntityId::Consent(id) => organization.consents().get(&id),
        _ => None,
    })
}

/// The allows that a sub-account made and that have not started.
pub(super) fn unstarted_allows_by(
    organization: &Organization,
    id: SubAccountId,
    time: Timestamp,
) -> impl Iterator<Item = &Assignment> {
    let made = organization.assignments_by(id, Relation::MadeBy);
    made.filter(move |made| made.effect == Effect::Allow && made.validity.is_ahead(time))
}
