//! [`Table`]: a sorted map whose clones are free.

use std::borrow::Borrow;
use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use crate::table::differences::Differences;
use crate::table::iter::{Iter, Keys, Range, Values};
use crate::table::page::{LEAST, TablePage};
use crate::table::path::PagePath;
use crate::table::seek::Edge;

/// A map in key order with free clones that share their pages.
///
/// ```
/// use tenantry::table::Table;
///
/// let mut seats = Table::new();
/// seats.insert("alto", 4);
/// seats.insert("tenor", 3);
///
/// let before = seats.clone();
/// seats.insert("alto", 5);
///
/// assert_eq!(before.get("alto"), Some(&4));
/// assert_eq!(seats.get("alto"), Some(&5));
/// ```
pub struct Table<K, V> {
    pub(super) root: Option<Arc<TablePage<K, V>>>,
    pub(super) len: usize,
}

impl<K, V> Table<K, V> {
    /// Makes an empty table, which holds no memory.
    ///
    /// Computes in **O(1)** time.
    #[must_use]
    pub const fn new() -> Self {
        Self { root: None, len: 0 }
    }

    /// Counts the entries.
    ///
    /// Computes in **O(1)** time.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no entries.
    ///
    /// Computes in **O(1)** time.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether both tables hold the very same root page, which makes them equal
    /// without a look at the entries.
    ///
    /// Two empty tables share, since neither holds a page. Two tables that do
    /// not share may still be equal.
    ///
    /// Computes in **O(1)** time.
    #[must_use]
    pub fn shares_with(&self, other: &Self) -> bool {
        match (&self.root, &other.root) {
            (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
            (None, None) => true,
            _ => false,
        }
    }

    /// Finds the entry with the least key.
    ///
    /// Computes in **O(log n)** time.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// Finds the entry with the greatest key.
    ///
    /// Computes in **O(log n)** time.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// Walks the entries in ascending key order.
    ///
    /// Computes in **O(log n)** time, and **O(1)** on average for each entry.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        let all = self.root.as_deref().map_or_else(Range::empty, |root| {
            Range::between(root, root.outermost(Edge::First), root.outermost(Edge::Last))
        });
        Iter::new(all, self.len)
    }

    /// Walks the keys in ascending order.
    ///
    /// Computes in **O(log n)** time, and **O(1)** on average for each key.
    #[must_use]
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys::new(self.iter())
    }

    /// Walks the values in ascending order of their keys.
    ///
    /// Computes in **O(log n)** time, and **O(1)** on average for each value.
    #[must_use]
    pub fn values(&self) -> Values<'_, K, V> {
        Values::new(self.iter())
    }

    /// Finds the value under a key.
    ///
    /// Computes in **O(log n)** time.
    #[must_use]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let mut page = self.root.as_deref()?;
        loop {
            match page {
                TablePage::Branch(branch) => page = branch.children.get(branch.child_for(key))?,
                TablePage::Leaf(leaf) => return leaf.get(key),
            }
        }
    }

    /// Whether there is an entry under a key.
    ///
    /// Computes in **O(log n)** time.
    #[must_use]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.get(key).is_some()
    }

    /// Walks the entries whose keys lie within a range, in ascending order.
    ///
    /// A range that is empty or upside down yields nothing.
    ///
    /// ```
    /// use tenantry::table::Table;
    ///
    /// let squares: Table<u32, u32> = (0..10).map(|n| (n, n * n)).collect();
    ///
    /// assert!(squares.range(3..6).map(|(_, square)| *square).eq([9, 16, 25]));
    /// assert_eq!(squares.range(6..3).next(), None);
    /// ```
    ///
    /// Computes in **O(log n)** time, and **O(1)** on average for each entry.
    pub fn range<Q, R>(&self, range: R) -> Range<'_, K, V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
        R: RangeBounds<Q>,
    {
        let Some(root) = self.root.as_deref() else {
            return Range::empty();
        };
        let from = match range.start_bound() {
            Bound::Included(key) => root.seek(key, Edge::First),
            Bound::Excluded(key) => root.seek(key, Edge::Last),
            Bound::Unbounded => root.outermost(Edge::First),
        };
        let to = match range.end_bound() {
            Bound::Included(key) => root.seek(key, Edge::Last),
            Bound::Excluded(key) => root.seek(key, Edge::First),
            Bound::Unbounded => root.outermost(Edge::Last),
        };
        Range::between(root, from, to)
    }

    /// Walks the differences from an earlier table, in ascending key order: each
    /// key with its value before, if there was one, and its value after, if
    /// there is one. An entry rewritten with an equal value does not differ.
    ///
    /// Pages that both tables share are passed over unread; their values are
    /// not compared, even those that are not equal to themselves.
    ///
    /// ```
    /// use tenantry::table::Table;
    ///
    /// let before: Table<_, _> = [("alto", 4), ("bass", 2), ("tenor", 3)].into_iter().collect();
    /// let mut after = before.clone();
    /// after.insert("alto", 5);
    /// after.remove("tenor");
    /// after.insert("soprano", 1);
    ///
    /// assert!(after.differences(&before).eq([
    ///     (&"alto", Some(&4), Some(&5)),
    ///     (&"soprano", None, Some(&1)),
    ///     (&"tenor", Some(&3), None),
    /// ]));
    /// ```
    ///
    /// Computes in **O(k log n)** time for k changes made to a clone, and in
    /// **O(n)** time for tables that share nothing.
    #[must_use]
    pub fn differences<'a>(&'a self, before: &'a Self) -> Differences<'a, K, V>
    where
        K: Ord,
        V: PartialEq,
    {
        Differences::between(before.root.as_ref(), self.root.as_ref())
    }

    /// The path to the leaf of a key, and the slot of the key there.
    ///
    /// A change looks here first, so that it touches no page when the key is
    /// absent and compares no key once it has begun.
    fn locate<Q>(&self, key: &Q) -> Option<(PagePath, usize)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let place = self.root.as_deref()?.seek(key, Edge::First)?;
        let found = place.leaf.keys.get(place.slot)?.borrow() == key;
        found.then_some((place.path, place.slot))
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// Finds the value under a key, to change it.
    ///
    /// Pages shared with another clone are copied on the way; when the key is
    /// absent, none is.
    ///
    /// Computes in **O(log n)** time.
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (path, slot) = self.locate(key)?;
        let root = Arc::make_mut(self.root.as_mut()?);
        root.leaf_mut(&path)?.values.get_mut(slot)
    }

    /// Inserts a value under a key and returns the value that it replaces.
    ///
    /// Pages shared with another clone are copied on the way. A key that is
    /// there already stays as it is, as in the standard maps.
    ///
    /// Computes in **O(log n)** time.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let Some(root) = &mut self.root else {
            self.root = Some(Arc::new(TablePage::single(key, value)));
            self.len = 1;
            return None;
        };
        let outcome = Arc::make_mut(root).insert_entry(key, value);
        if let Some(split) = outcome.split {
            let left = Arc::clone(root);
            *root = Arc::new(TablePage::above(left, split));
        }
        if outcome.displaced.is_none() {
            self.len += 1;
        }
        outcome.displaced
    }

    /// Removes the entry under a key and returns its value.
    ///
    /// Pages shared with another clone are copied on the way; when the key is
    /// absent, none is.
    ///
    /// Computes in **O(log n)** time.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (path, slot) = self.locate(key)?;
        let leaf = Arc::make_mut(self.root.as_mut()?).leaf_mut(&path)?;
        // The key is dropped at the end of the call: the table is consistent by
        // then, even if the drop panics.
        let (_key, value) = leaf.remove(slot);
        let short = leaf.keys.len() < LEAST;
        self.len -= 1;
        if short {
            self.merge_underfull(&path);
        }
        Some(value)
    }

    /// Joins the leaf at the end of a path with a neighbour, and so on upwards
    /// as far as pages have become too small.
    ///
    /// Runs once the entry is out and counted: a panic in the `Clone` of a key
    /// or value here leaves small pages behind and nothing wrong.
    fn merge_underfull(&mut self, path: &PagePath) {
        let Some(root) = &mut self.root else {
            return;
        };
        match Arc::make_mut(root) {
            TablePage::Leaf(leaf) if leaf.keys.is_empty() => self.root = None,
            TablePage::Leaf(_) => {}
            TablePage::Branch(branch) => {
                branch.merge_underfull(path, 0);
                if let [only] = branch.children.as_slice() {
                    *root = Arc::clone(only);
                }
            }
        }
    }
}

impl<K, V> Clone for Table<K, V> {
    /// Copies the handle; both share every page until one of them changes.
    ///
    /// Computes in **O(1)** time.
    fn clone(&self) -> Self {
        Self { root: self.root.clone(), len: self.len }
    }
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Table<K, V> {
    /// Compares the entries, unless both share their root and so are equal
    /// (even when a value, like a float that is no number, is not equal to
    /// itself).
    ///
    /// Computes in **O(n)** time, and **O(1)** when the root is shared or the
    /// lengths differ.
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && (self.shares_with(other) || self.iter().eq(other.iter()))
    }
}

impl<K: Eq, V: Eq> Eq for Table<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<'a, K, V> IntoIterator for &'a Table<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for Table<K, V> {
    /// Inserts every pair; of pairs with one key, the last one wins.
    ///
    /// Computes in **O(k log n)** time for k pairs. An empty table is built as
    /// by [`FromIterator`].
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        if self.is_empty() {
            *self = pairs.into_iter().collect();
        } else {
            for (key, value) in pairs {
                self.insert(key, value);
            }
        }
    }
}
