//! D10: last of all, a permission whose prerequisites are not effective in the same place is not effective.

use tenantry::access::{Context, Decision, Ownership, Reason};
use tenantry::model::WorkspaceStatus;

use crate::support::{
    COLLEAGUE, OWNER, Permission, ROOT, World, allow, builder, deny, own, unless,
};

/// A way to lose something, with what it is called.
type Take = (&'static str, fn(&World));

const STEPS: [Permission; 3] = [Permission::VIEW, Permission::REPLY, Permission::CLOSE];

/// The subset of the chain VIEW <- REPLY <- CLOSE with these bits.
fn subset(chosen: usize) -> Permission {
    let chosen = STEPS.into_iter().enumerate().filter(|(step, _)| chosen >> step & 1 == 1);
    chosen.fold(Permission::empty(), |all, (_, one)| all | one)
}

/// Why one step of the chain is not effective when `held` is what is there before prerequisites.
fn expected(
    held: Permission,
    step: usize,
    missing: (&'static str, Reason),
) -> Option<(&'static str, Reason)> {
    if !held.contains(STEPS[step]) {
        return Some(missing);
    }
    let complete = STEPS[..step].iter().all(|needed| held.contains(*needed));
    (!complete).then_some(("D10", Reason::PrerequisiteMissing))
}

#[test]
fn d10_a_chain_is_effective_as_far_as_it_has_no_gap() {
    for chosen in 0..8 {
        let held = subset(chosen);
        let world = World::with_chain();
        world.member("lin");
        world.allow("lin", held | Permission::EXPORT, "support");
        for (step, asked) in STEPS.into_iter().enumerate() {
            let expected = expected(held, step, ("D1", Reason::NotGranted));
            assert_eq!(
                world.check("lin", asked, "inbox"),
                unless(expected),
                "{asked:?} of {held:?}"
            );
        }
        world.allows("lin", Permission::EXPORT, "inbox");
    }
}

#[test]
fn d10_a_prerequisite_taken_by_any_other_rule_is_missing() {
    let ways: [Take; 7] = [
        ("a deny", |world| {
            world.deny("lin", Permission::VIEW, "inbox");
        }),
        ("a deny of what is owned", |world| {
            world.deny("lin", own(Permission::VIEW), ROOT);
        }),
        ("a mask", |world| world.inherits("inbox", Permission::all() - Permission::VIEW)),
        ("a ceiling", |world| world.ceiling("inbox", Permission::all() - Permission::VIEW)),
        ("a boundary", |world| world.boundary("lin", Permission::all() - Permission::VIEW)),
        ("a ceiling above", |world| world.ceiling(ROOT, Permission::all() - Permission::VIEW)),
        ("a mask above", |world| world.inherits("support", Permission::all() - Permission::VIEW)),
    ];
    for (what, take) in ways {
        let world = World::with_chain();
        world.member("lin");
        world.allow("lin", OWNER, ROOT);
        world.allows("lin", Permission::all(), "note");
        take(&world);
        for step in [Permission::REPLY, Permission::CLOSE, Permission::REPLY | Permission::CLOSE] {
            let answer = world.check("lin", step, "note");
            assert_eq!(answer, deny("D10", Reason::PrerequisiteMissing), "{what}");
        }
        world.allows("lin", Permission::EXPORT | Permission::ADMINISTER, "note");
    }
}

#[test]
fn d10_a_prerequisite_must_be_effective_at_the_same_scope() {
    let world = World::with_chain();
    world.workspace("sales");
    world.member("lin");
    world.allow("lin", Permission::VIEW, "inbox");
    world.allow("lin", Permission::REPLY, "support");
    world.allow("lin", Permission::VIEW, "sales");
    world.denies("lin", Permission::REPLY, "support", "D10", Reason::PrerequisiteMissing);
    world.allows("lin", Permission::REPLY, "inbox");
    world.allows("lin", Permission::REPLY, "note");
    world.denies("lin", Permission::REPLY, "sales", "D1", Reason::NotGranted);
}

#[test]
fn d10_a_prerequisite_counts_however_it_was_granted() {
    let world = World::with_chain();
    world.team("crew");
    world.member("lin");
    world.join("lin", "crew");
    world.allow("crew", Permission::VIEW, ROOT);
    world.assign(allow("members of organization", Permission::REPLY, "support"));
    world.allow("lin", Permission::CLOSE, "inbox");
    world.allows("lin", Permission::CLOSE, "note");
    world.denies("lin", Permission::CLOSE, "support", "D1", Reason::NotGranted);
}

#[test]
fn d10_prerequisites_and_ownership_for_every_split_into_parts() {
    let ownerships = [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid];
    for any in 0..8 {
        for owned in 0..8 {
            let world = World::with_chain();
            world.member("lin");
            world.allow("lin", subset(any) | Permission::EXPORT, "support");
            world.allow("lin", own(subset(owned) | Permission::EXPORT), "support");
            for ownership in ownerships {
                let held = match ownership {
                    Ownership::Owned => subset(any) | subset(owned),
                    Ownership::NotOwned | Ownership::Unsaid => subset(any),
                };
                for (step, asked) in STEPS.into_iter().enumerate() {
                    let missing = match ownership {
                        _ if !subset(owned).contains(asked) => ("D1", Reason::NotGranted),
                        Ownership::Unsaid => ("D6", Reason::OwnershipUnknown),
                        Ownership::NotOwned | Ownership::Owned => ("D6", Reason::NotOwned),
                    };
                    let context = Context::new().ownership(ownership);
                    assert_eq!(
                        world.check_in(&context, "lin", asked, "inbox"),
                        unless(expected(held, step, missing)),
                        "{asked:?} with any {any:03b} and own {owned:03b}, {ownership:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn d10_what_is_owned_may_need_what_is_granted_on_everything() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", COLLEAGUE, "support");
    world.register_owner("note", "lin");
    world.allows("lin", Permission::CLOSE, "note");
    world.deny("lin", own(Permission::REPLY), "thread");
    world.denies("lin", Permission::CLOSE, "note", "D10", Reason::PrerequisiteMissing);
    world.denies("lin", Permission::REPLY, "note", "D5", Reason::Denied);
    world.allows("lin", Permission::VIEW, "note");
}

#[test]
fn d10_what_is_granted_on_everything_may_need_what_is_owned() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", own(Permission::VIEW), "support");
    world.allow("lin", Permission::REPLY, "support");
    world.register_owner("note", "lin");
    world.allows("lin", Permission::REPLY, "note");
    world.denies("lin", Permission::REPLY, "thread", "D10", Reason::PrerequisiteMissing);
}

#[test]
fn d10_what_archiving_leaves_needs_its_prerequisites_too() {
    let catalog = builder().archived(Permission::REPLY).build().unwrap();
    let world = World::with_catalog("acme", catalog);
    world.workspace("support");
    world.member("lin");
    world.allow("lin", OWNER, ROOT);
    world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived);
    world.denies("lin", Permission::VIEW, "support", "D2", Reason::Archived);
    world.denies("lin", Permission::REPLY, "support", "D10", Reason::PrerequisiteMissing);
}

#[test]
fn d10_a_permission_with_two_prerequisites_needs_both() {
    let catalog = builder()
        .needs(Permission::ADMINISTER, Permission::VIEW | Permission::EXPORT)
        .needs(Permission::EXPORT, Permission::VIEW)
        .build()
        .unwrap();
    for (held, expected) in [
        (Permission::ADMINISTER, Some(("D10", Reason::PrerequisiteMissing))),
        (Permission::ADMINISTER | Permission::VIEW, Some(("D10", Reason::PrerequisiteMissing))),
        (Permission::ADMINISTER | Permission::EXPORT, Some(("D10", Reason::PrerequisiteMissing))),
        (Permission::ADMINISTER | Permission::EXPORT | Permission::VIEW, None),
        (Permission::EXPORT | Permission::VIEW, Some(("D1", Reason::NotGranted))),
    ] {
        let world = World::with_catalog("acme", catalog.clone());
        world.workspace("support");
        world.member("lin");
        world.allow("lin", held, "support");
        let answer = world.check("lin", Permission::ADMINISTER, "support");
        assert_eq!(answer, unless(expected), "{held:?}");
    }
}

#[test]
fn d10_a_prerequisite_need_not_be_asked_for() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", Permission::REPLY | Permission::CLOSE, "support");
    world.denies("lin", Permission::CLOSE, "inbox", "D10", Reason::PrerequisiteMissing);
    world.allow("lin", Permission::VIEW, "support");
    assert_eq!(world.check("lin", Permission::CLOSE, "inbox"), Decision::Allow);
}
