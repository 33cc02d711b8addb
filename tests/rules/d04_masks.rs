//! D4: what flows from above. Masks hold allows back and never a deny; ceilings add up on the way down.

use tenantry::access::{Context, Decision, Reason};
use tenantry::model::Condition;

use crate::support::{OWNER, Permission, ROOT, World, allow, at, denial, deny, unless};

const CHAIN: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];
const REST: Permission = Permission::all().difference(Permission::EXPORT);

/// A chain in which the positions whose bit is set in `masks` do not let EXPORT in.
fn masked(masks: usize) -> World {
    let world = World::with_chain();
    for (position, place) in CHAIN.into_iter().enumerate().skip(1) {
        if masks >> position & 1 == 1 {
            world.inherits(place, REST);
        }
    }
    world
}

/// Whether a mask lies below `a`, down to `x`.
fn holds_back(masks: usize, a: usize, x: usize) -> bool {
    (a + 1..=x).any(|position| masks >> position & 1 == 1)
}

#[test]
fn d4_an_allow_gives_what_every_scope_below_it_lets_in() {
    for masks in (0..32).filter(|masks| masks % 2 == 0) {
        for (a, made) in CHAIN.into_iter().enumerate() {
            let world = masked(masks);
            world.member("lin");
            world.allow("lin", OWNER, made);
            for (x, asked) in CHAIN.into_iter().enumerate().skip(a) {
                let row = format!("masks {masks:05b}, made at {made}, asked at {asked}");
                let expected = holds_back(masks, a, x).then_some(("D4", Reason::Masked));
                let answer = world.check("lin", Permission::EXPORT, asked);
                assert_eq!(answer, unless(expected), "{row}");
                assert_eq!(world.check("lin", REST, asked), Decision::Allow, "{row}");
            }
        }
    }
}

#[test]
fn d4_masks_never_stop_a_deny() {
    for masks in (0..32).filter(|masks| masks % 2 == 0) {
        for (a, made) in CHAIN.into_iter().enumerate() {
            let world = masked(masks);
            world.member("lin");
            for place in CHAIN {
                world.allow("lin", Permission::EXPORT, place);
            }
            world.deny("lin", Permission::EXPORT, made);
            for (x, asked) in CHAIN.into_iter().enumerate() {
                let expected = (a <= x).then_some(("D5", Reason::Denied));
                let answer = world.check("lin", Permission::EXPORT, asked);
                assert_eq!(answer, unless(expected), "masks {masks:05b}, {made}, {asked}");
            }
        }
    }
}

#[test]
fn d4_masks_hold_back_every_kind_of_allow_and_stop_no_kind_of_deny() {
    let world = masked(0b100);
    world.team("crew");
    world.label("note", "vip");
    world.member("ada");
    world.member("lin");
    world.join("lin", "crew");
    world.allow("lin", Permission::VIEW, "support");
    world.allow("ada", OWNER, ROOT);
    let context = Context::new().mfa(true);
    let ask = || world.check_in(&context, "lin", Permission::EXPORT, "note");
    let ways = |told: fn(&str, Permission, &str) -> crate::support::Draft| {
        [
            told("lin", Permission::EXPORT, ROOT),
            told("lin", Permission::EXPORT, "support").until(at(200)),
            told("lin", Permission::EXPORT, "support").on(Condition::Mfa),
            told("lin", Permission::EXPORT, "support").labelled("vip"),
            told("crew", Permission::EXPORT, "support"),
            told("members of support", Permission::EXPORT, "support"),
            told("members of organization", Permission::EXPORT, ROOT),
        ]
    };
    let delegated = allow("lin", Permission::EXPORT, "support").passed_on_by("ada");
    for draft in ways(allow).into_iter().chain([delegated]) {
        let given = world.assign(draft);
        assert_eq!(ask(), deny("D4", Reason::Masked));
        world.take_back(given);
        assert_eq!(ask(), deny("D1", Reason::NotGranted));
    }
    world.allow("lin", Permission::EXPORT, "inbox");
    assert_eq!(ask(), Decision::Allow);
    for draft in ways(denial) {
        let taken = world.assign(draft);
        assert_eq!(ask(), deny("D5", Reason::Denied));
        world.take_back(taken);
        assert_eq!(ask(), Decision::Allow);
    }
}

#[test]
fn d4_of_two_ways_in_the_one_that_is_not_masked_counts() {
    let world = masked(0b100);
    world.member("lin");
    world.allow("lin", Permission::EXPORT, ROOT);
    world.denies("lin", Permission::EXPORT, "note", "D4", Reason::Masked);
    world.allow("lin", Permission::EXPORT, "inbox");
    world.allows("lin", Permission::EXPORT, "note");
    world.allows("lin", Permission::EXPORT, "support");
}

#[test]
fn d4_a_mask_that_lets_nothing_in_shuts_out_even_the_owner() {
    let world = World::with_chain();
    world.member("ada");
    world.allow("ada", OWNER, ROOT);
    world.inherits("support", Permission::empty());
    for place in ["support", "inbox", "thread", "note"] {
        for (_, permission) in Permission::all().iter_names() {
            world.denies("ada", permission, place, "D4", Reason::Masked);
        }
    }
    world.allows("ada", Permission::all(), ROOT);
}

#[test]
fn d4_the_own_part_is_masked_like_the_other() {
    let world = masked(0b100);
    world.member("lin");
    world.allow("lin", crate::support::own(Permission::EXPORT), "support");
    let owned = Context::new().ownership(true);
    let ask = |place| world.check_in(&owned, "lin", Permission::EXPORT, place);
    assert_eq!(ask("support"), Decision::Allow);
    assert_eq!(ask("inbox"), deny("D4", Reason::Masked));
    assert_eq!(ask("note"), deny("D4", Reason::Masked));
}

#[test]
fn d4_all_ceilings_on_the_way_are_intersected() {
    for cut in 0..32_usize {
        let world = World::with_chain();
        world.member("lin");
        for place in CHAIN {
            world.allow("lin", OWNER, place);
        }
        for (position, place) in CHAIN.into_iter().enumerate() {
            if cut >> position & 1 == 1 {
                world.ceiling(place, REST);
            }
        }
        for (x, asked) in CHAIN.into_iter().enumerate() {
            let is_cut = (0..=x).any(|position| cut >> position & 1 == 1);
            let expected = is_cut.then_some(("D5", Reason::Ceiling));
            let answer = world.check("lin", Permission::EXPORT, asked);
            assert_eq!(answer, unless(expected), "ceilings {cut:05b}, asked at {asked}");
            world.allows("lin", REST, asked);
        }
    }
}

#[test]
fn d4_ceilings_that_share_nothing_leave_nothing() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", OWNER, "note");
    world.ceiling(ROOT, Permission::VIEW | Permission::EXPORT);
    world.ceiling("support", Permission::EXPORT | Permission::ADMINISTER);
    world.allows("lin", Permission::EXPORT, "note");
    world.denies("lin", Permission::VIEW, "note", "D5", Reason::Ceiling);
    world.denies("lin", Permission::ADMINISTER, "note", "D5", Reason::Ceiling);
    world.ceiling("thread", Permission::VIEW);
    for (_, permission) in Permission::all().iter_names() {
        world.denies("lin", permission, "note", "D5", Reason::Ceiling);
    }
}
