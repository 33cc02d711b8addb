//! Helpful role.

use serde::{Deserialize, Serialize};

use crate::access::Named;
use crate::id::SubAccountId;
use crate::model::RoleRef;

/// A role with which the request would be allowed, assigned to the sub-account at the scope itself and without
/// conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HelpfulRole {
    /// The role.
    pub role: Named<RoleRef>,
    /// Whether it would help only with what the sub-account owns.
    pub is_only_on_own: bool,
    /// Who may assign it there now: those who administer the scope itself first, then those further up.
    pub assigners: Vec<SubAccountId>,
    /// Whether more sub-accounts administer assignments there than the [`Remedy::CANDIDATES`] that were judged.
    pub has_more_candidates: bool,
}
