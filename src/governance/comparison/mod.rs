//! The holders that a change affects, and their permissions before and after it.
//!
//! - [`transition`](self::transition) is a change: the organization before and after, with
//!   everything that differs.
//! - [`affected`](self::affected) lists the holders that may gain or lose;
//!   [`gainers`](self::gainers) and [`narrower`](self::narrower) recognize those who can only lose.
//! - [`samples`](self::samples) enumerates the times and conditions that matter.
//! - [`compared_limits`](self::compared_limits) enumerates the combinations of lifted limits under
//!   which a gain is checked.
//! - [`equivalence_classes`](self::equivalence_classes) lets holders that differ in nothing but
//!   their ids share one result.

pub(super) mod affected;
pub(super) mod compared_limits;
pub(super) mod equivalence_classes;
pub(super) mod gainers;
pub(super) mod narrower;
pub(super) mod pair;
pub(super) mod samples;
pub(super) mod transition;

#[cfg(test)]
mod tests;
