//! The system roles, each with the least permissions that its work needs.

use crate::catalog::{CatalogBuilder, RoleDefinition};
use crate::messaging::permission::Permission;
use crate::model::{ScopeKinds, SystemRole};

/// Owns the organization and holds every permission, those of later releases included.
pub const OWNER: SystemRole = SystemRole::new("owner");
/// Runs the organization, except its money and the actions that only owners do.
pub const ADMINISTRATOR: SystemRole = SystemRole::new("administrator");
/// Manages sub-accounts and assigns the ordinary roles without having their permissions.
pub const USER_ADMINISTRATOR: SystemRole = SystemRole::new("user administrator");
/// Runs a workspace: its settings, people, channels and conversations.
pub const MANAGER: SystemRole = SystemRole::new("manager");
/// Moderates a customer group, answers, announces, and manages its members and files.
pub const GROUP_ADMINISTRATOR: SystemRole = SystemRole::new("group administrator");
/// The role of the creator of a workspace or a resource there: a group administrator who appoints
/// others.
pub const CREATOR: SystemRole = SystemRole::new("creator");
/// Serves the customers that are assigned to it.
pub const AGENT: SystemRole = SystemRole::new("agent");
/// An ordinary member: talks, sees the team, works on its own tasks.
pub const USER: SystemRole = SystemRole::new("user");
/// Sends messages and cannot read any.
pub const SENDER: SystemRole = SystemRole::new("sender");
/// Receives messages and cannot send any.
pub const RECEIVER: SystemRole = SystemRole::new("receiver");
/// Sees conversations, contacts, files, tasks and reports, without the details of contacts, and
/// changes nothing.
pub const VIEWER: SystemRole = SystemRole::new("viewer");
/// A temporary participant who reads what the team says. Fits guests.
pub const VISITOR: SystemRole = SystemRole::new("visitor");
/// Manages the subscription and the fees of channels, and sees no conversation.
pub const BILLING_ADMINISTRATOR: SystemRole = SystemRole::new("billing administrator");
/// Decides in access reviews and reads the audit trail.
pub const REVIEWER: SystemRole = SystemRole::new("reviewer");
/// A program that answers in the conversations assigned to it. Fits services.
pub const BOT: SystemRole = SystemRole::new("bot");
/// One of the few who may operate one sub-account in its name; assigned at that sub-account's
/// resource.
pub const SUB_ACCOUNT_OPERATOR: SystemRole = SystemRole::new("sub-account operator");

pub(super) fn define(builder: CatalogBuilder<Permission>) -> CatalogBuilder<Permission> {
    let builder = governing(builder);
    let builder = working(builder);
    apart(builder).owner(OWNER).creator(CREATOR)
}

const ORGANIZATION: ScopeKinds = ScopeKinds::ORGANIZATION;
const ORGANIZATION_OR_WORKSPACE: ScopeKinds = ORGANIZATION.union(ScopeKinds::WORKSPACE);
const WORKSPACE_OR_RESOURCE: ScopeKinds = ScopeKinds::WORKSPACE.union(ScopeKinds::RESOURCE);

/// The roles that decide over others.
fn governing(builder: CatalogBuilder<Permission>) -> CatalogBuilder<Permission> {
    let account_administration = Permission::VIEW_ACCOUNTS
        | Permission::INVITE
        | Permission::CREATE_ACCOUNTS
        | Permission::EDIT_ACCOUNTS
        | Permission::SUSPEND_ACCOUNTS
        | Permission::REMOVE_ACCOUNTS
        | Permission::RESET_CREDENTIALS
        | Permission::APPROVE_REQUESTS
        | Permission::MANAGE_TEAMS
        | Permission::MANAGE_TEAM_MEMBERS
        | Permission::ASSIGN_ROLES
        | Permission::VIEW_GROUPS
        | Permission::LIST_MEMBERS
        | Permission::LIST_ADMINISTRATORS;
    let organization_administration = Permission::ERASE_ACCOUNTS
        | Permission::LIMIT_ACCOUNTS
        | Permission::MANAGE_SERVICES
        | Permission::MANAGE_ROLES
        | Permission::MANAGE_INHERITANCE
        | Permission::MANAGE_CEILINGS
        | Permission::CREATE_WORKSPACES
        | Permission::ARCHIVE_WORKSPACES
        | Permission::EDIT_ORGANIZATION
        | Permission::MANAGE_SECURITY
        | Permission::MANAGE_CONSENTS
        | Permission::VIEW_AUDIT
        | Permission::EXPORT_AUDIT
        | Permission::MANAGE_REVIEWS
        | Permission::EXPORT_DATA
        | Permission::IMPORT_DATA
        | Permission::RESTORE_DATA
        | Permission::DELETE_CONVERSATIONS;
    let appointing = Permission::VIEW_ACCOUNTS
        | Permission::INVITE
        | Permission::APPROVE_REQUESTS
        | Permission::ASSIGN_ROLES
        | Permission::VIEW_WORKSPACE_SETTINGS
        | Permission::EDIT_WORKSPACE;
    builder
        .define(
            RoleDefinition::new(OWNER)
                .title("Owner")
                .any(Permission::all())
                .assignable(ORGANIZATION),
        )
        .define(
            RoleDefinition::new(ADMINISTRATOR)
                .title("Administrator")
                .any(organization_administration)
                .includes([MANAGER, USER_ADMINISTRATOR])
                // A reviewer reviews the grants of administrators, so they appoint one without
                // being one.
                .assigns([REVIEWER])
                .assignable(ORGANIZATION),
        )
        .define(
            RoleDefinition::new(USER_ADMINISTRATOR)
                .title("User administrator")
                .any(account_administration)
                .own(Permission::EDIT_PROFILE)
                // None of these roles administers anything: to assign administration, one must have
                // it.
                .assigns([AGENT, USER, SENDER, RECEIVER, VIEWER, VISITOR])
                .assignable(ORGANIZATION_OR_WORKSPACE),
        )
        .define(
            RoleDefinition::new(MANAGER)
                .title("Manager")
                .any(appointing | workspace_management())
                .includes([GROUP_ADMINISTRATOR, AGENT, VIEWER])
                .assignable(ORGANIZATION_OR_WORKSPACE),
        )
        .define(
            RoleDefinition::new(CREATOR)
                .title("Creator of a workspace or a group")
                .any(appointing)
                .includes([GROUP_ADMINISTRATOR])
                .assignable(WORKSPACE_OR_RESOURCE),
        )
        .define(
            RoleDefinition::new(GROUP_ADMINISTRATOR)
                .title("Group administrator")
                .any(group_administration())
                .includes([USER])
                .assignable(WORKSPACE_OR_RESOURCE),
        )
}

/// The permissions to run a workspace, except serving its customers and appointing its people.
fn workspace_management() -> Permission {
    Permission::ASSIGN_CONVERSATIONS
        | Permission::CLOSE_CONVERSATIONS
        | Permission::REVIEW_CONTENT
        | Permission::MANAGE_CONTENT_FILTERS
        | Permission::VIEW_CONTACT_DETAILS
        | Permission::EDIT_CONTACTS
        | Permission::ASSIGN_CONTACTS
        | Permission::IMPORT_CONTACTS
        | Permission::EXPORT_CONTACTS
        | Permission::DELETE_CONTACTS
        | Permission::MANAGE_LABELS
        | Permission::SEND_BROADCASTS
        | Permission::CONNECT_CHANNELS
        | Permission::CONFIGURE_BOTS
        | Permission::CONNECT_INTEGRATIONS
        | Permission::MANAGE_AI_SOURCES
        | Permission::UPDATE_TASKS
        | Permission::ASSIGN_TASKS
        | Permission::EDIT_CALENDAR
        | Permission::EXPORT_REPORTS
        | Permission::MANAGE_ALERTS
        | Permission::VIEW_PERFORMANCE
        | Permission::APPRAISE_MEMBERS
        | Permission::DENY_PERMISSIONS
        | Permission::DELEGATE_ACCESS
}

/// Excludes inviting and appointing: with either, a group administrator could make more of its
/// kind.
fn group_administration() -> Permission {
    Permission::VIEW_CONVERSATIONS
        | Permission::REPLY
        | Permission::HANDLE_COMPLAINTS
        | Permission::REMOVE_CONTENT
        | Permission::MUTE_MEMBERS
        | Permission::EDIT_GROUPS
        | Permission::ANNOUNCE
        | Permission::MANAGE_ACTIVITIES
        | Permission::MONITOR_ACTIVITY
        | Permission::ADD_MEMBERS
        | Permission::REMOVE_MEMBERS
        | Permission::DELETE_FILES
        | Permission::USE_LABELS
        | Permission::MANAGE_RESOURCES
}

/// The roles that serve customers and work in a team.
fn working(builder: CatalogBuilder<Permission>) -> CatalogBuilder<Permission> {
    builder
        .define(
            RoleDefinition::new(AGENT)
                .title("Agent")
                .any(Permission::USE_AI_SOURCES)
                .own(
                    Permission::VIEW_CONVERSATIONS
                        | Permission::REPLY
                        | Permission::ASSIGN_CONVERSATIONS
                        | Permission::CLOSE_CONVERSATIONS
                        | Permission::VIEW_CONTACTS
                        | Permission::VIEW_CONTACT_DETAILS
                        | Permission::EDIT_CONTACTS
                        | Permission::USE_LABELS,
                )
                .includes([USER]),
        )
        .define(
            RoleDefinition::new(USER)
                .title("User")
                .any(
                    Permission::SEND_MESSAGES
                        | Permission::RECEIVE_MESSAGES
                        | Permission::VIEW_GROUPS
                        | Permission::LIST_MEMBERS
                        | Permission::LIST_ADMINISTRATORS
                        | Permission::VIEW_FILES
                        | Permission::SHARE_FILES
                        | Permission::CREATE_TASKS
                        | Permission::VIEW_CALENDAR,
                )
                .own(
                    Permission::VIEW_TASKS
                        | Permission::UPDATE_TASKS
                        | Permission::EDIT_CALENDAR
                        | Permission::VIEW_REPORTS
                        | Permission::EDIT_PROFILE,
                ),
        )
        .define(
            RoleDefinition::new(SENDER)
                .title("Send only")
                .any(Permission::SEND_MESSAGES)
                .own(Permission::EDIT_PROFILE),
        )
        .define(
            RoleDefinition::new(RECEIVER)
                .title("Receive only")
                .any(Permission::RECEIVE_MESSAGES)
                .own(Permission::EDIT_PROFILE),
        )
        .define(
            RoleDefinition::new(VIEWER)
                .title("Viewer")
                .any(
                    Permission::VIEW_CONVERSATIONS
                        | Permission::VIEW_GROUPS
                        | Permission::LIST_MEMBERS
                        | Permission::LIST_ADMINISTRATORS
                        | Permission::VIEW_CONTACTS
                        | Permission::VIEW_FILES
                        | Permission::VIEW_BROADCASTS
                        | Permission::VIEW_TASKS
                        | Permission::VIEW_CALENDAR
                        | Permission::VIEW_REPORTS,
                )
                .own(Permission::EDIT_PROFILE),
        )
        .define(
            RoleDefinition::new(VISITOR)
                .title("Visitor")
                .any(
                    Permission::RECEIVE_MESSAGES
                        | Permission::VIEW_GROUPS
                        | Permission::LIST_ADMINISTRATORS,
                )
                .own(Permission::EDIT_PROFILE),
        )
}

/// The roles that are kept apart from all others.
fn apart(builder: CatalogBuilder<Permission>) -> CatalogBuilder<Permission> {
    builder
        .define(
            RoleDefinition::new(BILLING_ADMINISTRATOR)
                .title("Billing administrator")
                .any(
                    Permission::VIEW_BILLING
                        | Permission::MANAGE_BILLING
                        | Permission::MANAGE_CHANNEL_FEES,
                )
                .own(Permission::EDIT_PROFILE)
                .assignable(ORGANIZATION_OR_WORKSPACE),
        )
        .define(
            RoleDefinition::new(REVIEWER)
                .title("Reviewer")
                .any(
                    Permission::VIEW_ACCOUNTS
                        | Permission::VIEW_AUDIT
                        | Permission::REVIEW_ACCESS
                        | Permission::LIST_ADMINISTRATORS,
                )
                .own(Permission::EDIT_PROFILE)
                .assignable(ORGANIZATION_OR_WORKSPACE),
        )
        .define(
            RoleDefinition::new(BOT)
                .title("Bot")
                .any(
                    Permission::SEND_MESSAGES
                        | Permission::RECEIVE_MESSAGES
                        | Permission::USE_AI_SOURCES
                        | Permission::CREATE_TASKS,
                )
                .own(Permission::VIEW_CONVERSATIONS | Permission::REPLY | Permission::USE_LABELS),
        )
        .define(
            RoleDefinition::new(SUB_ACCOUNT_OPERATOR)
                .title("Operator of a sub-account")
                .any(Permission::OPERATE_AS)
                .assignable(ScopeKinds::RESOURCE),
        )
}
