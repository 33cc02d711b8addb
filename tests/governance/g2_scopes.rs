//! G2 where scopes change: masks, ceilings, moves, what is made and what is taken out of the register.

use tenantry::model::resource::Parent;
use tenantry::model::{Kind, Resource, Workspace};
use tenantry::{
    Action, Name, NewResource, PermissionNames, ResourceId, Scope, SubAccountId, WorkspaceId,
};

use crate::setup::*;

/// Mei, who manages everywhere and does not export, and wu, who exports in sales alone.
fn mei_and_wu(house: &House) -> (SubAccountId, SubAccountId) {
    let mei = house.with_role("mei", MANAGER, ROOT);
    (mei, house.with_role("wu", EXPORTER, house.sales))
}

#[test]
fn g2_a_mask_is_lifted_only_by_who_covers_what_then_flows_in() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.with_role("wu", EXPORTER, ROOT);
    let view = house.names(AGENTS);
    let support = Parent::from(house.support);
    house.host().perform([Action::SetInheritance(support, view)]).unwrap();
    let by = house.by(mei);
    let with_export = house.names(AGENTS | Permission::EXPORT);
    house.refuses("G2", &by, [Action::SetInheritance(support, PermissionNames::Full)]);
    house.refuses("G2", &by, [Action::SetInheritance(support, with_export.clone())]);
    let with_bill = house.names(AGENTS | Permission::BILL);
    house.refuses("G2", &by, [Action::SetInheritance(support, with_bill)]);
    house.accepts(&house.by(house.lin), [Action::SetInheritance(support, with_export)]);
}

#[test]
fn g2_a_ceiling_is_lifted_only_by_who_covers_what_it_held_back() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.with_role("wu", EXPORTER, house.support);
    let limit = house.names(AGENTS | Permission::ASSIGN | Permission::SCOPES);
    let support = Scope::from(house.support);
    house.host().perform([Action::SetCeiling(support, Some(limit))]).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::SetCeiling(support, None)]);
    house.accepts(&house.by(house.lin), [Action::SetCeiling(support, None)]);
}

#[test]
fn g2_a_move_gains_against_where_the_thing_was() {
    let house = House::new();
    let (mei, wu) = mei_and_wu(&house);
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::MoveResource(house.inbox, house.sales.into())]);
    house.accepts(&house.by(house.lin), [Action::MoveResource(house.inbox, house.sales.into())]);
    assert!(house.can(wu, Permission::EXPORT, house.inbox));
    // Back again costs wu, who administers nothing.
    house.accepts(&by, [Action::MoveResource(house.inbox, house.support.into())]);
}

#[test]
fn g2_a_move_carries_along_what_is_below() {
    let house = House::new();
    let (mei, wu) = mei_and_wu(&house);
    let host = house.host();
    let folder = host.create_resource(&NewResource::new("folder", house.inbox)).unwrap();
    let masked = house.names(AGENTS | Permission::SCOPES);
    host.perform([Action::SetInheritance(house.inbox.into(), masked)]).unwrap();
    // The mask at the inbox holds EXPORT back, at and below it; the folder alone would let it in.
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::MoveResource(folder, house.sales.into())]);
    // The mask goes along with the inbox. It excuses nothing: it can be lifted there later.
    house.refuses("G2", &by, [Action::MoveResource(house.inbox, house.sales.into())]);
    house.accepts(&host, [Action::MoveResource(house.inbox, house.sales.into())]);
    assert!(!house.can(wu, Permission::EXPORT, folder));
}

#[test]
fn g2_a_masked_resource_is_unregistered_only_by_who_covers_what_its_mask_held_back() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.with_role("wu", EXPORTER, house.support);
    house
        .host()
        .perform([Action::SetInheritance(house.inbox.into(), house.names(AGENTS))])
        .unwrap();
    // What was asked about at the inbox is asked about at support afterwards.
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::DeleteResource(house.inbox)]);
    let plain = house.host().create_resource(&NewResource::new("inbox", house.support)).unwrap();
    house.accepts(&by, [Action::DeleteResource(plain)]);
}

#[test]
fn g2_a_resource_with_a_deny_is_unregistered_only_by_who_covers_what_was_denied() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", EXPORTER, house.support);
    house.host().deny(wu, Permission::EXPORT, house.inbox).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::DeleteResource(house.inbox)]);
    house.host().deny(wu, Permission::EXPORT, house.support).unwrap();
    house.accepts(&by, [Action::DeleteResource(house.inbox)]);
}

#[test]
fn g2_a_registration_gains_nobody_anything() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", EXPORTER, house.support);
    let by = house.by(mei);
    let thing = by.create_resource(&NewResource::new("inbox", house.support)).unwrap();
    // Everyone already held there what they hold above it; the maker is the maker.
    assert!(house.can(wu, Permission::EXPORT, thing));
    assert!(house.can(mei, Permission::SCOPES, thing));
    by_rule("G1", by.create_resource(&NewResource::new("inbox", house.sales)));
}

#[test]
fn g2_the_maker_of_a_workspace_is_its_maker_and_no_more() {
    let house = House::new();
    let mei = house.member("mei");
    house.host().grant(mei, Permission::SCOPES, ROOT).unwrap();
    let by = house.by(mei);
    let room = by.create_workspace("Room").unwrap();
    assert!(house.can(mei, AGENTS | Permission::ASSIGN | Permission::SCOPES, room));
    assert!(!house.can(mei, Permission::EXPORT, room));
    assert!(!house.can(mei, Permission::VIEW, house.support));
    let wu = house.member("wu");
    house.accepts(&by, [Action::assign(wu, AGENT, room)]);
    house.refuses("G2", &by, [Action::assign(wu, EXPORTER, room)]);
}

#[test]
fn g2_a_maker_hands_out_in_the_same_commit_what_makers_have() {
    let house = House::new();
    let mei = house.member("mei");
    house.host().grant(mei, Permission::SCOPES, ROOT).unwrap();
    let wu = house.member("wu");
    let by = house.by(mei);
    let id = WorkspaceId::from_u128(77);
    let make = Action::CreateWorkspace(Workspace::new(id, Name::new("Room").unwrap()));
    house.refuses("G2", &by, [make.clone(), Action::assign(wu, EXPORTER, id)]);
    house.refuses("G1", &by, [make.clone(), Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [make, Action::assign(wu, AGENT, id)]);
    assert!(house.can(wu, Permission::REPLY, id));
}

#[test]
fn g2_the_creators_role_is_nobody_elses_by_creating() {
    let house = House::new();
    let mei = house.member("mei");
    house.host().grant(mei, Permission::SCOPES, ROOT).unwrap();
    let by = house.by(mei);
    let room = by.create_workspace("Room").unwrap();
    // What makers have is held by right in the room, and so handed out there, and nowhere else.
    let wu = house.member("wu");
    house.accepts(&by, [Action::assign(wu, MAKER, room)]);
    house.refuses("G1", &by, [Action::assign(wu, MAKER, house.support)]);
    // A thing below it has its own maker.
    let inner = by.create_resource(&NewResource::new("inbox", room)).unwrap();
    let made = house.snapshot();
    let made = made.organization().assignments().values().filter(|it| it.scope == inner.into());
    assert_eq!(made.count(), 1);
}

#[test]
fn g2_the_owner_of_a_thing_gains_what_is_for_owners() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.with_role("wu", COLLEAGUE, house.support);
    let by = house.by(mei);
    // Mei replies anyway.
    house.accepts(&by, [Action::SetResourceOwner(house.inbox, Some(wu))]);
    assert!(house.can(wu, Permission::REPLY, house.inbox));
    let own = tenantry::Grant::own(house.names(Permission::EXPORT));
    let bo = house.member("bo");
    house.host().create_assignment(tenantry::NewAssignment::new(bo, own, house.support)).unwrap();
    house.refuses("G2", &by, [Action::SetResourceOwner(house.inbox, Some(bo))]);
    house.accepts(&by, [Action::SetResourceOwner(house.inbox, None)]);
}

#[test]
fn g2_a_new_thing_with_a_mask_of_its_own_takes_from_those_above() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let id = ResourceId::from_u128(5);
    let masked = Resource {
        inherits: house.names(Permission::VIEW),
        ..Resource::new(id, Kind::new("inbox").unwrap(), house.support)
    };
    // Owners hold everything in support, and would not at the new inbox.
    house.refuses("G3", &house.by(mei), [Action::CreateResource(masked.clone())]);
    house.accepts(&house.by(house.lin), [Action::CreateResource(masked)]);
}

#[test]
fn g2_the_ceiling_of_the_organization_is_the_hosts() {
    let house = House::new();
    let by = house.by(house.lin);
    house.refuses("G1", &by, [Action::SetCeiling(ROOT, None)]);
    house.accepts(&house.host(), [Action::SetCeiling(ROOT, Some(house.names(AGENTS)))]);
    // It limits nobody's standing: an owner under it is an owner.
    assert!(!house.can(house.lin, Permission::EXPORT, ROOT));
    house.host().perform([Action::SetCeiling(ROOT, None)]).unwrap();
}
