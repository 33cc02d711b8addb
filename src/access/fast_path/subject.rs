//! [`PackedSubject`]: the grants of a sub-account in one cache line.

use crate::access::compiled::subject::CompiledSubject;
use crate::access::fast_path::conditions::ConditionLists;
use crate::access::fast_path::guard::Guard;
use crate::access::fast_path::guarded_grants::GuardedGrants;
use crate::access::fast_path::parts::{InternedParts, PartsId};
use crate::access::fast_path::scopes::{PackedScopes, SCOPE_NUMBERS};
use crate::access::fast_path::window::CoarseWindow;
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::index::IndexRecord;
use crate::model::{Scope, SubAccountKind};
use crate::permission::Bits;

/// The number of scopes below the organization at which a packed subject can have grants.
const SCOPES: usize = 7;
/// The same for a guarded subject, whose guard takes two of them.
const GUARDED_SCOPES: usize = SCOPES - 2;

/// Flag of the head: the index slot holds a subject. The bit is not used by any scope number.
const TAKEN: u32 = SCOPE_NUMBERS;
/// Flag of the head: a guest, otherwise a member.
const GUEST: u32 = 1 << 30;
/// Flag of the head: the subject has an overflow.
const OVERFLOW: u32 = 1 << 29;
/// Flag of the head: the packed grants hold only if the guard holds.
const GUARDED: u32 = 1 << 28;

/// The plain grants and the boundary of a member or guest. The layout of the 64 bytes is drawn in
/// [`fast_path`](crate::access::fast_path).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(64))]
pub(in crate::access) struct PackedSubject {
    id: u128,
    /// The head, then the numbers of scopes; 0 if unused.
    scopes: [u32; SCOPES + 1],
    /// The parts granted at the organization, then at each of the scopes.
    parts: [PartsId; SCOPES + 1],
}

const _: () = assert!(size_of::<PackedSubject>() == 64, "one cache line");

impl PackedSubject {
    /// Packs the grants of a subject. With an overflow, it packs all grants under a guard if they
    /// fit, and as many plain grants as fit otherwise. `None` for a subject that cannot be packed:
    /// it is barred, a service, without any permission, or has more than can be interned. `all` is
    /// every permission.
    pub(super) fn new(
        id: SubAccountId,
        subject: &CompiledSubject,
        all: Bits,
        scopes: &PackedScopes,
        parts: &mut InternedParts,
        condition_lists: &mut ConditionLists,
    ) -> Option<Self> {
        if subject.barred.is_some() || subject.kind == SubAccountKind::Service {
            return None;
        }
        let boundary = match subject.boundary {
            boundary if boundary == all => 0,
            // An empty boundary would be interned as 0, which stands for no boundary.
            Bits::NONE => return None,
            boundary => parts.intern(Parts { any: boundary, ..Parts::default() })?,
        };
        let mut packed = Self { id: id.to_u128(), ..Self::default() };
        packed.set_flags(TAKEN | u32::from(boundary));
        if subject.kind == SubAccountKind::Guest {
            packed.set_flags(GUEST);
        }
        let (plain, special) = (&*subject.grants.plain, &*subject.grants.special);
        if subject.ends.is_some() || !special.is_empty() || !beyond_capacity(plain).is_empty() {
            packed.set_flags(OVERFLOW);
            let guarded = GuardedGrants::new(subject);
            if split_root(&guarded.plain).1.len() <= GUARDED_SCOPES {
                packed.set_grants(&guarded.plain, scopes, parts)?;
                packed.set_guard(&guarded, parts, condition_lists)?;
                return Some(packed);
            }
        }
        packed.set_grants(plain, scopes, parts)?;
        Some(packed)
    }

    const fn set_flags(&mut self, flags: u32) {
        let [head, ..] = &mut self.scopes;
        *head |= flags;
    }

    /// Stores as many grants as fit. `None` if one of them cannot be interned.
    fn set_grants(
        &mut self,
        grants: &[(Scope, Parts)],
        scopes: &PackedScopes,
        parts: &mut InternedParts,
    ) -> Option<()> {
        let [_, numbers @ ..] = &mut self.scopes;
        let [root, ids @ ..] = &mut self.parts;
        let (at_root, below) = split_root(grants);
        *root = parts.intern(at_root)?;
        for (slot, (scope, granted)) in numbers.iter_mut().zip(ids).zip(below) {
            (*slot.0, *slot.1) = (scopes.number(*scope)?, parts.intern(*granted)?);
        }
        Some(())
    }

    fn set_guard(
        &mut self,
        guarded: &GuardedGrants,
        parts: &mut InternedParts,
        condition_lists: &mut ConditionLists,
    ) -> Option<()> {
        self.set_flags(GUARDED);
        let [.., from, until] = &mut self.scopes;
        [*from, *until] = guarded.window.numbers().map(|number| number | TAKEN);
        let [.., conditions, uncertain] = &mut self.parts;
        *conditions = condition_lists.intern(&guarded.conditions)?;
        *uncertain = parts.intern(Parts { any: guarded.uncertain, ..Parts::default() })?;
        Some(())
    }

    /// The guard under which the packed grants hold; `None` if they hold always.
    pub(in crate::access) const fn guard(&self) -> Option<Guard> {
        let [head, .., from, until] = self.scopes;
        let [.., conditions, uncertain] = self.parts;
        if head & GUARDED == 0 {
            return None;
        }
        let window = CoarseWindow::of_numbers([from & !TAKEN, until & !TAKEN]);
        Some(Guard { window, conditions, uncertain })
    }

    /// A copy without grants that depend on a guard. All grants of a guarded subject do.
    pub(super) fn without_guarded(&self) -> Self {
        let mut unguarded = *self;
        if self.guard().is_some() {
            let [_, scopes @ ..] = &mut unguarded.scopes;
            (*scopes, unguarded.parts) = Default::default();
        }
        unguarded
    }

    /// The plain grants that are not in the packed form [without
    /// guarded](Self::without_guarded) ones.
    pub(super) fn left_out<'a>(&self, subject: &'a CompiledSubject) -> &'a [(Scope, Parts)] {
        let plain = &*subject.grants.plain;
        if self.guard().is_some() { plain } else { beyond_capacity(plain) }
    }

    /// The parts granted at the organization.
    #[inline]
    pub(super) const fn root(&self) -> PartsId {
        let [root, ..] = self.parts;
        root
    }

    pub(super) const fn kind(&self) -> SubAccountKind {
        let [head, ..] = self.scopes;
        if head & GUEST == 0 { SubAccountKind::Member } else { SubAccountKind::Guest }
    }

    /// Whether it has neither a boundary nor an overflow.
    #[inline]
    pub(super) const fn is_unlimited(&self) -> bool {
        let [head, ..] = self.scopes;
        head & (OVERFLOW | PartsId::MAX as u32) == 0
    }

    #[inline]
    pub(in crate::access) const fn has_overflow(&self) -> bool {
        let [head, ..] = self.scopes;
        head & OVERFLOW != 0
    }

    /// The scope numbers in use, with the parts granted there.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u32, PartsId)> {
        let pairs = self.scopes.into_iter().zip(self.parts).skip(1);
        pairs.filter(|(number, _)| *number != 0)
    }

    /// The id of the boundary; 0 if there is none.
    #[allow(clippy::cast_possible_truncation, reason = "the boundary is in the lower half")]
    #[inline]
    pub(super) const fn boundary(&self) -> PartsId {
        let [head, ..] = self.scopes;
        head as PartsId
    }

    /// The parts granted at the scope with a number. Compares with all numbers at once, without a
    /// branch; at most one of them is equal.
    #[inline]
    pub(super) fn at(&self, scope: u32) -> PartsId {
        let only = |number: u32, id: PartsId| id & PartsId::from(number == scope).wrapping_neg();
        let [n0, n1, n2, n3, n4, n5, n6, n7] = self.scopes;
        let [p0, p1, p2, p3, p4, p5, p6, p7] = self.parts;
        (only(n0, p0) | only(n1, p1) | only(n2, p2) | only(n3, p3))
            | (only(n4, p4) | only(n5, p5) | only(n6, p6) | only(n7, p7))
    }
}

/// The parts granted at the organization, and the grants below it.
fn split_root(grants: &[(Scope, Parts)]) -> (Parts, &[(Scope, Parts)]) {
    match grants {
        [(Scope::Organization, parts), below @ ..] => (*parts, below),
        below => (Parts::default(), below),
    }
}

/// The grants that do not fit into a packed subject.
fn beyond_capacity(grants: &[(Scope, Parts)]) -> &[(Scope, Parts)] {
    let (_, below) = split_root(grants);
    below.get(SCOPES..).unwrap_or_default()
}

impl IndexRecord for PackedSubject {
    #[inline]
    fn id(&self) -> u128 {
        self.id
    }

    #[inline]
    fn is_taken(&self) -> bool {
        let [head, ..] = self.scopes;
        head != 0
    }
}
