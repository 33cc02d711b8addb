//! Index: records of fixed size, found by their 128-bit ids.
//!
//! A hash table with open addressing whose slots are the records themselves, so that a look-up reads the record and
//! nothing else. What is small lies in one page. What is larger lies in pages of 64 slots under a directory of two levels,
//! in which the first bits of a hash lead to a page and the last to a slot; a page that is full is split in two, the others
//! stay as they are (extendible hashing: Fagin, Nievergelt, Pippenger and Strong, 1979). Copies share all pages that
//! neither has changed.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

/// What an index holds.
pub(crate) trait Record: Clone + Default {
    /// The most bytes in one page without a directory: what is copied by a change.
    const SMALL: usize = 128 * 1024;

    fn id(&self) -> u128;

    /// Whether it is a record at all; the default is what a free slot holds, and is none.
    fn is_taken(&self) -> bool;
}

/// Slots of a page under a directory.
const SLOTS: usize = 64;
/// The most records in such a page.
const MOST: usize = SLOTS / 4 * 3;
/// Pages of a chunk of the directory.
const CHUNK: usize = 64;

/// Records by their ids.
#[derive(Debug, Clone)]
pub(crate) struct Index<R> {
    /// Of the process, so that nobody can choose ids that collide.
    seeds: [u64; 2],
    /// The number of the last slot of the page.
    last: usize,
    /// All slots, as long as they have room in one page; none, if there is a directory.
    page: Arc<[R]>,
    directory: Option<Directory<R>>,
    len: usize,
}

impl<R: Record> Index<R> {
    /// An empty index with room for so many records.
    pub(crate) fn with_capacity(records: usize) -> Self {
        let slots = (records / 3 * 4 + 4).next_power_of_two();
        let (page, directory) = if slots * size_of::<R>() <= R::SMALL {
            (free(slots), None)
        } else {
            (free(0), Some(Directory::new((slots / SLOTS).max(CHUNK).ilog2())))
        };
        Self { seeds: seeds(), last: slots - 1, page, directory, len: 0 }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The record with an id. Computes in **O(1)** time.
    #[inline]
    pub(crate) fn get(&self, id: u128) -> Option<&R> {
        let hash = hash(self.seeds, id);
        // Where there is a directory, the page has no such slot.
        if let Some(record) = self.page.get(low(hash) & self.last) {
            return found(record, &self.page, hash, id);
        }
        let page = self.directory.as_ref()?.page(hash)?;
        found(page.get(low(hash) % SLOTS)?, page, hash, id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &R> {
        let many = self.directory.iter().flat_map(Directory::iter);
        self.page.iter().chain(many).filter(|record| record.is_taken())
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
        let seeds = self.seeds;
        match &mut self.directory {
            None => put(Arc::make_mut(&mut self.page), seeds, record),
            Some(directory) => {
                directory.change(hash(seeds, id), |page| put(page, seeds, record));
            }
        }
    }

    /// Whether there is, or can be made, room for one more record of an id.
    fn makes_room(&mut self, id: u128) -> bool {
        let len = self.len + 1;
        match &mut self.directory {
            None => len * 4 <= self.page.len() * 3,
            Some(directory) => directory.makes_room(self.seeds, id, len).is_some(),
        }
    }

    /// Takes the record with an id out, if it is there.
    pub(crate) fn remove(&mut self, id: u128) {
        if self.get(id).is_none() {
            return;
        }
        let (seeds, hash) = (self.seeds, hash(self.seeds, id));
        match &mut self.directory {
            None => take(Arc::make_mut(&mut self.page), seeds, id),
            Some(directory) => {
                directory.change(hash, |page| take(page, seeds, id));
            }
        }
        self.len -= 1;
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

/// Pages by the first bits of a hash; several of them may lead to one page.
#[derive(Debug, Clone)]
struct Directory<R> {
    /// How many bits of a hash are not the first; two to the power of those that are is the number of entries.
    shift: u32,
    chunks: Arc<[Chunk<R>]>,
}

type Chunk<R> = Arc<[Arc<[R; SLOTS]>; CHUNK]>;

impl<R: Record> Directory<R> {
    /// With a page for each entry.
    fn new(depth: u32) -> Self {
        let chunk = || Arc::new(std::array::from_fn(|_| Arc::new(empty())));
        let chunks = (0..(1_usize << depth) / CHUNK).map(|_| chunk()).collect();
        Self { shift: u64::BITS - depth, chunks }
    }

    #[inline]
    fn entry(&self, hash: u64) -> usize {
        low(hash >> self.shift)
    }

    #[inline]
    fn at(&self, entry: usize) -> Option<&Arc<[R; SLOTS]>> {
        self.chunks.get(entry / CHUNK)?.get(entry % CHUNK)
    }

    #[inline]
    fn page(&self, hash: u64) -> Option<&[R; SLOTS]> {
        self.at(self.entry(hash)).map(|page| &**page)
    }

    fn iter(&self) -> impl Iterator<Item = &R> {
        let mut pages: Vec<_> = self.chunks.iter().flat_map(|chunk| chunk.iter()).collect();
        pages.dedup_by(|page, before| Arc::ptr_eq(page, before));
        pages.into_iter().flat_map(|page| page.iter())
    }

    /// How many entries lead to the page of an entry: a power of two, and they begin at a multiple of it.
    fn span(&self, entry: usize) -> usize {
        let is_same = |other: usize| match (self.at(entry), self.at(other)) {
            (Some(page), Some(other)) => Arc::ptr_eq(page, other),
            _ => false,
        };
        let mut span = 1;
        while is_same(entry ^ span) {
            span *= 2;
        }
        span
    }

    /// Changes the page of a hash, in place if nobody else has it.
    fn change<T>(&mut self, hash: u64, change: impl FnOnce(&mut [R]) -> T) -> Option<T> {
        let entry = self.entry(hash);
        let span = self.span(entry);
        if span == 1 {
            let chunk = Arc::make_mut(&mut self.chunks).get_mut(entry / CHUNK)?;
            let page = Arc::make_mut(chunk).get_mut(entry % CHUNK)?;
            let page: &mut [R; SLOTS] = Arc::make_mut(page);
            return Some(change(page));
        }
        let mut page = <[R; SLOTS]>::clone(self.at(entry)?);
        let changed = change(&mut page);
        let page = Arc::new(page);
        self.lead(entry / span * span, span, &page);
        Some(changed)
    }

    /// Lets some entries lead to a page.
    fn lead(&mut self, start: usize, entries: usize, page: &Arc<[R; SLOTS]>) {
        let chunks = Arc::make_mut(&mut self.chunks);
        for entry in start..start + entries {
            if let Some(chunk) = chunks.get_mut(entry / CHUNK)
                && let Some(to) = Arc::make_mut(chunk).get_mut(entry % CHUNK)
            {
                *to = Arc::clone(page);
            }
        }
    }

    /// Makes room for a record of an id, the last of `len`; `None` if that would take more entries than there are records,
    /// to which only hashes that collide can come.
    fn makes_room(&mut self, seeds: [u64; 2], id: u128, len: usize) -> Option<()> {
        let hash = hash(seeds, id);
        let taken = |page: &[R]| page.iter().filter(|record| record.is_taken()).count();
        while taken(self.page(hash)?) >= MOST {
            self.split(seeds, hash, len)?;
        }
        Some(())
    }

    /// Splits the page of a hash in two; `None` if that would take more entries than there are records.
    fn split(&mut self, seeds: [u64; 2], at: u64, len: usize) -> Option<()> {
        if self.span(self.entry(at)) == 1 {
            if self.chunks.len() * CHUNK * 2 > len {
                return None;
            }
            let pages = self.chunks.iter().flat_map(|chunk| chunk.iter());
            let twice: Vec<_> =
                pages.flat_map(|page| [Arc::clone(page), Arc::clone(page)]).collect();
            self.chunks =
                twice.as_chunks::<CHUNK>().0.iter().map(|chunk| Arc::new(chunk.clone())).collect();
            self.shift -= 1;
        }
        let entry = self.entry(at);
        let span = self.span(entry);
        let half = span / 2;
        let (mut first, mut second) = (empty(), empty());
        for record in self.at(entry)?.iter().filter(|record| record.is_taken()) {
            let is_second = self.entry(hash(seeds, record.id())) & half != 0;
            put(if is_second { &mut second } else { &mut first }, seeds, record.clone());
        }
        let start = entry / span * span;
        self.lead(start, half, &Arc::new(first));
        self.lead(start + half, half, &Arc::new(second));
        Some(())
    }
}

fn free<R: Record>(slots: usize) -> Arc<[R]> {
    std::iter::repeat_n(R::default(), slots).collect()
}

fn empty<R: Record>() -> [R; SLOTS] {
    std::array::from_fn(|_| R::default())
}

/// The slots where a record of a hash can be, in order, among a power of two.
#[inline]
fn probe(slots: usize, hash: u64) -> impl Iterator<Item = usize> {
    let start = low(hash);
    (0..slots).map(move |step| start.wrapping_add(step) & (slots - 1))
}

/// The record with an id, which is most often the first of a page that it can be.
#[inline]
fn found<'r, R: Record>(first: &'r R, page: &'r [R], hash: u64, id: u128) -> Option<&'r R> {
    // A free slot has an id too.
    if first.id() == id && first.is_taken() {
        return Some(first);
    }
    further(page, hash, id)
}

/// The record with an id that is not in the first slot where it can be.
#[inline(never)]
fn further<R: Record>(page: &[R], hash: u64, id: u128) -> Option<&R> {
    let last = page.len().wrapping_sub(1);
    let start = low(hash) & last;
    let mut slot = start;
    loop {
        slot = slot.wrapping_add(1) & last;
        let record = page.get(slot)?;
        if record.id() == id && record.is_taken() {
            return Some(record);
        }
        if !record.is_taken() || slot == start {
            return None;
        }
    }
}

/// Puts a record into a page that has room for it.
fn put<R: Record>(page: &mut [R], seeds: [u64; 2], record: R) {
    let is_its = |here: &R| !here.is_taken() || here.id() == record.id();
    let mut slots = probe(page.len(), hash(seeds, record.id()));
    let slot = slots.find(|slot| page.get(*slot).is_some_and(is_its));
    if let Some(here) = slot.and_then(|slot| page.get_mut(slot)) {
        *here = record;
    }
}

/// Takes the record with an id out of a page; those after it move up, so that every probe finds what it looks for.
fn take<R: Record>(page: &mut [R], seeds: [u64; 2], id: u128) {
    let is_it = |record: &R| record.is_taken() && record.id() == id;
    let Some(mut hole) = page.iter().position(is_it) else { return };
    let from = |start: usize, slot: usize| slot.wrapping_sub(start) & (page.len() - 1);
    let mut moves = Vec::new();
    for slot in probe(page.len(), hole as u64).skip(1) {
        let Some(record) = page.get(slot).filter(|record| record.is_taken()) else { break };
        let home = low(hash(seeds, record.id()));
        if from(home, slot) >= from(hole, slot) {
            moves.push((hole, record.clone()));
            hole = slot;
        }
    }
    moves.push((hole, R::default()));
    for (slot, record) in moves {
        if let Some(to) = page.get_mut(slot) {
            *to = record;
        }
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
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// Large, so that few are more than one page may hold.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Noted {
        id: u128,
        note: [u64; 62],
    }

    impl Default for Noted {
        fn default() -> Self {
            Self { id: 0, note: [0; 62] }
        }
    }

    impl Noted {
        fn new(id: u128, note: u64) -> Self {
            Self { id, note: [note + 1; 62] }
        }
    }

    impl Record for Noted {
        fn id(&self) -> u128 {
            self.id
        }

        fn is_taken(&self) -> bool {
            self.note != [0; 62]
        }
    }

    type Model = BTreeMap<u128, Noted>;

    fn assert_same(index: &Index<Noted>, model: &Model, ids: impl Iterator<Item = u128>) {
        assert_eq!(index.len(), model.len());
        for id in ids {
            assert_eq!(index.get(id), model.get(&id), "{id}");
        }
        let all: Model = index.iter().map(|record| (record.id, *record)).collect();
        assert_eq!((index.iter().count(), &all), (model.len(), model));
    }

    proptest! {
        #[test]
        fn what_was_put_in_and_not_taken_out_is_found(
            room in 0..100_usize,
            steps in prop::collection::vec((0..60_u128, any::<u64>(), 0..3_u8), 0..300),
        ) {
            let (mut index, mut model) = (Index::with_capacity(room), Model::new());
            let mut copies = Vec::new();
            for (number, (id, note, deed)) in steps.into_iter().enumerate() {
                if deed == 0 {
                    index.remove(id);
                    model.remove(&id);
                } else {
                    let record = Noted::new(id, note >> 1);
                    index.insert(record);
                    model.insert(id, record);
                }
                assert_same(&index, &model, 0..61);
                if number % 50 == 0 {
                    copies.push((index.clone(), model.clone()));
                }
            }
            for (index, model) in &copies {
                assert_same(index, model, 0..61);
            }
        }
    }

    /// Through every shape: one page, a directory, splits of pages, twice the directory, and back.
    #[test]
    fn it_grows_and_shrinks() {
        let (mut index, mut model) = (Index::with_capacity(0), Model::new());
        let id = |number: u64| u128::from(number) << (number % 3 * 40);
        let mut copies = Vec::new();
        let mut depths = BTreeSet::new();
        for number in 0..9_000 {
            let record = Noted::new(id(number), number);
            index.insert(record);
            model.insert(record.id, record);
            if number.is_power_of_two() || number % 1_500 == 0 {
                assert_same(&index, &model, (0..number + 3).map(id));
                copies.push((index.clone(), model.clone()));
            }
            if let Some(directory) = &index.directory
                && depths.insert(directory.chunks.len())
                && depths.len() > 1
            {
                let entries = 0..directory.chunks.len() * CHUNK;
                let spans: BTreeSet<_> = entries.map(|entry| directory.span(entry)).collect();
                assert!(spans.contains(&1) && spans.contains(&2), "one page was split: {spans:?}");
            }
        }
        assert!(depths.len() > 1, "twice the directory");
        for number in (0..9_000).filter(|number| number % 7 != 0) {
            index.remove(id(number));
            model.remove(&id(number));
        }
        index.remove(u128::MAX);
        assert_same(&index, &model, (0..9_000).map(id));
        for (index, model) in &copies {
            assert_same(index, model, model.keys().copied());
        }
    }

    #[test]
    fn a_change_copies_one_page() {
        let mut index = Index::with_capacity(20_000);
        for number in 0..10_000 {
            index.insert(Noted::new(number, 0));
        }
        let before = index.clone();
        index.insert(Noted::new(7, 7));
        index.remove(8);
        let pages = |index: &Index<Noted>| {
            let directory = index.directory.as_ref().unwrap();
            directory.chunks.iter().flat_map(|chunk| chunk.iter()).cloned().collect::<Vec<_>>()
        };
        let (old, new) = (pages(&before), pages(&index));
        let copied = old.iter().zip(&new).filter(|(old, new)| !Arc::ptr_eq(old, new)).count();
        assert!(old.len() == new.len() && (1..=2).contains(&copied), "{copied}");
    }

    /// Ids that all collide need more room than there are hashes; other seeds give it.
    #[test]
    fn ids_made_to_collide_find_room_under_other_seeds() {
        let mut index = Index::<Noted>::with_capacity(2_000);
        // Where one factor is zero, so is the hash.
        index.seeds = [5, 7];
        let id = |number: u64| (u128::from(number) << 64) | 5;
        for number in 0..200 {
            index.insert(Noted::new(id(number), number));
        }
        assert_ne!(index.seeds, [5, 7]);
        assert!(
            (0..200).all(|number| index.get(id(number)) == Some(&Noted::new(id(number), number)))
        );
        assert_eq!(index.len(), 200);
    }
}
