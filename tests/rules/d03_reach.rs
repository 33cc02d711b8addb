//! D3: where an assignment acts, and whom it contains.

use std::collections::BTreeSet;

use tenantry::access::{Context, Decision, Reason};
use tenantry::model::{Condition, Effect, Reach, Remove, Role, RoleRef, Scope, Team};

use crate::support::{
    AGENT, COLLEAGUE, LEAD, OWNER, Permission, ROOT, World, allow, at, custom, denial, deny, label,
    membership, name, names, own, role_id, stored, team_id, unless,
};

const CHAIN: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];

/// The reaches, and whether each acts from position `a` at position `x` when position `l` carries the label.
fn reaches(reach: &Reach, a: usize, x: usize, l: Option<usize>) -> bool {
    match reach {
        Reach::Here => a == x,
        Reach::Subtree => a <= x,
        Reach::Labelled(_) => l.is_some_and(|l| a <= l && l <= x),
    }
}

#[test]
fn d3_reach_acts_from_every_position_at_every_position_with_every_label() {
    let kinds = [Reach::Here, Reach::Subtree, Reach::Labelled(label("vip"))];
    for carrier in [None, Some(0), Some(1), Some(2), Some(3), Some(4)] {
        for reach in &kinds {
            for (a, made) in CHAIN.into_iter().enumerate() {
                let world = World::with_chain();
                if let Some(carrier) = carrier {
                    world.label(CHAIN[carrier], "vip");
                }
                world.member("lin");
                world.member("wu");
                world.assign(allow("lin", Permission::EXPORT, made).reach(reach.clone()));
                world.allow("wu", Permission::EXPORT, ROOT);
                world.assign(denial("wu", Permission::EXPORT, made).reach(reach.clone()));
                for (x, asked) in CHAIN.into_iter().enumerate() {
                    let acts = reaches(reach, a, x, carrier);
                    let reason = match acts {
                        true => None,
                        false if a <= x => Some(("D3", Reason::OutOfReach)),
                        false => Some(("D1", Reason::NotGranted)),
                    };
                    let row =
                        format!("{reach:?} made at {made}, asked at {asked}, label {carrier:?}");
                    let answer = world.check("lin", Permission::EXPORT, asked);
                    assert_eq!(answer, unless(reason), "allow {row}");
                    let denied = acts.then_some(("D5", Reason::Denied));
                    let answer = world.check("wu", Permission::EXPORT, asked);
                    assert_eq!(answer, unless(denied), "deny {row}");
                }
            }
        }
    }
}

#[test]
fn d3_somebody_may_have_something_in_any_number_of_places() {
    for places in [1, 6, 7, 8, 9, 10, 11, 30] {
        let world = World::new();
        for member in ["lin", "wu", "chen"] {
            world.member(member);
        }
        world.allow("wu", Permission::ADMINISTER, ROOT);
        for number in 0..=places {
            let [workspace, inbox] = ["workspace", "inbox"].map(|kind| format!("{kind} {number}"));
            world.workspace(&workspace);
            world.resource(&inbox, &workspace);
            if number < places {
                let granted = if number % 2 == 0 { Permission::EXPORT } else { Permission::VIEW };
                for member in ["lin", "wu", "chen"] {
                    world.allow(member, granted, &workspace);
                }
            }
        }
        let last = format!("workspace {}", places - 1);
        world.assign(allow("chen", own(Permission::ADMINISTER), &last).until(at(100)));
        world.deny("chen", Permission::all() - Permission::ADMINISTER, "workspace 0");
        for number in 0..=places {
            for kind in ["workspace", "inbox"] {
                let place = format!("{kind} {number}");
                for (asked, parity) in [(Permission::EXPORT, 0), (Permission::VIEW, 1)] {
                    let is_given = number < places && number % 2 == parity;
                    let reason = (!is_given).then_some(("D1", Reason::NotGranted));
                    for member in ["lin", "wu"] {
                        let answer = world.check(member, asked, &place);
                        assert_eq!(answer, unless(reason), "{member}, {place} of {places}");
                    }
                    let reason = match number {
                        0 if is_given => Some(("D5", Reason::Denied)),
                        _ => reason,
                    };
                    let answer = world.check("chen", asked, &place);
                    assert_eq!(answer, unless(reason), "chen, {place} of {places}");
                }
                assert_eq!(world.check("wu", Permission::ADMINISTER, &place), Decision::Allow);
            }
        }
    }
}

#[test]
fn d3_what_has_an_end_and_a_condition_may_be_in_any_number_of_places() {
    let session = |mfa| Context::new().mfa(mfa);
    let unmet = Some(("D8", Reason::ConditionUnmet));
    let over = Some(("D7", Reason::Expired));
    for places in [1, 4, 5, 6, 7, 8, 9] {
        let world = World::new();
        world.member("lin");
        for number in 0..=places {
            let workspace = format!("workspace {number}");
            world.workspace(&workspace);
            match number {
                _ if number == places => {}
                _ if number % 2 == 1 => _ = world.allow("lin", Permission::VIEW, &workspace),
                _ => {
                    let draft = allow("lin", Permission::EXPORT, &workspace);
                    world.assign(draft.on(Condition::Mfa).until(at(100)));
                }
            }
        }
        world.deny("lin", Permission::ADMINISTER, "workspace 0");
        for (time, mfa, export) in [(50, true, None), (50, false, unmet), (100, true, over)] {
            world.set_time(at(time));
            for number in 0..=places {
                let place = format!("workspace {number}");
                let given = |parity, reason| {
                    let is_given = number < places && number % 2 == parity;
                    unless(if is_given { reason } else { Some(("D1", Reason::NotGranted)) })
                };
                let ask = |asked| world.check_in(&session(mfa), "lin", asked, &place);
                let row = format!("{place} of {places} at {time}, mfa {mfa}");
                assert_eq!(ask(Permission::EXPORT), given(0, export), "{row}");
                assert_eq!(ask(Permission::VIEW), given(1, None), "{row}");
            }
            for asked in [Permission::VIEW, Permission::EXPORT] {
                let answer = world.check_in(&session(mfa), "lin", asked, ROOT);
                assert_eq!(answer, deny("D1", Reason::NotGranted), "{places} at {time}");
            }
        }
    }
}

#[test]
fn d3_a_label_counts_only_on_the_way_down_and_only_letter_for_letter() {
    let world = World::with_chain();
    world.workspace("sales");
    world.resource("beside", "support");
    world.member("lin");
    world.assign(allow("lin", Permission::EXPORT, "support").labelled("vip"));
    world.label("beside", "vip");
    world.label("sales", "vip");
    world.label(ROOT, "vip");
    world.label("thread", "VIP");
    world.label("thread", "vip ");
    world.allows("lin", Permission::EXPORT, "beside");
    for place in ["support", "inbox", "thread", "note"] {
        world.denies("lin", Permission::EXPORT, place, "D3", Reason::OutOfReach);
    }
    for place in [ROOT, "sales"] {
        world.denies("lin", Permission::EXPORT, place, "D1", Reason::NotGranted);
    }
    world.label("inbox", "vip");
    for place in ["inbox", "thread", "note"] {
        world.allows("lin", Permission::EXPORT, place);
    }
    world.edit_resource("inbox", |it| it.labels.clear());
    world.denies("lin", Permission::EXPORT, "note", "D3", Reason::OutOfReach);
}

#[test]
fn d3_who_is_in_a_sub_team_is_in_every_team_that_holds_it_and_in_no_other() {
    let teams = ["company", "division", "crew"];
    let world = World::with_chain();
    world.team("company");
    world.sub_team("division", "company");
    world.sub_team("crew", "division");
    world.team("other");
    for (member, team) in [("ann", "company"), ("ben", "division"), ("cat", "crew")] {
        world.member(member);
        world.join(member, team);
    }
    world.member("dan");
    for (above, team) in teams.into_iter().enumerate() {
        let allow = world.allow(team, Permission::EXPORT, "support");
        for (position, member) in ["ann", "ben", "cat"].into_iter().enumerate() {
            let contained = position >= above;
            let expected = unless((!contained).then_some(("D1", Reason::NotGranted)));
            assert_eq!(
                world.check(member, Permission::EXPORT, "inbox"),
                expected,
                "{member} in {team}"
            );
        }
        world.denies("dan", Permission::EXPORT, "inbox", "D1", Reason::NotGranted);
        world.take_back(allow);
    }
    world.allow("other", Permission::EXPORT, "support");
    world.denies("cat", Permission::EXPORT, "inbox", "D1", Reason::NotGranted);
}

#[test]
fn d3_leaving_or_moving_a_team_takes_what_it_gave() {
    let world = World::with_chain();
    world.team("crew");
    world.team("sales");
    world.member("lin");
    world.join("lin", "crew");
    world.allow("sales", Permission::EXPORT, ROOT);
    world.denies("lin", Permission::EXPORT, ROOT, "D1", Reason::NotGranted);
    let parent = Some(team_id("sales"));
    world.put(Team { parent, ..Team::new(team_id("crew"), name("crew")) });
    world.allows("lin", Permission::EXPORT, ROOT);
    world.put(Team::new(team_id("crew"), name("crew")));
    world.denies("lin", Permission::EXPORT, ROOT, "D1", Reason::NotGranted);
    world.join("lin", "sales");
    world.allows("lin", Permission::EXPORT, ROOT);
    world.quit("lin", "sales");
    world.denies("lin", Permission::EXPORT, ROOT, "D1", Reason::NotGranted);
    world.put(membership("lin", "sales"));
    world.allows("lin", Permission::EXPORT, ROOT);
}

#[test]
fn d3_a_deny_to_a_team_acts_on_who_is_in_a_sub_team() {
    let world = World::with_chain();
    world.team("company");
    world.sub_team("crew", "company");
    world.member("lin");
    world.join("lin", "crew");
    world.allow("lin", OWNER, ROOT);
    world.deny("company", Permission::EXPORT, "inbox");
    world.allows("lin", Permission::EXPORT, "support");
    world.denies("lin", Permission::EXPORT, "inbox", "D5", Reason::Denied);
}

#[test]
fn d3_all_members_of_the_organization_are_its_sub_accounts_of_every_kind() {
    let world = World::with_chain();
    world.member("ada");
    world.guest("gus", at(1_000));
    world.service("bot", "ada");
    for made in CHAIN {
        let everyone = world.allow("members of organization", Permission::EXPORT, made);
        for who in ["ada", "gus", "bot"] {
            world.allows(who, Permission::EXPORT, "note");
        }
        world.denies("nobody", Permission::EXPORT, "note", "D1", Reason::UnknownSubAccount);
        world.take_back(everyone);
    }
    // What names somebody at the organization makes nobody more of a member of it.
    world.allow("ada", Permission::VIEW, ROOT);
    world.allow("members of organization", Permission::EXPORT, "inbox");
    world.allows("gus", Permission::EXPORT, "inbox");
}

#[test]
fn d3_members_of_a_scope_are_whom_an_allow_made_there_names_directly_or_by_team() {
    for place in ["support", "inbox", "thread"] {
        let world = World::with_chain();
        world.team("company");
        world.sub_team("crew", "company");
        for who in
            ["direct", "by team", "sub-team", "denied", "above", "below", "as member", "gone"]
        {
            world.member(who);
        }
        world.join("by team", "company");
        world.join("sub-team", "crew");
        world.allow("direct", Permission::VIEW, place);
        world.allow("company", Permission::VIEW, place);
        world.deny("denied", Permission::VIEW, place);
        world.allow("above", Permission::VIEW, ROOT);
        world.allow("below", Permission::VIEW, "note");
        world.allow("members of note", Permission::VIEW, place);
        world.allow("members of organization", Permission::REPLY, place);
        let gone = world.allow("gone", Permission::VIEW, place);
        world.allow(&format!("members of {place}"), Permission::EXPORT, ROOT);
        world.allows("gone", Permission::EXPORT, ROOT);
        world.take_back(gone);
        for who in ["direct", "by team", "sub-team"] {
            world.allows(who, Permission::EXPORT, ROOT);
            world.allows(who, Permission::EXPORT, "note");
        }
        for who in ["denied", "above", "below", "as member", "gone"] {
            world.denies(who, Permission::EXPORT, ROOT, "D1", Reason::NotGranted);
            world.denies(who, Permission::EXPORT, "note", "D1", Reason::NotGranted);
        }
    }
}

#[test]
fn d3_members_of_a_scope_keep_whatever_the_allow_gives_and_however_far_it_reaches() {
    let gives: [(&str, crate::support::Draft); 5] = [
        ("a role that nobody knows", allow("lin", RoleRef::from(system("unheard-of")), "support")),
        ("a permission that nobody knows", allow("lin", names(&["TELEPORT"]), "support")),
        ("what is owned", allow("lin", own(Permission::VIEW), "support")),
        ("here only", allow("lin", Permission::VIEW, "support").here()),
        ("a label nobody carries", allow("lin", Permission::VIEW, "support").labelled("vip")),
    ];
    for (what, draft) in gives {
        let world = World::with_chain();
        world.member("lin");
        world.allow("members of support", Permission::EXPORT, "inbox");
        world.denies("lin", Permission::EXPORT, "note", "D1", Reason::NotGranted);
        world.assign(draft);
        assert_eq!(world.check("lin", Permission::EXPORT, "note"), Decision::Allow, "{what}");
    }
}

fn system(role: &str) -> tenantry::model::RoleName {
    tenantry::model::RoleName::new(role).unwrap()
}

#[test]
fn d3_members_of_any_kind_of_scope_are_reached_from_any_kind_of_scope() {
    for home in ["support", "inbox", "note"] {
        for (a, made) in CHAIN.into_iter().enumerate() {
            for effect in [Effect::Allow, Effect::Deny] {
                let world = World::with_chain();
                world.member("lin");
                world.member("wu");
                world.allow("lin", Permission::VIEW, home);
                if effect == Effect::Deny {
                    world.allow("lin", Permission::EXPORT, ROOT);
                    world.allow("wu", Permission::EXPORT, ROOT);
                }
                let assignee = format!("members of {home}");
                world.assign(allow(&assignee, Permission::EXPORT, made).effect(effect));
                for (x, asked) in CHAIN.into_iter().enumerate() {
                    let expected = match effect {
                        Effect::Allow => (a > x).then_some(("D1", Reason::NotGranted)),
                        Effect::Deny => (a <= x).then_some(("D5", Reason::Denied)),
                    };
                    let answer = world.check("lin", Permission::EXPORT, asked);
                    assert_eq!(
                        answer,
                        unless(expected),
                        "{effect:?} to {assignee} at {made}: {asked}"
                    );
                    let stranger = match effect {
                        Effect::Allow => Some(("D1", Reason::NotGranted)),
                        Effect::Deny => None,
                    };
                    let answer = world.check("wu", Permission::EXPORT, asked);
                    assert_eq!(
                        answer,
                        unless(stranger),
                        "{effect:?} at {made}: a stranger at {asked}"
                    );
                }
            }
        }
    }
}

/// A window around now, before now or after now.
const WINDOWS: [(i64, i64); 3] = [(50, 150), (10, 100), (101, 200)];

#[test]
fn d3_the_window_of_the_allow_that_makes_a_member_binds_too() {
    for membership in WINDOWS {
        for made in WINDOWS {
            let world = World::with_chain();
            world.member("lin");
            world.member("wu");
            let window =
                |(starts, ends)| tenantry::model::Validity::between(at(starts), at(ends)).unwrap();
            for who in ["lin", "wu"] {
                world.assign(allow(who, Permission::VIEW, "support").valid(window(membership)));
            }
            let to_members = allow("members of support", Permission::EXPORT, ROOT);
            let given = world.assign(to_members.clone().valid(window(made)));
            let ahead = membership.0 > 100 || made.0 > 100;
            let over = membership.1 <= 100 || made.1 <= 100;
            let expected = match (ahead, over) {
                (true, _) => Some(("D7", Reason::NotYetValid)),
                (false, true) => Some(("D7", Reason::Expired)),
                (false, false) => None,
            };
            let row = format!("member during {membership:?}, made for {made:?}");
            assert_eq!(world.check("lin", Permission::EXPORT, "inbox"), unless(expected), "{row}");

            world.take_back(given);
            world.allow("wu", Permission::EXPORT, ROOT);
            world.assign(to_members.effect(Effect::Deny).valid(window(made)));
            let expected = expected.is_none().then_some(("D5", Reason::Denied));
            assert_eq!(
                world.check("wu", Permission::EXPORT, "inbox"),
                unless(expected),
                "deny {row}"
            );
        }
    }
}

#[test]
fn d3_the_conditions_of_the_allow_that_makes_a_member_bind_too() {
    let known = [None, Some(true), Some(false)];
    for mfa in known {
        for inside in known {
            let world = World::with_chain();
            world.member("lin");
            world.member("wu");
            for who in ["lin", "wu"] {
                world.assign(allow(who, Permission::VIEW, "support").on(Condition::Mfa));
            }
            let to_members =
                allow("members of support", Permission::EXPORT, ROOT).on(crate::support::office());
            let given = world.assign(to_members.clone());
            let mut context = Context::new();
            if let Some(passed) = mfa {
                context = context.mfa(passed);
            }
            if let Some(inside) = inside {
                context = context.network([if inside { 10 } else { 11 }, 0, 0, 1].into());
            }
            let both = [mfa, inside];
            let unmet = both.contains(&Some(false));
            let expected = match (unmet, both.contains(&None)) {
                (true, _) => Some(("D8", Reason::ConditionUnmet)),
                (false, true) => Some(("D8", Reason::ConditionUnknown)),
                (false, false) => None,
            };
            let answer = world.check_in(&context, "lin", Permission::EXPORT, "inbox");
            assert_eq!(answer, unless(expected), "{context:?}");

            world.take_back(given);
            world.allow("wu", Permission::EXPORT, ROOT);
            world.assign(to_members.effect(Effect::Deny));
            let expected = (!unmet).then_some(("D5", Reason::Denied));
            let answer = world.check_in(&context, "wu", Permission::EXPORT, "inbox");
            assert_eq!(answer, unless(expected), "deny in {context:?}");
        }
    }
}

#[test]
fn d3_of_several_allows_that_make_a_member_any_one_is_enough() {
    let world = World::with_chain();
    world.team("crew");
    world.member("lin");
    world.join("lin", "crew");
    world.assign(allow("lin", Permission::VIEW, "support").until(at(100)));
    world.assign(allow("lin", Permission::VIEW, "support").on(Condition::Mfa));
    world.allow("members of support", Permission::EXPORT, "inbox");
    world.denies("lin", Permission::EXPORT, "inbox", "D8", Reason::ConditionUnknown);
    world.allow("crew", Permission::VIEW, "support");
    world.allows("lin", Permission::EXPORT, "inbox");
}

#[test]
fn d3_membership_is_not_passed_on_by_membership() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", Permission::VIEW, "support");
    world.allow("members of support", Permission::VIEW, "inbox");
    world.allow("members of inbox", Permission::EXPORT, "thread");
    world.allows("lin", Permission::VIEW, "inbox");
    world.denies("lin", Permission::EXPORT, "thread", "D1", Reason::NotGranted);
}

#[test]
fn d3_a_role_is_closed_over_what_it_includes() {
    let world = World::with_chain();
    let includes = |roles: &[RoleRef]| roles.iter().cloned().collect::<BTreeSet<_>>();
    let (base, left, right) = (role_id("base"), role_id("left"), role_id("right"));
    world.role(Role { own: stored(Permission::CLOSE), ..custom("base", Permission::VIEW) });
    world.role(Role { includes: includes(&[base.into()]), ..custom("left", Permission::EXPORT) });
    world.role(Role {
        includes: includes(&[base.into(), COLLEAGUE.into()]),
        ..custom("right", Permission::REPLY)
    });
    let top = Role {
        includes: includes(&[left.into(), right.into()]),
        ..custom("top", Permission::empty())
    };
    world.role(top);
    world.member("lin");
    world.allow("lin", role_id("top"), "support");
    let set = |context: &Context| {
        let mut held = Permission::empty();
        for (_, permission) in Permission::all().iter_names() {
            let answer = world.check_in(context, "lin", permission, "inbox");
            held.set(permission, answer.is_allow());
        }
        held
    };
    let any = Permission::VIEW | Permission::EXPORT | Permission::REPLY;
    assert_eq!(set(&Context::new().ownership(false)), any);
    assert_eq!(set(&Context::new().ownership(true)), any | Permission::CLOSE);
    world.denies("lin", Permission::CLOSE, "inbox", "D6", Reason::OwnershipUnknown);

    // What an included role gains or loses, its includers gain or lose at once.
    world.role(custom("base", Permission::ADMINISTER));
    assert_eq!(set(&Context::new().ownership(false)), any | Permission::ADMINISTER);
    world.role(custom("right", Permission::VIEW));
    assert_eq!(
        set(&Context::new().ownership(true)),
        Permission::EXPORT | Permission::VIEW | Permission::ADMINISTER
    );
}

#[test]
fn d3_a_system_role_is_closed_over_what_it_includes() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", LEAD, "support");
    for granted in [Permission::VIEW, Permission::REPLY, Permission::EXPORT] {
        world.allows("lin", granted, "note");
    }
    world.denies("lin", Permission::ADMINISTER, "note", "D1", Reason::NotGranted);
    world.denies("lin", Permission::CLOSE, "note", "D6", Reason::OwnershipUnknown);
    let owned = Context::new().ownership(true);
    assert_eq!(world.check_in(&owned, "lin", Permission::CLOSE, "note"), Decision::Allow);
}

#[test]
fn d3_a_custom_role_never_passes_for_a_system_role_of_its_name() {
    let world = World::with_chain();
    world.role(custom("owner", Permission::VIEW));
    world.member("lin");
    world.allow("lin", role_id("owner"), ROOT);
    world.allows("lin", Permission::VIEW, ROOT);
    world.denies("lin", Permission::ADMINISTER, ROOT, "D1", Reason::NotGranted);
    // Nor does a custom role with the catalog's name for an included system role.
    world.role(Role {
        includes: [AGENT.into()].into_iter().collect(),
        ..custom("colleague", Permission::empty())
    });
    world.allow("lin", role_id("colleague"), "support");
    world.allows("lin", Permission::REPLY, "support");
    let owned = Context::new().ownership(true);
    assert_eq!(
        world.check_in(&owned, "lin", Permission::CLOSE, "support"),
        deny("D1", Reason::NotGranted)
    );
}

#[test]
fn d3_what_an_assignment_is_made_at_goes_with_it_when_it_moves() {
    let world = World::with_chain();
    world.workspace("sales");
    world.member("lin");
    world.allow("lin", Permission::EXPORT, "support");
    world.allow("lin", Permission::VIEW, "thread");
    world.allows("lin", Permission::EXPORT | Permission::VIEW, "note");
    world.edit_resource("thread", |it| it.parent = crate::support::workspace_id("sales").into());
    world.denies("lin", Permission::EXPORT, "note", "D1", Reason::NotGranted);
    world.allows("lin", Permission::VIEW, "note");
    assert_eq!(world.scope("sales"), Scope::Workspace(crate::support::workspace_id("sales")));
}

#[test]
fn d3_an_assignment_that_is_put_again_says_only_what_it_says_now() {
    let world = World::with_chain();
    world.member("lin");
    world.member("wu");
    let id = world.allow("lin", Permission::EXPORT, "support");
    world.allows("lin", Permission::EXPORT, "note");
    world.assign_as(id, allow("wu", Permission::VIEW, "inbox"));
    world.denies("lin", Permission::EXPORT, "note", "D1", Reason::NotGranted);
    world.denies("wu", Permission::EXPORT, "note", "D1", Reason::NotGranted);
    world.denies("wu", Permission::VIEW, "support", "D1", Reason::NotGranted);
    world.allows("wu", Permission::VIEW, "note");
    world.remove(Remove::Assignment(id));
    world.denies("wu", Permission::VIEW, "note", "D1", Reason::NotGranted);
}
