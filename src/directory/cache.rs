//! Cache: the organizations that are loaded, all in one structure that is swapped as a whole.
//!
//! A check reads one swapped pointer and never waits. A writer (a load, a commit, a confirmation, an
//! eviction) holds one lock for as long as it takes to copy the path to one entry and to swap the
//! pointer. No store is called meanwhile.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::directory::cache_entry::{CacheEntries, CacheEntry, CacheState, CachedRevision};
use crate::directory::error::LoadError;
use crate::directory::loaded::{LoadedOrganization, StoredSize};
use crate::directory::single_flight::SingleFlight;
use crate::id::OrganizationId;
use crate::model::record::Revision;
use crate::permission::Permissions;
use crate::sync::{ArcSwap, Mutex, MutexGuard};

/// The loaded organizations of a directory.
pub(super) struct OrganizationCache<P> {
    entries: ArcSwap<CacheEntries<P>>,
    writer: Mutex<WriterState<P>>,
    /// The most objects of all loaded organizations together.
    pub(super) capacity: usize,
    /// For how long a revision is answered with after the store has confirmed it. `None` without
    /// limit.
    pub(super) max_staleness: Option<Duration>,
}

/// The state that writers share.
struct WriterState<P> {
    /// How many objects are loaded.
    weight: usize,
    /// The clock hand: the organization that the last sweep stopped at.
    hand: Option<OrganizationId>,
    flights: BTreeMap<OrganizationId, Arc<SingleFlight<LoadedOrganization<P>>>>,
    /// The lowest revision that is accepted from the store, by organization. Survives eviction.
    floors: BTreeMap<OrganizationId, Revision>,
}

/// What to do with the state of an organization that has no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IfAbsent {
    Insert,
    Ignore,
}

impl<P: Permissions> OrganizationCache<P> {
    pub(super) fn new() -> Self {
        let (flights, floors) = (BTreeMap::new(), BTreeMap::new());
        let writer = WriterState { weight: 0, hand: None, flights, floors };
        Self {
            entries: ArcSwap::from_pointee(CacheEntries::new()),
            writer: Mutex::new(writer),
            capacity: usize::MAX,
            max_staleness: None,
        }
    }

    /// Takes the writer's lock. A panic of another writer leaves at most the weight wrong, which
    /// costs an eviction too many or too few.
    fn writer(&self) -> MutexGuard<'_, WriterState<P>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the state of an organization to `see`, and whether it is fresh. `None` if the
    /// organization is not cached.
    #[inline]
    pub(super) fn look<T>(
        &self,
        id: OrganizationId,
        now: impl FnOnce() -> Duration,
        see: impl FnOnce(&CacheState<P>, bool) -> T,
    ) -> Option<T> {
        let entries = self.entries.load();
        let entry = entries.get(id)?;
        entry.touch();
        let is_fresh = self.max_staleness.is_none() || entry.is_fresh(now());
        Some(see(&entry.state, is_fresh))
    }

    /// Every cached organization with its revision.
    pub(super) fn revisions(&self) -> Vec<(OrganizationId, CachedRevision)> {
        let entries = self.entries.load();
        entries.ordered.iter().map(|(id, entry)| (*id, entry.state.revision())).collect()
    }

    /// The loaded organizations whose stored size meets a condition.
    pub(super) fn loaded_where(
        &self,
        condition: impl Fn(StoredSize) -> bool,
    ) -> Vec<LoadedOrganization<P>> {
        let entries = self.entries.load();
        let loaded = |entry: &Arc<CacheEntry<P>>| match &entry.state {
            CacheState::Loaded(loaded) if condition(loaded.size) => Some(loaded.clone()),
            CacheState::Loaded(_) | CacheState::Unavailable { .. } => None,
        };
        entries.ordered.values().filter_map(loaded).collect()
    }

    /// Replaces an older revision of a cached organization, and notes that the store had nothing
    /// newer at `asked`.
    ///
    /// Returns false if the organization is not cached. A newer revision may then have been
    /// evicted, so nothing is inserted.
    pub(super) fn update(&self, loaded: &LoadedOrganization<P>, asked: Duration) -> bool {
        self.put_loaded(loaded, asked, IfAbsent::Ignore)
    }

    /// As [`update`](Self::update), and inserts the organization if it is not cached. Only
    /// within [`load_once`](Self::load_once): no other thread can have cached and evicted it since
    /// the store was asked.
    pub(super) fn insert_loaded(&self, loaded: &LoadedOrganization<P>, asked: Duration) {
        self.put_loaded(loaded, asked, IfAbsent::Insert);
    }

    fn put_loaded(
        &self,
        loaded: &LoadedOrganization<P>,
        asked: Duration,
        if_absent: IfAbsent,
    ) -> bool {
        let (id, revision) = (loaded.id(), loaded.revision());
        let is_cached = self.put(id, CacheState::Loaded(loaded.clone()), revision, if_absent);
        self.confirm(id, revision, asked);
        is_cached
    }

    /// Answers no more for an organization that is loaded at `loaded`, until a revision can be read
    /// again: that very revision if the store went back, or else a newer one.
    pub(super) fn mark_unavailable(
        &self,
        id: OrganizationId,
        error: LoadError,
        loaded: Revision,
        seen: Option<Revision>,
    ) {
        let went_back = matches!(error, LoadError::WentBack { .. });
        let from = if went_back { loaded } else { loaded.next() };
        let state = CacheState::Unavailable { error, from, seen };
        self.put(id, state, loaded.next(), IfAbsent::Ignore);
    }

    /// Accepts no revision below `least` from now on, and evicts the organization if it is older.
    pub(super) fn raise_floor(&self, id: OrganizationId, least: Revision) {
        let mut writer = self.writer();
        let floor = writer.floors.entry(id).or_insert(least);
        *floor = least.max(*floor);
        let entries = self.entries.load();
        if let Some(entry) = entries.get(id)
            && let CacheState::Loaded(loaded) = &entry.state
            && loaded.revision() < least
        {
            writer.weight = writer.weight.saturating_sub(entry.state.weight());
            let mut entries = CacheEntries::clone(&entries);
            entries.remove(id);
            self.entries.store(Arc::new(entries));
        }
    }

    /// The lowest revision that is accepted from the store.
    pub(super) fn floor(&self, id: OrganizationId) -> Revision {
        self.writer().floors.get(&id).copied().unwrap_or(Revision::NONE)
    }

    /// Replaces an older state. Returns whether the organization is cached afterwards. A loaded
    /// state below the floor is never put.
    fn put(
        &self,
        id: OrganizationId,
        state: CacheState<P>,
        revision: Revision,
        if_absent: IfAbsent,
    ) -> bool {
        let mut writer = self.writer();
        let floor = writer.floors.get(&id).copied();
        let is_below = match &state {
            CacheState::Loaded(loaded) => floor.is_some_and(|floor| loaded.revision() < floor),
            CacheState::Unavailable { .. } => false,
        };
        let mut entries = CacheEntries::clone(&self.entries.load());
        let weight = state.weight();
        let entry = match entries.get(id) {
            None if if_absent == IfAbsent::Ignore || is_below => return false,
            None => Some(CacheEntry::new(state)),
            Some(before) if before.state.superseded_at() <= revision && !is_below => {
                writer.weight = writer.weight.saturating_sub(before.state.weight());
                Some(before.with_state(state))
            }
            Some(_) => None,
        };
        if let Some(entry) = entry {
            writer.weight = writer.weight.saturating_add(weight);
            entries.insert(id, entry);
            self.entries.store(Arc::new(entries));
        }
        self.sweep(&mut writer, id);
        true
    }

    /// Notes that the store had nothing newer than `revision` at `asked`.
    pub(super) fn confirm(&self, id: OrganizationId, revision: Revision, asked: Duration) {
        let Some(max_staleness) = self.max_staleness else { return };
        let _writer = self.writer();
        if let Some(entry) = self.entries.load().get(id)
            && let CacheState::Loaded(loaded) = &entry.state
            && loaded.revision() >= revision
        {
            entry.confirm(asked.saturating_add(max_staleness));
        }
    }

    /// Notes the size of a checkpoint that was made of `loaded`.
    pub(super) fn record_checkpoint(&self, loaded: &LoadedOrganization<P>, checkpoint: usize) {
        let _writer = self.writer();
        let id = loaded.id();
        let mut entries = CacheEntries::clone(&self.entries.load());
        if let Some(entry) = entries.get(id)
            && let CacheState::Loaded(present) = &entry.state
        {
            let tail = present.size.tail.saturating_sub(loaded.size.tail);
            let size = StoredSize { checkpoint, tail };
            let state = CacheState::Loaded(LoadedOrganization { size, ..present.clone() });
            let entry = entry.with_state(state);
            entries.insert(id, entry);
            self.entries.store(Arc::new(entries));
        }
    }

    /// Runs `load`, or waits for another thread that loads the same organization. Returns the
    /// outcome, and whether it was this call that ran `load`.
    pub(super) fn load_once(
        &self,
        id: OrganizationId,
        load: impl FnOnce() -> Result<LoadedOrganization<P>, LoadError>,
    ) -> (Result<LoadedOrganization<P>, LoadError>, bool) {
        let mut writer = self.writer();
        if let Some(flight) = writer.flights.get(&id).cloned() {
            drop(writer);
            return (flight.wait().unwrap_or(Err(LoadError::Abandoned(id))), false);
        }
        // Another thread may have finished a load since the caller looked.
        if let Some(entry) = self.entries.load().get(id)
            && let CacheState::Loaded(loaded) = &entry.state
        {
            return (Ok(loaded.clone()), false);
        }
        let flight = Arc::new(SingleFlight::new());
        writer.flights.insert(id, Arc::clone(&flight));
        drop(writer);
        let guard = FlightGuard { cache: self, id, flight };
        let outcome = load();
        guard.flight.finish(outcome.clone());
        (outcome, true)
    }

    /// Clock eviction: evicts organizations unused since the last sweep until the cache fits its
    /// capacity. Never evicts `keep`, for which the sweep makes room, nor what is being loaded.
    fn sweep(&self, writer: &mut WriterState<P>, keep: OrganizationId) {
        if writer.weight <= self.capacity {
            return;
        }
        let mut entries = CacheEntries::clone(&self.entries.load());
        // One round clears the marks, a second one finds the entries without a mark. Going back to
        // the start takes a turn as well.
        let mut turns = 2 * (entries.ordered.len() + 1);
        while writer.weight > self.capacity && turns > 0 {
            turns -= 1;
            let after = writer.hand.map_or(Bound::Unbounded, Bound::Excluded);
            let next = entries
                .ordered
                .range((after, Bound::Unbounded))
                .next()
                .map(|(id, entry)| (*id, Arc::clone(entry)));
            writer.hand = next.as_ref().map(|(id, _)| *id);
            let Some((id, entry)) = next else { continue };
            let is_needed = id == keep || writer.flights.contains_key(&id);
            if is_needed || entry.clear_used() {
                continue;
            }
            writer.weight = writer.weight.saturating_sub(entry.state.weight());
            entries.remove(id);
        }
        self.entries.store(Arc::new(entries));
    }
}

impl<P> OrganizationCache<P> {
    /// How many organizations are cached.
    pub(super) fn len(&self) -> usize {
        self.entries.load().ordered.len()
    }
}

/// Ends a flight however the load ends, so that no thread waits for a loader that panicked.
struct FlightGuard<'f, P: Permissions> {
    cache: &'f OrganizationCache<P>,
    id: OrganizationId,
    flight: Arc<SingleFlight<LoadedOrganization<P>>>,
}

impl<P: Permissions> Drop for FlightGuard<'_, P> {
    fn drop(&mut self) {
        let mut writer = self.cache.writer();
        writer.flights.remove(&self.id);
        // Sweeps for other organizations did not evict this one while it was being loaded.
        self.cache.sweep(&mut writer, self.id);
        drop(writer);
        self.flight.abandon();
    }
}
