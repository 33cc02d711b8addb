//! Page: slots of an index, and by how much hashes are turned on the way to them.
//!
//! Where a record is looked for first is said by its hash, turned by as many bits as a small number says that four slots
//! share. Whoever finds somebody else there has all those turned otherwise whose hashes share the number, so that hardly
//! anybody is not where it is looked for first: a processor foresees that the first look finds it, and waits for one cache
//! line instead of two. (The idea is that of displacements: Belazzougui, Botelho and Dietzfelbinger, 2009.) Whoever cannot
//! be helped goes to the next free slot.

use std::mem;

use crate::index::{Record, hash, low};

/// How many slots there are for each turn.
pub(super) const SHARE: usize = 4;
/// Among how many slots those who share a turn are put, if there are so many.
const WINDOW: usize = 64;

/// The number of the turn that a hash shares, in a page whose last slot has this number.
#[inline]
pub(super) const fn share(hash: u64, last: usize) -> usize {
    low(hash >> 32) & (last / SHARE)
}

/// The slot where a record of a hash is looked for first.
#[inline]
pub(super) const fn home(hash: u64, turn: u8, last: usize) -> usize {
    let window = share(hash, last) * SHARE;
    window.wrapping_add(step(hash, turn)) & last
}

/// How far into its window a hash leads.
#[inline]
const fn step(hash: u64, turn: u8) -> usize {
    low(hash.rotate_right(turn as u32)) % WINDOW
}

/// The record with an id, which is nearly always where it is looked for first.
#[inline]
pub(super) fn found<R: Record>(slots: &[R], home: usize, id: u128) -> Option<&R> {
    let first = slots.get(home)?;
    // A free slot has an id too.
    if first.id() == id && first.is_taken() {
        return Some(first);
    }
    further(slots, home, id)
}

/// The record with an id that is not where it is looked for first.
#[inline(never)]
fn further<R: Record>(slots: &[R], home: usize, id: u128) -> Option<&R> {
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

/// How many records there are in a page.
pub(super) fn taken<R: Record>(slots: &[R]) -> usize {
    slots.iter().filter(|record| record.is_taken()).count()
}

/// A page that is being changed.
pub(super) struct Page<'p, R> {
    pub(super) seeds: [u64; 2],
    /// A power of two.
    pub(super) slots: &'p mut [R],
    /// One for every [`SHARE`] slots, and at least one.
    pub(super) turns: &'p mut [u8],
}

impl<R: Record> Page<'_, R> {
    /// Puts a record in, in place of the one with its id, if there is room for it.
    pub(super) fn put(&mut self, record: R) {
        let id = record.id();
        let is_crowded_out =
            self.slot(id).is_some_and(|slot| slot != self.home(id) && !self.is_taken(slot));
        if is_crowded_out {
            self.turn(id);
        }
        self.place(record);
    }

    /// Takes the record with an id out; those after it move up, so that every probe finds what it looks for.
    pub(super) fn take(&mut self, id: u128) -> Option<R> {
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

    /// Puts a record into the first slot that is free, or its own.
    fn place(&mut self, record: R) {
        if let Some(to) = self.slot(record.id()).and_then(|slot| self.slots.get_mut(slot)) {
            *to = record;
        }
    }

    /// Turns the hashes of those who share a turn with a new id so that the fewest of them find somebody else where they are
    /// looked for first.
    fn turn(&mut self, id: u128) {
        let (last, new) = (self.last(), hash(self.seeds, id));
        let share = share(new, last);
        let (ids, hashes, others) = self.sharing(share);
        let crowded = |turn: u8| {
            let mut occupied = others;
            let mut crowded = 0;
            for hash in hashes.iter().chain([&new]) {
                let here = 1_u64 << (step(*hash, turn) & last);
                crowded += u32::from(occupied & here != 0);
                occupied |= here;
            }
            crowded
        };
        let Some(before) = self.turns.get(share).copied() else { return };
        let (mut turn, mut fewest) = (before, crowded(before));
        for other in 0..64 {
            let crowded = crowded(other);
            if crowded < fewest {
                (turn, fewest) = (other, crowded);
            }
            if fewest == 0 {
                break;
            }
        }
        if turn != before {
            let moved: Vec<_> = ids.into_iter().filter_map(|id| self.take(id)).collect();
            if let Some(to) = self.turns.get_mut(share) {
                *to = turn;
            }
            for record in moved {
                self.place(record);
            }
        }
    }

    /// Who shares a turn, with their hashes; and which slots of the window the others have.
    fn sharing(&self, shared: usize) -> (Vec<u128>, Vec<u64>, u64) {
        let (mut ids, mut hashes, mut others) = (Vec::new(), Vec::new(), 0);
        // They are in the window, or were crowded out of it into the slots right after it.
        for (step, slot) in probe(self.slots.len(), shared * SHARE).enumerate() {
            let record = self.slots.get(slot).filter(|record| record.is_taken());
            match record.map(|record| (record.id(), hash(self.seeds, record.id()))) {
                Some((id, hash)) if share(hash, self.last()) == shared => {
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

    /// The slot of an id, or else the free one where it would be put.
    fn slot(&self, id: u128) -> Option<usize> {
        let is_its = |here: &R| !here.is_taken() || here.id() == id;
        let mut slots = probe(self.slots.len(), self.home(id));
        slots.find(|slot| self.slots.get(*slot).is_some_and(is_its))
    }

    fn home(&self, id: u128) -> usize {
        let (hash, last) = (hash(self.seeds, id), self.last());
        let turn = self.turns.get(share(hash, last)).copied().unwrap_or_default();
        home(hash, turn, last)
    }

    fn is_taken(&self, slot: usize) -> bool {
        self.slots.get(slot).is_some_and(Record::is_taken)
    }

    const fn last(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }
}

/// The slots from one on, in order, among a power of two.
fn probe(slots: usize, start: usize) -> impl Iterator<Item = usize> {
    (0..slots).map(move |step| start.wrapping_add(step) & (slots - 1))
}
