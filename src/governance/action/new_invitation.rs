//! A new invitation, described step by step.

use jiff::Timestamp;

use crate::governance::action::new_assignment::NewAssignment;
use crate::id::{InvitationId, SubAccountId, TeamId};
use crate::model::personal::Digest;
use crate::model::{Grant, Login, Scope, SubAccountKind};

/// An invitation to be made: who is asked to join, and what they will have once they accept.
///
/// The token itself never comes near it: whoever makes the invitation keeps the token and gives its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an invitation does nothing until it is committed"]
pub struct NewInvitation {
    pub(in crate::governance) id: InvitationId,
    /// The id of the sub-account, unless the login has one already.
    pub(in crate::governance) sub_account: SubAccountId,
    pub(in crate::governance) login: Login,
    pub(in crate::governance) name: Option<String>,
    pub(in crate::governance) kind: SubAccountKind,
    pub(in crate::governance) ends: Option<Timestamp>,
    pub(in crate::governance) teams: Vec<TeamId>,
    pub(in crate::governance) assignments: Vec<NewAssignment>,
    pub(in crate::governance) token: Digest,
    pub(in crate::governance) expires: Timestamp,
}

impl NewInvitation {
    /// An invitation of a member by a token whose SHA-256 is `token`, to be accepted before `expires`. `sub_account` is
    /// the id that the member will have; somebody who left keeps the one they had.
    pub const fn new(
        id: InvitationId,
        sub_account: SubAccountId,
        login: Login,
        token: Digest,
        expires: Timestamp,
    ) -> Self {
        Self {
            id,
            sub_account,
            login,
            name: None,
            kind: SubAccountKind::Member,
            ends: None,
            teams: Vec::new(),
            assignments: Vec::new(),
            token,
            expires,
        }
    }

    /// The person's name; personal data.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// As a guest, whose access ends at `ends`.
    pub fn guest(self, ends: Timestamp) -> Self {
        Self { kind: SubAccountKind::Guest, ends: Some(ends), ..self }
    }

    /// With a role or permissions for the whole subtree of `scope`, besides any other.
    pub fn with(self, grant: impl Into<Grant>, scope: impl Into<Scope>) -> Self {
        let assignment = NewAssignment::new(self.sub_account, grant, scope);
        self.assignment(assignment)
    }

    /// With an assignment that was described step by step, besides any other. Whoever it names, it is made to the one
    /// who is invited.
    pub fn assignment(mut self, assignment: NewAssignment) -> Self {
        self.assignments.push(assignment);
        self
    }

    /// In a team, besides any other.
    pub fn team(mut self, team: TeamId) -> Self {
        self.teams.push(team);
        self
    }
}
