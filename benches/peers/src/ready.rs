//! Runs a future that never waits: two of the engines are async so that they could read from elsewhere, and nothing here
//! is elsewhere. No runtime has to be started or paid for.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Polls until there is a result.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
}
