//! What a plan's ceiling holds back is not free: the upgrade would hand it out.

use tenantry::Action;

use crate::setup::*;
use crate::stage::*;

/// An organization whose plan lacks EXPORT, and somebody who holds all the rest of it.
fn capped(house: &House) -> tenantry::SubAccountId {
    ceiling(house, ROOT, all_but(Permission::EXPORT));
    holder(house, "m", all_but(Permission::EXPORT), ROOT)
}

#[test]
fn break_02_nobody_makes_themselves_an_owner_under_a_ceiling() {
    let house = House::new();
    let m = capped(&house);
    let step = house.by(m).assign(m, OWNER, ROOT);
    lift(&house, ROOT);
    assert!(!house.can(m, Permission::EXPORT, ROOT), "m has what the plan lacked");
    refused_by(&["G2", "G4"], step);
}

#[test]
fn break_02_nobody_makes_a_mate_an_owner_under_a_ceiling() {
    let house = House::new();
    let m = capped(&house);
    let mate = house.member("mate");
    let step = house.by(m).assign(mate, OWNER, ROOT);
    lift(&house, ROOT);
    assert!(!house.can(mate, Permission::EXPORT, ROOT), "the mate has what the plan lacked");
    refused_by(&["G2"], step);
}

#[test]
fn break_02_the_founder_is_not_put_down_by_who_is_an_owner_under_a_ceiling_alone() {
    let house = House::new();
    let m = capped(&house);
    let promoted = house.by(m).assign(m, OWNER, ROOT);
    let down = house.by(m).perform(held_by(&house, house.lin).into_iter().map(Action::Revoke));
    lift(&house, ROOT);
    assert!(house.can(house.lin, Permission::all(), ROOT), "the founder was put down");
    assert!(!house.can(m, Permission::all(), ROOT), "m owns the organization");
    assert!(promoted.is_err() && down.is_err());
}

#[test]
fn break_02_bare_permissions_behind_a_ceiling_are_not_handed_out() {
    let house = House::new();
    let m = capped(&house);
    let mate = house.member("mate");
    for who in [m, mate] {
        let step = house.by(m).grant(who, Permission::EXPORT, house.support);
        lift(&house, ROOT);
        assert!(!house.can(who, Permission::EXPORT, house.support), "{who} exports");
        refused_by(&["G2", "G4"], step);
        ceiling(&house, ROOT, all_but(Permission::EXPORT));
    }
}

#[test]
fn break_02_a_role_is_not_filled_with_what_a_ceiling_holds_back() {
    let house = House::new();
    let m = capped(&house);
    let role = house.host().create_role(&tenantry::NewRole::new("Role", AGENTS)).unwrap();
    let mate = house.with_role("mate", role, house.support);
    let more = tenantry::NewRole::new("Role", AGENTS | Permission::EXPORT);
    let step = house.by(m).replace_role(role, &more);
    lift(&house, ROOT);
    assert!(!house.can(mate, Permission::EXPORT, house.support), "the mate exports");
    refused_by(&["G2"], step);
}

#[test]
fn break_02_an_owner_hands_out_what_the_plan_lacks() {
    // Owners hold it behind the ceiling themselves, so nobody rises.
    let house = House::new();
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    let wu = house.member("wu");
    house.accepts(&house.by(house.lin), [Action::assign(wu, EXPORTER, house.support)]);
    assert!(!house.can(wu, Permission::EXPORT, house.support));
    lift(&house, ROOT);
    assert!(house.can(wu, Permission::EXPORT, house.support));
}
