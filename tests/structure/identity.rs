//! Lists have limits; ids and keys belong to one thing and are never used again.

use std::collections::BTreeSet;

use crate::references::*;
use crate::setup::*;
use crate::support;
use crate::support::{
    AGENT, Permission, World, custom, key, kind, label, membership, name, number, put, resource_id,
    role_id, set, sub_account_id, team_id, workspace_id,
};
use tenantry::id::ConsentId;
use tenantry::model::change::{Change, Remove, StructureError};
use tenantry::model::link::EntityId;
use tenantry::model::record::Digest;
use tenantry::model::{
    Assignment, Condition, LIST_LIMIT, Organization, Profile, Resource, Role, RoleName, RoleRef,
    Scope, SubAccount, Team, Workspace,
};
use tenantry::text::Label;

/// Puts a noun with a list of so many.
type Listing = Box<dyn Fn(usize) -> Change>;

#[test]
fn i3_every_list_of_a_noun_has_a_limit() {
    let labels = |count: usize| -> BTreeSet<Label> {
        (0..count).map(|number| label(&number.to_string())).collect()
    };
    let roles = |count: usize| -> BTreeSet<RoleRef> {
        (0..count).map(|number| RoleName::new(number.to_string()).unwrap().into()).collect()
    };
    let mut rows: Vec<(EntityId, &str, Listing)> = Vec::new();
    rows.push((
        EntityId::Organization,
        "labels",
        Box::new(move |count| put(Profile { labels: labels(count), ..Profile::new(name("A")) })),
    ));
    rows.push((
        EntityId::Organization,
        "conditions",
        Box::new(|count| {
            let mut profile = Profile::new(name("A"));
            profile.security.conditions = vec![Condition::Mfa; count];
            put(profile)
        }),
    ));
    rows.push((
        entity("workspace", "support"),
        "labels",
        Box::new(move |count| {
            let support = Workspace::new(workspace_id("support"), name("S"));
            put(Workspace { labels: labels(count), ..support })
        }),
    ));
    rows.push((
        entity("resource", "note"),
        "labels",
        Box::new(move |count| put(Resource { labels: labels(count), ..thing("note", "thread") })),
    ));
    rows.push((
        entity("team", "crew"),
        "labels",
        Box::new(move |count| put(Team { labels: labels(count), ..sub_team("crew", None) })),
    ));
    rows.push((
        entity("sub-account", "lin"),
        "former logins",
        Box::new(|count| {
            let former_logins =
                (0..count).map(|number| Digest::of([&number.to_be_bytes()[..]])).collect();
            put(SubAccount { former_logins, ..SubAccount::member(sub_account_id("lin")) })
        }),
    ));
    rows.push((
        entity("sub-account", "lin"),
        "labels",
        Box::new(move |count| {
            let lin = SubAccount::member(sub_account_id("lin"));
            put(SubAccount { labels: labels(count), ..lin })
        }),
    ));
    rows.push((
        entity("role", "r"),
        "included roles",
        Box::new(move |count| {
            put(Role { includes: roles(count), ..custom("r", Permission::VIEW) })
        }),
    ));
    rows.push((
        entity("role", "r"),
        "roles to assign",
        Box::new(move |count| put(Role { assigns: roles(count), ..custom("r", Permission::VIEW) })),
    ));
    rows.push((
        entity("assignment", "a"),
        "conditions",
        Box::new(|count| {
            let (id, lin) = (assignment_id(number("a")), sub_account_id("lin"));
            let made = Assignment::allow(id, lin, AGENT, Scope::Organization);
            put(made.with(|it| it.conditions = vec![Condition::Mfa; count]))
        }),
    ));
    for (entity, what, list) in rows {
        let world = World::with_chain();
        world.member("lin");
        world.team("crew");
        world.apply([list(LIST_LIMIT)]).unwrap();
        let (count, limit) = (LIST_LIMIT + 1, LIST_LIMIT);
        world.refuses([list(count)], StructureError::TooMany { entity, what, count, limit });
        world.apply([list(0)]).unwrap();
    }
}

// Ids and keys.

#[test]
fn i4_an_id_is_never_used_again_once_its_noun_was_removed() {
    let (a, c) = (assignment_id(number("a")), ConsentId::from_u128(number("c")));
    let lin = sub_account_id("lin");
    let nouns: Vec<(Change, Remove)> = vec![
        (put(Workspace::new(workspace_id("w"), name("W"))), Remove::Workspace(workspace_id("w"))),
        (put(thing("r", "note")), Remove::Resource(resource_id("r"))),
        (put(sub_team("t", None)), Remove::Team(team_id("t"))),
        (put(custom("o", Permission::VIEW)), Remove::Role(role_id("o"))),
        (put(Assignment::allow(a, lin, AGENT, Scope::Organization)), Remove::Assignment(a)),
        (put(consent("c", Scope::Organization)), Remove::Consent(c)),
        (put(invitation("i", "eve")), Remove::Invitation(invitation_id("i"))),
        (put(request("q", rejoin("lin"))), Remove::Request(request_id("q"))),
    ];
    for (noun, remove) in nouns {
        let reused = StructureError::IdReused(removed_entity(remove));
        let world = held_world();
        world.apply([noun.clone()]).unwrap();
        world.apply([noun.clone()]).unwrap();
        world.refuses([remove.into(), noun.clone()], reused.clone());
        world.remove(remove);
        world.refuses([noun.clone()], reused.clone());
        world.refuses([remove.into()], StructureError::NothingToRemove(removed_entity(remove)));

        // Made and removed in one set, it is used all the same.
        let world = held_world();
        world.apply([noun.clone(), remove.into()]).unwrap();
        world.refuses([noun.clone()], reused.clone());

        // What was stored and read again remembers.
        let mut read: Organization =
            serde_json::from_str(&support::encoded(&world.organization())).unwrap();
        assert_eq!(read.apply(&set([noun])), Err(reused));
    }
}

#[test]
fn i4_a_place_in_a_team_may_be_taken_again() {
    let world = held_world();
    world.join("lin", "crew");
    world.join("lin", "crew");
    world.quit("lin", "crew");
    world.join("lin", "crew");
    assert_eq!(world.organization().teams_of(sub_account_id("lin")).count(), 1);
    let [quit, join] =
        [Remove::Membership(membership("lin", "crew")).into(), put(membership("lin", "crew"))];
    world.apply([quit, join]).unwrap();
}

fn keyed_workspace(id: &str, text: Option<&str>) -> Change {
    put(Workspace { key: text.map(key), ..Workspace::new(workspace_id(id), name(id)) })
}

fn keyed_resource(id: &str, of: &str, text: Option<&str>) -> Change {
    let resource = Resource::new(resource_id(id), kind(of), workspace_id("support"));
    put(Resource { key: text.map(key), ..resource })
}

#[test]
fn i4_a_key_belongs_to_one_workspace_and_to_one_resource_of_a_kind() {
    let world = World::with_chain();
    world.apply([keyed_workspace("one", Some("17"))]).unwrap();
    world.apply([keyed_resource("r1", "inbox", Some("17"))]).unwrap();
    // A resource of another kind, and a workspace, have keys of their own.
    world.apply([keyed_resource("r2", "channel", Some("17"))]).unwrap();
    let holder = entity("workspace", "one");
    let refused = StructureError::DuplicateKey { key: key("17"), holder };
    world.refuses([keyed_workspace("two", Some("17"))], refused);
    let holder = entity("resource", "r1");
    let refused = StructureError::DuplicateKey { key: key("17"), holder };
    world.refuses([keyed_resource("r3", "inbox", Some("17"))], refused.clone());
    // Nor by changing the kind of one that has it.
    world.refuses([keyed_resource("r2", "inbox", Some("17"))], refused);
    // Keys are compared byte for byte.
    for other in ["017", "17 ", "１７"] {
        world.apply([keyed_workspace(other.trim_start_matches('１'), Some(other))]).unwrap();
    }
    world.read(|all| {
        assert_eq!(all.workspace_by_key("17"), Some(workspace_id("one")));
        assert_eq!(all.workspace_by_key("18"), None);
        assert_eq!(all.resource_by_key(&kind("inbox"), &key("17")), Some(resource_id("r1")));
        assert_eq!(all.resource_by_key(&kind("channel"), &key("17")), Some(resource_id("r2")));
        assert_eq!(all.resource_by_key(&kind("thing"), &key("17")), None);
    });
    // Two of one set are two.
    let twice = [keyed_workspace("x", Some("x")), keyed_workspace("y", Some("x"))];
    let refused = StructureError::DuplicateKey { key: key("x"), holder: entity("workspace", "x") };
    world.refuses(twice, refused);
}

#[test]
fn i4_a_key_is_never_used_again() {
    let used = |text: &str| StructureError::KeyReused(key(text));
    // After its workspace was removed, or has taken another key, or none; not even by the one that had it.
    for let_go in [
        Remove::Workspace(workspace_id("one")).into(),
        keyed_workspace("one", Some("18")),
        keyed_workspace("one", None),
    ] {
        let world = World::with_chain();
        world.apply([keyed_workspace("one", Some("17"))]).unwrap();
        let again = keyed_workspace("two", Some("17"));
        world.refuses([let_go.clone(), again.clone()], used("17"));
        let removes = matches!(let_go, Change::Remove(_));
        world.apply([let_go]).unwrap();
        world.refuses([again.clone()], used("17"));
        if !removes {
            world.refuses([keyed_workspace("one", Some("17"))], used("17"));
        }
        assert_eq!(world.read(|all| all.workspace_by_key("17")), None);
        let mut read: Organization =
            serde_json::from_str(&support::encoded(&world.organization())).unwrap();
        assert_eq!(read.apply(&set([again])), Err(used("17")));
        // Among resources it is another key.
        world.apply([keyed_resource("r1", "inbox", Some("17"))]).unwrap();
    }
    for let_go in [
        Remove::Resource(resource_id("r1")).into(),
        keyed_resource("r1", "inbox", Some("18")),
        keyed_resource("r1", "inbox", None),
        keyed_resource("r1", "channel", Some("17")),
    ] {
        let world = World::with_chain();
        world.apply([keyed_resource("r1", "inbox", Some("17"))]).unwrap();
        let again = keyed_resource("r2", "inbox", Some("17"));
        world.refuses([let_go.clone(), again.clone()], used("17"));
        world.apply([let_go]).unwrap();
        world.refuses([again.clone()], used("17"));
        assert_eq!(world.read(|all| all.resource_by_key(&kind("inbox"), &key("17"))), None);
        let mut read: Organization =
            serde_json::from_str(&support::encoded(&world.organization())).unwrap();
        assert_eq!(read.apply(&set([again])), Err(used("17")));
    }
}

// The life of a sub-account.
