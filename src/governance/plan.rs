//! A plan: a change that was drafted and checked, and is not committed yet.

use jiff::Timestamp;

use crate::access::Context;
use crate::governance::action::action::Action;
use crate::governance::impact::impact::Impact;
use crate::id::OrganizationId;
use crate::model::record::{Actor, Digest, Revision};
use crate::model::{ChangeSet, Organization};

/// A change set with its impact, bound to the revision on which it was made. Making a plan stores
/// nothing.
///
/// Authority, invariants and the status of the actor are those of the moment of the commit: if
/// anything could have changed the result since, even only that something has started or ended, the
/// plan is checked again. If the organization has a newer revision, or the plan has expired, it is
/// not committed. A plan that changes nothing makes no revision.
#[derive(Debug, Clone)]
#[must_use = "a plan changes nothing until it is committed"]
pub struct Plan {
    pub(crate) organization: OrganizationId,
    pub(crate) revision: Revision,
    /// The fingerprint of the catalog by which it was drafted and checked.
    pub(crate) catalog: Digest,
    pub(crate) actor: Actor,
    pub(crate) context: Context,
    pub(crate) actions: Vec<Action>,
    pub(crate) set: ChangeSet,
    /// The organization after the change.
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

    /// Its actions, in order.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The instant from which on it cannot be committed.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }
}
