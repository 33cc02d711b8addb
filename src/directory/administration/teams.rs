//! Teams and their members.

use crate::directory::administration::{Administration, parse_name};
use crate::directory::error::CommitError;
use crate::governance::Action;
use crate::id::{SubAccountId, TeamId};
use crate::model::{Membership, Team};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Creates a team.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_team(&self, name: &str) -> Result<TeamId, CommitError> {
        let id = self.new_id()?;
        self.perform([Action::CreateTeam(Team::new(id, parse_name(name)?))])?;
        Ok(id)
    }

    /// Moves a team, with its sub-teams, into another team, or to the top. A member of a sub-team is a
    /// member of every team above it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn move_team(&self, team: TeamId, into: Option<TeamId>) -> Result<(), CommitError> {
        self.perform([Action::MoveTeam(team, into)]).map(drop)
    }

    /// Deletes a team that has no sub-teams, with its memberships and everything assigned to it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn delete_team(&self, team: TeamId) -> Result<(), CommitError> {
        self.perform([Action::DeleteTeam(team)]).map(drop)
    }

    /// Adds a sub-account to a team.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn add_to_team(&self, sub_account: SubAccountId, team: TeamId) -> Result<(), CommitError> {
        self.perform([Action::AddToTeam(Membership { sub_account, team })]).map(drop)
    }

    /// Removes a sub-account from a team. A sub-account that removes itself needs no permission.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn remove_from_team(
        &self,
        sub_account: SubAccountId,
        team: TeamId,
    ) -> Result<(), CommitError> {
        self.perform([Action::RemoveFromTeam(Membership { sub_account, team })]).map(drop)
    }
}
