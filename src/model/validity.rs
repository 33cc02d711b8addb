//! Validity: the half-open window of time in which an assignment applies.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A window `[starts, ends)`: includes its start and excludes its end. Either side may be
/// unbounded.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "Window", into = "Window")]
pub struct Validity {
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
}

/// A window that ends before it starts, or at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the window ends at {ends}, not after its start at {starts}")]
pub struct EmptyWindow {
    /// The start that was given.
    pub starts: Timestamp,
    /// The end that was given.
    pub ends: Timestamp,
}

impl Validity {
    /// The window without a start and an end.
    pub const ALWAYS: Self = Self { starts: None, ends: None };

    /// The window from `starts` on.
    pub const fn from(starts: Timestamp) -> Self {
        Self { starts: Some(starts), ends: None }
    }

    /// The window until just before `ends`.
    pub const fn until(ends: Timestamp) -> Self {
        Self { starts: None, ends: Some(ends) }
    }

    /// The window from `starts` until just before `ends`.
    ///
    /// # Errors
    ///
    /// [`EmptyWindow`] if `ends` is not after `starts`.
    pub fn between(starts: Timestamp, ends: Timestamp) -> Result<Self, EmptyWindow> {
        Window { starts: Some(starts), ends: Some(ends) }.try_into()
    }

    /// The first instant of the window. `None` if it has no start.
    pub const fn starts(self) -> Option<Timestamp> {
        self.starts
    }

    /// The first instant after the window. `None` if it has no end.
    pub const fn ends(self) -> Option<Timestamp> {
        self.ends
    }

    /// Whether the window has neither a start nor an end.
    pub const fn is_always(self) -> bool {
        self.starts.is_none() && self.ends.is_none()
    }

    /// Whether the window starts after `now`.
    pub fn is_ahead(self, now: Timestamp) -> bool {
        self.starts.is_some_and(|starts| now < starts)
    }

    /// Whether the window has ended by `now`.
    pub fn is_over(self, now: Timestamp) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    /// Whether the window contains `now`.
    pub fn holds(self, now: Timestamp) -> bool {
        !self.is_ahead(now) && !self.is_over(now)
    }
}

/// The stored form, before its sides are compared.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starts: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends: Option<Timestamp>,
}

impl TryFrom<Window> for Validity {
    type Error = EmptyWindow;

    fn try_from(Window { starts, ends }: Window) -> Result<Self, EmptyWindow> {
        match (starts, ends) {
            (Some(starts), Some(ends)) if ends <= starts => Err(EmptyWindow { starts, ends }),
            _ => Ok(Self { starts, ends }),
        }
    }
}

impl From<Validity> for Window {
    fn from(Validity { starts, ends }: Validity) -> Self {
        Self { starts, ends }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn d7_a_window_is_half_open() {
        let window = Validity::between(at(10), at(20)).unwrap();
        let just_before =
            |second| at(second).checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
        assert!(window.is_ahead(just_before(10)));
        assert!(window.holds(at(10)));
        assert!(window.holds(just_before(20)));
        assert!(window.is_over(at(20)));
        assert!(Validity::ALWAYS.holds(Timestamp::MIN) && Validity::ALWAYS.holds(Timestamp::MAX));
    }

    #[test]
    fn a_window_that_never_opens_is_refused() {
        for ends in [9, 10] {
            let refused = EmptyWindow { starts: at(10), ends: at(ends) };
            assert_eq!(Validity::between(at(10), at(ends)), Err(refused));
        }
        let stored = r#"{"starts":"2026-01-02T00:00:00Z","ends":"2026-01-01T00:00:00Z"}"#;
        assert!(serde_json::from_str::<Validity>(stored).is_err());
    }
}
