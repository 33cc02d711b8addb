//! [`PagePath`]: the way from the root of a table to a leaf.

/// More levels than a table can have: a root of two children above branches of
/// a quarter page each would by then count more entries than memory has bytes.
const LEVELS: usize = 16;

/// The index of the child to follow at each level, from the root downwards.
///
/// Paths in one table compare as their leaves do in key order, as all leaves
/// lie at one depth and unused steps are zero.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PagePath([u8; LEVELS]);

impl PagePath {
    pub(super) fn step(&self, level: usize) -> usize {
        self.0.get(level).copied().map_or(0, usize::from)
    }

    pub(super) fn set(&mut self, level: usize, step: usize) {
        if let (Some(held), Ok(step)) = (self.0.get_mut(level), u8::try_from(step)) {
            *held = step;
        }
    }
}
