//! [`Word`]: an integer as wide as the permissions of a catalog need.

use std::ops::{BitAnd, BitOr, Not};

use crate::permission::Bits;

/// An integer as wide as the permissions of a catalog need. Most fit into 64 bits, and operations
/// on those take half the instructions of 128.
pub(in crate::access) trait Word:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> + Ord
{
    const NONE: Self;

    /// The low bits; those that do not fit stand for no permission that this process can ask for.
    fn truncated(bits: Bits) -> Self;

    /// The same bits; `None` if they do not fit.
    fn exactly(bits: Bits) -> Option<Self>;

    /// The number of the lowest bit.
    fn first(self) -> u32;

    /// All bits but the lowest.
    fn rest(self) -> Self;
}

macro_rules! words {
    ($($word:ty)*) => {$(
        impl Word for $word {
            const NONE: Self = 0;

            #[allow(
                trivial_numeric_casts,
                clippy::cast_possible_truncation,
                reason = "no permission that can be asked for is in the rest"
            )]
            #[inline]
            fn truncated(bits: Bits) -> Self {
                bits.0 as Self
            }

            #[inline]
            fn exactly(bits: Bits) -> Option<Self> {
                Self::try_from(bits.0).ok()
            }

            #[inline]
            fn first(self) -> u32 {
                self.trailing_zeros()
            }

            #[inline]
            fn rest(self) -> Self {
                self & self.wrapping_sub(1)
            }
        }
    )*};
}
words!(u64 u128);
