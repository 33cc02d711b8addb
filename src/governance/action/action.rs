//! Actions: the commands that change an organization.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::governance::action::departure::Departure;
use crate::governance::action::new_assignment::NewAssignment;
use crate::governance::action::new_invitation::NewInvitation;
use crate::governance::action::new_request::NewRequest;
use crate::governance::action::new_sub_account::NewSubAccount;
use crate::id::{
    AssignmentId, ConsentId, InvitationId, RequestId, ResourceId, RoleId, SubAccountId, TeamId,
    WorkspaceId,
};
use crate::model::personal::Digest;
use crate::model::resource::Parent;
use crate::model::{
    Assignee, Consent, EntityId, Grant, Login, Membership, OrganizationStatus, Resource, Role,
    RoleRef, Scope, SecurityPolicy, SubAccountKind, Team, Workspace, WorkspaceStatus,
};
use crate::permission::PermissionNames;
use crate::text::{Label, Name};

/// One command. The actions of one commit happen together or not at all, each seeing the effects of
/// those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Renames the organization.
    RenameOrganization(Name),
    /// Suspends, reopens or closes the organization.
    SetOrganizationStatus(OrganizationStatus),
    /// Resets the time of the organization to the clock, after a clock far ahead has dated a
    /// revision. What had ended by the wrong time stays ended. Only the host may do this, in a
    /// commit of its own.
    ResetTime,
    /// Sets the conditions that every session must meet.
    SetSecurityPolicy(SecurityPolicy),
    /// Creates a workspace.
    CreateWorkspace(Workspace),
    /// Renames a workspace.
    RenameWorkspace(WorkspaceId, Name),
    /// Archives or restores a workspace.
    SetWorkspaceStatus(WorkspaceId, WorkspaceStatus),
    /// Deletes a workspace with its resources and all assignments there.
    DeleteWorkspace(WorkspaceId),
    /// Registers a resource.
    CreateResource(Resource),
    /// Moves a resource, with everything below it, under another parent.
    MoveResource(ResourceId, Parent),
    /// Sets the owner of a resource; `None` removes it.
    SetResourceOwner(ResourceId, Option<SubAccountId>),
    /// Deletes a resource with everything below it and all assignments there.
    DeleteResource(ResourceId),
    /// Sets the permissions that a workspace or a resource inherits.
    SetInheritance(Parent, PermissionNames),
    /// Limits the permissions at a scope and below; `None` lifts the limit.
    SetCeiling(Scope, Option<PermissionNames>),
    /// Sets the labels of a scope.
    SetLabels(Scope, BTreeSet<Label>),
    /// Creates a sub-account that is active at once.
    CreateSubAccount(NewSubAccount),
    /// Changes the login of a sub-account: another person signs in as it from now on.
    SetLogin(SubAccountId, Login),
    /// Changes the name of the person behind a sub-account.
    SetName(SubAccountId, Option<String>),
    /// Changes the kind of an account: a member to a guest, who must have an end, or a guest to a
    /// member.
    SetKind(SubAccountId, SubAccountKind),
    /// Gives a service another owner. Its credential must be reset then.
    SetServiceOwner(SubAccountId, SubAccountId),
    /// Suspends a sub-account. Its assignments stay, without effect.
    Suspend(SubAccountId),
    /// Reinstates a suspended sub-account.
    Reinstate(SubAccountId),
    /// Removes a sub-account from the organization. Its assignments stay on file, without effect.
    Remove(Departure),
    /// A sub-account leaves. Its assignments stay on file, without effect.
    Leave(Departure),
    /// Takes over everything that an account started and that is removed when it leaves: open
    /// invitations, consents, and allows that have not started. The adopter must be able to give
    /// all of it. Operators cannot adopt.
    Adopt(SubAccountId),
    /// Readmits a sub-account that left or was removed.
    Readmit {
        /// The sub-account.
        sub_account: SubAccountId,
        /// Whether it gets back its roles, permissions and teams. Denies, boundary, kind and end
        /// stay in any case.
        restore: bool,
    },
    /// Gives up what a sub-account administers at a scope; it stays an ordinary member.
    StepDown {
        /// The sub-account.
        sub_account: SubAccountId,
        /// The scope.
        scope: Scope,
        /// The role that it has there from now on, besides other assignments.
        into: Option<RoleRef>,
    },
    /// Erases the personal data of a sub-account that left. Its id and its denies stay.
    Erase(SubAccountId),
    /// Transfers ownership from one owner to another member.
    TransferOwnership {
        /// The owner.
        from: SubAccountId,
        /// The member.
        to: SubAccountId,
    },
    /// Requires a credential reset, or notes that it happened.
    SetCredentialResetRequired(SubAccountId, bool),
    /// Sets the end of a sub-account; `None` for no end.
    SetEnd(SubAccountId, Option<Timestamp>),
    /// Limits the permissions of a sub-account anywhere; `None` lifts the limit.
    SetBoundary(SubAccountId, Option<PermissionNames>),
    /// Creates a team.
    CreateTeam(Team),
    /// Moves a team, with its sub-teams, into another; `None` makes it a top-level team.
    MoveTeam(TeamId, Option<TeamId>),
    /// Deletes a team without sub-teams, with its memberships and assignments.
    DeleteTeam(TeamId),
    /// Adds a sub-account to a team.
    AddToTeam(Membership),
    /// Removes a sub-account from a team.
    RemoveFromTeam(Membership),
    /// Creates a custom role.
    CreateRole(Role),
    /// Replaces a custom role, with effect on all its holders at once.
    ReplaceRole(Role),
    /// Deletes a custom role with everything that refers to it.
    DeleteRole(RoleId),
    /// Creates an assignment.
    Assign(NewAssignment),
    /// Revokes an assignment.
    Revoke(AssignmentId),
    /// Invites a person.
    Invite(NewInvitation),
    /// Replaces the token of an invitation and its expiry. The sender becomes the inviter, and must
    /// be able to give everything that the invitation promises. Operators cannot do this.
    ResendInvitation {
        /// The invitation.
        id: InvitationId,
        /// SHA-256 of the new token.
        token: Digest,
        /// The instant at which it expires.
        expires: Timestamp,
    },
    /// Withdraws an invitation.
    WithdrawInvitation(InvitationId),
    /// Accepts an invitation, with its token.
    AcceptInvitation(InvitationId),
    /// Declines an invitation, with its token.
    DeclineInvitation(InvitationId),
    /// Requests to join, to come back, or to get access.
    MakeRequest(NewRequest),
    /// Approves a request, with the authority of the approver.
    Approve {
        /// The request.
        request: RequestId,
        /// Assignments besides the requested one. Their assignee is the beneficiary of the request.
        assignments: Vec<NewAssignment>,
    },
    /// Rejects a request.
    Reject(RequestId),
    /// Withdraws a request.
    WithdrawRequest(RequestId),
    /// Lets operators of another organization in. The actor is the maker, whatever the consent
    /// says.
    GiveConsent(Consent),
    /// Ends a consent.
    EndConsent(ConsentId),
}

impl Action {
    /// Assigns a role or permissions for the whole subtree of `scope`, from now on,
    /// unconditionally.
    pub fn assign(
        assignee: impl Into<Assignee>,
        grant: impl Into<Grant>,
        scope: impl Into<Scope>,
    ) -> Self {
        Self::Assign(NewAssignment::new(assignee, grant, scope))
    }
}

impl From<NewAssignment> for Action {
    fn from(assignment: NewAssignment) -> Self {
        Self::Assign(assignment)
    }
}

impl From<NewSubAccount> for Action {
    fn from(sub_account: NewSubAccount) -> Self {
        Self::CreateSubAccount(sub_account)
    }
}

/// The action as text, as records store it. It holds ids and names of objects, never personal data.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RenameOrganization(name) => write!(f, "rename the organization to `{name}`"),
            Self::SetOrganizationStatus(status) => write!(f, "make the organization {status:?}"),
            Self::ResetTime => f.write_str("set the time of the organization anew"),
            Self::SetSecurityPolicy(_) => f.write_str("set the security policy"),
            Self::CreateWorkspace(it) => write!(f, "create workspace {} `{}`", it.id, it.name),
            Self::RenameWorkspace(id, name) => write!(f, "rename workspace {id} to `{name}`"),
            Self::SetWorkspaceStatus(id, status) => write!(f, "make workspace {id} {status:?}"),
            Self::DeleteWorkspace(id) => write!(f, "delete workspace {id}"),
            Self::CreateResource(it) => write!(f, "names {} {}", it.kind, it.id),
            Self::MoveResource(id, _) => write!(f, "move resource {id}"),
            Self::SetResourceOwner(id, _) => write!(f, "set the owner of resource {id}"),
            Self::DeleteResource(id) => write!(f, "delete resource {id}"),
            Self::SetInheritance(_, names) => write!(f, "let a scope inherit {names}"),
            Self::SetCeiling(_, Some(names)) => write!(f, "limit a scope to {names}"),
            Self::SetCeiling(_, None) => f.write_str("lift the limit of a scope"),
            Self::SetLabels(..) => f.write_str("label a scope"),
            Self::CreateSubAccount(it) => write!(f, "create sub-account {}", it.id),
            Self::SetLogin(id, _) => write!(f, "change the login of sub-account {id}"),
            Self::SetName(id, _) => write!(f, "change the name of sub-account {id}"),
            Self::SetKind(id, kind) => write!(f, "make sub-account {id} a {kind:?}"),
            Self::SetServiceOwner(id, owner) => write!(f, "put {owner} in charge of service {id}"),
            Self::Suspend(id) => write!(f, "suspend sub-account {id}"),
            Self::Reinstate(id) => write!(f, "reinstate sub-account {id}"),
            Self::Remove(it) => write!(f, "remove sub-account {}", it.sub_account),
            Self::Adopt(id) => write!(f, "adopt what sub-account {id} began"),
            Self::Leave(it) => write!(f, "leave as sub-account {}", it.sub_account),
            Self::Readmit { sub_account, restore: true } => {
                write!(f, "readmit sub-account {sub_account} with what it had")
            }
            Self::Readmit { sub_account, restore: false } => {
                write!(f, "readmit sub-account {sub_account} without what it had")
            }
            Self::StepDown { sub_account, scope, .. } => {
                write!(f, "step down as sub-account {sub_account} at {}", EntityId::from(*scope))
            }
            Self::Erase(id) => write!(f, "erase sub-account {id}"),
            Self::TransferOwnership { from, to } => {
                write!(f, "hand the organization from {from} to {to}")
            }
            Self::SetCredentialResetRequired(id, true) => {
                write!(f, "require sub-account {id} to renew its credential")
            }
            Self::SetCredentialResetRequired(id, false) => {
                write!(f, "note that sub-account {id} has renewed its credential")
            }
            Self::SetEnd(id, _) => write!(f, "set the end of sub-account {id}"),
            Self::SetBoundary(id, Some(names)) => write!(f, "limit sub-account {id} to {names}"),
            Self::SetBoundary(id, None) => write!(f, "lift the limit of sub-account {id}"),
            Self::CreateTeam(it) => write!(f, "create team {} `{}`", it.id, it.name),
            Self::MoveTeam(id, _) => write!(f, "move team {id}"),
            Self::DeleteTeam(id) => write!(f, "delete team {id}"),
            Self::AddToTeam(it) => write!(f, "add {} to team {}", it.sub_account, it.team),
            Self::RemoveFromTeam(it) => {
                write!(f, "take {} out of team {}", it.sub_account, it.team)
            }
            Self::CreateRole(it) => write!(f, "create role {} `{}`", it.id, it.name),
            Self::ReplaceRole(it) => write!(f, "replace role {} `{}`", it.id, it.name),
            Self::DeleteRole(id) => write!(f, "delete role {id}"),
            Self::Assign(it) => match &it.grant {
                Grant::Role(role) => write!(f, "assign `{role}`"),
                Grant::Permissions { any, own } => {
                    write!(f, "assign {any}, and {own} on what is owned")
                }
            },
            Self::Revoke(id) => write!(f, "revoke assignment {id}"),
            Self::Invite(it) => write!(f, "invite as {}", it.id),
            Self::ResendInvitation { id, .. } => write!(f, "resend invitation {id}"),
            Self::WithdrawInvitation(id) => write!(f, "withdraw invitation {id}"),
            Self::AcceptInvitation(id) => write!(f, "accept invitation {id}"),
            Self::DeclineInvitation(id) => write!(f, "decline invitation {id}"),
            Self::MakeRequest(it) => write!(f, "make request {}", it.id),
            Self::Approve { request, .. } => write!(f, "approve request {request}"),
            Self::Reject(id) => write!(f, "reject request {id}"),
            Self::WithdrawRequest(id) => write!(f, "withdraw request {id}"),
            Self::GiveConsent(it) => write!(f, "let operators of {} in", it.operators),
            Self::EndConsent(id) => write!(f, "end consent {id}"),
        }
    }
}
