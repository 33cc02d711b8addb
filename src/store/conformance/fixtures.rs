//! Fresh ids and contents, so that no case meets the data of another.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU64;
use std::sync::Arc;

use crate::id::{CommitId, OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Expected, Login, PersonalRow, Purpose, Revision};
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Failure;
use crate::store::{Records, Store, Stored};

/// 128 bits that were never used before. The standard library's hash keys are random, and these
/// only have to be unique.
pub(super) fn unique_bits() -> u128 {
    let half = |number: u8| u128::from(RandomState::new().hash_one(number));
    half(0) << 64 | half(1)
}

pub(super) fn organization_id() -> OrganizationId {
    OrganizationId::from_u128(unique_bits())
}

pub(super) fn revision(number: u64) -> Result<Revision, Failure> {
    let number = NonZeroU64::new(number);
    number.map(Revision::new).ok_or_else(|| Failure::new("there is no revision 0"))
}

/// A unique login that ends with `end`.
pub(super) fn unique_login(end: &str) -> String {
    format!("{:x}-{end}", unique_bits())
}

pub(super) fn parse_login(login: &str) -> Result<Login, Failure> {
    login.parse().during("a login of the suite")
}

/// A side row with a fresh id and salt.
pub(super) fn side_row(purpose: Purpose, value: &str) -> Result<PersonalRow, Failure> {
    side_row_with_id(PersonalId::from_u128(unique_bits()), purpose, value)
}

pub(super) fn side_row_with_id(
    id: PersonalId,
    purpose: Purpose,
    value: &str,
) -> Result<PersonalRow, Failure> {
    let mut salt = [0; 32];
    let (first, second) = salt.split_at_mut(16);
    first.copy_from_slice(&unique_bits().to_be_bytes());
    second.copy_from_slice(&unique_bits().to_be_bytes());
    PersonalRow::new(id, purpose, salt, value).during("a side row of the suite")
}

/// The first commit of an organization.
pub(super) fn first_commit(organization: OrganizationId) -> Commit {
    commit(organization, Expected::Absent)
}

/// A commit with a fresh id and unique record bytes.
pub(super) fn commit(organization: OrganizationId, expected: Expected) -> Commit {
    Commit {
        organization,
        expected,
        id: CommitId::from_u128(unique_bits()),
        record: record_bytes("record"),
        personal: Vec::new(),
        erase: Vec::new(),
    }
}

/// Unique record bytes that start with `what`.
pub(super) fn record_bytes(what: &str) -> Arc<[u8]> {
    format!("{what} {:x}", unique_bits()).into_bytes().into()
}

pub(super) fn checkpoint(organization: OrganizationId, number: u64) -> Result<Checkpoint, Failure> {
    Ok(Checkpoint { organization, revision: revision(number)?, bytes: record_bytes("checkpoint") })
}

/// Creates an organization with this many revisions. Returns the commits that made them.
pub(super) fn create_organization(
    store: &dyn Store,
    revisions: u64,
) -> Result<(OrganizationId, Vec<Commit>), Failure> {
    let organization = organization_id();
    let mut commits = vec![first_commit(organization)];
    for number in 1..revisions {
        commits.push(commit(organization, Expected::At(revision(number)?)));
    }
    for commit in &commits {
        commit_ok(store, commit)?;
    }
    Ok((organization, commits))
}

/// Sends a commit that must be accepted.
pub(super) fn commit_ok(store: &dyn Store, commit: &Commit) -> Result<(), Failure> {
    let landed = store.commit(commit).during("a commit on the present revision")?;
    ensure_eq!(landed, commit.expected.makes(), "a commit makes the revision after the expected");
    Ok(())
}

/// Loads an organization that must exist.
pub(super) fn load(store: &dyn Store, organization: OrganizationId) -> Result<Stored, Failure> {
    let stored = store.load(organization).during("load")?;
    stored.ok_or_else(|| Failure::new("load returns no organization, but it exists"))
}

/// The number of the present revision. `None` if there is no such organization.
pub(super) fn present_revision(
    store: &dyn Store,
    organization: OrganizationId,
) -> Result<Option<u64>, Failure> {
    let revisions = store.revisions(&[organization]).during("revisions")?;
    match revisions.as_slice() {
        [revision] => Ok(revision.map(Revision::number)),
        _ => Err(Failure::new(format!("asked for one revision, got {}", revisions.len()))),
    }
}

/// The revision numbers of some records.
pub(super) fn revision_numbers(records: &Records) -> Vec<u64> {
    records.records.iter().map(|record| record.revision.number()).collect()
}

/// Side rows ordered by id, to compare them independently of their order.
pub(super) fn sorted_rows(mut rows: Vec<PersonalRow>) -> Vec<PersonalRow> {
    rows.sort_by_key(PersonalRow::id);
    rows
}

/// Whether the organization has this side row.
pub(super) fn has_side_row(
    store: &dyn Store,
    organization: OrganizationId,
    id: PersonalId,
) -> Result<bool, Failure> {
    Ok(load(store, organization)?.tail.personal.iter().any(|row| row.id() == id))
}
