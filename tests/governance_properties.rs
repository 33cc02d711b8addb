//! Governance as a property of random histories: whatever is accepted keeps every promise of the
//! rules, whatever is refused leaves no trace, and what a plan said is what came of it. The group
//! acts, and the host and operators in between.
//!
//! `PROPTEST_CASES` sets how many histories there are. `GOVERNED_LIMITS` and `GOVERNED_PROMISES`
//! list what to look at; a failure starts with the promise that is broken, in brackets.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says where"
)]

mod governed;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use tenantry::Catalog;

use governed::*;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        cases: cases.unwrap_or(400),
        max_shrink_iters: 1_500,
        ..ProptestConfig::default()
    }
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Numbers>> {
    vec(any::<Numbers>(), 0..most)
}

/// What runs: mostly one release, and at times two of them over one store.
fn releases(number: u8) -> Vec<&'static Catalog<Permission>> {
    match number % 4 {
        0 | 1 => vec![strict()],
        2 => vec![plain()],
        _ => vec![plain(), next()],
    }
}

fn run(number: u8, seed: u64, phases: &[(By, &[Numbers])]) -> Result<(), TestCaseError> {
    let mut machine = Machine::new(&releases(number), seed);
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
        number in any::<u8>(),
        seed in any::<u64>(),
        system in steps(16),
        group in steps(60),
        owners in steps(10),
        again in steps(40),
    ) {
        run(
            number,
            seed,
            &[
                (By::System, &system),
                (By::Group, &group),
                (By::Owners, &owners),
                (By::Group, &again),
            ],
        )?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..config() })]

    #[test]
    fn whatever_meets_in_one_account_can_be_taken_away(seed in any::<u64>(), count in 0_u8..18) {
        takes_away_from_a_crowd(seed, count).map_err(TestCaseError::fail)?;
    }
}

/// How many harmless changes are refused. `HARMLESS_CASES` organizations, 150 by default, with
/// `HARMLESS_QUESTIONS` each, 120 by default.
#[test]
#[ignore = "a measurement"]
fn how_many_harmless_changes_are_refused() {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default)
    };
    let questions = usize::try_from(number("HARMLESS_QUESTIONS", 120)).unwrap();
    let mut tally = Tally::default();
    for case in 0..number("HARMLESS_CASES", 150) {
        let catalog = if case % 2 == 0 { plain() } else { strict() };
        let steps = usize::try_from(case % 5).unwrap() * 6;
        tally.ask(catalog, 1_000_003 * (case + 1), steps, questions);
    }
    println!("{tally}");
}

/// How many of some histories break which promise, each up to the first one that it breaks.
/// `BREAKS_CASES` histories, 300 by default, from `BREAKS_FROM` on; `BREAKS_SHOW` prints each,
/// `BREAKS_ROWS` the organization before its last step as well.
#[test]
#[ignore = "a measurement"]
fn how_often_each_promise_is_broken() {
    let cases = std::env::var("BREAKS_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(300);
    let mut broken: BTreeMap<String, usize> = BTreeMap::new();
    let mut accepted = 0;
    let first = std::env::var("BREAKS_FROM").ok().and_then(|it| it.parse().ok()).unwrap_or(0);
    for case in first..first + cases {
        let mut random = Random(7_919 * (case + 1));
        let mut machine = Machine::new(&releases(case.to_le_bytes()[0]), random.next());
        let phases = [(By::System, 16), (By::Group, 60), (By::Owners, 10), (By::Group, 40)];
        let all = phases.iter().flat_map(|(by, steps)| (0..*steps).map(move |step| (*by, step)));
        let mut failed = None;
        for (by, step) in all {
            if step == 0 {
                machine.begin(by);
            }
            if let Err(error) = machine.step(&random.numbers()) {
                failed = Some(error);
                break;
            }
        }
        accepted += machine.accepted;
        let Some(error) = failed else { continue };
        let last = error.lines().find(|it| it.starts_with('[') && it.len() > 1).unwrap_or(&error);
        let words = last.split([':', '(']).next().unwrap_or(last);
        *broken.entry(words.to_owned()).or_default() += 1;
        if std::env::var_os("BREAKS_SHOW").is_some() {
            println!("--- case {case}\n{error}");
            if std::env::var_os("BREAKS_ROWS").is_some() {
                println!("{}", machine.rows());
            }
        }
    }
    println!("{accepted} accepted changes in {cases} histories");
    for (what, count) in broken {
        println!("{count:>5}  {what}");
    }
}
