//! [`Index`]: records by their ids.

use std::sync::Arc;

use crate::index::directory::PageDirectory;
use crate::index::hash::{hash, seeds};
use crate::index::page::{IndexPage, SLOTS_PER_ROTATION, find, home, rotation_of};
use crate::index::record::IndexRecord;

/// Records by their ids.
#[derive(Debug, Clone)]
pub(crate) struct Index<R> {
    pub(super) seeds: [u64; 2],
    /// The number of the last slot of the page.
    last: usize,
    /// The slots of an index that is one page; empty under a directory.
    pub(super) slots: Arc<[R]>,
    /// The rotations of that page.
    pub(super) rotations: Arc<[u8]>,
    pub(super) directory: Option<PageDirectory<R>>,
    len: usize,
}

impl<R: IndexRecord> Index<R> {
    /// An empty index with room for so many records.
    pub(crate) fn with_capacity(records: usize) -> Self {
        let slots = (records / 3 * 4 + 4).next_power_of_two();
        let (here, directory) = if slots * size_of::<R>() <= R::SMALL {
            (slots, None)
        } else {
            (0, Some(PageDirectory::new(slots)))
        };
        Self {
            seeds: seeds(),
            last: slots - 1,
            slots: std::iter::repeat_n(R::default(), here).collect(),
            rotations: std::iter::repeat_n(0, here / SLOTS_PER_ROTATION).collect(),
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
        // Under a directory there are no rotations here.
        if let Some(rotation) = self.rotations.get(rotation_of(hash, self.last)) {
            return find(&self.slots, home(hash, *rotation, self.last), id);
        }
        self.directory.as_ref()?.page(hash)?.get(hash, id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &R> {
        let many = self.directory.iter().flat_map(PageDirectory::iter);
        self.slots.iter().chain(many).filter(|record| record.is_taken())
    }

    /// Inserts a record, or replaces the one with its id.
    pub(crate) fn insert(&mut self, record: R) {
        let id = record.id();
        if self.get(id).is_none() {
            while !self.try_reserve(id) {
                self.grow();
            }
            self.len += 1;
        }
        self.change(id, |mut page| page.insert(record));
    }

    /// Changes the page of an id.
    fn change(&mut self, id: u128, change: impl FnOnce(IndexPage<'_, R>)) {
        let seeds = self.seeds;
        if let Some(directory) = &mut self.directory {
            directory.change(seeds, hash(seeds, id), change);
        } else {
            let slots = Arc::make_mut(&mut self.slots);
            let rotations = Arc::make_mut(&mut self.rotations);
            change(IndexPage { seeds, slots, rotations });
        }
    }

    /// Makes room for one more record. Returns whether there is room now.
    fn try_reserve(&mut self, id: u128) -> bool {
        let len = self.len + 1;
        match &mut self.directory {
            None => len * 4 <= self.slots.len() * 3,
            Some(directory) => directory.reserve(self.seeds, id, len).is_some(),
        }
    }

    /// Removes the record with an id, if there is one.
    pub(crate) fn remove(&mut self, id: u128) {
        if self.get(id).is_some() {
            self.change(id, |mut page| _ = page.remove(id));
            self.len -= 1;
        }
    }

    /// Rebuilds the index larger, with other seeds.
    fn grow(&mut self) {
        let mut larger = Self::with_capacity(self.len.max(8) * 3 / 2);
        for record in self.iter() {
            larger.insert(record.clone());
        }
        *self = larger;
    }
}
