//! Every path by which somebody could be given something, tried by one who lacks it.

use std::collections::BTreeSet;

use tenantry::model::{Assignee, Condition, Consent, Maker, Team};
use tenantry::{
    Action, ConsentId, Departure, Grant, InvitationId, Label, Name, NewAssignment, NewInvitation,
    NewResource, NewRole, SubAccountId, TeamId,
};

use crate::setup::*;

#[test]
fn incident_14_no_path_hands_out_what_the_actor_lacks() {
    // One of several paths - a role edit, a binding, a template, a parent, an import - granted what the caller lacked.
    let house = House::new();
    let all = Permission::all() - Permission::EXPORT;
    let mei = house.member("mei");
    let host = house.host();
    host.grant(mei, all, ROOT).unwrap();
    // Everything that somebody could be made to export by.
    let wu = house.member("wu");
    let role = host.create_role(&NewRole::new("Role", Permission::VIEW)).unwrap();
    let strong = host.create_role(&NewRole::new("Strong", Permission::EXPORT)).unwrap();
    house.give(wu, role, ROOT);
    let (export, empty) = (house.team("export", None), house.team("empty", None));
    host.assign(export, EXPORTER, ROOT).unwrap();
    let of_sales = house.with_role("sales", EXPORTER, house.sales);
    let vip = Label::new("vip").unwrap();
    host.create_assignment(house.bare(of_sales, Permission::EXPORT, ROOT).labelled(vip.clone()))
        .unwrap();
    let of_all = house.with_role("all", EXPORTER, ROOT);
    let denied = host.deny(of_all, Permission::EXPORT, house.support).unwrap();
    host.perform([Action::SetCeiling(house.inbox.into(), Some(house.names(all)))]).unwrap();
    let asleep = house.with_role("asleep", EXPORTER, ROOT);
    host.suspend(asleep).unwrap();
    let gone = house.with_role("gone", EXPORTER, ROOT);
    host.remove(gone, None).unwrap();
    let bounded = house.with_role("bounded", EXPORTER, ROOT);
    host.perform([Action::SetBoundary(bounded, Some(house.names(all)))]).unwrap();
    let guest = host.create_guest(&login("guest"), at(2_000)).unwrap();
    house.give(guest, EXPORTER, ROOT);
    let bot = house.service(wu);
    house.give(bot, EXPORTER, ROOT);
    let request = house.by(wu).request_access(EXPORTER, ROOT, at(9_000)).unwrap();
    let folder = host.create_resource(&NewResource::new("folder", house.support)).unwrap();
    let own = Grant::own(house.names(Permission::EXPORT));
    host.create_assignment(NewAssignment::new(wu, own, house.support)).unwrap();

    let by = house.by(mei);
    let edit = |new: &NewRole<'_, Permission>| by.role(role, new).unwrap();
    let new_team =
        |parent| Team { parent, ..Team::new(TeamId::from_u128(8), Name::new("Team").unwrap()) };
    let outsider = SubAccountId::from_u128(5);
    let token = house.directory.catalog().fingerprint();
    let invitation = InvitationId::from_u128(6);
    let invite = NewInvitation::new(invitation, outsider, login("new"), token, at(9_000));
    let consent = Consent {
        id: ConsentId::from_u128(1),
        operators: house.organization,
        scope: house.support.into(),
        mask: house.names(Permission::EXPORT),
        starts: None,
        ends: at(9_000),
        by: Maker::Host,
    };
    let assignee = |to: Assignee| Action::from(house.bare(to, Permission::EXPORT, house.sales));
    let paths: Vec<Action> = vec![
        Action::assign(wu, EXPORTER, house.support),
        Action::assign(wu, strong, house.support),
        Action::assign(wu, OWNER, house.support),
        assignee(wu.into()),
        assignee(empty.into()),
        assignee(Assignee::MembersOf(house.sales.into())),
        house.bare(wu, Permission::EXPORT, ROOT).starts(at(9_000)).into(),
        house.bare(wu, Permission::EXPORT, ROOT).here().into(),
        house.bare(wu, Permission::EXPORT, ROOT).labelled(Label::new("none").unwrap()).into(),
        house.bare(wu, Permission::EXPORT, ROOT).when(Condition::Mfa).into(),
        Action::ReplaceRole(edit(&NewRole::new("Role", Permission::EXPORT))),
        Action::ReplaceRole(edit(&NewRole::new("Role", Permission::VIEW).own(Permission::EXPORT))),
        Action::ReplaceRole(edit(&NewRole::new("Role", Permission::VIEW).includes(EXPORTER))),
        Action::ReplaceRole(edit(&NewRole::new("Role", Permission::VIEW).includes(strong))),
        Action::ReplaceRole(edit(&NewRole::new("Role", Permission::VIEW).assigns(EXPORTER))),
        Action::ReplaceRole(edit(&NewRole::full("Role"))),
        in_team(wu, export),
        Action::MoveTeam(empty, Some(export)),
        Action::CreateTeam(new_team(Some(export))),
        Action::SetLabels(house.support.into(), BTreeSet::from([vip])),
        Action::MoveResource(folder, house.sales.into()),
        Action::SetCeiling(house.inbox.into(), None),
        Action::DeleteResource(house.inbox),
        Action::SetResourceOwner(folder, Some(wu)),
        Action::Revoke(denied),
        Action::SetBoundary(bounded, None),
        Action::SetEnd(guest, Some(at(9_000))),
        Action::Reinstate(asleep),
        Action::Readmit { sub_account: gone, restore: true },
        Action::SetLogin(of_all, login("mine")),
        Action::SetServiceOwner(bot, of_all),
        Action::Remove(Departure { sub_account: wu, successor: Some(of_all) }),
        Action::Approve { request, assignments: Vec::new() },
        Action::Invite(invite.clone().with(EXPORTER, house.support)),
        Action::Invite(invite.team(export)),
        Action::GiveConsent(consent),
    ];
    for path in paths {
        house.refuses("G2", &by, [path]);
    }
}
