//! Many at once: a change that concerns many is judged as if it concerned each of them alone, however alike they are.

use tenantry::model::Condition;
use tenantry::{
    Action, AssignmentId, Grant, NewAssignment, NewResource, PermissionNames, SubAccountId,
};

use crate::setup::*;

/// Some who are alike, and one of each kind who differs from them in one respect, all in one team.
fn staff(house: &House) -> Vec<SubAccountId> {
    let agent = |name: &str| house.with_role(name, AGENT, house.support);
    let host = house.host();
    let mut staff = vec![agent("a"), agent("b")];
    let limited = agent("limited");
    host.perform([Action::SetBoundary(limited, Some(house.names(Permission::VIEW)))]).unwrap();
    let ending = agent("ending");
    host.perform([Action::SetEnd(ending, Some(at(5_000)))]).unwrap();
    let denied = agent("denied");
    host.perform([house.bare(denied, Permission::VIEW, house.inbox).denying()]).unwrap();
    let timed = agent("timed");
    host.perform([NewAssignment::new(timed, EXPORTER, house.support).until(at(3_000))]).unwrap();
    let later = agent("later");
    host.perform([NewAssignment::new(later, EXPORTER, house.support).starting(at(3_000))]).unwrap();
    let careful = agent("careful");
    host.perform([NewAssignment::new(careful, EXPORTER, house.support).when(Condition::Mfa)])
        .unwrap();
    let here = agent("here");
    host.perform([NewAssignment::new(here, EXPORTER, house.support).here()]).unwrap();
    let owning = agent("owning");
    host.create_resource(&NewResource::new("inbox", house.support).owner(owning)).unwrap();
    let more = agent("more");
    host.perform([house.bare(more, Permission::EXPORT, ROOT)]).unwrap();
    let bare = agent("bare");
    host.perform([house.bare(bare, Permission::EXPORT, house.sales)]).unwrap();
    let elsewhere = house.with_role("elsewhere", AGENT, house.sales);
    let colleague = house.with_role("colleague", COLLEAGUE, house.support);
    staff.extend([limited, ending, denied, timed, later, careful, here, owning, more, bare]);
    staff.extend([elsewhere, colleague, house.member("newcomer"), agent("y"), agent("z")]);
    let mask = house.names(Permission::VIEW | Permission::EXPORT);
    host.perform([Action::SetInheritance(house.inbox.into(), mask)]).unwrap();
    staff
}

#[test]
fn each_of_many_gains_what_it_would_gain_alone() {
    let house = House::new();
    let staff = staff(&house);
    let team = house.team("staff", None);
    house.host().perform(staff.iter().map(|who| in_team(*who, team))).unwrap();
    let by = house.by(house.lin);
    for role in [AGENT, COLLEAGUE, EXPORTER] {
        let together = by.plan([Action::assign(team, role, ROOT)]).unwrap();
        for who in &staff {
            let alone = by.plan([Action::assign(*who, role, ROOT)]).unwrap();
            assert_eq!(together.impact().of(*who), alone.impact().of(*who), "{who} as {role:?}");
        }
    }
}

#[test]
fn each_of_many_loses_what_it_would_lose_alone() {
    let house = House::new();
    let staff = staff(&house);
    let team = house.team("staff", None);
    house.host().perform(staff.iter().map(|who| in_team(*who, team))).unwrap();
    let by = house.by(house.lin);
    for lost in [AGENTS, Permission::EXPORT] {
        let together = by.plan([house.bare(team, lost, house.support).denying()]).unwrap();
        for who in &staff {
            let alone = by.plan([house.bare(*who, lost, house.support).denying()]).unwrap();
            assert_eq!(
                together.impact().of(*who),
                alone.impact().of(*who),
                "{who} without {lost:?}"
            );
        }
    }
}

#[test]
fn g3_one_among_many_who_outranks_the_actor_is_found() {
    // Whoever is judged first and last.
    for boss in 0..3 {
        let house = House::new();
        let mei = house.with_role("mei", MANAGER, house.support);
        let staff = ["a", "b", "c"].map(|name| house.with_role(name, AGENT, house.support));
        let team = house.team("staff", None);
        house.host().perform(staff.map(|who| in_team(who, team))).unwrap();
        let deny = || [house.bare(team, Permission::VIEW, house.support).denying()];
        house.by(mei).check(deny()[0].clone()).unwrap();
        house.give(staff[boss], CHIEF, house.support);
        house.refuses("G3", &house.by(mei), deny());
    }
}

#[test]
fn g2_one_among_many_who_would_gain_too_much_is_found() {
    for favourite in 0..3 {
        let house = House::new();
        let mei = house.with_role("mei", MANAGER, house.support);
        let staff = ["a", "b", "c"].map(|name| house.with_role(name, AGENT, house.support));
        let nothing = PermissionNames::none();
        let bound = |who: SubAccountId| Action::SetBoundary(who, Some(nothing.clone()));
        // Three are kept from everything by one deny; one of them had what the manager does not have.
        let team = house.team("staff", None);
        house.host().perform(staff.map(|who| in_team(who, team))).unwrap();
        let all = house.names(Permission::all());
        let deny = AssignmentId::from_u128(7);
        let denying = NewAssignment::new(team, Grant::any(all), house.support).denying().id(deny);
        house.host().perform([denying]).unwrap();
        house.by(mei).check(Action::Revoke(deny)).unwrap();
        house.give(staff[favourite], EXPORTER, house.support);
        house.refuses("G2", &house.by(mei), [Action::Revoke(deny)]);
        // As long as nothing reaches it, it gains nothing.
        house.host().perform([bound(staff[favourite])]).unwrap();
        house.accepts(&house.by(mei), [Action::Revoke(deny)]);
    }
}
