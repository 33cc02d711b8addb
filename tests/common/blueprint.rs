//! Blueprints: organizations in small numbers, before any id is chosen.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tenantry::model::{
    Condition, Effect, OrganizationStatus, Reach, Status, SubAccountKind, Validity,
};
use tenantry::text::Label;
use tenantry::{OrganizationId, PermissionNames};

/// A whole organization. What refers to something does so by its position in the list of its kind.
#[derive(Debug, Clone)]
pub(crate) struct Blueprint {
    pub(crate) status: OrganizationStatus,
    pub(crate) ceiling: Option<PermissionNames>,
    pub(crate) policy: Vec<Condition>,
    pub(crate) labels: BTreeSet<Label>,
    pub(crate) workspaces: Vec<WorkspacePlan>,
    pub(crate) resources: Vec<ResourcePlan>,
    pub(crate) sub_accounts: Vec<SubAccountPlan>,
    /// The team that holds each team, always an earlier one.
    pub(crate) teams: Vec<Option<usize>>,
    /// Sub-account and team.
    pub(crate) memberships: BTreeSet<(usize, usize)>,
    pub(crate) roles: Vec<RolePlan>,
    pub(crate) assignments: Vec<AssignmentPlan>,
    pub(crate) consents: Vec<ConsentPlan>,
}

/// What workspaces and resources have in common.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    pub(crate) inherits: PermissionNames,
    pub(crate) ceiling: Option<PermissionNames>,
    pub(crate) labels: BTreeSet<Label>,
    pub(crate) has_key: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct WorkspacePlan {
    pub(crate) area: Area,
    pub(crate) is_archived: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct ResourcePlan {
    /// A workspace, or an earlier resource.
    pub(crate) parent: Place,
    pub(crate) owner: Option<usize>,
    pub(crate) area: Area,
}

/// A scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Root,
    Workspace(usize),
    Resource(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct SubAccountPlan {
    pub(crate) kind: SubAccountKind,
    /// The owner, if it is a service: a member.
    pub(crate) owner: usize,
    pub(crate) status: Status,
    pub(crate) is_flagged: bool,
    pub(crate) ends: Option<Timestamp>,
    pub(crate) boundary: Option<PermissionNames>,
}

/// A system role by name or a custom role by position.
#[derive(Debug, Clone)]
pub(crate) enum RoleUse {
    System(&'static str),
    Custom(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct RolePlan {
    pub(crate) any: PermissionNames,
    pub(crate) own: PermissionNames,
    /// System roles, and custom roles that come earlier.
    pub(crate) includes: Vec<RoleUse>,
}

/// Whom an assignment concerns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whom {
    SubAccount(usize),
    Team(usize),
    MembersOf(Place),
}

/// What an assignment grants or denies.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Role(RoleUse),
    Permissions { any: PermissionNames, own: PermissionNames },
}

#[derive(Debug, Clone)]
pub(crate) struct AssignmentPlan {
    pub(crate) whom: Whom,
    pub(crate) what: What,
    pub(crate) place: Place,
    pub(crate) effect: Effect,
    pub(crate) reach: Reach,
    pub(crate) validity: Validity,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) delegator: Option<usize>,
    pub(crate) has_reason: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct ConsentPlan {
    pub(crate) operators: OrganizationId,
    pub(crate) place: Place,
    pub(crate) mask: PermissionNames,
    pub(crate) starts: Option<Timestamp>,
    pub(crate) ends: Timestamp,
}
