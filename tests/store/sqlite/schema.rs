//! What others put into the file's schema: refused where it could change what the store keeps, and
//! never run.

use rusqlite::Connection;
use tenantry::store::{SqliteStore, Store, StoreError};

use crate::commits::{ACME, commit, loaded, revision};
use crate::scratch::Scratch;

/// What can be put on the store's tables, and how the error names it.
const STRANGERS: [(&str, &str, &str); 5] = [
    (
        "CREATE TRIGGER shadow AFTER INSERT ON records BEGIN DELETE FROM records; END",
        "trigger `shadow` on table `records`",
        "DROP TRIGGER \"shadow\"",
    ),
    (
        "CREATE TRIGGER keep BEFORE DELETE ON personal BEGIN SELECT RAISE(IGNORE); END",
        "trigger `keep` on table `personal`",
        "DROP TRIGGER \"keep\"",
    ),
    (
        "CREATE TRIGGER commits BEFORE UPDATE ON ORGANIZATIONS BEGIN SELECT RAISE(ABORT, 'no'); END",
        "trigger `commits` on table `organizations`",
        "DROP TRIGGER \"commits\"",
    ),
    (
        "CREATE UNIQUE INDEX \"one \"\"only\" ON commits (organization)",
        "index `one \"only` on table `commits`",
        "DROP INDEX \"one \"\"only\"",
    ),
    (
        "CREATE INDEX slow ON checkpoints (revision)",
        "index `slow` on table `checkpoints`",
        "DROP INDEX \"slow\"",
    ),
];

#[track_caller]
fn assert_altered(error: &StoreError, scratch: &Scratch, object: &str, drop: &str) {
    let StoreError::AlteredSchema { object: found, place, remedy } = error else {
        panic!("{error:?}")
    };
    assert!(found.eq_ignore_ascii_case(object), "{found}");
    assert_eq!(*place, scratch.file("access.db").display().to_string());
    assert!(remedy.ends_with(drop), "{remedy}");
    let text = error.to_string();
    assert!([found, place, remedy].iter().all(|part| text.contains(part.as_str())), "{text}");
}

#[test]
fn s8_a_file_with_a_trigger_on_its_tables_is_not_opened() {
    for (made, object, drop) in STRANGERS {
        let scratch = Scratch::new();
        let path = scratch.file("access.db");
        SqliteStore::open(&path).unwrap().commit(&commit(ACME, 1, b"record")).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch(made).unwrap();
        assert_altered(&SqliteStore::open(&path).unwrap_err(), &scratch, object, drop);
        // The error says how to remove it.
        other.execute_batch(drop).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.commit(&commit(ACME, 2, b"more")).unwrap(), revision(2));
    }
}

#[test]
fn s8_what_is_put_on_its_tables_later_is_refused_by_the_next_call_that_writes() {
    for (made, object, drop) in STRANGERS {
        let scratch = Scratch::new();
        let path = scratch.file("access.db");
        let store = SqliteStore::open(&path).unwrap();
        store.commit(&commit(ACME, 1, b"record")).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch(made).unwrap();
        for _ in 0..2 {
            let refused = store.commit(&commit(ACME, 2, b"more")).unwrap_err();
            assert_altered(&refused, &scratch, object, drop);
            let refused = store.erase(ACME, &[]).unwrap_err();
            assert_altered(&refused, &scratch, object, drop);
            let refused = store.archive(ACME, revision(1)).unwrap_err();
            assert_altered(&refused, &scratch, object, drop);
        }
        assert_eq!(loaded(&store, ACME), [1], "something was written");
        other.execute_batch(drop).unwrap();
        assert_eq!(store.commit(&commit(ACME, 2, b"more")).unwrap(), revision(2));
    }
}

#[test]
fn s8_what_others_keep_in_tables_of_their_own_does_not_matter() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let store = SqliteStore::open(&path).unwrap();
    store.commit(&commit(ACME, 1, b"record")).unwrap();
    let other = Connection::open(&path).unwrap();
    let theirs = "CREATE TABLE theirs (x); CREATE INDEX theirs_x ON theirs (x);
        CREATE TRIGGER theirs_too AFTER INSERT ON theirs BEGIN DELETE FROM theirs; END;
        CREATE VIEW looks AS SELECT revision FROM organizations; ANALYZE; VACUUM;";
    other.execute_batch(theirs).unwrap();
    assert_eq!(store.commit(&commit(ACME, 2, b"more")).unwrap(), revision(2));
    let again = SqliteStore::open(&path).unwrap();
    assert_eq!(again.commit(&commit(ACME, 3, b"more")).unwrap(), revision(3));
}

/// A foreign key of somebody else's table refuses a change of the store's only where keys are
/// enforced.
#[test]
fn s8_no_foreign_key_of_anothers_table_holds_up_a_change() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let store = SqliteStore::open(&path).unwrap();
    store.commit(&commit(ACME, 1, b"record")).unwrap();
    let other = Connection::open(&path).unwrap();
    let theirs = "CREATE TABLE theirs (organization REFERENCES organizations ON DELETE CASCADE)";
    other.execute_batch(theirs).unwrap();
    assert_eq!(store.commit(&commit(ACME, 2, b"more")).unwrap(), revision(2));
}

#[test]
fn s8_a_table_that_is_not_as_it_was_made_is_corrupt() {
    for change in [
        "DROP TABLE checkpoints",
        "DROP INDEX personal_by_login",
        "ALTER TABLE records ADD COLUMN more TEXT AS (upper('x'))",
        "ALTER TABLE records RENAME TO old; CREATE TABLE records AS SELECT * FROM old",
    ] {
        let scratch = Scratch::new();
        let path = scratch.file("access.db");
        let store = SqliteStore::open(&path).unwrap();
        store.commit(&commit(ACME, 1, b"record")).unwrap();
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let refused = store.commit(&commit(ACME, 2, b"more"));
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{change}: {refused:?}");
        drop(store);
        let refused = SqliteStore::open(&path);
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{change}: {refused:?}");
    }
}

/// A view in the place of a table could show anything. It is not read even before the next call
/// that writes.
#[test]
fn s8_no_view_is_read_in_the_place_of_a_table() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let store = SqliteStore::open(&path).unwrap();
    store.commit(&commit(ACME, 1, b"record")).unwrap();
    let change = "ALTER TABLE organizations RENAME TO real;
        CREATE VIEW organizations AS SELECT organization, revision, archived FROM real";
    Connection::open(&path).unwrap().execute_batch(change).unwrap();
    assert!(store.load(ACME).is_err());
    assert!(store.revisions(&[ACME]).is_err());
    assert!(store.organizations(None, 10).is_err());
}
