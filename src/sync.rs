//! Locks, atomics and swapped pointers, imported from here so that a test can replace them.
//!
//! The library uses those of the standard library and of `arc_swap`. The package `interleavings`
//! builds the same source with those of `shuttle`, which runs one thread at a time and lets a seed
//! choose which.

#[cfg(not(tenantry_shuttle))]
pub(crate) use self::threads::*;
#[cfg(tenantry_shuttle)]
pub(crate) use self::turns::*;

#[cfg(not(tenantry_shuttle))]
mod threads {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64};
    pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

    pub(crate) use arc_swap::ArcSwap;
}

#[cfg(tenantry_shuttle)]
mod turns {
    use std::ops::Deref;
    use std::sync::atomic::Ordering;
    use std::sync::{Arc, PoisonError};

    pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU64};
    pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard};

    /// Replaces that of `arc_swap`: before every call the scheduler may switch to another thread.
    pub(crate) struct ArcSwap<T> {
        turn: AtomicBool,
        /// Never held while the scheduler switches threads.
        held: std::sync::Mutex<Arc<T>>,
    }

    impl<T> ArcSwap<T> {
        pub(crate) fn from_pointee(value: T) -> Self {
            Self { turn: AtomicBool::new(false), held: std::sync::Mutex::new(Arc::new(value)) }
        }

        pub(crate) fn load(&self) -> ArcGuard<Arc<T>> {
            ArcGuard(Arc::clone(&*self.held()))
        }

        pub(crate) fn store(&self, value: Arc<T>) {
            let before = std::mem::replace(&mut *self.held(), value);
            drop(before);
        }

        fn held(&self) -> std::sync::MutexGuard<'_, Arc<T>> {
            self.turn.load(Ordering::SeqCst);
            self.held.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    pub(crate) struct ArcGuard<T>(T);

    impl<T> Deref for ArcGuard<T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.0
        }
    }
}
