//! The clock of the rounds: how long this thread has had a processor, where the system says so. Nothing that is timed by
//! it waits for anything, so on a quiet machine it is the time that passes; on a busy one it leaves out the others.

use std::time::Duration;

/// Started once, it tells what has gone by since.
pub struct Clock(Duration);

impl Clock {
    pub fn start() -> Self {
        Self(now())
    }

    pub fn elapsed(&self) -> Duration {
        now().saturating_sub(self.0)
    }
}

#[cfg(unix)]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap()
}

#[cfg(not(unix))]
fn now() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
