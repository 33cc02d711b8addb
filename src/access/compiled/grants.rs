//! [`Grants`]: the permissions that assignments grant to a sub-account and deny it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::access::compiled::now::LazyNow;
use crate::access::compiled::scope::{CompiledScope, ScopeStep};
use crate::access::context::Truth;
use crate::access::decision::Reason;
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::model::{Condition, Effect, Reach, Scope};

/// Up to this many plain grants are scanned; more are searched by scope.
const SCANNED: usize = 8;

/// The allows and denies of a sub-account, or of everyone in the organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::access) struct Grants {
    /// Allows for a whole subtree without a time limit or a condition, merged to one for each
    /// scope, in the order of scopes.
    pub(in crate::access) plain: Arc<[(Scope, Parts)]>,
    /// All other allows, and all denies.
    pub(in crate::access) special: Arc<[SpecialGrant]>,
}

/// An allow or a deny with a time limit, a condition, a limited reach or a delegator. One
/// assignment that reaches a sub-account by several memberships makes several of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::access) struct SpecialGrant {
    pub(in crate::access) scope: Scope,
    pub(in crate::access) effect: Effect,
    pub(in crate::access) reach: Reach,
    pub(in crate::access) parts: Parts,
    /// The later start of the assignment and of the membership that it comes by (D3, D7).
    pub(in crate::access) starts: Option<Timestamp>,
    /// The earlier end of the two.
    pub(in crate::access) ends: Option<Timestamp>,
    /// The conditions of both.
    pub(in crate::access) conditions: Arc<[Condition]>,
    pub(in crate::access) delegator: Option<SubAccountId>,
}

impl Grants {
    /// The permissions that plain grants give at a scope.
    pub(in crate::access) fn plain_at(&self, scope: &CompiledScope) -> Parts {
        // A scan of a few rarely reads the path. Of many, only those on the path are looked up.
        if self.plain.len() <= SCANNED {
            let flowing = |(from, parts): &(Scope, Parts)| {
                scope.flow_from(*from).map_or(Parts::default(), |flow| parts.intersection(flow))
            };
            self.plain.iter().map(flowing).fold(Parts::default(), Parts::union)
        } else {
            scope
                .path
                .iter()
                .map(|step| self.plain_made_at(step.scope).intersection(step.flow))
                .fold(Parts::default(), Parts::union)
        }
    }

    /// The permissions of the plain grant that was made at exactly this scope.
    pub(in crate::access) fn plain_made_at(&self, scope: Scope) -> Parts {
        match self.plain.binary_search_by_key(&scope, |(scope, _)| *scope) {
            Ok(position) => self.plain.get(position).map_or(Parts::default(), |(_, parts)| *parts),
            Err(_) => Parts::default(),
        }
    }

    /// The permissions that denies take at a scope. `meets_conditions` judges the conditions of
    /// one; a deny acts unless they are certainly not met (D8).
    pub(in crate::access) fn denied_at(
        &self,
        scope: &CompiledScope,
        now: &LazyNow<'_>,
        meets_conditions: impl Fn(&SpecialGrant) -> Truth,
    ) -> Parts {
        self.special
            .iter()
            .filter(|grant| grant.effect == Effect::Deny)
            .filter(|grant| grant.step_to(scope).is_some() && grant.check_validity(now).is_ok())
            .filter(|grant| meets_conditions(grant) != Truth::False)
            .map(|grant| grant.parts)
            .fold(Parts::default(), Parts::union)
    }
}

impl SpecialGrant {
    /// Whether it would be a plain grant without its time limit and its conditions.
    pub(in crate::access) fn is_plain_when_met(&self) -> bool {
        self.effect == Effect::Allow && self.reach == Reach::Subtree && self.delegator.is_none()
    }

    pub(in crate::access) fn is_plain(&self) -> bool {
        self.is_plain_when_met()
            && self.starts.is_none()
            && self.ends.is_none()
            && self.conditions.is_empty()
    }

    /// D3: the path step where the grant was made. `None` if that is not on the path of `scope`,
    /// or if the grant does not reach down to it.
    pub(in crate::access) fn step_to<'a>(&self, scope: &'a CompiledScope) -> Option<&'a ScopeStep> {
        let position = scope.path.iter().position(|step| step.scope == self.scope)?;
        let mut way = scope.path.iter().skip(position);
        let step = way.clone().next()?;
        let reaches = match &self.reach {
            Reach::Subtree => true,
            Reach::Here => way.len() == 1,
            Reach::Labelled(label) => way.any(|step| step.labels.contains(label)),
        };
        reaches.then_some(step)
    }

    /// D7: refuses a grant that has not started or has ended.
    pub(in crate::access) fn check_validity(&self, now: &LazyNow<'_>) -> Result<(), Reason> {
        if self.starts.is_some_and(|starts| now.get() < starts) {
            return Err(Reason::NotYetValid);
        }
        if self.ends.is_some_and(|ends| ends <= now.get()) {
            return Err(Reason::Expired);
        }
        Ok(())
    }
}
