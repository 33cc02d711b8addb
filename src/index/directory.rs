//! [`PageDirectory`]: the pages of a large index, selected by the first bits of a hash.

use std::sync::Arc;

use crate::index::hash::{hash, low};
use crate::index::page::{IndexPage, SLOTS_PER_ROTATION, count_taken, find, home, rotation_of};
use crate::index::record::IndexRecord;

/// Slots of a page under a directory.
pub(super) const SLOTS: usize = 64;
/// The most records in such a page.
const MOST: usize = SLOTS / 4 * 3;
/// Pages of a chunk of the directory.
pub(super) const CHUNK: usize = 64;

/// Pages by the first bits of a hash. Several entries may lead to one page.
#[derive(Debug, Clone)]
pub(super) struct PageDirectory<R> {
    /// The number of hash bits that do not select the page; the other bits number the entries.
    shift: u32,
    pub(super) chunks: Arc<[Chunk<R>]>,
}

type Chunk<R> = Arc<[DirectoryPage<R>; CHUNK]>;

/// A page under a directory.
#[derive(Debug, Clone)]
pub(super) struct DirectoryPage<R> {
    pub(super) rotations: [u8; SLOTS / SLOTS_PER_ROTATION],
    pub(super) slots: Arc<[R; SLOTS]>,
}

impl<R: IndexRecord> DirectoryPage<R> {
    fn new() -> Self {
        let slots = Arc::new(std::array::from_fn(|_| R::default()));
        Self { rotations: [0; SLOTS / SLOTS_PER_ROTATION], slots }
    }

    /// The record with an id.
    #[inline]
    pub(super) fn get(&self, hash: u64, id: u128) -> Option<&R> {
        let rotation = self.rotations.get(rotation_of(hash, SLOTS - 1))?;
        find(&*self.slots, home(hash, *rotation, SLOTS - 1), id)
    }

    /// The slots, for a change; copied first if another index shares them.
    fn page_mut(&mut self, seeds: [u64; 2]) -> IndexPage<'_, R> {
        let slots: &mut [R; SLOTS] = Arc::make_mut(&mut self.slots);
        IndexPage { seeds, slots, rotations: &mut self.rotations }
    }
}

impl<R: IndexRecord> PageDirectory<R> {
    /// A directory with so many slots in total, and a page of its own for each entry.
    pub(super) fn new(slots: usize) -> Self {
        let depth = (slots / SLOTS).max(CHUNK).ilog2();
        let chunk = || Arc::new(std::array::from_fn(|_| DirectoryPage::new()));
        let chunks = (0..(1_usize << depth) / CHUNK).map(|_| chunk()).collect();
        Self { shift: u64::BITS - depth, chunks }
    }

    #[inline]
    const fn entry(&self, hash: u64) -> usize {
        low(hash >> self.shift)
    }

    #[inline]
    fn at(&self, entry: usize) -> Option<&DirectoryPage<R>> {
        self.chunks.get(entry / CHUNK)?.get(entry % CHUNK)
    }

    fn at_mut(&mut self, entry: usize) -> Option<&mut DirectoryPage<R>> {
        let chunk = Arc::make_mut(&mut self.chunks).get_mut(entry / CHUNK)?;
        Arc::make_mut(chunk).get_mut(entry % CHUNK)
    }

    /// The page of a hash.
    #[inline]
    pub(super) fn page(&self, hash: u64) -> Option<&DirectoryPage<R>> {
        self.at(self.entry(hash))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &R> {
        let mut pages: Vec<_> = self.chunks.iter().flat_map(|chunk| chunk.iter()).collect();
        pages.dedup_by(|page, before| Arc::ptr_eq(&page.slots, &before.slots));
        pages.into_iter().flat_map(|page| page.slots.iter())
    }

    /// The number of entries that lead to the page of an entry: a power of two, and the first of
    /// them is a multiple of it.
    pub(super) fn span(&self, entry: usize) -> usize {
        let is_same = |other: usize| match (self.at(entry), self.at(other)) {
            (Some(page), Some(other)) => Arc::ptr_eq(&page.slots, &other.slots),
            _ => false,
        };
        let mut span = 1;
        while is_same(entry ^ span) {
            span *= 2;
        }
        span
    }

    /// Changes the page of a hash, in place if no other index shares it.
    pub(super) fn change(
        &mut self,
        seeds: [u64; 2],
        hash: u64,
        change: impl FnOnce(IndexPage<'_, R>),
    ) {
        let entry = self.entry(hash);
        let span = self.span(entry);
        if span == 1 {
            if let Some(page) = self.at_mut(entry) {
                change(page.page_mut(seeds));
            }
        } else if let Some(mut page) = self.at(entry).cloned() {
            change(page.page_mut(seeds));
            self.set_entries(entry / span * span, span, &page);
        }
    }

    /// Points some entries to a page.
    fn set_entries(&mut self, start: usize, entries: usize, page: &DirectoryPage<R>) {
        for entry in start..start + entries {
            if let Some(to) = self.at_mut(entry) {
                *to = page.clone();
            }
        }
    }

    /// Makes room for a record, the last of `len`. `None` if the directory would get more entries
    /// than there are records, which happens only if hashes collide.
    pub(super) fn reserve(&mut self, seeds: [u64; 2], id: u128, len: usize) -> Option<()> {
        let hash = hash(seeds, id);
        while count_taken(&*self.page(hash)?.slots) >= MOST {
            self.split(seeds, hash, len)?;
        }
        Some(())
    }

    /// Splits the page of a hash in two, and doubles the directory if only one entry leads to the
    /// page. `None` if that would make more entries than there are records.
    fn split(&mut self, seeds: [u64; 2], at: u64, len: usize) -> Option<()> {
        if self.span(self.entry(at)) == 1 {
            if self.chunks.len() * CHUNK * 2 > len {
                return None;
            }
            let pages = self.chunks.iter().flat_map(|chunk| chunk.iter());
            let twice: Vec<_> = pages.flat_map(|page| [page.clone(), page.clone()]).collect();
            self.chunks =
                twice.as_chunks::<CHUNK>().0.iter().map(|chunk| Arc::new(chunk.clone())).collect();
            self.shift -= 1;
        }
        let entry = self.entry(at);
        let span = self.span(entry);
        let half = span / 2;
        let (mut first, mut second) = (DirectoryPage::new(), DirectoryPage::new());
        for record in self.at(entry)?.slots.iter().filter(|record| record.is_taken()) {
            let is_second = self.entry(hash(seeds, record.id())) & half != 0;
            let page = if is_second { &mut second } else { &mut first };
            page.page_mut(seeds).insert(record.clone());
        }
        let start = entry / span * span;
        self.set_entries(start, half, &first);
        self.set_entries(start + half, half, &second);
        Some(())
    }
}
