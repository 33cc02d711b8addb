//! What threads cost each other: checks of two threads next to those of one, held against the bare table's own scaling;
//! and checks of a reader while a writer commits in batches, next to the reader alone.

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
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tenantry::store::MemoryStore;
use tenantry::{Action, AssignmentId, Directory, Grant, NewAssignment};
use workload::rounds::{self, median};
use workload::{Permission, QUESTIONS, Question, Size, Workload, catalog, found};

/// Checks that are timed together, for reading the clock costs as much as one.
const TOGETHER: usize = 64;
/// Actions in one commit of the writer.
const BATCH: usize = 64;

/// A way to answer.
type Answer = fn(&Workload, &Question) -> bool;

fn main() {
    for size in rounds::sizes() {
        println!("\n{}", size.name);
        scaling(size);
        if size.organizations == 1 {
            beside_a_writer(size);
        }
    }
}

/// Answers a second for one thread and for two, in turns.
fn scaling(size: Size) {
    let workload = Workload::new(size);
    let ways: [Answer; 2] = [Workload::bare, Workload::snapshot];
    let mut rates = ways.map(|_| [Vec::new(), Vec::new()]);
    for _ in 0..rounds::count() {
        for (answer, rates) in ways.iter().zip(&mut rates) {
            for (threads, rates) in [1, 2].into_iter().zip(rates) {
                rates.push(rate(&workload, threads, *answer));
            }
        }
    }
    let scales = rates.map(|[one, two]| median(two) / median(one));
    println!(
        "two threads answer so many times what one does: bare table {:.2}, snapshot.check {:.2}; {:.2} of it",
        scales[0],
        scales[1],
        scales[1] / scales[0]
    );
}

fn rate(workload: &Workload, threads: usize, answer: Answer) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for number in 0..threads {
            // Each begins elsewhere, so that none finds what another has just fetched.
            let (before, after) = workload.questions.split_at(QUESTIONS / 2 * number);
            scope.spawn(move || {
                let questions = after.iter().chain(before);
                let allowed = questions.filter(|question| answer(workload, question)).count();
                assert_eq!(black_box(allowed), QUESTIONS / 2);
            });
        }
    });
    (threads * QUESTIONS) as f64 / start.elapsed().as_secs_f64()
}

/// Checks on a directory, alone and while another thread assigns and revokes in batches, in turns.
fn beside_a_writer(size: Size) {
    let store = MemoryStore::new();
    let mut organization = None;
    let workload = Workload::with(size, |tenant| {
        let id = tenant.organization.id();
        found(&store, id, tenant.founding.clone());
        organization = Some((id, tenant.accounts.clone(), tenant.workspaces.clone()));
    });
    let (id, accounts, workspaces) = organization.unwrap();
    let directory = Directory::with_store(catalog(), store);
    directory.snapshot(id).unwrap();
    // Nobody has this yet, so that it can be given to anybody.
    let grant = Grant::any(catalog().names(Permission::EXPORT | Permission::DELETE).unwrap());
    let next = AtomicU64::new(1);
    let write = || {
        let admin = directory.system("bench").administer(id);
        let number = usize::try_from(next.load(Ordering::Relaxed)).unwrap();
        let made: Vec<_> = (0..BATCH)
            .map(|_| AssignmentId::from_u128(next.fetch_add(1, Ordering::Relaxed).into()))
            .collect();
        let assign = made.iter().enumerate().map(|(at, assignment)| {
            let (who, place) = (accounts[(number + at) % accounts.len()], workspaces[at % 2]);
            Action::from(NewAssignment::new(who, grant.clone(), place).id(*assignment))
        });
        admin.perform(assign.collect::<Vec<_>>()).unwrap();
        admin.perform(made.iter().map(|it| Action::Revoke(*it)).collect::<Vec<_>>()).unwrap();
    };
    let read = || -> Vec<f64> {
        workload
            .questions
            .chunks(TOGETHER)
            .map(|questions| {
                let start = Instant::now();
                for it in questions {
                    let decision = directory.check(id, it.sub_account, it.permission, it.workspace);
                    let _ = black_box(decision);
                }
                start.elapsed().as_nanos() as f64 / questions.len() as f64
            })
            .collect()
    };
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let mut commits = 0;
    for _ in 0..rounds::count() {
        alone.extend(read());
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut commits = 0;
                while !done.load(Ordering::Relaxed) {
                    write();
                    commits += 2;
                }
                commits
            });
            beside.extend(read());
            done.store(true, Ordering::Relaxed);
            commits += writer.join().unwrap();
        });
    }
    let percentile = |times: &mut Vec<f64>, percent: usize| {
        times.sort_by(f64::total_cmp);
        times[times.len() * percent / 100]
    };
    for percent in [50, 99] {
        let [alone, beside] = [&mut alone, &mut beside].map(|times| percentile(times, percent));
        println!(
            "p{percent} of a check: {alone:.1} ns alone, {beside:.1} ns beside a writer ({:.2}x)",
            beside / alone
        );
    }
    println!("commits of {BATCH} actions meanwhile: {commits}");
}
