//! The reason of a deny, found only after the deny was decided.

use crate::access::compiled::grants::SpecialGrant;
use crate::access::compiled::organization::CompiledOrganization;
use crate::access::compiled::owned::Owned;
use crate::access::compiled::question::CompiledQuestion;
use crate::access::context::Truth;
use crate::access::decision::Reason;
use crate::model::Effect;
use crate::permission::Bits;

impl CompiledOrganization {
    /// Why the lowest missing permission is missing. `before` holds the permissions of the
    /// sub-account before prerequisites.
    pub(super) fn deny_reason(
        &self,
        question: &CompiledQuestion<'_>,
        need: Bits,
        before: Bits,
    ) -> Reason {
        let missing = need.difference(self.without_unmet_prerequisites(before)).lowest();
        if before.holds(missing) {
            return Reason::PrerequisiteMissing;
        }
        if !question.scope.archive_mask.holds(missing) {
            return Reason::Archived;
        }
        let owned = question.owned();
        if !owned.granted(self.allows(question)).holds(missing) {
            return self.closest_miss(question, missing);
        }
        if owned.denied(self.denies(question)).holds(missing) {
            Reason::Denied
        } else if !question.scope.ceiling.holds(missing) {
            Reason::Ceiling
        } else if !question.subject.boundary.holds(missing) {
            Reason::Boundary
        } else {
            Reason::ServiceOwnerLacks
        }
    }

    /// The reason of the allow that came closest to granting a permission.
    fn closest_miss(&self, question: &CompiledQuestion<'_>, missing: Bits) -> Reason {
        let mut closest = Reason::NotGranted;
        for grants in [&question.subject.grants, &self.everyone] {
            for step in question.scope.path.iter() {
                let parts = grants.plain_made_at(step.scope);
                if parts.both().holds(missing) {
                    let masked = !step.flow.holds(missing);
                    let reason = if masked { Reason::Masked } else { not_owned(question) };
                    closest = closest.max(reason);
                }
            }
            for grant in &*grants.special {
                if grant.effect == Effect::Allow
                    && grant.parts.both().holds(missing)
                    && question.scope.path.iter().any(|step| step.scope == grant.scope)
                {
                    closest = closest.max(self.failure_of(grant, question, missing));
                }
            }
        }
        closest
    }

    /// Why an allow at or above the scope does not grant a permission that it holds.
    fn failure_of(
        &self,
        grant: &SpecialGrant,
        question: &CompiledQuestion<'_>,
        missing: Bits,
    ) -> Reason {
        let Some(step) = grant.step_to(question.scope) else { return Reason::OutOfReach };
        if let Err(reason) = grant.check_validity(question.now) {
            return reason;
        }
        match question.meets_conditions(grant) {
            Truth::False => Reason::ConditionUnmet,
            Truth::Unknown => Reason::ConditionUnknown,
            Truth::True if !step.flow.holds(missing) => Reason::Masked,
            Truth::True => match grant.delegator {
                Some(delegator) if !self.delegated(delegator, question).holds(missing) => {
                    Reason::DelegatorLacks
                }
                _ => not_owned(question),
            },
        }
    }
}

/// Why a permission that is granted on owned objects is not granted on this one.
fn not_owned(question: &CompiledQuestion<'_>) -> Reason {
    match question.owned() {
        Owned::Unknown => Reason::OwnershipUnknown,
        Owned::Yes | Owned::No => Reason::NotOwned,
    }
}
