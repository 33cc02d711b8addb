//! The table beside the map of the standard library.
//!
//! `cargo bench --bench table` ends with both in one small printed table, in
//! nanoseconds per operation and per entry for walks and builds.

#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench stops at the first surprise and prints what it found"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};
use tenantry::table::Table;

type Value = [u8; 32];
type Entries = Vec<(u128, Value)>;

const FEW: usize = 300;
const MANY: usize = 1_000_000;
/// Stands in for [`MANY`] when the benches are only tried.
const TRIED: usize = 20_000;

/// One printed line: what was done at which size, and the samples of each map.
struct Line {
    name: &'static str,
    size: usize,
    table: Vec<f64>,
    standard: Vec<f64>,
}

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

fn main() {
    let measured = std::env::args().any(|arg| arg == "--bench")
        && !std::env::args().any(|arg| arg == "--test");
    let mut criterion = Criterion::default()
        .sample_size(10)
        .nresamples(2_000)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
        .configure_from_args();
    for size in [FEW, if measured { MANY } else { TRIED }] {
        bench(&mut criterion, size);
    }
    criterion.final_summary();
    if measured {
        print();
    }
}

fn bench(criterion: &mut Criterion, size: usize) {
    let entries = entries(size);
    let table: Table<_, _> = entries.iter().copied().collect();
    let standard: BTreeMap<_, _> = entries.iter().copied().collect();
    let sorted: Entries = standard.iter().map(|(key, value)| (*key, *value)).collect();

    let mut at = Turns::new(&entries);
    run(criterion, "get", size, Side::Table, 1, || {
        let (key, _) = at.next();
        black_box(table.get(key));
    });
    run(criterion, "get", size, Side::Standard, 1, || {
        let (key, _) = at.next();
        black_box(standard.get(key));
    });

    let mut alone: Table<_, _> = entries.iter().copied().collect();
    run(criterion, "remove + insert", size, Side::Table, 1, || {
        let (key, value) = at.next();
        black_box(alone.remove(key));
        alone.insert(*key, *value);
    });
    drop(alone);
    let mut alone = standard.clone();
    run(criterion, "remove + insert", size, Side::Standard, 1, || {
        let (key, value) = at.next();
        black_box(alone.remove(key));
        alone.insert(*key, *value);
    });
    drop(alone);

    run(criterion, "clone + insert", size, Side::Table, 1, || {
        let (key, value) = at.next();
        let mut next = table.clone();
        next.insert(key ^ 1, *value);
        black_box(&next);
    });
    // A clone of the standard map copies every entry: out of reach when large.
    if size == FEW {
        run(criterion, "clone + insert", size, Side::Standard, 1, || {
            let (key, value) = at.next();
            let mut next = standard.clone();
            next.insert(key ^ 1, *value);
            black_box(&next);
        });
    }

    run(criterion, "walk, per entry", size, Side::Table, size, || {
        black_box(table.iter().fold(0, |sum, (key, value)| sum ^ *key ^ u128::from(value[0])));
    });
    run(criterion, "walk, per entry", size, Side::Standard, size, || {
        black_box(standard.iter().fold(0, |sum, (key, value)| sum ^ *key ^ u128::from(value[0])));
    });

    run(criterion, "build sorted, per entry", size, Side::Table, size, || {
        black_box(sorted.iter().copied().collect::<Table<_, _>>());
    });
    run(criterion, "build sorted, per entry", size, Side::Standard, size, || {
        black_box(sorted.iter().copied().collect::<BTreeMap<_, _>>());
    });
}

/// Which of the two maps a bench is about.
#[derive(Clone, Copy)]
enum Side {
    Table,
    Standard,
}

/// Hands a routine to criterion and keeps each sample for the printed table.
fn run(
    criterion: &mut Criterion,
    name: &'static str,
    size: usize,
    of: Side,
    per: usize,
    mut routine: impl FnMut(),
) {
    let mut samples = Vec::new();
    let label = match of {
        Side::Table => "table",
        Side::Standard => "standard",
    };
    let mut group = criterion.benchmark_group(name);
    if per > 1 {
        // Rounds are long: as many in each sample, rather than more and more.
        group.sampling_mode(SamplingMode::Flat);
    }
    group.bench_function(format!("{label}/{size}"), |bencher| {
        bencher.iter_custom(|rounds| {
            let start = Instant::now();
            for _ in 0..rounds {
                routine();
            }
            let spent = start.elapsed();
            samples.push(spent.as_secs_f64() * 1e9 / rounds as f64 / per as f64);
            spent
        });
    });
    group.finish();
    LINES.with_borrow_mut(|lines| {
        if !lines.iter().any(|line| line.name == name && line.size == size) {
            lines.push(Line { name, size, table: Vec::new(), standard: Vec::new() });
        }
        let line = lines.iter_mut().find(|line| line.name == name && line.size == size).unwrap();
        match of {
            Side::Table => line.table = samples,
            Side::Standard => line.standard = samples,
        }
    });
}

fn print() {
    println!("\n{:<26}{:>9}{:>12}{:>14}{:>8}", "ns", "entries", "Table", "BTreeMap", "ratio");
    LINES.with_borrow_mut(|lines| {
        for line in lines {
            let Some(table) = median(&mut line.table) else {
                continue;
            };
            print!("{:<26}{:>9}{table:>12.1}", line.name, line.size);
            match median(&mut line.standard) {
                Some(standard) => println!("{standard:>14.1}{:>8.2}", table / standard),
                None => println!("{:>14}{:>8}", "-", "-"),
            }
        }
    });
}

fn median(samples: &mut [f64]) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied()
}

/// Entries under scattered keys, the same in every run.
fn entries(size: usize) -> Entries {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut word = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u128::from(mixed ^ (mixed >> 31))
    };
    (0..size).map(|n| ((word() << 64 | word()) & !1, [n.to_le_bytes()[0]; 32])).collect()
}

/// Goes through entries in an order no cache can foresee.
struct Turns<'a> {
    entries: &'a [(u128, Value)],
    at: usize,
}

impl<'a> Turns<'a> {
    fn new(entries: &'a [(u128, Value)]) -> Self {
        Self { entries, at: 0 }
    }

    fn next(&mut self) -> &'a (u128, Value) {
        self.at = (self.at + 7_919) % self.entries.len();
        &self.entries[self.at]
    }
}
