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

/// An assignment: to whom, where, and on which terms. Its terms are read as if they were its own: `assignment.grant`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "StoredAssignment<'static>")]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Whom it concerns.
    pub assignee: Assignee,
    /// Where it is made.
    pub scope: Scope,
    /// What it says; an organization keeps once what thousands say alike. To say something else, see [`with`](Self::with).
    pub terms: Arc<Terms>,
    /// Who made it.
    pub by: Maker,
    /// Why it was made.
    pub reason: Option<Arc<Personal>>,
}

/// What an assignment says, whomever it concerns and wherever it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terms {
    /// What it grants or denies.
    pub grant: Grant,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// How far it reaches from where it is made.
    pub reach: Reach,
    /// When it acts.
    pub validity: Validity,
    /// What a request must meet for it to act; all of them.
    pub conditions: Vec<Condition>,
    /// The sub-account whose access this passes on: it gives at most what that one has.
    pub delegator: Option<SubAccountId>,
}

impl Assignment {
    /// An unconditional allow for the whole subtree, always.
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

    /// The same assignment on other terms.
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

    /// Whether `other` says the same thing, whatever its id, its maker and its reason.
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

/// The stored form, which knows of no terms apart.
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

/// Whom an assignment concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// One sub-account.
    SubAccount(SubAccountId),
    /// Everyone in a team or in the teams it holds.
    Team(TeamId),
    /// Everyone at a scope: of the organization, its sub-accounts; of another scope, whoever an allow made there names
    /// directly or by team.
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
    /// A role, with whatever it holds at the time of the check.
    Role(RoleRef),
    /// Permissions by name: on everything in scope, and on what the sub-account owns.
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
    /// Grants.
    Allow,
    /// Takes away, from whatever place it was granted.
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
    /// Only where a scope on the way down, its own included, carries the label.
    Labelled(Label),
}
