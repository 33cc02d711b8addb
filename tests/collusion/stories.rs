//! The stories: who has what at the start, and what everybody tries.

use tenantry::model::record::Digest;
use tenantry::model::{
    Assignee, Change, Condition, Effect, Kind, Membership, Organization, Reach, Resource, Role,
    RoleRef, Scope, Status, SubAccount, SubAccountKind, Validity, Workspace,
};
use tenantry::{
    Action, Grant, InvitationId, Label, NewAssignment, NewInvitation, NewRequest, PermissionNames,
    RequestId, RoleId, SubAccountId,
};

use crate::model::*;

pub(crate) const K: RoleId = RoleId::from_u128(10);
pub(crate) const ROBOT: SubAccountId = SubAccountId::from_u128(11);

pub(crate) fn label() -> Label {
    Label::new("vip").unwrap()
}

pub(crate) fn custom(permissions: Permission) -> Role {
    Role::new(K, name(), names(permissions))
}

fn everywhere() -> [Scope; 2] {
    [ROOT, W]
}

fn everybody() -> [Assignee; 4] {
    [ANN.into(), BEN.into(), TEAM.into(), Assignee::MembersOf(W)]
}

/// Every assignment of these grants to these.
pub(crate) fn assign(
    to: impl IntoIterator<Item = Assignee>,
    grants: &[Grant],
    scopes: &[Scope],
) -> Vec<NewAssignment> {
    let mut made = Vec::new();
    for assignee in to {
        for grant in grants {
            made.extend(scopes.iter().map(|at| NewAssignment::new(assignee, grant.clone(), *at)));
        }
    }
    made
}

pub(crate) fn actions(made: Vec<NewAssignment>) -> Vec<Action> {
    made.into_iter().map(Action::from).collect()
}

pub(crate) fn join(sub_account: SubAccountId) -> Action {
    Action::AddToTeam(Membership { sub_account, team: TEAM })
}

pub(crate) fn told(story: &str, searched: Searched) {
    let Searched { states, accepted } = searched;
    eprintln!("{story}: {states} states, {accepted} accepted changes");
    assert!(states > 20, "{story}: nothing much can be done, {searched:?}");
}

/// A desk that hands out writers, and an administrator of roles and teams who writes nothing.
#[test]
fn a_licence_is_for_the_role_and_for_nothing_else() {
    let start = start([
        custom(Permission::READ).into(),
        given(20, ANN, DESK, ROOT).into(),
        given(21, BEN, bare(Permission::READ | Permission::ADMIN | Permission::ASSIGN), ROOT)
            .into(),
        given(22, CAT, K, W).into(),
        given(23, TEAM, K, ROOT).into(),
    ]);
    let menu = |_: &Organization, _| {
        let grants = [bare(Permission::WRITE), WRITER.into(), K.into(), DESK.into()];
        let mut menu = actions(assign([BEN.into(), TEAM.into()], &grants, &everywhere()));
        let mut role = custom(Permission::READ | Permission::WRITE);
        menu.push(Action::ReplaceRole(role.clone()));
        role = custom(Permission::READ);
        menu.push(Action::ReplaceRole(role.clone()));
        role.assigns.insert(WRITER.into());
        menu.push(Action::ReplaceRole(role));
        role = custom(Permission::READ);
        role.includes.insert(WRITER.into());
        menu.push(Action::ReplaceRole(role));
        menu.extend([join(BEN), join(CAT)]);
        menu
    };
    told("licence", Story::new(start, &menu, 3).search());
}

/// A writer wherever something carries a label that nothing carries.
#[test]
fn a_label_is_worth_what_carries_it() {
    let labelled = Reach::Labelled(label());
    let start = start([
        SubAccount::service(ROBOT, ANN).into(),
        given(20, BEN, WRITER, ROOT).with(|it| it.reach = labelled.clone()).into(),
        given(21, TEAM, WRITER, ROOT).with(|it| it.reach = labelled).into(),
        given(22, ANN, bare(Permission::READ | Permission::ADMIN | Permission::ASSIGN), ROOT)
            .into(),
        given(23, CAT, bare(Permission::READ | Permission::WRITE | Permission::ADMIN), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let mut menu = vec![join(CAT), join(ANN)];
        for labels in [vec![label()], vec![]] {
            menu.push(Action::SetLabels(W, labels.iter().cloned().collect()));
            menu.push(Action::SetLabels(ROOT, labels.into_iter().collect()));
        }
        for assignment in assign(
            [CAT.into(), ROBOT.into(), TEAM.into(), Assignee::MembersOf(W)],
            &[bare(Permission::READ), bare(Permission::WRITE)],
            &everywhere(),
        ) {
            menu.push(assignment.clone().labelled(label()).into());
            menu.push(assignment.here().into());
        }
        menu
    };
    told("labels", Story::new(start, &menu, 2).search());
}

/// Powers under a condition, until an hour, and from an hour on.
#[test]
fn a_condition_and_an_end_go_with_what_is_passed_on() {
    let administers = Permission::READ | Permission::ASSIGN;
    let (mfa, until) = (vec![Condition::Mfa], Validity::until(moment(1)));
    let start = start([
        given(20, ANN, bare(administers), ROOT).into(),
        given(21, ANN, WRITER, W).with(|it| it.conditions = mfa).into(),
        given(22, BEN, bare(administers), W).into(),
        given(23, BEN, bare(Permission::WRITE), W).with(|it| it.validity = until).into(),
        given(24, CAT, WRITER, W).with(|it| it.validity = Validity::from(moment(1))).into(),
        given(25, CAT, bare(administers), W).into(),
    ]);
    let menu = |_: &Organization, actor: SubAccountId| {
        let mut menu = Vec::new();
        let to: Vec<Assignee> =
            [ANN, BEN, CAT].into_iter().filter(|it| *it != actor).map(Assignee::from).collect();
        for plain in assign(to, &[bare(Permission::WRITE)], &[W]) {
            menu.push(plain.clone().into());
            menu.push(plain.clone().when(Condition::Mfa).into());
            menu.push(plain.clone().ends(moment(1)).into());
            menu.push(plain.starts(moment(1)).when(Condition::Mfa).into());
        }
        menu
    };
    told("conditions", Story::new(start, &menu, 3).search());
}

/// A mask, a ceiling and denies that keep out who would otherwise write.
#[test]
fn what_limits_is_lifted_only_by_who_is_not_limited() {
    let mut shut = Workspace::new(WORKSPACE, name());
    shut.inherits = names(Permission::READ | Permission::ADMIN | Permission::ASSIGN);
    let administers = Permission::READ | Permission::ASSIGN | Permission::ADMIN;
    let deny = given(23, TEAM, bare(Permission::WRITE), W).with(|it| it.effect = Effect::Deny);
    let unless = given(25, CAT, bare(Permission::WRITE), ROOT).with(|it| {
        it.effect = Effect::Deny;
        it.conditions = vec![Condition::Mfa];
    });
    let start = start([
        shut.into(),
        given(20, ANN, bare(administers), ROOT).into(),
        given(21, BEN, bare(Permission::READ | Permission::WRITE), ROOT).into(),
        given(22, CAT, bare(administers | Permission::WRITE), W).into(),
        deny.into(),
        Membership { sub_account: CAT, team: TEAM }.into(),
        unless.into(),
    ]);
    let menu = |_: &Organization, _| {
        let parent = tenantry::model::resource::Parent::Workspace(WORKSPACE);
        let mut menu = Vec::new();
        for open in [PermissionNames::Full, names(Permission::READ | Permission::WRITE)] {
            menu.push(Action::SetInheritance(parent, open.clone()));
            menu.push(Action::SetCeiling(W, Some(open)));
        }
        menu.push(Action::SetCeiling(W, None));
        menu.push(Action::SetCeiling(W, Some(names(Permission::all() - Permission::WRITE))));
        menu.push(Action::RemoveFromTeam(Membership { sub_account: CAT, team: TEAM }));
        menu.extend([join(BEN), join(CAT)]);
        let made = assign(
            [BEN.into(), CAT.into(), Assignee::MembersOf(W)],
            &[bare(Permission::WRITE)],
            &everywhere(),
        );
        for assignment in made {
            menu.push(assignment.clone().into());
            menu.push(assignment.denying().into());
        }
        menu
    };
    told("limits", Story::new(start, &menu, 3).search());
}

/// What was passed on for a while is not passed on for good.
#[test]
fn a_delegation_ends_with_what_it_is_of() {
    let administers = Permission::READ | Permission::ASSIGN;
    let passed_on = given(20, ANN, WRITER, ROOT).with(|it| {
        it.delegator = Some(LIN);
        it.validity = Validity::until(moment(1));
    });
    let start = start([
        passed_on.into(),
        given(21, ANN, bare(administers), ROOT).into(),
        given(22, BEN, bare(administers), W).into(),
        given(23, BEN, WRITER, W).with(|it| it.conditions = vec![Condition::Mfa]).into(),
        given(24, CAT, bare(administers), W).into(),
    ]);
    let menu = |_: &Organization, actor: SubAccountId| {
        let mut menu = Vec::new();
        let grants = [bare(Permission::WRITE), bare(Permission::READ), WRITER.into()];
        for plain in assign(everybody(), &grants, &[W]) {
            menu.push(plain.clone().into());
            menu.push(plain.ends(moment(1)).delegated_by(actor).into());
        }
        menu.extend([join(CAT), Action::Suspend(BEN), Action::Reinstate(BEN)]);
        menu
    };
    told("delegations", Story::new(start, &menu, 2).search());
}

/// A team without members, and assignments to the members of a workspace that has none.
#[test]
fn what_binds_nobody_today_is_given_as_if_it_did() {
    let administers = Permission::READ | Permission::ASSIGN | Permission::ADMIN;
    let start = start([
        given(20, TEAM, WRITER, W).into(),
        given(21, Assignee::MembersOf(W), bare(Permission::WRITE), W).into(),
        given(22, ANN, bare(administers), ROOT).into(),
        given(23, BEN, bare(Permission::READ | Permission::ASSIGN), W).into(),
        given(24, CAT, bare(Permission::READ), ROOT).into(),
    ]);
    let menu = |_: &Organization, _| {
        let to = [BEN.into(), CAT.into(), TEAM.into(), Assignee::MembersOf(W)];
        let grants = [bare(Permission::READ), bare(Permission::WRITE)];
        let mut menu = actions(assign(to, &grants, &everywhere()));
        menu.extend([join(ANN), join(BEN), join(CAT)]);
        menu
    };
    told("nobody", Story::new(start, &menu, 3).search());
}

/// Somebody kept out, somebody who went, somebody limited, and a service that is bound by its owner.
#[test]
fn who_comes_back_brings_what_the_actor_reaches() {
    let administers = Permission::READ | Permission::ADMIN | Permission::ASSIGN;
    let mut kept_out = SubAccount::member(CAT);
    kept_out.status = Status::Suspended;
    let limited = SubAccount { boundary: Some(names(administers)), ..SubAccount::member(BEN) };
    let founded = start([
        limited.into(),
        SubAccount::service(ROBOT, BEN).into(),
        given(20, ANN, bare(administers), ROOT).into(),
        given(21, BEN, bare(Permission::READ | Permission::WRITE), W).into(),
        given(22, CAT, WRITER, ROOT).into(),
        given(23, ROBOT, WRITER, ROOT).into(),
        given(24, ROBOT, bare(administers), W).into(),
        given(25, TEAM, WRITER, W).into(),
    ]);
    let time = founded.time();
    let set = tenantry::model::ChangeSet {
        time,
        changes: vec![Change::from(kept_out)],
        personal: Vec::new(),
    };
    let start = founded.with(&set).unwrap();
    let menu = |_: &Organization, actor: SubAccountId| {
        let mut menu = vec![
            Action::Leave(actor.into()),
            Action::SetServiceOwner(ROBOT, ANN),
            Action::SetServiceOwner(ROBOT, CAT),
            Action::SetBoundary(BEN, None),
            Action::SetBoundary(BEN, Some(names(Permission::READ))),
            Action::SetKind(BEN, SubAccountKind::Member),
            Action::SetLogin(CAT, "cat@new.example".parse().unwrap()),
            join(BEN),
            join(ROBOT),
        ];
        for id in [BEN, CAT, ROBOT] {
            menu.push(Action::Suspend(id));
            menu.push(Action::Reinstate(id));
            menu.push(Action::Remove(id.into()));
            menu.push(Action::Readmit { sub_account: id, restore: true });
            menu.push(Action::Readmit { sub_account: id, restore: false });
        }
        let to = [BEN.into(), CAT.into(), ROBOT.into()];
        menu.extend(actions(assign(to, &[bare(Permission::WRITE), bare(Permission::READ)], &[W])));
        menu
    };
    told("people", Story::new(start, &menu, 3).search());
}

/// Resources that are made, moved, handed over and deleted.
#[test]
fn a_resource_is_checked_as_where_it_was() {
    let kind = Kind::new("thing").unwrap();
    let mut thing = Resource::new(THING, kind.clone(), WORKSPACE);
    thing.inherits = names(Permission::READ | Permission::ADMIN);
    thing.owner = Some(CAT);
    let start = start([
        thing.into(),
        given(20, ANN, bare(Permission::READ | Permission::ADMIN), W).into(),
        given(21, BEN, AUTHOR, W).into(),
        given(22, CAT, AUTHOR, THING.into()).into(),
        given(23, ANN, bare(Permission::ASSIGN), W).into(),
        given(24, BEN, bare(Permission::WRITE), THING.into()).into(),
    ]);
    let menu = |_: &Organization, _| {
        let mut menu = vec![
            Action::DeleteResource(THING),
            Action::DeleteResource(MADE),
            Action::MoveResource(MADE, THING.into()),
            Action::MoveResource(THING, MADE.into()),
            Action::MoveResource(THING, WORKSPACE.into()),
            Action::SetInheritance(THING.into(), PermissionNames::Full),
            Action::SetInheritance(MADE.into(), names(Permission::READ)),
        ];
        for owner in [None, Some(ANN), Some(BEN), Some(CAT)] {
            menu.push(Action::SetResourceOwner(THING, owner));
            let made = Resource::new(MADE, kind.clone(), WORKSPACE);
            menu.push(Action::CreateResource(Resource { owner, ..made }));
        }
        let grants = [AUTHOR.into(), bare(Permission::WRITE)];
        let to = [BEN.into(), CAT.into()];
        menu.extend(actions(assign(to, &grants, &[THING.into(), MADE.into()])));
        menu
    };
    told("resources", Story::new(start, &menu, 3).search());
}

/// Requests are granted on the approver's own authority.
#[test]
fn an_approval_gives_what_the_approver_could_give() {
    let start = start([
        custom(Permission::READ).into(),
        given(20, ANN, DESK, W).into(),
        given(21, BEN, bare(Permission::READ | Permission::ASSIGN), W).into(),
        given(22, CAT, bare(Permission::READ | Permission::WRITE), W).into(),
    ]);
    let menu = |organization: &Organization, actor: SubAccountId| {
        let expires = moment(5);
        let mut menu = Vec::new();
        let wanted: [Grant; 3] =
            [bare(Permission::WRITE), WRITER.into(), RoleRef::from(DESK).into()];
        for (number, grant) in (100..).zip(wanted) {
            let id = RequestId::from_u128(number);
            menu.push(Action::MakeRequest(NewRequest::access(id, actor, grant, W, expires)));
        }
        let also = NewAssignment::new(BEN, bare(Permission::WRITE), W);
        for request in organization.requests().keys().copied() {
            menu.push(Action::Approve { request, assignments: Vec::new() });
            menu.push(Action::Approve { request, assignments: vec![also.clone()] });
        }
        menu
    };
    told("requests", Story::new(start, &menu, 3).search());
}

/// Something is made, with a label or without, where somebody writes wherever there is that label.
#[test]
fn what_is_made_is_worth_no_more_than_where_it_is_made() {
    let labelled = Reach::Labelled(label());
    let start = start([
        given(20, BEN, WRITER, ROOT).with(|it| it.reach = labelled).into(),
        given(21, CAT, bare(Permission::READ | Permission::ADMIN | Permission::ASSIGN), W).into(),
        given(22, ANN, AUTHOR, W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let mut menu = Vec::new();
        for (labels, owner) in [(vec![], None), (vec![label()], None), (vec![], Some(ANN))] {
            let labels: std::collections::BTreeSet<Label> = labels.into_iter().collect();
            menu.push(Action::SetLabels(MADE.into(), labels.clone()));
            menu.push(Action::SetResourceOwner(MADE, owner));
            let made = Resource::new(MADE, Kind::new("thing").unwrap(), WORKSPACE);
            menu.push(Action::CreateResource(Resource { labels, owner, ..made }));
        }
        menu.push(Action::DeleteResource(MADE));
        let grants = [AUTHOR.into(), bare(Permission::WRITE), bare(Permission::READ)];
        menu.extend(actions(assign([BEN.into(), CAT.into()], &grants, &[W, MADE.into()])));
        menu
    };
    told("made", Story::new(start, &menu, 3).search());
}

/// An invitation is worth what whoever made it reaches when it is answered.
#[test]
fn an_invitation_gives_what_the_inviter_could_give_now() {
    let administers = Permission::READ | Permission::ASSIGN | Permission::ADMIN;
    let start = start([
        given(20, ANN, bare(administers | Permission::WRITE), ROOT).into(),
        given(21, BEN, bare(Permission::READ | Permission::ASSIGN), W).into(),
        given(22, BEN, bare(Permission::WRITE), W).into(),
        given(23, CAT, DESK, W).into(),
    ]);
    let menu = |organization: &Organization, actor: SubAccountId| {
        let mut menu = vec![Action::Suspend(BEN), Action::SetBoundary(BEN, None)];
        menu.push(Action::SetBoundary(BEN, Some(names(Permission::READ | Permission::ASSIGN))));
        let offered: [Grant; 2] = [WRITER.into(), bare(Permission::WRITE)];
        for (number, grant) in (200..).zip(offered) {
            let number = number + 10 * actor.to_u128();
            let (id, invited) = (InvitationId::from_u128(number), SubAccountId::from_u128(number));
            if !organization.invitations().contains_key(&id) {
                let login = format!("{number}@new.example").parse().unwrap();
                let token = Digest::of([&number.to_be_bytes()[..]]);
                let new = NewInvitation::new(id, invited, login, token, moment(1));
                menu.push(Action::Invite(new.with(grant, W)));
            }
        }
        menu
    };
    told("invitations", Story::new(start, &menu, 3).search());
}
