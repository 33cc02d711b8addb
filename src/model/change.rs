//! Changes: what a record contains, and why an organization refuses it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{
    AssignmentId, ConsentId, InvitationId, PersonalId, RequestId, ResourceId, RoleId, SubAccountId,
    TeamId, WorkspaceId,
};
use crate::model::assignment::Assignment;
use crate::model::consent::Consent;
use crate::model::invitation::Invitation;
use crate::model::link::EntityId;
use crate::model::personal::{Personal, PersonalRow};
use crate::model::profile::{OrganizationStatus, Profile};
use crate::model::request::Request;
use crate::model::resource::Resource;
use crate::model::role::Role;
use crate::model::scope::Key;
use crate::model::sub_account::{Status, SubAccount};
use crate::model::team::{Membership, Team};
use crate::model::workspace::Workspace;

/// The changes of one revision. They are applied all or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSet {
    /// When the changes were made. Never before the previous revision, unless the set contains a
    /// [`Change::ResetTime`].
    pub time: Timestamp,
    /// The changes, in order. References are checked after the last one.
    pub changes: Vec<Change>,
    /// The side rows to which the changes refer for the first time. A reference without its row
    /// reads as erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<PersonalRow>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly every change is a `Put`")]
pub enum Change {
    /// Inserts an object, or replaces the one with its id.
    Put(Put),
    /// Removes an object.
    Remove(Remove),
    /// Corrects the organization's time to that of this change set.
    ResetTime(TimeReset),
}

/// The time of the organization before it was corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeReset {
    /// The date of the previous revision.
    pub from: Timestamp,
}

impl Change {
    /// The references to personal data that the change contains.
    pub(crate) fn personal(&self) -> impl Iterator<Item = Personal> {
        let made = match self {
            Self::Put(Put::SubAccount(sub_account)) => [sub_account.login, sub_account.name, None],
            Self::Put(Put::Assignment(assignment)) => {
                [assignment.reason.as_deref().copied(), None, None]
            }
            Self::Put(Put::Request(request)) => request.personal(),
            Self::Put(_) | Self::Remove(_) | Self::ResetTime(_) => [None; 3],
        };
        made.into_iter().flatten()
    }
}

/// The object to insert, or to replace the one with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Put {
    /// The organization's own row.
    Profile(Profile),
    /// A workspace.
    Workspace(Workspace),
    /// A resource.
    Resource(Resource),
    /// A sub-account.
    SubAccount(SubAccount),
    /// A team.
    Team(Team),
    /// A membership in a team.
    Membership(Membership),
    /// A custom role.
    Role(Role),
    /// An assignment.
    Assignment(Assignment),
    /// A consent to support access.
    Consent(Consent),
    /// An invitation.
    Invitation(Invitation),
    /// A request.
    Request(Request),
}

/// The object to remove. Its id and its key, if it has one, can never be used again. Sub-accounts
/// are not removed: they change to [`Status::Left`] or [`Status::Removed`] and keep their id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remove {
    /// A workspace.
    Workspace(WorkspaceId),
    /// A resource.
    Resource(ResourceId),
    /// A team.
    Team(TeamId),
    /// A membership in a team. It can be added again.
    Membership(Membership),
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

macro_rules! into_put {
    ($($object:ident)*) => {$(
        impl From<$object> for Change {
            fn from(object: $object) -> Self {
                Self::Put(Put::$object(object))
            }
        }
    )*};
}
into_put!(Profile Workspace Resource SubAccount Team Membership);
into_put!(Role Assignment Consent Invitation Request);

impl From<TimeReset> for Change {
    fn from(reset: TimeReset) -> Self {
        Self::ResetTime(reset)
    }
}

impl From<Remove> for Change {
    fn from(remove: Remove) -> Self {
        Self::Remove(remove)
    }
}

/// Why a change set does not fit an organization. The organization is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StructureError {
    /// The first change of an organization is not its profile.
    #[error("an organization starts with its profile; put it first")]
    NoProfile,
    /// A reference to something that does not exist.
    #[error("{from} refers to {to}, which does not exist")]
    Dangling {
        /// The object with the reference.
        from: EntityId,
        /// The object that does not exist.
        to: EntityId,
    },
    /// An object is removed while another one refers to it.
    #[error("{removed} is still referred to by {by}; remove or change that first")]
    StillReferenced {
        /// The object to remove.
        removed: EntityId,
        /// An object that refers to it.
        by: EntityId,
    },
    /// An object to remove does not exist.
    #[error("{0} cannot be removed: it does not exist")]
    NothingToRemove(EntityId),
    /// A membership to remove does not exist.
    #[error("sub-account {} is not in team {}", .0.sub_account, .0.team)]
    NotAMember(Membership),
    /// The id of a removed object is used again.
    #[error("the id of {0} was used before; use a new id")]
    IdReused(EntityId),
    /// Two references use the same side row.
    #[error("the personal row {0} is already in use; use a new id for every row")]
    PersonalReused(PersonalId),
    /// Another workspace, or another resource of the same kind, has this key.
    #[error("the key `{key}` belongs to {holder}")]
    DuplicateKey {
        /// The key.
        key: Key,
        /// The object that has the key.
        holder: EntityId,
    },
    /// A key that was used before is used again.
    #[error("the key `{0}` was used before; use another key")]
    KeyReused(Key),
    /// Another sub-account has this login, or had it when it was erased.
    #[error("the login belongs to sub-account {holder}")]
    DuplicateLogin {
        /// The sub-account that has it.
        holder: SubAccountId,
    },
    /// An object would contain itself.
    #[error("{0} would contain itself")]
    Cycle(EntityId),
    /// A tree or a chain of included roles would become too deep.
    #[error("{entity} would be part of a chain deeper than {limit} levels")]
    TooDeep {
        /// The object at which the depth was exceeded.
        entity: EntityId,
        /// The most levels.
        limit: usize,
    },
    /// A list of an object is too long.
    #[error("{entity} has {count} {what}; at most {limit} are allowed")]
    TooMany {
        /// The object.
        entity: EntityId,
        /// The name of the list.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// A window of time that ends before it starts.
    #[error("{0} ends before it starts")]
    EmptyWindow(EntityId),
    /// An assignment, or a request for access, without any permission.
    #[error("{0} names no permission; it must name at least one")]
    EmptyGrant(EntityId),
    /// A deny with a delegator.
    #[error("assignment {0} has a delegator but denies; only an allow can be delegated")]
    DelegatedDeny(AssignmentId),
    /// A guest without an end.
    #[error("sub-account {0} is a guest and must have an end")]
    GuestWithoutEnd(SubAccountId),
    /// A service without a member as its owner, or an owner of a sub-account that is not a service.
    #[error("sub-account {0} must have a member as its owner if, and only if, it is a service")]
    ServiceOwner(SubAccountId),
    /// A sub-account has both a login and the hash of an erased one.
    #[error("sub-account {0} has both a login and the hash of an erased login")]
    ErasedWithLogin(SubAccountId),
    /// An invitation of a sub-account that is not in status [`Status::Invited`].
    #[error(
        "sub-account {0} is not in status Invited; remove its invitation in the same change set"
    )]
    InvitationOf(SubAccountId),
    /// A second invitation for one sub-account.
    #[error("sub-account {0} already has an invitation; remove it first")]
    InvitedTwice(SubAccountId),
    /// A service would become a person, or a person a service.
    #[error("sub-account {0} cannot change between service and person")]
    KindChanged(SubAccountId),
    /// A status change that is not allowed; see [`Status::may_become`].
    #[error("sub-account {sub_account} cannot become {to:?} from {from:?}")]
    IllegalStatus {
        /// The sub-account.
        sub_account: SubAccountId,
        /// Its status before; `None` for a new sub-account.
        from: Option<Status>,
        /// The status that it was to get.
        to: Status,
    },
    /// A closed organization would be reopened.
    #[error("an organization cannot become {to:?} from {from:?}")]
    IllegalOrganizationStatus {
        /// Its status before.
        from: OrganizationStatus,
        /// The status that it was to get.
        to: OrganizationStatus,
    },
    /// A side row that does not match the reference to it.
    #[error("the personal row {0} does not match its reference")]
    PersonalMismatch(PersonalId),
    /// A side row that nothing refers to.
    #[error("nothing refers to the personal row {0}")]
    PersonalUnreferenced(PersonalId),
    /// The time is reset from a time that is not the organization's.
    #[error("the time is reset from {from}, but the previous revision is dated {after}")]
    NotTheTime {
        /// The time that the reset names.
        from: Timestamp,
        /// The date of the previous revision.
        after: Timestamp,
    },
    /// The change set is dated before the previous revision.
    #[error("the change set is dated {time}, before the previous revision at {after}")]
    TimeWentBack {
        /// The date of the change set.
        time: Timestamp,
        /// The date of the previous revision.
        after: Timestamp,
    },
}
