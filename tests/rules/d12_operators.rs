//! D12: an operator has what its own organization gives it, as far as the visited one consents.

use jiff::Timestamp;
use tenantry::PermissionNames;
use tenantry::access::{Context, Decision, Ownership, Reason};
use tenantry::id::ConsentId;
use tenantry::model::{
    Condition, Consent, Maker, OrganizationStatus, Remove, Scope, Status, WorkspaceStatus,
};

/// A way to lose something, with what it is called.
type Take = (&'static str, fn(&World));

use crate::support::{
    Draft, OWNER, Permission, ROOT, World, allow, at, denial, deny, just_before, membership, names,
    number, office, organization_id, own, stored, unless, workspace_id,
};

const CHAIN: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];
const REST: Permission = Permission::all().difference(Permission::EXPORT);

/// A home organization with one operator, `olga`, who may do all this at its root.
fn home(permissions: Permission) -> World {
    let home = World::named("vendor");
    home.member("olga");
    if !permissions.is_empty() {
        home.allow("olga", permissions, ROOT);
    }
    home
}

/// A consent that holds at second 100.
fn consent(name: &str, scope: Scope, mask: Permission) -> Consent {
    Consent {
        id: ConsentId::from_u128(number(name)),
        operators: organization_id("vendor"),
        scope,
        mask: stored(mask),
        starts: None,
        ends: at(1_000),
        by: Maker::Host,
    }
}

fn check(world: &World, home: &World, what: Permission, place: &str) -> Decision {
    world.check_operator(home, &Context::new(), "olga", what, world.scope(place))
}

#[test]
fn d12_an_operator_has_what_home_mask_inherits_denies_ceiling_and_archive_all_leave() {
    for row in 0..64_usize {
        let on = |number: usize| row >> number & 1 == 1;
        let (lacks, uncovered, masked) = (on(0), on(1), on(2));
        let (denied, capped, archived) = (on(3), on(4), on(5));
        let home = home(if lacks { REST } else { Permission::all() });
        let world = World::with_chain();
        let mask = if uncovered { REST } else { Permission::all() };
        world.consent(consent("in", Scope::Organization, mask));
        if masked {
            world.inherits("support", REST);
        }
        if denied {
            world.deny("members of organization", Permission::EXPORT, ROOT);
        }
        if capped {
            world.ceiling("inbox", REST);
        }
        if archived {
            world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived);
        }
        let expected = if archived {
            Some(("D2", Reason::Archived))
        } else if lacks {
            Some(("D12", Reason::OperatorLacks))
        } else if uncovered {
            Some(("D12", Reason::ConsentMask))
        } else if masked {
            Some(("D4", Reason::Masked))
        } else if denied {
            Some(("D5", Reason::Denied))
        } else {
            capped.then_some(("D5", Reason::Ceiling))
        };
        let answer = check(&world, &home, Permission::EXPORT, "inbox");
        assert_eq!(answer, unless(expected), "row {row:06b}");
        assert_eq!(check(&world, &home, Permission::VIEW, "inbox"), Decision::Allow);
    }
}

#[test]
fn d12_a_consent_acts_where_it_was_given_and_below_through_every_mask_on_the_way() {
    let home = home(Permission::all());
    for masks in (0..32_usize).filter(|masks| masks % 2 == 0) {
        for (a, given) in CHAIN.into_iter().enumerate() {
            let world = World::with_chain();
            for (position, place) in CHAIN.into_iter().enumerate().skip(1) {
                if masks >> position & 1 == 1 {
                    world.inherits(place, REST);
                }
            }
            world.consent(consent("in", world.scope(given), Permission::all()));
            for (x, asked) in CHAIN.into_iter().enumerate() {
                let held_back = (a + 1..=x).any(|position| masks >> position & 1 == 1);
                let expected = if x < a {
                    Some(("D12", Reason::NoConsent))
                } else {
                    held_back.then_some(("D4", Reason::Masked))
                };
                let answer = check(&world, &home, Permission::EXPORT, asked);
                assert_eq!(answer, unless(expected), "masks {masks:05b}, {given}, {asked}");
            }
        }
    }
}

#[test]
fn d12_a_consent_says_nothing_of_what_lies_beside_it() {
    let home = home(Permission::all());
    let world = World::with_chain();
    world.workspace("sales");
    world.resource("aside", "support");
    world.consent(consent("in", world.scope("inbox"), Permission::all()));
    for place in ["sales", "aside", "support", ROOT] {
        let answer = check(&world, &home, Permission::VIEW, place);
        assert_eq!(answer, deny("D12", Reason::NoConsent), "{place}");
    }
}

#[test]
fn d12_a_consent_acts_from_its_start_until_just_before_its_end() {
    let home = home(Permission::all());
    let world = World::with_chain();
    let given = consent("in", Scope::Organization, Permission::all());
    world.consent(Consent { starts: Some(at(10)), ends: at(20), ..given });
    let inside = [at(10), at(15), just_before(at(20))];
    let outside = [Timestamp::MIN, just_before(at(10)), at(20), Timestamp::MAX];
    for instant in inside.into_iter().chain(outside) {
        let expected = (!inside.contains(&instant)).then_some(("D12", Reason::NoConsent));
        world.set_time(instant);
        assert_eq!(check(&world, &home, Permission::VIEW, "note"), unless(expected), "{instant}");
        world.set_time(at(15));
        let context = Context::new().at(instant);
        let note = world.scope("note");
        let answer = world.check_operator(&home, &context, "olga", Permission::VIEW, note);
        assert_eq!(answer, unless(expected), "as of {instant}");
    }
}

#[test]
fn d12_a_handle_that_was_taken_before_the_end_of_the_consent_sees_the_end() {
    let home = home(Permission::all());
    let world = World::with_chain();
    world.consent(consent("in", Scope::Organization, Permission::all()));
    let (visited, at_home) = (world.snapshot(), home.snapshot());
    let olga = visited.operator(&at_home, crate::support::sub_account_id("olga"));
    assert!(olga.can(Permission::VIEW, world.scope("note")));
    world.set_time(at(1_000));
    let over = deny("D12", Reason::NoConsent);
    assert_eq!(olga.check(Permission::VIEW, world.scope("note")), over);
}

#[test]
fn d12_a_consent_lets_in_the_operators_of_the_organization_it_names_and_no_others() {
    let world = World::with_chain();
    world.consent(consent("in", Scope::Organization, Permission::all()));
    let stranger = World::named("globex");
    stranger.member("olga");
    stranger.allow("olga", OWNER, ROOT);
    let answer = check(&world, &stranger, Permission::VIEW, "note");
    assert_eq!(answer, deny("D12", Reason::NoConsent));
    let vendor = home(Permission::all());
    assert_eq!(check(&world, &vendor, Permission::VIEW, "note"), Decision::Allow);
    world.remove(Remove::Consent(ConsentId::from_u128(number("in"))));
    let answer = check(&world, &vendor, Permission::VIEW, "note");
    assert_eq!(answer, deny("D12", Reason::NoConsent));
}

#[test]
fn d12_of_several_consents_each_gives_only_what_flows_from_its_own_scope() {
    let home = home(Permission::all());
    let world = World::with_chain();
    world.consent(consent("wide", Scope::Organization, Permission::VIEW | Permission::EXPORT));
    world.consent(consent("narrow", world.scope("inbox"), Permission::VIEW | Permission::REPLY));
    world.inherits("inbox", Permission::VIEW | Permission::REPLY);
    let expect = |what, place, expected| {
        assert_eq!(check(&world, &home, what, place), unless(expected), "{what:?} at {place}");
    };
    expect(Permission::EXPORT, "support", None);
    expect(Permission::REPLY, "support", Some(("D12", Reason::ConsentMask)));
    expect(Permission::REPLY, "note", None);
    expect(Permission::EXPORT, "note", Some(("D4", Reason::Masked)));
    expect(Permission::ADMINISTER, "note", Some(("D12", Reason::ConsentMask)));
}

#[test]
fn d12_a_mask_that_names_nothing_known_covers_nothing_and_full_covers_all() {
    let home = home(Permission::all());
    for (mask, covers) in [
        (PermissionNames::none(), false),
        (names(&["TELEPORT"]), false),
        (PermissionNames::Full, true),
    ] {
        let world = World::with_chain();
        let given = consent("in", Scope::Organization, Permission::empty());
        world.consent(Consent { mask: mask.clone(), ..given });
        let expected = (!covers).then_some(("D12", Reason::ConsentMask));
        for (_, permission) in Permission::all().iter_names() {
            assert_eq!(check(&world, &home, permission, "note"), unless(expected), "{mask}");
        }
    }
}

#[test]
fn d12_denies_to_all_members_bind_operators_and_denies_to_others_do_not() {
    let home = home(Permission::all());
    let world = World::with_chain();
    world.label("inbox", "vip");
    world.team("crew");
    world.member("lin");
    // An operator is nobody's sub-account, even where one has its id.
    world.member("olga");
    world.put(membership("olga", "crew"));
    world.allow("olga", Permission::VIEW, "support");
    world.consent(consent("in", Scope::Organization, Permission::all()));
    for assignee in ["olga", "lin", "crew", "members of support", "members of inbox"] {
        for place in ["support", "inbox"] {
            let made = world.deny(assignee, OWNER, place);
            assert_eq!(check(&world, &home, Permission::all(), "note"), Decision::Allow);
            world.take_back(made);
        }
    }
    let everyone = |place| denial("members of organization", Permission::EXPORT, place);
    let acting: [Draft; 7] = [
        everyone(ROOT),
        everyone("note").here(),
        everyone("support").labelled("vip"),
        everyone("inbox").between(at(50), at(150)),
        everyone("support").on(Condition::Mfa),
        everyone("support").on(Condition::Mfa).on(office()),
        denial("members of organization", own(Permission::EXPORT), ROOT),
    ];
    for draft in acting {
        let made = world.assign(draft);
        let answer = check(&world, &home, Permission::EXPORT, "note");
        assert_eq!(answer, deny("D5", Reason::Denied));
        assert_eq!(check(&world, &home, REST, "note"), Decision::Allow);
        world.take_back(made);
    }
    let idle: [Draft; 5] = [
        everyone("support").here(),
        everyone("thread").labelled("vip"),
        everyone(ROOT).from(at(101)),
        everyone(ROOT).until(at(100)),
        everyone(ROOT).on(office()),
    ];
    let outside = Context::new().network([11, 0, 0, 1].into());
    for draft in idle {
        let made = world.assign(draft);
        let note = world.scope("note");
        let answer = world.check_operator(&home, &outside, "olga", Permission::EXPORT, note);
        assert_eq!(answer, Decision::Allow);
        world.take_back(made);
    }
}

#[test]
fn d12_denies_of_what_is_owned_bind_operators_unless_it_is_known_not_to_be_theirs() {
    let home = home(Permission::all());
    for registered in [None, Some("lin"), Some("olga")] {
        for claim in [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid] {
            let world = World::with_chain();
            world.member("lin");
            world.member("olga");
            if let Some(owner) = registered {
                world.register_owner("note", owner);
            }
            world.consent(consent("in", Scope::Organization, Permission::all()));
            world.deny("members of organization", own(Permission::EXPORT), ROOT);
            // A registered owner is a sub-account of the visited organization, and so not the operator.
            let lifted = match claim {
                Ownership::Owned => false,
                Ownership::NotOwned => true,
                Ownership::Unsaid => registered.is_some(),
            };
            let context = Context::new().ownership(claim);
            let note = world.scope("note");
            assert_eq!(
                world.check_operator(&home, &context, "olga", Permission::EXPORT, note),
                unless((!lifted).then_some(("D5", Reason::Denied))),
                "{claim:?}, registered {registered:?}"
            );
        }
    }
}

#[test]
fn d12_what_the_visited_organization_allows_gives_an_operator_nothing() {
    let home = home(Permission::VIEW);
    let world = World::with_chain();
    world.member("olga");
    world.allow("olga", OWNER, ROOT);
    world.allow("members of organization", OWNER, ROOT);
    world.consent(consent("in", Scope::Organization, Permission::all()));
    let answer = check(&world, &home, Permission::EXPORT, "note");
    assert_eq!(answer, deny("D12", Reason::OperatorLacks));
    assert_eq!(check(&world, &home, Permission::VIEW, "note"), Decision::Allow);
}

#[test]
fn d12_only_what_is_effective_at_the_root_of_its_home_is_an_operators() {
    let lacks = deny("D12", Reason::OperatorLacks);
    let takes: [Take; 6] = [
        ("a deny at home", |home| {
            home.deny("olga", Permission::EXPORT, ROOT);
        }),
        ("a boundary", |home| home.boundary("olga", REST)),
        ("a ceiling at home", |home| home.ceiling(ROOT, REST)),
        ("only a workspace", |home| {
            home.workspace("desk");
            home.take_back(tenantry::id::AssignmentId::from_u128(1));
            home.allow("olga", OWNER, "desk");
            home.allow("olga", REST, ROOT);
        }),
        ("an end", |home| {
            home.take_back(tenantry::id::AssignmentId::from_u128(1));
            home.assign(allow("olga", OWNER, ROOT).until(at(100)));
            home.allow("olga", REST, ROOT);
        }),
        ("a condition", |home| {
            home.take_back(tenantry::id::AssignmentId::from_u128(1));
            home.assign(allow("olga", OWNER, ROOT).on(Condition::Mfa));
            home.allow("olga", REST, ROOT);
        }),
    ];
    for (what, take) in takes {
        let home = home(Permission::all());
        let world = World::with_chain();
        world.consent(consent("in", Scope::Organization, Permission::all()));
        assert_eq!(check(&world, &home, Permission::all(), "note"), Decision::Allow);
        take(&home);
        assert_eq!(check(&world, &home, Permission::EXPORT, "note"), lacks, "{what}");
        assert_eq!(check(&world, &home, REST, "note"), Decision::Allow, "{what}");
    }
}

#[test]
fn d12_prerequisites_hold_at_home_and_where_the_operator_is() {
    let world = World::with_chain();
    world.consent(consent("in", Scope::Organization, Permission::all()));
    let gap = home(Permission::REPLY);
    let answer = check(&world, &gap, Permission::REPLY, "note");
    assert_eq!(answer, deny("D12", Reason::OperatorLacks));
    let full = home(Permission::all());
    world.ceiling("inbox", Permission::REPLY | Permission::CLOSE);
    for what in [Permission::REPLY, Permission::CLOSE] {
        let answer = check(&world, &full, what, "note");
        assert_eq!(answer, deny("D10", Reason::PrerequisiteMissing));
    }
    assert_eq!(check(&world, &full, Permission::CLOSE, "support"), Decision::Allow);
}

#[test]
fn d12_ceilings_of_the_visited_organization_bind_from_its_root_down() {
    let home = home(Permission::all());
    for (position, capped) in CHAIN.into_iter().enumerate() {
        let world = World::with_chain();
        world.consent(consent("in", Scope::Organization, Permission::all()));
        world.ceiling(capped, REST);
        for (x, asked) in CHAIN.into_iter().enumerate() {
            let expected = (position <= x).then_some(("D5", Reason::Ceiling));
            let answer = check(&world, &home, Permission::EXPORT, asked);
            assert_eq!(answer, unless(expected), "capped at {capped}, asked at {asked}");
        }
        // A ceiling above the consent binds it as well.
        let world = World::with_chain();
        world.consent(consent("in", world.scope("note"), Permission::all()));
        world.ceiling(capped, REST);
        let answer = check(&world, &home, Permission::EXPORT, "note");
        assert_eq!(answer, deny("D5", Reason::Ceiling), "{capped}");
    }
}

#[test]
fn d12_both_organizations_must_be_active_and_both_policies_met() {
    let inactive = [OrganizationStatus::Suspended, OrganizationStatus::Closed];
    let ask = |world: &World, home: &World, context: &Context| {
        let note = world.scope("note");
        world.check_operator(home, context, "olga", Permission::VIEW, note)
    };
    for visited in [true, false] {
        for status in inactive {
            let (world, home) = visit();
            let one = if visited { &world } else { &home };
            one.edit_profile(|it| it.status = status);
            let answer = ask(&world, &home, &Context::new());
            assert_eq!(answer, deny("D2", Reason::OrganizationInactive), "{visited} {status:?}");
        }
        for (condition, met, unmet) in [
            (Condition::Mfa, Context::new().mfa(true), Context::new().mfa(false)),
            (
                office(),
                Context::new().network([10, 0, 0, 1].into()),
                Context::new().network([11, 0, 0, 1].into()),
            ),
        ] {
            let (world, home) = visit();
            let one = if visited { &world } else { &home };
            one.edit_profile(|it| it.security.conditions = vec![condition]);
            assert_eq!(ask(&world, &home, &met), Decision::Allow);
            assert_eq!(ask(&world, &home, &unmet), deny("D2", Reason::SecurityPolicyUnmet));
            let unknown = deny("D2", Reason::SecurityPolicyUnknown);
            assert_eq!(ask(&world, &home, &Context::new()), unknown);
        }
    }
}

/// A visited organization that consents to everything, and the home of its operator.
fn visit() -> (World, World) {
    let world = World::with_chain();
    world.consent(consent("in", Scope::Organization, Permission::all()));
    (world, home(Permission::all()))
}

#[test]
fn d12_an_operator_must_be_active_unflagged_and_before_its_end() {
    for (status, reason) in [
        (Status::Suspended, Reason::Suspended),
        (Status::Left, Reason::Left),
        (Status::Removed, Reason::Removed),
    ] {
        let (world, home) = visit();
        home.status("olga", status);
        assert_eq!(check(&world, &home, Permission::VIEW, "note"), deny("D2", reason));
    }
    let (world, home) = visit();
    home.edit("olga", |it| it.credential_reset_required = true);
    let answer = check(&world, &home, Permission::VIEW, "note");
    assert_eq!(answer, deny("D2", Reason::CredentialResetRequired));
    let (world, home) = visit();
    home.edit("olga", |it| it.ends = Some(at(100)));
    assert_eq!(check(&world, &home, Permission::VIEW, "note"), deny("D2", Reason::Ended));
    home.edit("olga", |it| it.ends = Some(at(101)));
    assert_eq!(check(&world, &home, Permission::VIEW, "note"), Decision::Allow);
}

#[test]
fn d12_a_service_as_operator_has_at_most_what_its_owner_has_at_home() {
    let (world, home) = visit();
    home.service("bot", "olga");
    home.allow("bot", OWNER, ROOT);
    let ask = |what| world.check_operator(&home, &Context::new(), "bot", what, world.scope("note"));
    assert_eq!(ask(Permission::all()), Decision::Allow);
    // A service meets the network part of either policy, and has no second factor.
    world.edit_profile(|it| it.security.conditions = vec![Condition::Mfa]);
    home.edit_profile(|it| it.security.conditions = vec![Condition::Mfa]);
    assert_eq!(ask(Permission::all()), Decision::Allow);
    home.deny("olga", Permission::EXPORT, ROOT);
    assert_eq!(ask(Permission::EXPORT), deny("D12", Reason::OperatorLacks));
    world.edit_profile(|it| it.security.conditions = vec![Condition::Mfa, office()]);
    assert_eq!(ask(Permission::VIEW), deny("D2", Reason::SecurityPolicyUnknown));
}

#[test]
fn d12_what_is_archived_in_the_visited_organization_is_read_only_for_operators_too() {
    let (world, home) = visit();
    world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived);
    for place in ["support", "inbox", "thread", "note"] {
        assert_eq!(check(&world, &home, Permission::VIEW, place), Decision::Allow);
        let answer = check(&world, &home, Permission::EXPORT, place);
        assert_eq!(answer, deny("D2", Reason::Archived), "{place}");
    }
    assert_eq!(check(&world, &home, Permission::all(), ROOT), Decision::Allow);
}

#[test]
fn d12_what_is_unknown_or_malformed_is_denied() {
    let (world, home) = visit();
    let note = world.scope("note");
    let ask = |who, what| world.check_operator(&home, &Context::new(), who, what, note);
    let unnamed = Permission::from_bits_retain(1 << 3);
    assert_eq!(ask("olga", Permission::empty()), deny("D9", Reason::NothingRequested));
    assert_eq!(ask("olga", unnamed), deny("D9", Reason::UnknownPermission));
    assert_eq!(ask("nobody", Permission::VIEW), deny("D1", Reason::UnknownSubAccount));
    world.member("lin");
    assert_eq!(ask("lin", Permission::VIEW), deny("D1", Reason::UnknownSubAccount));
    let at = |target: tenantry::access::Target| {
        world.check_operator(&home, &Context::new(), "olga", Permission::VIEW, target)
    };
    assert_eq!(at(workspace_id("sales").into()), deny("D1", Reason::UnknownScope));
    assert_eq!(at(organization_id("vendor").into()), deny("D1", Reason::UnknownScope));
    assert_eq!(at(organization_id("acme").into()), Decision::Allow);
    assert_eq!(at(world.snapshot().workspace("17").into()), deny("D1", Reason::UnknownKey));
}
