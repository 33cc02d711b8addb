//! Stories about what can go away: in each, something keeps somebody out today, and the host may
//! lift it between any two steps.

use std::collections::BTreeSet;

use tenantry::catalog::{DutyDefinition, RoleDefinition, Separation};
use tenantry::model::record::Digest;
use tenantry::model::resource::Parent;
use tenantry::model::{
    Assignee, Change, ChangeSet, Condition, Consent, Effect, Invitation, Kind, Maker, Membership,
    Organization, PersonalRow, Profile, Purpose, Reach, Resource, Scope, SecurityPolicy, Status,
    SubAccount, Workspace,
};
use tenantry::{
    Action, AssignmentId, ConsentId, Departure, InvitationId, Label, NewInvitation, PersonalId,
    SubAccountId,
};

use crate::held::is_active;
use crate::model::*;
use crate::stories::{K, ROBOT, actions, assign, custom, join, label, told};

/// Somebody who is not there yet.
const NEW: SubAccountId = SubAccountId::from_u128(15);

/// READ, ASSIGN and ADMIN: everything about administration, and nothing of the work.
const ADMINISTERS: Permission = Permission::READ.union(Permission::ASSIGN).union(Permission::ADMIN);

/// An organization after somebody in it was changed.
fn after(organization: Organization, changes: Vec<Change>) -> Organization {
    let set = ChangeSet { time: organization.time(), changes, personal: Vec::new() };
    organization.with(&set).unwrap()
}

fn of_host(actions: Vec<Action>) -> impl Fn(&Organization) -> Vec<Action> {
    move |_| actions.clone()
}

/// A personal row with a login, and whom it belongs to.
fn with_login(row: SubAccount, login: &str) -> (SubAccount, PersonalRow) {
    let id = PersonalId::from_u128(row.id.to_u128());
    let personal = PersonalRow::new(id, Purpose::Login, [1; 32], login.to_owned()).unwrap();
    (SubAccount { login: Some(personal.reference()), ..row }, personal)
}

fn invite(number: u128, invited: SubAccountId, login: &str) -> NewInvitation {
    let token = Digest::of([&number.to_be_bytes()[..]]);
    let id = InvitationId::from_u128(number);
    NewInvitation::new(id, invited, login.parse().unwrap(), token, moment(1))
}

fn consent(number: u128, scope: Scope, mask: Permission) -> Consent {
    Consent {
        id: ConsentId::from_u128(number),
        operators: HOME,
        scope,
        mask: names(mask),
        starts: None,
        ends: moment(5),
        by: Maker::Host,
    }
}

/// An owner who is flagged, and kept out besides; the host says later that the credential was
/// renewed.
#[test]
fn a_flag_excuses_no_rise() {
    let owner = start([
        given(20, CAT, OWNER, ROOT).into(),
        given(21, ANN, bare(Permission::READ | Permission::ADMIN), ROOT).into(),
        given(22, BEN, bare(Permission::READ), ROOT).into(),
    ]);
    let flagged = SubAccount { credential_reset_required: true, ..SubAccount::member(CAT) };
    let start = after(owner, vec![SubAccount { status: Status::Suspended, ..flagged }.into()]);
    let menu = |_: &Organization, _| {
        let mut menu = Vec::new();
        for id in [BEN, CAT] {
            menu.push(Action::Suspend(id));
            menu.push(Action::Reinstate(id));
            menu.push(Action::SetCredentialResetRequired(id, true));
            menu.push(Action::Readmit { sub_account: id, restore: true });
        }
        menu
    };
    let host = of_host(vec![
        Action::SetCredentialResetRequired(BEN, true),
        Action::Remove(CAT.into()),
        Action::SetCredentialResetRequired(BEN, false),
    ]);
    told("flags", Story::new(start, &menu, 4).with_host(&host, 1).search());
}

/// A plan that lacks a permission, and is upgraded later.
#[test]
fn what_the_plan_lacks_is_given_by_who_would_have_it() {
    let ceiling = Some(names(ADMINISTERS));
    let start = start([
        Profile { ceiling, ..Profile::new(name()) }.into(),
        given(20, ANN, bare(ADMINISTERS), ROOT).into(),
        given(21, BEN, bare(Permission::READ), ROOT).into(),
        given(22, CAT, DESK, W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let to: [Assignee; 3] = [ANN.into(), BEN.into(), TEAM.into()];
        let grants = [bare(Permission::WRITE), OWNER.into(), WRITER.into()];
        let mut menu = actions(assign(to, &grants, &[ROOT, W]));
        menu.push(join(BEN));
        menu
    };
    let ceilings = [None, Some(names(Permission::READ | Permission::ASSIGN))];
    let host = of_host(ceilings.map(|it| Action::SetCeiling(ROOT, it)).into());
    told("plan", Story::new(start, &menu, 3).with_host(&host, 1).search());
}

/// A ceiling of a workspace, which somebody may lift who does not administer what it holds back.
#[test]
fn what_a_workspace_holds_back_is_given_by_who_would_have_it() {
    let mut held_back = Workspace::new(WORKSPACE, name());
    held_back.ceiling = Some(names(ADMINISTERS));
    let start = start([
        held_back.into(),
        given(20, ANN, bare(ADMINISTERS), W).into(),
        given(21, BEN, bare(Permission::READ | Permission::ASSIGN), ROOT).into(),
        given(22, CAT, bare(Permission::READ), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let to: [Assignee; 3] = [ANN.into(), BEN.into(), Assignee::MembersOf(W)];
        let mut menu = actions(assign(to, &[bare(Permission::WRITE), WRITER.into()], &[W]));
        menu.push(Action::SetCeiling(W, None));
        menu
    };
    let host = of_host(vec![Action::SetCeiling(W, None)]);
    told("ceiling", Story::new(start, &menu, 3).with_host(&host, 1).search());
}

/// A guest whose end has passed, and whom the host prolongs later.
#[test]
fn who_has_ended_is_given_what_the_giver_has() {
    let start = start([
        SubAccount::guest(BEN, moment(0)).into(),
        given(20, ANN, bare(ADMINISTERS), W).into(),
        given(21, CAT, bare(Permission::READ | Permission::ASSIGN), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let grants = [bare(Permission::WRITE), bare(Permission::READ)];
        let mut menu = actions(assign([BEN.into(), TEAM.into()], &grants, &[W]));
        menu.extend([Action::SetEnd(BEN, Some(moment(5))), join(BEN)]);
        menu
    };
    let host = of_host(vec![Action::SetEnd(BEN, Some(moment(1)))]);
    told("ended", Story::new(start, &menu, 4).with_host(&host, 1).search());
}

/// Boundaries of the giver, of whoever is given something, and of the owner of a service.
#[test]
fn what_a_boundary_takes_is_not_handed_on() {
    let bounded = |id, to| SubAccount { boundary: Some(names(to)), ..SubAccount::member(id) };
    let start = start([
        bounded(ANN, ADMINISTERS).into(),
        bounded(BEN, Permission::READ).into(),
        SubAccount::service(ROBOT, BEN).into(),
        given(20, ANN, WRITER, ROOT).into(),
        given(21, ANN, bare(ADMINISTERS), ROOT).into(),
        given(22, CAT, bare(Permission::READ | Permission::ASSIGN), W).into(),
        given(23, BEN, bare(Permission::READ), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let to = [BEN.into(), CAT.into(), ROBOT.into()];
        let mut menu =
            actions(assign(to, &[bare(Permission::WRITE), bare(Permission::READ)], &[W]));
        menu.push(Action::SetBoundary(BEN, None));
        menu.push(Action::SetBoundary(CAT, Some(names(Permission::READ))));
        menu
    };
    let host = of_host(vec![
        Action::SetBoundary(BEN, None),
        Action::SetBoundary(ANN, None),
        Action::SetServiceOwner(ROBOT, CAT),
    ]);
    told("boundaries", Story::new(start, &menu, 3).with_host(&host, 1).search());
}

/// A deny that acts at a workspace alone, and things that are made in it and taken out of it.
#[test]
fn what_is_made_sheds_no_deny_that_acts_where_it_is_made() {
    let kind = Kind::new("thing").unwrap();
    let here = given(21, BEN, bare(Permission::WRITE), W).with(|it| {
        (it.effect, it.reach) = (Effect::Deny, Reach::Here);
    });
    let start = start([
        Resource::new(THING, kind.clone(), WORKSPACE).into(),
        given(20, BEN, WRITER, W).into(),
        here.into(),
        given(22, ANN, bare(Permission::READ | Permission::ADMIN), ROOT).into(),
        given(23, CAT, AUTHOR, W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let made = Resource::new(MADE, kind.clone(), WORKSPACE);
        let inner = Resource::new(MADE, kind.clone(), THING);
        let owned = Resource { owner: Some(CAT), ..made.clone() };
        let mut menu: Vec<Action> = [made, inner, owned].map(Action::CreateResource).into();
        menu.push(Action::CreateWorkspace(Workspace::new(OTHER, name())));
        menu.extend([THING, MADE].map(Action::DeleteResource));
        menu.push(Action::MoveResource(MADE, THING.into()));
        menu
    };
    told("here", Story::new(start, &menu, 3).search());
}

/// A workspace that operators are let into and one that they are not, with a mask and a ceiling in
/// between.
#[test]
fn operators_gain_nothing_that_nobody_covers() {
    let kind = Kind::new("thing").unwrap();
    let mut shut = Workspace::new(WORKSPACE, name());
    shut.ceiling = Some(names(ADMINISTERS));
    let start = start([
        shut.into(),
        Workspace::new(OTHER, name()).into(),
        Resource::new(THING, kind.clone(), OTHER).into(),
        consent(1, W, Permission::all()).into(),
        given(20, ANN, bare(Permission::READ | Permission::ADMIN), ROOT).into(),
        given(21, BEN, bare(Permission::READ | Permission::WRITE), OTHER.into()).into(),
    ]);
    let moves = |_: &Organization| -> Vec<Action> {
        vec![
            Action::MoveResource(THING, WORKSPACE.into()),
            Action::MoveResource(THING, OTHER.into()),
            Action::SetCeiling(W, None),
            Action::SetInheritance(Parent::Workspace(WORKSPACE), names(Permission::READ)),
            Action::CreateResource(Resource::new(MADE, kind.clone(), WORKSPACE)),
        ]
    };
    let menu = |organization: &Organization, _| moves(organization);
    let host = of_host(vec![Action::SetCeiling(W, None)]);
    let story = Story::new(start, &menu, 3).with_host(&host, 1).with_operators(&menu);
    told("operators", story.search());
}

/// An invitation into a team that nobody expects anything of, adopted and sent again by others, and
/// the inviter goes.
#[test]
fn somebody_stands_behind_every_invitation() {
    let (invited, row) = with_login(SubAccount::member(NEW), "new@acme.example");
    let invitation = Invitation {
        inviter: Maker::SubAccount(ANN),
        ..serde_json::from_value(serde_json::json!({
            "id": InvitationId::from_u128(1),
            "sub_account": NEW,
            "token": Digest::of([&b"token"[..]]),
            "expires": moment(5),
        }))
        .unwrap()
    };
    let start = start_with(
        [
            SubAccount { status: Status::Invited, ..invited }.into(),
            Membership { sub_account: NEW, team: TEAM }.into(),
            invitation.into(),
            consent(1, ROOT, ADMINISTERS).into(),
            given(20, ANN, bare(ADMINISTERS), ROOT).into(),
            given(21, BEN, bare(Permission::READ | Permission::ASSIGN), ROOT).into(),
        ],
        vec![row],
    );
    let menu = |_: &Organization, _| {
        let (id, token) = (InvitationId::from_u128(1), Digest::of([&b"another"[..]]));
        let resend = Action::ResendInvitation { id, token, expires: moment(5) };
        vec![Action::Adopt(ANN), Action::Adopt(BEN), resend]
    };
    let writes = assign([TEAM.into()], &[bare(Permission::WRITE)], &[W]);
    let host = of_host(
        actions(writes).into_iter().chain([Action::Remove(Departure::from(ANN))]).collect(),
    );
    let story = Story::new(start, &menu, 5).with_host(&host, 2).with_operators(&menu);
    told("makers", story.search());
}

/// A consent gives what its giver has, and goes with its giver.
#[test]
fn a_consent_is_worth_what_its_giver_has() {
    let start = start([
        given(20, ANN, bare(Permission::READ | Permission::ADMIN), ROOT).into(),
        given(21, BEN, DESK, ROOT).into(),
        given(22, BEN, bare(Permission::READ | Permission::ADMIN), ROOT).into(),
        given(23, CAT, bare(Permission::READ), W).into(),
    ]);
    let menu = |organization: &Organization, _| {
        let mut menu = Vec::new();
        for (number, mask) in [(1, Permission::READ), (2, Permission::READ | Permission::WRITE)] {
            let new = consent(number, W, mask);
            if !organization.consents().contains_key(&new.id) {
                menu.push(Action::GiveConsent(new));
            }
        }
        menu.extend(organization.consents().keys().copied().map(Action::EndConsent));
        menu.extend([ANN, BEN].map(|it| Action::Remove(it.into())));
        menu
    };
    let host = of_host(vec![
        Action::Remove(BEN.into()),
        Action::Suspend(ANN),
        Action::SetCredentialResetRequired(ANN, true),
    ]);
    told("consents", Story::new(start, &menu, 3).with_host(&host, 1).search());
}

/// Somebody who writes at the organization and whose service hands out roles in a workspace.
#[test]
fn duties_meet_in_no_hand_however_many_accounts_it_has() {
    let catalog = builder()
        .separate(
            "who writes hands out no roles there",
            2,
            Separation::AtOneScope,
            DUTIES.map(DutyDefinition::Role),
        )
        .build()
        .unwrap();
    let start = start([
        SubAccount::service(ROBOT, ANN).into(),
        given(20, ANN, WRITER, ROOT).into(),
        given(21, BEN, bare(ADMINISTERS | Permission::WRITE), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let to = [ANN.into(), ROBOT.into(), CAT.into(), TEAM.into()];
        let mut menu = actions(assign(to, &[DESK.into(), WRITER.into()], &[W]));
        menu.extend([join(ANN), join(ROBOT)]);
        menu
    };
    let given = assign([ANN.into(), ROBOT.into()], &[DESK.into()], &[W]);
    let host = of_host(actions(given));
    told("duties", Story::new(start, &menu, 3).with_host(&host, 2).under(catalog).search());
}

/// Somebody who was taken out and to whom something is denied, and the login that they had.
#[test]
fn a_deny_stays_with_every_login_that_it_ever_concerned() {
    let (cat, row) = with_login(SubAccount::member(CAT), "cat@acme.example");
    let deny = given(20, CAT, bare(Permission::WRITE), ROOT).with(|it| it.effect = Effect::Deny);
    let founded = start_with(
        [
            cat.clone().into(),
            deny.into(),
            given(21, ANN, bare(Permission::all()), W).into(),
            given(22, BEN, bare(Permission::READ | Permission::ADMIN), ROOT).into(),
        ],
        vec![row],
    );
    let start = after(founded, vec![SubAccount { status: Status::Removed, ..cat }.into()]);
    let menu = |organization: &Organization, actor: SubAccountId| {
        let mut menu = vec![Action::SetLogin(CAT, "dummy@acme.example".parse().unwrap())];
        let number = 200 + actor.to_u128();
        let new = invite(number, NEW, "cat@acme.example").with(WRITER, W);
        if !organization.sub_accounts().contains_key(&NEW) {
            menu.push(Action::Invite(new));
        }
        menu.push(Action::Readmit { sub_account: CAT, restore: false });
        menu
    };
    told("logins", Story::new(start, &menu, 4).search());
}

/// Somebody looks after security who is no owner.
#[test]
fn owners_open_what_was_shut_to_them() {
    let start = start([
        given(20, ANN, bare(Permission::READ | Permission::ADMIN), ROOT).into(),
        given(21, BEN, bare(Permission::READ | Permission::ASSIGN), ROOT).into(),
    ]);
    let menu = |_: &Organization, _| {
        let policies = [vec![Condition::Mfa], vec![]];
        let mut menu: Vec<Action> = policies
            .map(|conditions| Action::SetSecurityPolicy(SecurityPolicy { conditions }))
            .into();
        menu.extend([Action::Suspend(BEN), Action::Reinstate(BEN), join(BEN), join(CAT)]);
        menu
    };
    told("security", Story::new(start, &menu, 3).search());
}

/// Two labels that nothing carries, an allow under one of them and a deny under the other.
#[test]
fn each_label_is_carried_by_itself() {
    let eu = Label::new("eu").unwrap();
    let deny = given(20, BEN, bare(Permission::WRITE), ROOT).with(|it| {
        (it.effect, it.reach) = (Effect::Deny, Reach::Labelled(label()));
    });
    let start = start([
        deny.into(),
        given(21, ANN, bare(ADMINISTERS), ROOT).into(),
        given(22, CAT, bare(Permission::READ), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let mut menu = Vec::new();
        for new in assign(
            [BEN.into(), CAT.into()],
            &[bare(Permission::WRITE), bare(Permission::READ)],
            &[ROOT, W],
        ) {
            menu.push(new.clone().labelled(eu.clone()).into());
            menu.push(new.labelled(label()).into());
        }
        menu.push(Action::SetLabels(W, BTreeSet::from([eu.clone()])));
        menu
    };
    let host = of_host(vec![Action::SetLabels(W, BTreeSet::from([label()]))]);
    told("half", Story::new(start, &menu, 3).with_host(&host, 1).search());
}

/// A role that one person may hold, and a role that includes it.
#[test]
fn a_role_has_its_holders_by_whatever_way() {
    let chief = RoleDefinition::new(CHIEF).any(ADMINISTERS).holders(0, Some(1));
    let catalog = builder().define(chief).build().unwrap();
    let mut includes = custom(Permission::READ);
    includes.includes.insert(CHIEF.into());
    let start = start([
        includes.into(),
        given(20, ANN, CHIEF, ROOT).into(),
        given(21, BEN, bare(Permission::READ), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let to: [Assignee; 3] = [BEN.into(), TEAM.into(), Assignee::MembersOf(W)];
        let mut menu = actions(assign(to, &[CHIEF.into(), K.into()], &[ROOT, W]));
        menu.extend([join(BEN), join(CAT)]);
        menu
    };
    told("holders", Story::new(start, &menu, 3).under(catalog).search());
}

/// A permission that needs another one.
#[test]
fn what_lacks_its_prerequisite_is_given_by_who_has_it() {
    let catalog = builder().needs(Permission::WRITE, Permission::READ).build().unwrap();
    let start = start([
        given(20, ANN, bare(ADMINISTERS), ROOT).into(),
        given(21, BEN, bare(Permission::READ | Permission::ASSIGN), W).into(),
    ]);
    let menu = |_: &Organization, _| {
        let to: [Assignee; 2] = [CAT.into(), TEAM.into()];
        let grants = [bare(Permission::WRITE), bare(Permission::READ)];
        let mut menu = actions(assign(to, &grants, &[W]));
        menu.push(join(CAT));
        menu
    };
    let host = of_host(actions(assign([CAT.into()], &[bare(Permission::READ)], &[ROOT])));
    told("needs", Story::new(start, &menu, 4).with_host(&host, 1).under(catalog).search());
}

/// A deny that begins later, and whoever made it goes.
#[test]
fn what_is_denied_outlives_whoever_denied_it() {
    let start = start([
        given(20, ANN, bare(Permission::all().difference(Permission::ADMIN)), W).into(),
        given(21, BEN, bare(Permission::READ | Permission::WRITE), W).into(),
        given(22, CAT, bare(ADMINISTERS), ROOT).into(),
    ]);
    let menu = |_: &Organization, actor: SubAccountId| {
        let mut menu = vec![Action::Leave(actor.into()), Action::Suspend(BEN)];
        for new in assign([BEN.into()], &[bare(Permission::WRITE)], &[W]) {
            menu.push(new.clone().denying().starts(moment(1)).into());
            menu.push(new.starts(moment(1)).into());
        }
        menu
    };
    let host = of_host(vec![
        Action::Suspend(ANN),
        Action::Remove(ANN.into()),
        Action::SetCredentialResetRequired(ANN, true),
    ]);
    // Whoever keeps people out keeps out whom it outranks, whatever they denied to whom.
    let is_in = |organization: &Organization, id| {
        organization.sub_accounts().get(&id).is_some_and(is_active)
    };
    let possible = |organization: &Organization| match [ANN, CAT] {
        both if both.into_iter().all(|it| is_in(organization, it))
            && organization.assignments().contains_key(&AssignmentId::from_u128(22)) =>
        {
            vec![(CAT, Action::Suspend(ANN))]
        }
        _ => Vec::new(),
    };
    let story = Story::new(start, &menu, 3).with_host(&host, 1).in_which(&possible);
    told("denies", story.search());
}
