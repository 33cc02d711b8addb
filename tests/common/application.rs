//! The application under test: its permissions and its catalog.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use tenantry::catalog::{Catalog, PermissionDocument, RoleDefinition, Sensitivity};
use tenantry::model::{ScopeKinds, SystemRole};
use tenantry::{PermissionName, PermissionNames};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u64 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const ASSIGN = 1 << 2;
        const EXPORT = 1 << 7;
        const DELETE = 1 << 8;
        const BILLING = 1 << 15;
        const INVITE = 1 << 31;
        const MANAGE = 1 << 32;
        const AUDIT = 1 << 47;
        const ERASE = 1 << 63;
        /// A composite is a convenience of the application and no permission of its own.
        const EVERYDAY = Self::VIEW.bits() | Self::REPLY.bits();
    }
}

/// A bit that no permission has.
pub(crate) const UNNAMED: Permission = Permission::from_bits_retain(1 << 40);

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
pub(crate) const ADMINISTRATOR: SystemRole = SystemRole::new("administrator");
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");
pub(crate) const READER: SystemRole = SystemRole::new("reader");
pub(crate) const AUDITOR: SystemRole = SystemRole::new("auditor");
pub(crate) const CLERK: SystemRole = SystemRole::new("clerk");

/// The system roles, and the name of one that this catalog does not have.
pub(crate) const ROLE_NAMES: [&str; 7] =
    ["owner", "administrator", "agent", "reader", "auditor", "clerk", "wizard"];

/// The permissions, a former name of one, and a name from a release to come.
pub(crate) const PERMISSION_NAMES: [&str; 12] = [
    "VIEW", "REPLY", "ASSIGN", "EXPORT", "DELETE", "BILLING", "INVITE", "MANAGE", "AUDIT", "ERASE",
    "DOWNLOAD", "FUTURE",
];

/// The catalog: parts, includes, a chain of prerequisites, a former name, a read set of archived workspaces.
pub(crate) fn catalog() -> &'static Catalog<Permission> {
    static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
        Catalog::builder()
            .role(OWNER, Permission::all())
            .define(
                RoleDefinition::new(ADMINISTRATOR)
                    .any(Permission::INVITE | Permission::MANAGE | Permission::ASSIGN)
                    .includes([AGENT, AUDITOR])
                    .assigns([AGENT, READER]),
            )
            .role_with(
                AGENT,
                Permission::EVERYDAY | Permission::ASSIGN,
                Permission::EXPORT | Permission::DELETE,
            )
            .role(READER, Permission::VIEW)
            .define(RoleDefinition::new(AUDITOR).any(Permission::AUDIT).includes([READER]))
            .define(
                RoleDefinition::new(CLERK)
                    .own(Permission::EVERYDAY | Permission::BILLING)
                    .assignable(ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE),
            )
            .needs(Permission::REPLY, Permission::VIEW)
            .needs(Permission::EXPORT, Permission::VIEW)
            .needs(Permission::DELETE, Permission::EXPORT)
            .needs(Permission::ERASE, Permission::DELETE | Permission::MANAGE)
            .formerly(Permission::EXPORT, "DOWNLOAD")
            .archived(Permission::VIEW | Permission::EXPORT | Permission::AUDIT)
            .owner(OWNER)
            .administration(Permission::MANAGE)
            .build()
            .unwrap()
    });
    &CATALOG
}

/// The catalog of a later release: it has a permission that this process does not know, and what needs that permission
/// can never be effective here, nor what needs that in turn.
pub(crate) fn newer_catalog() -> &'static Catalog<Permission> {
    static NEWER: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
        let mut document = catalog().document().clone();
        let future = PermissionName::new("FUTURE").unwrap();
        for permission in &mut document.permissions {
            match permission.name.as_str() {
                "AUDIT" => permission.needs.insert(future.clone()),
                "INVITE" => permission.needs.insert(PermissionName::new("AUDIT").unwrap()),
                _ => false,
            };
        }
        document.permissions.push(PermissionDocument {
            name: future,
            formerly: BTreeSet::new(),
            title: None,
            group: None,
            sensitivity: Sensitivity::Normal,
            needs: BTreeSet::new(),
        });
        for role in &mut document.roles {
            if role.name.as_str() == "owner" {
                role.any = PermissionNames::Full;
            }
        }
        Catalog::from_document(document).unwrap()
    });
    &NEWER
}

/// What is asked for: every permission alone, some together, nothing, and a bit that is no permission.
pub(crate) fn requests() -> impl Iterator<Item = Permission> {
    let sets = [
        Permission::EVERYDAY,
        Permission::ASSIGN | Permission::DELETE,
        Permission::all(),
        Permission::empty(),
        UNNAMED,
        UNNAMED | Permission::VIEW,
    ];
    catalog().permissions().iter().chain(sets)
}
