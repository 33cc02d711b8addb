//! What durability costs over the bytes themselves: a commit in a SQLite file next to a bare insert of the same bytes with
//! the same durability, and loading an organization from its checkpoint next to reading and parsing those bytes.
//!
//! Both sides of a ratio take turns in one process on the same file system, so that it holds on a noisy machine.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "a bench stops at the first surprise, and nobody imports it"
)]

mod workload;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior, params};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tenantry::model::record::{Commit, Expected, Record, Revision};
use tenantry::model::{Assignment, Change, SubAccount, Workspace};
use tenantry::store::{SqliteStore, Store};
use tenantry::{
    Action, AssignmentId, CommitId, Directory, NewAssignment, OrganizationId, Scope, SubAccountId,
    WorkspaceId,
};
use workload::rounds::is_trial;
use workload::{OWNER, Permission, ROLES, Random, Tenant, catalog, found, tenant};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 301;
/// In the organization that is loaded.
const ASSIGNMENTS: usize = 1_000;

fn main() {
    let rounds = if is_trial() { 3 } else { ROUNDS };
    let folder = Folder::new();
    commits(&folder.0, rounds);
    loads(&folder.0, rounds);
}

/// A folder beside the build, on a disk and not in memory, that goes when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let beside = std::env::current_exe().unwrap();
        let folder = beside.parent().unwrap().join(format!("store-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A connection to a file with one table, as durable as the store's.
fn bare(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.execute_batch("CREATE TABLE log (number INTEGER PRIMARY KEY, bytes BLOB)").unwrap();
    connection
}

/// An organization of this many assignments in a store, with its owner and whom and where to assign.
struct Kept {
    directory: Directory<Permission>,
    organization: OrganizationId,
    owner: SubAccountId,
    somebody: SubAccountId,
    workspace: WorkspaceId,
}

fn kept(store: SqliteStore, assignments: usize) -> Kept {
    let Tenant { organization, mut founding, accounts, workspaces, .. } =
        tenant(&mut Random(7), assignments);
    let made = AssignmentId::from_u128(u128::MAX);
    let owning = Assignment::allow(made, accounts[0], OWNER, Scope::Organization);
    founding.changes.push(Change::from(owning));
    let organization = organization.id();
    found(&store, organization, founding);
    let directory = Directory::with_store(catalog(), store);
    directory.checkpoint(organization).unwrap();
    let (owner, somebody, workspace) = (accounts[0], accounts[1], workspaces[0]);
    Kept { directory, organization, owner, somebody, workspace }
}

fn commits(folder: &Path, rounds: usize) {
    let path = folder.join("commits.sqlite");
    let Kept { directory, organization, owner, somebody, workspace } =
        kept(SqliteStore::open(&path).unwrap(), ASSIGNMENTS);
    // The records of real commits are what both sides write.
    let admin = directory.administer(organization, owner, &tenantry::Context::new());
    let mut whole = Vec::new();
    for _ in 0..rounds {
        let new = NewAssignment::new(somebody, ROLES[1].0, workspace);
        let start = Instant::now();
        let made = admin.create_assignment(new).unwrap();
        whole.push(start.elapsed());
        admin.perform([Action::Revoke(made)]).unwrap();
    }
    let store = SqliteStore::open(&path).unwrap();
    let records: Vec<Record> = {
        let all = store.records(organization, Revision::FIRST, usize::MAX).unwrap();
        all.records.into_iter().step_by(2).collect()
    };
    let mut bare = bare(&folder.join("bare.sqlite"));
    let copy = OrganizationId::from_u128(2);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    let mut expected = Expected::Absent;
    for (number, record) in records.iter().enumerate() {
        let commit = Commit {
            organization: copy,
            expected,
            id: CommitId::from_u128(number as u128 + 10),
            record: record.bytes.clone(),
            personal: Vec::new(),
            erase: Vec::new(),
        };
        let start = Instant::now();
        expected = Expected::At(store.commit(&commit).unwrap());
        ours.push(start.elapsed());

        let start = Instant::now();
        let transaction = bare.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        transaction
            .prepare_cached("INSERT INTO log (bytes) VALUES (?1)")
            .unwrap()
            .execute(params![&record.bytes[..]])
            .unwrap();
        transaction.commit().unwrap();
        floor.push(start.elapsed());
    }
    let bytes = records.iter().map(|it| it.bytes.len()).sum::<usize>() / records.len();
    println!("\none commit of {bytes} bytes, synced to disk, median of {}", floor.len());
    let floor = row("a bare insert of its bytes", &mut floor, None);
    row("commit in the SQLite store", &mut ours, Some(floor));
    row("one assignment through the directory", &mut whole, Some(floor));
}

/// What a checkpoint's bytes hold, parsed into the library's own nouns and left at that.
#[derive(Deserialize)]
struct Parsed {
    organization: Nouns,
    #[serde(rename = "catalogs")]
    _catalogs: IgnoredAny,
}

#[derive(Deserialize)]
struct Nouns {
    workspaces: Vec<Workspace>,
    sub_accounts: Vec<SubAccount>,
    assignments: Vec<Assignment>,
}

fn loads(folder: &Path, rounds: usize) {
    let path = folder.join("loads.sqlite");
    let kept = kept(SqliteStore::open(&path).unwrap(), ASSIGNMENTS);
    let store = std::sync::Arc::new(SqliteStore::open(&path).unwrap());
    let checkpoint = store.load(kept.organization).unwrap().unwrap().checkpoint.unwrap();
    let bare = bare(&folder.join("bare-load.sqlite"));
    bare.execute("INSERT INTO log (bytes) VALUES (?1)", params![&checkpoint.bytes[..]]).unwrap();
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let directory = Directory::with_store(catalog(), std::sync::Arc::clone(&store));
        let start = Instant::now();
        let snapshot = directory.snapshot(kept.organization).unwrap();
        ours.push(start.elapsed());
        assert!(snapshot.organization().assignments().len() >= ASSIGNMENTS);

        let start = Instant::now();
        let bytes: Vec<u8> = bare
            .prepare_cached("SELECT bytes FROM log WHERE number = 1")
            .unwrap()
            .query_row([], |row| row.get(0))
            .unwrap();
        let parsed: Parsed = serde_json::from_slice(&bytes).unwrap();
        floor.push(start.elapsed());
        let Nouns { workspaces, sub_accounts, assignments } = &parsed.organization;
        black_box((workspaces.len(), sub_accounts.len(), assignments.len()));
    }
    let bytes = checkpoint.bytes.len();
    println!("\nloading {ASSIGNMENTS} assignments from a checkpoint of {bytes} bytes");
    let floor = row("reading and parsing its bytes", &mut floor, None);
    row("a snapshot that answers", &mut ours, Some(floor));
}

/// Prints a median, and how many times the floor it is.
fn row(name: &str, taken: &mut [Duration], floor: Option<f64>) -> f64 {
    taken.sort_unstable();
    let median = taken[taken.len() / 2].as_nanos() as f64 / 1_000.0;
    match floor {
        None => println!("{name:<44} {median:>10.1} µs"),
        Some(floor) => println!("{name:<44} {median:>10.1} µs {:>6.2}x", median / floor),
    }
    median
}
