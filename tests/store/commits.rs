//! Commits by hand.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

use tenantry::model::record::{Commit, Expected, PersonalRow, Purpose, Revision};
use tenantry::store::Store;
use tenantry::{CommitId, OrganizationId, PersonalId};

pub(crate) const ACME: OrganizationId = OrganizationId::from_u128(7);

pub(crate) fn revision(number: u64) -> Revision {
    Revision::new(NonZeroU64::new(number).unwrap())
}

/// The commit that makes this revision, with this record.
pub(crate) fn commit(organization: OrganizationId, makes: u64, record: &[u8]) -> Commit {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let id =
        u128::from(COUNT.fetch_add(1, Ordering::Relaxed)) | u128::from(std::process::id()) << 64;
    Commit {
        organization,
        expected: if makes == 1 { Expected::Absent } else { Expected::At(revision(makes - 1)) },
        id: CommitId::from_u128(id),
        record: record.into(),
        personal: Vec::new(),
        erase: Vec::new(),
    }
}

pub(crate) fn row(id: u128, purpose: Purpose, value: &str) -> PersonalRow {
    PersonalRow::new(PersonalId::from_u128(id), purpose, [7; 32], value).unwrap()
}

/// The numbers of the records that are loaded.
pub(crate) fn loaded(store: &dyn Store, organization: OrganizationId) -> Vec<u64> {
    let stored = store.load(organization).unwrap().unwrap();
    stored.tail.records.iter().map(|record| record.revision.number()).collect()
}
