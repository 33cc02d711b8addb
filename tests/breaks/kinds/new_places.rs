//! K2: a new place is compared with what was so at its parent, and what is taken out with what is
//! so there from then on.

use tenantry::model::{Assignee, Condition, Resource, Team};
use tenantry::{
    Action, Kind, Label, Name, NewAssignment, NewRole, PermissionNames, ResourceId, SubAccountId,
    TeamId,
};

use crate::setup::*;
use crate::stage::*;

fn inbox(number: u128, parent: impl Into<tenantry::model::resource::Parent>) -> Resource {
    Resource::new(ResourceId::from_u128(number), Kind::new("inbox").unwrap(), parent)
}

fn register(house: &House) -> [Action; 1] {
    [Action::CreateResource(inbox(77, house.support))]
}

/// Somebody who may register and nothing else, and b, who exports in support.
fn people(house: &House) -> (SubAccountId, SubAccountId) {
    let m = holder(house, "m", Permission::SCOPES, ROOT);
    (m, holder(house, "b", Permission::EXPORT, house.support))
}

#[test]
fn kind_2_no_deny_here_is_shed_to_whomever_and_by_whatever_it_was_made() {
    // Completed by nobody: b exports from the new inbox at once, or at its time.
    let role = |house: &House| {
        house.host().create_role(&NewRole::new("Role", Permission::EXPORT)).unwrap()
    };
    let denies: [fn(&House, SubAccountId, tenantry::RoleId) -> NewAssignment; 6] = [
        |house, b, _| NewAssignment::new(b, EXPORTER, house.support),
        |house, b, role| NewAssignment::new(b, role, house.support),
        |house, _, _| house.bare(Assignee::MembersOf(ROOT), Permission::EXPORT, house.support),
        |house, b, _| house.bare(b, Permission::EXPORT, house.support).starts(at(5_000)),
        |house, b, _| house.bare(b, Permission::EXPORT, house.support).ends(at(5_000)),
        |house, b, _| house.bare(b, Permission::EXPORT, house.support).when(Condition::Mfa),
    ];
    for (number, deny) in denies.into_iter().enumerate() {
        let house = House::new();
        let (m, b) = people(&house);
        let deny = deny(&house, b, role(&house)).denying().here();
        house.host().create_assignment(deny).unwrap();
        let step = house.by(m).perform(register(&house));
        assert!(step.is_err(), "deny number {number} was shed");
        house.refuses("G2", &house.by(m), register(&house));
    }
}

#[test]
fn kind_2_a_deny_here_to_a_team_is_not_shed_by_who_is_in_it_or_will_be() {
    // Completed by whoever joins the team.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let team = house.team("team", None);
    house.host().assign(team, EXPORTER, house.support).unwrap();
    let deny = NewAssignment::new(team, EXPORTER, house.support).denying().here();
    house.host().create_assignment(deny).unwrap();
    house.refuses("G2", &house.by(m), register(&house));
    let b = house.member("b");
    house.host().add_to_team(b, team).unwrap();
    house.refuses("G2", &house.by(m), register(&house));
}

#[test]
fn kind_2_a_deny_here_at_a_resource_is_not_shed_below_it() {
    let house = House::new();
    let (m, b) = people(&house);
    house
        .host()
        .create_assignment(house.bare(b, Permission::EXPORT, house.inbox).denying().here())
        .unwrap();
    let folder = Action::CreateResource(inbox(77, house.inbox));
    house.refuses("G2", &house.by(m), [folder]);
    // Accepted: beside it, b exports already.
    house.accepts(&house.by(m), register(&house));
}

#[test]
fn kind_2_a_deny_here_further_up_is_no_obstacle_where_it_does_not_act() {
    // Accepted: at the inbox b exports already, though not in support itself.
    let house = House::new();
    let (m, b) = people(&house);
    house
        .host()
        .create_assignment(house.bare(b, Permission::EXPORT, house.support).denying().here())
        .unwrap();
    house.accepts(&house.by(m), [Action::CreateResource(inbox(77, house.inbox))]);
}

#[test]
fn kind_2_a_deny_by_label_goes_down_with_its_label() {
    // Accepted: support carries the label, and so does the way down to whatever it holds.
    let house = House::new();
    let (m, b) = people(&house);
    let vip = Label::new("vip").unwrap();
    let deny = house.bare(b, Permission::EXPORT, house.support).denying().labelled(vip);
    house.host().create_assignment(deny).unwrap();
    house.host().set_labels(house.support, ["vip"]).unwrap();
    house.accepts(&house.by(m), register(&house));
    assert!(!house.can(b, Permission::EXPORT, ResourceId::from_u128(77)));
}

#[test]
fn kind_2_operators_shed_no_deny_here_to_all_members() {
    // Completed by nobody. Members are shut out by a mask, so only operators gain.
    let house = House::new();
    let vendor = Vendor::new(&house);
    let m = holder(&house, "m", Permission::SCOPES, house.support);
    let consent = vendor.consent(1, house.support, house.names(Permission::EXPORT));
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let none = Action::SetInheritance(house.support.into(), PermissionNames::none());
    house.host().perform([none]).unwrap();
    let all = house.bare(Assignee::MembersOf(ROOT), Permission::EXPORT, house.support);
    house.host().create_assignment(all.denying().here()).unwrap();
    let step = house.by(m).perform(register(&house)).map(drop);
    if step.is_ok() {
        let new = ResourceId::from_u128(77);
        assert!(!vendor.can(&house, Permission::EXPORT, new), "the operator exports");
    }
    refused_by(&["G2"], step);
}

#[test]
fn kind_2_a_limit_of_its_own_hides_no_deny_that_a_new_thing_sheds() {
    // Completed by an owner or the host, who lifts the new thing's ceiling.
    let house = House::new();
    let (m, b) = people(&house);
    house
        .host()
        .create_assignment(house.bare(b, Permission::EXPORT, house.support).denying().here())
        .unwrap();
    let names = house.names(all_but(Permission::EXPORT));
    let capped = Resource { ceiling: Some(names), ..inbox(77, house.support) };
    let step = house.by(m).perform([Action::CreateResource(capped)]).map(drop);
    if step.is_ok() {
        lift(&house, ResourceId::from_u128(77));
        assert!(!house.can(b, Permission::EXPORT, ResourceId::from_u128(77)), "b exports");
    }
    // The ceiling also takes EXPORT from owners there.
    refused_by(&["G2", "G3"], step);
}

#[test]
fn kind_2_neither_is_it_shed_behind_the_ceiling_of_the_parent_or_the_plan() {
    // Completed by the upgrade.
    let house = House::new();
    let (m, b) = people(&house);
    house
        .host()
        .create_assignment(house.bare(b, Permission::EXPORT, house.support).denying().here())
        .unwrap();
    for scope in [ROOT, house.support.into()] {
        ceiling(&house, scope, all_but(Permission::EXPORT));
        house.refuses("G2", &house.by(m), register(&house));
        lift(&house, scope);
    }
    let suspended = [Action::Suspend(b)];
    house.accepts(&house.by(house.lin), suspended);
    house.refuses("G2", &house.by(m), register(&house));
}

#[test]
fn kind_2_registering_elsewhere_and_moving_in_is_registering_there() {
    let house = House::new();
    let (m, b) = people(&house);
    house
        .host()
        .create_assignment(house.bare(b, Permission::EXPORT, house.support).denying().here())
        .unwrap();
    let id = ResourceId::from_u128(77);
    let both = [
        Action::CreateResource(inbox(77, house.sales)),
        Action::MoveResource(id, house.support.into()),
    ];
    house.refuses("G2", &house.by(m), both.clone());
    // In two commits the second is a move, by which b gains what it lacked in sales.
    let [first, second] = both;
    house.accepts(&house.by(m), [first]);
    house.refuses("G2", &house.by(m), [second]);
}

#[test]
fn kind_2_what_is_unregistered_is_asked_about_at_its_parent() {
    // Completed by the host, which asks about the thing at support from then on.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let b = house.member("b");
    house
        .host()
        .create_assignment(house.bare(b, Permission::EXPORT, house.support).here())
        .unwrap();
    assert!(!house.can(b, Permission::EXPORT, house.inbox));
    house.refuses("G2", &house.by(m), [Action::DeleteResource(house.inbox)]);
    house.accepts(&house.by(house.lin), [Action::DeleteResource(house.inbox)]);
}

#[test]
fn kind_2_nested_things_are_unregistered_to_where_the_outermost_was() {
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let host = house.host();
    host.perform([Action::CreateResource(inbox(77, house.inbox))]).unwrap();
    let b = holder(&house, "b", Permission::EXPORT, house.support);
    host.deny(b, Permission::EXPORT, ResourceId::from_u128(77)).unwrap();
    // b is denied at the folder in the inbox, and exports in support.
    house.refuses("G2", &house.by(m), [Action::DeleteResource(house.inbox)]);
    house.refuses("G2", &house.by(m), [Action::DeleteResource(ResourceId::from_u128(77))]);
}

#[test]
fn kind_2_a_new_workspace_gives_members_of_the_organization_what_they_have_below_it() {
    // Accepted: nobody has more in the new workspace than in any other. At the organization alone
    // b has more, and that does not go down.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let b = house.member("b");
    house.host().create_assignment(house.bare(b, Permission::EXPORT, ROOT).here()).unwrap();
    let room = house.by(m).create_workspace("Room").unwrap();
    assert!(!house.can(b, Permission::EXPORT, room));
}

#[test]
fn kind_2_a_team_made_inside_another_has_what_holds_it() {
    // Completed by whoever joins; teams are new places too, and were judged so before.
    let house = House::new();
    let m = holder(&house, "m", Permission::TEAMS, ROOT);
    let above = house.team("above", None);
    house.host().assign(above, EXPORTER, house.support).unwrap();
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    let id = TeamId::from_u128(99);
    let new = Team { parent: Some(above), ..Team::new(id, Name::new("new").unwrap()) };
    refuses(&house, &["G2"], &house.by(m), &[Action::CreateTeam(new)]);
}
