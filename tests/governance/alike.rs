//! Many at once: a change that concerns many is judged as if it concerned each of them alone, however alike they are.

use tenantry::model::{Assignee, Condition};
use tenantry::{
    Action, AssignmentId, Grant, Label, NewAssignment, NewResource, PermissionNames, ResourceId,
    SubAccountId,
};

use crate::setup::*;

/// Some who are alike, and for each respect in which two can differ two who differ in nothing else.
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
    let allowed = agent("allowed");
    host.perform([house.bare(allowed, Permission::VIEW, house.inbox)]).unwrap();
    let plain = agent("plain");
    host.perform([NewAssignment::new(plain, EXPORTER, house.support)]).unwrap();
    let timed = agent("timed");
    host.perform([NewAssignment::new(timed, EXPORTER, house.support).ends(at(3_000))]).unwrap();
    let later = agent("later");
    host.perform([NewAssignment::new(later, EXPORTER, house.support).starts(at(3_000))]).unwrap();
    let careful = agent("careful");
    host.perform([NewAssignment::new(careful, EXPORTER, house.support).when(Condition::Mfa)])
        .unwrap();
    let here = agent("here");
    host.perform([NewAssignment::new(here, EXPORTER, house.support).here()]).unwrap();
    let marked = agent("marked");
    let owning = agent("owning");
    host.create_resource(&NewResource::new("inbox", house.support).owner(owning)).unwrap();
    let more = agent("more");
    host.perform([house.bare(more, Permission::EXPORT, ROOT)]).unwrap();
    let viewing = agent("viewing");
    host.perform([house.bare(viewing, Permission::VIEW, house.support)]).unwrap();
    let exporting = agent("exporting");
    host.perform([house.bare(exporting, Permission::EXPORT, house.support)]).unwrap();
    let bare = agent("bare");
    host.perform([house.bare(bare, Permission::EXPORT, house.sales)]).unwrap();
    let licensed = house.with_role("licensed", USERS, house.support);
    let unlicensed = house.member("unlicensed");
    let users = Permission::ASSIGN | Permission::PEOPLE | Permission::TEAMS;
    host.perform([house.bare(unlicensed, users, house.support)]).unwrap();
    let elsewhere = house.with_role("elsewhere", AGENT, house.sales);
    let seldom = house.member("seldom");
    host.perform([NewAssignment::new(seldom, AGENT, house.sales).when(Condition::Mfa)]).unwrap();
    let of_sales = Assignee::MembersOf(house.sales.into());
    host.perform([house.bare(of_sales, Permission::EXPORT, house.support)]).unwrap();
    let colleague = house.with_role("colleague", COLLEAGUE, house.support);
    staff.extend([limited, ending, denied, allowed, plain, timed, later, careful, here, owning]);
    staff.extend([marked, more, viewing, exporting, bare, licensed, unlicensed, elsewhere, seldom]);
    staff.extend([colleague, house.member("newcomer"), agent("y"), agent("z")]);
    let mask = house.names(Permission::VIEW | Permission::EXPORT);
    host.perform([Action::SetInheritance(house.inbox.into(), mask)]).unwrap();
    let mask = house.names(Permission::all() - Permission::EXPORT);
    host.perform([Action::SetInheritance(house.sales.into(), mask.clone())]).unwrap();
    let inbox = |at| host.create_resource(&NewResource::new("inbox", at)).unwrap();
    let all_but_export = [house.support].map(inbox);
    let no_more_than_export = [house.support, house.sales, house.support].map(inbox);
    let [_, _, open] = no_more_than_export;
    let export = house.names(Permission::VIEW | Permission::EXPORT);
    let cap =
        |at: ResourceId, to: &PermissionNames| Action::SetCeiling(at.into(), Some(to.clone()));
    host.perform(all_but_export.map(|at| cap(at, &mask))).unwrap();
    host.perform(no_more_than_export.map(|at| cap(at, &export))).unwrap();
    let everybody = Assignee::MembersOf(ROOT);
    host.perform([house.bare(everybody, Permission::EXPORT, open)]).unwrap();
    let [named, renamed] = [house.support, house.support].map(inbox);
    let vip = Label::new("vip").unwrap();
    let other = Label::new("other").unwrap();
    host.perform([Action::SetLabels(named.into(), [vip.clone()].into())]).unwrap();
    host.perform([Action::SetLabels(renamed.into(), [other].into())]).unwrap();
    host.perform([NewAssignment::new(marked, EXPORTER, house.support).labelled(vip)]).unwrap();
    staff
}

#[test]
fn each_of_many_gains_what_it_would_gain_alone() {
    let house = House::new();
    let staff = staff(&house);
    let team = house.team("staff", None);
    house.host().perform(staff.iter().map(|who| in_team(*who, team))).unwrap();
    let by = house.by(house.lin);
    for role in [AGENT, COLLEAGUE, EXPORTER, USERS] {
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
    for (lost, at) in [AGENTS, Permission::EXPORT, Permission::all()]
        .into_iter()
        .flat_map(|lost| [(lost, house.support), (lost, house.sales)])
    {
        let together = by.plan([house.bare(team, lost, at).denying()]).unwrap();
        for who in &staff {
            let alone = by.plan([house.bare(*who, lost, at).denying()]).unwrap();
            let row = format!("{who} without {lost:?} at {at}");
            assert_eq!(together.impact().of(*who), alone.impact().of(*who), "{row}");
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
        let extra = house.give(staff[favourite], EXPORTER, house.support);
        house.refuses("G2", &house.by(mei), [Action::Revoke(deny)]);
        // A boundary excuses nothing: it can be lifted later.
        house.host().perform([bound(staff[favourite])]).unwrap();
        house.refuses("G2", &house.by(mei), [Action::Revoke(deny)]);
        house.host().revoke(extra).unwrap();
        house.accepts(&house.by(mei), [Action::Revoke(deny)]);
    }
}

#[test]
fn g2_one_who_gets_through_a_team_what_another_is_assigned_is_found() {
    // Whoever is judged first.
    for swapped in [false, true] {
        let house = House::new();
        let ada = house.with_role("ada", USERS, ROOT);
        let (mut wu, mut bo) = (house.member("wu"), house.member("bo"));
        if swapped {
            (wu, bo) = (bo, wu);
        }
        let team = house.team("agents", None);
        house.host().perform([Action::assign(team, AGENT, house.support)]).unwrap();
        let by = house.by(ada);
        // A licence lets her assign the role, and no more than that.
        by.check(Action::assign(wu, AGENT, house.support)).unwrap();
        house.refuses("G2", &by, [in_team(bo, team)]);
        let both = [Action::assign(wu, AGENT, house.support), in_team(bo, team)];
        house.refuses("G2", &by, both);
    }
}
