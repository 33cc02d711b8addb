//! Replay: from records and side rows to an organization.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::error::LoadError;
use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Chain, PersonalRow, Record, RecordBody, Revision};
use crate::model::{Change, ChangeSet, Organization, Personal};
use crate::store::Records;

/// Applies records in order on top of `start`, each with the side rows that it refers to.
///
/// `None` if there is neither a start nor a record.
pub(super) fn replay(
    start: Option<(Organization, Chain)>,
    id: OrganizationId,
    tail: &Records,
) -> Result<Option<(Organization, Chain)>, LoadError> {
    let rows: BTreeMap<PersonalId, &PersonalRow> =
        tail.personal.iter().map(|row| (row.id(), row)).collect();
    let last = tail.records.last().map(|record| record.revision);
    tail.records.iter().try_fold(start, |so_far, record| {
        let (organization, chain) = match so_far {
            Some((organization, chain)) => (Some(organization), chain),
            None => (None, Chain::new(id)),
        };
        let is_last = last == Some(record.revision);
        apply_record(id, organization, chain, record, is_last, &rows).map(Some)
    })
}

fn apply_record(
    id: OrganizationId,
    organization: Option<Organization>,
    chain: Chain,
    record: &Record,
    is_last: bool,
    rows: &BTreeMap<PersonalId, &PersonalRow>,
) -> Result<(Organization, Chain), LoadError> {
    let revision = record.revision;
    let expected = chain.revision().map_or(Revision::FIRST, Revision::next);
    if revision != expected {
        return Err(LoadError::Gap { organization: id, expected, found: revision });
    }
    // A load hashes only the last record, because the next commit carries that hash. An audit
    // verifies the whole chain.
    let read = if is_last { chain.follow(record) } else { chain.follow_unhashed(record) };
    let (body, chain) = read.map_err(|error| LoadError::decode(id, revision, error))?;
    let referred = personal_of(&body);
    // Rows that an earlier record brought are there already. A change set must not bring them
    // again.
    let is_new = |personal: &&Personal| {
        organization.as_ref().is_none_or(|before| before.personal(personal).is_none())
    };
    let personal = referred.iter().filter(is_new);
    let personal: Vec<_> =
        personal.filter_map(|personal| rows.get(&personal.id).copied().cloned()).collect();
    let set = ChangeSet { time: body.time, personal, changes: body.changes };
    let organization = match organization {
        None => Organization::create(id, &set),
        Some(organization) => organization.with(&set),
    }
    .map_err(|error| LoadError::Structure { organization: id, revision, error })?;
    Ok((organization, chain))
}

/// The side rows that a record refers to. A set, because a record may put the same object twice.
pub(super) fn personal_of(body: &RecordBody) -> BTreeSet<Personal> {
    body.changes.iter().flat_map(Change::personal).collect()
}
