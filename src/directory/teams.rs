//! Administration of teams: departments, projects, whoever belongs together.

use crate::directory::administration::name_of;
use crate::directory::{Administration, CommitError};
use crate::governance::Action;
use crate::id::{SubAccountId, TeamId};
use crate::model::{Membership, Team};
use crate::permission::Permissions;

impl<P: Permissions> Administration<'_, P> {
    /// Makes a team.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn create_team(&self, name: &str) -> Result<TeamId, CommitError> {
        let id = self.id()?;
        self.perform([Action::CreateTeam(Team::new(id, name_of(name)?))])?;
        Ok(id)
    }

    /// Moves a team, with its sub-teams, into another, or lets it stand alone. Whoever is in a sub-team belongs to the
    /// teams that hold it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn move_team(&self, team: TeamId, into: Option<TeamId>) -> Result<(), CommitError> {
        self.perform([Action::MoveTeam(team, into)]).map(drop)
    }

    /// Deletes a team that holds no other, with its memberships and everything assigned to it.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn delete_team(&self, team: TeamId) -> Result<(), CommitError> {
        self.perform([Action::DeleteTeam(team)]).map(drop)
    }

    /// Puts a sub-account into a team.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn add_to_team(&self, sub_account: SubAccountId, team: TeamId) -> Result<(), CommitError> {
        self.perform([Action::AddToTeam(Membership { sub_account, team })]).map(drop)
    }

    /// Takes a sub-account out of a team. Whoever goes by itself needs no permission.
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
