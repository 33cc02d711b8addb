//! A disk that fails at one call, or from one call on, and what the store says of it.

use std::collections::BTreeMap;
use std::fmt;

use crate::child::Role;
use crate::home::Home;
use crate::moment;
use crate::plan;
use crate::survivor::{Fate, First, Told, examine};
use crate::telling::{Kind, Said};
use crate::tracing::{Calls, End, Injection, Point, points, spoiled};

/// What was said of how many faults.
#[derive(Debug, Default)]
struct Report {
    faults: usize,
    /// Those of which nobody heard: SQLite does not need every call to succeed.
    unnoticed: usize,
    kinds: BTreeMap<(&'static str, Kind), usize>,
    fates: BTreeMap<Fate, usize>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { faults, unnoticed, kinds, fates } = self;
        writeln!(
            f,
            "{faults} faults, {unnoticed} of them unnoticed; what was under way: {fates:?}"
        )?;
        kinds.iter().try_for_each(|((what, kind), count)| writeln!(f, "{what}: {kind:?} {count}"))
    }
}

impl Report {
    /// Notes what was said, each of which must be what a disk's failure is called: it is nobody's fault but the disk's.
    fn hear(&mut self, said: &[Said], point: &Point) {
        self.faults += 1;
        let mut doing = "?";
        let mut heard = 0;
        for said in said {
            let (what, kind) = match said {
                Said::Makes(call) => {
                    doing = call.name();
                    continue;
                }
                Said::Failed(kind) => (doing, *kind),
                Said::NotOpened(kind) => ("opening", *kind),
                Said::NotRead(kind) => ("reading", *kind),
                _ => continue,
            };
            let is_fit = match kind {
                Kind::Unavailable => true,
                Kind::OutcomeUnknown => matches!(said, Said::Failed(_)),
                // SQLite does not tell why it could not open a file.
                Kind::Backend => point.name.starts_with("open"),
                // It takes what the disk does not give back for damaged.
                Kind::Corrupt => point.name.contains("read"),
                _ => false,
            };
            assert!(is_fit, "{what} at {point}: {kind:?}");
            *self.kinds.entry((what, kind)).or_default() += 1;
            heard += 1;
        }
        self.unnoticed += usize::from(heard == 0);
    }
}

/// One call fails, once, at any moment of a store's life. The process is told, tries again with the same handle, and comes to
/// the end of what it had to do; nothing is lost, and nothing is there twice.
fn fails_once(error: &'static str) {
    let all = points(Role::Live, &Home::new(), Calls::Changes);
    each_fails_once(error, &plan::chosen(&all));
}

fn each_fails_once(error: &'static str, points: &[&Point]) {
    let mut report = Report::default();
    for point in points {
        let home = Home::new();
        let injection = Injection::Once(error);
        let (end, is_there) = spoiled(Role::Live, &home, Calls::Changes, point, injection);
        assert_eq!(end, End::Returned);
        let said = home.said();
        assert_eq!(said.last(), Some(&Said::Ended));
        if is_there {
            report.hear(&said, point);
        }
        *report.fates.entry(examine(&home, First::Resend)).or_default() += 1;
    }
    println!("{error} once: {report}");
    assert!(report.faults > 0);
}

/// From one call on every call of that name fails, until the process gives up and ends. Then the fault is gone: what had been
/// answered is there, what had failed is not, and what nobody knew of is there as a whole or not at all.
fn goes_on_failing(error: &'static str) {
    let all = points(Role::LiveUntilItFails, &Home::new(), Calls::Changes);
    let mut report = Report::default();
    for (number, point) in plan::chosen(&all).into_iter().enumerate() {
        let home = Home::new();
        let injection = Injection::FromThenOn(error);
        let role = Role::LiveUntilItFails;
        let (end, is_there) = spoiled(role, &home, Calls::Changes, point, injection);
        assert_eq!(end, End::Returned);
        if is_there {
            report.hear(&home.said(), point);
        }
        let first = if number % 2 == 0 { First::Resend } else { First::Further };
        *report.fates.entry(examine(&home, first)).or_default() += 1;
    }
    println!("{error} from then on: {report}");
    assert!(report.faults > 0);
}

#[test]
fn s8_an_io_error_is_told_and_loses_nothing() {
    fails_once("EIO");
}

#[test]
fn s8_a_full_disk_is_told_and_loses_nothing() {
    fails_once("ENOSPC");
}

/// SQLite opens for reading what it cannot open for writing. A handle that came out of that once committed nothing for as
/// long as its process lived, though only one call had failed, while the log was first opened. So every opening is tried.
#[test]
fn s8_want_of_file_descriptors_passes() {
    let all = points(Role::Live, &Home::new(), Calls::Changes);
    let all: Vec<_> = all.iter().filter(|point| point.name.starts_with("open")).collect();
    assert!(all.len() >= 10, "only {all:?}");
    each_fails_once("EMFILE", &all);
}

#[test]
fn s8_a_disk_that_stays_broken_loses_nothing_acknowledged() {
    goes_on_failing("EIO");
}

#[test]
fn s8_a_disk_that_stays_full_loses_nothing_acknowledged() {
    goes_on_failing("ENOSPC");
}

/// A store that a killed process left, so that its log has to be read as well.
fn left_open() -> Home {
    let home = Home::new();
    let all = points(Role::Live, &Home::new(), Calls::Changes);
    let last = all.iter().rfind(|point| point.name == "fsync").unwrap();
    let (end, _) = spoiled(Role::Live, &home, Calls::Changes, last, Injection::Kill);
    assert_eq!(end, End::Killed);
    home
}

/// One read fails, at any moment of opening and reading a store: an error, never fewer organizations than there are, nor
/// fewer revisions; and the next attempt of the same process sees everything.
#[test]
fn s8_what_cannot_be_read_is_never_taken_for_nothing() {
    let mut report = Report::default();
    let closed = Home::new();
    points(Role::Live, &closed, Calls::Changes);
    for left in [closed, left_open()] {
        let answered = Told::of(&left.said()).answered().to_vec();
        let expected = moment::of(&moment::after(&answered)).unwrap();
        let all = points(Role::Look, &left.copy(), Calls::Reads);
        for point in plan::chosen(&all) {
            let home = left.copy();
            let before = home.said().len();
            let injection = Injection::Once("EIO");
            let (end, is_there) = spoiled(Role::Look, &home, Calls::Reads, point, injection);
            assert_eq!(end, End::Returned);
            let said = &home.said()[before..];
            if is_there {
                report.hear(said, point);
            }
            let seen = said.iter().find_map(|said| match said {
                Said::Sees(seen) => Some(seen),
                _ => None,
            });
            assert!(seen == Some(&expected), "at {point} something else is read");
            examine(&home, First::Further);
        }
    }
    println!("EIO while reading: {report}");
    assert!(report.faults > 0);
}
