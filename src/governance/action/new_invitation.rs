//! A builder of invitations.

use jiff::Timestamp;

use crate::governance::action::new_assignment::NewAssignment;
use crate::id::{InvitationId, SubAccountId, TeamId};
use crate::model::personal::Digest;
use crate::model::{Grant, Login, Scope, SubAccountKind};

/// An invitation to be made: the invited person, and what the account will have once it is
/// accepted.
///
/// It never holds the token itself: the caller keeps the token and passes its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an invitation does nothing until it is committed"]
pub struct NewInvitation {
    pub(in crate::governance) id: InvitationId,
    /// The id of the new account, unless the login belongs to a former one.
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
    /// Invites a member by a token whose SHA-256 is `token`, to be accepted before `expires`.
    /// `sub_account` is the id of the new account; a former account keeps its id.
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

    /// Sets the name of the person; personal data.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Invites a guest, whose access ends at `ends`.
    pub fn guest(self, ends: Timestamp) -> Self {
        Self { kind: SubAccountKind::Guest, ends: Some(ends), ..self }
    }

    /// Adds a role or permissions for the whole subtree of `scope`.
    pub fn with(self, grant: impl Into<Grant>, scope: impl Into<Scope>) -> Self {
        let assignment = NewAssignment::new(self.sub_account, grant, scope);
        self.assignment(assignment)
    }

    /// Adds an assignment. Its assignee is replaced by the invited account.
    pub fn assignment(mut self, assignment: NewAssignment) -> Self {
        self.assignments.push(assignment);
        self
    }

    /// Adds the account to a team.
    pub fn team(mut self, team: TeamId) -> Self {
        self.teams.push(team);
        self
    }
}
