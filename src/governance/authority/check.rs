//! Check.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::access::Ownership;
use crate::governance::action::action::Action;
use crate::governance::authority::principal::{Principal, PrincipalKind};
use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::lifted_limits::LiftedLimits;
use crate::governance::reach::names::{NameParts, NameSet};
use crate::governance::reach::view::View;
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Assignee, Effect, Grant, RoleRef, Scope};

/// A change under judgement.
pub(crate) struct AuthorityCheck<'j, 'a> {
    pub(crate) change: &'j Transition<'a>,
    pub(crate) principal: &'j Principal<'j>,
    /// Whose reach counts: the actor's, or the inviter's.
    pub(crate) actor: Option<SubAccountId>,
    pub(crate) before: Option<Rc<Holding<'a>>>,
    pub(crate) after: Option<Rc<Holding<'a>>>,
    /// Whether the actor is an owner, who reaches everything.
    pub(crate) is_owner: bool,
    /// Whether an owner lifts what shuts owners out, and does nothing else (G4).
    pub(crate) is_recovery: bool,
    /// Whether the actor lacks a permission that it does not need if nobody gains anything and only
    /// it loses.
    pub(crate) must_be_harmless: bool,
    /// What the change assigns by role, and where.
    pub(crate) assigned: Vec<AssignedRole>,
    /// What makes the actor the creator of new scopes.
    pub(crate) creator: Vec<AssignmentId>,
    /// What the actor covers where only one instant and no circumstances matter.
    pub(crate) covered: RefCell<CoverCache<'a>>,
}

/// What the actor covers at a pair of places, in each world in which that was asked.
pub(crate) type CoverCache<'a> =
    BTreeMap<(LocationPair, Ownership), Vec<(LiftedLimits<'a>, NameSet)>>;

/// A role assigned at a scope.
#[derive(Debug, Clone)]
pub(crate) struct AssignedRole {
    pub(crate) id: AssignmentId,
    pub(crate) role: RoleRef,
    /// What the role gives, and everything it can hand out.
    pub(crate) reach: NameParts,
    pub(crate) scope: Scope,
}

/// What came out of comparing everybody before and after.
#[derive(Debug, Default)]
pub(crate) struct OverallOutcome {
    /// Whether anybody, real or imagined, gains anything.
    pub(crate) gains: bool,
    /// Whether it costs anybody but the actor.
    pub(crate) costs_others: bool,
}

/// What came of comparing one holder before and after at one place, where nothing was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HolderOutcome {
    /// Whether it gains anything.
    pub(crate) gains: bool,
    /// Whether it loses anything.
    pub(crate) loses: bool,
}

impl<'j, 'a> AuthorityCheck<'j, 'a> {
    pub(crate) fn new(
        change: &'j Transition<'a>,
        principal: &'j Principal<'j>,
        actions: &[Action],
    ) -> Self {
        let actor = match principal.kind {
            PrincipalKind::SubAccount(id) => Some(id),
            PrincipalKind::Operator(_) => None,
            PrincipalKind::Invitee(inviter) => inviter,
        };
        let holding = |view: &View<'a>| view.holding(HolderId::SubAccount(actor?));
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
            must_be_harmless: false,
            assigned: Vec::new(),
            creator: Vec::new(),
            covered: RefCell::default(),
            change,
            principal,
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
            self.assigned.push(AssignedRole {
                id: new.id,
                role: role.clone(),
                reach,
                scope: new.scope,
            });
        }
        // Only as a maker does the actor have anything that it did not have before.
        if !self.creator.is_empty() {
            self.after = self.actor.and_then(|actor| after.holding(HolderId::SubAccount(actor)));
        }
        self
    }
}
