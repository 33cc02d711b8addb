//! What shuts owners out: the security policy (G6), and the status of the organization (G3).
//!
//! Nobody knows what others' sessions meet, so whoever tightens the policy may shut out every
//! owner. The organization keeps which conditions neither an owner nor the host stands behind; an
//! owner whom only those keep out lifts them.

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::{Context, Reason, Snapshot};
use crate::governance::action::action::Action;
use crate::governance::authority::check::AuthorityCheck;
use crate::governance::invariants::owners::is_owner;
use crate::governance::refusal::Refusal;
use crate::id::SubAccountId;
use crate::model::{Condition, Organization, OrganizationStatus, SubAccountKind};
use crate::permission::Permissions;

/// The organization as an owner finds it who is kept out by unconfirmed conditions alone, and does
/// nothing but loosen the policy: as if only what was confirmed were asked of the session. `None`
/// for anybody and anything else.
pub(crate) fn as_confirmed<P: Permissions>(
    before: &Snapshot<P>,
    actor: SubAccountId,
    context: &Context,
    actions: &[Action],
    time: Timestamp,
) -> Option<Snapshot<P>> {
    let [Action::SetSecurityPolicy(policy)] = actions else { return None };
    let organization = before.organization();
    let profile = organization.profile();
    // Whoever meets the policy as it stands meets the new one.
    let demanded = &profile.security.conditions;
    let loosens =
        policy.conditions.iter().all(|it| demanded.iter().any(|demanded| demanded.is_within(it)));
    let barred = before.lets_in(context, actor).err();
    let is_barred =
        matches!(barred, Some(Reason::SecurityPolicyUnmet | Reason::SecurityPolicyUnknown));
    if profile.unconfirmed.is_empty()
        || !loosens
        || !is_barred
        || !is_owner(organization, before.catalog().core(), actor, time)
    {
        return None;
    }
    let confirmed = profile.confirmed_security();
    Some(before.next(organization.clone().with_security(confirmed)))
}

impl AuthorityCheck<'_, '_> {
    /// G6, as far as it concerns the security policy.
    pub(crate) fn check_security_policy(&self) -> Result<(), Refusal> {
        let before = self.change.before.organization.profile();
        let after = self.change.after.organization.profile();
        let is_kept = |condition: &Condition| after.security.conditions.contains(condition);
        if !self.is_owner && !before.security.conditions.iter().all(is_kept) {
            return Err(Refusal::LoosensSecurity);
        }
        if (&before.security, &before.unconfirmed) == (&after.security, &after.unconfirmed) {
            return Ok(());
        }
        let is_service = self.before.as_ref().is_some_and(|it| it.kind == SubAccountKind::Service);
        let concerns = |it: &&Condition| !is_service || matches!(it, Condition::Network(_));
        match self.principal.context.meets_all(after.security.conditions.iter().filter(concerns)) {
            Truth::True => Ok(()),
            Truth::False | Truth::Unknown => Err(Refusal::SecurityUnmet),
        }
    }

    /// G3, for what keeps every owner out at once.
    pub(crate) fn require_owner_to_close(&self) -> Result<(), Refusal> {
        let status = |organization: &Organization| organization.profile().status;
        let (before, after) =
            (status(self.change.before.organization), status(self.change.after.organization));
        let is_shut = before != after && after != OrganizationStatus::Active;
        if is_shut && !self.is_owner { Err(Refusal::ShutsOwnersOut) } else { Ok(()) }
    }
}
