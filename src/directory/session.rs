//! Session: who acts, and what is known of the request.

use jiff::Timestamp;

use crate::access::{Context, Snapshot};
use crate::directory::error::{CommitError, LoadError};
use crate::governance::{
    Action, ActionError, IdSource, ImpactMode, PlanError, Proposal, Proposer, check_change,
    draft_and_check,
};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::record::Actor;
use crate::model::{Maker, Organization};
use crate::permission::Permissions;
use crate::text::TextError;

/// An actor and the context in which it acts.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The actor, as records keep it. An error if the host's name cannot be kept.
    actor: Result<Actor, TextError>,
    pub(super) context: Context,
    /// The inviter, if the actor answers an invitation.
    inviter: Maker,
}

/// How a session gets the snapshot of an operator's home organization.
pub(super) type Home<'h, P> = &'h dyn Fn(OrganizationId) -> Result<Snapshot<P>, LoadError>;

impl Session {
    pub(super) fn host(name: &str) -> Self {
        Self { actor: Actor::system(name), context: Context::new(), inviter: Maker::Host }
    }

    pub(super) fn sub_account(id: SubAccountId, context: &Context) -> Self {
        Self { actor: Ok(Actor::SubAccount(id)), context: context.clone(), inviter: Maker::Host }
    }

    pub(super) fn operator(
        organization: OrganizationId,
        sub_account: SubAccountId,
        context: &Context,
    ) -> Self {
        let actor = Ok(Actor::Operator { organization, sub_account });
        Self { actor, context: context.clone(), inviter: Maker::Host }
    }

    pub(super) const fn invitee(id: SubAccountId, inviter: Maker) -> Self {
        Self { actor: Ok(Actor::Invitee(id)), context: Context::new(), inviter }
    }

    /// The session in which a plan was made.
    pub(super) const fn of_plan(actor: Actor, context: Context) -> Self {
        Self { actor: Ok(actor), context, inviter: Maker::Host }
    }

    pub(super) fn actor(&self) -> Result<&Actor, ActionError> {
        self.actor.as_ref().map_err(|error| error.clone().into())
    }

    /// The sub-account that acts. `None` for the host, an operator and an invitee.
    pub(super) fn own_sub_account(&self) -> Option<SubAccountId> {
        match &self.actor {
            Ok(Actor::SubAccount(id)) => Some(*id),
            _ => None,
        }
    }

    pub(super) fn is_host(&self) -> bool {
        matches!(self.actor, Ok(Actor::System(_)) | Err(_))
    }

    /// Drafts and judges actions, as of `time`.
    pub(super) fn consider<P: Permissions>(
        &self,
        home: Home<'_, P>,
        before: &Snapshot<P>,
        actions: &[Action],
        time: Timestamp,
        ids: &mut dyn IdSource,
        impact: ImpactMode,
    ) -> Result<Proposal, CommitError> {
        self.with_proposer(home, |proposer| {
            draft_and_check(before, proposer, &self.context, actions, time, ids, impact)
        })
    }

    /// Judges a drafted change, as of the time of `after`.
    pub(super) fn judge<P: Permissions>(
        &self,
        home: Home<'_, P>,
        before: &Snapshot<P>,
        after: &Organization,
        actions: &[Action],
    ) -> Result<(), CommitError> {
        self.with_proposer(home, |proposer| {
            check_change(before, after, proposer, &self.context, actions)
        })
    }

    fn with_proposer<P: Permissions, T>(
        &self,
        home: Home<'_, P>,
        propose: impl FnOnce(&Proposer<'_, P>) -> Result<T, PlanError>,
    ) -> Result<T, CommitError> {
        let proposed = match self.actor()? {
            Actor::System(_) => propose(&Proposer::Host),
            Actor::SubAccount(id) => propose(&Proposer::SubAccount(*id)),
            Actor::Operator { organization, sub_account } => {
                let home = home(*organization)?;
                propose(&Proposer::Operator { home: &home, sub_account: *sub_account })
            }
            Actor::Invitee(_) => propose(&Proposer::Invitee(self.inviter)),
        };
        Ok(proposed?)
    }
}
