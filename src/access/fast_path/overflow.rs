//! [`Overflow`]: the part of a subject that its packed form cannot express.

use std::sync::Arc;

use crate::access::compiled::subject::CompiledSubject;
use crate::access::fast_path::conditions::ConditionLists;
use crate::access::fast_path::instant::PackedInstant;
use crate::access::fast_path::overflow_grant::OverflowGrant;
use crate::access::fast_path::parts::InternedParts;
use crate::access::fast_path::scopes::PackedScopes;
use crate::access::fast_path::subject::PackedSubject;
use crate::index::IndexRecord;

/// The number of grants in the record itself.
const INLINE: usize = 3;

/// The end and the special grants of a subject, and the plain grants that did not fit into its
/// packed form; in two cache lines.
#[derive(Debug, Clone)]
#[repr(C, align(128))]
pub(super) struct Overflow {
    id: u128,
    /// When the sub-account's access ends.
    ends: PackedInstant,
    inline: [OverflowGrant; INLINE],
    /// The number of inline grants in use.
    len: u8,
    is_taken: bool,
    /// The grants after the inline ones.
    more: Arc<[OverflowGrant]>,
}

const _: () = assert!(size_of::<Overflow>() == 128, "two cache lines");

impl Default for Overflow {
    fn default() -> Self {
        Self {
            id: 0,
            ends: PackedInstant::NEVER,
            inline: [OverflowGrant::EMPTY; INLINE],
            len: 0,
            is_taken: false,
            more: Arc::default(),
        }
    }
}

impl Overflow {
    /// The overflow of a packed subject. `None` if a grant needs full evaluation.
    pub(super) fn new(
        packed: &PackedSubject,
        subject: &CompiledSubject,
        scopes: &PackedScopes,
        parts: &mut InternedParts,
        condition_lists: &mut ConditionLists,
    ) -> Option<Self> {
        let ends = subject.ends.map_or(Some(PackedInstant::NEVER), PackedInstant::new)?;
        let mut overflow = Self { id: packed.id(), ends, is_taken: true, ..Self::default() };
        let plain = packed.left_out(subject).iter();
        let plain =
            plain.map(|(scope, granted)| OverflowGrant::plain(*scope, *granted, scopes, parts));
        let mut all = plain.collect::<Option<Vec<_>>>()?;
        all.extend(OverflowGrant::all(&subject.grants, scopes, parts, condition_lists)?);
        for (slot, grant) in overflow.inline.iter_mut().zip(&all) {
            *slot = *grant;
            overflow.len += 1;
        }
        if let Some(more @ [_, ..]) = all.get(INLINE..) {
            overflow.more = more.into();
        }
        Some(overflow)
    }

    pub(super) const fn ends(&self) -> PackedInstant {
        self.ends
    }

    pub(super) fn grants(&self) -> impl Iterator<Item = &OverflowGrant> {
        self.inline.iter().take(usize::from(self.len)).chain(&*self.more)
    }
}

impl IndexRecord for Overflow {
    fn id(&self) -> u128 {
        self.id
    }

    fn is_taken(&self) -> bool {
        self.is_taken
    }
}
