//! [`Guard`]: when the packed grants of a guarded subject hold.

use crate::access::fast_path::conditions::ConditionListId;
use crate::access::fast_path::parts::PartsId;
use crate::access::fast_path::window::CoarseWindow;

/// When the packed grants of a guarded subject hold. Most sub-accounts with timed or conditional
/// grants ask within the time limits and from a session that meets the conditions; for them the
/// grants are then as good as plain ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) struct Guard {
    /// The present lies in this window.
    pub(in crate::access) window: CoarseWindow,
    /// The context meets all of these conditions.
    pub(in crate::access) conditions: ConditionListId,
    /// The check needs none of these permissions: denies, delegations and the like concern them.
    pub(in crate::access) uncertain: PartsId,
}
