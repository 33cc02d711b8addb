//! Maintenance: confirms loaded organizations and makes checkpoints.
//!
//! The library has no threads of its own. The service calls this, in a loop or now and then.

use std::thread;
use std::time::{Duration, Instant};

use crate::directory::directory::Directory;
use crate::directory::error::{CommitError, LoadError};
use crate::directory::loaded::{LoadedOrganization, StoredSize};
use crate::id::OrganizationId;
use crate::model::record::{Checkpoint, Revision};
use crate::permission::Permissions;
use crate::store::StoreError;

/// How many organizations one round trip to the store asks about.
const ROUND: usize = 512;

/// The bytes of records after a checkpoint below which another checkpoint is not worth it (S12).
const LEAST_TAIL: usize = 256 << 10;

/// What one call of [`Directory::maintain`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Maintenance {
    /// How many organizations had changed elsewhere and were read again.
    pub refreshed: usize,
    /// How many organizations had changed elsewhere and could not be read.
    pub failed: usize,
    /// How many checkpoints were made.
    pub checkpoints: usize,
}

/// Whether the records since the last checkpoint are worth another one.
const fn is_checkpoint_due(size: StoredSize) -> bool {
    size.tail > LEAST_TAIL && size.tail > size.checkpoint / 2
}

impl<P: Permissions> Directory<P> {
    /// Waits for a change elsewhere, at most for `timeout`, then confirms every loaded organization
    /// and makes the checkpoints that are due. Call it in a loop on a thread of its own:
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
    ///             if let Err(error) = directory.maintain(Duration::from_millis(200)) {
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
    /// If the store fails, it returns only after `timeout`, so that such a loop never spins.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be asked. Loaded organizations go on answering until they
    /// are [stale](Self::with_max_staleness).
    pub fn maintain(&self, timeout: Duration) -> Result<Maintenance, StoreError> {
        let started = Instant::now();
        let done = self.loader.store.wait_for_change(timeout).and_then(|()| {
            let mut done = self.refresh_all()?;
            done.checkpoints = self.make_due_checkpoints()?;
            Ok(done)
        });
        if done.is_err() {
            thread::sleep(timeout.saturating_sub(started.elapsed()));
        }
        done
    }

    /// Asks the store about every loaded organization, 512 in one round trip, and reads those that
    /// have changed. An unavailable organization is tried again when its revision in the store
    /// differs from the one that could not be read.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot be asked. An organization that cannot be read is counted
    /// in [`Maintenance::failed`] and does not stop the others.
    pub fn refresh_all(&self) -> Result<Maintenance, StoreError> {
        let mut done = Maintenance::default();
        for round in self.loader.cache.revisions().chunks(ROUND) {
            let (refreshed, failed) = self.loader.refresh_changed(round)?;
            done.refreshed += refreshed;
            done.failed += failed;
        }
        Ok(done)
    }

    /// Makes a checkpoint of an organization at its loaded revision, from which later loads start.
    ///
    /// # Errors
    ///
    /// [`CommitError::Load`] if the organization cannot be loaded, [`CommitError::Store`] if the
    /// store does not take the checkpoint.
    pub fn checkpoint(&self, organization: OrganizationId) -> Result<Revision, CommitError> {
        let loaded = self.loader.get(organization)?;
        self.make_checkpoint(&loaded)?;
        Ok(loaded.revision())
    }

    fn make_due_checkpoints(&self) -> Result<usize, StoreError> {
        let mut made = 0;
        for loaded in self.loader.cache.loaded_where(is_checkpoint_due) {
            match self.make_checkpoint(&loaded) {
                Err(CommitError::Store(error)) => return Err(error),
                // It cannot be encoded. A later revision may be.
                Err(_) => {}
                Ok(()) => made += 1,
            }
        }
        Ok(made)
    }

    pub(super) fn make_checkpoint(
        &self,
        loaded: &LoadedOrganization<P>,
    ) -> Result<(), CommitError> {
        let (id, revision) = (loaded.id(), loaded.revision());
        let checkpoint = Checkpoint::new(loaded.organization(), &loaded.chain)
            .map_err(|error| LoadError::decode(id, revision, error))?;
        self.loader.store.checkpoint(&checkpoint).map_err(CommitError::Store)?;
        self.loader.cache.record_checkpoint(loaded, checkpoint.bytes.len());
        Ok(())
    }
}
