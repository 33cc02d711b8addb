//! Upkeep: what a service does now and then beside answering. Confirming what is loaded, making checkpoints, archiving
//! records. Nothing here happens by itself: the library has no threads of its own.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use crate::directory::fleet::{Known, Loaded, Size};
use crate::directory::{CommitError, Directory, LoadError, history, load};
use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, PersonalRow, Record, Revision};
use crate::permission::Permissions;
use crate::store::StoreError;

/// How many organizations are asked about in one round trip.
const ROUND: usize = 512;

/// What the records after a checkpoint must come to before another one is worth its bytes (S12).
const LEAST_TAIL: usize = 256 << 10;

/// What one [`Directory::tend`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tended {
    /// How many organizations were found to have changed elsewhere, and are now as they are there.
    pub refreshed: usize,
    /// How many could not be read any more, and are unavailable or were left as they were.
    pub failed: usize,
    /// How many checkpoints were made.
    pub checkpoints: usize,
}

impl Size {
    /// Whether the records since the checkpoint are worth another one.
    const fn is_overgrown(self) -> bool {
        self.tail > LEAST_TAIL && self.tail > self.checkpoint / 2
    }
}

impl<P: Permissions> Directory<P> {
    /// Waits until something changes elsewhere or for `timeout`, then confirms everything that is loaded and makes the
    /// checkpoints that are due. Call it in a loop on a thread of its own:
    ///
    /// ```
    /// # use std::{sync::Arc, thread, time::Duration};
    /// # use std::sync::atomic::{AtomicBool, Ordering};
    /// # bitflags::bitflags! { #[derive(Debug, Clone, Copy)] struct Permission: u8 { const VIEW = 1; } }
    /// # let owner = tenantry::SystemRole::new("owner");
    /// # let catalog = tenantry::Catalog::builder()
    /// #     .role(owner, Permission::VIEW).owner(owner).administration(Permission::VIEW).build()?;
    /// # let directory = Arc::new(tenantry::Directory::new(catalog));
    /// # let stop = Arc::new(AtomicBool::new(false));
    /// let tender = thread::spawn({
    ///     let (directory, stop) = (Arc::clone(&directory), Arc::clone(&stop));
    ///     move || {
    ///         while !stop.load(Ordering::Relaxed) {
    ///             if let Err(error) = directory.tend(Duration::from_millis(200)) {
    ///                 eprintln!("the store does not answer: {error}");
    ///             }
    ///         }
    ///     }
    /// });
    /// # stop.store(true, Ordering::Relaxed);
    /// # tender.join().unwrap();
    /// # Ok::<(), tenantry::catalog::CatalogError>(())
    /// ```
    ///
    /// It does not return before `timeout` if the store fails, so that such a loop never spins.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be asked at all. What is loaded goes on answering until it is
    /// [stale](Self::with_max_staleness).
    pub fn tend(&self, timeout: Duration) -> Result<Tended, StoreError> {
        let started = Instant::now();
        let tended = self.store.wait_for_change(timeout).and_then(|()| {
            let mut tended = self.refresh_all()?;
            tended.checkpoints = self.make_due_checkpoints()?;
            Ok(tended)
        });
        if tended.is_err() {
            thread::sleep(timeout.saturating_sub(started.elapsed()));
        }
        tended
    }

    /// Asks the store about everything that is loaded, 512 organizations in a round trip, and reads what has changed. What
    /// is unavailable is tried again when the store's revision is not what it was.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be asked. What keeps a single organization from being read does not keep the
    /// others: it is counted.
    pub fn refresh_all(&self) -> Result<Tended, StoreError> {
        let mut tended = Tended::default();
        for round in self.fleet.known().chunks(ROUND) {
            let asked = self.monotonic();
            let ids: Vec<OrganizationId> = round.iter().map(|(id, _)| *id).collect();
            let found = self.store.revisions(&ids)?;
            for ((id, known), found) in round.iter().zip(found) {
                match *known {
                    Known::Loaded(loaded) if found == Some(loaded) => {
                        self.fleet.confirm(*id, loaded, asked);
                    }
                    Known::Unavailable(seen) if found == seen => {}
                    _ if load::refresh(self, *id).is_ok() => tended.refreshed += 1,
                    _ => tended.failed += 1,
                }
            }
        }
        Ok(tended)
    }

    /// Makes a checkpoint of an organization as it is loaded, so that loading it starts there.
    ///
    /// # Errors
    ///
    /// [`CommitError::Load`] if it cannot be had, [`CommitError::Store`] if the store does not take it.
    pub fn checkpoint(&self, organization: OrganizationId) -> Result<Revision, CommitError> {
        let loaded = load::loaded(self, organization)?;
        self.make_checkpoint(&loaded)?;
        Ok(loaded.revision())
    }

    fn make_due_checkpoints(&self) -> Result<usize, StoreError> {
        let mut made = 0;
        for loaded in self.fleet.sized(Size::is_overgrown) {
            match self.make_checkpoint(&loaded) {
                Err(CommitError::Store(error)) => return Err(error),
                // It was loaded, so it can be written; if not, the next one may.
                Err(_) => {}
                Ok(()) => made += 1,
            }
        }
        Ok(made)
    }

    fn make_checkpoint(&self, loaded: &Loaded<P>) -> Result<(), CommitError> {
        let (id, revision) = (loaded.organization().id(), loaded.revision());
        let checkpoint = Checkpoint::new(loaded.organization(), &loaded.chain)
            .map_err(|error| LoadError::decode(id, revision, error))?;
        self.store.checkpoint(&checkpoint).map_err(CommitError::Store)?;
        self.fleet.shrunk(loaded, checkpoint.bytes.len());
        Ok(())
    }

    /// Takes the records up to and including `through` out of the store, oldest first, after `keep` has had each of them;
    /// makes a checkpoint first if there is none that late. Loading does not need them any more. The chain goes on: the
    /// first record that stays carries the hash of the last one that goes.
    ///
    /// Personal data to which only those records referred is deleted with them.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Keep`] with whatever `keep` says: nothing is taken out then. [`ArchiveError::Commit`] if the
    /// organization cannot be had, is not as far as `through`, or the store fails or lags.
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
        // Before the records, so that none of these rows comes with a record that is not read.
        let (rows, at) = self.rows(organization).map_err(store_failed)?;
        let loaded = load::refresh(self, organization).map_err(CommitError::from)?;
        let found = loaded.revision();
        if found < through.max(at) {
            return Err(behind(through.max(at), found));
        }
        self.make_checkpoint(&loaded)?;
        let mut stays: BTreeSet<PersonalId> = BTreeSet::new();
        let last = history::walk(self, organization, |record, body| {
            if record.revision <= through {
                keep(record).map_err(ArchiveError::Keep)
            } else {
                stays.extend(load::personal_of(body).into_iter().map(|it| it.id));
                Ok::<(), ArchiveError<E>>(())
            }
        })?;
        // A store that lags shows fewer records than it would drop.
        if last < found {
            return Err(behind(found, last));
        }
        self.store.archive(organization, through).map_err(store_failed)?;
        let present = loaded.organization();
        let is_unused = |id: &PersonalId| !stays.contains(id) && !present.has_personal(*id);
        // Those too that were still in use when their records went, and those that a call before this one left behind.
        let unused: Vec<PersonalId> = rows.into_iter().filter(is_unused).collect();
        self.store.erase(organization, &unused).map_err(store_failed)
    }

    /// The side rows that the store has, and a revision that none of them came after.
    fn rows(
        &self,
        organization: OrganizationId,
    ) -> Result<(Vec<PersonalId>, Revision), StoreError> {
        let Some(stored) = self.store.load(organization)? else {
            return Ok((Vec::new(), Revision::NONE));
        };
        let checkpoint = stored.checkpoint.map(|it| it.revision);
        let last = stored.tail.records.last().map(|it| it.revision).or(checkpoint);
        let rows = stored.tail.personal.iter().map(PersonalRow::id).collect();
        Ok((rows, last.unwrap_or(Revision::NONE)))
    }
}

/// Why records were not archived.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError<E> {
    /// Whoever was to keep them could not.
    #[error("a record could not be kept")]
    Keep(#[source] E),
    /// The directory or its store could not.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl<E> From<LoadError> for ArchiveError<E> {
    fn from(error: LoadError) -> Self {
        Self::Commit(error.into())
    }
}
