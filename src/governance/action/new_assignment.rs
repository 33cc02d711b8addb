//! A builder of assignments.

use jiff::Timestamp;

use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Assignee, Condition, Effect, Grant, Reach, Scope};
use crate::text::Label;

/// An assignment to be made.
///
/// ```
/// use tenantry::{NewAssignment, Scope, SubAccountId, SystemRole};
///
/// const VISITOR: SystemRole = SystemRole::new("visitor");
/// # let (agent, until) = (SubAccountId::from_u128(1), "2027-01-01T00:00:00Z".parse()?);
/// let visit = NewAssignment::new(agent, VISITOR, Scope::Organization)
///     .ends(until)
///     .reason("trade fair");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an assignment does nothing until it is committed"]
pub struct NewAssignment {
    pub(in crate::governance) id: Option<AssignmentId>,
    /// `None` if the invitation, new sub-account or approval that it comes with says to whom.
    pub(in crate::governance) assignee: Option<Assignee>,
    pub(in crate::governance) grant: Grant,
    pub(in crate::governance) scope: Scope,
    pub(in crate::governance) effect: Effect,
    pub(in crate::governance) reach: Reach,
    pub(in crate::governance) starts: Option<Timestamp>,
    pub(in crate::governance) ends: Option<Timestamp>,
    pub(in crate::governance) conditions: Vec<Condition>,
    pub(in crate::governance) delegator: Option<SubAccountId>,
    pub(in crate::governance) reason: Option<String>,
}

impl NewAssignment {
    /// An allow for the whole subtree of `scope`, from now on, unconditionally.
    pub fn new(
        assignee: impl Into<Assignee>,
        grant: impl Into<Grant>,
        scope: impl Into<Scope>,
    ) -> Self {
        Self { assignee: Some(assignee.into()), ..Self::of(grant, scope) }
    }

    /// As [`new`](Self::new), without an assignee: for an invitation, a new sub-account or an
    /// approval, which sets it.
    ///
    /// ```
    /// # use tenantry::{Context, Directory, Login, NewAssignment, Scope, messaging};
    /// # let directory = Directory::new(messaging::catalog());
    /// # let (lin, wu): (Login, Login) = ("lin".parse()?, "wu".parse()?);
    /// # let acme = directory.create_organization("Acme", &lin)?;
    /// # let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    /// # let until = "2200-01-01T00:00:00Z".parse()?;
    /// let for_now = NewAssignment::of(messaging::AGENT, Scope::Organization).ends(until);
    /// let wu = admin.create_member_with(&wu, [for_now])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(grant: impl Into<Grant>, scope: impl Into<Scope>) -> Self {
        Self {
            id: None,
            assignee: None,
            grant: grant.into(),
            scope: scope.into(),
            effect: Effect::Allow,
            reach: Reach::Subtree,
            starts: None,
            ends: None,
            conditions: Vec::new(),
            delegator: None,
            reason: None,
        }
    }

    /// Sets the id.
    pub fn id(self, id: AssignmentId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Replaces the assignee.
    pub fn to(self, assignee: impl Into<Assignee>) -> Self {
        Self { assignee: Some(assignee.into()), ..self }
    }

    /// The chosen id, if any.
    pub(crate) const fn chosen_id(&self) -> Option<AssignmentId> {
        self.id
    }

    /// Makes it a deny.
    pub fn denying(self) -> Self {
        Self { effect: Effect::Deny, ..self }
    }

    /// Lets it act only at the scope itself.
    pub fn here(self) -> Self {
        Self { reach: Reach::Here, ..self }
    }

    /// Lets it act only where a scope on the path carries `label`.
    pub fn labelled(self, label: Label) -> Self {
        Self { reach: Reach::Labelled(label), ..self }
    }

    /// Lets it act from `starts` on.
    pub fn starts(self, starts: Timestamp) -> Self {
        Self { starts: Some(starts), ..self }
    }

    /// Lets it act until just before `ends`.
    pub fn ends(self, ends: Timestamp) -> Self {
        Self { ends: Some(ends), ..self }
    }

    /// Adds a condition that the session must meet.
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Makes it a delegation: it gives at most the permissions of `delegator`.
    pub fn delegated_by(self, delegator: SubAccountId) -> Self {
        Self { delegator: Some(delegator), ..self }
    }

    /// Sets the reason; personal data.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}
