//! Sizes around the numbers at which lengths and counters overflow, and limits that are loud.

use std::sync::Arc;

use crate::model::record::{Checkpoint, Expected, PersonalRow, Purpose};
use crate::store::conformance::backend::Backend;
use crate::store::conformance::draw;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::error::StoreError;

/// More than two to the sixteenth: the most parameters of one statement in PostgreSQL, and more than SQLite's.
const MANY: usize = 65_537;

/// Bytes that differ from place to place, so that what is cut or shifted shows.
fn bytes(length: usize) -> Arc<[u8]> {
    let block: Vec<u8> = (0..=250).collect();
    let mut bytes = block.repeat(length / block.len() + 1);
    bytes.truncate(length);
    bytes.into()
}

pub(super) fn records_of_two_to_the_sixteenth_bytes(backend: &Backend) -> Outcome {
    let store = backend.open();
    let organization = draw::organization();
    let mut expected = Expected::Absent;
    for length in [255, 256, 65_535, 65_536, 65_537, 1 << 20] {
        if backend.limit().is_some_and(|limit| limit < length) {
            continue;
        }
        let mut commit = draw::commit(organization, expected);
        commit.record = bytes(length);
        draw::land(&*store, &commit)?;
        let stored = draw::load(&*store, organization)?;
        let same = stored.tail.records.last().is_some_and(|record| record.bytes == commit.record);
        ensure!(same, "a record of {length} bytes came back altered");
        let revision = expected.makes();
        store
            .checkpoint(&Checkpoint { organization, revision, bytes: bytes(length) })
            .during(format!("a checkpoint of {length} bytes"))?;
        let checkpoint = draw::load(&*store, organization)?.checkpoint;
        let same = checkpoint.is_some_and(|checkpoint| checkpoint.bytes == bytes(length));
        ensure!(same, "a checkpoint of {length} bytes came back altered");
        expected = Expected::At(revision);
        // Records are loaded after the checkpoint only, so the next one is the only one again.
        draw::land(&*store, &draw::commit(organization, expected))?;
        expected = Expected::At(expected.makes());
    }
    Ok(())
}

pub(super) fn side_rows_by_the_ten_thousands(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut commit = draw::founding(draw::organization());
    for _ in 0..MANY {
        commit.personal.push(draw::row(Purpose::Name, "Lin")?);
    }
    draw::land(&*store, &commit)?;
    let rows = draw::load(&*store, commit.organization)?.tail.personal;
    ensure_eq!(rows.len(), MANY, "side rows of one commit");
    let same = draw::sorted(rows) == draw::sorted(commit.personal.clone());
    ensure!(same, "some of {MANY} side rows came back altered");
    let ids: Vec<_> = commit.personal.iter().skip(1).map(PersonalRow::id).collect();
    store.erase(commit.organization, &ids).during("erasing all but one")?;
    let left = draw::load(&*store, commit.organization)?.tail.personal;
    ensure_eq!(left.len(), 1, "side rows left after erasing all but one");
    Ok(())
}

pub(super) fn revisions_of_tens_of_thousands_of_organizations(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = draw::founded(&*store, 2)?;
    let mut asked: Vec<_> = (1..MANY).map(|_| draw::organization()).collect();
    asked.push(organization);
    let revisions = store.revisions(&asked).during("revisions")?;
    ensure_eq!(revisions.len(), MANY, "how many revisions are answered");
    let (last, others) = revisions.split_last().unzip();
    ensure_eq!(last.copied().flatten(), Some(draw::revision(2)?), "the last revision asked");
    let unknown = others.is_some_and(|others: &[_]| others.iter().all(Option::is_none));
    ensure!(unknown, "an organization that is not there has a revision");
    Ok(())
}

pub(super) fn s8_a_commit_beyond_the_limit_is_refused_whole(backend: &Backend) -> Outcome {
    let Some(limit) = backend.limit() else { return Ok(()) };
    let store = backend.open();
    let login = draw::login("lin");
    let organization = draw::organization();
    let mut commit = draw::founding(organization);
    commit.record = bytes(limit + 1);
    commit.personal.push(draw::row(Purpose::Login, &login)?);
    for _ in 0..2 {
        ensure_matches!(
            store.commit(&commit),
            Err(StoreError::TooLarge { bytes, limit: told }) if *bytes == limit + 1 && *told == limit,
            "a record of one byte more than the limit of {limit}"
        );
    }
    ensure_eq!(draw::present(&*store, organization)?, None, "what a refused commit makes");
    let found = store.organizations_of(&draw::parsed(&login)?).during("organizations_of")?;
    ensure_eq!(found, [], "where a refused commit's login leads");
    commit.record = bytes(limit);
    let landed = store.commit(&commit).during("a record of exactly the limit")?;
    ensure_eq!(landed.number(), 1, "the revision of a record of exactly the limit");
    let stored = draw::load(&*store, organization)?;
    let same = stored.tail.records.first().is_some_and(|record| record.bytes == commit.record);
    ensure!(same, "a record of exactly the limit came back altered");
    Ok(())
}
