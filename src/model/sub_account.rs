//! Sub-account: the principal, one person's or one program's account under an organization.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::SubAccountId;
use crate::model::personal::{Digest, Personal};
use crate::permission::PermissionNames;
use crate::text::Label;

/// A sub-account. It is never removed, only [`Status::Left`] or [`Status::Removed`], so its id is never free again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubAccount {
    /// Its id.
    pub id: SubAccountId,
    /// Member, guest or service.
    pub kind: SubAccountKind,
    /// The member who answers for a service; none for members and guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SubAccountId>,
    /// Where it stands in its life.
    pub status: Status,
    /// Whether its credential must be renewed before it may do anything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub credential_reset_required: bool,
    /// Its login, unless it has none (a service) or it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Personal>,
    /// The hash of the login it had before it was erased, so that what belongs to the login finds its person again;
    /// see [`Organization::login_hash`](super::Organization::login_hash). There is a login or this, never both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Digest>,
    /// The hashes of the logins that it had before and has no more, so that what binds a person
    /// finds them again under each; see
    /// [`Organization::login_hash`](super::Organization::login_hash).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub former_logins: BTreeSet<Digest>,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// The instant at which all its access ends. A guest always has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// A limit on everything it may do, whoever grants it; none limits nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<PermissionNames>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl SubAccount {
    /// An active member without a login, boundary, end or labels.
    pub const fn member(id: SubAccountId) -> Self {
        Self {
            id,
            kind: SubAccountKind::Member,
            owner: None,
            status: Status::Active,
            credential_reset_required: false,
            login: None,
            erased: None,
            former_logins: BTreeSet::new(),
            name: None,
            ends: None,
            boundary: None,
            labels: BTreeSet::new(),
        }
    }

    /// An active guest until `ends`.
    pub fn guest(id: SubAccountId, ends: Timestamp) -> Self {
        Self { kind: SubAccountKind::Guest, ends: Some(ends), ..Self::member(id) }
    }

    /// An active service that `owner` answers for.
    pub fn service(id: SubAccountId, owner: SubAccountId) -> Self {
        Self { kind: SubAccountKind::Service, owner: Some(owner), ..Self::member(id) }
    }

    /// Whether it takes one of the organization's seats: a person, and active.
    pub fn takes_seat(&self) -> bool {
        self.kind != SubAccountKind::Service && self.status == Status::Active
    }
}

/// The three kinds of sub-account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubAccountKind {
    /// A person who belongs to the organization.
    Member,
    /// A person from outside; must have an end.
    Guest,
    /// A program; has a member as its owner.
    Service,
}

/// Where a sub-account stands in its life. Only `Active` may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Asked to join, not yet joined.
    Invited,
    /// Joined.
    Active,
    /// Kept out for a while; assignments are kept and do not act.
    Suspended,
    /// Left by itself.
    Left,
    /// Taken out by somebody else.
    Removed,
}

impl Status {
    /// Whether a sub-account may go from this status to `next`. Staying is no step and always possible.
    ///
    /// `Invited -> Active | Removed`, `Active -> Suspended | Left | Removed`, `Suspended -> Active | Left | Removed`,
    /// `Left | Removed -> Invited | Active`.
    pub const fn may_become(self, next: Self) -> bool {
        use Status::{Active, Invited, Left, Removed, Suspended};
        matches!(
            (self, next),
            (Invited, Invited | Active | Removed)
                | (Active, Active | Suspended | Left | Removed)
                | (Suspended, Suspended | Active | Left | Removed)
                | (Left, Left | Invited | Active)
                | (Removed, Removed | Invited | Active)
        )
    }

    /// Whether a new sub-account may start with this status.
    pub const fn may_start(self) -> bool {
        matches!(self, Self::Invited | Self::Active)
    }
}
