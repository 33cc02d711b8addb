//! Erasure: side rows are deleted for good, and nothing else is (S10).

use crate::id::PersonalId;
use crate::model::record::{Commit, Expected, PersonalRow, Purpose, Revision};
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::failure::{During, Failure};
use crate::store::conformance::fixtures;

pub(super) fn s10_erased_rows_are_gone_and_records_stay(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 1)?;
    let mut commit = fixtures::commit(organization, Expected::At(Revision::FIRST));
    for value in ["stays", "goes", "stays too"] {
        commit.personal.push(fixtures::side_row(Purpose::Name, value)?);
    }
    fixtures::commit_ok(&*store, &commit)?;
    let goes = commit.personal.iter().filter(|row| row.value() == "goes");
    let ids: Vec<_> = goes.map(PersonalRow::id).collect();
    store.checkpoint(&fixtures::checkpoint(organization, 1)?).during("checkpoint")?;
    store.erase(organization, &ids).during("erase")?;
    for handle in [&store, &backend.open()] {
        let stored = fixtures::load(&**handle, organization)?;
        ensure_eq!(fixtures::revision_numbers(&stored.tail), [2], "the records after an erasure");
        let same = stored.tail.records.iter().all(|record| record.bytes == commit.record);
        ensure!(same, "an erasure altered a record");
        ensure!(stored.checkpoint.is_some(), "an erasure deleted the checkpoint");
        let page = handle.records(organization, Revision::FIRST, 10).during("records")?;
        for rows in [stored.tail.personal, page.personal] {
            let left = rows.iter().filter(|row| ids.contains(&row.id())).count();
            ensure_eq!(left, 0, "erased side rows that are still returned");
            ensure_eq!(rows.len(), 2, "side rows that are left");
        }
    }
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        Some(2),
        "the revision after an erasure"
    );
    Ok(())
}

pub(super) fn s10_an_erased_login_finds_no_organization(backend: &Backend) -> Outcome {
    let store = backend.open();
    let login = fixtures::unique_login("lin");
    let mut commit = fixtures::first_commit(fixtures::organization_id());
    commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
    fixtures::commit_ok(&*store, &commit)?;
    let ids: Vec<_> = commit.personal.iter().map(PersonalRow::id).collect();
    store.erase(commit.organization, &ids).during("erase")?;
    let found =
        store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
    ensure_eq!(found, [], "the organizations of an erased login");
    Ok(())
}

pub(super) fn s10_what_a_commit_erases_goes_with_it(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut first = fixtures::first_commit(fixtures::organization_id());
    for value in ["stays", "goes"] {
        first.personal.push(fixtures::side_row(Purpose::Name, value)?);
    }
    fixtures::commit_ok(&*store, &first)?;
    let left = || -> Result<Vec<PersonalRow>, Failure> {
        Ok(fixtures::load(&*backend.open(), first.organization)?.tail.personal)
    };
    let goes = first.personal.iter().filter(|row| row.value() == "goes");
    let never = PersonalId::from_u128(fixtures::unique_bits());
    let mut second = fixtures::commit(first.organization, Expected::At(Revision::FIRST));
    second.erase = goes.map(PersonalRow::id).chain([never]).collect();
    let refused = Commit { expected: Expected::Absent, ..second.clone() };
    ensure!(store.commit(&refused).is_err(), "a commit on another revision was accepted");
    ensure_eq!(left()?.len(), 2, "side rows after a commit that was refused");
    fixtures::commit_ok(&*store, &second)?;
    let values: Vec<String> = left()?.iter().map(|row| row.value().to_owned()).collect();
    ensure_eq!(values, ["stays"], "side rows after a commit that erases one");
    fixtures::commit_ok(&*store, &second)?;
    ensure_eq!(left()?.len(), 1, "side rows after the same commit was sent again");
    Ok(())
}

pub(super) fn s10_erasing_stays_within_its_organization(backend: &Backend) -> Outcome {
    let store = backend.open();
    let id = PersonalId::from_u128(fixtures::unique_bits());
    let mut organizations = Vec::new();
    for value in ["Lin", "Mei"] {
        let mut commit = fixtures::first_commit(fixtures::organization_id());
        commit.personal.push(fixtures::side_row_with_id(id, Purpose::Name, value)?);
        fixtures::commit_ok(&*store, &commit)?;
        organizations.push((commit.organization, value));
    }
    for (organization, value) in &organizations {
        let rows = fixtures::load(&*store, *organization)?.tail.personal;
        let values: Vec<_> = rows.iter().map(PersonalRow::value).collect();
        ensure_eq!(values, [*value], "one side row id in two organizations is two rows");
    }
    let Some(((first, _), others)) = organizations.split_first() else { return Ok(()) };
    store.erase(*first, &[id]).during("erase")?;
    ensure!(!fixtures::has_side_row(&*store, *first, id)?, "an erased side row is still returned");
    for (organization, _) in others {
        let kept = fixtures::has_side_row(&*store, *organization, id)?;
        ensure!(kept, "erasing deleted another organization's side row with the same id");
    }
    Ok(())
}

pub(super) fn s10_erasing_what_is_gone_is_no_error(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut commit = fixtures::first_commit(fixtures::organization_id());
    commit.personal.push(fixtures::side_row(Purpose::Name, "Lin")?);
    fixtures::commit_ok(&*store, &commit)?;
    let never = PersonalId::from_u128(fixtures::unique_bits());
    let ids: Vec<_> = commit.personal.iter().map(PersonalRow::id).chain([never, never]).collect();
    store.erase(commit.organization, &[]).during("erasing nothing")?;
    store.erase(commit.organization, &[never]).during("erasing a row that never existed")?;
    let rows = fixtures::load(&*store, commit.organization)?.tail.personal;
    ensure_eq!(rows, commit.personal, "the side rows after nothing was erased");
    for _ in 0..2 {
        store.erase(commit.organization, &ids).during("erasing rows that are erased already")?;
        let rows = fixtures::load(&*store, commit.organization)?.tail.personal;
        ensure_eq!(rows, [], "the side rows after all were erased");
    }
    Ok(())
}
