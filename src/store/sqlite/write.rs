//! Writes: one transaction per call, which takes the write lock before it reads, so that nothing it
//! has read can change.

use rusqlite::{
    Connection, OptionalExtension, Row, ToSql, Transaction, TransactionBehavior, params,
};

use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Digest, Expected, PersonalRow, Purpose, Revision};
use crate::store::error::StoreError;
use crate::store::sqlite::failure::{Classify as _, classify_commit, corrupt};
use crate::store::sqlite::read::{head, key, number, present, revision};
use crate::store::sqlite::schema;

/// The connection that writes.
pub(super) struct Writer {
    pub(super) connection: Connection,
    /// The path of the file, for errors.
    pub(super) place: String,
    /// SQLite's schema version when the schema was last checked.
    pub(super) schema: i64,
}

impl Writer {
    /// Takes the write lock and checks the schema under it.
    fn begin(&mut self) -> Result<Transaction<'_>, StoreError> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior).classify()?;
        schema::check_since(&transaction, &self.place, &mut self.schema)?;
        Ok(transaction)
    }
}

/// Runs one statement and returns the number of changed rows.
fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    values: &[&dyn ToSql],
) -> Result<usize, StoreError> {
    transaction.prepare_cached(sql).and_then(|mut it| it.execute(values)).classify()
}

fn finish(transaction: Transaction<'_>) -> Result<(), StoreError> {
    transaction.commit().map_err(classify_commit)
}

pub(super) fn commit(writer: &mut Writer, commit: &Commit) -> Result<Revision, StoreError> {
    let organization = key(commit.organization);
    let makes = commit.expected.makes();
    let digest = Digest::of([&*commit.record]);
    let transaction = writer.begin()?;
    if let Some((landed, known)) = known_commit(&transaction, &organization, commit)? {
        let same = landed == number(makes) && known == *digest.as_bytes();
        return if same { Ok(makes) } else { Err(StoreError::CommitIdReused) };
    }
    if !compare_and_swap(&transaction, &organization, commit.expected)? {
        return Err(StoreError::Conflict { actual: present(&transaction, &organization)? });
    }
    let made = number(makes);
    let sql = "INSERT INTO commits (organization, revision, id, digest) VALUES (?1, ?2, ?3, ?4)";
    let id = commit.id.to_u128().to_be_bytes();
    execute(&transaction, sql, params![&organization[..], made, &id[..], &digest.as_bytes()[..]])?;
    let sql = "INSERT INTO records (organization, revision, bytes) VALUES (?1, ?2, ?3)";
    execute(&transaction, sql, params![&organization[..], made, &commit.record[..]])?;
    insert_side_rows(&transaction, &organization, made, &commit.personal)?;
    delete_side_rows(&transaction, &organization, &commit.erase)?;
    finish(transaction)?;
    if !commit.erase.is_empty() {
        // The commit is stored. What is left in the log is removed when the log is next moved into
        // the file.
        drop(clear_log(&writer.connection));
    }
    Ok(makes)
}

/// The outcome of a commit id: the revision that it made, and the digest of its record. `None` if
/// it is unknown.
fn known_commit(
    transaction: &Transaction<'_>,
    organization: &[u8; 16],
    commit: &Commit,
) -> Result<Option<(i64, [u8; 32])>, StoreError> {
    let sql = "SELECT revision, digest FROM commits WHERE organization = ?1 AND id = ?2";
    let mut statement = transaction.prepare_cached(sql).classify()?;
    let id = commit.id.to_u128().to_be_bytes();
    let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    statement.query_row(params![&organization[..], &id[..]], columns).optional().classify()
}

/// Compare-and-swap of the revision: updates or inserts one row, or none. Returns whether it did.
fn compare_and_swap(
    transaction: &Transaction<'_>,
    organization: &[u8; 16],
    expected: Expected,
) -> Result<bool, StoreError> {
    let changed = match expected {
        Expected::Absent => {
            let sql = "INSERT INTO organizations (organization, revision) VALUES (?1, 1)
                       ON CONFLICT DO NOTHING";
            execute(transaction, sql, params![&organization[..]])?
        }
        Expected::At(revision) => {
            // A number beyond SQLite's range is no present revision, and must not be rounded to
            // one.
            let Ok(at) = i64::try_from(revision.number()) else { return Ok(false) };
            let sql = "UPDATE organizations SET revision = revision + 1
                       WHERE organization = ?1 AND revision = ?2";
            execute(transaction, sql, params![&organization[..], at])?
        }
    };
    Ok(changed == 1)
}

fn insert_side_rows(
    transaction: &Transaction<'_>,
    organization: &[u8; 16],
    made: i64,
    rows: &[PersonalRow],
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO personal (organization, id, revision, login, content)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = transaction.prepare_cached(sql).classify()?;
    for row in rows {
        let id = row.id().to_u128().to_be_bytes();
        let login = (row.purpose() == Purpose::Login).then(|| row.value().as_bytes());
        let content = serde_json::to_vec(row).map_err(|error| StoreError::Backend(error.into()))?;
        statement.execute(params![&organization[..], &id[..], made, login, content]).classify()?;
    }
    Ok(())
}

pub(super) fn checkpoint(writer: &mut Writer, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let organization = key(checkpoint.organization);
    let transaction = writer.begin()?;
    let actual = present(&transaction, &organization)?;
    if actual < Some(checkpoint.revision) {
        return Err(StoreError::Conflict { actual });
    }
    let sql =
        "INSERT INTO checkpoints (organization, revision, digest, bytes) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (organization) DO UPDATE
               SET revision = excluded.revision, digest = excluded.digest, bytes = excluded.bytes
               WHERE excluded.revision >= revision";
    let digest = Digest::of([&*checkpoint.bytes]);
    let number = number(checkpoint.revision);
    let values = params![&organization[..], number, &digest.as_bytes()[..], &checkpoint.bytes[..]];
    execute(&transaction, sql, values)?;
    finish(transaction)
}

pub(super) fn archive(
    writer: &mut Writer,
    organization: OrganizationId,
    through: Revision,
) -> Result<(), StoreError> {
    let organization = key(organization);
    let transaction = writer.begin()?;
    let Some(head) = head(&transaction, &organization)? else {
        return Err(StoreError::Conflict { actual: None });
    };
    let sql = "SELECT revision FROM checkpoints WHERE organization = ?1";
    let newest: Option<i64> = transaction
        .prepare_cached(sql)
        .and_then(|mut it| it.query_row(params![&organization[..]], |row| row.get(0)).optional())
        .classify()?;
    if newest.map(revision).transpose()? < Some(through) {
        return Err(StoreError::Conflict { actual: Some(revision(head.revision)?) });
    }
    let through = number(through);
    if through <= head.archived {
        return Ok(());
    }
    let sql = "DELETE FROM records WHERE organization = ?1 AND revision <= ?2";
    let values = params![&organization[..], through];
    let dropped = execute(&transaction, sql, values)?;
    if i64::try_from(dropped) != Ok(through - head.archived) {
        return Err(corrupt("of the records to be archived some are missing"));
    }
    let sql = "UPDATE organizations SET archived = ?2 WHERE organization = ?1";
    execute(&transaction, sql, values)?;
    finish(transaction)
}

pub(super) fn erase(
    writer: &mut Writer,
    organization: OrganizationId,
    personal: &[PersonalId],
) -> Result<(), StoreError> {
    let transaction = writer.begin()?;
    delete_side_rows(&transaction, &key(organization), personal)?;
    finish(transaction)?;
    clear_log(&writer.connection).map_err(classify_commit)
}

fn delete_side_rows(
    transaction: &Transaction<'_>,
    organization: &[u8; 16],
    personal: &[PersonalId],
) -> Result<(), StoreError> {
    let sql = "DELETE FROM personal WHERE organization = ?1 AND id = ?2";
    let mut statement = transaction.prepare_cached(sql).classify()?;
    for id in personal {
        let id = id.to_u128().to_be_bytes();
        statement.execute(params![&organization[..], &id[..]]).classify()?;
    }
    Ok(())
}

/// Moves the log into the file and truncates it, because it still has the erased data. If there is
/// a reader just now, that happens later.
fn clear_log(connection: &Connection) -> rusqlite::Result<()> {
    let moved = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    moved.or_else(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Ok(()),
        _ => Err(error),
    })
}
