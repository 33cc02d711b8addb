//! Recovery: whatever a store does on the way, what was acknowledged is there, and what a directory answers is what was.
//!
//! Three directories with more or less room work on one store, in steps that change, plan, read, refresh, tend, archive,
//! erase and start anew. Any call of the store may fail before or after it was done, lose its answer, lag behind, or be
//! overtaken by another commit. After every step the store underneath is read without faults (`truth`), and held to it is
//! what every directory answers (`world`):
//!
//! - what was acknowledged is stored, once and as it was shown; what was refused is not; and nobody is left in doubt who
//!   could have asked once more;
//! - revisions have no gaps, every record follows the one before it by its hash, and those that were archived were handed
//!   over first;
//! - a directory answers with exactly one revision, decides as its nouns tell, and never goes back: what was revoked stays
//!   revoked. Two exceptions: it may be shut, and then answers nothing; and what it let go for lack of room it has
//!   forgotten, so that a store that lags can give it something older;
//! - side rows are there as long as anything that is kept refers to them, and no longer;
//! - once the faults are over, one refresh brings everybody to the head of the store.
//!
//! What these stories find, tried by breaking the library on purpose:
//!
//! - a commit that is visible before it is stored;
//! - an unknown outcome that is passed on instead of sent again, or that is taken for a failure when the second answer is
//!   one;
//! - catching up that leaves a record out, or stops after the first;
//! - an eviction that keeps the old snapshot for whoever loads the organization next;
//! - a snapshot that takes the place of a newer one;
//! - archiving that drops what it was not shown, and an erasure by what this process saw last.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod meanwhile;
mod steps;
mod stories;
mod subject;
mod truth;
mod world;

use proptest::prelude::*;

use steps::{Story, story};
use world::World;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        cases: cases.unwrap_or(64),
        max_shrink_iters: 3_000,
        ..ProptestConfig::default()
    }
}

fn tell(story: &Story) {
    let mut world = World::new(story);
    for step in &story.steps {
        world.take(step);
    }
    world.end();
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn s3_s4_s7_what_was_acknowledged_is_there_whatever_the_store_does(story in story(false)) {
        tell(&story);
    }

    #[test]
    fn s3_s4_s7_it_is_there_even_if_the_store_lags(story in story(true)) {
        tell(&story);
    }
}
