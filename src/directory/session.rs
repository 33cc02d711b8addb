//! Session: who acts, and what is known of the request with which they do.

use jiff::Timestamp;

use crate::access::{Context, Snapshot};
use crate::directory::{Administration, CommitError, Directory};
use crate::governance::{
    Action, ActionError, Mint, PlanError, Proposal, Proposer, With, consider, judge,
};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::record::Actor;
use crate::model::{Maker, Organization};
use crate::permission::Permissions;
use crate::text::TextError;

/// The host's own code at work in a directory.
#[derive(Debug, Clone)]
pub struct System<'a, P> {
    directory: &'a Directory<P>,
    session: Session,
}

impl<'a, P: Permissions> System<'a, P> {
    pub(super) fn new(directory: &'a Directory<P>, name: &str) -> Self {
        let session =
            Session { actor: Actor::system(name), context: Context::new(), inviter: Maker::Host };
        Self { directory, session }
    }

    /// The changes that it may make in one organization: all that are well-formed and break no invariant. It bypasses
    /// the rules of who may do what (G), never those of what must hold (I).
    pub fn administer(&self, organization: OrganizationId) -> Administration<'a, P> {
        Administration::new(self.directory, organization, self.session.clone())
    }
}

/// Who acts, in which context.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The actor, as records keep it; an error for a name that cannot be kept.
    actor: Result<Actor, TextError>,
    pub(super) context: Context,
    /// On whose authority somebody acts who is invited.
    inviter: Maker,
}

impl Session {
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
    pub(super) const fn of(actor: Actor, context: Context) -> Self {
        Self { actor: Ok(actor), context, inviter: Maker::Host }
    }

    pub(super) fn actor(&self) -> Result<&Actor, ActionError> {
        self.actor.as_ref().map_err(|error| error.clone().into())
    }

    /// The sub-account of the organization that acts, if it is one.
    pub(super) fn oneself(&self) -> Option<SubAccountId> {
        match &self.actor {
            Ok(Actor::SubAccount(id)) => Some(*id),
            _ => None,
        }
    }

    pub(super) fn is_host(&self) -> bool {
        matches!(self.actor, Ok(Actor::System(_)) | Err(_))
    }

    /// Drafts and judges actions of this session's, as of `time`.
    pub(super) fn consider<P: Permissions>(
        &self,
        directory: &Directory<P>,
        before: &Snapshot<P>,
        actions: &[Action],
        time: Timestamp,
        mint: &mut dyn Mint,
        with: With,
    ) -> Result<Proposal, CommitError> {
        self.proposing(directory, |proposer| {
            consider(before, proposer, &self.context, actions, time, mint, with)
        })
    }

    /// Judges a change of this session's, as of the time to which `after` is dated.
    pub(super) fn judge<P: Permissions>(
        &self,
        directory: &Directory<P>,
        before: &Snapshot<P>,
        after: &Organization,
        actions: &[Action],
    ) -> Result<(), CommitError> {
        self.proposing(directory, |proposer| judge(before, after, proposer, &self.context, actions))
    }

    fn proposing<P: Permissions, T>(
        &self,
        directory: &Directory<P>,
        of: impl FnOnce(&Proposer<'_, P>) -> Result<T, PlanError>,
    ) -> Result<T, CommitError> {
        let done = match self.actor()? {
            Actor::System(_) => of(&Proposer::Host),
            Actor::SubAccount(id) => of(&Proposer::SubAccount(*id)),
            Actor::Operator { organization, sub_account } => {
                let home = directory.snapshot(*organization)?;
                of(&Proposer::Operator { home: &home, sub_account: *sub_account })
            }
            Actor::Invitee(_) => of(&Proposer::Invitee(self.inviter)),
        };
        Ok(done?)
    }
}
