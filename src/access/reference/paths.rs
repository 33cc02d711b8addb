//! The rules on assignments: which sub-accounts they reach, and whether they take effect.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::decision::Reason;
use crate::access::reference::rules::{ReferencePath, ReferenceQuestion, Rules};
use crate::catalog::Parts;
use crate::id::{SubAccountId, TeamId};
use crate::model::{Assignee, Assignment, Effect, Grant, RoleRef, Scope, Validity};
use crate::permission::PermissionNames;

impl<'a> Rules<'a> {
    /// D3: an assignment reaches a sub-account directly, through teams, or as a member of a scope.
    pub(super) fn paths(
        &self,
        assignment: &'a Assignment,
        sub_account: SubAccountId,
    ) -> Vec<ReferencePath<'a>> {
        let path = |membership| ReferencePath { assignment, membership };
        match assignment.assignee {
            Assignee::MembersOf(Scope::Organization) => vec![path(None)],
            Assignee::MembersOf(scope) => self
                .organization
                .assignments()
                .values()
                .filter(|made| made.effect == Effect::Allow && made.scope == scope)
                .filter(|made| self.names(made.assignee, sub_account))
                .map(|made| path(Some(made)))
                .collect(),
            named if self.names(named, sub_account) => vec![path(None)],
            Assignee::SubAccount(_) | Assignee::Team(_) => Vec::new(),
        }
    }

    /// Whether an assignee names a sub-account, directly or by team.
    pub(super) fn names(&self, assignee: Assignee, sub_account: SubAccountId) -> bool {
        match assignee {
            Assignee::SubAccount(id) => id == sub_account,
            Assignee::Team(team) => {
                self.organization.teams_of(sub_account).any(|own| self.is_within(own, team))
            }
            Assignee::MembersOf(_) => false,
        }
    }

    /// D3: the members of a sub-team belong to its parents too.
    pub(crate) fn is_within(&self, team: TeamId, ancestor: TeamId) -> bool {
        let mut above = Some(team);
        while let Some(id) = above {
            if id == ancestor {
                return true;
            }
            above = self.organization.teams().get(&id).and_then(|team| team.parent);
        }
        false
    }

    /// D3, D7: refuses a path outside the windows of the assignment or of the membership that it
    /// comes by.
    pub(crate) fn check_validity(path: ReferencePath<'_>, now: Timestamp) -> Result<(), Reason> {
        let windows = || Self::both(path).map(|assignment| assignment.validity);
        if windows().any(|window| Validity::is_ahead(window, now)) {
            return Err(Reason::NotYetValid);
        }
        if windows().any(|window| Validity::is_over(window, now)) {
            return Err(Reason::Expired);
        }
        Ok(())
    }

    /// The assignment and the membership that it comes by.
    pub(crate) fn both(path: ReferencePath<'_>) -> impl Iterator<Item = &Assignment> {
        std::iter::once(path.assignment).chain(path.membership)
    }

    /// D8: all conditions have to be met. D13: they count as met where the answer bounds another
    /// sub-account.
    pub(crate) fn conditions(path: ReferencePath<'_>, question: &ReferenceQuestion<'_>) -> Truth {
        if question.is_bound {
            return Truth::True;
        }
        question.context.meets_all(Self::both(path).flat_map(|it| &it.conditions))
    }

    /// D3: the permissions that an allow grants, with those of included roles. A role that the
    /// catalog does not know grants nothing.
    pub(crate) fn parts(&self, grant: &Grant) -> Parts {
        let known = |names: &PermissionNames| self.catalog.vocabulary().bits(names);
        let role = match grant {
            Grant::Permissions { any, own } => return Parts { any: known(any), own: known(own) },
            Grant::Role(role) => role,
        };
        let mut parts = Parts::default();
        for role in self.closure(role) {
            parts = parts.union(match role {
                RoleRef::System(name) => self.catalog.role(name),
                RoleRef::Custom(id) => {
                    let role = self.organization.roles().get(id);
                    role.map_or(Parts::default(), |role| Parts {
                        any: known(&role.any),
                        own: known(&role.own),
                    })
                }
            });
        }
        parts
    }

    /// D5: the permissions that a deny takes. A deny of a role that the catalog does not know, or
    /// that includes such a role, takes everything.
    pub(crate) fn takes(&self, grant: &Grant) -> Parts {
        match grant {
            Grant::Role(role) if !self.closure(role).into_iter().all(|it| self.is_known(it)) => {
                let universe = self.catalog.vocabulary().universe();
                Parts { any: universe, own: universe }
            }
            _ => self.parts(grant),
        }
    }

    /// Whether the catalog or the organization defines a role.
    pub(crate) fn is_known(&self, role: &RoleRef) -> bool {
        match role {
            RoleRef::System(name) => self.catalog.has_role(name),
            RoleRef::Custom(id) => self.organization.roles().contains_key(id),
        }
    }

    /// A role with the custom roles that it includes, and the system roles that these include.
    fn closure<'r>(&'r self, role: &'r RoleRef) -> BTreeSet<&'r RoleRef> {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![role];
        while let Some(role) = ahead.pop() {
            if seen.insert(role)
                && let RoleRef::Custom(id) = role
            {
                ahead.extend(
                    self.organization.roles().get(id).into_iter().flat_map(|it| &it.includes),
                );
            }
        }
        seen
    }
}
