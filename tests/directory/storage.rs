//! Restarts, erasure, damage, and what the store in memory promises.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tenantry::directory::{CommitError, LoadError};
use tenantry::model::record::{
    Actor, Chain, Checkpoint, Commit, Entry, Expected, PersonalRow, Purpose, Revision,
};
use tenantry::model::{Maker, Membership, Request, Wants};
use tenantry::store::{MemoryStore, Store, StoreError};
use tenantry::{
    Action, Catalog, CommitId, Directory, NewAssignment, NewSubAccount, OrganizationId, PersonalId,
    RequestId, SubAccountId, Timestamp,
};

use crate::setup::*;
use crate::watched::{Fault, Watched};

#[test]
fn an_outcome_that_stays_unknown_is_reported_and_seen_by_a_refresh() {
    let store = Watched::default();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    store.expect([Fault::LandedUnheard; 4]);
    let admin = directory.system("test").administer(founded.organization);
    let unknown = admin.create_workspace("Support").unwrap_err();
    assert!(matches!(unknown, CommitError::Store(StoreError::OutcomeUnknown(_))), "{unknown}");
    assert_eq!(directory.snapshot(founded.organization).unwrap().revision().number(), 1);
    let snapshot = directory.refresh(founded.organization).unwrap();
    assert_eq!(snapshot.revision().number(), 2);
    assert_eq!(snapshot.organization().workspaces().len(), 1);
}

#[test]
fn a_restart_reads_a_commit_that_passes_over_personal_data_on_its_way_to_other() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    // The first of the two writes the sub-account down with the login that the second replaces.
    let until = "2099-01-01T00:00:00Z".parse().unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    admin
        .perform([Action::SetEnd(wu, Some(until)), Action::SetLogin(wu, login("wu@new.example"))])
        .unwrap();
    let again = Directory::with_store(catalog(), store);
    assert_eq!(json(&again, founded.organization), json(&directory, founded.organization));
}

#[test]
fn a_restart_shows_the_same_organization() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let team = admin.create_team("Team").unwrap();
    let inner = admin.create_team("Inner").unwrap();
    let wu = SubAccountId::from_u128(77);
    admin
        .perform([
            Action::from(NewSubAccount::member(wu, login("wu@acme.example")).name("Wu")),
            Action::AddToTeam(Membership { sub_account: wu, team: inner }),
            Action::MoveTeam(inner, Some(team)),
        ])
        .unwrap();
    admin.create_assignment(NewAssignment::new(team, AGENT, support).reason("season")).unwrap();
    let visit =
        admin.create_assignment(NewAssignment::new(wu, OWNER, support).reason("visit")).unwrap();
    admin.suspend(wu).unwrap();
    admin.revoke(visit).unwrap();

    let again = Directory::with_store(catalog(), store.clone());
    assert_eq!(json(&again, founded.organization), json(&directory, founded.organization));

    // From a checkpoint, with records after it, all the same.
    directory.checkpoint(founded.organization).unwrap();
    admin.reinstate(wu).unwrap();
    let from_checkpoint = Directory::with_store(catalog(), store);
    assert_eq!(
        json(&from_checkpoint, founded.organization),
        json(&directory, founded.organization)
    );
    let snapshot = from_checkpoint.snapshot(founded.organization).unwrap();
    assert!(snapshot.subject(wu).can(Permission::REPLY, support));
}

#[test]
fn a_commit_that_puts_one_sub_account_twice_replays() {
    // Both puts refer to the same side row, which is given to the replay once.
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let wu = SubAccountId::from_u128(77);
    let admin = directory.system("test").administer(founded.organization);
    admin
        .perform([
            Action::from(NewSubAccount::member(wu, login("wu@acme.example")).name("Wu")),
            Action::SetCredentialResetRequired(wu, true),
            Action::SetEnd(wu, Some(Timestamp::MAX)),
        ])
        .unwrap();
    let again = Directory::with_store(catalog(), store);
    assert_eq!(json(&again, founded.organization), json(&directory, founded.organization));
    assert_eq!(
        again.snapshot(founded.organization).unwrap().sub_account("wu@acme.example"),
        Some(wu)
    );
}

#[test]
fn what_a_request_says_of_somebody_survives_a_restart() {
    let store = MemoryStore::new();
    let founded = acme(&Directory::with_store(catalog(), store.clone()));
    let row = |id, purpose, value: &str| {
        PersonalRow::new(PersonalId::from_u128(id), purpose, [7; 32], value).unwrap()
    };
    let rows = vec![
        row(1, Purpose::Applicant, "kim@acme.example"),
        row(2, Purpose::Name, "Kim"),
        row(3, Purpose::Reason, "starts on Monday"),
    ];
    let [login, name, reason] = [0, 1, 2].map(|at: usize| rows[at].reference());
    let request = Request {
        id: RequestId::from_u128(1),
        wants: Wants::Join { login, name: Some(name) },
        requester: Maker::Host,
        reason: Some(reason),
        expires: Timestamp::MAX,
    };
    let actor = Actor::system("sign-up").unwrap();
    let time = Timestamp::MAX;
    let entry = Entry { time, actor, actions: Vec::new(), changes: vec![request.into()] };
    let first = store.load(founded.organization).unwrap().unwrap().tail.records.remove(0);
    let (_, chain) = Chain::new(founded.organization).follow(&first).unwrap();
    let (record, _) = chain.append(entry, catalog().text()).unwrap();
    store
        .commit(&Commit {
            organization: founded.organization,
            expected: Expected::At(Revision::FIRST),
            id: CommitId::from_u128(1),
            record,
            personal: rows.clone(),
            erase: Vec::new(),
        })
        .unwrap();
    let again = Directory::with_store(catalog(), store.clone());
    let snapshot = again.snapshot(founded.organization).unwrap();
    for row in &rows {
        assert_eq!(snapshot.organization().personal(&row.reference()), Some(row.value()));
    }
    // To ask to join is not to be there.
    assert_eq!(store.organizations_of(&"kim@acme.example".parse().unwrap()).unwrap(), []);
    let owners = store.organizations_of(&"lin@acme.example".parse().unwrap()).unwrap();
    assert_eq!(owners, [founded.organization]);
}

#[test]
fn erased_personal_data_is_gone_and_the_rest_still_replays() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let snapshot = directory.snapshot(founded.organization).unwrap();
    let owner = snapshot.organization().sub_accounts().get(&founded.owner).unwrap();
    let personal = owner.login.unwrap();
    assert_eq!(snapshot.organization().personal(&personal), Some("lin@acme.example"));
    let records = &store.load(founded.organization).unwrap().unwrap().tail.records;
    let bytes = String::from_utf8(records[0].bytes.to_vec()).unwrap();
    assert!(!bytes.contains("lin@"), "a record holds a login");

    store.erase(founded.organization, &[personal.id]).unwrap();
    let again = Directory::with_store(catalog(), store.clone());
    let snapshot = again.snapshot(founded.organization).unwrap();
    assert_eq!(snapshot.organization().personal(&personal), None);
    assert_eq!(snapshot.sub_account("lin@acme.example"), None);
    assert!(snapshot.subject(founded.owner).can(Permission::all(), founded.organization));
    assert_eq!(store.organizations_of(&login("lin@acme.example")).unwrap(), []);
}

#[test]
fn damaged_or_foreign_records_are_errors_never_an_empty_organization() {
    let store = MemoryStore::new();
    let founded = acme(&Directory::with_store(catalog(), store.clone()));
    let commit = |id: u128, at: u64, bytes: &[u8]| {
        let at = std::num::NonZeroU64::new(at).unwrap();
        let commit = Commit {
            organization: founded.organization,
            expected: Expected::At(Revision::new(at)),
            id: CommitId::from_u128(id),
            record: bytes.into(),
            personal: Vec::new(),
            erase: Vec::new(),
        };
        store.commit(&commit).unwrap();
    };
    let loaded = Directory::with_store(catalog(), store.clone());
    loaded.snapshot(founded.organization).unwrap();
    commit(1, 1, br#"{"format":7}"#);
    let directory = Directory::with_store(catalog(), store.clone());
    for failed in [directory.snapshot(founded.organization), loaded.refresh(founded.organization)] {
        let error = failed.unwrap_err();
        assert!(matches!(error, LoadError::Decode { .. }), "{error}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("format 7 is newer"), "{source}");
    }
    assert!(
        !directory
            .check(founded.organization, founded.owner, Permission::VIEW, founded.organization)
            .is_allow()
    );
}

#[test]
fn the_memory_store_keeps_its_contract() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let mut ids: Vec<_> = (0..5)
        .map(|number| {
            let owner = login(&format!("{number}@acme.example"));
            directory.create_organization("Acme", &owner).unwrap().organization
        })
        .collect();
    ids.sort();
    assert_eq!(store.organizations(None, 10).unwrap(), ids);
    assert_eq!(store.organizations(None, 2).unwrap(), ids[..2]);
    assert_eq!(store.organizations(Some(ids[1]), 2).unwrap(), ids[2..4]);
    assert_eq!(store.organizations(Some(ids[4]), 2).unwrap(), []);

    let admin = directory.system("test").administer(ids[0]);
    for _ in 0..3 {
        admin.create_workspace("W").unwrap();
    }
    let numbers = |after: u64, limit| -> Vec<u64> {
        let after = std::num::NonZeroU64::new(after).unwrap();
        let page = store.records(ids[0], Revision::new(after), limit).unwrap();
        page.records.iter().map(|record| record.revision.number()).collect()
    };
    assert_eq!(numbers(1, 10), [2, 3, 4]);
    assert_eq!(numbers(1, 2), [2, 3]);
    assert_eq!(numbers(3, 10), [4]);
    assert_eq!(numbers(4, 10), [0; 0]);
    assert_eq!(numbers(99, 10), [0; 0]);
    let nowhere = OrganizationId::from_u128(1);
    let revisions = store.revisions(&[ids[0], nowhere, ids[1]]).unwrap();
    let revisions: Vec<_> = revisions.iter().map(|it| it.map(Revision::number)).collect();
    assert_eq!(revisions, [Some(4), None, Some(1)]);

    let checkpoint = |number: u64| Checkpoint {
        organization: ids[0],
        revision: Revision::new(std::num::NonZeroU64::new(number).unwrap()),
        bytes: Arc::from(number.to_be_bytes()),
    };
    assert!(matches!(store.checkpoint(&checkpoint(5)), Err(StoreError::Conflict { .. })));
    store.checkpoint(&checkpoint(3)).unwrap();
    store.checkpoint(&checkpoint(2)).unwrap();
    let stored = store.load(ids[0]).unwrap().unwrap();
    assert_eq!(
        stored.checkpoint,
        Some(checkpoint(3)),
        "an older checkpoint does not replace a newer"
    );
    assert_eq!(stored.tail.records.len(), 1);
    let foreign = Checkpoint { organization: nowhere, ..checkpoint(1) };
    assert!(matches!(store.checkpoint(&foreign), Err(StoreError::Conflict { actual: None })));
}

#[test]
fn a_waiting_reader_is_woken_by_a_commit() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let woken = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            store.wait_for_change(Duration::from_mins(10)).unwrap();
            woken.store(true, Ordering::Relaxed);
        });
        let admin = directory.system("test").administer(founded.organization);
        while !woken.load(Ordering::Relaxed) {
            admin.create_workspace("W").unwrap();
            thread::sleep(Duration::from_millis(1));
        }
    });
    store.wait_for_change(Duration::ZERO).unwrap();
}

#[test]
fn what_crosses_threads_may() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Directory<Permission>>();
    crosses::<tenantry::Snapshot<Permission>>();
    crosses::<tenantry::Subject<'_, Permission>>();
    crosses::<tenantry::Operator<'_, Permission>>();
    crosses::<Catalog<Permission>>();
    crosses::<CommitError>();
}
