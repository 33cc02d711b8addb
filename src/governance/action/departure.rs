//! A departure: a sub-account that leaves or is removed, and its successor.

use crate::id::SubAccountId;

/// A sub-account that leaves or is removed, and the successor that takes over what it owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// The sub-account.
    pub sub_account: SubAccountId,
    /// The account that takes over its resources and services. Without one, its resources have no
    /// owner, and its services stay, without permissions.
    pub successor: Option<SubAccountId>,
}

impl From<SubAccountId> for Departure {
    fn from(sub_account: SubAccountId) -> Self {
        Self { sub_account, successor: None }
    }
}
