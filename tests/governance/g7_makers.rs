//! G7: whose doing something is, and what of it goes with them or passes to somebody else. An
//! operator is nobody's host.

use tenantry::model::{Consent, Maker};
use tenantry::{
    Action, Administration, ConsentId, Context, Effect, Invited, NewAssignment, NewRequest,
    OrganizationId, PermissionNames, RequestId, SubAccountId,
};

use crate::setup::*;

/// A vendor whose operators may do in the house whatever its consent lets them.
fn vendor(house: &House) -> (OrganizationId, SubAccountId) {
    let vendor = house.directory.create_organization("Vendor", &login("olga")).unwrap();
    let consent = consent(1, vendor.organization, PermissionNames::Full);
    house.host().perform([Action::GiveConsent(consent)]).unwrap();
    (vendor.organization, vendor.owner)
}

fn consent(id: u128, operators: OrganizationId, mask: PermissionNames) -> Consent {
    let (id, by) = (ConsentId::from_u128(id), Maker::Host);
    Consent { id, operators, scope: ROOT, mask, starts: None, ends: at(9_000), by }
}

fn operate(
    house: &House,
    (home, operator): (OrganizationId, SubAccountId),
) -> Administration<'_, Permission> {
    house.directory.administer_as_operator(house.organization, home, operator, &Context::new())
}

const fn by(of: (OrganizationId, SubAccountId)) -> Maker {
    Maker::Operator { organization: of.0, sub_account: of.1 }
}

#[test]
fn g7_what_an_operator_makes_is_the_operators() {
    let house = House::new();
    let olga = vendor(&house);
    let operator = operate(&house, olga);
    let wu = house.with_role("wu", AGENT, house.support);
    let denied = operator.deny(wu, Permission::REPLY, house.inbox).unwrap();
    let id = RequestId::from_u128(1);
    let request = NewRequest::access(id, wu, COLLEAGUE, house.sales, at(9_000));
    operator.perform([Action::MakeRequest(request)]).unwrap();
    // Whatever a consent says of its maker, it is whoever gives it.
    let nothing = consent(2, OrganizationId::from_u128(5), PermissionNames::none());
    let forged = Consent { by: house.lin.into(), ..nothing.clone() };
    operator.perform([Action::GiveConsent(forged)]).unwrap();
    let snapshot = house.snapshot();
    let organization = snapshot.organization();
    assert_eq!(organization.assignments().get(&denied).unwrap().by, by(olga));
    assert_eq!(organization.requests().get(&id).unwrap().requester, by(olga));
    assert_eq!(organization.consents().get(&nothing.id).unwrap().by, by(olga));
}

#[test]
fn g5_operators_of_one_organization_are_one_hand() {
    let house = House::new();
    let olga = vendor(&house);
    let at_home = house.directory.system("test").administer(olga.0);
    let otto = at_home.create_member(&login("otto")).unwrap();
    at_home.assign(otto, OWNER, ROOT).unwrap();
    let wu = house.member("wu");
    let id = RequestId::from_u128(1);
    let request = NewRequest::access(id, wu, COLLEAGUE, house.sales, at(9_000));
    operate(&house, olga).perform([Action::MakeRequest(request.clone())]).unwrap();
    let approve = |request| Action::Approve { request, assignments: Vec::new() };
    house.refuses("G5", &operate(&house, olga), [approve(id)]);
    house.refuses("G5", &operate(&house, (olga.0, otto)), [approve(id)]);
    // Nor what one of them asks for in the same commit.
    let other = RequestId::from_u128(2);
    let request = NewRequest::access(other, wu, AGENT, house.sales, at(9_000));
    house.refuses("G5", &operate(&house, olga), [Action::MakeRequest(request), approve(other)]);
    house.accepts(&house.by(house.lin), [approve(id)]);
}

/// What wu, a manager, has begun: an invitation of an agent to support.
fn invitation(house: &House) -> (SubAccountId, Invited) {
    let wu = house.with_role("wu", MANAGER, house.support);
    let invited = house.by(wu).invite(&login("cy")).role(AGENT, house.support).issue().unwrap();
    (wu, invited)
}

fn inviter(house: &House, invited: &Invited) -> Maker {
    let snapshot = house.snapshot();
    snapshot.organization().invitations().get(&invited.invitation).unwrap().inviter
}

#[test]
fn g7_an_operator_adopts_nothing_and_sends_nothing_anew() {
    let house = House::new();
    let operator = operate(&house, vendor(&house));
    let (wu, invited) = invitation(&house);
    house.refuses("G7", &operator, [Action::Adopt(wu)]);
    by_rule("G7", operator.resend(invited.invitation));
    assert_eq!(inviter(&house, &invited), wu.into());
}

#[test]
fn g7_no_operator_turns_an_invitation_into_the_hosts() {
    let house = House::new();
    let olga = vendor(&house);
    // Mei invites a mate into an empty team, which has nothing.
    let mei = house.with_role("mei", MANAGER, ROOT);
    house.host().grant(mei, Permission::TEAMS, ROOT).unwrap();
    let team = house.team("team", None);
    let mate = house.by(mei).invite(&login("mate")).team(team).issue().unwrap();
    house.refuses("G7", &operate(&house, olga), [Action::Adopt(mei)]);
    // So with mei goes what mei promised, whatever the team is given then.
    house.by(house.lin).remove(mei, None).unwrap();
    house.by(house.lin).assign(team, EXPORTER, ROOT).unwrap();
    house.directory.accept(&mate.token, &login("mate")).unwrap_err();
}

#[test]
fn g7_what_the_host_adopts_is_the_hosts() {
    let house = House::new();
    let (wu, invited) = invitation(&house);
    let bo = house.member("bo");
    let later = NewAssignment::new(bo, AGENT, house.support).starts(at(5_000));
    let later = house.by(wu).create_assignment(later).unwrap();
    house.accepts(&house.host(), [Action::Adopt(wu), Action::Suspend(wu)]);
    assert_eq!(inviter(&house, &invited), Maker::Host);
    let snapshot = house.snapshot();
    assert_eq!(snapshot.organization().assignments().get(&later).unwrap().by, Maker::Host);
    house.directory.accept(&invited.token, &login("cy")).unwrap();
}

#[test]
fn g7_whoever_sends_an_invitation_anew_stands_behind_it() {
    let house = House::new();
    let (wu, invited) = invitation(&house);
    // Mei may invite there as well, and has no export to give.
    let mei = house.with_role("mei", MANAGER, house.support);
    let dan = house.by(house.lin).invite(&login("dan")).role(EXPORTER, house.support);
    let dan = dan.issue().unwrap();
    by_rule("G2", house.by(mei).resend(dan.invitation));
    assert_eq!(inviter(&house, &dan), house.lin.into());
    let token = house.by(mei).resend(invited.invitation).unwrap();
    assert_eq!(inviter(&house, &invited), mei.into());
    // It is mei's from then on: it outlives wu, and is judged by mei's reach.
    house.host().suspend(wu).unwrap();
    house.directory.accept(&token, &login("cy")).unwrap();
}

#[test]
fn g7_an_invitation_that_is_sent_anew_goes_with_whoever_sent_it() {
    let house = House::new();
    let (_, invited) = invitation(&house);
    let mei = house.with_role("mei", MANAGER, house.support);
    let token = house.by(mei).resend(invited.invitation).unwrap();
    house.host().suspend(mei).unwrap();
    house.directory.accept(&token, &login("cy")).unwrap_err();
}

#[test]
fn g7_sending_anew_is_judged_anew_for_the_inviter_too() {
    let house = House::new();
    let (wu, invited) = invitation(&house);
    // By now wu could not promise that any more, and the same token would not be accepted.
    house.host().deny(wu, Permission::REPLY, house.inbox).unwrap();
    by_rule("G2", house.by(wu).resend(invited.invitation));
    // The host's word is enough.
    let token = house.host().resend(invited.invitation).unwrap();
    assert_eq!(inviter(&house, &invited), Maker::Host);
    house.host().suspend(wu).unwrap();
    house.directory.accept(&token, &login("cy")).unwrap();
}

#[test]
fn g7_a_consent_goes_with_its_giver() {
    let ways: [fn(&House, SubAccountId); 4] = [
        |house, who| house.host().suspend(who).unwrap(),
        |house, who| house.host().remove(who, None).unwrap(),
        |house, who| house.by(who).leave().unwrap(),
        |house, who| house.host().require_credential_reset(who).unwrap(),
    ];
    for way in ways {
        let house = House::new();
        let second = house.with_role("second", OWNER, ROOT);
        let operators = OrganizationId::from_u128(5);
        let give = |by: &By<'_>| by.give_consent(operators, ROOT, AGENTS, at(9_000)).unwrap();
        let (of_second, of_lin) = (give(&house.by(second)), give(&house.by(house.lin)));
        let of_host = give(&house.host());
        way(&house, second);
        let snapshot = house.snapshot();
        let left: Vec<_> = snapshot.organization().consents().keys().copied().collect();
        assert!(!left.contains(&of_second), "it went with whoever gave it");
        assert!(left.contains(&of_lin) && left.contains(&of_host));
    }
}

#[test]
fn g7_a_service_that_changes_hands_takes_its_consents_along() {
    let house = House::new();
    let bot = house.service(house.lin);
    house.give(bot, OWNER, ROOT);
    let operators = OrganizationId::from_u128(5);
    let given = house.by(bot).give_consent(operators, ROOT, AGENTS, at(9_000)).unwrap();
    let next = house.member("next");
    house.host().set_service_owner(bot, next).unwrap();
    assert!(house.snapshot().organization().consents().get(&given).is_none());
}

#[test]
fn g7_who_goes_takes_along_what_their_services_consented_to_and_began() {
    for successor in [false, true] {
        let house = House::new();
        let second = house.with_role("second", OWNER, ROOT);
        let heir = house.member("heir");
        let bot = house.service(second);
        house.give(bot, OWNER, ROOT);
        let operators = OrganizationId::from_u128(5);
        let by = house.by(bot);
        let consent = by.give_consent(operators, ROOT, AGENTS, at(9_000)).unwrap();
        let later = NewAssignment::new(heir, AGENT, house.support).starts(at(5_000));
        let later = by.create_assignment(later).unwrap();
        if successor {
            house.host().remove(second, Some(heir)).unwrap();
        } else {
            house.host().suspend(second).unwrap();
        }
        let snapshot = house.snapshot();
        let organization = snapshot.organization();
        assert!(organization.consents().get(&consent).is_none());
        assert!(organization.assignments().get(&later).is_none());
    }
}

#[test]
fn g7_a_consent_is_adopted_by_whoever_reaches_what_it_lets_in() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    let operators = OrganizationId::from_u128(5);
    let export = Permission::EXPORT;
    let given = house.by(second).give_consent(operators, ROOT, export, at(9_000)).unwrap();
    let mei = house.with_role("mei", AGENT, ROOT);
    house.refuses("G1", &house.by(mei), [Action::Adopt(second)]);
    house.host().grant(mei, Permission::HOUSE, ROOT).unwrap();
    house.refuses("G2", &house.by(mei), [Action::Adopt(second)]);
    house.accepts(&house.by(house.lin), [Action::Adopt(second), Action::Suspend(second)]);
    let snapshot = house.snapshot();
    assert_eq!(snapshot.organization().consents().get(&given).unwrap().by, house.lin.into());
}

#[test]
fn g7_what_somebody_denied_stays_when_they_go() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", AGENT, house.support);
    let of_mei = house.by(mei);
    let deny = house.bare(wu, Permission::REPLY, house.inbox).denying().starts(at(5_000));
    let planned = of_mei.create_assignment(deny).unwrap();
    let allow = NewAssignment::new(wu, AGENT, house.inbox).starts(at(6_000));
    let begun = of_mei.create_assignment(allow).unwrap();
    // Somebody who reaches nothing of what was denied may still suspend whoever denied it.
    let hr = house.member("hr");
    house.host().grant(hr, AGENTS | Permission::ASSIGN, ROOT).unwrap();
    for right in [Permission::PEOPLE, Permission::SCOPES | Permission::DELEGATE] {
        house.host().grant(hr, right, ROOT).unwrap();
    }
    house.accepts(&house.by(hr), [Action::Suspend(mei)]);
    let snapshot = house.snapshot();
    let assignments = snapshot.organization().assignments();
    let kept = assignments.get(&planned).expect("a deny stays");
    assert_eq!((kept.effect, kept.by), (Effect::Deny, mei.into()));
    assert!(assignments.get(&begun).is_none());
    house.turn_clock_to(5_000);
    assert!(!house.can(wu, Permission::REPLY, house.inbox));
}

#[test]
fn g7_a_deny_is_not_adopted() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", AGENT, house.support);
    let deny = house.bare(wu, Permission::REPLY, house.inbox).denying().starts(at(5_000));
    let planned = house.by(mei).create_assignment(deny).unwrap();
    house.by(house.lin).perform([Action::Adopt(mei)]).unwrap();
    let snapshot = house.snapshot();
    assert_eq!(snapshot.organization().assignments().get(&planned).unwrap().by, mei.into());
}
