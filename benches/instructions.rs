//! How many instructions one check takes, counted by callgrind: the same on a busy machine as on a quiet one.
//!
//! Each function below asks the same kind of question a number of times; `.ci/instructions` counts what is executed inside
//! of each and compares that with `benches/instructions.txt`. Run by itself it only asks.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a bench stops at the first surprise, and nobody imports it"
)]

mod workload;

use std::hint::black_box;

use workload::{Question, SIZES, Workload};

/// Every function asks this many questions.
const ASKED: usize = 1_000;

fn main() {
    let workload = Workload::new(SIZES[0]);
    let of = |is_allowed: bool| -> Vec<Question> {
        let questions = workload.questions.iter().copied();
        questions.filter(|question| workload.bare(question) == is_allowed).take(ASKED).collect()
    };
    let (allowed, denied) = (of(true), of(false));
    assert_eq!(bare_lookup(&workload, &allowed), ASKED);
    assert_eq!(snapshot_check_allowed(&workload, &allowed), ASKED);
    assert_eq!(snapshot_check_denied(&workload, &denied), ASKED);
    println!("asked {ASKED} questions of each kind");
}

#[inline(never)]
fn bare_lookup(workload: &Workload, questions: &[Question]) -> usize {
    questions.iter().filter(|question| workload.bare(black_box(question))).count()
}

#[inline(never)]
fn snapshot_check_allowed(workload: &Workload, questions: &[Question]) -> usize {
    questions.iter().filter(|question| workload.snapshot(black_box(question))).count()
}

#[inline(never)]
fn snapshot_check_denied(workload: &Workload, questions: &[Question]) -> usize {
    questions.iter().filter(|question| !workload.snapshot(black_box(question))).count()
}
