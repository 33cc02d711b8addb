//! A clock that stands still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// A clock that shows what it was set to until it is set again. Clones are one clock.
///
/// ```
/// use tenantry::testing::FixedClock;
/// use tenantry::{Clock, Timestamp};
///
/// let clock = FixedClock::at("2030-01-01T12:00:00Z".parse()?);
/// clock.advance("PT1H".parse()?);
/// assert_eq!(clock.now(), "2030-01-01T13:00:00Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Shown>>);

#[derive(Debug, Clone, Copy)]
struct Shown {
    now: Timestamp,
    monotonic: Duration,
}

impl FixedClock {
    /// A clock that stands at `time`.
    pub fn at(time: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Shown { now: time, monotonic: Duration::ZERO })))
    }

    /// Sets the clock, as an operator does: the time since its start stays what it is. A directory never shows less than
    /// it has shown, so for it a clock that is set back stands still.
    pub fn set(&self, time: Timestamp) {
        self.change(|shown| shown.now = time);
    }

    /// Lets time pass; at the end of time it stands still. A negative duration sets the clock back.
    pub fn advance(&self, by: SignedDuration) {
        self.change(|shown| {
            let end = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
            shown.now = shown.now.checked_add(by).unwrap_or(end);
            let passed = Duration::try_from(by).unwrap_or_default();
            shown.monotonic = shown.monotonic.saturating_add(passed);
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut Shown) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.change(|shown| shown.now)
    }

    fn monotonic(&self) -> Duration {
        self.change(|shown| shown.monotonic)
    }
}
