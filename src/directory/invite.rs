//! Inviting: from asking somebody to join to their answer.

use jiff::{SignedDuration, Timestamp};

use crate::directory::session::Session;
use crate::directory::{Administration, CommitError, Directory, commit};
use crate::governance::{Action, ActionError, NewAssignment, NewInvitation, Token};
use crate::id::{InvitationId, SubAccountId, TeamId};
use crate::model::{EntityId, Grant, Login, Organization, RoleRef, Scope};
use crate::permission::Permissions;

/// How long an invitation can be accepted unless it says otherwise.
const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An invitation on its way: what is promised, and until when it can be accepted. Nothing happens before
/// [`issue`](Self::issue).
#[derive(Debug, Clone)]
#[must_use = "an invitation does nothing until it is issued"]
pub struct Invite<'a, P> {
    administration: Administration<'a, P>,
    login: Login,
    name: Option<String>,
    guest_until: Option<Timestamp>,
    teams: Vec<TeamId>,
    assignments: Vec<Assigned<P>>,
    expires: Option<Timestamp>,
}

#[derive(Debug, Clone)]
enum Assigned<P> {
    Grant(Grant, Scope),
    Permissions(P, Scope),
    Described(NewAssignment),
}

/// An invitation that was issued.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: InvitationId,
    /// The sub-account that was invited: a new one, or the one that the login had before.
    pub sub_account: SubAccountId,
    /// What it is accepted with. It is given out this once; only its hash is kept.
    pub token: Token,
}

impl<'a, P: Permissions> Administration<'a, P> {
    /// Asks whoever signs in with `login` to join.
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

    /// Gives an invitation a new token, which can be accepted for another week; the old one is dead. The actor invites
    /// from then on.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn resend(&self, invitation: InvitationId) -> Result<Token, CommitError> {
        let token = Token::new(self.organization(), invitation, &mut self.mint())?;
        let expires = in_a_week(self.directory());
        let resend = Action::ResendInvitation { id: invitation, token: token.hash(), expires };
        self.perform([resend])?;
        Ok(token)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    ///
    /// As [`perform`](Self::perform).
    pub fn withdraw(&self, invitation: InvitationId) -> Result<(), CommitError> {
        self.perform([Action::WithdrawInvitation(invitation)]).map(drop)
    }
}

impl<P: Permissions> Invite<'_, P> {
    /// With a role for the whole subtree of `scope`, besides any other.
    pub fn role(mut self, role: impl Into<RoleRef>, scope: impl Into<Scope>) -> Self {
        let grant = Grant::Role(role.into());
        self.assignments.push(Assigned::Grant(grant, scope.into()));
        self
    }

    /// With permissions, outside any role, for the whole subtree of `scope`, besides any other.
    pub fn grant(mut self, permissions: P, scope: impl Into<Scope>) -> Self {
        self.assignments.push(Assigned::Permissions(permissions, scope.into()));
        self
    }

    /// With an assignment that was described step by step, besides any other. Whomever it names, it is made to whoever
    /// is invited.
    pub fn assignment(mut self, assignment: NewAssignment) -> Self {
        self.assignments.push(Assigned::Described(assignment));
        self
    }

    /// In a team, besides any other.
    pub fn team(mut self, team: TeamId) -> Self {
        self.teams.push(team);
        self
    }

    /// The person's name; personal data.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// As a guest, whose access ends at `ends`.
    pub fn guest(self, ends: Timestamp) -> Self {
        Self { guest_until: Some(ends), ..self }
    }

    /// To be accepted before `expires`; before a week has passed by default.
    pub fn expires(self, expires: Timestamp) -> Self {
        Self { expires: Some(expires), ..self }
    }

    /// Makes the invitation. The host sends the token to whoever is invited; nobody can read it again.
    ///
    /// # Errors
    ///
    /// As [`Administration::perform`].
    pub fn issue(self) -> Result<Invited, CommitError> {
        let admin = &self.administration;
        let invitation = admin.id()?;
        let token = Token::new(admin.organization(), invitation, &mut admin.mint())?;
        let expires = self.expires.unwrap_or_else(|| in_a_week(admin.directory()));
        let id = admin.id()?;
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
                Assigned::Grant(grant, scope) => new.with(grant, scope),
                Assigned::Permissions(permissions, scope) => {
                    new.with(admin.any(permissions)?, scope)
                }
                Assigned::Described(assignment) => new.assignment(assignment),
            };
        }
        let after = admin.perform([Action::Invite(new)])?;
        let entity = EntityId::Invitation(invitation);
        let issued = after.organization().invitations().get(&invitation);
        let sub_account = issued.ok_or(ActionError::Unknown(entity))?.sub_account;
        Ok(Invited { invitation, sub_account, token })
    }
}

/// Answers an invitation, once, however many try at the same time.
pub(super) fn answer<P: Permissions>(
    directory: &Directory<P>,
    token: &Token,
    login: &Login,
    answer: fn(InvitationId) -> Action,
) -> Result<SubAccountId, CommitError> {
    let id = token.invitation();
    // An invitation made elsewhere may not have been seen here yet.
    let mut snapshot = directory.snapshot(token.organization())?;
    if !snapshot.organization().contains(EntityId::Invitation(id)) {
        snapshot = directory.refresh(token.organization())?;
    }
    // Judged once more on whatever revision it is that is committed upon.
    let standing = |organization: &Organization| -> Result<Session, CommitError> {
        let invitation = organization
            .invitations()
            .get(&id)
            .filter(|it| token.is(&it.token) && directory.clock().now() < it.expires)
            .ok_or(CommitError::DeadInvitation)?;
        if organization.sub_account_by_login(login) != Some(invitation.sub_account) {
            return Err(CommitError::WrongLogin);
        }
        Ok(Session::invitee(invitation.sub_account, invitation.inviter))
    };
    let session = standing(snapshot.organization())?;
    let stands = |organization: &Organization| standing(organization).map(drop);
    let after =
        commit::commit_if(directory, token.organization(), &session, &[answer(id)], stands)?;
    after.sub_account(login).ok_or(CommitError::WrongLogin)
}

fn in_a_week<P: Permissions>(directory: &Directory<P>) -> Timestamp {
    directory.clock().now().saturating_add(LIFETIME).unwrap_or(Timestamp::MAX)
}
