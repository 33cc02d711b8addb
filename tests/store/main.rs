//! Every backend against the suite of what a store promises, and the suite against stores that break their promises.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod broken;
mod commits;
mod custom;
mod faulty;
mod memory;
mod scratch;
#[cfg(feature = "sqlite")]
mod sqlite;
