//! G2: whatever anybody gains lies in the actor's reach, by whatever path it comes.

use std::collections::BTreeSet;

use tenantry::directory::CommitError;
use tenantry::model::Assignee;
use tenantry::{
    Action, Context, Effect, Grant, Label, NewAssignment, NewRole, PermissionNames, Refusal,
    SubAccountKind,
};

use crate::setup::*;

#[test]
fn g2_what_one_holds_one_hands_out_and_nothing_else() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(wu, EXPORTER, house.support)]);
    house.refuses("G2", &by, [Action::assign(wu, OWNER, house.support)]);
    house.refuses("G2", &by, [house.bare(wu, Permission::VIEW | Permission::BILL, house.support)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [house.bare(wu, Permission::ASSIGN, house.inbox)]);
}

#[test]
fn g2_a_refusal_says_who_would_gain_what_where() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let error = house.by(mei).assign(wu, EXPORTER, house.support).unwrap_err();
    let CommitError::Refused(Refusal::Uncovered { holder, scope, permissions, now, .. }) = &error
    else {
        panic!("{error}")
    };
    assert_eq!(*holder, tenantry::governance::AffectedHolder::SubAccount(wu));
    assert_eq!(*scope, house.support.into());
    assert_eq!(*permissions, house.names(Permission::EXPORT));
    assert!(!now);
    let text = error.to_string();
    assert!(text.contains("would gain EXPORT at workspace"), "{text}");
}

#[test]
fn g2_what_is_held_in_one_place_is_not_handed_out_in_another() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    // May assign everywhere, and holds VIEW and REPLY in support alone.
    house.host().grant(mei, Permission::ASSIGN, ROOT).unwrap();
    let wu = house.member("wu");
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, house.sales)]);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, ROOT)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.inbox)]);
}

#[test]
fn g2_what_is_held_at_a_scope_only_is_not_handed_out_below_it() {
    let house = House::new();
    let (mei, wu) = (house.member("mei"), house.member("wu"));
    house.host().grant(mei, Permission::ASSIGN, house.support).unwrap();
    house
        .host()
        .create_assignment(house.bare(mei, Permission::EXPORT, house.support).here())
        .unwrap();
    let by = house.by(mei);
    let refused = house.refuses("G2", &by, [house.bare(wu, Permission::EXPORT, house.support)]);
    assert!(refused.to_string().contains("below workspace"), "{refused}");
    house.accepts(&by, [house.bare(wu, Permission::EXPORT, house.support).here()]);
}

#[test]
fn g2_a_deny_of_ones_own_limits_what_one_hands_out() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    house.host().deny(mei, Permission::REPLY, house.inbox).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [house.bare(wu, Permission::VIEW, house.support)]);
}

#[test]
fn g2_a_boundary_of_ones_own_limits_what_one_hands_out() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    let limit = house.names(Permission::VIEW | Permission::ASSIGN);
    house.host().perform([Action::SetBoundary(mei, Some(limit))]).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, ROOT)]);
    house.accepts(&by, [house.bare(wu, Permission::VIEW, ROOT)]);
}

#[test]
fn g2_what_is_held_only_on_ones_own_is_handed_out_only_so() {
    let house = House::new();
    let mei = house.with_role("mei", COLLEAGUE, house.support);
    house.host().grant(mei, Permission::ASSIGN, house.support).unwrap();
    let wu = house.member("wu");
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, house.support)]);
    house.refuses("G2", &by, [house.bare(wu, AGENTS, house.support)]);
    house.accepts(&by, [Action::assign(wu, COLLEAGUE, house.support)]);
    house.refuses("G2", &by, [house.bare(wu, Permission::REPLY, house.support)]);
    let own = Grant::own(house.names(Permission::EXPORT));
    house.refuses("G2", &by, [NewAssignment::new(wu, own, house.support)]);
}

#[test]
fn g2_all_bits_there_are_is_not_full() {
    let house = House::new();
    let everything = NewRole::new("All there is", Permission::all());
    let everything = house.host().create_role(&everything).unwrap();
    let full = house.host().create_role(&NewRole::full("Full")).unwrap();
    let mei = house.with_role("mei", everything, ROOT);
    let wu = house.member("wu");
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(wu, full, ROOT)]);
    house.refuses("G2", &by, [Action::assign(wu, OWNER, ROOT)]);
    house.refuses("G2", &by, [Action::assign(wu, Grant::any(PermissionNames::Full), ROOT)]);
    by_rule("G2", by.create_role(&NewRole::full("Mine")));
    house.accepts(&by, [Action::assign(wu, everything, ROOT)]);
    house.accepts(&house.by(house.lin), [Action::assign(wu, full, ROOT)]);
    // Whoever holds full by another role than the owner's hands it out, and is no owner for that.
    let ada = house.with_role("ada", full, ROOT);
    house.accepts(&house.by(ada), [Action::assign(mei, full, ROOT)]);
}

#[test]
fn g2_a_deny_is_lifted_only_by_who_covers_what_it_held_back() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", AGENT, house.support);
    house.give(wu, EXPORTER, house.support);
    let host = house.host();
    let of_export = host.deny(wu, Permission::EXPORT, house.support).unwrap();
    let of_reply = host.deny(wu, Permission::REPLY, house.support).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::Revoke(of_export)]);
    house.accepts(&by, [Action::Revoke(of_reply)]);
    assert!(house.can(wu, Permission::REPLY, house.support));
}

#[test]
fn g2_a_deny_that_ends_sooner_or_asks_for_less_is_a_gain() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", EXPORTER, house.support);
    let denied = house.host().deny(wu, Permission::EXPORT, house.support).unwrap();
    let by = house.by(mei);
    let for_a_while = house.bare(wu, Permission::EXPORT, house.support).denying().ends(at(5_000));
    let swap: [Action; 2] = [Action::Revoke(denied), for_a_while.into()];
    house.refuses("G2", &by, swap);
    // Denying the same otherwise is no gain: the same commit takes the old deny and puts the new one.
    let wider = house.bare(wu, Permission::EXPORT | Permission::BILL, house.support).denying();
    house.accepts(&by, [Action::Revoke(denied), wider.into()]);
}

#[test]
fn g2_a_boundary_is_lifted_only_by_who_covers_what_it_held_back() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let wu = house.with_role("wu", EXPORTER, house.support);
    let view = house.names(Permission::VIEW);
    house.host().perform([Action::SetBoundary(wu, Some(view.clone()))]).unwrap();
    let by = house.by(hr);
    house.refuses("G2", &by, [Action::SetBoundary(wu, None)]);
    let also_bill = house.names(Permission::VIEW | Permission::BILL);
    house.accepts(&by, [Action::SetBoundary(wu, Some(also_bill))]);
    house.accepts(&by, [Action::SetBoundary(wu, Some(view))]);
    house.accepts(&house.by(house.lin), [Action::SetBoundary(wu, None)]);
}

#[test]
fn g2_an_end_is_put_off_only_by_who_covers_what_it_ends() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let gus = house.host().create_guest(&login("gus"), at(2_000)).unwrap();
    house.give(gus, EXPORTER, house.support);
    let by = house.by(hr);
    house.refuses("G2", &by, [Action::SetEnd(gus, Some(at(2_001)))]);
    house.accepts(&by, [Action::SetEnd(gus, Some(at(1_999)))]);
    let plain = house.host().create_guest(&login("plain"), at(2_000)).unwrap();
    house.accepts(&by, [Action::SetEnd(plain, Some(at(9_000)))]);
    house.accepts(&by, [Action::SetKind(plain, SubAccountKind::Member)]);
}

#[test]
fn g2_an_allow_that_a_mask_or_a_deny_holds_back_gains_nothing_until_that_is_lifted() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    let denied = house.host().deny(wu, Permission::EXPORT, ROOT).unwrap();
    // Given under a deny, it is nothing; taking the deny away is what has to be covered.
    let by = house.by(mei);
    house.accepts(&by, [house.bare(wu, Permission::EXPORT, house.support)]);
    house.refuses("G2", &by, [Action::Revoke(denied)]);
    house.accepts(&house.by(house.lin), [Action::Revoke(denied)]);
    assert!(house.can(wu, Permission::EXPORT, house.support));
}

#[test]
fn g2_a_prerequisite_that_makes_something_effective_hands_it_out() {
    let house = House::new();
    let mei = house.member("mei");
    house.host().grant(mei, Permission::VIEW | Permission::ASSIGN, house.support).unwrap();
    let wu = house.member("wu");
    house.host().grant(wu, Permission::REPLY, house.support).unwrap();
    assert!(!house.can(wu, Permission::REPLY, house.support));
    // VIEW would make the REPLY effective that is there already.
    let by = house.by(mei);
    house.refuses("G2", &by, [house.bare(wu, Permission::VIEW, house.support)]);
    let newcomer = house.member("newcomer");
    house.accepts(&by, [house.bare(newcomer, Permission::VIEW, house.support)]);
}

#[test]
fn g2_labels_hand_out_what_waits_for_them() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    let vip = Label::new("vip").unwrap();
    let waiting = house.bare(wu, Permission::EXPORT, ROOT).labelled(vip.clone());
    house.host().create_assignment(waiting).unwrap();
    let by = house.by(mei);
    house.refuses(
        "G2",
        &by,
        [Action::SetLabels(house.support.into(), BTreeSet::from([vip.clone()]))],
    );
    house.refuses(
        "G2",
        &by,
        [Action::SetLabels(house.inbox.into(), BTreeSet::from([vip.clone()]))],
    );
    let other = BTreeSet::from([Label::new("other").unwrap()]);
    house.accepts(&by, [Action::SetLabels(house.support.into(), other)]);
    let by = house.by(house.lin);
    house.accepts(&by, [Action::SetLabels(house.support.into(), BTreeSet::from([vip]))]);
    assert!(house.can(wu, Permission::EXPORT, house.inbox));
}

#[test]
fn g2_delegations_cover_nothing() {
    let house = House::new();
    let mei = house.member("mei");
    house.host().grant(mei, Permission::ASSIGN, house.support).unwrap();
    let passed_on = house.bare(mei, Permission::EXPORT, house.support);
    let passed_on = passed_on.delegated_by(house.lin).ends(at(9_000));
    house.host().create_assignment(passed_on).unwrap();
    assert!(house.can(mei, Permission::EXPORT, house.support));
    let wu = house.member("wu");
    let by = house.by(mei);
    house.refuses("G2", &by, [house.bare(wu, Permission::EXPORT, house.support).ends(at(2_000))]);
    house.accepts(&by, [house.bare(wu, Permission::ASSIGN, house.support)]);
}

#[test]
fn g2_members_of_a_scope_gain_what_is_given_to_all_of_them() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let by = house.by(mei);
    for members in [ROOT, house.support.into(), house.inbox.into()] {
        let to_all = Assignee::MembersOf(members);
        house.refuses("G2", &by, [house.bare(to_all, Permission::EXPORT, house.sales)]);
        house.accepts(&by, [house.bare(to_all, Permission::VIEW, house.sales)]);
    }
}

#[test]
fn g2_the_security_policy_is_set_aside_but_not_the_session() {
    // What is held is held in every session the policy allows; the actor's own session still must have it.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let by = house.by_in(mei, &Context::new().mfa(false));
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
    let assignment = house.snapshot();
    let mut made = assignment.organization().assignments().values();
    assert!(made.any(|it| it.by == mei.into() && it.effect == Effect::Allow));
}
