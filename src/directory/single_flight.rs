//! Single flight: one load in progress, and the threads that wait for its outcome.

use std::sync::PoisonError;

use crate::directory::error::LoadError;
use crate::sync::{Condvar, Mutex};

/// A load that several threads wait for.
pub(super) struct SingleFlight<T> {
    outcome: Mutex<FlightOutcome<T>>,
    ended: Condvar,
}

enum FlightOutcome<T> {
    Pending,
    Finished(Result<T, LoadError>),
    Abandoned,
}

impl<T: Clone> SingleFlight<T> {
    pub(super) const fn new() -> Self {
        Self { outcome: Mutex::new(FlightOutcome::Pending), ended: Condvar::new() }
    }

    /// Gives the outcome to every waiting thread.
    pub(super) fn finish(&self, outcome: Result<T, LoadError>) {
        self.end(FlightOutcome::Finished(outcome));
    }

    /// Wakes the waiting threads without an outcome, unless there is one already.
    pub(super) fn abandon(&self) {
        self.end(FlightOutcome::Abandoned);
    }

    fn end(&self, end: FlightOutcome<T>) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*outcome, FlightOutcome::Pending) {
            *outcome = end;
        }
        drop(outcome);
        self.ended.notify_all();
    }

    /// Blocks until the load has ended. `None` if it was abandoned.
    pub(super) fn wait(&self) -> Option<Result<T, LoadError>> {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let is_pending = |outcome: &mut FlightOutcome<T>| matches!(outcome, FlightOutcome::Pending);
        let outcome = self.ended.wait_while(outcome, is_pending);
        match &*outcome.unwrap_or_else(PoisonError::into_inner) {
            FlightOutcome::Finished(outcome) => Some(outcome.clone()),
            FlightOutcome::Pending | FlightOutcome::Abandoned => None,
        }
    }
}
