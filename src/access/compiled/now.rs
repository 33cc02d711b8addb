//! [`LazyNow`]: the instant of one question, read from the clock at most once.

use std::cell::OnceCell;

use jiff::Timestamp;

use crate::access::context::Context;
use crate::clock::Clock;

/// The instant of one question: read from the clock when it is first needed, and fixed from then
/// on.
#[derive(Debug)]
pub(in crate::access) struct LazyNow<'a> {
    clock: &'a dyn Clock,
    read: OnceCell<Timestamp>,
}

impl<'a> LazyNow<'a> {
    /// The instant that the context names, or else the clock's.
    pub(in crate::access) fn new(context: &Context, clock: &'a dyn Clock) -> Self {
        let read = OnceCell::new();
        if let Some(time) = context.time() {
            // Setting a new cell cannot fail.
            let _ = read.set(time);
        }
        Self { clock, read }
    }

    pub(in crate::access) fn get(&self) -> Timestamp {
        *self.read.get_or_init(|| self.clock.now())
    }
}
