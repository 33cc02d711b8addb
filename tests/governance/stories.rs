//! Ordinary stories that must stay possible, told from sign-up to farewell.

use tenantry::model::{Assignee, Consent, Maker};
use tenantry::{
    Action, ConsentId, Context, Departure, NewAssignment, NewResource, NewSubAccount, Reason,
    Status, SubAccountId,
};

use crate::setup::*;

fn status(house: &House, who: SubAccountId) -> Status {
    house.snapshot().organization().sub_accounts().get(&who).unwrap().status
}

#[test]
fn a_user_administrator_hands_out_roles_without_holding_them() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let by = house.by(ada);
    let wu = by.create_member(&login("wu")).unwrap();
    let agent = by.assign(wu, AGENT, house.support).unwrap();
    let bo = by.invite(&login("bo")).role(COLLEAGUE, house.sales).issue().unwrap();
    house.directory.accept(&bo.token, &login("bo")).unwrap();
    let team = by.create_team("Agents").unwrap();
    by.assign(team, AGENT, house.sales).unwrap();
    by.add_to_team(wu, team).unwrap_err();
    by.revoke(agent).unwrap();
    by.suspend(bo.sub_account).unwrap();
    by.reinstate(bo.sub_account).unwrap();
    by.remove(wu, None).unwrap();
    assert!(!house.can(ada, Permission::VIEW, house.support));
}

#[test]
fn a_workspace_manager_invites_a_newcomer_into_the_own_workspace_only() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(mei);
    let wu = by.invite(&login("wu")).name("Wu").role(AGENT, house.support).issue().unwrap();
    by_rule("G1", by.invite(&login("bo")).role(AGENT, house.sales).issue());
    by_rule("G2", by.invite(&login("bo")).role(EXPORTER, house.support).issue());
    assert_eq!(house.directory.accept(&wu.token, &login("wu")).unwrap(), wu.sub_account);
    assert!(house.can(wu.sub_account, AGENTS, house.inbox));
    assert!(!house.can(wu.sub_account, Permission::VIEW, house.sales));
    // And takes out of it whom they let in, and no further.
    let snapshot = house.snapshot();
    let mut held = snapshot.organization().assignments().values();
    let held = held.find(|it| it.assignee == wu.sub_account.into()).unwrap().id;
    by.revoke(held).unwrap();
    by_rule("G1", by.remove(wu.sub_account, None));
}

#[test]
fn hr_removes_somebody_who_has_a_role_elsewhere() {
    let house = House::new();
    let hr = house.member("hr");
    house.host().grant(hr, Permission::PEOPLE, ROOT).unwrap();
    let wu = house.with_role("wu", AGENT, house.support);
    house.give(wu, EXPORTER, house.sales);
    house.give(wu, BILLING, ROOT);
    house.by(hr).remove(wu, None).unwrap();
    assert_eq!(status(&house, wu), Status::Removed);
    let reason = house.directory.check(house.organization, wu, Permission::EXPORT, house.sales);
    assert_eq!(reason.reason(), Some(Reason::Removed));
}

#[test]
fn a_billing_administrator_can_do_nothing_else() {
    let house = House::new();
    let bill = house.with_role("bill", BILLING, ROOT);
    let (wu, by) = (house.member("wu"), house.by(bill));
    assert!(house.can(bill, Permission::BILL, ROOT));
    for action in [
        Action::assign(wu, BILLING, ROOT),
        Action::Suspend(wu),
        member_action("new").1,
        Action::SetCeiling(house.support.into(), None),
        Action::DeleteWorkspace(house.support),
        house.bare(wu, Permission::BILL, ROOT).denying().into(),
        house.bare(wu, Permission::BILL, ROOT).delegated_by(bill).ends(at(2_000)).into(),
    ] {
        house.refuses("G1", &by, [action]);
    }
    by.leave().unwrap();
}

#[test]
fn a_member_leaves_and_joins_again() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let team = house.team("team", None);
    house.host().add_to_team(wu, team).unwrap();
    house.host().assign(team, EXPORTER, house.sales).unwrap();
    house.by(wu).leave().unwrap();
    assert_eq!(status(&house, wu), Status::Left);
    // With what there was.
    let again = house.host().request_rejoin(wu, true, at(9_000)).unwrap();
    house.by(house.lin).approve(again, []).unwrap();
    assert!(house.can(wu, AGENTS, house.support) && house.can(wu, Permission::EXPORT, house.sales));
    // Or afresh, with something else.
    house.by(wu).leave().unwrap();
    let again = house.host().request_rejoin(wu, false, at(9_000)).unwrap();
    let instead = NewAssignment::new(wu, COLLEAGUE, house.sales);
    house.by(house.lin).approve(again, [instead]).unwrap();
    assert!(!house.can(wu, Permission::VIEW, house.support));
    assert!(house.can(wu, Permission::VIEW, house.sales));
    assert!(!house.can(wu, Permission::EXPORT, house.sales));
}

#[test]
fn a_creator_manages_what_was_created() {
    let house = House::new();
    let mei = house.member("mei");
    house.host().grant(mei, Permission::SCOPES, ROOT).unwrap();
    let wu = house.member("wu");
    let by = house.by(mei);
    let room = by.create_workspace("Room").unwrap();
    let inbox = by.create_resource(&NewResource::new("inbox", room).key("17").owner(wu)).unwrap();
    let folder = by.create_resource(&NewResource::new("folder", inbox)).unwrap();
    let agent = by.assign(wu, AGENT, inbox).unwrap();
    assert!(house.can(wu, Permission::REPLY, folder));
    let new = by.invite(&login("new")).role(AGENT, room).issue().unwrap();
    house.directory.accept(&new.token, &login("new")).unwrap();
    by.revoke(agent).unwrap();
    by.perform([Action::DeleteResource(folder)]).unwrap();
    by.perform([Action::MoveResource(inbox, house.sales.into())]).unwrap();
    by.perform([Action::DeleteWorkspace(room)]).unwrap();
}

#[test]
fn a_creators_role_may_be_licensed() {
    // Makers who assign agents without being one.
    let founder = tenantry::SystemRole::new("founder");
    let definition =
        tenantry::RoleDefinition::new(founder).any(Permission::ASSIGN).assigns([AGENT]);
    let house = House::of(builder().define(definition).creator(founder));
    let mei = house.member("mei");
    house.host().grant(mei, Permission::SCOPES, ROOT).unwrap();
    let room = house.by(mei).create_workspace("Room").unwrap();
    let wu = house.member("wu");
    house.by(mei).assign(wu, AGENT, room).unwrap();
    assert!(!house.can(mei, Permission::VIEW, room) && house.can(wu, Permission::VIEW, room));
}

#[test]
fn stepping_down_keeps_membership() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    house.give(second, COLLEAGUE, house.sales);
    house.by(second).step_down(ROOT, Some(AGENT.into())).unwrap();
    assert_eq!(status(&house, second), Status::Active);
    assert!(house.can(second, AGENTS, house.support));
    assert!(!house.can(second, Permission::EXPORT, house.support));
    let snapshot = house.snapshot();
    let left = snapshot.organization().assignments().values();
    assert_eq!(left.filter(|it| it.assignee == second.into()).count(), 2);
}

#[test]
fn somebody_asks_to_join_and_is_let_in() {
    let house = House::new();
    let host = house.host();
    let hr = house.with_role("hr", USERS, ROOT);
    let request = host.request_join(&login("new"), "I work here", at(9_000)).unwrap();
    assert_eq!(house.snapshot().sub_account(login("new")), None, "nobody's before it is approved");
    let nobody = SubAccountId::from_u128(1);
    let agent = || [NewAssignment::new(nobody, AGENT, house.support)];
    by_rule("G2", house.by(hr).approve(request, [house.bare(nobody, AGENTS, house.support)]));
    house.by(hr).approve(request, agent()).unwrap();
    let new = house.snapshot().sub_account(login("new")).unwrap();
    assert!(house.can(new, AGENTS, house.support));
    // Once, and not again.
    assert!(house.by(hr).approve(request, agent()).is_err());
    assert!(host.request_join(&login("new"), "again", at(9_000)).is_err());
}

#[test]
fn access_is_asked_for_and_approved_rejected_withdrawn_or_over() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let ask = || house.by(wu).request_access(AGENT, house.support, at(2_000)).unwrap();
    let (first, second, third, fourth) = (ask(), ask(), ask(), ask());
    let by = house.by(mei);
    by.reject(first).unwrap();
    house.by(wu).withdraw_request(second).unwrap();
    assert!(!house.can(wu, Permission::VIEW, house.support), "asking gives nothing");
    by.approve(third, []).unwrap();
    assert!(house.can(wu, AGENTS, house.support));
    house.turn_clock_to(2_000);
    assert!(by.approve(fourth, []).is_err(), "it is over");
    for over in [first, second, third] {
        assert!(by.approve(over, []).is_err());
    }
}

#[test]
fn a_guests_access_ends() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(mei);
    let gus = by.invite(&login("gus")).guest(at(2_000)).role(AGENT, house.support);
    let gus = gus.issue().unwrap();
    house.directory.accept(&gus.token, &login("gus")).unwrap();
    let gus = gus.sub_account;
    let ask = || {
        let decision =
            house.directory.check(house.organization, gus, Permission::VIEW, house.support);
        decision.reason()
    };
    house.turn_clock_to(1_999);
    assert_eq!(ask(), None);
    house.turn_clock_to(2_000);
    assert_eq!(ask(), Some(Reason::Ended));
    // A guest without an end there is not.
    assert!(house.by(house.lin).perform([Action::SetEnd(gus, None)]).is_err());
    house.by(house.lin).perform([Action::SetEnd(gus, Some(at(3_000)))]).unwrap();
    assert_eq!(ask(), None);
}

#[test]
fn a_support_engineer_helps_by_consent() {
    let house = House::new();
    let vendor = house.directory.create_organization("Vendor", &login("olga")).unwrap();
    let operate = || {
        house.directory.administer_as_operator(
            house.organization,
            vendor.organization,
            vendor.owner,
            &Context::new(),
        )
    };
    let wu = house.with_role("wu", AGENT, house.support);
    house.refuses("G1", &operate(), [Action::SetName(wu, Some("Wu".into()))]);
    let consent = Consent {
        id: ConsentId::from_u128(1),
        operators: vendor.organization,
        scope: ROOT,
        mask: house.names(AGENTS | Permission::PEOPLE),
        starts: None,
        ends: at(2_000),
        by: Maker::Host,
    };
    let by = house.by(house.lin);
    by.perform([Action::GiveConsent(consent)]).unwrap();
    house.accepts(&operate(), [Action::SetName(wu, Some("Wu".into()))]);
    house.accepts(&operate(), [Action::SetCredentialResetRequired(wu, true)]);
    house.refuses("G1", &operate(), [Action::DeleteWorkspace(house.support)]);
    house.refuses("G3", &operate(), [Action::SetCredentialResetRequired(house.lin, true)]);
    house.turn_clock_to(2_000);
    house.refuses("G1", &operate(), [Action::SetName(wu, None)]);
}

#[test]
fn an_integration_works_for_its_owner_and_no_further() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.host().grant(mei, Permission::PEOPLE, ROOT).unwrap();
    let bot = house.by(mei).create_service(mei).unwrap();
    house.by(mei).assign(bot, AGENT, house.support).unwrap();
    assert!(house.can(bot, AGENTS, house.support));
    house.by(house.lin).suspend(mei).unwrap();
    assert!(!house.can(bot, Permission::VIEW, house.support));
    // Somebody else takes it over, and it works again once its credential is new.
    let next = house.with_role("next", AGENT, house.support);
    house.by(house.lin).perform([Action::SetServiceOwner(bot, next)]).unwrap();
    assert!(!house.can(bot, Permission::VIEW, house.support));
    house.host().credential_was_reset(bot).unwrap();
    assert!(house.can(bot, AGENTS, house.support));
}

#[test]
fn an_announcement_channel_is_for_all_members_of_a_workspace() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", COLLEAGUE, house.support);
    let stranger = house.member("stranger");
    let by = house.by(mei);
    let channel = by.create_resource(&NewResource::new("channel", house.support)).unwrap();
    by.assign(Assignee::MembersOf(house.support.into()), AGENT, channel).unwrap();
    assert!(house.can(wu, Permission::REPLY, channel));
    assert!(!house.can(stranger, Permission::REPLY, channel));
}

#[test]
fn a_whole_team_moves_in_with_one_commit() {
    let house = House::new();
    let by = house.by(house.lin);
    let newcomers: Vec<_> = (1..=5_u128)
        .map(|number| {
            let id = SubAccountId::from_u128(number);
            (id, NewSubAccount::member(id, login(&format!("new{number}"))))
        })
        .collect();
    let actions = newcomers.iter().flat_map(|(id, new)| {
        [Action::from(new.clone()), Action::assign(*id, AGENT, house.support)]
    });
    let before = house.snapshot().revision();
    let snapshot = by.perform(actions).unwrap();
    assert_eq!(snapshot.revision(), before.next());
    assert!(newcomers.iter().all(|(id, _)| snapshot.subject(*id).can(AGENTS, house.inbox)));
    let leaver = newcomers[0].0;
    let handover = Departure { sub_account: leaver, successor: Some(newcomers[1].0) };
    by.perform([Action::Remove(handover)]).unwrap();
}
