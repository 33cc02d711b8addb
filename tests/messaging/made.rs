//! How the catalog is made: complete, without dead permissions, and no wider than it says.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bitflags::Flags;
use tenantry::catalog::{CatalogError, DutyDefinition, Limits, Sensitivity, Separation};
use tenantry::messaging::{
    ADMINISTRATOR, AGENT, BILLING_ADMINISTRATOR, BOT, CREATOR, GROUP_ADMINISTRATOR, MANAGER, OWNER,
    Permission, RECEIVER, REVIEWER, SENDER, SUB_ACCOUNT_OPERATOR, USER, USER_ADMINISTRATOR, VIEWER,
    VISITOR, builder,
};
use tenantry::{
    AdminAction, Catalog, PermissionNames, RoleDefinition, RoleName, SubAccountKind, SystemRole,
    messaging,
};

pub(crate) const ROLES: [SystemRole; 16] = [
    OWNER,
    ADMINISTRATOR,
    USER_ADMINISTRATOR,
    MANAGER,
    CREATOR,
    GROUP_ADMINISTRATOR,
    AGENT,
    USER,
    SENDER,
    RECEIVER,
    VIEWER,
    VISITOR,
    BILLING_ADMINISTRATOR,
    REVIEWER,
    BOT,
    SUB_ACCOUNT_OPERATOR,
];

/// The catalog, built once for all of these tests.
fn catalog() -> &'static Catalog<Permission> {
    static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(messaging::catalog);
    &CATALOG
}

fn any(role: SystemRole) -> Permission {
    catalog().role_permissions(role).unwrap()
}

fn own(role: SystemRole) -> Permission {
    catalog().role_own_permissions(role).unwrap()
}

/// What administrative actions require, all together.
fn administration() -> Permission {
    AdminAction::ALL.iter().map(|action| catalog().requirement(*action).unwrap()).collect()
}

#[test]
fn the_catalog_builds_and_is_the_same_each_time() {
    let built = builder().build().unwrap();
    assert_eq!(built.fingerprint(), messaging::catalog().fingerprint());
    assert_eq!(built.permissions(), Permission::all());
}

#[test]
fn bits_are_numbered_without_gaps() {
    let count = Permission::FLAGS.len();
    assert_eq!(Permission::all().bits(), (1 << count) - 1);
    for (number, flag) in Permission::FLAGS.iter().enumerate() {
        assert_eq!(flag.value().bits(), 1 << number, "{}", flag.name());
    }
}

#[test]
fn every_permission_has_a_title_of_its_own_and_a_group() {
    let mut titles = BTreeSet::new();
    let catalog = catalog();
    for permission in &catalog.document().permissions {
        let title = permission.title.clone().unwrap_or_else(|| panic!("{}", permission.name));
        assert!(permission.group.is_some(), "{}", permission.name);
        assert!(!title.as_str().ends_with('.'), "{title}");
        assert!(titles.insert(title), "{}", permission.name);
    }
    assert_eq!(titles.len(), Permission::FLAGS.len());
}

#[test]
fn every_role_is_named_here_and_has_a_title() {
    let catalog = catalog();
    let names: Vec<_> = catalog.document().roles.iter().map(|role| role.name.as_str()).collect();
    assert_eq!(names, ROLES.map(SystemRole::name));
    assert!(catalog.document().roles.iter().all(|role| role.title.is_some()));
}

#[test]
fn no_role_holds_what_lacks_a_prerequisite() {
    let catalog = catalog();
    for permission in &catalog.document().permissions {
        let it = catalog.permission(permission.name.as_str()).unwrap();
        let needs = catalog.known(&PermissionNames::Only(permission.needs.clone()));
        for role in ROLES {
            let (any, own) = (any(role), own(role));
            let name = role.name();
            assert!(!any.contains(it) || any.contains(needs), "{name}: {}", permission.name);
            assert!(
                !own.contains(it) || (any | own).contains(needs),
                "{name}: {}",
                permission.name
            );
        }
    }
}

#[test]
fn sending_and_receiving_are_linked_to_nothing() {
    let catalog = catalog();
    let both = Permission::SEND_MESSAGES | Permission::RECEIVE_MESSAGES;
    for permission in &catalog.document().permissions {
        let needs = catalog.known(&PermissionNames::Only(permission.needs.clone()));
        assert!(!needs.intersects(both), "{}", permission.name);
        let it = catalog.permission(permission.name.as_str()).unwrap();
        assert!(!both.contains(it) || needs.is_empty(), "{}", permission.name);
    }
    assert_eq!(any(SENDER), Permission::SEND_MESSAGES);
    assert_eq!(any(RECEIVER), Permission::RECEIVE_MESSAGES);
    assert!(any(USER).contains(both));
}

#[test]
fn every_administrative_action_has_a_critical_permission_of_its_own() {
    assert_eq!(administration().bits().count_ones() as usize, AdminAction::ALL.len());
    let catalog = catalog();
    for permission in &catalog.document().permissions {
        let it = catalog.permission(permission.name.as_str()).unwrap();
        let is_critical = permission.sensitivity == Sensitivity::Critical;
        assert!(is_critical || !administration().contains(it), "{}", permission.name);
    }
}

#[test]
fn what_takes_data_out_or_away_is_marked() {
    let catalog = catalog();
    let verbs = ["EXPORT_", "IMPORT_", "DELETE_", "ERASE_", "RESTORE_"];
    let marked =
        catalog.document().permissions.iter().filter(|permission| {
            verbs.iter().any(|verb| permission.name.as_str().starts_with(verb))
        });
    let mut seen = 0;
    for permission in marked {
        assert_ne!(permission.sensitivity, Sensitivity::Normal, "{}", permission.name);
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn what_only_owners_hold_is_this_and_nothing_else() {
    let others = ROLES.into_iter().filter(|role| *role != OWNER);
    let held: Permission = others.map(|role| any(role) | own(role)).collect();
    let owners = Permission::SUPERVISE_HISTORY
        | Permission::KEEP_HISTORY
        | Permission::MANAGE_RETENTION
        | Permission::DELETE_WORKSPACES
        | Permission::CLOSE_ORGANIZATION
        | Permission::TRANSFER_OWNERSHIP;
    assert_eq!(held.complement(), owners);
}

#[test]
fn ordinary_roles_administer_nothing() {
    let governing =
        [OWNER, ADMINISTRATOR, USER_ADMINISTRATOR, MANAGER, CREATOR, GROUP_ADMINISTRATOR];
    for role in ROLES {
        let administers = (any(role) | own(role)).intersects(administration());
        assert_eq!(administers, governing.contains(&role), "{}", role.name());
    }
    // Inviting and appointing make others what one is: a group administrator has only the group.
    let administered = any(GROUP_ADMINISTRATOR) & administration();
    assert_eq!(administered, Permission::MANAGE_RESOURCES);
}

#[test]
fn money_is_apart_from_administration() {
    let money =
        [Permission::VIEW_BILLING, Permission::MANAGE_BILLING, Permission::MANAGE_CHANNEL_FEES];
    for role in ROLES {
        let handles = money.iter().any(|it| (any(role) | own(role)).contains(*it));
        assert_eq!(handles, [OWNER, BILLING_ADMINISTRATOR].contains(&role), "{}", role.name());
    }
    assert_eq!(any(BILLING_ADMINISTRATOR), money.into_iter().collect());
}

#[test]
fn licences_are_these_and_hand_out_no_administration() {
    let catalog = catalog();
    let names = |roles: &[SystemRole]| roles.iter().map(|it| RoleName::from(*it)).collect();
    for role in &catalog.document().roles {
        let expected: BTreeSet<RoleName> = match role.name.as_str() {
            "administrator" => names(&[REVIEWER]),
            "user administrator" => names(&[AGENT, USER, SENDER, RECEIVER, VIEWER, VISITOR]),
            _ => BTreeSet::new(),
        };
        assert_eq!(role.assigns, expected, "{}", role.name);
        for assigned in &role.assigns {
            let any = catalog.role_permissions(assigned.clone()).unwrap();
            assert!(!any.intersects(administration()), "{assigned}");
        }
    }
}

#[test]
fn guests_and_programs_never_administer() {
    let catalog = catalog();
    for kind in [SubAccountKind::Guest, SubAccountKind::Service] {
        let rails = catalog.document().guardrails.iter().filter(|it| it.kinds.contains(&kind));
        let never: Permission = rails.map(|it| catalog.known(&it.never)).collect();
        assert!(never.contains(administration()), "{kind:?}");
        assert!(never.contains(any(BILLING_ADMINISTRATOR) | Permission::OPERATE_AS), "{kind:?}");
        let fitting = if kind == SubAccountKind::Guest { VISITOR } else { BOT };
        assert!(!never.intersects(any(fitting) | own(fitting)), "{kind:?}");
        // Somebody from outside may serve customers.
        assert!(!never.intersects(any(AGENT) | own(AGENT)), "{kind:?}");
    }
}

#[test]
fn an_archived_workspace_can_be_looked_at() {
    let catalog = catalog();
    let archived = &catalog.document().archived;
    let looks = ["VIEW_", "LIST_", "SUPERVISE_"];
    assert!(!archived.is_empty());
    for name in archived.iter() {
        assert!(looks.iter().any(|verb| name.as_str().starts_with(verb)), "{name}");
    }
    let left = catalog.known(archived);
    for permission in &catalog.document().permissions {
        let needs = catalog.known(&PermissionNames::Only(permission.needs.clone()));
        let it = catalog.permission(permission.name.as_str()).unwrap();
        assert!(!left.contains(it) || left.contains(needs), "{}", permission.name);
    }
}

#[test]
fn a_service_adds_to_it() {
    let translator = SystemRole::new("translator");
    let added = builder()
        .define(RoleDefinition::new(translator).any(Permission::VIEW_CONVERSATIONS))
        .limits(Limits { seats: Some(25), ..Limits::NONE })
        .requires(AdminAction::DeleteWorkspace, Permission::CLOSE_ORGANIZATION)
        .guardrail("A guest sees no contact", [SubAccountKind::Guest], Permission::VIEW_CONTACTS)
        .separate(
            "Who reviews access does not pay",
            2,
            Separation::Anywhere,
            [REVIEWER, BILLING_ADMINISTRATOR].map(DutyDefinition::Role),
        )
        .build()
        .unwrap();
    let (before, after) = (catalog(), added);
    assert_eq!(after.role_permissions(translator), Some(Permission::VIEW_CONVERSATIONS));
    assert_eq!(after.document().limits.seats, Some(25));
    assert_eq!(
        after.requirement(AdminAction::DeleteWorkspace),
        Some(Permission::CLOSE_ORGANIZATION)
    );
    // And everything else is what it was.
    let (old, new) = (before.document(), after.document());
    assert_eq!(new.roles[..ROLES.len()], old.roles);
    assert_eq!(new.permissions, old.permissions);
    assert_eq!(new.guardrails[..old.guardrails.len()], old.guardrails);
    assert_eq!(
        (&new.owner, &new.creator, &new.archived),
        (&old.owner, &old.creator, &old.archived)
    );
}

#[test]
fn a_role_is_not_defined_twice() {
    let refused = builder().role(AGENT, Permission::VIEW_CONVERSATIONS).build().unwrap_err();
    assert_eq!(refused, CatalogError::DuplicateRole("agent".to_owned()));
}
