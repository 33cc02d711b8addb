//! The structure of an organization, as `apply` keeps it: what is refused leaves the organization byte for byte what it
//! was, nothing dangles, nests too deep or contains itself, and what was used is never free again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod at_rest;
mod erased;
mod identity;
mod indexes;
mod invitations;
mod life;
mod nesting;
mod personal;
mod references;
mod requests;
mod setup;
