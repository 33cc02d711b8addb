//! A ready-made catalog for messaging and customer-service products.
//!
//! It has the usual permissions of such products as [`Permission`], the usual roles, the permission
//! that each administrative action requires, and guardrails. `docs/MESSAGING.md` in the repository
//! lists all of it: the permissions by group, the matrix of roles, the licences and the guardrails.
//!
//! ```
//! use tenantry::messaging::{self, Permission};
//! use tenantry::{Context, Directory, Login, NewResource};
//!
//! let directory = Directory::new(messaging::catalog());
//! let (lin, wu): (Login, Login) = ("lin@acme.example".parse()?, "wu@acme.example".parse()?);
//! let acme = directory.create_organization("Acme", &lin)?;
//! let admin = directory.administer(acme.organization, acme.owner, &Context::new());
//! let support = admin.create_workspace("Support")?;
//! let invited = admin.invite(&wu).role(messaging::AGENT, support).issue()?;
//! let agent = directory.accept(&invited.token, &wu)?;
//! let own = admin.create_resource(&NewResource::new("conversation", support).owner(agent))?;
//! let other = admin.create_resource(&NewResource::new("conversation", support).owner(acme.owner))?;
//!
//! let snapshot = directory.snapshot(acme.organization)?;
//! let me = snapshot.subject(agent);
//! assert!(me.can(Permission::REPLY, own));
//! assert!(!me.can(Permission::REPLY, other));
//! assert!(me.can(Permission::SEND_MESSAGES, support));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Extending it
//!
//! [`builder`] returns the same catalog before it is built: a service can add roles, set limits,
//! separate duties, or change what an action requires. Existing roles keep their meaning, and a
//! role that is defined twice is refused. To assign an added role, one must have its permissions,
//! or hold a role that assigns it:
//!
//! ```
//! use tenantry::catalog::Limits;
//! use tenantry::messaging::{self, Permission};
//! use tenantry::{RoleDefinition, SystemRole};
//!
//! const TRANSLATOR: SystemRole = SystemRole::new("translator");
//! const RECRUITER: SystemRole = SystemRole::new("recruiter");
//!
//! let catalog = messaging::builder()
//!     .role(TRANSLATOR, Permission::VIEW_CONVERSATIONS | Permission::VIEW_FILES)
//!     .define(
//!         RoleDefinition::new(RECRUITER)
//!             .includes([messaging::USER_ADMINISTRATOR])
//!             .assigns([TRANSLATOR]),
//!     )
//!     .limits(Limits { seats: Some(25), ..Limits::NONE })
//!     .build()?;
//! assert!(catalog.role_permissions(messaging::OWNER) == Some(Permission::all()));
//! # Ok::<(), tenantry::catalog::CatalogError>(())
//! ```
//!
//! The catalog has edition 0; a release of this library that changes it raises the edition. A
//! service that extends it sets an [edition](CatalogBuilder::edition) of its own and raises it with
//! every change, including one that comes with an update of this library.
//!
//! A service that needs other permissions defines a catalog of its own. Nothing else in this
//! library depends on this one.

mod permission;
mod roles;

pub use permission::Permission;
pub use roles::{
    ADMINISTRATOR, AGENT, BILLING_ADMINISTRATOR, BOT, CREATOR, GROUP_ADMINISTRATOR, MANAGER, OWNER,
    RECEIVER, REVIEWER, SENDER, SUB_ACCOUNT_OPERATOR, USER, USER_ADMINISTRATOR, VIEWER, VISITOR,
};

use crate::catalog::{AdminAction, Catalog, CatalogBuilder};
use crate::model::SubAccountKind;

/// Returns the catalog. Builds and validates it at each call; clones share it.
///
/// # Panics
///
/// Never: it is built from constants only, and a test builds it.
#[expect(clippy::expect_used, reason = "built from constants alone, and a test builds it")]
pub fn catalog() -> Catalog<Permission> {
    builder().build().expect("the ready-made catalog is valid")
}

/// Returns the catalog before it is built, for a service that extends it.
pub fn builder() -> CatalogBuilder<Permission> {
    let builder = permission::describe(Catalog::builder());
    let builder = roles::define(builder);
    let required = |builder: CatalogBuilder<_>, (action, permission): &(AdminAction, _)| {
        builder.requires(*action, *permission)
    };
    let builder = REQUIREMENTS.iter().fold(builder, required);
    guardrails(builder).archived(archived())
}

/// The permission that each administrative action requires. A permission of its own wherever
/// different people do it.
const REQUIREMENTS: &[(AdminAction, Permission)] = &[
    (AdminAction::EditOrganization, Permission::EDIT_ORGANIZATION),
    (AdminAction::ManageOrganizationStatus, Permission::CLOSE_ORGANIZATION),
    (AdminAction::ManageSecurity, Permission::MANAGE_SECURITY),
    (AdminAction::ManageConsents, Permission::MANAGE_CONSENTS),
    (AdminAction::CreateWorkspace, Permission::CREATE_WORKSPACES),
    (AdminAction::EditWorkspace, Permission::EDIT_WORKSPACE),
    (AdminAction::ArchiveWorkspace, Permission::ARCHIVE_WORKSPACES),
    (AdminAction::DeleteWorkspace, Permission::DELETE_WORKSPACES),
    (AdminAction::ManageResources, Permission::MANAGE_RESOURCES),
    (AdminAction::ManageInheritance, Permission::MANAGE_INHERITANCE),
    (AdminAction::ManageCeilings, Permission::MANAGE_CEILINGS),
    (AdminAction::CreateSubAccount, Permission::CREATE_ACCOUNTS),
    (AdminAction::Invite, Permission::INVITE),
    (AdminAction::ApproveRequests, Permission::APPROVE_REQUESTS),
    (AdminAction::EditSubAccount, Permission::EDIT_ACCOUNTS),
    (AdminAction::SuspendSubAccount, Permission::SUSPEND_ACCOUNTS),
    (AdminAction::RemoveSubAccount, Permission::REMOVE_ACCOUNTS),
    (AdminAction::RequireCredentialReset, Permission::RESET_CREDENTIALS),
    (AdminAction::EraseSubAccount, Permission::ERASE_ACCOUNTS),
    (AdminAction::ManageBoundaries, Permission::LIMIT_ACCOUNTS),
    (AdminAction::ManageServices, Permission::MANAGE_SERVICES),
    (AdminAction::ManageTeams, Permission::MANAGE_TEAMS),
    (AdminAction::ManageTeamMembers, Permission::MANAGE_TEAM_MEMBERS),
    (AdminAction::ManageRoles, Permission::MANAGE_ROLES),
    (AdminAction::Assign, Permission::ASSIGN_ROLES),
    (AdminAction::Deny, Permission::DENY_PERMISSIONS),
    (AdminAction::Delegate, Permission::DELEGATE_ACCESS),
    (AdminAction::TransferOwnership, Permission::TRANSFER_OWNERSHIP),
];

/// The permissions that guests and programs never have, from whatever grant.
fn guardrails(builder: CatalogBuilder<Permission>) -> CatalogBuilder<Permission> {
    let administration =
        REQUIREMENTS.iter().fold(Permission::empty(), |all, (_, permission)| all | *permission);
    let bulk = Permission::IMPORT_CONTACTS
        | Permission::EXPORT_CONTACTS
        | Permission::EXPORT_REPORTS
        | Permission::EXPORT_AUDIT
        | Permission::EXPORT_DATA
        | Permission::IMPORT_DATA;
    let money =
        Permission::VIEW_BILLING | Permission::MANAGE_BILLING | Permission::MANAGE_CHANNEL_FEES;
    let over_others = Permission::SUPERVISE_HISTORY
        | Permission::KEEP_HISTORY
        | Permission::OPERATE_AS
        | Permission::MANAGE_REVIEWS
        | Permission::REVIEW_ACCESS
        | Permission::MANAGE_RETENTION;
    let guest = [SubAccountKind::Guest];
    let service = [SubAccountKind::Service];
    builder
        .guardrail("A guest never administers", guest, administration)
        .guardrail("A guest never exports or imports", guest, bulk)
        .guardrail("A guest never handles money", guest, money)
        .guardrail("A guest never watches or stands in for others", guest, over_others)
        .guardrail("A program never administers", service, administration)
        .guardrail("A program never handles money", service, money)
        .guardrail("A program never watches or stands in for others", service, over_others)
}

/// The permissions that remain in an archived workspace: those that only read.
fn archived() -> Permission {
    Permission::VIEW_CONVERSATIONS
        | Permission::VIEW_GROUPS
        | Permission::LIST_MEMBERS
        | Permission::LIST_ADMINISTRATORS
        | Permission::VIEW_CONTACTS
        | Permission::VIEW_CONTACT_DETAILS
        | Permission::VIEW_FILES
        | Permission::VIEW_BROADCASTS
        | Permission::VIEW_TASKS
        | Permission::VIEW_CALENDAR
        | Permission::VIEW_REPORTS
        | Permission::VIEW_PERFORMANCE
        | Permission::SUPERVISE_HISTORY
        | Permission::VIEW_AUDIT
        | Permission::VIEW_BILLING
        | Permission::VIEW_ACCOUNTS
        | Permission::VIEW_WORKSPACE_SETTINGS
}
