//! At a new place everybody has what they have at the place that holds it, and no more.

use tenantry::{Action, AdminAction, NewResource, ResourceId, WorkspaceId};

use crate::setup::*;
use crate::stage::*;

/// Somebody who may EXPORT in support, but not at support itself.
fn denied_here(house: &House, more: Permission) -> tenantry::SubAccountId {
    let b = holder(house, "b", Permission::EXPORT | more, house.support);
    let here = house.bare(b, Permission::EXPORT, house.support).denying().here();
    house.host().create_assignment(here).unwrap();
    assert!(!house.can(b, Permission::EXPORT, house.support));
    b
}

fn registration(house: &House, number: u128) -> (ResourceId, Action) {
    let id = ResourceId::from_u128(number);
    let kind = tenantry::Kind::new("inbox").unwrap();
    let resource = tenantry::model::Resource::new(id, kind, house.support);
    (id, Action::CreateResource(resource))
}

#[test]
fn break_03_registering_a_plain_thing_sheds_no_deny_of_anothers() {
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let b = denied_here(&house, Permission::empty());
    let step = house.by(m).create_resource(&NewResource::new("inbox", house.support));
    if let Ok(inbox) = step {
        assert!(!house.can(b, Permission::EXPORT, inbox), "b exports from the new inbox");
    }
    refused_by(&["G2"], step);
    let (_, register) = registration(&house, 77);
    house.refuses("G2", &house.by(m), [register]);
}

/// A catalog without a role for makers.
fn without_makers() -> tenantry::catalog::CatalogBuilder<Permission> {
    let mut builder = tenantry::Catalog::builder()
        .role(OWNER, Permission::all())
        .owner(OWNER)
        .administration(Permission::HOUSE);
    for action in [AdminAction::CreateWorkspace, AdminAction::ManageResources] {
        builder = builder.requires(action, Permission::SCOPES);
    }
    builder
}

#[test]
fn break_03_registering_a_plain_thing_sheds_no_deny_of_ones_own() {
    for house in [House::new(), House::of(without_makers())] {
        let b = denied_here(&house, Permission::SCOPES);
        let step = house.by(b).create_resource(&NewResource::new("inbox", house.support));
        if let Ok(inbox) = step {
            // The maker's role does not hold it, so b would have it by the deny that was shed.
            assert!(!house.can(b, Permission::EXPORT, inbox), "b exports from the new inbox");
        }
        refused_by(&["G2", "G4"], step);
    }
}

#[test]
fn break_03_a_deny_of_the_subtree_is_no_obstacle_to_registering() {
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let b = holder(&house, "b", Permission::EXPORT, house.support);
    house.host().deny(b, Permission::EXPORT, house.support).unwrap();
    let (inbox, register) = registration(&house, 77);
    house.accepts(&house.by(m), [register]);
    assert!(!house.can(b, Permission::EXPORT, inbox));
}

#[test]
fn break_03_who_covers_what_is_shed_registers() {
    let house = House::new();
    let b = denied_here(&house, Permission::empty());
    let (inbox, register) = registration(&house, 77);
    house.accepts(&house.by(house.lin), [register]);
    assert!(house.can(b, Permission::EXPORT, inbox));
}

#[test]
fn break_03_a_new_workspace_is_compared_with_what_was_so_below_the_organization() {
    // Denied at the organization itself alone, b has EXPORT in every workspace, a new one included.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let b = holder(&house, "b", Permission::EXPORT, ROOT);
    house
        .host()
        .create_assignment(house.bare(b, Permission::EXPORT, ROOT).denying().here())
        .unwrap();
    let id = WorkspaceId::from_u128(77);
    let name = tenantry::Name::new("Room").unwrap();
    let workspace = tenantry::model::Workspace::new(id, name);
    house.accepts(&house.by(m), [Action::CreateWorkspace(workspace)]);
    assert!(house.can(b, Permission::EXPORT, id));
}
