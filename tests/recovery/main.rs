//! Recovery: whatever a store does on the way, what was acknowledged is there, and what a directory answers is what was.

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
