//! Actions: the commands with which an organization is changed.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::governance::NewAssignment;
use crate::id::{AssignmentId, ConsentId, ResourceId, RoleId, SubAccountId, TeamId, WorkspaceId};
use crate::model::resource::Parent;
use crate::model::{
    Assignee, Consent, Grant, Login, Membership, OrganizationStatus, Resource, Role, Scope,
    SecurityPolicy, Status, SubAccountKind, Team, Workspace, WorkspaceStatus,
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
    /// Takes a step in a sub-account's life.
    SetStatus(SubAccountId, Status),
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
    /// Lets operators of another organization in.
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
            Self::SetSecurityPolicy(_) => f.write_str("set the security policy"),
            Self::CreateWorkspace(it) => write!(f, "create workspace {} `{}`", it.id, it.name),
            Self::RenameWorkspace(id, name) => write!(f, "rename workspace {id} to `{name}`"),
            Self::SetWorkspaceStatus(id, status) => write!(f, "make workspace {id} {status:?}"),
            Self::DeleteWorkspace(id) => write!(f, "delete workspace {id}"),
            Self::CreateResource(it) => write!(f, "register {} {}", it.kind, it.id),
            Self::MoveResource(id, _) => write!(f, "move resource {id}"),
            Self::SetResourceOwner(id, _) => write!(f, "set the owner of resource {id}"),
            Self::DeleteResource(id) => write!(f, "delete resource {id}"),
            Self::SetInheritance(_, names) => write!(f, "let a scope inherit {names}"),
            Self::SetCeiling(_, Some(names)) => write!(f, "limit a scope to {names}"),
            Self::SetCeiling(_, None) => f.write_str("lift the limit of a scope"),
            Self::SetLabels(..) => f.write_str("label a scope"),
            Self::CreateSubAccount(it) => write!(f, "create sub-account {}", it.id),
            Self::SetStatus(id, status) => write!(f, "make sub-account {id} {status:?}"),
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
            Self::GiveConsent(it) => write!(f, "let operators of {} in", it.operators),
            Self::EndConsent(id) => write!(f, "end consent {id}"),
        }
    }
}

/// A sub-account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a sub-account does nothing until it is committed"]
pub struct NewSubAccount {
    pub(super) id: SubAccountId,
    pub(super) kind: SubAccountKind,
    pub(super) owner: Option<SubAccountId>,
    pub(super) login: Option<Login>,
    pub(super) name: Option<String>,
    pub(super) ends: Option<Timestamp>,
    pub(super) boundary: Option<PermissionNames>,
    pub(super) labels: BTreeSet<Label>,
}

impl NewSubAccount {
    /// A member who signs in with `login`.
    pub fn member(id: SubAccountId, login: Login) -> Self {
        Self { login: Some(login), ..Self::bare(id, SubAccountKind::Member) }
    }

    /// A guest who signs in with `login`, until `ends`.
    pub fn guest(id: SubAccountId, login: Login, ends: Timestamp) -> Self {
        let bare = Self::bare(id, SubAccountKind::Guest);
        Self { login: Some(login), ends: Some(ends), ..bare }
    }

    /// A service that the member `owner` answers for.
    pub fn service(id: SubAccountId, owner: SubAccountId) -> Self {
        Self { owner: Some(owner), ..Self::bare(id, SubAccountKind::Service) }
    }

    const fn bare(id: SubAccountId, kind: SubAccountKind) -> Self {
        Self {
            id,
            kind,
            owner: None,
            login: None,
            name: None,
            ends: None,
            boundary: None,
            labels: BTreeSet::new(),
        }
    }

    /// The person's name; personal data.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// A login of the service's own, or another for a person.
    pub fn login(self, login: Login) -> Self {
        Self { login: Some(login), ..self }
    }

    /// The instant at which its access ends.
    pub fn until(self, ends: Timestamp) -> Self {
        Self { ends: Some(ends), ..self }
    }

    /// A limit on everything it may do.
    pub fn boundary(self, boundary: PermissionNames) -> Self {
        Self { boundary: Some(boundary), ..self }
    }

    /// A label that it carries, besides any other.
    pub fn label(mut self, label: Label) -> Self {
        self.labels.insert(label);
        self
    }
}
