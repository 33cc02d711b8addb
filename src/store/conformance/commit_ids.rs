//! Commit ids are known for ever: the identical commit, sent again, is stored once (S4).

use std::sync::Arc;

use crate::id::CommitId;
use crate::model::record::{Expected, PersonalRow, Purpose};
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::fixtures;
use crate::store::error::StoreError;

pub(super) fn s4_the_identical_commit_returns_its_revision(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, commits) = fixtures::create_organization(&*store, 5)?;
    for handle in [store, backend.open()] {
        for (commit, number) in commits.iter().zip(1..) {
            let again = handle.commit(commit).during("the identical commit sent again")?;
            ensure_eq!(again.number(), number, "the revision of a commit that is sent again");
        }
        let stored = fixtures::load(&*handle, organization)?;
        ensure_eq!(
            fixtures::revision_numbers(&stored.tail),
            [1, 2, 3, 4, 5],
            "a commit that is sent again is stored once"
        );
    }
    Ok(())
}

pub(super) fn s4_a_known_id_with_another_record_is_refused(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, commits) = fixtures::create_organization(&*store, 3)?;
    for known in &commits {
        let longer: Vec<u8> = known.record.iter().copied().chain([0]).collect();
        for record in [fixtures::record_bytes("other"), longer.into(), Arc::from([])] {
            // A known id is refused whatever the commit expects.
            for expected in [known.expected, Expected::At(fixtures::revision(3)?), Expected::Absent]
            {
                let mut other = fixtures::commit(organization, expected);
                (other.id, other.record) = (known.id, Arc::clone(&record));
                ensure_matches!(
                    store.commit(&other),
                    Err(StoreError::CommitIdReused),
                    "the id of revision {} with another record, expecting {expected:?}",
                    known.expected.makes()
                );
            }
        }
    }
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        Some(3),
        "refused commits make no revision"
    );
    Ok(())
}

pub(super) fn s4_a_known_id_with_another_expectation_is_refused(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, commits) = fixtures::create_organization(&*store, 3)?;
    for known in &commits {
        for number in [1, 2, 3, 4] {
            let mut other = known.clone();
            other.expected = Expected::At(fixtures::revision(number)?);
            if other.expected == known.expected {
                continue;
            }
            ensure_matches!(
                store.commit(&other),
                Err(StoreError::CommitIdReused),
                "the id and record of revision {} expecting revision {number}",
                known.expected.makes()
            );
        }
    }
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        Some(3),
        "refused commits make no revision"
    );
    Ok(())
}

pub(super) fn s4_an_id_is_known_in_its_organization_only(backend: &Backend) -> Outcome {
    let store = backend.open();
    let id = CommitId::from_u128(fixtures::unique_bits());
    for record in ["one", "another"] {
        let mut commit = fixtures::first_commit(fixtures::organization_id());
        (commit.id, commit.record) = (id, fixtures::record_bytes(record));
        let landed = store.commit(&commit);
        ensure_matches!(landed, Ok(revision) if revision.number() == 1, "an id known elsewhere");
    }
    Ok(())
}

pub(super) fn s4_a_conflict_is_final(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 1)?;
    let late = [
        fixtures::first_commit(organization),
        fixtures::commit(organization, Expected::At(fixtures::revision(1)?)),
        fixtures::commit(organization, Expected::At(fixtures::revision(2)?)),
    ];
    for number in 1..4 {
        fixtures::commit_ok(
            &*store,
            &fixtures::commit(organization, Expected::At(fixtures::revision(number)?)),
        )?;
    }
    for number in 4..8 {
        for commit in &late {
            ensure_matches!(
                store.commit(commit),
                Err(StoreError::Conflict { actual: Some(actual) }) if actual.number() == number,
                "a commit that conflicted, sent again"
            );
        }
        fixtures::commit_ok(
            &*store,
            &fixtures::commit(organization, Expected::At(fixtures::revision(number)?)),
        )?;
    }
    Ok(())
}

pub(super) fn s4_a_commit_sent_again_restores_nothing(backend: &Backend) -> Outcome {
    let store = backend.open();
    let organization = fixtures::organization_id();
    let login = fixtures::unique_login("lin");
    let mut commit = fixtures::first_commit(organization);
    commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
    fixtures::commit_ok(&*store, &commit)?;
    let erased: Vec<_> = commit.personal.iter().map(PersonalRow::id).collect();
    store.erase(organization, &erased).during("erase")?;
    let again = store.commit(&commit).during("the identical commit after an erasure")?;
    ensure_eq!(again.number(), 1, "the revision of a commit that is sent again");
    let stored = fixtures::load(&*store, organization)?;
    ensure_eq!(stored.tail.personal, [], "erased side rows after their commit was sent again");
    let found =
        store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
    ensure_eq!(found, [], "the organizations of an erased login after its commit was sent again");
    Ok(())
}
