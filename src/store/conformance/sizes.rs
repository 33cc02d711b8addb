//! Sizes around the numbers at which lengths and counters overflow, and limits that are refused
//! loudly.

use std::sync::Arc;

use crate::model::record::{Checkpoint, Expected, PersonalRow, Purpose};
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::fixtures;
use crate::store::error::StoreError;

/// More than 2^16, which is the most parameters of one statement in PostgreSQL and more than
/// SQLite's.
const MANY: usize = 65_537;

/// Bytes that differ at every position, so that a cut or a shift shows.
fn bytes(length: usize) -> Arc<[u8]> {
    let block: Vec<u8> = (0..=250).collect();
    let mut bytes = block.repeat(length / block.len() + 1);
    bytes.truncate(length);
    bytes.into()
}

pub(super) fn records_of_two_to_the_sixteenth_bytes(backend: &Backend) -> Outcome {
    let store = backend.open();
    let organization = fixtures::organization_id();
    let mut expected = Expected::Absent;
    for length in [255, 256, 65_535, 65_536, 65_537, 1 << 20] {
        if backend.limit().is_some_and(|limit| limit < length) {
            continue;
        }
        let mut commit = fixtures::commit(organization, expected);
        commit.record = bytes(length);
        fixtures::commit_ok(&*store, &commit)?;
        let stored = fixtures::load(&*store, organization)?;
        let same = stored.tail.records.last().is_some_and(|record| record.bytes == commit.record);
        ensure!(same, "a record of {length} bytes was returned altered");
        let revision = expected.makes();
        store
            .checkpoint(&Checkpoint { organization, revision, bytes: bytes(length) })
            .during(format!("a checkpoint of {length} bytes"))?;
        let checkpoint = fixtures::load(&*store, organization)?.checkpoint;
        let same = checkpoint.is_some_and(|checkpoint| checkpoint.bytes == bytes(length));
        ensure!(same, "a checkpoint of {length} bytes was returned altered");
        expected = Expected::At(revision);
        // Only records after the checkpoint are loaded, so the next record is again the only one.
        fixtures::commit_ok(&*store, &fixtures::commit(organization, expected))?;
        expected = Expected::At(expected.makes());
    }
    Ok(())
}

pub(super) fn side_rows_by_the_ten_thousands(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut commit = fixtures::first_commit(fixtures::organization_id());
    for _ in 0..MANY {
        commit.personal.push(fixtures::side_row(Purpose::Name, "Lin")?);
    }
    fixtures::commit_ok(&*store, &commit)?;
    let rows = fixtures::load(&*store, commit.organization)?.tail.personal;
    ensure_eq!(rows.len(), MANY, "side rows of one commit");
    let same = fixtures::sorted_rows(rows) == fixtures::sorted_rows(commit.personal.clone());
    ensure!(same, "some of {MANY} side rows were returned altered");
    let ids: Vec<_> = commit.personal.iter().skip(1).map(PersonalRow::id).collect();
    store.erase(commit.organization, &ids).during("erasing all but one")?;
    let left = fixtures::load(&*store, commit.organization)?.tail.personal;
    ensure_eq!(left.len(), 1, "side rows left after erasing all but one");
    Ok(())
}

pub(super) fn revisions_of_tens_of_thousands_of_organizations(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 2)?;
    let mut asked: Vec<_> = (1..MANY).map(|_| fixtures::organization_id()).collect();
    asked.push(organization);
    let revisions = store.revisions(&asked).during("revisions")?;
    ensure_eq!(revisions.len(), MANY, "the number of revisions");
    let (last, others) = revisions.split_last().unzip();
    ensure_eq!(last.copied().flatten(), Some(fixtures::revision(2)?), "the last revision asked");
    let unknown = others.is_some_and(|others: &[_]| others.iter().all(Option::is_none));
    ensure!(unknown, "an unknown organization has a revision");
    Ok(())
}

pub(super) fn s8_a_commit_beyond_the_limit_is_refused_whole(backend: &Backend) -> Outcome {
    let Some(limit) = backend.limit() else { return Ok(()) };
    let store = backend.open();
    let login = fixtures::unique_login("lin");
    let organization = fixtures::organization_id();
    let mut commit = fixtures::first_commit(organization);
    commit.record = bytes(limit + 1);
    commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
    for _ in 0..2 {
        ensure_matches!(
            store.commit(&commit),
            Err(StoreError::TooLarge { bytes, limit: most })
                if *bytes == limit + 1 && *most == limit,
            "a record of one byte more than the limit of {limit}"
        );
    }
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        None,
        "the revision after a refused commit"
    );
    let found =
        store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
    ensure_eq!(found, [], "the organizations of a refused commit's login");
    commit.record = bytes(limit);
    let landed = store.commit(&commit).during("a record of exactly the limit")?;
    ensure_eq!(landed.number(), 1, "the revision of a record of exactly the limit");
    let stored = fixtures::load(&*store, organization)?;
    let same = stored.tail.records.first().is_some_and(|record| record.bytes == commit.record);
    ensure!(same, "a record of exactly the limit was returned altered");
    Ok(())
}
