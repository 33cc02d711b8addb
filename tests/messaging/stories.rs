//! What the catalog was made for, told through a directory.

use tenantry::messaging::{
    ADMINISTRATOR, AGENT, BILLING_ADMINISTRATOR, BOT, GROUP_ADMINISTRATOR, MANAGER, Permission,
    RECEIVER, REVIEWER, SENDER, SUB_ACCOUNT_OPERATOR, USER, USER_ADMINISTRATOR, VIEWER, VISITOR,
};
use tenantry::model::WorkspaceStatus;
use tenantry::{
    Action, NewAssignment, NewResource, Reason, RoleDefinition, Scope, SystemRole, messaging,
};

use crate::setup::*;

// Sending, receiving, visiting.

#[test]
fn sending_receiving_and_both_are_three_things() {
    let house = House::new();
    let sender = house.with_role("sender", SENDER, house.support);
    let receiver = house.with_role("receiver", RECEIVER, house.support);
    let user = house.with_role("user", USER, house.support);
    let grades = [sender, receiver, user].map(|who| {
        [Permission::SEND_MESSAGES, Permission::RECEIVE_MESSAGES]
            .map(|permission| house.can(who, permission, house.support))
    });
    assert_eq!(grades, [[true, false], [false, true], [true, true]]);
}

#[test]
fn a_visitor_hears_the_team_and_takes_nothing_away() {
    let house = House::new();
    let ada = house.with_role("ada", USER_ADMINISTRATOR, ROOT);
    let invite = house.by(ada).invite(&login("vic")).guest(end());
    let invited = invite.role(VISITOR, house.support).issue().unwrap();
    let vic = house.directory.accept(&invited.token, &login("vic")).unwrap();
    let has = house.permissions(vic, house.support);
    let hears =
        Permission::RECEIVE_MESSAGES | Permission::VIEW_GROUPS | Permission::LIST_ADMINISTRATORS;
    assert_eq!(has, hears);
    // Nobody can give it more than a guest may have, the owner included.
    let owner = house.by(house.lin);
    let export =
        Permission::EXPORT_CONTACTS | Permission::VIEW_CONTACTS | Permission::VIEW_CONTACT_DETAILS;
    by_rule("I5", owner.grant(vic, export, house.support));
    assert!(!house.can(vic, Permission::EXPORT_CONTACTS, house.support));
    by_rule("I5", owner.grant(vic, Permission::VIEW_BILLING, ROOT));
    by_rule("I5", owner.assign(vic, MANAGER, house.support));
    by_rule("I5", owner.assign(vic, GROUP_ADMINISTRATOR, house.support));
    owner.assign(vic, AGENT, house.support).unwrap();
}

// Serving customers.

#[test]
fn an_agent_replies_only_to_what_is_its_own() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let own = house.owned("conversation", wu);
    let other = house.owned("conversation", house.lin);
    let unowned = house.resource("conversation");
    let serves = Permission::VIEW_CONVERSATIONS
        | Permission::REPLY
        | Permission::CLOSE_CONVERSATIONS
        | Permission::VIEW_CONTACT_DETAILS;
    assert!(house.can(wu, serves, own));
    for conversation in [other, unowned] {
        assert!(!house.can(wu, Permission::REPLY, conversation));
        assert!(!house.can(wu, Permission::VIEW_CONVERSATIONS, conversation));
        assert!(!house.can(wu, Permission::VIEW_CONTACTS, conversation));
    }
    let snapshot = house.directory.snapshot(house.organization).unwrap();
    let reason = snapshot.check(wu, Permission::REPLY, other).reason();
    assert_eq!(reason, Some(Reason::NotOwned));
}

#[test]
fn an_agent_who_is_a_viewer_too_sees_everything_and_replies_to_its_own() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    house.host().assign(wu, VIEWER, house.support).unwrap();
    let (own, other) = (house.owned("conversation", wu), house.owned("conversation", house.lin));
    assert!(house.can(wu, Permission::VIEW_CONVERSATIONS | Permission::VIEW_CONTACTS, other));
    assert!(house.can(wu, Permission::REPLY, own) && !house.can(wu, Permission::REPLY, other));
    assert!(!house.can(wu, Permission::VIEW_CONTACT_DETAILS, other));
}

#[test]
fn a_viewer_looks_and_changes_nothing() {
    let house = House::new();
    let vera = house.with_role("vera", VIEWER, house.support);
    let other = house.owned("conversation", house.lin);
    assert!(house.can(vera, Permission::VIEW_CONVERSATIONS | Permission::VIEW_CONTACTS, other));
    for (name, permission) in house.permissions(vera, other).iter_names() {
        assert!(name.starts_with("VIEW_") || name.starts_with("LIST_"), "{permission:?}");
    }
}

#[test]
fn a_member_works_on_its_own_tasks_and_a_manager_assigns_them() {
    let house = House::new();
    let wu = house.with_role("wu", USER, house.support);
    let mei = house.with_role("mei", MANAGER, house.support);
    let (own, other) = (house.owned("task", wu), house.owned("task", mei));
    let works = Permission::VIEW_TASKS | Permission::UPDATE_TASKS;
    assert!(house.can(wu, works, own) && !house.can(wu, Permission::VIEW_TASKS, other));
    assert!(house.can(wu, Permission::CREATE_TASKS | Permission::VIEW_CALENDAR, house.support));
    assert!(!house.can(wu, Permission::ASSIGN_TASKS, own));
    assert!(house.can(mei, works | Permission::ASSIGN_TASKS, own));
}

#[test]
fn a_bot_answers_where_it_was_assigned_and_cannot_administer() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let owner = house.by(house.lin);
    let bot = owner.create_service(mei).unwrap();
    owner.assign(bot, BOT, house.support).unwrap();
    let (own, other) = (house.owned("conversation", bot), house.owned("conversation", house.lin));
    assert!(house.can(bot, Permission::REPLY, own) && !house.can(bot, Permission::REPLY, other));
    assert!(!house.can(bot, Permission::EXPORT_CONTACTS, house.support));
    // Whatever the member has who answers for it.
    let bot = owner.create_service(house.lin).unwrap();
    for role in [ADMINISTRATOR, USER_ADMINISTRATOR, BILLING_ADMINISTRATOR] {
        by_rule("I5", owner.assign(bot, role, ROOT));
    }
    by_rule("I5", owner.assign(bot, MANAGER, house.support));
    for permission in [Permission::INVITE, Permission::ASSIGN_ROLES, Permission::OPERATE_AS] {
        by_rule("I5", owner.grant(bot, permission, ROOT));
    }
}

// Administering accounts.

#[test]
fn a_user_administrator_hands_out_what_it_does_not_hold() {
    let house = House::new();
    let ada = house.with_role("ada", USER_ADMINISTRATOR, ROOT);
    let by = house.by(ada);
    let wu = by.create_member(&login("wu")).unwrap();
    for role in [AGENT, USER, SENDER, RECEIVER, VIEWER, VISITOR] {
        by.assign(wu, role, house.support).unwrap();
    }
    assert!(house.can(wu, Permission::VIEW_CONVERSATIONS, house.support));
    assert!(!house.can(ada, Permission::VIEW_CONVERSATIONS, house.support));
    assert!(!house.can(ada, Permission::SEND_MESSAGES, house.support));
    for role in [ADMINISTRATOR, BILLING_ADMINISTRATOR, REVIEWER] {
        by_rule("G2", by.assign(wu, role, ROOT));
    }
    for role in [MANAGER, GROUP_ADMINISTRATOR] {
        by_rule("G2", by.assign(wu, role, house.support));
    }
    // The content of a role, outside the role, is not what it is licensed to give.
    by_rule("G2", by.grant(wu, Permission::VIEW_CONVERSATIONS, house.sales));
    by_rule("G4", by.assign(ada, VIEWER, house.support));
}

#[test]
fn an_added_role_is_handed_out_by_whoever_is_licensed_for_it() {
    let (translator, recruiter) = (SystemRole::new("translator"), SystemRole::new("recruiter"));
    let recruits = RoleDefinition::new(recruiter).includes([USER_ADMINISTRATOR]);
    let catalog = messaging::builder()
        .role(translator, Permission::VIEW_CONVERSATIONS | Permission::VIEW_CONTACTS)
        .define(recruits.assigns([translator]))
        .build()
        .unwrap();
    let house = House::of(catalog);
    let ada = house.with_role("ada", USER_ADMINISTRATOR, ROOT);
    let rui = house.with_role("rui", recruiter, ROOT);
    let wu = house.member("wu");
    by_rule("G2", house.by(ada).assign(wu, translator, house.support));
    house.by(rui).assign(wu, translator, house.support).unwrap();
    house.by(rui).assign(wu, AGENT, house.support).unwrap();
    assert!(house.can(wu, Permission::VIEW_CONVERSATIONS, house.support));
}

#[test]
fn a_user_administrator_looks_after_agents_and_not_after_managers() {
    let house = House::new();
    let ada = house.with_role("ada", USER_ADMINISTRATOR, ROOT);
    let wu = house.with_role("wu", AGENT, house.support);
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(ada);
    by.suspend(wu).unwrap();
    by.reinstate(wu).unwrap();
    by.require_credential_reset(wu).unwrap();
    by.remove(wu, None).unwrap();
    by_rule("G3", by.suspend(mei));
    by_rule("G3", by.suspend(house.lin));
    by_rule("G1", by.erase(wu));
    house.by(house.with_role("adam", ADMINISTRATOR, ROOT)).suspend(mei).unwrap();
}

#[test]
fn a_user_administrator_lets_in_who_asks() {
    let house = House::new();
    let ada = house.with_role("ada", USER_ADMINISTRATOR, ROOT);
    let wu = house.with_role("wu", USER, house.support);
    let wants = house.by(wu).request_access(AGENT, house.support, end()).unwrap();
    by_rule("G1", house.by(wu).approve(wants, []));
    house.by(ada).approve(wants, []).unwrap();
    assert!(house.can(wu, Permission::USE_AI_SOURCES, house.support));
}

#[test]
fn an_administrator_runs_the_organization_without_owning_it() {
    let house = House::new();
    let adam = house.with_role("adam", ADMINISTRATOR, ROOT);
    let by = house.by(adam);
    let branch = by.create_workspace("Branch").unwrap();
    let wu = by.create_member(&login("wu")).unwrap();
    by.assign(wu, MANAGER, branch).unwrap();
    by.assign(wu, USER_ADMINISTRATOR, ROOT).unwrap();
    by_rule("G1", by.perform([Action::DeleteWorkspace(branch)]));
    by_rule("G1", by.transfer_ownership(wu));
    by_rule("G3", by.suspend(house.lin));
    by_rule("G2", by.assign(wu, messaging::OWNER, ROOT));
    // Nobody judges what they gave themselves: administrators appoint reviewers, and are none.
    by.assign(wu, REVIEWER, ROOT).unwrap();
    assert!(house.can(wu, Permission::REVIEW_ACCESS, ROOT));
    assert!(!house.can(adam, Permission::REVIEW_ACCESS, ROOT));
    assert!(!house.can(adam, Permission::SUPERVISE_HISTORY, ROOT));
    house.by(house.lin).grant(wu, Permission::SUPERVISE_HISTORY, house.support).unwrap();
}

#[test]
fn money_is_apart_from_administration() {
    let house = House::new();
    let bill = house.with_role("bill", BILLING_ADMINISTRATOR, ROOT);
    let adam = house.with_role("adam", ADMINISTRATOR, ROOT);
    let pays = Permission::MANAGE_BILLING | Permission::MANAGE_CHANNEL_FEES;
    assert!(house.can(bill, pays, ROOT));
    let conversation = house.owned("conversation", bill);
    for scope in [ROOT, house.support.into(), conversation.into()] {
        assert!(!house.can(bill, Permission::VIEW_CONVERSATIONS, scope));
        assert!(!house.can(bill, Permission::VIEW_CONTACTS, scope));
        assert!(!house.can(adam, Permission::VIEW_BILLING, scope));
    }
    let wu = house.member("wu");
    by_rule("G2", house.by(adam).assign(wu, BILLING_ADMINISTRATOR, ROOT));
    by_rule("G1", house.by(bill).assign(wu, BILLING_ADMINISTRATOR, ROOT));
    // The fees of one branch alone.
    house.by(house.lin).assign(wu, BILLING_ADMINISTRATOR, house.sales).unwrap();
    assert!(house.can(wu, pays, house.sales) && !house.can(wu, pays, house.support));
}

// Workspaces and groups.

#[test]
fn settings_are_for_owners_and_managers_of_the_workspace() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.host().assign(mei, AGENT, house.sales).unwrap();
    let settings = Permission::VIEW_WORKSPACE_SETTINGS | Permission::EDIT_WORKSPACE;
    assert!(house.can(mei, settings, house.support));
    assert!(house.can(house.lin, settings, house.support));
    assert!(!house.can(mei, Permission::VIEW_WORKSPACE_SETTINGS, house.sales));
    assert!(house.can(mei, Permission::SEND_MESSAGES, house.sales));
    let rename = |workspace| Action::RenameWorkspace(workspace, "Help".parse().unwrap());
    house.by(mei).perform([rename(house.support)]).unwrap();
    by_rule("G1", house.by(mei).perform([rename(house.sales)]));
}

#[test]
fn a_manager_staffs_the_own_workspace() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(mei);
    let wu = by.invite(&login("wu")).role(AGENT, house.support).issue().unwrap();
    let wu = house.directory.accept(&wu.token, &login("wu")).unwrap();
    by.assign(wu, MANAGER, house.support).unwrap();
    by.deny(wu, Permission::EXPORT_CONTACTS, house.support).unwrap();
    assert!(!house.can(wu, Permission::EXPORT_CONTACTS, house.support));
    by_rule("G1", by.assign(wu, AGENT, house.sales));
    by_rule("G1", by.remove(wu, None));
    by_rule("G1", by.create_workspace("Branch"));
}

#[test]
fn a_group_administrator_keeps_order_and_appoints_nobody() {
    let house = House::new();
    let (group, other) = (house.resource("group"), house.resource("group"));
    let gao = house.with_role("gao", GROUP_ADMINISTRATOR, group);
    let powers = Permission::REMOVE_CONTENT
        | Permission::MUTE_MEMBERS
        | Permission::REPLY
        | Permission::ANNOUNCE
        | Permission::MANAGE_ACTIVITIES
        | Permission::ADD_MEMBERS
        | Permission::REMOVE_MEMBERS
        | Permission::SHARE_FILES
        | Permission::EDIT_GROUPS;
    assert!(house.can(gao, powers, group));
    assert!(house.permissions(gao, other).is_empty());
    let wu = house.member("wu");
    let by = house.by(gao);
    by_rule("G1", by.assign(wu, GROUP_ADMINISTRATOR, group));
    by_rule("G1", by.invite(&login("new")).role(GROUP_ADMINISTRATOR, group).issue());
    // One power without the others.
    house.by(house.lin).grant(wu, Permission::ANNOUNCE, group).unwrap();
    assert_eq!(house.permissions(wu, group), Permission::ANNOUNCE);
}

#[test]
fn who_makes_a_group_appoints_its_administrators() {
    let house = House::new();
    let wu = house.with_role("wu", USER, house.support);
    house.host().grant(wu, Permission::MANAGE_RESOURCES, house.support).unwrap();
    let by = house.by(wu);
    let group = by.create_resource(&NewResource::new("group", house.support)).unwrap();
    let gao = house.member("gao");
    by.assign(gao, GROUP_ADMINISTRATOR, group).unwrap();
    assert!(house.can(gao, Permission::MUTE_MEMBERS, group));
    by_rule("G1", by.assign(gao, GROUP_ADMINISTRATOR, house.support));
    assert!(!house.can(wu, Permission::ANNOUNCE, house.support));
}

#[test]
fn who_steps_down_keeps_talking_and_sees_the_team() {
    let house = House::new();
    let group = house.resource("group");
    for (name, role) in [("mei", MANAGER), ("gao", GROUP_ADMINISTRATOR)] {
        let scope: Scope = if role == MANAGER { house.support.into() } else { group.into() };
        let who = house.with_role(name, role, scope);
        house.host().assign(who, AGENT, house.sales).unwrap();
        house.by(who).step_down(scope, Some(USER.into())).unwrap();
        let keeps = Permission::SEND_MESSAGES
            | Permission::RECEIVE_MESSAGES
            | Permission::VIEW_GROUPS
            | Permission::LIST_MEMBERS
            | Permission::LIST_ADMINISTRATORS;
        assert!(house.can(who, keeps, scope), "{name}");
        for lost in [Permission::ADD_MEMBERS, Permission::REMOVE_MEMBERS, Permission::EDIT_GROUPS] {
            assert!(!house.can(who, lost, scope), "{name}");
        }
        // And what they are elsewhere.
        assert!(house.can(who, Permission::USE_AI_SOURCES, house.sales), "{name}");
    }
}

#[test]
fn only_who_is_named_operates_a_sub_account() {
    let house = House::new();
    let account = house.resource("sub-account");
    let other = house.resource("sub-account");
    let adam = house.with_role("adam", ADMINISTRATOR, ROOT);
    let wu = house.member("wu");
    by_rule("G2", house.by(adam).assign(wu, SUB_ACCOUNT_OPERATOR, account));
    assert!(house.can(adam, Permission::EDIT_ACCOUNTS, ROOT));
    assert!(!house.can(adam, Permission::OPERATE_AS, account));
    house.by(house.lin).assign(wu, SUB_ACCOUNT_OPERATOR, account).unwrap();
    assert!(house.can(wu, Permission::OPERATE_AS, account));
    assert!(!house.can(wu, Permission::OPERATE_AS, other));
    assert!(!house.can(wu, Permission::EDIT_ACCOUNTS, ROOT));
    house.by(house.lin).assign(wu, SUB_ACCOUNT_OPERATOR, house.support).unwrap_err();
}

#[test]
fn an_archived_workspace_can_be_looked_at_and_not_worked_in() {
    let house = House::new();
    let wu = house.with_role("wu", AGENT, house.support);
    let own = house.owned("conversation", wu);
    let archive = Action::SetWorkspaceStatus(house.support, WorkspaceStatus::Archived);
    house.by(house.lin).perform([archive]).unwrap();
    assert!(house.can(wu, Permission::VIEW_CONVERSATIONS | Permission::VIEW_CONTACTS, own));
    assert!(!house.can(wu, Permission::REPLY, own));
    assert!(!house.can(wu, Permission::SEND_MESSAGES, house.support));
}

#[test]
fn a_manager_passes_on_work_until_an_end() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", USER, house.support);
    let deputy = NewAssignment::new(wu, MANAGER, house.support).delegated_by(mei).ends(end());
    house.by(mei).create_assignment(deputy).unwrap();
    assert!(house.can(wu, Permission::ASSIGN_CONVERSATIONS, house.support));
    // What was passed on is not given away.
    let bo = house.member("bo");
    by_rule("G2", house.by(wu).assign(bo, MANAGER, house.support));
}
