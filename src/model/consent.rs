//! Support access: an organization's consent that operators of the host may act in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ConsentId, OrganizationId};
use crate::model::maker::Maker;
use crate::model::scope::Scope;
use crate::permission::PermissionNames;

/// A consent. It grants nothing by itself: an operator has the permissions that its own
/// organization gives it, limited by the mask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The organization whose sub-accounts may act as operators.
    pub operators: OrganizationId,
    /// Where operators may act: here and below.
    pub scope: Scope,
    /// The most permissions that operators have.
    pub mask: PermissionNames,
    /// The first instant at which it applies. `None` if it applies at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Timestamp>,
    /// The instant at which it ends.
    pub ends: Timestamp,
    /// Who gave it. Records of format 1 do not say; those consents count as given by the host.
    #[serde(default, skip_serializing_if = "Maker::is_host")]
    pub by: Maker,
}

impl Consent {
    /// Whether the consent applies at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.starts.is_none_or(|starts| starts <= now) && now < self.ends
    }
}
