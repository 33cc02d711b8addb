//! Processes that are killed, and disks that fail, at every call that a store's life makes to the system.
//!
//! The test binary runs itself under strace: `child` lives the life, `tracing` spoils a call of it, `survivor` says what must
//! be true afterwards. What is spoiled is told in `kills` and `faults`; `synced` holds what a kill cannot show. An everyday
//! run spoils a few calls of every name, `CRASH_KILLS=all` all of them; docs/STORAGE.md has the counts.
//!
//! That these tests can fail was seen by breaking things on purpose:
//!
//! | broken | seen by |
//! | --- | --- |
//! | an answer is told before the call is made | `kills`: what was answered is not there; `faults` as well |
//! | `journal_mode = MEMORY` | `kills`: the file is malformed |
//! | side rows are written in a transaction of their own, after the commit | `kills`: neither before nor after |
//! | records are dropped and marked as archived in two transactions | `kills`: records are missing; with 200 kills, not with 30 |
//! | a store is made under its own name, not linked to it when it is whole | `kills`: what is there cannot be opened |
//! | commit ids are not looked up | `kills`: a commit that is sent again is a conflict |
//! | an error of COMMIT is taken for success | `faults`: what was answered is not there, or a conflict comes of it |
//! | an error of COMMIT is taken for `Unavailable` | `faults`: what was said not to have been written is there |
//! | an error of reading the revision is taken for no organization | `faults`: an organization is taken for none |
//! | the log is not opened for writing when a store is opened | `faults`: a handle commits nothing any more |
//! | `synchronous = OFF`, or `NORMAL` | `synced` alone: answered before the log was synced |
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
