//! The pages of a table, and every change made to them.
//!
//! All leaves lie at one depth. A branch has one separator fewer than
//! children; the separator before a child is no greater than any key below
//! that child and greater than any key below the child before it. Every page
//! but the root holds from [`LEAST`] to [`CAPACITY`] entries or children, and a
//! root that is a branch has at least two children.
//!
//! A change here never leaves a page half done: whatever may run foreign code
//! (comparing or cloning a key, copying a shared page) comes before the first
//! move. `seek` has the read-only searches.

use std::borrow::Borrow;
use std::mem;
use std::sync::Arc;

use crate::table::path::PagePath;

/// The most entries of a leaf, or children of a branch.
///
/// Small in unit tests, so that a few hundred entries make a deep tree.
pub(super) const CAPACITY: usize = if cfg!(test) { 8 } else { 64 };

/// The fewest entries of a leaf, or children of a branch, below the root.
///
/// A quarter rather than half, so that a table which grows and shrinks by a
/// few entries does not split and join the same pages over and over.
pub(super) const LEAST: usize = CAPACITY / 4;

/// The most that two neighbours may hold together to become one page: short of
/// a full one, so that the next insert does not split it again.
const JOINED: usize = CAPACITY / 4 * 3;

/// A page: entries at the bottom of the tree, children above.
pub(super) enum TablePage<K, V> {
    Leaf(Leaf<K, V>),
    Branch(Branch<K, V>),
}

/// Entries in key order, keys apart from values so that a search reads keys
/// only.
pub(super) struct Leaf<K, V> {
    pub(super) keys: Vec<K>,
    pub(super) values: Vec<V>,
}

/// Children in key order and the keys that part them.
pub(super) struct Branch<K, V> {
    pub(super) separators: Vec<K>,
    pub(super) children: Vec<Arc<TablePage<K, V>>>,
}

/// The effects of inserting an entry below a page.
pub(super) struct Inserted<K, V> {
    pub(super) displaced: Option<V>,
    pub(super) split: Option<Split<K, V>>,
}

/// The right part of a page that was split, to be inserted into the branch above.
pub(super) struct Split<K, V> {
    separator: K,
    right: Arc<TablePage<K, V>>,
}

impl<K, V> TablePage<K, V> {
    /// A leaf with one entry, the root of a new table.
    pub(super) fn single(key: K, value: V) -> Self {
        Self::Leaf(Leaf { keys: vec![key], values: vec![value] })
    }

    /// A branch over a root that was split.
    pub(super) fn above(left: Arc<Self>, split: Split<K, V>) -> Self {
        Self::Branch(Branch {
            separators: vec![split.separator],
            children: vec![left, split.right],
        })
    }

    /// Entries or children, as the bounds count them.
    pub(super) fn fill(&self) -> usize {
        match self {
            Self::Leaf(leaf) => leaf.keys.len(),
            Self::Branch(branch) => branch.children.len(),
        }
    }
}

impl<K: Ord + Clone, V: Clone> TablePage<K, V> {
    /// Inserts an entry into its leaf, and splits pages that were full.
    pub(super) fn insert_entry(&mut self, key: K, value: V) -> Inserted<K, V> {
        match self {
            Self::Leaf(leaf) => leaf.insert_entry(key, value),
            Self::Branch(branch) => branch.insert_entry(key, value),
        }
    }

    /// The leaf at the end of a path, with no shared page on the way.
    pub(super) fn leaf_mut(&mut self, path: &PagePath) -> Option<&mut Leaf<K, V>> {
        let mut page = self;
        let mut level = 0;
        loop {
            match page {
                Self::Leaf(leaf) => return Some(leaf),
                Self::Branch(branch) => {
                    page = Arc::make_mut(branch.children.get_mut(path.step(level))?);
                    level += 1;
                }
            }
        }
    }
}

impl<K: Clone, V: Clone> Clone for TablePage<K, V> {
    /// Copies this page alone; the children are shared.
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(leaf) => {
                Self::Leaf(Leaf { keys: copy(&leaf.keys), values: copy(&leaf.values) })
            }
            Self::Branch(branch) => Self::Branch(Branch {
                separators: copy(&branch.separators),
                children: copy(&branch.children),
            }),
        }
    }
}

impl<K, V> Leaf<K, V> {
    pub(super) const fn new() -> Self {
        Self { keys: Vec::new(), values: Vec::new() }
    }

    pub(super) fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.values.get(self.find(key).ok()?)
    }

    /// The slot of a key, or else the one it would go to.
    fn find<Q>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let slot = rank(&self.keys, |held| held.borrow() < key);
        match self.keys.get(slot) {
            Some(held) if held.borrow() == key => Ok(slot),
            _ => Err(slot),
        }
    }

    /// Removes the entry in a slot, which must exist.
    pub(super) fn remove(&mut self, slot: usize) -> (K, V) {
        (self.keys.remove(slot), self.values.remove(slot))
    }

    fn insert(&mut self, slot: usize, key: K, value: V) {
        insert_at(&mut self.keys, slot, key);
        insert_at(&mut self.values, slot, value);
    }
}

impl<K: Ord + Clone, V> Leaf<K, V> {
    fn insert_entry(&mut self, key: K, value: V) -> Inserted<K, V> {
        let mut outcome = Inserted { displaced: None, split: None };
        match self.find(&key) {
            Ok(slot) => {
                let held = self.values.get_mut(slot);
                outcome.displaced = held.map(|held| mem::replace(held, value));
            }
            Err(slot) if self.keys.len() < CAPACITY => self.insert(slot, key, value),
            Err(slot) => {
                let cut = cut(slot, CAPACITY);
                #[expect(
                    clippy::indexing_slicing,
                    reason = "the page is full, so it reaches past the cut"
                )]
                let separator = self.keys[cut].clone();
                let mut right = Self {
                    keys: split_off(&mut self.keys, cut),
                    values: split_off(&mut self.values, cut),
                };
                if slot <= cut {
                    self.insert(slot, key, value);
                } else {
                    right.insert(slot - cut, key, value);
                }
                outcome.split = Some(Split { separator, right: Arc::new(TablePage::Leaf(right)) });
            }
        }
        outcome
    }

    /// Moves entries between two neighbours, all of them to the left if one
    /// page can hold them. Gives the new separator if both are still needed.
    fn join(left: &mut Self, right: &mut Self) -> Option<K> {
        let total = left.keys.len() + right.keys.len();
        let keep = share(total);
        let separator = match keep.checked_sub(left.keys.len()) {
            Some(moved) => right.keys.get(moved).cloned(),
            None => left.keys.get(keep).cloned(),
        };
        shift(&mut left.keys, &mut right.keys, keep);
        shift(&mut left.values, &mut right.values, keep);
        separator
    }
}

impl<K, V> Branch<K, V> {
    /// The index of the child below which a key belongs.
    pub(super) fn child_for<Q>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        rank(&self.separators, |separator| separator.borrow() <= key)
    }

    /// Inserts the right part of the child at `at`, and splits if full.
    fn insert_split(&mut self, at: usize, split: Split<K, V>) -> Option<Split<K, V>> {
        if self.children.len() < CAPACITY {
            self.insert(at, split);
            return None;
        }
        let cut = cut(at, CAPACITY - 1);
        let mut right = Self {
            separators: split_off(&mut self.separators, cut),
            children: split_off(&mut self.children, cut),
        };
        // The last separator now has no child after it: it parts the two pages.
        let separator = self.separators.pop()?;
        if at < cut {
            self.insert(at, split);
        } else {
            right.insert(at - cut, split);
        }
        Some(Split { separator, right: Arc::new(TablePage::Branch(right)) })
    }

    fn insert(&mut self, at: usize, split: Split<K, V>) {
        insert_at(&mut self.separators, at, split.separator);
        insert_at(&mut self.children, at + 1, split.right);
    }

    /// Moves children between two neighbours that `separator` parts, all of
    /// them to the left if one page can hold them. Gives the new separator if
    /// both are still needed.
    fn join(left: &mut Self, separator: K, right: &mut Self) -> Option<K> {
        let total = left.children.len() + right.children.len();
        let keep = share(total);
        // With the separator between them, the separators of both pages line
        // up with the children they follow.
        let last = left.separators.len();
        insert_at(&mut left.separators, last, separator);
        shift(&mut left.children, &mut right.children, keep);
        shift(&mut left.separators, &mut right.separators, keep.min(total - 1));
        if keep < total { left.separators.pop() } else { None }
    }
}

impl<K: Ord + Clone, V: Clone> Branch<K, V> {
    fn insert_entry(&mut self, key: K, value: V) -> Inserted<K, V> {
        let at = self.child_for(&key);
        #[expect(clippy::indexing_slicing, reason = "there is one separator fewer than children")]
        let child = &mut self.children[at];
        let mut outcome = Arc::make_mut(child).insert_entry(key, value);
        outcome.split = outcome.split.and_then(|split| self.insert_split(at, split));
        outcome
    }

    /// Joins pages that have become too small, from the end of a path upwards.
    pub(super) fn merge_underfull(&mut self, path: &PagePath, level: usize) {
        let at = path.step(level);
        let Some(child) = self.children.get_mut(at) else {
            return;
        };
        if let TablePage::Branch(below) = Arc::make_mut(child) {
            below.merge_underfull(path, level + 1);
        }
        if child.fill() < LEAST {
            self.join_at(at.saturating_sub(1));
        }
    }

    /// Joins the child at `at` with the one after it.
    fn join_at(&mut self, at: usize) {
        let Some([left, right]) = self.children.get_mut(at..at + 2) else {
            return;
        };
        // Copying a shared page may panic, so both come before any move.
        let parted = match (Arc::make_mut(left), Arc::make_mut(right)) {
            (TablePage::Leaf(left), TablePage::Leaf(right)) => {
                let separator = Leaf::join(left, right);
                self.separators.remove(at);
                separator
            }
            (TablePage::Branch(left), TablePage::Branch(right)) => {
                Branch::join(left, self.separators.remove(at), right)
            }
            _ => return,
        };
        match parted {
            Some(separator) => self.separators.insert(at, separator),
            None => drop(self.children.remove(at + 1)),
        }
    }
}

/// The number of keys, from the first on, for which `near` holds.
///
/// Looks at every eighth key and then at those up to the next eighth. That is
/// hardly more looks than halving takes in a page, and none waits for the one
/// before: a lookup takes a quarter less time than with halving.
pub(super) fn rank<K>(keys: &[K], near: impl Fn(&K) -> bool) -> usize {
    const STRIDE: usize = 8;
    let mut passed = 0;
    while keys.get(passed + STRIDE - 1).is_some_and(&near) {
        passed += STRIDE;
    }
    while keys.get(passed).is_some_and(&near) {
        passed += 1;
    }
    passed
}

/// Where to cut a full page that grows at `at`: in the middle, but where it
/// grows at an end most stays on the other side, so that sorted input leaves
/// pages well filled.
const fn cut(at: usize, end: usize) -> usize {
    if at == 0 {
        LEAST
    } else if at == end {
        CAPACITY - LEAST
    } else {
        CAPACITY / 2
    }
}

/// How many of the items of two neighbours the left one keeps.
const fn share(total: usize) -> usize {
    if total <= JOINED { total } else { total / 2 }
}

/// Moves items between the end of `left` and the start of `right` until `left`
/// has `keep` of them.
pub(super) fn shift<T>(left: &mut Vec<T>, right: &mut Vec<T>, keep: usize) {
    if let Some(moved) = keep.checked_sub(left.len()) {
        left.reserve_exact(moved);
        left.extend(right.drain(..moved.min(right.len())));
    } else {
        right.reserve_exact(left.len() - keep);
        right.splice(..0, left.drain(keep..));
    }
}

/// Splits the items of a page in two, and leaves each side the room to grow as
/// a copy of it would have.
fn split_off<T>(items: &mut Vec<T>, at: usize) -> Vec<T> {
    let mut right = Vec::with_capacity(room(items.len() - at));
    right.extend(items.drain(at..));
    items.shrink_to(room(at));
    right
}

/// Inserts an item, growing by an eighth of a page but never past a full one.
fn insert_at<T>(items: &mut Vec<T>, at: usize, item: T) {
    if items.len() == items.capacity() {
        items.reserve_exact(room(items.len()) - items.len());
    }
    items.insert(at, item);
}

/// Clones the items of a page that is about to grow or shrink by one.
fn copy<T: Clone>(items: &[T]) -> Vec<T> {
    let mut copied = Vec::with_capacity(room(items.len()));
    copied.extend_from_slice(items);
    copied
}

/// The capacity to allocate for a page that holds `len` items and may grow, in
/// steps of an eighth of a page: with twice the room at each step, a third of
/// what tables take would be empty.
fn room(len: usize) -> usize {
    let step = if len < 4 { 4 } else { CAPACITY / 8 };
    ((len / step + 1) * step).min(CAPACITY).max(len)
}
