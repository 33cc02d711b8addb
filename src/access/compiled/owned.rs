//! [`Owned`]: whether the principal owns the object of a question (D6).

use crate::access::context::Ownership;
use crate::catalog::Parts;
use crate::permission::Bits;

/// Whether the principal owns the object of a question (D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Owned {
    Yes,
    No,
    Unknown,
}

impl Owned {
    /// As the context claims, or else by the registered owner. `registered` is `None` if the scope
    /// has no registered owner.
    pub(in crate::access) fn new(claimed: Ownership, registered: Option<bool>) -> Self {
        match (claimed, registered) {
            (Ownership::Owned, _) | (Ownership::Unsaid, Some(true)) => Self::Yes,
            (Ownership::NotOwned, _) | (Ownership::Unsaid, Some(false)) => Self::No,
            (Ownership::Unsaid, None) => Self::Unknown,
        }
    }

    /// The permissions that allows grant. Their own part counts only if ownership is certain (D6).
    pub(in crate::access) fn granted(self, allows: Parts) -> Bits {
        if self == Self::Yes { allows.both() } else { allows.any }
    }

    /// The permissions that denies take. Their own part is lifted only if it is certain that the
    /// object is not owned (D6).
    pub(in crate::access) fn denied(self, denies: Parts) -> Bits {
        if self == Self::No { denies.any } else { denies.both() }
    }
}
