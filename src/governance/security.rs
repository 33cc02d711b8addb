//! What shuts owners out: the security policy (G6), and the status of the organization (G3).
//!
//! Nobody knows what others' sessions meet, so whoever tightens the policy may shut out every
//! owner. The organization keeps which conditions neither an owner nor the host stands behind; an
//! owner whom only those keep out lifts them.

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::{Context, Reason, Snapshot};
use crate::catalog::CatalogCore;
use crate::governance::authority::Judging;
use crate::governance::names::Register;
use crate::governance::view::View;
use crate::governance::{Action, Refusal};
use crate::id::SubAccountId;
use crate::model::{
    Condition, Organization, OrganizationStatus, Profile, SecurityPolicy, SubAccountKind,
};
use crate::permission::Permissions;

/// Whether a sub-account is an owner, whatever its session.
pub(super) fn is_owner(
    organization: &Organization,
    catalog: &CatalogCore,
    id: SubAccountId,
    now: Timestamp,
) -> bool {
    let register = Register::new(catalog.vocabulary());
    View::new(organization, catalog, &register).is_owner(id, now)
}

/// The policy of `profile` becomes `policy`. What is set by an owner or the host is confirmed; what
/// somebody else adds is not, and what was confirmed before stays so.
pub(super) fn set_policy(profile: &mut Profile, policy: &SecurityPolicy, is_confirming: bool) {
    let before = std::mem::replace(&mut profile.security, policy.clone()).conditions;
    let is_unconfirmed = |it: &&Condition| {
        !is_confirming && (!before.contains(it) || profile.unconfirmed.contains(it))
    };
    profile.unconfirmed = policy.conditions.iter().filter(is_unconfirmed).cloned().collect();
}

/// The organization as an owner finds it who is kept out by unconfirmed conditions alone, and does
/// nothing but loosen the policy: as if only what was confirmed were asked of the session. `None`
/// for anybody and anything else.
pub(super) fn as_confirmed<P: Permissions>(
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

impl Judging<'_, '_> {
    /// G6, as far as it concerns the security policy.
    pub(super) fn security(&self) -> Result<(), Refusal> {
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
        match self.acting.context.meets_all(after.security.conditions.iter().filter(concerns)) {
            Truth::True => Ok(()),
            Truth::False | Truth::Unknown => Err(Refusal::SecurityUnmet),
        }
    }

    /// G3, for what keeps every owner out at once.
    pub(super) fn shuts_owners_out(&self) -> Result<(), Refusal> {
        let status = |organization: &Organization| organization.profile().status;
        let (before, after) =
            (status(self.change.before.organization), status(self.change.after.organization));
        let is_shut = before != after && after != OrganizationStatus::Active;
        if is_shut && !self.is_owner { Err(Refusal::ShutsOwnersOut) } else { Ok(()) }
    }
}
