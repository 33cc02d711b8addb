//! Compare-and-swap, revisions without gaps, and commits that are stored whole or not at all (S1,
//! S2, S3, S7).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::model::record::{Expected, PersonalRow, Purpose};
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::fixtures;
use crate::store::error::StoreError;

pub(super) fn s1_the_first_commit_creates_and_a_second_one_conflicts(backend: &Backend) -> Outcome {
    let store = backend.open();
    let organization = fixtures::organization_id();
    let first = fixtures::first_commit(organization);
    fixtures::commit_ok(&*store, &first)?;
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        Some(1),
        "the first commit makes revision 1"
    );
    let second = store.commit(&fixtures::first_commit(organization));
    ensure_matches!(
        second,
        Err(StoreError::Conflict { actual: Some(actual) }) if actual.number() == 1,
        "a first commit of an organization that exists"
    );
    let stored = fixtures::load(&*store, organization)?;
    ensure_eq!(
        fixtures::revision_numbers(&stored.tail),
        [1],
        "only the record of the first commit is kept"
    );
    let kept = stored.tail.records.iter().any(|record| record.bytes == first.record);
    ensure!(kept, "the record of the second commit replaced the first one");
    Ok(())
}

pub(super) fn s1_a_commit_on_another_revision_conflicts(backend: &Backend) -> Outcome {
    let store = backend.open();
    let nowhere = fixtures::organization_id();
    let on_nothing = store.commit(&fixtures::commit(nowhere, Expected::At(fixtures::revision(1)?)));
    ensure_matches!(
        on_nothing,
        Err(StoreError::Conflict { actual: None }),
        "a commit on revision 1 of an unknown organization"
    );
    ensure_eq!(
        fixtures::present_revision(&*store, nowhere)?,
        None,
        "a refused commit creates no organization"
    );
    let (organization, _) = fixtures::create_organization(&*store, 3)?;
    for other in [1, 2, 4, 1 << 40, u64::MAX] {
        let answer =
            store.commit(&fixtures::commit(organization, Expected::At(fixtures::revision(other)?)));
        ensure_matches!(
            answer,
            Err(StoreError::Conflict { actual: Some(actual) }) if actual.number() == 3,
            "a commit on revision {other} of an organization at revision 3"
        );
    }
    let stored = fixtures::load(&*store, organization)?;
    ensure_eq!(
        fixtures::revision_numbers(&stored.tail),
        [1, 2, 3],
        "refused commits write no records"
    );
    Ok(())
}

pub(super) fn s2_revisions_have_no_gaps(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 1)?;
    let (other, _) = fixtures::create_organization(&*store, 1)?;
    for number in 1..40 {
        let at = Expected::At(fixtures::revision(number)?);
        // Refused commits and other organizations use no revision number.
        if number > 1 {
            let late =
                fixtures::commit(organization, Expected::At(fixtures::revision(number - 1)?));
            ensure_matches!(
                store.commit(&late),
                Err(StoreError::Conflict { .. }),
                "a commit on a past revision"
            );
        }
        fixtures::commit_ok(&*store, &fixtures::commit(organization, at))?;
        fixtures::commit_ok(&*store, &fixtures::commit(other, at))?;
    }
    let expected: Vec<_> = (1..=40).collect();
    for organization in [organization, other] {
        let stored = fixtures::load(&*store, organization)?;
        ensure_eq!(
            fixtures::revision_numbers(&stored.tail),
            expected,
            "records have no gaps and are in order"
        );
        ensure_eq!(
            fixtures::present_revision(&*store, organization)?,
            Some(40),
            "the present revision"
        );
    }
    Ok(())
}

pub(super) fn s3_what_was_acknowledged_is_read_by_every_handle(backend: &Backend) -> Outcome {
    let (writer, reader) = (backend.open(), backend.open());
    let organization = fixtures::organization_id();
    let mut expected = Expected::Absent;
    for number in 1..=10 {
        let login = fixtures::unique_login("lin");
        let mut commit = fixtures::commit(organization, expected);
        commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
        fixtures::commit_ok(&*writer, &commit)?;
        for (handle, name) in [
            (&writer, "this handle"),
            (&reader, "another handle"),
            (&backend.open(), "a new handle"),
        ] {
            let present = fixtures::present_revision(&**handle, organization)?;
            ensure_eq!(present, Some(number), "the revision that {name} reads after a commit");
            let stored = fixtures::load(&**handle, organization)?;
            let last = stored.tail.records.last().map(|record| &record.bytes);
            ensure_eq!(last, Some(&commit.record), "the last record that {name} reads");
            let found = handle
                .organizations_of(&fixtures::parse_login(&login)?)
                .during("organizations_of")?;
            ensure_eq!(
                found,
                [organization],
                "the organizations of a login that {name} finds after a commit"
            );
        }
        expected = Expected::At(fixtures::revision(number)?);
    }
    Ok(())
}

pub(super) fn s7_a_refused_commit_leaves_nothing_behind(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, commits) = fixtures::create_organization(&*store, 2)?;
    let login = fixtures::unique_login("nobody");
    let mut refused = fixtures::commit(organization, Expected::At(fixtures::revision(1)?));
    refused.personal.push(fixtures::side_row(Purpose::Login, &login)?);
    ensure_matches!(
        store.commit(&refused),
        Err(StoreError::Conflict { .. }),
        "a commit on a past revision"
    );
    let mut reused = refused.clone();
    reused.expected = Expected::At(fixtures::revision(2)?);
    reused.id = commits.last().map_or(refused.id, |commit| commit.id);
    ensure_matches!(
        store.commit(&reused),
        Err(StoreError::CommitIdReused),
        "a known commit id with other content"
    );
    let stored = fixtures::load(&*store, organization)?;
    ensure_eq!(stored.tail.personal, [], "side rows of refused commits");
    ensure_eq!(fixtures::revision_numbers(&stored.tail), [1, 2], "records of refused commits");
    let found =
        store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
    ensure_eq!(found, [], "the organizations of a refused commit's login");
    refused.expected = Expected::At(fixtures::revision(2)?);
    let landed = store.commit(&refused).during("a commit whose id was refused before")?;
    ensure_eq!(landed.number(), 3, "the id of a commit that conflicted is still free");
    Ok(())
}

/// Every commit has one side row, so a reader that sees more or fewer rows than records has seen
/// half a commit.
pub(super) fn s7_a_reader_never_sees_half_a_commit(backend: &Backend) -> Outcome {
    const COMMITS: u64 = 60;
    /// The most commits that are made while the reader gets as many turns.
    const MOST: u64 = 2_000;
    let (writer, reader) = (backend.open(), backend.open());
    let organization = fixtures::organization_id();
    let (done, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let write = || {
        let mut expected = Expected::Absent;
        for number in 1..=MOST {
            if number > COMMITS && reads.load(Ordering::Acquire) > COMMITS {
                break;
            }
            let mut commit = fixtures::commit(organization, expected);
            commit.personal.push(fixtures::side_row(Purpose::Name, "Lin")?);
            fixtures::commit_ok(&*writer, &commit)?;
            expected = Expected::At(fixtures::revision(number)?);
        }
        Ok(())
    };
    let read = || {
        while !done.load(Ordering::Acquire) {
            let Some(stored) = reader.load(organization).during("load during commits")? else {
                continue;
            };
            reads.fetch_add(1, Ordering::AcqRel);
            let numbers = fixtures::revision_numbers(&stored.tail);
            let count = numbers.len();
            let is_whole = numbers.iter().copied().eq(1..=count as u64);
            ensure!(is_whole, "load during commits returns records with gaps: {numbers:?}");
            let rows: BTreeSet<_> = stored.tail.personal.iter().map(PersonalRow::id).collect();
            ensure_eq!(rows.len(), count, "side rows of {count} commits with one each");
            let page = reader
                .records(organization, fixtures::revision(1)?, usize::MAX)
                .during("records")?;
            ensure!(
                page.records.len() + 1 >= count && page.personal.len() >= page.records.len(),
                "records returns an earlier moment, or fewer side rows than its records have"
            );
        }
        Ok(())
    };
    thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let outcome = read();
            // After a failure, the writer can stop.
            reads.store(u64::MAX, Ordering::Release);
            outcome
        });
        let written: Outcome = write();
        done.store(true, Ordering::Release);
        let read: Outcome = reading.join().unwrap_or_else(|_| {
            Err(crate::store::conformance::Failure::new("the store panicked while it was read"))
        });
        written.and(read)
    })
}
