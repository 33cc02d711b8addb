//! Links: which object refers to which.
//!
//! Every reference of an object is declared here, once. [`Organization`](super::Organization) keeps
//! one index of them, and reads from it whether a reference dangles, whether an object may be
//! removed, who is in a team, and what is assigned where.

use std::cmp::Ordering;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{
    AssignmentId, ConsentId, InvitationId, RequestId, ResourceId, RoleId, SubAccountId, TeamId,
    WorkspaceId,
};
use crate::model::assignment::{Assignee, Assignment, Grant};
use crate::model::consent::Consent;
use crate::model::invitation::Invitation;
use crate::model::maker::Maker;
use crate::model::request::{Request, Wants};
use crate::model::resource::{Parent, Resource};
use crate::model::role::{Role, RoleRef};
use crate::model::scope::Scope;
use crate::model::sub_account::SubAccount;
use crate::model::team::{Membership, Team};

/// The id of any object of one organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityId {
    /// The organization itself.
    Organization,
    /// A workspace.
    Workspace(WorkspaceId),
    /// A resource.
    Resource(ResourceId),
    /// A sub-account.
    SubAccount(SubAccountId),
    /// A team.
    Team(TeamId),
    /// A custom role.
    Role(RoleId),
    /// An assignment.
    Assignment(AssignmentId),
    /// A consent to support access.
    Consent(ConsentId),
    /// An invitation.
    Invitation(InvitationId),
    /// A request.
    Request(RequestId),
}

impl EntityId {
    /// The kind and the bits of the id, which define the order. Every look-up by reference compares
    /// them, so they are two numbers.
    #[inline]
    const fn key(self) -> (u8, u128) {
        match self {
            Self::Organization => (0, 0),
            Self::Workspace(id) => (1, id.to_u128()),
            Self::Resource(id) => (2, id.to_u128()),
            Self::SubAccount(id) => (3, id.to_u128()),
            Self::Team(id) => (4, id.to_u128()),
            Self::Role(id) => (5, id.to_u128()),
            Self::Assignment(id) => (6, id.to_u128()),
            Self::Consent(id) => (7, id.to_u128()),
            Self::Invitation(id) => (8, id.to_u128()),
            Self::Request(id) => (9, id.to_u128()),
        }
    }
}

/// Ordered by kind, as declared, then by id.
impl Ord for EntityId {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for EntityId {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("the organization"),
            Self::Workspace(id) => write!(f, "workspace {id}"),
            Self::Resource(id) => write!(f, "resource {id}"),
            Self::SubAccount(id) => write!(f, "sub-account {id}"),
            Self::Team(id) => write!(f, "team {id}"),
            Self::Role(id) => write!(f, "role {id}"),
            Self::Assignment(id) => write!(f, "assignment {id}"),
            Self::Consent(id) => write!(f, "consent {id}"),
            Self::Invitation(id) => write!(f, "invitation {id}"),
            Self::Request(id) => write!(f, "request {id}"),
        }
    }
}

impl From<Scope> for EntityId {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Organization => Self::Organization,
            Scope::Workspace(id) => Self::Workspace(id),
            Scope::Resource(id) => Self::Resource(id),
        }
    }
}

impl From<SubAccountId> for EntityId {
    fn from(id: SubAccountId) -> Self {
        Self::SubAccount(id)
    }
}

impl From<Parent> for EntityId {
    fn from(parent: Parent) -> Self {
        Scope::from(parent).into()
    }
}

/// How one object refers to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// A resource or a team inside another.
    Parent,
    /// A resource or a service that belongs to a sub-account.
    Owner,
    /// A sub-account in a team.
    Member,
    /// A role that includes a custom role.
    Includes,
    /// A role that may assign a custom role.
    Assigns,
    /// An assignment or a consent made at a scope, or a request for one there.
    At,
    /// An assignment to a sub-account or a team.
    Assignee,
    /// An assignment to the members of a scope.
    MembersOf,
    /// An assignment of a custom role, or a request for one.
    Grants,
    /// An assignment that delegates a sub-account's access.
    Delegator,
    /// An invitation of a sub-account.
    Invitee,
    /// An invitation by a sub-account.
    Inviter,
    /// A request made by a sub-account.
    Requester,
    /// A request for a sub-account.
    Beneficiary,
    /// An assignment or a consent made by a sub-account.
    MadeBy,
}

/// One reference, ordered by its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    pub(crate) to: EntityId,
    pub(crate) relation: Relation,
    pub(crate) from: EntityId,
}

/// Ordered by target, then relation, then source.
impl Ord for Link {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.to
            .cmp(&other.to)
            .then((self.relation as u8).cmp(&(other.relation as u8)))
            .then(self.from.cmp(&other.from))
    }
}

impl PartialOrd for Link {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Link {
    /// The least link to `to` by `relation`.
    pub(crate) const fn first(to: EntityId, relation: Relation) -> Self {
        Self { to, relation, from: EntityId::Organization }
    }

    /// The least link to `to`.
    pub(crate) const fn first_to(to: EntityId) -> Self {
        Self::first(to, Relation::Parent)
    }
}

/// An object that refers to others.
pub(crate) trait References {
    /// The object's own id, and every reference it makes with its relation.
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>);

    /// The instants at which it starts and ends without a change. `None` where it does not.
    fn instants(&self) -> [Option<Timestamp>; 2] {
        [None; 2]
    }
}

impl References for Resource {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let owner = self.owner.map(|id| (Relation::Owner, EntityId::SubAccount(id)));
        let parent = (Relation::Parent, self.parent.into());
        (EntityId::Resource(self.id), owner.into_iter().chain([parent]))
    }
}

impl References for SubAccount {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let owner = self.owner.map(|id| (Relation::Owner, EntityId::SubAccount(id)));
        (EntityId::SubAccount(self.id), owner.into_iter())
    }

    fn instants(&self) -> [Option<Timestamp>; 2] {
        [None, self.ends]
    }
}

impl References for Team {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let parent = self.parent.map(|id| (Relation::Parent, EntityId::Team(id)));
        (EntityId::Team(self.id), parent.into_iter())
    }
}

impl References for Membership {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let team = (Relation::Member, EntityId::Team(self.team));
        (EntityId::SubAccount(self.sub_account), [team].into_iter())
    }
}

impl References for Role {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let custom = |relation| {
            move |role: &RoleRef| match role {
                RoleRef::Custom(id) => Some((relation, EntityId::Role(*id))),
                RoleRef::System(_) => None,
            }
        };
        let includes = self.includes.iter().filter_map(custom(Relation::Includes));
        let assigns = self.assigns.iter().filter_map(custom(Relation::Assigns));
        (EntityId::Role(self.id), includes.chain(assigns))
    }
}

impl References for Assignment {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let assignee = match self.assignee {
            Assignee::SubAccount(id) => (Relation::Assignee, EntityId::SubAccount(id)),
            Assignee::Team(id) => (Relation::Assignee, EntityId::Team(id)),
            Assignee::MembersOf(scope) => (Relation::MembersOf, scope.into()),
        };
        let delegator = self.delegator.map(|id| (Relation::Delegator, EntityId::SubAccount(id)));
        let by = made_by(self.by, Relation::MadeBy);
        let links = [(Relation::At, self.scope.into()), assignee].into_iter();
        let rest = custom_role(&self.grant).into_iter().chain(delegator).chain(by);
        (EntityId::Assignment(self.id), links.chain(rest))
    }

    fn instants(&self) -> [Option<Timestamp>; 2] {
        [self.validity.starts(), self.validity.ends()]
    }
}

impl References for Consent {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let at = (Relation::At, self.scope.into());
        let by = made_by(self.by, Relation::MadeBy);
        (EntityId::Consent(self.id), [at].into_iter().chain(by))
    }

    fn instants(&self) -> [Option<Timestamp>; 2] {
        [self.starts, Some(self.ends)]
    }
}

impl References for Invitation {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let invitee = (Relation::Invitee, EntityId::SubAccount(self.sub_account));
        let inviter = made_by(self.inviter, Relation::Inviter);
        (EntityId::Invitation(self.id), [invitee].into_iter().chain(inviter))
    }

    fn instants(&self) -> [Option<Timestamp>; 2] {
        [None, Some(self.expires)]
    }
}

impl References for Request {
    fn references(&self) -> (EntityId, impl Iterator<Item = (Relation, EntityId)>) {
        let requester = made_by(self.requester, Relation::Requester);
        let (beneficiary, access) = match &self.wants {
            Wants::Join { .. } => (None, None),
            Wants::Rejoin { sub_account, .. } => (Some(*sub_account), None),
            Wants::Access { sub_account, grant, scope, .. } => {
                (Some(*sub_account), Some((grant, *scope)))
            }
        };
        let beneficiary = beneficiary.map(|id| (Relation::Beneficiary, EntityId::SubAccount(id)));
        let at = access.map(|(_, scope)| (Relation::At, scope.into()));
        let role = access.and_then(|(grant, _)| custom_role(grant));
        let references = [requester, beneficiary, at, role].into_iter().flatten();
        (EntityId::Request(self.id), references)
    }

    fn instants(&self) -> [Option<Timestamp>; 2] {
        [None, Some(self.expires)]
    }
}

/// The reference to a maker. `None` unless it is a sub-account of the organization.
fn made_by(maker: Maker, relation: Relation) -> Option<(Relation, EntityId)> {
    maker.sub_account().map(|id| (relation, EntityId::SubAccount(id)))
}

const fn custom_role(grant: &Grant) -> Option<(Relation, EntityId)> {
    match grant {
        Grant::Role(RoleRef::Custom(id)) => Some((Relation::Grants, EntityId::Role(*id))),
        Grant::Role(RoleRef::System(_)) | Grant::Permissions { .. } => None,
    }
}
