//! Governance as a property of random histories: whatever is accepted keeps every promise of the rules G1 to G6 and I1
//! to I5, whatever is refused leaves no trace, and what a plan said is what came of it.
//!
//! `PROPTEST_CASES` sets how many histories there are.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says where"
)]

mod governed;

use proptest::collection::vec;
use proptest::prelude::*;

use governed::*;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        cases: cases.unwrap_or(180),
        max_shrink_iters: 1_500,
        ..ProptestConfig::default()
    }
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Numbers>> {
    vec(any::<Numbers>(), 0..most)
}

fn run(is_strict: bool, phases: &[(By, &[Numbers])]) -> Result<(), TestCaseError> {
    let mut machine = Machine::new(if is_strict { strict() } else { plain() });
    for (by, steps) in phases {
        machine.begin(*by);
        for numbers in *steps {
            machine.step(numbers).map_err(TestCaseError::fail)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_accepted_change_keeps_every_promise(
        is_strict in any::<bool>(),
        system in steps(16),
        group in steps(60),
        owners in steps(10),
        again in steps(40),
    ) {
        run(
            is_strict,
            &[
                (By::System, &system),
                (By::Group, &group),
                (By::Owners, &owners),
                (By::Group, &again),
            ],
        )?;
    }
}
