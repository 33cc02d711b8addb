//! Index: records of fixed size, found by their 128-bit ids.
//!
//! A hash table with open addressing whose slots are the records themselves, so that a look-up reads the record and
//! nothing else. What is small lies in one page. What is larger lies in pages of 64 slots under a directory of two levels,
//! in which the first bits of a hash lead to a page and the last to a slot; a page that is full is split in two, the others
//! stay as they are (extendible hashing: Fagin, Nievergelt, Pippenger and Strong, 1979). Copies share all pages that
//! neither has changed.

mod directory;
mod page;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

use self::directory::Directory;
use self::page::{Page, SHARE, found, home, share};

/// What an index holds.
pub(crate) trait Record: Clone + Default {
    /// The most bytes in one page without a directory: what is copied by a change.
    const SMALL: usize = 128 * 1024;

    fn id(&self) -> u128;

    /// Whether it is a record at all; the default is what a free slot holds, and is none.
    fn is_taken(&self) -> bool;
}

/// Records by their ids.
#[derive(Debug, Clone)]
pub(crate) struct Index<R> {
    /// Of the process, so that nobody can choose ids that collide.
    seeds: [u64; 2],
    /// The number of the last slot of the page.
    last: usize,
    /// All slots, as long as they have room in one page; none, if there is a directory.
    slots: Arc<[R]>,
    /// Of that page.
    turns: Arc<[u8]>,
    directory: Option<Directory<R>>,
    len: usize,
}

impl<R: Record> Index<R> {
    /// An empty index with room for so many records.
    pub(crate) fn with_capacity(records: usize) -> Self {
        let slots = (records / 3 * 4 + 4).next_power_of_two();
        let (here, directory) = if slots * size_of::<R>() <= R::SMALL {
            (slots, None)
        } else {
            (0, Some(Directory::new(slots)))
        };
        Self {
            seeds: seeds(),
            last: slots - 1,
            slots: std::iter::repeat_n(R::default(), here).collect(),
            turns: std::iter::repeat_n(0, here / SHARE).collect(),
            directory,
            len: 0,
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The record with an id. Computes in **O(1)** time.
    #[inline]
    pub(crate) fn get(&self, id: u128) -> Option<&R> {
        let hash = hash(self.seeds, id);
        // Where there is a directory, there are no turns here.
        if let Some(turn) = self.turns.get(share(hash, self.last)) {
            return found(&self.slots, home(hash, *turn, self.last), id);
        }
        self.directory.as_ref()?.leaf(hash)?.get(hash, id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &R> {
        let many = self.directory.iter().flat_map(Directory::iter);
        self.slots.iter().chain(many).filter(|record| record.is_taken())
    }

    /// Puts a record in, in place of the one with its id.
    pub(crate) fn insert(&mut self, record: R) {
        let id = record.id();
        if self.get(id).is_none() {
            while !self.makes_room(id) {
                self.grow();
            }
            self.len += 1;
        }
        self.change(id, |mut page| page.put(record));
    }

    /// Changes the page of an id.
    fn change(&mut self, id: u128, change: impl FnOnce(Page<'_, R>)) {
        let seeds = self.seeds;
        if let Some(directory) = &mut self.directory {
            directory.change(seeds, hash(seeds, id), change);
        } else {
            let (slots, turns) = (Arc::make_mut(&mut self.slots), Arc::make_mut(&mut self.turns));
            change(Page { seeds, slots, turns });
        }
    }

    /// Whether there is, or can be made, room for one more record of an id.
    fn makes_room(&mut self, id: u128) -> bool {
        let len = self.len + 1;
        match &mut self.directory {
            None => len * 4 <= self.slots.len() * 3,
            Some(directory) => directory.makes_room(self.seeds, id, len).is_some(),
        }
    }

    /// Takes the record with an id out, if it is there.
    pub(crate) fn remove(&mut self, id: u128) {
        if self.get(id).is_some() {
            self.change(id, |mut page| _ = page.take(id));
            self.len -= 1;
        }
    }

    /// Moves to more room, under other seeds.
    fn grow(&mut self) {
        let mut larger = Self::with_capacity(self.len.max(8) * 3 / 2);
        for record in self.iter() {
            larger.insert(record.clone());
        }
        *self = larger;
    }
}

/// The two halves of an id, each with its seed, multiplied, and the halves of that folded: few instructions, and every bit
/// of the id reaches every bit of the hash.
#[inline]
fn hash([low_seed, high_seed]: [u64; 2], id: u128) -> u64 {
    let product = u128::from(half(id) ^ low_seed) * u128::from(half(id >> 64) ^ high_seed);
    half(product) ^ half(product >> 64)
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
#[inline]
const fn half(number: u128) -> u64 {
    number as u64
}

#[allow(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
#[inline]
const fn low(hash: u64) -> usize {
    hash as usize
}

fn seeds() -> [u64; 2] {
    let random = RandomState::new();
    [random.hash_one(0), random.hash_one(1)]
}

#[cfg(test)]
mod tests;
