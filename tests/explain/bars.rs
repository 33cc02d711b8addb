//! What bars a request whatever was assigned.

use tenantry::access::{Bar, Context, Reason, Target};
use tenantry::model::{Condition, OrganizationStatus, Status};

use crate::explain;
use crate::support::{
    OWNER, Permission, ROOT, World, at, office, organization_id, sub_account_id, workspace_id,
};

fn world() -> World {
    let world = World::with_chain();
    world.member("lin");
    world.allow("lin", OWNER, ROOT);
    world
}

#[test]
fn every_bar_is_named_and_the_first_is_the_reason() {
    let world = world();
    world.edit_profile(|it| {
        it.status = OrganizationStatus::Suspended;
        it.security.conditions = vec![office(), Condition::Mfa];
    });
    world.edit("lin", |it| {
        it.status = Status::Suspended;
        it.credential_reset_required = true;
        it.ends = Some(at(50));
    });
    let context = Context::new().mfa(false);
    let explanation = explain(&world, &context, "lin", Permission::empty(), ROOT);
    let reasons: Vec<_> = explanation.bars.iter().map(Bar::reason).collect();
    let expected = [
        Reason::NothingRequested,
        Reason::OrganizationInactive,
        Reason::Suspended,
        Reason::CredentialResetRequired,
        Reason::Ended,
        Reason::SecurityPolicyUnmet,
        Reason::SecurityPolicyUnknown,
    ];
    assert_eq!(reasons, expected);
    let Some(Bar::SecurityPolicy(unmet)) = explanation.bars.get(5) else { panic!() };
    assert_eq!((&unmet.condition, unmet.is_met), (&Condition::Mfa, Some(false)));
}

#[test]
fn a_barred_sub_account_is_shown_what_it_would_have() {
    let world = world();
    world.status("lin", Status::Suspended);
    let explanation = explain(&world, &Context::new(), "lin", Permission::EXPORT, "inbox");
    let export = explanation.permission("EXPORT").unwrap();
    assert!(!export.is_effective() && !export.is_missing() && export.is_granted());
    assert!(explanation.missing().is_empty());
}

#[test]
fn a_service_is_asked_for_the_network_alone() {
    let world = world();
    world.service("bot", "lin");
    world.edit_profile(|it| it.security.conditions = vec![Condition::Mfa, office()]);
    let explanation = explain(&world, &Context::new(), "bot", Permission::VIEW, ROOT);
    let [Bar::SecurityPolicy(asked)] = &explanation.bars[..] else { panic!("{explanation}") };
    assert_eq!(asked.condition, office());
}

#[test]
fn what_is_unknown_is_said_to_be_and_shows_nothing() {
    let world = world();
    let snapshot = world.snapshot();
    let lin = sub_account_id("lin");
    for (who, target, bars) in [
        (
            sub_account_id("nobody"),
            Target::from(workspace_id("support")),
            vec![Bar::UnknownSubAccount],
        ),
        (lin, workspace_id("nowhere").into(), vec![Bar::UnknownScope]),
        (lin, organization_id("other").into(), vec![Bar::UnknownScope]),
        (lin, snapshot.workspace("no key").into(), vec![Bar::UnknownKey]),
        (
            sub_account_id("nobody"),
            Target::UnknownKey,
            vec![Bar::UnknownSubAccount, Bar::UnknownKey],
        ),
    ] {
        let explanation = snapshot.explain(who, Permission::VIEW, target);
        assert_eq!(explanation.decision, snapshot.check(who, Permission::VIEW, target));
        assert_eq!(explanation.bars, bars);
        let view = explanation.permission("VIEW").unwrap();
        assert!(view.paths.is_empty() && view.cuts.is_empty() && view.lacks.is_none());
        assert!(explanation.missing().is_empty());
        let scope_is_known = bars == [Bar::UnknownSubAccount];
        assert_eq!(explanation.scope.is_some(), scope_is_known);
    }
}

#[test]
fn a_bit_that_is_no_permission_bars_its_request_and_no_other() {
    let world = world();
    let strange = Permission::from_bits_retain(1 << 20) | Permission::VIEW;
    let explanation = explain(&world, &Context::new(), "lin", strange, ROOT);
    assert_eq!(explanation.bars, [Bar::UnknownPermission]);
    assert!(explanation.permission("VIEW").unwrap().is_effective());
    assert!(explanation.bars[0].is_of_request());
}
