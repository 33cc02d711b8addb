//! The reference evaluator on assignments: whom they contain, and whether they act.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::decision::Reason;
use crate::access::reference::{Path, Question, Rules};
use crate::catalog::Parts;
use crate::id::{SubAccountId, TeamId};
use crate::model::{Assignee, Assignment, Effect, Grant, RoleRef, Scope, Validity};
use crate::permission::PermissionNames;

impl<'a> Rules<'a> {
    /// D3: it contains s directly, through teams, or as a member of a scope.
    pub(super) fn paths(
        &self,
        assignment: &'a Assignment,
        sub_account: SubAccountId,
    ) -> Vec<Path<'a>> {
        let path = |membership| Path { assignment, membership };
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

    pub(super) fn names(&self, assignee: Assignee, sub_account: SubAccountId) -> bool {
        match assignee {
            Assignee::SubAccount(id) => id == sub_account,
            Assignee::Team(team) => {
                self.organization.teams_of(sub_account).any(|own| self.is_within(own, team))
            }
            Assignee::MembersOf(_) => false,
        }
    }

    /// D3: a sub-team's members belong to the parent.
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

    /// D3, D7, D8: the windows of an assignment and of the membership it comes by, both.
    pub(crate) fn in_time(path: Path<'_>, now: Timestamp) -> Result<(), Reason> {
        let windows = || Self::both(path).map(|assignment| assignment.validity);
        if windows().any(|window| Validity::is_ahead(window, now)) {
            return Err(Reason::NotYetValid);
        }
        if windows().any(|window| Validity::is_over(window, now)) {
            return Err(Reason::Expired);
        }
        Ok(())
    }

    pub(crate) fn both(path: Path<'_>) -> impl Iterator<Item = &Assignment> {
        std::iter::once(path.assignment).chain(path.membership)
    }

    /// D8: conditions are joined by "and"; D13: on the bounding side they count as met.
    pub(crate) fn conditions(path: Path<'_>, question: &Question<'_>) -> Truth {
        if question.bounding {
            return Truth::True;
        }
        question.context.meets_all(Self::both(path).flat_map(|it| &it.conditions))
    }

    /// D3: roles are closed over includes.
    pub(crate) fn parts(&self, grant: &Grant) -> Parts {
        let known = |names: &PermissionNames| self.catalog.vocabulary().bits(names);
        let role = match grant {
            Grant::Permissions { any, own } => return Parts { any: known(any), own: known(own) },
            Grant::Role(role) => role,
        };
        let mut seen = BTreeSet::new();
        let mut ahead = vec![role];
        let mut parts = Parts::default();
        while let Some(role) = ahead.pop() {
            match role {
                role if !seen.insert(role) => {}
                RoleRef::System(name) => parts = parts.union(self.catalog.role(name)),
                RoleRef::Custom(id) => {
                    let Some(role) = self.organization.roles().get(id) else { continue };
                    parts = parts.union(Parts { any: known(&role.any), own: known(&role.own) });
                    ahead.extend(&role.includes);
                }
            }
        }
        parts
    }
}
