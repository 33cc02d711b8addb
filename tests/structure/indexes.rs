//! What is kept in step beside the tables: seats, the assignments of a role, the scopes with limits of their own, and when
//! anything starts or ends.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::life::STATUSES;
use crate::setup::*;
use crate::support;
use crate::support::{
    AGENT, LEAD, Permission, ROOT, World, allow, at, custom, denial, label, names, put,
    resource_id, role_id, sub_account_id, workspace_id,
};
use jiff::Timestamp;
use tenantry::PermissionNames;
use tenantry::id::AssignmentId;
use tenantry::model::change::Remove;
use tenantry::model::{
    Assignment, Consent, Invitation, Organization, Request, RoleRef, Scope, Status, SubAccount,
    Validity,
};

/// The world's organization, after making sure that reading it from rest gives the same indexes.
fn settled(world: &World) -> Organization {
    let organization = world.organization();
    let read: Organization = serde_json::from_str(&support::encoded(&organization)).unwrap();
    assert_eq!(read, organization);
    organization
}

#[test]
fn seats_are_taken_by_active_members_and_guests() {
    let world = World::new();
    let seats = || settled(&world).seats();
    assert_eq!(seats(), 0);
    let ada = world.member("ada");
    assert_eq!(seats(), 1);
    world.guest("gus", at(5));
    assert_eq!(seats(), 2);
    world.service("bot", "ada");
    world.put(invited("eve"));
    assert_eq!(seats(), 2);
    for status in STATUSES {
        let world = World::new();
        let start = if status == Status::Invited { status } else { Status::Active };
        world.put(SubAccount { status: start, ..invited("lin") });
        world.status("lin", status);
        let taken = usize::from(status == Status::Active);
        assert_eq!(settled(&world).seats(), taken, "{status:?}");
    }
    // Put again, one is not two; from one kind of person to the other is no second seat.
    world.member("ada");
    world.put(SubAccount::member(sub_account_id("gus")));
    assert_eq!(seats(), 2);
    // What happens within one set counts as it ends; what is refused does not count.
    let ada_as = |status| put(SubAccount { status, ..SubAccount::member(ada) });
    world.apply([ada_as(Status::Suspended), ada_as(Status::Active), ada_as(Status::Left)]).unwrap();
    assert_eq!(seats(), 1);
    assert!(world.apply([ada_as(Status::Active), ada_as(Status::Invited)]).is_err());
    assert_eq!(seats(), 1);
    // A flag or an end frees no seat.
    let mut gus = SubAccount::guest(sub_account_id("gus"), at(5));
    gus.credential_reset_required = true;
    world.put(gus);
    assert_eq!(seats(), 1);
}

#[test]
fn the_assignments_of_a_role_are_found_by_the_role() {
    let world = World::with_chain();
    world.member("lin");
    world.member("wu");
    world.role(custom("clerk", Permission::VIEW));
    world.role(custom("chief", Permission::VIEW));
    let granting = |role: &RoleRef| -> Vec<AssignmentId> {
        let organization = settled(&world);
        let found: Vec<Assignment> = organization.assignments_of(role).cloned().collect();
        assert!(found.iter().all(|it| organization.assignments().get(&it.id) == Some(it)));
        found.into_iter().map(|it| it.id).collect()
    };
    let (agent, lead) = (RoleRef::from(AGENT), RoleRef::from(LEAD));
    let (clerk, chief) = (RoleRef::from(role_id("clerk")), RoleRef::from(role_id("chief")));
    let id = assignment_id;
    world.assign_as(id(5), allow("lin", AGENT, "inbox"));
    world.assign_as(id(2), denial("wu", AGENT, ROOT));
    world.assign_as(id(3), allow("lin", role_id("clerk"), ROOT));
    world.assign_as(id(4), allow("lin", Permission::VIEW, ROOT));
    world.assign_as(id(1), allow("lin", LEAD, ROOT).until(at(1)));
    assert_eq!(granting(&agent), [id(2), id(5)]);
    assert_eq!(granting(&lead), [id(1)]);
    assert_eq!(granting(&clerk), [id(3)]);
    assert_eq!(granting(&chief), []);
    assert_eq!(granting(&RoleRef::System(tenantry::RoleName::new("nobody").unwrap())), []);
    // An assignment that is put again with another grant is of that one only.
    world.assign_as(id(5), allow("lin", role_id("clerk"), "inbox"));
    world.assign_as(id(4), allow("lin", AGENT, ROOT));
    assert_eq!((granting(&agent), granting(&clerk)), (vec![id(2), id(4)], vec![id(3), id(5)]));
    world.assign_as(id(4), allow("lin", Permission::VIEW, ROOT));
    assert_eq!(granting(&agent), [id(2)]);
    world.take_back(id(3));
    assert_eq!(granting(&clerk), [id(5)]);
    // A request for a role is no assignment of it.
    world.put(request("q", access("wu", AGENT, Scope::Organization)));
    assert_eq!(granting(&agent), [id(2)]);
}

#[test]
fn the_scopes_with_limits_of_their_own_are_listed() {
    let world = World::with_chain();
    world.workspace("sales");
    let limited = || settled(&world).limited_scopes().collect::<BTreeSet<Scope>>();
    let (support, note) =
        (Scope::Workspace(workspace_id("support")), Scope::Resource(resource_id("note")));
    assert_eq!(limited(), [].into());
    // The organization has its own row and is no part of the list.
    world.edit_profile(|it| it.ceiling = Some(names(&["VIEW"])));
    assert_eq!(limited(), [].into());

    world.edit_workspace("support", |it| it.inherits = names(&["VIEW"]));
    world.edit_resource("note", |it| it.inherits = names(&["VIEW"]));
    assert_eq!(limited(), [support, note].into());
    world.edit_workspace("support", |it| it.inherits = PermissionNames::Full);
    assert_eq!(limited(), [note].into());
    world.edit_resource("note", |it| it.inherits = PermissionNames::Full);
    assert_eq!(limited(), [].into());

    // A ceiling that names everything to come is still one: who may put it there matters.
    world.edit_workspace("support", |it| it.ceiling = Some(PermissionNames::Full));
    world.edit_resource("note", |it| it.ceiling = Some(PermissionNames::none()));
    assert_eq!(limited(), [support, note].into());
    world.edit_workspace("support", |it| it.ceiling = None);
    world.edit_resource("note", |it| it.labels = [label("vip")].into());
    assert_eq!(limited(), [note].into());
    world.edit_resource("note", |it| it.ceiling = None);
    assert_eq!(limited(), [note].into());
    world.edit_workspace("support", |it| it.labels = [label("vip")].into());
    assert_eq!(limited(), [support, note].into());

    world.remove(Remove::Resource(resource_id("note")));
    assert_eq!(limited(), [support].into());
    world.edit_workspace("sales", |it| it.labels = [label("vip")].into());
    world.remove(Remove::Workspace(workspace_id("sales")));
    assert_eq!(limited(), [support].into());
}

#[test]
fn who_made_an_assignment_is_no_part_of_what_it_says() {
    let lin = sub_account_id("lin");
    let made = Assignment::allow(assignment_id(1), lin, AGENT, Scope::Organization);
    let other = Assignment { id: assignment_id(2), by: lin.into(), ..made.clone() };
    assert!(made.same_as(&other) && other.same_as(&made));
    assert!(!made.same_as(&other.with(|it| it.delegator = Some(lin))));
    let stored = serde_json::to_value(&made).unwrap();
    assert!(stored.get("by").is_none());
    assert_eq!(serde_json::from_value::<Assignment>(stored).unwrap(), made);
}

#[test]
fn what_assignments_say_is_kept_once() {
    let world = World::new();
    let [lin, wu] = ["lin", "wu"].map(|name| world.member(name));
    let made = |id, whom| Assignment::allow(assignment_id(id), whom, AGENT, Scope::Organization);
    let until = |made: Assignment| made.with(|it| it.validity = Validity::until(at(50)));
    world.apply([put(made(1, lin)), put(until(made(2, lin))), put(made(3, wu))]).unwrap();
    world.put(until(made(4, wu)));
    let alike = |organization: &Organization, one, other| {
        let terms = |id| &organization.assignments().get(&assignment_id(id)).unwrap().terms;
        Arc::ptr_eq(terms(one), terms(other))
    };
    let now = settled(&world);
    let read: Organization = serde_json::from_str(&support::encoded(&now)).unwrap();
    for organization in [&now, &read] {
        assert!(alike(organization, 1, 3) && alike(organization, 2, 4));
        assert!(!alike(organization, 1, 2));
    }
    // Put again on other terms, it is kept with those that say so; the last one takes its terms along.
    world.put(made(2, lin));
    world.put(made(4, wu));
    assert!(alike(&settled(&world), 2, 4));
    let remove = |id| world.remove(Remove::Assignment(assignment_id(id)));
    [1, 2, 3].into_iter().for_each(remove);
    world.put(made(5, lin));
    assert!(alike(&settled(&world), 4, 5));
    [4, 5].into_iter().for_each(remove);
    settled(&world);
}

#[test]
fn the_next_instant_is_the_first_at_which_anything_starts_or_ends() {
    let world = World::with_chain();
    let next = |time| settled(&world).next_instant(at(time));
    assert_eq!(next(0), None);
    world.guest("gus", at(50));
    world.member("lin");
    world.put(invited("eve"));
    let id = assignment_id;
    let timed = allow("lin", AGENT, ROOT).from(at(20));
    world.assign_as(id(1), timed);
    world.assign_as(id(2), allow("lin", LEAD, ROOT).until(at(30)));
    world.assign_as(id(3), allow("gus", LEAD, ROOT));
    world.put(Invitation { expires: at(60), ..invitation("i", "eve") });
    world
        .put(Request { expires: at(70), ..request("q", access("lin", LEAD, Scope::Organization)) });
    world.put(Consent { starts: Some(at(10)), ends: at(40), ..consent("c", Scope::Organization) });
    for (after, instant) in [(0, 10), (10, 20), (19, 20), (20, 30), (30, 40), (40, 50), (50, 60)] {
        assert_eq!(next(after), Some(at(instant)), "after {after}");
    }
    assert_eq!((next(60), next(70)), (Some(at(70)), None));
    assert_eq!(settled(&world).next_instant(Timestamp::MAX), None);
    // What is put again, or taken away, leaves nothing behind.
    world.assign_as(id(1), allow("lin", AGENT, ROOT));
    world.take_back(id(2));
    world.guest("gus", at(55));
    world.remove(Remove::Consent(consent("c", Scope::Organization).id));
    world.remove(Remove::Invitation(invitation_id("i")));
    assert_eq!((next(0), next(55)), (Some(at(55)), Some(at(70))));
    world.remove(Remove::Request(request_id("q")));
    assert_eq!(next(55), None);
}
