//! A process is killed at every call by which it changes a file, and what it leaves behind is opened by processes that are
//! killed as well.

use std::collections::BTreeMap;
use std::fmt;

use crate::child::Role;
use crate::home::Home;
use crate::plan;
use crate::survivor::{Fate, First, Told, examine};
use crate::telling::Said;
use crate::tracing::{Calls, End, Injection, Point, points, spoiled};

/// In a long run, after one in so many first kills the second one comes at every call there is, else at one of them.
const THOROUGH: usize = 12;

/// How many were killed doing what, and what had become of it.
#[derive(Debug, Default)]
struct Report {
    kills: usize,
    while_opening_again: usize,
    by_call: BTreeMap<String, usize>,
    by_work: BTreeMap<&'static str, BTreeMap<Fate, usize>>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, while_opening_again, by_call, by_work } = self;
        writeln!(f, "{kills} kills, and {while_opening_again} more while opening again")?;
        writeln!(f, "at the system's calls: {by_call:?}")?;
        by_work.iter().try_for_each(|(work, fates)| writeln!(f, "in {work}: {fates:?}"))
    }
}

/// What a process was doing when it was killed.
fn work(said: &[Said]) -> &'static str {
    if let Some(call) = Told::of(said).under_way() {
        return call;
    }
    match said.last() {
        None => "opening",
        Some(Said::Closes) => "closing",
        Some(_) => "between calls",
    }
}

/// A process opens what another left behind and is killed at this call.
fn killed_looking(left: &Home, point: &Point) -> (Home, End) {
    let home = left.copy();
    let (end, _) = spoiled(Role::Look, &home, Calls::Changes, point, Injection::Kill);
    (home, end)
}

/// The life of a store ends at a call; whatever had been answered is there, and what was under way is there as a whole or not
/// at all. The same if a second process is killed while it opens what the first one left, or closes it again.
#[test]
fn incident_40_nothing_acknowledged_is_lost_to_kill_9() {
    let all = points(Role::Live, &Home::new(), Calls::Changes);
    assert!(all.len() > 100, "a life of only {} calls", all.len());
    let chosen = plan::chosen(&all);
    let mut report = Report::default();
    for (number, point) in chosen.iter().enumerate() {
        let home = Home::new();
        let (end, _) = spoiled(Role::Live, &home, Calls::Changes, point, Injection::Kill);
        if end == End::Returned {
            continue; // It was a little shorter than the first one.
        }
        report.kills += 1;
        *report.by_call.entry(point.name.clone()).or_default() += 1;
        let work = work(&home.said());
        let again = points(Role::Look, &home.copy(), Calls::Changes);
        let is_thorough = plan::is_long() && number % THOROUGH == 0;
        let (skip, take) = if is_thorough { (0, again.len()) } else { (number % again.len(), 1) };
        for point in again.iter().skip(skip).take(take) {
            let (home, end) = killed_looking(&home, point);
            report.while_opening_again += usize::from(end == End::Killed);
            examine(&home, First::Further);
        }
        let fate = examine(&home, First::Resend);
        *report.by_work.entry(work).or_default().entry(fate).or_default() += 1;
    }
    println!("{report}");
    assert!(report.kills * 10 >= chosen.len() * 9, "of {} only {}", chosen.len(), report.kills);
}
