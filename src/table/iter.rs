//! Iterators over the entries of a table, in key order from either end.
//!
//! An iterator holds the rest of the leaf at each end and the paths to both
//! leaves, and allocates nothing. It compares no keys: two positions bound it,
//! and it ends when they meet. `seek` moves it from leaf to leaf.

use std::fmt;
use std::iter::{FusedIterator, Zip};
use std::slice;

use crate::table::page::{Leaf, TablePage};
use crate::table::path::PagePath;
use crate::table::seek::{Edge, EntryPosition};

/// The entries of a [`Table`](super::Table) within a range, in ascending key
/// order. Made by [`Table::range`](super::Table::range).
pub struct Range<'a, K, V> {
    root: Option<&'a TablePage<K, V>>,
    front: PagePath,
    back: PagePath,
    /// The rest of the front leaf, and of the whole range once both ends are in
    /// one leaf.
    head: Run<'a, K, V>,
    /// The rest of the back leaf while that is another one.
    tail: Run<'a, K, V>,
}

/// All entries of a [`Table`](super::Table), in ascending key order. Made by
/// [`Table::iter`](super::Table::iter).
pub struct Iter<'a, K, V> {
    range: Range<'a, K, V>,
    left: usize,
}

/// The keys of a [`Table`](super::Table), in ascending order. Made by
/// [`Table::keys`](super::Table::keys).
pub struct Keys<'a, K, V> {
    entries: Iter<'a, K, V>,
}

/// The values of a [`Table`](super::Table), in ascending order of their keys.
/// Made by [`Table::values`](super::Table::values).
pub struct Values<'a, K, V> {
    entries: Iter<'a, K, V>,
}

/// Entries next to each other in one leaf.
type Run<'a, K, V> = Zip<slice::Iter<'a, K>, slice::Iter<'a, V>>;

impl<'a, K, V> Range<'a, K, V> {
    pub(super) fn empty() -> Self {
        Self {
            root: None,
            front: PagePath::default(),
            back: PagePath::default(),
            head: run(&[], &[]),
            tail: run(&[], &[]),
        }
    }

    /// The entries between two positions; none if they are in reverse order.
    pub(super) fn between(
        root: &'a TablePage<K, V>,
        from: Option<EntryPosition<'a, K, V>>,
        to: Option<EntryPosition<'a, K, V>>,
    ) -> Self {
        let (Some(from), Some(to)) = (from, to) else {
            return Self::empty();
        };
        if (from.path, from.slot) >= (to.path, to.slot) {
            return Self::empty();
        }
        let (head, tail) = if from.path == to.path {
            (part(from.leaf, from.slot, to.slot), run(&[], &[]))
        } else {
            (part(from.leaf, from.slot, from.leaf.keys.len()), part(to.leaf, 0, to.slot))
        };
        Self { root: Some(root), front: from.path, back: to.path, head, tail }
    }

    /// Moves the front to the next leaf, unless the back is in the current one.
    fn advance(&mut self) -> Option<()> {
        if self.front == self.back {
            return None;
        }
        let leaf = self.root?.next_leaf(&mut self.front, Edge::Last)?;
        self.head = if self.front == self.back { self.tail.clone() } else { whole(leaf) };
        Some(())
    }
}

impl<'a, K, V> Iterator for Range<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.head.next() {
                return Some(entry);
            }
            self.advance()?;
        }
    }
}

impl<K, V> DoubleEndedIterator for Range<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.front != self.back {
            if let Some(entry) = self.tail.next_back() {
                return Some(entry);
            }
            let leaf = self.root?.next_leaf(&mut self.back, Edge::First)?;
            self.tail = whole(leaf);
        }
        self.head.next_back()
    }
}

impl<K, V> FusedIterator for Range<'_, K, V> {}

impl<K, V> Clone for Range<'_, K, V> {
    fn clone(&self) -> Self {
        Self { head: self.head.clone(), tail: self.tail.clone(), ..*self }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Range<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

impl<'a, K, V> Iter<'a, K, V> {
    pub(super) fn new(range: Range<'a, K, V>, left: usize) -> Self {
        Self { range, left }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.range.next()?;
        self.left -= 1;
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let entry = self.range.next_back()?;
        self.left -= 1;
        Some(entry)
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self::new(self.range.clone(), self.left)
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.range.fmt(f)
    }
}

/// Makes an iterator over keys or values from one over entries.
macro_rules! side {
    ($name:ident, $item:ident, $pick:expr) => {
        impl<'a, K, V> $name<'a, K, V> {
            pub(super) fn new(entries: Iter<'a, K, V>) -> Self {
                Self { entries }
            }
        }

        impl<'a, K, V> Iterator for $name<'a, K, V> {
            type Item = &'a $item;

            fn next(&mut self) -> Option<Self::Item> {
                self.entries.next().map($pick)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.entries.size_hint()
            }
        }

        impl<K, V> DoubleEndedIterator for $name<'_, K, V> {
            fn next_back(&mut self) -> Option<Self::Item> {
                self.entries.next_back().map($pick)
            }
        }

        impl<K, V> ExactSizeIterator for $name<'_, K, V> {}

        impl<K, V> FusedIterator for $name<'_, K, V> {}

        impl<K, V> Clone for $name<'_, K, V> {
            fn clone(&self) -> Self {
                Self::new(self.entries.clone())
            }
        }

        impl<K, V> fmt::Debug for $name<'_, K, V>
        where
            $item: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

side!(Keys, K, |(key, _)| key);
side!(Values, V, |(_, value)| value);

fn whole<K, V>(leaf: &Leaf<K, V>) -> Run<'_, K, V> {
    run(&leaf.keys, &leaf.values)
}

/// The entries of a leaf from one slot up to another.
fn part<K, V>(leaf: &Leaf<K, V>, from: usize, to: usize) -> Run<'_, K, V> {
    run(leaf.keys.get(from..to).unwrap_or_default(), leaf.values.get(from..to).unwrap_or_default())
}

fn run<'a, K, V>(keys: &'a [K], values: &'a [V]) -> Run<'a, K, V> {
    keys.iter().zip(values)
}
