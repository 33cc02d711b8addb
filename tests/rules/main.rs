//! The rules of the decision, D1 to D13, each as truth tables: one file a rule, every test named after what it holds.
//!
//! Every answer comes through [`support::World`], which asks the compiled snapshot and the naive reference and lets a
//! test see the answer only if the two agree.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod d01_default;
mod d02_status;
mod d03_reach;
mod d04_masks;
mod d05_deny;
mod d06_ownership;
mod d07_time;
mod d08_conditions;
mod d09_requests;
mod d10_prerequisites;
mod d12_operators;
mod d13_bounds;
