//! Remedy: what would help somebody who is denied, and who could give it.
//!
//! Nothing here is reasoned out a second time. Whether a role helps is found by assigning it, as the host would, and
//! query again; whether somebody may assign it, by check the very change they would make. Nothing is stored.
//!
//! `search` does the finding, `text` puts it in words. Why it is denied is what an explanation says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Explanation, Named, Reason};
use crate::governance::remedy::helpful_role::HelpfulRole;
use crate::governance::remedy::obstacle::Obstacle;
use crate::id::SubAccountId;
use crate::model::Scope;
use crate::permission::PermissionNames;

/// What would help a sub-account that is denied something: the permissions that are missing, what stands in the way of
/// having them by any role, or else the roles that would give them and the people who may assign those.
///
/// Plain data, and readable text by [`Display`](std::fmt::Display). It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "a remedy is for somebody to read"]
#[non_exhaustive]
pub struct Remedy {
    /// Who is denied.
    pub sub_account: SubAccountId,
    /// Where; `None` if the target is unknown.
    pub scope: Option<Named<Scope>>,
    /// The instant as of which assignments were judged.
    pub at: Timestamp,
    /// Whether nothing is needed: the request is allowed as it is.
    pub is_allowed: bool,
    /// The permissions that would have to become effective.
    pub missing: PermissionNames,
    /// What no role helps against. If there is any, no roles are looked for.
    #[serde(rename = "hindrances")]
    pub obstacles: Vec<Obstacle>,
    /// The roles that would help, those that grant the fewest permissions first.
    pub roles: Vec<HelpfulRole>,
    /// Whether there are more of them than [`ROLES`](Self::ROLES).
    pub has_more_roles: bool,
}

impl Remedy {
    /// The most roles that are named.
    pub const ROLES: usize = 16;

    /// The most sub-accounts for whom it is judged whether they may assign a role.
    pub const CANDIDATES: usize = 32;
}

impl Remedy {
    /// What an explanation says of it by itself: what is missing, and what stands in the way.
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
