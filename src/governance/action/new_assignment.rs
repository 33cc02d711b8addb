//! A new assignment, described step by step.

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
/// let visit = NewAssignment::new(agent, VISITOR, Scope::Organization).ends(until).reason("trade fair");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an assignment does nothing until it is committed"]
pub struct NewAssignment {
    pub(in crate::governance) id: Option<AssignmentId>,
    /// None: whoever it comes with an invitation, a new sub-account or an approval to.
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

    /// The same without saying to whom, for what says so itself: an invitation, a new sub-account, an approval.
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

    /// With an id of the host's choice.
    pub fn id(self, id: AssignmentId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// The same, to another assignee.
    pub fn to(self, assignee: impl Into<Assignee>) -> Self {
        Self { assignee: Some(assignee.into()), ..self }
    }

    /// The id that the host chose, if it did.
    pub(crate) const fn chosen_id(&self) -> Option<AssignmentId> {
        self.id
    }

    /// Denies instead of allowing.
    pub fn denying(self) -> Self {
        Self { effect: Effect::Deny, ..self }
    }

    /// Only at the scope itself.
    pub fn here(self) -> Self {
        Self { reach: Reach::Here, ..self }
    }

    /// Only where a scope on the way down carries `label`.
    pub fn labelled(self, label: Label) -> Self {
        Self { reach: Reach::Labelled(label), ..self }
    }

    /// From `starts` on.
    pub fn starts(self, starts: Timestamp) -> Self {
        Self { starts: Some(starts), ..self }
    }

    /// Until just before `ends`.
    pub fn ends(self, ends: Timestamp) -> Self {
        Self { ends: Some(ends), ..self }
    }

    /// Only if the request meets `condition`, besides any other.
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Passes on what `delegator` has, and no more than that.
    pub fn delegated_by(self, delegator: SubAccountId) -> Self {
        Self { delegator: Some(delegator), ..self }
    }

    /// Why it is made; personal data.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}
