//! [`InternedParts`]: the distinct sets of permissions that an organization grants, each stored
//! once.

use crate::access::fast_path::interner::{InternedId, Interner};
use crate::catalog::Parts;

/// The id of interned parts; 0 for parts that hold nothing.
pub(in crate::access) type PartsId = InternedId;

/// The distinct sets of permissions that an organization grants, each stored once. Roles and their
/// combinations are few, so two bytes name any of them.
#[derive(Debug, Clone)]
#[repr(transparent)]
pub(in crate::access) struct InternedParts(Interner<Parts>);

impl InternedParts {
    pub(super) fn new() -> Self {
        Self(Interner::new())
    }

    /// The parts with an id; nothing for an id that was never given out.
    #[inline]
    pub(in crate::access) fn get(&self, id: PartsId) -> Parts {
        self.0.get(id).copied().unwrap_or_default()
    }

    /// The id of parts; `None` if the interner is full.
    pub(super) fn intern(&mut self, parts: Parts) -> Option<PartsId> {
        self.0.intern(&parts)
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.is_full()
    }
}
