//! What an account has in an organization, or could have: at any place, at any time, under any
//! conditions, with limits kept or lifted.
//!
//! - [`view`](self::view) reads an organization lazily and caches what it computes;
//!   [`holding`](self::holding) collects the assignments that apply to one holder. The two files
//!   refer to each other.
//! - [`query`](self::query) evaluates one holding exactly; [`bounds`](self::bounds) bounds it from
//!   above and below without evaluating single times and conditions.
//! - [`limits`](self::limits) is the table of limits that can go away,
//!   [`lifted_limits`](self::lifted_limits) says which of them a query lifts.

pub(super) mod bounders;
pub(super) mod bounds;
pub(super) mod holding;
pub(super) mod lifted_limits;
pub(super) mod limits;
pub(super) mod location;
pub(super) mod names;
pub(super) mod query;
pub(super) mod view;

#[cfg(test)]
pub(in crate::governance) mod tests;
