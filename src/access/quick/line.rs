//! Quick line: what a sub-account is given by plain allows, in the 64 bytes of one cache line.

use crate::access::compile::Line;
use crate::access::quick::assumption::{Assumed, Assumption};
use crate::access::quick::conditions::Conditions;
use crate::access::quick::nodes::{NUMBERS, QuickNodes};
use crate::access::quick::sets::{SetNumber, Sets};
use crate::access::quick::span::Span;
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::index::Record;
use crate::model::{Scope, SubAccountKind};
use crate::permission::Bits;

/// At how many scopes, besides the organization, a quick line can hold something.
const SCOPES: usize = 7;
/// Marks the first of the numbers, which is not one of a scope.
const TAKEN: u32 = NUMBERS;
/// There too: it is a guest's.
const GUEST: u32 = 1 << 30;
/// There too: something stands beside it.
const BESIDE: u32 = 1 << 29;
/// There too: what it gives, it gives on an assumption.
const ASSUMES: u32 = 1 << 28;
/// At how many scopes it can then hold something.
const SCOPES_ASSUMED: usize = SCOPES - 2;

/// What a member or guest is given, and within which boundary.
///
/// On an assumption, its span is in the last two numbers of scopes, marked so that they are not taken for scopes, and its
/// conditions and what is doubted are in the last two sets.
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
    /// What is plain of a line and has room here, or all that it gives on an assumption if that has room, when the rest can
    /// be said beside it. `all` is every permission.
    pub(super) fn new(
        id: SubAccountId,
        line: &Line,
        all: Bits,
        nodes: &QuickNodes,
        sets: &mut Sets,
        conditions: &mut Conditions,
    ) -> Option<Self> {
        if line.barred.is_some() || line.kind == SubAccountKind::Service {
            return None;
        }
        // Nothing to pass is nobody's boundary here: it would be the number of none.
        let boundary = match line.boundary {
            boundary if boundary == all => 0,
            Bits::NONE => return None,
            boundary => sets.number(Parts { any: boundary, ..Parts::default() })?,
        };
        let mut quick = Self { id: id.to_u128(), ..Self::default() };
        quick.mark(TAKEN | u32::from(boundary));
        if line.kind == SubAccountKind::Guest {
            quick.mark(GUEST);
        }
        let (plain, special) = (&*line.entries.plain, &*line.entries.special);
        if line.ends.is_some() || !special.is_empty() || !crowded_out(plain).is_empty() {
            quick.mark(BESIDE);
            let assumed = Assumed::new(line);
            if apart(&assumed.given).1.len() <= SCOPES_ASSUMED {
                quick.give(&assumed.given, nodes, sets)?;
                quick.assume(&assumed, sets, conditions)?;
                return Some(quick);
            }
        }
        quick.give(plain, nodes, sets)?;
        Some(quick)
    }

    const fn mark(&mut self, mark: u32) {
        let [first, ..] = &mut self.scopes;
        *first |= mark;
    }

    /// Gives what has room.
    fn give(
        &mut self,
        given: &[(Scope, Parts)],
        nodes: &QuickNodes,
        sets: &mut Sets,
    ) -> Option<()> {
        let [_, scopes @ ..] = &mut self.scopes;
        let [root, here @ ..] = &mut self.sets;
        let (at_root, rest) = apart(given);
        *root = sets.number(at_root)?;
        for (room, (scope, parts)) in scopes.iter_mut().zip(here).zip(rest) {
            (*room.0, *room.1) = (nodes.number(*scope)?, sets.number(*parts)?);
        }
        Some(())
    }

    fn assume(
        &mut self,
        assumed: &Assumed,
        sets: &mut Sets,
        conditions: &mut Conditions,
    ) -> Option<()> {
        self.mark(ASSUMES);
        let [.., from, until] = &mut self.scopes;
        [*from, *until] = assumed.span.numbers().map(|number| number | TAKEN);
        let [.., list, doubted] = &mut self.sets;
        *list = conditions.number(&assumed.conditions)?;
        *doubted = sets.number(Parts { any: assumed.doubted, ..Parts::default() })?;
        Some(())
    }

    /// On what assumption it gives what it gives, if on any.
    pub(super) const fn assumption(&self) -> Option<Assumption> {
        let [first, .., from, until] = self.scopes;
        let [.., conditions, doubted] = self.sets;
        if first & ASSUMES == 0 {
            return None;
        }
        let span = Span::of_numbers([from & !TAKEN, until & !TAKEN]);
        Some(Assumption { span, conditions, doubted })
    }

    /// The same line with nothing that it gives on an assumption, which is all or nothing.
    pub(super) fn for_certain(&self) -> Self {
        let mut certain = *self;
        if self.assumption().is_some() {
            let [_, scopes @ ..] = &mut certain.scopes;
            (*scopes, certain.sets) = Default::default();
        }
        certain
    }

    /// What is plain and not in the line [for certain](Self::for_certain).
    pub(super) fn left_out<'a>(&self, line: &'a Line) -> &'a [(Scope, Parts)] {
        let plain = &*line.entries.plain;
        if self.assumption().is_some() { plain } else { crowded_out(plain) }
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
    pub(in crate::access) const fn has_beside(&self) -> bool {
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

/// What is given at the organization, and all other things that are given, which come after it.
fn apart(given: &[(Scope, Parts)]) -> (Parts, &[(Scope, Parts)]) {
    match given {
        [(Scope::Organization, parts), rest @ ..] => (*parts, rest),
        rest => (Parts::default(), rest),
    }
}

/// What has no room in a line.
fn crowded_out(given: &[(Scope, Parts)]) -> &[(Scope, Parts)] {
    let (_, rest) = apart(given);
    rest.get(SCOPES..).unwrap_or_default()
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
