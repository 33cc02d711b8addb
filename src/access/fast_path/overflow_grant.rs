//! [`OverflowGrant`]: an allow or a deny in 24 bytes.

use crate::access::compiled::grants::{Grants, SpecialGrant};
use crate::access::compiled::now::LazyNow;
use crate::access::fast_path::conditions::{ConditionListId, ConditionLists};
use crate::access::fast_path::instant::PackedInstant;
use crate::access::fast_path::parts::{InternedParts, PartsId};
use crate::access::fast_path::scope::PackedScope;
use crate::access::fast_path::scopes::PackedScopes;
use crate::catalog::Parts;
use crate::model::{Effect, Reach, Scope};
use crate::permission::Bits;

/// An allow or a deny in 24 bytes: its window, scope, parts and conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OverflowGrant {
    starts: PackedInstant,
    ends: PackedInstant,
    /// The number of its scope; 0 for the organization.
    pub(super) scope: u32,
    pub(super) parts: PartsId,
    /// The id of its conditions, with flags in the two highest bits.
    conditions: ConditionListId,
}

const _: () = assert!(size_of::<OverflowGrant>() == 24, "three of them are in an overflow");

/// Flag: it is a deny.
const DENY: ConditionListId = 1 << 15;
/// Flag: it reaches its scope only, not the scopes below.
const HERE: ConditionListId = 1 << 14;

impl OverflowGrant {
    /// Grants nothing, at any time.
    pub(super) const EMPTY: Self = Self {
        starts: PackedInstant::ALWAYS,
        ends: PackedInstant::NEVER,
        scope: 0,
        parts: 0,
        conditions: 0,
    };

    /// Packs all special grants. `None` if one of them needs full evaluation.
    pub(super) fn all(
        grants: &Grants,
        scopes: &PackedScopes,
        parts: &mut InternedParts,
        condition_lists: &mut ConditionLists,
    ) -> Option<Vec<Self>> {
        let special = grants.special.iter();
        special.map(|grant| Self::new(grant, scopes, parts, condition_lists)).collect()
    }

    /// Packs a special grant. `None` for a delegation or a reach by label, which need full
    /// evaluation, and for values that cannot be packed.
    fn new(
        grant: &SpecialGrant,
        scopes: &PackedScopes,
        parts: &mut InternedParts,
        condition_lists: &mut ConditionLists,
    ) -> Option<Self> {
        let here = match grant.reach {
            Reach::Subtree => 0,
            Reach::Here => HERE,
            Reach::Labelled(_) => return None,
        };
        let deny = match grant.effect {
            Effect::Allow => 0,
            Effect::Deny => DENY,
        };
        let scope = scopes.number(grant.scope)?;
        if grant.delegator.is_some() {
            return None;
        }
        Some(Self {
            starts: grant.starts.map_or(Some(PackedInstant::ALWAYS), PackedInstant::new)?,
            ends: grant.ends.map_or(Some(PackedInstant::NEVER), PackedInstant::new)?,
            scope,
            parts: parts.intern(grant.parts)?,
            conditions: condition_lists.intern(&grant.conditions)? | here | deny,
        })
    }

    /// Packs a plain grant. `None` if its scope or its parts cannot be packed.
    pub(super) fn plain(
        scope: Scope,
        granted: Parts,
        scopes: &PackedScopes,
        parts: &mut InternedParts,
    ) -> Option<Self> {
        Some(Self { scope: scopes.number(scope)?, parts: parts.intern(granted)?, ..Self::EMPTY })
    }

    pub(super) const fn is_allow(&self) -> bool {
        self.conditions & DENY == 0
    }

    /// Whether it reaches a scope on whose path it was made.
    pub(super) const fn reaches(&self, scope: &PackedScope) -> bool {
        self.conditions & HERE == 0 || self.scope == scope.number
    }

    /// The id of its conditions.
    pub(super) const fn condition_list(&self) -> ConditionListId {
        self.conditions & !(DENY | HERE)
    }

    /// A copy with another scope, other parts and other conditions.
    #[cfg(test)]
    pub(super) const fn with_ids(
        self,
        scope: u32,
        parts: PartsId,
        conditions: ConditionListId,
    ) -> Self {
        let flags = self.conditions & (DENY | HERE);
        Self { scope, parts, conditions: conditions | flags, ..self }
    }

    /// The permissions that flow from its scope down to another; `None` if its scope is not on the
    /// path.
    pub(super) fn flow_to(&self, scope: &PackedScope) -> Option<Bits> {
        match self.scope {
            number if number == scope.number => Some(Bits::ALL),
            0 => Some(scope.flow_from_root),
            number if number == scope.workspace => Some(scope.flow_from_workspace),
            _ => None,
        }
    }

    /// D7. The clock is read only if the grant has a start or an end.
    pub(super) fn is_valid(&self, now: &LazyNow<'_>) -> bool {
        let now = || PackedInstant::of_now(now.get());
        (self.starts == PackedInstant::ALWAYS || self.starts <= now())
            && (self.ends == PackedInstant::NEVER || now() < self.ends)
    }
}
