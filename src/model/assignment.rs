//! Assignment: who is granted or denied what, where, when and under which conditions.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::id::{AssignmentId, SubAccountId, TeamId};
use crate::model::condition::Condition;
use crate::model::maker::Maker;
use crate::model::personal::Personal;
use crate::model::role::{RoleRef, SystemRole};
use crate::model::scope::Scope;
use crate::model::validity::Validity;
use crate::permission::PermissionNames;
use crate::text::Label;

/// An assignment: to whom, where, and on which terms. Its terms read as its own fields:
/// `assignment.grant`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "StoredAssignment<'static>")]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// To whom the permissions are granted or denied.
    pub assignee: Assignee,
    /// Where it was made.
    pub scope: Scope,
    /// What it grants or denies, and when. Equal terms are stored once in an organization. To
    /// change them, use [`with`](Self::with).
    pub terms: Arc<Terms>,
    /// Who made it.
    pub by: Maker,
    /// Why it was made.
    pub reason: Option<Arc<Personal>>,
}

/// The terms of an assignment, independent of the assignee and the scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terms {
    /// What it grants or denies.
    pub grant: Grant,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// How far it reaches from its scope.
    pub reach: Reach,
    /// When it applies.
    pub validity: Validity,
    /// The conditions that a request must meet for the assignment to apply; all of them.
    pub conditions: Vec<Condition>,
    /// The sub-account whose access this assignment delegates. It grants at most what the delegator
    /// has.
    pub delegator: Option<SubAccountId>,
}

impl Assignment {
    /// Returns an unconditional allow for the whole subtree, without an end.
    pub fn allow(
        id: AssignmentId,
        assignee: impl Into<Assignee>,
        grant: impl Into<Grant>,
        scope: impl Into<Scope>,
    ) -> Self {
        let terms = Terms {
            grant: grant.into(),
            effect: Effect::Allow,
            reach: Reach::Subtree,
            validity: Validity::ALWAYS,
            conditions: Vec::new(),
            delegator: None,
        };
        let (assignee, scope, terms) = (assignee.into(), scope.into(), Arc::new(terms));
        Self { id, assignee, scope, terms, by: Maker::Host, reason: None }
    }

    /// Returns the assignment with changed terms.
    ///
    /// ```
    /// use tenantry::model::{Assignment, Effect, Reach};
    /// use tenantry::{AssignmentId, Scope, SubAccountId, SystemRole};
    ///
    /// # let (id, agent) = (AssignmentId::from_u128(1), SubAccountId::from_u128(1));
    /// let allow = Assignment::allow(id, agent, SystemRole::new("agent"), Scope::Organization);
    /// let deny = allow.clone().with(|it| {
    ///     it.effect = Effect::Deny;
    ///     it.reach = Reach::Here;
    /// });
    /// assert_eq!((allow.effect, deny.effect), (Effect::Allow, Effect::Deny));
    /// ```
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Terms)) -> Self {
        change(Arc::make_mut(&mut self.terms));
        self
    }

    /// Whether `other` has the same assignee, scope and terms. Compares no id, maker or reason.
    pub fn same_as(&self, other: &Self) -> bool {
        (self.assignee, self.scope, &self.terms) == (other.assignee, other.scope, &other.terms)
    }
}

impl Deref for Assignment {
    type Target = Terms;

    fn deref(&self) -> &Terms {
        &self.terms
    }
}

impl Serialize for Assignment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StoredAssignment::from(self).serialize(serializer)
    }
}

/// The stored form: one flat struct.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Assignment", deny_unknown_fields)]
struct StoredAssignment<'a> {
    id: AssignmentId,
    assignee: Assignee,
    grant: Cow<'a, Grant>,
    scope: Scope,
    effect: Effect,
    reach: Cow<'a, Reach>,
    #[serde(default, skip_serializing_if = "always")]
    validity: Validity,
    #[serde(default, skip_serializing_if = "unconditional")]
    conditions: Cow<'a, [Condition]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delegator: Option<SubAccountId>,
    #[serde(default, skip_serializing_if = "Maker::is_host")]
    by: Maker,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Arc<Personal>>,
}

fn always(validity: &Validity) -> bool {
    validity.is_always()
}

fn unconditional(conditions: &[Condition]) -> bool {
    conditions.is_empty()
}

impl<'a> From<&'a Assignment> for StoredAssignment<'a> {
    fn from(assignment: &'a Assignment) -> Self {
        let Assignment { id, assignee, scope, terms, by, reason } = assignment;
        Self {
            id: *id,
            assignee: *assignee,
            grant: Cow::Borrowed(&terms.grant),
            scope: *scope,
            effect: terms.effect,
            reach: Cow::Borrowed(&terms.reach),
            validity: terms.validity,
            conditions: Cow::Borrowed(&terms.conditions),
            delegator: terms.delegator,
            by: *by,
            reason: reason.clone(),
        }
    }
}

impl From<StoredAssignment<'_>> for Assignment {
    fn from(stored: StoredAssignment<'_>) -> Self {
        let StoredAssignment {
            id,
            assignee,
            grant,
            scope,
            effect,
            reach,
            validity,
            conditions,
            ..
        } = stored;
        let terms = Terms {
            grant: grant.into_owned(),
            effect,
            reach: reach.into_owned(),
            validity,
            conditions: conditions.into_owned(),
            delegator: stored.delegator,
        };
        let (by, reason) = (stored.by, stored.reason);
        Self { id, assignee, scope, terms: Arc::new(terms), by, reason }
    }
}

/// To whom an assignment applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// One sub-account.
    SubAccount(SubAccountId),
    /// All members of a team, including those of its sub-teams.
    Team(TeamId),
    /// All members of a scope. Members of the organization are its sub-accounts; members of another
    /// scope are the sub-accounts that an allow made there reaches directly or by team.
    MembersOf(Scope),
}

impl From<SubAccountId> for Assignee {
    fn from(id: SubAccountId) -> Self {
        Self::SubAccount(id)
    }
}

impl From<TeamId> for Assignee {
    fn from(id: TeamId) -> Self {
        Self::Team(id)
    }
}

/// What an assignment grants or denies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Grant {
    /// A role, with the permissions it has at the time of the check.
    Role(RoleRef),
    /// Permissions by name.
    Permissions {
        /// On everything in scope.
        any: PermissionNames,
        /// Only on what the sub-account owns or is assigned.
        #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
        own: PermissionNames,
    },
}

impl Grant {
    /// These permissions on everything in scope.
    pub const fn any(permissions: PermissionNames) -> Self {
        Self::Permissions { any: permissions, own: PermissionNames::none() }
    }

    /// These permissions only on what the sub-account owns or is assigned.
    pub const fn own(permissions: PermissionNames) -> Self {
        Self::Permissions { any: PermissionNames::none(), own: permissions }
    }
}

impl<R: Into<RoleRef>> From<R> for Grant {
    fn from(role: R) -> Self {
        Self::Role(role.into())
    }
}

impl PartialEq<SystemRole> for Grant {
    fn eq(&self, role: &SystemRole) -> bool {
        matches!(self, Self::Role(RoleRef::System(name)) if name.as_str() == role.name())
    }
}

/// Allow or deny. A deny beats every allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Grants permissions.
    Allow,
    /// Takes permissions away, wherever they were granted.
    Deny,
}

/// How far an assignment reaches from the scope where it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Its scope and everything below.
    Subtree,
    /// Its scope alone.
    Here,
    /// Scopes from its own downwards that carry the label, or are below one that does.
    Labelled(Label),
}
