//! Decision: allow, or deny with the reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Status;

/// The answer to one question. There is no third: what is unknown, missing or malformed is a deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use = "a decision that nobody looks at protects nothing"]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Do not, and why.
    Deny(Reason),
}

impl Decision {
    /// Whether the answer is to go ahead.
    pub const fn is_allow(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// Why not; `None` for an allow.
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
        /// Why a question is answered with deny: for the host and its operators, not for the one who asks.
        ///
        /// Of several reasons the one named is that of the first permission asked for (in the order of bits) that is not
        /// effective, and for it the step that came closest to granting it.
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
    /// The organization is not loaded in this process, or there is none.
    NotLoaded => "D1", "the organization is not loaded here",
    /// The store has something of the organization that this process cannot read, or a catalog is in force there by which
    /// it cannot decide.
    Unavailable => "D1", "the organization cannot be read by this process",
    /// Nobody has heard from the store for longer than answers may be old.
    Stale => "D1", "the organization has not been confirmed for too long",
    /// The sub-account is not one of this organization.
    UnknownSubAccount => "D1", "the sub-account is not known in this organization",
    /// The scope is not one of this organization.
    UnknownScope => "D1", "the scope is not known in this organization",
    /// The host's key is not one of this organization.
    UnknownKey => "D1", "the key is not known in this organization",
    /// A bit was asked for that the catalog does not name.
    UnknownPermission => "D9", "a permission was asked for that the catalog does not name",
    /// No permission was asked for.
    NothingRequested => "D9", "no permission was asked for",
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
    /// The sub-account's own end has come.
    Ended => "D2", "the sub-account's access has ended",
    /// The session does not meet the organization's security policy.
    SecurityPolicyUnmet => "D2", "the session does not meet the security policy",
    /// The context does not say whether the session meets the organization's security policy.
    SecurityPolicyUnknown => "D2", "the context does not say whether the session meets the security policy",
    /// The workspace is archived, and this is not in the catalog's read set.
    Archived => "D2", "the workspace is archived",
    /// No allow for this sub-account, here or above, holds the permission.
    NotGranted => "D1", "nothing grants it",
    /// An allow made at or above this scope does not reach it.
    OutOfReach => "D3", "what grants it does not reach this scope",
    /// An allow has not started.
    NotYetValid => "D7", "what grants it has not started",
    /// An allow has ended.
    Expired => "D7", "what grants it has ended",
    /// A condition of an allow is not met.
    ConditionUnmet => "D8", "a condition of what grants it is not met",
    /// The context does not say whether a condition of an allow is met.
    ConditionUnknown => "D8", "the context does not say whether a condition of what grants it is met",
    /// A scope on the way does not let it flow in.
    Masked => "D4", "a scope on the way does not inherit it",
    /// It was passed on by somebody who does not have it.
    DelegatorLacks => "D13", "it was passed on by somebody who does not have it here",
    /// It is granted only on what the sub-account owns, and it does not own this.
    NotOwned => "D6", "it is granted only on what the sub-account owns",
    /// It is granted only on what the sub-account owns, and nobody says whether it owns this.
    OwnershipUnknown => "D6", "it is granted only on what the sub-account owns, and ownership is not known",
    /// A deny takes it away.
    Denied => "D5", "a deny takes it away",
    /// A ceiling on the way cuts it off.
    Ceiling => "D5", "a ceiling cuts it off",
    /// The sub-account's boundary cuts it off.
    Boundary => "D5", "the sub-account's boundary cuts it off",
    /// The service's owner does not have it here, or is not an active member.
    ServiceOwnerLacks => "D13", "the owner of the service does not have it here",
    /// A prerequisite is not effective here.
    PrerequisiteMissing => "D10", "a permission that it needs is not effective here",
    /// The organization has given the operator's organization no consent that acts here and now.
    NoConsent => "D12", "no consent lets the operator in here and now",
    /// The consent's mask cuts it off.
    ConsentMask => "D12", "the consent does not cover it",
    /// The operator does not have it at home.
    OperatorLacks => "D12", "the operator does not have it at home",
}

impl Reason {
    /// Why a sub-account with this status is allowed nothing; `None` for an active one.
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
