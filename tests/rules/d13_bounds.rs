//! D13: a service has at most what its owner has, and a delegation gives at most what the delegator has otherwise.

use tenantry::access::{Context, Decision, Ownership, Reason};
use tenantry::model::{Condition, Status, SubAccount, SubAccountKind, WorkspaceStatus};

/// A way to lose something, with what it is called.
type Take = (&'static str, fn(&World));

use crate::support::{
    Draft, OWNER, Permission, ROOT, World, allow, at, denial, deny, just_before, office, own,
    sub_account_id, unless,
};

const CHAIN: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];
const REST: Permission = Permission::all().difference(Permission::EXPORT);

/// In every test, `ada` bounds `bob`: as the owner of a service, or as who passed on what he has.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Bound {
    Service,
    Delegation,
}

const BOUNDS: [Bound; 2] = [Bound::Service, Bound::Delegation];

impl Bound {
    /// A chain of scopes in which `bob` has EXPORT at the root, as far as `ada` has it.
    fn world(self) -> World {
        let world = World::with_chain();
        world.member("ada");
        match self {
            Self::Service => {
                world.service("bob", "ada");
                world.allow("bob", OWNER, ROOT);
            }
            Self::Delegation => {
                world.member("bob");
                world.assign(allow("bob", OWNER, ROOT).passed_on_by("ada"));
            }
        }
        world
    }

    fn lacks(self) -> (&'static str, Reason) {
        match self {
            Self::Service => ("D13", Reason::ServiceOwnerLacks),
            Self::Delegation => ("D13", Reason::DelegatorLacks),
        }
    }
}

#[test]
fn d13_gives_at_most_what_the_bounding_side_has_at_the_same_scope() {
    for bound in BOUNDS {
        for (a, made) in CHAIN.into_iter().enumerate() {
            let world = bound.world();
            world.allow("ada", Permission::EXPORT, made);
            for (x, asked) in CHAIN.into_iter().enumerate() {
                let expected = (x < a).then_some(bound.lacks());
                let answer = world.check("bob", Permission::EXPORT, asked);
                assert_eq!(answer, unless(expected), "{bound:?}: ada at {made}, asked at {asked}");
                let answer = world.check("bob", Permission::ADMINISTER, asked);
                assert_eq!(answer, unless(Some(bound.lacks())), "{bound:?}");
            }
        }
    }
}

#[test]
fn d13_what_the_bounding_side_has_gives_nothing_by_itself() {
    let world = World::with_chain();
    world.member("ada");
    world.allow("ada", OWNER, ROOT);
    world.service("bob", "ada");
    world.member("cy");
    world.assign(allow("cy", Permission::VIEW, "inbox").passed_on_by("ada"));
    world.denies("bob", Permission::EXPORT, "note", "D1", Reason::NotGranted);
    world.denies("cy", Permission::EXPORT, "note", "D1", Reason::NotGranted);
    world.denies("cy", Permission::VIEW, "support", "D1", Reason::NotGranted);
    world.allows("cy", Permission::VIEW, "note");
}

#[test]
fn d13_whatever_takes_from_the_bounding_side_takes_from_the_bounded() {
    let takes: [Take; 7] = [
        ("a deny", |world| {
            world.deny("ada", Permission::EXPORT, "support");
        }),
        ("a deny of what is owned", |world| {
            world.deny("ada", own(Permission::EXPORT), "support");
        }),
        ("a boundary", |world| world.boundary("ada", REST)),
        ("an end", |world| {
            world.take_back(tenantry::id::AssignmentId::from_u128(2));
            world.allow("ada", REST, ROOT);
            world.assign(allow("ada", OWNER, ROOT).until(at(100)));
        }),
        ("a start", |world| {
            world.take_back(tenantry::id::AssignmentId::from_u128(2));
            world.allow("ada", REST, ROOT);
            world.assign(allow("ada", OWNER, ROOT).from(at(101)));
        }),
        ("a shorter reach", |world| {
            world.take_back(tenantry::id::AssignmentId::from_u128(2));
            world.allow("ada", REST, ROOT);
            world.assign(allow("ada", OWNER, ROOT).here());
        }),
        ("a label", |world| {
            world.take_back(tenantry::id::AssignmentId::from_u128(2));
            world.allow("ada", REST, ROOT);
            world.assign(allow("ada", OWNER, ROOT).labelled("vip"));
        }),
    ];
    for bound in BOUNDS {
        for (what, take) in takes {
            let world = bound.world();
            world.allow("ada", OWNER, ROOT);
            world.allows("bob", Permission::all(), "note");
            take(&world);
            let answer = world.check("bob", Permission::EXPORT, "note");
            assert_eq!(answer, unless(Some(bound.lacks())), "{bound:?}: {what}");
            world.allows("bob", REST, "note");
        }
    }
}

#[test]
fn d13_masks_and_ceilings_bind_both_sides() {
    for bound in BOUNDS {
        let world = bound.world();
        world.allow("ada", OWNER, "support");
        world.ceiling("thread", REST);
        let answer = world.check("bob", Permission::EXPORT, "note");
        match bound {
            Bound::Service => assert_eq!(answer, deny("D5", Reason::Ceiling)),
            Bound::Delegation => assert_eq!(answer, deny("D13", Reason::DelegatorLacks)),
        }
        world.edit_resource("thread", |it| it.ceiling = None);
        // A mask between the two grants holds back the bounded side's only.
        world.inherits("support", REST);
        world.denies("bob", Permission::EXPORT, "note", "D4", Reason::Masked);
        world.allows("ada", Permission::EXPORT, "note");
        world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived);
        world.denies("bob", Permission::EXPORT, "note", "D2", Reason::Archived);
        world.allows("bob", Permission::VIEW, "note");
    }
}

#[test]
fn d13_whatever_its_own_limits_take_is_taken_from_the_bounded_too() {
    for bound in BOUNDS {
        let world = bound.world();
        world.allow("ada", OWNER, ROOT);
        world.boundary("bob", REST);
        world.denies("bob", Permission::EXPORT, "note", "D5", Reason::Boundary);
        world.edit("bob", |it| it.boundary = None);
        let taken = world.deny("bob", Permission::EXPORT, "inbox");
        world.denies("bob", Permission::EXPORT, "note", "D5", Reason::Denied);
        world.take_back(taken);
        world.status("bob", Status::Suspended);
        world.denies("bob", Permission::EXPORT, "note", "D2", Reason::Suspended);
    }
}

#[test]
fn d13_a_service_dies_with_its_owner_and_a_delegation_with_its_delegator() {
    for bound in BOUNDS {
        for status in [Status::Suspended, Status::Left, Status::Removed] {
            let world = bound.world();
            world.allow("ada", OWNER, ROOT);
            world.allows("bob", Permission::all(), "note");
            world.status("ada", status);
            for (_, permission) in Permission::all().iter_names() {
                let answer = world.check("bob", permission, "note");
                assert_eq!(answer, unless(Some(bound.lacks())), "{bound:?}: {status:?}");
            }
            world.status("ada", Status::Active);
            world.allows("bob", Permission::all(), "note");
        }
        let world = bound.world();
        world.allow("ada", OWNER, ROOT);
        world.edit("ada", |it| it.credential_reset_required = true);
        assert_eq!(world.check("bob", Permission::VIEW, "note"), unless(Some(bound.lacks())));
        world.edit("ada", |it| it.credential_reset_required = false);
        world.edit("ada", |it| it.ends = Some(at(200)));
        for (instant, ended) in [(at(100), false), (just_before(at(200)), false), (at(200), true)] {
            world.set_time(instant);
            let expected = ended.then_some(bound.lacks());
            assert_eq!(world.check("bob", Permission::VIEW, "note"), unless(expected), "{instant}");
        }
    }
}

#[test]
fn d13_an_owner_who_was_invited_and_has_not_accepted_is_not_active() {
    let world = World::with_chain();
    let ada = SubAccount::member(sub_account_id("ada"));
    world.put(SubAccount { status: Status::Invited, ..ada });
    world.allow("ada", OWNER, ROOT);
    world.service("bob", "ada");
    world.allow("bob", OWNER, ROOT);
    world.member("cy");
    world.assign(allow("cy", OWNER, ROOT).passed_on_by("ada"));
    world.denies("bob", Permission::VIEW, "note", "D13", Reason::ServiceOwnerLacks);
    world.denies("cy", Permission::VIEW, "note", "D13", Reason::DelegatorLacks);
    world.status("ada", Status::Active);
    world.allows("bob", Permission::VIEW, "note");
    world.allows("cy", Permission::VIEW, "note");
}

#[test]
fn d13_an_owner_cannot_turn_into_a_guest_and_a_guest_may_pass_on_what_it_has() {
    let world = Bound::Service.world();
    let ada = world.read(|all| all.sub_accounts().get(&sub_account_id("ada")).cloned()).unwrap();
    let guest = SubAccount { kind: SubAccountKind::Guest, ends: Some(at(500)), ..ada };
    world.refuses(
        [guest.into()],
        tenantry::model::StructureError::ServiceOwner(sub_account_id("bob")),
    );
    let world = World::with_chain();
    world.guest("gus", at(500));
    world.member("cy");
    world.allow("gus", Permission::VIEW, "support");
    world.assign(allow("cy", Permission::VIEW, "inbox").passed_on_by("gus"));
    world.allows("cy", Permission::VIEW, "note");
    world.set_time(at(500));
    world.denies("cy", Permission::VIEW, "note", "D13", Reason::DelegatorLacks);
}

const CONTEXTS: [fn() -> Context; 3] =
    [Context::new, || Context::new().mfa(true), || Context::new().mfa(false)];

#[test]
fn d13_conditional_allows_of_the_bounding_side_count_as_met() {
    for bound in BOUNDS {
        let world = bound.world();
        world.assign(allow("ada", OWNER, ROOT).on(Condition::Mfa).on(office()));
        for context in CONTEXTS {
            let answer = world.check_in(&context(), "bob", Permission::EXPORT, "note");
            assert_eq!(answer, Decision::Allow, "{bound:?} in {:?}", context());
        }
        world.denies("ada", Permission::EXPORT, "note", "D8", Reason::ConditionUnknown);

        // Also those of the allow by which the bounding side is a member.
        let world = bound.world();
        world.assign(allow("ada", Permission::VIEW, "support").on(Condition::Mfa));
        world.allow("members of support", Permission::EXPORT, ROOT);
        for context in CONTEXTS {
            let answer = world.check_in(&context(), "bob", Permission::EXPORT, "note");
            assert_eq!(answer, Decision::Allow, "{bound:?} in {:?}", context());
        }
    }
}

#[test]
fn d13_conditional_denies_of_the_bounding_side_count_as_acting() {
    let denies: [Draft; 3] = [
        denial("ada", Permission::EXPORT, "support").on(Condition::Mfa),
        denial("members of organization", Permission::EXPORT, "support").on(Condition::Mfa),
        denial("members of support", Permission::EXPORT, ROOT).on(Condition::Mfa),
    ];
    for bound in BOUNDS {
        for denied in &denies {
            let world = bound.world();
            world.allow("ada", OWNER, ROOT);
            world.allow("ada", Permission::VIEW, "support");
            world.assign(denied.clone());
            let unmet = Context::new().mfa(false);
            let answer = world.check_in(&unmet, "ada", Permission::EXPORT, "note");
            assert_eq!(answer, Decision::Allow);
            let answer = world.check_in(&unmet, "bob", Permission::EXPORT, "note");
            assert_eq!(answer, unless(Some(bound.lacks())), "{bound:?}");
        }
    }
}

#[test]
fn d13_conditions_of_the_bounded_side_are_judged_as_always() {
    let world = World::with_chain();
    world.member("ada");
    world.allow("ada", OWNER, ROOT);
    world.service("bob", "ada");
    world.member("cy");
    world.assign(allow("bob", Permission::EXPORT, ROOT).on(Condition::Mfa));
    world.assign(allow("cy", Permission::EXPORT, ROOT).on(Condition::Mfa).passed_on_by("ada"));
    for who in ["bob", "cy"] {
        for (context, expected) in [
            (Context::new(), Some(("D8", Reason::ConditionUnknown))),
            (Context::new().mfa(false), Some(("D8", Reason::ConditionUnmet))),
            (Context::new().mfa(true), None),
        ] {
            let answer = world.check_in(&context, who, Permission::EXPORT, "note");
            assert_eq!(answer, unless(expected), "{who} in {context:?}");
        }
    }
    world.assign(denial("bob", Permission::EXPORT, ROOT).on(office()));
    let inside = Context::new().mfa(true).network([10, 0, 0, 1].into());
    let outside = Context::new().mfa(true).network([11, 0, 0, 1].into());
    let ask = |context| world.check_in(context, "bob", Permission::EXPORT, "note");
    assert_eq!(ask(&inside), deny("D5", Reason::Denied));
    assert_eq!(ask(&outside), Decision::Allow);
}

#[test]
fn d13_the_window_of_a_delegation_binds_as_well() {
    let world = World::with_chain();
    world.member("ada");
    world.member("cy");
    world.allow("ada", OWNER, ROOT);
    let passed_on = allow("cy", Permission::EXPORT, "inbox").passed_on_by("ada");
    world.assign(passed_on.between(at(10), at(20)));
    for (instant, expected) in [
        (just_before(at(10)), Some(("D7", Reason::NotYetValid))),
        (at(10), None),
        (just_before(at(20)), None),
        (at(20), Some(("D7", Reason::Expired))),
    ] {
        world.set_time(instant);
        assert_eq!(world.check("cy", Permission::EXPORT, "note"), unless(expected), "{instant}");
    }
}

#[test]
fn d13_what_was_passed_on_cannot_be_passed_on_again() {
    let world = World::with_chain();
    for who in ["ada", "ben", "cy"] {
        world.member(who);
    }
    world.allow("ada", OWNER, ROOT);
    world.assign(allow("ben", Permission::EXPORT, ROOT).passed_on_by("ada"));
    world.assign(allow("cy", Permission::EXPORT, ROOT).passed_on_by("ben"));
    world.allows("ben", Permission::EXPORT, "note");
    world.denies("cy", Permission::EXPORT, "note", "D13", Reason::DelegatorLacks);
    // What ben has otherwise he may pass on.
    world.allow("ben", Permission::EXPORT, "inbox");
    world.allows("cy", Permission::EXPORT, "note");
    world.denies("cy", Permission::EXPORT, "support", "D13", Reason::DelegatorLacks);
}

#[test]
fn d13_passing_on_in_a_circle_gives_nobody_anything() {
    let world = World::with_chain();
    for who in ["ada", "ben"] {
        world.member(who);
    }
    world.assign(allow("ada", OWNER, ROOT).passed_on_by("ben"));
    world.assign(allow("ben", OWNER, ROOT).passed_on_by("ada"));
    world.assign(allow("ada", OWNER, ROOT).passed_on_by("ada"));
    for who in ["ada", "ben"] {
        world.denies(who, Permission::EXPORT, "note", "D13", Reason::DelegatorLacks);
    }
    world.allow("ada", Permission::EXPORT, "note");
    world.allows("ben", Permission::EXPORT, "note");
    world.denies("ben", Permission::EXPORT, "thread", "D13", Reason::DelegatorLacks);
}

#[test]
fn d13_a_service_may_use_what_was_passed_on_to_its_owner() {
    let world = World::with_chain();
    for who in ["ada", "ben"] {
        world.member(who);
    }
    world.service("bot", "ben");
    world.allow("bot", OWNER, ROOT);
    world.allow("ada", Permission::EXPORT, "support");
    world.assign(allow("ben", OWNER, ROOT).passed_on_by("ada"));
    world.allows("bot", Permission::EXPORT, "note");
    world.denies("bot", Permission::ADMINISTER, "note", "D13", Reason::ServiceOwnerLacks);
    world.denies("bot", Permission::EXPORT, ROOT, "D13", Reason::ServiceOwnerLacks);
    world.status("ada", Status::Suspended);
    world.denies("bot", Permission::EXPORT, "note", "D13", Reason::ServiceOwnerLacks);
}

#[test]
fn d13_a_service_passes_on_no_more_than_its_owner_lets_it_have() {
    let world = World::with_chain();
    world.member("ada");
    world.service("bot", "ada");
    world.member("cy");
    world.allow("bot", OWNER, ROOT);
    world.assign(allow("cy", OWNER, ROOT).passed_on_by("bot"));
    world.denies("cy", Permission::EXPORT, "note", "D13", Reason::DelegatorLacks);
    world.allow("ada", Permission::EXPORT, "inbox");
    world.allows("cy", Permission::EXPORT, "note");
    world.denies("cy", Permission::EXPORT, "support", "D13", Reason::DelegatorLacks);
    world.status("ada", Status::Suspended);
    world.denies("cy", Permission::EXPORT, "note", "D13", Reason::DelegatorLacks);
}

#[test]
fn d13_what_was_passed_on_to_a_service_is_bounded_by_its_owner_too() {
    let world = World::with_chain();
    world.member("ada");
    world.member("boss");
    world.service("bot", "ada");
    world.allow("boss", OWNER, ROOT);
    world.assign(allow("bot", OWNER, ROOT).passed_on_by("boss"));
    world.denies("bot", Permission::EXPORT, "note", "D13", Reason::ServiceOwnerLacks);
    world.allow("ada", Permission::EXPORT, "thread");
    world.allows("bot", Permission::EXPORT, "note");
    world.status("boss", Status::Left);
    world.denies("bot", Permission::EXPORT, "note", "D13", Reason::DelegatorLacks);
}

#[test]
fn d13_prerequisites_must_be_effective_for_the_bounding_side() {
    for bound in BOUNDS {
        let world = bound.world();
        world.allow("ada", Permission::REPLY, ROOT);
        world.allow("bob", Permission::VIEW, ROOT);
        let answer = world.check("bob", Permission::REPLY, "note");
        assert_eq!(answer, unless(Some(bound.lacks())), "{bound:?}");
        world.allow("ada", Permission::VIEW, "inbox");
        world.allows("bob", Permission::REPLY, "note");
    }
}

#[test]
fn d13_what_the_bounding_side_has_only_on_what_it_owns_it_bounds_with_only_there() {
    for bound in BOUNDS {
        for registered in [None, Some("ada"), Some("bob")] {
            for claim in [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid] {
                let world = bound.world();
                world.allow("ada", own(Permission::EXPORT), ROOT);
                if let Some(owner) = registered {
                    world.register_owner("note", owner);
                }
                // What is claimed is claimed of the thing; what is registered is one sub-account's own.
                let owned = match claim {
                    Ownership::Owned => true,
                    Ownership::NotOwned => false,
                    Ownership::Unsaid => registered == Some("ada"),
                };
                let context = Context::new().ownership(claim);
                assert_eq!(
                    world.check_in(&context, "bob", Permission::EXPORT, "note"),
                    unless((!owned).then_some(bound.lacks())),
                    "{bound:?}: {claim:?}, registered {registered:?}"
                );
            }
        }
    }
}

#[test]
fn d13_the_security_policy_is_not_asked_of_the_bounding_side() {
    let world = Bound::Service.world();
    world.allow("ada", OWNER, ROOT);
    world.edit_profile(|it| it.security.conditions = vec![Condition::Mfa]);
    world.allows("bob", Permission::all(), "note");
    world.denies("ada", Permission::VIEW, "note", "D2", Reason::SecurityPolicyUnknown);
}

#[test]
fn d13_a_new_owner_bounds_a_service_from_then_on() {
    let world = Bound::Service.world();
    world.member("eve");
    world.allow("ada", Permission::EXPORT, ROOT);
    world.allow("eve", Permission::ADMINISTER, ROOT);
    world.allows("bob", Permission::EXPORT, "note");
    world.edit("bob", |it| it.owner = Some(sub_account_id("eve")));
    world.denies("bob", Permission::EXPORT, "note", "D13", Reason::ServiceOwnerLacks);
    world.allows("bob", Permission::ADMINISTER, "note");
}

#[test]
fn d13_of_a_grant_and_a_delegation_either_is_enough() {
    let world = Bound::Delegation.world();
    world.denies("bob", Permission::EXPORT, "note", "D13", Reason::DelegatorLacks);
    world.allow("bob", Permission::EXPORT, "note");
    world.allows("bob", Permission::EXPORT, "note");
    world.allow("ada", Permission::EXPORT, "support");
    world.allows("bob", Permission::EXPORT, "inbox");
}

#[test]
fn d13_a_delegation_to_a_team_reaches_whoever_is_in_it() {
    let world = World::with_chain();
    world.team("crew");
    world.member("ada");
    world.member("bob");
    world.join("bob", "crew");
    world.assign(allow("crew", OWNER, "support").passed_on_by("ada"));
    world.denies("bob", Permission::EXPORT, "note", "D13", Reason::DelegatorLacks);
    world.allow("ada", Permission::EXPORT, ROOT);
    world.allows("bob", Permission::EXPORT, "note");
    world.quit("bob", "crew");
    world.denies("bob", Permission::EXPORT, "note", "D1", Reason::NotGranted);
}
