//! What is loaded: once for everybody who asks, no more than there is room for, no older than is allowed, and nothing at
//! all of what cannot be read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tenantry::access::Decision;
use tenantry::directory::{CommitError, Consistency, LoadError, Maintenance};
use tenantry::model::record::{Commit, Expected, Revision};
use tenantry::store::{MemoryStore, Store, StoreError};
use tenantry::{CommitId, CreatedOrganization, Directory, OrganizationId, Reason, Scope};

use crate::setup::*;
use crate::watched::{Stopwatch, Watched};

/// A store with one organization in it, and that organization.
fn stored() -> (MemoryStore, CreatedOrganization) {
    let store = MemoryStore::new();
    let founded = acme(&Directory::with_store(catalog(), store.clone()));
    (store, founded)
}

/// What the owner hears who asks to view the organization.
fn heard(directory: &Directory<Permission>, founded: CreatedOrganization) -> Decision {
    let CreatedOrganization { organization, owner, .. } = founded;
    directory.check(organization, owner, Permission::VIEW, organization)
}

/// A store that has nothing but the first revision.
fn first_only(store: &MemoryStore, organization: OrganizationId) -> MemoryStore {
    let copy = MemoryStore::new();
    let mut first = store.load(organization).unwrap().unwrap().tail;
    let commit = Commit {
        organization,
        expected: Expected::Absent,
        id: CommitId::from_u128(1),
        record: first.records.remove(0).bytes,
        personal: first.personal,
        erase: Vec::new(),
    };
    copy.commit(&commit).unwrap();
    copy
}

/// Makes a revision elsewhere.
fn elsewhere(store: &MemoryStore, founded: CreatedOrganization) -> Revision {
    let other = Directory::with_store(catalog(), store.clone());
    let admin = other.system("elsewhere").administer(founded.organization);
    admin.create_workspace("Elsewhere").unwrap();
    other.snapshot(founded.organization).unwrap().revision()
}

fn revision(number: u64) -> Revision {
    Revision::new(std::num::NonZeroU64::new(number).unwrap())
}

#[test]
fn however_many_ask_the_store_is_asked_once() {
    let (memory, founded) = stored();
    let store = Watched::over(memory);
    let directory = Directory::with_store(catalog(), store.clone());
    thread::scope(|scope| {
        let asking = store.blocked(|| {
            let ask = || directory.snapshot(founded.organization).unwrap().revision();
            let asking: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            while store.loads() == 0 {
                thread::yield_now();
            }
            thread::sleep(Duration::from_millis(20));
            asking
        });
        for asked in asking {
            assert_eq!(asked.join().unwrap(), Revision::FIRST);
        }
    });
    assert_eq!(store.loads(), 1);
    assert!(heard(&directory, founded).is_allow());
}

#[test]
fn a_load_that_fails_fails_for_all_who_wait_and_the_next_one_is_tried() {
    let (memory, founded) = stored();
    let store = Watched::over(memory);
    store.unplug();
    let directory = Directory::with_store(catalog(), store.clone());
    thread::scope(|scope| {
        let ask = || directory.snapshot(founded.organization).map(drop);
        let asking: Vec<_> = store.blocked(|| {
            let asking = (0..4).map(|_| scope.spawn(ask)).collect();
            while store.loads() == 0 {
                thread::yield_now();
            }
            asking
        });
        for asked in asking {
            let error = asked.join().unwrap().unwrap_err();
            let LoadError::Store(error) = error else { panic!("{error}") };
            assert!(matches!(*error, StoreError::Unavailable(_)), "{error}");
        }
    });
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::NotLoaded));
    store.plug_in();
    directory.snapshot(founded.organization).unwrap();
    assert!(heard(&directory, founded).is_allow());
}

#[test]
fn a_loader_that_panics_leaves_nobody_waiting() {
    let (memory, founded) = stored();
    let store = Watched::over(memory);
    store.panic_once();
    let directory = Directory::with_store(catalog(), store.clone());
    let load = || directory.snapshot(founded.organization);
    assert!(catch_unwind(AssertUnwindSafe(load)).is_err());
    assert!(load().is_ok());
    assert_eq!(store.loads(), 2);
}

#[test]
fn an_organization_that_does_not_exist_is_never_kept() {
    let directory = Directory::new(catalog());
    for id in 0..100 {
        let unknown = directory.snapshot(OrganizationId::from_u128(id));
        assert!(matches!(unknown, Err(LoadError::Unknown(_))));
    }
    assert_eq!(directory.loaded(), 0);
}

#[test]
fn what_nobody_asks_for_goes_and_comes_back_when_it_is_asked_for() {
    let store = Watched::default();
    let founding = Directory::with_store(catalog(), store.clone());
    let all: Vec<CreatedOrganization> = (0..20).map(|_| acme(&founding)).collect();
    // Each has three nouns: itself, its owner, and what makes it one.
    let nouns = founding.snapshot(all[0].organization).unwrap().organization().object_count();
    assert_eq!(nouns, 3);
    let directory = Directory::with_store(catalog(), store.clone()).with_capacity(5 * nouns);
    for founded in &all {
        directory.snapshot(founded.organization).unwrap();
        // The first is asked for all the time.
        directory.snapshot(all[0].organization).unwrap();
        assert!(directory.loaded() <= 5, "{directory:?}");
        assert!(heard(&directory, *founded).is_allow());
        assert!(heard(&directory, all[0]).is_allow());
    }
    let gone = all.iter().filter(|it| heard(&directory, **it) == Decision::Deny(Reason::NotLoaded));
    assert_eq!(gone.count(), 15);
    // Once all have been asked for since the last sweep, one of them has to go, whichever.
    let loads = store.loads();
    assert!((20..25).contains(&loads), "what is asked for all the time is seldom loaded: {loads}");
    // A snapshot in hand outlives its eviction, and what was evicted comes back as it is by then.
    let evicted = all[1];
    let admin = founding.system("test").administer(evicted.organization);
    admin.create_workspace("Support").unwrap();
    let back = directory.snapshot(evicted.organization).unwrap();
    assert_eq!(back.revision(), revision(2));
    // What is too large for the room has room of its own.
    let cramped = Directory::with_store(catalog(), store).with_capacity(1);
    for founded in all.iter().chain(all.iter().rev()) {
        cramped.snapshot(founded.organization).unwrap();
        assert!(heard(&cramped, *founded).is_allow());
        assert_eq!(cramped.loaded(), 1);
    }
}

#[test]
fn what_is_committed_is_visible_though_it_was_evicted_meanwhile() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store).with_capacity(1);
    let (one, other) = (acme(&directory), acme(&directory));
    for round in 1..20 {
        for founded in [one, other] {
            let admin = directory.system("test").administer(founded.organization);
            admin.create_workspace("W").unwrap();
            let seen = directory.snapshot(founded.organization).unwrap();
            assert_eq!(seen.revision(), revision(round + 1));
        }
    }
}

#[test]
fn what_was_read_before_an_eviction_does_not_come_back_after_it() {
    // A refresh had its answer, and was not done yet, when somebody was suspended and the organization evicted. What it had
    // read then took the place that was free, and whoever was suspended was let in again.
    let (memory, founded) = stored();
    let other = acme(&Directory::with_store(catalog(), memory.clone()));
    let store = Watched::over(memory);
    let directory = Directory::with_store(catalog(), store.clone()).with_capacity(1);
    let directory = Arc::new(directory);
    let admin = directory.system("test").administer(founded.organization);
    let second = admin.create_member(&login("wu@acme.example")).unwrap();
    admin.assign(second, OWNER, Scope::Organization).unwrap();
    assert!(heard(&directory, founded).is_allow());
    store.meanwhile({
        let directory = Arc::clone(&directory);
        move || {
            let admin = directory.system("test").administer(founded.organization);
            admin.suspend(founded.owner).unwrap();
            directory.snapshot(other.organization).unwrap();
        }
    });
    let refreshed = directory.refresh(founded.organization).unwrap();
    assert_eq!(refreshed.revision(), revision(4));
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Suspended));
}

#[test]
fn as_new_as_is_asked_for() {
    let (memory, founded) = stored();
    let organization = founded.organization;
    let store = Watched::over(memory.clone());
    let directory = Directory::with_store(catalog(), store.clone());
    directory.snapshot(organization).unwrap();
    let second = elsewhere(&memory, founded);
    let polls = store.polls();
    let at =
        |consistency| directory.snapshot_with(organization, consistency).map(|it| it.revision());
    assert_eq!(at(Consistency::Cached).unwrap(), Revision::FIRST);
    assert_eq!(at(Consistency::AtLeast(Revision::FIRST)).unwrap(), Revision::FIRST);
    assert_eq!(store.polls(), polls, "the store is not asked for what is there");
    assert_eq!(at(Consistency::AtLeast(second)).unwrap(), second);
    let third = elsewhere(&memory, founded);
    assert_eq!(at(Consistency::Latest).unwrap(), third);
    let behind = at(Consistency::AtLeast(revision(9))).unwrap_err();
    let LoadError::Behind { wanted, found, .. } = behind else { panic!("{behind}") };
    assert_eq!((wanted, found), (revision(9), third));
    // Without an answer of the store nothing older is passed off as the latest.
    store.unplug();
    assert!(matches!(at(Consistency::Latest), Err(LoadError::Store(_))));
    assert_eq!(at(Consistency::Cached).unwrap(), third);
}

#[test]
fn what_the_store_has_not_confirmed_for_too_long_is_denied_as_stale() {
    let (memory, founded) = stored();
    let store = Watched::over(memory.clone());
    let watch = Stopwatch::default();
    let minute = Duration::from_mins(1);
    let directory = Directory::with_store(catalog(), store.clone())
        .with_clock(watch.clone())
        .with_max_staleness(minute);
    let snapshot = directory.snapshot(founded.organization).unwrap();
    let (almost, second) = (Duration::from_secs(59), Duration::from_secs(1));
    watch.pass(almost);
    assert!(heard(&directory, founded).is_allow());
    watch.pass(second);
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Stale));
    assert!(snapshot.subject(founded.owner).can(Permission::VIEW, founded.organization));
    let queries =
        [tenantry::access::Query::new(founded.owner, Permission::VIEW, founded.organization)];
    assert_eq!(
        directory.check_all(founded.organization, &queries),
        [Decision::Deny(Reason::Stale)]
    );
    // The store's word makes it fresh again: by a round of confirmations, by asking for a snapshot, by a commit.
    directory.refresh_all().unwrap();
    assert!(heard(&directory, founded).is_allow());
    watch.pass(minute);
    directory.snapshot(founded.organization).unwrap();
    assert!(heard(&directory, founded).is_allow());
    watch.pass(almost);
    let admin = directory.system("test").administer(founded.organization);
    admin.create_workspace("W").unwrap();
    watch.pass(almost);
    assert!(heard(&directory, founded).is_allow());
    // While the store is silent nothing helps, and then everything recovers by itself.
    store.unplug();
    watch.pass(second);
    assert!(directory.refresh_all().is_err());
    assert!(directory.snapshot(founded.organization).is_err());
    assert!(matches!(admin.create_workspace("W"), Err(CommitError::Load(LoadError::Store(_)))));
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Stale));
    store.plug_in();
    directory.refresh_all().unwrap();
    assert!(heard(&directory, founded).is_allow());
}

#[test]
fn a_checkpoint_makes_nothing_fresher_and_nothing_less_fresh() {
    let (memory, founded) = stored();
    let watch = Stopwatch::default();
    let directory = Directory::with_store(catalog(), memory)
        .with_clock(watch.clone())
        .with_max_staleness(Duration::from_mins(1));
    directory.snapshot(founded.organization).unwrap();
    watch.pass(Duration::from_secs(59));
    directory.checkpoint(founded.organization).unwrap();
    assert!(heard(&directory, founded).is_allow());
    watch.pass(Duration::from_secs(1));
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Stale));
}

#[test]
fn while_the_store_is_down_what_is_loaded_answers_and_nothing_is_committed() {
    let (memory, founded) = stored();
    let store = Watched::over(memory.clone());
    let directory = Directory::with_store(catalog(), store.clone());
    let admin = directory.system("test").administer(founded.organization);
    let before = directory.snapshot(founded.organization).unwrap();
    store.unplug();
    let refused = admin.create_workspace("W").unwrap_err();
    assert!(matches!(refused, CommitError::Store(StoreError::Unavailable(_))), "{refused}");
    assert!(directory.refresh(founded.organization).is_err());
    assert!(heard(&directory, founded).is_allow());
    let same = directory.snapshot(founded.organization).unwrap();
    assert_eq!(same.organization(), before.organization());
    store.plug_in();
    admin.create_workspace("W").unwrap();
    assert_eq!(memory.revisions(&[founded.organization]).unwrap(), [Some(revision(2))]);
}

#[test]
fn s11_of_what_a_newer_release_wrote_nothing_is_answered_committed_or_checkpointed() {
    for newer in [
        r#"{"format":3,"whatever":[]}"#,
        // A kind of change of which this release knows nothing.
        r#"{"format":1,"changes":[{"put":{"badge":{"id":"00000000-0000-0000-0000-000000000001"}}}]}"#,
        "not even JSON",
    ] {
        let (memory, founded) = stored();
        let store = Watched::over(memory.clone());
        let directory = Directory::with_store(catalog(), store.clone());
        let organization = founded.organization;
        let in_hand = directory.snapshot(organization).unwrap();
        let commit = Commit {
            organization,
            expected: Expected::At(Revision::FIRST),
            id: CommitId::from_u128(7),
            record: newer.as_bytes().into(),
            personal: Vec::new(),
            erase: Vec::new(),
        };
        memory.commit(&commit).unwrap();
        assert!(heard(&directory, founded).is_allow(), "not met yet");
        let done = directory.refresh_all().unwrap();
        assert_eq!((done.refreshed, done.failed), (0, 1));
        assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Unavailable));
        let (commits, loads) = (store.commits(), store.loads());
        let admin = directory.system("test").administer(organization);
        let refused = admin.create_workspace("W").unwrap_err();
        assert!(matches!(refused, CommitError::Load(LoadError::Decode { .. })), "{refused}");
        assert!(directory.snapshot(organization).is_err());
        assert!(directory.checkpoint(organization).is_err());
        assert_eq!((store.commits(), store.checkpoints()), (commits, 0));
        assert_eq!(store.loads(), loads, "what cannot be read is not read again and again");
        assert!(directory.refresh(organization).is_err());
        assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Unavailable));
        // What was there before is history, and whoever has it in hand knows which revision it is.
        assert_eq!(in_hand.revision(), Revision::FIRST);
        // Nothing of it is lost: who reads it later has it.
        assert_eq!(
            &*memory.records(organization, Revision::FIRST, 9).unwrap().records[0].bytes,
            newer.as_bytes()
        );
    }
}

#[test]
fn what_can_be_read_again_is_answered_again() {
    let (memory, founded) = stored();
    let organization = founded.organization;
    let second = elsewhere(&memory, founded);
    let broken = first_only(&memory, organization);
    let damaged = Commit {
        organization,
        expected: Expected::At(Revision::FIRST),
        id: CommitId::from_u128(2),
        record: Arc::from(*b"damaged"),
        personal: Vec::new(),
        erase: Vec::new(),
    };
    broken.commit(&damaged).unwrap();
    let store = Watched::over(first_only(&memory, organization));
    let directory = Directory::with_store(catalog(), store.clone());
    directory.snapshot(organization).unwrap();
    store.exchange(broken);
    assert!(matches!(directory.refresh(organization), Err(LoadError::Decode { .. })));
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Unavailable));
    // The store was repaired.
    store.exchange(memory);
    assert_eq!(directory.refresh(organization).unwrap().revision(), second);
    assert!(heard(&directory, founded).is_allow());
}

#[test]
fn a_store_that_went_back_is_not_believed() {
    // An older copy of the database was put in place; a revoked role would have come back.
    let (memory, founded) = stored();
    let organization = founded.organization;
    let loaded = elsewhere(&memory, founded);
    let copy = first_only(&memory, organization);
    for (older, found) in [(copy, Some(Revision::FIRST)), (MemoryStore::new(), None)] {
        let store = Watched::over(memory.clone());
        let directory = Directory::with_store(catalog(), store.clone());
        assert_eq!(directory.snapshot(organization).unwrap().revision(), loaded);
        store.exchange(older);
        let error = directory.refresh(organization).unwrap_err();
        let LoadError::WentBack { known, found: back, .. } = error else { panic!("{error}") };
        assert_eq!((known, back), (loaded, found));
        assert_eq!(heard(&directory, founded), Decision::Deny(Reason::Unavailable));
        assert!(directory.refresh(organization).is_err());
        // As long as nothing else is there, nothing else is tried.
        let loads = store.loads();
        assert_eq!(directory.refresh_all().unwrap(), Maintenance::default());
        assert_eq!(store.loads(), loads);
        // When the right one is back, so is the organization.
        store.exchange(memory.clone());
        assert_eq!(directory.refresh_all().unwrap().refreshed, 1);
        assert!(heard(&directory, founded).is_allow());
    }
}

#[test]
fn a_store_that_was_put_back_is_believed_by_a_process_that_starts_afresh_unless_more_is_expected() {
    let (memory, founded) = stored();
    let organization = founded.organization;
    let head = elsewhere(&memory, founded);
    let copy = first_only(&memory, organization);
    let afresh = Directory::with_store(catalog(), copy.clone());
    assert_eq!(afresh.snapshot(organization).unwrap().revision(), Revision::FIRST);
    for (older, found) in [(copy, Some(Revision::FIRST)), (MemoryStore::new(), None)] {
        let store = Watched::over(older);
        let directory = Directory::with_store(catalog(), store.clone());
        directory.expect_at_least(organization, head);
        // A lower expectation takes nothing back.
        directory.expect_at_least(organization, Revision::FIRST);
        for _ in 0..2 {
            let error = directory.snapshot(organization).unwrap_err();
            let LoadError::WentBack { known, found: back, .. } = error else { panic!("{error}") };
            assert_eq!((known, back), (head, found));
            assert!(matches!(directory.refresh(organization), Err(LoadError::WentBack { .. })));
            let admin = directory.system("test").administer(organization);
            let refused = admin.create_workspace("W").unwrap_err();
            assert!(matches!(refused, CommitError::Load(LoadError::WentBack { .. })), "{refused}");
            assert_eq!(heard(&directory, founded), Decision::Deny(Reason::NotLoaded));
        }
        assert_eq!(store.commits(), 0);
        // With the newest copy back, everything goes on.
        store.exchange(memory.clone());
        assert_eq!(directory.snapshot(organization).unwrap().revision(), head);
        assert!(heard(&directory, founded).is_allow());
    }
}

#[test]
fn what_is_expected_is_expected_of_what_is_loaded_and_after_it_was_evicted() {
    let (memory, founded) = stored();
    let organization = founded.organization;
    let other = acme(&Directory::with_store(catalog(), memory.clone()));
    let copy = first_only(&memory, organization);
    let store = Watched::over(memory.clone());
    let directory = Directory::with_store(catalog(), store.clone()).with_capacity(1);
    directory.snapshot(organization).unwrap();
    let loads = store.loads();
    // As new as is loaded: nothing happens.
    directory.expect_at_least(organization, Revision::FIRST);
    assert!(heard(&directory, founded).is_allow());
    let second = elsewhere(&memory, founded);
    directory.expect_at_least(organization, second);
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::NotLoaded));
    assert_eq!(store.loads(), loads, "expecting does no I/O");
    assert_eq!(directory.snapshot(organization).unwrap().revision(), second);
    assert!(heard(&directory, founded).is_allow());
    // Others take its place, and then the store goes back.
    directory.snapshot(other.organization).unwrap();
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::NotLoaded));
    store.exchange(copy);
    assert!(matches!(directory.snapshot(organization), Err(LoadError::WentBack { .. })));
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::NotLoaded));
    // It is expected of one organization alone.
    store.exchange(memory);
    directory.expect_at_least(OrganizationId::from_u128(1), revision(9));
    directory.snapshot(other.organization).unwrap();
    assert_eq!(directory.snapshot(organization).unwrap().revision(), second);
}

#[test]
fn what_is_read_while_more_comes_to_be_expected_does_not_take_its_place() {
    let (memory, founded) = stored();
    let organization = founded.organization;
    let store = Watched::over(first_only(&memory, organization));
    let directory = Arc::new(Directory::with_store(catalog(), store.clone()));
    directory.snapshot(organization).unwrap();
    // The store has answered a refresh when the host says what it knows.
    store.meanwhile({
        let directory = Arc::clone(&directory);
        move || directory.expect_at_least(organization, revision(2))
    });
    assert!(matches!(directory.refresh(organization), Err(LoadError::WentBack { .. })));
    assert_eq!(heard(&directory, founded), Decision::Deny(Reason::NotLoaded));
}
