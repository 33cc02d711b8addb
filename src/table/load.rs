//! Builds a table from entries that come in ascending order.
//!
//! Pages are filled one after another and never searched. The caller keeps the
//! order; `encode` refuses input without it, and [`FromIterator`] sorts.

use std::mem;
use std::sync::Arc;

use crate::table::page::{Branch, CAPACITY, LEAST, Leaf, TablePage, shift};
use crate::table::table::Table;

/// The number of entries in a loaded page: fewer than it can hold, so that the
/// first inserts afterwards do not split every page.
const FILL: usize = CAPACITY / 8 * 7;

/// Builds a table from entries that are pushed in ascending order.
pub(super) struct TableLoader<K, V> {
    done: Vec<Leaf<K, V>>,
    open: Leaf<K, V>,
}

impl<K, V> TableLoader<K, V> {
    pub(super) const fn new() -> Self {
        Self { done: Vec::new(), open: Leaf::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.done.len() * FILL + self.open.keys.len()
    }

    /// The entry pushed last.
    pub(super) fn last_mut(&mut self) -> Option<(&K, &mut V)> {
        self.open.keys.last().zip(self.open.values.last_mut())
    }

    /// Appends an entry, whose key must be greater than the last one.
    pub(super) fn push(&mut self, key: K, value: V) {
        if self.open.keys.len() == FILL {
            let next = Leaf { keys: Vec::with_capacity(FILL), values: Vec::with_capacity(FILL) };
            self.done.push(fitted(mem::replace(&mut self.open, next)));
        }
        self.open.keys.push(key);
        self.open.values.push(value);
    }

    /// Puts branches over the leaves until one page is left.
    pub(super) fn finish(mut self) -> Table<K, V>
    where
        K: Clone,
    {
        let len = self.len();
        if let Some(before) = self.done.last_mut()
            && self.open.keys.len() < LEAST
        {
            let keep = usize::midpoint(before.keys.len(), self.open.keys.len());
            shift(&mut before.keys, &mut self.open.keys, keep);
            shift(&mut before.values, &mut self.open.values, keep);
        }
        self.done.push(fitted(self.open));
        let mut pages: Vec<_> = self
            .done
            .into_iter()
            .filter_map(|leaf| Some((leaf.keys.first()?.clone(), Arc::new(TablePage::Leaf(leaf)))))
            .collect();
        while pages.len() > 1 {
            pages = level_above(pages);
        }
        Table { root: pages.pop().map(|(_, root)| root), len }
    }
}

/// A leaf without spare capacity. Only the first and the last leaf have some,
/// and a small table has no others.
fn fitted<K, V>(mut leaf: Leaf<K, V>) -> Leaf<K, V> {
    leaf.keys.shrink_to_fit();
    leaf.values.shrink_to_fit();
    leaf
}

/// Groups pages, each with the least key below it, under as few branches as
/// hold them, evenly.
fn level_above<K, V>(pages: Vec<(K, Arc<TablePage<K, V>>)>) -> Vec<(K, Arc<TablePage<K, V>>)> {
    let branches = pages.len().div_ceil(FILL);
    let mut pages = pages.into_iter();
    (0..branches)
        .filter_map(|above| {
            let children = pages.len().div_ceil(branches - above);
            let (least, first) = pages.next()?;
            let mut branch = Branch {
                separators: Vec::with_capacity(CAPACITY - 1),
                children: Vec::with_capacity(CAPACITY),
            };
            branch.children.push(first);
            for (separator, child) in pages.by_ref().take(children - 1) {
                branch.separators.push(separator);
                branch.children.push(child);
            }
            Some((least, Arc::new(TablePage::Branch(branch))))
        })
        .collect()
}

impl<K: Ord + Clone, V> FromIterator<(K, V)> for Table<K, V> {
    /// Builds a table; of pairs with one key, the last one wins.
    ///
    /// Computes in **O(n)** time from input that ascends, and **O(n log n)**
    /// from any other.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        // Stable, so that pairs with one key stay in the order they came in,
        // and linear when they are sorted already.
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut loader = TableLoader::new();
        for (key, value) in pairs {
            match loader.last_mut() {
                Some((last, held)) if *last == key => *held = value,
                _ => loader.push(key, value),
            }
        }
        loader.finish()
    }
}
