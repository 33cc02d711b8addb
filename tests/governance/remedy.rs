//! Remedies: what would help somebody who is denied, and who could give it.

use tenantry::access::{Bar, Cut};
use tenantry::governance::{HelpfulRole, Obstacle};
use tenantry::model::{Assignee, Condition, Networks, Role, SecurityPolicy, SubAccountKind};
use tenantry::{
    Action, Context, Name, NewAssignment, Remedy, RoleId, RoleRef, Scope, ScopeKinds, SubAccountId,
};

use crate::setup::*;

fn remedy(house: &House, who: SubAccountId, what: Permission, scope: impl Into<Scope>) -> Remedy {
    house.snapshot().remedy(who, what, scope.into())
}

/// Each role that helps, with those who may assign it.
fn who_gives_what(remedy: &Remedy) -> Vec<(String, Vec<SubAccountId>)> {
    let named = |it: &HelpfulRole| (it.role.id.to_string(), it.assigners.clone());
    remedy.roles.iter().map(named).collect()
}

#[test]
fn the_roles_that_hold_what_is_missing_and_who_may_assign_them() {
    let house = House::new();
    let manager = house.with_role("mei", MANAGER, house.support);
    // What is made later has a later id, and comes later.
    house.turn_clock_to(1_001);
    let users = house.with_role("ute", USERS, Scope::Organization);
    let wu = house.member("wu");
    house.with_role("aside", MANAGER, house.sales);
    let remedy = remedy(&house, wu, Permission::REPLY, house.inbox);
    assert_eq!(remedy.missing, house.names(AGENTS));
    // The least first. Nobody is licensed for managers or makers; managers hold what agents have.
    let lin = house.lin;
    let colleagues = &remedy.roles[1];
    assert!(colleagues.is_only_on_own && colleagues.role.id == RoleRef::from(COLLEAGUE));
    assert_eq!(
        who_gives_what(&remedy),
        [
            ("agent".to_owned(), vec![manager, lin, users]),
            ("colleague".to_owned(), vec![manager, lin, users]),
            ("maker".to_owned(), vec![manager, lin]),
            ("manager".to_owned(), vec![manager, lin]),
            ("owner".to_owned(), vec![lin]),
        ]
    );
    // Whoever is named does it, and then it is done.
    house.by(users).assign(wu, AGENT, house.inbox).unwrap();
    assert!(house.can(wu, Permission::REPLY, house.inbox));
    assert_eq!(remedy_text(&house, wu, Permission::REPLY), "nothing is missing");
}

fn remedy_text(house: &House, who: SubAccountId, what: Permission) -> String {
    let text = remedy(house, who, what, house.inbox).to_string();
    let text = text.replace(&who.to_string(), "wu").replace(&house.lin.to_string(), "lin");
    text.replace(&house.inbox.to_string(), "inbox")
}

#[test]
fn a_remedy_reads_as_what_to_do() {
    let house = House::new();
    let wu = house.member("wu");
    assert_eq!(
        remedy_text(&house, wu, Permission::EXPORT),
        "missing: EXPORT\n\
         role `exporter` would help, assigned at resource inbox; may be assigned by sub-account lin\n\
         role `owner` would help, assigned at resource inbox; may be assigned by sub-account lin"
    );
    house.host().assign(house.lin, EXPORTER, house.support).unwrap();
    house.host().perform([house.bare(wu, Permission::EXPORT, house.inbox).denying()]).unwrap();
    let denied = remedy_text(&house, wu, Permission::EXPORT);
    let denied = denied.split(" (assignment").next().unwrap();
    assert_eq!(
        denied,
        "missing: EXPORT\nno role helps while\n  EXPORT is denied at resource inbox"
    );
}

#[test]
fn nobody_is_named_who_would_be_refused() {
    let house = House::new();
    // The one who is denied cannot raise itself, and who is suspended does nothing.
    let mei = house.with_role("mei", USERS, house.support);
    let asks = remedy(&house, mei, Permission::REPLY, house.support);
    assert_eq!(who_gives_what(&asks)[0], ("agent".to_owned(), vec![house.lin]));
    let wu = house.member("wu");
    house.host().suspend(mei).unwrap();
    let asks = remedy(&house, wu, Permission::REPLY, house.support);
    assert_eq!(who_gives_what(&asks)[0], ("agent".to_owned(), vec![house.lin]));
}

#[test]
fn no_role_helps_against_a_limit() {
    let house = House::new();
    let wu = house.member("wu");
    let host = house.host();
    let names = |permissions| Some(house.names(permissions));
    host.perform([Action::SetCeiling(house.support.into(), names(AGENTS))]).unwrap();
    host.perform([Action::SetBoundary(wu, names(Permission::VIEW))]).unwrap();
    let asks = remedy(&house, wu, Permission::EXPORT, house.inbox);
    assert!(asks.roles.is_empty());
    let [Obstacle::Cut { cut: Cut::Ceiling(scope), .. }, Obstacle::Cut { cut: Cut::Boundary, .. }] =
        &asks.obstacles[..]
    else {
        panic!("{asks:?}");
    };
    assert_eq!(scope.id, Scope::from(house.support));
}

#[test]
fn a_role_with_which_a_deny_would_come_is_not_named() {
    let house = House::new();
    let wu = house.member("wu");
    let members = Assignee::MembersOf(house.support.into());
    // Whoever is given anything in support is a member of it.
    let deny = house.bare(members, Permission::EXPORT, house.support).denying();
    house.host().perform([deny]).unwrap();
    let asks = remedy(&house, wu, Permission::EXPORT, house.support);
    assert!(asks.roles.is_empty() && asks.obstacles.is_empty(), "{asks}");
    assert_eq!(asks.to_string(), "missing: EXPORT\nno role that may be assigned here would help");
    house.give(wu, EXPORTER, house.support);
    assert!(!house.can(wu, Permission::EXPORT, house.support));
}

#[test]
fn a_role_that_an_invariant_forbids_is_not_named() {
    let guests = SubAccountKind::Guest;
    let house = House::of(builder().guardrail("no strangers", [guests], Permission::EXPORT));
    let gus = house.host().create_guest(&login("gus"), at(5_000)).unwrap();
    let asks = remedy(&house, gus, Permission::EXPORT, house.support);
    assert!(asks.roles.is_empty() && asks.obstacles.is_empty(), "{asks}");
    assert!(!remedy(&house, gus, Permission::REPLY, house.support).roles.is_empty());
}

#[test]
fn a_mask_above_is_no_hindrance_to_what_is_assigned_below_it() {
    let house = House::new();
    let wu = house.with_role("wu", EXPORTER, Scope::Organization);
    let mask = Action::SetInheritance(house.inbox.into(), house.names(AGENTS));
    house.host().perform([mask]).unwrap();
    let asks = remedy(&house, wu, Permission::EXPORT, house.inbox);
    assert_eq!(who_gives_what(&asks)[0].0, "exporter");
    house.give(wu, EXPORTER, house.inbox);
    assert!(house.can(wu, Permission::EXPORT, house.inbox));
}

#[test]
fn a_role_is_named_only_where_it_may_be_assigned() {
    let house = House::new();
    let wu = house.member("wu");
    let roles = |scope: Scope| {
        let found = who_gives_what(&remedy(&house, wu, Permission::BILL, scope));
        found.into_iter().map(|(role, _)| role).collect::<Vec<_>>()
    };
    assert_eq!(roles(house.support.into()), ["owner"]);
    assert_eq!(roles(Scope::Organization), ["billing", "owner"]);
    let id = RoleId::from_u128(77);
    let name = Name::new("Bills of workspaces").unwrap();
    let custom = Role {
        assignable: ScopeKinds::WORKSPACE,
        ..Role::new(id, name, house.names(Permission::BILL))
    };
    house.host().perform([Action::CreateRole(custom)]).unwrap();
    assert_eq!(roles(house.support.into()), [id.to_string(), "owner".to_owned()]);
    assert_eq!(roles(Scope::Organization), ["billing", "owner"]);
}

#[test]
fn those_who_assign_are_judged_in_a_session_that_meets_the_policy() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let conditional = house.member("careful");
    let careful = NewAssignment::new(conditional, MANAGER, house.support).when(Condition::Mfa);
    house.host().perform([careful]).unwrap();
    let wu = house.member("wu");
    let assigners = |context: &Context| {
        let asks = house.snapshot().remedy_in(context, wu, Permission::VIEW, house.support);
        asks.roles.first().map(|role| role.assigners.clone())
    };
    // Of a session nothing more is known than that.
    assert_eq!(assigners(&Context::new()), Some(vec![mei, house.lin]));
    let network = |text: &str| Condition::Network(Networks::new([text.parse().unwrap()]).unwrap());
    let wide = network("10.0.0.0/8");
    let conditions = vec![wide.clone(), Condition::Mfa, network("10.3.0.0/16")];
    house.host().perform([Action::SetSecurityPolicy(SecurityPolicy { conditions })]).unwrap();
    let inside = Context::new().mfa(true).network([10, 3, 4, 5].into());
    // What one has under a condition one hands out only under it, whatever the policy asks for anyway.
    assert_eq!(assigners(&inside), Some(vec![mei, house.lin]));
    let meets = house.by_in(mei, &inside);
    meets.assign(wu, AGENT, house.support).unwrap();
    // In a session that does not meet it, no role helps whoever asks.
    let asks = house.snapshot().remedy(wu, Permission::VIEW, house.support);
    assert!(asks.roles.is_empty());
    assert!(matches!(asks.obstacles[..], [Obstacle::Bar(Bar::SecurityPolicy(_)), ..]));
}

#[test]
fn not_more_are_judged_than_it_says() {
    let house = House::new();
    let team = house.team("managers", None);
    house.host().assign(team, MANAGER, house.support).unwrap();
    let wu = house.member("wu");
    for number in 0..Remedy::CANDIDATES {
        let id = house.member(&format!("m{number}"));
        house.host().perform([in_team(id, team)]).unwrap();
    }
    let asks = remedy(&house, wu, Permission::VIEW, house.support);
    let agent = &asks.roles[0];
    assert_eq!(agent.assigners.len(), Remedy::CANDIDATES);
    assert!(agent.has_more_candidates && !agent.assigners.contains(&house.lin));
    let sales = remedy(&house, wu, Permission::VIEW, house.sales);
    assert!(!sales.roles[0].has_more_candidates);
    assert!(!asks.has_more_roles);
    for number in 0..Remedy::ROLES as u128 {
        let name = Name::new(format!("Role {number}")).unwrap();
        let role = Role::new(RoleId::from_u128(100 + number), name, house.names(Permission::BILL));
        house.host().perform([Action::CreateRole(role)]).unwrap();
    }
    let asks = remedy(&house, wu, Permission::BILL, house.support);
    assert_eq!((asks.roles.len(), asks.has_more_roles), (Remedy::ROLES, true));
}

#[test]
fn a_subject_asks_in_its_own_context() {
    let house = House::new();
    let wu = house.member("wu");
    let snapshot = house.snapshot();
    let context = Context::new().ownership(false);
    let subject = snapshot.subject(wu).in_context(context.clone());
    let asked = subject.remedy(Permission::REPLY, house.inbox);
    assert_eq!(asked, snapshot.remedy_in(&context, wu, Permission::REPLY, house.inbox));
    // What is not owned is not helped by what is for one's own.
    assert!(asked.roles.iter().all(|role| !role.is_only_on_own));
    assert_eq!(asked.roles.len(), 4);
}
