//! [`IndexPage`]: the slots of an index, and the rotations that keep collisions rare.
//!
//! The home of a record, the slot where a look-up begins, is its hash rotated by some bits. Four
//! slots share one such rotation. A record that finds its home occupied makes the page choose
//! another rotation for all records that share it, so that as few of them as possible collide.
//! Nearly every record is then in its home: the processor predicts that the first probe succeeds,
//! and waits for one cache line instead of two. (The idea is hash displacement: Belazzougui,
//! Botelho and Dietzfelbinger, 2009.) A record that still collides takes the next free slot, by
//! linear probing.

use std::mem;

use crate::index::hash::{hash, low};
use crate::index::record::IndexRecord;

/// The number of slots that share a rotation.
pub(super) const SLOTS_PER_ROTATION: usize = 4;
/// The number of slots among which the records of one rotation have their homes, if there are that
/// many.
const WINDOW: usize = 64;

/// The number of the rotation of a hash, in a page whose last slot has the number `last`.
#[inline]
pub(super) const fn rotation_of(hash: u64, last: usize) -> usize {
    low(hash >> 32) & (last / SLOTS_PER_ROTATION)
}

/// The home of a hash: the slot where a look-up begins.
#[inline]
pub(super) const fn home(hash: u64, rotation: u8, last: usize) -> usize {
    let window = rotation_of(hash, last) * SLOTS_PER_ROTATION;
    window.wrapping_add(step(hash, rotation)) & last
}

/// The position of a home in its window.
#[inline]
const fn step(hash: u64, rotation: u8) -> usize {
    low(hash.rotate_right(rotation as u32)) % WINDOW
}

/// The record with an id, which is nearly always in its home.
#[inline]
pub(super) fn find<R: IndexRecord>(slots: &[R], home: usize, id: u128) -> Option<&R> {
    let first = slots.get(home)?;
    // A free slot has an id too, 0.
    if first.id() == id && first.is_taken() {
        return Some(first);
    }
    find_by_probing(slots, home, id)
}

/// The record with an id that is not in its home.
#[inline(never)]
fn find_by_probing<R: IndexRecord>(slots: &[R], home: usize, id: u128) -> Option<&R> {
    let last = slots.len().wrapping_sub(1);
    let mut slot = home;
    loop {
        slot = slot.wrapping_add(1) & last;
        let record = slots.get(slot)?;
        if record.id() == id && record.is_taken() {
            return Some(record);
        }
        if !record.is_taken() || slot == home {
            return None;
        }
    }
}

/// The number of records in a page.
pub(super) fn count_taken<R: IndexRecord>(slots: &[R]) -> usize {
    slots.iter().filter(|record| record.is_taken()).count()
}

/// The slots and rotations of a page, for a change.
pub(super) struct IndexPage<'p, R> {
    pub(super) seeds: [u64; 2],
    /// A power of two.
    pub(super) slots: &'p mut [R],
    /// One for every [`SLOTS_PER_ROTATION`] slots, and at least one.
    pub(super) rotations: &'p mut [u8],
}

impl<R: IndexRecord> IndexPage<'_, R> {
    /// Inserts a record, or replaces the one with its id, if there is room for it.
    pub(super) fn insert(&mut self, record: R) {
        let id = record.id();
        let is_displaced =
            self.slot(id).is_some_and(|slot| slot != self.home(id) && !self.is_taken(slot));
        if is_displaced {
            self.choose_rotation(id);
        }
        self.store(record);
    }

    /// Removes the record with an id. Records after it move up, so that no probe stops at the hole.
    pub(super) fn remove(&mut self, id: u128) -> Option<R> {
        let mut hole = self.slot(id).filter(|slot| self.is_taken(*slot))?;
        let record = self.slots.get_mut(hole).map(mem::take);
        let last = self.last();
        let from = |start: usize, slot: usize| slot.wrapping_sub(start) & last;
        for slot in probe(self.slots.len(), hole).skip(1) {
            let Some(next) = self.slots.get(slot).filter(|next| next.is_taken()) else { break };
            if from(self.home(next.id()), slot) >= from(hole, slot) {
                self.slots.swap(hole, slot);
                hole = slot;
            }
        }
        record
    }

    /// Stores a record in its slot, or in the first free one.
    fn store(&mut self, record: R) {
        if let Some(to) = self.slot(record.id()).and_then(|slot| self.slots.get_mut(slot)) {
            *to = record;
        }
    }

    /// Chooses the rotation that a new id shares so that the fewest records collide.
    fn choose_rotation(&mut self, id: u128) {
        let (last, new) = (self.last(), hash(self.seeds, id));
        let number = rotation_of(new, last);
        let (ids, hashes, others) = self.sharing(number);
        let collisions = |rotation: u8| {
            let mut occupied = others;
            let mut collisions = 0;
            for hash in hashes.iter().chain([&new]) {
                let here = 1_u64 << (step(*hash, rotation) & last);
                collisions += u32::from(occupied & here != 0);
                occupied |= here;
            }
            collisions
        };
        let Some(before) = self.rotations.get(number).copied() else { return };
        let (mut rotation, mut fewest) = (before, collisions(before));
        for other in 0..64 {
            let collisions = collisions(other);
            if collisions < fewest {
                (rotation, fewest) = (other, collisions);
            }
            if fewest == 0 {
                break;
            }
        }
        if rotation != before {
            let moved: Vec<_> = ids.into_iter().filter_map(|id| self.remove(id)).collect();
            if let Some(to) = self.rotations.get_mut(number) {
                *to = rotation;
            }
            for record in moved {
                self.store(record);
            }
        }
    }

    /// The ids and hashes of the records with a rotation, and the slots of its window that other
    /// records occupy.
    fn sharing(&self, rotation: usize) -> (Vec<u128>, Vec<u64>, u64) {
        let (mut ids, mut hashes, mut others) = (Vec::new(), Vec::new(), 0);
        // They are in the window, or displaced into the slots right after it.
        for (step, slot) in probe(self.slots.len(), rotation * SLOTS_PER_ROTATION).enumerate() {
            let record = self.slots.get(slot).filter(|record| record.is_taken());
            match record.map(|record| (record.id(), hash(self.seeds, record.id()))) {
                Some((id, hash)) if rotation_of(hash, self.last()) == rotation => {
                    ids.push(id);
                    hashes.push(hash);
                }
                Some(_) if step < WINDOW => others |= 1_u64 << step,
                None if step >= WINDOW => break,
                _ => {}
            }
        }
        (ids, hashes, others)
    }

    /// The slot of an id, or else the free slot where it would be stored.
    fn slot(&self, id: u128) -> Option<usize> {
        let is_its = |here: &R| !here.is_taken() || here.id() == id;
        let mut slots = probe(self.slots.len(), self.home(id));
        slots.find(|slot| self.slots.get(*slot).is_some_and(is_its))
    }

    fn home(&self, id: u128) -> usize {
        let (hash, last) = (hash(self.seeds, id), self.last());
        let rotation = self.rotations.get(rotation_of(hash, last)).copied().unwrap_or_default();
        home(hash, rotation, last)
    }

    fn is_taken(&self, slot: usize) -> bool {
        self.slots.get(slot).is_some_and(IndexRecord::is_taken)
    }

    const fn last(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }
}

/// All slots in probing order from `start`; their number is a power of two.
fn probe(slots: usize, start: usize) -> impl Iterator<Item = usize> {
    (0..slots).map(move |step| start.wrapping_add(step) & (slots - 1))
}
