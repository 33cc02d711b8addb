//! Processes that are killed, and disks that fail, at every call that a store's life makes to the system.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod application;
mod call;
mod child;
mod faults;
mod home;
mod kills;
mod moment;
mod plan;
#[path = "../store/scratch.rs"]
mod scratch;
mod survivor;
mod synced;
mod telling;
mod tracing;
