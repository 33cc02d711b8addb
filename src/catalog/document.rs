//! The catalog as data: everything by name, so that it can be stored, shown, compared and read by another release.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::action::AdminAction;
use crate::model::{RoleName, ScopeKinds, SubAccountKind};
use crate::permission::{PermissionName, PermissionNames};
use crate::text::Name;

/// A catalog as data. It means something only once it was validated, by [`Catalog::from_document`].
///
/// [`Catalog::from_document`]: crate::Catalog::from_document
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogDocument {
    /// The document format; 1 today.
    pub format: u32,
    /// The edition, which the host raises with every change. Of all catalogs that an organization
    /// was decided under, the one with the highest edition is in force there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub edition: u64,
    /// The permissions, in the order of the application's declaration.
    pub permissions: Vec<PermissionDocument>,
    /// The system roles, in the order of the application's declaration.
    pub roles: Vec<RoleDocument>,
    /// The role of owners.
    pub owner: RoleName,
    /// The role that the maker of a scope holds there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<RoleName>,
    /// What each administrative action requires.
    pub requirements: BTreeMap<AdminAction, PermissionNames>,
    /// What is left at and below an archived workspace.
    pub archived: PermissionNames,
    /// Duties that must not meet in one hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duty_sets: Vec<DutySet>,
    /// What some kinds of sub-account never hold.
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
    /// Its name, as the flags type spells it.
    pub name: PermissionName,
    /// Names that it had in earlier releases and that still stand in stored data.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub formerly: BTreeSet<PermissionName>,
    /// Its title in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// The heading under which a user interface lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Name>,
    /// How much harm its misuse does.
    #[serde(default)]
    pub sensitivity: Sensitivity,
    /// The permissions without which it is not effective.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub needs: BTreeSet<PermissionName>,
}

/// How much harm the misuse of a permission does.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Everyday work.
    #[default]
    Normal,
    /// Leaks or loses data: exporting, deleting.
    Sensitive,
    /// Decides over others or over money: administration, billing.
    Critical,
}

/// One system role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleDocument {
    /// Its name.
    pub name: RoleName,
    /// Its title in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// What it grants on everything in scope.
    pub any: PermissionNames,
    /// What it grants only on what the sub-account owns or is assigned.
    pub own: PermissionNames,
    /// The system roles whose permissions it holds too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub includes: BTreeSet<RoleName>,
    /// The kinds of scope at which it may be assigned.
    pub assignable: ScopeKinds,
    /// The system roles that its holder may assign without holding what they grant: its licence.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub assigns: BTreeSet<RoleName>,
    /// How many may hold it in one organization.
    #[serde(default)]
    pub holders: Holders,
}

/// How many sub-accounts may hold a role in one organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holders {
    /// At least this many.
    #[serde(default)]
    pub at_least: u32,
    /// At most this many; no limit if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
}

/// A separation-of-duty set (ANSI INCITS 359): nobody may have `limit` or more of its duties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutySet {
    /// What it protects, in words.
    pub name: Name,
    /// The duties.
    pub duties: Vec<Duty>,
    /// The number of duties that is too many for one hand; at least 2.
    pub limit: u32,
    /// Whether duties count together anywhere in the organization or only at one scope.
    pub separation: Separation,
}

/// Where duties count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separation {
    /// Anywhere in the organization.
    Anywhere,
    /// Only at one and the same scope.
    AtOneScope,
}

/// One duty: whoever holds the role, or all of the permissions at one scope, has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Holding a system role.
    Role(RoleName),
    /// Holding all of these permissions.
    Permissions(PermissionNames),
}

/// What some kinds of sub-account never hold, anywhere, whoever grants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrail {
    /// What it protects, in words.
    pub name: Name,
    /// The kinds of sub-account that it concerns.
    pub kinds: BTreeSet<SubAccountKind>,
    /// What they never hold.
    pub never: PermissionNames,
}

/// Default limits of an organization. `None` is no limit.
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
    /// The most open invitations of one person, with all services together.
    pub open_invitations: Option<u32>,
}

impl Limits {
    /// One owner at least, and nothing else limited.
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
