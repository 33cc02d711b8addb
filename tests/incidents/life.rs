//! Access that came too early, from elsewhere, or outlived its grounds.

use std::sync::Arc;

use crate::setup::*;
use crate::support::{
    AGENT, Dial, LEAD, OWNER, Permission, ROOT, World, allow, at, custom, deny, encoded,
    just_before, key, kind, label, membership, name, organization_id, put, resource_id, role_id,
    set, sub_account_id, team_id, workspace_id,
};
use tenantry::PermissionNames;
use tenantry::access::{Context, Decision, Reason, Snapshot};
use tenantry::clock::{Clock, HighWater};
use tenantry::id::{AssignmentId, PersonalId, SubAccountId, WorkspaceId};
use tenantry::model::change::{ChangeSet, Remove, StructureError};
use tenantry::model::link::EntityId;
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::{
    Assignment, Consent, Grant, LIST_LIMIT, OrganizationStatus, Resource, RoleRef, Scope, Status,
    SubAccount, SystemRole, Workspace, WorkspaceStatus,
};

#[test]
fn incident_18_who_has_not_been_let_in_has_no_power_yet() {
    // An owner who had accepted an invitation and was not yet confirmed could already act as an owner.
    let world = World::with_chain();
    world.team("owners");
    let eve = SubAccount::member(sub_account_id("eve"));
    world.put(SubAccount { status: Status::Invited, ..eve });
    world.member("lin");
    world.join("eve", "owners");
    world.allow("eve", OWNER, ROOT);
    world.allow("owners", OWNER, ROOT);
    world.allow("members of organization", OWNER, "support");
    world.service("bot", "eve");
    world.allow("bot", OWNER, ROOT);
    world.assign(allow("lin", OWNER, ROOT).passed_on_by("eve"));
    for place in PLACES {
        for what in Permission::all().iter() {
            world.denies("eve", what, place, "D2", Reason::Invited);
            world.denies("bot", what, place, "D13", Reason::ServiceOwnerLacks);
        }
    }
    world.denies("lin", Permission::VIEW, ROOT, "D13", Reason::DelegatorLacks);
    let claims = Context::new().mfa(true).ownership(true);
    let answer = world.check_in(&claims, "eve", Permission::VIEW, "note");
    assert_eq!(answer, deny("D2", Reason::Invited));
    world.status("eve", Status::Active);
    world.allows("eve", Permission::all(), ROOT);
}

#[test]
fn incident_20_an_id_of_another_organization_is_unknown_here() {
    // The caller was checked in one tenant and the target taken from another.
    let (acme, globex) = (World::named("acme"), World::named("globex"));
    for (world, place, thing, who) in
        [(&acme, "a-support", "a-inbox", "ann"), (&globex, "g-support", "g-inbox", "gil")]
    {
        world.workspace(place);
        world.resource(thing, place);
        world.edit_workspace(place, |it| it.key = Some(key("17")));
        world.member(who);
        // The same person has a sub-account in both.
        world.member("both");
        world.allow(who, OWNER, ROOT);
    }
    acme.allow("both", OWNER, ROOT);
    let ask = |world: &World, who: &str, target: tenantry::access::Target| {
        world.check_at(&Context::new(), sub_account_id(who), Permission::VIEW, target)
    };
    let unknown = deny("D1", Reason::UnknownScope);
    for (world, who, place, thing, other) in [
        (&acme, "ann", "g-support", "g-inbox", "globex"),
        (&globex, "gil", "a-support", "a-inbox", "acme"),
    ] {
        assert_eq!(ask(world, who, workspace_id(place).into()), unknown);
        assert_eq!(ask(world, who, resource_id(thing).into()), unknown);
        assert_eq!(ask(world, who, organization_id(other).into()), unknown);
    }
    let stranger = deny("D1", Reason::UnknownSubAccount);
    assert_eq!(ask(&acme, "gil", workspace_id("a-support").into()), stranger);
    assert_eq!(ask(&globex, "ann", workspace_id("g-support").into()), stranger);
    // What is held in one is not held in the other.
    assert_eq!(ask(&acme, "both", workspace_id("a-support").into()), Decision::Allow);
    let none = deny("D1", Reason::NotGranted);
    assert_eq!(ask(&globex, "both", workspace_id("g-support").into()), none);
    // A key means the workspace of the organization that is asked.
    let (here, there) = (acme.snapshot(), globex.snapshot());
    assert_eq!(here.workspace("17"), Some(workspace_id("a-support")));
    assert_eq!(ask(&acme, "ann", there.workspace("17").into()), unknown);
    // Nor can anything here be made to refer to anything there.
    let foreign = Assignment::allow(
        AssignmentId::from_u128(99),
        sub_account_id("ann"),
        OWNER,
        workspace_id("g-support"),
    );
    let refused = StructureError::Dangling {
        from: EntityId::Assignment(AssignmentId::from_u128(99)),
        to: EntityId::Workspace(workspace_id("g-support")),
    };
    acme.refuses([put(foreign)], refused);
}

#[test]
fn incident_21_a_login_or_a_key_is_never_taken_for_an_id() {
    // An external identity called "1" was taken for the internal user with the number 1.
    let world = World::with_chain();
    let first = SubAccountId::from_u128(1);
    let login = |id: u128, text: &str| {
        PersonalRow::new(PersonalId::from_u128(id), Purpose::Login, [3; 32], text).unwrap()
    };
    let rows = [login(1, "ada"), login(2, "1"), login(3, &first.to_string())];
    let [ada, numeral, spelled] = rows.clone();
    let known_as = |id, row: &PersonalRow| {
        put(SubAccount { login: Some(row.reference()), ..SubAccount::member(id) })
    };
    let (second, third) = (SubAccountId::from_u128(2), SubAccountId::from_u128(3));
    let changes = [known_as(first, &ada), known_as(second, &numeral), known_as(third, &spelled)];
    world.apply_set(&ChangeSet { personal: rows.to_vec(), ..set(changes) }).unwrap();
    world.put(Assignment::allow(AssignmentId::from_u128(1), first, OWNER, Scope::Organization));
    let snapshot = world.snapshot();
    let find = |text: &str| snapshot.sub_account(text);
    assert_eq!(find("1"), Some(second));
    assert_eq!(find(&first.to_string()), Some(third));
    for who in [second, third] {
        let answer = world.check_at(&Context::new(), who, Permission::VIEW, Scope::Organization);
        assert_eq!(answer, deny("D1", Reason::NotGranted));
    }
    for text in ["1", "ada", "0", ""] {
        assert!(text.parse::<SubAccountId>().is_err(), "{text:?}");
        assert!(text.parse::<WorkspaceId>().is_err(), "{text:?}");
    }
    // A key that is spelled like an id is a key, and finds only what was given it.
    world.workspace("other");
    let spelling = workspace_id("support").to_string();
    world.edit_workspace("other", |it| it.key = Some(key(&spelling)));
    assert_eq!(world.snapshot().workspace(&spelling), Some(workspace_id("other")));
    // Ids of different nouns are different even where their numbers are the same.
    assert_ne!(
        EntityId::SubAccount(SubAccountId::from_u128(7)),
        EntityId::Workspace(WorkspaceId::from_u128(7))
    );
}

#[test]
fn incident_22_what_died_never_comes_back_with_its_grants() {
    // A thing that was deleted and made again under its id inherited the grants of the dead one; a read made a dropped
    // tenant again.
    let world = World::with_chain();
    world.member("lin");
    world.edit_resource("note", |it| it.key = Some(key("17")));
    let made = world.allow("lin", OWNER, "note");
    world.take_back(made);
    world.remove(Remove::Resource(resource_id("note")));
    let note = |text: Option<&str>| {
        let note = Resource::new(resource_id("note"), kind("thing"), resource_id("thread"));
        put(Resource { key: text.map(key), ..note })
    };
    let reused = StructureError::IdReused(EntityId::Resource(resource_id("note")));
    world.refuses([note(None)], reused.clone());
    world.refuses([note(Some("18"))], reused);
    let reused = StructureError::IdReused(EntityId::Assignment(made));
    let again = world.assignment(made, allow("lin", OWNER, ROOT));
    world.refuses([put(again)], reused);
    // Nor does something new take over the dead one's key.
    let heir = Resource::new(resource_id("heir"), kind("thing"), resource_id("thread"));
    let reused = StructureError::KeyReused(key("17"));
    world.refuses([put(Resource { key: Some(key("17")), ..heir })], reused);
    assert_eq!(world.snapshot().resource("thing", "17"), None);

    // Reading what is not there makes nothing.
    let before = encoded(&world.organization());
    world.denies("lin", Permission::VIEW, "note", "D1", Reason::UnknownScope);
    world.denies("ghost", Permission::VIEW, "thread", "D1", Reason::UnknownSubAccount);
    assert_eq!(world.snapshot().workspace("ghost"), None);
    assert_eq!(encoded(&world.organization()), before);
    assert_eq!(encoded(world.snapshot().organization()), before);
}

/// What is switched off, how, and what is then said.
type Switch = (&'static str, fn(&World), Reason);

#[test]
fn incident_23_what_is_inactive_anywhere_on_the_path_is_a_deny() {
    // Deactivated grants, organizations, projects and service users went on working.
    let switches: [Switch; 7] = [
        (
            "the organization",
            |world| world.edit_profile(|it| it.status = OrganizationStatus::Suspended),
            Reason::OrganizationInactive,
        ),
        (
            "the workspace",
            |world| world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived),
            Reason::Archived,
        ),
        ("the service", |world| world.status("bot", Status::Suspended), Reason::Suspended),
        (
            "the credential",
            |world| world.edit("bot", |it| it.credential_reset_required = true),
            Reason::CredentialResetRequired,
        ),
        (
            "the owner of the service",
            |world| world.status("ada", Status::Suspended),
            Reason::ServiceOwnerLacks,
        ),
        (
            "the owner's grant",
            |world| world.take_back(AssignmentId::from_u128(1)),
            Reason::ServiceOwnerLacks,
        ),
        ("the grant", |world| world.take_back(AssignmentId::from_u128(2)), Reason::NotGranted),
    ];
    for (what, switch, reason) in switches {
        let world = World::with_chain();
        world.member("ada");
        world.service("bot", "ada");
        world.allow("ada", OWNER, ROOT);
        world.allow("bot", OWNER, "support");
        world.allows("bot", Permission::EXPORT, "note");
        switch(&world);
        let answer = world.check("bot", Permission::EXPORT, "note");
        assert_eq!(answer, Decision::Deny(reason), "{what}");
    }
}

#[test]
fn incident_24_no_grant_outlives_what_it_was_made_for() {
    // After a role, a member or a binding was removed, access that came by it stayed.
    let world = World::with_chain();
    world.team("crew");
    world.role(custom("clerk", Permission::EXPORT));
    world.member("lin");
    world.join("lin", "crew");
    let by_team = world.allow("crew", Permission::VIEW, "inbox");
    let by_role = world.allow("lin", role_id("clerk"), "inbox");
    let by_members = world.allow("members of inbox", Permission::ADMINISTER, ROOT);
    for what in [Permission::VIEW, Permission::EXPORT, Permission::ADMINISTER] {
        world.allows("lin", what, "note");
    }
    let held = |removed, by| StructureError::StillReferenced { removed, by };
    let (team, role) = (EntityId::Team(team_id("crew")), EntityId::Role(role_id("clerk")));
    let lin = EntityId::SubAccount(sub_account_id("lin"));
    world.refuses([Remove::Team(team_id("crew")).into()], held(team, lin));
    let refused = held(role, EntityId::Assignment(by_role));
    world.refuses([Remove::Role(role_id("clerk")).into()], refused);
    // Everything that came by the team goes with it, in one set; so does what came by that.
    world
        .apply([
            Remove::Team(team_id("crew")).into(),
            Remove::Membership(membership("lin", "crew")).into(),
            Remove::Assignment(by_team).into(),
        ])
        .unwrap();
    world.denies("lin", Permission::VIEW, "note", "D1", Reason::NotGranted);
    world.allows("lin", Permission::ADMINISTER, "note");
    world
        .apply([Remove::Assignment(by_role).into(), Remove::Role(role_id("clerk")).into()])
        .unwrap();
    // Nobody is a member of the inbox any more, so the grant to its members reaches nobody.
    for what in Permission::all().iter() {
        world.denies("lin", what, "note", "D1", Reason::NotGranted);
    }
    // A scope goes with all that was made there.
    let inbox = EntityId::Resource(resource_id("inbox"));
    let thread = EntityId::Resource(resource_id("thread"));
    world.refuses([Remove::Resource(resource_id("inbox")).into()], held(inbox, thread));
    world.remove(Remove::Resource(resource_id("note")));
    world.remove(Remove::Resource(resource_id("thread")));
    let refused = held(inbox, EntityId::Assignment(by_members));
    world.refuses([Remove::Resource(resource_id("inbox")).into()], refused);
    world.take_back(by_members);
    world.remove(Remove::Resource(resource_id("inbox")));
    assert!(world.read(|all| all.assignments().is_empty()));
}

#[test]
fn incident_26_a_handle_that_is_held_does_not_outlive_what_it_was_given_for() {
    // A session, a socket or a token that lived on kept the access that had ended meanwhile.
    let world = World::with_chain();
    world.guest("gus", at(200));
    world.member("lin");
    world.allow("gus", OWNER, ROOT);
    world.assign(allow("lin", OWNER, ROOT).until(at(150)));
    let vendor = World::named("vendor");
    vendor.member("olga");
    vendor.assign(allow("olga", OWNER, ROOT).until(at(160)));
    world.consent(Consent { ends: at(170), ..consent(Scope::Organization) });

    let (snapshot, home) = (world.snapshot(), vendor.snapshot());
    let (gus, lin) =
        (snapshot.subject(sub_account_id("gus")), snapshot.subject(sub_account_id("lin")));
    let olga = snapshot.operator(&home, sub_account_id("olga"));
    let note = world.scope("note");
    let ask = |second| {
        world.set_time(at(second));
        let what = Permission::VIEW;
        [gus.check(what, note), lin.check(what, note), olga.check(what, note)]
    };
    assert_eq!(ask(149), [Decision::Allow; 3]);
    let expired = deny("D7", Reason::Expired);
    assert_eq!(ask(150), [Decision::Allow, expired, Decision::Allow]);
    let lacks = deny("D12", Reason::OperatorLacks);
    assert_eq!(ask(160), [Decision::Allow, expired, lacks]);
    let no_consent = deny("D12", Reason::NoConsent);
    assert_eq!(ask(170), [Decision::Allow, expired, no_consent]);
    assert_eq!(ask(200), [deny("D2", Reason::Ended), expired, no_consent]);
    assert_eq!(gus.permissions(note), Permission::empty());

    // What is revoked is revoked at a revision; a snapshot says which one it shows.
    world.set_time(at(149));
    let before = world.snapshot();
    world.status("lin", Status::Suspended);
    let after = world.snapshot();
    assert_eq!(after.revision(), before.revision().next());
    let answer = after.check(sub_account_id("lin"), Permission::VIEW, note);
    assert_eq!(answer, deny("D2", Reason::Suspended));
}

#[test]
fn incident_41_a_clock_that_steps_back_revives_nothing_and_expiry_waits_for_nobody() {
    // An expired grant came back when the clock was set back; another waited for a sweeper to expire.
    let world = World::with_chain();
    world.member("lin");
    world.assign(allow("lin", Permission::VIEW, ROOT).until(at(150)));
    world.guest("gus", at(150));
    world.allow("gus", Permission::VIEW, ROOT);
    let dial = Dial::new(just_before(at(150)));
    let clock: Arc<dyn Clock> = Arc::new(HighWater::new(Arc::clone(&dial)));
    let snapshot = Snapshot::compile_with_clock(world.organization(), &world.catalog, clock);
    let note = world.scope("note");
    let ask =
        || ["lin", "gus"].map(|who| snapshot.check(sub_account_id(who), Permission::VIEW, note));
    assert_eq!(ask(), [Decision::Allow; 2]);
    let over = [deny("D7", Reason::Expired), deny("D2", Reason::Ended)];
    // Nothing was swept, reloaded or recompiled in between.
    dial.set(at(150));
    assert_eq!(ask(), over);
    for second in [149, 0, -1_000_000] {
        dial.set(at(second));
        assert_eq!(ask(), over, "stepped back to {second}");
        assert_eq!(snapshot.subject(sub_account_id("lin")).permissions(note), Permission::empty());
    }
    dial.set(at(10_000));
    assert_eq!(ask(), over);
}

#[test]
fn incident_42_a_delegated_credential_is_at_most_its_delegator_and_dies_with_it() {
    // A service account could do more than who had made it, and went on after that one had left.
    let world = World::with_chain();
    world.member("ada");
    world.member("ben");
    world.service("bot", "ada");
    world.allow("bot", OWNER, ROOT);
    world.assign(allow("ben", OWNER, ROOT).passed_on_by("ada"));
    let granted = world.allow("ada", LEAD, "support");
    let bounded = [("bot", Reason::ServiceOwnerLacks), ("ben", Reason::DelegatorLacks)];
    let owned = Context::new().ownership(true);
    for (who, reason) in bounded {
        for place in PLACES {
            for what in Permission::all().iter() {
                let delegator = world.check_in(&owned, "ada", what, place);
                let delegate = world.check_in(&owned, who, what, place);
                assert_eq!(delegate.is_allow(), delegator.is_allow(), "{who}: {what:?} at {place}");
                assert!(delegate.is_allow() || delegate == deny("D13", reason));
            }
        }
        world.allows(who, Permission::EXPORT, "note");
    }
    // What the delegator loses, they lose; when the delegator goes, all goes.
    world.deny("ada", Permission::EXPORT, "inbox");
    for (who, reason) in bounded {
        world.denies(who, Permission::EXPORT, "note", "D13", reason);
        world.allows(who, Permission::EXPORT, "support");
    }
    world.take_back(granted);
    world.allow("ada", OWNER, ROOT);
    for status in [Status::Left, Status::Active, Status::Removed] {
        world.status("ada", status);
        for (who, reason) in bounded {
            let answer = world.check(who, Permission::VIEW, "note");
            let expected =
                if status == Status::Active { Decision::Allow } else { deny("D13", reason) };
            assert_eq!(answer, expected, "{who} when ada is {status:?}");
        }
    }
}

#[test]
fn incident_46_what_is_judged_is_the_state_that_results() {
    // The guard ran when a thing was made and not when it was changed, or before its last fields were filled in.
    let world = World::with_chain();
    world.member("lin");
    world.member("ada");
    world.service("bot", "ada");
    let id = AssignmentId::from_u128(1);
    let (lin, ada) = (sub_account_id("lin"), sub_account_id("ada"));
    let made = Assignment::allow(id, lin, AGENT, workspace_id("support"));
    let empty = made.clone().with(|it| it.grant = Grant::any(PermissionNames::none()));
    let dangling = Assignment { scope: workspace_id("gone").into(), ..made.clone() };
    // A change is judged like a creation, and the last of a set counts.
    for wrong in [empty, dangling] {
        assert!(world.apply([put(wrong.clone())]).is_err());
        assert!(world.apply([put(made.clone()), put(wrong.clone())]).is_err());
        world.apply([put(wrong.clone()), put(made.clone())]).unwrap();
        assert!(world.apply([put(wrong)]).is_err());
    }
    world.allows("lin", Permission::REPLY, "note");
    // Each of two changes is right alone, both together are not.
    let guest = put(SubAccount::guest(lin, at(500)));
    let owned = put(SubAccount::service(sub_account_id("bot"), lin));
    world.refuses(
        [guest.clone(), owned.clone()],
        StructureError::ServiceOwner(sub_account_id("bot")),
    );
    world.refuses(
        [owned.clone(), guest.clone()],
        StructureError::ServiceOwner(sub_account_id("bot")),
    );
    world.apply([owned]).unwrap();
    world.refuses([guest], StructureError::ServiceOwner(sub_account_id("bot")));
    world.apply([put(SubAccount::guest(ada, at(500)))]).unwrap();
    // A list that grows over its limit by a change is refused as one that was made too long.
    let labels = |count: usize| (0..count).map(|it| label(&it.to_string())).collect();
    let wide = Workspace {
        labels: labels(LIST_LIMIT),
        ..Workspace::new(workspace_id("support"), name("S"))
    };
    world.put(wide.clone());
    let wider = Workspace { labels: labels(LIST_LIMIT + 1), ..wide };
    assert!(matches!(world.apply([put(wider)]), Err(StructureError::TooMany { .. })));
    // What a system role is called is judged when it decides, not when it is stored.
    world.allow("ada", RoleRef::from(SystemRole::new("later")), ROOT);
    world.denies("ada", Permission::VIEW, ROOT, "D1", Reason::NotGranted);
}
