//! K3, consents: each consent is a holder, and an operator who acts is all operators.

use tenantry::model::{Assignee, Consent, WorkspaceStatus};
use tenantry::{Action, NewRequest, NewResource, PermissionNames, RequestId};

use crate::setup::*;
use crate::stage::*;

/// A vendor let in at a scope, with a mask.
fn let_in(house: &House, scope: impl Into<tenantry::Scope>, mask: Permission) -> Vendor {
    let vendor = Vendor::new(house);
    let consent = vendor.consent(1, scope, house.names(mask));
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    vendor
}

#[test]
fn kind_3_operators_gain_behind_ceilings_too() {
    // Completed by the upgrade: operators read the inbox.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let vendor = let_in(&house, house.sales, AGENTS);
    ceiling(&house, ROOT, all_but(AGENTS));
    let step = house.by(m).move_resource(house.inbox, house.sales);
    lift(&house, ROOT);
    assert!(!vendor.can(&house, Permission::VIEW, house.inbox), "the operator reads the inbox");
    refused_by(&["G2"], step);
}

#[test]
fn kind_3_an_operator_neither_gives_nor_widens_nor_prolongs_a_consent() {
    let house = House::new();
    let vendor = let_in(&house, ROOT, Permission::HOUSE | Permission::VIEW);
    let by = vendor.operate(&house);
    let more = vendor.consent(2, ROOT, PermissionNames::Full);
    let same = Consent { ends: at(50_000), ..vendor.consent(2, ROOT, house.names(AGENTS)) };
    for consent in [more, same] {
        refuses(&house, &["G1", "G2", "G4", "G7"], &by, &[Action::GiveConsent(consent)]);
    }
    // Nor by ending the one and giving another in the same commit.
    let end = Action::EndConsent(tenantry::ConsentId::from_u128(1));
    let again = Consent { ends: at(50_000), ..vendor.consent(2, ROOT, house.names(AGENTS)) };
    refuses(&house, &["G1", "G2", "G4", "G7"], &by, &[end, Action::GiveConsent(again)]);
}

#[test]
fn kind_3_an_operator_neither_moves_things_to_where_it_stands_nor_opens_masks_there() {
    let house = House::new();
    let vendor = let_in(&house, house.sales, AGENTS | Permission::SCOPES);
    let consent = vendor.consent(2, house.support, house.names(Permission::SCOPES));
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let by = vendor.operate(&house);
    // In support the operator only registers and moves; in sales it also reads.
    let step = by.move_resource(house.inbox, house.sales);
    assert!(!vendor.can(&house, Permission::VIEW, house.inbox), "the operator reads the inbox");
    refused_by(&["G2", "G4"], step);
    let room = house.host().create_resource(&NewResource::new("room", house.sales)).unwrap();
    house.host().set_inheritance(room, Some(Permission::SCOPES)).unwrap();
    let step = by.set_inheritance(room, None);
    assert!(!vendor.can(&house, Permission::VIEW, room), "the operator reads the room");
    refused_by(&["G2", "G4"], step);
}

#[test]
fn kind_3_a_deny_to_all_members_is_not_exchanged_for_one_that_spares_operators() {
    // Completed by nobody: operators are no members of any team.
    let house = House::new();
    let vendor = let_in(&house, house.support, Permission::EXPORT);
    let m = holder(&house, "m", Permission::ASSIGN, house.support);
    let none = Action::SetInheritance(house.support.into(), PermissionNames::none());
    house.host().perform([none]).unwrap();
    let deny = |to: Assignee| house.bare(to, Permission::EXPORT, house.support).denying();
    let all = house.host().create_assignment(deny(Assignee::MembersOf(ROOT))).unwrap();
    let step = house.by(m).replace(all, deny(Assignee::MembersOf(house.support.into())));
    assert!(!vendor.can(&house, Permission::EXPORT, house.support), "the operator exports");
    refused_by(&["G2"], step);
}

#[test]
fn kind_3_an_archived_workspace_is_taken_back_by_who_covers_operators() {
    // Completed at once. Members are shut out by a mask.
    let house = House::new();
    let vendor = let_in(&house, house.support, Permission::EXPORT);
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let none = Action::SetInheritance(house.support.into(), PermissionNames::none());
    house.host().perform([none]).unwrap();
    house.host().archive_workspace(house.support).unwrap();
    let back = Action::SetWorkspaceStatus(house.support, WorkspaceStatus::Active);
    let step = house.by(m).perform([back]).map(drop);
    assert!(!vendor.can(&house, Permission::EXPORT, house.support), "the operator exports");
    refused_by(&["G2"], step);
}

#[test]
fn kind_3_a_consent_to_the_organization_itself_lets_nobody_around_a_mask() {
    // The clerk is its own operator, and holds EXPORT at the root of its home.
    let house = House::new();
    let clerk = holder(&house, "clerk", Permission::HOUSE | Permission::EXPORT, ROOT);
    house.host().set_inheritance(house.support, Some(all_but(Permission::EXPORT))).unwrap();
    let consent = Consent {
        operators: house.organization,
        ..Vendor::new(&house).consent(1, house.support, house.names(Permission::EXPORT))
    };
    let step = house.by(clerk).perform([Action::GiveConsent(consent)]).map(drop);
    let snapshot = house.snapshot();
    assert!(!snapshot.operator(&snapshot, clerk).can(Permission::EXPORT, house.support));
    step.unwrap_err();
}

#[test]
fn kind_3_a_consent_is_covered_without_the_givers_boundary() {
    // Completed by nobody: what lies behind the giver's boundary is not the giver's.
    let house = House::new();
    let clerk = holder(&house, "clerk", Permission::HOUSE | AGENTS, ROOT);
    house.host().set_boundary(clerk, Some(Permission::HOUSE)).unwrap();
    let vendor = Vendor::new(&house);
    let consent = |mask| Action::GiveConsent(vendor.consent(1, ROOT, house.names(mask)));
    house.refuses("G2", &house.by(clerk), [consent(AGENTS)]);
    // And behind a ceiling only who holds it gives it. Completed by the upgrade.
    house.host().set_boundary(clerk, None).unwrap();
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    house.refuses("G2", &house.by(clerk), [consent(Permission::EXPORT)]);
    house.accepts(&house.by(clerk), [consent(AGENTS)]);
}

#[test]
fn kind_3_a_consent_is_no_more_than_its_giver_has_without_delegations() {
    let house = House::new();
    let clerk = holder(&house, "clerk", Permission::HOUSE, ROOT);
    let vendor = Vendor::new(&house);
    let passed_on = house.bare(clerk, Permission::VIEW, house.support).delegated_by(house.lin);
    house.host().create_assignment(passed_on.ends(at(20_000))).unwrap();
    let consent = vendor.consent(1, house.support, house.names(Permission::VIEW));
    house.refuses("G2", &house.by(clerk), [Action::GiveConsent(consent)]);
}

#[test]
fn kind_3_an_operator_makes_nobody_and_approves_nobody_with_anything() {
    let house = House::new();
    let vendor = let_in(&house, ROOT, Permission::ASSIGN | Permission::PEOPLE | AGENTS);
    let by = vendor.operate(&house);
    let join = house.host().request_join(&login("new"), "please", at(8_000)).unwrap();
    refuses(
        &house,
        &["G2", "G7"],
        &by,
        &[Action::Approve { request: join, assignments: vec![promised(AGENT, house.support)] }],
    );
    let wu = house.member("wu");
    let id = RequestId::from_u128(5);
    let request = NewRequest::access(id, wu, AGENT, house.support, at(8_000));
    house.host().perform([Action::MakeRequest(request)]).unwrap();
    let approve = Action::Approve { request: id, assignments: vec![] };
    refuses(&house, &["G2", "G7"], &by, &[approve]);
    refuses(&house, &["G2"], &by, &[Action::assign(wu, AGENT, house.support)]);
}

#[test]
fn kind_3_operators_who_gain_nothing_stand_in_nobodys_way() {
    // Accepted: the consent is for the whole organization, so a move shows operators nothing new.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let vendor = let_in(&house, ROOT, AGENTS);
    house.accepts(&house.by(m), [Action::MoveResource(house.inbox, house.sales.into())]);
    assert!(vendor.can(&house, Permission::VIEW, house.inbox));
    // And what they lack at home no consent gives them.
    let poor = house.directory.system("test").administer(vendor.organization);
    poor.set_ceiling(ROOT, Some(all_but(AGENTS))).unwrap();
    assert!(!vendor.can(&house, Permission::VIEW, house.inbox));
}
