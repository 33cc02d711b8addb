//! Stories of groups that would rise against the rules, and of administrators whom nobody could
//! stop, through the public API alone. Each test tells one story to its end: the step that must be
//! refused, the ordinary later act of somebody else that would complete the rise, and what the
//! group may do then.
//!
//! Stories that must stay possible, however the rules are worded, stand in `stays_possible`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_imports,
    reason = "a test stops at the first surprise"
)]

#[allow(dead_code, reason = "shared with the tests of governance, which use all of it")]
#[path = "../governance/setup.rs"]
mod setup;

mod stage;

mod break_01_flags;
mod break_02_ceilings;
mod break_03_new_places;
mod break_04_adoption;
mod break_05_operators;
mod break_06_duties;
mod break_07_commits;
mod break_08_catalogs;
mod break_09_policy;
mod break_10_smaller;
mod decided;
mod further;
mod kinds;
mod stays_possible;
