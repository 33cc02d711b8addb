//! The tenant workload of the benches, put to other authorization engines and to tenantry in one process: what a check
//! costs, what an assignment takes in memory and in loading, and how long a change takes to be seen. Every answer of
//! every engine is compared with the reference, and one that differs ends the program with an error.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml [-- [--quick] [CHART.svg]]`
//!
//! `--quick` takes the smallest size alone and few rounds, and draws no chart unless a path is given.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    unreachable_pub,
    reason = "a bench stops at the first surprise, and nobody imports it"
)]

mod bare;
mod casbin;
mod cedar;
mod chart;
mod clock;
mod engine;
mod gatehouse;
mod measure;
mod ready;
mod regorus;
mod table;
mod tenantry;
mod versions;
#[path = "../../workload/mod.rs"]
mod workload;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use crate::engine::{Assignment, Facts, Grant};
use crate::measure::{Case, Change, Entry};
use crate::workload::bare::pair;
use crate::workload::{Question, ROLES, Random, SIZES, Workload};

/// Rounds, and changes, at each size; odd, so that the median is one of them.
const ROUNDS: usize = 51;
const CHANGES: usize = 51;

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/peers.svg");

/// What is asked of the program.
struct Arguments {
    quick: bool,
    chart: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { quick, chart } = arguments(env::args().skip(1))?;
    let (rounds, changes, sizes) = if quick { (11, 3, 1) } else { (ROUNDS, CHANGES, 3) };
    let mut entries = [
        Entry::of::<bare::Bare>(),
        Entry::of::<tenantry::Tenantry>(),
        Entry::of::<gatehouse::Gatehouse>(),
        Entry::of::<cedar::Cedar>(),
        Entry::of::<regorus::Regorus>(),
        Entry::of::<casbin::Casbin>(),
    ];
    let mut measured = Vec::new();
    for size in &SIZES[..sizes] {
        eprintln!("{}", size.name);
        let outcomes = at(*size, rounds, changes, &mut entries)?;
        measured.push(table::Size { name: size.name, outcomes });
    }
    println!("{}\n{}", table::versions(&measured[0].outcomes), table::table(&measured));
    let subtitle = "The same random questions, half of them allowed; every answer verified. Logarithmic scale, less is better.";
    let drawn = chart::chart(&measured, subtitle);
    if let Some(path) = chart {
        fs::write(&path, drawn)?;
        println!("chart: {}", path.display());
    }
    Ok(())
}

fn arguments(given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { quick: false, chart: None };
    for argument in given {
        match argument.as_str() {
            "--quick" => arguments.quick = true,
            option if option.starts_with('-') => return Err(format!("unknown option `{option}`")),
            _ if arguments.chart.is_some() => return Err("more than one path is given".to_owned()),
            path => arguments.chart = Some(path.into()),
        }
    }
    if !arguments.quick && arguments.chart.is_none() {
        arguments.chart = Some(CHART.into());
    }
    Ok(arguments)
}

/// Measures all engines at one size.
fn at(
    size: workload::Size,
    rounds: usize,
    changes: usize,
    entries: &mut [Entry],
) -> Result<Vec<measure::Outcome>, measure::Disagreement> {
    let mut facts = Vec::new();
    let Workload { snapshots, mut bare, questions } =
        Workload::with(size, |tenant| facts.push(Facts::from(tenant)));
    drop(snapshots);
    let before: Vec<_> = questions.iter().map(|question| bare.allows(question)).collect();
    assert_eq!(before.iter().filter(|allowed| **allowed).count(), before.len() / 2);
    let mut random = Random(17);
    let changes: Vec<_> = (0..changes)
        .map(|_| {
            loop {
                let change = change(&mut random, &facts);
                let pair = pair(change.question.sub_account, change.question.workspace);
                if !bare.contains(pair) {
                    bare.insert(pair, ROLES[change.grant.assignment.role].1);
                    break change;
                }
            }
        })
        .collect();
    let after: Vec<_> = questions.iter().map(|question| bare.allows(question)).collect();
    drop(bare);
    let case = Case {
        facts: &facts,
        questions: &questions,
        before: &before,
        after: &after,
        changes: &changes,
        rounds,
    };
    measure::run(entries, &case)
}

/// Some role for somebody somewhere, and a question that it allows.
fn change(random: &mut Random, facts: &[Facts]) -> Change {
    let organization = random.below(facts.len());
    let Facts { accounts, workspaces, .. } = &facts[organization];
    let sub_account = accounts[random.below(accounts.len())];
    let workspace = workspaces[random.below(workspaces.len())];
    let role = random.below(ROLES.len());
    let permission = random.one_of(ROLES[role].1);
    let grant = Grant { organization, assignment: Assignment { sub_account, workspace, role } };
    Change { grant, question: Question { organization, sub_account, workspace, permission } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(given: &[&str]) -> Result<Arguments, String> {
        arguments(given.iter().map(|it| (*it).to_owned()))
    }

    #[test]
    fn a_quick_run_draws_only_where_it_is_told() {
        assert!(parse(&["--quick"]).is_ok_and(|it| it.quick && it.chart.is_none()));
        assert!(parse(&["--quick", "a.svg"]).is_ok_and(|it| it.chart == Some("a.svg".into())));
        assert!(parse(&[]).is_ok_and(|it| !it.quick && it.chart == Some(CHART.into())));
        assert!(parse(&["--fast"]).is_err() && parse(&["a", "b"]).is_err());
    }
}
