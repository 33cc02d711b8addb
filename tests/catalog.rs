//! The catalog: what is refused and with which words, the catalog as a document, and how releases that differ in names,
//! bits and roles read the same stored organization.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Debug;

use bitflags::Flags;
use support::{
    AGENT, COLLEAGUE, LEAD, OWNER, Permission, ROOT, World, allow, builder, deny, name, names, own,
    role_id, sub_account_id,
};
use tenantry::access::{Context, Decision, Reason, Snapshot};
use tenantry::catalog::{
    AdminAction, Catalog, CatalogBuilder, CatalogDocument, CatalogError, Duty, DutyDefinition,
    Holders, Limits, PermissionInfo, RoleDefinition, Sensitivity, Separation, UnnamedBits,
};
use tenantry::model::{Grant, RoleName, RoleRef, Scope, ScopeKinds, SubAccountKind, SystemRole};
use tenantry::text::TextError;
use tenantry::{PermissionName, PermissionNames, Permissions};

const UNNAMED: Permission = Permission::from_bits_retain(1 << 3);
const TWO: Permission = Permission::VIEW.union(Permission::REPLY);

#[track_caller]
fn refused(builder: CatalogBuilder<Permission>, error: CatalogError) {
    let message = error.to_string();
    assert!(!message.ends_with('.') && message.starts_with(|first: char| !first.is_uppercase()));
    assert_eq!(builder.build().err(), Some(error));
}

/// Asserts why the catalog of the other tests is refused once it was spoiled as a document.
#[track_caller]
fn spoiled(spoil: impl FnOnce(&mut CatalogDocument), error: CatalogError) {
    let mut document = builder().build().unwrap().document().clone();
    spoil(&mut document);
    assert_eq!(Catalog::<Permission>::from_document(document).err(), Some(error));
}

fn role_name(text: &str) -> RoleName {
    RoleName::new(text).unwrap()
}

fn set(list: &[&str]) -> BTreeSet<PermissionName> {
    list.iter().map(|name| PermissionName::new(name).unwrap()).collect()
}

fn roles(list: &[&str]) -> BTreeSet<RoleName> {
    list.iter().map(|name| role_name(name)).collect()
}

// What is refused.

#[test]
fn a_document_of_another_format_is_refused() {
    for found in [0, 2, u32::MAX] {
        let error = CatalogError::IncompatibleFormat { found, supported: 1 };
        spoiled(|document| document.format = found, error);
    }
}

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy)]
    struct Nothing: u8 {
        const ALL = !0;
        const NONE = 0;
        const _ = 1;
    }
}

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy)]
    struct Shared: u8 {
        const READ = 1;
        const WRITE = 1 << 1;
        const LOOK = 1;
    }
}

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy)]
    struct Wordy: u8 {
        const A_NAME_THAT_GOES_ON_AND_ON_UNTIL_IT_IS_LONGER_THAN_ANY_NAME_OUGHT_TO_BE = 1;
    }
}

#[test]
fn a_permission_type_without_named_single_bits_is_refused() {
    let refused = Catalog::<Nothing>::builder().owner(OWNER).build().unwrap_err();
    assert_eq!(refused, CatalogError::NoPermissions);
    let document = builder().build().unwrap().document().clone();
    let refused = Catalog::<Nothing>::from_document(document).unwrap_err();
    assert_eq!(refused, CatalogError::NoPermissions);
}

#[test]
fn two_permissions_are_never_one_bit() {
    let error = CatalogError::SharedBit { first: "READ".to_owned(), second: "LOOK".to_owned() };
    assert_eq!(Catalog::<Shared>::builder().build().unwrap_err(), error);
    let document = builder().build().unwrap().document().clone();
    assert_eq!(Catalog::<Shared>::from_document(document).unwrap_err(), error);
}

#[test]
fn bits_without_a_name_are_refused_wherever_they_are_given() {
    let unnamed = |place: &str| {
        let place = place.to_owned();
        CatalogError::UnnamedBits { place, bits: 1 << 3 }
    };
    let role = SystemRole::new("clerk");
    refused(builder().role(role, UNNAMED), unnamed("the role `clerk`"));
    refused(builder().role(role, UNNAMED | TWO), unnamed("the role `clerk`"));
    refused(builder().role_with(role, TWO, UNNAMED), unnamed("the role `clerk`"));
    refused(builder().needs(Permission::VIEW, UNNAMED), unnamed("`needs`"));
    refused(builder().needs(UNNAMED, Permission::VIEW), unnamed("`needs`"));
    refused(builder().formerly(UNNAMED, "OLD"), unnamed("`formerly`"));
    refused(builder().describe(UNNAMED, PermissionInfo::new("X")), unnamed("`describe`"));
    refused(builder().administration(UNNAMED), unnamed("`administration`"));
    refused(builder().requires(AdminAction::Invite, UNNAMED), unnamed("`requires`"));
    refused(builder().archived(UNNAMED), unnamed("`archived`"));
    let guardrail = builder().guardrail("g", [SubAccountKind::Guest], UNNAMED);
    refused(guardrail, unnamed("a guardrail"));
    let duties = [DutyDefinition::Permissions(UNNAMED), DutyDefinition::Role(OWNER)];
    refused(builder().separate("d", 2, Separation::Anywhere, duties), unnamed("a duty"));
}

#[test]
fn what_describes_one_permission_is_given_exactly_one() {
    for (given, text) in [(TWO, "VIEW, REPLY"), (Permission::empty(), "no permission")] {
        let error = |place: &str| CatalogError::NotOnePermission {
            place: place.to_owned(),
            given: sorted(text),
        };
        refused(builder().formerly(given, "OLD"), error("`formerly`"));
        refused(builder().describe(given, PermissionInfo::new("X")), error("`describe`"));
    }
    // Prerequisites may be told of several at once, and none is none.
    let catalog =
        builder().needs(Permission::EXPORT | Permission::ADMINISTER, TWO).build().unwrap();
    for needing in ["EXPORT", "ADMINISTER"] {
        let needs = catalog.document().permissions.iter().find(|it| it.name.as_str() == needing);
        assert_eq!(needs.unwrap().needs, set(&["VIEW", "REPLY"]));
    }
    assert!(builder().needs(Permission::empty(), TWO).build().is_ok());
}

/// Names at rest read in alphabetical order.
fn sorted(list: &str) -> String {
    let mut list: Vec<_> = list.split(", ").collect();
    list.sort_unstable();
    list.join(", ")
}

#[test]
fn a_permission_has_one_entry() {
    let double = |document: &mut CatalogDocument| {
        let first = document.permissions[0].clone();
        document.permissions.push(first);
    };
    spoiled(double, CatalogError::DuplicatePermission("VIEW".to_owned()));
}

#[test]
fn a_name_that_stands_for_no_permission_is_refused_wherever_it_stands() {
    let fly = || names(&["FLY", "VIEW"]);
    let unknown = |place: &str| CatalogError::UnknownPermission {
        place: place.to_owned(),
        name: "FLY".to_owned(),
    };
    spoiled(
        |document| document.permissions[1].needs = set(&["FLY"]),
        unknown("the prerequisites of `REPLY`"),
    );
    spoiled(|document| document.roles[1].any = fly(), unknown("the role `agent`"));
    spoiled(|document| document.roles[1].own = fly(), unknown("the role `agent`"));
    spoiled(
        |document| drop(document.requirements.insert(AdminAction::Assign, fly())),
        unknown("the requirement of `assign`"),
    );
    spoiled(|document| document.archived = fly(), unknown("the read set of archived workspaces"));
    let catalog = ruled().build().unwrap();
    let mut document = catalog.document().clone();
    document.guardrails[0].never = fly();
    let error = Catalog::<Permission>::from_document(document).unwrap_err();
    assert_eq!(error, unknown("the guardrail `no exports`"));
    let mut document = catalog.document().clone();
    document.duty_sets[0].duties[1] = Duty::Permissions(fly());
    let error = Catalog::<Permission>::from_document(document).unwrap_err();
    assert_eq!(error, unknown("the duty set `four eyes`"));
    // A former name is none to define by.
    let mut document =
        builder().formerly(Permission::VIEW, "FLY").build().unwrap().document().clone();
    document.archived = fly();
    let error = Catalog::<Permission>::from_document(document).unwrap_err();
    assert_eq!(error, unknown("the read set of archived workspaces"));
}

/// A catalog with a duty set and a guardrail.
fn ruled() -> CatalogBuilder<Permission> {
    let duties = [DutyDefinition::Role(AGENT), DutyDefinition::Permissions(Permission::EXPORT)];
    builder().separate("four eyes", 2, Separation::AtOneScope, duties).guardrail(
        "no exports",
        [SubAccountKind::Guest],
        Permission::EXPORT,
    )
}

#[test]
fn a_former_name_has_one_meaning() {
    let in_use = |name: &str, of: &str, used_by: &str| CatalogError::FormerNameInUse {
        name: name.to_owned(),
        of: of.to_owned(),
        used_by: used_by.to_owned(),
    };
    let former = |builder: CatalogBuilder<Permission>, of, name| builder.formerly(of, name);
    refused(former(builder(), Permission::VIEW, "REPLY"), in_use("REPLY", "VIEW", "REPLY"));
    refused(former(builder(), Permission::VIEW, "VIEW"), in_use("VIEW", "VIEW", "VIEW"));
    let twice = former(former(builder(), Permission::VIEW, "OLD"), Permission::REPLY, "OLD");
    refused(twice, in_use("OLD", "REPLY", "VIEW"));
    // Two names of one permission are two, and the same said twice is said once.
    let both = former(former(builder(), Permission::VIEW, "OLD"), Permission::VIEW, "OLDER");
    assert!(former(both, Permission::VIEW, "OLD").build().is_ok());
}

#[test]
fn prerequisites_never_lead_back() {
    let cycle = |name: &str| CatalogError::PrerequisiteCycle(name.to_owned());
    refused(builder().needs(Permission::EXPORT, Permission::EXPORT), cycle("EXPORT"));
    refused(builder().needs(Permission::VIEW, Permission::REPLY), cycle("VIEW"));
    refused(builder().needs(Permission::VIEW, Permission::CLOSE), cycle("VIEW"));
    // What hangs on a cycle is not the cycle.
    let hanging = builder()
        .needs(Permission::VIEW, Permission::EXPORT)
        .needs(Permission::EXPORT, Permission::ADMINISTER)
        .needs(Permission::ADMINISTER, Permission::EXPORT);
    refused(hanging, cycle("EXPORT"));
}

#[test]
fn a_role_is_defined_once() {
    let again = builder().role(AGENT, Permission::VIEW);
    refused(again, CatalogError::DuplicateRole("agent".to_owned()));
}

#[test]
fn a_name_that_stands_for_no_role_is_refused_wherever_it_stands() {
    let ghost = SystemRole::new("ghost");
    let unknown = |place: &str| CatalogError::UnknownRole {
        place: place.to_owned(),
        role: "ghost".to_owned(),
    };
    let clerk = || RoleDefinition::new(SystemRole::new("clerk"));
    refused(builder().define(clerk().includes([AGENT, ghost])), unknown("the role `clerk`"));
    refused(builder().define(clerk().assigns([ghost])), unknown("the role `clerk`"));
    refused(builder().owner(ghost), unknown("`owner`"));
    refused(builder().creator(ghost), unknown("`creator`"));
    let duties = [DutyDefinition::Role(AGENT), DutyDefinition::Role(ghost)];
    refused(
        builder().separate("four eyes", 2, Separation::Anywhere, duties),
        unknown("the duty set `four eyes`"),
    );
    // Role names are compared letter for letter.
    let shouted = builder().creator(SystemRole::new("AGENT"));
    let (place, role) = ("`creator`".to_owned(), "AGENT".to_owned());
    refused(shouted, CatalogError::UnknownRole { place, role });
}

#[test]
fn roles_never_include_themselves() {
    let cycle = |name: &str| CatalogError::RoleCycle(name.to_owned());
    let (first, second) = (SystemRole::new("first"), SystemRole::new("second"));
    let include = |role, included| RoleDefinition::new(role).includes([included]);
    refused(builder().define(include(first, first)), cycle("first"));
    let pair = builder().define(include(first, second)).define(include(second, first));
    refused(pair, cycle("first"));
    spoiled(|document| document.roles[1].includes = roles(&["lead"]), cycle("agent"));
    // To assign is not to include.
    let assigning = builder()
        .define(RoleDefinition::new(first).assigns([second, first]))
        .define(RoleDefinition::new(second).assigns([first]));
    assert!(assigning.build().is_ok());
}

#[test]
fn an_owner_holds_everything_at_the_organization() {
    let nobody = Catalog::<Permission>::builder().role(OWNER, Permission::all());
    refused(nobody.administration(Permission::ADMINISTER), CatalogError::NoOwner);
    let incomplete = |role: &str, missing: &str| CatalogError::OwnerIncomplete {
        role: role.to_owned(),
        missing: missing.to_owned(),
    };
    refused(builder().owner(AGENT), incomplete("agent", "ADMINISTER, CLOSE, EXPORT"));
    // What is held only on what is owned is not everything; what is included is.
    refused(builder().owner(LEAD), incomplete("lead", "ADMINISTER, CLOSE"));
    let boss = SystemRole::new("boss");
    let own = RoleDefinition::new(boss).any(Permission::ADMINISTER).own(Permission::CLOSE);
    refused(builder().define(own.includes([LEAD])).owner(boss), incomplete("boss", "CLOSE"));
    let whole = RoleDefinition::new(boss).any(Permission::ADMINISTER | Permission::CLOSE);
    assert!(builder().define(whole.includes([LEAD])).owner(boss).build().is_ok());

    let local = RoleDefinition::new(boss).any(Permission::all());
    let kinds = ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE;
    refused(
        builder().define(local.assignable(kinds)).owner(boss),
        CatalogError::NotAssignable { role: "boss".to_owned(), place: "the organization" },
    );
}

#[test]
fn an_owner_holds_also_what_this_process_does_not_know() {
    let mut document = builder().build().unwrap().document().clone();
    let mut fly = document.permissions[0].clone();
    fly.name = PermissionName::new("FLY").unwrap();
    document.permissions.push(fly);
    let error = Catalog::<Permission>::from_document(document.clone()).unwrap_err();
    let (role, missing) = ("owner".to_owned(), "FLY".to_owned());
    assert_eq!(error, CatalogError::OwnerIncomplete { role, missing });
    document.roles[0].any = PermissionNames::Full;
    assert!(Catalog::<Permission>::from_document(document).is_ok());
}

#[test]
fn every_administrative_action_requires_something() {
    for action in AdminAction::ALL {
        let missing = CatalogError::NoRequirement(*action);
        spoiled(|document| drop(document.requirements.remove(action)), missing.clone());
        let nothing = PermissionNames::none();
        spoiled(|document| drop(document.requirements.insert(*action, nothing)), missing.clone());
        refused(builder().requires(*action, Permission::empty()), missing);
    }
    let silent = Catalog::builder().role(OWNER, Permission::all()).owner(OWNER);
    refused(silent, CatalogError::NoRequirement(AdminAction::EditOrganization));
}

#[test]
fn a_duty_set_separates_something() {
    let duties = || [OWNER, AGENT, LEAD].map(DutyDefinition::Role);
    for limit in [0, 1, 4, u32::MAX] {
        let useless = CatalogError::UselessDutySet { name: "d".to_owned(), duties: 3, limit };
        refused(builder().separate("d", limit, Separation::Anywhere, duties()), useless);
    }
    for limit in [2, 3] {
        assert!(builder().separate("d", limit, Separation::Anywhere, duties()).build().is_ok());
    }
    let one = [DutyDefinition::Role(AGENT)];
    let useless = CatalogError::UselessDutySet { name: "d".to_owned(), duties: 1, limit: 2 };
    refused(builder().separate("d", 2, Separation::Anywhere, one), useless);
    let empty = [DutyDefinition::Permissions(Permission::empty()), DutyDefinition::Role(AGENT)];
    refused(
        builder().separate("d", 2, Separation::Anywhere, empty),
        CatalogError::EmptyRule("the duty set `d`".to_owned()),
    );
}

#[test]
fn a_guardrail_concerns_something() {
    let empty = CatalogError::EmptyRule("the guardrail `g`".to_owned());
    let guests = [SubAccountKind::Guest];
    refused(builder().guardrail("g", guests, Permission::empty()), empty.clone());
    refused(builder().guardrail("g", [], Permission::EXPORT), empty);
    assert!(builder().guardrail("g", guests, Permission::EXPORT).build().is_ok());
}

#[test]
fn somebody_can_hold_every_role_and_somebody_is_an_owner() {
    let clerk = |at_least, at_most| {
        builder().define(RoleDefinition::new(SystemRole::new("clerk")).holders(at_least, at_most))
    };
    let (role, at_least, at_most) = ("clerk".to_owned(), 3, 2);
    refused(clerk(3, Some(2)), CatalogError::EmptyHolders { role, at_least, at_most });
    for (at_least, at_most) in [(0, None), (0, Some(0)), (2, Some(2)), (5, None)] {
        assert!(clerk(at_least, at_most).build().is_ok());
    }
    let ownerless = Limits { min_owners: 0, ..Limits::NONE };
    refused(builder().limits(ownerless), CatalogError::NoMinimumOfOwners);
}

#[test]
fn what_people_read_is_valid_text() {
    let wrong = |place: &str, error| CatalogError::Text { place: place.to_owned(), error };
    let empty = TextError::Empty { what: "name" };
    let control = TextError::ControlCharacter { what: "name", code: 0x202e, at: 1 };
    let view = Permission::VIEW;
    refused(builder().describe(view, PermissionInfo::new("")), wrong("a title", empty.clone()));
    refused(builder().describe(view, PermissionInfo::new("a\u{202e}b")), wrong("a title", control));
    refused(
        builder().describe(view, PermissionInfo::new("View").group("")),
        wrong("a group", empty.clone()),
    );
    let no_name = TextError::Empty { what: "permission name" };
    refused(builder().formerly(view, ""), wrong("a former name", no_name));
    let clerk = RoleDefinition::new(SystemRole::new("clerk")).title("");
    refused(builder().define(clerk), wrong("the role `clerk`", empty.clone()));
    let duties = || [AGENT, OWNER].map(DutyDefinition::Role);
    let nameless = builder().separate("", 2, Separation::Anywhere, duties());
    refused(nameless, wrong("a duty set", empty.clone()));
    let nameless = builder().guardrail("", [SubAccountKind::Guest], view);
    refused(nameless, wrong("a guardrail", empty));
    let error = Catalog::<Wordy>::builder().build().unwrap_err();
    let CatalogError::Text { place, error: TextError::TooLong { what, bytes, limit } } = error
    else {
        panic!("{error}")
    };
    assert_eq!((place.as_str(), what, limit), ("the permission type", "permission name", 64));
    assert!(bytes > limit);
}

#[test]
fn the_first_thing_that_went_wrong_is_named() {
    let many = builder().archived(UNNAMED).formerly(TWO, "OLD").role(AGENT, Permission::VIEW);
    let place = "`archived`".to_owned();
    refused(many, CatalogError::UnnamedBits { place, bits: 1 << 3 });
}

// The catalog as a document.

/// A catalog in which everything that can be said is said.
fn eloquent() -> CatalogBuilder<Permission> {
    let clerk = RoleDefinition::new(SystemRole::new("clerk"))
        .title("Clerk")
        .any(Permission::VIEW)
        .own(Permission::EXPORT)
        .includes([COLLEAGUE])
        .assignable(ScopeKinds::WORKSPACE)
        .assigns([AGENT])
        .holders(1, Some(5));
    let info = PermissionInfo::new("Export conversations").group("Conversations");
    ruled()
        .define(clerk)
        .describe(Permission::EXPORT, info.sensitivity(Sensitivity::Sensitive))
        .formerly(Permission::EXPORT, "DOWNLOAD")
        .creator(LEAD)
        .requires(AdminAction::Assign, TWO)
        .limits(Limits { seats: Some(50), ..Limits::NONE })
}

#[test]
fn a_document_reads_back_as_the_catalog_it_was_written_from() {
    let catalog = eloquent().build().unwrap();
    let json = serde_json::to_string(catalog.document()).unwrap();
    let document: CatalogDocument = serde_json::from_str(&json).unwrap();
    assert_eq!(&document, catalog.document());
    let read = Catalog::<Permission>::from_document(document).unwrap();
    assert_eq!(read.document(), catalog.document());
    assert_eq!(read.fingerprint(), catalog.fingerprint());
    assert_eq!(serde_json::to_string(read.document()).unwrap(), json);
    assert_eq!(read.permissions(), Permission::all());
    for role in ["owner", "agent", "colleague", "lead", "clerk"] {
        let both = |catalog: &Catalog<Permission>| {
            (
                catalog.role_permissions(role_name(role)),
                catalog.role_own_permissions(role_name(role)),
            )
        };
        assert_eq!(both(&read), both(&catalog), "{role}");
        assert!(both(&read).0.is_some());
    }
    for action in AdminAction::ALL {
        assert_eq!(read.requirement(*action), catalog.requirement(*action));
        assert!(read.requirement(*action).is_some(), "{action}");
    }
    assert_eq!(read.requirement(AdminAction::Assign), Some(TWO));
    assert_eq!(read.requirement(AdminAction::Invite), Some(Permission::ADMINISTER));
}

#[test]
fn a_document_is_read_strictly() {
    let json = serde_json::to_value(eloquent().build().unwrap().document()).unwrap();
    assert!(serde_json::from_value::<CatalogDocument>(json.clone()).is_ok());
    let spoil: [fn(&mut serde_json::Value); 9] = [
        |document| document["surprise"] = 1.into(),
        |document| document["permissions"][0]["surprise"] = 1.into(),
        |document| document["roles"][0]["surprise"] = 1.into(),
        |document| document["limits"]["seat"] = 1.into(),
        |document| document["limits"]["seats"] = (-1).into(),
        |document| document["format"] = "1".into(),
        |document| document["roles"][0]["any"] = "*".into(),
        |document| document["roles"][0]["assignable"] = serde_json::json!(["planet"]),
        |document| document["requirements"]["rule_the_world"] = "full".into(),
    ];
    for (number, spoil) in spoil.into_iter().enumerate() {
        let mut spoiled = json.clone();
        spoil(&mut spoiled);
        assert_ne!(spoiled, json);
        assert!(serde_json::from_value::<CatalogDocument>(spoiled).is_err(), "row {number}");
    }
}

#[test]
fn the_same_catalog_has_the_same_fingerprint_and_any_change_another() {
    assert_eq!(
        eloquent().build().unwrap().fingerprint(),
        eloquent().build().unwrap().fingerprint()
    );
    let clerk = || RoleDefinition::new(SystemRole::new("clerk"));
    let duties = || [AGENT, OWNER, LEAD].map(DutyDefinition::Role);
    let guests = [SubAccountKind::Guest];
    let export = Permission::EXPORT;
    let variants: Vec<(&str, CatalogBuilder<Permission>)> = vec![
        ("the plain one", builder()),
        ("a title", builder().describe(export, PermissionInfo::new("Export"))),
        ("another title", builder().describe(export, PermissionInfo::new("export"))),
        ("a group", builder().describe(export, PermissionInfo::new("Export").group("G"))),
        (
            "a sensitivity",
            builder()
                .describe(export, PermissionInfo::new("Export").sensitivity(Sensitivity::Critical)),
        ),
        ("a former name", builder().formerly(export, "OLD")),
        ("a former name of another", builder().formerly(Permission::VIEW, "OLD")),
        ("a prerequisite", builder().needs(export, Permission::VIEW)),
        ("a role", builder().define(clerk())),
        ("a role with a title", builder().define(clerk().title("Clerk"))),
        ("a role that grants", builder().define(clerk().any(export))),
        ("a role that grants on what is owned", builder().define(clerk().own(export))),
        ("a role that includes", builder().define(clerk().includes([AGENT]))),
        ("a role that assigns", builder().define(clerk().assigns([AGENT]))),
        ("a role for workspaces", builder().define(clerk().assignable(ScopeKinds::WORKSPACE))),
        ("a role that somebody holds", builder().define(clerk().holders(1, None))),
        ("a role that few hold", builder().define(clerk().holders(1, Some(2)))),
        ("a creator", builder().creator(AGENT)),
        ("another creator", builder().creator(LEAD)),
        ("a requirement", builder().requires(AdminAction::Invite, export)),
        ("a requirement of another", builder().requires(AdminAction::Assign, export)),
        ("a read set", builder().archived(TWO)),
        ("no read set", builder().archived(Permission::empty())),
        ("a duty set", builder().separate("d", 2, Separation::Anywhere, duties())),
        ("a duty set of three", builder().separate("d", 3, Separation::Anywhere, duties())),
        ("a narrow duty set", builder().separate("d", 2, Separation::AtOneScope, duties())),
        ("a renamed duty set", builder().separate("e", 2, Separation::Anywhere, duties())),
        ("a guardrail", builder().guardrail("g", guests, export)),
        ("a guardrail for services", builder().guardrail("g", [SubAccountKind::Service], export)),
        ("limits", builder().limits(Limits { seats: Some(1), ..Limits::NONE })),
        ("other limits", builder().limits(Limits { teams: Some(1), ..Limits::NONE })),
        ("two owners", builder().limits(Limits { min_owners: 2, ..Limits::NONE })),
    ];
    let mut seen = std::collections::BTreeMap::new();
    for (what, builder) in variants {
        let fingerprint = builder.build().unwrap().fingerprint();
        let other = seen.insert(fingerprint, what);
        assert_eq!(other, None, "{what} has the fingerprint of another");
    }
    let mut document = builder().build().unwrap().document().clone();
    document.roles.swap(1, 2);
    let swapped = Catalog::<Permission>::from_document(document).unwrap().fingerprint();
    assert_eq!(seen.get(&swapped), None, "the order of roles is part of the document");
}

#[test]
fn holders_default_to_no_limit() {
    assert_eq!(Holders::default(), Holders { at_least: 0, at_most: None });
    assert_eq!(builder().build().unwrap().document().limits, Limits::NONE);
    assert_eq!(builder().build().unwrap().document().roles[1].holders, Holders::default());
}

// Names and bits.

#[test]
fn names_and_bits_of_a_catalog() {
    let catalog = eloquent().build().unwrap();
    assert_eq!(catalog.names(TWO), Ok(names(&["REPLY", "VIEW"])));
    assert_eq!(catalog.names(Permission::empty()), Ok(PermissionNames::none()));
    let unnamed = UNNAMED | Permission::VIEW | Permission::from_bits_retain(1 << 30);
    assert_eq!(catalog.names(unnamed), Err(UnnamedBits { bits: 1 << 3 | 1 << 30 }));
    assert_eq!(catalog.known(&PermissionNames::Full), Permission::all());
    assert_eq!(catalog.known(&names(&["VIEW", "FLY"])), Permission::VIEW);
    assert_eq!(catalog.permission("EXPORT"), Some(Permission::EXPORT));
    assert_eq!(catalog.permission("DOWNLOAD"), Some(Permission::EXPORT));
    for unknown in ["FLY", "export", "EXPORT ", ""] {
        assert_eq!(catalog.permission(unknown), None, "{unknown:?}");
    }
    assert_eq!(catalog.grant(TWO), Ok(Grant::any(names(&["REPLY", "VIEW"]))));
    assert_eq!(catalog.grant(unnamed), Err(UnnamedBits { bits: 1 << 3 | 1 << 30 }));
    let described: Vec<_> = catalog.describe(TWO).map(|it| it.name.as_str()).collect();
    assert_eq!(described, ["VIEW", "REPLY"]);
    assert_eq!(catalog.describe(Permission::empty() | UNNAMED).count(), 0);
    assert_eq!(catalog.role_permissions(AGENT), Some(TWO));
    assert_eq!(catalog.role_own_permissions(AGENT), Some(Permission::empty()));
    assert_eq!(catalog.role_permissions(LEAD), Some(TWO | Permission::EXPORT));
    let owned = Permission::REPLY | Permission::CLOSE;
    assert_eq!(catalog.role_own_permissions(LEAD), Some(owned));
    assert_eq!(catalog.role_permissions(SystemRole::new("ghost")), None);
    assert_eq!(catalog.role_own_permissions(SystemRole::new("ghost")), None);
}

// Releases that differ.

bitflags::bitflags! {
    /// An earlier release: it does not know EXPORT and ADMINISTER.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Earlier: u8 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const CLOSE = 1 << 2;
    }
}

bitflags::bitflags! {
    /// A release in which every bit has another number, and one more permission is declared.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Renumbered: u128 {
        const ADMINISTER = 1;
        const VIEW = 1 << 127;
        const CLOSE = 1 << 64;
        const TELEPORT = 1 << 1;
        const EXPORT = 1 << 33;
        const REPLY = 1 << 2;
    }
}

/// An organization with every place where permissions are stored by name.
fn world() -> World {
    let world = World::with_chain();
    world.role(tenantry::model::Role {
        includes: [RoleRef::from(COLLEAGUE)].into(),
        ..support::custom("clerk", Permission::EXPORT)
    });
    for who in ["ada", "lin", "wu", "bo"] {
        world.member(who);
    }
    world.allow("ada", OWNER, ROOT);
    world.allow("lin", role_id("clerk"), "support");
    world.allow("wu", PermissionNames::Full, "inbox");
    world.allow("bo", LEAD, "support");
    world.deny("bo", own(Permission::CLOSE), "inbox");
    world.ceiling("thread", Permission::VIEW | Permission::EXPORT | Permission::REPLY);
    world.inherits("note", Permission::VIEW | Permission::EXPORT);
    world.boundary("ada", Permission::all() - Permission::CLOSE);
    world
}

const PLACES: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];

/// What a release answers to every question that can be asked by name.
fn answers<P: Permissions + Debug>(
    world: &World,
    catalog: &Catalog<P>,
    asked: &[&str],
) -> Vec<Decision> {
    let snapshot = Snapshot::compile(world.organization(), catalog);
    let mut answers = Vec::new();
    for who in ["ada", "lin", "wu", "bo"] {
        for place in PLACES {
            for owned in [true, false] {
                let context = Context::new().ownership(owned);
                for name in asked {
                    let permission = catalog.permission(name).unwrap();
                    let who = sub_account_id(who);
                    answers.push(snapshot.check_in(&context, who, permission, world.scope(place)));
                }
            }
        }
    }
    answers
}

const NAMES: [&str; 5] = ["VIEW", "REPLY", "CLOSE", "EXPORT", "ADMINISTER"];

#[test]
fn bits_may_be_renumbered_without_changing_an_answer() {
    let world = world();
    let expected = answers(&world, &world.catalog, &NAMES);
    let document = world.catalog.document().clone();
    let renumbered = Catalog::<Renumbered>::from_document(document).unwrap();
    assert_eq!(renumbered.fingerprint(), world.catalog.fingerprint());
    // Of several missing permissions another may come first, so questions are asked one by one.
    assert_eq!(answers(&world, &renumbered, &NAMES), expected);
    assert!(expected.contains(&Decision::Allow));
    assert!(expected.contains(&deny("D5", Reason::Denied)));
    assert!(expected.contains(&deny("D5", Reason::Ceiling)));
    assert!(expected.contains(&deny("D4", Reason::Masked)));
}

#[test]
fn a_flag_that_the_document_does_not_name_is_no_permission() {
    let world = world();
    let document = world.catalog.document().clone();
    let catalog = Catalog::<Renumbered>::from_document(document).unwrap();
    assert_eq!(catalog.permissions(), Renumbered::all() - Renumbered::TELEPORT);
    assert_eq!(catalog.permission("TELEPORT"), None);
    assert_eq!(catalog.names(Renumbered::TELEPORT), Err(UnnamedBits { bits: 2 }));
    assert_eq!(catalog.known(&PermissionNames::Full), catalog.permissions());
    let snapshot = Snapshot::compile(world.organization(), &catalog);
    let ada = sub_account_id("ada");
    let answer = snapshot.check(ada, Renumbered::TELEPORT, Scope::Organization);
    assert_eq!(answer, deny("D9", Reason::UnknownPermission));
    let answer = snapshot.check(ada, Renumbered::VIEW | Renumbered::TELEPORT, Scope::Organization);
    assert_eq!(answer, deny("D9", Reason::UnknownPermission));
}

#[test]
fn what_this_process_does_not_know_is_kept_and_never_granted() {
    let world = world();
    let document = world.catalog.document().clone();
    let earlier = Catalog::<Earlier>::from_document(document.clone()).unwrap();
    assert_eq!(earlier.document(), &document);
    assert_eq!(earlier.fingerprint(), world.catalog.fingerprint());
    assert_eq!(earlier.permissions(), Earlier::all());
    assert_eq!(earlier.permission("EXPORT"), None);
    assert_eq!(earlier.known(&PermissionNames::Full), Earlier::all());
    assert_eq!(earlier.known(&names(&["EXPORT", "VIEW"])), Earlier::VIEW);
    assert_eq!(earlier.role_permissions(OWNER), Some(Earlier::all()));
    assert_eq!(earlier.role_permissions(LEAD), Some(Earlier::VIEW | Earlier::REPLY));
    let known = ["VIEW", "REPLY", "CLOSE"];
    assert_eq!(answers(&world, &earlier, &known), answers(&world, &world.catalog, &known));
    let snapshot = Snapshot::compile(world.organization(), &earlier);
    for number in 3..u8::BITS {
        let unknown = Earlier::from_bits_retain(1 << number);
        let answer = snapshot.check(sub_account_id("ada"), unknown, Scope::Organization);
        assert_eq!(answer, deny("D9", Reason::UnknownPermission));
        let everything = snapshot.subject(sub_account_id("ada")).permissions(Scope::Organization);
        assert!(!everything.intersects(unknown));
    }
    // What was stored by a release that knows more is written back as it was.
    let stored = support::encoded(snapshot.organization());
    assert_eq!(stored, support::encoded(&world.organization()));
    assert!(stored.contains("EXPORT"));
}

#[test]
fn an_administrative_action_whose_requirement_is_not_known_has_none() {
    let mixed = builder()
        .requires(AdminAction::Invite, TWO)
        .requires(AdminAction::Assign, Permission::VIEW | Permission::EXPORT)
        .build()
        .unwrap();
    let earlier = Catalog::<Earlier>::from_document(mixed.document().clone()).unwrap();
    assert_eq!(earlier.requirement(AdminAction::Invite), Some(Earlier::VIEW | Earlier::REPLY));
    // One that is known in part is not lowered to the known part.
    assert_eq!(earlier.requirement(AdminAction::Assign), None);
    assert_eq!(earlier.requirement(AdminAction::ManageRoles), None);
    assert_eq!(mixed.requirement(AdminAction::ManageRoles), Some(Permission::ADMINISTER));
    // A requirement of everything is more than this process knows.
    let mut document = mixed.document().clone();
    document.requirements.insert(AdminAction::Deny, PermissionNames::Full);
    let all = Catalog::<Permission>::from_document(document.clone()).unwrap();
    assert_eq!(all.requirement(AdminAction::Deny), Some(Permission::all()));
    let earlier = Catalog::<Earlier>::from_document(document).unwrap();
    assert_eq!(earlier.requirement(AdminAction::Deny), None);
}

#[test]
fn d10_a_prerequisite_that_this_process_does_not_know_is_never_effective() {
    let world = world();
    let catalog = builder().needs(Permission::REPLY, Permission::EXPORT).build().unwrap();
    let earlier = Catalog::<Earlier>::from_document(catalog.document().clone()).unwrap();
    let snapshot = Snapshot::compile(world.organization(), &earlier);
    let ask = |what| snapshot.check(sub_account_id("ada"), what, Scope::Organization);
    assert_eq!(ask(Earlier::VIEW), Decision::Allow);
    assert_eq!(ask(Earlier::REPLY), deny("D10", Reason::PrerequisiteMissing));
    let everything = snapshot.subject(sub_account_id("ada")).permissions(Scope::Organization);
    assert_eq!(everything, Earlier::VIEW);
    let reference =
        tenantry::access::Reference::new(snapshot.organization(), &earlier, support::at(0));
    let answer = reference.check(
        sub_account_id("ada"),
        Earlier::REPLY,
        Scope::Organization,
        &Context::new(),
    );
    assert_eq!(answer, deny("D10", Reason::PrerequisiteMissing));
}

#[test]
fn a_former_name_reads_as_the_new_one_wherever_it_is_stored() {
    let renamed = builder().formerly(Permission::EXPORT, "DOWNLOAD").build().unwrap();
    let old_names = |list: &[&str]| names(list);
    for (catalog, reads) in [(renamed, true), (builder().build().unwrap(), false)] {
        let world = World::with_catalog("acme", catalog);
        world.workspace("support");
        world.workspace("closed");
        world.workspace("capped");
        for who in ["lin", "wu", "bo"] {
            world.member(who);
        }
        let export =
            |who: &str, place: &str| world.check(who, Permission::EXPORT, place).is_allow();
        world.allow("lin", old_names(&["DOWNLOAD"]), ROOT);
        assert_eq!(export("lin", "support"), reads);
        world.role(tenantry::model::Role::new(role_id("r"), name("r"), old_names(&["DOWNLOAD"])));
        world.allow("bo", role_id("r"), ROOT);
        assert_eq!(export("bo", "support"), reads);

        world.allow("wu", Permission::EXPORT, ROOT);
        world.edit_workspace("closed", |it| it.inherits = old_names(&["DOWNLOAD"]));
        assert_eq!(export("wu", "closed"), reads);
        world.edit_workspace("capped", |it| it.ceiling = Some(old_names(&["DOWNLOAD"])));
        assert_eq!(export("wu", "capped"), reads);
        world.edit("wu", |it| it.boundary = Some(old_names(&["DOWNLOAD"])));
        assert_eq!(export("wu", "support"), reads);
        world.edit("wu", |it| it.boundary = None);
        world.deny("wu", old_names(&["DOWNLOAD"]), ROOT);
        assert_eq!(export("wu", "support"), !reads);
        // What is stored keeps its spelling; what is written anew has the present name.
        assert!(support::encoded(&world.organization()).contains("DOWNLOAD"));
        assert_eq!(world.catalog.names(Permission::EXPORT), Ok(names(&["EXPORT"])));
    }
}

#[test]
fn d5_a_role_that_the_catalog_does_not_have_grants_nothing_and_a_deny_of_it_takes_everything() {
    let world = World::new();
    world.workspace("support");
    world.member("lin");
    world.member("wu");
    let supervisor = || RoleRef::from(role_name("supervisor"));
    world.allow("lin", supervisor(), ROOT);
    world.role(tenantry::model::Role {
        includes: [supervisor()].into(),
        ..support::custom("clerk", Permission::VIEW)
    });
    world.allow("lin", role_id("clerk"), "support");
    world.allow("wu", OWNER, ROOT);
    world.deny("wu", supervisor(), ROOT);
    world.assign(allow("members of organization", supervisor(), ROOT));
    for permission in Permission::all().iter() {
        let expected = if permission == Permission::VIEW {
            Decision::Allow
        } else {
            deny("D1", Reason::NotGranted)
        };
        assert_eq!(world.check("lin", permission, "support"), expected);
        world.denies("wu", permission, "support", "D5", Reason::Denied);
    }
    // The name is kept: a release that has the role gives it its meaning.
    let release =
        builder().role(SystemRole::new("supervisor"), Permission::EXPORT).build().unwrap();
    let snapshot = Snapshot::compile(world.organization(), &release);
    let ask = |who| snapshot.check(sub_account_id(who), Permission::EXPORT, Scope::Organization);
    assert_eq!(ask("lin"), Decision::Allow);
    assert_eq!(ask("wu"), deny("D5", Reason::Denied));
    let view = snapshot.check(sub_account_id("wu"), Permission::VIEW, Scope::Organization);
    assert_eq!(view, Decision::Allow);
    // Role names are compared letter for letter.
    for other in ["Owner", "owner ", "OWNER"] {
        let world = World::new();
        world.member("lin");
        world.allow("lin", RoleRef::from(role_name(other)), ROOT);
        world.denies("lin", Permission::VIEW, ROOT, "D1", Reason::NotGranted);
    }
}

#[test]
fn every_width_of_flags_decides_alike() {
    bitflags::bitflags! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        struct Byte: u8 {
            const VIEW = 1 << 7;
            const REPLY = 1 << 6;
            const CLOSE = 1 << 5;
            const EXPORT = 1 << 4;
            const ADMINISTER = 1 << 3;
        }
    }
    let world = world();
    let document = world.catalog.document().clone();
    let byte = Catalog::<Byte>::from_document(document).unwrap();
    assert_eq!(answers(&world, &byte, &NAMES), answers(&world, &world.catalog, &NAMES));
    assert_eq!(byte.permissions().bits(), 0b1111_1000);
    assert_eq!(Byte::FLAGS.len(), NAMES.len());
}
