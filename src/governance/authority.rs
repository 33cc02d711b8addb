//! Authority: whether somebody may make a change (G1 to G6), judged from what the change comes to.
//!
//! There is one mechanism and no rule for a kind of action: what anybody would gain must lie in the actor's reach
//! (`coverage`), whoever would lose something must not outrank the actor (`rank`), and the actor must be permitted what
//! each action requires (`requirement`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::access::{Context, Ownership, Reason};
use crate::catalog::{AdminAction, CatalogCore};
use crate::governance::begun::{consents_by, unstarted_allows_by};
use crate::governance::comparison::{Change, Pair};
use crate::governance::holding::{Holder, Holding};
use crate::governance::likeness::Likenesses;
use crate::governance::names::{NameParts, NameSet};
use crate::governance::reach::{Asking, Circumstances, Owning, Place};
use crate::governance::requirement::Requirement;
use crate::governance::view::View;
use crate::governance::world::World;
use crate::governance::{Action, Departure, Refusal};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::link::Relation;
use crate::model::{
    Assignee, Effect, EntityId, Grant, Maker, Organization, RoleRef, Scope, Status, SubAccount,
};
use crate::permission::Bits;

/// Who acts, as far as authority goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acts {
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent.
    Operator(SubAccountId),
    /// Somebody with the token of an invitation: on the authority of whoever made it.
    Invitee(Option<SubAccountId>),
}

/// One who acts, in one session.
pub(super) struct Acting<'s> {
    pub(super) who: Acts,
    /// Whose doing it is, as what is made keeps it.
    pub(super) maker: Maker,
    pub(super) context: &'s Context,
    /// Whether the one who acts is let in at all (D1, D2), and why not.
    pub(super) let_in: Result<(), Reason>,
    /// Whether the one who acts may do something at a scope of the organization as it is before.
    pub(super) permits: &'s dyn Fn(Bits, Scope) -> Result<(), Reason>,
}

/// A change under judgement.
pub(super) struct Judging<'j, 'a> {
    pub(super) change: &'j Change<'a>,
    pub(super) acting: &'j Acting<'j>,
    /// Whose reach counts: the actor's, or the inviter's.
    pub(super) actor: Option<SubAccountId>,
    pub(super) before: Option<Rc<Holding<'a>>>,
    pub(super) after: Option<Rc<Holding<'a>>>,
    /// Whether the actor is an owner, who reaches everything.
    pub(super) is_owner: bool,
    /// Whether an owner lifts what shuts owners out, and does nothing else (G4).
    pub(super) is_recovery: bool,
    /// Whether the actor lacks a permission that it does not need if nobody gains anything and only
    /// it loses.
    pub(super) is_own_affair: bool,
    /// What the change assigns by role, and where.
    pub(super) assigned: Vec<Assigned>,
    /// What makes the actor the creator of new scopes.
    pub(super) creator: Vec<AssignmentId>,
    /// What the actor covers where only one instant and no circumstances matter.
    pub(super) covered: RefCell<Covered<'a>>,
}

/// What the actor covers at a pair of places, in each world in which that was asked.
pub(super) type Covered<'a> = BTreeMap<(Pair, Ownership), Vec<(World<'a>, NameSet)>>;

/// A role assigned at a scope.
#[derive(Debug, Clone)]
pub(super) struct Assigned {
    pub(super) id: AssignmentId,
    pub(super) role: RoleRef,
    /// What the role gives, and everything it can hand out.
    pub(super) reach: NameParts,
    pub(super) scope: Scope,
}

/// What came out of comparing everybody before and after.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Whether anybody, real or imagined, gains anything.
    pub(super) gains: bool,
    /// Whether it costs anybody but the actor.
    pub(super) costs_others: bool,
}

/// What came of comparing one holder before and after at one place, where nothing was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    /// Whether it gains anything.
    pub(super) gains: bool,
    /// Whether it loses anything.
    pub(super) loses: bool,
}

/// Judges a change by its actor's authority.
pub(super) fn judge(
    change: &Change<'_>,
    acting: &Acting<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let mut judging = Judging::new(change, acting, actions);
    let organization = change.before.organization;
    let mut own_affairs = Vec::new();
    if !matches!(acting.who, Acts::Invitee(_)) {
        // The id of an operator says nothing here: that somebody has the same one is chance, or intent.
        for action in actions {
            let required = Requirement::new(action, organization, judging.actor)?;
            judging.is_not_self_approval(action)?;
            for (action, scope) in required.permitted {
                match judging.permitted(action, scope) {
                    Err(refusal) if required.own_affair && is_let_in(&refusal) => {
                        own_affairs.push(refusal);
                    }
                    permitted => permitted?,
                }
            }
            judging.puts_down(action)?;
            judging.adopts(action)?;
            judging.resends(action)?;
        }
        is_let_in_at_all(organization, change.before.catalog, acting, actions)?;
        judging.shuts_owners_out()?;
        judging.security()?;
    }
    judging.is_own_affair = !own_affairs.is_empty();
    let account_of = |id: &SubAccountId| {
        (organization.sub_accounts().get(id), change.after.organization.sub_accounts().get(id))
    };
    let mut outcome = Outcome::default();
    let assigned: Vec<_> = judging.assigned.iter().map(|it| it.id).collect();
    let alike = || Likenesses::new(change, judging.before.as_deref(), assigned.iter().copied());
    let (mut alike_gaining, mut alike_losing) = (alike(), alike());
    for holder in &change.affected.holders {
        if change.growth.may_reach(*holder) {
            judging.compare(*holder, &mut alike_gaining, &mut outcome)?;
        } else {
            judging.compare_losses(*holder, &mut alike_losing, &mut outcome)?;
        }
    }
    for id in &change.sub_accounts {
        let (before, after) = account_of(id);
        if let Some(after) = after {
            if rises(before, after) {
                judging.whole_reach(Holder::SubAccount(*id))?;
                outcome.gains |= before.is_none_or(|before| before.status != after.status);
            }
            if before.is_some_and(|before| is_put_down(before, after))
                && Some(*id) != judging.actor
                && !judging.is_invited_by_actor(Holder::SubAccount(*id))
            {
                outcome.costs_others = true;
                judging.outranks_everywhere(*id)?;
            }
            // Whoever signs in as somebody else keeps them out.
            if before.is_some_and(|it| it.login != after.login) && Some(*id) != judging.actor {
                judging.is_taken_by_an_owner(*id)?;
            }
        }
    }
    judging.roles()?;
    match own_affairs.into_iter().next() {
        Some(refusal) if outcome.gains || outcome.costs_others => Err(refusal),
        _ => Ok(()),
    }
}

/// Judges G1 before anything is looked up for the actor: who lacks what an action requires, both where it would be done
/// and at the organization, is told so, and nothing of what is there. What a change makes itself is judged with it.
pub(super) fn judge_first(
    organization: &Organization,
    catalog: &CatalogCore,
    acting: &Acting<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let actor = match acting.who {
        Acts::SubAccount(id) => Some(id),
        Acts::Operator(_) => None,
        Acts::Invitee(_) => return Ok(()),
    };
    for action in actions {
        let required = Requirement::new(action, organization, actor)?;
        let judged = required.permitted.into_iter().filter(|(_, scope)| {
            !required.own_affair && (actions.len() == 1 || organization.contains(*scope))
        });
        for (action, scope) in judged {
            let (bits, _) = catalog.required(action);
            let permitted = |scope| (acting.permits)(bits, scope);
            if let Err(reason) = permitted(scope)
                && permitted(Scope::Organization).is_err()
            {
                let requires = catalog.vocabulary().names(bits);
                return Err(Refusal::NotPermitted { action, scope, requires, reason });
            }
        }
    }
    is_let_in_at_all(organization, catalog, acting, actions)
}

/// G1 for what needs no permission, and for nothing at all: whoever is not let in does not do that
/// either. The refusal names what is required first; where nothing is, what it takes to edit the
/// organization.
fn is_let_in_at_all(
    organization: &Organization,
    catalog: &CatalogCore,
    acting: &Acting<'_>,
    actions: &[Action],
) -> Result<(), Refusal> {
    let Err(reason) = acting.let_in else { return Ok(()) };
    let actor = match acting.who {
        Acts::SubAccount(id) => Some(id),
        Acts::Operator(_) | Acts::Invitee(_) => None,
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

impl<'j, 'a> Judging<'j, 'a> {
    fn new(change: &'j Change<'a>, acting: &'j Acting<'j>, actions: &[Action]) -> Self {
        let actor = match acting.who {
            Acts::SubAccount(id) => Some(id),
            Acts::Operator(_) => None,
            Acts::Invitee(inviter) => inviter,
        };
        let holding = |view: &View<'a>| view.holding(Holder::SubAccount(actor?));
        let is_owner = actor.is_some_and(|actor| change.before.is_owner(actor, change.now));
        let lifts = |action: &Action| match action {
            Action::SetInheritance(..) | Action::SetCeiling(..) => true,
            Action::Revoke(id) => {
                let assignment = change.before.organization.assignments().get(id);
                // What the host has denied stays denied.
                assignment.is_some_and(|it| it.effect == Effect::Deny && !it.by.is_of_the_host())
            }
            _ => false,
        };
        Self {
            actor,
            before: holding(&change.before),
            after: None,
            is_owner,
            is_recovery: is_owner && actions.iter().all(lifts),
            is_own_affair: false,
            assigned: Vec::new(),
            creator: Vec::new(),
            covered: RefCell::default(),
            change,
            acting,
        }
        .with_assigned()
    }

    /// What the change assigns by role, and which of it makes the actor a creator.
    fn with_assigned(mut self) -> Self {
        let (before, after) = (&self.change.before, &self.change.after);
        let creator = self.change.before.catalog.creator().cloned().map(RoleRef::System);
        for (old, new) in &self.change.assignments {
            let (None, Some(new)) = (old, new) else { continue };
            let Grant::Role(role) = &new.grant else { continue };
            if new.effect == Effect::Deny || new.delegator.is_some() {
                continue;
            }
            if Some(role) == creator.as_ref()
                && self.actor.is_some_and(|actor| new.assignee == Assignee::SubAccount(actor))
                && !before.organization.contains(new.scope)
            {
                self.creator.push(new.id);
            }
            let reach = after.role(role).reach();
            self.assigned.push(Assigned {
                id: new.id,
                role: role.clone(),
                reach,
                scope: new.scope,
            });
        }
        // Only as a maker does the actor have anything that it did not have before.
        if !self.creator.is_empty() {
            self.after = self.actor.and_then(|actor| after.holding(Holder::SubAccount(actor)));
        }
        self
    }

    /// G1. What is done at a scope that the change itself makes is permitted by whoever made it, as at its parent.
    fn permitted(&self, action: AdminAction, scope: Scope) -> Result<(), Refusal> {
        let (before, after) = (&self.change.before, &self.change.after);
        let (bits, is_known) = before.catalog.required(action);
        let refused = |reason| Refusal::NotPermitted {
            action,
            scope,
            requires: before.register.names(NameSet::known(bits)),
            reason,
        };
        if !is_known || bits.is_empty() {
            return Err(refused(Reason::UnknownPermission));
        }
        let asked = before.nearest(scope, after);
        let asked = if before.organization.contains(scope) { scope } else { asked };
        match (self.acting.permits)(bits, asked) {
            Ok(()) => Ok(()),
            Err(_) if asked != scope && self.creates(scope).known.holds(bits) => Ok(()),
            // An owner opens what was shut to owners.
            Err(_) if self.is_recovery => {
                (self.acting.permits)(bits, Scope::Organization).map_err(refused)
            }
            Err(reason) => Err(refused(reason)),
        }
    }

    /// What the actor may do at a new scope because it made it.
    fn creates(&self, scope: Scope) -> NameSet {
        let Some(after) = self.after.as_deref() else { return NameSet::NONE };
        let now = Circumstances::Given(self.acting.context);
        let owning = Owning::Claimed(Ownership::Unsaid);
        let asking = Asking {
            only: Some(&self.creator),
            delegations: false,
            ..Asking::new(Place::At(scope), self.change.now, now, owning, &self.change.after.as_is)
        };
        self.change.after.has(after, &asking)
    }

    /// G3, for a step that a later action of the same commit takes back: what it took along is gone all the same.
    fn puts_down(&self, action: &Action) -> Result<(), Refusal> {
        let (Action::Suspend(id)
        | Action::SetCredentialResetRequired(id, true)
        | Action::Remove(Departure { sub_account: id, .. })) = action
        else {
            return Ok(());
        };
        if Some(*id) == self.actor { Ok(()) } else { self.outranks_everywhere(*id) }
    }

    /// G7: whoever adopts what another has begun covers all that those have for whom it was begun. That is more than
    /// what was begun, and never less.
    fn adopts(&self, action: &Action) -> Result<(), Refusal> {
        let Action::Adopt(id) = action else { return Ok(()) };
        let organization = self.change.before.organization;
        let entity = EntityId::SubAccount(*id);
        let invited = organization.referring(entity, Relation::Inviter).filter_map(|it| match it {
            EntityId::Invitation(id) => organization.invitations().get(&id),
            _ => None,
        });
        let invited = invited.map(|it| Holder::SubAccount(it.sub_account));
        let given =
            unstarted_allows_by(organization, *id, self.change.now).map(|it| match it.assignee {
                Assignee::SubAccount(id) => Holder::SubAccount(id),
                Assignee::Team(team) => Holder::TeamMember(team),
                Assignee::MembersOf(scope) => Holder::MemberOf(scope),
            });
        let let_in = consents_by(organization, *id)
            .map(|it| Holder::OperatorOf { consent: it.id, operators: it.operators });
        invited.chain(given).chain(let_in).try_for_each(|holder| self.whole_reach(holder))
    }

    /// G7: whoever sends an invitation anew stands behind it from then on, so it is judged as when
    /// it was made.
    fn resends(&self, action: &Action) -> Result<(), Refusal> {
        let Action::ResendInvitation { id, .. } = action else { return Ok(()) };
        let invitation = self.change.after.organization.invitations().get(id);
        invitation.map_or(Ok(()), |it| self.whole_reach(Holder::SubAccount(it.sub_account)))
    }

    /// G5.
    fn is_not_self_approval(&self, action: &Action) -> Result<(), Refusal> {
        let Action::Approve { request, .. } = action else { return Ok(()) };
        let organization = self.change.before.organization;
        // What is asked for and approved in one commit was asked for by whoever approves it.
        let Some(asked) = organization.requests().get(request) else {
            return Err(Refusal::SelfApproval(self.acting.maker));
        };
        let from = |maker| match maker {
            Maker::Operator { organization, .. } => Some(organization),
            Maker::Host | Maker::SubAccount(_) | Maker::Imported => None,
        };
        // Operators of one organization are one hand.
        if from(asked.requester).is_some_and(|home| from(self.acting.maker) == Some(home)) {
            return Err(Refusal::SelfApproval(asked.requester));
        }
        // The id of an operator says nothing here.
        let Some(actor) = self.actor else { return Ok(()) };
        let persons = |id: SubAccountId| {
            let owner = organization.sub_accounts().get(&id).and_then(|it| it.owner);
            [Some(id), owner].into_iter().flatten()
        };
        let actors: Vec<_> = persons(actor).collect();
        match asked.concerned().flat_map(persons).find(|id| actors.contains(id)) {
            Some(id) => Err(Refusal::SelfApproval(id.into())),
            None => Ok(()),
        }
    }
}
