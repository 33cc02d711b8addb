//! What the file looks like, how it says what it is, and whether anybody else has changed what it
//! looks like.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::store::error::StoreError;
use crate::store::sqlite::failure::{Read as _, corrupt};

/// The file's `application_id`: "tnry" in ASCII. It tells this store's files from those of any other application.
pub(super) const APPLICATION: i64 = 0x746e_7279;

/// The schema's number, kept as the file's `user_version`.
pub(super) const VERSION: u32 = 1;

/// The tables. Ids are 16 bytes, the higher first, so that their order as bytes is their order as numbers; everything that
/// is compared is a BLOB, which SQLite compares byte for byte.
///
/// Tables in the order of their key keep one organization's rows side by side, because that is how they are read.
/// A commit's id and the digest of its record outlive the record, which can be archived.
pub(super) const TABLES: &str = "
CREATE TABLE organizations (
    organization BLOB NOT NULL PRIMARY KEY CHECK (length(organization) = 16),
    revision INTEGER NOT NULL CHECK (revision > 0),
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived <= revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (
    organization BLOB NOT NULL,
    revision INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (organization, revision)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX commits_by_id ON commits (organization, id);

CREATE TABLE records (
    organization BLOB NOT NULL,
    revision INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (organization, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    organization BLOB NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE personal (
    organization BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    revision INTEGER NOT NULL,
    login BLOB,
    content BLOB NOT NULL,
    PRIMARY KEY (organization, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX personal_by_revision ON personal (organization, revision);
CREATE INDEX personal_by_login ON personal (login, organization) WHERE login IS NOT NULL;
";

/// An object of a schema.
struct Object {
    /// The table that it is, or on which it acts.
    table: String,
    /// `None` for an index that SQLite makes by itself.
    definition: Option<String>,
}

/// Checks that the schema of `connection` is the one in [`TABLES`]: every object as it was made,
/// and no other object on these tables. Tables of other names are left to whoever made them.
/// Returns the schema's version, which SQLite changes with every change of the schema.
pub(super) fn check(connection: &Connection, place: &str) -> Result<i64, StoreError> {
    let version = version(connection)?;
    let present = objects(connection)?;
    let made = {
        let connection = Connection::open_in_memory().read()?;
        connection.execute_batch(TABLES).read()?;
        objects(&connection)?
    };
    for (named, object) in &made {
        let found = present.get(named);
        if found.is_none_or(|found| found.definition != object.definition) {
            let (kind, name) = named;
            let how = if found.is_some() { "was changed" } else { "is missing" };
            return Err(corrupt(format!("{kind} `{name}` in {place} {how}; restore the file")));
        }
    }
    // Names of tables are compared without regard to case.
    let is_ours = |table: &str| made.values().any(|it| it.table.eq_ignore_ascii_case(table));
    match present.iter().find(|(named, it)| is_ours(&it.table) && !made.contains_key(*named)) {
        None => Ok(version),
        Some(((kind, name), object)) => Err(StoreError::AlteredSchema {
            object: format!("{kind} `{name}` on table `{}`", object.table),
            place: place.to_owned(),
            remedy: format!(
                "find out who made it, then remove it: DROP {} \"{}\"",
                kind.to_uppercase(),
                name.replace('"', "\"\"")
            ),
        }),
    }
}

/// Checks the schema again if it is not the one that was checked last.
pub(super) fn check_since(
    connection: &Connection,
    place: &str,
    checked: &mut i64,
) -> Result<(), StoreError> {
    if version(connection)? != *checked {
        *checked = check(connection, place)?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached("PRAGMA schema_version").read()?;
    statement.query_row([], |row| row.get(0)).read()
}

/// The objects of a schema by kind and name: a trigger may have the name of a table.
fn objects(connection: &Connection) -> Result<BTreeMap<(String, String), Object>, StoreError> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema";
    let mut statement = connection.prepare(sql).read()?;
    let rows = statement.query_map([], |row| {
        let object = Object { table: row.get(2)?, definition: row.get(3)? };
        Ok(((row.get(0)?, row.get(1)?), object))
    });
    rows.read()?.collect::<rusqlite::Result<_>>().read()
}
