//! Administrative actions: what a catalog names a required permission for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::ScopeKinds;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)*) => {
        /// Something that changes who may do what. Each has one permission that it requires, named by the catalog.
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
    /// Change what every session must meet.
    ManageSecurity => "manage_security",
    /// Let the host's operators in, or end it.
    ManageConsents => "manage_consents",
    /// Make a workspace.
    CreateWorkspace => "create_workspace",
    /// Change a workspace's name, key and labels.
    EditWorkspace => "edit_workspace",
    /// Put a workspace away or take it back.
    ArchiveWorkspace => "archive_workspace",
    /// Delete a workspace with everything in it.
    DeleteWorkspace => "delete_workspace",
    /// Register, change, move and unregister resources.
    ManageResources => "manage_resources",
    /// Change which permissions flow into a scope.
    ManageInheritance => "manage_inheritance",
    /// Change the ceiling of a scope.
    ManageCeilings => "manage_ceilings",
    /// Make a sub-account without an invitation.
    CreateSubAccount => "create_sub_account",
    /// Invite, resend and withdraw.
    Invite => "invite",
    /// Approve and reject requests to join, to rejoin and for access.
    ApproveRequests => "approve_requests",
    /// Change a sub-account's name, login, kind, end and labels.
    EditSubAccount => "edit_sub_account",
    /// Suspend and reinstate a sub-account.
    SuspendSubAccount => "suspend_sub_account",
    /// Take a sub-account out of the organization.
    RemoveSubAccount => "remove_sub_account",
    /// Require that a credential is renewed.
    RequireCredentialReset => "require_credential_reset",
    /// Erase a sub-account's personal data.
    EraseSubAccount => "erase_sub_account",
    /// Change a sub-account's boundary.
    ManageBoundaries => "manage_boundaries",
    /// Make services and change who answers for them.
    ManageServices => "manage_services",
    /// Make, change and delete teams.
    ManageTeams => "manage_teams",
    /// Put sub-accounts into teams and take them out.
    ManageTeamMembers => "manage_team_members",
    /// Make, change and delete custom roles.
    ManageRoles => "manage_roles",
    /// Assign and take back roles and permissions.
    Assign => "assign",
    /// Deny, and lift a deny.
    Deny => "deny",
    /// Pass on one's own access for a while.
    Delegate => "delegate",
    /// Hand the organization to another owner.
    TransferOwnership => "transfer_ownership",
}

impl AdminAction {
    /// The kinds of scope at which it can be done. What concerns the organization as a whole is done there alone; what
    /// can be done at a scope can be done at the organization.
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
