//! Deciding quickly: what a compiled organization answers from a few cache lines, if the context lets it.

use std::sync::Arc;

use crate::access::compile::Compiled;
use crate::access::context::{Context, Truth};
use crate::access::decision::Decision;
use crate::access::evaluate::Now;
use crate::access::nodes::Node;
use crate::access::quick::assumption::Assumption;
use crate::access::quick::span::Span;
use crate::access::quick::{QuickLine, QuickNode, Word};
use crate::access::target::Target;
use crate::id::SubAccountId;
use crate::model::{Condition, SubAccountKind};
use crate::permission::Bits;

impl Compiled {
    /// Decides what can be decided from a few cache lines, as if nothing stood beside them; nothing, if more is to be looked at.
    #[inline]
    pub(in crate::access) fn decide_quickly<W: Word>(
        &self,
        line: &QuickLine,
        need: Bits,
        node: &QuickNode,
        context: &Context,
    ) -> Option<Decision> {
        let need = W::of(need);
        let all = if self.quick.is_decided_alone(need) {
            need
        } else if self.is_plain_in(context) {
            self.expand_in(need)?
        } else {
            return None;
        };
        self.quick.judge(line, node, need, all, context.claimed())
    }

    /// Whether what was decided quickly is so though something stands beside the line: it is as the line assumes, as far as it
    /// matters to what is needed.
    #[inline]
    pub(in crate::access) fn is_as_assumed(
        &self,
        line: &QuickLine,
        need: Bits,
        context: &Context,
        now: &Now<'_>,
    ) -> bool {
        let Some(Assumption { span, conditions, doubted }) = line.assumption() else {
            return false;
        };
        let is_untouched =
            |all: Bits| all.intersection(self.quick.sets.get(doubted).any).is_empty();
        let is_met =
            |conditions: &Arc<[Condition]>| context.meets_all(&**conditions) == Truth::True;
        (doubted == 0 || self.expand_in(need.0).map(Bits).is_some_and(is_untouched))
            && (conditions == 0 || self.quick.conditions.get(conditions).is_some_and(is_met))
            && (span == Span::ALWAYS || span.holds(now.get()))
    }

    /// Decides what can be decided from a few cache lines and what stands beside them.
    pub(in crate::access) fn decide_beside(
        &self,
        id: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
        now: &Now<'_>,
    ) -> Option<Decision> {
        let (line, node) = (self.quick.line(id)?, self.quick_node(target)?);
        let has_beside = line.has_beside() || self.quick.has_beside_everyone();
        if !has_beside || !self.is_quick_in(context) {
            return None;
        }
        let all = self.expand_in(need.0).map(Bits)?;
        self.quick.judge_beside(line, node, (need, all), context, now)
    }

    /// The quick node of a target, if it has one.
    #[inline]
    pub(in crate::access) fn quick_node(&self, target: Target) -> Option<&QuickNode> {
        self.quick.node(self.scope(target).ok()?)
    }

    /// Whether quick lines, with what stands beside them, say what there is to say in a context.
    #[inline(never)]
    fn is_quick_in(&self, context: &Context) -> bool {
        // None of them is one of a service.
        self.is_quick && self.check_policy(SubAccountKind::Member, context).is_ok()
    }

    /// The same of lines beside which there is nothing.
    #[inline]
    fn is_plain_in(&self, context: &Context) -> bool {
        self.is_plain || self.is_quick_in(context) && !self.quick.has_beside_everyone()
    }

    /// What a sub-account has at a node, before prerequisites, if that can be told quickly.
    pub(in crate::access) fn holding_quickly(
        &self,
        id: SubAccountId,
        node: &Node,
        context: &Context,
    ) -> Option<Bits> {
        let is_told = |line: &&QuickLine| !line.has_beside() && self.is_plain_in(context);
        let line = self.quick.line(id).filter(is_told)?;
        let node = self.quick.node(node.scope)?;
        let (has, _) = self.quick.holding(line, node, context.claimed())?;
        Some(Bits(has))
    }
}
