//! A clock that stands still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// A clock that shows a fixed time until it is set again. Clones share one time.
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
pub struct FixedClock(Arc<Mutex<ClockState>>);

#[derive(Debug, Clone, Copy)]
struct ClockState {
    now: Timestamp,
    monotonic: Duration,
}

impl FixedClock {
    /// Returns a clock that shows `time`.
    pub fn at(time: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(ClockState { now: time, monotonic: Duration::ZERO })))
    }

    /// Sets the time, as an operator sets a clock: its monotonic time does not change. A directory
    /// never uses an earlier time than before, so for a directory a clock that is set back stands
    /// still.
    pub fn set(&self, time: Timestamp) {
        self.change(|state| state.now = time);
    }

    /// Advances the time, at most to the end of time. A negative duration sets the clock back.
    pub fn advance(&self, by: SignedDuration) {
        self.change(|state| {
            let end = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
            state.now = state.now.checked_add(by).unwrap_or(end);
            let passed = Duration::try_from(by).unwrap_or_default();
            state.monotonic = state.monotonic.saturating_add(passed);
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut ClockState) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.change(|state| state.now)
    }

    fn monotonic(&self) -> Duration {
        self.change(|state| state.monotonic)
    }
}
