//! Reads: they create nothing, and pages are complete, in order, and end where they should (S6).

use crate::id::PersonalId;
use crate::model::record::{Expected, PersonalRow, Purpose, Revision};
use crate::store::Records;
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::fixtures;
use crate::store::error::StoreError;

pub(super) fn s6_reading_never_creates(backend: &Backend) -> Outcome {
    let store = backend.open();
    let nowhere = fixtures::organization_id();
    let login = fixtures::parse_login(&fixtures::unique_login("nobody"))?;
    for _ in 0..2 {
        ensure_matches!(store.load(nowhere), Ok(None), "load of an unknown organization");
        let records = store.records(nowhere, Revision::FIRST, 10).during("records")?;
        ensure_eq!(records, Records::default(), "records of an unknown organization");
        ensure_eq!(
            fixtures::present_revision(&*store, nowhere)?,
            None,
            "the revision of an unknown organization"
        );
        let found = store.organizations_of(&login).during("organizations_of")?;
        ensure_eq!(found, [], "the organizations of an unknown login");
        let erased = store.erase(nowhere, &[PersonalId::from_u128(fixtures::unique_bits())]);
        ensure_matches!(erased, Ok(()), "erasing in an unknown organization");
        ensure_matches!(
            store.checkpoint(&fixtures::checkpoint(nowhere, 1)?),
            Err(StoreError::Conflict { actual: None }),
            "a checkpoint of an unknown organization"
        );
        ensure_matches!(
            store.archive(nowhere, Revision::FIRST),
            Err(StoreError::Conflict { actual: None }),
            "archiving an unknown organization"
        );
    }
    let before = nowhere.to_u128().checked_sub(1).map(crate::id::OrganizationId::from_u128);
    let listed = store.organizations(before, 1).during("organizations")?;
    ensure!(!listed.contains(&nowhere), "reading an organization made it appear in the list");
    fixtures::commit_ok(&*store, &fixtures::first_commit(nowhere))
}

pub(super) fn revisions_come_in_the_order_asked(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (one, _) = fixtures::create_organization(&*store, 1)?;
    let (three, _) = fixtures::create_organization(&*store, 3)?;
    let nowhere = fixtures::organization_id();
    let ask = |asked: &[_]| -> Result<Vec<_>, _> {
        let revisions = store.revisions(asked).during("revisions")?;
        Ok(revisions.into_iter().map(|revision| revision.map(Revision::number)).collect::<Vec<_>>())
    };
    ensure_eq!(ask(&[])?, [], "revisions of no organizations");
    ensure_eq!(ask(&[one, three])?, [Some(1), Some(3)], "revisions in the order asked");
    ensure_eq!(ask(&[three, one])?, [Some(3), Some(1)], "revisions in the other order");
    ensure_eq!(
        ask(&[nowhere, three, nowhere, one, three, three, nowhere])?,
        [None, Some(3), None, Some(1), Some(3), Some(3), None],
        "revisions with unknown and repeated organizations"
    );
    Ok(())
}

pub(super) fn records_come_in_pages(backend: &Backend) -> Outcome {
    const COUNT: usize = 12;
    let store = backend.open();
    let (organization, commits) = fixtures::create_organization(&*store, COUNT as u64)?;
    let all: Vec<u64> = (1..=COUNT as u64).collect();
    for after in 1..=COUNT + 2 {
        let later = all.get(after..).unwrap_or_default();
        let left = later.len();
        for limit in [0, 1, 2, left.saturating_sub(1), left, left + 1, 65_536, usize::MAX] {
            let number = fixtures::revision(after as u64)?;
            let page = store.records(organization, number, limit).during("records")?;
            let expected = later.get(..limit.min(left)).unwrap_or_default();
            ensure_eq!(
                fixtures::revision_numbers(&page),
                expected,
                "up to {limit} records after {after}"
            );
            let bytes = page.records.iter().map(|record| &record.bytes);
            let sent = commits.iter().skip(after).map(|commit| &commit.record);
            let same = bytes.eq(sent.take(limit));
            ensure!(
                same,
                "records after {after}, at most {limit}, have other bytes than committed"
            );
        }
    }
    for far in [1 << 31, 1 << 32, 1 << 63, u64::MAX] {
        let page = store.records(organization, fixtures::revision(far)?, 10).during("records")?;
        ensure_eq!(fixtures::revision_numbers(&page), [0; 0], "records after revision {far}");
    }
    Ok(())
}

/// The library reads a whole history from the revision before the first.
pub(super) fn records_come_from_the_first(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 3)?;
    store.checkpoint(&fixtures::checkpoint(organization, 2)?).during("checkpoint")?;
    let page = store.records(organization, Revision::NONE, 2).during("records from the first")?;
    ensure_eq!(fixtures::revision_numbers(&page), [1, 2], "two records from the first");
    let page = store.records(organization, Revision::NONE, 10).during("records from the first")?;
    ensure_eq!(fixtures::revision_numbers(&page), [1, 2, 3], "records from the first");
    Ok(())
}

pub(super) fn records_bring_their_side_rows(backend: &Backend) -> Outcome {
    let store = backend.open();
    let organization = fixtures::organization_id();
    let mut commits = Vec::new();
    let mut expected = Expected::Absent;
    for count in [2, 0, 3, 1] {
        let mut commit = fixtures::commit(organization, expected);
        for _ in 0..count {
            commit.personal.push(fixtures::side_row(Purpose::Name, "Lin")?);
        }
        fixtures::commit_ok(&*store, &commit)?;
        expected = Expected::At(expected.makes());
        commits.push(commit);
    }
    let all = commits.iter().flat_map(|commit| commit.personal.iter().cloned()).collect();
    let loaded = fixtures::load(&*store, organization)?.tail.personal;
    ensure_eq!(
        fixtures::sorted_rows(loaded),
        fixtures::sorted_rows(all),
        "the side rows that load returns"
    );
    for (position, commit) in commits.iter().enumerate().skip(1) {
        let after = fixtures::revision(position as u64)?;
        let page = store.records(organization, after, 1).during("records")?;
        let came = |row: &&PersonalRow| page.personal.contains(row);
        let missing = commit.personal.iter().filter(|row| !came(row)).count();
        ensure_eq!(missing, 0, "side rows missing in the page after revision {position}");
    }
    Ok(())
}
