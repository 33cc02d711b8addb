//! The organization as a whole: its name, status, security policy and consents.

use jiff::Timestamp;

use crate::access::Snapshot;
use crate::directory::administration::{Administration, parse_name};
use crate::directory::error::CommitError;
use crate::governance::Action;
use crate::id::{ConsentId, OrganizationId};
use crate::model::{Condition, Consent, Maker, OrganizationStatus, Scope, SecurityPolicy};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Renames the organization.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn rename_organization(&self, name: &str) -> Result<(), CommitError> {
        self.perform([Action::RenameOrganization(parse_name(name)?)]).map(drop)
    }

    /// Suspends the organization, reopens it, or closes it for good.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_organization_status(&self, status: OrganizationStatus) -> Result<(), CommitError> {
        self.perform([Action::SetOrganizationStatus(status)]).map(drop)
    }

    /// Resets the organization's time to this directory's clock, and returns the organization
    /// afterwards. For the host only. Changes nothing if the clock is not behind.
    ///
    /// Use it when a clock far ahead has dated a revision, and every process with a right clock gets
    /// [`CommitError::ClockBehind`]. Correct the wrong clock first and restart its processes: they
    /// keep the latest time that they saw.
    ///
    /// Whatever had ended by the wrong time stays ended: allows, consents, invitations and requests
    /// are removed, accounts keep an end in the past, and denies that had started go on.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn reset_time(&self) -> Result<Snapshot<P>, CommitError> {
        self.perform([Action::ResetTime])
    }

    /// Sets the security policy: conditions that every session must meet, all of them, before
    /// anything is allowed in the organization.
    ///
    /// Only owners loosen it, and the actor's session must meet the new policy (G6). Conditions that
    /// an owner or the host sets are confirmed. An owner whose session fails only conditions that
    /// were not confirmed may loosen the policy all the same.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_security_policy(
        &self,
        conditions: impl IntoIterator<Item = Condition>,
    ) -> Result<(), CommitError> {
        let conditions = conditions.into_iter().collect();
        self.perform([Action::SetSecurityPolicy(SecurityPolicy { conditions })]).map(drop)
    }

    /// Consents to support access: lets the sub-accounts of the organization `operators` act at a
    /// scope and below until `ends`. An operator has the permissions of its own organization, limited
    /// to `mask` (D12).
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn give_consent(
        &self,
        operators: OrganizationId,
        scope: impl Into<Scope>,
        mask: P,
        ends: Timestamp,
    ) -> Result<ConsentId, CommitError> {
        let (id, scope, mask) = (self.new_id()?, scope.into(), self.names(mask)?);
        // The commit puts the actor in its place.
        let by = Maker::Host;
        let consent = Consent { id, operators, scope, mask, starts: None, ends, by };
        self.perform([Action::GiveConsent(consent)])?;
        Ok(id)
    }

    /// Ends a consent early.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn end_consent(&self, consent: ConsentId) -> Result<(), CommitError> {
        self.perform([Action::EndConsent(consent)]).map(drop)
    }
}
