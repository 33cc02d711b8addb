//! Archiving: moves old records out of the store.

use std::collections::BTreeSet;

use crate::directory::directory::Directory;
use crate::directory::error::{CommitError, LoadError};
use crate::directory::history;
use crate::directory::replay::personal_of;
use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{PersonalRow, Record, Revision};
use crate::permission::Permissions;
use crate::store::StoreError;

/// Why records were not archived.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError<E> {
    /// The caller's function did not keep a record.
    #[error("a record could not be kept")]
    Keep(#[source] E),
    /// The directory or its store failed.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl<E> From<LoadError> for ArchiveError<E> {
    fn from(error: LoadError) -> Self {
        Self::Commit(error.into())
    }
}

impl<P: Permissions> Directory<P> {
    /// Gives every record up to and including `through` to `keep`, oldest first, and then deletes
    /// them from the store.
    ///
    /// Makes a checkpoint first if there is none that late, so that loading does not need the
    /// records any more. The hash chain goes on: the first record that stays carries the hash of
    /// the last one that was deleted. Personal data to which only those records referred is deleted
    /// with them.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Keep`] with the error of `keep`: nothing was deleted then.
    /// [`ArchiveError::Commit`] if the organization cannot be loaded, has not reached `through`, or
    /// the store fails or lags behind.
    pub fn archive<E>(
        &self,
        organization: OrganizationId,
        through: Revision,
        mut keep: impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<(), ArchiveError<E>> {
        let store_failed = |error| ArchiveError::Commit(CommitError::Store(error));
        let behind = |wanted, found| {
            ArchiveError::Commit(LoadError::Behind { organization, wanted, found }.into())
        };
        // Before the records, so that each of these rows came with a record that is read below.
        let (rows, at) = self.side_rows(organization).map_err(store_failed)?;
        let loaded = self.loader.refresh(organization).map_err(CommitError::from)?;
        let found = loaded.revision();
        if found < through.max(at) {
            return Err(behind(through.max(at), found));
        }
        self.make_checkpoint(&loaded)?;
        let mut used_later: BTreeSet<PersonalId> = BTreeSet::new();
        let last = history::walk(&self.loader, organization, |record, body| {
            if record.revision <= through {
                keep(record).map_err(ArchiveError::Keep)
            } else {
                used_later.extend(personal_of(body).into_iter().map(|it| it.id));
                Ok::<(), ArchiveError<E>>(())
            }
        })?;
        // A store that lags behind shows fewer records than it would delete.
        if last < found {
            return Err(behind(found, last));
        }
        self.loader.store.archive(organization, through).map_err(store_failed)?;
        let present = loaded.organization();
        let is_unused = |id: &PersonalId| !used_later.contains(id) && !present.has_personal(*id);
        // Includes rows that an earlier call left because they were still in use.
        let unused: Vec<PersonalId> = rows.into_iter().filter(is_unused).collect();
        self.loader.store.erase(organization, &unused).map_err(store_failed)
    }

    /// The side rows that the store has, and a revision at which all of them existed.
    fn side_rows(
        &self,
        organization: OrganizationId,
    ) -> Result<(Vec<PersonalId>, Revision), StoreError> {
        let Some(stored) = self.loader.store.load(organization)? else {
            return Ok((Vec::new(), Revision::NONE));
        };
        let checkpoint = stored.checkpoint.map(|it| it.revision);
        let last = stored.tail.records.last().map(|it| it.revision).or(checkpoint);
        let rows = stored.tail.personal.iter().map(PersonalRow::id).collect();
        Ok((rows, last.unwrap_or(Revision::NONE)))
    }
}
