//! [`IndexRecord`]: what an index can hold.

/// A record of fixed size with a 128-bit id.
pub(crate) trait IndexRecord: Clone + Default {
    /// The most bytes of an index without a directory: a change may have to copy them all.
    const SMALL: usize = 128 * 1024;

    fn id(&self) -> u128;

    /// Whether the slot is in use. False for the default record, which fills free slots.
    fn is_taken(&self) -> bool;
}
