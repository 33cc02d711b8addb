//! Operator: a sub-account of the host's own organization, let into another by its consent (D12).

use crate::access::context::Context;
use crate::access::decision::{Decision, Reason};
use crate::access::evaluate::{Now, Owned};
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::SubAccountId;
use crate::permission::{Bits, Permissions};

/// An operator in an organization that is not its own. Two snapshots are intersected; nothing is stored in either.
#[derive(Debug, Clone)]
pub struct Operator<'a, P> {
    visited: &'a Snapshot<P>,
    home: &'a Snapshot<P>,
    id: SubAccountId,
    context: Context,
}

impl<'a, P: Permissions> Operator<'a, P> {
    pub(super) const fn new(
        visited: &'a Snapshot<P>,
        home: &'a Snapshot<P>,
        id: SubAccountId,
    ) -> Self {
        Self { visited, home, id, context: Context::new() }
    }

    /// The same operator, asking in `context`.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// May the operator do all of `permissions` at `target`?
    pub fn check(&self, permissions: P, target: impl Into<Target>) -> Decision {
        match self.decide(Bits::of(permissions), target.into()) {
            Ok(()) => Decision::Allow,
            Err(reason) => Decision::Deny(reason),
        }
    }

    /// Whether [`check`](Self::check) allows.
    pub fn can(&self, permissions: P, target: impl Into<Target>) -> bool {
        self.check(permissions, target).is_allow()
    }

    /// `effective(o, home root) & consent.mask & C(x)`, through every `inherits` from the consent's scope to x, less the
    /// organization's denies to all members.
    fn decide(&self, need: Bits, target: Target) -> Result<(), Reason> {
        let (visited, home) = (self.visited.compiled(), self.home.compiled());
        let now = Now::new(&self.context, self.visited.clock());
        visited.check_need(need)?;
        let line = home.line(self.id);
        let kind = line.ok_or(Reason::UnknownSubAccount)?.kind;
        let node = visited.resolve(target)?;
        visited.check_open()?;
        if let Some(line) = line {
            line.check(&now)?;
        }
        visited.check_policy(kind, &self.context)?;
        let root = home.organization.id();
        let has = home.effective(self.id, line, root.into(), &self.context, &now)?;

        let (mut consented, mut mask, mut let_in) = (false, Bits::NONE, Bits::NONE);
        for consent in visited.organization.consents().values() {
            let step = node.path.iter().find(|step| step.scope == consent.scope);
            if let Some(step) = step
                && consent.operators == root
                && consent.holds(now.get())
            {
                let covered = visited.catalog.vocabulary().bits(&consent.mask);
                consented = true;
                mask = mask.union(covered);
                let_in = let_in.union(covered.intersection(step.flow));
            }
        }
        if !consented {
            return Err(Reason::NoConsent);
        }
        // An operator is nobody's sub-account here, so what has a registered owner is not its own.
        let owned = Owned::new(self.context.claimed(), node.owner.map(|_| false));
        let denies = owned.denied(visited.everyone.denied_at(node, &self.context, &now));
        let before = has
            .intersection(let_in)
            .difference(denies)
            .intersection(node.ceiling)
            .intersection(node.left);
        let missing = need.difference(visited.with_prerequisites(before)).lowest();
        if missing.is_empty() {
            return Ok(());
        }
        Err(if before.holds(missing) {
            Reason::PrerequisiteMissing
        } else if !node.left.holds(missing) {
            Reason::Archived
        } else if !has.holds(missing) {
            Reason::OperatorLacks
        } else if !mask.holds(missing) {
            Reason::ConsentMask
        } else if !let_in.holds(missing) {
            Reason::Masked
        } else if denies.holds(missing) {
            Reason::Denied
        } else {
            Reason::Ceiling
        })
    }
}
