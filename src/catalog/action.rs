//! Administrative actions: for each, the catalog names a required permission.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::ScopeKinds;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)*) => {
        /// A kind of change to who may do what. The catalog names one permission that each
        /// requires.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum AdminAction {
            $($(#[$doc])* $variant,)*
        }

        impl AdminAction {
            /// Every administrative action.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name, as documents spell it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

actions! {
    /// Change the organization's name and labels.
    EditOrganization => "edit_organization",
    /// Suspend, reopen or close the organization.
    ManageOrganizationStatus => "manage_organization_status",
    /// Change the conditions that every session must meet.
    ManageSecurity => "manage_security",
    /// Give and end the consent for the host's operators.
    ManageConsents => "manage_consents",
    /// Create a workspace.
    CreateWorkspace => "create_workspace",
    /// Change a workspace's name, key and labels.
    EditWorkspace => "edit_workspace",
    /// Archive a workspace, or restore it.
    ArchiveWorkspace => "archive_workspace",
    /// Delete a workspace with everything in it.
    DeleteWorkspace => "delete_workspace",
    /// Register, change, move and unregister resources.
    ManageResources => "manage_resources",
    /// Change which permissions a scope inherits.
    ManageInheritance => "manage_inheritance",
    /// Change the ceiling of a scope.
    ManageCeilings => "manage_ceilings",
    /// Create a sub-account without an invitation.
    CreateSubAccount => "create_sub_account",
    /// Send, resend and withdraw invitations.
    Invite => "invite",
    /// Approve and reject requests to join, to rejoin and for access.
    ApproveRequests => "approve_requests",
    /// Change a sub-account's name, login, kind, end and labels.
    EditSubAccount => "edit_sub_account",
    /// Suspend and reinstate a sub-account.
    SuspendSubAccount => "suspend_sub_account",
    /// Remove a sub-account from the organization.
    RemoveSubAccount => "remove_sub_account",
    /// Require that a credential be renewed.
    RequireCredentialReset => "require_credential_reset",
    /// Erase a sub-account's personal data.
    EraseSubAccount => "erase_sub_account",
    /// Change a sub-account's boundary.
    ManageBoundaries => "manage_boundaries",
    /// Create services and change who owns them.
    ManageServices => "manage_services",
    /// Create, change and delete teams.
    ManageTeams => "manage_teams",
    /// Add sub-accounts to teams and remove them.
    ManageTeamMembers => "manage_team_members",
    /// Create, change and delete custom roles.
    ManageRoles => "manage_roles",
    /// Assign and revoke roles and permissions.
    Assign => "assign",
    /// Deny, and lift a deny.
    Deny => "deny",
    /// Delegate one's own access for a while.
    Delegate => "delegate",
    /// Transfer the organization to another owner.
    TransferOwnership => "transfer_ownership",
}

impl AdminAction {
    /// The kinds of scope at which the action exists. An action on the organization as a whole
    /// exists only there. An action at any other scope also exists at the organization.
    pub const fn kinds(self) -> ScopeKinds {
        match self {
            Self::EditWorkspace => ScopeKinds::ORGANIZATION.union(ScopeKinds::WORKSPACE),
            Self::ManageResources
            | Self::ManageInheritance
            | Self::ManageCeilings
            | Self::Invite
            | Self::ApproveRequests
            | Self::Assign
            | Self::Deny
            | Self::Delegate => ScopeKinds::all(),
            Self::EditOrganization
            | Self::ManageOrganizationStatus
            | Self::ManageSecurity
            | Self::ManageConsents
            | Self::CreateWorkspace
            | Self::ArchiveWorkspace
            | Self::DeleteWorkspace
            | Self::CreateSubAccount
            | Self::EditSubAccount
            | Self::SuspendSubAccount
            | Self::RemoveSubAccount
            | Self::RequireCredentialReset
            | Self::EraseSubAccount
            | Self::ManageBoundaries
            | Self::ManageServices
            | Self::ManageTeams
            | Self::ManageTeamMembers
            | Self::ManageRoles
            | Self::TransferOwnership => ScopeKinds::ORGANIZATION,
        }
    }
}

impl fmt::Display for AdminAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_documents_spell() {
        for action in AdminAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.name());
        }
    }
}
