//! Reads: one transaction per call, so that each shows one moment, and every value is checked.
//!
//! SQLite has no checksums. The digests kept with commit ids reveal a record whose bytes were
//! altered on the disk, so that it is an error and never a different history.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::id::OrganizationId;
use crate::model::record::{Checkpoint, Digest, Login, PersonalRow, Record, Revision};
use crate::store::error::StoreError;
use crate::store::sqlite::failure::{Classify as _, classify, corrupt};
use crate::store::{Records, Stored};

/// The row of an organization.
pub(super) struct OrganizationRow {
    pub(super) revision: i64,
    /// The last archived revision, or 0.
    pub(super) archived: i64,
}

pub(super) fn head(
    connection: &Connection,
    organization: &[u8; 16],
) -> Result<Option<OrganizationRow>, StoreError> {
    let sql = "SELECT revision, archived FROM organizations WHERE organization = ?1";
    let mut statement = connection.prepare_cached(sql).classify()?;
    let head = |row: &Row<'_>| Ok(OrganizationRow { revision: row.get(0)?, archived: row.get(1)? });
    statement.query_row(params![&organization[..]], head).optional().classify()
}

/// The present revision of an organization. `None` if it does not exist.
pub(super) fn present(
    connection: &Connection,
    organization: &[u8; 16],
) -> Result<Option<Revision>, StoreError> {
    head(connection, organization)?.map(|head| revision(head.revision)).transpose()
}

pub(super) fn key(organization: OrganizationId) -> [u8; 16] {
    organization.to_u128().to_be_bytes()
}

/// Checks a revision number that was read.
pub(super) fn revision(number: i64) -> Result<Revision, StoreError> {
    let number = u64::try_from(number).ok().and_then(std::num::NonZeroU64::new);
    number.map(Revision::new).ok_or_else(|| corrupt("a revision is not a positive number"))
}

/// The revision as an SQLite integer. Numbers beyond its range saturate.
pub(super) fn number(revision: Revision) -> i64 {
    i64::try_from(revision.number()).unwrap_or(i64::MAX)
}

fn organization(row: &Row<'_>) -> rusqlite::Result<OrganizationId> {
    row.get(0).map(u128::from_be_bytes).map(OrganizationId::from_u128)
}

fn as_sql_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Checks the bytes against their digest.
fn check_digest(bytes: Vec<u8>, digest: [u8; 32], what: &str) -> Result<Arc<[u8]>, StoreError> {
    if *Digest::of([&bytes[..]]).as_bytes() == digest {
        Ok(bytes.into())
    } else {
        Err(corrupt(format!("{what} has other bytes than were written")))
    }
}

pub(super) fn load(
    connection: &mut Connection,
    organization: OrganizationId,
) -> Result<Option<Stored>, StoreError> {
    let key = key(organization);
    let transaction = connection.transaction().classify()?;
    let Some(OrganizationRow { revision, archived }) = head(&transaction, &key)? else {
        return Ok(None);
    };
    let checkpoint = checkpoint(&transaction, organization, &key)?;
    let after = checkpoint.as_ref().map_or(0, |checkpoint| number(checkpoint.revision));
    if after < archived {
        return Err(corrupt("records were archived without a checkpoint that replaces them"));
    }
    let records = records_between(&transaction, &key, after, revision, i64::MAX)?;
    let personal = personal_between(&transaction, &key, None)?;
    Ok(Some(Stored { checkpoint, tail: Records { records, personal } }))
}

pub(super) fn records(
    connection: &mut Connection,
    organization: OrganizationId,
    after: Revision,
    limit: usize,
) -> Result<Records, StoreError> {
    let (key, after) = (key(organization), number(after));
    let transaction = connection.transaction().classify()?;
    let Some(head) = head(&transaction, &key)? else { return Ok(Records::default()) };
    if after < head.archived {
        return Err(StoreError::Archived { through: revision(head.archived)? });
    }
    let records = records_between(&transaction, &key, after, head.revision, as_sql_limit(limit))?;
    let personal = match records.last() {
        None => Vec::new(),
        Some(last) => personal_between(&transaction, &key, Some((after, number(last.revision))))?,
    };
    Ok(Records { records, personal })
}

/// Reads at most `limit` records after `after` up to `last`. Fails if one of them is missing.
fn records_between(
    transaction: &Transaction<'_>,
    key: &[u8; 16],
    after: i64,
    last: i64,
    limit: i64,
) -> Result<Vec<Record>, StoreError> {
    let sql =
        "SELECT revision, digest, bytes FROM records JOIN commits USING (organization, revision)
               WHERE organization = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3";
    let mut statement = transaction.prepare_cached(sql).classify()?;
    let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let rows = statement.query_map(params![&key[..], after, limit], columns).classify()?;
    let mut records = Vec::new();
    let mut expected = after;
    for row in rows {
        let (found, digest, bytes): (i64, [u8; 32], Vec<u8>) = row.classify()?;
        expected += 1;
        if found != expected {
            return Err(corrupt(format!("the record of revision {expected} is missing")));
        }
        let bytes = check_digest(bytes, digest, &format!("the record of revision {found}"))?;
        records.push(Record { revision: revision(found)?, bytes });
    }
    let left = last.saturating_sub(after).clamp(0, limit);
    if as_sql_limit(records.len()) != left {
        return Err(corrupt(format!("of {left} records after revision {after} some are missing")));
    }
    Ok(records)
}

/// Reads the side rows of an organization, of a range of revisions or all.
fn personal_between(
    transaction: &Transaction<'_>,
    key: &[u8; 16],
    between: Option<(i64, i64)>,
) -> Result<Vec<PersonalRow>, StoreError> {
    // Two statements, because each uses another index.
    let (sql, (after, last)) = match between {
        None => ("SELECT content FROM personal WHERE organization = ?1 AND ?2 < ?3", (0, 1)),
        Some(between) => (
            "SELECT content FROM personal WHERE organization = ?1 AND revision > ?2 AND revision <= ?3",
            between,
        ),
    };
    let mut statement = transaction.prepare_cached(sql).classify()?;
    let content = |row: &Row<'_>| row.get::<_, Vec<u8>>(0);
    let rows = statement.query_map(params![&key[..], after, last], content).classify()?;
    rows.map(|content| {
        let row = serde_json::from_slice(&content.classify()?);
        row.map_err(|error| StoreError::Corrupt(error.into()))
    })
    .collect()
}

fn checkpoint(
    transaction: &Transaction<'_>,
    organization: OrganizationId,
    key: &[u8; 16],
) -> Result<Option<Checkpoint>, StoreError> {
    let sql = "SELECT revision, digest, bytes FROM checkpoints WHERE organization = ?1";
    let mut statement = transaction.prepare_cached(sql).classify()?;
    let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found = statement.query_row(params![&key[..]], columns).optional().classify()?;
    let Some((number, digest, bytes)) = found else { return Ok(None) };
    let bytes = check_digest(bytes, digest, &format!("the checkpoint of revision {number}"))?;
    Ok(Some(Checkpoint { organization, revision: revision(number)?, bytes }))
}

pub(super) fn revisions(
    connection: &mut Connection,
    organizations: &[OrganizationId],
) -> Result<Vec<Option<Revision>>, StoreError> {
    let transaction = connection.transaction().classify()?;
    organizations.iter().map(|id| present(&transaction, &key(*id))).collect()
}

pub(super) fn organizations(
    connection: &Connection,
    after: Option<OrganizationId>,
    limit: usize,
) -> Result<Vec<OrganizationId>, StoreError> {
    // An empty key comes before all others.
    let after = after.map_or_else(Vec::new, |after| key(after).to_vec());
    let sql = "SELECT organization FROM organizations WHERE organization > ?1
               ORDER BY organization LIMIT ?2";
    let mut statement = connection.prepare_cached(sql).classify()?;
    let rows = statement.query_map(params![after, as_sql_limit(limit)], organization).classify()?;
    rows.map(|row| row.map_err(classify)).collect()
}

pub(super) fn organizations_of(
    connection: &Connection,
    login: &Login,
) -> Result<Vec<OrganizationId>, StoreError> {
    let sql = "SELECT DISTINCT organization FROM personal WHERE login = ?1 ORDER BY organization";
    let mut statement = connection.prepare_cached(sql).classify()?;
    let rows = statement.query_map(params![login.as_str().as_bytes()], organization).classify()?;
    rows.map(|row| row.map_err(classify)).collect()
}
