//! What somebody has begun never becomes the host's by way of an operator.

use tenantry::{Action, PermissionNames, Status};

use crate::setup::*;
use crate::stage::*;

#[test]
fn break_04_an_operator_adopts_no_invitation() {
    let house = House::new();
    let m = house.with_role("m", MANAGER, ROOT);
    let team = house.team("empty", None);
    let mate = house.by(m).invite(&login("mate")).role(AGENT, house.sales).team(team);
    let mate = mate.issue().unwrap();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let step = vendor.operate(&house).adopt(m);
    // The owner removes m, and then fills the team, which nobody is in.
    house.by(house.lin).remove(m, None).unwrap();
    house.by(house.lin).assign(team, EXPORTER, house.support).unwrap();
    let accepted = house.directory.accept(&mate.token, &login("mate"));
    assert!(!house.can(mate.sub_account, Permission::EXPORT, house.support), "the mate exports");
    assert!(accepted.is_err(), "m is gone, and so is its invitation");
    assert_eq!(status(&house, mate.sub_account), Status::Removed);
    refused_by(&["G7"], step);
}

#[test]
fn break_04_an_operator_adopts_an_invitation_to_nothing_but_an_empty_team_neither() {
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN | Permission::TEAMS, ROOT);
    let team = house.by(m).create_team("Empty").unwrap();
    let mate = house.by(m).invite(&login("mate")).team(team).issue().unwrap();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    house.refuses("G7", &vendor.operate(&house), [Action::Adopt(m)]);
    house.by(house.lin).remove(m, None).unwrap();
    house.by(house.lin).assign(team, EXPORTER, house.support).unwrap();
    house.directory.accept(&mate.token, &login("mate")).unwrap_err();
}

#[test]
fn break_04_an_operator_adopts_no_assignment_that_has_not_started() {
    let house = House::new();
    let m = house.with_role("m", MANAGER, ROOT);
    let mate = house.member("mate");
    let team = house.team("empty", None);
    house.host().add_to_team(mate, team).unwrap();
    // A role that gives nothing yet; a manager may hand that out.
    let role = house.host().create_role(&tenantry::NewRole::new("Role", AGENTS)).unwrap();
    let later = tenantry::NewAssignment::new(team, role, house.support).starting(at(5_000));
    house.by(m).make(later).unwrap();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    house.refuses("G7", &vendor.operate(&house), [Action::Adopt(m)]);
    house.by(house.lin).suspend(m).unwrap();
    house.turn_clock_to(5_000);
    assert!(!house.can(mate, Permission::VIEW, house.support));
}
