//! What the property found once, each told by itself.

use std::convert::Infallible;
use std::sync::Arc;

use tenantry::directory::CommitError;
use tenantry::model::record::{Record, Revision};
use tenantry::store::{Call, Fault, FaultyStore, MemoryStore, Store, StoreError};
use tenantry::{Action, CreatedOrganization, Directory};

use crate::world::{Permission, catalog};

fn acme() -> (Arc<FaultyStore<MemoryStore>>, Directory<Permission>, CreatedOrganization) {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    let directory = Directory::with_store(catalog(), Arc::clone(&store));
    let login = "lin@acme.example".parse().unwrap();
    let founded = directory.create_organization("Acme", &login).unwrap();
    (store, directory, founded)
}

fn revision(number: u64) -> Revision {
    Revision::new(number.try_into().unwrap())
}

/// A commit landed, and its answer was lost. It was sent again, and the store was down: it said that nothing was written,
/// and so did the directory, of a change that was there to stay.
#[test]
fn s4_what_may_have_landed_is_never_said_not_to_have() {
    let (store, directory, founded) = acme();
    let admin = directory.system("test").administer(founded.organization);
    for (first, number) in [(Fault::AnswerLost, 2), (Fault::RequestLost, 2)] {
        store.script(Call::Commit, [first, Fault::Unavailable]);
        let unknown = admin.create_workspace("Support").unwrap_err();
        assert!(matches!(unknown, CommitError::Store(StoreError::OutcomeUnknown(_))), "{unknown}");
        let seen = directory.refresh(founded.organization).unwrap();
        assert_eq!(seen.revision(), revision(number));
    }
    // What was sent once and did not get through did not happen, and is said so.
    store.script(Call::Commit, [Fault::Unavailable]);
    let down = admin.create_workspace("Support").unwrap_err();
    assert!(matches!(down, CommitError::Store(StoreError::Unavailable(_))), "{down}");
}

/// The login that somebody had was still in use when the record that brought it was archived. Later it was replaced, and no
/// archiving looked at it again.
#[test]
fn s10_personal_data_goes_with_its_records_in_whatever_order_they_go() {
    let (store, directory, founded) = acme();
    let organization = founded.organization;
    let admin = directory.system("test").administer(organization);
    let archive =
        |through| directory.archive(organization, revision(through), |_| Ok::<(), Infallible>(()));
    let logins = || {
        let rows = store.inner().load(organization).unwrap().unwrap().tail.personal;
        rows.iter().map(|it| it.value().to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    let wu = admin.create_member(&"wu@acme.example".parse().unwrap()).unwrap();
    archive(2).unwrap();
    admin.perform([Action::SetLogin(wu, "wu@new.example".parse().unwrap())]).unwrap();
    archive(3).unwrap();
    assert_eq!(logins(), ["lin@acme.example", "wu@new.example"].map(str::to_owned).into());
    // Nor what was left behind when the store failed between the two things that archiving does.
    admin.perform([Action::SetLogin(wu, "wu@other.example".parse().unwrap())]).unwrap();
    admin.perform([Action::SetLogin(wu, "wu@last.example".parse().unwrap())]).unwrap();
    store.script(Call::Archive, [Fault::AnswerLost]);
    archive(5).unwrap_err();
    assert_eq!(logins().len(), 4);
    archive(5).unwrap();
    assert_eq!(logins(), ["lin@acme.example", "wu@last.example"].map(str::to_owned).into());
}

/// The store was asked for the records at a moment when it lagged, and gave fewer than it then dropped: those between were
/// never handed over.
#[test]
fn s12_nothing_is_dropped_that_was_not_handed_over() {
    let (store, directory, founded) = acme();
    let organization = founded.organization;
    let admin = directory.system("test").administer(organization);
    for _ in 0..4 {
        admin.create_workspace("W").unwrap();
    }
    let mut kept: Vec<Revision> = Vec::new();
    let mut archive = || {
        let keep = |record: &Record| {
            kept.push(record.revision);
            Ok::<(), Infallible>(())
        };
        directory.archive(organization, revision(4), keep)
    };
    store.script(Call::Records, [Fault::Pass, Fault::Stale(2)]);
    archive().unwrap_err();
    let all = store.inner().records(organization, Revision::FIRST, 9).unwrap().records;
    assert_eq!(all.len(), 4);
    archive().unwrap();
    let all: Vec<Revision> = [1, 2, 3, 1, 2, 3, 4].map(revision).into();
    assert_eq!(kept, all);
}

/// Somebody was erased by a process that had last seen them with another login: the login that they had by then stayed.
#[test]
fn s10_whoever_is_erased_loses_the_login_that_they_have_by_then() {
    let (store, directory, founded) = acme();
    let organization = founded.organization;
    let admin = directory.system("test").administer(organization);
    let wu = admin.create_member(&"wu@acme.example".parse().unwrap()).unwrap();
    let elsewhere = Directory::with_store(catalog(), Arc::clone(&store));
    elsewhere.snapshot(organization).unwrap();
    admin.perform([Action::SetLogin(wu, "wu@new.example".parse().unwrap())]).unwrap();
    admin.remove(wu, None).unwrap();
    elsewhere.refresh(organization).unwrap();
    admin.perform([Action::SetLogin(wu, "wu@late.example".parse().unwrap())]).unwrap();
    elsewhere.system("test").administer(organization).erase(wu).unwrap();
    let rows = store.inner().load(organization).unwrap().unwrap().tail.personal;
    assert!(rows.iter().all(|row| row.value() != "wu@late.example"));
}
