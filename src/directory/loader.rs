//! Loader: brings organizations from the store into the cache and keeps them up to date.
//!
//! No other file changes the state of a cached organization.

use std::sync::Arc;
use std::time::Duration;

use crate::access::{Reason, Snapshot};
use crate::catalog::Catalog;
use crate::clock::{Clock, HighWater};
use crate::directory::cache::OrganizationCache;
use crate::directory::cache_entry::{CacheState, CachedRevision};
use crate::directory::catalogs::Catalogs;
use crate::directory::error::LoadError;
use crate::directory::loaded::{LoadedOrganization, StoredSize};
use crate::directory::replay::replay;
use crate::id::OrganizationId;
use crate::model::Organization;
use crate::model::record::{Chain, Revision};
use crate::permission::Permissions;
use crate::store::{Records, Store, StoreError};

/// How many records are read at a time.
pub(super) const PAGE: usize = 1_024;

/// The store, the cache in front of it, and the catalogs and the clock that a load needs.
pub(super) struct Loader<P> {
    pub(super) catalogs: Catalogs<P>,
    pub(super) store: Box<dyn Store>,
    pub(super) clock: Arc<HighWater>,
    pub(super) cache: OrganizationCache<P>,
}

/// The outcome of a load, and whether this call made it rather than another thread.
struct SharedLoad<P> {
    outcome: Result<LoadedOrganization<P>, LoadError>,
    is_own: bool,
}

impl<P: Permissions> Loader<P> {
    /// The cached revision of an organization. Loads it if it is not cached, and asks the store if
    /// it is stale.
    pub(super) fn get(&self, id: OrganizationId) -> Result<LoadedOrganization<P>, LoadError> {
        let fresh = |state: &CacheState<P>, is_fresh: bool| match state {
            CacheState::Loaded(loaded) => Ok(is_fresh.then(|| loaded.clone())),
            CacheState::Unavailable { error, .. } => Err(error.clone()),
        };
        match self.cache.look(id, || self.monotonic(), fresh).transpose()? {
            None => self.load_once(id, || self.read_all(id)).outcome,
            Some(None) => self.refresh(id),
            Some(Some(loaded)) => Ok(loaded),
        }
    }

    /// The revision that the store has at some moment after this call began.
    pub(super) fn refresh(&self, id: OrganizationId) -> Result<LoadedOrganization<P>, LoadError> {
        let present = |state: &CacheState<P>, _| match state {
            CacheState::Loaded(loaded) => Some(loaded.clone()),
            CacheState::Unavailable { .. } => None,
        };
        let present = match self.cache.look(id, || self.monotonic(), present) {
            Some(Some(loaded)) => loaded,
            Some(None) => {
                let asked = self.monotonic();
                self.cache.update(&self.read_all(id)?, asked);
                // The update is ignored while the store still has what cannot be read.
                return self.get(id);
            }
            None => match self.load_once(id, || self.read_all(id)) {
                SharedLoad { outcome, is_own: true } => return outcome,
                // The other thread may have asked the store before this call began.
                SharedLoad { outcome, is_own: false } => outcome?,
            },
        };
        let asked = self.monotonic();
        let newest = self.read_newer(present)?;
        self.publish(newest, asked)
    }

    /// Makes a revision visible that was read or committed. `asked` is when the store was asked.
    ///
    /// If the organization was evicted meanwhile, it is loaded again from there on: the evicted
    /// revision may have been newer.
    pub(super) fn publish(
        &self,
        loaded: LoadedOrganization<P>,
        asked: Duration,
    ) -> Result<LoadedOrganization<P>, LoadError> {
        let id = loaded.id();
        while !self.cache.update(&loaded, asked) {
            match self.load_once(id, || self.read_newer(loaded.clone())) {
                // The other thread may have asked the store before.
                SharedLoad { outcome: Ok(_), is_own: false } => {}
                SharedLoad { outcome, .. } => return outcome,
            }
        }
        Ok(loaded)
    }

    /// Reads an organization that is not cached and caches it, once for all threads that ask.
    fn load_once(
        &self,
        id: OrganizationId,
        read: impl FnOnce() -> Result<LoadedOrganization<P>, LoadError>,
    ) -> SharedLoad<P> {
        let (outcome, is_own) = self.cache.load_once(id, || {
            let asked = self.monotonic();
            let loaded = read()?;
            self.cache.insert_loaded(&loaded, asked);
            Ok(loaded)
        });
        SharedLoad { outcome, is_own }
    }

    /// Reads the records after a loaded revision. If they cannot be read, the organization is
    /// unavailable from then on.
    fn read_newer(
        &self,
        present: LoadedOrganization<P>,
    ) -> Result<LoadedOrganization<P>, LoadError> {
        let (id, revision) = (present.id(), present.revision());
        let found = self.store.revisions(&[id])?.into_iter().next().flatten();
        // A newer revision may have been cached and evicted.
        let known = revision.max(self.cache.floor(id));
        let newest = match found {
            _ if found < Some(known) => Err(LoadError::WentBack { organization: id, known, found }),
            Some(found) if found == revision => Ok(present),
            _ => self.catch_up(present),
        };
        if let Err(error) = &newest
            && error.is_permanent()
        {
            self.cache.mark_unavailable(id, error.clone(), revision, found);
        }
        newest
    }

    fn catch_up(&self, present: LoadedOrganization<P>) -> Result<LoadedOrganization<P>, LoadError> {
        let id = present.id();
        let LoadedOrganization { snapshot, mut chain, mut size } = present;
        let in_force = chain.in_force();
        let mut organization = snapshot.organization().clone();
        loop {
            let page = match self.store.records(id, organization.revision(), PAGE) {
                Err(StoreError::Archived { .. }) => return self.read_all(id),
                page => page?,
            };
            let count = page.records.len();
            size.tail = size.tail.saturating_add(bytes(&page));
            (organization, chain) =
                replay(Some((organization, chain)), id, &page)?.ok_or(LoadError::Unknown(id))?;
            if count < PAGE {
                if chain.in_force() == in_force {
                    let snapshot = snapshot.next(organization);
                    return Ok(LoadedOrganization { snapshot, chain, size });
                }
                let snapshot = self.compile_under(&snapshot, organization, &chain)?;
                let chain = chain.intern_catalog(snapshot.catalog().text());
                return Ok(LoadedOrganization { snapshot, chain, size });
            }
        }
    }

    /// A later revision after another catalog came into force. Compiles the whole organization,
    /// unless this process still decides by the catalog that it had.
    fn compile_under(
        &self,
        before: &Snapshot<P>,
        organization: Organization,
        chain: &Chain,
    ) -> Result<Snapshot<P>, LoadError> {
        let catalog = self.catalogs.of(chain)?;
        if catalog.fingerprint() == before.catalog().fingerprint() {
            return Ok(before.next(organization));
        }
        Ok(self.compile(organization, &catalog))
    }

    /// Reads an organization from its newest checkpoint on, or from its first record.
    fn read_all(&self, id: OrganizationId) -> Result<LoadedOrganization<P>, LoadError> {
        let unknown = LoadError::Unknown(id);
        let floor = self.cache.floor(id);
        let went_back = |found| LoadError::WentBack { organization: id, known: floor, found };
        let Some(stored) = self.store.load(id)? else {
            return Err(if floor > Revision::NONE { went_back(None) } else { unknown });
        };
        let mut size = StoredSize { checkpoint: 0, tail: bytes(&stored.tail) };
        let start = match stored.checkpoint {
            None => None,
            Some(checkpoint) => {
                size.checkpoint = checkpoint.bytes.len();
                let opened = checkpoint.open(&stored.tail.personal);
                Some(opened.map_err(|error| LoadError::decode(id, checkpoint.revision, error))?)
            }
        };
        let (organization, chain) = replay(start, id, &stored.tail)?.ok_or(unknown)?;
        if organization.revision() < floor {
            return Err(went_back(Some(organization.revision())));
        }
        let catalog = self.catalogs.of(&chain)?;
        let chain = chain.intern_catalog(self.catalogs.own().text()).intern_catalog(catalog.text());
        Ok(LoadedOrganization { snapshot: self.compile(organization, &catalog), chain, size })
    }

    pub(super) fn compile(&self, organization: Organization, catalog: &Catalog<P>) -> Snapshot<P> {
        let clock = Arc::clone(&self.clock);
        Snapshot::compile_with_clock(organization, catalog, clock)
    }

    /// The time by which staleness is measured.
    pub(super) fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Asks the cached snapshot of an organization. Never does I/O.
    ///
    /// # Errors
    ///
    /// The reason why there is no snapshot to ask.
    pub(super) fn ask<T>(
        &self,
        id: OrganizationId,
        question: impl FnOnce(&Snapshot<P>) -> T,
    ) -> Result<T, Reason> {
        let answer = |state: &CacheState<P>, is_fresh: bool| match state {
            CacheState::Unavailable { .. } => Err(Reason::Unavailable),
            CacheState::Loaded(_) if !is_fresh => Err(Reason::Stale),
            CacheState::Loaded(loaded) => Ok(question(&loaded.snapshot)),
        };
        let answer = self.cache.look(id, || self.monotonic(), answer);
        answer.unwrap_or(Err(Reason::NotLoaded))
    }

    /// Asks the store for the revisions of cached organizations, in one round trip, and reads those
    /// that have changed. Returns how many were refreshed and how many could not be read.
    pub(super) fn refresh_changed(
        &self,
        cached: &[(OrganizationId, CachedRevision)],
    ) -> Result<(usize, usize), StoreError> {
        let asked = self.monotonic();
        let ids: Vec<OrganizationId> = cached.iter().map(|(id, _)| *id).collect();
        let found = self.store.revisions(&ids)?;
        let (mut refreshed, mut failed) = (0, 0);
        for ((id, cached), found) in cached.iter().zip(found) {
            match *cached {
                CachedRevision::Loaded(revision) if found == Some(revision) => {
                    self.cache.confirm(*id, revision, asked);
                }
                CachedRevision::Unavailable(seen) if found == seen => {}
                _ if self.refresh(*id).is_ok() => refreshed += 1,
                _ => failed += 1,
            }
        }
        Ok((refreshed, failed))
    }
}

fn bytes(page: &Records) -> usize {
    page.records.iter().map(|record| record.bytes.len()).sum()
}
