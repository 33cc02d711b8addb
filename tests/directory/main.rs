//! The directory and the store in memory, as a service sees them: commits, conflicts, failures, restarts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod administration;
mod commits;
mod fleet;
mod incidents;
mod setup;
mod storage;
mod upkeep;
mod watched;
