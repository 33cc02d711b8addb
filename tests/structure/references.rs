//! Whole change sets, and references: nothing dangles, nothing is removed while it is referred to.

use crate::setup::*;
use crate::support;
use crate::support::{
    AGENT, Permission, World, allow, at, custom, just_before, key, kind, membership, name, names,
    number, organization_id, put, resource_id, role_id, set, sub_account_id, team_id, workspace_id,
};
use jiff::Timestamp;
use tenantry::PermissionNames;
use tenantry::access::Reason;
use tenantry::id::ConsentId;
use tenantry::model::change::{Change, ChangeSet, Remove, StructureError, TimeReset};
use tenantry::model::link::{EntityId, Relation};
use tenantry::model::{
    Assignment, Consent, Grant, Invitation, Organization, Profile, Request, Resource, Role,
    RoleName, RoleRef, Scope, Status, SubAccount, Workspace,
};

#[test]
fn an_organization_starts_with_its_profile() {
    let id = organization_id("acme");
    let workspace = Workspace::new(workspace_id("support"), name("Support"));
    let profile = Profile::new(name("Acme"));
    for first in [set([]), set([workspace.clone().into(), profile.clone().into()])] {
        assert_eq!(Organization::create(id, &first), Err(StructureError::NoProfile));
    }
    let first = set([profile.into(), workspace.into()]);
    let organization = Organization::create(id, &first).unwrap();
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
fn i7_the_time_is_set_anew_from_what_it_is_and_from_nothing_else() {
    let world = World::new();
    let dated = |time, resets: &[Timestamp]| ChangeSet {
        time,
        changes: resets.iter().map(|from| TimeReset { from: *from }.into()).collect(),
        personal: Vec::new(),
    };
    assert_eq!(world.apply_set(&dated(at(50), &[])), Ok(()));
    let after = at(50);
    for from in [just_before(after), at(0), at(51)] {
        let refused = StructureError::NotTheTime { from, after };
        assert_eq!(world.apply_set(&dated(at(20), &[from])), Err(refused.clone()));
        assert_eq!(world.apply_set(&dated(at(20), &[after, from])), Err(refused.clone()));
        assert_eq!(world.apply_set(&dated(at(60), &[from])), Err(refused));
    }
    assert_eq!(world.organization().time(), after);
    assert_eq!(world.apply_set(&dated(at(20), &[after])), Ok(()));
    assert_eq!(world.organization().time(), at(20));
    let refused = StructureError::TimeWentBack { time: at(19), after: at(20) };
    assert_eq!(world.apply_set(&dated(at(19), &[])), Err(refused));
    assert_eq!(world.apply_set(&dated(at(20), &[])), Ok(()));
    assert_eq!(world.organization().revision().number(), 4);
}

#[test]
fn of_a_set_that_is_refused_nothing_happens() {
    let world = World::with_chain();
    world.member("lin");
    let refused = StructureError::EmptyGrant(EntityId::Assignment(assignment_id(9)));
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
            put(plain.clone().with(|it| it.delegator = Some(sub_account_id("gone")))),
            ("assignment", "a"),
            ("sub-account", "gone"),
        ),
        (
            put(Assignment { by: sub_account_id("gone").into(), ..plain }),
            ("assignment", "a"),
            ("sub-account", "gone"),
        ),
        (put(consent("c", nowhere)), ("consent", "c"), ("workspace", "gone")),
        (put(consent("c", no_thing)), ("consent", "c"), ("resource", "gone")),
        (
            put(Consent { by: sub_account_id("gone").into(), ..consent("c", Scope::Organization) }),
            ("consent", "c"),
            ("sub-account", "gone"),
        ),
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
pub(crate) struct Hold {
    removed: Remove,
    refer: Change,
    by: EntityId,
    release: Remove,
}

/// Every kind of reference to everything that can be removed: the workspace `empty`, the resource `note`, the team
/// `crew` and the role `clerk`.
pub(crate) fn holds() -> Vec<Hold> {
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
        holds.push(Hold {
            removed,
            refer: put(request("q", access("lin", view(), scope))),
            by: entity("request", "q"),
            release: Remove::Request(request_id("q")),
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
    holds.push(Hold {
        removed: clerk,
        refer: put(request("q", access("lin", role_id("clerk"), Scope::Organization))),
        by: entity("request", "q"),
        release: Remove::Request(request_id("q")),
    });
    holds
}

pub(crate) fn removed_entity(remove: Remove) -> EntityId {
    match remove {
        Remove::Workspace(id) => EntityId::Workspace(id),
        Remove::Resource(id) => EntityId::Resource(id),
        Remove::Team(id) => EntityId::Team(id),
        Remove::Role(id) => EntityId::Role(id),
        Remove::Assignment(id) => EntityId::Assignment(id),
        Remove::Consent(id) => EntityId::Consent(id),
        Remove::Invitation(id) => EntityId::Invitation(id),
        Remove::Request(id) => EntityId::Request(id),
        Remove::Membership(membership) => EntityId::SubAccount(membership.sub_account),
    }
}

pub(crate) fn held_world() -> World {
    let world = World::with_chain();
    world.workspace("empty");
    world.member("lin");
    world.put(invited("eve"));
    world.team("crew");
    world.role(custom("clerk", Permission::VIEW));
    world
}

#[test]
fn i4_nothing_is_removed_while_anything_refers_to_it() {
    let holds = holds();
    assert_eq!(holds.len(), 2 * 5 + 3 + 4);
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
        (Remove::Invitation(invitation_id("gone")), entity("invitation", "gone")),
        (Remove::Request(request_id("gone")), entity("request", "gone")),
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
    assert_eq!(by(lin, Relation::MadeBy), 0);
    assert_eq!(by(entity("team", "crew"), Relation::Assignee), 1);
    // Likewise who made what, who invited whom, and who asks for whom.
    world.put(Assignment {
        by: sub_account_id("lin").into(),
        ..organization.assignments().get(&made).unwrap().clone()
    });
    world.put(Invitation { inviter: sub_account_id("lin").into(), ..invitation("i", "eve") });
    let given = Consent { by: sub_account_id("lin").into(), ..consent("c", Scope::Organization) };
    world.put(given);
    let wants = access("bot", role_id("clerk"), resource_id("inbox"));
    world.put(Request { requester: sub_account_id("lin").into(), ..request("q", wants) });
    world.put(request("r", rejoin("bot")));
    let organization = world.organization();
    let referring = |to, relation| organization.referring(to, relation).collect::<Vec<_>>();
    let (i, q, r) = (entity("invitation", "i"), entity("request", "q"), entity("request", "r"));
    let eve = entity("sub-account", "eve");
    let made_by_lin = [EntityId::Assignment(made), entity("consent", "c")];
    assert_eq!(referring(lin, Relation::MadeBy), made_by_lin);
    assert_eq!(referring(eve, Relation::Invitee), [i]);
    assert_eq!(referring(lin, Relation::Inviter), [i]);
    assert_eq!(referring(lin, Relation::Requester), [q]);
    assert_eq!(referring(bot, Relation::Beneficiary), [q, r]);
    let clerks = [EntityId::Assignment(made), q];
    assert_eq!(referring(entity("role", "clerk"), Relation::Grants), clerks);
    assert!(referring(entity("resource", "inbox"), Relation::At).contains(&q));
    assert_eq!(organization.assignments_by(entity("resource", "inbox"), Relation::At).count(), 2);
    // The index is the same when it is built from what is stored.
    let read: Organization = serde_json::from_str(&support::encoded(&organization)).unwrap();
    assert_eq!(read, organization);
}

// Trees and chains.
