//! Bars: what keeps a question from being asked at all, whatever was assigned.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::context::Truth;
use crate::access::decision::Reason;
use crate::model::{Condition, OrganizationStatus, Status};

/// Something that denies a request whatever was assigned to whoever asks: it makes no sense (D1, D9), or the
/// organization, the sub-account or the session does not let it in (D2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bar {
    /// No permission was asked for.
    NothingRequested,
    /// A bit was asked for that the catalog does not name.
    UnknownPermission,
    /// The organization has no such sub-account.
    UnknownSubAccount,
    /// The organization has no such scope.
    UnknownScope,
    /// The host's key stands for nothing.
    UnknownKey,
    /// The organization is not active.
    Organization(OrganizationStatus),
    /// The sub-account is not active.
    Status(Status),
    /// The sub-account must renew its credential.
    CredentialResetRequired,
    /// The sub-account's access ended at this instant.
    Ended(Timestamp),
    /// The session does not meet a condition of the security policy, or does not say whether it does.
    SecurityPolicy(JudgedCondition),
}

impl Bar {
    /// The reason of the deny, if this bar is what it comes from.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::NothingRequested => Reason::NothingRequested,
            Self::UnknownPermission => Reason::UnknownPermission,
            Self::UnknownSubAccount => Reason::UnknownSubAccount,
            Self::UnknownScope => Reason::UnknownScope,
            Self::UnknownKey => Reason::UnknownKey,
            Self::Organization(_) => Reason::OrganizationInactive,
            // An active status bars nobody, and none is made of it.
            Self::Status(Status::Invited | Status::Active) => Reason::Invited,
            Self::Status(Status::Suspended) => Reason::Suspended,
            Self::Status(Status::Left) => Reason::Left,
            Self::Status(Status::Removed) => Reason::Removed,
            Self::CredentialResetRequired => Reason::CredentialResetRequired,
            Self::Ended(_) => Reason::Ended,
            Self::SecurityPolicy(JudgedCondition { is_met: Some(_), .. }) => {
                Reason::SecurityPolicyUnmet
            }
            Self::SecurityPolicy(JudgedCondition { is_met: None, .. }) => {
                Reason::SecurityPolicyUnknown
            }
        }
    }

    /// Whether it lies in what was asked for, so that another request of the same sub-account is not barred by it.
    pub const fn is_of_request(&self) -> bool {
        matches!(self, Self::NothingRequested | Self::UnknownPermission)
    }
}

/// A condition, and whether the request meets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JudgedCondition {
    /// The condition.
    pub condition: Condition,
    /// Whether the request meets it; `None` if the context does not say.
    pub is_met: Option<bool>,
}

impl JudgedCondition {
    pub(super) fn new(condition: &Condition, truth: Truth) -> Self {
        let is_met = match truth {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        };
        Self { condition: condition.clone(), is_met }
    }
}
