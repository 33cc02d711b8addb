//! The fleet: which organizations are loaded, each in a slot, and all slots swapped as a whole.
//!
//! A check reads one swapped pointer and never waits. Whoever writes (a load, a commit, a confirmation, an eviction) takes one
//! lock, for as long as it takes to copy what leads to a slot and to swap the pointer; no store is called meanwhile.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::access::{Reason, Snapshot};
use crate::directory::LoadError;
use crate::directory::flight::Flight;
use crate::id::OrganizationId;
use crate::index::{Index, Record};
use crate::model::Organization;
use crate::model::record::{Chain, Revision};
use crate::permission::Permissions;
use crate::sync::{ArcSwap, AtomicBool, AtomicU64, Mutex, MutexGuard};
use crate::table::Table;

/// The loaded organizations of a directory.
pub(super) struct Fleet<P> {
    slots: ArcSwap<Slots<P>>,
    ledger: Mutex<Ledger<P>>,
    /// The most nouns of all loaded organizations together.
    pub(super) capacity: usize,
    /// For how long what the store has confirmed is answered with.
    pub(super) max_staleness: Option<Duration>,
}

/// The slots in the order of ids, and once more where a check finds them.
struct Slots<P> {
    ordered: Table<OrganizationId, Arc<Slot<P>>>,
    index: Index<Place<P>>,
}

/// A slot by the id of its organization.
struct Place<P>(Option<(OrganizationId, Arc<Slot<P>>)>);

/// What only writers know.
struct Ledger<P> {
    /// How many nouns are loaded.
    weight: usize,
    /// Where the next sweep goes on.
    hand: Option<OrganizationId>,
    flights: BTreeMap<OrganizationId, Arc<Flight<Loaded<P>>>>,
    /// The least revision at which an organization is believed. It outlives eviction.
    floors: BTreeMap<OrganizationId, Revision>,
}

/// What is known of one organization. What becomes known later is another slot, to which the marks of this one go over.
struct Slot<P> {
    state: State<P>,
    /// In nanoseconds of the monotonic clock; moved under the lock, so that none is lost on the way to another slot.
    fresh_until: AtomicU64,
    /// Whether anybody has asked since the last sweep.
    is_used: AtomicBool,
}

/// What is known of an organization that was loaded.
pub(super) enum State<P> {
    Loaded(Loaded<P>),
    /// The store has what cannot be read here.
    Unavailable {
        error: LoadError,
        /// The first revision that opens it again.
        from: Revision,
        /// The store's revision when that was found.
        seen: Option<Revision>,
    },
}

/// What is known of an organization, as far as the store's revision can tell whether it is so still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Loaded(Revision),
    /// Nothing, since the store had this revision.
    Unavailable(Option<Revision>),
}

/// An organization as it was loaded or committed.
pub(super) struct Loaded<P> {
    pub(super) snapshot: Snapshot<P>,
    pub(super) chain: Chain,
    pub(super) size: Size,
}

/// What loading an organization anew would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
    /// The bytes of the newest checkpoint.
    pub(super) checkpoint: usize,
    /// The bytes of the records after it.
    pub(super) tail: usize,
}

impl<P> Slots<P> {
    fn new() -> Self {
        Self { ordered: Table::new(), index: Index::with_capacity(0) }
    }

    /// Computes in **O(1)** time.
    #[inline]
    fn get(&self, id: OrganizationId) -> Option<&Slot<P>> {
        let Place(place) = self.index.get(id.to_u128())?;
        place.as_ref().map(|(_, slot)| &**slot)
    }

    fn insert(&mut self, id: OrganizationId, slot: Slot<P>) {
        let slot = Arc::new(slot);
        self.index.insert(Place(Some((id, Arc::clone(&slot)))));
        self.ordered.insert(id, slot);
    }

    fn remove(&mut self, id: OrganizationId) {
        self.index.remove(id.to_u128());
        self.ordered.remove(&id);
    }
}

impl<P> Clone for Slots<P> {
    fn clone(&self) -> Self {
        Self { ordered: self.ordered.clone(), index: self.index.clone() }
    }
}

impl<P> Clone for Place<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P> Default for Place<P> {
    fn default() -> Self {
        Self(None)
    }
}

impl<P> Record for Place<P> {
    /// Whatever becomes known copies a page, and counts in it who refers to each slot.
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

impl<P> Clone for Loaded<P> {
    fn clone(&self) -> Self {
        Self { snapshot: self.snapshot.clone(), chain: self.chain.clone(), size: self.size }
    }
}

impl<P: Permissions> Loaded<P> {
    pub(super) fn organization(&self) -> &Organization {
        self.snapshot.organization()
    }

    pub(super) fn revision(&self) -> Revision {
        self.snapshot.revision()
    }
}

impl<P: Permissions> State<P> {
    fn weight(&self) -> usize {
        match self {
            Self::Loaded(loaded) => loaded.organization().nouns(),
            Self::Unavailable { .. } => 1,
        }
    }

    /// The first revision that may take its place.
    fn gives_way_to(&self) -> Revision {
        match self {
            Self::Loaded(loaded) => loaded.revision().next(),
            Self::Unavailable { from, .. } => *from,
        }
    }
}

impl<P: Permissions> Fleet<P> {
    pub(super) fn new() -> Self {
        let ledger =
            Ledger { weight: 0, hand: None, flights: BTreeMap::new(), floors: BTreeMap::new() };
        Self {
            slots: ArcSwap::from_pointee(Slots::new()),
            ledger: Mutex::new(ledger),
            capacity: usize::MAX,
            max_staleness: None,
        }
    }

    /// A panic elsewhere while the lock was held leaves at most the sum of weights wrong, and an eviction too early.
    fn ledger(&self) -> MutexGuard<'_, Ledger<P>> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the snapshot of a loaded organization something, or says why there is nobody to ask.
    pub(super) fn ask<T>(
        &self,
        id: OrganizationId,
        now: impl FnOnce() -> Duration,
        question: impl FnOnce(&Snapshot<P>) -> T,
    ) -> Result<T, Reason> {
        let answer = |state: &State<P>, is_fresh: bool| match state {
            State::Unavailable { .. } => Err(Reason::Unavailable),
            State::Loaded(_) if !is_fresh => Err(Reason::Stale),
            State::Loaded(loaded) => Ok(question(&loaded.snapshot)),
        };
        self.look(id, now, answer).unwrap_or(Err(Reason::NotLoaded))
    }

    /// Looks at what is known of an organization, and whether it is fresh; nothing if it is not loaded.
    #[inline]
    pub(super) fn look<T>(
        &self,
        id: OrganizationId,
        now: impl FnOnce() -> Duration,
        see: impl FnOnce(&State<P>, bool) -> T,
    ) -> Option<T> {
        let slots = self.slots.load();
        let slot = slots.get(id)?;
        slot.touch();
        let is_fresh = self.max_staleness.is_none() || slot.is_fresh(now());
        Some(see(&slot.state, is_fresh))
    }

    /// Every organization of which anything is known.
    pub(super) fn known(&self) -> Vec<(OrganizationId, Known)> {
        let slots = self.slots.load();
        let known = |slot: &Slot<P>| match &slot.state {
            State::Loaded(loaded) => Known::Loaded(loaded.revision()),
            State::Unavailable { seen, .. } => Known::Unavailable(*seen),
        };
        slots.ordered.iter().map(|(id, slot)| (*id, known(slot))).collect()
    }

    /// What is loaded and not unavailable, as far as it is wanted by its size.
    pub(super) fn sized(&self, is_wanted: impl Fn(Size) -> bool) -> Vec<Loaded<P>> {
        let slots = self.slots.load();
        let loaded = |slot: &Arc<Slot<P>>| match &slot.state {
            State::Loaded(loaded) if is_wanted(loaded.size) => Some(loaded.clone()),
            State::Loaded(_) | State::Unavailable { .. } => None,
        };
        slots.ordered.values().filter_map(loaded).collect()
    }

    /// Makes an organization that is loaded visible unless something newer is, and notes that the store had nothing newer
    /// when it was asked. Says whether it was loaded: if it was evicted meanwhile, something newer may have been with it,
    /// and nothing is done.
    pub(super) fn publish(&self, loaded: &Loaded<P>, asked: Duration) -> bool {
        self.show(loaded, asked, false)
    }

    /// The same for whoever loads it [once](Self::load_once): nothing of it was there when the store was asked, and nobody
    /// else brings it in.
    pub(super) fn admit(&self, loaded: &Loaded<P>, asked: Duration) {
        self.show(loaded, asked, true);
    }

    fn show(&self, loaded: &Loaded<P>, asked: Duration, is_loader: bool) -> bool {
        let (id, revision) = (loaded.organization().id(), loaded.revision());
        let is_there = self.put(id, State::Loaded(loaded.clone()), revision, is_loader);
        self.confirm(id, revision, asked);
        is_there
    }

    /// Answers nothing more for an organization that is loaded at `loaded`, until there is something that can be read: the
    /// same again after the store went back, or else something newer.
    pub(super) fn shut(
        &self,
        id: OrganizationId,
        error: LoadError,
        loaded: Revision,
        seen: Option<Revision>,
    ) {
        let went_back = matches!(error, LoadError::WentBack { .. });
        let from = if went_back { loaded } else { loaded.next() };
        self.put(id, State::Unavailable { error, from, seen }, loaded.next(), false);
    }

    /// Believes an organization at `least` or later from now on, and forgets what is loaded if it
    /// is older.
    pub(super) fn expect(&self, id: OrganizationId, least: Revision) {
        let mut ledger = self.ledger();
        let floor = ledger.floors.entry(id).or_insert(least);
        *floor = least.max(*floor);
        let slots = self.slots.load();
        if let Some(slot) = slots.get(id)
            && let State::Loaded(loaded) = &slot.state
            && loaded.revision() < least
        {
            ledger.weight = ledger.weight.saturating_sub(slot.state.weight());
            let mut slots = Slots::clone(&slots);
            slots.remove(id);
            self.slots.store(Arc::new(slots));
        }
    }

    /// The least revision at which an organization is believed.
    pub(super) fn floor(&self, id: OrganizationId) -> Revision {
        self.ledger().floors.get(&id).copied().unwrap_or(Revision::NONE)
    }

    /// Puts a state in the place of an older one, a loader's also where there is none. Says whether there is a place then.
    /// There is none for what is older than [expected](Self::expect).
    fn put(
        &self,
        id: OrganizationId,
        state: State<P>,
        revision: Revision,
        is_loader: bool,
    ) -> bool {
        let mut ledger = self.ledger();
        let floor = ledger.floors.get(&id).copied();
        let is_below = match &state {
            State::Loaded(loaded) => floor.is_some_and(|floor| loaded.revision() < floor),
            State::Unavailable { .. } => false,
        };
        let mut slots = Slots::clone(&self.slots.load());
        let weight = state.weight();
        let slot = match slots.get(id) {
            None if !is_loader || is_below => return false,
            None => Some(Slot::new(state)),
            Some(before) if before.state.gives_way_to() <= revision && !is_below => {
                ledger.weight = ledger.weight.saturating_sub(before.state.weight());
                Some(before.next(state))
            }
            Some(_) => None,
        };
        if let Some(slot) = slot {
            ledger.weight = ledger.weight.saturating_add(weight);
            slots.insert(id, slot);
            self.slots.store(Arc::new(slots));
        }
        self.sweep(&mut ledger, id);
        true
    }

    /// Notes that the store had nothing newer than `revision` when it was asked.
    pub(super) fn confirm(&self, id: OrganizationId, revision: Revision, asked: Duration) {
        let Some(max) = self.max_staleness else { return };
        let _ledger = self.ledger();
        if let Some(slot) = self.slots.load().get(id)
            && let State::Loaded(loaded) = &slot.state
            && loaded.revision() >= revision
        {
            slot.fresh_until.fetch_max(nanoseconds(asked.saturating_add(max)), Ordering::Release);
        }
    }

    /// Notes that a checkpoint was made of what `loaded` shows.
    pub(super) fn shrunk(&self, loaded: &Loaded<P>, checkpoint: usize) {
        let _ledger = self.ledger();
        let id = loaded.organization().id();
        let mut slots = Slots::clone(&self.slots.load());
        if let Some(slot) = slots.get(id)
            && let State::Loaded(present) = &slot.state
        {
            let tail = present.size.tail.saturating_sub(loaded.size.tail);
            let size = Size { checkpoint, tail };
            let slot = slot.next(State::Loaded(Loaded { size, ..present.clone() }));
            slots.insert(id, slot);
            self.slots.store(Arc::new(slots));
        }
    }

    /// Loads an organization once, however many ask for it at the same time, and whether it was this caller who did.
    pub(super) fn load_once(
        &self,
        id: OrganizationId,
        load: impl FnOnce() -> Result<Loaded<P>, LoadError>,
    ) -> (Result<Loaded<P>, LoadError>, bool) {
        let mut ledger = self.ledger();
        if let Some(flight) = ledger.flights.get(&id).cloned() {
            drop(ledger);
            return (flight.wait().unwrap_or(Err(LoadError::Abandoned(id))), false);
        }
        // Somebody may have landed between the look at the slot and here.
        if let Some(slot) = self.slots.load().get(id)
            && let State::Loaded(loaded) = &slot.state
        {
            return (Ok(loaded.clone()), false);
        }
        let flight = Arc::new(Flight::new());
        ledger.flights.insert(id, Arc::clone(&flight));
        drop(ledger);
        let landing = Landing { fleet: self, id, flight };
        let outcome = load();
        landing.flight.land(outcome.clone());
        (outcome, true)
    }

    /// Evicts what nobody has asked for since the last sweep, until there is room or nothing is left but `keep`, which the
    /// sweep makes room for and which it passes by.
    fn sweep(&self, ledger: &mut Ledger<P>, keep: OrganizationId) {
        if ledger.weight <= self.capacity {
            return;
        }
        let mut slots = Slots::clone(&self.slots.load());
        // Once around to take the marks off, and once more to find what was left without; the turn back to the start takes
        // a turn as well.
        let mut turns = 2 * (slots.ordered.len() + 1);
        while ledger.weight > self.capacity && turns > 0 {
            turns -= 1;
            let after = ledger.hand.map_or(Bound::Unbounded, Bound::Excluded);
            let next = slots
                .ordered
                .range((after, Bound::Unbounded))
                .next()
                .map(|(id, slot)| (*id, Arc::clone(slot)));
            ledger.hand = next.as_ref().map(|(id, _)| *id);
            let Some((id, slot)) = next else { continue };
            let is_needed = id == keep || ledger.flights.contains_key(&id);
            if is_needed || slot.is_used.swap(false, Ordering::Relaxed) {
                continue;
            }
            ledger.weight = ledger.weight.saturating_sub(slot.state.weight());
            slots.remove(id);
        }
        self.slots.store(Arc::new(slots));
    }
}

impl<P> Fleet<P> {
    /// How many organizations are loaded.
    pub(super) fn len(&self) -> usize {
        self.slots.load().ordered.len()
    }
}

impl<P> Slot<P> {
    /// Of an organization that is loaded now.
    fn new(state: State<P>) -> Self {
        Self { state, fresh_until: AtomicU64::new(0), is_used: AtomicBool::new(true) }
    }

    /// The slot in the place of this one, as fresh and as much used. Whoever holds the lock makes it.
    fn next(&self, state: State<P>) -> Self {
        let fresh_until = AtomicU64::new(self.fresh_until.load(Ordering::Acquire));
        let is_used = AtomicBool::new(self.is_used.load(Ordering::Relaxed));
        Self { state, fresh_until, is_used }
    }

    /// Written only if it says otherwise: a store to a line that every thread reads is dear.
    fn touch(&self) {
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
    }

    fn is_fresh(&self, now: Duration) -> bool {
        nanoseconds(now) < self.fresh_until.load(Ordering::Acquire)
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Ends a flight however the load ends, so that nobody waits for a loader that panicked.
struct Landing<'f, P: Permissions> {
    fleet: &'f Fleet<P>,
    id: OrganizationId,
    flight: Arc<Flight<Loaded<P>>>,
}

impl<P: Permissions> Drop for Landing<'_, P> {
    fn drop(&mut self) {
        let mut ledger = self.fleet.ledger();
        ledger.flights.remove(&self.id);
        // Sweeps for others passed it by.
        self.fleet.sweep(&mut ledger, self.id);
        drop(ledger);
        self.flight.abandon();
    }
}
