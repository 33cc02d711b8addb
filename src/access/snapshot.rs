//! Snapshot: an organization at one revision, compiled, immutable, answering every question from memory.

use std::fmt;
use std::sync::Arc;

use crate::access::compile::Compiled;
use crate::access::context::Context;
use crate::access::decision::{Decision, Reason};
use crate::access::evaluate::Now;
use crate::access::operator::Operator;
use crate::access::place::Place;
use crate::access::quick::{QuickLine, QuickNode};
use crate::access::subject::Subject;
use crate::access::target::Target;
use crate::catalog::Catalog;
use crate::clock::{Clock, HighWater, SystemClock};
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::record::Revision;
use crate::model::{Key, Kind, Organization};
use crate::permission::{Bits, Permissions};

/// An organization at one revision. Cheap to clone, `Send` and `Sync`; a check on it does no I/O, takes no lock and
/// cannot fail.
pub struct Snapshot<P> {
    compiled: Arc<Compiled>,
    catalog: Catalog<P>,
    clock: Arc<dyn Clock>,
}

/// One question of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<P> {
    /// Who asks.
    pub sub_account: SubAccountId,
    /// What for: all of these.
    pub permissions: P,
    /// Where.
    pub target: Target,
    /// What is known of the request.
    pub context: Context,
}

impl<P> Query<P> {
    /// A question in a context that says nothing.
    pub fn new(sub_account: SubAccountId, permissions: P, target: impl Into<Target>) -> Self {
        Self { sub_account, permissions, target: target.into(), context: Context::new() }
    }

    /// The same question in `context`.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }
}

impl<P: Permissions> Snapshot<P> {
    /// Compiles `organization` as `catalog` understands it, on the machine's clock. Computes in **O(n log n)** time.
    ///
    /// A directory does this for you; it is for tests and for tools that hold an organization of their own.
    pub fn compile(organization: Organization, catalog: &Catalog<P>) -> Self {
        Self::compile_with_clock(organization, catalog, Arc::new(HighWater::new(SystemClock)))
    }

    /// As [`compile`](Self::compile), on another clock. Put a [`HighWater`] under a clock that may step back.
    pub fn compile_with_clock(
        organization: Organization,
        catalog: &Catalog<P>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let compiled = Arc::new(Compiled::new(organization, Arc::clone(catalog.core())));
        Self { compiled, catalog: catalog.clone(), clock }
    }

    /// Another revision of the same organization, under the same catalog and clock. As if compiled from the start, at the
    /// cost of what differs.
    pub(crate) fn next(&self, organization: Organization) -> Self {
        let compiled = Arc::new(self.compiled.next(organization));
        Self { compiled, catalog: self.catalog.clone(), clock: Arc::clone(&self.clock) }
    }

    /// May `sub_account` do all of `permissions` at `target`, now, with nothing known of the request?
    ///
    /// Computes in **O(1)** time if the sub-account has nothing but plain allows, otherwise in **O(log n)** in the size of the
    /// organization and linear in the sub-account's own assignments.
    pub fn check(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.check_in(Context::nothing(), sub_account, permissions, target)
    }

    /// May `sub_account` do all of `permissions` at `target`, in `context`?
    pub fn check_in(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.decide(context, sub_account, Bits::of(permissions), target.into())
    }

    /// Answers every query as if it were asked alone, all at the same instant unless its context names one.
    pub fn check_all<'q>(&self, queries: impl IntoIterator<Item = &'q Query<P>>) -> Vec<Decision>
    where
        P: 'q,
    {
        let now = std::cell::OnceCell::new();
        queries
            .into_iter()
            .map(|query| {
                let context = match query.context.time() {
                    Some(_) => query.context.clone(),
                    None => query.context.clone().at(*now.get_or_init(|| self.clock.now())),
                };
                self.check_in(&context, query.sub_account, query.permissions, query.target)
            })
            .collect()
    }

    /// Whether a sub-account may do all of what some bits stand for, and why not.
    #[inline]
    pub(crate) fn decide(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        need: Bits,
        target: Target,
    ) -> Decision {
        let line = self.compiled.quick.line(sub_account);
        let node = if line.is_some() { self.compiled.quick_node(target) } else { None };
        self.decide_at(context, sub_account, line, need, target, node)
    }

    /// The same, of what was looked up already.
    #[inline]
    pub(super) fn decide_at(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        line: Option<&QuickLine>,
        need: Bits,
        target: Target,
        node: Option<&QuickNode>,
    ) -> Decision {
        if let (Some(line), Some(node)) = (line, node)
            && let Some(decision) = self.decide_quickly(context, line, need, node)
        {
            if line.has_beside() {
                return self.decide_assuming(context, sub_account, line, need, target, decision);
            }
            return decision;
        }
        // Whatever goes the long way round is looked up there once more: to be passed on, it would be kept in every check.
        self.decide_otherwise(context, sub_account, need, target)
    }

    /// Decides in as many bits as there can be permissions.
    #[inline]
    fn decide_quickly(
        &self,
        context: &Context,
        line: &QuickLine,
        need: Bits,
        node: &QuickNode,
    ) -> Option<Decision> {
        if size_of::<P::Bits>() <= size_of::<u64>() {
            self.compiled.decide_quickly::<u64>(line, need, node, context)
        } else {
            self.compiled.decide_quickly::<u128>(line, need, node, context)
        }
    }

    /// As [`decide`](Self::decide), for `?`, and of any permission, whether this process can ask for it or not.
    pub(crate) fn permits(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        need: Bits,
        target: impl Into<Target>,
    ) -> Result<(), Reason> {
        let target = target.into();
        let decision = if self.can_ask_for(need) {
            self.decide(context, sub_account, need, target)
        } else {
            let now = Now::new(context, &*self.clock);
            self.compiled.decide(sub_account, need, target, context, &now)
        };
        decision.reason().map_or(Ok(()), Err)
    }

    /// Whether a sub-account is let in at all, by D1 and D2, and why not.
    pub(crate) fn lets_in(
        &self,
        context: &Context,
        sub_account: SubAccountId,
    ) -> Result<(), Reason> {
        let now = Now::new(context, &*self.clock);
        let line = self.compiled.line(sub_account).ok_or(Reason::UnknownSubAccount)?;
        self.compiled.check_open()?;
        line.check(&now)?;
        self.compiled.check_policy(line.kind, context)
    }

    /// Whether each of some bits is a permission that a flag of `P` stands for (D9).
    pub(super) fn can_ask_for(&self, need: Bits) -> bool {
        self.compiled.catalog.vocabulary().declared().holds(need)
    }

    /// What is asked for with some flags; `None` if one of them is no permission (D9).
    pub(super) fn asked(&self, permissions: P) -> Option<Bits> {
        Some(Bits::of(permissions)).filter(|need| self.can_ask_for(*need))
    }

    /// What was decided quickly, if it is as the line assumes.
    #[cold]
    #[inline(never)]
    fn decide_assuming(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        line: &QuickLine,
        need: Bits,
        target: Target,
        decision: Decision,
    ) -> Decision {
        let now = Now::new(context, &*self.clock);
        if self.compiled.is_as_assumed(line, need, context, &now) {
            return decision;
        }
        self.compiled.decide(sub_account, need, target, context, &now)
    }

    #[cold]
    #[inline(never)]
    fn decide_otherwise(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        need: Bits,
        target: Target,
    ) -> Decision {
        // What no flag stands for may be a permission all the same, of which only another release knows.
        if !self.can_ask_for(need) {
            return Decision::Deny(Reason::UnknownPermission);
        }
        let now = Now::new(context, &*self.clock);
        self.compiled.decide(sub_account, need, target, context, &now)
    }

    /// A sub-account, resolved once for many questions. Computes in **O(1)** time.
    pub fn subject(&self, sub_account: SubAccountId) -> Subject<'_, P> {
        Subject::new(self, sub_account)
    }

    /// A target, resolved once for many questions. Computes in **O(1)** time.
    pub fn place(&self, target: impl Into<Target>) -> Place<'_, P> {
        Place::new(self, target.into())
    }

    /// A sub-account of the organization of `home`, acting here by this organization's consent.
    pub fn operator<'a>(&'a self, home: &'a Self, operator: SubAccountId) -> Operator<'a, P> {
        Operator::new(self, home, operator)
    }

    /// The workspace with the host's key. Ask at what this gives: `None` is denied. Computes in **O(log n)** time.
    pub fn workspace(&self, key: &str) -> Option<WorkspaceId> {
        self.organization().workspace_by_key(key)
    }

    /// The resource of a kind with the host's key. Ask at what this gives: `None` is denied. Computes in **O(log n)** time.
    pub fn resource(&self, kind: &str, key: &str) -> Option<ResourceId> {
        self.organization().resource_by_key(&Kind::new(kind).ok()?, &Key::new(key).ok()?)
    }

    /// The sub-account with this login, compared byte for byte. Computes in **O(log n)** time.
    pub fn sub_account(&self, login: impl AsRef<str>) -> Option<SubAccountId> {
        self.organization().sub_account_by_login(login)
    }

    /// The organization itself, as data.
    pub fn organization(&self) -> &Organization {
        &self.compiled.organization
    }

    /// The revision that every answer of this snapshot is given at.
    pub fn revision(&self) -> Revision {
        self.organization().revision()
    }

    /// The catalog that the snapshot was compiled with: in a directory, the one by which this process decides the
    /// organization. It may be that of another release, with another edition.
    pub const fn catalog(&self) -> &Catalog<P> {
        &self.catalog
    }

    pub(super) fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

impl<P> Clone for Snapshot<P> {
    fn clone(&self) -> Self {
        Self {
            compiled: Arc::clone(&self.compiled),
            catalog: self.catalog.clone(),
            clock: Arc::clone(&self.clock),
        }
    }
}

impl<P> fmt::Debug for Snapshot<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("organization", &self.compiled.organization.id())
            .field("revision", &self.compiled.organization.revision())
            .finish_non_exhaustive()
    }
}
