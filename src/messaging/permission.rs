//! The permissions of messaging and customer-service products, each with its definition.

use crate::catalog::{CatalogBuilder, PermissionInfo, Sensitivity};

macro_rules! permissions {
    ($($group:literal {
        $($name:ident = $bit:literal, $sensitivity:ident, $title:literal $(, needs $($need:ident)|+)?;)*
    })*) => {
        bitflags::bitflags! {
            /// The permissions of a messaging or customer-service product. Each flag's
            /// documentation is its title in the catalog; `docs/MESSAGING.md` has their groups,
            /// sensitivities and prerequisites.
            ///
            /// Permissions are stored by name, never by bit.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct Permission: u128 {
                $($(
                    #[doc = $title]
                    const $name = 1 << $bit;
                )*)*
            }
        }

        /// Adds the title, group, sensitivity and prerequisites of each permission to a catalog.
        pub(super) fn describe(builder: CatalogBuilder<Permission>) -> CatalogBuilder<Permission> {
            builder
            $($(
                .describe(
                    Permission::$name,
                    PermissionInfo::new($title).group($group).sensitivity(Sensitivity::$sensitivity),
                )
                $(.needs(Permission::$name, $(Permission::$need)|+))?
            )*)*
        }
    };
}

// Sending and receiving are independent on purpose: some sub-accounts only send, others only
// receive.
permissions! {
    "Conversations" {
        VIEW_CONVERSATIONS = 0, Normal, "See conversations and read what was written";
        RECEIVE_MESSAGES = 1, Normal, "Receive messages";
        SEND_MESSAGES = 2, Normal, "Send messages";
        REPLY = 3, Normal, "Answer in conversations", needs VIEW_CONVERSATIONS;
        ASSIGN_CONVERSATIONS = 4, Normal, "Assign conversations and hand them over", needs VIEW_CONVERSATIONS;
        CLOSE_CONVERSATIONS = 5, Normal, "Close and reopen conversations", needs VIEW_CONVERSATIONS;
        DELETE_CONVERSATIONS = 6, Sensitive, "Delete conversations", needs VIEW_CONVERSATIONS;
        HANDLE_COMPLAINTS = 7, Normal, "Take on complaints and what was escalated", needs VIEW_CONVERSATIONS;
    }
    "Moderation" {
        REMOVE_CONTENT = 8, Sensitive, "Remove what others wrote or shared", needs VIEW_CONVERSATIONS;
        MUTE_MEMBERS = 9, Normal, "Mute members of a group";
        REVIEW_CONTENT = 10, Normal, "Decide on content that a filter held back", needs VIEW_CONVERSATIONS;
        MANAGE_CONTENT_FILTERS = 11, Normal, "Change by which words and rules content is held back";
    }
    "Groups" {
        VIEW_GROUPS = 12, Normal, "See groups and teams and what they are about";
        EDIT_GROUPS = 13, Normal, "Change a group's topic and settings", needs VIEW_GROUPS;
        ANNOUNCE = 14, Normal, "Publish announcements";
        MANAGE_ACTIVITIES = 15, Normal, "Set up and run activities";
        MONITOR_ACTIVITY = 16, Normal, "Follow what happens in a group", needs VIEW_GROUPS;
    }
    "Members" {
        LIST_MEMBERS = 17, Normal, "List members";
        LIST_ADMINISTRATORS = 18, Normal, "List administrators and how to reach them";
        ADD_MEMBERS = 19, Normal, "Add members to a group", needs LIST_MEMBERS;
        REMOVE_MEMBERS = 20, Normal, "Remove members from a group", needs LIST_MEMBERS;
    }
    "Contacts" {
        VIEW_CONTACTS = 21, Normal, "See contacts";
        VIEW_CONTACT_DETAILS = 22, Sensitive, "See phone numbers, addresses and notes of contacts", needs VIEW_CONTACTS;
        EDIT_CONTACTS = 23, Normal, "Add and change contacts", needs VIEW_CONTACTS;
        ASSIGN_CONTACTS = 24, Normal, "Say who looks after a contact", needs VIEW_CONTACTS;
        IMPORT_CONTACTS = 25, Sensitive, "Import contacts";
        EXPORT_CONTACTS = 26, Sensitive, "Export contacts", needs VIEW_CONTACTS | VIEW_CONTACT_DETAILS;
        DELETE_CONTACTS = 27, Sensitive, "Delete contacts", needs VIEW_CONTACTS;
    }
    "Files and labels" {
        VIEW_FILES = 28, Normal, "See and download files";
        SHARE_FILES = 29, Normal, "Share files", needs VIEW_FILES;
        DELETE_FILES = 30, Sensitive, "Delete files", needs VIEW_FILES;
        USE_LABELS = 31, Normal, "Put labels on conversations and contacts";
        MANAGE_LABELS = 32, Normal, "Add, rename and delete labels", needs USE_LABELS;
    }
    "Broadcasts and channels" {
        VIEW_BROADCASTS = 33, Normal, "See broadcasts and what became of them";
        SEND_BROADCASTS = 34, Sensitive, "Send broadcasts to many contacts", needs VIEW_BROADCASTS;
        CONNECT_CHANNELS = 35, Sensitive, "Connect and disconnect channels";
    }
    "Automation" {
        CONFIGURE_BOTS = 36, Normal, "Change what bots do";
        CONNECT_INTEGRATIONS = 37, Sensitive, "Connect and disconnect other platforms";
        USE_AI_SOURCES = 38, Normal, "Ask the AI knowledge sources";
        MANAGE_AI_SOURCES = 39, Normal, "Add, change and remove AI knowledge sources", needs USE_AI_SOURCES;
    }
    "Tasks and calendar" {
        VIEW_TASKS = 40, Normal, "See tasks and follow their progress";
        CREATE_TASKS = 41, Normal, "Create tasks";
        UPDATE_TASKS = 42, Normal, "Work on tasks and finish them", needs VIEW_TASKS;
        ASSIGN_TASKS = 43, Normal, "Assign tasks", needs VIEW_TASKS;
        VIEW_CALENDAR = 44, Normal, "See the calendar";
        EDIT_CALENDAR = 45, Normal, "Add and change calendar entries", needs VIEW_CALENDAR;
    }
    "Reports" {
        VIEW_REPORTS = 46, Normal, "See reports and statistics";
        EXPORT_REPORTS = 47, Sensitive, "Export reports", needs VIEW_REPORTS;
        MANAGE_ALERTS = 48, Normal, "Say which figures raise an alert", needs VIEW_REPORTS;
        VIEW_PERFORMANCE = 49, Sensitive, "See the figures of each sub-account";
        APPRAISE_MEMBERS = 50, Sensitive, "Write appraisals", needs VIEW_PERFORMANCE;
    }
    "Supervision" {
        SUPERVISE_HISTORY = 51, Critical, "Search the kept messages of all sub-accounts";
        KEEP_HISTORY = 52, Critical, "Switch the keeping of all messages on and off";
        OPERATE_AS = 53, Critical, "Operate a sub-account in its name";
        VIEW_AUDIT = 54, Sensitive, "Read the audit trail";
        EXPORT_AUDIT = 55, Sensitive, "Export the audit trail", needs VIEW_AUDIT;
        MANAGE_REVIEWS = 56, Critical, "Start access reviews and say who decides by when", needs VIEW_ACCOUNTS;
        REVIEW_ACCESS = 57, Critical, "Decide in an access review what is kept", needs VIEW_ACCOUNTS;
    }
    "Data" {
        EXPORT_DATA = 58, Sensitive, "Export and back up everything in a workspace";
        IMPORT_DATA = 59, Sensitive, "Import data and backups";
        RESTORE_DATA = 60, Sensitive, "Restore what was deleted";
        MANAGE_RETENTION = 61, Critical, "Say how long data is kept, and hold it for legal reasons";
    }
    "Billing" {
        VIEW_BILLING = 62, Sensitive, "See the subscription, invoices and usage";
        MANAGE_BILLING = 63, Critical, "Change the subscription, seats and payment", needs VIEW_BILLING;
        MANAGE_CHANNEL_FEES = 64, Critical, "Pay the fees of WhatsApp and other channels", needs VIEW_BILLING;
    }
    "Sub-accounts" {
        EDIT_PROFILE = 65, Normal, "Change a profile";
        VIEW_ACCOUNTS = 66, Normal, "List sub-accounts with their status and permissions";
        INVITE = 67, Critical, "Invite people and withdraw invitations";
        CREATE_ACCOUNTS = 68, Critical, "Create sub-accounts without an invitation";
        EDIT_ACCOUNTS = 69, Critical, "Change a sub-account's name, login, kind and end", needs VIEW_ACCOUNTS;
        SUSPEND_ACCOUNTS = 70, Critical, "Suspend and reinstate sub-accounts", needs VIEW_ACCOUNTS;
        REMOVE_ACCOUNTS = 71, Critical, "Remove sub-accounts and take them back", needs VIEW_ACCOUNTS;
        RESET_CREDENTIALS = 72, Critical, "Require that a credential is renewed", needs VIEW_ACCOUNTS;
        ERASE_ACCOUNTS = 73, Critical, "Erase the personal data of those who left", needs VIEW_ACCOUNTS;
        LIMIT_ACCOUNTS = 74, Critical, "Limit what a sub-account may do anywhere", needs VIEW_ACCOUNTS;
        MANAGE_SERVICES = 75, Critical, "Create bots and integrations and say who answers for them";
        APPROVE_REQUESTS = 76, Critical, "Decide on requests to join, to come back and for access";
        MANAGE_TEAMS = 77, Critical, "Create, move and delete teams";
        MANAGE_TEAM_MEMBERS = 78, Critical, "Put sub-accounts into teams and take them out";
    }
    "Roles" {
        ASSIGN_ROLES = 79, Critical, "Give and take roles and permissions";
        DENY_PERMISSIONS = 80, Critical, "Deny permissions and lift a deny";
        DELEGATE_ACCESS = 81, Critical, "Pass on one's own access for a while";
        MANAGE_ROLES = 82, Critical, "Create, change and delete custom roles";
    }
    "Workspaces" {
        VIEW_WORKSPACE_SETTINGS = 83, Normal, "See the settings of a workspace";
        EDIT_WORKSPACE = 84, Critical, "Change the settings of a workspace", needs VIEW_WORKSPACE_SETTINGS;
        MANAGE_RESOURCES = 85, Critical, "Register, change, move and remove channels, groups and inboxes";
        MANAGE_INHERITANCE = 86, Critical, "Say which permissions flow into a workspace or a resource";
        MANAGE_CEILINGS = 87, Critical, "Limit what anyone may do in a workspace or a resource";
        CREATE_WORKSPACES = 88, Critical, "Create workspaces";
        ARCHIVE_WORKSPACES = 89, Critical, "Archive workspaces and take them back";
        DELETE_WORKSPACES = 90, Critical, "Delete workspaces with everything in them";
    }
    "Organization" {
        EDIT_ORGANIZATION = 91, Critical, "Change the organization's name and settings";
        MANAGE_SECURITY = 92, Critical, "Say what every session must meet, such as single sign-on";
        MANAGE_CONSENTS = 93, Critical, "Let the support of the product in, and end it";
        CLOSE_ORGANIZATION = 94, Critical, "Suspend, reopen and close the organization";
        TRANSFER_OWNERSHIP = 95, Critical, "Hand the organization to another owner";
    }
}
