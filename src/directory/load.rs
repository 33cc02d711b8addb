//! Loading: from a store's records to a snapshot, and from one revision to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::access::Snapshot;
use crate::catalog::Catalog;
use crate::directory::fleet::{Loaded, Size, State};
use crate::directory::{Directory, LoadError};
use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Chain, PersonalRow, Record, RecordBody, Revision};
use crate::model::{Change, ChangeSet, Organization, Personal};
use crate::permission::Permissions;
use crate::store::{Records, StoreError};

/// How many records are read at a time.
pub(super) const PAGE: usize = 1_024;

/// An organization as it was loaded, loaded now if it was not; as the store has it if it is stale.
pub(super) fn loaded<P: Permissions>(
    directory: &Directory<P>,
    id: OrganizationId,
) -> Result<Loaded<P>, LoadError> {
    let fresh = |state: &State<P>, is_fresh: bool| match state {
        State::Loaded(loaded) => Ok(is_fresh.then(|| loaded.clone())),
        State::Unavailable { error, .. } => Err(error.clone()),
    };
    match directory.fleet.look(id, || directory.monotonic(), fresh).transpose()? {
        None => first(directory, id).0,
        Some(None) => refresh(directory, id),
        Some(Some(loaded)) => Ok(loaded),
    }
}

/// An organization as the store has it at some moment from now on.
pub(super) fn refresh<P: Permissions>(
    directory: &Directory<P>,
    id: OrganizationId,
) -> Result<Loaded<P>, LoadError> {
    let there = |state: &State<P>, _| match state {
        State::Loaded(loaded) => Some(loaded.clone()),
        State::Unavailable { .. } => None,
    };
    let present = match directory.fleet.look(id, || directory.monotonic(), there) {
        Some(Some(loaded)) => loaded,
        Some(None) => {
            let asked = directory.monotonic();
            directory.fleet.publish(&whole(directory, id)?, asked);
            // What could not be read is gone only if there is something newer.
            return loaded(directory, id);
        }
        None => match first(directory, id) {
            (outcome, true) => return outcome,
            // Somebody else may have asked the store before this was called.
            (outcome, false) => outcome?,
        },
    };
    let asked = directory.monotonic();
    let newest = newer(directory, present)?;
    publish(directory, newest, asked)
}

/// Makes visible what was read or committed, of which the store was asked at `asked`. If the organization was evicted
/// meanwhile it is loaded again, from there on: what was evicted may have been newer.
pub(super) fn publish<P: Permissions>(
    directory: &Directory<P>,
    loaded: Loaded<P>,
    asked: Duration,
) -> Result<Loaded<P>, LoadError> {
    let id = loaded.organization().id();
    while !directory.fleet.publish(&loaded, asked) {
        let again = || {
            let asked = directory.monotonic();
            let newest = newer(directory, loaded.clone())?;
            directory.fleet.admit(&newest, asked);
            Ok(newest)
        };
        match directory.fleet.load_once(id, again) {
            // Somebody else's load may have asked the store before.
            (Ok(_), false) => {}
            (outcome, _) => return outcome,
        }
    }
    Ok(loaded)
}

/// Loads an organization that is not loaded, and whether it was this call that did.
fn first<P: Permissions>(
    directory: &Directory<P>,
    id: OrganizationId,
) -> (Result<Loaded<P>, LoadError>, bool) {
    directory.fleet.load_once(id, || {
        let asked = directory.monotonic();
        let loaded = whole(directory, id)?;
        directory.fleet.admit(&loaded, asked);
        Ok(loaded)
    })
}

/// Reads what the store has beyond what is loaded. If that cannot be read, the organization is unavailable from then on.
fn newer<P: Permissions>(
    directory: &Directory<P>,
    present: Loaded<P>,
) -> Result<Loaded<P>, LoadError> {
    let id = present.organization().id();
    let revision = present.revision();
    let found = directory.store.revisions(&[id])?.into_iter().next().flatten();
    // What was evicted, and had become newer, may have to be newer still.
    let known = revision.max(directory.fleet.floor(id));
    let newest = match found {
        _ if found < Some(known) => Err(LoadError::WentBack { organization: id, known, found }),
        Some(found) if found == revision => Ok(present),
        _ => catch_up(directory, present),
    };
    if let Err(error) = &newest
        && error.is_lasting()
    {
        directory.fleet.shut(id, error.clone(), revision, found);
    }
    newest
}

fn catch_up<P: Permissions>(
    directory: &Directory<P>,
    present: Loaded<P>,
) -> Result<Loaded<P>, LoadError> {
    let id = present.organization().id();
    let Loaded { snapshot, mut chain, mut size } = present;
    let in_force = chain.in_force();
    let mut organization = snapshot.organization().clone();
    loop {
        let page = match directory.store.records(id, organization.revision(), PAGE) {
            Err(StoreError::Archived { .. }) => return whole(directory, id),
            page => page?,
        };
        let count = page.records.len();
        size.tail = size.tail.saturating_add(bytes(&page));
        (organization, chain) =
            replay(Some((organization, chain)), id, &page)?.ok_or(LoadError::Unknown(id))?;
        if count < PAGE {
            if chain.in_force() == in_force {
                return Ok(Loaded { snapshot: snapshot.next(organization), chain, size });
            }
            let snapshot = under_another(directory, &snapshot, organization, &chain)?;
            let chain = chain.sharing(snapshot.catalog().text());
            return Ok(Loaded { snapshot, chain, size });
        }
    }
}

/// A later revision after another catalog came into force: all of it is compiled anew, unless this process goes on by the
/// catalog that it had.
fn under_another<P: Permissions>(
    directory: &Directory<P>,
    before: &Snapshot<P>,
    organization: Organization,
    chain: &Chain,
) -> Result<Snapshot<P>, LoadError> {
    let catalog = directory.catalogs.of(chain)?;
    if catalog.fingerprint() == before.catalog().fingerprint() {
        return Ok(before.next(organization));
    }
    Ok(compile(directory, organization, &catalog))
}

fn whole<P: Permissions>(
    directory: &Directory<P>,
    id: OrganizationId,
) -> Result<Loaded<P>, LoadError> {
    let unknown = LoadError::Unknown(id);
    let floor = directory.fleet.floor(id);
    let went_back = |found| LoadError::WentBack { organization: id, known: floor, found };
    let Some(stored) = directory.store.load(id)? else {
        return Err(if floor > Revision::NONE { went_back(None) } else { unknown });
    };
    let mut size = Size { checkpoint: 0, tail: bytes(&stored.tail) };
    let start = match stored.checkpoint {
        None => None,
        Some(checkpoint) => {
            size.checkpoint = checkpoint.bytes.len();
            let opened = checkpoint.open(&stored.tail.personal);
            Some(opened.map_err(|error| LoadError::decode(id, checkpoint.revision, error))?)
        }
    };
    let (organization, chain) = replay(start, id, &stored.tail)?.ok_or(unknown)?;
    if organization.revision() < floor {
        return Err(went_back(Some(organization.revision())));
    }
    let catalog = directory.catalogs.of(&chain)?;
    let chain = chain.sharing(directory.catalog().text()).sharing(catalog.text());
    Ok(Loaded { snapshot: compile(directory, organization, &catalog), chain, size })
}

pub(super) fn compile<P: Permissions>(
    directory: &Directory<P>,
    organization: Organization,
    catalog: &Catalog<P>,
) -> Snapshot<P> {
    let clock = Arc::clone(&directory.clock);
    Snapshot::compile_with_clock(organization, catalog, clock)
}

fn bytes(page: &Records) -> usize {
    page.records.iter().map(|record| record.bytes.len()).sum()
}

/// Applies records in order, each with the side rows that it refers to.
fn replay(
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
        step(id, organization, chain, record, is_last, &rows).map(Some)
    })
}

fn step(
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
    // Whether records were edited is for an audit to find out. What a load needs is the hash that the next one carries.
    let read = if is_last { chain.follow(record) } else { chain.pass(record) };
    let (body, chain) = read.map_err(|error| LoadError::decode(id, revision, error))?;
    let referred = personal_of(&body);
    // Rows that came with this record, and not those that it merely passes over on its way to others.
    let is_new = |personal: &&Personal| {
        organization.as_ref().is_none_or(|before| before.personal(personal).is_none())
    };
    let personal = referred.iter().filter(is_new);
    let personal: Vec<_> =
        personal.filter_map(|personal| rows.get(&personal.id).copied().cloned()).collect();
    let set = ChangeSet { time: body.time, personal, changes: body.changes };
    let organization = match organization {
        None => Organization::found(id, &set),
        Some(organization) => organization.with(&set),
    }
    .map_err(|error| LoadError::Structure { organization: id, revision, error })?;
    Ok((organization, chain))
}

/// The side rows that a record refers to: a set, because a record may put the same noun more than once.
pub(super) fn personal_of(body: &RecordBody) -> BTreeSet<Personal> {
    body.changes.iter().flat_map(Change::personal).collect()
}
