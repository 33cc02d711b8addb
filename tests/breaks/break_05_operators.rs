//! Operators gain like anybody else: what a consent lets in is held by somebody.

use tenantry::{Action, PermissionNames};

use crate::setup::*;
use crate::stage::*;

#[test]
fn break_05_nothing_is_moved_to_where_a_consent_shows_it_to_operators() {
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, house.sales, house.names(AGENTS));
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let step = house.by(m).move_resource(house.inbox, house.sales);
    assert!(!vendor.can(&house, Permission::VIEW, house.inbox), "the operator reads the inbox");
    refused_by(&["G2"], step);
    house.refuses("G2", &house.by(m), [Action::MoveResource(house.inbox, house.sales.into())]);
    // Somebody who holds what operators gain there moves it.
    let mei = house.with_role("mei", MANAGER, ROOT);
    house.accepts(&house.by(mei), [Action::MoveResource(house.inbox, house.sales.into())]);
    assert!(vendor.can(&house, Permission::VIEW, house.inbox));
}

/// A workspace that a mask shuts to owners and a ceiling to EXPORT, with a consent of its own.
fn shut(house: &House, vendor: &Vendor) {
    let lin = house.by(house.lin);
    let mask = house.names(Permission::EXPORT | Permission::SCOPES);
    let consent = vendor.consent(1, house.support, mask);
    lin.perform([Action::GiveConsent(consent)]).unwrap();
    ceiling(house, house.support, all_but(Permission::EXPORT));
    let none = Action::SetInheritance(house.support.into(), PermissionNames::none());
    house.host().perform([none]).unwrap();
    assert!(!house.can(house.lin, Permission::VIEW, house.support));
    assert!(!vendor.can(house, Permission::EXPORT, house.support));
}

#[test]
fn break_05_a_ceiling_under_which_operators_stand_is_lifted_by_who_covers_them() {
    let house = House::new();
    let vendor = Vendor::new(&house);
    shut(&house, &vendor);
    let m = holder(&house, "m", Permission::SCOPES, house.support);
    let step = house.by(m).set_ceiling(house.support, None);
    assert!(!vendor.can(&house, Permission::EXPORT, house.support), "the operator exports");
    refused_by(&["G2"], step);
}

#[test]
fn break_05_an_operator_lifts_no_ceiling_over_itself() {
    let house = House::new();
    let vendor = Vendor::new(&house);
    shut(&house, &vendor);
    let step = vendor.operate(&house).set_ceiling(house.support, None);
    assert!(!vendor.can(&house, Permission::EXPORT, house.support), "the operator exports");
    refused_by(&["G2", "G4"], step);
}

#[test]
fn break_05_an_operator_is_all_operators_of_its_organization() {
    // One operator has only SCOPES at home. What it opens, its colleague there would have.
    let house = House::new();
    let vendor = Vendor::new(&house);
    shut(&house, &vendor);
    let home = house.directory.system("test").administer(vendor.organization);
    let otto = home.create_member(&login("otto")).unwrap();
    home.grant(otto, Permission::SCOPES, ROOT).unwrap();
    let context = tenantry::Context::new();
    let by = house.directory.administer_as_operator(
        house.organization,
        vendor.organization,
        otto,
        &context,
    );
    let step = by.set_ceiling(house.support, None);
    assert!(!vendor.can(&house, Permission::EXPORT, house.support), "olga exports");
    refused_by(&["G2", "G4"], step);
}

#[test]
fn break_05_a_deny_to_all_members_binds_operators_and_is_lifted_by_who_covers_them() {
    // The mask shuts out members; so by the deny alone nobody but operators is bound.
    let house = House::new();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, house.support, house.names(Permission::EXPORT));
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let all = tenantry::model::Assignee::MembersOf(ROOT);
    let deny = house.bare(all, Permission::EXPORT, house.support).denying();
    let deny = house.host().create_assignment(deny).unwrap();
    let none = Action::SetInheritance(house.support.into(), PermissionNames::none());
    house.host().perform([none]).unwrap();
    let m = holder(&house, "m", Permission::ASSIGN, house.support);
    let step = house.by(m).revoke(deny);
    assert!(!vendor.can(&house, Permission::EXPORT, house.support), "the operator exports");
    refused_by(&["G2"], step);
}
