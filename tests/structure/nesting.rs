//! Trees and chains: how deep they may be, and that nothing contains itself.

use crate::setup::*;
use crate::support::{World, kind, put, resource_id, workspace_id};
use tenantry::model::change::{Change, StructureError};
use tenantry::model::link::EntityId;
use tenantry::model::{DEPTH_LIMIT, Resource, Role, Scope};

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
