//! Requires the permissions of actions (G1).

use crate::access::{Ownership, Reason};
use crate::catalog::AdminAction;
use crate::governance::authority::authority_check::AuthorityCheck;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::query::{Circumstances, OwnershipSource, ReachQuery};
use crate::governance::refusal::Refusal;
use crate::model::Scope;

impl AuthorityCheck<'_, '_> {
    /// Requires a permission at a scope. At a scope that the change creates, its creator has the
    /// permission, or an actor that has it at the parent.
    pub(crate) fn require_permitted(
        &self,
        action: AdminAction,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let (before, after) = (&self.change.before, &self.change.after);
        let (bits, is_known) = before.catalog.required(action);
        let refused = |reason| Refusal::NotPermitted {
            action,
            scope,
            requires: before.names.resolve(NameSet::known(bits)),
            reason,
        };
        if !is_known || bits.is_empty() {
            return Err(refused(Reason::UnknownPermission));
        }
        let asked = before.nearest(scope, after);
        let asked = if before.organization.contains(scope) { scope } else { asked };
        match (self.principal.permits)(bits, asked) {
            Ok(()) => Ok(()),
            Err(_) if asked != scope && self.as_creator_at(scope).known.holds(bits) => Ok(()),
            // Owners may lift restrictions that keep owners out.
            Err(_) if self.is_recovery => {
                (self.principal.permits)(bits, Scope::Organization).map_err(refused)
            }
            Err(reason) => Err(refused(reason)),
        }
    }

    /// The permissions of the actor at a new scope, as its creator.
    fn as_creator_at(&self, scope: Scope) -> NameSet {
        let Some(after) = self.after.as_deref() else { return NameSet::NONE };
        let now = Circumstances::Given(self.principal.context);
        let ownership = OwnershipSource::Claimed(Ownership::Unsaid);
        let query = ReachQuery {
            only: Some(&self.creator),
            delegations: false,
            ..ReachQuery::new(
                Location::At(scope),
                self.change.now,
                now,
                ownership,
                &self.change.after.impact_limits,
            )
        };
        self.change.after.reach(after, &query)
    }
}
