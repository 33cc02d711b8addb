//! K2: what is new is compared with what was so where it is put.

use tenantry::model::{Kind, Resource};
use tenantry::{Action, Name, ResourceId, WorkspaceId};

use crate::setup::*;

fn resource(house: &House, id: u128) -> Action {
    let kind = Kind::new("inbox").unwrap();
    Action::CreateResource(Resource::new(ResourceId::from_u128(id), kind, house.support))
}

#[test]
fn k2_a_new_resource_sheds_no_deny_that_acts_at_its_parent_alone() {
    let house = House::new();
    let b = house.with_role("b", EXPORTER, ROOT);
    let m = house.member("m");
    for who in [b, m] {
        house.host().grant(who, Permission::SCOPES, house.support).unwrap();
    }
    let deny = house.bare(b, Permission::EXPORT, house.support).denying().here();
    house.host().perform([deny]).unwrap();
    assert!(!house.can(b, Permission::EXPORT, house.support));
    for who in [b, m] {
        house.refuses("G2", &house.by(who), [resource(&house, 71)]);
    }
    // Who covers what the deny takes may register it.
    house.give(m, EXPORTER, house.support);
    house.give(m, AGENT, house.support);
    house.host().grant(m, Permission::ASSIGN, house.support).unwrap();
    house.accepts(&house.by(m), [resource(&house, 72)]);
    // A deny of the subtree stands at everything below.
    let other = House::new();
    let b = other.with_role("b", EXPORTER, ROOT);
    other.host().grant(b, Permission::SCOPES, other.support).unwrap();
    other.host().deny(b, Permission::EXPORT, other.support).unwrap();
    other.accepts(&other.by(b), [resource(&other, 73)]);
    assert!(!other.can(b, Permission::EXPORT, ResourceId::from_u128(73)));
}

#[test]
fn k2_a_new_workspace_is_compared_with_what_is_so_below_the_organization() {
    let house = House::new();
    let (m, wu) = (house.member("m"), house.member("wu"));
    house.host().grant(m, Permission::SCOPES, ROOT).unwrap();
    let make = |id| {
        let id = WorkspaceId::from_u128(id);
        Action::CreateWorkspace(tenantry::model::Workspace::new(id, Name::new("New").unwrap()))
    };
    // What is denied at the organization alone was never denied in any workspace.
    house.give(wu, EXPORTER, ROOT);
    let deny = house.bare(wu, Permission::EXPORT, ROOT).denying().here();
    house.host().perform([deny]).unwrap();
    assert!(house.can(wu, Permission::EXPORT, house.sales));
    house.accepts(&house.by(m), [make(74)]);
    assert!(house.can(wu, Permission::EXPORT, WorkspaceId::from_u128(74)));
}

#[test]
fn k2_an_unregistered_resource_gives_back_what_its_parent_denies() {
    let house = House::new();
    let b = house.with_role("b", EXPORTER, ROOT);
    let m = house.member("m");
    house.host().grant(m, Permission::SCOPES, house.support).unwrap();
    let deny = house.bare(b, Permission::EXPORT, house.inbox).denying();
    house.host().perform([deny]).unwrap();
    // What was in the inbox is asked about in the workspace then, where nothing is denied.
    house.refuses("G2", &house.by(m), [Action::DeleteResource(house.inbox)]);
    house.give(m, EXPORTER, house.support);
    house.accepts(&house.by(m), [Action::DeleteResource(house.inbox)]);
}
