//! What every engine does here: hold the same facts, answer the same questions, take the same change. Each has its own
//! file and is written as somebody would who knows it well and wants it fast.

use tenantry::{OrganizationId, SubAccountId, WorkspaceId};

use crate::workload::{Permission, Question, Tenant};

/// One organization as plain facts, which is all that an engine is told.
pub struct Facts {
    pub organization: OrganizationId,
    pub accounts: Vec<SubAccountId>,
    pub workspaces: Vec<WorkspaceId>,
    pub assignments: Vec<Assignment>,
}

/// A role that a sub-account has at a workspace; the role is a position in [`ROLES`](crate::workload::ROLES).
#[derive(Debug, Clone, Copy)]
pub struct Assignment {
    pub sub_account: SubAccountId,
    pub workspace: WorkspaceId,
    pub role: usize,
}

/// One more assignment, in the organization at that position.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    pub organization: usize,
    pub assignment: Assignment,
}

/// An engine with what it holds.
pub trait Engine: Sized {
    /// What it is called in the table.
    const NAME: &'static str;
    /// The crate whose version is shown.
    const PACKAGE: &'static str;
    /// A question with its identifiers in the engine's own types, which a service keeps with its session. The request
    /// itself is put together by the check.
    type Question;

    /// What is there before anything is loaded: policies, and records in a store if the engine has one.
    fn new(facts: &[Facts]) -> Self;

    /// Builds whatever checks read, for all organizations.
    fn load(&mut self, facts: &[Facts]);

    fn question(&self, question: &Question) -> Self::Question;

    /// Whether it is allowed.
    fn check(&mut self, question: &Self::Question) -> bool;

    /// Makes an assignment that the next check sees.
    fn grant(&mut self, grant: &Grant);
}

impl From<&Tenant> for Facts {
    fn from(tenant: &Tenant) -> Self {
        let assignments = tenant
            .made
            .iter()
            .map(|(sub_account, workspace, role)| Assignment {
                sub_account: *sub_account,
                workspace: *workspace,
                role: *role,
            })
            .collect();
        Self {
            organization: tenant.organization.id(),
            accounts: tenant.accounts.clone(),
            workspaces: tenant.workspaces.clone(),
            assignments,
        }
    }
}

/// What the text-based engines call the permissions.
pub const PERMISSIONS: [(Permission, &str); 8] = [
    (Permission::VIEW, "view"),
    (Permission::REPLY, "reply"),
    (Permission::ASSIGN, "assign"),
    (Permission::EXPORT, "export"),
    (Permission::EDIT, "edit"),
    (Permission::DELETE, "delete"),
    (Permission::MANAGE, "manage"),
    (Permission::ADMINISTER, "administer"),
];

/// The names of the permissions in a set.
pub fn names(permissions: Permission) -> impl Iterator<Item = &'static str> {
    PERMISSIONS
        .into_iter()
        .filter(move |(permission, _)| permissions.contains(*permission))
        .map(|(_, name)| name)
}

/// The name of a single permission.
pub fn name(permission: Permission) -> &'static str {
    names(permission).next().unwrap()
}

/// An id as the text-based engines write it.
pub fn text(id: u128) -> String {
    format!("{id:032x}")
}
