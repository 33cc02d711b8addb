//! Plan: a change that was drafted and judged, and has not been made yet.

use jiff::Timestamp;

use crate::access::Context;
use crate::catalog::CatalogCore;
use crate::governance::authority::{self, Acting};
use crate::governance::comparison::Change;
use crate::governance::invariants;
use crate::governance::names::Register;
use crate::governance::{Action, Impact, PlanError, Refusal};
use crate::id::OrganizationId;
use crate::model::record::{Actor, Revision};
use crate::model::{ChangeSet, Organization, Scope};

/// A change set with its impact, bound to the revision on which it was made. Nothing is saved by making one.
///
/// A plan is judged again when it is committed: authority, invariants and the actor's standing are those of that
/// moment. If the organization has moved on meanwhile, or the plan has expired, it is not committed.
#[derive(Debug, Clone)]
#[must_use = "a plan changes nothing until it is committed"]
pub struct Plan {
    pub(crate) organization: OrganizationId,
    pub(crate) revision: Revision,
    pub(crate) actor: Actor,
    pub(crate) context: Context,
    pub(crate) actions: Vec<Action>,
    pub(crate) set: ChangeSet,
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

/// Judges a change: by its actor's authority, unless it is the host's own, and by everything that must hold.
pub(crate) fn judge(
    before: &Organization,
    after: &Organization,
    catalog: &CatalogCore,
    now: Timestamp,
    acting: Option<&Acting<'_>>,
    actions: &[Action],
) -> Result<(), PlanError> {
    let register = Register::new(catalog.vocabulary());
    let change = Change::new(before, after, catalog, &register, now);
    if let Some(acting) = acting {
        authority::judge(&change, acting, actions)?;
    }
    invariants::judge(&change)?;
    if register.is_exhausted() {
        return Err(Refusal::TooIntricate { scope: Scope::Organization }.into());
    }
    Ok(())
}

/// The difference that a change makes from `now` on.
pub(crate) fn impact(
    before: &Organization,
    after: &Organization,
    catalog: &CatalogCore,
    now: Timestamp,
) -> Result<Impact, PlanError> {
    let register = Register::new(catalog.vocabulary());
    let change = Change::new(before, after, catalog, &register, now);
    Impact::new(&change).map_err(|_| Refusal::TooIntricate { scope: Scope::Organization }.into())
}
