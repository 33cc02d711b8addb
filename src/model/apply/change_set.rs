//! Applying one change set to an organization.

use jiff::Timestamp;

use crate::id::OrganizationId;
use crate::model::apply::pending_revision::PendingRevision;
use crate::model::change::{Change, ChangeSet, Put, StructureError};
use crate::model::organization::Organization;
use crate::model::record::Revision;

impl Organization {
    /// Creates an organization from its first change set, at revision 1.
    ///
    /// # Errors
    ///
    /// [`StructureError::NoProfile`] if the first change is not the profile; otherwise as
    /// [`apply`](Self::apply).
    pub fn create(id: OrganizationId, first: &ChangeSet) -> Result<Self, StructureError> {
        let Some(Change::Put(Put::Profile(profile))) = first.changes.first() else {
            return Err(StructureError::NoProfile);
        };
        Self::empty(id, Revision::NONE, first.time, profile.clone()).with(first)
    }

    /// Applies a change set and moves to the next revision.
    ///
    /// Computes in **O(c log n)** time for c changes, and in proportion to the subtree for a
    /// resource or a team that moves.
    ///
    /// # Errors
    ///
    /// Any [`StructureError`]. The organization is unchanged then.
    pub fn apply(&mut self, changes: &ChangeSet) -> Result<(), StructureError> {
        *self = self.clone().with(changes)?;
        Ok(())
    }

    /// Applies a change set, as [`apply`](Self::apply), and changes pages in place that no clone
    /// shares.
    ///
    /// # Errors
    ///
    /// Any [`StructureError`]. The organization is lost then.
    pub fn with(self, changes: &ChangeSet) -> Result<Self, StructureError> {
        let revision = self.revision.next();
        check_time(self.time, changes)?;
        let mut pending = PendingRevision::new(self, &changes.personal)?;
        for change in &changes.changes {
            match change {
                Change::Put(put) => pending.put(put)?,
                Change::Remove(remove) => pending.remove(*remove)?,
                Change::ResetTime(_) => {}
            }
        }
        let mut next = pending.checked()?;
        next.revision = revision;
        next.time = changes.time;
        Ok(next)
    }
}

/// I7. A reset names the time that it replaces, so that it cannot undo a later one.
fn check_time(after: Timestamp, set: &ChangeSet) -> Result<(), StructureError> {
    let mut resets = set.changes.iter().filter_map(|change| match change {
        Change::ResetTime(reset) => Some(*reset),
        Change::Put(_) | Change::Remove(_) => None,
    });
    match resets.find(|reset| reset.from != after) {
        Some(reset) => Err(StructureError::NotTheTime { from: reset.from, after }),
        None if set.time < after && !set.changes.iter().any(is_reset) => {
            Err(StructureError::TimeWentBack { time: set.time, after })
        }
        None => Ok(()),
    }
}

const fn is_reset(change: &Change) -> bool {
    matches!(change, Change::ResetTime(_))
}
