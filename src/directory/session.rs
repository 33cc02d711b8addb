//! Session: who acts, and what is known of the request with which they do.

use crate::access::{Context, Reason, Snapshot};
use crate::directory::{Administration, CommitError, Directory};
use crate::governance::{Acting, Action, ActionError, Acts, PlanError, judge};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::record::Actor;
use crate::model::{Organization, Scope};
use crate::permission::{Bits, Permissions};
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
            Session { actor: Actor::system(name), context: Context::new(), inviter: None };
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
    inviter: Option<SubAccountId>,
}

impl Session {
    pub(super) fn sub_account(id: SubAccountId, context: &Context) -> Self {
        Self { actor: Ok(Actor::SubAccount(id)), context: context.clone(), inviter: None }
    }

    pub(super) fn operator(
        organization: OrganizationId,
        sub_account: SubAccountId,
        context: &Context,
    ) -> Self {
        let actor = Ok(Actor::Operator { organization, sub_account });
        Self { actor, context: context.clone(), inviter: None }
    }

    pub(super) const fn invitee(id: SubAccountId, inviter: Option<SubAccountId>) -> Self {
        Self { actor: Ok(Actor::Invitee(id)), context: Context::new(), inviter }
    }

    /// The session in which a plan was made.
    pub(super) const fn of(actor: Actor, context: Context) -> Self {
        Self { actor: Ok(actor), context, inviter: None }
    }

    pub(super) fn actor(&self) -> Result<&Actor, ActionError> {
        self.actor.as_ref().map_err(|error| error.clone().into())
    }

    /// The sub-account of the organization that acts, if it is one.
    pub(super) fn maker(&self) -> Option<SubAccountId> {
        match &self.actor {
            Ok(Actor::SubAccount(id)) => Some(*id),
            _ => None,
        }
    }

    pub(super) fn is_host(&self) -> bool {
        matches!(self.actor, Ok(Actor::System(_)) | Err(_))
    }

    /// Judges a change of this session's, as of the time to which `after` is dated.
    pub(super) fn judge<P: Permissions>(
        &self,
        directory: &Directory<P>,
        before: &Snapshot<P>,
        after: &Organization,
        actions: &[Action],
    ) -> Result<(), CommitError> {
        let now = after.time();
        let context = self.context.clone().at(now);
        let judged = |acting: Option<&Acting<'_>>| -> Result<(), PlanError> {
            let catalog = directory.catalog().core();
            judge(before.organization(), after, catalog, now, acting, actions)
        };
        let judged_as = |who, permits: &dyn Fn(Bits, Scope) -> Result<(), Reason>| {
            judged(Some(&Acting { who, context: &context, permits }))
        };
        match self.actor()? {
            Actor::System(_) => judged(None)?,
            Actor::SubAccount(id) => judged_as(Acts::SubAccount(*id), &|need, scope| {
                before.permits(&context, *id, need, scope)
            })?,
            Actor::Operator { organization, sub_account } => {
                let home = directory.snapshot(*organization)?;
                let operator = before.operator(&home, *sub_account).in_context(context.clone());
                judged_as(Acts::Operator(*sub_account), &|need, scope| {
                    operator.permits(need, scope.into())
                })?;
            }
            Actor::Invitee(_) if self.inviter.is_none() => judged(None)?,
            Actor::Invitee(_) => {
                judged_as(Acts::Invitee(self.inviter), &|_, _| Err(Reason::NotGranted))?;
            }
        }
        Ok(())
    }
}
