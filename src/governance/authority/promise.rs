//! Custom roles: everything that a role may come to give must be covered before any account holds
//! the role, wherever it may be assigned (G2).

use crate::access::Ownership;
use crate::governance::authority::authority_check::AuthorityCheck;
use crate::governance::comparison::compared_limits::ComparedHoldings;
use crate::governance::comparison::pair::LocationPair;
use crate::governance::reach::names::NameParts;
use crate::governance::reach::query::Circumstances;
use crate::governance::refusal::{AffectedHolder, Refusal};
use crate::model::{Role, RoleRef, Scope};

impl AuthorityCheck<'_, '_> {
    /// Checks the custom roles that the change creates or edits, at every location where they may
    /// be assigned.
    pub(crate) fn check_role_promises(&self) -> Result<(), Refusal> {
        if self.is_owner || self.is_invited() {
            return Ok(());
        }
        for id in &self.change.roles {
            let role = RoleRef::Custom(*id);
            let Some(after) = self.change.after.organization.roles().get(id) else { continue };
            let before = self.change.before.organization.roles().get(id);
            let gives = self.change.after.role(&role);
            let gave = self.change.before.role(&role);
            for pair in self.change.pairs_below(Scope::Organization, &self.actor_holdings()) {
                let kinds = after.assignable.intersection(pair.after.kinds());
                let is_new = |it: &Role| !it.assignable.contains(kinds);
                if kinds.is_empty() || pair.is_new() {
                    continue;
                }
                // Permissions that the role could only assign before and has now count as gained.
                let gained = if before.is_none_or(is_new) {
                    gives.reach()
                } else {
                    gives.parts.less(gave.parts).union(gives.reach().less(gave.reach()))
                };
                if !gained.both().is_empty() {
                    self.require_role_covered(&role, &pair, gained)?;
                }
            }
        }
        Ok(())
    }

    fn require_role_covered(
        &self,
        role: &RoleRef,
        pair: &LocationPair,
        gained: NameParts,
    ) -> Result<(), Refusal> {
        let samples = self.samples(pair, None, None)?;
        // The combination of lifted limits under which the actor reaches least.
        let parties = ComparedHoldings { before: None, after: None, actor: self.before.as_ref() };
        let lifted = parties.least(self.change, pair);
        let ownership_cases = [
            (Ownership::Owned, gained.both()),
            (Ownership::NotOwned, gained.any),
            (Ownership::Unsaid, gained.any),
        ];
        for (owned, gained) in ownership_cases {
            let holder = || AffectedHolder::HolderOf(role.clone());
            for point in samples.points() {
                let missing =
                    gained.difference(self.covers(pair, &point, owned, &samples, &lifted));
                if !missing.is_empty() {
                    return Err(self.uncovered(holder(), pair.after, missing, false));
                }
            }
            let given = Circumstances::Given(self.principal.context);
            let covers = self.covers_at(pair, self.change.now, given, owned, &lifted);
            let missing = gained.difference(covers);
            if !missing.is_empty() {
                return Err(self.uncovered(holder(), pair.after, missing, true));
            }
        }
        Ok(())
    }
}
