//! Clocks that show what a test wants them to show.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tenantry::clock::Clock;

/// A clock that shows what it was set to, backwards too.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(crate) fn at(time: Timestamp) -> Arc<Self> {
        Arc::new(Self(Mutex::new(time)))
    }

    pub(crate) fn set(&self, time: Timestamp) {
        *self.0.lock().unwrap() = time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A clock that shows another time whenever it is read, and the last one from then on.
#[derive(Debug)]
pub(crate) struct RestlessClock(Mutex<VecDeque<Timestamp>>);

impl RestlessClock {
    pub(crate) fn showing(times: impl IntoIterator<Item = Timestamp>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(times.into_iter().collect())))
    }
}

impl Clock for RestlessClock {
    fn now(&self) -> Timestamp {
        let mut times = self.0.lock().unwrap();
        if times.len() > 1 { times.pop_front().unwrap() } else { times[0] }
    }
}
