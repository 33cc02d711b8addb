//! Administration of the organization as a whole: its name, its status, its security policy, and whom it lets in.

use jiff::Timestamp;

use crate::access::Snapshot;
use crate::directory::administration::name_of;
use crate::directory::{Administration, CommitError};
use crate::governance::Action;
use crate::id::{ConsentId, OrganizationId};
use crate::model::{Condition, Consent, Maker, OrganizationStatus, Scope, SecurityPolicy};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Names the organization anew.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn rename_organization(&self, name: &str) -> Result<(), CommitError> {
        self.perform([Action::RenameOrganization(name_of(name)?)]).map(drop)
    }

    /// Suspends the organization, reopens it, or closes it for good.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn set_organization_status(&self, status: OrganizationStatus) -> Result<(), CommitError> {
        self.perform([Action::SetOrganizationStatus(status)]).map(drop)
    }

    /// Sets the organization's time anew, to that of this directory's clock, and returns the
    /// organization as it then is: the way out when a clock far ahead has dated a revision, and
    /// everybody whose clock is right is told [`CommitError::ClockBehind`]. For the host alone.
    /// Changes nothing if the clock is not behind.
    ///
    /// What had ended by the wrong time stays ended: allows, consents, invitations and requests go,
    /// accounts keep an end that has passed, and denies that had begun go on. Set the wrong clock
    /// first, and start its processes afresh: they hold on to the latest time that they saw.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn reset_time(&self) -> Result<Snapshot<P>, CommitError> {
        self.perform([Action::ResetTime])
    }

    /// Says what every session must meet, all of it, before anything is allowed in the organization; nothing lifts the
    /// policy. Only owners loosen it, and whoever changes it must meet it. What an owner or the
    /// host sets is confirmed, also if it was set before. An owner whose session fails only what
    /// neither of them has confirmed may loosen the policy nevertheless.
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

    /// Lets operators, the sub-accounts of the organization `operators`, act at a scope and below until `ends`: each
    /// with what its own organization gives it, and with nothing beyond `mask`.
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
        let (id, scope, mask) = (self.id()?, scope.into(), self.names(mask)?);
        // Whoever gives it becomes its maker.
        let by = Maker::Host;
        let consent = Consent { id, operators, scope, mask, starts: None, ends, by };
        self.perform([Action::GiveConsent(consent)])?;
        Ok(id)
    }

    /// Ends a consent before its time.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn end_consent(&self, consent: ConsentId) -> Result<(), CommitError> {
        self.perform([Action::EndConsent(consent)]).map(drop)
    }
}
