//! [`Bar`]: why a request is denied whatever was assigned.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::context::{Context, Truth};
use crate::access::decision::Reason;
use crate::access::explain::condition::JudgedCondition;
use crate::access::reference::rules::Rules;
use crate::model::{OrganizationStatus, Scope, Status, SubAccount};
use crate::permission::Bits;

/// Why a request is denied whatever was assigned to the sub-account: the request names something
/// unknown (D1, D9), or the organization, the sub-account or the session does not admit it (D2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bar {
    /// No permission was requested.
    NothingRequested,
    /// A requested bit is not in the catalog.
    UnknownPermission,
    /// The organization has no such sub-account.
    UnknownSubAccount,
    /// The organization has no such scope.
    UnknownScope,
    /// The organization has no such key of the host.
    UnknownKey,
    /// The organization is not active.
    Organization(OrganizationStatus),
    /// The sub-account is not active.
    Status(Status),
    /// The sub-account must renew its credential.
    CredentialResetRequired,
    /// The sub-account's access ended at this instant.
    Ended(Timestamp),
    /// The session does not meet a condition of the security policy, or the context does not say
    /// whether it does.
    SecurityPolicy(JudgedCondition),
}

impl Bar {
    /// The reason of a deny that comes from this bar.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::NothingRequested => Reason::NothingRequested,
            Self::UnknownPermission => Reason::UnknownPermission,
            Self::UnknownSubAccount => Reason::UnknownSubAccount,
            Self::UnknownScope => Reason::UnknownScope,
            Self::UnknownKey => Reason::UnknownKey,
            Self::Organization(_) => Reason::OrganizationInactive,
            Self::Status(status) => match Reason::of_status(*status) {
                Some(reason) => reason,
                // No bar is made of an active status.
                None => Reason::Invited,
            },
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

    /// Whether the bar concerns the requested permissions only, so that another request of the same
    /// sub-account is not barred.
    pub const fn is_of_request(&self) -> bool {
        matches!(self, Self::NothingRequested | Self::UnknownPermission)
    }
}

/// All bars of a request, in the order in which D9, D1 and D2 are judged.
pub(super) fn bars(
    rules: &Rules<'_>,
    need: Bits,
    sub_account: Option<&SubAccount>,
    scope: Result<Scope, Reason>,
    context: &Context,
) -> Vec<Bar> {
    let mut bars = Vec::new();
    match rules.check_well_formed(need) {
        Ok(()) => {}
        Err(Reason::NothingRequested) => bars.push(Bar::NothingRequested),
        Err(_) => bars.push(Bar::UnknownPermission),
    }
    if sub_account.is_none() {
        bars.push(Bar::UnknownSubAccount);
    }
    match scope {
        Ok(_) => {}
        Err(Reason::UnknownKey) => bars.push(Bar::UnknownKey),
        Err(_) => bars.push(Bar::UnknownScope),
    }
    match rules.organization.profile().status {
        OrganizationStatus::Active => {}
        status => bars.push(Bar::Organization(status)),
    }
    let Some(sub_account) = sub_account else { return bars };
    if sub_account.status != Status::Active {
        bars.push(Bar::Status(sub_account.status));
    }
    if sub_account.credential_reset_required {
        bars.push(Bar::CredentialResetRequired);
    }
    let now = context.time().unwrap_or(rules.now);
    bars.extend(sub_account.ends.filter(|ends| *ends <= now).map(Bar::Ended));
    let mut unmet: Vec<_> = rules
        .security_policy(sub_account.kind)
        .map(|condition| (context.meets(condition), condition))
        .filter(|(truth, _)| *truth != Truth::True)
        .collect();
    // Unmet conditions come before unknown ones, as their reasons do.
    unmet.sort_by_key(|(truth, _)| *truth);
    bars.extend(
        unmet
            .into_iter()
            .map(|(truth, condition)| Bar::SecurityPolicy(JudgedCondition::new(condition, truth))),
    );
    bars
}
