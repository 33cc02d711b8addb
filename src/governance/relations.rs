//! What a sub-account began and answers for: the consents that it gave, and the allows that it made
//! and that have not started. They go along when it goes, and can be adopted before (G7).

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

/// The allows that a sub-account made and that have not started.
pub(crate) fn unstarted_allows_by(
    organization: &Organization,
    id: SubAccountId,
    time: Timestamp,
) -> impl Iterator<Item = &Assignment> {
    let made = organization.assignments_by(id, Relation::MadeBy);
    made.filter(move |made| made.effect == Effect::Allow && made.validity.is_ahead(time))
}

/// The sub-account that a resource belongs to.
pub(crate) fn registered_owner(organization: &Organization, scope: Scope) -> Option<SubAccountId> {
    match scope {
        Scope::Resource(id) => organization.resources().get(&id)?.owner,
        Scope::Organization | Scope::Workspace(_) => None,
    }
}

/// The services that a sub-account answers for.
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

/// The resources that belong to a sub-account.
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

/// Who answers for a sub-account: the owner of a service, and anybody else for themselves.
pub(crate) fn person_behind(organization: &Organization, id: SubAccountId) -> SubAccountId {
    let sub_account = organization.sub_accounts().get(&id);
    sub_account.and_then(|it| it.owner).unwrap_or(id)
}
