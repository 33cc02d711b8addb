//! What one check costs, next to one look-up in a bare hash table that holds every reachable pair.
//!
//! Criterion reports each by itself; the table at the end comes from interleaved rounds in this same process, so that its
//! ratios hold on a noisy machine. "dependent" means that each question waits for the answer to the one before.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "a bench stops at the first surprise, and nobody imports it"
)]

mod workload;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use workload::{QUESTIONS, Question, SIZES, Workload};

/// Rounds over all questions for the closing table; odd, so that the median is one of them.
const ROUNDS: usize = 15;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let trial = std::env::args().any(|argument| argument == "--test");
    let mut rows = Vec::new();
    for size in SIZES {
        if trial && size.assignments > 300 {
            continue;
        }
        let workload = Workload::new(size);
        workload.verify();
        bench(&mut criterion, size.name, &workload);
        rows.push((size.name, measure(&workload, if trial { 1 } else { ROUNDS })));
    }
    criterion.final_summary();
    print(&rows);
}

fn bench(criterion: &mut Criterion, name: &str, workload: &Workload) {
    let mut group = criterion.benchmark_group(format!("check/{name}"));
    let mut add = |name: &str, answer: &dyn Fn(&Question) -> bool| {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let questions = workload.questions.iter().cycle();
                let start = Instant::now();
                for question in questions.take(usize::try_from(iterations).unwrap()) {
                    black_box(answer(question));
                }
                start.elapsed()
            });
        });
    };
    add("bare", &|question| workload.bare(question));
    add("snapshot", &|question| workload.snapshot(question));
    group.finish();
}

/// Nanoseconds for one answer: median over rounds that take turns.
struct Row {
    bare: f64,
    snapshot: f64,
    bare_dependent: f64,
    snapshot_dependent: f64,
}

fn measure(workload: &Workload, rounds: usize) -> Row {
    let mut columns: [Vec<f64>; 4] = Default::default();
    for _ in 0..rounds {
        columns[0].push(throughput(workload, Workload::bare));
        columns[1].push(throughput(workload, Workload::snapshot));
        columns[2].push(dependent(workload, Workload::bare));
        columns[3].push(dependent(workload, Workload::snapshot));
    }
    let [bare, snapshot, bare_dependent, snapshot_dependent] = columns.map(|mut column| {
        column.sort_by(f64::total_cmp);
        column[column.len() / 2]
    });
    Row { bare, snapshot, bare_dependent, snapshot_dependent }
}

fn throughput(workload: &Workload, answer: impl Fn(&Workload, &Question) -> bool) -> f64 {
    let start = Instant::now();
    let allowed = workload.questions.iter().filter(|question| answer(workload, question)).count();
    per_question(start, allowed)
}

/// Which question comes next depends on the answer to the last.
fn dependent(workload: &Workload, answer: impl Fn(&Workload, &Question) -> bool) -> f64 {
    let zero = black_box(0);
    let start = Instant::now();
    let (mut position, mut allowed) = (0, 0);
    for _ in 0..QUESTIONS {
        let answered = usize::from(answer(workload, &workload.questions[position]));
        allowed += answered;
        position = (position + 1 + (answered & zero)) % QUESTIONS;
    }
    per_question(start, allowed)
}

fn per_question(start: Instant, allowed: usize) -> f64 {
    let elapsed = start.elapsed();
    assert_eq!(allowed, QUESTIONS / 2);
    elapsed.as_nanos() as f64 / QUESTIONS as f64
}

fn print(rows: &[(&str, Row)]) {
    println!("\nnanoseconds per check, median of interleaved rounds over {QUESTIONS} questions");
    println!(
        "{:<34} {:>8} {:>9} {:>7}   {:>8} {:>9} {:>7}",
        "", "bare", "snapshot", "ratio", "bare", "snapshot", "ratio"
    );
    println!("{:<34} {:^26}   {:^26}", "", "throughput", "dependent");
    for (name, row) in rows {
        println!(
            "{name:<34} {:>8.1} {:>9.1} {:>6.1}x   {:>8.1} {:>9.1} {:>6.1}x",
            row.bare,
            row.snapshot,
            row.snapshot / row.bare,
            row.bare_dependent,
            row.snapshot_dependent,
            row.snapshot_dependent / row.bare_dependent,
        );
    }
}
