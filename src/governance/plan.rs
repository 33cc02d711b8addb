//! Plan: a change that was drafted and judged, and has not been made yet; and the drafting and judging itself, which is
//! a function of what it is given and of nothing else.

use jiff::Timestamp;

use crate::access::{Context, Reason, Snapshot};
use crate::governance::authority::{self, Acting, Acts};
use crate::governance::comparison::Change;
use crate::governance::effects::draft;
use crate::governance::invariants;
use crate::governance::names::Register;
use crate::governance::security::as_confirmed;
use crate::governance::{Action, Impact, Mint, PlanError, Refusal};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::record::{Actor, Digest, Revision};
use crate::model::{ChangeSet, Maker, Organization, Scope};
use crate::permission::{Bits, Permissions};

/// A change set with its impact, bound to the revision on which it was made. Nothing is saved by making one.
///
/// Authority, invariants and the actor's standing are those of the moment in which it is committed: whatever could have
/// changed the judgement since, be it only that something has started or ended, has it judged again. If the organization
/// has moved on meanwhile, or the plan has expired, it is not committed. A plan that changes
/// nothing makes no revision.
#[derive(Debug, Clone)]
#[must_use = "a plan changes nothing until it is committed"]
pub struct Plan {
    pub(crate) organization: OrganizationId,
    pub(crate) revision: Revision,
    /// The fingerprint of the catalog by which it was drafted and judged.
    pub(crate) catalog: Digest,
    pub(crate) actor: Actor,
    pub(crate) context: Context,
    pub(crate) actions: Vec<Action>,
    pub(crate) set: ChangeSet,
    /// The organization as it would be.
    pub(crate) after: Organization,
    pub(crate) impact: Impact,
    pub(crate) expires: Timestamp,
}

impl Plan {
    /// The organization that it changes.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The revision that it was made on.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Who gains or loses what, where.
    pub const fn impact(&self) -> &Impact {
        &self.impact
    }

    /// What it does, one action after the other.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The instant from which on it is not committed any more.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }
}

/// Who proposes a change, with what it takes to know what they may do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Proposer<'a, P> {
    /// The host's own code: bound by what must hold, and not by who may do what.
    Host,
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent (D12).
    Operator {
        /// The host's own organization.
        home: &'a Snapshot<P>,
        /// Who it is there.
        sub_account: SubAccountId,
    },
    /// Somebody with the token of an invitation, on the authority of whoever invites.
    Invitee(Maker),
}

impl<P: Permissions> Proposer<'_, P> {
    /// Whose doing it is.
    fn maker(&self) -> Maker {
        match self {
            Self::Host => Maker::Host,
            Self::SubAccount(id) => Maker::SubAccount(*id),
            Self::Operator { home, sub_account } => {
                let organization = home.organization().id();
                Maker::Operator { organization, sub_account: *sub_account }
            }
            Self::Invitee(inviter) => *inviter,
        }
    }
}

/// Drafts actions, in order, as one change set and judges it: what would be recorded, and the organization as it would
/// then be. Nothing is stored, no clock is read, and the same questions have the same answers.
///
/// A directory does this, and stores what comes of it; alone it serves tools and tests that hold an organization of
/// their own.
///
/// # Errors
///
/// [`PlanError::Action`] if an action makes no sense, [`PlanError::Refused`] if the proposer may not do it,
/// [`PlanError::Violation`] if it would break what must always hold.
pub fn propose<P: Permissions>(
    before: &Snapshot<P>,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
    time: Timestamp,
    mint: &mut dyn Mint,
) -> Result<(ChangeSet, Organization), PlanError> {
    let proposal = consider(before, proposer, context, actions, time, mint, With::Judgement)?;
    Ok((proposal.set, proposal.after))
}

/// What is asked for besides whether a change is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    /// Nothing.
    Judgement,
    /// Its impact.
    Impact,
}

/// A change that would be accepted.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) set: ChangeSet,
    pub(crate) after: Organization,
    /// Empty if it was not asked for.
    pub(crate) impact: Impact,
}

/// As [`propose`], with its impact if that is asked for.
pub(crate) fn consider<P: Permissions>(
    before: &Snapshot<P>,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
    time: Timestamp,
    mint: &mut dyn Mint,
    with: With,
) -> Result<Proposal, PlanError> {
    let organization = before.organization();
    let catalog = before.catalog().core();
    acting(before, proposer, context, actions, time, |acting| {
        if let Some(acting) = acting {
            authority::judge_first(organization, catalog, acting, actions)?;
        }
        let (set, after) = draft(organization, catalog, actions, proposer.maker(), time, mint)?;
        let impact = judge_change(before, &after, acting, actions, with)?;
        Ok(Proposal { set, after, impact })
    })
}

/// Judges a change, as of the time to which `after` is dated: by its proposer's authority, unless it is the host's own,
/// and by everything that must hold.
pub(crate) fn judge<P: Permissions>(
    before: &Snapshot<P>,
    after: &Organization,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
) -> Result<(), PlanError> {
    acting(before, proposer, context, actions, after.time(), |acting| {
        judge_change(before, after, acting, actions, With::Judgement).map(drop)
    })
}

/// Does something for a proposer as one who acts at `time`; as nobody for the host's own code.
fn acting<P: Permissions, T>(
    before: &Snapshot<P>,
    proposer: &Proposer<'_, P>,
    context: &Context,
    actions: &[Action],
    time: Timestamp,
    judge: impl FnOnce(Option<&Acting<'_>>) -> T,
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
    let let_in = match (proposer, &operator) {
        (Proposer::SubAccount(id), _) => before.check_admitted(context, *id),
        (_, Some(operator)) => operator.check_admitted(),
        _ => Ok(()),
    };
    let who = match proposer {
        Proposer::Host => return judge(None),
        Proposer::Invitee(inviter) if inviter.is_of_the_host() => return judge(None),
        Proposer::SubAccount(id) => Acts::SubAccount(*id),
        Proposer::Operator { sub_account, .. } => Acts::Operator(*sub_account),
        Proposer::Invitee(inviter) => Acts::Invitee(inviter.sub_account()),
    };
    let maker = proposer.maker();
    judge(Some(&Acting { who, maker, context, let_in, permits: &permits }))
}

fn judge_change<P: Permissions>(
    before: &Snapshot<P>,
    after: &Organization,
    acting: Option<&Acting<'_>>,
    actions: &[Action],
    with: With,
) -> Result<Impact, PlanError> {
    let catalog = before.catalog().core();
    let register = Register::new(catalog.vocabulary());
    let change = Change::new(before.organization(), after, catalog, &register, after.time());
    if let Some(acting) = acting {
        authority::judge(&change, acting, actions)?;
    }
    invariants::judge(&change)?;
    let impact = match with {
        With::Judgement => Impact::default(),
        With::Impact => Impact::new(&change),
    };
    if register.is_exhausted() {
        return Err(Refusal::TooIntricate { scope: Scope::Organization }.into());
    }
    Ok(impact)
}
