//! Listings: exactly what the check allows, complete, whole or in pages (D11).
//!
//! `PROPTEST_CASES` sets how many organizations each property sees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says where"
)]

#[path = "../common/mod.rs"]
mod common;

mod cursors;
mod pages;
mod properties;
mod rosters;
mod sizes;
