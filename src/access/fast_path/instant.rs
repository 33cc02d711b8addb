//! [`PackedInstant`]: an instant in 64 bits.

use jiff::Timestamp;

/// Nanoseconds since 1970, which covers the years 1677 to 2262. A grant that starts or ends outside
/// of them needs full evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PackedInstant(i64);

impl PackedInstant {
    /// Before every instant.
    pub(super) const ALWAYS: Self = Self(i64::MIN);
    /// After every instant.
    pub(super) const NEVER: Self = Self(i64::MAX);

    /// Packs an instant; `None` if it is out of range.
    pub(super) fn new(instant: Timestamp) -> Option<Self> {
        let packed = i64::try_from(instant.as_nanosecond()).ok().map(Self)?;
        (Self::ALWAYS < packed && packed < Self::NEVER).then_some(packed)
    }

    /// Packs the present. A present out of range is clamped to before or after every instant that
    /// [`new`](Self::new) accepts.
    pub(super) fn of_now(instant: Timestamp) -> Self {
        let nanoseconds = instant.as_nanosecond().clamp(i64::MIN.into(), (i64::MAX - 1).into());
        Self(i64::try_from(nanoseconds).unwrap_or(i64::MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_a_packed_instant_keeps_its_nanosecond() {
        let instant = Timestamp::from_nanosecond(1_700_000_000_123_456_789).unwrap();
        let next = Timestamp::from_nanosecond(1_700_000_000_123_456_790).unwrap();
        assert_eq!(PackedInstant::new(instant), Some(PackedInstant::of_now(instant)));
        assert!(PackedInstant::of_now(instant) < PackedInstant::of_now(next));
    }

    #[test]
    fn d7_always_and_never_hold_in_all_centuries() {
        for instant in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            let now = PackedInstant::of_now(instant);
            assert!(PackedInstant::ALWAYS <= now && now < PackedInstant::NEVER);
        }
        assert!(
            PackedInstant::new(Timestamp::MIN).is_none()
                && PackedInstant::new(Timestamp::MAX).is_none()
        );
        let last = Timestamp::from_nanosecond((i64::MAX - 1).into()).unwrap();
        // A present out of range is after the last instant in range.
        assert!(PackedInstant::new(last).unwrap() <= PackedInstant::of_now(Timestamp::MAX));
        let first = Timestamp::from_nanosecond((i64::MIN + 1).into()).unwrap();
        assert!(PackedInstant::of_now(Timestamp::MIN) < PackedInstant::new(first).unwrap());
    }
}
