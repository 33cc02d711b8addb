//! D7: an assignment acts from its start until just before its end, also in what was compiled or handed out before.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use tenantry::access::{Context, Decision, Query, Reason, Snapshot};
use tenantry::clock::{Clock, HighWater};

use crate::support::{
    Dial, OWNER, Permission, ROOT, World, allow, at, denial, deny, just_before, sub_account_id,
    unless,
};

/// An allow and a deny from second 10 until second 20.
fn world() -> World {
    let world = World::with_chain();
    world.member("lin");
    world.member("wu");
    world.assign(allow("lin", Permission::EXPORT, "support").between(at(10), at(20)));
    world.allow("wu", Permission::EXPORT, ROOT);
    world.assign(denial("wu", Permission::EXPORT, "support").between(at(10), at(20)));
    world
}

/// Every instant that matters, and whether the window is ahead, open or over.
fn instants() -> [(Timestamp, Option<Reason>); 8] {
    [
        (Timestamp::MIN, Some(Reason::NotYetValid)),
        (at(0), Some(Reason::NotYetValid)),
        (just_before(at(10)), Some(Reason::NotYetValid)),
        (at(10), None),
        (at(15), None),
        (just_before(at(20)), None),
        (at(20), Some(Reason::Expired)),
        (Timestamp::MAX, Some(Reason::Expired)),
    ]
}

#[test]
fn d7_a_window_opens_at_its_start_and_is_over_at_its_end_to_the_nanosecond() {
    let world = world();
    for (instant, closed) in instants() {
        world.set_time(instant);
        let expected = unless(closed.map(|reason| ("D7", reason)));
        assert_eq!(world.check("lin", Permission::EXPORT, "inbox"), expected, "{instant}");
        let denied = closed.is_none().then_some(("D5", Reason::Denied));
        assert_eq!(world.check("wu", Permission::EXPORT, "inbox"), unless(denied), "{instant}");
    }
}

#[test]
fn d7_a_question_may_name_its_time_and_is_then_answered_as_of_it() {
    let world = world();
    for (instant, closed) in instants() {
        let context = Context::new().at(instant);
        let expected = unless(closed.map(|reason| ("D7", reason)));
        assert_eq!(world.check_in(&context, "lin", Permission::EXPORT, "inbox"), expected);
    }
    world.denies("lin", Permission::EXPORT, "inbox", "D7", Reason::Expired);
}

#[test]
fn d7_windows_that_are_open_on_one_side() {
    let world = World::with_chain();
    world.member("lin");
    world.assign(allow("lin", Permission::VIEW, "support").from(at(10)));
    world.assign(allow("lin", Permission::EXPORT, "support").until(at(10)));
    for (instant, view, export) in [
        (Timestamp::MIN, Some(("D7", Reason::NotYetValid)), None),
        (just_before(at(10)), Some(("D7", Reason::NotYetValid)), None),
        (at(10), None, Some(("D7", Reason::Expired))),
        (Timestamp::MAX, None, Some(("D7", Reason::Expired))),
    ] {
        world.set_time(instant);
        assert_eq!(world.check("lin", Permission::VIEW, "note"), unless(view), "{instant}");
        assert_eq!(world.check("lin", Permission::EXPORT, "note"), unless(export), "{instant}");
    }
}

#[test]
fn d7_windows_one_after_the_other_leave_no_gap_and_no_overlap() {
    let world = World::with_chain();
    world.member("lin");
    world.assign(allow("lin", Permission::VIEW, ROOT).between(at(10), at(20)));
    world.assign(allow("lin", Permission::EXPORT, ROOT).between(at(20), at(30)));
    for (instant, view, export) in [
        (just_before(at(20)), Decision::Allow, deny("D7", Reason::NotYetValid)),
        (at(20), deny("D7", Reason::Expired), Decision::Allow),
    ] {
        world.set_time(instant);
        assert_eq!(world.check("lin", Permission::VIEW, "note"), view);
        assert_eq!(world.check("lin", Permission::EXPORT, "note"), export);
    }
}

#[test]
fn d7_of_an_allow_that_is_over_and_one_that_has_not_started_the_ended_one_is_named() {
    let world = World::with_chain();
    world.member("lin");
    world.assign(allow("lin", Permission::VIEW, ROOT).from(at(200)));
    world.denies("lin", Permission::VIEW, ROOT, "D7", Reason::NotYetValid);
    world.assign(allow("lin", Permission::VIEW, ROOT).until(at(50)));
    world.denies("lin", Permission::VIEW, ROOT, "D7", Reason::Expired);
    world.assign(allow("lin", Permission::VIEW, ROOT).between(at(50), at(150)));
    world.allows("lin", Permission::VIEW, ROOT);
}

#[test]
fn d7_the_end_of_a_sub_account_is_the_end_of_all_it_may_do() {
    let world = World::with_chain();
    world.guest("gus", at(20));
    world.allow("gus", OWNER, ROOT);
    for (instant, ended) in [
        (at(0), None),
        (just_before(at(20)), None),
        (at(20), Some(("D2", Reason::Ended))),
        (Timestamp::MAX, Some(("D2", Reason::Ended))),
    ] {
        world.set_time(instant);
        assert_eq!(world.check("gus", Permission::all(), "note"), unless(ended), "{instant}");
    }
}

#[test]
fn d7_a_handle_that_was_taken_before_the_end_sees_the_end() {
    let world = world();
    world.set_time(at(15));
    let snapshot = world.snapshot();
    let copy = snapshot.clone();
    let lin = snapshot.subject(sub_account_id("lin"));
    let inbox = world.scope("inbox");
    let place = snapshot.resolve(inbox);
    assert_eq!(lin.check(Permission::EXPORT, inbox), Decision::Allow);
    assert_eq!(lin.check_at(Permission::EXPORT, &place), Decision::Allow);
    world.set_time(at(20));
    let over = deny("D7", Reason::Expired);
    assert_eq!(lin.check(Permission::EXPORT, inbox), over);
    assert_eq!(lin.check_at(Permission::EXPORT, &place), over);
    assert_eq!(lin.permissions(inbox), Permission::empty());
    assert_eq!(lin.owning(true).check(Permission::EXPORT, inbox), over);
    assert_eq!(snapshot.check(lin.id(), Permission::EXPORT, inbox), over);
    assert_eq!(copy.check(lin.id(), Permission::EXPORT, inbox), over);
    assert_eq!(snapshot.revision(), world.organization().revision());
}

#[test]
fn d7_what_was_seen_to_expire_does_not_come_back_when_the_clock_steps_back() {
    let world = world();
    let dial = Dial::new(at(15));
    let clock: Arc<dyn Clock> = Arc::new(HighWater::new(Arc::clone(&dial)));
    let snapshot =
        Snapshot::compile_with_clock(world.organization(), &world.catalog, Arc::clone(&clock));
    let lin = snapshot.subject(sub_account_id("lin"));
    let inbox = world.scope("inbox");
    assert_eq!(lin.check(Permission::EXPORT, inbox), Decision::Allow);
    dial.set(at(20));
    assert_eq!(lin.check(Permission::EXPORT, inbox), deny("D7", Reason::Expired));
    dial.set(at(15));
    assert_eq!(lin.check(Permission::EXPORT, inbox), deny("D7", Reason::Expired));
    // Another snapshot on the same mark has seen it too.
    let later = Snapshot::compile_with_clock(world.organization(), &world.catalog, clock);
    let answer = later.check(sub_account_id("lin"), Permission::EXPORT, inbox);
    assert_eq!(answer, deny("D7", Reason::Expired));
}

/// A clock that moves on by a second whenever it is read.
#[derive(Debug)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        at(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[test]
fn d7_one_question_is_answered_at_one_instant_and_so_is_one_batch() {
    let world = World::with_chain();
    world.member("lin");
    // Two windows that never overlap: an answer that mixed two instants could find both open.
    world.assign(allow("lin", Permission::VIEW, ROOT).until(at(11)));
    world.assign(allow("lin", Permission::EXPORT, ROOT).from(at(11)));
    let ask = |second, what: &[Permission]| {
        let clock = Arc::new(Ticking(AtomicI64::new(second)));
        let snapshot = Snapshot::compile_with_clock(world.organization(), &world.catalog, clock);
        let lin = sub_account_id("lin");
        let queries: Vec<_> =
            what.iter().map(|what| Query::new(lin, *what, world.scope("note"))).collect();
        let single =
            snapshot.check(lin, Permission::VIEW | Permission::EXPORT, world.scope("note"));
        (single, snapshot.check_all(&queries))
    };
    let both = [Permission::VIEW, Permission::EXPORT, Permission::VIEW, Permission::EXPORT];
    let (single, batch) = ask(10, &both);
    assert_eq!(single, deny("D7", Reason::NotYetValid));
    // The batch is asked after the single question, at second 11 or later.
    let (over, open) = (deny("D7", Reason::Expired), Decision::Allow);
    assert_eq!(batch, [over, open, over, open]);
    let (ahead, open) = (deny("D7", Reason::NotYetValid), Decision::Allow);
    let (_, batch) = ask(0, &both);
    assert_eq!(batch, [open, ahead, open, ahead]);
}

#[test]
fn d7_one_question_reads_the_clock_once_whatever_its_answer() {
    let world = world();
    for second in [5, 10, 15, 19, 20, 25] {
        for who in ["lin", "wu"] {
            let clock = Arc::new(Ticking(AtomicI64::new(second)));
            let shared: Arc<dyn Clock> = Arc::clone(&clock) as _;
            let snapshot =
                Snapshot::compile_with_clock(world.organization(), &world.catalog, shared);
            let support = world.scope("support");
            let decision = snapshot.check(sub_account_id(who), Permission::EXPORT, support);
            let is_open = (10..20).contains(&second);
            assert_eq!(decision.is_allow(), is_open == (who == "lin"), "{who} at second {second}");
            let read = clock.0.load(Ordering::Relaxed) - second;
            assert_eq!(read, 1, "{who} at second {second}");
        }
    }
}
