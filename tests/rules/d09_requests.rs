//! D9: all of several permissions are needed, none is never enough, and nothing beside the question matters.

use tenantry::access::{Context, Decision, Query, Reason};
use tenantry::id::AssignmentId;

use crate::support::{
    AGENT, Draft, OWNER, Permission, ROOT, World, allow, at, denial, deny, names, own,
    sub_account_id,
};

#[test]
fn d9_a_request_for_nothing_is_denied_even_to_the_owner() {
    let world = World::with_chain();
    world.member("ada");
    world.allow("ada", OWNER, ROOT);
    for place in [ROOT, "support", "inbox", "nowhere"] {
        world.denies("ada", Permission::empty(), place, "D9", Reason::NothingRequested);
    }
}

#[test]
fn d9_a_bit_that_the_catalog_does_not_name_is_denied_alone_and_in_company() {
    let world = World::with_chain();
    world.member("ada");
    world.allow("ada", OWNER, ROOT);
    for number in (0..u32::BITS).filter(|number| Permission::from_bits(1 << number).is_none()) {
        let unnamed = Permission::from_bits_retain(1 << number);
        for asked in [unnamed, unnamed | Permission::VIEW, Permission::from_bits_retain(!0)] {
            world.denies("ada", asked, "inbox", "D9", Reason::UnknownPermission);
        }
    }
    world.allows("ada", Permission::all(), "inbox");
}

#[test]
fn d9_of_several_permissions_all_are_needed() {
    let named: Vec<Permission> = Permission::all().iter().collect();
    let union = |chosen: usize| {
        let chosen = named.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1);
        chosen.fold(Permission::empty(), |all, (_, one)| all | *one)
    };
    // Held and asked range over all sets that respect prerequisites, so that only D9 is at work.
    let closed = |set: Permission| {
        (!set.contains(Permission::REPLY) || set.contains(Permission::VIEW))
            && (!set.contains(Permission::CLOSE) || set.contains(Permission::REPLY))
    };
    for held in (0..1 << named.len()).map(union).filter(|held| closed(*held)) {
        let world = World::with_chain();
        world.member("lin");
        if !held.is_empty() {
            world.allow("lin", held, "support");
        }
        for asked in (1..1 << named.len()).map(union) {
            let expected =
                if held.contains(asked) { Decision::Allow } else { deny("D1", Reason::NotGranted) };
            assert_eq!(world.check("lin", asked, "inbox"), expected, "{asked:?} of {held:?}");
        }
    }
}

#[test]
fn d9_the_reason_is_that_of_the_first_permission_that_is_missing() {
    let world = World::with_chain();
    world.member("lin");
    world.assign(allow("lin", Permission::VIEW, ROOT).until(at(50)));
    world.allow("lin", own(Permission::EXPORT), ROOT);
    world.allow("lin", Permission::ADMINISTER, ROOT);
    world.deny("lin", Permission::ADMINISTER, ROOT);
    let ask = |what| world.check("lin", what, "note");
    let (view, export, administer) = (Permission::VIEW, Permission::EXPORT, Permission::ADMINISTER);
    assert_eq!(ask(administer), deny("D5", Reason::Denied));
    assert_eq!(ask(administer | export), deny("D6", Reason::OwnershipUnknown));
    assert_eq!(ask(administer | export | view), deny("D7", Reason::Expired));
    assert_eq!(ask(Permission::all()), deny("D7", Reason::Expired));
    world.allow("lin", Permission::VIEW, ROOT);
    assert_eq!(ask(administer | export | view), deny("D6", Reason::OwnershipUnknown));
    assert_eq!(ask(Permission::all()), deny("D1", Reason::NotGranted));
}

/// A story with a bit of everything, told as drafts so that it can be told in any order.
fn drafts() -> [Draft; 5] {
    [
        allow("lin", AGENT, "support"),
        allow("crew", Permission::EXPORT, ROOT).until(at(200)),
        denial("members of support", Permission::EXPORT, "thread"),
        allow("members of organization", own(Permission::CLOSE), "inbox"),
        denial("lin", own(Permission::REPLY), "note").until(at(101)),
    ]
}

fn scene() -> World {
    let world = World::with_chain();
    world.team("crew");
    world.member("lin");
    world.join("lin", "crew");
    world
}

fn answers(world: &World) -> Vec<Decision> {
    let mut answers = Vec::new();
    for place in [ROOT, "support", "inbox", "thread", "note"] {
        for context in
            [Context::new(), Context::new().ownership(true), Context::new().ownership(false)]
        {
            answers.extend(world.survey(&context, "lin", place));
            answers.push(world.check_in(&context, "lin", Permission::all(), place));
        }
    }
    answers
}

fn permutations(rest: &[usize]) -> Vec<Vec<usize>> {
    if rest.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in rest {
        let others: Vec<_> = rest.iter().copied().filter(|other| other != first).collect();
        for mut tail in permutations(&others) {
            tail.insert(0, *first);
            all.push(tail);
        }
    }
    all
}

#[test]
fn d9_the_order_of_assignments_never_matters() {
    let drafts = drafts();
    let mut expected = None;
    for order in permutations(&[0, 1, 2, 3, 4]) {
        let world = scene();
        for index in &order {
            world.assign(drafts[*index].clone());
        }
        let answers = answers(&world);
        assert_eq!(expected.get_or_insert_with(|| answers.clone()), &answers, "told as {order:?}");
        assert!(answers.iter().any(|answer| answer.is_allow()));
    }
}

#[test]
fn d9_saying_a_thing_twice_says_no_more() {
    let world = scene();
    for draft in drafts() {
        world.assign(draft);
    }
    let expected = answers(&world);
    for draft in drafts() {
        world.assign(draft);
    }
    assert_eq!(answers(&world), expected);
    // One of the two may go without a difference.
    (1..=5).for_each(|id| world.take_back(AssignmentId::from_u128(id)));
    assert_eq!(answers(&world), expected);
}

#[test]
fn d9_what_has_nothing_to_do_with_the_question_changes_nothing() {
    let world = scene();
    for draft in drafts() {
        world.assign(draft);
    }
    let expected = answers(&world);
    world.workspace("sales");
    world.resource("lead", "sales");
    world.resource("aside", "inbox");
    world.team("others");
    world.member("wu");
    world.guest("gus", at(1_000));
    world.service("bot", "wu");
    world.join("wu", "others");
    world.allow("lin", OWNER, "sales");
    world.allow("lin", OWNER, "aside");
    world.deny("lin", OWNER, "lead");
    world.allow("others", OWNER, ROOT);
    world.deny("wu", OWNER, ROOT);
    world.deny("members of sales", names(&["TELEPORT"]), ROOT);
    world.allow("members of lead", OWNER, ROOT);
    world.ceiling("sales", Permission::empty());
    world.inherits("aside", Permission::empty());
    world.boundary("wu", Permission::empty());
    world.register_owner("aside", "lin");
    assert_eq!(answers(&world), expected);
}

#[test]
fn d9_a_batch_answers_each_question_as_if_it_were_asked_alone() {
    let world = scene();
    for draft in drafts() {
        world.assign(draft);
    }
    let snapshot = world.snapshot();
    let (lin, nobody) = (sub_account_id("lin"), sub_account_id("nobody"));
    let queries: Vec<_> = [ROOT, "support", "inbox", "thread", "note", "nowhere"]
        .into_iter()
        .flat_map(|place| {
            let scope = world.scope(place);
            [Permission::VIEW, Permission::EXPORT, Permission::CLOSE, Permission::empty()]
                .into_iter()
                .flat_map(move |what| {
                    [
                        Query::new(lin, what, scope),
                        Query::new(lin, what, scope).in_context(Context::new().ownership(true)),
                        Query::new(lin, what, scope).in_context(Context::new().at(at(300))),
                        Query::new(nobody, what, scope),
                    ]
                })
        })
        .collect();
    let twice: Vec<_> = queries.iter().chain(queries.iter().rev()).collect();
    let batch = snapshot.check_all(twice.iter().copied());
    assert_eq!(batch.len(), twice.len());
    for (query, answer) in twice.into_iter().zip(batch) {
        let single =
            world.check_at(&query.context, query.sub_account, query.permissions, query.target);
        assert_eq!(answer, single, "{query:?}");
    }
    assert_eq!(snapshot.check_all([]), []);
}
