//! Span: from when until when something is so, in twice 31 bits.

use jiff::Timestamp;

/// In seconds: 31 bits count them from 1970 to 2242.
const GRAIN: i64 = 4;

/// Whole grains of time since 1970, fewer than there are in truth: all instants of a span are in time, and of those close to
/// its limits, or in other centuries, nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    from: u32,
    /// The first that is no longer in it.
    until: u32,
}

impl Span {
    /// What is so at any time, which nobody needs to know.
    pub(super) const ALWAYS: Self = Self { from: 0, until: Self::MAX };
    /// The highest of its numbers.
    pub(super) const MAX: u32 = u32::MAX >> 1;

    /// What of it lies between a start and an end. It is not always, if there is either.
    pub(super) fn within(self, starts: Option<Timestamp>, ends: Option<Timestamp>) -> Self {
        let from = starts.map_or(0, |starts| (grain(starts) + 1).min(Self::MAX));
        let until = ends.map_or(Self::MAX, |ends| grain(ends).min(Self::MAX - 1));
        Self { from: self.from.max(from), until: self.until.min(until) }
    }

    pub(super) fn holds(self, now: Timestamp) -> bool {
        (self.from..self.until).contains(&grain(now))
    }

    pub(super) const fn numbers(self) -> [u32; 2] {
        [self.from, self.until]
    }

    pub(super) const fn of_numbers([from, until]: [u32; 2]) -> Self {
        Self { from, until }
    }
}

/// The grain of an instant; the first or last for one of other centuries.
fn grain(instant: Timestamp) -> u32 {
    let grain = instant.as_second().div_euclid(GRAIN).clamp(0, Span::MAX.into());
    u32::try_from(grain).unwrap_or(Span::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_a_span_is_all_in_time() {
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
            let span = Span::ALWAYS.within(starts, ends);
            assert_eq!(span == Span::ALWAYS, starts.is_none() && ends.is_none());
            assert!(span.numbers().iter().all(|number| *number <= Span::MAX));
            assert_eq!(Span::of_numbers(span.numbers()), span);
            for now in limits().flatten().flat_map(around) {
                let is_in_time =
                    starts.is_none_or(|it| it <= now) && ends.is_none_or(|it| now < it);
                assert!(is_in_time || !span.holds(now), "{starts:?}..{ends:?} at {now}");
            }
        }
    }

    #[test]
    fn d7_a_span_lacks_a_few_seconds_and_no_more() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let span = Span::ALWAYS.within(Some(second(1_000)), None).within(None, Some(second(2_000)));
        assert!(span.holds(second(1_000 + GRAIN)) && span.holds(second(2_000 - GRAIN)));
        assert!(!span.holds(second(999)) && !span.holds(second(2_000)));
    }
}
