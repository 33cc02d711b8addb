//! A departure: a sub-account that leaves or is removed, and its successor.

use crate::id::SubAccountId;

/// Who goes, and who takes over what belongs to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// Who goes.
    pub sub_account: SubAccountId,
    /// Who takes over the resources and services that belong to them. Without one, resources belong to nobody and
    /// services stay theirs and may do nothing.
    pub successor: Option<SubAccountId>,
}

impl From<SubAccountId> for Departure {
    fn from(sub_account: SubAccountId) -> Self {
        Self { sub_account, successor: None }
    }
}
