//! Moment: an instant in 64 bits, to the nanosecond, for the centuries around now.

use jiff::Timestamp;

/// Nanoseconds since 1970, from 1677 to 2262. What starts or ends outside of these years is not answered quickly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl Moment {
    /// Before every instant.
    pub(super) const ALWAYS: Self = Self(i64::MIN);
    /// After every instant.
    pub(super) const NEVER: Self = Self(i64::MAX);

    /// The moment of an instant; `None` for one of other centuries.
    pub(super) fn new(instant: Timestamp) -> Option<Self> {
        let moment = i64::try_from(instant.as_nanosecond()).ok().map(Self)?;
        (Self::ALWAYS < moment && moment < Self::NEVER).then_some(moment)
    }

    /// The moment of the present: one of other centuries is before or after all that anything can start or end at.
    pub(super) fn of_now(instant: Timestamp) -> Self {
        let nanoseconds = instant.as_nanosecond().clamp(i64::MIN.into(), (i64::MAX - 1).into());
        Self(i64::try_from(nanoseconds).unwrap_or(i64::MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_a_moment_is_its_instant_and_no_other() {
        let instant = Timestamp::from_nanosecond(1_700_000_000_123_456_789).unwrap();
        let next = Timestamp::from_nanosecond(1_700_000_000_123_456_790).unwrap();
        assert_eq!(Moment::new(instant), Some(Moment::of_now(instant)));
        assert!(Moment::of_now(instant) < Moment::of_now(next));
    }

    #[test]
    fn d7_what_is_always_or_never_is_so_in_all_centuries() {
        for instant in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            let now = Moment::of_now(instant);
            assert!(Moment::ALWAYS <= now && now < Moment::NEVER);
        }
        assert!(Moment::new(Timestamp::MIN).is_none() && Moment::new(Timestamp::MAX).is_none());
        let last = Timestamp::from_nanosecond((i64::MAX - 1).into()).unwrap();
        // What ends last of all has ended in the centuries after.
        assert!(Moment::new(last).unwrap() <= Moment::of_now(Timestamp::MAX));
        let first = Timestamp::from_nanosecond((i64::MIN + 1).into()).unwrap();
        assert!(Moment::of_now(Timestamp::MIN) < Moment::new(first).unwrap());
    }
}
