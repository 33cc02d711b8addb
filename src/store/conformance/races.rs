//! Compare-and-swap under races: one winner per revision, and every loser gets a conflict (S1, S4).

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use crate::id::OrganizationId;
use crate::model::record::{Commit, Expected, Revision};
use crate::store::Store;
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::{Failure, Outcome};
use crate::store::conformance::fixtures;
use crate::store::error::StoreError;

const RACERS: usize = 4;
const REVISIONS: u64 = 15;

/// Sends a commit until its outcome is known. Repeats the identical commit after an unknown
/// outcome, and later if the store is busy. `None` after a conflict.
fn decided(store: &dyn Store, commit: &Commit) -> Result<Option<Revision>, Failure> {
    const ATTEMPTS: u32 = 1_000;
    for _ in 0..ATTEMPTS {
        match store.commit(commit) {
            Ok(revision) => return Ok(Some(revision)),
            Err(StoreError::Conflict { .. }) => return Ok(None),
            Err(StoreError::OutcomeUnknown(_)) => {}
            Err(StoreError::Unavailable(_)) => thread::sleep(Duration::from_millis(5)),
            error => return error.during("a commit in a race").map(Some),
        }
    }
    Err(Failure::new(format!("the outcome of a commit is unknown after {ATTEMPTS} attempts")))
}

/// Runs one body per racer and collects the results.
fn race<T: Send>(
    stores: &[Box<dyn Store>],
    body: impl Fn(&dyn Store) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let start = Barrier::new(RACERS);
    let (start, body) = (&start, &body);
    thread::scope(|scope| {
        let racers: Vec<_> = stores
            .iter()
            .cycle()
            .take(RACERS)
            .map(|store| {
                scope.spawn(move || {
                    start.wait();
                    body(&**store)
                })
            })
            .collect();
        let panicked = |_| Err(Failure::new("the store panicked in a race"));
        racers.into_iter().map(|racer| racer.join().unwrap_or_else(panicked)).collect()
    })
}

fn handles(backend: &Backend, count: usize) -> Vec<Box<dyn Store>> {
    (0..count).map(|_| backend.open()).collect()
}

/// Every racer tries to make every revision. Checks that each revision has one winner.
fn won_once(stores: &[Box<dyn Store>], organization: OrganizationId) -> Outcome {
    let won = race(stores, |store| {
        let mut won = Vec::new();
        for number in 1..REVISIONS {
            let commit = fixtures::commit(organization, Expected::At(fixtures::revision(number)?));
            let landed = decided(store, &commit)?;
            if let Some(landed) = landed {
                ensure_eq!(landed.number(), number + 1, "the revision that a winner made");
                won.push((number + 1, commit.record));
            } else {
                let present = fixtures::present_revision(store, organization)?;
                ensure!(
                    present > Some(number),
                    "a commit on revision {number} conflicts, but the present one is {present:?}"
                );
            }
        }
        Ok(won)
    })?;
    let mut winners = BTreeMap::new();
    for (number, record) in won.into_iter().flatten() {
        let before = winners.insert(number, record);
        ensure_eq!(before, None, "two commits both made revision {number}");
    }
    let Some(store) = stores.first() else { return Ok(()) };
    let stored = fixtures::load(&**store, organization)?;
    let expected: Vec<_> = (1..=REVISIONS).collect();
    ensure_eq!(fixtures::revision_numbers(&stored.tail), expected, "revisions after a race");
    for record in stored.tail.records.iter().skip(1) {
        let number = record.revision.number();
        let same = winners.get(&number) == Some(&record.bytes);
        ensure!(same, "revision {number} is not the record of the commit that won");
    }
    Ok(())
}

pub(super) fn s1_one_first_commit_wins(backend: &Backend) -> Outcome {
    let stores = handles(backend, RACERS);
    for _ in 0..REVISIONS {
        let organization = fixtures::organization_id();
        let founded = race(&stores, |store| decided(store, &fixtures::first_commit(organization)))?;
        let winners = founded.iter().flatten().count();
        ensure_eq!(winners, 1, "how many of {RACERS} created the same organization");
    }
    Ok(())
}

pub(super) fn s1_one_winner_per_revision_between_threads(backend: &Backend) -> Outcome {
    let stores = handles(backend, 1);
    let Some(store) = stores.first() else { return Ok(()) };
    let (organization, _) = fixtures::create_organization(&**store, 1)?;
    won_once(&stores, organization)
}

pub(super) fn s1_one_winner_per_revision_between_handles(backend: &Backend) -> Outcome {
    let stores = handles(backend, RACERS);
    let Some(store) = stores.first() else { return Ok(()) };
    let (organization, _) = fixtures::create_organization(&**store, 1)?;
    won_once(&stores, organization)
}

/// Simulates a sender whose answer was lost and who tries again while the first attempt is still in
/// progress.
pub(super) fn s4_one_commit_sent_by_several_at_once_is_stored_once(backend: &Backend) -> Outcome {
    let stores = handles(backend, RACERS);
    let Some(store) = stores.first() else { return Ok(()) };
    let (organization, _) = fixtures::create_organization(&**store, 1)?;
    for number in 1..REVISIONS {
        let commit = fixtures::commit(organization, Expected::At(fixtures::revision(number)?));
        let landed = race(&stores, |store| decided(store, &commit))?;
        for revision in landed {
            let revision = revision.map(Revision::number);
            ensure_eq!(
                revision,
                Some(number + 1),
                "the revision that each sender of one commit gets"
            );
        }
    }
    let stored = fixtures::load(&**store, organization)?;
    let expected: Vec<_> = (1..=REVISIONS).collect();
    ensure_eq!(
        fixtures::revision_numbers(&stored.tail),
        expected,
        "the revisions after commits with several senders"
    );
    Ok(())
}
