//! Evaluating: one question against a compiled organization.
//!
//! Reads only; never does I/O, takes a lock or fails. The clock is read at most once a question, and only when something
//! timed can matter to the answer.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::Timestamp;

use crate::access::compile::{Compiled, Entries, Entry, Line};
use crate::access::context::{Context, Ownership, Truth};
use crate::access::decision::{Decision, Reason};
use crate::access::nodes::{Node, Step};
use crate::access::quick::Word;
use crate::access::target::Target;
use crate::catalog::Parts;
use crate::clock::Clock;
use crate::id::SubAccountId;
use crate::model::{Effect, Reach, Scope, SubAccountKind};
use crate::permission::Bits;

/// How many entries are gone through rather than searched.
const FEW: usize = 8;

/// The time of one question: read when it is first needed, and the same ever after.
#[derive(Debug)]
pub(super) struct Now<'a> {
    clock: &'a dyn Clock,
    read: OnceCell<Timestamp>,
}

impl<'a> Now<'a> {
    /// The time that the context names, or else the clock's.
    pub(super) fn new(context: &Context, clock: &'a dyn Clock) -> Self {
        let read = OnceCell::new();
        if let Some(time) = context.time() {
            // A cell that was just made is empty, so this always takes.
            let _ = read.set(time);
        }
        Self { clock, read }
    }

    pub(super) fn get(&self) -> Timestamp {
        *self.read.get_or_init(|| self.clock.now())
    }
}

/// Everything that one answer depends on.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) id: SubAccountId,
    pub(super) line: &'a Line,
    pub(super) node: &'a Node,
    pub(super) context: &'a Context,
    pub(super) now: &'a Now<'a>,
    /// Whether this is the bounding side of D13: conditions count as met.
    pub(super) bounding: bool,
    /// Whether what was passed on to the sub-account counts.
    pub(super) delegations: bool,
}

/// Whether the one who asks owns what is asked about (D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owned {
    Yes,
    No,
    Unknown,
}

impl Owned {
    /// As claimed, or else by who is registered.
    pub(super) fn new(claimed: Ownership, registered: Option<bool>) -> Self {
        match (claimed, registered) {
            (Ownership::Owned, _) | (Ownership::Unsaid, Some(true)) => Self::Yes,
            (Ownership::NotOwned, _) | (Ownership::Unsaid, Some(false)) => Self::No,
            (Ownership::Unsaid, None) => Self::Unknown,
        }
    }

    /// What allows give: unknown ownership helps none (D6).
    pub(super) fn granted(self, allows: Parts) -> Bits {
        if self == Self::Yes { allows.both() } else { allows.any }
    }

    /// What denies take: unknown ownership lifts none (D6).
    pub(super) fn denied(self, denies: Parts) -> Bits {
        if self == Self::No { denies.any } else { denies.both() }
    }
}

impl Compiled {
    /// Decides what was not decided quickly.
    pub(super) fn decide(
        &self,
        id: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
        now: &Now<'_>,
    ) -> Decision {
        self.decide_beside(id, need, target, context, now)
            .unwrap_or_else(|| self.decide_at_length(id, need, target, context, now).into())
    }

    fn decide_at_length(
        &self,
        id: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
        now: &Now<'_>,
    ) -> Result<(), Reason> {
        self.check_need(need)?;
        let line = self.line(id).ok_or(Reason::UnknownSubAccount)?;
        let node = self.resolve(target)?;
        let question = self.admit(id, &line, node, context, now)?;
        let held = match self.expand(need) {
            Some(all) => self.holds(&question, all),
            None => Err(self.before_prerequisites(&question)),
        };
        held.map_err(|before| self.why_not(&question, need, before))
    }

    /// Everything that a sub-account has at a target.
    pub(super) fn effective(
        &self,
        id: SubAccountId,
        line: Option<&Line>,
        target: Target,
        context: &Context,
        now: &Now<'_>,
    ) -> Result<Bits, Reason> {
        let line = line.ok_or(Reason::UnknownSubAccount)?;
        let node = self.resolve(target)?;
        let question = self.admit(id, line, node, context, now)?;
        Ok(self.with_prerequisites(self.before_prerequisites(&question)))
    }

    /// The line of a sub-account, at length.
    pub(super) fn line(&self, id: SubAccountId) -> Option<Cow<'_, Line>> {
        let quick = self.quick.line(id);
        match quick.and_then(|line| self.quick.at_length(line, &self.catalog)) {
            Some(line) => Some(Cow::Owned(line)),
            None => self.special.get(&id).map(Cow::Borrowed),
        }
    }

    /// D9, of what is needed: permissions that this process cannot ask for are needed too.
    pub(super) fn check_need(&self, need: Bits) -> Result<(), Reason> {
        if need.is_empty() {
            return Err(Reason::NothingRequested);
        }
        if !self.catalog.vocabulary().universe().holds(need) {
            return Err(Reason::UnknownPermission);
        }
        Ok(())
    }

    /// D1.
    pub(super) fn resolve(&self, target: Target) -> Result<&Node, Reason> {
        self.nodes.get(&self.scope(target)?).ok_or(Reason::UnknownScope)
    }

    #[inline]
    pub(super) fn scope(&self, target: Target) -> Result<Scope, Reason> {
        match target {
            Target::Scope(scope) => Ok(scope),
            Target::Organization(id) if id == self.organization.id() => Ok(Scope::Organization),
            Target::Organization(_) => Err(Reason::UnknownScope),
            Target::UnknownKey => Err(Reason::UnknownKey),
        }
    }

    /// D2, as far as it concerns who asks and how.
    pub(super) fn admit<'a>(
        &'a self,
        id: SubAccountId,
        line: &'a Line,
        node: &'a Node,
        context: &'a Context,
        now: &'a Now<'a>,
    ) -> Result<Question<'a>, Reason> {
        self.check_open()?;
        line.check(now)?;
        self.check_policy(line.kind, context)?;
        Ok(Question { id, line, node, context, now, bounding: false, delegations: true })
    }

    pub(super) fn check_open(&self) -> Result<(), Reason> {
        if self.is_open { Ok(()) } else { Err(Reason::OrganizationInactive) }
    }

    pub(super) fn check_policy(
        &self,
        kind: SubAccountKind,
        context: &Context,
    ) -> Result<(), Reason> {
        let policy = match kind {
            SubAccountKind::Service => &self.network_policy,
            SubAccountKind::Member | SubAccountKind::Guest => {
                &self.organization.profile().security.conditions
            }
        };
        match context.meets_all(policy) {
            Truth::True => Ok(()),
            Truth::False => Err(Reason::SecurityPolicyUnmet),
            Truth::Unknown => Err(Reason::SecurityPolicyUnknown),
        }
    }

    /// Whether [`before_prerequisites`](Self::before_prerequisites) holds all of some bits; what it holds, if not. Most
    /// sub-accounts are given nothing but plain allows; for them nothing else is looked at.
    pub(super) fn holds(&self, question: &Question<'_>, all: Bits) -> Result<(), Bits> {
        let judge = |has: Bits| if has.holds(all) { Ok(()) } else { Err(has) };
        let Question { line, node, .. } = *question;
        let is_plain = line.entries.special.is_empty()
            && self.everyone.special.is_empty()
            && line.kind != SubAccountKind::Service;
        if !is_plain {
            return judge(self.before_prerequisites(question));
        }
        let left = node.ceiling.intersection(line.boundary).intersection(node.left);
        let owned = question.owned();
        let has = |allows: Parts| owned.granted(allows).intersection(left);
        let mut allows = self.everyone.plain(node);
        if has(allows).holds(all) {
            return Ok(());
        }
        // What is given at the organization comes first, is enough for many, and needs no look at the path.
        if let Some((Scope::Organization, parts)) = line.entries.plain.first() {
            allows = allows.union(parts.intersection(node.root));
            if has(allows).holds(all) {
                return Ok(());
            }
        }
        judge(has(allows.union(line.entries.plain(node))))
    }

    /// D5, with what D2 and D13 leave.
    pub(super) fn before_prerequisites(&self, question: &Question<'_>) -> Bits {
        let owned = question.owned();
        let allows = owned.granted(self.allows(question));
        if allows.is_empty() {
            return Bits::NONE;
        }
        let rest = allows
            .difference(owned.denied(self.denies(question)))
            .intersection(question.node.ceiling)
            .intersection(question.line.boundary)
            .intersection(question.node.left);
        if question.line.kind == SubAccountKind::Service {
            rest.intersection(self.service_bound(question))
        } else {
            rest
        }
    }

    /// D4: what all allows give here, by part.
    pub(super) fn allows(&self, question: &Question<'_>) -> Parts {
        let mut allows = Parts::default();
        for entries in [&question.line.entries, &self.everyone] {
            allows = allows.union(entries.plain(question.node));
            for entry in &*entries.special {
                if entry.effect == Effect::Allow {
                    allows = allows.union(self.gives(entry, question));
                }
            }
        }
        allows
    }

    /// D4: what all denies take here, by part; masks never stop a deny.
    pub(super) fn denies(&self, question: &Question<'_>) -> Parts {
        [&question.line.entries, &self.everyone]
            .into_iter()
            .map(|entries| {
                entries.denies(question.node, question.now, |entry| entry.conditions(question))
            })
            .fold(Parts::default(), Parts::union)
    }

    fn gives(&self, entry: &Entry, question: &Question<'_>) -> Parts {
        match entry.step(question.node) {
            Some(step)
                if entry.in_time(question.now).is_ok()
                    && entry.conditions(question) == Truth::True =>
            {
                let flowing = entry.parts.intersection(step.flow);
                match entry.delegator {
                    None => flowing,
                    Some(delegator) => flowing.intersection(self.delegated(delegator, question)),
                }
            }
            _ => Parts::default(),
        }
    }

    /// D13: what a delegator has here otherwise than by delegation.
    pub(super) fn delegated(&self, delegator: SubAccountId, question: &Question<'_>) -> Bits {
        if question.delegations {
            self.bound(delegator, &Question { delegations: false, ..*question })
        } else {
            Bits::NONE
        }
    }

    /// D13: what the owner of a service has here, if an active member.
    fn service_bound(&self, question: &Question<'_>) -> Bits {
        let owner = question.line.owner.filter(|owner| {
            self.line(*owner).is_some_and(|line| line.kind == SubAccountKind::Member)
        });
        owner.map_or(Bits::NONE, |owner| self.bound(owner, question))
    }

    /// D13: what another has here now, its conditions counted as met. Goes at most three levels deep: a service, its
    /// owner by delegation, a delegating service, its owner.
    fn bound(&self, id: SubAccountId, question: &Question<'_>) -> Bits {
        match self.line(id) {
            Some(line) if line.check(question.now).is_ok() => {
                let bounding = Question { id, line: &line, bounding: true, ..*question };
                self.with_prerequisites(self.before_prerequisites(&bounding))
            }
            _ => Bits::NONE,
        }
    }

    /// D10: the permissions needed, together with everything that they need; `None` if nothing is needed, or something
    /// that is no permission or cannot be had here.
    pub(super) fn expand(&self, need: Bits) -> Option<Bits> {
        let is_permission = !need.is_empty() && self.catalog.vocabulary().universe().holds(need);
        let mut needs = is_permission.then_some(need)?.iter();
        needs.try_fold(need, |all, bit| Some(all.union(self.catalog.closure(bit)?)))
    }

    /// The same of what this process can ask for; `None` also if it does not fit into the word.
    #[inline]
    pub(super) fn expand_in<W: Word>(&self, need: W) -> Option<W> {
        let whole = |rest: W| {
            let whole = W::exactly(self.catalog.whole(rest.first()))?;
            (whole != W::NONE).then_some(whole)
        };
        let (mut all, mut rest) = (whole(need)?, need.rest());
        while rest != W::NONE {
            all = all | whole(rest)?;
            rest = rest.rest();
        }
        Some(all)
    }

    /// D10: what is left of `bits` when what lacks a prerequisite is taken away.
    pub(super) fn with_prerequisites(&self, bits: Bits) -> Bits {
        self.catalog.with_prerequisites(bits)
    }
}

impl Question<'_> {
    pub(super) fn owned(&self) -> Owned {
        Owned::new(self.context.claimed(), self.node.owner.map(|owner| owner == self.id))
    }
}

impl Line {
    /// D2: whether the sub-account itself may act now.
    pub(super) fn check(&self, now: &Now<'_>) -> Result<(), Reason> {
        if let Some(reason) = self.barred {
            return Err(reason);
        }
        if self.ends.is_some_and(|ends| ends <= now.get()) {
            return Err(Reason::Ended);
        }
        Ok(())
    }
}

impl Entries {
    /// What the plain entries give at a node.
    pub(super) fn plain(&self, node: &Node) -> Parts {
        // Few are gone through, mostly without a look at the path; of many, those on the path are found.
        if self.plain.len() <= FEW {
            let flowing = |(scope, parts): &(Scope, Parts)| {
                node.flow(*scope).map_or(Parts::default(), |flow| parts.intersection(flow))
            };
            self.plain.iter().map(flowing).fold(Parts::default(), Parts::union)
        } else {
            node.path
                .iter()
                .map(|step| self.plain_at(step.scope).intersection(step.flow))
                .fold(Parts::default(), Parts::union)
        }
    }

    pub(super) fn plain_at(&self, scope: Scope) -> Parts {
        match self.plain.binary_search_by_key(&scope, |(scope, _)| *scope) {
            Ok(position) => self.plain.get(position).map_or(Parts::default(), |(_, parts)| *parts),
            Err(_) => Parts::default(),
        }
    }

    /// What the denies take at a node; `judge` says whether the conditions of one are met.
    pub(super) fn denies(
        &self,
        node: &Node,
        now: &Now<'_>,
        judge: impl Fn(&Entry) -> Truth,
    ) -> Parts {
        self.special
            .iter()
            .filter(|entry| entry.effect == Effect::Deny)
            .filter(|entry| entry.step(node).is_some() && entry.in_time(now).is_ok())
            .filter(|entry| judge(entry) != Truth::False)
            .map(|entry| entry.parts)
            .fold(Parts::default(), Parts::union)
    }
}

impl Entry {
    /// D3: the scope where the entry was made, if it is on the way to `node` and the entry reaches down from it.
    pub(super) fn step<'a>(&self, node: &'a Node) -> Option<&'a Step> {
        let position = node.path.iter().position(|step| step.scope == self.scope)?;
        let mut way = node.path.iter().skip(position);
        let step = way.clone().next()?;
        let reaches = match &self.reach {
            Reach::Subtree => true,
            Reach::Here => way.len() == 1,
            Reach::Labelled(label) => way.any(|step| step.labels.contains(label)),
        };
        reaches.then_some(step)
    }

    /// D7.
    pub(super) fn in_time(&self, now: &Now<'_>) -> Result<(), Reason> {
        if self.starts.is_some_and(|starts| now.get() < starts) {
            return Err(Reason::NotYetValid);
        }
        if self.ends.is_some_and(|ends| ends <= now.get()) {
            return Err(Reason::Expired);
        }
        Ok(())
    }

    /// D8, D13.
    pub(super) fn conditions(&self, question: &Question<'_>) -> Truth {
        if question.bounding {
            Truth::True
        } else {
            question.context.meets_all(self.conditions.iter())
        }
    }
}
