//! The life of a sub-account: invitations, departures and returns, what stays and what goes along (G7).

use tenantry::directory::CommitError;
use tenantry::{
    Action, Context, Departure, Invited, NewAssignment, NewResource, Status, SubAccountId, Token,
};

use crate::setup::*;

fn house() -> (House, SubAccountId) {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    (house, mei)
}

fn invite(house: &House, by: SubAccountId, name: &str) -> Invited {
    house.by(by).invite(&login(name)).role(AGENT, house.support).issue().unwrap()
}

#[track_caller]
fn is_dead(house: &House, token: &Token, name: &str) {
    let before = house.json();
    let refused = house.directory.accept(token, &login(name)).unwrap_err();
    assert!(matches!(refused, CommitError::DeadInvitation), "{refused}");
    assert_eq!(house.json(), before);
}

fn status(house: &House, who: SubAccountId) -> Status {
    house.snapshot().organization().sub_accounts().get(&who).unwrap().status
}

#[test]
fn g7_an_invitation_gives_nothing_before_it_is_accepted_and_all_of_it_then() {
    let (house, mei) = house();
    let wu = house.by(mei).invite(&login("wu")).role(AGENT, house.support);
    let wu = wu.role(COLLEAGUE, house.inbox).issue().unwrap();
    assert_eq!(status(&house, wu.sub_account), Status::Invited);
    assert!(!house.can(wu.sub_account, Permission::VIEW, house.support));
    // Nor is anything slipped in beside it.
    let by = house.by(house.lin);
    assert!(by.assign(wu.sub_account, EXPORTER, house.support).is_err());
    let team = house.team("team", None);
    assert!(by.add_to_team(wu.sub_account, team).is_err());
    assert_eq!(house.directory.accept(&wu.token, &login("wu")).unwrap(), wu.sub_account);
    assert!(house.can(wu.sub_account, AGENTS, house.support));
    let snapshot = house.snapshot();
    let held = snapshot.organization().assignments().values();
    assert_eq!(held.filter(|it| it.assignee == wu.sub_account.into()).count(), 2);
}

#[test]
fn g7_a_token_is_for_one_organization_one_login_and_one_time() {
    let (house, mei) = house();
    let wu = invite(&house, mei, "wu");
    let other = house.directory.create_organization("Other", &login("olga")).unwrap();
    let theirs = house.directory.system("test").administer(other.organization);
    let there = theirs.invite(&login("wu")).issue().unwrap();
    let wrong = house.directory.accept(&wu.token, &login("bo")).unwrap_err();
    assert!(matches!(wrong, CommitError::WrongLogin), "{wrong}");
    house.directory.accept(&wrong_secret(&wu.token), &login("wu")).unwrap_err();
    house.directory.accept(&wu.token, &login("wu")).unwrap();
    is_dead(&house, &wu.token, "wu");
    let elsewhere = house.directory.snapshot(other.organization).unwrap();
    let invited = elsewhere.organization().sub_accounts().get(&there.sub_account).unwrap();
    assert_eq!(invited.status, Status::Invited);
    house.directory.accept(&there.token, &login("wu")).unwrap();
}

/// The same ids with another secret.
fn wrong_secret(token: &Token) -> Token {
    let text = token.to_string();
    let last = if text.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &text[..text.len() - 1]).parse().unwrap()
}

#[test]
fn g7_an_invitation_expires() {
    let (house, mei) = house();
    let wu = house.by(mei).invite(&login("wu")).role(AGENT, house.support).expires(at(2_000));
    let wu = wu.issue().unwrap();
    let bo = invite(&house, mei, "bo");
    house.turn_clock_to(2_000);
    is_dead(&house, &wu.token, "wu");
    house.turn_clock_to(1_000 + 7 * 24 * 3_600 - 1);
    house.directory.accept(&bo.token, &login("bo")).unwrap();
    let cy = invite(&house, mei, "cy");
    house.turn_clock_to(1_000 + 14 * 24 * 3_600);
    is_dead(&house, &cy.token, "cy");
}

#[test]
fn g7_a_new_token_kills_the_old_one_and_lasts_anew() {
    let (house, mei) = house();
    let wu = house.by(mei).invite(&login("wu")).role(AGENT, house.support).expires(at(2_000));
    let wu = wu.issue().unwrap();
    house.turn_clock_to(2_500);
    let token = house.by(mei).resend(wu.invitation).unwrap();
    is_dead(&house, &wu.token, "wu");
    house.directory.accept(&token, &login("wu")).unwrap();
    let stranger = house.with_role("stranger", MANAGER, house.sales);
    let bo = invite(&house, mei, "bo");
    by_rule("G1", house.by(stranger).resend(bo.invitation));
    by_rule("G1", house.by(stranger).withdraw(bo.invitation));
}

#[test]
fn g7_what_is_withdrawn_or_declined_is_dead() {
    let (house, mei) = house();
    let (wu, bo) = (invite(&house, mei, "wu"), invite(&house, mei, "bo"));
    house.by(mei).withdraw(wu.invitation).unwrap();
    is_dead(&house, &wu.token, "wu");
    house.directory.decline(&bo.token, &login("cy")).unwrap_err();
    house.directory.decline(&bo.token, &login("bo")).unwrap();
    is_dead(&house, &bo.token, "bo");
    for gone in [wu.sub_account, bo.sub_account] {
        assert_eq!(status(&house, gone), Status::Removed);
        let snapshot = house.snapshot();
        let mut all = snapshot.organization().assignments().values();
        assert!(all.all(|it| it.assignee != gone.into()), "a promise is not kept on file");
    }
    // Whoever was turned away may be asked again.
    let wu = invite(&house, mei, "wu");
    house.directory.accept(&wu.token, &login("wu")).unwrap();
}

#[test]
fn g7_an_invitation_dies_with_its_inviter() {
    let ways: [fn(&House, SubAccountId); 4] = [
        |house, mei| house.host().suspend(mei).unwrap(),
        |house, mei| house.host().remove(mei, None).unwrap(),
        |house, mei| house.by(mei).leave().unwrap(),
        |house, mei| house.host().require_credential_reset(mei).unwrap(),
    ];
    for way in ways {
        let (house, mei) = house();
        let wu = invite(&house, mei, "wu");
        way(&house, mei);
        is_dead(&house, &wu.token, "wu");
        assert_eq!(status(&house, wu.sub_account), Status::Removed);
        // It does not come back with the inviter.
        if status(&house, mei) == Status::Suspended {
            house.host().reinstate(mei).unwrap();
            is_dead(&house, &wu.token, "wu");
        }
    }
}

#[test]
fn g7_an_invitation_is_dead_while_its_inviter_does_not_reach_what_it_promises() {
    let (house, mei) = house();
    let wu = invite(&house, mei, "wu");
    let denied = house.host().deny(mei, Permission::REPLY, house.inbox).unwrap();
    by_rule("G2", house.directory.accept(&wu.token, &login("wu")));
    assert_eq!(status(&house, wu.sub_account), Status::Invited);
    house.host().revoke(denied).unwrap();
    house.host().perform([Action::SetEnd(mei, Some(at(2_000)))]).unwrap();
    by_rule("G2", house.directory.accept(&wu.token, &login("wu")));
    house.host().perform([Action::SetEnd(mei, None)]).unwrap();
    house.directory.accept(&wu.token, &login("wu")).unwrap();
}

#[test]
fn g7_what_grew_since_the_invitation_is_judged_when_it_is_accepted() {
    let (house, mei) = house();
    let role = house.host().create_role(&tenantry::NewRole::new("Role", Permission::VIEW)).unwrap();
    let wu = house.by(mei).invite(&login("wu")).role(role, house.support).issue().unwrap();
    let more = tenantry::NewRole::new("Role", Permission::VIEW | Permission::EXPORT);
    house.host().replace_role(role, &more).unwrap();
    by_rule("G2", house.directory.accept(&wu.token, &login("wu")));
}

#[test]
fn g7_the_hosts_invitation_stands_on_its_own() {
    let house = House::new();
    let wu = house.host().invite(&login("wu")).role(OWNER, ROOT).issue().unwrap();
    house.directory.accept(&wu.token, &login("wu")).unwrap();
    assert!(house.can(wu.sub_account, Permission::all(), ROOT));
}

#[test]
fn g7_who_goes_takes_along_what_has_only_begun() {
    let (house, mei) = house();
    let (wu, bo) = (house.member("wu"), house.member("bo"));
    let by = house.by(mei);
    let agent = |who| NewAssignment::new(who, AGENT, house.support);
    let standing = by.create_assignment(agent(wu)).unwrap();
    let started = by.create_assignment(agent(wu).starts(at(1_500))).unwrap();
    let unstarted = by.create_assignment(agent(wu).starts(at(5_000))).unwrap();
    let passed_on = by.create_assignment(agent(bo).delegated_by(mei).ends(at(9_000))).unwrap();
    let request = by.request_access(COLLEAGUE, house.support, at(9_000)).unwrap();
    house.turn_clock_to(1_500);
    house.by(house.lin).suspend(mei).unwrap();
    let snapshot = house.snapshot();
    let organization = snapshot.organization();
    for (assignment, stays) in
        [(standing, true), (started, true), (unstarted, false), (passed_on, false)]
    {
        assert_eq!(organization.assignments().get(&assignment).is_some(), stays);
    }
    assert!(organization.requests().get(&request).is_none());
}

#[test]
fn g7_a_service_that_changes_hands_takes_along_what_it_has_begun() {
    let (house, mei) = house();
    let bot = house.service(mei);
    house.give(bot, MANAGER, house.support);
    let wu = invite(&house, bot, "wu");
    let next = house.with_role("next", MANAGER, house.support);
    house.by(house.lin).perform([Action::SetServiceOwner(bot, next)]).unwrap();
    is_dead(&house, &wu.token, "wu");
}

#[test]
fn what_was_denied_stays_with_the_login_and_what_was_given_does_not() {
    let house = House::new();
    let host = house.host();
    let gus = host.create_guest(&login("gus"), at(9_000)).unwrap();
    house.give(gus, EXPORTER, house.sales);
    host.deny(gus, Permission::REPLY, house.support).unwrap();
    let bound = house.names(AGENTS | Permission::EXPORT);
    host.perform([Action::SetBoundary(gus, Some(bound.clone()))]).unwrap();
    for erased in [false, true] {
        host.remove(gus, None).unwrap();
        if erased {
            host.erase(gus).unwrap();
            assert_eq!(house.snapshot().sub_account(login("gus")), None);
        }
        let again = host.invite(&login("gus")).role(AGENT, house.support).issue().unwrap();
        assert_eq!(again.sub_account, gus, "who comes back is who left");
        house.directory.accept(&again.token, &login("gus")).unwrap();
        let snapshot = house.snapshot();
        let back = snapshot.organization().sub_accounts().get(&gus).unwrap();
        assert_eq!((back.ends, back.boundary.as_ref()), (Some(at(9_000)), Some(&bound)));
        assert_eq!(back.kind, tenantry::SubAccountKind::Guest);
        assert!(house.can(gus, Permission::VIEW, house.support));
        assert!(!house.can(gus, Permission::REPLY, house.support));
        assert!(!house.can(gus, Permission::EXPORT, house.sales));
    }
}

#[test]
fn what_was_given_is_archived_and_acts_again_when_it_is_restored() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    house.by(wu).leave().unwrap();
    let snapshot = house.snapshot();
    let mut kept = snapshot.organization().assignments().values();
    assert!(kept.any(|it| it.assignee == wu.into()));
    assert!(!house.can(wu, Permission::VIEW, house.support));
    house.by(house.lin).readmit(wu, true).unwrap();
    assert!(house.can(wu, AGENTS, house.support));
}

#[test]
fn who_goes_hands_over_what_belongs_to_them() {
    let (house, mei) = house();
    let (wu, heir) = (house.member("wu"), house.member("heir"));
    let by = house.by(mei);
    let inbox = by.create_resource(&NewResource::new("inbox", house.support).owner(wu)).unwrap();
    let bot = house.service(wu);
    let departure = Departure { sub_account: wu, successor: Some(heir) };
    house.by(house.lin).perform([Action::Remove(departure)]).unwrap();
    let snapshot = house.snapshot();
    let organization = snapshot.organization();
    assert_eq!(organization.resources().get(&inbox).unwrap().owner, Some(heir));
    let service = organization.sub_accounts().get(&bot).unwrap();
    assert_eq!((service.owner, service.credential_reset_required), (Some(heir), true));
    // Without a successor things belong to nobody, and a service stays and may do nothing.
    house.by(house.lin).remove(heir, None).unwrap();
    let snapshot = house.snapshot();
    assert_eq!(snapshot.organization().resources().get(&inbox).unwrap().owner, None);
    assert_eq!(snapshot.organization().sub_accounts().get(&bot).unwrap().owner, Some(heir));
}

#[test]
fn erasing_takes_name_and_login_and_leaves_a_tombstone() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    house.host().perform([Action::SetName(wu, Some("Wu Li".into()))]).unwrap();
    let by = house.by(house.lin);
    assert!(by.erase(wu).is_err(), "not while they are here");
    by.remove(wu, None).unwrap();
    by.erase(wu).unwrap();
    let json = house.json();
    assert!(!json.contains("Wu Li") && !json.contains("wu@acme"), "{json}");
    assert_eq!(status(&house, wu), Status::Removed);
    let answer = house.directory.check(house.organization, wu, Permission::VIEW, house.support);
    assert_eq!(answer.reason(), Some(tenantry::Reason::Removed));
    // What belongs to the login is kept for it: nobody begins anew under it, one is asked back.
    assert!(house.host().create_member(&login("wu")).is_err());
    let again = by.invite(&login("wu")).issue().unwrap();
    assert_eq!(again.sub_account, wu);
}

#[test]
fn who_is_here_already_is_not_invited() {
    let (house, mei) = house();
    house.member("wu");
    let invited = |name| house.by(mei).invite(&login(name)).role(AGENT, house.support).issue();
    assert!(invited("wu").is_err());
    invited("bo").unwrap();
    assert!(invited("bo").is_err(), "one invitation at a time");
    let context = Context::new();
    let by = house.directory.administer(house.organization, mei, &context);
    assert!(by.perform([Action::AcceptInvitation(tenantry::InvitationId::from_u128(1))]).is_err());
}
