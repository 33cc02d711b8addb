//! A new invitation, described step by step.

use jiff::Timestamp;

use crate::governance::NewAssignment;
use crate::id::{InvitationId, SubAccountId, TeamId};
use crate::model::personal::Digest;
use crate::model::{Grant, Login, Scope, SubAccountKind};

/// An invitation to be made: who is asked to join, and what they will have once they accept.
///
/// The token itself never comes near it: whoever makes the invitation keeps the token and gives its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an invitation does nothing until it is committed"]
pub struct NewInvitation {
    pub(super) id: InvitationId,
    /// The id of the sub-account, unless the login has one already.
    pub(super) sub_account: SubAccountId,
    pub(super) login: Login,
    pub(super) name: Option<String>,
    pub(super) kind: SubAccountKind,
    pub(super) ends: Option<Timestamp>,
    pub(super) teams: Vec<TeamId>,
    pub(super) assignments: Vec<NewAssignment>,
    pub(super) token: Digest,
    pub(super) expires: Timestamp,
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
