//! [`Operator`]: a sub-account of the host's own organization that acts in another with its consent
//! (D12).

use crate::access::compiled::grants::SpecialGrant;
use crate::access::compiled::now::LazyNow;
use crate::access::compiled::owned::Owned;
use crate::access::compiled::scope::CompiledScope;
use crate::access::context::Context;
use crate::access::decision::{Decision, Reason};
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::SubAccountId;
use crate::permission::{Bits, Permissions};

/// An operator in an organization that is not its own. Its permissions are the intersection of two
/// snapshots; neither stores any.
#[derive(Debug, Clone)]
pub struct Operator<'a, P> {
    visited: &'a Snapshot<P>,
    home: &'a Snapshot<P>,
    id: SubAccountId,
    context: Context,
}

impl<'a, P: Permissions> Operator<'a, P> {
    const fn new(visited: &'a Snapshot<P>, home: &'a Snapshot<P>, id: SubAccountId) -> Self {
        Self { visited, home, id, context: Context::new() }
    }

    /// Sets the context of all checks.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// May the operator do all of `permissions` at `target`?
    pub fn check(&self, permissions: P, target: impl Into<Target>) -> Decision {
        let Some(need) = self.visited.bits_of(permissions) else {
            return Decision::Deny(Reason::UnknownPermission);
        };
        self.check_bits(need, target.into()).into()
    }

    /// Whether [`check`](Self::check) allows.
    pub fn can(&self, permissions: P, target: impl Into<Target>) -> bool {
        self.check(permissions, target).is_allow()
    }

    /// The effective permissions of the operator at `target`: those that [`check`](Self::check)
    /// allows.
    pub fn permissions(&self, target: impl Into<Target>) -> P {
        let (visited, catalog) = (self.visited.compiled(), self.visited.catalog());
        let flags = |visit: Visit<'_>| {
            catalog.flags(visited.without_unmet_prerequisites(visit.remaining()))
        };
        self.visit(target.into()).map_or_else(|_| P::empty(), flags)
    }

    /// As [`check`](Self::check), also about permissions that only another release can ask for. The
    /// error is the reason of the deny.
    pub(crate) fn check_bits(&self, need: Bits, target: Target) -> Result<(), Reason> {
        let visited = self.visited.compiled();
        visited.check_need(need)?;
        let visit = self.visit(target)?;
        let remaining = visit.remaining();
        let missing = need.difference(visited.without_unmet_prerequisites(remaining)).lowest();
        if missing.is_empty() {
            return Ok(());
        }
        Err(if remaining.holds(missing) {
            Reason::PrerequisiteMissing
        } else {
            visit.deny_reason(missing)
        })
    }

    /// Refuses an operator that D1 or D2 denies everything, or that no consent admits at any scope.
    pub(crate) fn check_admitted(&self) -> Result<(), Reason> {
        let (visited, home) = (self.visited.compiled(), self.home.compiled());
        let now = LazyNow::new(&self.context, self.visited.clock());
        let subject = home.subject(self.id).ok_or(Reason::UnknownSubAccount)?;
        visited.check_open()?;
        home.check_open()?;
        subject.check_active(&now)?;
        visited.check_policy(subject.kind, &self.context)?;
        home.check_policy(subject.kind, &self.context)?;
        let mut consents = visited.organization.consents().values();
        let root = home.organization.id();
        let is_consented = consents.any(|it| it.operators == root && it.holds(now.get()));
        if is_consented { Ok(()) } else { Err(Reason::NoConsent) }
    }

    /// D12 at a scope x: `effective(o, home root) & consent.mask & C(x)`, through every `inherits`
    /// from the consent's scope to x, less the organization's denies to all members. D2 holds in
    /// both organizations.
    fn visit(&self, target: Target) -> Result<Visit<'a>, Reason> {
        let (visited, home) = (self.visited.compiled(), self.home.compiled());
        let now = LazyNow::new(&self.context, self.visited.clock());
        let subject = home.subject(self.id).ok_or(Reason::UnknownSubAccount)?;
        let scope = visited.resolve(target)?;
        visited.check_open()?;
        subject.check_active(&now)?;
        visited.check_policy(subject.kind, &self.context)?;
        let root = home.organization.id();
        let has = home.effective(self.id, Some(&subject), root.into(), &self.context, &now)?;
        let has = visited.catalog.translate(has, &home.catalog);

        let (mut consented, mut mask, mut let_in) = (false, Bits::NONE, Bits::NONE);
        for consent in visited.organization.consents().values() {
            let step = scope.path.iter().find(|step| step.scope == consent.scope);
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
        // A registered owner is a sub-account of this organization, so never the operator.
        let owned = Owned::new(self.context.claimed(), scope.owner.map(|_| false));
        let meets = |deny: &SpecialGrant| self.context.meets_all(deny.conditions.iter());
        let denies = owned.denied(visited.everyone.denied_at(scope, &now, meets));
        Ok(Visit { scope, has, mask, let_in, denies })
    }
}

/// The permissions of an operator at home, and the limits of the visited organization at a scope.
struct Visit<'a> {
    scope: &'a CompiledScope,
    has: Bits,
    mask: Bits,
    let_in: Bits,
    denies: Bits,
}

impl Visit<'_> {
    /// The permissions before prerequisites.
    const fn remaining(&self) -> Bits {
        self.has
            .intersection(self.let_in)
            .difference(self.denies)
            .intersection(self.scope.ceiling)
            .intersection(self.scope.archive_mask)
    }

    /// Why a permission does not remain.
    const fn deny_reason(&self, missing: Bits) -> Reason {
        if !self.scope.archive_mask.holds(missing) {
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

impl<P: Permissions> Snapshot<P> {
    /// A sub-account of the organization of `home`, acting here with the consent of this
    /// organization.
    pub fn operator<'a>(&'a self, home: &'a Self, operator: SubAccountId) -> Operator<'a, P> {
        Operator::new(self, home, operator)
    }
}
