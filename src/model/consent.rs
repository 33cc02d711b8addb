//! Support access: an organization's consent that operators of the host may act in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ConsentId, OrganizationId};
use crate::model::maker::Maker;
use crate::model::scope::Scope;
use crate::permission::PermissionNames;

/// A consent. It grants nothing by itself: an operator has what its own organization gives it, cut by the mask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The organization whose sub-accounts may act as operators.
    pub operators: OrganizationId,
    /// Where they may act: here and below.
    pub scope: Scope,
    /// The most that they may do.
    pub mask: PermissionNames,
    /// The first instant at which it acts, if not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Timestamp>,
    /// The instant at which it ends; every consent has one.
    pub ends: Timestamp,
    /// Who gave it. Format 1 did not say: what it kept counts as the host's.
    #[serde(default, skip_serializing_if = "Maker::is_host")]
    pub by: Maker,
}

impl Consent {
    /// Whether the consent acts at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.starts.is_none_or(|starts| starts <= now) && now < self.ends
    }
}
