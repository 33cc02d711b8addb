//! The hash of an index: two multiplied halves, folded.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Multiplies the two halves of an id, each combined with its seed, and folds the product. That
/// takes few instructions, and every bit of the id affects every bit of the hash.
#[inline]
pub(super) fn hash([low_seed, high_seed]: [u64; 2], id: u128) -> u64 {
    let product = u128::from(half(id) ^ low_seed) * u128::from(half(id >> 64) ^ high_seed);
    half(product) ^ half(product >> 64)
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is intended")]
#[inline]
const fn half(number: u128) -> u64 {
    number as u64
}

/// The low bits of a hash, as an index into a table.
#[allow(clippy::cast_possible_truncation, reason = "the low bits are intended")]
#[inline]
pub(super) const fn low(hash: u64) -> usize {
    hash as usize
}

/// Random seeds, so that ids cannot be chosen to collide.
pub(super) fn seeds() -> [u64; 2] {
    let random = RandomState::new();
    [random.hash_one(0), random.hash_one(1)]
}
