//! Several processes on one file: the test binary runs itself as a child.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use tenantry::store::{SqliteStore, Store, StoreError};

use crate::commits::{ACME, commit, loaded, revision};
use crate::scratch::Scratch;

const FILE: &str = "TENANTRY_TEST_FILE";
const ROLE: &str = "TENANTRY_TEST_ROLE";
const REVISIONS: u64 = 60;

fn command(role: &str, file: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "sqlite::processes::child", "--nocapture"]);
    command.env(FILE, file).env(ROLE, role).stdout(Stdio::piped());
    command
}

fn spawn(role: &str, file: &Path) -> Child {
    command(role, file).spawn().unwrap()
}

/// What a child says, one number a line, the harness's own words left out.
fn said(line: &str) -> Option<u64> {
    line.strip_prefix("said ")?.parse().ok()
}

/// What a child does; nothing in an ordinary run.
#[test]
fn child() {
    let (Some(file), Ok(role)) = (env::var_os(FILE), env::var(ROLE)) else { return };
    match role.as_str() {
        "race" => {
            // As long as it takes: where a sync is slow, whoever writes has the file nearly all the time.
            let patient = SqliteStore::options().busy_timeout(Duration::from_hours(1));
            race(&patient.open(file).unwrap());
        }
        "commit until killed" => {
            let store = SqliteStore::open(file).unwrap();
            for number in 1.. {
                store.commit(&commit(ACME, number, &[7; 3_000])).unwrap();
                println!("said {number}");
            }
        }
        "open what cannot be written" => {
            let refused = SqliteStore::open(file);
            assert!(matches!(refused, Err(StoreError::Backend(_))), "{refused:?}");
            println!("said 1");
        }
        other => panic!("no role `{other}`"),
    }
}

/// Tries to make every revision and says which ones it made.
fn race(store: &SqliteStore) {
    println!();
    for number in 1..=REVISIONS {
        let commit = commit(ACME, number, format!("{}", std::process::id()).as_bytes());
        loop {
            match store.commit(&commit) {
                Ok(landed) => {
                    assert_eq!(landed, revision(number));
                    println!("said {number}");
                    // The others get their turn.
                    thread::sleep(Duration::from_millis(1));
                }
                Err(StoreError::Conflict { actual }) => assert!(actual >= Some(revision(number))),
                Err(StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_)) => continue,
                Err(other) => panic!("{other:?}"),
            }
            break;
        }
    }
}

#[test]
fn s1_one_winner_per_revision_between_processes() {
    let scratch = Scratch::new();
    let file = scratch.file("access.db");
    let children: Vec<_> = (0..3).map(|_| spawn("race", &file)).collect();
    let mut winners = BTreeMap::new();
    for child in children {
        let id = child.id().to_string().into_bytes();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "a child failed");
        let text = String::from_utf8(output.stdout).unwrap();
        for number in text.lines().filter_map(said) {
            let before = winners.insert(number, id.clone());
            assert_eq!(before, None, "revision {number} was won twice");
        }
    }
    let stored = SqliteStore::open(&file).unwrap().load(ACME).unwrap().unwrap();
    assert_eq!(stored.tail.records.len() as u64, REVISIONS);
    for record in stored.tail.records {
        assert_eq!(winners[&record.revision.number()], *record.bytes);
    }
}

#[test]
fn s3_what_a_killed_process_was_told_is_there() {
    let scratch = Scratch::new();
    for round in 0..5 {
        let file = scratch.file(&format!("{round}.db"));
        let mut child = spawn("commit until killed", &file);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = 0;
        for line in lines {
            // What it said before it was killed, even while it was, counts.
            acknowledged = said(&line.unwrap()).unwrap_or(acknowledged);
            if acknowledged >= 20 + 7 * round {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let store = SqliteStore::open(&file).unwrap();
        let numbers = loaded(&store, ACME);
        assert!(numbers.len() as u64 >= acknowledged, "{acknowledged} were acknowledged");
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64));
        let next = numbers.len() as u64 + 1;
        assert_eq!(store.commit(&commit(ACME, next, b"next")).unwrap(), revision(next));
    }
}

#[test]
fn a_reader_is_woken_by_another_process() {
    let scratch = Scratch::new();
    let file = scratch.file("access.db");
    let store = SqliteStore::open(&file).unwrap();
    let mut child = spawn("commit until killed", &file);
    let minute = Duration::from_mins(1);
    let start = std::time::Instant::now();
    store.wait_for_change(minute).unwrap();
    let waited = start.elapsed();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(waited < minute);
    assert_ne!(store.organizations(None, 1).unwrap(), []);
}

/// Whoever is root may write everything, so a child opens it as somebody else.
#[cfg(unix)]
#[test]
fn s8_a_store_that_cannot_be_written_is_refused() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65_534;
    let scratch = Scratch::new();
    let file = scratch.file("access.db");
    SqliteStore::open(&file).unwrap().commit(&commit(ACME, 1, b"record")).unwrap();
    let before = fs::read(&file).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::OpenOptions::new().append(true).open(&file).is_ok();
    let mut command = command("open what cannot be written", &file);
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let spawned = command.spawn();
    let outcome = spawned.map(|child| child.wait_with_output().unwrap());
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).unwrap();
    match outcome {
        Ok(output) => {
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{text}");
            assert!(text.lines().any(|line| said(line).is_some()), "{text}");
        }
        // Root's build folder may be closed to everybody else; then there is nobody to try it.
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied),
    }
    assert_eq!(fs::read(&file).unwrap(), before);
}
