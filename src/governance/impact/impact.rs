//! The impact of a change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Context, Ownership};
use crate::governance::impact::difference::Difference;
use crate::governance::impact::effects::{Effects, Extent};
use crate::governance::impact::lifecycle_step::LifecycleStep;
use crate::governance::relations::registered_owner;
use crate::id::SubAccountId;
use crate::model::{Organization, Scope};
use crate::permission::PermissionNames;

/// Who gains and loses what, where, when and under which conditions.
///
/// Effects listed below a scope hold at every scope below it for which the same sub-account has no
/// effects of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// The effects on each sub-account that has any, by location.
    pub(super) sub_accounts: BTreeMap<SubAccountId, Vec<Effects>>,
    /// Changes of status of sub-accounts, workspaces and the organization.
    pub(super) steps: Vec<LifecycleStep>,
}

impl Impact {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.sub_accounts.is_empty() && self.steps.is_empty()
    }

    /// The sub-accounts that gain or lose something, ordered by id.
    pub fn sub_accounts(&self) -> impl Iterator<Item = SubAccountId> {
        self.sub_accounts.keys().copied()
    }

    /// The effects on one sub-account, by location.
    pub fn of(&self, sub_account: SubAccountId) -> &[Effects] {
        self.sub_accounts.get(&sub_account).map_or(&[], Vec::as_slice)
    }

    /// Changes of status of sub-accounts, workspaces and the organization.
    pub fn steps(&self) -> &[LifecycleStep] {
        &self.steps
    }

    /// The permissions that one sub-account gains and loses at a scope, in a context at a time.
    /// `organization` is the one after the change. Empty at a scope that the change creates or
    /// deletes. If the effects are an upper bound ([`Effects::at_most`]), so is the result.
    /// Computes in **O(depth + n)** time for n effects.
    pub fn at(
        &self,
        organization: &Organization,
        sub_account: SubAccountId,
        scope: Scope,
        context: &Context,
        time: Timestamp,
    ) -> (PermissionNames, PermissionNames) {
        let found = self.effects_at(organization, sub_account, scope);
        let is_listed = found.is_some_and(|it| (it.scope, it.extent) == (scope, Extent::Here));
        let holds = |difference: &&Difference| {
            difference.from <= time
                && difference.until.is_none_or(|until| time < until)
                && difference.when.iter().all(|it| it.answer.fits(context.meets(&it.condition)))
        };
        let difference = found.and_then(|it| it.differences.iter().find(holds));
        let Some(difference) = difference else { return Default::default() };
        let owned = match context.claimed() {
            // Effects listed for the scope itself already account for the registered owner, before
            // and after.
            Ownership::Unsaid if !is_listed => {
                let owner = registered_owner(organization, scope);
                Ownership::from(owner.map(|owner| owner == sub_account))
            }
            claimed => claimed,
        };
        (difference.gained.of(owned).clone(), difference.lost.of(owned).clone())
    }

    /// The effects that hold at a scope: its own, or those below the nearest listed ancestor.
    fn effects_at(
        &self,
        organization: &Organization,
        sub_account: SubAccountId,
        scope: Scope,
    ) -> Option<&Effects> {
        let effects = self.of(sub_account);
        let listed =
            |scope, extent| effects.iter().find(|it| it.scope == scope && it.extent == extent);
        if let Some(here) = listed(scope, Extent::Here) {
            return Some(here);
        }
        organization
            .self_and_ancestors(scope)
            .skip(1)
            .find_map(|above| listed(above, Extent::Below))
    }
}
