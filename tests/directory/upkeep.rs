//! Upkeep: confirmations, checkpoints, archived records, and personal data that goes with them.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tenantry::directory::{ArchiveError, CommitError, LoadError};
use tenantry::model::record::{Chain, Record, Revision};
use tenantry::model::{Effect, RoleRef, Scope};
use tenantry::store::{MemoryStore, Store, StoreError};
use tenantry::{
    Action, Catalog, Context, CreatedOrganization, Directory, NewAssignment, NewRequest, RequestId,
    SystemRole, Timestamp,
};

use crate::setup::*;
use crate::watched::Watched;

const ROOT: Scope = Scope::Organization;

fn revision(number: u64) -> Revision {
    Revision::new(std::num::NonZeroU64::new(number).unwrap())
}

/// A store with an organization at revision 6, and whoever left it.
fn with_history() -> (MemoryStore, Directory<Permission>, CreatedOrganization) {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    admin.create_workspace("Support").unwrap();
    admin.perform([Action::SetLogin(wu, login("wu@new.example"))]).unwrap();
    admin.create_workspace("Sales").unwrap();
    admin.create_workspace("Service").unwrap();
    (store, directory, founded)
}

#[test]
fn tending_reads_what_changed_elsewhere() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let all: Vec<CreatedOrganization> = (0..3).map(|_| acme(&directory)).collect();
    let elsewhere = Directory::with_store(catalog(), store);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                directory.maintain(Duration::from_secs(1)).unwrap();
            }
        });
        for founded in &all {
            let admin = elsewhere.system("test").administer(founded.organization);
            admin.create_workspace("W").unwrap();
        }
        let seen = |founded: &CreatedOrganization| {
            directory.snapshot(founded.organization).unwrap().revision()
        };
        while all.iter().any(|it| seen(it) < revision(2)) {
            thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(directory.refresh_all().unwrap(), tenantry::directory::Maintenance::default());
}

#[test]
fn tending_a_store_that_is_down_does_not_spin() {
    let store = Watched::default();
    store.unplug();
    let directory = Directory::with_store(catalog(), store);
    let (start, pause) = (Instant::now(), Duration::from_millis(30));
    for _ in 0..3 {
        assert!(matches!(directory.maintain(pause), Err(StoreError::Unavailable(_))));
    }
    assert!(start.elapsed() >= 3 * pause);
}

#[test]
fn s12_a_checkpoint_is_made_when_the_records_after_it_outgrow_it() {
    let memory = MemoryStore::new();
    let store = Watched::over(memory.clone());
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let grow = |bytes: usize| {
        let tail = || {
            let tail = memory.load(founded.organization).unwrap().unwrap().tail;
            tail.records.iter().map(|it| it.bytes.len()).sum::<usize>()
        };
        while tail() <= bytes {
            let names = (0..64).map(|_| "n".repeat(200));
            let workspaces = names.map(|name| {
                let id = tenantry::WorkspaceId::from_u128(rand());
                Action::CreateWorkspace(tenantry::model::Workspace::new(id, name.parse().unwrap()))
            });
            admin.perform(workspaces).unwrap();
        }
    };
    let tend = || directory.maintain(Duration::ZERO).unwrap().checkpoints;
    assert_eq!(tend(), 0);
    grow(256 << 10);
    assert_eq!(tend(), 1);
    assert_eq!(tend(), 0);
    let kept = memory.load(founded.organization).unwrap().unwrap();
    assert_eq!(kept.tail.records, []);
    // The next one waits for half of the bytes of this one, and at least for 256 KiB.
    let first = kept.checkpoint.unwrap();
    admin.create_workspace("W").unwrap();
    assert_eq!(tend(), 0);
    grow((256 << 10).max(first.bytes.len() / 2));
    // Another process knows what it takes as well as this one.
    let other = Directory::with_store(catalog(), store);
    other.snapshot(founded.organization).unwrap();
    assert_eq!(other.maintain(Duration::ZERO).unwrap().checkpoints, 1);
    let second = memory.load(founded.organization).unwrap().unwrap().checkpoint.unwrap();
    assert!(second.revision > first.revision);
    assert_eq!(json(&other, founded.organization), json(&directory, founded.organization));
}

/// Numbers that do not repeat.
fn rand() -> u128 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1 << 40);
    NEXT.fetch_add(1, Ordering::Relaxed).into()
}

#[test]
fn s12_archived_records_are_kept_by_the_host_and_the_chain_goes_on() {
    let (store, directory, founded) = with_history();
    let organization = founded.organization;
    let lagging = Directory::with_store(catalog(), store.clone());
    lagging.snapshot(organization).unwrap();
    let admin = directory.system("test").administer(organization);
    admin.create_workspace("Late").unwrap();
    let mut archived: Vec<Record> = Vec::new();
    let keep = |record: &Record| {
        archived.push(record.clone());
        Ok::<(), Infallible>(())
    };
    directory.archive(organization, revision(4), keep).unwrap();
    let numbers: Vec<u64> = archived.iter().map(|it| it.revision.number()).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    // Those that stay follow the last of those that went.
    let kept = store.records(organization, revision(4), 100).unwrap().records;
    let whole = archived.iter().chain(&kept);
    let chain = whole.fold(Chain::new(organization), |chain, it| chain.follow(it).unwrap().1);
    assert_eq!(chain.revision(), Some(revision(7)));
    // What was archived is asked for in vain, and loading does not ask for it.
    let gone = store.records(organization, revision(2), 9);
    assert!(matches!(gone, Err(StoreError::Archived { .. })));
    for again in [Directory::with_store(catalog(), store.clone()), lagging] {
        again.refresh(organization).unwrap();
        assert_eq!(json(&again, organization), json(&directory, organization));
        let admin = again.system("test").administer(organization);
        admin.create_workspace("After").unwrap();
        directory.refresh(organization).unwrap();
    }
    // A second time it goes on from there; up to where it went already, nothing is left to keep.
    let mut more = 0;
    let mut count = |_: &Record| {
        more += 1;
        Ok::<(), Infallible>(())
    };
    directory.archive(organization, revision(3), &mut count).unwrap();
    directory.archive(organization, revision(6), &mut count).unwrap();
    assert_eq!(more, 2);
}

#[test]
fn s12_what_the_host_could_not_keep_stays() {
    let (store, directory, founded) = with_history();
    let organization = founded.organization;
    let full = |record: &Record| match record.revision.number() {
        1 => Ok(()),
        _ => Err("the archive is full"),
    };
    let refused = directory.archive(organization, revision(4), full).unwrap_err();
    assert!(matches!(refused, ArchiveError::Keep("the archive is full")));
    assert_eq!(store.records(organization, Revision::FIRST, 9).unwrap().records.len(), 5);
    let never = |_: &Record| -> Result<(), Infallible> { panic!("nothing is archived") };
    let refused = directory.archive(organization, revision(99), never).unwrap_err();
    let ArchiveError::Commit(CommitError::Load(LoadError::Behind { found, .. })) = refused else {
        panic!("{refused}")
    };
    assert_eq!(found, revision(6));
}

#[test]
fn s10_personal_data_goes_with_the_last_record_that_says_it() {
    let (store, directory, founded) = with_history();
    let organization = founded.organization;
    let logins = || {
        let rows = store.load(organization).unwrap().unwrap().tail.personal;
        let mut logins: Vec<String> = rows.iter().map(|it| it.value().to_owned()).collect();
        logins.sort();
        logins
    };
    assert_eq!(logins(), ["lin@acme.example", "wu@acme.example", "wu@new.example"]);
    directory.archive(organization, revision(3), |_| Ok::<(), Infallible>(())).unwrap();
    assert_eq!(logins(), ["lin@acme.example", "wu@new.example"]);
    let again = Directory::with_store(catalog(), store.clone());
    let snapshot = again.snapshot(organization).unwrap();
    assert!(snapshot.sub_account("wu@new.example").is_some());
}

#[test]
fn s10_erasing_somebody_erases_what_they_were_called_and_why_and_what_they_asked_for() {
    let (store, directory, founded) = with_history();
    let organization = founded.organization;
    let admin = directory.system("test").administer(organization);
    let snapshot = directory.snapshot(organization).unwrap();
    let wu = snapshot.sub_account("wu@new.example").unwrap();
    let support = snapshot.organization().workspaces().keys().next().copied().unwrap();
    admin.perform([Action::SetName(wu, Some("Wu".to_owned()))]).unwrap();
    admin.perform([Action::SetName(wu, Some("Wu Li".to_owned()))]).unwrap();
    admin
        .create_assignment(NewAssignment::new(wu, AGENT, support).reason("stands in for Bo"))
        .unwrap();
    let denied = NewAssignment::new(wu, AGENT, support).denying().reason("that affair");
    admin.create_assignment(denied).unwrap();
    let session = directory.administer(organization, wu, &Context::new());
    let never = Timestamp::MAX;
    let asked = NewRequest::access(RequestId::from_u128(1), wu, RoleRef::from(AGENT), ROOT, never);
    session.perform([Action::MakeRequest(asked.reason("for the fair"))]).unwrap();
    admin.remove(wu, None).unwrap();
    let other = Directory::with_store(catalog(), store.clone());
    other.snapshot(organization).unwrap();
    let said = || -> Vec<String> {
        let rows = store.load(organization).unwrap().unwrap().tail.personal;
        let mut said: Vec<String> = rows.iter().map(|it| it.value().to_owned()).collect();
        said.sort();
        said
    };
    let before = said();
    assert_eq!(before.len(), 8, "{before:?}");
    admin.erase(wu).unwrap();
    assert_eq!(said(), ["lin@acme.example"]);
    // It is gone here, in every other process, and for whoever loads it, from records and from a checkpoint.
    other.refresh(organization).unwrap();
    let reloaded = Directory::with_store(catalog(), store.clone());
    directory.checkpoint(organization).unwrap();
    let resumed = Directory::with_store(catalog(), store.clone());
    let here = json(&directory, organization);
    assert!(!here.contains("Wu") && !here.contains("affair"), "{here}");
    for elsewhere in [&other, &reloaded, &resumed] {
        assert_eq!(json(elsewhere, organization), here);
    }
    // What was denied stays denied, without a word of why.
    let snapshot = directory.snapshot(organization).unwrap();
    let denies =
        snapshot.organization().assignments().values().filter(|it| it.assignee == wu.into());
    assert!(denies.filter(|it| it.effect == Effect::Deny).all(|it| it.reason.is_none()));
}

#[test]
fn s10_a_checkpoint_holds_nothing_that_would_have_to_be_erased_from_it() {
    let (store, directory, founded) = with_history();
    let organization = founded.organization;
    directory.checkpoint(organization).unwrap();
    let bytes = store.load(organization).unwrap().unwrap().checkpoint.unwrap().bytes;
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("Support") && !text.contains("acme.example"));
}

#[test]
fn s9_a_catalog_comes_with_the_first_record_that_was_decided_under_it() {
    let (store, directory, founded) = with_history();
    let organization = founded.organization;
    let other: Catalog<Permission> = Catalog::builder()
        .edition(1)
        .role(OWNER, Permission::all())
        .role(AGENT, Permission::VIEW)
        .role(SystemRole::new("clerk"), Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap();
    directory.checkpoint(organization).unwrap();
    let later = Directory::with_store(other.clone(), store.clone());
    let admin = later.system("test").administer(organization);
    admin.create_workspace("One").unwrap();
    admin.create_workspace("Two").unwrap();
    directory.refresh(organization).unwrap();
    directory.system("test").administer(organization).create_workspace("Three").unwrap();
    let records = store.records(organization, revision(1), 99).unwrap().records;
    let first = store.load(organization).unwrap().unwrap();
    let brought = |record: &Record| String::from_utf8_lossy(&record.bytes).contains("\"document\"");
    let bringing: Vec<u64> =
        records.iter().filter(|it| brought(it)).map(|it| it.revision.number()).collect();
    assert_eq!(
        bringing,
        [7],
        "once for each catalog, also after a checkpoint and by another process"
    );
    let checkpoint = first.checkpoint.unwrap();
    let (_, chain) = checkpoint.open(&first.tail.personal).unwrap();
    let chain = first.tail.records.iter().fold(chain, |chain, it| chain.follow(it).unwrap().1);
    for catalog in [catalog().text(), other.text()] {
        assert_eq!(chain.catalog(&catalog.fingerprint()), Some(catalog));
    }
}
