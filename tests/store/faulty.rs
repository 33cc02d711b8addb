//! The store that injects faults: each fault does what it says, and a seed says the same every time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tenantry::model::record::{Checkpoint, Purpose};
use tenantry::store::conformance::Backend;
use tenantry::store::{Call, Fault, FaultyStore, MemoryStore, Store, StoreError};

use crate::commits::{ACME, commit, loaded, revision, row};

// Without faults it is the store underneath.
tenantry::store_conformance!(calm, {
    let store = MemoryStore::new();
    Backend::new(move || FaultyStore::new(store.clone()))
});

fn faulty() -> FaultyStore<MemoryStore> {
    let store = FaultyStore::new(MemoryStore::new());
    for number in 1..=4 {
        store.commit(&commit(ACME, number, b"record")).unwrap();
    }
    store
}

#[test]
fn what_fails_before_did_not_happen_and_what_fails_after_did() {
    let store = faulty();
    store.script(
        Call::Commit,
        [Fault::Unavailable, Fault::RequestLost, Fault::AnswerLost, Fault::Pass],
    );
    let fifth = commit(ACME, 5, b"fifth");
    assert!(matches!(store.commit(&fifth), Err(StoreError::Unavailable(_))));
    assert_eq!(loaded(store.inner(), ACME).len(), 4);
    assert!(matches!(store.commit(&fifth), Err(StoreError::OutcomeUnknown(_))));
    assert_eq!(loaded(store.inner(), ACME).len(), 4);
    assert!(matches!(store.commit(&fifth), Err(StoreError::OutcomeUnknown(_))));
    assert_eq!(loaded(store.inner(), ACME).len(), 5);
    assert_eq!(store.commit(&fifth).unwrap(), revision(5));
    // An answer that would have been a refusal is heard: nothing landed that nobody heard of.
    store.script(Call::Commit, [Fault::AnswerLost]);
    let late = store.commit(&commit(ACME, 2, b"late"));
    assert!(matches!(late, Err(StoreError::Conflict { .. })));
}

#[test]
fn every_call_meets_its_own_faults() {
    let store = faulty();
    let checkpoint = Checkpoint { organization: ACME, revision: revision(4), bytes: [1].into() };
    let login = "lin".parse().unwrap();
    let calls = [
        Call::Load,
        Call::Commit,
        Call::Records,
        Call::Revisions,
        Call::Checkpoint,
        Call::Archive,
        Call::Organizations,
        Call::OrganizationsOf,
        Call::Erase,
        Call::WaitForChange,
    ];
    let ask = |call| match call {
        Call::Load => store.load(ACME).map(drop),
        Call::Commit => store.commit(&commit(ACME, 5, b"fifth")).map(drop),
        Call::Records => store.records(ACME, revision(4), 1).map(drop),
        Call::Revisions => store.revisions(&[]).map(drop),
        Call::Checkpoint => store.checkpoint(&checkpoint),
        Call::Archive => store.archive(ACME, revision(1)),
        Call::Organizations => store.organizations(None, 1).map(drop),
        Call::OrganizationsOf => store.organizations_of(&login).map(drop),
        Call::Erase => store.erase(ACME, &[]),
        Call::WaitForChange => store.wait_for_change(Duration::ZERO),
    };
    for call in calls {
        store.script(call, [Fault::Unavailable]);
    }
    for call in calls {
        assert!(matches!(ask(call), Err(StoreError::Unavailable(_))), "{call:?}");
    }
    for call in calls {
        assert!(ask(call).is_ok(), "{call:?} is calm again");
        store.script(call, [Fault::RequestLost]);
    }
    let writes = [Call::Commit, Call::Checkpoint, Call::Archive, Call::Erase];
    for call in calls {
        match ask(call) {
            Err(StoreError::OutcomeUnknown(_)) => assert!(writes.contains(&call), "{call:?}"),
            Err(StoreError::Unavailable(_)) => assert!(!writes.contains(&call), "{call:?}"),
            other => panic!("{call:?}: {other:?}"),
        }
    }
    store.script(Call::Load, [Fault::RequestLost; 3]);
    store.clear();
    assert!(ask(Call::Load).is_ok());
}

#[test]
fn stale_answers_show_an_earlier_moment() {
    let store = faulty();
    let nowhere = tenantry::OrganizationId::from_u128(1);
    store.script(
        Call::Revisions,
        [Fault::Stale(1), Fault::Stale(3), Fault::Stale(4), Fault::Stale(9)],
    );
    for expected in [Some(revision(3)), Some(revision(1)), None, None] {
        assert_eq!(store.revisions(&[ACME, nowhere]).unwrap(), [expected, None]);
    }
    store.script(Call::Load, [Fault::Stale(1), Fault::Stale(4)]);
    assert_eq!(loaded(&store, ACME), [1, 2, 3]);
    assert_eq!(store.load(ACME).unwrap(), None);
    assert_eq!(loaded(&store, ACME), [1, 2, 3, 4]);
    store.script(Call::Records, [Fault::Stale(2), Fault::Stale(4)]);
    let numbers = || -> Vec<u64> {
        let page = store.records(ACME, revision(1), 10).unwrap();
        page.records.iter().map(|record| record.revision.number()).collect()
    };
    assert_eq!(numbers(), [2]);
    assert_eq!(numbers(), [0; 0]);
    assert_eq!(numbers(), [2, 3, 4]);
    // A stale writer is impossible: the compare-and-swap is made on what is there.
    store.script(Call::Commit, [Fault::Stale(1)]);
    assert_eq!(store.commit(&commit(ACME, 5, b"fifth")).unwrap(), revision(5));
}

#[test]
fn a_delay_delays() {
    let store = faulty();
    let delay = Duration::from_millis(30);
    store.script(Call::Load, [Fault::Delay(delay)]);
    let start = Instant::now();
    assert_eq!(loaded(&store, ACME).len(), 4);
    assert!(start.elapsed() >= delay);
}

/// What so many commits meet under a seed.
fn story(seed: u64, per_thousand: u32) -> Vec<String> {
    let store = FaultyStore::seeded(MemoryStore::new(), seed, per_thousand);
    (1..=200)
        .map(|number| {
            let mut next = commit(ACME, number, b"record");
            next.personal.push(row(number.into(), Purpose::Name, "Lin"));
            let answer = store.commit(&next);
            // Other calls in between disturb nothing.
            drop(store.organizations(None, 1));
            drop(store.inner().commit(&next));
            match answer {
                Ok(_) => "landed".to_owned(),
                Err(error) => error.to_string(),
            }
        })
        .collect()
}

#[test]
fn a_seed_tells_the_same_story_every_time() {
    assert_eq!(story(7, 300), story(7, 300));
    assert_ne!(story(7, 300), story(8, 300));
    let landed = |story: Vec<String>| story.iter().filter(|answer| *answer == "landed").count();
    assert_eq!(landed(story(7, 0)), 200);
    let some = landed(story(7, 500));
    assert!((80..200).contains(&some), "{some} of 200 landed");
    assert!(landed(story(7, 1_000)) < 160);
    let errors: std::collections::BTreeSet<_> = story(7, 1_000).into_iter().collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
}

#[test]
fn s4_with_resending_every_commit_lands_once_whatever_happens() {
    for seed in 0..20 {
        let store = Arc::new(FaultyStore::seeded(MemoryStore::new(), seed, 600));
        for number in 1..=30 {
            let next = commit(ACME, number, b"record");
            loop {
                match store.commit(&next) {
                    Ok(landed) => break assert_eq!(landed, revision(number)),
                    Err(StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_)) => {}
                    Err(other) => panic!("seed {seed}: {other:?}"),
                }
            }
        }
        assert!(loaded(store.inner(), ACME).into_iter().eq(1..=30));
    }
}
