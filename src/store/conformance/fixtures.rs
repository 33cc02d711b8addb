//! Fresh ids and contents, so that no case meets what another left behind.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU64;
use std::sync::Arc;

use crate::id::{CommitId, OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Expected, Login, PersonalRow, Purpose, Revision};
use crate::store::conformance::Failure;
use crate::store::conformance::failure::During;
use crate::store::{Records, Store, Stored};

/// 128 bits that were not drawn before: the standard library's hash keys are random, and this only has to be unique.
pub(super) fn bits() -> u128 {
    let half = |number: u8| u128::from(RandomState::new().hash_one(number));
    half(0) << 64 | half(1)
}

pub(super) fn organization() -> OrganizationId {
    OrganizationId::from_u128(bits())
}

pub(super) fn revision(number: u64) -> Result<Revision, Failure> {
    let number = NonZeroU64::new(number);
    number.map(Revision::new).ok_or_else(|| Failure::new("there is no revision 0"))
}

/// A login that nobody had before, with this at its end.
pub(super) fn login(end: &str) -> String {
    format!("{:x}-{end}", bits())
}

pub(super) fn parsed(login: &str) -> Result<Login, Failure> {
    login.parse().during("a login of the suite")
}

/// A side row with a fresh id and salt.
pub(super) fn row(purpose: Purpose, value: &str) -> Result<PersonalRow, Failure> {
    row_with(PersonalId::from_u128(bits()), purpose, value)
}

pub(super) fn row_with(
    id: PersonalId,
    purpose: Purpose,
    value: &str,
) -> Result<PersonalRow, Failure> {
    let mut salt = [0; 32];
    let (first, second) = salt.split_at_mut(16);
    first.copy_from_slice(&bits().to_be_bytes());
    second.copy_from_slice(&bits().to_be_bytes());
    PersonalRow::new(id, purpose, salt, value).during("a side row of the suite")
}

/// The founding commit of an organization.
pub(super) fn founding(organization: OrganizationId) -> Commit {
    commit(organization, Expected::Absent)
}

/// A commit with a fresh id and a record that no other has.
pub(super) fn commit(organization: OrganizationId, expected: Expected) -> Commit {
    Commit {
        organization,
        expected,
        id: CommitId::from_u128(bits()),
        record: record("record"),
        personal: Vec::new(),
        erase: Vec::new(),
    }
}

/// The bytes of a record that no other has.
pub(super) fn record(what: &str) -> Arc<[u8]> {
    format!("{what} {:x}", bits()).into_bytes().into()
}

pub(super) fn checkpoint(organization: OrganizationId, number: u64) -> Result<Checkpoint, Failure> {
    Ok(Checkpoint { organization, revision: revision(number)?, bytes: record("checkpoint") })
}

/// An organization with this many revisions, and the commits that made them.
pub(super) fn founded(
    store: &dyn Store,
    revisions: u64,
) -> Result<(OrganizationId, Vec<Commit>), Failure> {
    let organization = organization();
    let mut commits = vec![founding(organization)];
    for number in 1..revisions {
        commits.push(commit(organization, Expected::At(revision(number)?)));
    }
    for commit in &commits {
        land(store, commit)?;
    }
    Ok((organization, commits))
}

/// Sends a commit that must land.
pub(super) fn land(store: &dyn Store, commit: &Commit) -> Result<(), Failure> {
    let landed = store.commit(commit).during("a commit on the present revision")?;
    ensure_eq!(landed, commit.expected.makes(), "a commit makes the revision after the expected");
    Ok(())
}

/// What is kept of an organization that must be there.
pub(super) fn load(store: &dyn Store, organization: OrganizationId) -> Result<Stored, Failure> {
    let stored = store.load(organization).during("load")?;
    stored.ok_or_else(|| Failure::new("load answers that an organization is unknown that is there"))
}

/// The present revision's number.
pub(super) fn present(
    store: &dyn Store,
    organization: OrganizationId,
) -> Result<Option<u64>, Failure> {
    let revisions = store.revisions(&[organization]).during("revisions")?;
    match revisions.as_slice() {
        [revision] => Ok(revision.map(Revision::number)),
        _ => Err(Failure::new(format!("asked for one revision, answered {}", revisions.len()))),
    }
}

/// The numbers of some records.
pub(super) fn numbers(records: &Records) -> Vec<u64> {
    records.records.iter().map(|record| record.revision.number()).collect()
}

/// Side rows by id, so that they compare whatever order they came in.
pub(super) fn sorted(mut rows: Vec<PersonalRow>) -> Vec<PersonalRow> {
    rows.sort_by_key(PersonalRow::id);
    rows
}

/// Whether a row is among those of an organization.
pub(super) fn is_kept(
    store: &dyn Store,
    organization: OrganizationId,
    id: PersonalId,
) -> Result<bool, Failure> {
    Ok(load(store, organization)?.tail.personal.iter().any(|row| row.id() == id))
}
