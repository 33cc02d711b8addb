//! The catalog as data: everything by name, to store, show, compare, and read in another release.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::action::AdminAction;
use crate::model::{RoleName, ScopeKinds, SubAccountKind};
use crate::permission::{PermissionName, PermissionNames};
use crate::text::Name;

/// A catalog as data. Not validated; see [`Catalog::from_document`].
///
/// [`Catalog::from_document`]: crate::Catalog::from_document
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogDocument {
    /// The document format; 1.
    pub format: u32,
    /// The edition, which the host raises with every change. Of all catalogs that an organization
    /// was decided under, the one with the highest edition is in force.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub edition: u64,
    /// The permissions, in the order of the application's declaration.
    pub permissions: Vec<PermissionDocument>,
    /// The system roles, in the order of the application's declaration.
    pub roles: Vec<RoleDocument>,
    /// The role of owners.
    pub owner: RoleName,
    /// The role that the creator of a scope gets there. `None` for no role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<RoleName>,
    /// The permissions that each administrative action requires.
    pub requirements: BTreeMap<AdminAction, PermissionNames>,
    /// The permissions that remain at and below an archived workspace.
    pub archived: PermissionNames,
    /// The separation-of-duty sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duty_sets: Vec<DutySet>,
    /// The guardrails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardrails: Vec<Guardrail>,
    /// Default limits of an organization.
    pub limits: Limits,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(edition: &u64) -> bool {
    *edition == 0
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionDocument {
    /// Its name, as in the flags type.
    pub name: PermissionName,
    /// Names that it had in earlier releases and that stored data still uses.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub formerly: BTreeSet<PermissionName>,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// The heading under which a user interface lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Name>,
    /// How harmful its misuse is.
    #[serde(default)]
    pub sensitivity: Sensitivity,
    /// Its prerequisites.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub needs: BTreeSet<PermissionName>,
}

/// How harmful the misuse of a permission is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Everyday work.
    #[default]
    Normal,
    /// Leaks or loses data, such as exporting and deleting.
    Sensitive,
    /// Decides over others or over money, such as administration and billing.
    Critical,
}

/// One system role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleDocument {
    /// Its name.
    pub name: RoleName,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// What it grants on everything in scope.
    pub any: PermissionNames,
    /// What it grants only on objects that the sub-account owns or is assigned.
    pub own: PermissionNames,
    /// The system roles whose permissions it has too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub includes: BTreeSet<RoleName>,
    /// The kinds of scope at which it may be assigned.
    pub assignable: ScopeKinds,
    /// The licence: the system roles that a holder may assign without having their permissions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub assigns: BTreeSet<RoleName>,
    /// How many sub-accounts may hold it in one organization.
    #[serde(default)]
    pub holders: Holders,
}

/// The number of sub-accounts that may hold a role in one organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holders {
    /// The least number.
    #[serde(default)]
    pub at_least: u32,
    /// The largest number. `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
}

/// A separation-of-duty set (ANSI INCITS 359): no one may have `limit` or more of its duties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutySet {
    /// The name that a refusal shows.
    pub name: Name,
    /// The duties.
    pub duties: Vec<Duty>,
    /// The number of duties that is too many for one sub-account; at least 2.
    pub limit: u32,
    /// Whether duties count together across the organization or only at one scope.
    pub separation: Separation,
}

/// Where duties count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separation {
    /// Anywhere in the organization.
    Anywhere,
    /// Only at the same scope.
    AtOneScope,
}

/// A duty: to hold a role, or to have all of some permissions at one scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Holding a system role.
    Role(RoleName),
    /// Holding all of these permissions.
    Permissions(PermissionNames),
}

/// Permissions that some kinds of sub-account never have, from whatever grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrail {
    /// The name that a refusal shows.
    pub name: Name,
    /// The kinds of sub-account.
    pub kinds: BTreeSet<SubAccountKind>,
    /// The permissions that they never have.
    pub never: PermissionNames,
}

/// The default limits of an organization. `None` for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The least number of owners; at least 1.
    pub min_owners: u32,
    /// The most active members and guests.
    pub seats: Option<u32>,
    /// The most sub-accounts in any status.
    pub sub_accounts: Option<u32>,
    /// The most workspaces.
    pub workspaces: Option<u32>,
    /// The most resources.
    pub resources: Option<u32>,
    /// The most teams.
    pub teams: Option<u32>,
    /// The most custom roles.
    pub roles: Option<u32>,
    /// The most assignments.
    pub assignments: Option<u32>,
    /// The most open invitations of one person, counted together with those of its services.
    pub open_invitations: Option<u32>,
}

impl Limits {
    /// At least one owner, and no other limit.
    pub const NONE: Self = Self {
        min_owners: 1,
        seats: None,
        sub_accounts: None,
        workspaces: None,
        resources: None,
        teams: None,
        roles: None,
        assignments: None,
        open_invitations: None,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::NONE
    }
}
