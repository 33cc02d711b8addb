//! K1: a limit that can go away later excuses no gain.

use tenantry::model::resource::Parent;
use tenantry::{Action, Context, Label, NewAssignment, NewSubAccount, PermissionNames};

use crate::setup::*;

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

#[test]
fn k1_what_a_flag_keeps_out_is_judged_when_it_rises() {
    let house = House::new();
    let hr = house.member("hr");
    house.host().grant(hr, Permission::PEOPLE | Permission::ASSIGN, ROOT).unwrap();
    let eve = house.with_role("eve", OWNER, ROOT);
    let admin = house.by(house.lin);
    admin.require_credential_reset(eve).unwrap();
    admin.suspend(eve).unwrap();
    // The flag keeps her out for now. The host lifts it when she has renewed her credential.
    house.refuses("G2", &house.by(hr), [Action::Reinstate(eve)]);
    admin.remove(eve, None).unwrap();
    let readmit = |restore| Action::Readmit { sub_account: eve, restore };
    house.refuses("G2", &house.by(hr), [readmit(true)]);
    house.accepts(&admin, [readmit(false)]);
    house.host().credential_was_reset(eve).unwrap();
    assert!(!house.can(eve, Permission::VIEW, ROOT));
}

/// A service regains what it has when its owner is let in again. Whatever else keeps the owner out
/// goes away later without a judgement: a flag, a boundary, an end.
#[test]
fn k1_no_limit_of_its_owner_hides_what_a_service_regains() {
    let keep_out: [fn(&House, tenantry::SubAccountId); 4] = [
        |_, _| {},
        |house, owner| house.host().require_credential_reset(owner).unwrap(),
        |house, owner| {
            let boundary = Some(PermissionNames::none());
            house.host().perform([Action::SetBoundary(owner, boundary)]).map(drop).unwrap();
        },
        |house, owner| {
            house.host().set_end(owner, Some(at(2_000))).unwrap();
            house.turn_clock_to(3_000);
        },
    ];
    for keep_out in keep_out {
        let house = House::new();
        let users = house.with_role("users", USERS, ROOT);
        let manu = house.with_role("manu", AGENT, house.support);
        let robot = house.host().create_service(manu).unwrap();
        let held = house.give(robot, AGENT, house.support);
        house.host().suspend(manu).unwrap();
        keep_out(&house, manu);
        house.refuses("G2", &house.by(users), [Action::Reinstate(manu)]);
        house.host().revoke(held).unwrap();
        house.accepts(&house.by(users), [Action::Reinstate(manu)]);
    }
}

#[test]
fn k1_what_lies_behind_a_ceiling_is_given_only_by_who_has_it_behind_that_ceiling() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let zoe = house.with_role("zoe", MANAGER, ROOT);
    house.give(zoe, EXPORTER, ROOT);
    let wu = house.member("wu");
    let plan = house.names(Permission::all().difference(Permission::EXPORT));
    for scope in [ROOT, house.support.into()] {
        house.host().perform([Action::SetCeiling(scope, Some(plan.clone()))]).unwrap();
        let give = |to| Action::assign(to, EXPORTER, house.support);
        house.refuses("G2", &house.by(mei), [give(wu)]);
        house.refuses("G2", &house.by(mei), [give(mei)]);
        house.refuses("G2", &house.by(mei), [Action::assign(wu, OWNER, house.support)]);
        // Who has it behind the ceiling gives it, and nobody has it before the ceiling is raised.
        house.by(zoe).check(give(wu)).unwrap();
        house.by(zoe).check(Action::assign(wu, AGENT, house.support)).unwrap();
        house.host().perform([Action::SetCeiling(scope, None)]).unwrap();
    }
}

#[test]
fn k1_what_lies_behind_a_boundary_is_judged_and_ones_own_boundary_counts() {
    let house = House::new();
    let (mei, wu) = (house.with_role("mei", MANAGER, ROOT), house.member("wu"));
    let without = house.names(Permission::all().difference(Permission::EXPORT));
    house.host().perform([Action::SetBoundary(wu, Some(without.clone()))]).unwrap();
    let give = Action::assign(wu, EXPORTER, house.support);
    house.refuses("G2", &house.by(mei), [give.clone()]);
    let extra = house.give(mei, EXPORTER, ROOT);
    house.by(mei).check(give.clone()).unwrap();
    // The host can lift either boundary alone.
    house.host().perform([Action::SetBoundary(mei, Some(without))]).unwrap();
    house.refuses("G2", &house.by(mei), [give]);
    house.host().revoke(extra).unwrap();
    house.accepts(&house.by(mei), [Action::assign(wu, AGENT, house.support)]);
}

#[test]
fn k1_who_has_ended_is_given_nothing_that_the_giver_lacks() {
    let house = House::new();
    let (mei, wu) = (house.with_role("mei", MANAGER, ROOT), house.member("wu"));
    house.host().set_end(wu, Some(at(2_000))).unwrap();
    house.turn_clock_to(3_000);
    house.refuses("G2", &house.by(mei), [Action::assign(wu, EXPORTER, house.support)]);
    house.accepts(&house.by(mei), [Action::assign(wu, AGENT, house.support)]);
    // Whoever puts the end off gives all of it.
    let hr = house.with_role("hr", USERS, ROOT);
    house.give(wu, EXPORTER, ROOT);
    house.refuses("G2", &house.by(hr), [Action::SetEnd(wu, Some(at(9_000)))]);
    house.refuses("G2", &house.by(hr), [Action::SetEnd(wu, None)]);
    house.host().set_end(wu, None).unwrap();
    assert!(house.can(wu, Permission::EXPORT, house.sales));
}

#[test]
fn k1_each_label_is_a_limit_of_its_own() {
    let house = House::new();
    let (mei, wu) = (house.with_role("mei", MANAGER, ROOT), house.member("wu"));
    let (eu, vip) = (label("eu"), label("vip"));
    let deny = house.bare(wu, Permission::EXPORT, ROOT).denying().labelled(vip.clone());
    house.host().perform([deny]).unwrap();
    // With both labels the deny takes what the allow gives. With `eu` alone it does not.
    let allow = house.bare(wu, Permission::EXPORT, ROOT).labelled(eu.clone());
    house.refuses("G2", &house.by(mei), [allow.clone()]);
    house.accepts(&house.host(), [allow]);
    house.host().perform([Action::SetLabels(house.support.into(), [eu, vip].into())]).unwrap();
    assert!(!house.can(wu, Permission::EXPORT, house.support));
    house.accepts(&house.by(mei), [house.bare(wu, Permission::VIEW, ROOT).labelled(label("eu"))]);
}

#[test]
fn k1_a_mask_excuses_nothing_and_hides_nothing() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    let parent = Parent::Workspace(house.support);
    let mask = house.names(Permission::all().difference(Permission::EXPORT));
    house.host().perform([Action::SetInheritance(parent, mask)]).unwrap();
    // What a mask holds back everywhere comes through as soon as it is lifted.
    let give = NewAssignment::new(wu, EXPORTER, ROOT);
    house.refuses("G2", &house.by(mei), [give]);
    // What comes from the root is masked in support, so what is given there is a gain; with the
    // mask lifted it would be none.
    house.give(wu, EXPORTER, ROOT);
    house.refuses("G2", &house.by(mei), [Action::assign(wu, EXPORTER, house.support)]);
    house.accepts(&house.by(mei), [Action::assign(wu, AGENT, house.support)]);
}

#[test]
fn k1_a_missing_prerequisite_excuses_nothing() {
    let house = House::new();
    let hr = house.member("hr");
    house.host().grant(hr, Permission::ASSIGN | Permission::VIEW, ROOT).unwrap();
    let wu = house.member("wu");
    // REPLY needs VIEW, which wu does not have yet.
    house.refuses("G2", &house.by(hr), [house.bare(wu, Permission::REPLY, ROOT)]);
    // The actor has REPLY without VIEW: it gives what it has, and no VIEW along with it.
    let ann = house.member("ann");
    house.host().grant(ann, Permission::ASSIGN | Permission::REPLY, ROOT).unwrap();
    house.refuses(
        "G2",
        &house.by(ann),
        [house.bare(wu, Permission::REPLY | Permission::VIEW, ROOT)],
    );
    house.accepts(&house.by(ann), [house.bare(wu, Permission::REPLY, ROOT)]);
    assert!(!house.can(wu, Permission::REPLY, ROOT));
}

#[test]
fn k1_a_guest_with_a_boundary_is_made_by_who_has_what_lies_behind_it() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    house.give(hr, AGENT, ROOT);
    let guest = tenantry::SubAccountId::from_u128(77);
    let new = NewSubAccount::guest(guest, login("guest"), at(5_000));
    let boundary = house.names(Permission::VIEW);
    let hire: [Action; 2] =
        [new.boundary(boundary).into(), Action::assign(guest, AGENT, house.support)];
    house.accepts(&house.by(hr), hire);
    assert!(house.can(guest, Permission::VIEW, house.support));
    assert!(!house.can(guest, Permission::REPLY, house.support));
    let all = PermissionNames::Full;
    house.accepts(&house.by_in(hr, &Context::new()), [Action::SetBoundary(guest, Some(all))]);
}
