//! Decides a check: which path of the decision tree in [`fast_path`](crate::access::fast_path) is
//! taken, and when a faster one is not enough.

use std::sync::Arc;

use crate::access::compiled::now::LazyNow;
use crate::access::compiled::organization::CompiledOrganization;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::word::Word;
use crate::access::context::{Context, Truth};
use crate::access::decision::{Decision, Reason};
use crate::access::fast_path::guard::Guard;
use crate::access::fast_path::scope::PackedScope;
use crate::access::fast_path::subject::PackedSubject;
use crate::access::fast_path::window::CoarseWindow;
use crate::access::target::Target;
use crate::id::SubAccountId;
use crate::model::{Condition, SubAccountKind};
use crate::permission::Bits;

impl CompiledOrganization {
    /// Decides from a packed subject and a packed scope, as if the subject had no overflow. `None`
    /// if they cannot decide alone.
    #[inline]
    pub(in crate::access) fn decide_packed<W: Word>(
        &self,
        subject: &PackedSubject,
        need: Bits,
        scope: &PackedScope,
        context: &Context,
    ) -> Option<Decision> {
        let need = W::truncated(need);
        let all = if self.packed.is_complete_for(need) {
            need
        } else if self.is_packed_enough_in(context) {
            self.expand_in(need)?
        } else {
            return None;
        };
        self.packed.decide(subject, scope, need, all, context.claimed())
    }

    /// Whether the guard of a packed subject holds: a decision made from its packed grants is then
    /// right although the subject has an overflow.
    #[inline]
    pub(in crate::access) fn is_guard_met(
        &self,
        subject: &PackedSubject,
        need: Bits,
        context: &Context,
        now: &LazyNow<'_>,
    ) -> bool {
        let Some(Guard { window, conditions, uncertain }) = subject.guard() else {
            return false;
        };
        let is_certain =
            |all: Bits| all.intersection(self.packed.parts.get(uncertain).any).is_empty();
        let is_met =
            |conditions: &Arc<[Condition]>| context.meets_all(&**conditions) == Truth::True;
        (uncertain == 0 || self.expand_in(need.0).map(Bits).is_some_and(is_certain))
            && (conditions == 0 || self.packed.condition_lists.get(conditions).is_some_and(is_met))
            && (window == CoarseWindow::ALWAYS || window.contains(now.get()))
    }

    /// Decides what the packed form and the guard did not.
    pub(in crate::access) fn decide_slow(
        &self,
        id: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
        now: &LazyNow<'_>,
    ) -> Decision {
        self.decide_overflow(id, need, target, context, now)
            .unwrap_or_else(|| self.decide_full(id, need, target, context, now).into())
    }

    /// Decides from the packed form and its overflow. `None` if that is not enough.
    fn decide_overflow(
        &self,
        id: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
        now: &LazyNow<'_>,
    ) -> Option<Decision> {
        let (subject, scope) = (self.packed.subject(id)?, self.packed_scope(target)?);
        let has_overflow = subject.has_overflow() || self.packed.has_overflow_of_everyone();
        if !has_overflow || !self.has_fast_path_in(context) {
            return None;
        }
        let all = self.expand_in(need.0).map(Bits)?;
        self.packed.decide_with_overflow(subject, scope, (need, all), context, now)
    }

    fn decide_full(
        &self,
        id: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
        now: &LazyNow<'_>,
    ) -> Result<(), Reason> {
        self.check_need(need)?;
        let subject = self.subject(id).ok_or(Reason::UnknownSubAccount)?;
        let scope = self.resolve(target)?;
        let question = self.question(id, &subject, scope, context, now)?;
        let held = match self.expand(need) {
            Some(all) => self.check_held(&question, all),
            None => Err(self.before_prerequisites(&question)),
        };
        held.map_err(|before| self.deny_reason(&question, need, before))
    }

    /// The packed scope of a target; `None` if the target is unknown.
    #[inline]
    pub(in crate::access) fn packed_scope(&self, target: Target) -> Option<&PackedScope> {
        self.packed.scope(self.scope(target).ok()?)
    }

    /// Whether packed subjects with their overflow can be decided in a context.
    #[inline(never)]
    fn has_fast_path_in(&self, context: &Context) -> bool {
        // Services have no packed subject, so the policy is always that of members.
        self.has_fast_path && self.check_policy(SubAccountKind::Member, context).is_ok()
    }

    /// Whether packed subjects without an overflow can be decided in a context.
    #[inline]
    fn is_packed_enough_in(&self, context: &Context) -> bool {
        self.is_fast_path_plain
            || self.has_fast_path_in(context) && !self.packed.has_overflow_of_everyone()
    }

    /// The permissions of a sub-account at a scope before prerequisites (D10), from the packed
    /// form. `None` if that is not enough to know them.
    pub(in crate::access) fn packed_permissions(
        &self,
        id: SubAccountId,
        scope: &CompiledScope,
        context: &Context,
    ) -> Option<Bits> {
        let is_enough =
            |subject: &&PackedSubject| !subject.has_overflow() && self.is_packed_enough_in(context);
        let subject = self.packed.subject(id).filter(is_enough)?;
        let scope = self.packed.scope(scope.scope)?;
        let (has, _) = self.packed.permissions(subject, scope, context.claimed())?;
        Some(Bits(has))
    }
}
