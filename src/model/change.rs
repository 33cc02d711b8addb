//! Changes: the effects that are recorded, and why an organization refuses one.

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

/// What one revision does to an organization: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSet {
    /// When it happened; never before the revision it follows, unless it [sets the time
    /// anew](Change::ResetTime).
    pub time: Timestamp,
    /// The effects, in order. References are judged when all of them are in.
    pub changes: Vec<Change>,
    /// The side rows that the effects refer to for the first time. A reference without its row reads as erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<PersonalRow>,
}

/// One effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly every change is a `Put`")]
pub enum Change {
    /// A noun as it is from now on: new, or in place of what had its id.
    Put(Put),
    /// A noun that is no more.
    Remove(Remove),
    /// The organization's time, which was wrong, is that of this change set from now on.
    ResetTime(TimeReset),
}

/// What the organization's time was before it was set anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeReset {
    /// The date of the revision that this one follows.
    pub from: Timestamp,
}

impl Change {
    /// The references to personal data that the change makes.
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

/// A noun as it is from now on.
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
    /// A place in a team.
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

/// A noun that is no more. Its id, and its key if it had one, are never free again. Sub-accounts are not removed: they
/// leave, and keep their id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remove {
    /// A workspace.
    Workspace(WorkspaceId),
    /// A resource.
    Resource(ResourceId),
    /// A team.
    Team(TeamId),
    /// A place in a team; it may be taken again.
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
    ($($noun:ident)*) => {$(
        impl From<$noun> for Change {
            fn from(noun: $noun) -> Self {
                Self::Put(Put::$noun(noun))
            }
        }
    )*};
}
into_put!(Profile Workspace Resource SubAccount Team Membership Role Assignment Consent Invitation Request);

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

/// Why a change set does not fit an organization. The organization is then exactly what it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StructureError {
    /// The first change of an organization is not its profile.
    #[error("an organization starts with its profile; put it first")]
    NoProfile,
    /// A reference to what does not exist.
    #[error("{from} refers to {to}, which does not exist")]
    Dangling {
        /// What refers.
        from: EntityId,
        /// What it refers to.
        to: EntityId,
    },
    /// Something is removed while it is referred to.
    #[error("{removed} is still referred to by {by}; remove or change that first")]
    StillReferenced {
        /// What was to be removed.
        removed: EntityId,
        /// What refers to it.
        by: EntityId,
    },
    /// Something is removed that is not there.
    #[error("{0} cannot be removed, it does not exist")]
    NothingToRemove(EntityId),
    /// A place in a team is given up by somebody who has none.
    #[error("sub-account {} is not in team {}", .0.sub_account, .0.team)]
    NotAMember(Membership),
    /// An id that something removed had before.
    #[error("the id of {0} was used before; ids are never used twice")]
    IdReused(EntityId),
    /// A side row's id that is in use.
    #[error("the personal row {0} is already in use; every row has an id of its own")]
    PersonalReused(PersonalId),
    /// Another workspace, or another resource of the same kind, has this key.
    #[error("the key `{key}` belongs to {holder}")]
    DuplicateKey {
        /// The key.
        key: Key,
        /// What has it.
        holder: EntityId,
    },
    /// A key that something had before.
    #[error("the key `{0}` was used before; keys are never used twice")]
    KeyReused(Key),
    /// Another sub-account has this login, or had it when it was erased.
    #[error("the login belongs to sub-account {holder}")]
    DuplicateLogin {
        /// Who has it.
        holder: SubAccountId,
    },
    /// Something would contain itself.
    #[error("{0} would contain itself")]
    Cycle(EntityId),
    /// A tree or a chain of includes grows too deep.
    #[error("{entity} would be part of a chain deeper than {limit} levels")]
    TooDeep {
        /// Where it was noticed.
        entity: EntityId,
        /// The most levels.
        limit: usize,
    },
    /// A list of a noun grows too long.
    #[error("{entity} has {count} {what}; at most {limit} are allowed")]
    TooMany {
        /// Whose list it is.
        entity: EntityId,
        /// What it lists.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A window that would never be open.
    #[error("{0} ends before it starts")]
    EmptyWindow(EntityId),
    /// An assignment of no permission at all, or a request for none.
    #[error("{0} names no permission; nothing is not everything")]
    EmptyGrant(EntityId),
    /// A deny that passes on somebody's access.
    #[error("assignment {0} denies; only an allow can pass on somebody's access")]
    DelegatedDeny(AssignmentId),
    /// A guest without an end.
    #[error("sub-account {0} is a guest and must have an end")]
    GuestWithoutEnd(SubAccountId),
    /// A service without a member as owner, or an owner where there may be none.
    #[error("sub-account {0} must have a member as its owner if, and only if, it is a service")]
    ServiceOwner(SubAccountId),
    /// A sub-account has both a login and the hash of one that was erased.
    #[error("sub-account {0} has a login, so it cannot have the hash of an erased one too")]
    ErasedWithLogin(SubAccountId),
    /// An invitation of a sub-account that is not, or no longer, in status [`Status::Invited`].
    #[error(
        "sub-account {0} is not in status Invited, so it has no invitation; remove that in the same change set"
    )]
    InvitationOf(SubAccountId),
    /// A second invitation of one sub-account.
    #[error("sub-account {0} has an invitation already; remove that first")]
    InvitedTwice(SubAccountId),
    /// A service becomes a person or a person a service.
    #[error("sub-account {0} cannot turn from a service into a person or back")]
    KindChanged(SubAccountId),
    /// A step that the life of a sub-account does not have.
    #[error("sub-account {sub_account} cannot become {to:?} from {from:?}")]
    IllegalStatus {
        /// Whose status it is.
        sub_account: SubAccountId,
        /// What it was; nothing for a new sub-account.
        from: Option<Status>,
        /// What it was to become.
        to: Status,
    },
    /// A closed organization is reopened.
    #[error("an organization cannot become {to:?} from {from:?}")]
    IllegalOrganizationStatus {
        /// What it was.
        from: OrganizationStatus,
        /// What it was to become.
        to: OrganizationStatus,
    },
    /// A side row that does not match the reference to it.
    #[error("the personal row {0} does not match its reference")]
    PersonalMismatch(PersonalId),
    /// A side row that nothing refers to.
    #[error("nothing refers to the personal row {0}")]
    PersonalUnreferenced(PersonalId),
    /// The time is set anew from one that it is not.
    #[error("the time is set anew from {from}, but the revision it follows is dated {after}")]
    NotTheTime {
        /// What the time was said to be.
        from: Timestamp,
        /// The date of the revision it follows.
        after: Timestamp,
    },
    /// A record from before the one it follows.
    #[error("the change is dated {time}, before the revision it follows at {after}")]
    TimeWentBack {
        /// The date of the change.
        time: Timestamp,
        /// The date of the revision it follows.
        after: Timestamp,
    },
}
