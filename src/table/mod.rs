//! [`Table`]: a sorted map whose clones are free and share their pages.
//!
//! A table is a B+-tree of reference-counted pages. Cloning it copies one
//! pointer, so a reader can keep a whole table as it was while a writer goes
//! on; a change copies the pages on the way to one entry that some clone still
//! holds (one per level) and works in place on those nobody else holds.
//! Entries come out in ascending key order whatever the order they went in.
//!
//! A table never lets a change show through a clone, never panics on its own
//! account, and never keeps pages for entries that are gone. If the keys' `Ord`
//! or the `Clone` of a key or value panics, the change at hand either happened
//! in full or not at all.
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
