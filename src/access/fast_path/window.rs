//! [`CoarseWindow`]: a window of time in twice 31 bits.

use jiff::Timestamp;

/// The length of a grain in seconds: 31 bits of them reach from 1970 to 2242.
const GRAIN: i64 = 4;

/// A window of time in whole grains since 1970, rounded inwards: an instant in it is certainly
/// within the exact window. An instant that is not may be within the exact window too, close to its
/// limits or out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) struct CoarseWindow {
    from: u32,
    /// Exclusive.
    until: u32,
}

impl CoarseWindow {
    /// No limit. The clock need not be read.
    pub(in crate::access) const ALWAYS: Self = Self { from: 0, until: Self::MAX };
    /// The highest grain.
    pub(super) const MAX: u32 = u32::MAX >> 1;

    /// The intersection with the window between a start and an end. Not equal to
    /// [`ALWAYS`](Self::ALWAYS) if either is given.
    pub(super) fn within(self, starts: Option<Timestamp>, ends: Option<Timestamp>) -> Self {
        let from = starts.map_or(0, |starts| (grain(starts) + 1).min(Self::MAX));
        let until = ends.map_or(Self::MAX, |ends| grain(ends).min(Self::MAX - 1));
        Self { from: self.from.max(from), until: self.until.min(until) }
    }

    pub(in crate::access) fn contains(self, now: Timestamp) -> bool {
        (self.from..self.until).contains(&grain(now))
    }

    pub(super) const fn numbers(self) -> [u32; 2] {
        [self.from, self.until]
    }

    pub(super) const fn of_numbers([from, until]: [u32; 2]) -> Self {
        Self { from, until }
    }
}

/// The grain of an instant; the first or last one if it is out of range.
fn grain(instant: Timestamp) -> u32 {
    let grain = instant.as_second().div_euclid(GRAIN).clamp(0, CoarseWindow::MAX.into());
    u32::try_from(grain).unwrap_or(CoarseWindow::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_a_coarse_window_is_within_the_exact_one() {
        let odd = |nanosecond| Timestamp::from_nanosecond(nanosecond).unwrap();
        let (first, last) = (odd(1), odd(8_000_000_000_000_000_000));
        let (starts, ends) = (odd(1_700_000_000_123_456_789), odd(1_700_003_600_000_000_001));
        let limits = [Timestamp::MIN, odd(-1), first, starts, ends, last, Timestamp::MAX];
        let limits = || limits.into_iter().map(Some).chain([None]);
        let steps = [-4_000_000_000, -1, 0, 1, 4_000_000_000_i128];
        let around = |limit: Timestamp| {
            let near = steps.map(|step| Timestamp::from_nanosecond(limit.as_nanosecond() + step));
            near.into_iter().flatten()
        };
        for (starts, ends) in limits().flat_map(|starts| limits().map(move |ends| (starts, ends))) {
            let window = CoarseWindow::ALWAYS.within(starts, ends);
            assert_eq!(window == CoarseWindow::ALWAYS, starts.is_none() && ends.is_none());
            assert!(window.numbers().iter().all(|number| *number <= CoarseWindow::MAX));
            assert_eq!(CoarseWindow::of_numbers(window.numbers()), window);
            for now in limits().flatten().flat_map(around) {
                let is_in_time =
                    starts.is_none_or(|it| it <= now) && ends.is_none_or(|it| now < it);
                assert!(is_in_time || !window.contains(now), "{starts:?}..{ends:?} at {now}");
            }
        }
    }

    #[test]
    fn d7_a_coarse_window_lacks_a_few_seconds() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let window = CoarseWindow::ALWAYS
            .within(Some(second(1_000)), None)
            .within(None, Some(second(2_000)));
        assert!(window.contains(second(1_000 + GRAIN)) && window.contains(second(2_000 - GRAIN)));
        assert!(!window.contains(second(999)) && !window.contains(second(2_000)));
    }
}
