//! G7: what binds a person finds it again under every login that it ever had.

use tenantry::model::{Assignment, LIST_LIMIT};
use tenantry::{Action, Effect, NewAssignment, NewSubAccount, SubAccountId};

use crate::setup::*;

/// Gus, an agent in support, whom mei denied to reply there, and who is gone.
fn departed(house: &House) -> SubAccountId {
    let mei = house.with_role("mei", MANAGER, house.support);
    let gus = house.with_role("gus", AGENT, house.support);
    let deny = house.bare(gus, Permission::REPLY, house.support).denying();
    house.by(mei).create_assignment(deny.reason("leaked a thread")).unwrap();
    house.host().remove(gus, None).unwrap();
    gus
}

fn denies(house: &House, who: SubAccountId) -> Vec<Assignment> {
    let snapshot = house.snapshot();
    let all = snapshot.organization().assignments().values();
    all.filter(|it| it.assignee == who.into() && it.effect == Effect::Deny).cloned().collect()
}

#[track_caller]
fn is_bound(house: &House, who: SubAccountId) {
    assert!(!house.can(who, Permission::REPLY, house.support), "the deny was shed");
    let denies = denies(house, who);
    assert_eq!(denies.len(), 1, "{denies:?}");
    let mei = house.snapshot().sub_account(login("mei")).unwrap();
    assert_eq!(denies[0].by, mei.into(), "it is still mei's");
}

/// Invites somebody to support as an agent, and accepts.
fn let_in(house: &House, name: &str) -> SubAccountId {
    let invited = house.host().invite(&login(name)).role(AGENT, house.support).issue().unwrap();
    house.directory.accept(&invited.token, &login(name)).unwrap()
}

#[test]
fn g7_a_dummy_login_sheds_no_deny() {
    let house = House::new();
    let gus = departed(&house);
    house.host().set_login(gus, &login("dummy")).unwrap();
    let anew = let_in(&house, "gus");
    assert_ne!(anew, gus);
    assert!(house.can(anew, Permission::VIEW, house.support));
    is_bound(&house, anew);
    let snapshot = house.snapshot();
    let reason = denies(&house, anew)[0].reason.clone().unwrap();
    assert_eq!(snapshot.organization().personal(&reason), Some("leaked a thread"));
    // What was denied to the account itself is where it was.
    assert_eq!(denies(&house, gus).len(), 1);
}

#[test]
fn g7_a_dummy_login_sheds_no_deny_in_one_commit_either() {
    let house = House::new();
    let gus = departed(&house);
    let id = SubAccountId::from_u128(77);
    house.accepts(
        &house.host(),
        [
            Action::SetLogin(gus, login("dummy")),
            NewSubAccount::member(id, login("gus")).into(),
            Action::assign(id, AGENT, house.support),
        ],
    );
    is_bound(&house, id);
}

#[test]
fn g7_erasing_sheds_no_deny_of_a_former_login() {
    let house = House::new();
    let gus = departed(&house);
    house.host().set_login(gus, &login("dummy")).unwrap();
    house.host().erase(gus).unwrap();
    assert!(!house.json().contains("gus@acme"));
    let anew = let_in(&house, "gus");
    is_bound(&house, anew);
}

#[test]
fn g7_whoever_comes_to_have_a_login_is_bound_by_it() {
    let create: fn(&House) -> SubAccountId = |house| house.with_role("gus", AGENT, house.support);
    let set: fn(&House) -> SubAccountId = |house| {
        let wu = house.with_role("wu", AGENT, house.support);
        house.by(house.lin).set_login(wu, &login("gus")).unwrap();
        wu
    };
    let ask: fn(&House) -> SubAccountId = |house| {
        let asked = house.host().request_join(&login("gus"), "again", at(9_000)).unwrap();
        let agent = NewAssignment::of(AGENT, house.support);
        house.by(house.lin).approve(asked, [agent]).unwrap();
        house.snapshot().sub_account(login("gus")).unwrap()
    };
    for way in [create, set, ask] {
        let house = House::new();
        let gus = departed(&house);
        house.host().set_login(gus, &login("dummy")).unwrap();
        is_bound(&house, way(&house));
    }
}

#[test]
fn g7_a_deny_follows_over_several_hops() {
    let house = House::new();
    let gus = departed(&house);
    // From gus to one, which another takes up; from there to two, and so on; and back to gus.
    house.host().set_login(gus, &login("one")).unwrap();
    let second = let_in(&house, "gus");
    house.host().set_login(second, &login("two")).unwrap();
    house.host().remove(second, None).unwrap();
    house.host().set_login(second, &login("three")).unwrap();
    house.host().set_login(gus, &login("four")).unwrap();
    for name in ["gus", "one", "two"] {
        let anew = let_in(&house, name);
        is_bound(&house, anew);
    }
    assert!(denies(&house, gus).len() == 1 && denies(&house, second).len() == 1);
}

#[test]
fn g7_a_boundary_binds_every_login_too() {
    let house = House::new();
    let gus = departed(&house);
    let bound = house.names(AGENTS | Permission::EXPORT);
    house.host().perform([Action::SetBoundary(gus, Some(bound.clone()))]).unwrap();
    house.host().set_login(gus, &login("dummy")).unwrap();
    let boundary = |who| {
        let snapshot = house.snapshot();
        snapshot.organization().sub_accounts().get(&who).unwrap().boundary.clone()
    };
    let anew = let_in(&house, "gus");
    assert_eq!(boundary(anew), Some(bound));
    // Who has one of its own has what both leave.
    house.host().set_login(anew, &login("other")).unwrap();
    let id = SubAccountId::from_u128(77);
    let narrow = house.names(Permission::VIEW | Permission::BILL);
    let new = NewSubAccount::member(id, login("gus")).boundary(narrow);
    house.host().perform([new]).unwrap();
    assert_eq!(boundary(id), Some(house.names(Permission::VIEW)));
    let wu = house.with_role("wu", EXPORTER, ROOT);
    house.host().set_login(id, &login("dummy two")).unwrap();
    house.host().set_login(wu, &login("gus")).unwrap();
    assert_eq!(boundary(wu), Some(house.names(Permission::VIEW)));
    assert!(!house.can(wu, Permission::EXPORT, ROOT));
}

#[test]
fn g7_only_what_stands_binds_and_only_once() {
    let house = House::new();
    let gus = departed(&house);
    let over = house.bare(gus, Permission::VIEW, house.support).denying().ends(at(900));
    house.host().create_assignment(over).unwrap();
    house.host().set_login(gus, &login("dummy")).unwrap();
    let anew = let_in(&house, "gus");
    is_bound(&house, anew);
    // Who takes a login back has what was denied to it once, and nothing of another's.
    house.host().set_login(anew, &login("new")).unwrap();
    house.host().set_login(anew, &login("gus")).unwrap();
    is_bound(&house, anew);
    let snapshot = house.snapshot();
    let organization = snapshot.organization();
    let former = |name| organization.sub_accounts_by_former_login(&login(name)).collect::<Vec<_>>();
    assert_eq!((former("gus"), former("new")), (vec![gus], vec![anew]));
    // A login that nobody had binds nobody.
    let dan = let_in(&house, "dan");
    assert!(denies(&house, dan).is_empty() && house.can(dan, AGENTS, house.support));
}

#[test]
fn i3_a_sub_account_has_so_many_former_logins() {
    let house = House::new();
    let wu = house.member("wu");
    for number in 0..LIST_LIMIT {
        house.host().set_login(wu, &login(&format!("wu{number}"))).unwrap();
    }
    let before = house.json();
    let refused = house.host().set_login(wu, &login("one too many")).unwrap_err();
    assert!(refused.to_string().contains("former logins"), "{refused}");
    assert_eq!(house.json(), before);
    // One that it had counts once.
    house.host().set_login(wu, &login("wu")).unwrap();
    house.host().set_login(wu, &login("wu0")).unwrap();
}
