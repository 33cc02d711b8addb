//! The state of a check of authority: the change, the actor, and what the actor has.

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

/// A change and its actor, as the checks of G1 to G7 see them.
pub(crate) struct AuthorityCheck<'j, 'a> {
    pub(crate) change: &'j Transition<'a>,
    pub(crate) principal: &'j Principal<'j>,
    /// The account whose reach counts: the actor or, for an invitee, the inviter. `None` for
    /// operators.
    pub(crate) actor: Option<SubAccountId>,
    pub(crate) before: Option<Rc<Holding<'a>>>,
    pub(crate) after: Option<Rc<Holding<'a>>>,
    /// Whether the actor is an owner, whose reach covers everything.
    pub(crate) is_owner: bool,
    /// Whether the actor is an owner and all actions lift restrictions that keep owners out (G4).
    pub(crate) is_recovery: bool,
    /// Whether the actor lacks a permission that is waived if the change gives nothing to anyone
    /// and takes only from the actor.
    pub(crate) must_be_harmless: bool,
    /// The assignments by role that the change adds.
    pub(crate) assigned: Vec<AssignedRole>,
    /// Those of the added assignments that make the actor the creator of new scopes.
    pub(crate) creator: Vec<AssignmentId>,
    /// Caches the cover of the actor where only one instant and no condition matters.
    pub(crate) covered: RefCell<CoverCache<'a>>,
}

/// The cover of the actor at a pair of locations, for each combination of lifted limits.
pub(crate) type CoverCache<'a> =
    BTreeMap<(LocationPair, Ownership), Vec<(LiftedLimits<'a>, NameSet)>>;

/// An assignment of a role at a scope.
#[derive(Debug, Clone)]
pub(crate) struct AssignedRole {
    pub(crate) id: AssignmentId,
    pub(crate) role: RoleRef,
    /// The permissions of the role, and those that it can assign.
    pub(crate) reach: NameParts,
    pub(crate) scope: Scope,
}

/// The result of comparing all holders before and after.
#[derive(Debug, Default)]
pub(crate) struct OverallOutcome {
    /// Whether any holder gains anything.
    pub(crate) gains: bool,
    /// Whether any holder but the actor loses anything.
    pub(crate) costs_others: bool,
}

/// The result of comparing one holder at one location.
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
                // Denies made by the host are not lifted.
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

    /// Collects the assignments by role, and those that make the actor a creator.
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
        // The actor has something new only as the creator of a new scope.
        if !self.creator.is_empty() {
            self.after = self.actor.and_then(|actor| after.holding(HolderId::SubAccount(actor)));
        }
        self
    }
}
