//! K6: what only shrinks is never refused for being intricate, and what does more than shrink is
//! judged, however small it looks.

use tenantry::model::{Assignee, Condition, Membership};
use tenantry::{
    Action, AssignmentId, Label, Networks, NewAssignment, NewRole, PermissionNames, SubAccountId,
};

use crate::setup::*;
use crate::stage::*;

fn from_network(number: u8) -> Condition {
    Condition::Network(Networks::new([format!("10.{number}.0.0/16").parse().unwrap()]).unwrap())
}

/// Twenty conditional grants of VIEW in support to somebody, more than can be told apart.
fn intricate(house: &House, to: impl Into<Assignee>) -> Vec<AssignmentId> {
    let to = to.into();
    let grant = |number| house.bare(to, Permission::VIEW, house.support).when(from_network(number));
    (0..20).map(|number| house.host().create_assignment(grant(number)).unwrap()).collect()
}

#[test]
fn kind_6_an_ordinary_administrator_takes_back_what_is_intricate() {
    // Accepted: nothing of it governs, so nobody is outranked.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let b = house.member("b");
    let grants = intricate(&house, b);
    let by = house.by(mei);
    house.accepts(&by, [Action::Revoke(grants[0])]);
    house.accepts(&by, [house.bare(b, Permission::VIEW, house.support).denying()]);
    house.accepts(&by, grants[1..].iter().map(|id| Action::Revoke(*id)));
}

#[test]
fn kind_6_hr_keeps_out_who_holds_what_is_intricate() {
    let house = House::new();
    let hr = holder(&house, "hr", Permission::PEOPLE, ROOT);
    let b = house.host().create_guest(&login("b"), at(9_000)).unwrap();
    intricate(&house, b);
    let by = house.by(hr);
    house.accepts(&by, [Action::SetEnd(b, Some(at(5_000)))]);
    house.accepts(&by, [Action::SetBoundary(b, Some(house.names(AGENTS)))]);
    house.accepts(&by, [Action::SetBoundary(b, Some(house.names(Permission::VIEW)))]);
    house.accepts(&by, [Action::SetCredentialResetRequired(b, true)]);
    house.accepts(&by, [Action::Suspend(b)]);
    house.accepts(&by, [Action::Remove(b.into())]);
}

#[test]
fn kind_6_who_holds_what_is_intricate_gives_it_up() {
    let house = House::new();
    let b = house.member("b");
    let grants = intricate(&house, b);
    let team = house.team("team", None);
    house.host().add_to_team(b, team).unwrap();
    house.accepts(&house.by(b), [Action::Revoke(grants[3])]);
    let place = Membership { sub_account: b, team };
    house.accepts(&house.by(b), [Action::RemoveFromTeam(place)]);
    house.accepts(&house.by(b), [Action::Leave(b.into())]);
}

#[test]
fn kind_6_an_intricate_team_and_intricate_members_of_a_scope_lose() {
    let house = House::new();
    let b = house.with_role("b", AGENT, house.sales);
    let team = house.team("team", None);
    house.host().add_to_team(b, team).unwrap();
    let by_team = intricate(&house, team);
    let members = Assignee::MembersOf(house.sales.into());
    let by_membership = intricate(&house, members);
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::Revoke(by_team[0])]);
    house.accepts(&lin, [Action::Revoke(by_membership[0])]);
    house.accepts(&lin, [Action::RemoveFromTeam(Membership { sub_account: b, team })]);
    house.accepts(&lin, [Action::Suspend(b)]);
}

#[test]
fn kind_6_an_allow_is_replaced_by_a_part_of_itself() {
    // Accepted: names by part, a window within, more conditions, a smaller reach.
    let house = House::new();
    let b = house.member("b");
    intricate(&house, b);
    let role = house.host().create_role(&NewRole::new("Role", AGENTS)).unwrap();
    let whole = |house: &House| NewAssignment::new(b, role, house.support);
    let lin = house.by(house.lin);
    let parts = [
        house.bare(b, AGENTS, house.support),
        whole(&house).ends(at(5_000)),
        whole(&house).starts(at(5_000)),
        whole(&house).when(Condition::Mfa),
        whole(&house).here(),
        whole(&house).labelled(Label::new("vip").unwrap()),
    ];
    for (number, part) in parts.into_iter().enumerate() {
        let held = house.host().create_assignment(whole(&house)).unwrap();
        let step = lin.perform([Action::Revoke(held), part.into()]);
        assert!(step.is_ok(), "part number {number}: {}", step.unwrap_err());
    }
}

#[test]
fn kind_6_a_deny_is_widened() {
    // Accepted: names more, a wider window, fewer conditions.
    let house = House::new();
    let b = house.member("b");
    intricate(&house, b);
    let deny = |what| house.bare(b, what, house.support).denying();
    let narrow = deny(Permission::VIEW).when(Condition::Mfa).starts(at(2_000)).ends(at(3_000));
    let wider = [
        deny(AGENTS).when(Condition::Mfa).starts(at(2_000)).ends(at(3_000)),
        deny(Permission::VIEW).starts(at(2_000)).ends(at(3_000)),
        deny(Permission::VIEW).when(Condition::Mfa).ends(at(3_000)),
        deny(Permission::VIEW).when(Condition::Mfa).starts(at(2_000)),
        deny(AGENTS),
    ];
    let lin = house.by(house.lin);
    for (number, wide) in wider.into_iter().enumerate() {
        let held = house.host().create_assignment(narrow.clone()).unwrap();
        let step = lin.perform([Action::Revoke(held), wide.into()]);
        assert!(step.is_ok(), "deny number {number}: {}", step.unwrap_err());
    }
}

#[test]
fn kind_6_consents_end_and_invitations_and_requests_are_withdrawn() {
    let house = House::new();
    let b = house.member("b");
    let request = house.by(b).request_access(AGENT, house.support, at(9_000)).unwrap();
    intricate(&house, b);
    intricate(&house, Assignee::MembersOf(ROOT));
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, house.support, PermissionNames::Full);
    house.host().perform([Action::GiveConsent(consent)]).unwrap();
    let wu = house.host().invite(&login("wu")).role(AGENT, house.support).issue().unwrap();
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::EndConsent(tenantry::ConsentId::from_u128(1))]);
    house.accepts(&lin, [Action::WithdrawInvitation(wu.invitation)]);
    house.accepts(&lin, [Action::Reject(request)]);
}

#[test]
fn kind_6_who_is_outranked_takes_nothing_however_small_the_step() {
    // Recognised by its rows, a step is still judged by rank.
    let house = House::new();
    let hr = holder(&house, "hr", Permission::PEOPLE | Permission::ASSIGN, ROOT);
    let boss = house.with_role("boss", MANAGER, house.support);
    intricate(&house, boss);
    let by = house.by(hr);
    house.refuses("G3", &by, [Action::Suspend(boss)]);
    house.refuses("G3", &by, [Action::SetBoundary(boss, Some(house.names(AGENTS)))]);
    house.refuses("G3", &by, [Action::Revoke(holding(&house, boss, MANAGER))]);
    house.refuses("G3", &by, [Action::Suspend(house.lin)]);
}

#[test]
fn kind_6_the_last_owner_does_not_go_however_intricate() {
    let house = House::new();
    intricate(&house, house.lin);
    house.refuses("I1", &house.by(house.lin), [Action::Leave(house.lin.into())]);
    house.refuses("I1", &house.host(), [Action::Revoke(holding(&house, house.lin, OWNER))]);
}

/// Somebody who may do all this and has nothing else; and b, who exports in sales.
fn plain(house: &House, administers: Permission) -> (SubAccountId, SubAccountId) {
    let m = holder(house, "m", administers, ROOT);
    (m, holder(house, "b", Permission::EXPORT, house.sales))
}

#[test]
fn kind_6_a_role_that_stands_in_a_deny_is_not_made_less_for_free() {
    // b would export at once, by the deny that shrinks with the role. Roles that hold it too.
    for included in [false, true] {
        let house = House::new();
        let (m, b) = plain(&house, Permission::ROLES | AGENTS);
        let whole = NewRole::new("Role", Permission::VIEW | Permission::EXPORT);
        let role = house.host().create_role(&whole).unwrap();
        let outer = NewRole::new("Outer", Permission::VIEW).includes(role);
        let outer = house.host().create_role(&outer).unwrap();
        let denied = if included { outer } else { role };
        house.host().create_assignment(NewAssignment::new(b, denied, ROOT).denying()).unwrap();
        let step = house.by(m).replace_role(role, &NewRole::new("Role", Permission::VIEW));
        assert!(!house.can(b, Permission::EXPORT, house.sales), "b exports");
        refused_by(&["G2"], step);
        house.refuses("G2", &house.by(m), [Action::DeleteRole(role)]);
    }
}

#[test]
fn kind_6_a_team_that_stands_in_a_deny_is_not_left_for_free() {
    // b would export at once. The deny names the team, or one above it.
    for above in [false, true] {
        let house = House::new();
        let (m, b) = plain(&house, Permission::TEAMS);
        let outer = house.team("outer", None);
        let inner = house.team("inner", Some(outer));
        house.host().add_to_team(b, inner).unwrap();
        let named = if above { outer } else { inner };
        house
            .host()
            .create_assignment(NewAssignment::new(named, EXPORTER, ROOT).denying())
            .unwrap();
        let leave = Action::RemoveFromTeam(Membership { sub_account: b, team: inner });
        house.refuses("G2", &house.by(m), [leave.clone()]);
        house.refuses("G2", &house.by(m), [Action::DeleteTeam(inner)]);
        refuses(&house, &["G1", "G2", "G4"], &house.by(b), &[leave]);
        if above {
            house.refuses("G2", &house.by(m), [Action::MoveTeam(inner, None)]);
        }
    }
}

#[test]
fn kind_6_membership_of_a_scope_that_stands_in_a_deny_is_not_left_for_free() {
    // The allow in support makes b a member of it, and members of support are denied in sales.
    let house = House::new();
    let (m, b) = plain(&house, Permission::ASSIGN | AGENTS | Permission::SCOPES);
    let agent = house.give(b, AGENT, house.support);
    let members = Assignee::MembersOf(house.support.into());
    house
        .host()
        .create_assignment(NewAssignment::new(members, EXPORTER, house.sales).denying())
        .unwrap();
    let by = house.by(m);
    house.refuses("G2", &by, [Action::Revoke(agent)]);
    let shorter = NewAssignment::new(b, AGENT, house.support).ends(at(5_000));
    house.refuses("G2", &by, [Action::Revoke(agent), shorter.into()]);
    let narrower = NewAssignment::new(b, AGENT, house.support).when(Condition::Mfa);
    house.refuses("G2", &by, [Action::Revoke(agent), narrower.into()]);
    house.refuses("G2", &by, [Action::DeleteWorkspace(house.support)]);
    let down = Action::StepDown { sub_account: b, scope: house.support.into(), into: None };
    refuses(&house, &["G1", "G2", "G4"], &house.by(b), &[Action::Revoke(agent)]);
    let _ = house.by(b).perform([down]);
    assert!(!house.can(b, Permission::EXPORT, house.sales), "b exports");
}

#[test]
fn kind_6_membership_by_a_team_that_stands_in_a_deny_is_not_left_for_free() {
    let house = House::new();
    let (m, b) = plain(&house, Permission::ASSIGN | AGENTS | Permission::TEAMS);
    let team = house.team("agents", None);
    house.host().add_to_team(b, team).unwrap();
    let agents = house.host().assign(team, AGENT, house.support).unwrap();
    let members = Assignee::MembersOf(house.support.into());
    house
        .host()
        .create_assignment(NewAssignment::new(members, EXPORTER, house.sales).denying())
        .unwrap();
    let leave = Action::RemoveFromTeam(Membership { sub_account: b, team });
    for step in [Action::Revoke(agents), leave, Action::DeleteTeam(team)] {
        house.refuses("G2", &house.by(m), [step]);
    }
}

#[test]
fn kind_6_labels_by_which_a_deny_reaches_are_not_taken_off_for_free() {
    let house = House::new();
    let (m, b) = plain(&house, Permission::SCOPES);
    house.host().set_labels(house.sales, ["vip"]).unwrap();
    let vip = Label::new("vip").unwrap();
    let deny = house.bare(b, Permission::EXPORT, ROOT).denying().labelled(vip);
    house.host().create_assignment(deny).unwrap();
    let step = house.by(m).set_labels(house.sales, std::iter::empty::<&str>());
    assert!(!house.can(b, Permission::EXPORT, house.sales), "b exports");
    refused_by(&["G1", "G2"], step);
}

#[test]
fn kind_6_a_deny_made_narrower_is_a_gain() {
    let house = House::new();
    let (m, b) = plain(&house, Permission::ASSIGN);
    let whole = || house.bare(b, Permission::EXPORT, house.sales).denying();
    let deny = house.host().create_assignment(whole()).unwrap();
    let narrower = [
        whole().here(),
        whole().labelled(Label::new("vip").unwrap()),
        whole().ends(at(5_000)),
        whole().starts(at(5_000)),
        whole().when(Condition::Mfa),
        house.bare(b, Permission::VIEW, house.sales).denying(),
        house.bare(m, Permission::EXPORT, house.sales).denying(),
        house.bare(b, Permission::EXPORT, house.inbox).denying(),
    ];
    for narrow in narrower {
        house.refuses("G2", &house.by(m), [Action::Revoke(deny), narrow.into()]);
    }
    house.refuses("G2", &house.by(m), [Action::Revoke(deny)]);
}

#[test]
fn kind_6_one_step_that_grows_among_many_that_shrink_is_found() {
    // Completed at once: the last of them is a gain.
    let house = House::new();
    let (m, b) = plain(&house, Permission::ASSIGN | Permission::PEOPLE | AGENTS);
    let deny = house.host().deny(b, Permission::EXPORT, house.sales).unwrap();
    let wu = house.with_role("wu", AGENT, house.support);
    let shrink = [Action::Revoke(holding(&house, wu, AGENT)), Action::Suspend(wu)];
    house.refuses("G2", &house.by(m), shrink.iter().cloned().chain([Action::Revoke(deny)]));
    house.accepts(&house.by(m), shrink);
}

#[test]
fn kind_6_limits_that_are_exchanged_are_no_smaller() {
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE | Permission::SCOPES | Permission::VIEW, ROOT);
    let b = house.with_role("b", EXPORTER, house.support);
    house.give(b, AGENT, house.support);
    house.host().set_boundary(b, Some(AGENTS)).unwrap();
    ceiling(&house, house.support, AGENTS | Permission::SCOPES);
    let other = house.names(Permission::VIEW | Permission::EXPORT);
    house.refuses("G2", &house.by(m), [Action::SetBoundary(b, Some(other.clone()))]);
    house.host().set_boundary(b, None).unwrap();
    // It also takes REPLY from owners there.
    let exchanged = Action::SetCeiling(house.support.into(), Some(other));
    refuses(&house, &["G2", "G3"], &house.by(m), &[exchanged]);
}

#[test]
fn kind_6_denies_stay_when_their_maker_goes_in_whatever_way() {
    // Completed by the clock: the deny starts though its maker is gone.
    let ways: [fn(&House, SubAccountId); 4] = [
        |house, mei| house.by(mei).leave().unwrap(),
        |house, mei| house.by(house.lin).remove(mei, None).unwrap(),
        |house, mei| house.by(house.lin).require_credential_reset(mei).unwrap(),
        |house, mei| house.host().suspend(mei).unwrap(),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let house = House::new();
        let mei = house.with_role("mei", MANAGER, house.support);
        let wu = house.with_role("wu", AGENT, house.support);
        let deny = house.bare(wu, Permission::REPLY, house.support).denying();
        house.by(mei).create_assignment(deny.starts(at(5_000))).unwrap();
        way(&house, mei);
        house.turn_clock_to(5_000);
        assert!(!house.can(wu, Permission::REPLY, house.support), "way number {number}");
    }
}

#[test]
fn kind_6_a_service_that_changes_hands_leaves_its_denies() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let bot = house.service(mei);
    house.give(bot, MANAGER, house.support);
    let wu = house.with_role("wu", AGENT, house.support);
    let deny = house.bare(wu, Permission::REPLY, house.support).denying();
    house.by(bot).create_assignment(deny.starts(at(5_000))).unwrap();
    house.by(house.lin).set_service_owner(bot, house.lin).unwrap();
    house.turn_clock_to(5_000);
    assert!(!house.can(wu, Permission::REPLY, house.support));
}
