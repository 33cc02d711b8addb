//! [`Index`]: a hash table of records of fixed size, found by their 128-bit ids.
//!
//! Open addressing: the slots are the records themselves, so a look-up reads the record and nothing
//! else. A small index is one page. A larger one is pages of 64 slots under a directory: the first
//! bits of a hash select the page, the last bits the slot. A full page is split in two and all
//! others stay as they are (extendible hashing: Fagin, Nievergelt, Pippenger and Strong, 1979).
//! Clones share all pages that neither has changed.

mod directory;
mod hash;
mod page;
mod record;

#[expect(clippy::module_inception, reason = "one noun, one file")]
mod index;

#[cfg(test)]
mod tests;

pub(crate) use index::Index;
pub(crate) use record::IndexRecord;
