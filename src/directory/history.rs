//! History: reads through the records that the store still has.

use std::collections::BTreeSet;

use crate::directory::error::LoadError;
use crate::directory::loaded::LoadedOrganization;
use crate::directory::loader::{Loader, PAGE};
use crate::governance::Action;
use crate::id::{OrganizationId, PersonalId, SubAccountId};
use crate::model::link::Relation;
use crate::model::record::{Record, RecordBody, Revision};
use crate::model::{Assignee, Change, EntityId, Personal, Put};
use crate::permission::Permissions;
use crate::store::StoreError;

/// Shows every record that is not archived to `visit`, oldest first. Returns the revision of the
/// last one.
pub(super) fn walk<P: Permissions, E: From<LoadError>>(
    loader: &Loader<P>,
    organization: OrganizationId,
    mut visit: impl FnMut(&Record, &RecordBody) -> Result<(), E>,
) -> Result<Revision, E> {
    let mut after = archived_through(loader, organization)?;
    loop {
        let page = loader.store.records(organization, after, PAGE).map_err(LoadError::from)?;
        for record in &page.records {
            after = record.revision;
            let body = RecordBody::decode(&record.bytes)
                .map_err(|error| LoadError::decode(organization, after, error))?;
            visit(record, &body)?;
        }
        if page.records.len() < PAGE {
            return Ok(after);
        }
    }
}

/// The last archived revision. The store has every record after it.
fn archived_through<P: Permissions>(
    loader: &Loader<P>,
    organization: OrganizationId,
) -> Result<Revision, LoadError> {
    match loader.store.records(organization, Revision::NONE, 1) {
        Err(StoreError::Archived { through }) => Ok(through),
        read => Ok(read.map(|_| Revision::NONE)?),
    }
}

/// The side rows about the people whom the actions erase: their logins and names, now and before,
/// the reasons of their assignments, and their requests. Reads all records.
pub(super) fn erased_by<P: Permissions>(
    loader: &Loader<P>,
    newest: &LoadedOrganization<P>,
    actions: &[Action],
) -> Result<Vec<PersonalId>, LoadError> {
    let people: BTreeSet<SubAccountId> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Erase(id) => Some(*id),
            _ => None,
        })
        .collect();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let organization = newest.organization();
    let mut about: BTreeSet<Personal> = BTreeSet::new();
    for id in &people {
        // An archived record cannot be read. The row may still be in use here.
        let present = organization.sub_accounts().get(id);
        about.extend(present.into_iter().flat_map(|it| [it.login, it.name]).flatten());
        let given = organization.assignments_by(EntityId::SubAccount(*id), Relation::Assignee);
        about.extend(given.filter_map(|it| it.reason.as_deref().copied()));
    }
    let (id, wanted) = (organization.id(), newest.revision());
    let found = walk(loader, id, |_, body| -> Result<(), LoadError> {
        about.extend(body.changes.iter().flat_map(|change| personal_about(change, &people)));
        Ok(())
    })?;
    if found < wanted {
        return Err(LoadError::Behind { organization: id, wanted, found });
    }
    Ok(about.into_iter().map(|it| it.id).collect())
}

/// The personal data about some people that a change refers to.
fn personal_about(
    change: &Change,
    people: &BTreeSet<SubAccountId>,
) -> impl Iterator<Item = Personal> {
    let is_about_them = match change {
        Change::Put(Put::SubAccount(it)) => people.contains(&it.id),
        Change::Put(Put::Assignment(it)) => match it.assignee {
            Assignee::SubAccount(id) => people.contains(&id),
            Assignee::Team(_) | Assignee::MembersOf(_) => false,
        },
        Change::Put(Put::Request(it)) => it.concerned().any(|id| people.contains(&id)),
        Change::Put(_) | Change::Remove(_) | Change::ResetTime(_) => false,
    };
    change.personal().filter(move |_| is_about_them)
}
