//! Ways through the pages: to a key, to either end, and from leaf to leaf.
//!
//! Nothing here changes a page. Pages hold no pointers to their neighbours or
//! to the page above, since a page may hang below many tables at once; a path
//! from the root stands in for both. `iter` walks with it, and a change in
//! `page` follows one that was found beforehand.

use std::borrow::Borrow;

use crate::table::page::{CAPACITY, Leaf, Page, rank};

/// More levels than a table can have: a root of two children above branches of
/// a quarter page each would by then count more entries than memory has bytes.
const LEVELS: usize = 16;

const _: () = assert!(CAPACITY <= 256, "a step must fit its byte");

/// The index of the child to follow at each level, from the root downwards.
///
/// Paths in one table compare as their leaves do in key order, as all leaves
/// lie at one depth and unused steps are zero.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path([u8; LEVELS]);

/// A leaf, the way to it, and one of the gaps between its entries, by the slot
/// that follows the gap.
pub(super) struct Place<'a, K, V> {
    pub(super) path: Path,
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

impl Path {
    pub(super) fn step(&self, level: usize) -> usize {
        self.0.get(level).copied().map_or(0, usize::from)
    }

    fn set(&mut self, level: usize, step: usize) {
        if let (Some(held), Ok(step)) = (self.0.get_mut(level), u8::try_from(step)) {
            *held = step;
        }
    }
}

impl<K, V> Page<K, V> {
    /// The place before the first entry or after the last one.
    pub(super) fn outermost(&self, edge: Edge) -> Option<Place<'_, K, V>> {
        let mut path = Path::default();
        let leaf = self.descend(&mut path, 0, edge)?;
        let slot = match edge {
            Edge::First => 0,
            Edge::Last => leaf.keys.len(),
        };
        Some(Place { path, leaf, slot })
    }

    /// The place before or after the entry under a key; if there is none, both
    /// are where it would go.
    pub(super) fn seek<Q>(&self, key: &Q, edge: Edge) -> Option<Place<'_, K, V>>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let mut path = Path::default();
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
        Some(Place { path, leaf, slot })
    }

    /// Moves a path on to the next leaf towards an edge, if there is one.
    pub(super) fn beside(&self, path: &mut Path, towards: Edge) -> Option<&Leaf<K, V>> {
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
    fn descend(&self, path: &mut Path, mut level: usize, edge: Edge) -> Option<&Leaf<K, V>> {
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
