//! C: releases with different catalogs, side by side over one store.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod adoption;
mod ahead;
mod drawing;
mod peer;
mod projection;
mod properties;
mod setup;
mod stories;
