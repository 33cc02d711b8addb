//! [`Explanation`]: why a request is allowed or denied.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::decision::Decision;
use crate::access::explain::bar::Bar;
use crate::access::explain::named::Named;
use crate::access::explain::permission::ExplainedPermission;
use crate::id::{OrganizationId, SubAccountId};
use crate::model::Scope;
use crate::model::record::Revision;
use crate::permission::PermissionNames;

/// Why a request is allowed or denied: the decision, and everything that it is derived from.
///
/// Plain data for user interfaces, with readable text by [`Display`](std::fmt::Display). It is
/// meant for the host and its administrators rather than for the principal: it names roles, teams
/// and scopes that the principal may not be allowed to know. It holds no personal data;
/// sub-accounts are named by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "an explanation has no effect unless it is shown"]
#[non_exhaustive]
pub struct Explanation {
    /// The organization.
    pub organization: Named<OrganizationId>,
    /// The revision of the snapshot.
    pub revision: Revision,
    /// The instant of the check.
    pub at: Timestamp,
    /// The principal.
    pub sub_account: SubAccountId,
    /// The scope of the check; `None` if the target is unknown, which is one of the bars.
    pub scope: Option<Named<Scope>>,
    /// Whether the sub-account owns the object (D6); `None` if ownership is neither claimed nor
    /// registered.
    pub is_owned: Option<bool>,
    /// The decision of the check, with its reason.
    pub decision: Decision,
    /// Everything that denies the request whatever was assigned. The first bar is the reason of the
    /// decision.
    pub bars: Vec<Bar>,
    /// The permissions of the request in the order of bits, then their prerequisites.
    pub permissions: Vec<ExplainedPermission>,
}

impl Explanation {
    /// The smallest set of permissions that would have to become effective for the request to be
    /// allowed: those requested or needed that are missing for a reason of their own. Bars are not
    /// considered; they have to be lifted too.
    pub fn missing(&self) -> PermissionNames {
        let missing = self.permissions.iter().filter(|permission| permission.is_missing());
        missing.map(|permission| permission.name.clone()).collect()
    }

    /// The explanation of one permission, by its present name; `None` if it was neither requested
    /// nor needed.
    pub fn permission(&self, name: &str) -> Option<&ExplainedPermission> {
        self.permissions.iter().find(|permission| permission.name.as_str() == name)
    }
}
