//! Cache entries: the state of one cached organization, and the structure that finds it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::directory::error::LoadError;
use crate::directory::loaded::LoadedOrganization;
use crate::id::OrganizationId;
use crate::index::{Index, IndexRecord};
use crate::model::record::Revision;
use crate::permission::Permissions;
use crate::sync::{AtomicBool, AtomicU64};
use crate::table::Table;

/// All entries: in the order of ids for sweeps, and in a hash index for checks.
///
/// A clone shares everything that does not change afterwards.
pub(super) struct CacheEntries<P> {
    pub(super) ordered: Table<OrganizationId, Arc<CacheEntry<P>>>,
    index: Index<IndexedEntry<P>>,
}

/// One slot of the hash index. `None` if it is free.
struct IndexedEntry<P>(Option<(OrganizationId, Arc<CacheEntry<P>>)>);

/// One cached organization. A new state makes a new entry, which takes over the two marks.
pub(super) struct CacheEntry<P> {
    pub(super) state: CacheState<P>,
    /// In nanoseconds of the monotonic clock. Written under the lock only, so that no confirmation
    /// is lost on the way to a new entry.
    fresh_until: AtomicU64,
    /// Whether the organization was asked about since the last sweep.
    is_used: AtomicBool,
}

/// Whether a cached organization can be read.
pub(super) enum CacheState<P> {
    Loaded(LoadedOrganization<P>),
    /// The store has a revision that this process cannot read.
    Unavailable {
        error: LoadError,
        /// The first revision that makes the organization available again.
        from: Revision,
        /// The store's revision when the error was found.
        seen: Option<Revision>,
    },
}

/// The revision at which an entry was made, to be compared with the store's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CachedRevision {
    Loaded(Revision),
    /// Unavailable since the store had this revision. `None` if it had none.
    Unavailable(Option<Revision>),
}

impl<P> CacheEntries<P> {
    pub(super) fn new() -> Self {
        Self { ordered: Table::new(), index: Index::with_capacity(0) }
    }

    /// Computes in **O(1)** time.
    #[inline]
    pub(super) fn get(&self, id: OrganizationId) -> Option<&CacheEntry<P>> {
        let IndexedEntry(indexed) = self.index.get(id.to_u128())?;
        indexed.as_ref().map(|(_, entry)| &**entry)
    }

    pub(super) fn insert(&mut self, id: OrganizationId, entry: CacheEntry<P>) {
        let entry = Arc::new(entry);
        self.index.insert(IndexedEntry(Some((id, Arc::clone(&entry)))));
        self.ordered.insert(id, entry);
    }

    pub(super) fn remove(&mut self, id: OrganizationId) {
        self.index.remove(id.to_u128());
        self.ordered.remove(&id);
    }
}

impl<P> Clone for CacheEntries<P> {
    fn clone(&self) -> Self {
        Self { ordered: self.ordered.clone(), index: self.index.clone() }
    }
}

impl<P> Clone for IndexedEntry<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P> Default for IndexedEntry<P> {
    fn default() -> Self {
        Self(None)
    }
}

impl<P> IndexRecord for IndexedEntry<P> {
    /// Small pages: every write copies a page and increments the count of each entry in it.
    const SMALL: usize = 8 * 1024;

    #[inline]
    fn id(&self) -> u128 {
        self.0.as_ref().map_or(0, |(id, _)| id.to_u128())
    }

    #[inline]
    fn is_taken(&self) -> bool {
        self.0.is_some()
    }
}

impl<P: Permissions> CacheState<P> {
    /// How much of the cache's capacity the entry takes, in objects.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Loaded(loaded) => loaded.organization().object_count(),
            Self::Unavailable { .. } => 1,
        }
    }

    /// The first revision that may replace this state.
    pub(super) fn superseded_at(&self) -> Revision {
        match self {
            Self::Loaded(loaded) => loaded.revision().next(),
            Self::Unavailable { from, .. } => *from,
        }
    }

    pub(super) fn revision(&self) -> CachedRevision {
        match self {
            Self::Loaded(loaded) => CachedRevision::Loaded(loaded.revision()),
            Self::Unavailable { seen, .. } => CachedRevision::Unavailable(*seen),
        }
    }
}

impl<P> CacheEntry<P> {
    /// The entry of an organization that has just been loaded.
    pub(super) fn new(state: CacheState<P>) -> Self {
        Self { state, fresh_until: AtomicU64::new(0), is_used: AtomicBool::new(true) }
    }

    /// An entry with another state and the marks of this one. The caller holds the writer's lock.
    pub(super) fn with_state(&self, state: CacheState<P>) -> Self {
        let fresh_until = AtomicU64::new(self.fresh_until.load(Ordering::Acquire));
        let is_used = AtomicBool::new(self.is_used.load(Ordering::Relaxed));
        Self { state, fresh_until, is_used }
    }

    /// Marks the entry as used. Writes only if it is not marked yet: a write would take the cache
    /// line away from every other thread.
    #[inline]
    pub(super) fn touch(&self) {
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
    }

    /// Clears the mark, and returns whether it was set.
    pub(super) fn clear_used(&self) -> bool {
        self.is_used.swap(false, Ordering::Relaxed)
    }

    pub(super) fn is_fresh(&self, now: Duration) -> bool {
        nanoseconds(now) < self.fresh_until.load(Ordering::Acquire)
    }

    /// Notes that the entry was confirmed and stays fresh until `until`.
    pub(super) fn confirm(&self, until: Duration) {
        self.fresh_until.fetch_max(nanoseconds(until), Ordering::Release);
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
