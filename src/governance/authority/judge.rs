//! Runs the checks of authority, G1 to G7, on a change.

use crate::access::Reason;
use crate::catalog::{AdminAction, CatalogCore};
use crate::governance::action::action::Action;
use crate::governance::authority::authority_check::{AuthorityCheck, OverallOutcome};
use crate::governance::authority::principal::Principal;
use crate::governance::authority::requirement::Requirement;
use crate::governance::comparison::equivalence_classes::EquivalenceClasses;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::HolderId;
use crate::governance::refusal::Refusal;
use crate::id::SubAccountId;
use crate::model::{Organization, Scope, Status, SubAccount};

/// Checks a change against the authority of its actor.
pub(crate) fn check_authority(
    change: &Transition<'_>,
    principal: &Principal<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let mut check = AuthorityCheck::new(change, principal, actions);
    let organization = change.before.organization;
    let mut waivable = Vec::new();
    if !principal.kind.is_invitee() {
        // Ids of operators come from another organization and must not be compared with ids here.
        for action in actions {
            let required = Requirement::new(action, organization, check.actor)?;
            check.require_other_approver(action)?;
            for (action, scope) in required.permitted {
                match check.require_permitted(action, scope) {
                    Err(refusal) if required.waived_if_harmless && is_let_in(&refusal) => {
                        waivable.push(refusal);
                    }
                    permitted => permitted?,
                }
            }
            check.check_takedown(action)?;
            check.check_adoption(action)?;
            check.check_resent_invitation(action)?;
        }
        require_admission(organization, change.before.catalog, principal, actions)?;
        check.require_owner_to_close()?;
        check.check_security_policy()?;
    }
    check.must_be_harmless = !waivable.is_empty();
    let account_of = |id: &SubAccountId| {
        (organization.sub_accounts().get(id), change.after.organization.sub_accounts().get(id))
    };
    let mut outcome = OverallOutcome::default();
    let assigned: Vec<_> = check.assigned.iter().map(|it| it.id).collect();
    let classes =
        || EquivalenceClasses::new(change, check.before.as_deref(), assigned.iter().copied());
    let (mut gaining_classes, mut losing_classes) = (classes(), classes());
    for holder in &change.affected.holders {
        if change.gainers.contains(*holder) {
            check.check_holder(*holder, &mut gaining_classes, &mut outcome)?;
        } else {
            check.check_holder_losses(*holder, &mut losing_classes, &mut outcome)?;
        }
    }
    for id in &change.sub_accounts {
        let (before, after) = account_of(id);
        if let Some(after) = after {
            if rises(before, after) {
                check.check_whole_reach(HolderId::SubAccount(*id))?;
                outcome.gains |= before.is_none_or(|before| before.status != after.status);
            }
            if before.is_some_and(|before| is_taken_down(before, after))
                && Some(*id) != check.actor
                && !check.is_invited_by_actor(HolderId::SubAccount(*id))
            {
                outcome.costs_others = true;
                check.require_outranks_everywhere(*id)?;
            }
            // A new login keeps the previous person out, so it counts as taking the account away.
            if before.is_some_and(|it| it.login != after.login) && Some(*id) != check.actor {
                check.require_owner_to_take(*id)?;
            }
        }
    }
    check.check_role_promises()?;
    match waivable.into_iter().next() {
        Some(refusal) if outcome.gains || outcome.costs_others => Err(refusal),
        _ => Ok(()),
    }
}

/// Checks G1 before anything is looked up for the actor. An actor that lacks a required permission,
/// both at the scope and at the organization, learns nothing but that. Scopes that the change
/// itself creates are checked with the change.
pub(crate) fn check_permissions_first(
    organization: &Organization,
    catalog: &CatalogCore,
    principal: &Principal<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    if principal.kind.is_invitee() {
        return Ok(());
    }
    let actor = principal.kind.sub_account();
    for action in actions {
        let required = Requirement::new(action, organization, actor)?;
        let judged = required.permitted.into_iter().filter(|(_, scope)| {
            !required.waived_if_harmless && (actions.len() == 1 || organization.contains(*scope))
        });
        for (action, scope) in judged {
            let (bits, _) = catalog.required(action);
            let permitted = |scope| (principal.permits)(bits, scope);
            if let Err(reason) = permitted(scope)
                && permitted(Scope::Organization).is_err()
            {
                let requires = catalog.vocabulary().names(bits);
                return Err(Refusal::NotPermitted { action, scope, requires, reason });
            }
        }
    }
    require_admission(organization, catalog, principal, actions)
}

/// Requires that the actor is let in at all, also for actions that require no permission, and for
/// no actions (G1). The refusal names the first requirement; without one, the permission to edit
/// the organization.
fn require_admission(
    organization: &Organization,
    catalog: &CatalogCore,
    principal: &Principal<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let Err(reason) = principal.admission else { return Ok(()) };
    let actor = principal.kind.sub_account();
    let required =
        actions.first().map(|it| Requirement::new(it, organization, actor)).transpose()?;
    let first = required.and_then(|it| it.permitted.into_iter().next());
    let (action, scope) = first.unwrap_or((AdminAction::EditOrganization, Scope::Organization));
    let requires = catalog.vocabulary().names(catalog.required(action).0);
    Err(Refusal::NotPermitted { action, scope, requires, reason })
}

/// Whether the actor is let in although it lacks a permission: it is active, in a session that is
/// allowed anything at all. Actions whose requirement is waived need that.
fn is_let_in(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NotPermitted { reason: Reason::Archived, .. } => true,
        Refusal::NotPermitted { reason: Reason::UnknownSubAccount, .. } => false,
        Refusal::NotPermitted { reason, .. } => reason.rule() != "D2",
        _ => true,
    }
}

/// Whether a sub-account becomes effective, or another person comes to control it (G2).
fn rises(before: Option<&SubAccount>, after: &SubAccount) -> bool {
    // A pending credential reset does not matter: the host can lift it at any time.
    let counts = |it: &SubAccount| it.status == Status::Active;
    let promised = |it: &SubAccount| it.status == Status::Invited;
    let Some(before) = before else { return true };
    (counts(after) && !counts(before))
        || (promised(after) && !promised(before))
        || before.owner != after.owner
        || (before.login != after.login && after.login.is_some())
}

/// Whether a sub-account is suspended, flagged or removed (G3).
fn is_taken_down(before: &SubAccount, after: &SubAccount) -> bool {
    let stands = |it: &SubAccount| matches!(it.status, Status::Active | Status::Invited);
    (before.status != after.status && !stands(after))
        || (after.credential_reset_required && !before.credential_reset_required)
}
