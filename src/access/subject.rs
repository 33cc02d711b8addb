//! Subject: a sub-account as seen in one snapshot, for the many questions of one request.

use jiff::Timestamp;

use crate::access::compile::Line;
use crate::access::context::{Context, Ownership};
use crate::access::decision::{Decision, Reason};
use crate::access::evaluate::Now;
use crate::access::explain::Explanation;
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::SubAccountId;
use crate::permission::{Bits, Permissions};

/// A sub-account in a snapshot, resolved once. One that is unknown there is a subject too: everything is denied.
#[derive(Debug)]
pub struct Subject<'a, P> {
    snapshot: &'a Snapshot<P>,
    id: SubAccountId,
    line: Option<&'a Line>,
    context: Context,
}

impl<'a, P: Permissions> Subject<'a, P> {
    pub(super) fn new(snapshot: &'a Snapshot<P>, id: SubAccountId) -> Self {
        let line = snapshot.compiled().line(id);
        Self { snapshot, id, line, context: Context::new() }
    }

    /// The sub-account.
    pub const fn id(&self) -> SubAccountId {
        self.id
    }

    pub(crate) const fn snapshot(&self) -> &'a Snapshot<P> {
        self.snapshot
    }

    pub(crate) const fn context(&self) -> &Context {
        &self.context
    }

    /// The same subject, asking in `context`.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// The same subject, asking about something that it owns, or does not own.
    #[must_use]
    pub fn owning(&self, ownership: impl Into<Ownership>) -> Self {
        Self { context: self.context.clone().ownership(ownership), ..*self }
    }

    /// May the subject do all of `permissions` at `target`? Computes in **O(log n)** time in the size of the
    /// organization, and linear in the subject's own assignments.
    pub fn check(&self, permissions: P, target: impl Into<Target>) -> Decision {
        let now = Now::new(&self.context, self.snapshot.clock());
        let need = Bits::of(permissions);
        let compiled = self.snapshot.compiled();
        compiled.decide(self.id, self.line, need, target.into(), &self.context, &now).into()
    }

    /// Whether [`check`](Self::check) allows.
    pub fn can(&self, permissions: P, target: impl Into<Target>) -> bool {
        self.check(permissions, target).is_allow()
    }

    /// Why [`check`](Self::check) allows or denies, as [`Snapshot::explain`] does.
    pub fn explain(&self, permissions: P, target: impl Into<Target>) -> Explanation {
        self.snapshot.explain_in(&self.context, self.id, permissions, target)
    }

    /// Everything that the subject may do at `target`: exactly the permissions for which [`check`](Self::check) allows.
    pub fn permissions(&self, target: impl Into<Target>) -> P {
        let now = Now::new(&self.context, self.snapshot.clock());
        let compiled = self.snapshot.compiled();
        compiled
            .effective(self.id, self.line, target.into(), &self.context, &now)
            .map_or_else(|_| P::empty(), Bits::to)
    }

    /// The same subject, asking as of an instant.
    pub(super) fn at(&self, now: Timestamp) -> Self {
        Self { context: self.context.clone().at(now), ..*self }
    }

    /// Why the subject may do nothing at all at `target`, if so.
    pub(super) fn barred(&self, target: Target) -> Option<Reason> {
        let now = Now::new(&self.context, self.snapshot.clock());
        self.snapshot.compiled().effective(self.id, self.line, target, &self.context, &now).err()
    }
}
