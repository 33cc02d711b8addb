//! The remedy for a deny.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Explanation, Named, Reason};
use crate::governance::remedy::helpful_role::HelpfulRole;
use crate::governance::remedy::obstacle::Obstacle;
use crate::id::SubAccountId;
use crate::model::Scope;
use crate::permission::PermissionNames;

/// What would help a sub-account that is denied a request: the missing permissions, and either the
/// obstacles that no role removes, or the roles that would help and the accounts that may assign
/// them.
///
/// Plain data, and readable text by [`Display`](std::fmt::Display). It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "a remedy is for somebody to read"]
#[non_exhaustive]
pub struct Remedy {
    /// The sub-account that is denied.
    pub sub_account: SubAccountId,
    /// The scope; `None` if the target is unknown.
    pub scope: Option<Named<Scope>>,
    /// The instant at which roles would be assigned.
    pub at: Timestamp,
    /// Whether the request is allowed as it is.
    pub is_allowed: bool,
    /// The permissions that are missing.
    pub missing: PermissionNames,
    /// Obstacles that no role removes. If there are any, no roles are searched.
    #[serde(rename = "hindrances")]
    pub obstacles: Vec<Obstacle>,
    /// The roles that would help, those with the fewest permissions first.
    pub roles: Vec<HelpfulRole>,
    /// Whether there are more than [`ROLES`](Self::ROLES).
    pub has_more_roles: bool,
}

impl Remedy {
    /// The most roles that are listed.
    pub const ROLES: usize = 16;

    /// The most sub-accounts that are checked for whether they may assign a role.
    pub const CANDIDATES: usize = 32;
}

impl Remedy {
    /// The part of a remedy that an explanation gives: missing permissions and obstacles.
    pub(super) fn of(explanation: &Explanation, at: Timestamp) -> Self {
        let bars = explanation.bars.iter().cloned().map(Obstacle::Bar);
        let missing = explanation.permissions.iter().filter(|permission| permission.is_missing());
        let others = missing.flat_map(|permission| {
            let name = &permission.name;
            let is_unknown = permission.lacks == Some(Reason::UnknownPermission);
            let unknown = is_unknown.then(|| Obstacle::Unknown(name.clone()));
            let denies =
                permission.paths.iter().filter(|path| path.denies()).map(|path| Obstacle::Denied {
                    permission: name.clone(),
                    assignment: path.assignment,
                    scope: path.scope.clone(),
                });
            let cuts = permission.cuts.iter();
            let cuts = cuts.map(|cut| Obstacle::Cut { permission: name.clone(), cut: cut.clone() });
            unknown.into_iter().chain(denies).chain(cuts).collect::<Vec<_>>()
        });
        Self {
            sub_account: explanation.sub_account,
            scope: explanation.scope.clone(),
            at,
            is_allowed: explanation.decision.is_allow(),
            missing: explanation.missing(),
            obstacles: bars.chain(others).collect(),
            roles: Vec::new(),
            has_more_roles: false,
        }
    }
}
