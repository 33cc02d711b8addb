//! Quick line: what a sub-account is given by plain allows, in the 64 bytes of one cache line.

use crate::access::compile::Line;
use crate::access::quick::nodes::QuickNodes;
use crate::access::quick::sets::{SetNumber, Sets};
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::index::Record;
use crate::model::{Scope, SubAccountKind};
use crate::permission::Bits;

/// At how many scopes, besides the organization, a quick line can hold something.
const SCOPES: usize = 7;
/// Marks the first of the numbers, which is not one of a scope.
const TAKEN: u32 = 1 << 31;
/// There too: it is a guest's.
const GUEST: u32 = 1 << 30;
/// There too: something stands beside it.
const BESIDE: u32 = 1 << 29;

/// What a member or guest is given, and within which boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(64))]
pub(in crate::access) struct QuickLine {
    id: u128,
    /// The boundary's number with marks, and then the numbers of scopes; 0 is none.
    scopes: [u32; SCOPES + 1],
    /// What is given at the organization, and then at each of the scopes.
    sets: [SetNumber; SCOPES + 1],
}

impl QuickLine {
    /// Scopes have numbers below this.
    pub(super) const NUMBERS: u32 = TAKEN;

    /// What is plain of a line and has room here, if the rest can be said beside it. `all` is every permission.
    pub(super) fn new(
        id: SubAccountId,
        line: &Line,
        all: Bits,
        nodes: &QuickNodes,
        sets: &mut Sets,
    ) -> Option<Self> {
        if line.barred.is_some() || line.kind == SubAccountKind::Service {
            return None;
        }
        // Nothing to pass is nobody's boundary here: it would be the number of none.
        let boundary = match line.boundary {
            boundary if boundary == all => 0,
            Bits::NONE => return None,
            boundary => sets.number(Parts { any: boundary, own: Bits::NONE })?,
        };
        let mut quick = Self { id: id.to_u128(), ..Self::default() };
        let [first, scopes @ ..] = &mut quick.scopes;
        let [root, here @ ..] = &mut quick.sets;
        *first = TAKEN | u32::from(boundary);
        if line.kind == SubAccountKind::Guest {
            *first |= GUEST;
        }
        let has_crowded_out = Self::crowded_out(line).next().is_some();
        if line.ends.is_some() || !line.entries.special.is_empty() || has_crowded_out {
            *first |= BESIDE;
        }
        let at_root = line.entries.plain.iter().find(|(scope, _)| *scope == Scope::Organization);
        if let Some((_, parts)) = at_root {
            *root = sets.number(*parts)?;
        }
        for (room, (scope, parts)) in scopes.iter_mut().zip(here).zip(at_scopes(line)) {
            (*room.0, *room.1) = (nodes.number(*scope)?, sets.number(*parts)?);
        }
        Some(quick)
    }

    /// What is plain and has no room in a quick line.
    pub(super) fn crowded_out(line: &Line) -> impl Iterator<Item = &(Scope, Parts)> {
        at_scopes(line).skip(SCOPES)
    }

    /// What is given at the organization.
    #[inline]
    pub(super) const fn root(&self) -> SetNumber {
        let [root, ..] = self.sets;
        root
    }

    pub(super) const fn kind(&self) -> SubAccountKind {
        let [first, ..] = self.scopes;
        if first & GUEST == 0 { SubAccountKind::Member } else { SubAccountKind::Guest }
    }

    /// Whether nothing limits it and nothing stands beside it.
    #[inline]
    pub(super) const fn is_plain(&self) -> bool {
        let [first, ..] = self.scopes;
        first & (BESIDE | SetNumber::MAX as u32) == 0
    }

    /// Whether something stands beside it.
    #[inline]
    pub(super) const fn has_beside(&self) -> bool {
        let [first, ..] = self.scopes;
        first & BESIDE != 0
    }

    /// The numbers of the scopes where something is given, with what.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u32, SetNumber)> {
        let pairs = self.scopes.into_iter().zip(self.sets).skip(1);
        pairs.filter(|(number, _)| *number != 0)
    }

    /// What limits it; 0 if nothing does.
    #[allow(clippy::cast_possible_truncation, reason = "the boundary is in the lower half")]
    #[inline]
    pub(super) const fn boundary(&self) -> SetNumber {
        let [first, ..] = self.scopes;
        first as SetNumber
    }

    /// What is given at the scope with a number. All are looked at, at once and without a branch.
    #[inline]
    pub(super) fn at(&self, scope: u32) -> SetNumber {
        let only =
            |number: u32, set: SetNumber| set & SetNumber::from(number == scope).wrapping_neg();
        let [n0, n1, n2, n3, n4, n5, n6, n7] = self.scopes;
        let [s0, s1, s2, s3, s4, s5, s6, s7] = self.sets;
        (only(n0, s0) | only(n1, s1) | only(n2, s2) | only(n3, s3))
            | (only(n4, s4) | only(n5, s5) | only(n6, s6) | only(n7, s7))
    }
}

/// What is plain and not given at the organization.
fn at_scopes(line: &Line) -> impl Iterator<Item = &(Scope, Parts)> {
    line.entries.plain.iter().filter(|(scope, _)| *scope != Scope::Organization)
}

impl Record for QuickLine {
    #[inline]
    fn id(&self) -> u128 {
        self.id
    }

    #[inline]
    fn is_taken(&self) -> bool {
        let [first, ..] = self.scopes;
        first != 0
    }
}
