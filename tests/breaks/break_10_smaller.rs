//! Smaller ways around: limits of holders, logins of the departed, consents to oneself, and grants
//! so intricate that nobody could take them back.

use tenantry::model::{Assignee, Condition};
use tenantry::{
    Action, Networks, NewRole, PermissionNames, RoleDefinition, SubAccountId, SystemRole,
};

use crate::setup::*;
use crate::stage::*;

const RARE: SystemRole = SystemRole::new("rare");
const WIDER: SystemRole = SystemRole::new("wider");

/// One holder of RARE at most; WIDER includes it.
fn rare() -> House {
    let rare = RoleDefinition::new(RARE).any(Permission::BILL).holders(0, Some(1));
    let wider = RoleDefinition::new(WIDER).any(Permission::VIEW).includes([RARE]);
    let house = House::of(builder().define(rare).define(wider));
    house.with_role("first", RARE, house.support);
    house
}

#[test]
fn break_10a_who_holds_a_role_as_a_member_of_a_scope_holds_it() {
    let house = rare();
    house.with_role("second", AGENT, house.sales);
    let lin = house.by(house.lin);
    let members = Assignee::MembersOf(house.sales.into());
    house.refuses("I3", &lin, [Action::assign(members, RARE, house.support)]);
    house.refuses("I3", &house.host(), [Action::assign(members, RARE, ROOT)]);
    house.refuses("I3", &lin, [Action::assign(Assignee::MembersOf(ROOT), RARE, house.inbox)]);
}

#[test]
fn break_10a_who_becomes_a_member_of_a_scope_becomes_a_holder() {
    let rare = RoleDefinition::new(RARE).any(Permission::BILL).holders(0, Some(1));
    let house = House::of(builder().define(rare));
    let members = Assignee::MembersOf(house.sales.into());
    house.host().assign(members, RARE, house.support).unwrap();
    let (one, other) = (house.member("one"), house.member("other"));
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::assign(one, AGENT, house.sales)]);
    house.refuses("I3", &lin, [Action::assign(other, AGENT, house.sales)]);
}

#[test]
fn break_10a_who_holds_a_role_that_includes_it_holds_it() {
    let house = rare();
    let second = house.member("second");
    let lin = house.by(house.lin);
    house.refuses("I3", &lin, [Action::assign(second, WIDER, house.support)]);
    let custom = NewRole::new("Custom", Permission::VIEW).includes(RARE);
    let custom = house.host().create_role(&custom).unwrap();
    house.refuses("I3", &lin, [Action::assign(second, custom, house.sales)]);
    let team = house.team("team", None);
    house.host().assign(team, custom, house.sales).unwrap();
    house.refuses("I3", &lin, [in_team(second, team)]);
}

#[test]
fn break_10a_a_role_that_comes_to_include_it_makes_holders() {
    let house = rare();
    let plain = house.host().create_role(&NewRole::new("Plain", Permission::VIEW)).unwrap();
    house.with_role("second", plain, house.sales);
    let lin = house.by(house.lin);
    let more = lin.role(plain, &NewRole::new("Plain", Permission::VIEW).includes(RARE)).unwrap();
    house.refuses("I3", &lin, [Action::ReplaceRole(more)]);
}

/// Wu, who is denied REPLY in support, and somebody in charge of people and agents.
fn denied(house: &House) -> (SubAccountId, SubAccountId) {
    let people = Permission::PEOPLE | Permission::ASSIGN;
    let hr = holder(house, "hr", people | AGENTS, ROOT);
    let wu = house.with_role("wu", AGENT, house.support);
    house.host().deny(wu, Permission::REPLY, house.support).unwrap();
    (hr, wu)
}

/// Whoever signs in as wu, if anybody does, is not rid of wu's deny.
#[track_caller]
fn wu_is_denied(house: &House) {
    if let Some(wu) = house.snapshot().sub_account(login("wu")) {
        assert!(!house.can(wu, Permission::REPLY, house.support), "wu has shed the deny");
    }
}

#[test]
fn break_10b_a_deny_binds_every_login_that_its_account_had() {
    for departed in [true, false] {
        let house = House::new();
        let (hr, wu) = denied(&house);
        let by = house.by(hr);
        if departed {
            by.remove(wu, None).unwrap();
        }
        let _ = by.set_login(wu, &login("dummy"));
        if !departed {
            let _ = by.remove(wu, None);
        }
        let again = by.invite(&login("wu")).role(AGENT, house.support).issue();
        if let Ok(again) = again {
            let _ = house.directory.accept(&again.token, &login("wu"));
        }
        wu_is_denied(&house);
    }
}

#[test]
fn break_10b_a_member_made_under_the_old_login_is_bound_too() {
    let house = House::new();
    let (hr, wu) = denied(&house);
    let by = house.by(hr);
    by.remove(wu, None).unwrap();
    let _ = by.set_login(wu, &login("dummy"));
    if let Ok(new) = by.create_member(&login("wu")) {
        let _ = by.assign(new, AGENT, house.support);
    }
    wu_is_denied(&house);
}

#[test]
fn break_10b_two_accounts_that_exchange_logins_exchange_no_denies() {
    let house = House::new();
    let (hr, wu) = denied(&house);
    let by = house.by(hr);
    let other = by.create_member(&login("other")).unwrap();
    by.assign(other, AGENT, house.support).unwrap();
    let _ = by.set_login(wu, &login("dummy"));
    let _ = by.set_login(other, &login("wu"));
    wu_is_denied(&house);
}

/// Ada may let operators in and, by licence alone, assign agents in support. The organization of
/// the operators is ada's own.
fn oneself(house: &House) -> (SubAccountId, Vendor) {
    let ada = holder(house, "ada", Permission::HOUSE, ROOT);
    house.give(ada, USERS, house.support);
    (ada, Vendor::new(house))
}

#[test]
fn break_10c_a_consent_gives_what_its_giver_has_and_not_what_it_may_assign() {
    let house = House::new();
    let (ada, mine) = oneself(&house);
    let consent = mine.consent(1, house.support, house.names(AGENTS));
    let step = house.by(ada).perform([Action::GiveConsent(consent.clone())]).map(drop);
    assert!(!mine.can(&house, Permission::VIEW, house.support), "ada is an agent by consent");
    refused_by(&["G2"], step);
    // What ada holds itself, it lets others have.
    house.host().grant(ada, AGENTS, house.support).unwrap();
    house.accepts(&house.by(ada), [Action::GiveConsent(consent)]);
    assert!(mine.can(&house, Permission::VIEW, house.support));
}

#[test]
fn break_10c_a_consent_goes_with_its_giver() {
    let departures: [fn(&House, SubAccountId); 3] = [
        |house, ada| house.by(house.lin).remove(ada, None).unwrap(),
        |house, ada| house.by(house.lin).suspend(ada).unwrap(),
        |house, ada| house.by(ada).leave().unwrap(),
    ];
    for depart in departures {
        let house = House::new();
        let (ada, mine) = oneself(&house);
        house.host().grant(ada, Permission::VIEW, house.support).unwrap();
        let consent = mine.consent(1, house.support, house.names(Permission::VIEW));
        house.by(ada).perform([Action::GiveConsent(consent)]).unwrap();
        assert!(mine.can(&house, Permission::VIEW, house.support));
        depart(&house, ada);
        assert!(!mine.can(&house, Permission::VIEW, house.support), "ada is still there");
    }
}

#[test]
fn break_10c_a_consent_that_is_adopted_stays() {
    let house = House::new();
    let (ada, mine) = oneself(&house);
    house.host().grant(ada, Permission::VIEW, house.support).unwrap();
    let consent = mine.consent(1, house.support, house.names(Permission::VIEW));
    house.by(ada).perform([Action::GiveConsent(consent)]).unwrap();
    let bystander = house.with_role("dan", AGENT, house.support);
    house.refuses("G1", &house.by(bystander), [Action::Adopt(ada)]);
    house.accepts(&house.by(house.lin), [Action::Adopt(ada)]);
    house.by(house.lin).remove(ada, None).unwrap();
    assert!(mine.can(&house, Permission::VIEW, house.support));
}

#[test]
fn break_10c_an_owners_consent_stays_possible_and_goes_with_the_owner() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, PermissionNames::Full);
    house.accepts(&house.by(second), [Action::GiveConsent(consent)]);
    house.by(house.lin).remove(second, None).unwrap();
    assert!(!vendor.can(&house, Permission::VIEW, ROOT));
}

/// Conditions that cannot be told apart from each other's absence.
fn from_network(number: u8) -> Condition {
    Condition::Network(Networks::new([format!("10.{number}.0.0/16").parse().unwrap()]).unwrap())
}

/// Twenty conditional grants to b, as far as the host could make them.
fn intricate(house: &House) -> (SubAccountId, Vec<tenantry::AssignmentId>) {
    let b = house.member("b");
    let grants = (0..20).filter_map(|number| {
        let grant = house.bare(b, Permission::VIEW, house.support).when(from_network(number));
        house.host().create_assignment(grant).ok()
    });
    let grants: Vec<_> = grants.collect();
    assert!(grants.len() >= 12, "the story needs something intricate: {}", grants.len());
    (b, grants)
}

#[test]
fn break_10d_intricate_grants_are_revoked_one_by_one_and_all_at_once() {
    let house = House::new();
    let (_, grants) = intricate(&house);
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::Revoke(grants[0])]);
    house.accepts(&lin, grants[1..].iter().map(|id| Action::Revoke(*id)));
}

#[test]
fn break_10d_who_holds_intricate_grants_is_denied_bounded_ended_suspended_and_removed() {
    let house = House::new();
    let (b, _) = intricate(&house);
    let lin = house.by(house.lin);
    let deny = house.bare(b, Permission::VIEW, house.support).denying();
    house.accepts(&lin, [deny]);
    let conditional = house.bare(b, Permission::VIEW, ROOT).denying().when(Condition::Mfa);
    house.accepts(&lin, [conditional]);
    house.accepts(&lin, [Action::SetBoundary(b, Some(house.names(Permission::REPLY)))]);
    house.accepts(&lin, [Action::SetEnd(b, Some(at(5_000)))]);
    house.accepts(&lin, [Action::SetCredentialResetRequired(b, true)]);
    house.accepts(&lin, [Action::Suspend(b)]);
    house.accepts(&lin, [Action::Remove(b.into())]);
}

#[test]
fn break_10d_places_where_grants_are_intricate_are_limited() {
    let house = House::new();
    let _ = intricate(&house);
    let lin = house.by(house.lin);
    let names = house.names(all_but(Permission::EXPORT));
    house.accepts(&lin, [Action::SetCeiling(house.support.into(), Some(names.clone()))]);
    house.accepts(&lin, [Action::SetInheritance(house.support.into(), names)]);
    let archived = tenantry::model::WorkspaceStatus::Archived;
    house.accepts(&lin, [Action::SetWorkspaceStatus(house.support, archived)]);
}

#[test]
fn break_10d_a_team_with_intricate_grants_is_left_and_a_role_in_them_made_less() {
    let house = House::new();
    let host = house.host();
    let (b, team) = (house.member("b"), house.team("team", None));
    let role = host.create_role(&NewRole::new("Role", AGENTS)).unwrap();
    host.add_to_team(b, team).unwrap();
    for number in 0..20 {
        let grant = tenantry::NewAssignment::new(team, role, house.support);
        let _ = host.create_assignment(grant.when(from_network(number)));
    }
    let lin = house.by(house.lin);
    let less = lin.role(role, &NewRole::new("Role", Permission::VIEW)).unwrap();
    house.accepts(&lin, [Action::ReplaceRole(less)]);
    let place = tenantry::model::Membership { sub_account: b, team };
    house.accepts(&lin, [Action::RemoveFromTeam(place)]);
}
