//! History: reading through the records that the store still has.

use std::collections::BTreeSet;

use crate::directory::fleet::Loaded;
use crate::directory::{Directory, LoadError, load};
use crate::governance::Action;
use crate::id::{OrganizationId, PersonalId, SubAccountId};
use crate::model::link::Relation;
use crate::model::record::{Record, RecordBody, Revision};
use crate::model::{Assignee, Change, EntityId, Personal, Put};
use crate::permission::Permissions;
use crate::store::StoreError;

/// Shows every record that is not archived, oldest first, to `visit`. Gives the revision of the last one.
pub(super) fn walk<P: Permissions, E: From<LoadError>>(
    directory: &Directory<P>,
    organization: OrganizationId,
    mut visit: impl FnMut(&Record, &RecordBody) -> Result<(), E>,
) -> Result<Revision, E> {
    let mut after = first_kept(directory, organization)?;
    loop {
        let page = directory.store.records(organization, after, load::PAGE);
        let page = page.map_err(LoadError::from)?;
        for record in &page.records {
            after = record.revision;
            let body = RecordBody::decode(&record.bytes)
                .map_err(|error| LoadError::decode(organization, after, error))?;
            visit(record, &body)?;
        }
        if page.records.len() < load::PAGE {
            return Ok(after);
        }
    }
}

/// The revision after which the store still has all records.
fn first_kept<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
) -> Result<Revision, LoadError> {
    match directory.store.records(organization, Revision::NONE, 1) {
        Err(StoreError::Archived { through }) => Ok(through),
        read => Ok(read.map(|_| Revision::NONE)?),
    }
}

/// The side rows that say anything of those whom the actions erase: what they are and were called, what they sign in and
/// signed in with, why they were given something, and what they asked for. Costs reading all records.
pub(super) fn erased_by<P: Permissions>(
    directory: &Directory<P>,
    newest: &Loaded<P>,
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
    let mut said: BTreeSet<Personal> = BTreeSet::new();
    for id in &people {
        // Of archived records nobody knows any more what they said; what holds still is here.
        let present = organization.sub_accounts().get(id);
        said.extend(present.into_iter().flat_map(|it| [it.login, it.name]).flatten());
        let given = organization.assignments_by(EntityId::SubAccount(*id), Relation::Assignee);
        said.extend(given.filter_map(|it| it.reason.as_deref().copied()));
    }
    let (id, wanted) = (organization.id(), newest.revision());
    let found = walk(directory, id, |_, body| -> Result<(), LoadError> {
        said.extend(body.changes.iter().flat_map(|change| of(change, &people)));
        Ok(())
    })?;
    if found < wanted {
        return Err(LoadError::Behind { organization: id, wanted, found });
    }
    Ok(said.into_iter().map(|it| it.id).collect())
}

/// What a change says of some people.
fn of(change: &Change, people: &BTreeSet<SubAccountId>) -> impl Iterator<Item = Personal> {
    let is_theirs = match change {
        Change::Put(Put::SubAccount(it)) => people.contains(&it.id),
        Change::Put(Put::Assignment(it)) => match it.assignee {
            Assignee::SubAccount(id) => people.contains(&id),
            Assignee::Team(_) | Assignee::MembersOf(_) => false,
        },
        Change::Put(Put::Request(it)) => it.concerned().any(|id| people.contains(&id)),
        Change::Put(_) | Change::Remove(_) | Change::ResetTime(_) => false,
    };
    change.personal().filter(move |_| is_theirs)
}
