//! Role: a named set of permissions with two parts, and the rules for assigning it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::RoleId;
use crate::model::scope::ScopeKinds;
use crate::permission::PermissionNames;
use crate::text::{Name, text};

/// A custom role of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: Name,
    /// What it grants on everything in scope.
    pub any: PermissionNames,
    /// What it grants only on objects that the sub-account owns or is assigned.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub own: PermissionNames,
    /// The roles whose permissions it has too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub includes: BTreeSet<RoleRef>,
    /// The kinds of scope at which it may be assigned.
    pub assignable: ScopeKinds,
    /// The licence: the roles that a holder may assign without having their permissions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub assigns: BTreeSet<RoleRef>,
}

impl Role {
    /// Returns a role that grants `any` and may be assigned at every kind of scope.
    pub const fn new(id: RoleId, name: Name, any: PermissionNames) -> Self {
        Self {
            id,
            name,
            any,
            own: PermissionNames::none(),
            includes: BTreeSet::new(),
            assignable: ScopeKinds::all(),
            assigns: BTreeSet::new(),
        }
    }
}

text! {
    /// The name of a system role, as the catalog spells it.
    RoleName, "role name", 64
}

/// A system role in the application's code.
///
/// ```
/// use tenantry::SystemRole;
///
/// const AGENT: SystemRole = SystemRole::new("agent");
/// ```
///
/// A name that could not be a role name does not compile:
///
/// ```compile_fail
/// const NOBODY: tenantry::SystemRole = tenantry::SystemRole::new("");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemRole(&'static str);

impl SystemRole {
    /// Returns the system role with this name. Meant for `const` items.
    ///
    /// # Panics
    ///
    /// In a `const`, and so at compile time, if the name is empty, longer than [`RoleName::LIMIT`]
    /// bytes, or has anything but printable ASCII.
    pub const fn new(name: &'static str) -> Self {
        assert!(!name.is_empty() && name.len() <= RoleName::LIMIT, "a role name has 1 to 64 bytes");
        let mut rest = name.as_bytes();
        while let [first, tail @ ..] = rest {
            assert!(
                *first >= b' ' && *first <= b'~',
                "the name of a system role is printable ASCII"
            );
            rest = tail;
        }
        Self(name)
    }

    /// The role's name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// A role of the catalog or of the organization. The two are never equal, even if their names are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleRef {
    /// A role of the catalog. In a process whose catalog lacks it, the name is kept and grants
    /// nothing.
    System(RoleName),
    /// A role of the organization.
    Custom(RoleId),
}

impl From<SystemRole> for RoleRef {
    fn from(role: SystemRole) -> Self {
        Self::System(RoleName::from(role))
    }
}

impl From<RoleId> for RoleRef {
    fn from(id: RoleId) -> Self {
        Self::Custom(id)
    }
}

impl From<RoleName> for RoleRef {
    fn from(name: RoleName) -> Self {
        Self::System(name)
    }
}

impl From<SystemRole> for RoleName {
    fn from(role: SystemRole) -> Self {
        Self(role.0.into())
    }
}

impl fmt::Display for RoleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(name) => fmt::Display::fmt(name, f),
            Self::Custom(id) => fmt::Display::fmt(id, f),
        }
    }
}
