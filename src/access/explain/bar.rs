//! Bars: what keeps a question from being asked at all, whatever was assigned.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::context::{Context, Truth};
use crate::access::decision::Reason;
use crate::access::reference::Rules;
use crate::model::{Condition, OrganizationStatus, Scope, Status, SubAccount};
use crate::permission::Bits;

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
            Self::Status(status) => match Reason::of_status(*status) {
                Some(reason) => reason,
                // An active status bars nobody, and none is made of it.
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

/// D9, D1 and D2, in the order in which they are judged; all of it, not only the first.
pub(super) fn bars(
    rules: &Rules<'_>,
    need: Bits,
    sub_account: Option<&SubAccount>,
    scope: Result<Scope, Reason>,
    context: &Context,
) -> Vec<Bar> {
    let mut bars = Vec::new();
    match rules.well_formed(need) {
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
    // What is not met comes before what is not known to be, as the reason does.
    unmet.sort_by_key(|(truth, _)| *truth);
    bars.extend(
        unmet
            .into_iter()
            .map(|(truth, condition)| Bar::SecurityPolicy(JudgedCondition::new(condition, truth))),
    );
    bars
}
