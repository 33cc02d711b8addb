//! The schema of the file, how the file identifies itself, and how changes by others are detected.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::store::error::StoreError;
use crate::store::sqlite::failure::{Classify as _, corrupt};

/// The file's `application_id`: "tnry" in ASCII. Distinguishes the store's files from those of
/// other applications.
pub(super) const APPLICATION: i64 = 0x746e_7279;

/// The version of the schema, kept as the file's `user_version`.
pub(super) const VERSION: u32 = 1;

/// The tables. Ids are 16 bytes in big-endian order, so that their order as bytes is their order as
/// numbers. Everything that is compared is a BLOB, which SQLite compares byte for byte.
///
/// Tables clustered by key keep the rows of one organization side by side, which is how they are
/// read. The id of a commit and the digest of its record are kept when the record is archived.
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
struct SchemaObject {
    /// The table itself, or the one on which it acts.
    table: String,
    /// Its SQL. `None` for an index that SQLite creates by itself.
    definition: Option<String>,
}

/// Checks that the schema of `connection` is [`TABLES`]: every object is as it was created, and
/// there are no other objects on these tables. Other tables are ignored. Returns SQLite's schema
/// version, which changes with every change of the schema.
pub(super) fn check(connection: &Connection, place: &str) -> Result<i64, StoreError> {
    let version = version(connection)?;
    let present = objects(connection)?;
    let made = {
        let connection = Connection::open_in_memory().classify()?;
        connection.execute_batch(TABLES).classify()?;
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
    // SQLite compares table names without case.
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

/// Checks the schema again if it has changed since it was last checked.
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
    let mut statement = connection.prepare_cached("PRAGMA schema_version").classify()?;
    statement.query_row([], |row| row.get(0)).classify()
}

/// The objects of a schema by kind and name, as a trigger may have the name of a table.
fn objects(
    connection: &Connection,
) -> Result<BTreeMap<(String, String), SchemaObject>, StoreError> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema";
    let mut statement = connection.prepare(sql).classify()?;
    let rows = statement.query_map([], |row| {
        let object = SchemaObject { table: row.get(2)?, definition: row.get(3)? };
        Ok(((row.get(0)?, row.get(1)?), object))
    });
    rows.classify()?.collect::<rusqlite::Result<_>>().classify()
}
