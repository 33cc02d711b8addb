//! The outcome of a case: success, or which promise was broken.

use std::error::Error;
use std::fmt;

/// The outcome of a case.
pub type Outcome = Result<(), Failure>;

/// A description of a promise that a backend has broken.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    what: String,
}

impl Failure {
    /// Returns a failure with this description.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// As [`fmt::Display`]: a failed test prints this.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Failure {}

/// Adds the operation to an error that should not have happened.
pub(super) trait During<T> {
    /// Turns the error into a failure during `what`.
    fn during(self, what: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: Error> During<T> for Result<T, E> {
    fn during(self, what: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| {
            let mut text = format!("{what}: {error}");
            let mut source = error.source();
            while let Some(error) = source {
                text = format!("{text}: {error}");
                source = error.source();
            }
            Failure::new(text)
        })
    }
}

/// Returns a failure with a message unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::store::conformance::Failure::new(format!($($message)+)));
        }
    };
}

/// Returns a failure with a message and both values unless they are equal.
macro_rules! ensure_eq {
    ($found:expr, $expected:expr, $($message:tt)+) => {
        let (found, expected) = (&$found, &$expected);
        if found != expected {
            let message = format!($($message)+);
            return Err($crate::store::conformance::Failure::new(format!(
                "{message}: expected {expected:?}, found {found:?}"
            )));
        }
    };
}

/// Returns a failure with a message and the value unless it matches a pattern.
macro_rules! ensure_matches {
    ($found:expr, $pattern:pat $(if $guard:expr)?, $($message:tt)+) => {
        match &$found {
            $pattern $(if $guard)? => {}
            found => {
                let message = format!($($message)+);
                return Err($crate::store::conformance::Failure::new(format!(
                    "{message}: expected {}, found {found:?}",
                    stringify!($pattern $(if $guard)?),
                )));
            }
        }
    };
}
