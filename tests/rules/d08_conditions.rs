//! D8: a condition is true, false or unknown. An allow acts only on true; a deny acts unless false.

use tenantry::access::{Context, Decision, Reason};
use tenantry::model::{Condition, Networks};

use crate::support::{
    Draft, OWNER, Permission, ROOT, World, allow, denial, deny, method, office, single_sign_on,
    unless,
};

const KNOWN: [Option<bool>; 3] = [Some(true), Some(false), None];

/// A context in which each of three conditions is true, false or unknown.
fn context(mfa: Option<bool>, inside: Option<bool>, sign_on: Option<bool>) -> Context {
    let mut context = Context::new();
    if let Some(passed) = mfa {
        context = context.mfa(passed);
    }
    if let Some(inside) = inside {
        context = context.network([if inside { 10 } else { 11 }, 1, 2, 3].into());
    }
    if let Some(sign_on) = sign_on {
        context = context.login_method(method(if sign_on { "saml" } else { "password" }));
    }
    context
}

/// Kleene's "and": false if any is, true only if all are.
fn all(values: &[Option<bool>]) -> Option<bool> {
    if values.contains(&Some(false)) {
        return Some(false);
    }
    if values.contains(&None) { None } else { Some(true) }
}

fn world(conditions: &[Condition], told: fn(&str, Permission, &str) -> Draft) -> World {
    let world = World::with_chain();
    world.member("lin");
    let draft = told("lin", Permission::EXPORT, "support");
    world.assign(conditions.iter().cloned().fold(draft, Draft::on));
    world
}

fn told_allow(who: &str, what: Permission, place: &str) -> Draft {
    allow(who, what, place)
}

fn told_denial(who: &str, what: Permission, place: &str) -> Draft {
    denial(who, what, place)
}

/// Every list of conditions, with which of the three it names.
fn lists() -> Vec<(Vec<Condition>, Vec<usize>)> {
    let conditions = [Condition::Mfa, office(), single_sign_on()];
    let indexes: [&[usize]; 10] =
        [&[], &[0], &[1], &[2], &[0, 1], &[1, 0], &[0, 2], &[1, 2], &[0, 1, 2], &[1, 1]];
    let list = |indexes: &[usize]| {
        (indexes.iter().map(|index| conditions[*index].clone()).collect(), indexes.to_vec())
    };
    indexes.into_iter().map(list).collect()
}

#[test]
fn d8_an_allow_acts_only_if_all_its_conditions_are_true() {
    for (conditions, indexes) in lists() {
        let world = world(&conditions, told_allow);
        for_each_context(|values, context| {
            let expected = match all(&pick(&indexes, values)) {
                Some(true) => None,
                Some(false) => Some(("D8", Reason::ConditionUnmet)),
                None => Some(("D8", Reason::ConditionUnknown)),
            };
            let answer = world.check_in(context, "lin", Permission::EXPORT, "inbox");
            assert_eq!(answer, unless(expected), "{conditions:?} in {context:?}");
        });
    }
}

#[test]
fn d8_a_deny_acts_unless_one_of_its_conditions_is_false() {
    for (conditions, indexes) in lists() {
        let world = world(&conditions, told_denial);
        world.allow("lin", OWNER, ROOT);
        for_each_context(|values, context| {
            let acts = all(&pick(&indexes, values)) != Some(false);
            let expected = acts.then_some(("D5", Reason::Denied));
            let answer = world.check_in(context, "lin", Permission::EXPORT, "inbox");
            assert_eq!(answer, unless(expected), "{conditions:?} in {context:?}");
        });
    }
}

fn pick(indexes: &[usize], values: [Option<bool>; 3]) -> Vec<Option<bool>> {
    indexes.iter().map(|index| values[*index]).collect()
}

fn for_each_context(mut ask: impl FnMut([Option<bool>; 3], &Context)) {
    for mfa in KNOWN {
        for inside in KNOWN {
            for sign_on in KNOWN {
                ask([mfa, inside, sign_on], &context(mfa, inside, sign_on));
            }
        }
    }
}

#[test]
fn d8_of_several_conditional_allows_one_that_is_true_is_enough() {
    let world = World::with_chain();
    world.member("lin");
    world.assign(allow("lin", Permission::EXPORT, "support").on(Condition::Mfa));
    world.assign(allow("lin", Permission::EXPORT, ROOT).on(office()));
    for_each_context(|[mfa, inside, _], context| {
        let expected = if mfa == Some(true) || inside == Some(true) {
            None
        } else if mfa.is_none() || inside.is_none() {
            // Of two misses the one that may yet be met is the closer.
            Some(("D8", Reason::ConditionUnknown))
        } else {
            Some(("D8", Reason::ConditionUnmet))
        };
        let answer = world.check_in(context, "lin", Permission::EXPORT, "inbox");
        assert_eq!(answer, unless(expected), "{context:?}");
    });
}

#[test]
fn d8_of_several_conditional_denies_one_that_acts_is_enough() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", OWNER, ROOT);
    world.assign(denial("lin", Permission::EXPORT, "support").on(Condition::Mfa));
    world.assign(denial("lin", Permission::EXPORT, ROOT).on(office()));
    for_each_context(|[mfa, inside, _], context| {
        let lifted = mfa == Some(false) && inside == Some(false);
        let expected = (!lifted).then_some(("D5", Reason::Denied));
        let answer = world.check_in(context, "lin", Permission::EXPORT, "inbox");
        assert_eq!(answer, unless(expected), "{context:?}");
    });
}

#[test]
fn d8_the_same_condition_allows_on_true_and_denies_unless_false() {
    let world = World::with_chain();
    world.member("lin");
    world.assign(allow("lin", Permission::EXPORT, ROOT).on(Condition::Mfa));
    world.assign(denial("lin", Permission::EXPORT, ROOT).on(Condition::Mfa));
    let ask = |context: &Context| world.check_in(context, "lin", Permission::EXPORT, ROOT);
    assert_eq!(ask(&Context::new().mfa(true)), deny("D5", Reason::Denied));
    assert_eq!(ask(&Context::new().mfa(false)), deny("D8", Reason::ConditionUnmet));
    assert_eq!(ask(&Context::new()), deny("D8", Reason::ConditionUnknown));
}

#[test]
fn d8_a_network_is_met_by_any_of_its_networks_in_either_spelling() {
    let networks = ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"];
    let networks = Networks::new(networks.map(|network| network.parse().unwrap())).unwrap();
    let world = world(&[Condition::Network(networks)], told_allow);
    for (address, inside) in [
        ("10.255.255.255", true),
        ("::ffff:10.0.0.1", true),
        ("192.0.2.7", true),
        ("192.0.2.8", false),
        ("2001:db8:ffff::1", true),
        ("2001:db9::1", false),
        ("::ffff:192.0.2.8", false),
        ("0.0.0.0", false),
        ("::", false),
    ] {
        let context = Context::new().network(address.parse().unwrap());
        let expected = (!inside).then_some(("D8", Reason::ConditionUnmet));
        let answer = world.check_in(&context, "lin", Permission::EXPORT, "inbox");
        assert_eq!(answer, unless(expected), "{address}");
    }
}

#[test]
fn d8_a_login_method_is_met_letter_for_letter() {
    let world = world(&[single_sign_on()], told_allow);
    for (text, met) in [("saml", true), ("SAML", false), ("saml ", false), ("password", false)] {
        let context = Context::new().login_method(method(text));
        let answer = world.check_in(&context, "lin", Permission::EXPORT, "inbox");
        let expected = (!met).then_some(("D8", Reason::ConditionUnmet));
        assert_eq!(answer, unless(expected), "{text:?}");
    }
    let all = Context::new().login_method(method("saml")).mfa(false);
    assert_eq!(world.check_in(&all, "lin", Permission::EXPORT, "note"), Decision::Allow);
}

/// More lists of conditions in one organization than are known by numbers.
#[test]
fn d8_everybody_may_have_a_condition_of_its_own() {
    let world = World::with_chain();
    let members: Vec<String> = (0..1_100_u16).map(|number| format!("member {number}")).collect();
    let address = |number: usize| {
        let [high, low] = u16::try_from(number).unwrap().to_be_bytes();
        [10, 0, high, low]
    };
    for (number, member) in members.iter().enumerate() {
        world.member(member);
        let [_, _, high, low] = address(number);
        let own = Networks::new([format!("10.0.{high}.{low}/32").parse().unwrap()]).unwrap();
        world.assign(allow(member, Permission::EXPORT, "support").on(Condition::Network(own)));
    }
    for number in [0, 1, 1_021, 1_022, 1_023, 1_024, 1_025, 1_099] {
        let (member, next) = (&members[number], (number + 1) % members.len());
        let there = |at: usize| Context::new().network(address(at).into());
        let ask = |context: &Context| world.check_in(context, member, Permission::EXPORT, "inbox");
        assert_eq!(ask(&there(number)), unless(None), "{member}");
        let unmet = unless(Some(("D8", Reason::ConditionUnmet)));
        assert_eq!(ask(&there(next)), unmet, "{member}");
    }
}
