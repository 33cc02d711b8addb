//! Archiving: only records that a checkpoint has replaced, and no loss of what is still needed
//! (S12).

use std::sync::Arc;

use crate::id::OrganizationId;
use crate::model::record::{Expected, PersonalRow, Purpose, Revision};
use crate::store::Store;
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::{Failure, Outcome};
use crate::store::conformance::fixtures;
use crate::store::error::StoreError;

/// Makes a checkpoint at `through` and archives the records up to it.
fn archived(store: &dyn Store, organization: OrganizationId, through: u64) -> Result<(), Failure> {
    store.checkpoint(&fixtures::checkpoint(organization, through)?).during("checkpoint")?;
    store.archive(organization, fixtures::revision(through)?).during("archive")
}

pub(super) fn s12_archiving_needs_a_checkpoint(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 4)?;
    let refused = |through: u64| -> Outcome {
        ensure_matches!(
            store.archive(organization, fixtures::revision(through)?),
            Err(StoreError::Conflict { actual: Some(actual) }) if actual.number() == 4,
            "archiving through revision {through}, without a checkpoint at or after it"
        );
        let page = store.records(organization, Revision::FIRST, 10).during("records")?;
        ensure_eq!(
            fixtures::revision_numbers(&page),
            [2, 3, 4],
            "the records left when archiving was refused"
        );
        Ok(())
    };
    refused(1)?;
    refused(4)?;
    store.checkpoint(&fixtures::checkpoint(organization, 2)?).during("checkpoint")?;
    for ahead in [3, 4, 5, u64::MAX] {
        refused(ahead)?;
    }
    store
        .archive(organization, fixtures::revision(2)?)
        .during("archiving what a checkpoint has replaced")
}

pub(super) fn s12_archived_records_are_an_error(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 6)?;
    let (other, _) = fixtures::create_organization(&*store, 6)?;
    store.checkpoint(&fixtures::checkpoint(organization, 5)?).during("checkpoint")?;
    store.archive(organization, fixtures::revision(3)?).during("archive")?;
    for after in [Revision::NONE, fixtures::revision(1)?, fixtures::revision(2)?] {
        for limit in [1, 10] {
            ensure_matches!(
                store.records(organization, after, limit),
                Err(StoreError::Archived { through }) if through.number() == 3,
                "records after {after}, of which those up to 3 are archived"
            );
        }
    }
    let page = store.records(organization, fixtures::revision(3)?, 10).during("records")?;
    ensure_eq!(
        fixtures::revision_numbers(&page),
        [4, 5, 6],
        "the records after those that were archived"
    );
    let stored = fixtures::load(&*store, organization)?;
    let checkpoint = stored.checkpoint.as_ref().map(|checkpoint| checkpoint.revision.number());
    ensure_eq!(checkpoint, Some(5), "the checkpoint that loading starts from");
    ensure_eq!(fixtures::revision_numbers(&stored.tail), [6], "the records after the checkpoint");
    let page = store.records(other, fixtures::revision(1)?, 10).during("records")?;
    ensure_eq!(
        fixtures::revision_numbers(&page),
        [2, 3, 4, 5, 6],
        "the records of another organization"
    );
    Ok(())
}

pub(super) fn s12_archiving_again_changes_nothing(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 5)?;
    archived(&*store, organization, 4)?;
    for again in [4, 1, 3, 4] {
        store.archive(organization, fixtures::revision(again)?).during("archiving again")?;
        ensure_matches!(
            store.records(organization, fixtures::revision(1)?, 10),
            Err(StoreError::Archived { through }) if through.number() == 4,
            "records after 1, archived up to 4 and then up to {again}"
        );
        let page = store.records(organization, fixtures::revision(4)?, 10).during("records")?;
        ensure_eq!(fixtures::revision_numbers(&page), [5], "the records that are left");
    }
    Ok(())
}

pub(super) fn s12_an_organization_goes_on_after_all_its_records_were_archived(
    backend: &Backend,
) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 3)?;
    archived(&*store, organization, 3)?;
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        Some(3),
        "the revision without records"
    );
    let stored = fixtures::load(&*store, organization)?;
    ensure_eq!(
        fixtures::revision_numbers(&stored.tail),
        [0; 0],
        "the records after all were archived"
    );
    let page = store.records(organization, fixtures::revision(3)?, 10).during("records")?;
    ensure_eq!(fixtures::revision_numbers(&page), [0; 0], "the records after the present revision");
    for expected in [Expected::Absent, Expected::At(fixtures::revision(2)?)] {
        ensure_matches!(
            store.commit(&fixtures::commit(organization, expected)),
            Err(StoreError::Conflict { actual: Some(actual) }) if actual.number() == 3,
            "a commit that expects {expected:?} at revision 3, whose records were archived"
        );
    }
    fixtures::commit_ok(
        &*store,
        &fixtures::commit(organization, Expected::At(fixtures::revision(3)?)),
    )?;
    let stored = fixtures::load(&*store, organization)?;
    ensure_eq!(fixtures::revision_numbers(&stored.tail), [4], "the records after a commit");
    let near = organization.to_u128().saturating_sub(1);
    let listed = store.organizations(Some(OrganizationId::from_u128(near)), 1);
    ensure_eq!(listed.during("organizations")?, [organization], "the list of organizations");
    Ok(())
}

pub(super) fn s12_side_rows_outlive_archived_records(backend: &Backend) -> Outcome {
    let store = backend.open();
    let login = fixtures::unique_login("lin");
    let mut commit = fixtures::first_commit(fixtures::organization_id());
    let organization = commit.organization;
    commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
    fixtures::commit_ok(&*store, &commit)?;
    archived(&*store, organization, 1)?;
    let rows = fixtures::load(&*store, organization)?.tail.personal;
    ensure_eq!(rows, commit.personal, "the side rows of a record that was archived");
    let found =
        store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
    ensure_eq!(found, [organization], "the organizations of a login whose record was archived");
    let ids: Vec<_> = rows.iter().map(PersonalRow::id).collect();
    store.erase(organization, &ids).during("erase")?;
    let rows = fixtures::load(&*store, organization)?.tail.personal;
    ensure_eq!(rows, [], "the side rows after they were erased");
    Ok(())
}

pub(super) fn s4_a_commit_id_outlives_its_record(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, commits) = fixtures::create_organization(&*store, 4)?;
    archived(&*store, organization, 3)?;
    for (commit, number) in commits.iter().zip(1..) {
        let again = store.commit(commit).during("the identical commit after archiving")?;
        ensure_eq!(again.number(), number, "the revision of a commit whose record was archived");
        let mut other = commit.clone();
        other.record = fixtures::record_bytes("other");
        let mut later = commit.clone();
        later.expected = Expected::At(fixtures::revision(4)?);
        let mut empty = commit.clone();
        empty.record = Arc::from([]);
        for other in [other, later, empty] {
            ensure_matches!(
                store.commit(&other),
                Err(StoreError::CommitIdReused),
                "the id of revision {number}, whose record was archived, with other content"
            );
        }
    }
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        Some(4),
        "the revision after sending again"
    );
    Ok(())
}
