//! Answers that were wrong: optimised paths, batches, false denials, bits.

use std::fmt::Debug;

use crate::setup::*;
use crate::support::{
    COLLEAGUE, Draft, OWNER, Permission, ROOT, World, allow, at, builder, custom, denial, deny,
    method, name, names, office, own, put, resource_id, role_id, single_sign_on, sub_account_id,
    workspace_id,
};
use bitflags::Flags;
use tenantry::PermissionNames;
use tenantry::access::{Context, Decision, OnWhat, Query, Reason, Snapshot};
use tenantry::catalog::{Catalog, PermissionInfo};
use tenantry::id::AssignmentId;
use tenantry::model::change::StructureError;
use tenantry::model::link::EntityId;
use tenantry::model::{
    Condition, Grant, LoginMethods, Networks, Role, RoleName, RoleRef, Scope, Status,
    WorkspaceStatus,
};

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
    world.refuses([put(empty)], StructureError::EmptyGrant(EntityId::Assignment(id)));
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
fn incident_45_what_is_explained_and_described_is_what_is_decided() {
    // Review functions and diagnostics were computed beside the decision, and said something else than it did.
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut allowed, mut denied) = (0_usize, 0_usize);
    for _ in 0..4 {
        let world = crowd();
        world.inherits("thread", Permission::VIEW | Permission::EXPORT);
        world.boundary("lin", Permission::all() - Permission::ADMINISTER);
        for _ in 0..14 {
            world.assign(any_draft(&mut dice));
        }
        let snapshot = world.snapshot();
        for who in ["ada", "lin", "wu", "gus", "bot"].map(sub_account_id) {
            for (place, context) in PLACES.into_iter().zip(contexts()) {
                let scope = world.scope(place);
                let subject = snapshot.subject(who).in_context(context.clone());
                let all = subject.explain(Permission::all(), scope);
                let mut effective = Permission::empty();
                for one in Permission::all() {
                    let decision = world.check_at(&context, who, one, scope);
                    let explained = snapshot.explain_in(&context, who, one, scope);
                    assert_eq!(explained.decision, decision, "{explained}");
                    let name = world.catalog.names(one).unwrap().to_string();
                    let among_all = all.permission(&name).unwrap();
                    assert_eq!(among_all.decision, decision, "{name}: {all}");
                    // What is said to act is there to be read, and what is read comes to the decision.
                    let grants = among_all.is_granted() && !among_all.is_denied();
                    assert!(!decision.is_allow() || (grants && among_all.cuts.is_empty()), "{all}");
                    effective.set(one, decision.is_allow());
                    *if decision.is_allow() { &mut allowed } else { &mut denied } += 1;
                }
                let described = subject.describe(scope).groups;
                let listed = described.iter().flat_map(|group| &group.permissions);
                for one in listed.filter(|one| one.on == OnWhat::Everything) {
                    assert!(
                        effective.contains(world.catalog.permission(one.name.as_str()).unwrap())
                    );
                }
            }
        }
    }
    assert!(allowed > 50 && denied > 50, "{allowed} and {denied}");
}
