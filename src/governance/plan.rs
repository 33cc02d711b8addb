//! Plan: a change that was drafted and judged, and has not been made yet; and the drafting and check itself, which is
//! a function of what it is given and of nothing else.

use jiff::Timestamp;

use crate::access::Context;
use crate::governance::action::action::Action;
use crate::governance::impact::impact::Impact;
use crate::id::OrganizationId;
use crate::model::record::{Actor, Digest, Revision};
use crate::model::{ChangeSet, Organization};

/// A change set with its impact, bound to the revision on which it was made. Nothing is saved by making one.
///
/// Authority, invariants and the actor's standing are those of the moment in which it is committed: whatever could have
/// changed the judgement since, be it only that something has started or ended, has it judged again. If the organization
/// has moved on meanwhile, or the plan has expired, it is not committed. A plan that changes
/// nothing makes no revision.
#[derive(Debug, Clone)]
#[must_use = "a plan changes nothing until it is committed"]
pub struct Plan {
    pub(crate) organization: OrganizationId,
    pub(crate) revision: Revision,
    /// The fingerprint of the catalog by which it was drafted and judged.
    pub(crate) catalog: Digest,
    pub(crate) actor: Actor,
    pub(crate) context: Context,
    pub(crate) actions: Vec<Action>,
    pub(crate) set: ChangeSet,
    /// The organization as it would be.
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

    /// What it does, one action after the other.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The instant from which on it is not committed any more.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }
}
