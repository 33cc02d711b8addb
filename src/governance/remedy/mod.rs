//! Remedy: what would help somebody who is denied, and who could give it.
//!
//! Nothing here is reasoned out a second time. Whether a role helps is found by assigning it, as the host would, and
//! asking again; whether somebody may assign it, by judging the very change they would make. Nothing is stored.
//!
//! `search` does the finding, `text` puts it in words. Why it is denied is what an explanation says.

mod search;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Bar, Context, Cut, Explanation, Named, Reason, Snapshot, Subject, Target};
use crate::governance::remedy::search::search;
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{RoleRef, Scope};
use crate::permission::{PermissionName, PermissionNames, Permissions};

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
    pub hindrances: Vec<Hindrance>,
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

/// Something that keeps a permission from being effective whatever role is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hindrance {
    /// The request, the sub-account, the organization or the session is barred as such.
    Bar(Bar),
    /// Something is needed that this process does not know.
    Unknown(PermissionName),
    /// A deny takes the permission away.
    Denied {
        /// The permission.
        permission: PermissionName,
        /// The assignment that denies it.
        assignment: AssignmentId,
        /// Where that was made.
        scope: Named<Scope>,
    },
    /// A limit cuts the permission off.
    Cut {
        /// The permission.
        permission: PermissionName,
        /// The limit.
        cut: Cut,
    },
}

/// A role with which the request would be allowed, assigned to the sub-account at the scope itself and without
/// conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HelpfulRole {
    /// The role.
    pub role: Named<RoleRef>,
    /// Whether it would help only with what the sub-account owns.
    pub is_only_on_own: bool,
    /// Who may assign it there now: those who administer the scope itself first, then those further up.
    pub assigners: Vec<SubAccountId>,
    /// Whether more sub-accounts administer assignments there than the [`Remedy::CANDIDATES`] that were judged.
    pub has_more_candidates: bool,
}

impl<P: Permissions> Snapshot<P> {
    /// What would help where [`check`](Self::check) denies, and who may do it.
    ///
    /// A role is named only if assigning it at the scope, as the host could, has the check allow; so it may be assigned
    /// at that kind of scope, breaks no invariant, and no limit or deny holds it back. Somebody is named only if a plan
    /// of theirs to assign it would be accepted: each is judged as if in a session that meets the organization's
    /// security policy and of which nothing else is known, now.
    ///
    /// Not for the hot path: compiles and judges one change for each role, and one more for each of at most
    /// [`Remedy::CANDIDATES`] sub-accounts and each of at most [`Remedy::ROLES`] roles.
    pub fn remedy(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Remedy {
        self.remedy_in(&Context::new(), sub_account, permissions, target)
    }

    /// What would help where [`check_in`](Self::check_in) denies, and who may do it.
    pub fn remedy_in(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Remedy {
        let target = target.into();
        let explanation = self.explain_in(context, sub_account, permissions, target);
        search(self, context, permissions, &explanation)
    }
}

impl<P: Permissions> Subject<'_, P> {
    /// What would help where [`check`](Self::check) denies, as [`Snapshot::remedy`] does.
    pub fn remedy(&self, permissions: P, target: impl Into<Target>) -> Remedy {
        self.snapshot().remedy_in(self.context(), self.id(), permissions, target)
    }
}

impl Remedy {
    /// What an explanation says of it by itself: what is missing, and what stands in the way.
    fn of(explanation: &Explanation, at: Timestamp) -> Self {
        let bars = explanation.bars.iter().cloned().map(Hindrance::Bar);
        let missing = explanation.permissions.iter().filter(|permission| permission.is_missing());
        let others = missing.flat_map(|permission| {
            let name = &permission.name;
            let is_unknown = permission.lacks == Some(Reason::UnknownPermission);
            let unknown = is_unknown.then(|| Hindrance::Unknown(name.clone()));
            let denies = permission.paths.iter().filter(|path| path.denies()).map(|path| {
                Hindrance::Denied {
                    permission: name.clone(),
                    assignment: path.assignment,
                    scope: path.scope.clone(),
                }
            });
            let cuts = permission.cuts.iter();
            let cuts =
                cuts.map(|cut| Hindrance::Cut { permission: name.clone(), cut: cut.clone() });
            unknown.into_iter().chain(denies).chain(cuts).collect::<Vec<_>>()
        });
        Self {
            sub_account: explanation.sub_account,
            scope: explanation.scope.clone(),
            at,
            is_allowed: explanation.decision.is_allow(),
            missing: explanation.missing(),
            hindrances: bars.chain(others).collect(),
            roles: Vec::new(),
            has_more_roles: false,
        }
    }
}
