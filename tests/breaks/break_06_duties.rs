//! At one scope, too, a person and the services it answers for are one.

use tenantry::catalog::{DutyDefinition, Separation};
use tenantry::{Action, RoleDefinition, SystemRole};

use crate::setup::*;

const PAY: SystemRole = SystemRole::new("pay");
const APPROVE: SystemRole = SystemRole::new("approve");

fn separated(duties: [DutyDefinition<Permission>; 2]) -> House {
    let catalog = builder()
        .define(RoleDefinition::new(PAY).any(Permission::BILL))
        .define(RoleDefinition::new(APPROVE).any(Permission::EXPORT))
        .separate("four eyes", 2, Separation::AtOneScope, duties);
    House::of(catalog)
}

#[test]
fn break_06_what_a_service_may_counts_for_who_answers_for_it_at_every_scope() {
    let house = separated([DutyDefinition::Role(PAY), DutyDefinition::Role(APPROVE)]);
    let m = house.with_role("m", PAY, ROOT);
    let bot = house.service(m);
    let lin = house.by(house.lin);
    let first = lin.assign(bot, APPROVE, house.support);
    let second = lin.assign(m, APPROVE, house.support);
    assert!(
        !house.can(m, Permission::BILL | Permission::EXPORT, house.support),
        "m pays what m approves"
    );
    by_rule("I2", first);
    by_rule("I2", second);
}

#[test]
fn break_06_permissions_of_a_person_and_its_service_meet_at_one_scope() {
    let bare = DutyDefinition::Permissions;
    let house = separated([bare(Permission::BILL), bare(Permission::EXPORT)]);
    // Within m's bound the service approves nothing, until m does.
    let m = house.with_role("m", PAY, ROOT);
    let bot = house.service(m);
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::assign(bot, APPROVE, house.support)]);
    house.refuses("I2", &lin, [Action::assign(m, APPROVE, house.support)]);
    house.refuses("I2", &house.host(), [Action::assign(m, APPROVE, house.inbox)]);
}

#[test]
fn break_06_two_services_of_one_person_are_that_person() {
    let house = separated([DutyDefinition::Role(PAY), DutyDefinition::Role(APPROVE)]);
    let m = house.member("m");
    let (one, other) = (house.service(m), house.service(m));
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::assign(one, PAY, house.support)]);
    house.refuses("I2", &lin, [Action::assign(other, APPROVE, house.support)]);
    house.refuses("I2", &lin, [Action::assign(other, APPROVE, house.inbox)]);
    house.accepts(&lin, [Action::assign(other, APPROVE, house.sales)]);
}

#[test]
fn break_06_a_service_that_changes_hands_brings_its_duty_along() {
    let house = separated([DutyDefinition::Role(PAY), DutyDefinition::Role(APPROVE)]);
    let m = house.with_role("m", PAY, ROOT);
    let other = house.member("other");
    let bot = house.service(other);
    house.give(bot, APPROVE, house.support);
    house.refuses("I2", &house.by(house.lin), [Action::SetServiceOwner(bot, m)]);
}
