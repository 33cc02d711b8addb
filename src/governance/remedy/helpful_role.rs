//! A role that would help.

use serde::{Deserialize, Serialize};

use crate::access::Named;
use crate::id::SubAccountId;
use crate::model::RoleRef;

/// A role that would make the request allowed if it were assigned to the sub-account at the scope
/// itself, without conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HelpfulRole {
    /// The role.
    pub role: Named<RoleRef>,
    /// Whether it would help only with objects that the sub-account owns.
    pub is_only_on_own: bool,
    /// The sub-accounts that may assign it there now: first those with assignments at the scope
    /// itself, then those further up.
    pub assigners: Vec<SubAccountId>,
    /// Whether more sub-accounts administer assignments there than were checked; see
    /// [`Remedy::CANDIDATES`](crate::governance::Remedy::CANDIDATES).
    pub has_more_candidates: bool,
}
