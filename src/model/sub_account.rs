//! Sub-account: the principal. The account of one person or one program in an organization.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::SubAccountId;
use crate::model::personal::{Digest, Personal};
use crate::permission::PermissionNames;
use crate::text::Label;

/// A sub-account. It is never deleted, only set to [`Status::Left`] or [`Status::Removed`], so its
/// id cannot be used again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubAccount {
    /// Its id.
    pub id: SubAccountId,
    /// Member, guest or service.
    pub kind: SubAccountKind,
    /// The member who is responsible for a service. `None` for members and guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SubAccountId>,
    /// Its status.
    pub status: Status,
    /// Whether its credential must be renewed before anything is allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub credential_reset_required: bool,
    /// Its login. `None` for a service, or if it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Personal>,
    /// The hash of its login before that was erased, by which the person is recognized again; see
    /// [`Organization::login_hash`](super::Organization::login_hash). Never set together with a
    /// login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Digest>,
    /// The hashes of the logins that it had before, under each of which the person is recognized
    /// again; see [`Organization::login_hash`](super::Organization::login_hash).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub former_logins: BTreeSet<Digest>,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// The instant at which all its access ends. Every guest has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// The boundary: a limit on its permissions, from whatever grant. `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<PermissionNames>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl SubAccount {
    /// Returns an active member without a login, boundary, end or labels.
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

    /// Returns an active guest until `ends`.
    pub fn guest(id: SubAccountId, ends: Timestamp) -> Self {
        Self { kind: SubAccountKind::Guest, ends: Some(ends), ..Self::member(id) }
    }

    /// Returns an active service that belongs to `owner`.
    pub fn service(id: SubAccountId, owner: SubAccountId) -> Self {
        Self { kind: SubAccountKind::Service, owner: Some(owner), ..Self::member(id) }
    }

    /// Whether it takes a seat: active, and a member or a guest.
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
    /// A person from outside. Has an end.
    Guest,
    /// A program. Has a member as its owner.
    Service,
}

/// The status of a sub-account. Only `Active` is allowed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Invited, and has not accepted yet.
    Invited,
    /// In use.
    Active,
    /// Locked for a while: its assignments are kept and grant nothing.
    Suspended,
    /// Left of its own accord.
    Left,
    /// Removed by another.
    Removed,
}

impl Status {
    /// Whether a sub-account may change from this status to `next`. Keeping a status is always
    /// allowed.
    ///
    /// `Invited -> Active | Removed`, `Active -> Suspended | Left | Removed`, `Suspended -> Active
    /// | Left | Removed`, `Left | Removed -> Invited | Active`.
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
