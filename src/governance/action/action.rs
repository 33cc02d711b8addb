//! Actions: the commands with which an organization is changed.

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

/// One command. Several in one commit happen together or not at all, each seeing what those before it did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Names the organization anew.
    RenameOrganization(Name),
    /// Suspends, reopens or closes the organization.
    SetOrganizationStatus(OrganizationStatus),
    /// Sets the organization's time anew, to the clock's, after a clock far ahead has dated a
    /// revision. What had ended by the wrong time stays ended. For the host alone, in a commit of
    /// its own.
    ResetTime,
    /// Says what every session must meet.
    SetSecurityPolicy(SecurityPolicy),
    /// Makes a workspace.
    CreateWorkspace(Workspace),
    /// Names a workspace anew.
    RenameWorkspace(WorkspaceId, Name),
    /// Puts a workspace away, or takes it back.
    SetWorkspaceStatus(WorkspaceId, WorkspaceStatus),
    /// Deletes a workspace with its resources and everything assigned there.
    DeleteWorkspace(WorkspaceId),
    /// Registers a resource.
    CreateResource(Resource),
    /// Moves a resource, with everything below it, under another parent.
    MoveResource(ResourceId, Parent),
    /// Says who owns a resource, or that nobody does.
    SetResourceOwner(ResourceId, Option<SubAccountId>),
    /// Deletes a resource with what is below it and everything assigned there.
    DeleteResource(ResourceId),
    /// Says which permissions flow into a workspace or a resource.
    SetInheritance(Parent, PermissionNames),
    /// Limits what anyone may do at a scope and below; none lifts the limit.
    SetCeiling(Scope, Option<PermissionNames>),
    /// Says which labels a scope carries.
    SetLabels(Scope, BTreeSet<Label>),
    /// Makes a sub-account, active at once.
    CreateSubAccount(NewSubAccount),
    /// Changes the login of a sub-account: whoever signs in with it is somebody else from now on.
    SetLogin(SubAccountId, Login),
    /// Changes the name of the person behind a sub-account.
    SetName(SubAccountId, Option<String>),
    /// Makes a member a guest, who must have an end, or a guest a member.
    SetKind(SubAccountId, SubAccountKind),
    /// Puts another member in charge of a service, whose credential must then be renewed.
    SetServiceOwner(SubAccountId, SubAccountId),
    /// Keeps a sub-account out; its assignments stay and do not act.
    Suspend(SubAccountId),
    /// Lets a suspended sub-account in again.
    Reinstate(SubAccountId),
    /// Takes a sub-account out of the organization. What it has been given stays on file and does not act.
    Remove(Departure),
    /// A sub-account goes by itself. What it has been given stays on file and does not act.
    Leave(Departure),
    /// Takes over what somebody began who is about to go: invitations that were not accepted,
    /// consents, and allows that have not started, which would go with them otherwise. Whoever
    /// adopts them must be able to give all that they promise. Operators adopt nothing.
    Adopt(SubAccountId),
    /// Takes a sub-account back that left or was removed: with what it had, or without.
    Readmit {
        /// Who comes back.
        sub_account: SubAccountId,
        /// Whether with the roles, permissions and teams it had. Denies, boundary, kind and end stay in any case.
        restore: bool,
    },
    /// Gives up what a sub-account administers at a scope, and keeps it as an ordinary member.
    StepDown {
        /// Who steps down.
        sub_account: SubAccountId,
        /// Where.
        scope: Scope,
        /// What it is there from now on, if not simply what else it has.
        into: Option<RoleRef>,
    },
    /// Erases what is known of a sub-account as a person after it has left; its id and what was denied to it stay.
    Erase(SubAccountId),
    /// Hands the organization from one owner to another member.
    TransferOwnership {
        /// Who is an owner and will not be.
        from: SubAccountId,
        /// Who will be.
        to: SubAccountId,
    },
    /// Requires that a credential is renewed, or says that it was.
    SetCredentialResetRequired(SubAccountId, bool),
    /// Sets the instant at which a sub-account's access ends; none for no end.
    SetEnd(SubAccountId, Option<Timestamp>),
    /// Limits what a sub-account may do anywhere; none lifts the limit.
    SetBoundary(SubAccountId, Option<PermissionNames>),
    /// Makes a team.
    CreateTeam(Team),
    /// Moves a team, with its sub-teams, into another, or lets it stand alone.
    MoveTeam(TeamId, Option<TeamId>),
    /// Deletes a team that holds no other, with its memberships and everything assigned to it.
    DeleteTeam(TeamId),
    /// Puts a sub-account into a team.
    AddToTeam(Membership),
    /// Takes a sub-account out of a team.
    RemoveFromTeam(Membership),
    /// Makes a custom role.
    CreateRole(Role),
    /// Replaces a custom role; whoever holds it has the new one at once.
    ReplaceRole(Role),
    /// Deletes a custom role with everything that refers to it.
    DeleteRole(RoleId),
    /// Makes an assignment.
    Assign(NewAssignment),
    /// Takes an assignment back.
    Revoke(AssignmentId),
    /// Asks somebody to join.
    Invite(NewInvitation),
    /// Replaces the token of an invitation and sets its end anew. Whoever does this invites from
    /// then on, and must be able to give all that it promises. Operators do not.
    ResendInvitation {
        /// The invitation.
        id: InvitationId,
        /// SHA-256 of the new token.
        token: Digest,
        /// The instant from which on it cannot be accepted.
        expires: Timestamp,
    },
    /// Takes an invitation back.
    WithdrawInvitation(InvitationId),
    /// Joins by an invitation; for whoever holds its token.
    AcceptInvitation(InvitationId),
    /// Declines an invitation; for whoever holds its token.
    DeclineInvitation(InvitationId),
    /// Asks to join, to come back, or for something more.
    MakeRequest(NewRequest),
    /// Grants a request, on the approver's own authority.
    Approve {
        /// The request.
        request: RequestId,
        /// What is assigned besides what the request asks for. The assignee of each is whoever the request is for.
        assignments: Vec<NewAssignment>,
    },
    /// Turns a request down.
    Reject(RequestId),
    /// Takes a request back.
    WithdrawRequest(RequestId),
    /// Lets operators of another organization in. Its maker is whoever does this, whatever the
    /// consent says.
    GiveConsent(Consent),
    /// Ends a consent.
    EndConsent(ConsentId),
}

impl Action {
    /// Assigns a role or permissions for the whole subtree of `scope`, from now on, unconditionally.
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

/// The action in words, as records keep it. Holds ids and names of things, never personal data.
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
