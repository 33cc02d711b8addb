//! What somebody has begun never becomes the host's by way of an operator.

use tenantry::{Action, PermissionNames, Status};

use crate::setup::*;
use crate::stage::*;

/// An operator who is let in everywhere.
fn operator(house: &House) -> Vendor {
    let vendor = Vendor::new(house);
    let consent = vendor.consent(1, ROOT, PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    vendor
}

#[test]
fn break_04_an_operator_adopts_no_invitation_into_an_empty_team() {
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN | Permission::TEAMS, ROOT);
    let team = house.by(m).create_team("Empty").unwrap();
    let mate = house.by(m).invite(&login("mate")).team(team).issue().unwrap();
    let vendor = operator(&house);
    let step = vendor.operate(&house).adopt(m);
    // The owner removes m, and then fills the team, which nobody is in.
    house.by(house.lin).remove(m, None).unwrap();
    house.by(house.lin).assign(team, EXPORTER, house.support).unwrap();
    let accepted = house.directory.accept(&mate.token, &login("mate"));
    assert!(!house.can(mate.sub_account, Permission::EXPORT, house.support), "the mate exports");
    assert!(accepted.is_err(), "m is gone, and so is its invitation");
    assert_eq!(status(&house, mate.sub_account), Status::Removed);
    refused_by(&["G1", "G7"], step);
}

#[test]
fn break_04_an_operator_adopts_no_invitation_that_promises_something() {
    let house = House::new();
    let m = house.with_role("m", MANAGER, ROOT);
    let mate = house.by(m).invite(&login("mate")).role(AGENT, house.sales).issue().unwrap();
    let vendor = operator(&house);
    refuses(&house, &["G1", "G2", "G7"], &vendor.operate(&house), &[Action::Adopt(m)]);
    house.by(house.lin).remove(m, None).unwrap();
    house.directory.accept(&mate.token, &login("mate")).unwrap_err();
}

#[test]
fn break_04_an_operator_adopts_no_assignment_that_has_not_started() {
    let house = House::new();
    let m = house.with_role("m", MANAGER, ROOT);
    let mate = house.member("mate");
    // A role that gives nothing yet. Its owner fills it after m has gone.
    let nothing = tenantry::NewRole::new("Role", Permission::empty());
    let role = house.host().create_role(&nothing).unwrap();
    let later = tenantry::NewAssignment::new(mate, role, house.support).starts(at(5_000));
    house.by(m).create_assignment(later).unwrap();
    let vendor = operator(&house);
    let step = vendor.operate(&house).adopt(m);
    let lin = house.by(house.lin);
    lin.suspend(m).unwrap();
    lin.replace_role(role, &tenantry::NewRole::new("Role", AGENTS)).unwrap();
    house.turn_clock_to(5_000);
    assert!(!house.can(mate, Permission::VIEW, house.support), "what m began has started");
    refused_by(&["G1", "G2", "G7"], step);
}
