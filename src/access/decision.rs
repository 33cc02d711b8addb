//! [`Decision`]: allow, or deny with a reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Status;

/// The result of a check. There is no third: an unknown, missing or malformed input is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use = "an unused decision protects nothing"]
pub enum Decision {
    /// The request may proceed.
    Allow,
    /// The request must not proceed, for this reason.
    Deny(Reason),
}

impl Decision {
    /// Whether the decision is allow.
    pub const fn is_allow(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// The reason of a deny; `None` for an allow.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Allow => None,
            Self::Deny(reason) => Some(reason),
        }
    }
}

impl From<Result<(), Reason>> for Decision {
    fn from(decided: Result<(), Reason>) -> Self {
        decided.map_or_else(Self::Deny, |()| Self::Allow)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => f.write_str("allow"),
            Self::Deny(reason) => write!(f, "deny: {reason}"),
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident => $rule:literal, $text:literal,)*) => {
        /// Why a check denies. For the host and its operators, not for the principal.
        ///
        /// With several causes, it is that of the first requested permission (in the order of bits)
        /// that is not effective, and for this permission the cause that came closest to granting
        /// it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The rule of the specification that the reason comes from: `"D5"`.
            pub const fn rule(self) -> &'static str {
                match self {
                    $(Self::$variant => $rule,)*
                }
            }
        }

        impl fmt::Display for Reason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }
    };
}

// The order matters: `NotGranted` to `OwnershipUnknown` go from the farthest to the closest miss.
reasons! {
    /// The organization is not loaded in this process, or does not exist.
    NotLoaded => "D1", "the organization is not loaded here",
    /// The store holds something of the organization that this process cannot read, or the catalog
    /// in force there is one that it cannot decide by.
    Unavailable => "D1", "the organization cannot be read by this process",
    /// The organization has not been confirmed by the store for longer than the staleness limit.
    Stale => "D1", "the organization has not been confirmed for too long",
    /// The sub-account is not one of this organization.
    UnknownSubAccount => "D1", "the sub-account is not known in this organization",
    /// The scope is not one of this organization.
    UnknownScope => "D1", "the scope is not known in this organization",
    /// The host's key is not one of this organization.
    UnknownKey => "D1", "the key is not known in this organization",
    /// A requested bit is not in the catalog.
    UnknownPermission => "D9", "a requested permission is not in the catalog",
    /// No permission was requested.
    NothingRequested => "D9", "no permission was requested",
    /// The organization is suspended or closed.
    OrganizationInactive => "D2", "the organization is not active",
    /// The sub-account was invited and has not accepted.
    Invited => "D2", "the sub-account has not accepted its invitation",
    /// The sub-account is suspended.
    Suspended => "D2", "the sub-account is suspended",
    /// The sub-account has left.
    Left => "D2", "the sub-account has left",
    /// The sub-account was removed.
    Removed => "D2", "the sub-account was removed",
    /// The sub-account must renew its credential first.
    CredentialResetRequired => "D2", "the sub-account must renew its credential",
    /// The access of the sub-account has ended.
    Ended => "D2", "the sub-account's access has ended",
    /// The session does not meet the organization's security policy.
    SecurityPolicyUnmet => "D2", "the session does not meet the security policy",
    /// The context does not say whether the session meets the organization's security policy.
    SecurityPolicyUnknown => "D2", "the context does not say whether the session meets the security policy",
    /// The workspace is archived, and the permission is not in the catalog's read set.
    Archived => "D2", "the workspace is archived",
    /// No allow for this sub-account, here or above, holds the permission.
    NotGranted => "D1", "nothing grants it",
    /// An allow made at or above this scope does not reach it.
    OutOfReach => "D3", "the assignment that grants it does not reach this scope",
    /// An allow has not started.
    NotYetValid => "D7", "the assignment that grants it has not started",
    /// An allow has ended.
    Expired => "D7", "the assignment that grants it has ended",
    /// A condition of an allow is not met.
    ConditionUnmet => "D8", "a condition of the assignment that grants it is not met",
    /// The context does not say whether a condition of an allow is met.
    ConditionUnknown => "D8", "the context does not say whether a condition of the assignment that grants it is met",
    /// A scope on the path does not inherit it.
    Masked => "D4", "a scope on the path does not inherit it",
    /// It was delegated by a sub-account that does not have it at the scope.
    DelegatorLacks => "D13", "the delegator does not have it here",
    /// It is granted only on objects that the sub-account owns, and it does not own this one.
    NotOwned => "D6", "it is granted only on objects that the sub-account owns",
    /// It is granted only on objects that the sub-account owns, and it is not known whether it owns
    /// this one.
    OwnershipUnknown => "D6", "it is granted only on objects that the sub-account owns, and ownership is not known",
    /// A deny takes it away.
    Denied => "D5", "a deny takes it away",
    /// A ceiling on the path excludes it.
    Ceiling => "D5", "a ceiling excludes it",
    /// The boundary of the sub-account excludes it.
    Boundary => "D5", "the sub-account's boundary excludes it",
    /// The owner of the service does not have it at the scope, or is not an active member.
    ServiceOwnerLacks => "D13", "the owner of the service does not have it here",
    /// A prerequisite is not effective at the scope.
    PrerequisiteMissing => "D10", "a prerequisite is not effective here",
    /// No consent of the organization admits the operator at this scope and time.
    NoConsent => "D12", "no consent admits the operator here and now",
    /// The mask of the consent excludes it.
    ConsentMask => "D12", "the consent does not cover it",
    /// The operator does not have it in its own organization.
    OperatorLacks => "D12", "the operator does not have it in its own organization",
}

impl Reason {
    /// Why a sub-account with this status is denied everything; `None` for an active one.
    pub(crate) const fn of_status(status: Status) -> Option<Self> {
        match status {
            Status::Active => None,
            Status::Invited => Some(Self::Invited),
            Status::Suspended => Some(Self::Suspended),
            Status::Left => Some(Self::Left),
            Status::Removed => Some(Self::Removed),
        }
    }
}
