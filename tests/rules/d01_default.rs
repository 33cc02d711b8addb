//! D1: what nobody granted, and what nobody knows, is denied.

use std::collections::BTreeSet;

use tenantry::access::{Context, Decision, Reason, Target};
use tenantry::model::Remove;

use crate::support::{
    OWNER, Permission, ROOT, World, deny, key, kind, organization_id, resource_id, sub_account_id,
    workspace_id,
};

const PLACES: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];

#[test]
fn d1_what_nobody_granted_is_denied_at_every_scope() {
    let world = World::with_chain();
    world.member("lin");
    world.member("wu");
    world.allow("wu", OWNER, ROOT);
    for place in PLACES {
        for (_, permission) in Permission::all().iter_names() {
            world.denies("lin", permission, place, "D1", Reason::NotGranted);
            world.allows("wu", permission, place);
        }
        world.denies("lin", Permission::all(), place, "D1", Reason::NotGranted);
    }
}

#[test]
fn d1_a_grant_says_nothing_of_what_lies_above_or_beside() {
    let world = World::with_chain();
    world.workspace("sales");
    world.resource("other", "inbox");
    world.member("lin");
    world.allow("lin", OWNER, "thread");
    for place in ["thread", "note"] {
        world.allows("lin", Permission::EXPORT, place);
    }
    for place in [ROOT, "support", "inbox", "sales", "other"] {
        world.denies("lin", Permission::EXPORT, place, "D1", Reason::NotGranted);
    }
}

#[test]
fn d1_an_unknown_sub_account_is_denied_whatever_everybody_may() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("members of organization", OWNER, ROOT);
    for place in PLACES {
        world.allows("lin", Permission::all(), place);
        world.denies("nobody", Permission::VIEW, place, "D1", Reason::UnknownSubAccount);
    }
    // The nil id and the last id are ids like others.
    for bits in [0, u128::MAX] {
        let nobody = tenantry::id::SubAccountId::from_u128(bits);
        assert_eq!(
            world.check_at(&Context::new(), nobody, Permission::VIEW, world.scope(ROOT)),
            deny("D1", Reason::UnknownSubAccount)
        );
    }
}

#[test]
fn d1_an_unknown_scope_never_falls_back_to_a_parent() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", OWNER, ROOT);
    let ask = |target: Target| {
        world.check_at(&Context::new(), sub_account_id("lin"), Permission::VIEW, target)
    };
    let unknown = deny("D1", Reason::UnknownScope);
    assert_eq!(ask(workspace_id("sales").into()), unknown);
    assert_eq!(ask(resource_id("outbox").into()), unknown);
    assert_eq!(ask(organization_id("globex").into()), unknown);
    // A workspace's number is no resource's, nor the other way round.
    assert_eq!(ask(resource_id("support").into()), unknown);
    assert_eq!(ask(workspace_id("inbox").into()), unknown);
    assert_eq!(ask(organization_id("acme").into()), Decision::Allow);
    assert_eq!(ask(workspace_id("support").into()), Decision::Allow);
    assert_eq!(ask(resource_id("inbox").into()), Decision::Allow);
}

#[test]
fn d1_a_scope_that_was_removed_is_unknown() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", OWNER, ROOT);
    world.allows("lin", Permission::VIEW, "note");
    world.remove(Remove::Resource(resource_id("note")));
    world.denies("lin", Permission::VIEW, "note", "D1", Reason::UnknownScope);
    world.allows("lin", Permission::VIEW, "thread");
}

#[test]
fn d1_an_unknown_key_is_denied_and_a_known_one_is_its_scope() {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", OWNER, ROOT);
    world.edit_workspace("support", |it| it.key = Some(key("17")));
    world.edit_resource("inbox", |it| {
        it.kind = kind("inbox");
        it.key = Some(key("17"));
    });
    let snapshot = world.snapshot();
    let ask = |target: Target| {
        world.check_at(&Context::new(), sub_account_id("lin"), Permission::VIEW, target)
    };
    assert_eq!(ask(snapshot.workspace("17").into()), Decision::Allow);
    assert_eq!(ask(snapshot.resource("inbox", "17").into()), Decision::Allow);
    let unknown = deny("D1", Reason::UnknownKey);
    for missing in ["18", "", "017", " 17", "17 ", "17\n"] {
        assert_eq!(ask(snapshot.workspace(missing).into()), unknown, "{missing:?}");
        assert_eq!(ask(snapshot.resource("inbox", missing).into()), unknown, "{missing:?}");
    }
    for missing in ["outbox", "Inbox", "", "inbox "] {
        assert_eq!(ask(snapshot.resource(missing, "17").into()), unknown, "{missing:?}");
    }
}

#[test]
fn d1_what_is_malformed_is_named_before_what_is_unknown() {
    let world = World::with_chain();
    world.member("lin");
    let nothing = Permission::empty();
    world.denies("nobody", nothing, "nowhere", "D9", Reason::NothingRequested);
    world.denies("nobody", Permission::VIEW, "nowhere", "D1", Reason::UnknownSubAccount);
    world.denies("lin", Permission::VIEW, "nowhere", "D1", Reason::UnknownScope);
    // Where nothing is known of the place, nothing is said of the one who asks.
    world.edit("lin", |it| it.status = tenantry::model::Status::Suspended);
    world.denies("lin", Permission::VIEW, "nowhere", "D1", Reason::UnknownScope);
    world.denies("lin", Permission::VIEW, "support", "D2", Reason::Suspended);
}

#[test]
fn d1_every_reason_has_a_rule_and_a_text_of_its_own() {
    let rules: BTreeSet<String> = (1..=13).map(|number| format!("D{number}")).collect();
    let mut texts = BTreeSet::new();
    for reason in Reason::ALL {
        assert!(rules.contains(reason.rule()), "{reason:?}");
        assert!(texts.insert(reason.to_string()), "{reason:?} reads like another");
        let decision = Decision::Deny(*reason);
        assert!(!decision.is_allow());
        assert_eq!(decision.reason(), Some(*reason));
        let json = serde_json::to_string(&decision).unwrap();
        assert_eq!(serde_json::from_str::<Decision>(&json).unwrap(), decision);
    }
    assert!(Decision::Allow.is_allow());
    assert_eq!(Decision::Allow.reason(), None);
}
