//! Authority: whether somebody may make a change (G1 to G6), judged from what the change comes to.
//!
//! There is one mechanism and no rule for a kind of action: what anybody would gain must lie in the actor's reach
//! (`coverage`), whoever would lose something must not outrank the actor (`rank`), and the actor must be permitted what
//! each action requires (`requirement`).

use crate::access::Reason;
use crate::catalog::{AdminAction, CatalogCore};
use crate::governance::action::action::Action;
use crate::governance::authority::check::{AuthorityCheck, OverallOutcome};
use crate::governance::authority::principal::{Principal, PrincipalKind};
use crate::governance::authority::requirement::Requirement;
use crate::governance::comparison::equivalence_classes::EquivalenceClasses;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::HolderId;
use crate::governance::refusal::Refusal;
use crate::id::SubAccountId;
use crate::model::{Organization, Scope, Status, SubAccount};

/// Judges a change by its actor's authority.
pub(crate) fn check_authority(
    change: &Transition<'_>,
    principal: &Principal<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let mut check = AuthorityCheck::new(change, principal, actions);
    let organization = change.before.organization;
    let mut waivable = Vec::new();
    if !matches!(principal.kind, PrincipalKind::Invitee(_)) {
        // The id of an operator says nothing here: that somebody has the same one is chance, or intent.
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
    let alike =
        || EquivalenceClasses::new(change, check.before.as_deref(), assigned.iter().copied());
    let (mut alike_gaining, mut alike_losing) = (alike(), alike());
    for holder in &change.affected.holders {
        if change.gainers.contains(*holder) {
            check.check_holder(*holder, &mut alike_gaining, &mut outcome)?;
        } else {
            check.check_holder_losses(*holder, &mut alike_losing, &mut outcome)?;
        }
    }
    for id in &change.sub_accounts {
        let (before, after) = account_of(id);
        if let Some(after) = after {
            if rises(before, after) {
                check.check_whole_reach(HolderId::SubAccount(*id))?;
                outcome.gains |= before.is_none_or(|before| before.status != after.status);
            }
            if before.is_some_and(|before| is_put_down(before, after))
                && Some(*id) != check.actor
                && !check.is_invited_by_actor(HolderId::SubAccount(*id))
            {
                outcome.costs_others = true;
                check.require_outranks_everywhere(*id)?;
            }
            // Whoever signs in as somebody else keeps them out.
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

/// Judges G1 before anything is looked up for the actor: who lacks what an action requires, both where it would be done
/// and at the organization, is told so, and nothing of what is there. What a change makes itself is judged with it.
pub(crate) fn check_permissions_first(
    organization: &Organization,
    catalog: &CatalogCore,
    principal: &Principal<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let actor = match principal.kind {
        PrincipalKind::SubAccount(id) => Some(id),
        PrincipalKind::Operator(_) => None,
        PrincipalKind::Invitee(_) => return Ok(()),
    };
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

/// G1 for what needs no permission, and for nothing at all: whoever is not let in does not do that
/// either. The refusal names what is required first; where nothing is, what it takes to edit the
/// organization.
fn require_admission(
    organization: &Organization,
    catalog: &CatalogCore,
    principal: &Principal<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let Err(reason) = principal.admission else { return Ok(()) };
    let actor = match principal.kind {
        PrincipalKind::SubAccount(id) => Some(id),
        PrincipalKind::Operator(_) | PrincipalKind::Invitee(_) => None,
    };
    let required =
        actions.first().map(|it| Requirement::new(it, organization, actor)).transpose()?;
    let first = required.and_then(|it| it.permitted.into_iter().next());
    let (action, scope) = first.unwrap_or((AdminAction::EditOrganization, Scope::Organization));
    let requires = catalog.vocabulary().names(catalog.required(action).0);
    Err(Refusal::NotPermitted { action, scope, requires, reason })
}

/// Whether whoever is not permitted something is at least active, in a session that may do anything at all: what needs
/// no permission needs that.
fn is_let_in(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NotPermitted { reason: Reason::Archived, .. } => true,
        Refusal::NotPermitted { reason: Reason::UnknownSubAccount, .. } => false,
        Refusal::NotPermitted { reason, .. } => reason.rule() != "D2",
        _ => true,
    }
}

/// Whether a sub-account comes to be whatever it can be, or somebody else comes to be it (G2).
fn rises(before: Option<&SubAccount>, after: &SubAccount) -> bool {
    // That a credential must be renewed first excuses nothing: the host's word lifts it.
    let counts = |it: &SubAccount| it.status == Status::Active;
    let promised = |it: &SubAccount| it.status == Status::Invited;
    let Some(before) = before else { return true };
    (counts(after) && !counts(before))
        || (promised(after) && !promised(before))
        || before.owner != after.owner
        || (before.login != after.login && after.login.is_some())
}

/// Whether a sub-account is suspended, flagged or taken out (G3).
fn is_put_down(before: &SubAccount, after: &SubAccount) -> bool {
    let stands = |it: &SubAccount| matches!(it.status, Status::Active | Status::Invited);
    (before.status != after.status && !stands(after))
        || (after.credential_reset_required && !before.credential_reset_required)
}
