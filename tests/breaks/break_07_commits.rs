//! A commit that changes nothing is never stored, and whoever may do nothing commits nothing.
//!
//! So nobody who lacks every permission moves the revision for others, who would have to judge
//! their own changes again each time.

use std::collections::BTreeSet;

use tenantry::{Action, PermissionNames, SubAccountId, SubAccountKind};

use crate::setup::*;

const NOTHING: [Action; 0] = [];

#[test]
fn break_07_who_is_kept_out_or_does_not_exist_commits_nothing_not_even_emptily() {
    let house = House::new();
    let host = house.host();
    let (suspended, removed) = (house.member("suspended"), house.member("removed"));
    let (flagged, gus) = (house.member("flagged"), host.create_guest(&login("gus"), at(1_500)));
    host.suspend(suspended).unwrap();
    host.remove(removed, None).unwrap();
    host.require_credential_reset(flagged).unwrap();
    let invited = host.invite(&login("invited")).role(AGENT, house.support).issue().unwrap();
    let bot = house.service(suspended);
    house.turn_clock_to(1_600);
    let nobody = SubAccountId::from_u128(4_711);
    let ids = [suspended, removed, flagged, gus.unwrap(), invited.sub_account, bot, nobody];
    for (number, who) in ids.into_iter().enumerate() {
        let before = house.snapshot().revision();
        let (planned, done) = (house.by(who).plan(NOTHING), house.by(who).perform(NOTHING));
        assert_eq!(house.snapshot().revision(), before, "number {number} moved the revision");
        if who != bot {
            assert!(planned.is_err() && done.is_err(), "number {number} committed nothing");
        }
    }
}

#[test]
fn break_07_a_session_below_the_policy_and_an_operator_without_consent_commit_nothing() {
    let house = House::new();
    let vendor = crate::stage::Vendor::new(&house);
    let before = house.snapshot().revision();
    let done = vendor.operate(&house).perform(NOTHING);
    assert_eq!(house.snapshot().revision(), before, "a stranger moved the revision");
    done.unwrap_err();
    house.host().set_security_policy([tenantry::Condition::Mfa]).unwrap();
    let before = house.snapshot().revision();
    let done = house.by(house.lin).perform(NOTHING);
    assert_eq!(house.snapshot().revision(), before, "a weak session moved the revision");
    done.unwrap_err();
}

#[test]
fn break_07_an_empty_commit_is_not_stored_whoever_makes_it() {
    let house = House::new();
    let wu = house.member("wu");
    for by in [house.by(wu), house.by(house.lin), house.host()] {
        let before = house.snapshot().revision();
        let _ = by.perform(NOTHING);
        assert_eq!(house.snapshot().revision(), before);
        if let Ok(plan) = by.plan(NOTHING) {
            let _ = house.directory.commit(plan);
        }
        assert_eq!(house.snapshot().revision(), before);
    }
}

#[test]
fn break_07_what_changes_nothing_is_not_stored_whoever_does_it() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let team = house.team("team", None);
    house.host().add_to_team(wu, team).unwrap();
    let role = house.host().create_role(&tenantry::NewRole::new("Role", AGENTS)).unwrap();
    let snapshot = house.snapshot();
    let organization = snapshot.organization();
    let support = organization.workspaces().get(&house.support).unwrap().name.clone();
    let stored = organization.roles().get(&role).unwrap().clone();
    let acme = tenantry::Name::new("Acme").unwrap();
    let actions = [
        Action::RenameOrganization(acme),
        Action::RenameWorkspace(house.support, support),
        Action::SetInheritance(house.support.into(), PermissionNames::Full),
        Action::SetCeiling(house.sales.into(), None),
        Action::SetLabels(house.sales.into(), BTreeSet::new()),
        Action::SetName(wu, None),
        Action::SetLogin(wu, login("wu")),
        Action::SetKind(wu, SubAccountKind::Member),
        Action::SetEnd(wu, None),
        Action::SetBoundary(wu, None),
        Action::SetResourceOwner(house.inbox, None),
        Action::MoveResource(house.inbox, house.support.into()),
        Action::MoveTeam(team, None),
        Action::AddToTeam(tenantry::model::Membership { sub_account: wu, team }),
        Action::ReplaceRole(stored),
        Action::SetCredentialResetRequired(wu, false),
        Action::Reinstate(wu),
    ];
    let before = house.snapshot().revision();
    for action in actions {
        for by in [house.by(house.lin), house.host()] {
            let _ = by.perform([action.clone()]);
            assert_eq!(house.snapshot().revision(), before, "stored: {action}");
        }
    }
}

#[test]
fn break_07_a_change_that_is_undone_in_the_same_commit_is_not_stored() {
    let house = House::new();
    let wu = house.member("wu");
    let named = |name: Option<&str>| Action::SetName(wu, name.map(Into::into));
    let before = house.snapshot().revision();
    let _ = house.by(house.lin).perform([named(Some("Wu")), named(None)]);
    assert_eq!(house.snapshot().revision(), before);
}

#[test]
fn break_07_who_may_do_nothing_moves_no_revision() {
    // Every action that costs only oneself, from somebody who has nothing to give up.
    let house = House::new();
    let wu = house.member("wu");
    let before = house.snapshot().revision();
    let down = |into| Action::StepDown { sub_account: wu, scope: ROOT, into };
    for action in [down(None), Action::SetName(wu, None), Action::SetBoundary(wu, None)] {
        let _ = house.by(wu).perform([action.clone()]);
        assert_eq!(house.snapshot().revision(), before, "stored: {action}");
    }
}
