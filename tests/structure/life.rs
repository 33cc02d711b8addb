//! Statuses, kinds, and what an assignment or a consent must say.

use crate::setup::*;
use crate::support::{
    AGENT, ROOT, World, allow, at, denial, just_before, name, names, put, sub_account_id,
};
use tenantry::PermissionNames;
use tenantry::model::change::StructureError;
use tenantry::model::link::EntityId;
use tenantry::model::{
    Consent, Grant, OrganizationStatus, Profile, Scope, Status, SubAccount, SubAccountKind,
};

pub(crate) const STATUSES: [Status; 5] =
    [Status::Invited, Status::Active, Status::Suspended, Status::Left, Status::Removed];

#[test]
fn a_status_changes_only_along_the_steps_of_its_life() {
    use Status::{Active, Invited, Left, Removed, Suspended};
    let steps: [(Status, &[Status]); 5] = [
        (Invited, &[Invited, Active, Removed]),
        (Active, &[Active, Suspended, Left, Removed]),
        (Suspended, &[Suspended, Active, Left, Removed]),
        (Left, &[Left, Invited, Active]),
        (Removed, &[Removed, Invited, Active]),
    ];
    let lin = sub_account_id("lin");
    let put_as = |status| put(SubAccount { status, ..SubAccount::member(lin) });
    for (from, possible) in steps {
        for to in STATUSES {
            let world = World::new();
            let start = if from == Invited { Invited } else { Active };
            world.apply([put_as(start)]).unwrap();
            world.apply([put_as(from)]).unwrap();
            assert_eq!(from.may_become(to), possible.contains(&to), "{from:?} to {to:?}");
            if possible.contains(&to) {
                world.apply([put_as(to)]).unwrap();
            } else {
                let from = Some(from);
                let refused = StructureError::IllegalStatus { sub_account: lin, from, to };
                world.refuses([put_as(to)], refused);
            }
        }
    }
    for to in STATUSES {
        let world = World::new();
        assert_eq!(to.may_start(), [Invited, Active].contains(&to));
        if to.may_start() {
            world.apply([put_as(to)]).unwrap();
        } else {
            let refused = StructureError::IllegalStatus { sub_account: lin, from: None, to };
            world.refuses([put_as(to)], refused);
        }
    }
    // Every step of one set is judged, not only where it ends.
    let world = World::new();
    world.apply([put_as(Active), put_as(Left), put_as(Invited)]).unwrap();
    let refused =
        StructureError::IllegalStatus { sub_account: lin, from: Some(Invited), to: Suspended };
    world.refuses([put_as(Suspended)], refused);
}

#[test]
fn an_organization_that_was_closed_stays_closed() {
    use OrganizationStatus::{Active, Closed, Suspended};
    let put_as = |status| put(Profile { status, ..Profile::new(name("Acme")) });
    for from in [Active, Suspended, Closed] {
        for to in [Active, Suspended, Closed] {
            let world = World::new();
            world.apply([put_as(from)]).unwrap();
            if from == Closed && to != Closed {
                let refused = StructureError::IllegalOrganizationStatus { from, to };
                world.refuses([put_as(to)], refused);
            } else {
                world.apply([put_as(to)]).unwrap();
            }
        }
    }
}

#[test]
fn i4_a_guest_has_an_end() {
    let world = World::new();
    let gus = sub_account_id("gus");
    let endless = SubAccount { ends: None, ..SubAccount::guest(gus, at(5)) };
    world.refuses([put(endless.clone())], StructureError::GuestWithoutEnd(gus));
    world.guest("gus", at(5));
    world.refuses([put(endless)], StructureError::GuestWithoutEnd(gus));
    // A guest may become a member, who needs none, and a member a guest, who does.
    world.put(SubAccount::member(gus));
    let guest = SubAccount { kind: SubAccountKind::Guest, ..SubAccount::member(gus) };
    world.refuses([put(guest)], StructureError::GuestWithoutEnd(gus));
    world.guest("gus", at(5));
}

#[test]
fn i4_a_service_and_nobody_else_has_a_member_as_its_owner() {
    let world = World::new();
    world.member("ada");
    world.guest("gus", at(5));
    world.service("bot", "ada");
    let (ada, gus, bot) = (sub_account_id("ada"), sub_account_id("gus"), sub_account_id("bot"));
    let new = sub_account_id("new");
    let wrong = StructureError::ServiceOwner;
    world.refuses([put(SubAccount { owner: None, ..SubAccount::service(new, ada) })], wrong(new));
    for owner in [gus, bot, new] {
        world.refuses([put(SubAccount::service(new, owner))], wrong(new));
    }
    world.refuses([put(SubAccount { owner: Some(ada), ..SubAccount::member(new) })], wrong(new));
    world.refuses(
        [put(SubAccount { owner: Some(ada), ..SubAccount::guest(new, at(5)) })],
        wrong(new),
    );
    world.refuses([put(SubAccount { owner: None, ..SubAccount::service(bot, ada) })], wrong(bot));
    // Who answers for a service stays a member.
    world.refuses([put(SubAccount::guest(ada, at(5)))], wrong(bot));
    world.member("eve");
    world
        .apply([
            put(SubAccount::guest(ada, at(5))),
            put(SubAccount::service(bot, sub_account_id("eve"))),
        ])
        .unwrap();
    // An owner who leaves is still one; what that means is for the decision to say.
    world.status("eve", Status::Left);
}

#[test]
fn a_service_never_turns_into_a_person_nor_a_person_into_a_service() {
    let world = World::new();
    world.member("ada");
    world.member("lin");
    world.guest("gus", at(5));
    world.service("bot", "ada");
    let (ada, bot) = (sub_account_id("ada"), sub_account_id("bot"));
    let changed = StructureError::KindChanged;
    world.refuses([put(SubAccount::member(bot))], changed(bot));
    world.refuses([put(SubAccount::guest(bot, at(5)))], changed(bot));
    for person in ["lin", "gus"] {
        let id = sub_account_id(person);
        world.refuses([put(SubAccount::service(id, ada))], changed(id));
    }
    world.put(SubAccount::guest(sub_account_id("lin"), at(5)));
    world.put(SubAccount::member(sub_account_id("gus")));
}

// Assignments and consents.

#[test]
fn an_assignment_of_nothing_is_not_one_of_everything() {
    let world = World::new();
    world.member("lin");
    let id = assignment_id(1);
    let empty = Grant::Permissions { any: PermissionNames::none(), own: PermissionNames::none() };
    for draft in [allow("lin", empty.clone(), ROOT), denial("lin", empty, ROOT)] {
        let assignment = world.assignment(id, draft);
        world.refuses([put(assignment)], StructureError::EmptyGrant(EntityId::Assignment(id)));
    }
    let any = Grant::any(names(&["TELEPORT"]));
    let own = Grant::own(PermissionNames::Full);
    for grant in [any, own] {
        world.assign_as(id, allow("lin", grant, ROOT));
    }
}

#[test]
fn only_an_allow_passes_on_somebodys_access() {
    let world = World::new();
    world.member("ada");
    world.member("lin");
    let id = assignment_id(1);
    let deny = world.assignment(id, denial("lin", AGENT, ROOT).passed_on_by("ada"));
    world.refuses([put(deny)], StructureError::DelegatedDeny(id));
    world.assign_as(id, allow("lin", AGENT, ROOT).passed_on_by("ada"));
    let deny = world.assignment(id, denial("lin", AGENT, ROOT).passed_on_by("ada"));
    world.refuses([put(deny)], StructureError::DelegatedDeny(id));
}

#[test]
fn a_consent_ends_after_it_starts() {
    let world = World::new();
    let id = entity("consent", "c");
    for (starts, fits) in [
        (None, true),
        (Some(just_before(at(1_000))), true),
        (Some(at(1_000)), false),
        (Some(at(1_001)), false),
    ] {
        let consent = Consent { starts, ..consent("c", Scope::Organization) };
        if fits {
            world.put(consent);
        } else {
            world.refuses([put(consent)], StructureError::EmptyWindow(id));
        }
    }
}

// Personal data.
