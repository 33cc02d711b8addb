//! [`Snapshot`]: an organization at one revision, compiled and immutable, that answers every
//! question from memory.
//!
//! The handles [`Subject`](crate::access::Subject),
//! [`ResolvedTarget`](crate::access::ResolvedTarget) and [`Operator`](crate::access::Operator),
//! listings and explanations add their own methods to it.

use std::fmt;
use std::sync::Arc;

use crate::access::compiled::now::LazyNow;
use crate::access::compiled::organization::CompiledOrganization;
use crate::access::context::Context;
use crate::access::decision::{Decision, Reason};
use crate::access::fast_path::scope::PackedScope;
use crate::access::fast_path::subject::PackedSubject;
use crate::access::target::Target;
use crate::catalog::Catalog;
use crate::clock::{Clock, HighWater, SystemClock};
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::record::Revision;
use crate::model::{Key, Kind, Organization};
use crate::permission::{Bits, Permissions};

/// An organization at one revision. Cheap to clone, `Send` and `Sync`. A check on it does no I/O,
/// takes no lock and cannot fail.
pub struct Snapshot<P> {
    compiled: Arc<CompiledOrganization>,
    catalog: Catalog<P>,
    clock: Arc<dyn Clock>,
}

/// One question of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<P> {
    /// The principal.
    pub sub_account: SubAccountId,
    /// The permissions; all of them are needed.
    pub permissions: P,
    /// The target of the check.
    pub target: Target,
    /// The context of the request.
    pub context: Context,
}

impl<P> Query<P> {
    /// A question in an empty context.
    pub fn new(sub_account: SubAccountId, permissions: P, target: impl Into<Target>) -> Self {
        Self { sub_account, permissions, target: target.into(), context: Context::new() }
    }

    /// Sets the context of the question.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }
}

impl<P: Permissions> Snapshot<P> {
    /// Compiles `organization` under `catalog`, with the system clock. Computes in **O(n log n)**
    /// time.
    ///
    /// A directory compiles its organizations itself; this is for tests and tools that hold an
    /// organization of their own.
    pub fn compile(organization: Organization, catalog: &Catalog<P>) -> Self {
        Self::compile_with_clock(organization, catalog, Arc::new(HighWater::new(SystemClock)))
    }

    /// As [`compile`](Self::compile), with another clock. Wrap a clock that may step back in a
    /// [`HighWater`].
    pub fn compile_with_clock(
        organization: Organization,
        catalog: &Catalog<P>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let compiled =
            Arc::new(CompiledOrganization::new(organization, Arc::clone(catalog.core())));
        Self { compiled, catalog: catalog.clone(), clock }
    }

    /// Compiles another revision of the organization under the same catalog and clock. Equals a
    /// compilation from the start, but costs only what differs.
    pub(crate) fn next(&self, organization: Organization) -> Self {
        let compiled = Arc::new(self.compiled.next(organization));
        Self { compiled, catalog: self.catalog.clone(), clock: Arc::clone(&self.clock) }
    }

    /// May `sub_account` do all of `permissions` at `target`, now, in an empty context?
    ///
    /// Computes in **O(1)** time if the sub-account has plain allows only, otherwise in **O(log
    /// n)** in the size of the organization and linear in the sub-account's own assignments.
    pub fn check(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.check_in(Context::empty(), sub_account, permissions, target)
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

    /// Answers every query as a check of its own would. All are answered as of the same instant,
    /// except those whose context names another.
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

    /// Decides about permissions that this process can ask for.
    #[inline]
    pub(crate) fn decide(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        need: Bits,
        target: Target,
    ) -> Decision {
        let subject = self.compiled.packed.subject(sub_account);
        let scope = if subject.is_some() { self.compiled.packed_scope(target) } else { None };
        self.decide_at(context, sub_account, subject, need, target, scope)
    }

    /// As [`decide`](Self::decide), with the packed subject and scope that were looked up before.
    #[inline]
    pub(super) fn decide_at(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        subject: Option<&PackedSubject>,
        need: Bits,
        target: Target,
        scope: Option<&PackedScope>,
    ) -> Decision {
        if let (Some(subject), Some(scope)) = (subject, scope)
            && let Some(decision) = self.decide_packed(context, subject, need, scope)
        {
            if subject.has_overflow() {
                return self.decide_guarded(context, sub_account, subject, need, target, decision);
            }
            return decision;
        }
        // The slow path looks both up again. Passing them on would cost every check registers.
        self.decide_unpacked(context, sub_account, need, target)
    }

    /// Decides in a word that holds all permissions of `P`.
    #[inline]
    fn decide_packed(
        &self,
        context: &Context,
        subject: &PackedSubject,
        need: Bits,
        scope: &PackedScope,
    ) -> Option<Decision> {
        if size_of::<P::Bits>() <= size_of::<u64>() {
            self.compiled.decide_packed::<u64>(subject, need, scope, context)
        } else {
            self.compiled.decide_packed::<u128>(subject, need, scope, context)
        }
    }

    /// As [`decide`](Self::decide), also about permissions that only another release can ask for.
    /// The error is the reason of the deny.
    pub(crate) fn check_bits(
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
            let now = LazyNow::new(context, &*self.clock);
            self.compiled.decide_slow(sub_account, need, target, context, &now)
        };
        decision.reason().map_or(Ok(()), Err)
    }

    /// Refuses a sub-account that D1 or D2 denies everything, whatever it has been assigned.
    pub(crate) fn check_admitted(
        &self,
        context: &Context,
        sub_account: SubAccountId,
    ) -> Result<(), Reason> {
        let now = LazyNow::new(context, &*self.clock);
        let subject = self.compiled.subject(sub_account).ok_or(Reason::UnknownSubAccount)?;
        self.compiled.check_open()?;
        subject.check_active(&now)?;
        self.compiled.check_policy(subject.kind, context)
    }

    /// Whether every bit is a permission that a flag of `P` stands for (D9).
    pub(super) fn can_ask_for(&self, need: Bits) -> bool {
        self.compiled.catalog.vocabulary().declared().holds(need)
    }

    /// The bits of some flags; `None` if one of them is no permission (D9).
    pub(super) fn bits_of(&self, permissions: P) -> Option<Bits> {
        Some(Bits::of(permissions)).filter(|need| self.can_ask_for(*need))
    }

    /// Confirms a decision of the packed form for a subject with an overflow: it stands if the
    /// guard holds, and is replaced by that of the slow path otherwise.
    #[cold]
    #[inline(never)]
    fn decide_guarded(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        subject: &PackedSubject,
        need: Bits,
        target: Target,
        decision: Decision,
    ) -> Decision {
        let now = LazyNow::new(context, &*self.clock);
        if self.compiled.is_guard_met(subject, need, context, &now) {
            return decision;
        }
        self.compiled.decide_slow(sub_account, need, target, context, &now)
    }

    #[cold]
    #[inline(never)]
    fn decide_unpacked(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        need: Bits,
        target: Target,
    ) -> Decision {
        // A bit without a flag may stand for a permission of another release; a check must not ask
        // for it.
        if !self.can_ask_for(need) {
            return Decision::Deny(Reason::UnknownPermission);
        }
        let now = LazyNow::new(context, &*self.clock);
        self.compiled.decide_slow(sub_account, need, target, context, &now)
    }

    /// The workspace with the host's key. The result can be passed to a check as it is: `None` is
    /// denied. Computes in **O(log n)** time.
    pub fn workspace(&self, key: &str) -> Option<WorkspaceId> {
        self.organization().workspace_by_key(key)
    }

    /// The resource of a kind with the host's key. The result can be passed to a check as it is:
    /// `None` is denied. Computes in **O(log n)** time.
    pub fn resource(&self, kind: &str, key: &str) -> Option<ResourceId> {
        self.organization().resource_by_key(&Kind::new(kind).ok()?, &Key::new(key).ok()?)
    }

    /// The sub-account with this login, compared byte for byte. Computes in **O(log n)** time.
    pub fn sub_account(&self, login: impl AsRef<str>) -> Option<SubAccountId> {
        self.organization().sub_account_by_login(login)
    }

    /// The organization as plain data.
    pub fn organization(&self) -> &Organization {
        &self.compiled.organization
    }

    /// The revision of the organization that this snapshot holds.
    pub fn revision(&self) -> Revision {
        self.organization().revision()
    }

    /// The catalog that the snapshot was compiled with. In a directory it is the catalog in force
    /// for the organization, which may be that of another release, with another edition.
    pub const fn catalog(&self) -> &Catalog<P> {
        &self.catalog
    }

    pub(super) fn compiled(&self) -> &CompiledOrganization {
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
