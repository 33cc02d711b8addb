//! Drafts a change and checks it, as a pure function of its arguments.

use jiff::Timestamp;

use crate::access::{Context, Reason, Snapshot};
use crate::governance::action::action::Action;
use crate::governance::action::id_source::IdSource;
use crate::governance::authority::judge::{check_authority, check_permissions_first};
use crate::governance::authority::principal::{Principal, PrincipalKind};
use crate::governance::authority::security::as_confirmed;
use crate::governance::comparison::transition::Transition;
use crate::governance::effects::draft::draft;
use crate::governance::error::PlanError;
use crate::governance::impact::impact::Impact;
use crate::governance::invariants::check::check_invariants;
use crate::governance::proposer::Proposer;
use crate::governance::reach::names::NameTable;
use crate::governance::refusal::Refusal;
use crate::model::{ChangeSet, Organization, Scope};
use crate::permission::{Bits, Permissions};

/// Drafts actions, in order, as one change set, and checks it. Returns the change set and the
/// organization after it. Nothing is stored and no clock is read, so equal arguments give equal
/// results.
///
/// A [`Directory`](crate::Directory) does this and stores the result. Alone, it serves tools and
/// tests that hold an organization of their own.
///
/// # Errors
///
/// [`PlanError::Action`] if an action is invalid, [`PlanError::Refused`] if the proposer may not do
/// it, [`PlanError::Violation`] if it would break an invariant.
pub fn propose<P: Permissions>(
    before: &Snapshot<P>,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
    time: Timestamp,
    ids: &mut dyn IdSource,
) -> Result<(ChangeSet, Organization), PlanError> {
    let proposal =
        draft_and_check(before, proposer, context, actions, time, ids, ImpactMode::Skip)?;
    Ok((proposal.set, proposal.after))
}

/// Whether to compute the impact of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImpactMode {
    /// Only check the change.
    Skip,
    /// Also compute its impact.
    Compute,
}

/// A change that passed every check.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) set: ChangeSet,
    pub(crate) after: Organization,
    /// Empty if it was not computed.
    pub(crate) impact: Impact,
}

/// As [`propose`], with the impact if `with` says so.
pub(crate) fn draft_and_check<P: Permissions>(
    before: &Snapshot<P>,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
    time: Timestamp,
    ids: &mut dyn IdSource,
    with: ImpactMode,
) -> Result<Proposal, PlanError> {
    let organization = before.organization();
    let catalog = before.catalog().core();
    with_principal(before, proposer, context, actions, time, |principal| {
        if let Some(principal) = principal {
            check_permissions_first(organization, catalog, principal, actions)?;
        }
        let (set, after) = draft(organization, catalog, actions, proposer.maker(), time, ids)?;
        let impact = check_transition(before, &after, principal, actions, with)?;
        Ok(Proposal { set, after, impact })
    })
}

/// Checks a change as of the time of `after`: the authority of its proposer, unless it is the host,
/// and every invariant.
pub(crate) fn check_change<P: Permissions>(
    before: &Snapshot<P>,
    after: &Organization,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
) -> Result<(), PlanError> {
    with_principal(before, proposer, context, actions, after.time(), |principal| {
        check_transition(before, after, principal, actions, ImpactMode::Skip).map(drop)
    })
}

/// Calls `judge` with the proposer as the principal at `time`; with `None` for the host.
fn with_principal<P: Permissions, T>(
    before: &Snapshot<P>,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
    time: Timestamp,
    judge: impl FnOnce(Option<&Principal<'_>>) -> T,
) -> T {
    let context = &context.clone().at(time);
    let operator = match proposer {
        Proposer::Operator { home, sub_account } => {
            Some(before.operator(home, *sub_account).in_context(context.clone()))
        }
        _ => None,
    };
    let confirmed = match proposer {
        Proposer::SubAccount(id) => as_confirmed(before, *id, context, actions, time),
        _ => None,
    };
    let before = confirmed.as_ref().unwrap_or(before);
    let permits = |need: Bits, scope: Scope| match (proposer, &operator) {
        (Proposer::SubAccount(id), _) => before.check_bits(context, *id, need, scope),
        (_, Some(operator)) => operator.check_bits(need, scope.into()),
        _ => Err(Reason::NotGranted),
    };
    let admission = match (proposer, &operator) {
        (Proposer::SubAccount(id), _) => before.check_admitted(context, *id),
        (_, Some(operator)) => operator.check_admitted(),
        _ => Ok(()),
    };
    let kind = match proposer {
        Proposer::Host => return judge(None),
        Proposer::Invitee(inviter) if inviter.is_of_the_host() => return judge(None),
        Proposer::SubAccount(id) => PrincipalKind::SubAccount(*id),
        Proposer::Operator { sub_account, .. } => PrincipalKind::Operator(*sub_account),
        Proposer::Invitee(inviter) => PrincipalKind::Invitee(inviter.sub_account()),
    };
    let maker = proposer.maker();
    judge(Some(&Principal { kind, maker, context, admission, permits: &permits }))
}

fn check_transition<P: Permissions>(
    before: &Snapshot<P>,
    after: &Organization,
    principal: Option<&Principal<'_>>,
    actions: &[Action],
    with: ImpactMode,
) -> Result<Impact, PlanError> {
    let catalog = before.catalog().core();
    let names = NameTable::new(catalog.vocabulary());
    let change = Transition::new(before.organization(), after, catalog, &names, after.time());
    if let Some(principal) = principal {
        check_authority(&change, principal, actions)?;
    }
    check_invariants(&change)?;
    let impact = match with {
        ImpactMode::Skip => Impact::default(),
        ImpactMode::Compute => Impact::new(&change),
    };
    if names.is_exhausted() {
        return Err(Refusal::TooComplex { scope: Scope::Organization }.into());
    }
    Ok(impact)
}
