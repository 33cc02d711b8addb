//! Writing: one record on top of a loaded revision.

use crate::access::Snapshot;
use crate::directory::id_source::SystemIds;
use crate::directory::loaded::{LoadedOrganization, StoredSize};
use crate::directory::loader::Loader;
use crate::governance::IdSource;
use crate::id::PersonalId;
use crate::model::record::{
    Actor, CatalogText, Chain, Commit, DecodeError, Entry, Expected, PersonalRow,
};
use crate::model::{ChangeSet, Organization};
use crate::permission::Permissions;
use crate::store::StoreError;

/// How often an identical commit is sent again because its outcome is not known.
const RESENDS: u32 = 3;

/// The side rows that come and go with a record.
pub(super) struct SideRows {
    pub(super) personal: Vec<PersonalRow>,
    pub(super) erase: Vec<PersonalId>,
}

/// Stores a change set on top of a loaded revision and makes it visible. The cache changes only
/// after the store has acknowledged the record.
pub(super) fn write<P: Permissions>(
    loader: &Loader<P>,
    newest: LoadedOrganization<P>,
    after: Organization,
    actor: &Actor,
    actions: Vec<String>,
    set: ChangeSet,
    erase: Vec<PersonalId>,
) -> Result<Snapshot<P>, StoreError> {
    let asked = loader.monotonic();
    let ChangeSet { time, changes, personal } = set;
    let entry = Entry { time, actor: actor.clone(), actions, changes };
    let expected = Expected::At(newest.revision());
    let rows = SideRows { personal, erase };
    let catalog = newest.snapshot.catalog().text();
    let (chain, bytes) = send(loader, &newest.chain, catalog, expected, entry, rows)?;
    let LoadedOrganization { snapshot, size, .. } = newest;
    let size = StoredSize { tail: size.tail.saturating_add(bytes), ..size };
    let written = LoadedOrganization { snapshot: snapshot.next(after), chain, size };
    let snapshot = written.snapshot.clone();
    // The record is stored either way. If it cannot be made visible now, the next load reads it.
    drop(loader.publish(written, asked));
    Ok(snapshot)
}

/// Sends one record to the store, and the same bytes again while its outcome is not known. Returns
/// the chain that ends with the record, and the record's size in bytes.
pub(super) fn send<P: Permissions>(
    loader: &Loader<P>,
    chain: &Chain,
    catalog: &CatalogText,
    expected: Expected,
    entry: Entry,
    SideRows { personal, erase }: SideRows,
) -> Result<(Chain, usize), StoreError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Backend(error);
    let (record, next) = match chain.append(entry, catalog) {
        Err(DecodeError::TooLarge { bytes, limit }) => {
            return Err(StoreError::TooLarge { bytes, limit });
        }
        appended => appended.map_err(|error| failed(error.into()))?,
    };
    let id = SystemIds::new(&*loader.clock).id().map_err(|error| failed(error.into()))?.into();
    let bytes = record.len();
    let organization = chain.organization();
    let commit = Commit { organization, expected, id, record, personal, erase };
    let mut resends = 0;
    loop {
        match loader.store.commit(&commit) {
            Err(StoreError::OutcomeUnknown(_)) if resends < RESENDS => resends += 1,
            // That this attempt wrote nothing does not say that the earlier ones did not.
            Err(error) if resends > 0 && !is_final(&error) => {
                return Err(StoreError::OutcomeUnknown(error.into()));
            }
            outcome => return outcome.map(|_| (next, bytes)),
        }
    }
}

/// Whether an error holds for the earlier attempts of the same commit, too. A conflict proves that
/// none of them was stored or will be.
const fn is_final(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Conflict { .. } | StoreError::CommitIdReused | StoreError::OutcomeUnknown(_)
    )
}
