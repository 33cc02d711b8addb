//! [`Table`]: a sorted map whose clones are free and share their pages.
//!
//! A table is a B+-tree of reference-counted pages. Cloning it copies one
//! pointer, so a reader can keep a whole table as it was while a writer goes
//! on. A change copies the pages on the path to one entry if a clone still
//! holds them (one per level), and changes all others in place. Entries come
//! out in ascending key order, whatever order they went in.
//!
//! A change never shows in a clone, a table never panics by itself, and it
//! never keeps pages for removed entries. If the `Ord` of the keys or the
//! `Clone` of a key or value panics, the change has happened in full or not at
//! all.
//!
//! A page holds up to 64 entries: at a million entries, pages of 32 take 1.5
//! times as long to walk and 1.1 times to look up, and pages of 128 make the
//! first change after a clone cost 1.2 times as much, 1.5 times at 300 entries.
//!
//! Where to go next: `page` holds the pages and every change to them, `seek`
//! finds a path through them, `iter` walks them in order, `differences` walks
//! two tables at once, `load` builds them from sorted input, and `encode` is
//! the serde form.

mod differences;
mod encode;
mod iter;
mod load;
mod page;
mod path;
mod seek;

#[expect(clippy::module_inception, reason = "one noun, one file")]
mod table;

#[cfg(test)]
mod tests;

pub use differences::Differences;
pub use iter::{Iter, Keys, Range, Values};
pub use table::Table;
