//! What went wrong in other systems and must not go wrong here: one test for each published incident that concerns the
//! model, the catalog or the decision. Each opens with the story.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod input;
mod life;
mod setup;
