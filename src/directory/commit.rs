//! Commit: draft and judge on the newest snapshot, compare-and-swap, then make visible.

use jiff::Timestamp;

use crate::access::Snapshot;
use crate::directory::directory::Directory;
use crate::directory::error::CommitError;
use crate::directory::history;
use crate::directory::loaded::LoadedOrganization;
use crate::directory::session::Session;
use crate::directory::write::write;
use crate::governance::{Action, ImpactMode, Plan, Proposal, Violation, check_not_expired};
use crate::id::OrganizationId;
use crate::model::record::Actor;
use crate::model::{ChangeSet, Organization, OrganizationStatus};
use crate::permission::Permissions;
use crate::store::StoreError;

/// How often a commit is drafted again because others committed first.
pub(super) const ATTEMPTS: u32 = 64;

impl<P: Permissions> Directory<P> {
    /// Commits a plan, if the organization is still at the revision on which it was made. The rules
    /// of who may do what (G) and the invariants (I) are judged again, as of now.
    ///
    /// # Errors
    ///
    /// [`CommitError::Conflict`] if the organization has a newer revision,
    /// [`CommitError::PlanExpired`] if the plan's lifetime is over, otherwise as
    /// [`Administration::perform`](crate::Administration::perform).
    pub fn commit(&self, plan: Plan) -> Result<Snapshot<P>, CommitError> {
        let Plan {
            organization,
            revision,
            catalog,
            actor,
            context,
            actions,
            set,
            after,
            expires,
            ..
        } = plan;
        let newest = self.loader.get(organization)?;
        let before = &newest.snapshot;
        let conflict = CommitError::Conflict { planned: revision };
        if before.revision() != revision {
            return Err(conflict);
        }
        let time = self.time_of_next(before.organization(), &actions)?;
        if expires <= time {
            return Err(CommitError::PlanExpired { at: expires });
        }
        // The plan was made on this revision, so its changes lead to the same organization now.
        let planned_at = set.time;
        let (set, after) = (ChangeSet { time, ..set }, after.with_time(time));
        for action in &actions {
            check_not_expired(before.organization(), action, time)?;
        }
        // The judgement depends on both organizations, on the session, and on the time as far as
        // something starts or ends. An operator's depends on its home organization as well, and a
        // plan of another directory may have been judged by another catalog.
        let is_as_planned = |organization: &Organization| {
            organization.next_instant(planned_at).is_none_or(|next| time < next)
        };
        let is_operator = matches!(actor, Actor::Operator { .. });
        let is_same_catalog = before.catalog().fingerprint() == catalog;
        if is_operator
            || !is_same_catalog
            || !is_as_planned(before.organization())
            || !is_as_planned(&after)
        {
            let session = Session::of_plan(actor.clone(), context);
            session.judge(&|home| self.snapshot(home), before, &after, &actions)?;
        }
        if set.changes.is_empty() {
            return self.confirm_unchanged(&newest, &actions)?.ok_or(conflict);
        }
        let erase = history::erased_by(&self.loader, &newest, &actions)?;
        match write(&self.loader, newest, after, &actor, words(&actions), set, erase) {
            Err(StoreError::Conflict { .. }) => Err(conflict),
            written => written.map_err(CommitError::Store),
        }
    }

    /// Plans actions: everything that a commit does but storing them.
    pub(super) fn plan_actions(
        &self,
        organization: OrganizationId,
        session: &Session,
        actions: Vec<Action>,
    ) -> Result<Plan, CommitError> {
        let before = self.snapshot(organization)?;
        let Proposal { set, after, impact } =
            self.draft(&before, session, &actions, ImpactMode::Compute)?;
        Ok(Plan {
            organization,
            revision: before.revision(),
            catalog: before.catalog().fingerprint(),
            actor: session.actor()?.clone(),
            context: session.context.clone(),
            actions,
            impact,
            expires: after.time().saturating_add(self.plan_lifetime).unwrap_or(Timestamp::MAX),
            set,
            after,
        })
    }

    /// Commits actions and returns the organization afterwards.
    pub(super) fn commit_actions(
        &self,
        organization: OrganizationId,
        session: &Session,
        actions: &[Action],
    ) -> Result<Snapshot<P>, CommitError> {
        self.commit_if(organization, session, actions, |_| Ok(()))
    }

    /// As [`commit_actions`](Self::commit_actions), if the revision that is committed upon meets a
    /// condition.
    pub(super) fn commit_if(
        &self,
        organization: OrganizationId,
        session: &Session,
        actions: &[Action],
        condition: impl Fn(&Organization) -> Result<(), CommitError>,
    ) -> Result<Snapshot<P>, CommitError> {
        let actor = session.actor()?;
        for _ in 0..ATTEMPTS {
            let newest = self.loader.get(organization)?;
            condition(newest.organization())?;
            let Proposal { set, after, .. } =
                self.draft(&newest.snapshot, session, actions, ImpactMode::Skip)?;
            if set.changes.is_empty() {
                match self.confirm_unchanged(&newest, actions)? {
                    Some(snapshot) => return Ok(snapshot),
                    None => continue,
                }
            }
            let erase = history::erased_by(&self.loader, &newest, actions)?;
            match write(&self.loader, newest, after, actor, words(actions), set, erase) {
                Err(StoreError::Conflict { .. }) => self.loader.refresh(organization)?,
                written => return written.map_err(CommitError::Store),
            };
        }
        Err(CommitError::Contended { attempts: ATTEMPTS })
    }

    /// Drafts and judges actions: what would be stored, and the organization afterwards.
    pub(super) fn draft(
        &self,
        before: &Snapshot<P>,
        session: &Session,
        actions: &[Action],
        impact: ImpactMode,
    ) -> Result<Proposal, CommitError> {
        let time = self.time_of_next(before.organization(), actions)?;
        let home = |home| self.snapshot(home);
        let propose = |actions: &[Action]| {
            session.consider(&home, before, actions, time, &mut self.ids(), impact)
        };
        match propose(actions) {
            // The host may always take a sub-account out. If it is the last owner, the organization
            // is locked in the same commit (I6).
            Err(CommitError::Violation(Violation::TooFewOwners { .. }))
                if session.is_host() && actions.iter().any(is_taking_out) =>
            {
                let lock = Action::SetOrganizationStatus(OrganizationStatus::Suspended);
                let actions: Vec<_> = actions.iter().cloned().chain([lock]).collect();
                propose(&actions)
            }
            proposed => proposed,
        }
    }

    /// The time of the next revision (I7). Only a revision that resets the time may be dated before
    /// the last one.
    pub(super) fn time_of_next(
        &self,
        before: &Organization,
        actions: &[Action],
    ) -> Result<Timestamp, CommitError> {
        let (now, after) = (self.now(), before.time());
        if matches!(actions, [Action::ResetTime]) {
            return Ok(now);
        }
        if after.duration_since(now) > self.max_skew {
            return Err(CommitError::ClockBehind { now, after });
        }
        Ok(now.max(after))
    }

    /// The outcome of a commit without changes: the organization as it is, without a new revision.
    /// `None` if the store has a newer revision than was judged, so that the commit may change
    /// something after all.
    ///
    /// Asks the store, as a commit does: a caller is not told that something is so because a cache
    /// says so.
    fn confirm_unchanged(
        &self,
        judged: &LoadedOrganization<P>,
        actions: &[Action],
    ) -> Result<Option<Snapshot<P>>, CommitError> {
        let organization = judged.id();
        let newest = self.loader.refresh(organization)?;
        if newest.revision() != judged.revision() {
            return Ok(None);
        }
        // An erasure also deletes side rows that were written after an earlier erasure and are no
        // longer referred to.
        let erase = history::erased_by(&self.loader, &newest, actions)?;
        if !erase.is_empty() {
            self.loader.store.erase(organization, &erase).map_err(CommitError::Store)?;
        }
        Ok(Some(newest.snapshot))
    }
}

const fn is_taking_out(action: &Action) -> bool {
    matches!(
        action,
        Action::Suspend(_) | Action::Remove(_) | Action::SetCredentialResetRequired(_, true)
    )
}

/// The actions in words, as records keep them.
fn words(actions: &[Action]) -> Vec<String> {
    actions.iter().map(ToString::to_string).collect()
}
