//! G3: whoever loses something, or is suspended, flagged, reset or removed, administers nothing outside the actor's
//! reach; and only owners take from owners.

use std::collections::BTreeSet;

use tenantry::directory::CommitError;
use tenantry::model::{Assignee, OrganizationStatus};
use tenantry::{Action, Departure, NewAssignment, NewRole, Refusal, SubAccountId};

use crate::setup::*;

fn remove(sub_account: SubAccountId) -> Action {
    Action::Remove(Departure::from(sub_account))
}

#[test]
fn g3_who_administers_more_is_not_put_down() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", AGENT, house.support);
    let by = house.by(hr);
    // Mei manages scopes, which hr does not.
    for action in [
        Action::Suspend(mei),
        remove(mei),
        Action::SetCredentialResetRequired(mei, true),
        Action::SetBoundary(mei, Some(house.names(Permission::VIEW))),
        Action::SetEnd(mei, Some(at(2_000))),
    ] {
        house.refuses("G3", &by, [action]);
    }
    house.accepts(&by, [Action::SetCredentialResetRequired(wu, true)]);
    house.accepts(&by, [Action::Suspend(wu)]);
    house.accepts(&by, [remove(wu)]);
}

#[test]
fn g3_a_step_that_is_taken_back_in_the_same_commit_is_a_step() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let mei = house.with_role("mei", MANAGER, house.support);
    house.by(mei).invite(&login("new")).role(AGENT, house.support).issue().unwrap();
    // It would take along what mei has begun.
    house.refuses("G3", &house.by(hr), [Action::Suspend(mei), Action::Reinstate(mei)]);
}

#[test]
fn g3_what_a_holder_does_outside_the_place_counts_for_accounts_and_not_for_assignments() {
    let house = House::new();
    let chief = house.with_role("chief", MANAGER, house.support);
    house.host().grant(chief, Permission::PEOPLE, ROOT).unwrap();
    let wu = house.with_role("wu", AGENT, house.support);
    house.give(wu, MANAGER, house.sales);
    let agent = house.give(wu, COLLEAGUE, house.support);
    let by = house.by(chief);
    house.refuses("G3", &by, [Action::Suspend(wu)]);
    // In support, where something is taken, wu administers nothing.
    house.accepts(&by, [Action::Revoke(agent)]);
}

#[test]
fn g3_what_is_administered_above_counts_when_administration_is_lost() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let boss = house.member("boss");
    house.host().grant(boss, Permission::TEAMS, ROOT).unwrap();
    let managing = house.give(boss, MANAGER, house.inbox);
    let viewing = house.host().grant(boss, Permission::EXPORT, house.inbox).unwrap();
    // Teams are no affair of a resource; above it they are. Mei has reach over all that is administered at the inbox.
    let by = house.by(mei);
    house.refuses("G3", &by, [Action::Revoke(managing)]);
    house.accepts(&by, [Action::Revoke(viewing)]);
}

#[test]
fn g3_a_licence_outside_the_actors_reach_outranks_it() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let (plain, licensed) = (house.member("plain"), house.member("licensed"));
    let assigns = |name: &str| {
        NewRole::new("x", Permission::VIEW).assigns(match name {
            "exporter" => EXPORTER,
            _ => AGENT,
        })
    };
    let strong = house.host().create_role(&assigns("exporter")).unwrap();
    let weak = house.host().create_role(&assigns("agent")).unwrap();
    let of_plain = house.give(plain, weak, house.support);
    let of_licensed = house.give(licensed, strong, house.support);
    let by = house.by(mei);
    house.refuses("G3", &by, [Action::Revoke(of_licensed)]);
    house.accepts(&by, [Action::Revoke(of_plain)]);
}

#[test]
fn g3_reach_by_licence_is_reach_over_those_who_have_it() {
    let house = House::new();
    let chief = house.with_role("chief", CHIEF, ROOT);
    let ada = house.member("ada");
    let of_ada = house.give(ada, USERS, house.support);
    // The chief does not hold PEOPLE or TEAMS, and could assign them.
    house.accepts(&house.by(chief), [Action::Revoke(of_ada)]);
}

#[test]
fn g3_only_owners_take_from_owners() {
    let house = House::new();
    let everything = NewRole::full("Full");
    let full = house.host().create_role(&everything).unwrap();
    let ada = house.with_role("ada", full, ROOT);
    let second = house.with_role("second", OWNER, ROOT);
    let extra = house.give(second, AGENT, house.support);
    let by = house.by(ada);
    for action in [
        Action::Suspend(second),
        remove(second),
        Action::SetCredentialResetRequired(second, true),
        Action::TransferOwnership { from: second, to: ada },
    ] {
        house.refuses("G3", &by, [action]);
    }
    house.refuses("G3", &by, [house.bare(second, Permission::EXPORT, house.inbox).denying()]);
    let mask = Action::SetInheritance(house.support.into(), house.names(AGENTS));
    house.refuses("G3", &by, [mask]);
    // What costs an owner nothing is nothing.
    house.accepts(&by, [Action::Revoke(extra)]);
    house.accepts(&house.by(house.lin), [Action::Suspend(second)]);
}

#[test]
fn g3_denies_masks_and_ceilings_take_too() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let peer = house.with_role("peer", MANAGER, house.support);
    let boss = house.with_role("boss", MANAGER, house.support);
    house.give(boss, CHIEF, house.support);
    let by = house.by(mei);
    let deny = |who: SubAccountId| house.bare(who, Permission::VIEW, house.support).denying();
    house.refuses("G3", &by, [deny(boss)]);
    house.accepts(&by, [deny(peer)]);
    let everybody = Assignee::MembersOf(house.support.into());
    house.refuses("G3", &by, [house.bare(everybody, Permission::VIEW, house.support).denying()]);
    let limit = Some(house.names(AGENTS));
    house.refuses("G3", &by, [Action::SetCeiling(house.support.into(), limit)]);
}

#[test]
fn g3_what_is_lost_later_or_in_some_sessions_is_lost() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let boss = house.with_role("boss", CHIEF, house.support);
    house.give(boss, AGENT, house.support);
    let deny = house.bare(boss, Permission::VIEW, house.support).denying();
    let by = house.by(mei);
    house.refuses("G3", &by, [deny.clone().starts(at(9_000))]);
    house.refuses("G3", &by, [deny.when(tenantry::model::Condition::Mfa)]);
}

#[test]
fn g3_what_is_lost_by_a_team_by_a_role_and_by_a_label() {
    let house = House::new();
    let boss = house.with_role("boss", OWNER, house.support);
    let team = house.team("team", None);
    house.host().add_to_team(boss, team).unwrap();
    house.host().assign(team, EXPORTER, house.sales).unwrap();
    // Boss administers everything in support, and exports in sales by a team. Whose loss it is depends on where.
    let ada = house.member("ada");
    house.host().grant(ada, Permission::TEAMS | Permission::SCOPES, ROOT).unwrap();
    let leave = tenantry::model::Membership { sub_account: boss, team };
    house.accepts(&house.by(ada), [Action::RemoveFromTeam(leave)]);
    house.host().assign(team, EXPORTER, house.support).unwrap();
    house.host().add_to_team(boss, team).unwrap();
    // What the team gives in support boss has anyway.
    house.accepts(&house.by(ada), [Action::DeleteTeam(team)]);

    let vip = tenantry::Label::new("vip").unwrap();
    let host = house.host();
    host.perform([Action::SetLabels(house.support.into(), BTreeSet::from([vip.clone()]))]).unwrap();
    let clerk = house.member("clerk");
    host.create_assignment(
        house.bare(clerk, Permission::BILL | Permission::HOUSE, ROOT).labelled(vip),
    )
    .unwrap();
    house.give(clerk, CHIEF, house.support);
    house.refuses("G3", &house.by(ada), [Action::SetLabels(house.support.into(), BTreeSet::new())]);
}

#[test]
fn g3_a_scope_that_goes_for_everybody_is_no_loss() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    house.with_role("boss", OWNER, house.support);
    let by = house.by(mei);
    let archived = tenantry::model::WorkspaceStatus::Archived;
    house.accepts(&by, [Action::SetWorkspaceStatus(house.support, archived)]);
    house.accepts(&by, [Action::DeleteWorkspace(house.support)]);
}

#[test]
fn g3_a_suspended_boss_keeps_its_rank() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let boss = house.with_role("boss", MANAGER, house.support);
    house.host().suspend(boss).unwrap();
    house.refuses("G3", &house.by(hr), [remove(boss)]);
    let of_boss = house.snapshot();
    let mut of_boss = of_boss.organization().assignments().values();
    let assigned = of_boss.find(|it| it.assignee == boss.into()).unwrap().id;
    house.refuses("G3", &house.by(hr), [Action::Revoke(assigned)]);
}

#[test]
fn g3_a_service_does_not_take_from_its_owner_what_others_may_not() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    let bot = house.service(second);
    house.host().grant(bot, Permission::ASSIGN | Permission::PEOPLE, ROOT).unwrap();
    let made = house.snapshot();
    let mut made = made.organization().assignments().values();
    let owning = made.find(|it| it.assignee == second.into()).unwrap().id;
    let by = house.by(bot);
    house.refuses("G3", &by, [Action::Revoke(owning)]);
    house.refuses("G3", &by, [Action::Suspend(second)]);
}

#[test]
fn g3_what_a_service_could_hand_out_counts_up_to_its_owners_reach() {
    // The bot may assign agents. Its owner may not, and is all that an agent is.
    let house = House::new();
    let owner = house.with_role("owner", MANAGER, house.support);
    let bot = house.service(owner);
    house.give(bot, USERS, house.support);
    let seen = house.host().grant(bot, Permission::VIEW, house.support).unwrap();
    let mei = house.member("mei");
    house.host().grant(mei, Permission::ASSIGN | Permission::VIEW, house.support).unwrap();
    house.refuses("G3", &house.by(mei), [Action::Revoke(seen)]);
    house.host().grant(mei, Permission::REPLY, house.support).unwrap();
    house.accepts(&house.by(mei), [Action::Revoke(seen)]);
}

#[test]
fn g3_a_restriction_in_time_is_a_loss_and_a_longer_one_is_not() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let boss = house.with_role("boss", CHIEF, house.support);
    let timed = NewAssignment::new(boss, AGENT, house.support).ends(at(5_000));
    let timed = house.host().create_assignment(timed).unwrap();
    let by = house.by(mei);
    let agent = NewAssignment::new(boss, AGENT, house.support);
    house.refuses("G3", &by, [Action::Revoke(timed), agent.clone().ends(at(4_000)).into()]);
    house.accepts(&by, [Action::Revoke(timed), agent.ends(at(6_000)).into()]);
}

#[test]
fn g3_only_owners_shut_the_organization() {
    let house = House::new();
    let clerk = house.member("clerk");
    house.host().grant(clerk, Permission::all(), ROOT).unwrap();
    let lock = Action::SetOrganizationStatus(OrganizationStatus::Suspended);
    let close = Action::SetOrganizationStatus(OrganizationStatus::Closed);
    for shut in [&lock, &close] {
        let refused = house.refuses("G3", &house.by(clerk), [shut.clone()]);
        let shuts = CommitError::Refused(Refusal::ShutsOwnersOut);
        assert_eq!(refused.to_string(), shuts.to_string());
    }
    house.accepts(&house.by(house.lin), [lock]);
    let open = Action::SetOrganizationStatus(OrganizationStatus::Active);
    house.refuses("G1", &house.by(house.lin), [open.clone()]);
    house.accepts(&house.host(), [open]);
}

/// Whoever signs in as an owner keeps that owner out.
#[test]
fn g3_only_owners_give_an_owner_another_login() {
    let house = House::new();
    let full = house.host().create_role(&NewRole::full("All")).unwrap();
    let chief = house.with_role("chief", full, ROOT);
    let takes = Action::SetLogin(house.lin, login("other"));
    house.refuses("G3", &house.by(chief), [takes.clone()]);
    let wu = house.with_role("wu", AGENT, ROOT);
    house.accepts(&house.by(chief), [Action::SetLogin(wu, login("new wu"))]);
    let second = house.with_role("second", OWNER, ROOT);
    house.accepts(&house.by(second), [takes]);
}

#[test]
fn g3_an_owner_who_is_kept_out_is_an_owner() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    // Reaches all that an owner administers, and is none.
    let chief = house.member("chief");
    house.host().grant(chief, Permission::all(), ROOT).unwrap();
    house.host().suspend(second).unwrap();
    house.refuses("G3", &house.by(chief), [remove(second)]);
    house.accepts(&house.by(house.lin), [remove(second)]);
}
