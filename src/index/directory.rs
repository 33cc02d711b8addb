//! Directory: the pages of an index that is large, by the first bits of a hash.

use std::sync::Arc;

use crate::index::page::{Page, SHARE, found, home, share, taken};
use crate::index::{Record, hash, low};

/// Slots of a page under a directory.
pub(super) const SLOTS: usize = 64;
/// The most records in such a page.
const MOST: usize = SLOTS / 4 * 3;
/// Pages of a chunk of the directory.
pub(super) const CHUNK: usize = 64;

/// Pages by the first bits of a hash; several of them may lead to one page.
#[derive(Debug, Clone)]
pub(super) struct Directory<R> {
    /// How many bits of a hash are not the first; two to the power of those that are is the number of entries.
    shift: u32,
    pub(super) chunks: Arc<[Chunk<R>]>,
}

type Chunk<R> = Arc<[Leaf<R>; CHUNK]>;

/// A page under a directory.
#[derive(Debug, Clone)]
pub(super) struct Leaf<R> {
    pub(super) turns: [u8; SLOTS / SHARE],
    pub(super) slots: Arc<[R; SLOTS]>,
}

impl<R: Record> Leaf<R> {
    fn new() -> Self {
        let slots = Arc::new(std::array::from_fn(|_| R::default()));
        Self { turns: [0; SLOTS / SHARE], slots }
    }

    /// The record with an id.
    #[inline]
    pub(super) fn get(&self, hash: u64, id: u128) -> Option<&R> {
        let turn = self.turns.get(share(hash, SLOTS - 1))?;
        found(&*self.slots, home(hash, *turn, SLOTS - 1), id)
    }

    /// The page, to be changed: a copy, if somebody else has it.
    fn page(&mut self, seeds: [u64; 2]) -> Page<'_, R> {
        let slots: &mut [R; SLOTS] = Arc::make_mut(&mut self.slots);
        Page { seeds, slots, turns: &mut self.turns }
    }
}

impl<R: Record> Directory<R> {
    /// With room for so many slots, and a page for each entry.
    pub(super) fn new(slots: usize) -> Self {
        let depth = (slots / SLOTS).max(CHUNK).ilog2();
        let chunk = || Arc::new(std::array::from_fn(|_| Leaf::new()));
        let chunks = (0..(1_usize << depth) / CHUNK).map(|_| chunk()).collect();
        Self { shift: u64::BITS - depth, chunks }
    }

    #[inline]
    const fn entry(&self, hash: u64) -> usize {
        low(hash >> self.shift)
    }

    #[inline]
    fn at(&self, entry: usize) -> Option<&Leaf<R>> {
        self.chunks.get(entry / CHUNK)?.get(entry % CHUNK)
    }

    fn at_mut(&mut self, entry: usize) -> Option<&mut Leaf<R>> {
        let chunk = Arc::make_mut(&mut self.chunks).get_mut(entry / CHUNK)?;
        Arc::make_mut(chunk).get_mut(entry % CHUNK)
    }

    /// The page of a hash.
    #[inline]
    pub(super) fn leaf(&self, hash: u64) -> Option<&Leaf<R>> {
        self.at(self.entry(hash))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &R> {
        let mut pages: Vec<_> = self.chunks.iter().flat_map(|chunk| chunk.iter()).collect();
        pages.dedup_by(|page, before| Arc::ptr_eq(&page.slots, &before.slots));
        pages.into_iter().flat_map(|page| page.slots.iter())
    }

    /// How many entries lead to the page of an entry: a power of two, and they begin at a multiple of it.
    pub(super) fn span(&self, entry: usize) -> usize {
        let is_same = |other: usize| match (self.at(entry), self.at(other)) {
            (Some(leaf), Some(other)) => Arc::ptr_eq(&leaf.slots, &other.slots),
            _ => false,
        };
        let mut span = 1;
        while is_same(entry ^ span) {
            span *= 2;
        }
        span
    }

    /// Changes the page of a hash, in place if nobody else has it.
    pub(super) fn change(&mut self, seeds: [u64; 2], hash: u64, change: impl FnOnce(Page<'_, R>)) {
        let entry = self.entry(hash);
        let span = self.span(entry);
        if span == 1 {
            if let Some(leaf) = self.at_mut(entry) {
                change(leaf.page(seeds));
            }
        } else if let Some(mut leaf) = self.at(entry).cloned() {
            change(leaf.page(seeds));
            self.lead(entry / span * span, span, &leaf);
        }
    }

    /// Lets some entries lead to a page.
    fn lead(&mut self, start: usize, entries: usize, leaf: &Leaf<R>) {
        for entry in start..start + entries {
            if let Some(to) = self.at_mut(entry) {
                *to = leaf.clone();
            }
        }
    }

    /// Makes room for a record of an id, the last of `len`; `None` if that would take more entries than there are records,
    /// to which only hashes that collide can come.
    pub(super) fn makes_room(&mut self, seeds: [u64; 2], id: u128, len: usize) -> Option<()> {
        let hash = hash(seeds, id);
        while taken(&*self.leaf(hash)?.slots) >= MOST {
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
            let leaves = self.chunks.iter().flat_map(|chunk| chunk.iter());
            let twice: Vec<_> = leaves.flat_map(|leaf| [leaf.clone(), leaf.clone()]).collect();
            self.chunks =
                twice.as_chunks::<CHUNK>().0.iter().map(|chunk| Arc::new(chunk.clone())).collect();
            self.shift -= 1;
        }
        let entry = self.entry(at);
        let span = self.span(entry);
        let half = span / 2;
        let (mut first, mut second) = (Leaf::new(), Leaf::new());
        for record in self.at(entry)?.slots.iter().filter(|record| record.is_taken()) {
            let is_second = self.entry(hash(seeds, record.id())) & half != 0;
            let leaf = if is_second { &mut second } else { &mut first };
            leaf.page(seeds).put(record.clone());
        }
        let start = entry / span * span;
        self.lead(start, half, &first);
        self.lead(start + half, half, &second);
        Some(())
    }
}
