//! D6: what is owned is what is claimed to be; where nothing is claimed, what is registered; otherwise unknown.

use tenantry::access::{Context, Decision, Ownership, Reason};

use crate::support::{
    COLLEAGUE, OWNER, Permission, ROOT, World, at, deny, own, sub_account_id, unless,
};

const CLAIMS: [Ownership; 3] = [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid];

/// Whether `lin` owns what has this registered owner, under this claim.
fn owned(claim: Ownership, registered: Option<&str>) -> Option<bool> {
    match (claim, registered) {
        (Ownership::Owned, _) => Some(true),
        (Ownership::NotOwned, _) => Some(false),
        (Ownership::Unsaid, registered) => registered.map(|owner| owner == "lin"),
    }
}

#[test]
fn d6_a_claim_beats_the_register_and_the_register_beats_nothing() {
    for registered in [None, Some("lin"), Some("wu")] {
        for claim in CLAIMS {
            let world = World::with_chain();
            for who in ["lin", "wu"] {
                world.member(who);
            }
            if let Some(owner) = registered {
                world.register_owner("inbox", owner);
            }
            world.allow("lin", own(Permission::EXPORT), "support");
            let context = Context::new().ownership(claim);
            let expected = match owned(claim, registered) {
                Some(true) => None,
                Some(false) => Some(("D6", Reason::NotOwned)),
                None => Some(("D6", Reason::OwnershipUnknown)),
            };
            assert_eq!(
                world.check_in(&context, "lin", Permission::EXPORT, "inbox"),
                unless(expected),
                "{claim:?}, registered {registered:?}"
            );
        }
    }
}

#[test]
fn d6_unknown_ownership_lifts_no_deny() {
    for registered in [None, Some("lin"), Some("wu")] {
        for claim in CLAIMS {
            let world = World::with_chain();
            for who in ["lin", "wu"] {
                world.member(who);
            }
            if let Some(owner) = registered {
                world.register_owner("inbox", owner);
            }
            world.allow("lin", OWNER, ROOT);
            world.deny("lin", own(Permission::EXPORT), "support");
            let context = Context::new().ownership(claim);
            let lifted = owned(claim, registered) == Some(false);
            assert_eq!(
                world.check_in(&context, "lin", Permission::EXPORT, "inbox"),
                unless((!lifted).then_some(("D5", Reason::Denied))),
                "{claim:?}, registered {registered:?}"
            );
        }
    }
}

#[test]
fn d6_the_owner_of_the_holder_does_not_count() {
    let world = World::with_chain();
    for who in ["lin", "wu"] {
        world.member(who);
    }
    world.allow("lin", own(Permission::EXPORT), ROOT);
    world.register_owner("inbox", "lin");
    world.allows("lin", Permission::EXPORT, "inbox");
    world.denies("lin", Permission::EXPORT, "thread", "D6", Reason::OwnershipUnknown);
    world.denies("lin", Permission::EXPORT, "note", "D6", Reason::OwnershipUnknown);
    world.register_owner("thread", "wu");
    world.denies("lin", Permission::EXPORT, "thread", "D6", Reason::NotOwned);
    world.register_owner("note", "lin");
    world.allows("lin", Permission::EXPORT, "note");
    // Nor does what one owns below make one the owner of what holds it.
    world.edit_resource("inbox", |it| it.owner = None);
    world.denies("lin", Permission::EXPORT, "inbox", "D6", Reason::OwnershipUnknown);
}

#[test]
fn d6_the_organization_and_its_workspaces_have_no_registered_owner() {
    let world = World::with_chain();
    world.member("ada");
    world.allow("ada", own(Permission::EXPORT), ROOT);
    for place in [ROOT, "support"] {
        world.denies("ada", Permission::EXPORT, place, "D6", Reason::OwnershipUnknown);
        for (claim, expected) in [
            (Ownership::Owned, Decision::Allow),
            (Ownership::NotOwned, deny("D6", Reason::NotOwned)),
        ] {
            let context = Context::new().ownership(claim);
            assert_eq!(world.check_in(&context, "ada", Permission::EXPORT, place), expected);
        }
    }
}

#[test]
fn d6_the_owner_of_a_service_does_not_own_what_the_service_owns_nor_it_what_he_owns() {
    let world = World::with_chain();
    world.member("ada");
    world.service("bot", "ada");
    world.allow("ada", OWNER, ROOT);
    world.allow("bot", own(Permission::EXPORT), ROOT);
    world.register_owner("inbox", "ada");
    world.register_owner("thread", "bot");
    world.denies("bot", Permission::EXPORT, "inbox", "D6", Reason::NotOwned);
    world.allows("bot", Permission::EXPORT, "thread");
}

#[test]
fn d6_the_register_follows_who_owns_it_now() {
    let world = World::with_chain();
    for who in ["lin", "wu"] {
        world.member(who);
        world.allow(who, COLLEAGUE, "support");
    }
    world.register_owner("note", "lin");
    world.allows("lin", Permission::CLOSE, "note");
    world.denies("wu", Permission::CLOSE, "note", "D6", Reason::NotOwned);
    world.register_owner("note", "wu");
    world.denies("lin", Permission::CLOSE, "note", "D6", Reason::NotOwned);
    world.allows("wu", Permission::CLOSE, "note");
}

#[test]
fn d6_a_subject_asks_about_one_thing_after_another() {
    let world = World::with_chain();
    world.guest("gus", at(1_000));
    world.allow("gus", COLLEAGUE, "support");
    let snapshot = world.snapshot();
    let gus = snapshot.subject(sub_account_id("gus"));
    let inbox = world.scope("inbox");
    assert_eq!(gus.check(Permission::REPLY, inbox), deny("D6", Reason::OwnershipUnknown));
    assert_eq!(gus.owning(true).check(Permission::REPLY, inbox), Decision::Allow);
    assert_eq!(gus.owning(false).check(Permission::REPLY, inbox), deny("D6", Reason::NotOwned));
    assert_eq!(
        gus.owning(Ownership::Owned).owning(Ownership::Unsaid).check(Permission::REPLY, inbox),
        deny("D6", Reason::OwnershipUnknown)
    );
    assert_eq!(gus.permissions(inbox), Permission::VIEW);
    let all = Permission::VIEW | Permission::REPLY | Permission::CLOSE;
    assert_eq!(gus.owning(true).permissions(inbox), all);
}

#[test]
fn d6_of_two_ways_the_one_that_needs_no_ownership_counts() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", own(Permission::EXPORT), "support");
    world.denies("lin", Permission::EXPORT, "inbox", "D6", Reason::OwnershipUnknown);
    world.allow("lin", Permission::EXPORT, "inbox");
    world.allows("lin", Permission::EXPORT, "inbox");
}
