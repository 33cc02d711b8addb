//! Invitations: from the invitation to its answer.

use jiff::{SignedDuration, Timestamp};

use crate::directory::administration::Administration;
use crate::directory::directory::Directory;
use crate::directory::error::CommitError;
use crate::directory::session::Session;
use crate::governance::{Action, ActionError, NewAssignment, NewInvitation, Token};
use crate::id::{InvitationId, SubAccountId, TeamId};
use crate::model::{EntityId, Grant, Login, Organization, RoleRef, Scope};
use crate::permission::Permissions;

/// For how long an invitation can be accepted by default.
const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A builder for an invitation. [`issue`](Self::issue) makes it.
#[derive(Debug, Clone)]
#[must_use = "an invitation does nothing until it is issued"]
pub struct Invite<'a, P> {
    administration: Administration<'a, P>,
    login: Login,
    name: Option<String>,
    guest_until: Option<Timestamp>,
    teams: Vec<TeamId>,
    assignments: Vec<Promised<P>>,
    expires: Option<Timestamp>,
}

/// An assignment that the invitee gets when it accepts.
#[derive(Debug, Clone)]
enum Promised<P> {
    Grant(Grant, Scope),
    Permissions(P, Scope),
    Described(NewAssignment),
}

/// An invitation that was issued.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: InvitationId,
    /// The invited sub-account: a new one, or the one that the login had before.
    pub sub_account: SubAccountId,
    /// The secret that accepts the invitation. It is returned only here; the organization keeps its
    /// hash.
    pub token: Token,
}

impl<'a, P: Permissions> Administration<'a, P> {
    /// Starts an invitation for a person who signs in with `login`.
    pub fn invite(&self, login: &Login) -> Invite<'a, P> {
        Invite {
            administration: self.clone(),
            login: login.clone(),
            name: None,
            guest_until: None,
            teams: Vec::new(),
            assignments: Vec::new(),
            expires: None,
        }
    }

    /// Replaces the token of an invitation by a new one, which is valid for a week. The old token is
    /// dead, and the actor becomes the inviter.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn resend(&self, invitation: InvitationId) -> Result<Token, CommitError> {
        let token = Token::new(self.organization, invitation, &mut self.ids())?;
        let expires = self.directory.default_expiry();
        let resend = Action::ResendInvitation { id: invitation, token: token.hash(), expires };
        self.perform([resend])?;
        Ok(token)
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn withdraw(&self, invitation: InvitationId) -> Result<(), CommitError> {
        self.perform([Action::WithdrawInvitation(invitation)]).map(drop)
    }
}

impl<P: Permissions> Invite<'_, P> {
    /// Adds a role for the whole subtree of `scope`.
    pub fn role(mut self, role: impl Into<RoleRef>, scope: impl Into<Scope>) -> Self {
        let grant = Grant::Role(role.into());
        self.assignments.push(Promised::Grant(grant, scope.into()));
        self
    }

    /// Adds permissions without a role, for the whole subtree of `scope`.
    pub fn grant(mut self, permissions: P, scope: impl Into<Scope>) -> Self {
        self.assignments.push(Promised::Permissions(permissions, scope.into()));
        self
    }

    /// Adds an assignment with all its terms. Its assignee is replaced by the invitee.
    pub fn assignment(mut self, assignment: NewAssignment) -> Self {
        self.assignments.push(Promised::Described(assignment));
        self
    }

    /// Adds a team.
    pub fn team(mut self, team: TeamId) -> Self {
        self.teams.push(team);
        self
    }

    /// Sets the person's name. Names are personal data.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Invites a guest, whose access ends at `ends`.
    pub fn guest(self, ends: Timestamp) -> Self {
        Self { guest_until: Some(ends), ..self }
    }

    /// Sets until when the invitation can be accepted. The default is one week.
    pub fn expires(self, expires: Timestamp) -> Self {
        Self { expires: Some(expires), ..self }
    }

    /// Makes the invitation. The host sends the token to the invitee; it cannot be read again.
    ///
    /// # Errors
    ///
    /// As [`Administration::perform`].
    pub fn issue(self) -> Result<Invited, CommitError> {
        let admin = &self.administration;
        let invitation = admin.new_id()?;
        let token = Token::new(admin.organization, invitation, &mut admin.ids())?;
        let expires = self.expires.unwrap_or_else(|| admin.directory.default_expiry());
        let id = admin.new_id()?;
        let mut new = NewInvitation::new(invitation, id, self.login.clone(), token.hash(), expires);
        if let Some(ends) = self.guest_until {
            new = new.guest(ends);
        }
        if let Some(name) = self.name {
            new = new.name(name);
        }
        new = self.teams.into_iter().fold(new, NewInvitation::team);
        for assigned in self.assignments {
            new = match assigned {
                Promised::Grant(grant, scope) => new.with(grant, scope),
                Promised::Permissions(permissions, scope) => {
                    new.with(admin.grant_of(permissions)?, scope)
                }
                Promised::Described(assignment) => new.assignment(assignment),
            };
        }
        let after = admin.perform([Action::Invite(new)])?;
        let entity = EntityId::Invitation(invitation);
        let issued = after.organization().invitations().get(&invitation);
        let sub_account = issued.ok_or(ActionError::Unknown(entity))?.sub_account;
        Ok(Invited { invitation, sub_account, token })
    }
}

impl<P: Permissions> Directory<P> {
    /// Accepts an invitation. The caller has proved that the person signs in with `login`.
    ///
    /// # Errors
    ///
    /// - [`CommitError::DeadInvitation`] if the token was used, withdrawn, replaced or has expired.
    /// - [`CommitError::WrongLogin`] if the invitation is for another login.
    /// - [`CommitError::Refused`] if the inviter could not give today what was promised.
    /// - Otherwise as [`Administration::perform`].
    pub fn accept(&self, token: &Token, login: &Login) -> Result<SubAccountId, CommitError> {
        self.answer(token, login, Action::AcceptInvitation)
    }

    /// Declines an invitation.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    pub fn decline(&self, token: &Token, login: &Login) -> Result<(), CommitError> {
        self.answer(token, login, Action::DeclineInvitation).map(drop)
    }

    /// Answers an invitation. Of several concurrent answers, one succeeds.
    fn answer(
        &self,
        token: &Token,
        login: &Login,
        answer: fn(InvitationId) -> Action,
    ) -> Result<SubAccountId, CommitError> {
        let id = token.invitation();
        // An invitation that another process made may not have been read here yet.
        let mut snapshot = self.snapshot(token.organization())?;
        if !snapshot.organization().contains(EntityId::Invitation(id)) {
            snapshot = self.refresh(token.organization())?;
        }
        let session_of = |organization: &Organization| -> Result<Session, CommitError> {
            let invitation = organization
                .invitations()
                .get(&id)
                .filter(|it| token.has_hash(&it.token) && self.now() < it.expires)
                .ok_or(CommitError::DeadInvitation)?;
            if organization.sub_account_by_login(login) != Some(invitation.sub_account) {
                return Err(CommitError::WrongLogin);
            }
            Ok(Session::invitee(invitation.sub_account, invitation.inviter))
        };
        let session = session_of(snapshot.organization())?;
        // Checked again on the revision that is committed upon.
        let is_open = |organization: &Organization| session_of(organization).map(drop);
        let after = self.commit_if(token.organization(), &session, &[answer(id)], is_open)?;
        after.sub_account(login).ok_or(CommitError::WrongLogin)
    }

    fn default_expiry(&self) -> Timestamp {
        self.now().saturating_add(LIFETIME).unwrap_or(Timestamp::MAX)
    }
}
