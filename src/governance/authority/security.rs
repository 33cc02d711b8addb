//! Changes that can keep every owner out: the security policy (G6), and the status of the
//! organization (G3).
//!
//! It is unknown which sessions others can open, so an actor that tightens the policy may lock out
//! every owner. Therefore the organization stores which conditions neither an owner nor the host
//! confirmed; an owner who is kept out by those alone may remove them.

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::{Context, Reason, Snapshot};
use crate::governance::action::action::Action;
use crate::governance::authority::authority_check::AuthorityCheck;
use crate::governance::invariants::owners::is_owner;
use crate::governance::refusal::Refusal;
use crate::id::SubAccountId;
use crate::model::{Condition, Organization, OrganizationStatus, SubAccountKind};
use crate::permission::Permissions;

/// The organization as if the policy had confirmed conditions only, for an owner who is kept out by
/// unconfirmed conditions alone and does nothing but loosen the policy. `None` for any other actor
/// and change.
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
    // A session that meets the current policy also meets the new one.
    let demanded = &profile.security.conditions;
    let loosens =
        policy.conditions.iter().all(|it| demanded.iter().any(|demanded| demanded.is_within(it)));
    let barred = before.check_admitted(context, actor).err();
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
    /// Checks a change of the security policy (G6).
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

    /// Requires an owner to suspend or close the organization (G3).
    pub(crate) fn require_owner_to_close(&self) -> Result<(), Refusal> {
        let status = |organization: &Organization| organization.profile().status;
        let (before, after) =
            (status(self.change.before.organization), status(self.change.after.organization));
        let is_shut = before != after && after != OrganizationStatus::Active;
        if is_shut && !self.is_owner { Err(Refusal::ShutsOwnersOut) } else { Ok(()) }
    }
}
