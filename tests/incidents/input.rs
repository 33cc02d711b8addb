//! Input that was read sloppily or without bounds.

use std::fmt::Debug;

use crate::setup::*;
use crate::support::{
    AGENT, LEAD, OWNER, Permission, ROOT, World, allow, at, custom, denial, deny, encoded, key,
    kind, label, membership, method, name, names, number, office, organization_id, own, put,
    resource_id, role_id, set, single_sign_on, stored, sub_account_id, team_id, workspace_id,
};
use serde::de::DeserializeOwned;
use tenantry::access::{Context, Decision, Reason, Snapshot};
use tenantry::catalog::{Catalog, CatalogDocument};
use tenantry::id::{AssignmentId, ConsentId, InvitationId, PersonalId, RequestId, WorkspaceId};
use tenantry::model::change::{Change, ChangeSet, Remove, StructureError};
use tenantry::model::link::EntityId;
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::record::{Actor, Chain, Digest, Entry, RecordBody, Revision};
use tenantry::model::{
    Assignee, Assignment, Condition, Consent, DEPTH_LIMIT, Effect, Grant, Invitation, Key,
    LIST_LIMIT, Login, LoginMethods, Maker, Networks, Organization, OrganizationStatus, Profile,
    Reach, Request, Resource, Role, RoleName, RoleRef, Scope, ScopeKinds, Status, SubAccount,
    SubAccountKind, Team, Validity, Wants, Workspace, WorkspaceStatus,
};
use tenantry::text::{Label, Name};
use tenantry::{PermissionName, PermissionNames};

#[test]
fn incident_06_circles_are_refused() {
    // A circle in the relations sent the evaluator round until the process died.
    let world = World::with_chain();
    world.team("a");
    world.sub_team("b", "a");
    let circle = Team { parent: Some(team_id("b")), ..Team::new(team_id("a"), name("a")) };
    world.refuses([put(circle)], StructureError::Cycle(EntityId::Team(team_id("a"))));
    let back = Resource::new(resource_id("inbox"), kind("thing"), resource_id("note"));
    let refused = StructureError::Cycle(EntityId::Resource(resource_id("inbox")));
    world.refuses([put(back)], refused);
    let including = |role: &str, other: &str| {
        let includes = [RoleRef::from(role_id(other))].into();
        put(Role { includes, ..custom(role, Permission::VIEW) })
    };
    let refused = StructureError::Cycle(EntityId::Role(role_id("r1")));
    world.refuses([including("r1", "r2"), including("r2", "r1")], refused);
    // People and services own, delegate to and are members of each other without end; the decision still ends.
    for who in ["ada", "lin"] {
        world.member(who);
    }
    world.service("bot", "ada");
    world.assign(allow("ada", OWNER, ROOT).passed_on_by("bot"));
    world.assign(allow("bot", OWNER, ROOT).passed_on_by("ada"));
    world.assign(allow("lin", OWNER, ROOT).passed_on_by("ada"));
    world.assign(allow("members of note", OWNER, "note"));
    world.assign(allow("members of inbox", OWNER, "note"));
    world.assign(allow("members of note", OWNER, "inbox"));
    for who in ["ada", "lin", "bot"] {
        assert!(!world.check(who, Permission::VIEW, "note").is_allow());
    }
}

#[test]
fn incident_06_what_fans_out_is_walked_once() {
    // A model with few entities and very many ways between them kept the evaluator busy without end.
    let world = World::new();
    world.member("lin");
    let (layers, width) = (DEPTH_LIMIT, 8);
    let id = |layer: usize, place: usize| role_id(&format!("{layer:02}-{place}"));
    let mut roles = Vec::new();
    for layer in 0..layers {
        for place in 0..width {
            let below =
                (layer + 1 < layers).then(|| (0..width).map(|next| id(layer + 1, next).into()));
            let any = if layer + 1 == layers { Permission::VIEW } else { Permission::empty() };
            let role = Role::new(id(layer, place), name("role"), stored(any));
            roles.push(put(Role { includes: below.into_iter().flatten().collect(), ..role }));
        }
    }
    world.apply(roles).unwrap();
    let deeper =
        Role { includes: [id(0, 0).into()].into(), ..custom("one more", Permission::empty()) };
    assert!(matches!(world.apply([put(deeper)]), Err(StructureError::TooDeep { .. })));
    // Only the compiled side is asked: the naive one would walk every way.
    let mut organization = world.organization();
    let made = Assignment::allow(
        AssignmentId::from_u128(1),
        sub_account_id("lin"),
        id(0, 0),
        Scope::Organization,
    );
    organization.apply(&set([put(made)])).unwrap();
    let snapshot = Snapshot::compile(organization, &world.catalog);
    let answer = snapshot.check(sub_account_id("lin"), Permission::VIEW, Scope::Organization);
    assert_eq!(answer, Decision::Allow);
}

#[test]
fn incident_06_every_list_and_every_text_has_a_limit() {
    // Input without a bound exhausted the process before anybody was asked for permission.
    let network = |index: usize| {
        let [.., high, low] = index.to_be_bytes();
        format!("10.{high}.{low}.0/24").parse().unwrap()
    };
    assert!(Networks::new((0..Networks::LIMIT).map(network)).is_ok());
    assert!(Networks::new((0..=Networks::LIMIT).map(network)).is_err());
    let methods = |count: usize| LoginMethods::new((0..count).map(|it| method(&it.to_string())));
    assert!(methods(LoginMethods::LIMIT).is_ok());
    assert!(methods(LoginMethods::LIMIT + 1).is_err());
    let long = |limit: usize| ("x".repeat(limit), "x".repeat(limit + 1));
    macro_rules! limited {
        ($($text:ty)*) => {$(
            let (fits, exceeds) = long(<$text>::LIMIT);
            assert!(<$text>::new(&fits).is_ok() && <$text>::new(&exceeds).is_err());
        )*};
    }
    limited!(Name Label Key tenantry::model::Kind RoleName PermissionName Login tenantry::model::LoginMethod);
    // Bytes count, not characters.
    assert!(Label::new("é".repeat(Label::LIMIT / 2)).is_ok());
    assert!(Label::new("é".repeat(Label::LIMIT / 2 + 1)).is_err());
    let (fits, exceeds) = long(PersonalRow::LIMIT);
    let row = |value| PersonalRow::new(PersonalId::from_u128(1), Purpose::Reason, [0; 32], value);
    assert!(row(fits).is_ok() && row(exceeds).is_err());

    let world = World::new();
    let conditions = vec![Condition::Mfa; LIST_LIMIT + 1];
    let (id, lin) = (AssignmentId::from_u128(1), world.member("lin"));
    let made = Assignment::allow(id, lin, AGENT, Scope::Organization);
    let many = made.with(|it| it.conditions = conditions);
    assert!(matches!(world.apply([put(many)]), Err(StructureError::TooMany { .. })));
}

#[test]
fn incident_06_decoding_is_bounded_too() {
    // A document of a few kilobytes, nested a million deep, brought the decoder's stack down.
    fn refuses<T: DeserializeOwned + Debug>(json: &str) {
        assert!(serde_json::from_str::<T>(json).is_err());
    }
    let nested = [
        "[".repeat(1_000_000),
        r#"{"a":"#.repeat(1_000_000),
        format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
    ];
    for json in &nested {
        refuses::<Organization>(json);
        refuses::<ChangeSet>(json);
        refuses::<Change>(json);
        refuses::<CatalogDocument>(json);
        refuses::<PermissionNames>(json);
        refuses::<Condition>(json);
        assert!(RecordBody::decode(json.as_bytes()).is_err());
    }
    // What construction refuses, decoding refuses.
    let list = |count: usize| {
        let networks: Vec<_> =
            (0..count).map(|it| format!(r#""10.{}.{}.0/24""#, it / 256, it % 256)).collect();
        format!(r#"{{"network":[{}]}}"#, networks.join(","))
    };
    assert!(serde_json::from_str::<Condition>(&list(Networks::LIMIT)).is_ok());
    refuses::<Condition>(&list(Networks::LIMIT + 1));
    refuses::<Label>(&format!(r#""{}""#, "x".repeat(Label::LIMIT + 1)));
}

#[test]
fn incident_28_what_is_stored_is_read_strictly() {
    // Levels and scopes out of range, or spelled sloppily, were accepted and meant more than they should.
    fn refuses<T: DeserializeOwned + Debug>(list: &[&str]) {
        for json in list {
            let read = serde_json::from_str::<T>(json);
            assert!(read.is_err(), "{json} reads as {read:?}");
        }
    }
    refuses::<Status>(&[
        r#""Active""#,
        r#""ACTIVE""#,
        r#""active ""#,
        r#""""#,
        "1",
        "null",
        "true",
    ]);
    refuses::<SubAccountKind>(&[r#""owner""#, r#""Member""#, "0", "[]"]);
    refuses::<OrganizationStatus>(&[r#""open""#, "0"]);
    refuses::<WorkspaceStatus>(&[r#""deleted""#, "null"]);
    refuses::<Effect>(&[r#""permit""#, r#""Allow""#, "1", "true"]);
    refuses::<Reach>(&[r#""everywhere""#, r#"{"labelled":""}"#, r#"{"labelled":null}"#, "null"]);
    refuses::<ScopeKinds>(&[
        r#"["planet"]"#,
        r#"["workspace","organization"]"#,
        r#"["workspace","workspace"]"#,
        "7",
        r#""organization""#,
    ]);
    refuses::<Scope>(&[
        r#""Organization""#,
        r#"{"workspace":"1"}"#,
        r#"{"workspace":null}"#,
        r#"{"workspace":"00000000-0000-0000-0000-00000000000A"}"#,
        r#"{"workspace":"{00000000-0000-0000-0000-000000000001}"}"#,
        r#"{"workspace":"00000000000000000000000000000001"}"#,
        r#"{"planet":"00000000-0000-0000-0000-000000000001"}"#,
        "null",
    ]);
    refuses::<Revision>(&["0", "-1", "1.5", r#""1""#, "18446744073709551616", "null", "true"]);
    refuses::<Condition>(&[
        r#""Mfa""#,
        r#""moon""#,
        r#"{"network":[]}"#,
        r#"{"network":["10.0.0.0/33"]}"#,
        r#"{"network":["10.0.0.0.0/8"]}"#,
        r#"{"network":"10.0.0.0/8"}"#,
        r#"{"login_method":[]}"#,
        r#"{"login_method":[""]}"#,
    ]);
    refuses::<Validity>(&[
        r#"{"starts":"2026-01-02T00:00:00Z","ends":"2026-01-02T00:00:00Z"}"#,
        r#"{"start":"2026-01-02T00:00:00Z"}"#,
        r#"{"ends":"tomorrow"}"#,
        r#"{"ends":17}"#,
    ]);
    refuses::<PermissionNames>(&[
        r#""FULL""#,
        r#""*""#,
        "null",
        "{}",
        r#"["B","A"]"#,
        r#"["A","A"]"#,
    ]);
    refuses::<Grant>(&[
        r#"{"permissions":{}}"#,
        r#"{"permissions":{"any":null}}"#,
        r#"{"permissions":{"any":["VIEW"],"onw":["EXPORT"]}}"#,
        r#"{"permissions":"full"}"#,
        r#"{"role":"owner"}"#,
        r#"{"role":{"system":""}}"#,
        r#""full""#,
    ]);
    refuses::<Assignee>(&[r#""everyone""#, r#"{"members_of":null}"#, r#"{"team":"*"}"#]);
    refuses::<ChangeSet>(&[
        r#"{"time":"2026-01-02T00:00:00Z"}"#,
        r#"{"changes":[]}"#,
        r#"{"time":"2026-01-02T00:00:00Z","changes":[],"force":true}"#,
        r#"{"time":"2026-01-02T00:00:00Z","changes":[{"put":{}}]}"#,
        r#"{"time":"2026-01-02T00:00:00Z","changes":[{"drop":{}}]}"#,
    ]);
    refuses::<Decision>(&[r#""Allow""#, r#"{"deny":"because"}"#, "true", r#"{"deny":null}"#]);
}

#[test]
fn incident_28_every_noun_refuses_a_field_that_it_does_not_know() {
    // A field that was spelled wrongly was dropped, and with it the limit that it carried.
    let world = crowd();
    world.assign(allow("lin", AGENT, "inbox").until(at(200)).on(office()));
    world.consent(consent(Scope::Organization));
    world.role(custom("clerk", Permission::VIEW));
    invite_and_ask(&world);
    let all = serde_json::to_value(world.organization()).unwrap();
    assert!(serde_json::from_value::<Organization>(all.clone()).is_ok());
    let tables = [
        "workspaces",
        "resources",
        "sub_accounts",
        "teams",
        "memberships",
        "roles",
        "assignments",
        "consents",
        "invitations",
        "requests",
    ];
    for table in tables {
        let mut spoiled = all.clone();
        spoiled[table][0]["celing"] = serde_json::json!([]);
        assert!(serde_json::from_value::<Organization>(spoiled).is_err(), "{table}");
    }
    for place in [&["profile"][..], &["profile", "security"], &[]] {
        let mut spoiled = all.clone();
        let mut inner = &mut spoiled;
        for step in place {
            inner = &mut inner[*step];
        }
        inner["celing"] = serde_json::json!([]);
        assert!(serde_json::from_value::<Organization>(spoiled).is_err(), "{place:?}");
    }
}

#[test]
fn incident_32_reserved_names_are_reached_by_no_other_spelling() {
    // A reserved name was refused as it was written and then reached through another case, form or trailing space.
    let read = |json: &str| serde_json::from_str::<PermissionNames>(json).unwrap();
    assert_eq!(read(r#""full""#), PermissionNames::Full);
    let listed = read(r#"["full"]"#);
    assert_eq!(listed, names(&["full"]));
    assert_ne!(listed, PermissionNames::Full);
    assert_eq!(serde_json::to_string(&listed).unwrap(), r#"["full"]"#);
    let world = World::new();
    world.member("lin");
    world.allow("lin", listed, ROOT);
    world.denies("lin", Permission::VIEW, ROOT, "D1", Reason::NotGranted);

    // The owner's role has one spelling.
    for spelling in
        ["Owner", "OWNER", "owner ", " owner", "own\u{435}r", "ｏｗｎｅｒ", "owne\u{301}r"]
    {
        world.allow("lin", RoleRef::from(RoleName::new(spelling).unwrap()), ROOT);
    }
    for hidden in ["owner\u{0}", "owner\n", "\u{202e}renwo", "owner\u{200e}"] {
        assert!(RoleName::new(hidden).is_err(), "{hidden:?}");
        assert!(PermissionName::new(hidden).is_err(), "{hidden:?}");
        assert!(Key::new(hidden).is_err(), "{hidden:?}");
        assert!(Login::new(hidden).is_err(), "{hidden:?}");
    }
    world.denies("lin", Permission::VIEW, ROOT, "D1", Reason::NotGranted);
    world.allow("lin", RoleRef::from(RoleName::new("owner").unwrap()), ROOT);
    world.allows("lin", Permission::all(), ROOT);

    // Two forms of one letter are two keys: nothing is normalised behind anybody's back.
    world.workspace("first");
    world.workspace("second");
    world.edit_workspace("first", |it| it.key = Some(key("caf\u{e9}")));
    world.edit_workspace("second", |it| it.key = Some(key("cafe\u{301}")));
    let snapshot = world.snapshot();
    assert_eq!(snapshot.workspace("caf\u{e9}"), Some(workspace_id("first")));
    assert_eq!(snapshot.workspace("cafe\u{301}"), Some(workspace_id("second")));
    assert_eq!(snapshot.workspace("CAF\u{c9}"), None);
}

/// An invitation and a request of each kind, each saying everything that it can say, and somebody who was erased.
fn invite_and_ask(world: &World) {
    let (eve, ada) = (sub_account_id("eve"), sub_account_id("ada"));
    let erased = world.read(|all| all.login_hash(&"zoe@acme".parse().unwrap()));
    world.put(SubAccount { erased: Some(erased), ..SubAccount::member(ada) });
    world.put(SubAccount { status: Status::Invited, ..SubAccount::member(eve) });
    world.put(Invitation {
        id: InvitationId::from_u128(1),
        sub_account: eve,
        inviter: ada.into(),
        token: Digest::of([&b"token"[..]]),
        expires: at(500),
    });
    let row = |id, purpose, value: &str| {
        PersonalRow::new(PersonalId::from_u128(id), purpose, [9; 32], value).unwrap()
    };
    let rows = [
        row(11, Purpose::Applicant, "kim@acme"),
        row(12, Purpose::Name, "Kim"),
        row(13, Purpose::Reason, "new"),
    ];
    let [login, name, reason] = rows.each_ref().map(PersonalRow::reference);
    let grant = Grant::any(PermissionNames::Full);
    let ends = Some(at(900));
    let wants = [
        Wants::Join { login, name: Some(name) },
        Wants::Rejoin { sub_account: ada, restore: true },
        Wants::Access { sub_account: ada, grant, scope: Scope::Organization, ends },
    ];
    let requests = (1..).zip(wants).map(|(number, wants)| {
        let reason = (number == 1).then_some(reason);
        let (id, requester) = (RequestId::from_u128(number), ada.into());
        put(Request { id, wants, requester, reason, expires: at(600) })
    });
    world.apply_set(&ChangeSet { personal: rows.to_vec(), ..set(requests) }).unwrap();
}

/// An organization in which every noun says everything that it can say.
fn eloquent() -> World {
    let world = crowd();
    world.role(Role {
        own: stored(Permission::CLOSE),
        includes: [RoleRef::from(AGENT)].into(),
        assigns: [RoleRef::from(LEAD)].into(),
        assignable: ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE,
        ..custom("clerk", Permission::VIEW)
    });
    world.edit_profile(|it| {
        it.ceiling = Some(PermissionNames::Full);
        it.labels = [label("eu")].into();
    });
    world.edit_workspace("support", |it| {
        it.key = Some(key("17"));
        it.inherits = stored(Permission::all() - Permission::ADMINISTER);
        it.ceiling = Some(names(&["CLOSE", "EXPORT", "FLY", "REPLY", "VIEW"]));
        it.labels = [label("vip"), label("Ähm \"quoted\"")].into();
    });
    world.edit_resource("inbox", |it| {
        it.key = Some(key("a/b c"));
        it.name = Some(name("Postfach \u{1f4ec}"));
        it.owner = Some(sub_account_id("wu"));
    });
    let row =
        PersonalRow::new(PersonalId::from_u128(5), Purpose::Login, [9; 32], "wu@acme").unwrap();
    let wu =
        SubAccount { login: Some(row.reference()), ..SubAccount::member(sub_account_id("wu")) };
    let wu =
        SubAccount { labels: [label("night")].into(), boundary: Some(PermissionNames::Full), ..wu };
    let former_logins = [Digest::of([&b"former"[..]])].into();
    let wu = SubAccount { former_logins, ..wu };
    world.apply_set(&ChangeSet { personal: vec![row], ..set([put(wu)]) }).unwrap();
    let mut dice = Dice(33);
    for _ in 0..15 {
        world.assign(any_draft(&mut dice));
    }
    world.allow("lin", role_id("clerk"), "support");
    world.allow("gus", names(&["FLY", "VIEW"]), "inbox");
    world.assign(allow("wu", RoleRef::from(RoleName::new("pilot").unwrap()), ROOT).labelled("vip"));
    let operator = Maker::Operator {
        organization: organization_id("vendor"),
        sub_account: sub_account_id("otto"),
    };
    let given = Consent { by: operator, ..consent(workspace_id("support").into()) };
    world.consent(given);
    let made = world.allow("gus", names(&["VIEW"]), "inbox");
    let made = world.read(|all| all.assignments().get(&made).cloned()).unwrap();
    world.put(Assignment { by: Maker::Imported, ..made });
    invite_and_ask(&world);
    world.workspace("gone");
    world.edit_workspace("gone", |it| it.key = Some(key("old")));
    world.remove(Remove::Workspace(workspace_id("gone")));
    world
}

#[test]
fn incident_33_what_is_written_reads_back_as_the_same_and_decides_alike() {
    // Printing a policy and parsing it again changed what it meant.
    let world = eloquent();
    let organization = world.organization();
    let json = encoded(&organization);
    let read: Organization = serde_json::from_str(&json).unwrap();
    assert_eq!(read, organization);
    assert_eq!(encoded(&read), json);
    let pretty = serde_json::to_string_pretty(&organization).unwrap();
    assert_eq!(serde_json::from_str::<Organization>(&pretty).unwrap(), organization);
    let again = World::resume(read, &world);
    assert_eq!(everything(&again), everything(&world));

    // Likewise the catalog, and an organization decided by the one that was read.
    let document = serde_json::to_string(world.catalog.document()).unwrap();
    let catalog = Catalog::from_document(serde_json::from_str(&document).unwrap()).unwrap();
    assert_eq!(catalog.fingerprint(), world.catalog.fingerprint());
    let by_document = World::resume(organization.clone(), &World::with_catalog("acme", catalog));
    assert_eq!(everything(&by_document), everything(&world));
}

#[test]
fn incident_33_a_change_that_is_replayed_from_its_record_is_the_same_change() {
    // Printing a policy and parsing it again changed what it meant; here, replaying it.
    let world = eloquent();
    let nouns = world.read(|all| {
        let mut changes: Vec<Change> = vec![put(all.profile().clone())];
        changes.extend(all.workspaces().values().cloned().map(put));
        changes.extend(all.sub_accounts().values().cloned().map(put));
        changes.extend(all.resources().values().cloned().map(put));
        changes.extend(all.teams().values().cloned().map(put));
        changes.extend(all.memberships().keys().copied().map(put));
        changes.extend(all.roles().values().cloned().map(put));
        changes.extend(all.assignments().values().cloned().map(put));
        changes.extend(all.consents().values().cloned().map(put));
        changes.extend(all.invitations().values().cloned().map(put));
        changes.extend(all.requests().values().cloned().map(put));
        changes
    });
    let removes = [
        Remove::Consent(ConsentId::from_u128(number("consent"))),
        Remove::Membership(membership("gus", "company")),
        Remove::Request(RequestId::from_u128(2)),
    ];
    let changes: Vec<Change> = nouns.into_iter().chain(removes.map(Change::from)).collect();
    let actor = Actor::system("import").unwrap();
    let entry = Entry { time: at(0), actor, actions: Vec::new(), changes: changes.clone() };
    let chain = Chain::new(organization_id("copy"));
    let (bytes, _) = chain.append(entry, world.catalog.text()).unwrap();
    let read = RecordBody::decode(&bytes).unwrap();
    assert_eq!(read.changes, changes);
    assert_eq!(read.encode().unwrap(), bytes);

    let direct = Organization::create(organization_id("copy"), &set(changes)).unwrap();
    let replayed = Organization::create(organization_id("copy"), &set(read.changes)).unwrap();
    assert_eq!(encoded(&replayed), encoded(&direct));
    assert_eq!(replayed.assignments().len(), world.organization().assignments().len());

    let whole =
        set([put(Profile::new(name("Acme"))), put(Workspace::new(workspace_id("w"), name("W")))]);
    let json = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<ChangeSet>(&json).unwrap(), whole);
}

#[test]
fn incident_34_what_the_request_does_not_say_is_never_in_its_favour() {
    // The authorizer was shown an empty request, and what it had not seen it let through.
    let world = World::with_chain();
    world.member("lin");
    world.member("wu");
    world.assign(allow("lin", Permission::VIEW, ROOT).on(Condition::Mfa));
    world.assign(allow("lin", Permission::REPLY, ROOT).on(office()));
    world.assign(allow("lin", Permission::CLOSE, ROOT).on(single_sign_on()));
    world.allow("lin", own(Permission::EXPORT), ROOT);
    world.allow("wu", OWNER, ROOT);
    world.assign(denial("wu", Permission::VIEW, ROOT).on(Condition::Mfa));
    world.assign(denial("wu", Permission::REPLY, ROOT).on(office()));
    world.assign(denial("wu", Permission::CLOSE, ROOT).on(single_sign_on()));
    world.deny("wu", own(Permission::EXPORT), ROOT);
    for context in [Context::new(), Context::default()] {
        for what in [Permission::VIEW, Permission::REPLY, Permission::CLOSE] {
            let answer = world.check_in(&context, "lin", what, "note");
            assert_eq!(answer, deny("D8", Reason::ConditionUnknown));
            let answer = world.check_in(&context, "wu", what, "note");
            assert_eq!(answer, deny("D5", Reason::Denied));
        }
        let answer = world.check_in(&context, "lin", Permission::EXPORT, "note");
        assert_eq!(answer, deny("D6", Reason::OwnershipUnknown));
        let answer = world.check_in(&context, "wu", Permission::EXPORT, "note");
        assert_eq!(answer, deny("D5", Reason::Denied));
        let answer = world.check_in(&context, "wu", Permission::empty(), "note");
        assert_eq!(answer, deny("D9", Reason::NothingRequested));
    }
    let nowhere: Option<WorkspaceId> = None;
    let answer =
        world.check_at(&Context::new(), sub_account_id("wu"), Permission::ADMINISTER, nowhere);
    assert_eq!(answer, deny("D1", Reason::UnknownKey));
    world.edit_profile(|it| it.security.conditions = vec![Condition::Mfa]);
    world.denies("wu", Permission::ADMINISTER, ROOT, "D2", Reason::SecurityPolicyUnknown);
    assert_eq!(world.snapshot().check_all([]), []);
}
