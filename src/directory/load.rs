//! Loading: from a store's records to a snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::access::Snapshot;
use crate::directory::{Directory, LoadError};
use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{DecodeError, PersonalRow, Record, RecordBody, Revision};
use crate::model::{Change, ChangeSet, Organization, Personal};
use crate::permission::Permissions;
use crate::store::Records;

/// How many records are read at a time.
const PAGE: usize = 1_024;

/// Reads what the store has beyond what is loaded and makes it visible.
pub(super) fn refresh<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
) -> Result<Snapshot<P>, LoadError> {
    let loaded = directory.loaded.load().get(&organization).cloned();
    let snapshot = match loaded {
        None => {
            let whole = whole(directory, organization)?;
            compile(directory, whole)
        }
        Some(snapshot) => {
            let mut next = snapshot.organization().clone();
            loop {
                let page = directory.store.records(organization, next.revision(), PAGE)?;
                let full = page.records.len() == PAGE;
                next = replay(organization, Some(next), &page)?
                    .ok_or(LoadError::Unknown(organization))?;
                if !full {
                    break;
                }
            }
            if next.revision() == snapshot.revision() {
                return Ok(snapshot);
            }
            snapshot.next(next)
        }
    };
    directory.publish(&snapshot);
    Ok(snapshot)
}

pub(super) fn compile<P: Permissions>(
    directory: &Directory<P>,
    organization: Organization,
) -> Snapshot<P> {
    let clock = Arc::clone(&directory.clock);
    Snapshot::compile_with_clock(organization, &directory.catalog, clock)
}

fn whole<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
) -> Result<Organization, LoadError> {
    let unknown = LoadError::Unknown(organization);
    let Some(stored) = directory.store.load(organization)? else { return Err(unknown) };
    let start = match stored.checkpoint {
        None => None,
        Some(checkpoint) => {
            let decoded = serde_json::from_slice(&checkpoint.bytes);
            Some(decoded.map_err(|error| LoadError::Decode {
                organization,
                revision: checkpoint.revision,
                error: DecodeError::Corrupt(error.into()),
            })?)
        }
    };
    replay(organization, start, &stored.tail)?.ok_or(unknown)
}

/// Applies records in order, each with the side rows that it refers to.
fn replay(
    id: OrganizationId,
    start: Option<Organization>,
    tail: &Records,
) -> Result<Option<Organization>, LoadError> {
    let rows: BTreeMap<PersonalId, &PersonalRow> =
        tail.personal.iter().map(|row| (row.id(), row)).collect();
    tail.records.iter().try_fold(start, |organization, record| {
        let expected =
            organization.as_ref().map_or(Revision::FIRST, |before| before.revision().next());
        if record.revision != expected {
            let found = record.revision;
            return Err(LoadError::Gap { organization: id, expected, found });
        }
        step(id, organization, record, &rows).map(Some)
    })
}

fn step(
    id: OrganizationId,
    organization: Option<Organization>,
    record: &Record,
    rows: &BTreeMap<PersonalId, &PersonalRow>,
) -> Result<Organization, LoadError> {
    let revision = record.revision;
    let body = RecordBody::decode(&record.bytes).map_err(|error| LoadError::Decode {
        organization: id,
        revision,
        error,
    })?;
    // A set, because a record may put the same noun more than once.
    let referred: BTreeSet<_> = body.changes.iter().flat_map(Change::personal).collect();
    // Rows that came with this record, and not those that it merely passes over on its way to others.
    let is_new = |personal: &&Personal| {
        organization.as_ref().is_none_or(|before| before.personal(personal).is_none())
    };
    let personal = referred.iter().filter(is_new);
    let personal: Vec<_> =
        personal.filter_map(|personal| rows.get(&personal.id).copied().cloned()).collect();
    let set = ChangeSet { time: body.time, personal, changes: body.changes };
    match organization {
        None => Organization::found(id, &set),
        Some(organization) => organization.with(&set),
    }
    .map_err(|error| LoadError::Structure { organization: id, revision, error })
}
