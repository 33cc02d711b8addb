//! The structure of an organization, as `apply` keeps it: what is refused leaves the organization byte for byte what it
//! was, nothing dangles, nests too deep or contains itself, and what was used is never free again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod support;

use std::collections::BTreeSet;

use jiff::Timestamp;
use support::{
    AGENT, Permission, ROOT, World, allow, at, custom, denial, just_before, key, kind, label,
    membership, name, names, number, office, organization_id, put, resource_id, role_id, set,
    sub_account_id, team_id, workspace_id,
};
use tenantry::PermissionNames;
use tenantry::access::{Context, Reason};
use tenantry::id::{AssignmentId, ConsentId, PersonalId};
use tenantry::model::change::{Change, ChangeSet, Remove, StructureError};
use tenantry::model::link::{EntityId, Relation};
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::{
    Assignment, Condition, Consent, DEPTH_LIMIT, Grant, LIST_LIMIT, Login, Organization,
    OrganizationStatus, Profile, Resource, Role, RoleName, RoleRef, Scope, Status, SubAccount,
    SubAccountKind, Team, Workspace,
};
use tenantry::text::Label;

fn assignment_id(number: u128) -> AssignmentId {
    AssignmentId::from_u128(number)
}

fn consent(id: &str, scope: Scope) -> Consent {
    Consent {
        id: ConsentId::from_u128(number(id)),
        operators: organization_id("vendor"),
        scope,
        mask: PermissionNames::Full,
        starts: None,
        ends: at(1_000),
    }
}

fn entity(what: &str, id: &str) -> EntityId {
    match what {
        "workspace" => EntityId::Workspace(workspace_id(id)),
        "resource" => EntityId::Resource(resource_id(id)),
        "sub-account" => EntityId::SubAccount(sub_account_id(id)),
        "team" => EntityId::Team(team_id(id)),
        "role" => EntityId::Role(role_id(id)),
        "consent" => EntityId::Consent(ConsentId::from_u128(number(id))),
        "assignment" => EntityId::Assignment(assignment_id(number(id))),
        _ => panic!("`{what}` is no kind of noun"),
    }
}

/// A noun by its kind and its name.
type Named = (&'static str, &'static str);

fn thing(resource: &str, parent: &str) -> Resource {
    Resource::new(resource_id(resource), kind("thing"), resource_id(parent))
}

fn includes(roles: &[&str]) -> BTreeSet<RoleRef> {
    roles.iter().map(|role| role_id(role).into()).collect()
}

fn role_with(role: &str, included: &[&str]) -> Role {
    Role { includes: includes(included), ..custom(role, Permission::VIEW) }
}

fn sub_team(team: &str, parent: Option<&str>) -> Team {
    Team { parent: parent.map(team_id), ..Team::new(team_id(team), name(team)) }
}

// Founding and time.

#[test]
fn an_organization_starts_with_its_profile() {
    let id = organization_id("acme");
    let workspace = Workspace::new(workspace_id("support"), name("Support"));
    let profile = Profile::new(name("Acme"));
    for first in [set([]), set([workspace.clone().into(), profile.clone().into()])] {
        assert_eq!(Organization::found(id, &first), Err(StructureError::NoProfile));
    }
    let first = set([profile.into(), workspace.into()]);
    let organization = Organization::found(id, &first).unwrap();
    assert_eq!(organization.revision().number(), 1);
    assert_eq!(organization.time(), at(0));
    assert_eq!(organization.workspaces().len(), 1);
}

#[test]
fn i7_a_change_is_never_dated_before_the_one_it_follows() {
    let world = World::new();
    let dated = |time| ChangeSet { time, changes: Vec::new(), personal: Vec::new() };
    assert_eq!(world.apply_set(&dated(at(50))), Ok(()));
    for time in [just_before(at(50)), at(0), Timestamp::MIN] {
        let refused = StructureError::TimeWentBack { time, after: at(50) };
        assert_eq!(world.apply_set(&dated(time)), Err(refused));
    }
    assert_eq!(world.apply_set(&dated(at(50))), Ok(()));
    assert_eq!(world.apply_set(&dated(Timestamp::MAX)), Ok(()));
    assert_eq!(world.organization().time(), Timestamp::MAX);
    assert_eq!(world.organization().revision().number(), 4);
}

#[test]
fn of_a_set_that_is_refused_nothing_happens() {
    let world = World::with_chain();
    world.member("lin");
    let refused = StructureError::EmptyGrant(assignment_id(9));
    world.refuses(
        [
            put(Profile::new(name("Renamed"))),
            put(Workspace {
                key: Some(key("17")),
                ..Workspace::new(workspace_id("sales"), name("S"))
            }),
            put(SubAccount {
                status: Status::Suspended,
                ..SubAccount::member(sub_account_id("lin"))
            }),
            Remove::Resource(resource_id("note")).into(),
            put(Assignment::allow(
                assignment_id(9),
                sub_account_id("lin"),
                Grant::any(PermissionNames::none()),
                Scope::Organization,
            )),
        ],
        refused,
    );
    // What the refused set would have used is still free.
    world.workspace("sales");
    world.edit_workspace("sales", |it| it.key = Some(key("17")));
    world.remove(Remove::Resource(resource_id("note")));
}

// References.

#[test]
fn i4_nothing_refers_to_what_does_not_exist() {
    let world = World::with_chain();
    world.member("lin");
    world.team("crew");
    let (lin, inbox) = (sub_account_id("lin"), resource_id("inbox"));
    let a = assignment_id(number("a"));
    let view = || Grant::any(names(&["VIEW"]));
    let nowhere = Scope::Workspace(workspace_id("gone"));
    let no_thing = Scope::Resource(resource_id("gone"));
    let members_of = tenantry::model::Assignee::MembersOf;
    let plain = Assignment::allow(a, lin, view(), inbox);
    let gone_role = Grant::from(role_id("gone"));
    let rows: Vec<(Change, Named, Named)> = vec![
        (
            put(Resource::new(resource_id("r"), kind("thing"), workspace_id("gone"))),
            ("resource", "r"),
            ("workspace", "gone"),
        ),
        (put(thing("r", "gone")), ("resource", "r"), ("resource", "gone")),
        (
            put(Resource { owner: Some(sub_account_id("gone")), ..thing("r", "inbox") }),
            ("resource", "r"),
            ("sub-account", "gone"),
        ),
        (
            put(SubAccount::service(sub_account_id("bot"), sub_account_id("gone"))),
            ("sub-account", "bot"),
            ("sub-account", "gone"),
        ),
        (put(sub_team("t", Some("gone"))), ("team", "t"), ("team", "gone")),
        (put(membership("lin", "gone")), ("sub-account", "lin"), ("team", "gone")),
        (put(membership("gone", "crew")), ("sub-account", "gone"), ("sub-account", "gone")),
        (put(role_with("r", &["gone"])), ("role", "r"), ("role", "gone")),
        (
            put(Role { assigns: includes(&["gone"]), ..custom("r", Permission::VIEW) }),
            ("role", "r"),
            ("role", "gone"),
        ),
        (
            put(Assignment::allow(a, lin, view(), nowhere)),
            ("assignment", "a"),
            ("workspace", "gone"),
        ),
        (
            put(Assignment::allow(a, lin, view(), no_thing)),
            ("assignment", "a"),
            ("resource", "gone"),
        ),
        (
            put(Assignment::allow(a, sub_account_id("gone"), view(), inbox)),
            ("assignment", "a"),
            ("sub-account", "gone"),
        ),
        (
            put(Assignment::allow(a, team_id("gone"), view(), inbox)),
            ("assignment", "a"),
            ("team", "gone"),
        ),
        (
            put(Assignment::allow(a, members_of(nowhere), view(), inbox)),
            ("assignment", "a"),
            ("workspace", "gone"),
        ),
        (
            put(Assignment::allow(a, members_of(no_thing), view(), inbox)),
            ("assignment", "a"),
            ("resource", "gone"),
        ),
        (put(Assignment::allow(a, lin, gone_role, inbox)), ("assignment", "a"), ("role", "gone")),
        (
            put(Assignment { delegator: Some(sub_account_id("gone")), ..plain }),
            ("assignment", "a"),
            ("sub-account", "gone"),
        ),
        (put(consent("c", nowhere)), ("consent", "c"), ("workspace", "gone")),
        (put(consent("c", no_thing)), ("consent", "c"), ("resource", "gone")),
    ];
    for (change, from, to) in rows {
        let (from, to) = (entity(from.0, from.1), entity(to.0, to.1));
        world.refuses([change], StructureError::Dangling { from, to });
    }
    // A system role is the catalog's business: its name may stand for nothing here.
    world.allow("lin", RoleRef::from(RoleName::new("unheard-of").unwrap()), "inbox");
}

#[test]
fn i4_what_stood_cannot_be_changed_to_refer_to_nothing() {
    let world = World::with_chain();
    world.member("lin");
    world.team("crew");
    let made = world.allow("lin", Permission::VIEW, "inbox");
    world.refuses(
        [put(thing("note", "gone"))],
        StructureError::Dangling {
            from: entity("resource", "note"),
            to: entity("resource", "gone"),
        },
    );
    world.refuses(
        [put(sub_team("crew", Some("gone")))],
        StructureError::Dangling { from: entity("team", "crew"), to: entity("team", "gone") },
    );
    let mut moved = world.assignment(made, allow("lin", Permission::VIEW, "inbox"));
    moved.scope = Scope::Workspace(workspace_id("gone"));
    world.refuses(
        [put(moved)],
        StructureError::Dangling {
            from: EntityId::Assignment(made),
            to: entity("workspace", "gone"),
        },
    );
    world.allows("lin", Permission::VIEW, "note");
}

/// Something that can be removed, a change that makes something refer to it, and the removal of what refers.
struct Hold {
    removed: Remove,
    refer: Change,
    by: EntityId,
    release: Remove,
}

/// Every kind of reference to everything that can be removed: the workspace `empty`, the resource `note`, the team
/// `crew` and the role `clerk`.
fn holds() -> Vec<Hold> {
    let a = assignment_id(number("a"));
    let lin = sub_account_id("lin");
    let view = || Grant::any(names(&["VIEW"]));
    let members_of = tenantry::model::Assignee::MembersOf;
    let (child, sub, top) = (resource_id("child"), team_id("sub"), role_id("top"));
    let assignment = |removed, noun| Hold {
        removed,
        refer: put(noun),
        by: EntityId::Assignment(a),
        release: Remove::Assignment(a),
    };
    let mut holds = Vec::new();
    for (removed, scope, inside) in [
        (
            Remove::Workspace(workspace_id("empty")),
            Scope::Workspace(workspace_id("empty")),
            Resource::new(child, kind("thing"), workspace_id("empty")),
        ),
        (
            Remove::Resource(resource_id("note")),
            Scope::Resource(resource_id("note")),
            thing("child", "note"),
        ),
    ] {
        holds.push(Hold {
            removed,
            refer: put(inside),
            by: EntityId::Resource(child),
            release: Remove::Resource(child),
        });
        holds.push(Hold {
            removed,
            refer: put(consent("c", scope)),
            by: entity("consent", "c"),
            release: Remove::Consent(ConsentId::from_u128(number("c"))),
        });
        holds.push(assignment(removed, Assignment::allow(a, lin, view(), scope)));
        let to_members = Assignment::allow(a, members_of(scope), view(), Scope::Organization);
        holds.push(assignment(removed, to_members));
    }
    let crew = Remove::Team(team_id("crew"));
    holds.push(Hold {
        removed: crew,
        refer: put(sub_team("sub", Some("crew"))),
        by: EntityId::Team(sub),
        release: Remove::Team(sub),
    });
    holds.push(Hold {
        removed: crew,
        refer: put(membership("lin", "crew")),
        by: EntityId::SubAccount(lin),
        release: Remove::Membership(membership("lin", "crew")),
    });
    let to_crew = Assignment::allow(a, team_id("crew"), view(), Scope::Organization);
    holds.push(assignment(crew, to_crew));
    let clerk = Remove::Role(role_id("clerk"));
    for top_role in [
        role_with("top", &["clerk"]),
        Role { assigns: includes(&["clerk"]), ..custom("top", Permission::VIEW) },
    ] {
        holds.push(Hold {
            removed: clerk,
            refer: put(top_role),
            by: EntityId::Role(top),
            release: Remove::Role(top),
        });
    }
    let of_clerk = Assignment::allow(a, lin, role_id("clerk"), Scope::Organization);
    holds.push(assignment(clerk, of_clerk));
    holds
}

fn removed_entity(remove: Remove) -> EntityId {
    match remove {
        Remove::Workspace(id) => EntityId::Workspace(id),
        Remove::Resource(id) => EntityId::Resource(id),
        Remove::Team(id) => EntityId::Team(id),
        Remove::Role(id) => EntityId::Role(id),
        Remove::Assignment(id) => EntityId::Assignment(id),
        Remove::Consent(id) => EntityId::Consent(id),
        Remove::Membership(membership) => EntityId::SubAccount(membership.sub_account),
    }
}

fn held_world() -> World {
    let world = World::with_chain();
    world.workspace("empty");
    world.member("lin");
    world.team("crew");
    world.role(custom("clerk", Permission::VIEW));
    world
}

#[test]
fn i4_nothing_is_removed_while_anything_refers_to_it() {
    let holds = holds();
    assert_eq!(holds.len(), 2 * 4 + 3 + 3);
    for Hold { removed, refer, by, release } in holds {
        let refused = StructureError::StillReferenced { removed: removed_entity(removed), by };

        // What refers was there before, is let go later.
        let world = held_world();
        world.apply([refer.clone()]).unwrap();
        world.refuses([removed.into()], refused.clone());
        world.remove(release);
        world.remove(removed);
        assert!(!world.read(|all| all.contains(removed_entity(removed))));

        // What refers is let go in the same set, before or after.
        for set in [[release, removed], [removed, release]] {
            let world = held_world();
            world.apply([refer.clone()]).unwrap();
            world.apply(set.map(Change::from)).unwrap();
            assert!(!world.read(|all| all.contains(removed_entity(removed))));
        }

        // What refers comes in the same set, before or after.
        for set in [[refer.clone(), removed.into()], [removed.into(), refer.clone()]] {
            let world = held_world();
            let error = world.apply(set).unwrap_err();
            let dangling = StructureError::Dangling { from: by, to: removed_entity(removed) };
            assert!(error == refused || error == dangling, "{error}");
        }
    }
}

#[test]
fn i4_a_whole_tree_is_removed_in_any_order() {
    let chain = ["inbox", "thread", "note"].map(|id| Remove::Resource(resource_id(id)));
    let mut upwards: Vec<_> = chain.into_iter().rev().collect();
    upwards.push(Remove::Workspace(workspace_id("support")));
    let downwards: Vec<_> = upwards.iter().copied().rev().collect();
    for order in [upwards, downwards] {
        let world = World::with_chain();
        world.apply(order.into_iter().map(Change::from)).unwrap();
        assert!(world.read(|all| all.workspaces().is_empty() && all.resources().is_empty()));
    }
}

#[test]
fn i4_what_is_not_there_cannot_be_removed() {
    let world = held_world();
    for (remove, what) in [
        (Remove::Workspace(workspace_id("gone")), entity("workspace", "gone")),
        (Remove::Resource(resource_id("gone")), entity("resource", "gone")),
        (Remove::Team(team_id("gone")), entity("team", "gone")),
        (Remove::Role(role_id("gone")), entity("role", "gone")),
        (Remove::Assignment(assignment_id(number("gone"))), entity("assignment", "gone")),
        (Remove::Consent(ConsentId::from_u128(number("gone"))), entity("consent", "gone")),
    ] {
        world.refuses([remove.into()], StructureError::NothingToRemove(what));
    }
    // Nor twice.
    let twice = [Remove::Team(team_id("crew")); 2].map(Change::from);
    world.refuses(twice, StructureError::NothingToRemove(entity("team", "crew")));
    for gone in [membership("lin", "crew"), membership("gone", "crew"), membership("lin", "gone")] {
        let remove = Remove::Membership(gone);
        world.refuses([remove.into()], StructureError::NotAMember(gone));
    }
}

#[test]
fn i4_changes_of_one_set_may_refer_to_what_comes_later() {
    let world = World::new();
    let (lin, bot) = (sub_account_id("lin"), sub_account_id("bot"));
    let changes = vec![
        put(Assignment::allow(assignment_id(1), bot, role_id("top"), resource_id("thread"))),
        put(Assignment::allow(assignment_id(2), team_id("crew"), AGENT, workspace_id("support"))),
        put(membership("lin", "crew")),
        put(consent("c", resource_id("thread").into())),
        put(role_with("top", &["base"])),
        put(thing("thread", "inbox")),
        put(Resource {
            owner: Some(lin),
            ..Resource::new(resource_id("inbox"), kind("thing"), workspace_id("support"))
        }),
        put(sub_team("crew", Some("company"))),
        put(SubAccount::service(bot, lin)),
        put(custom("base", Permission::VIEW)),
        put(Workspace::new(workspace_id("support"), name("Support"))),
        put(sub_team("company", None)),
        put(SubAccount::member(lin)),
    ];
    let forwards = {
        world.apply(changes.clone()).unwrap();
        world.organization()
    };
    let world = World::new();
    world.apply(changes.into_iter().rev()).unwrap();
    assert_eq!(support::encoded(&forwards), support::encoded(&world.organization()));
    world.allows("lin", Permission::VIEW, "thread");
    world.denies("bot", Permission::REPLY, "thread", "D1", Reason::NotGranted);
}

#[test]
fn what_refers_to_what_is_read_from_one_index() {
    let world = held_world();
    world.join("lin", "crew");
    world.service("bot", "lin");
    world.register_owner("note", "lin");
    let made = world.allow("crew", role_id("clerk"), "inbox");
    world.assign(allow("lin", AGENT, "inbox").passed_on_by("lin"));
    let organization = world.organization();
    let referring = |to, relation| organization.referring(to, relation).collect::<Vec<_>>();
    let lin = entity("sub-account", "lin");
    let (bot, note) = (entity("sub-account", "bot"), entity("resource", "note"));
    assert_eq!(referring(lin, Relation::Owner), [note, bot]);
    assert_eq!(referring(entity("team", "crew"), Relation::Member), [lin]);
    assert_eq!(
        referring(entity("resource", "inbox"), Relation::Parent),
        [entity("resource", "thread")]
    );
    assert_eq!(referring(entity("role", "clerk"), Relation::Grants), [EntityId::Assignment(made)]);
    let by = |to, relation| organization.assignments_by(to, relation).count();
    assert_eq!(by(entity("resource", "inbox"), Relation::At), 2);
    assert_eq!(by(lin, Relation::Assignee), 1);
    assert_eq!(by(lin, Relation::Delegator), 1);
    assert_eq!(by(entity("team", "crew"), Relation::Assignee), 1);
    // The index is the same when it is built from what is stored.
    let read: Organization = serde_json::from_str(&support::encoded(&organization)).unwrap();
    assert_eq!(read, organization);
}

// Trees and chains.

/// A chain of things of this kind, one inside the other, the outermost first.
fn chain(what: &str, prefix: &str, length: usize) -> Vec<Change> {
    (1..=length).map(|level| link(what, prefix, level, level - 1)).collect()
}

/// The `level`th of a chain, inside (or, for roles, including) the `above`th; 0 is outside the chain.
fn link(what: &str, prefix: &str, level: usize, above: usize) -> Change {
    let (it, parent) = (format!("{prefix}{level:02}"), format!("{prefix}{above:02}"));
    match (what, above) {
        ("resource", 0) => {
            put(Resource::new(resource_id(&it), kind("thing"), workspace_id("support")))
        }
        ("resource", _) => put(thing(&it, &parent)),
        ("team", 0) => put(sub_team(&it, None)),
        ("team", _) => put(sub_team(&it, Some(&parent))),
        ("role", 0) => put(role_with(&it, &[])),
        ("role", _) => put(role_with(&it, &[&parent])),
        _ => panic!("{what} does not nest"),
    }
}

fn too_deep(error: &StructureError, what: &str) {
    let StructureError::TooDeep { entity, limit } = error else { panic!("{error}") };
    assert_eq!(*limit, DEPTH_LIMIT);
    let fits = match entity {
        EntityId::Resource(_) => what == "resource",
        EntityId::Team(_) => what == "team",
        EntityId::Role(_) => what == "role",
        _ => false,
    };
    assert!(fits, "{entity} is no {what}");
}

const NESTING: [&str; 3] = ["resource", "team", "role"];

#[test]
fn i3_a_chain_may_be_as_deep_as_its_limit_and_no_deeper() {
    for what in NESTING {
        // One after the other, each in a set of its own.
        let world = World::with_chain();
        for change in chain(what, "x", DEPTH_LIMIT) {
            world.apply([change]).unwrap();
        }
        let error = world.apply([link(what, "x", DEPTH_LIMIT + 1, DEPTH_LIMIT)]).unwrap_err();
        too_deep(&error, what);
        // Beside is not below.
        world.apply([link(what, "x", DEPTH_LIMIT + 1, DEPTH_LIMIT - 1)]).unwrap();

        // All in one set, from either end.
        for reversed in [false, true] {
            for (length, fits) in [(DEPTH_LIMIT, true), (DEPTH_LIMIT + 1, false)] {
                let world = World::with_chain();
                let mut changes = chain(what, "x", length);
                if reversed {
                    changes.reverse();
                }
                match world.apply(changes) {
                    Ok(()) => assert!(fits, "{what}: {length} levels, reversed {reversed}"),
                    Err(error) => {
                        assert!(!fits, "{what}: {length} levels, reversed {reversed}: {error}");
                        too_deep(&error, what);
                    }
                }
            }
        }
    }
}

#[test]
fn i3_what_is_moved_takes_all_its_levels_along() {
    for what in NESTING {
        for upper in 1..=DEPTH_LIMIT {
            for lower in [DEPTH_LIMIT - upper, DEPTH_LIMIT - upper + 1] {
                if lower == 0 {
                    continue;
                }
                let world = World::with_chain();
                world.apply(chain(what, "a", upper)).unwrap();
                world.apply(chain(what, "b", lower)).unwrap();
                let (top, bottom) = ("b01", format!("a{upper:02}"));
                let moved = match what {
                    "resource" => put(thing(top, &bottom)),
                    "team" => put(sub_team(top, Some(&bottom))),
                    _ => put(role_with(top, &[&bottom])),
                };
                let result = world.apply([moved]);
                let levels = upper + lower;
                assert_eq!(result.is_ok(), levels <= DEPTH_LIMIT, "{what}: {upper} + {lower}");
                if let Err(error) = result {
                    too_deep(&error, what);
                }
            }
        }
    }
}

#[test]
fn i3_a_branch_that_is_deep_counts_though_another_is_not() {
    let world = World::with_chain();
    world.apply(chain("resource", "a", 10)).unwrap();
    world.apply(chain("resource", "b", 4)).unwrap();
    world.apply([put(thing("c-shallow", "b01")), put(thing("c-deep", "b04"))]).unwrap();
    world.apply([put(thing("d-deep", "c-deep"))]).unwrap();
    // b01 .. b04, c-deep, d-deep are six levels: ten above them are just enough, eleven too many.
    world.apply([put(thing("b01", "a10"))]).unwrap();
    let error = world.apply([put(thing("e", "d-deep"))]).unwrap_err();
    too_deep(&error, "resource");
    world.apply([put(thing("e", "c-shallow"))]).unwrap();
}

#[test]
fn i4_nothing_contains_itself() {
    for what in NESTING {
        for length in [1, 2, 3, DEPTH_LIMIT - 1, DEPTH_LIMIT] {
            // The first is put inside the last of a chain that stood.
            let world = World::with_chain();
            world.apply(chain(what, "x", length)).unwrap();
            let refused = StructureError::Cycle(entity(what, "x01"));
            world.refuses([link(what, "x", 1, length)], refused.clone());

            // The whole circle comes in one set, from either end.
            let world = World::with_chain();
            let mut circle = chain(what, "x", length);
            circle[0] = link(what, "x", 1, length);
            world.refuses(circle.clone(), refused.clone());
            circle.reverse();
            world.refuses(circle, refused);
        }
    }
}

#[test]
fn i4_a_circle_is_refused_however_large_and_whatever_hangs_on_it() {
    for what in NESTING {
        for length in [2, DEPTH_LIMIT + 1, 3 * DEPTH_LIMIT] {
            let world = World::with_chain();
            let mut circle = chain(what, "x", length);
            circle[0] = link(what, "x", 1, length);
            // Something that comes first in the order of ids hangs on the circle.
            circle.push(match what {
                "resource" => put(thing("a", "x01")),
                "team" => put(sub_team("a", Some("x01"))),
                _ => put(role_with("a", &["x01"])),
            });
            let error = world.apply(circle).unwrap_err();
            let named = matches!(error, StructureError::Cycle(_) | StructureError::TooDeep { .. });
            assert!(named, "{what}: {error}");
        }
    }
}

#[test]
fn i4_a_role_may_be_included_by_many_and_by_two_ways() {
    let world = World::new();
    world.apply([put(role_with("base", &[]))]).unwrap();
    world.apply([put(role_with("left", &["base"])), put(role_with("right", &["base"]))]).unwrap();
    world.apply([put(role_with("top", &["left", "right", "base"]))]).unwrap();
    let refused = StructureError::Cycle(entity("role", "base"));
    world.refuses([put(role_with("base", &["top"]))], refused);
    // To assign is not to include: two roles may assign each other, and each itself.
    let assigning =
        |role, assigned: &[&str]| put(Role { assigns: includes(assigned), ..role_with(role, &[]) });
    world.apply([assigning("one", &["two", "one"]), assigning("two", &["one"])]).unwrap();
}

#[test]
fn i4_what_moves_out_of_its_place_can_hold_what_held_it() {
    let world = World::with_chain();
    world
        .refuses([put(thing("inbox", "note"))], StructureError::Cycle(entity("resource", "inbox")));
    // Turned upside down in one set.
    world
        .apply([
            put(thing("inbox", "thread")),
            put(thing("thread", "note")),
            put(Resource::new(resource_id("note"), kind("thing"), workspace_id("support"))),
        ])
        .unwrap();
    let parent = |id| world.read(|all| all.parent(Scope::Resource(resource_id(id))));
    assert_eq!(parent("inbox"), Some(Scope::Resource(resource_id("thread"))));
    assert_eq!(parent("note"), Some(Scope::Workspace(workspace_id("support"))));
}

// Lists.

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
            put(Assignment { conditions: vec![Condition::Mfa; count], ..made })
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

const STATUSES: [Status; 5] =
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
        world.refuses([put(assignment)], StructureError::EmptyGrant(id));
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

fn row(id: u128, purpose: Purpose, value: &str) -> PersonalRow {
    PersonalRow::new(PersonalId::from_u128(id), purpose, [7; 32], value).unwrap()
}

fn with_rows(changes: impl IntoIterator<Item = Change>, personal: Vec<PersonalRow>) -> ChangeSet {
    ChangeSet { personal, ..set(changes) }
}

fn known_as(who: &str, login: Option<&PersonalRow>) -> SubAccount {
    let login = login.map(PersonalRow::reference);
    SubAccount { login, ..SubAccount::member(sub_account_id(who)) }
}

fn login(text: &str) -> Login {
    Login::new(text).unwrap()
}

#[test]
fn a_login_belongs_to_one_sub_account() {
    let world = World::new();
    let (first, second) =
        (row(1, Purpose::Login, "lin@acme.example"), row(2, Purpose::Login, "lin@acme.example"));
    let lin = known_as("lin", Some(&first));
    world.apply_set(&with_rows([put(lin.clone())], vec![first.clone()])).unwrap();
    let refused = StructureError::DuplicateLogin { holder: lin.id };
    let wu = known_as("wu", Some(&second));
    let join = with_rows([put(wu.clone())], vec![second.clone()]);
    assert_eq!(world.apply_set(&join), Err(refused.clone()));
    // Whatever the holder's status, the login is taken.
    for status in [Status::Suspended, Status::Left, Status::Invited, Status::Removed] {
        world.put(SubAccount { status, ..lin.clone() });
        assert_eq!(world.apply_set(&join), Err(refused.clone()), "{status:?}");
    }
    // Another spelling is another login.
    let spelled = row(3, Purpose::Login, "Lin@acme.example");
    let other = known_as("other", Some(&spelled));
    world.apply_set(&with_rows([put(other)], vec![spelled])).unwrap();
    world.read(|all| {
        assert_eq!(all.sub_account_by_login(login("lin@acme.example")), Some(lin.id));
        let other = Some(sub_account_id("other"));
        assert_eq!(all.sub_account_by_login(login("Lin@acme.example")), other);
        assert_eq!(all.sub_account_by_login(login("LIN@acme.example")), None);
    });
    // Once it is given up, another may have it; even in the same set.
    let erased = SubAccount { status: Status::Removed, ..known_as("lin", None) };
    world.apply_set(&with_rows([put(erased), put(wu)], vec![second])).unwrap();
    world.read(|all| {
        let holder = all.sub_account_by_login(login("lin@acme.example"));
        assert_eq!(holder, Some(sub_account_id("wu")));
    });
}

#[test]
fn a_login_of_two_in_one_set_is_refused() {
    let world = World::new();
    let (first, second) = (row(1, Purpose::Login, "lin"), row(2, Purpose::Login, "lin"));
    let both = [put(known_as("a", Some(&first))), put(known_as("b", Some(&second)))];
    let refused = StructureError::DuplicateLogin { holder: sub_account_id("a") };
    assert_eq!(world.apply_set(&with_rows(both, vec![first, second])), Err(refused));
}

#[test]
fn s10_a_row_must_be_the_one_its_reference_proves() {
    let world = World::new();
    let right = row(1, Purpose::Login, "lin@acme.example");
    let mismatch = StructureError::PersonalMismatch(PersonalId::from_u128(1));
    for wrong in [
        row(1, Purpose::Login, "wu@acme.example"),
        row(1, Purpose::Name, "lin@acme.example"),
        row(1, Purpose::Reason, "lin@acme.example"),
        PersonalRow::new(PersonalId::from_u128(1), Purpose::Login, [8; 32], "lin@acme.example")
            .unwrap(),
    ] {
        let lin = known_as("lin", Some(&right));
        let set = with_rows([put(lin)], vec![wrong]);
        assert_eq!(world.apply_set(&set), Err(mismatch.clone()));
    }
    let named = SubAccount { name: Some(right.reference()), ..known_as("lin", None) };
    let set = with_rows([put(named)], vec![right]);
    assert_eq!(world.apply_set(&set), Err(mismatch));
}

#[test]
fn s10_two_rows_of_one_id_are_refused() {
    let world = World::new();
    let (first, second) =
        (row(1, Purpose::Login, "lin@acme.example"), row(1, Purpose::Name, "Lin"));
    let lin = put(known_as("lin", Some(&first)));
    let refused = StructureError::PersonalReused(PersonalId::from_u128(1));
    assert_eq!(world.apply_set(&with_rows([lin], vec![second, first])), Err(refused));
}

#[test]
fn i3_a_set_that_could_not_be_read_back_is_not_written() {
    let world = World::new();
    let names = |count: usize| -> PermissionNames {
        (0..count)
            .map(|number| tenantry::PermissionName::new(format!("N{number:04}")).unwrap())
            .collect()
    };
    let limit = PermissionNames::LIMIT;
    let bounded = |count| SubAccount { boundary: Some(names(count)), ..known_as("lin", None) };
    let refused = StructureError::TooMany {
        entity: EntityId::SubAccount(sub_account_id("lin")),
        what: "permission names",
        count: limit + 1,
        limit,
    };
    assert_eq!(world.apply_set(&with_rows([put(bounded(limit + 1))], vec![])), Err(refused));
    assert_eq!(world.apply_set(&with_rows([put(bounded(limit))], vec![])), Ok(()));
    let again: Organization =
        serde_json::from_str(&support::encoded(&world.organization())).unwrap();
    assert_eq!(again, world.organization());
}

#[test]
fn s10_a_row_that_nothing_refers_to_is_refused() {
    let world = World::new();
    let stray = row(1, Purpose::Login, "lin@acme.example");
    let refused = StructureError::PersonalUnreferenced(PersonalId::from_u128(1));
    assert_eq!(world.apply_set(&with_rows([], vec![stray.clone()])), Err(refused.clone()));
    let lin = put(known_as("lin", None));
    assert_eq!(world.apply_set(&with_rows([lin], vec![stray.clone()])), Err(refused));
    // One that only an earlier change of the set referred to leaves nothing behind.
    let changes = [put(known_as("lin", Some(&stray))), put(known_as("lin", None))];
    let _ = world.apply_set(&with_rows(changes, vec![stray.clone()]));
    assert!(!support::encoded(&world.organization()).contains(stray.value()));
}

#[test]
fn s10_every_row_has_an_id_of_its_own() {
    let world = World::new();
    let first = row(1, Purpose::Login, "lin@acme.example");
    world.apply_set(&with_rows([put(known_as("lin", Some(&first)))], vec![first])).unwrap();
    let refused = StructureError::PersonalReused(PersonalId::from_u128(1));
    let again = row(1, Purpose::Login, "wu@acme.example");
    for who in ["lin", "wu"] {
        let set = with_rows([put(known_as(who, Some(&again)))], vec![again.clone()]);
        assert_eq!(world.apply_set(&set), Err(refused.clone()), "{who}");
        let set = with_rows([put(known_as(who, Some(&again)))], Vec::new());
        assert_eq!(world.apply_set(&set), Err(refused.clone()), "{who}, without the row");
    }
    let reason = row(1, Purpose::Reason, "because");
    let assignment = world.assignment(assignment_id(1), allow("lin", AGENT, ROOT));
    let assignment = Assignment { reason: Some(reason.reference()), ..assignment };
    assert_eq!(world.apply_set(&with_rows([put(assignment)], vec![reason])), Err(refused));
}

#[test]
fn s10_what_was_erased_reads_as_nothing_and_everything_else_stays() {
    let world = World::new();
    let erased = row(1, Purpose::Login, "lin@acme.example");
    let reason = row(2, Purpose::Reason, "covers the night shift");
    let lin = known_as("lin", Some(&erased));
    let made = Assignment {
        reason: Some(reason.reference()),
        ..Assignment::allow(assignment_id(1), lin.id, AGENT, Scope::Organization)
    };
    // Replayed without their rows, as a log is after erasing.
    world.apply([put(lin.clone()), put(made)]).unwrap();
    world.read(|all| {
        assert_eq!(all.personal(&erased.reference()), None);
        assert_eq!(all.personal(&reason.reference()), None);
        assert_eq!(all.sub_account_by_login(login("lin@acme.example")), None);
        assert_eq!(all.sub_accounts().get(&lin.id).unwrap().login, Some(erased.reference()));
    });
    world.allows("lin", Permission::REPLY, ROOT);
    let read: Organization =
        serde_json::from_str(&support::encoded(&world.organization())).unwrap();
    assert_eq!(read, world.organization());
    // The login that nobody can read any more is nobody's.
    let taken = row(3, Purpose::Login, "lin@acme.example");
    world.apply_set(&with_rows([put(known_as("wu", Some(&taken)))], vec![taken])).unwrap();
}

#[test]
fn s10_what_is_erased_is_not_what_another_row_of_its_id_says() {
    let world = World::new();
    let erased = row(1, Purpose::Login, "lin@acme.example");
    world.apply([put(known_as("lin", Some(&erased)))]).unwrap();
    let other = row(1, Purpose::Login, "wu@acme.example");
    let refused = StructureError::PersonalReused(PersonalId::from_u128(1));
    let join = with_rows([put(known_as("wu", Some(&other)))], vec![other.clone()]);
    assert_eq!(world.apply_set(&join), Err(refused));
    assert_eq!(world.read(|all| all.personal(&erased.reference()).map(str::to_owned)), None);
}

#[test]
fn s10_a_value_goes_with_the_last_noun_that_refers_to_it() {
    let world = World::new();
    let rows = [
        row(1, Purpose::Login, "lin@acme.example"),
        row(2, Purpose::Name, "Lin Wei"),
        row(3, Purpose::Reason, "covers the night shift"),
    ];
    let [known, named, reason] = rows.clone();
    let lin = known_as("lin", Some(&known));
    let lin = SubAccount { name: Some(named.reference()), ..lin };
    let made = Assignment {
        reason: Some(reason.reference()),
        ..Assignment::allow(assignment_id(1), lin.id, AGENT, Scope::Organization)
    };
    world.apply_set(&with_rows([put(lin.clone()), put(made)], rows.to_vec())).unwrap();
    for one in &rows {
        let value = world.read(|all| all.personal(&one.reference()).map(str::to_owned));
        assert_eq!(value.as_deref(), Some(one.value()));
    }
    // Put again with the same references, they stay.
    world.put(SubAccount { labels: [label("vip")].into(), ..lin.clone() });
    let all = support::encoded(&world.organization());
    assert!(rows.iter().all(|row| all.contains(row.value())));
    world.put(SubAccount { login: None, ..lin.clone() });
    world.put(SubAccount { login: None, name: None, ..lin });
    world.remove(Remove::Assignment(assignment_id(1)));
    let rest = support::encoded(&world.organization());
    assert!(!rows.iter().any(|row| rest.contains(row.value())), "{rest}");
}

#[test]
fn s10_a_new_value_takes_the_place_of_the_old_in_a_row_of_its_own() {
    let world = World::new();
    let (old, new) = (row(1, Purpose::Login, "lin@old.example"), row(2, Purpose::Login, "lin"));
    let set = with_rows([put(known_as("lin", Some(&old)))], vec![old.clone()]);
    world.apply_set(&set).unwrap();
    let set = with_rows([put(known_as("lin", Some(&new)))], vec![new.clone()]);
    world.apply_set(&set).unwrap();
    world.read(|all| {
        assert_eq!(all.personal(&old.reference()), None);
        assert_eq!(all.personal(&new.reference()), Some("lin"));
        assert_eq!(all.sub_account_by_login(login("lin@old.example")), None);
        assert_eq!(all.sub_account_by_login(login("lin")), Some(sub_account_id("lin")));
    });
    assert!(!support::encoded(&world.organization()).contains("lin@old.example"));
}

#[test]
fn a_login_row_is_a_login() {
    let longest = "x".repeat(Login::LIMIT);
    let too_long = "x".repeat(Login::LIMIT + 1);
    assert!(Login::new(&too_long).is_err());
    let new =
        |value: &str| PersonalRow::new(PersonalId::from_u128(1), Purpose::Login, [7; 32], value);
    assert!(new(&longest).is_ok());
    assert!(new(&too_long).is_err());
}

// At rest.

/// A way to spoil what is stored, with what it is called.
type Spoil = (&'static str, fn(&mut serde_json::Value));

#[test]
fn at_rest_nothing_enters_that_a_change_would_not_have_been_let_in() {
    let world = World::with_chain();
    world.member("lin");
    world.team("crew");
    world.join("lin", "crew");
    world.edit_workspace("support", |it| it.key = Some(key("17")));
    world.allow("lin", AGENT, "inbox");
    world.assign(allow("crew", AGENT, "inbox").on(office()).until(at(200)));
    world.workspace("gone");
    world.remove(Remove::Workspace(workspace_id("gone")));
    let good = serde_json::to_value(world.organization()).unwrap();
    let read = serde_json::from_value::<Organization>(good.clone()).unwrap();
    assert_eq!(read, world.organization());

    let spoil: [Spoil; 10] = [
        ("a noun twice", |all| double(&mut all["workspaces"])),
        ("an assignment twice", |all| double(&mut all["assignments"])),
        ("a resource without what holds it", |all| shorten(&mut all["workspaces"])),
        ("an assignment without its sub-account", |all| shorten(&mut all["sub_accounts"])),
        ("a membership without its team", |all| shorten(&mut all["teams"])),
        ("a retired id that is in use", |all| {
            let id = all["workspaces"][0]["id"].clone();
            all["retired"][0] = serde_json::json!({ "entity": { "workspace": id } });
        }),
        ("a retired key that is in use", |all| {
            all["retired"][0] = serde_json::json!({ "workspace_key": "17" });
        }),
        ("a field that nobody knows", |all| all["surprise"] = serde_json::json!(1)),
        ("a table that is missing", |all| {
            all.as_object_mut().unwrap().remove("teams");
        }),
        ("an assignment of nothing", |all| {
            all["assignments"][0]["grant"] = serde_json::json!({ "permissions": { "any": [] } });
        }),
    ];
    for (what, spoil) in spoil {
        let mut spoiled = good.clone();
        spoil(&mut spoiled);
        assert_ne!(spoiled, good, "{what}");
        assert!(serde_json::from_value::<Organization>(spoiled).is_err(), "{what}");
    }
}

fn double(list: &mut serde_json::Value) {
    let list = list.as_array_mut().unwrap();
    list.push(list[0].clone());
}

fn shorten(list: &mut serde_json::Value) {
    list.as_array_mut().unwrap().clear();
}

#[test]
fn at_rest_a_row_holds_only_what_a_new_one_might() {
    let good = serde_json::to_value(row(1, Purpose::Login, "lin")).unwrap();
    assert!(serde_json::from_value::<PersonalRow>(good.clone()).is_ok());
    for bad in ["", "a\nb", "\u{202e}nil", &"x".repeat(Login::LIMIT + 1)] {
        let mut spoiled = good.clone();
        spoiled["value"] = bad.into();
        assert!(serde_json::from_value::<PersonalRow>(spoiled).is_err(), "{bad:?}");
    }
    let mut spoiled = good;
    spoiled["note"] = 1.into();
    assert!(serde_json::from_value::<PersonalRow>(spoiled).is_err());
}

#[test]
fn at_rest_everybody_keeps_the_status_they_had() {
    for status in STATUSES {
        let world = World::new();
        let start = if status == Status::Invited { Status::Invited } else { Status::Active };
        let lin = SubAccount::member(sub_account_id("lin"));
        world.put(SubAccount { status: start, ..lin });
        world.status("lin", status);
        let read: Organization =
            serde_json::from_str(&support::encoded(&world.organization())).unwrap();
        assert_eq!(read, world.organization(), "{status:?}");
    }
    let world = World::new();
    world.edit_profile(|it| it.status = OrganizationStatus::Closed);
    let read: Organization =
        serde_json::from_str(&support::encoded(&world.organization())).unwrap();
    assert_eq!(read, world.organization());
    let answer =
        world.check_at(&Context::new(), sub_account_id("x"), Permission::VIEW, Scope::Organization);
    assert_eq!(answer, support::deny("D1", Reason::UnknownSubAccount));
}
