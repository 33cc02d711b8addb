//! [`CompiledQuestion`]: one sub-account at one scope in one context.

use crate::access::compiled::grants::SpecialGrant;
use crate::access::compiled::now::LazyNow;
use crate::access::compiled::owned::Owned;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::subject::CompiledSubject;
use crate::access::context::{Context, Truth};
use crate::id::SubAccountId;

/// Everything that the effective permissions of a sub-account depend on, besides the organization.
#[derive(Clone, Copy)]
pub(in crate::access) struct CompiledQuestion<'a> {
    pub(in crate::access) id: SubAccountId,
    pub(in crate::access) subject: &'a CompiledSubject,
    pub(in crate::access) scope: &'a CompiledScope,
    pub(in crate::access) context: &'a Context,
    pub(in crate::access) now: &'a LazyNow<'a>,
    /// Whether the answer bounds another sub-account (D13): conditions count as met then.
    pub(in crate::access) is_bound: bool,
    /// Whether permissions that were delegated to the sub-account count.
    pub(in crate::access) with_delegations: bool,
}

impl CompiledQuestion<'_> {
    /// Whether the sub-account owns the object (D6).
    pub(in crate::access) fn owned(&self) -> Owned {
        let registered = self.scope.owner.map(|owner| owner == self.id);
        Owned::new(self.context.claimed(), registered)
    }

    /// Whether the conditions of a grant are met (D8, D13).
    pub(in crate::access) fn meets_conditions(&self, grant: &SpecialGrant) -> Truth {
        if self.is_bound { Truth::True } else { self.context.meets_all(grant.conditions.iter()) }
    }
}
