//! Files that are no store, not wholly, or not for us: a typed error, never an empty store, and never a changed file.

use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;
use std::{fs, thread};

use tenantry::model::record::Purpose;
use tenantry::store::{SqliteStore, Store, StoreError};

use crate::commits::{ACME, commit, loaded, revision, row};
use crate::scratch::Scratch;

/// A closed store with some revisions, side rows and a checkpoint, large enough for several pages of each.
fn filled(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    for number in 1..=40 {
        let record = format!("needle {number} {}", "x".repeat(700));
        let mut commit = commit(ACME, number, record.as_bytes());
        let login = format!("{number}@acme.example");
        commit.personal.push(row(number.into(), Purpose::Login, &login));
        store.commit(&commit).unwrap();
    }
    store
}

fn error(opened: Result<SqliteStore, StoreError>) -> StoreError {
    opened.map(drop).unwrap_err()
}

#[test]
fn s3_what_was_acknowledged_is_there_after_reopening() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let before = filled(&path).load(ACME).unwrap();
    assert!(!scratch.file("access.db-wal").exists(), "the log stays behind a closed store");
    let store = SqliteStore::options().create(false).open(&path).unwrap();
    assert_eq!(store.load(ACME).unwrap(), before);
    assert_eq!(store.commit(&commit(ACME, 41, b"more")).unwrap(), revision(41));
}

#[test]
fn of_several_that_make_a_store_at_once_the_first_wins() {
    for _ in 0..10 {
        let scratch = Scratch::new();
        let path = scratch.file("access.db");
        thread::scope(|scope| {
            for number in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    let organization = tenantry::OrganizationId::from_u128(number);
                    let store = SqliteStore::open(path).unwrap();
                    store.commit(&commit(organization, 1, b"founded")).unwrap();
                });
            }
        });
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.organizations(None, 10).unwrap().len(), 4);
        let drafts = fs::read_dir(scratch.path()).unwrap().filter(|entry| {
            entry.as_ref().unwrap().file_name().to_string_lossy().contains(".new-")
        });
        assert_eq!(drafts.count(), 0, "a draft was left behind");
    }
}

/// SQLite is busy at once, whatever the timeout, when several connections want to begin the log of a new file.
#[test]
fn several_that_open_a_new_store_at_once_wait_for_each_other() {
    for _ in 0..50 {
        let scratch = Scratch::new();
        let path = scratch.file("access.db");
        drop(filled(&path));
        // As a store is before anybody has opened it.
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).unwrap();
        drop(connection);
        let start = Barrier::new(4);
        let open = || {
            start.wait();
            SqliteStore::options().busy_timeout(Duration::from_mins(1)).open(&path).map(drop)
        };
        thread::scope(|scope| {
            let opening = [(); 4].map(|()| scope.spawn(open));
            for opened in opening {
                opened.join().unwrap().unwrap();
            }
        });
    }
}

#[test]
fn s8_a_store_that_is_not_there_is_made_only_where_it_may_be() {
    let scratch = Scratch::new();
    let nowhere = scratch.file("no/such/folder/access.db");
    assert!(matches!(error(SqliteStore::open(&nowhere)), StoreError::Backend(_)));
    let missing = scratch.file("access.db");
    let opened = SqliteStore::options().create(false).open(&missing);
    assert!(matches!(error(opened), StoreError::Backend(_)));
    assert!(!missing.exists());
    assert!(matches!(error(SqliteStore::open(scratch.path())), StoreError::Backend(_)));
}

#[test]
fn s8_a_file_that_is_no_store_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let other = rusqlite::Connection::open(scratch.file("other.db")).unwrap();
    other.execute_batch("CREATE TABLE theirs (x); PRAGMA application_id = 77;").unwrap();
    other.close().unwrap();
    let theirs = fs::read(scratch.file("other.db")).unwrap();
    let text = b"not a database, but long enough to be looked at as one: ".repeat(100);
    for (content, is_theirs) in
        [(theirs, true), (text, false), (vec![0; 8192], false), (vec![], false)]
    {
        fs::write(&path, &content).unwrap();
        let refused = error(SqliteStore::open(&path));
        match refused {
            StoreError::Backend(_) => assert!(is_theirs),
            StoreError::Corrupt(_) => assert!(!is_theirs),
            other => panic!("{other:?}"),
        }
        assert_eq!(fs::read(&path).unwrap(), content, "the file was changed");
    }
}

#[test]
fn s11_a_newer_schema_is_told() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    drop(filled(&path));
    for (version, newer) in [(2, true), (i32::MAX, true), (0, false), (-1, false)] {
        let raw = rusqlite::Connection::open(&path).unwrap();
        raw.pragma_update(None, "user_version", version).unwrap();
        raw.close().unwrap();
        match error(SqliteStore::open(&path)) {
            StoreError::IncompatibleFormat { found, supported: 1 } => {
                assert!(newer);
                assert_eq!(i64::from(found), i64::from(version));
            }
            StoreError::Corrupt(_) => assert!(!newer),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn s8_a_log_without_its_file_is_not_forgotten() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let store = filled(&path);
    fs::remove_file(&path).unwrap();
    assert!(matches!(error(SqliteStore::open(&path)), StoreError::Corrupt(_)));
    drop(store);
}

#[test]
fn s8_a_file_that_is_cut_off_is_corrupt() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    drop(filled(&path));
    let whole = fs::read(&path).unwrap();
    for length in [
        0,
        1,
        16,
        99,
        100,
        511,
        512,
        4_095,
        4_096,
        whole.len() / 2,
        whole.len() - 4_096,
        whole.len() - 1,
    ] {
        fs::write(&path, &whole[..length]).unwrap();
        let refused = SqliteStore::open(&path).and_then(|store| store.load(ACME));
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{length} bytes: {refused:?}");
        assert_eq!(fs::read(&path).unwrap(), whole[..length], "the file was changed");
    }
}

/// What is answered from a damaged file is what was written, or an error: never something else, never nothing.
#[test]
fn s8_a_damaged_page_is_an_error_or_does_not_matter() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let expected = filled(&path).load(ACME).unwrap();
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 4_096;
    assert!(pages > 10, "only {pages} pages");
    let mut errors = 0;
    for page in 0..pages {
        for filler in [0x00, 0xff, 0x5a] {
            let mut damaged = whole.clone();
            damaged[page * 4_096..][..4_096].fill(filler);
            fs::write(&path, &damaged).unwrap();
            match SqliteStore::open(&path).and_then(|store| store.load(ACME)) {
                Ok(answered) => assert_eq!(answered, expected, "page {page} filled with {filler}"),
                Err(StoreError::Corrupt(_)) => errors += 1,
                Err(other) => panic!("page {page} filled with {filler}: {other:?}"),
            }
        }
    }
    assert!(errors >= pages, "only {errors} of {pages} damaged pages showed");
}

/// SQLite does not notice one other byte in a record; the digest does.
#[test]
fn s8_a_record_with_another_byte_is_corrupt() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    drop(filled(&path));
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(9).position(|bytes| bytes == b"needle 7 ").unwrap();
    bytes[at + 7] = b'8';
    fs::write(&path, &bytes).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert!(matches!(store.load(ACME), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.records(ACME, revision(5), 9), Err(StoreError::Corrupt(_))));
    let later = store.records(ACME, revision(7), 2).unwrap();
    assert_eq!(later.records.len(), 2, "what is not damaged is still answered");
}

#[test]
fn s10_what_was_erased_is_in_no_file() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(scratch.file("access.db")).unwrap();
    let mut founding = commit(ACME, 1, b"record");
    founding.personal.push(row(1, Purpose::Login, "somebody-to-be-forgotten"));
    founding.personal.push(row(2, Purpose::Login, "somebody-to-be-kept"));
    store.commit(&founding).unwrap();
    let holds = |text: &str| {
        fs::read_dir(scratch.path()).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes())
        })
    };
    assert!(holds("somebody-to-be-forgotten"));
    store.erase(ACME, &[founding.personal[0].id()]).unwrap();
    assert!(!holds("somebody-to-be-forgotten"));
    assert!(holds("somebody-to-be-kept"));
}

#[test]
fn s8_a_store_kept_busy_is_unavailable_and_still_read() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    drop(filled(&path));
    let store = SqliteStore::options().busy_timeout(Duration::from_millis(20)).open(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = commit(ACME, 41, b"waits");
    assert!(matches!(store.commit(&waiting), Err(StoreError::Unavailable(_))));
    assert!(matches!(store.erase(ACME, &[]), Err(StoreError::Unavailable(_))));
    assert_eq!(loaded(&store, ACME).len(), 40);
    assert!(matches!(
        SqliteStore::options().busy_timeout(Duration::ZERO).open(&path),
        Err(StoreError::Unavailable(_))
    ));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(store.commit(&waiting).unwrap(), revision(41));
}

/// The permission bits of every file in a folder, by name.
#[cfg(unix)]
fn modes(scratch: &Scratch) -> std::collections::BTreeMap<String, u32> {
    use std::os::unix::fs::PermissionsExt;
    let entries = fs::read_dir(scratch.path()).unwrap().map(Result::unwrap);
    let mode = |entry: &fs::DirEntry| entry.metadata().unwrap().permissions().mode() & 0o7777;
    entries.map(|it| (it.file_name().into_string().unwrap(), mode(&it))).collect()
}

/// The umask is the whole process's, so it is left alone: the bits do not depend on it.
#[cfg(unix)]
#[test]
fn a_file_that_is_made_is_the_owners_alone_unless_told_otherwise() {
    let told = [(None, 0o600), (Some(0o640), 0o640), (Some(0o666), 0o666), (Some(0), 0o600)];
    for (told, expected) in told.into_iter().chain([(Some(0o104_040), 0o640)]) {
        let scratch = Scratch::new();
        let options = SqliteStore::options();
        let options = told.map_or(options.clone(), |mode| options.mode(mode));
        let store = options.open(scratch.file("access.db")).unwrap();
        store.commit(&commit(ACME, 1, b"record")).unwrap();
        let found = modes(&scratch);
        let expected =
            ["access.db", "access.db-shm", "access.db-wal"].map(|name| (name.to_owned(), expected));
        assert_eq!(found, expected.into(), "told {told:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_there_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    drop(filled(&path));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o660)).unwrap();
    let store = SqliteStore::options().mode(0o600).open(&path).unwrap();
    store.commit(&commit(ACME, 41, b"more")).unwrap();
    assert!(modes(&scratch).values().all(|mode| *mode == 0o660), "{:?}", modes(&scratch));
}
