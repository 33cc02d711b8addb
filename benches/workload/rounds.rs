//! Ways to answer the same questions, timed in turns within one process, so that their ratios hold on a noisy machine.

#![allow(clippy::cast_precision_loss, reason = "nanoseconds and questions are few")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;

use super::{QUESTIONS, SIZES, Size};

/// Rounds over all questions; odd, so that the median is one of them.
const ROUNDS: usize = 15;

/// Nanoseconds for one answer.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// When an answer can begin before the last has ended.
    pub throughput: f64,
    /// When it cannot: which question is next depends on the last answer.
    pub dependent: f64,
}

/// One way to answer.
pub struct Way<'a> {
    name: &'static str,
    throughput: Box<dyn Fn() -> f64 + 'a>,
    dependent: Box<dyn Fn() -> f64 + 'a>,
    /// Answers so many questions.
    some: Box<dyn Fn(u64) -> Duration + 'a>,
}

impl<'a> Way<'a> {
    pub fn new<T>(
        name: &'static str,
        questions: &'a [T],
        answer: impl Fn(&T) -> bool + Copy + 'a,
    ) -> Self {
        Self {
            name,
            throughput: Box::new(move || throughput(questions, answer)),
            dependent: Box::new(move || dependent(questions, answer)),
            some: Box::new(move |iterations| {
                let start = Instant::now();
                for question in questions.iter().cycle().take(usize::try_from(iterations).unwrap())
                {
                    black_box(answer(question));
                }
                start.elapsed()
            }),
        }
    }
}

/// Measures at every size, and prints what came of it. `prepare` makes the workload of a size and hands the ways to
/// answer over to be measured; the first is what the others are held against.
pub fn run(name: &str, prepare: impl Fn(Size, &mut dyn FnMut(&[Way<'_>]))) {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let mut rows = Vec::new();
    for size in sizes() {
        prepare(size, &mut |ways| {
            let group = format!("{name}/{}", size.name);
            rows.push((size.name, measure(&mut criterion, &group, ways)));
        });
    }
    criterion.final_summary();
    print(&rows);
}

/// Has criterion report each by itself, and times all in turns for the closing table.
fn measure(criterion: &mut Criterion, group: &str, ways: &[Way<'_>]) -> Vec<(&'static str, Times)> {
    let mut reports = criterion.benchmark_group(group);
    for way in ways {
        reports
            .bench_function(way.name, |bencher| bencher.iter_custom(|number| (way.some)(number)));
    }
    reports.finish();
    in_turns(ways)
}

/// Times all in turns, over and over, and gives the medians.
pub fn in_turns(ways: &[Way<'_>]) -> Vec<(&'static str, Times)> {
    let mut times: Vec<[Vec<f64>; 2]> = ways.iter().map(|_| Default::default()).collect();
    for _ in 0..count() {
        for (way, [throughput, dependent]) in ways.iter().zip(&mut times) {
            throughput.push((way.throughput)());
            dependent.push((way.dependent)());
        }
    }
    let medians = times.into_iter().map(|columns| {
        let [throughput, dependent] = columns.map(median);
        Times { throughput, dependent }
    });
    ways.iter().map(|way| way.name).zip(medians).collect()
}

/// The sizes to measure at: the smallest alone, if it is only tried whether everything runs.
pub fn sizes() -> impl Iterator<Item = Size> {
    SIZES.into_iter().filter(|size| !is_trial() || size.assignments <= 300)
}

/// How many rounds to take.
pub fn count() -> usize {
    if is_trial() { 1 } else { ROUNDS }
}

/// Whether it is only tried whether everything runs.
pub fn is_trial() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// What it takes to make something, in nanoseconds, without what it takes to drop it again.
pub fn timed<T>(make: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let made = black_box(make());
    let elapsed = start.elapsed();
    drop(made);
    elapsed.as_nanos() as f64
}

pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Prints what was measured at each size, each way next to the first.
fn print(rows: &[(&str, Vec<(&'static str, Times)>)]) {
    println!(
        "\nnanoseconds for one answer, median of interleaved rounds over {QUESTIONS} questions"
    );
    println!(
        "{:<34} {:<22} {:>10} {:>7}   {:>10} {:>7}",
        "", "", "throughput", "", "dependent", ""
    );
    for (size, ways) in rows {
        let mut size = *size;
        let Some((_, first)) = ways.first() else { continue };
        for (way, times) in ways {
            println!(
                "{size:<34} {way:<22} {:>10.1} {:>6.2}x   {:>10.1} {:>6.2}x",
                times.throughput,
                times.throughput / first.throughput,
                times.dependent,
                times.dependent / first.dependent,
            );
            size = "";
        }
    }
}

fn throughput<T>(questions: &[T], answer: impl Fn(&T) -> bool) -> f64 {
    let start = Instant::now();
    let allowed = questions.iter().filter(|question| answer(question)).count();
    per_question(start, allowed)
}

fn dependent<T>(questions: &[T], answer: impl Fn(&T) -> bool) -> f64 {
    let zero = black_box(0);
    let start = Instant::now();
    let (mut position, mut allowed) = (0, 0);
    for _ in 0..QUESTIONS {
        let answered = usize::from(answer(&questions[position]));
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
