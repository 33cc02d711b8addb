//! Operator: a sub-account of the host's own organization, let into another by its consent (D12).

use crate::access::compile::Entry;
use crate::access::context::Context;
use crate::access::decision::{Decision, Reason};
use crate::access::evaluate::{Now, Owned};
use crate::access::nodes::Node;
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
        let Some(need) = self.visited.asked(permissions) else {
            return Decision::Deny(Reason::UnknownPermission);
        };
        self.permits(need, target.into()).into()
    }

    /// Whether [`check`](Self::check) allows.
    pub fn can(&self, permissions: P, target: impl Into<Target>) -> bool {
        self.check(permissions, target).is_allow()
    }

    /// Everything that the operator may do at `target`: exactly the permissions for which [`check`](Self::check) allows.
    pub fn permissions(&self, target: impl Into<Target>) -> P {
        let (visited, catalog) = (self.visited.compiled(), self.visited.catalog());
        let flags = |visit: Visit<'_>| catalog.flags(visited.with_prerequisites(visit.left()));
        self.visit(target.into()).map_or_else(|_| P::empty(), flags)
    }

    /// Whether the operator may do all of what some bits stand for, and why not. Permissions that this
    /// process cannot ask for count too.
    pub(crate) fn permits(&self, need: Bits, target: Target) -> Result<(), Reason> {
        let visited = self.visited.compiled();
        visited.check_need(need)?;
        let visit = self.visit(target)?;
        let left = visit.left();
        let missing = need.difference(visited.with_prerequisites(left)).lowest();
        if missing.is_empty() {
            return Ok(());
        }
        Err(if left.holds(missing) { Reason::PrerequisiteMissing } else { visit.why_not(missing) })
    }

    /// Whether the operator is let in anywhere, by D1, D2 and a consent, and why not.
    pub(crate) fn is_let_in(&self) -> Result<(), Reason> {
        let (visited, home) = (self.visited.compiled(), self.home.compiled());
        let now = Now::new(&self.context, self.visited.clock());
        let line = home.line(self.id).ok_or(Reason::UnknownSubAccount)?;
        visited.check_open()?;
        home.check_open()?;
        line.check(&now)?;
        visited.check_policy(line.kind, &self.context)?;
        home.check_policy(line.kind, &self.context)?;
        let mut consents = visited.organization.consents().values();
        let root = home.organization.id();
        let is_consented = consents.any(|it| it.operators == root && it.holds(now.get()));
        if is_consented { Ok(()) } else { Err(Reason::NoConsent) }
    }

    /// What an operator meets at a scope: `effective(o, home root) & consent.mask & C(x)`, through every `inherits` from
    /// the consent's scope to x, less the organization's denies to all members. D2 holds in both organizations.
    fn visit(&self, target: Target) -> Result<Visit<'a>, Reason> {
        let (visited, home) = (self.visited.compiled(), self.home.compiled());
        let now = Now::new(&self.context, self.visited.clock());
        let line = home.line(self.id).ok_or(Reason::UnknownSubAccount)?;
        let node = visited.resolve(target)?;
        visited.check_open()?;
        line.check(&now)?;
        visited.check_policy(line.kind, &self.context)?;
        let root = home.organization.id();
        let has = home.effective(self.id, Some(&line), root.into(), &self.context, &now)?;
        let has = visited.catalog.here(has, &home.catalog);

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
        let judge = |entry: &Entry| self.context.meets_all(entry.conditions.iter());
        let denies = owned.denied(visited.everyone.denies(node, &now, judge));
        Ok(Visit { node, has, mask, let_in, denies })
    }
}

/// What an operator has at home, and what the organization visited makes of it.
struct Visit<'a> {
    node: &'a Node,
    has: Bits,
    mask: Bits,
    let_in: Bits,
    denies: Bits,
}

impl Visit<'_> {
    /// What is left, before prerequisites.
    const fn left(&self) -> Bits {
        self.has
            .intersection(self.let_in)
            .difference(self.denies)
            .intersection(self.node.ceiling)
            .intersection(self.node.left)
    }

    /// Why a permission is not left.
    const fn why_not(&self, missing: Bits) -> Reason {
        if !self.node.left.holds(missing) {
            Reason::Archived
        } else if !self.has.holds(missing) {
            Reason::OperatorLacks
        } else if !self.mask.holds(missing) {
            Reason::ConsentMask
        } else if !self.let_in.holds(missing) {
            Reason::Masked
        } else if self.denies.holds(missing) {
            Reason::Denied
        } else {
            Reason::Ceiling
        }
    }
}
