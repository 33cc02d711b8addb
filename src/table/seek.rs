//! Finds positions in a table: of a key, at either end, and from leaf to leaf.
//!
//! Nothing here changes a page. A page holds no pointers to its neighbours or
//! its parent, since it may belong to many tables at once; the path from the
//! root stands in for both. `iter` walks with it, and a change in `page`
//! follows a path that was found beforehand.

use std::borrow::Borrow;

use crate::table::page::{CAPACITY, Leaf, TablePage, rank};
use crate::table::path::PagePath;

const _: () = assert!(CAPACITY <= 256, "a step of a path must fit its byte");

/// A gap between two entries of a leaf, given by the slot after the gap.
pub(super) struct EntryPosition<'a, K, V> {
    pub(super) path: PagePath,
    pub(super) leaf: &'a Leaf<K, V>,
    pub(super) slot: usize,
}

/// One of two ends: of a table, or of the (at most one) entry under a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    First,
    Last,
}

impl Edge {
    const fn opposite(self) -> Self {
        match self {
            Self::First => Self::Last,
            Self::Last => Self::First,
        }
    }
}

impl<K, V> TablePage<K, V> {
    /// The position before the first entry or after the last one.
    pub(super) fn outermost(&self, edge: Edge) -> Option<EntryPosition<'_, K, V>> {
        let mut path = PagePath::default();
        let leaf = self.descend(&mut path, 0, edge)?;
        let slot = match edge {
            Edge::First => 0,
            Edge::Last => leaf.keys.len(),
        };
        Some(EntryPosition { path, leaf, slot })
    }

    /// The position before or after the entry under a key. If there is no entry,
    /// both are the position where it would be inserted.
    pub(super) fn seek<Q>(&self, key: &Q, edge: Edge) -> Option<EntryPosition<'_, K, V>>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let mut path = PagePath::default();
        let mut page = self;
        let mut level = 0;
        let leaf = loop {
            match page {
                Self::Leaf(leaf) => break leaf,
                Self::Branch(branch) => {
                    let step = branch.child_for(key);
                    path.set(level, step);
                    page = branch.children.get(step)?;
                    level += 1;
                }
            }
        };
        let slot = match edge {
            Edge::First => rank(&leaf.keys, |held| held.borrow() < key),
            Edge::Last => rank(&leaf.keys, |held| held.borrow() <= key),
        };
        Some(EntryPosition { path, leaf, slot })
    }

    /// Moves a path on to the next leaf towards an edge, if there is one.
    pub(super) fn next_leaf(&self, path: &mut PagePath, towards: Edge) -> Option<&Leaf<K, V>> {
        let mut turn = None;
        let mut page = self;
        let mut level = 0;
        while let Self::Branch(branch) = page {
            let step = path.step(level);
            let next = match towards {
                Edge::First => step.checked_sub(1),
                Edge::Last => Some(step + 1),
            };
            if let Some((next, child)) =
                next.and_then(|next| Some((next, branch.children.get(next)?)))
            {
                turn = Some((level, next, child));
            }
            page = branch.children.get(step)?;
            level += 1;
        }
        let (level, next, child) = turn?;
        path.set(level, next);
        child.descend(path, level + 1, towards.opposite())
    }

    /// Follows one edge down to a leaf and notes the steps from `level` on.
    fn descend(&self, path: &mut PagePath, mut level: usize, edge: Edge) -> Option<&Leaf<K, V>> {
        let mut page = self;
        loop {
            match page {
                Self::Leaf(leaf) => return Some(leaf),
                Self::Branch(branch) => {
                    let step = match edge {
                        Edge::First => 0,
                        Edge::Last => branch.children.len().saturating_sub(1),
                    };
                    path.set(level, step);
                    page = branch.children.get(step)?;
                    level += 1;
                }
            }
        }
    }
}
