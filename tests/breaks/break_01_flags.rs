//! A credential flag keeps somebody out for a while. It never hides what they are.

use tenantry::Action;

use crate::setup::*;
use crate::stage::*;

#[test]
fn break_01_reinstating_a_flagged_owner_is_no_way_around_coverage() {
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE, ROOT);
    let eve = house.with_role("eve", OWNER, ROOT);
    let lin = house.by(house.lin);
    lin.require_credential_reset(eve).unwrap();
    lin.suspend(eve).unwrap();
    let step = house.by(m).reinstate(eve);
    // The host notes a new credential, as it does every day.
    house.host().credential_was_reset(eve).unwrap();
    assert!(!house.can(eve, Permission::all(), ROOT), "eve is an owner again");
    refused_by(&["G2"], step);
}

#[test]
fn break_01_a_flagged_account_is_judged_like_any_other_that_comes_back() {
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE, ROOT);
    let eve = house.with_role("eve", EXPORTER, house.support);
    house.host().require_credential_reset(eve).unwrap();
    house.host().suspend(eve).unwrap();
    house.refuses("G2", &house.by(m), [Action::Reinstate(eve)]);
}

#[test]
fn break_01_readmitting_the_flagged_is_no_way_around_coverage() {
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE, ROOT);
    let eve = house.with_role("eve", OWNER, ROOT);
    let lin = house.by(house.lin);
    lin.require_credential_reset(eve).unwrap();
    lin.remove(eve, None).unwrap();
    let step = house.by(m).readmit(eve, true);
    house.host().credential_was_reset(eve).ok();
    assert!(!house.can(eve, Permission::all(), ROOT), "eve is an owner again");
    refused_by(&["G2"], step);
    // Only owners take from eve what she was.
    house.accepts(&lin, [Action::Readmit { sub_account: eve, restore: false }]);
}

#[test]
fn break_01_an_invitee_flagged_by_its_inviter_is_judged_when_it_accepts() {
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE | Permission::ASSIGN, ROOT);
    let agents = house.host().grant(m, AGENTS, house.support).unwrap();
    let mate = house.by(m).invite(&login("mate")).role(AGENT, house.support).issue().unwrap();
    house.by(m).require_credential_reset(mate.sub_account).ok();
    // The owner takes from m what m has promised; so m no longer reaches it.
    house.by(house.lin).revoke(agents).unwrap();
    let step = house.directory.accept(&mate.token, &login("mate"));
    house.host().credential_was_reset(mate.sub_account).ok();
    assert!(!house.can(mate.sub_account, Permission::VIEW, house.support), "mate is an agent");
    assert!(step.is_err(), "the invitation was accepted");
}

#[test]
fn break_01_what_a_flagged_account_is_given_is_given() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let eve = house.member("eve");
    house.host().require_credential_reset(eve).unwrap();
    let step = house.by(mei).assign(eve, EXPORTER, house.support);
    house.host().credential_was_reset(eve).unwrap();
    assert!(!house.can(eve, Permission::EXPORT, house.support), "eve exports");
    refused_by(&["G2"], step);
}

#[test]
fn break_01_a_service_that_changes_hands_is_flagged_and_judged_all_the_same() {
    // Whoever takes over a service has it flagged by that. The flag hides nothing.
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE, ROOT);
    let bot = house.service(house.lin);
    house.give(bot, EXPORTER, house.support);
    house.host().require_credential_reset(bot).unwrap();
    house.refuses("G2", &house.by(m), [Action::SetServiceOwner(bot, m)]);
}
