use jiff::{SignedDuration, Timestamp};

/// The instant with this number; everything is judged as of the first.
pub(super) fn instant(number: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(number)
}
