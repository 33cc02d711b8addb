//! Waiting for a change: a hint that wakes the caller, ends by its timeout, and never spins.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::record::Expected;
use crate::store::Store;
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::{Failure, Outcome};
use crate::store::conformance::fixtures;

/// Asserts that a wait is not too short, never that it is not too long. Other commits may wake the
/// reader, so one undisturbed round is enough.
pub(super) fn waiting_ends_by_the_timeout_and_does_not_spin(backend: &Backend) -> Outcome {
    const WAITS: u32 = 5;
    const ROUNDS: u32 = 25;
    let timeout = Duration::from_millis(40);
    let store = backend.open();
    fixtures::create_organization(&*store, 1)?;
    store.wait_for_change(Duration::ZERO).during("waiting for no time at all")?;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..WAITS {
            store.wait_for_change(timeout).during("waiting")?;
        }
        // Timers may fire a little early.
        if start.elapsed() >= timeout * WAITS * 9 / 10 {
            return Ok(());
        }
        thread::sleep(timeout * WAITS);
    }
    Err(Failure::new(format!(
        "{WAITS} waits of {timeout:?} were too short in all of {ROUNDS} rounds: waiting spins"
    )))
}

pub(super) fn a_waiting_reader_is_woken_by_a_commit(backend: &Backend) -> Outcome {
    let store = backend.open();
    woken(&*store, &*store)
}

pub(super) fn a_waiting_reader_is_woken_by_another_handle(backend: &Backend) -> Outcome {
    let (reader, writer) = (backend.open(), backend.open());
    woken(&*reader, &*writer)
}

/// Commits go on until the reader returns, because the first may come before it starts to wait.
fn woken(reader: &dyn Store, writer: &dyn Store) -> Outcome {
    let timeout = Duration::from_mins(1);
    let (organization, _) = fixtures::create_organization(writer, 1)?;
    let returned = AtomicBool::new(false);
    let wait = || {
        let start = Instant::now();
        let waited = reader.wait_for_change(timeout).during("waiting");
        returned.store(true, Ordering::Release);
        waited?;
        ensure!(start.elapsed() < timeout, "commits did not wake a reader within {timeout:?}");
        Ok(())
    };
    thread::scope(|scope| {
        let waiting = scope.spawn(wait);
        let mut number = 1;
        while !returned.load(Ordering::Acquire) {
            let expected = Expected::At(fixtures::revision(number)?);
            fixtures::commit_ok(writer, &fixtures::commit(organization, expected))?;
            number += 1;
            thread::sleep(Duration::from_millis(5));
        }
        let panicked = |_| Err(Failure::new("the store panicked while a reader waited"));
        waiting.join().unwrap_or_else(panicked)
    })
}
