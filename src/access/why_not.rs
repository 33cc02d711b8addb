//! Why not: the reason of a deny, found after it has been decided.

use crate::access::compile::{Compiled, Entry};
use crate::access::context::Truth;
use crate::access::decision::Reason;
use crate::access::evaluate::{Owned, Question};
use crate::model::Effect;
use crate::permission::Bits;

impl Compiled {
    /// The reason of a deny: what is wrong with the lowest permission that is missing.
    pub(super) fn why_not(&self, question: &Question<'_>, need: Bits, before: Bits) -> Reason {
        let missing = need.difference(self.with_prerequisites(before)).lowest();
        if before.holds(missing) {
            return Reason::PrerequisiteMissing;
        }
        if !question.node.left.holds(missing) {
            return Reason::Archived;
        }
        let owned = question.owned();
        if !owned.granted(self.allows(question)).holds(missing) {
            return self.closest_miss(question, missing);
        }
        if owned.denied(self.denies(question)).holds(missing) {
            Reason::Denied
        } else if !question.node.ceiling.holds(missing) {
            Reason::Ceiling
        } else if !question.line.boundary.holds(missing) {
            Reason::Boundary
        } else {
            Reason::ServiceOwnerLacks
        }
    }

    /// The step that came closest to granting one permission.
    fn closest_miss(&self, question: &Question<'_>, missing: Bits) -> Reason {
        let mut closest = Reason::NotGranted;
        for entries in [&question.line.entries, &self.everyone] {
            for step in question.node.path.iter() {
                let parts = entries.plain_at(step.scope);
                if parts.both().holds(missing) {
                    let masked = !step.flow.holds(missing);
                    closest =
                        closest.max(if masked { Reason::Masked } else { question.not_owned() });
                }
            }
            for entry in &*entries.special {
                if entry.effect == Effect::Allow
                    && entry.parts.both().holds(missing)
                    && question.node.path.iter().any(|step| step.scope == entry.scope)
                {
                    closest = closest.max(self.fails_at(entry, question, missing));
                }
            }
        }
        closest
    }

    fn fails_at(&self, entry: &Entry, question: &Question<'_>, missing: Bits) -> Reason {
        let Some(step) = entry.step(question.node) else { return Reason::OutOfReach };
        if let Err(reason) = entry.in_time(question.now) {
            return reason;
        }
        match entry.conditions(question) {
            Truth::False => Reason::ConditionUnmet,
            Truth::Unknown => Reason::ConditionUnknown,
            Truth::True if !step.flow.holds(missing) => Reason::Masked,
            Truth::True => match entry.delegator {
                Some(delegator) if !self.delegated(delegator, question).holds(missing) => {
                    Reason::DelegatorLacks
                }
                _ => question.not_owned(),
            },
        }
    }
}

impl Question<'_> {
    /// Why something that is granted on what is owned is not granted here.
    fn not_owned(&self) -> Reason {
        match self.owned() {
            Owned::Unknown => Reason::OwnershipUnknown,
            Owned::Yes | Owned::No => Reason::NotOwned,
        }
    }
}
