//! Look-ups by relation: what belongs to a sub-account, and what it started.
//!
//! Consents that a sub-account gave, and allows that it made and that have not started, are removed
//! with it, and can be adopted by another account before (G7).

use jiff::Timestamp;

use crate::id::SubAccountId;
use crate::model::link::Relation;
use crate::model::{Assignment, Consent, Effect, EntityId, Organization, Scope};

/// The consents that a sub-account gave.
pub(crate) fn consents_by(
    organization: &Organization,
    id: SubAccountId,
) -> impl Iterator<Item = &Consent> {
    organization.referring(id, Relation::MadeBy).filter_map(|made| match made {
        EntityId::Consent(id) => organization.consents().get(&id),
        _ => None,
    })
}

/// The allows that a sub-account made and that have not started at `time`.
pub(crate) fn unstarted_allows_by(
    organization: &Organization,
    id: SubAccountId,
    time: Timestamp,
) -> impl Iterator<Item = &Assignment> {
    let made = organization.assignments_by(id, Relation::MadeBy);
    made.filter(move |made| made.effect == Effect::Allow && made.validity.is_ahead(time))
}

/// The registered owner of a resource.
pub(crate) fn registered_owner(organization: &Organization, scope: Scope) -> Option<SubAccountId> {
    match scope {
        Scope::Resource(id) => organization.resources().get(&id)?.owner,
        Scope::Organization | Scope::Workspace(_) => None,
    }
}

/// The services that a sub-account owns.
pub(crate) fn services_of(
    organization: &Organization,
    id: SubAccountId,
) -> impl Iterator<Item = SubAccountId> {
    let owned = organization.referring(EntityId::SubAccount(id), Relation::Owner);
    owned.filter_map(|owned| match owned {
        EntityId::SubAccount(service) => Some(service),
        _ => None,
    })
}

/// The resources that a sub-account owns.
pub(crate) fn resources_of(
    organization: &Organization,
    id: SubAccountId,
) -> impl Iterator<Item = Scope> {
    let owned = organization.referring(EntityId::SubAccount(id), Relation::Owner);
    owned.filter_map(|owned| match owned {
        EntityId::Resource(id) => Some(id.into()),
        _ => None,
    })
}

/// The person behind a sub-account: the owner of a service, otherwise the account itself.
pub(crate) fn person_behind(organization: &Organization, id: SubAccountId) -> SubAccountId {
    let sub_account = organization.sub_accounts().get(&id);
    sub_account.and_then(|it| it.owner).unwrap_or(id)
}
