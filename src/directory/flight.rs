//! One load under way, and everybody who waits for it.

use std::sync::PoisonError;

use crate::directory::LoadError;
use crate::sync::{Condvar, Mutex};

/// A load that many wait for.
pub(super) struct Flight<T> {
    outcome: Mutex<Outcome<T>>,
    ended: Condvar,
}

enum Outcome<T> {
    UnderWay,
    Landed(Result<T, LoadError>),
    Abandoned,
}

impl<T: Clone> Flight<T> {
    pub(super) const fn new() -> Self {
        Self { outcome: Mutex::new(Outcome::UnderWay), ended: Condvar::new() }
    }

    /// Gives everybody who waits the outcome.
    pub(super) fn land(&self, outcome: Result<T, LoadError>) {
        self.end(Outcome::Landed(outcome));
    }

    /// Tells everybody who waits that there will be no outcome, unless there is one.
    pub(super) fn abandon(&self) {
        self.end(Outcome::Abandoned);
    }

    fn end(&self, end: Outcome<T>) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*outcome, Outcome::UnderWay) {
            *outcome = end;
        }
        drop(outcome);
        self.ended.notify_all();
    }

    /// Waits for the outcome; none if it was abandoned.
    pub(super) fn wait(&self) -> Option<Result<T, LoadError>> {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let is_under_way = |outcome: &mut Outcome<T>| matches!(outcome, Outcome::UnderWay);
        let outcome = self.ended.wait_while(outcome, is_under_way);
        match &*outcome.unwrap_or_else(PoisonError::into_inner) {
            Outcome::Landed(landed) => Some(landed.clone()),
            Outcome::UnderWay | Outcome::Abandoned => None,
        }
    }
}
