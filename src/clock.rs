//! [`Clock`]: the injected source of time, and a high-water mark that keeps it from stepping back.
//!
//! Only [`SystemClock`] reads the machine's clock. A check reads the time only if a time limit can
//! matter to it.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A source of time.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// The time since a fixed moment in the past. It never goes back, even if the clock is set.
    /// Staleness is measured by it.
    fn monotonic(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }
}

/// A clock that never goes back: an assignment that was seen to expire stays expired even if the
/// machine's clock is set back.
///
/// The mark is shared by everything that uses this value; a directory has one for all its
/// organizations. Marks are nanoseconds since 1970 and saturate in the year 2262.
#[derive(Debug)]
pub struct HighWater {
    clock: Box<dyn Clock>,
    mark: AtomicI64,
}

impl HighWater {
    /// Wraps `clock` with a high-water mark.
    pub fn new(clock: impl Clock) -> Self {
        Self { clock: Box::new(clock), mark: AtomicI64::new(i64::MIN) }
    }
}

impl Clock for HighWater {
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        let nanoseconds = i64::try_from(now.as_nanosecond())
            .unwrap_or(if now < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX });
        let before = self.mark.fetch_max(nanoseconds, Ordering::Relaxed);
        if before > nanoseconds {
            Timestamp::from_nanosecond(i128::from(before)).unwrap_or(now)
        } else {
            now
        }
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Debug)]
    struct Script(Mutex<Vec<i64>>);

    impl Clock for Script {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.lock().unwrap().pop().unwrap()).unwrap()
        }
    }

    #[test]
    fn time_never_steps_back() {
        let clock = HighWater::new(Script(Mutex::new(vec![30, 5, 20, 20, 10])));
        let seen: Vec<i64> = (0..5).map(|_| clock.now().as_second()).collect();
        assert_eq!(seen, [10, 20, 20, 20, 30]);
    }

    #[test]
    fn instants_beyond_the_mark_pass_unchanged() {
        let far = Timestamp::MAX.as_second();
        let clock = HighWater::new(Script(Mutex::new(vec![far, -far])));
        assert_eq!(clock.now().as_second(), -far);
        assert_eq!(clock.now().as_second(), far);
    }
}
