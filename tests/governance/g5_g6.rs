//! G5: nobody approves what they asked for or have something from. G6: only owners loosen the security policy, whoever
//! tightens it meets it, and a consent gives no more than its giver reaches.

use tenantry::directory::CommitError;
use tenantry::model::{
    Condition, Consent, LoginMethods, Maker, OrganizationStatus, SecurityPolicy,
};
use tenantry::{
    Action, ConsentId, Context, NewRequest, OrganizationId, PermissionNames, Reason, Refusal,
    RequestId, SubAccountId,
};

use crate::setup::*;

const fn approve(request: RequestId) -> Action {
    Action::Approve { request, assignments: Vec::new() }
}

#[test]
fn g5_who_asked_does_not_approve() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let peer = house.with_role("peer", MANAGER, house.support);
    let request = house.by(mei).request_access(COLLEAGUE, house.support, at(9_000)).unwrap();
    house.refuses("G5", &house.by(mei), [approve(request)]);
    house.accepts(&house.by(peer), [approve(request)]);
}

#[test]
fn g5_an_owner_does_not_approve_either() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    let by = house.by(house.lin);
    let request = by.request_access(AGENT, house.support, at(9_000)).unwrap();
    house.refuses("G5", &by, [approve(request)]);
    house.accepts(&house.by(second), [approve(request)]);
}

#[test]
fn g5_who_has_something_from_it_does_not_approve() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let peer = house.with_role("peer", MANAGER, house.support);
    let id = RequestId::from_u128(1);
    // Peer asks for mei.
    let request = NewRequest::access(id, mei, COLLEAGUE, house.support, at(9_000));
    house.accepts(&house.by(peer), [Action::MakeRequest(request)]);
    house.refuses("G5", &house.by(mei), [approve(id)]);
    house.refuses("G5", &house.by(peer), [approve(id)]);
    house.accepts(&house.by(house.lin), [approve(id)]);
}

#[test]
fn g5_nor_a_service_of_theirs_nor_who_answers_for_it() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let (bot, other) = (house.service(mei), house.service(mei));
    for service in [bot, other] {
        house.give(service, MANAGER, house.support);
    }
    let of_mei = house.by(mei).request_access(AGENT, house.inbox, at(9_000)).unwrap();
    house.refuses("G5", &house.by(bot), [approve(of_mei)]);
    let of_bot = house.by(bot).request_access(AGENT, house.inbox, at(9_000)).unwrap();
    house.refuses("G5", &house.by(mei), [approve(of_bot)]);
    house.refuses("G5", &house.by(other), [approve(of_bot)]);
    house.accepts(&house.by(house.lin), [approve(of_mei), approve(of_bot)]);
}

#[test]
fn g5_nor_in_the_commit_in_which_they_ask() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    let id = RequestId::from_u128(1);
    let request = NewRequest::access(id, wu, AGENT, house.support, at(9_000));
    let both = [Action::MakeRequest(request), approve(id)];
    house.refuses("G5", &house.by(mei), both);
}

#[test]
fn g5_turning_down_and_taking_back_raise_nobody() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let ask = |who| house.by(who).request_access(COLLEAGUE, house.support, at(9_000)).unwrap();
    let (of_mei, first, second) = (ask(mei), ask(wu), ask(wu));
    house.accepts(&house.by(mei), [Action::Reject(of_mei)]);
    house.accepts(&house.by(wu), [Action::WithdrawRequest(first)]);
    let bo = house.member("bo");
    house.refuses("G1", &house.by(bo), [Action::WithdrawRequest(second)]);
    house.refuses("G1", &house.by(bo), [Action::Reject(second)]);
    house.accepts(&house.by(mei), [Action::Reject(second)]);
}

const fn policy(conditions: Vec<Condition>) -> Action {
    Action::SetSecurityPolicy(SecurityPolicy { conditions })
}

fn office() -> Condition {
    let networks = tenantry::Networks::new(["203.0.113.0/24".parse().unwrap()]).unwrap();
    Condition::Network(networks)
}

#[test]
fn g6_only_owners_loosen_the_security_policy() {
    let house = House::new();
    let clerk = house.member("clerk");
    house.host().grant(clerk, Permission::HOUSE, ROOT).unwrap();
    let by = house.by_in(clerk, &signed_in());
    house.accepts(&by, [policy(vec![Condition::Mfa])]);
    house.refuses("G6", &by, [policy(Vec::new())]);
    house.refuses("G6", &by, [policy(vec![office()])]);
    house.accepts(&by, [policy(vec![Condition::Mfa, saml()])]);
    house.refuses("G6", &by, [policy(vec![saml()])]);
    house.accepts(&house.by_in(house.lin, &signed_in()), [policy(Vec::new())]);
}

#[test]
fn g6_who_tightens_the_policy_meets_it() {
    let house = House::new();
    let strict = || [policy(vec![Condition::Mfa])];
    house.refuses("G6", &house.by(house.lin), strict());
    house.refuses("G6", &house.by_in(house.lin, &mfa().mfa(false)), strict());
    let by = house.by_in(house.lin, &mfa());
    house.refuses("G6", &by, [policy(vec![Condition::Mfa, office()])]);
    house.accepts(&by, strict());
    let there = mfa().network("203.0.113.7".parse().unwrap());
    house.accepts(&house.by_in(house.lin, &there), [policy(vec![Condition::Mfa, office()])]);
    // The host is in no session.
    house.accepts(&house.host(), [policy(vec![office()])]);
}

#[test]
fn g6_a_service_meets_the_network_part() {
    let house = House::new();
    let bot = house.service(house.lin);
    house.host().grant(bot, Permission::HOUSE, ROOT).unwrap();
    let there = Context::new().network("203.0.113.7".parse().unwrap());
    house.refuses("G6", &house.by(bot), [policy(vec![Condition::Mfa, office()])]);
    house.accepts(&house.by_in(bot, &there), [policy(vec![Condition::Mfa, office()])]);
}

fn saml() -> Condition {
    Condition::LoginMethod(LoginMethods::new(["saml".parse().unwrap()]).unwrap())
}

/// A session with a second factor, after a login by SAML.
fn signed_in() -> Context {
    mfa().login_method("saml".parse().unwrap())
}

/// What of the policy neither an owner nor the host has confirmed.
fn unconfirmed(house: &House) -> Vec<Condition> {
    house.snapshot().organization().profile().unconfirmed.clone()
}

/// A clerk who administers the house in a session that an owner does not have.
fn clerk(house: &House) -> SubAccountId {
    let clerk = house.member("clerk");
    house.host().grant(clerk, Permission::HOUSE, ROOT).unwrap();
    clerk
}

#[test]
fn g6_an_owner_loosens_a_policy_that_no_owner_has_confirmed_though_its_session_fails_it() {
    let house = House::new();
    let clerk = clerk(&house);
    let second = house.with_role("second", OWNER, ROOT);
    house.accepts(&house.by_in(house.lin, &mfa()), [policy(vec![Condition::Mfa])]);
    let strict = policy(vec![Condition::Mfa, saml(), office()]);
    let there = signed_in().network("203.0.113.7".parse().unwrap());
    house.accepts(&house.by_in(clerk, &there), [strict.clone()]);
    assert_eq!(unconfirmed(&house), [saml(), office()]);
    // Owners are let in no more, be it that their session fails the policy or that it does not say.
    let suspend = Action::Suspend(clerk);
    for session in [mfa(), mfa().login_method("password".parse().unwrap())] {
        let by = house.by_in(house.lin, &session);
        house.refuses("G1", &by, [suspend.clone()]);
        house.refuses("G1", &by, [policy(vec![Condition::Mfa]), suspend.clone()]);
        house.refuses("G1", &by, Vec::<Action>::new());
        // Loosened is what is a part of what there is, and what the session then meets.
        house.refuses("G1", &by, [policy(vec![Condition::Mfa, password()])]);
        house.refuses("G6", &by, [policy(vec![Condition::Mfa, saml()])]);
        house.refuses("G6", &by, [strict.clone()]);
        assert!(by.can(policy(vec![Condition::Mfa])) && by.can(policy(Vec::new())));
    }
    // Whoever is no owner loosens nothing, and what an owner has confirmed is met by owners too.
    house.refuses("G1", &house.by_in(clerk, &mfa()), [policy(vec![Condition::Mfa])]);
    house.refuses("G1", &house.by(house.lin), [policy(vec![Condition::Mfa])]);
    house.refuses("G1", &house.by(house.lin), [policy(Vec::new())]);
    // Nor does an owner who is kept out for another reason.
    house.host().require_credential_reset(second).unwrap();
    house.refuses("G1", &house.by_in(second, &mfa()), [policy(vec![Condition::Mfa])]);
    house.accepts(&house.by_in(house.lin, &mfa()), [policy(vec![Condition::Mfa])]);
    assert_eq!(unconfirmed(&house), []);
    house.accepts(&house.by_in(house.lin, &mfa()), [suspend]);
}

fn password() -> Condition {
    Condition::LoginMethod(LoginMethods::new(["password".parse().unwrap()]).unwrap())
}

#[test]
fn g6_an_owner_who_lifts_a_policy_needs_the_permission_for_it() {
    let house = House::new();
    let clerk = clerk(&house);
    house.accepts(&house.by_in(clerk, &mfa()), [policy(vec![Condition::Mfa])]);
    // Once more of an organization that is locked.
    house.host().set_organization_status(OrganizationStatus::Suspended).unwrap();
    let refused = house.refuses("G1", &house.by(house.lin), [policy(Vec::new())]);
    let CommitError::Refused(Refusal::NotPermitted { reason, .. }) = refused else {
        panic!("{refused}")
    };
    assert_eq!(reason, Reason::OrganizationInactive);
    house.host().set_organization_status(OrganizationStatus::Active).unwrap();
    house.accepts(&house.by(house.lin), [policy(Vec::new())]);
}

#[test]
fn g6_what_an_owner_or_the_host_sets_is_confirmed_and_stays_so() {
    let house = House::new();
    let clerk = clerk(&house);
    let by_clerk = house.by_in(clerk, &signed_in());
    // The host's word counts: otherwise whoever has stolen an owner's session would lift the second
    // factor.
    house.accepts(&house.host(), [policy(vec![Condition::Mfa])]);
    house.refuses("G1", &house.by(house.lin), [policy(Vec::new())]);
    house.accepts(&by_clerk, [policy(vec![saml(), Condition::Mfa])]);
    assert_eq!(unconfirmed(&house), [saml()]);
    house.refuses("G1", &house.by(house.lin), [policy(vec![])]);
    // An administrator who says it again confirms nothing, and changes nothing.
    house.changes_nothing(&by_clerk, [policy(vec![saml(), Condition::Mfa])]);
    // An owner does, and then owners meet it as well.
    house.accepts(&house.by_in(house.lin, &signed_in()), [policy(vec![saml(), Condition::Mfa])]);
    assert_eq!(unconfirmed(&house), []);
    house.refuses("G1", &house.by_in(house.lin, &mfa()), [policy(vec![Condition::Mfa])]);
    house.changes_nothing(&by_clerk, [policy(vec![saml(), Condition::Mfa])]);
    // So does the host.
    house.host().set_security_policy([]).unwrap();
    house.accepts(&by_clerk, [policy(vec![saml()])]);
    house.accepts(&house.host(), [policy(vec![saml()])]);
    assert_eq!(unconfirmed(&house), []);
    house.refuses("G1", &house.by(house.lin), [policy(Vec::new())]);
}

#[test]
fn g6_a_plan_to_lift_a_policy_is_judged_as_it_is_committed() {
    let house = House::new();
    let clerk = clerk(&house);
    house.accepts(&house.by_in(clerk, &mfa()), [policy(vec![Condition::Mfa])]);
    // Something ends meanwhile, so that it is judged once more.
    house
        .host()
        .create_assignment(house.bare(clerk, Permission::VIEW, ROOT).ends(at(1_500)))
        .unwrap();
    let plan = house.by(house.lin).plan([policy(Vec::new())]).unwrap();
    house.turn_clock_to(1_500);
    house.directory.commit(plan).unwrap();
    assert_eq!(house.snapshot().organization().profile().security.conditions, []);
}

#[test]
fn g6_operators_set_no_policy() {
    let house = House::new();
    let home = house.directory.create_organization("Home", &login("home")).unwrap();
    let all = PermissionNames::Full;
    let operators = home.organization;
    let mask = Consent { operators, ..consent(&house, all, ROOT) };
    house.host().perform([Action::GiveConsent(mask)]).unwrap();
    let operator = home.owner;
    let by = house.directory.administer_as_operator(
        house.organization,
        home.organization,
        operator,
        &mfa(),
    );
    by.rename_organization("Others").unwrap();
    let refused = house.refuses("G6", &by, [policy(vec![Condition::Mfa])]);
    assert!(matches!(refused, CommitError::Refused(Refusal::OperatorPolicy)), "{refused}");
    house.refuses("G6", &by, [policy(Vec::new())]);
}

fn consent(house: &House, mask: PermissionNames, scope: impl Into<tenantry::Scope>) -> Consent {
    let operators = OrganizationId::from_u128(house.organization.to_u128() ^ 1);
    let (id, scope) = (ConsentId::from_u128(8), scope.into());
    Consent { id, operators, scope, mask, starts: None, ends: at(9_000), by: Maker::Host }
}

#[test]
fn g6_a_consent_lies_in_the_reach_of_who_gives_it() {
    let house = House::new();
    let clerk = house.member("clerk");
    house.host().grant(clerk, Permission::HOUSE | Permission::VIEW, ROOT).unwrap();
    let by = house.by(clerk);
    let give = |mask, scope| Action::GiveConsent(consent(&house, mask, scope));
    house.refuses("G2", &by, [give(PermissionNames::Full, ROOT)]);
    house.refuses("G2", &by, [give(house.names(AGENTS), house.support.into())]);
    let view = give(house.names(Permission::VIEW), ROOT);
    house.accepts(&by, [view]);
    house.accepts(&by, [Action::EndConsent(ConsentId::from_u128(8))]);
    // A licence is for assigning a role. A consent lets in what its giver has.
    house.give(clerk, USERS, house.support);
    let other = Consent {
        id: ConsentId::from_u128(9),
        ..consent(&house, house.names(AGENTS), house.support)
    };
    house.refuses("G2", &by, [Action::GiveConsent(other.clone())]);
    house.give(clerk, AGENT, house.support);
    house.accepts(&by, [Action::GiveConsent(other)]);
}

#[test]
fn g6_a_consent_lies_in_its_givers_reach_until_its_end() {
    let house = House::new();
    let clerk = house.member("clerk");
    house.host().grant(clerk, Permission::HOUSE, ROOT).unwrap();
    house
        .host()
        .create_assignment(house.bare(clerk, Permission::VIEW, ROOT).ends(at(5_000)))
        .unwrap();
    let by = house.by(clerk);
    let view = consent(&house, house.names(Permission::VIEW), ROOT);
    house.refuses("G2", &by, [Action::GiveConsent(view.clone())]);
    let late = Consent { starts: Some(at(5_000)), ..view.clone() };
    house.refuses("G2", &by, [Action::GiveConsent(late)]);
    house.accepts(&by, [Action::GiveConsent(Consent { ends: at(5_000), ..view })]);
}
