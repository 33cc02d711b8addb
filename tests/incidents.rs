//! What went wrong in other systems and must not go wrong here: one test for each published incident that concerns the
//! model, the catalog or the decision. Each opens with the story.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod support;

use std::fmt::Debug;
use std::sync::Arc;

use bitflags::Flags;
use serde::de::DeserializeOwned;
use support::{
    AGENT, COLLEAGUE, Dial, Draft, LEAD, OWNER, Permission, ROOT, World, allow, at, builder,
    custom, denial, deny, encoded, just_before, key, kind, label, membership, method, name, names,
    number, office, organization_id, own, put, resource_id, role_id, set, single_sign_on, stored,
    sub_account_id, team_id, workspace_id,
};
use tenantry::access::{Context, Decision, Query, Reason, Snapshot};
use tenantry::catalog::{Catalog, CatalogDocument, PermissionInfo};
use tenantry::clock::{Clock, HighWater};
use tenantry::id::{AssignmentId, ConsentId, PersonalId, SubAccountId, WorkspaceId};
use tenantry::model::change::{Change, ChangeSet, Remove, StructureError};
use tenantry::model::link::EntityId;
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::record::{Actor, RecordBody, Revision};
use tenantry::model::{
    Assignee, Assignment, Condition, Consent, DEPTH_LIMIT, Effect, Grant, Key, LIST_LIMIT, Login,
    LoginMethods, Networks, Organization, OrganizationStatus, Profile, Reach, Resource, Role,
    RoleName, RoleRef, Scope, ScopeKinds, Status, SubAccount, SubAccountKind, SystemRole, Team,
    Validity, Workspace, WorkspaceStatus,
};
use tenantry::text::{Label, Name};
use tenantry::{PermissionName, PermissionNames};

const PLACES: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.roll(list.len())]
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.roll(last + 1));
        }
    }

    fn permissions(&mut self) -> Permission {
        let all: Vec<_> = Permission::all().iter().collect();
        let one = *self.pick(&all);
        if self.roll(2) == 0 { one } else { one | *self.pick(&all) }
    }
}

/// People of every kind in teams, and something of everything else.
fn crowd() -> World {
    let world = World::with_chain();
    world.label("inbox", "vip");
    world.team("company");
    world.sub_team("crew", "company");
    for who in ["ada", "lin", "wu"] {
        world.member(who);
    }
    world.guest("gus", at(300));
    world.service("bot", "ada");
    world.join("lin", "crew");
    world.join("gus", "company");
    world.register_owner("note", "lin");
    world
}

fn any_draft(dice: &mut Dice) -> Draft {
    let assignees = [
        "ada",
        "lin",
        "wu",
        "gus",
        "bot",
        "crew",
        "company",
        "members of organization",
        "members of support",
        "members of inbox",
    ];
    let (assignee, place) = (*dice.pick(&assignees), *dice.pick(&PLACES));
    let grant: Grant = match dice.roll(5) {
        0 => OWNER.into(),
        1 => LEAD.into(),
        2 => COLLEAGUE.into(),
        3 => own(dice.permissions()),
        _ => Grant::any(stored(dice.permissions())),
    };
    let mut draft = allow(assignee, grant, place);
    draft = match dice.roll(6) {
        0 => draft.here(),
        1 => draft.labelled("vip"),
        _ => draft,
    };
    draft = match dice.roll(6) {
        0 => draft.until(at(100)),
        1 => draft.from(at(150)),
        2 => draft.between(at(50), at(200)),
        _ => draft,
    };
    draft = match dice.roll(6) {
        0 => draft.on(Condition::Mfa),
        1 => draft.on(office()),
        _ => draft,
    };
    match dice.roll(8) {
        0 | 1 => draft.effect(Effect::Deny),
        2 => draft.passed_on_by("wu"),
        3 => draft.passed_on_by("ada"),
        _ => draft,
    }
}

fn contexts() -> [Context; 6] {
    [
        Context::new(),
        Context::new().mfa(true),
        Context::new().mfa(false).ownership(true),
        Context::new().ownership(false).network([10, 0, 0, 1].into()),
        Context::new().at(at(160)).network([11, 0, 0, 1].into()),
        Context::new().at(at(400)).mfa(true).ownership(true),
    ]
}

/// Every question there is to ask in a crowd.
fn everything(world: &World) -> Vec<Decision> {
    let mut answers = Vec::new();
    for who in ["ada", "lin", "wu", "gus", "bot"] {
        for place in PLACES {
            for context in contexts() {
                answers.extend(world.survey(&context, who, place));
            }
        }
    }
    answers
}

#[test]
fn incident_02_the_fast_way_decides_as_the_plain_rules_in_every_order() {
    // Optimised evaluation took short cuts through the model and answered otherwise than the rules it was made from.
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut seen = [0_usize; 2];
    for _ in 0..8 {
        let mut drafts: Vec<Draft> = (0..14).map(|_| any_draft(&mut dice)).collect();
        let world = crowd();
        if dice.roll(2) == 0 {
            world.inherits("thread", Permission::VIEW | Permission::EXPORT);
            world.ceiling("inbox", Permission::all() - Permission::CLOSE);
            world.boundary("lin", Permission::all() - Permission::ADMINISTER);
        }
        let bare = world.organization();
        for draft in &drafts {
            world.assign(draft.clone());
        }
        let answers = everything(&world);
        dice.shuffle(&mut drafts);
        let shuffled = World::resume(bare, &world);
        for draft in drafts {
            shuffled.assign(draft);
        }
        assert_eq!(everything(&shuffled), answers);
        for answer in answers {
            seen[usize::from(answer.is_allow())] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 300), "{seen:?}");
}

#[test]
fn incident_03_an_answer_of_a_batch_is_the_answer_to_its_own_question() {
    // Batch entries and cache keys that left out an input, or joined two ambiguously, gave one question another's answer.
    let world = World::new();
    for place in ["ab", "a", "b", "bc", "c"] {
        world.workspace(place);
    }
    for who in ["a", "ab", "abc", "b"] {
        world.member(who);
    }
    world.allow("a", Permission::VIEW, "bc");
    world.allow("ab", Permission::EXPORT, "c");
    world.assign(allow("abc", Permission::VIEW, ROOT).on(Condition::Mfa));
    world.assign(allow("b", Permission::VIEW, ROOT).until(at(100)));
    world.allow("b", own(Permission::EXPORT), "c");
    let mut queries = Vec::new();
    for who in ["a", "ab", "abc", "b"] {
        for place in ["ab", "a", "b", "bc", "c"] {
            for what in
                [Permission::VIEW, Permission::EXPORT, Permission::VIEW | Permission::EXPORT]
            {
                for context in [
                    Context::new(),
                    Context::new().mfa(true),
                    Context::new().mfa(false),
                    Context::new().at(at(99)),
                    Context::new().ownership(true),
                    Context::new().ownership(false),
                    Context::new().network([10, 0, 0, 1].into()),
                    Context::new().login_method(method("saml")),
                ] {
                    let query = Query::new(sub_account_id(who), what, workspace_id(place));
                    queries.push(query.in_context(context));
                }
            }
        }
    }
    let mut dice = Dice(77);
    for _ in 0..3 {
        dice.shuffle(&mut queries);
        let batch = world.snapshot().check_all(&queries);
        for (query, answer) in queries.iter().zip(batch) {
            let single =
                world.check_at(&query.context, query.sub_account, query.permissions, query.target);
            assert_eq!(answer, single, "{query:?}");
        }
    }
    // The same bits as a workspace and as a resource are two places.
    world.resource("d", "c");
    let twins = [
        Query::new(sub_account_id("ab"), Permission::EXPORT, workspace_id("d")),
        Query::new(sub_account_id("ab"), Permission::EXPORT, resource_id("d")),
    ];
    let expected = [deny("D1", Reason::UnknownScope), Decision::Allow];
    assert_eq!(world.snapshot().check_all(&twins), expected);
}

#[test]
fn incident_04_an_unrelated_thing_changes_no_answer() {
    // An object that had nothing to do with the question made the engine answer it differently.
    let mut dice = Dice(4_242);
    let world = crowd();
    for _ in 0..10 {
        world.assign(any_draft(&mut dice));
    }
    let expected = everything(&world);
    world.workspace("sales");
    world.resource("lead", "sales");
    world.resource("aside", "inbox");
    world.team("others");
    world.member("zoe");
    world.join("zoe", "others");
    world.role(custom("unused", Permission::all()));
    world.allow("zoe", OWNER, ROOT);
    world.deny("others", OWNER, ROOT);
    world.allow("members of sales", OWNER, "lead");
    world.allow("lin", OWNER, "lead");
    world.deny("lin", OWNER, "aside");
    world.register_owner("aside", "wu");
    world.label("aside", "vip");
    world.ceiling("sales", Permission::empty());
    world.consent(consent(Scope::Organization));
    assert_eq!(everything(&world), expected);
    world.edit_workspace("sales", |it| it.status = WorkspaceStatus::Archived);
    world.status("zoe", Status::Removed);
    assert_eq!(everything(&world), expected);
}

fn consent(scope: Scope) -> Consent {
    Consent {
        id: ConsentId::from_u128(number("consent")),
        operators: organization_id("vendor"),
        scope,
        mask: PermissionNames::Full,
        starts: None,
        ends: at(1_000),
    }
}

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
    let many = Assignment { conditions, ..made };
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
fn incident_08_nobody_is_denied_falsely_because_another_way_fails() {
    // Exclusions and several conditional branches on one relation made the engine deny what one branch allowed.
    let world = World::with_chain();
    world.team("crew");
    world.member("lin");
    world.member("wu");
    world.join("lin", "crew");
    world.allow("lin", Permission::VIEW, "inbox");
    world.assign(allow("lin", Permission::EXPORT, "support").on(Condition::Mfa));
    world.assign(allow("crew", Permission::EXPORT, ROOT).on(office()));
    world.assign(allow("members of inbox", Permission::EXPORT, "inbox").on(single_sign_on()));
    world.assign(allow("lin", Permission::EXPORT, ROOT).until(at(50)));
    world.assign(allow("lin", Permission::EXPORT, "thread").passed_on_by("wu"));
    // Exclusions that concern something else, or nothing now.
    world.deny("lin", Permission::ADMINISTER, ROOT);
    world.deny("lin", own(Permission::EXPORT), "support");
    world.assign(denial("crew", Permission::EXPORT, ROOT).until(at(100)));
    world.assign(denial("lin", Permission::EXPORT, "support").here());
    let outside = || Context::new().ownership(false).network([11, 0, 0, 1].into()).mfa(false);
    let password = || outside().login_method(method("password"));
    let ask = |context: Context| world.check_in(&context, "lin", Permission::EXPORT, "note");
    assert_eq!(ask(password().mfa(true)), Decision::Allow);
    assert_eq!(ask(password().network([10, 9, 8, 7].into())), Decision::Allow);
    assert_eq!(ask(outside().login_method(method("saml"))), Decision::Allow);
    assert!(!ask(password()).is_allow());
    // And nobody is allowed falsely: what is excluded in one way is excluded in all.
    world.assign(denial("crew", Permission::EXPORT, "note").on(Condition::Mfa));
    assert_eq!(ask(password().mfa(true)), deny("D5", Reason::Denied));
    assert_eq!(ask(outside().login_method(method("saml"))), Decision::Allow);
}

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
fn incident_25_a_permission_is_one_named_bit_and_nothing_that_looks_like_it() {
    // Permissions were matched by their bare name without the group they belonged to, so one passed for another.
    let same_title = PermissionInfo::new("Export");
    let catalog = builder()
        .describe(Permission::EXPORT, same_title.group("Conversations"))
        .describe(Permission::ADMINISTER, same_title.group("Billing"))
        .build()
        .unwrap();
    let world = World::with_catalog("acme", catalog);
    world.member("lin");
    let lookalikes = [
        "Export",
        "export",
        "EXPORT ",
        " EXPORT",
        "EXPOR",
        "EXPORTS",
        "Conversations",
        "*",
        "Conversations:EXPORT",
        "EXPORT.*",
        "full",
        "Full",
        "all",
    ];
    world.allow("lin", names(&lookalikes), ROOT);
    for what in Permission::all().iter() {
        world.denies("lin", what, ROOT, "D1", Reason::NotGranted);
    }
    world.allow("lin", names(&["EXPORT"]), ROOT);
    world.allows("lin", Permission::EXPORT, ROOT);
    world.denies("lin", Permission::ADMINISTER, ROOT, "D1", Reason::NotGranted);
    world.deny("lin", names(&lookalikes), ROOT);
    world.allows("lin", Permission::EXPORT, ROOT);
    // A role called like a permission, or like a system role, is neither.
    world.member("wu");
    world.role(Role::new(role_id("r1"), name("EXPORT"), names(&["VIEW"])));
    world.role(Role::new(role_id("r2"), name("owner"), names(&["VIEW"])));
    world.allow("wu", role_id("r1"), ROOT);
    world.allow("wu", role_id("r2"), ROOT);
    world.allow("wu", RoleRef::from(RoleName::new("EXPORT").unwrap()), ROOT);
    world.allows("wu", Permission::VIEW, ROOT);
    world.denies("wu", Permission::EXPORT, ROOT, "D1", Reason::NotGranted);
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
fn incident_30_a_deny_reaches_what_one_owns_and_nothing_is_never_everything() {
    // A deny was not applied to implicit access to one's own things; an empty scope or list meant all of them.
    let world = World::with_chain();
    world.member("lin");
    world.register_owner("note", "lin");
    world.allow("lin", own(Permission::EXPORT), ROOT);
    world.allow("lin", COLLEAGUE, ROOT);
    world.allows("lin", Permission::EXPORT, "note");
    let taken = world.deny("lin", Permission::EXPORT, "support");
    world.denies("lin", Permission::EXPORT, "note", "D5", Reason::Denied);
    let claimed = Context::new().ownership(true);
    let answer = world.check_in(&claimed, "lin", Permission::EXPORT, "inbox");
    assert_eq!(answer, deny("D5", Reason::Denied));
    world.take_back(taken);

    world.denies("lin", Permission::empty(), "note", "D9", Reason::NothingRequested);
    assert!(Networks::new([]).is_err());
    assert!(LoginMethods::new([]).is_err());
    let id = AssignmentId::from_u128(50);
    let nothing = Grant::any(PermissionNames::none());
    let empty = world.assignment(id, allow("lin", nothing, ROOT));
    world.refuses([put(empty)], StructureError::EmptyGrant(id));
    world.role(custom("hollow", Permission::empty()));
    world.allow("lin", role_id("hollow"), ROOT);
    world.denies("lin", Permission::ADMINISTER, "note", "D1", Reason::NotGranted);
    world.inherits("thread", Permission::empty());
    world.denies("lin", Permission::EXPORT, "note", "D4", Reason::Masked);
    world.inherits("thread", Permission::all());
    world.edit_workspace("support", |it| it.ceiling = Some(PermissionNames::none()));
    world.denies("lin", Permission::EXPORT, "note", "D5", Reason::Ceiling);
    world.edit_workspace("support", |it| it.ceiling = None);
    world.edit("lin", |it| it.boundary = Some(PermissionNames::none()));
    world.denies("lin", Permission::EXPORT, "note", "D5", Reason::Boundary);
}

bitflags::bitflags! {
    /// Permissions at every edge of the widths in which others lost them.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Wide: u128 {
        const P0 = 1;
        const P30 = 1 << 30;
        const P31 = 1 << 31;
        const P32 = 1 << 32;
        const P52 = 1 << 52;
        const P53 = 1 << 53;
        const P62 = 1 << 62;
        const P63 = 1 << 63;
        const P64 = 1 << 64;
        const P126 = 1 << 126;
        const P127 = 1 << 127;
    }
}

#[test]
fn incident_31_every_bit_is_its_own_permission_up_to_the_highest() {
    // Shifts of 32 bits, numbers of 53 bits and a sign bit made one high permission read as another, or as all.
    let catalog = Catalog::<Wide>::builder()
        .role(OWNER, Wide::all())
        .owner(OWNER)
        .administration(Wide::P0)
        .build()
        .unwrap();
    for one in Wide::all().iter() {
        let granted = catalog.names(one).unwrap();
        let json = serde_json::to_string(&granted).unwrap();
        assert_eq!(json, format!(r#"["{}"]"#, one.iter_names().next().unwrap().0));
        assert_eq!(catalog.known(&serde_json::from_str(&json).unwrap()), one);
        let world = World::new();
        world.member("lin");
        world.member("wu");
        world.allow("lin", granted.clone(), ROOT);
        world.allow("wu", OWNER, ROOT);
        world.deny("wu", granted, ROOT);
        let snapshot = Snapshot::compile(world.organization(), &catalog);
        let (lin, wu) = (sub_account_id("lin"), sub_account_id("wu"));
        assert_eq!(snapshot.subject(lin).permissions(Scope::Organization), one);
        assert_eq!(snapshot.subject(wu).permissions(Scope::Organization), Wide::all() - one);
        for other in Wide::all().iter() {
            let allowed = snapshot.check(lin, other, Scope::Organization).is_allow();
            assert_eq!(allowed, other == one, "{one:?} and {other:?}");
        }
        assert!(!snapshot.check(lin, Wide::all(), Scope::Organization).is_allow());
    }
    for unnamed in [1_u32, 29, 33, 54, 65, 125] {
        let bits = Wide::from_bits_retain(1 << unnamed);
        assert!(catalog.names(bits).is_err());
        assert!(!Wide::FLAGS.iter().any(|flag| flag.value().intersects(bits)));
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
    world.apply_set(&ChangeSet { personal: vec![row], ..set([put(wu)]) }).unwrap();
    let mut dice = Dice(33);
    for _ in 0..15 {
        world.assign(any_draft(&mut dice));
    }
    world.allow("lin", role_id("clerk"), "support");
    world.allow("gus", names(&["FLY", "VIEW"]), "inbox");
    world.assign(allow("wu", RoleRef::from(RoleName::new("pilot").unwrap()), ROOT).labelled("vip"));
    world.consent(consent(workspace_id("support").into()));
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
        changes
    });
    let removes = [
        Remove::Consent(ConsentId::from_u128(number("consent"))),
        Remove::Membership(membership("gus", "company")),
    ];
    let changes: Vec<Change> = nouns.into_iter().chain(removes.map(Change::from)).collect();
    let actor = Actor::system("import").unwrap();
    let record =
        RecordBody::new(at(0), actor, world.catalog.fingerprint(), Vec::new(), changes.clone());
    let bytes = record.encode().unwrap();
    let read = RecordBody::decode(&bytes).unwrap();
    assert_eq!(read, record);
    assert_eq!(read.encode().unwrap(), bytes);

    let direct = Organization::found(organization_id("copy"), &set(changes)).unwrap();
    let replayed = Organization::found(organization_id("copy"), &set(read.changes)).unwrap();
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
    let empty = Assignment { grant: Grant::any(PermissionNames::none()), ..made.clone() };
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
