//! Setting the security policy.

use crate::model::{Condition, Profile, SecurityPolicy};

/// Replaces the policy of `profile`. Conditions set by an owner or the host are confirmed.
/// Conditions that another account adds are not; those confirmed before stay so.
pub(super) fn set_policy(profile: &mut Profile, policy: &SecurityPolicy, is_confirming: bool) {
    let before = std::mem::replace(&mut profile.security, policy.clone()).conditions;
    let is_unconfirmed = |it: &&Condition| {
        !is_confirming && (!before.contains(it) || profile.unconfirmed.contains(it))
    };
    profile.unconfirmed = policy.conditions.iter().filter(is_unconfirmed).cloned().collect();
}
