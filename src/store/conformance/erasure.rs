//! Erasure: side rows go for good, and nothing else does (S10).

use crate::id::PersonalId;
use crate::model::record::{Commit, Expected, PersonalRow, Purpose, Revision};
use crate::store::conformance::failure::{During, Failure};
use crate::store::conformance::{Backend, Outcome, draw};

pub(super) fn s10_erased_rows_are_gone_and_records_stay(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = draw::founded(&*store, 1)?;
    let mut commit = draw::commit(organization, Expected::At(Revision::FIRST));
    for value in ["stays", "goes", "stays too"] {
        commit.personal.push(draw::row(Purpose::Name, value)?);
    }
    draw::land(&*store, &commit)?;
    let goes = commit.personal.iter().filter(|row| row.value() == "goes");
    let ids: Vec<_> = goes.map(PersonalRow::id).collect();
    store.checkpoint(&draw::checkpoint(organization, 1)?).during("checkpoint")?;
    store.erase(organization, &ids).during("erase")?;
    for handle in [&store, &backend.open()] {
        let stored = draw::load(&**handle, organization)?;
        ensure_eq!(draw::numbers(&stored.tail), [2], "the records after an erasure");
        let same = stored.tail.records.iter().all(|record| record.bytes == commit.record);
        ensure!(same, "an erasure altered a record");
        ensure!(stored.checkpoint.is_some(), "an erasure took the checkpoint along");
        let page = handle.records(organization, Revision::FIRST, 10).during("records")?;
        for rows in [stored.tail.personal, page.personal] {
            let left = rows.iter().filter(|row| ids.contains(&row.id())).count();
            ensure_eq!(left, 0, "erased side rows that are still answered");
            ensure_eq!(rows.len(), 2, "side rows that are left");
        }
    }
    ensure_eq!(draw::present(&*store, organization)?, Some(2), "the revision after an erasure");
    Ok(())
}

pub(super) fn s10_an_erased_login_leads_nowhere(backend: &Backend) -> Outcome {
    let store = backend.open();
    let login = draw::login("lin");
    let mut commit = draw::founding(draw::organization());
    commit.personal.push(draw::row(Purpose::Login, &login)?);
    draw::land(&*store, &commit)?;
    let ids: Vec<_> = commit.personal.iter().map(PersonalRow::id).collect();
    store.erase(commit.organization, &ids).during("erase")?;
    let found = store.organizations_of(&draw::parsed(&login)?).during("organizations_of")?;
    ensure_eq!(found, [], "where an erased login leads");
    Ok(())
}

pub(super) fn s10_what_a_commit_erases_goes_with_it(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut first = draw::founding(draw::organization());
    for value in ["stays", "goes"] {
        first.personal.push(draw::row(Purpose::Name, value)?);
    }
    draw::land(&*store, &first)?;
    let left = || -> Result<Vec<PersonalRow>, Failure> {
        Ok(draw::load(&*backend.open(), first.organization)?.tail.personal)
    };
    let goes = first.personal.iter().filter(|row| row.value() == "goes");
    let never = PersonalId::from_u128(draw::bits());
    let mut second = draw::commit(first.organization, Expected::At(Revision::FIRST));
    second.erase = goes.map(PersonalRow::id).chain([never]).collect();
    let refused = Commit { expected: Expected::Absent, ..second.clone() };
    ensure!(store.commit(&refused).is_err(), "a commit on another revision was taken");
    ensure_eq!(left()?.len(), 2, "side rows after a commit that was refused");
    draw::land(&*store, &second)?;
    let values: Vec<String> = left()?.iter().map(|row| row.value().to_owned()).collect();
    ensure_eq!(values, ["stays"], "side rows after a commit that erases one");
    draw::land(&*store, &second)?;
    ensure_eq!(left()?.len(), 1, "side rows after the same commit was sent again");
    Ok(())
}

pub(super) fn s10_erasing_stays_within_its_organization(backend: &Backend) -> Outcome {
    let store = backend.open();
    let id = PersonalId::from_u128(draw::bits());
    let mut organizations = Vec::new();
    for value in ["Lin", "Mei"] {
        let mut commit = draw::founding(draw::organization());
        commit.personal.push(draw::row_with(id, Purpose::Name, value)?);
        draw::land(&*store, &commit)?;
        organizations.push((commit.organization, value));
    }
    for (organization, value) in &organizations {
        let rows = draw::load(&*store, *organization)?.tail.personal;
        let values: Vec<_> = rows.iter().map(PersonalRow::value).collect();
        ensure_eq!(values, [*value], "one side row id in two organizations means two rows");
    }
    let Some(((first, _), others)) = organizations.split_first() else { return Ok(()) };
    store.erase(*first, &[id]).during("erase")?;
    ensure!(!draw::is_kept(&*store, *first, id)?, "an erased side row is still answered");
    for (organization, _) in others {
        let kept = draw::is_kept(&*store, *organization, id)?;
        ensure!(kept, "erasing took another organization's side row of the same id along");
    }
    Ok(())
}

pub(super) fn s10_erasing_what_is_gone_is_no_error(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut commit = draw::founding(draw::organization());
    commit.personal.push(draw::row(Purpose::Name, "Lin")?);
    draw::land(&*store, &commit)?;
    let never = PersonalId::from_u128(draw::bits());
    let ids: Vec<_> = commit.personal.iter().map(PersonalRow::id).chain([never, never]).collect();
    store.erase(commit.organization, &[]).during("erasing nothing")?;
    store.erase(commit.organization, &[never]).during("erasing what never was")?;
    let rows = draw::load(&*store, commit.organization)?.tail.personal;
    ensure_eq!(rows, commit.personal, "the side rows after nothing was erased");
    for _ in 0..2 {
        store.erase(commit.organization, &ids).during("erasing what is gone")?;
        let rows = draw::load(&*store, commit.organization)?.tail.personal;
        ensure_eq!(rows, [], "the side rows after all were erased");
    }
    Ok(())
}
