//! Numbers for measurements, which must come out alike every time.

/// Numbers that look random and are the same every time (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let number = self.next();
        let count = u64::try_from(items.len()).unwrap().max(1);
        items.get(usize::try_from(number % count).unwrap())
    }

    pub(crate) fn numbers(&mut self) -> [u8; 24] {
        std::array::from_fn(|_| self.next().to_le_bytes()[0])
    }
}
