//! Security policy.

use crate::model::{Condition, Profile, SecurityPolicy};

/// The policy of `profile` becomes `policy`. What is set by an owner or the host is confirmed; what
/// somebody else adds is not, and what was confirmed before stays so.
pub(super) fn set_policy(profile: &mut Profile, policy: &SecurityPolicy, is_confirming: bool) {
    let before = std::mem::replace(&mut profile.security, policy.clone()).conditions;
    let is_unconfirmed = |it: &&Condition| {
        !is_confirming && (!before.contains(it) || profile.unconfirmed.contains(it))
    };
    profile.unconfirmed = policy.conditions.iter().filter(is_unconfirmed).cloned().collect();
}
