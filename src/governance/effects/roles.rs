//! Effects of actions on roles, assignments and teams.

use std::collections::BTreeSet;

use crate::governance::action::action::Action;
use crate::governance::action::new_assignment::NewAssignment;
use crate::governance::effects::builder::{ChangeSetBuilder, found};
use crate::governance::error::ActionError;
use crate::governance::reach::names::{NameSet, NameTable};
use crate::governance::reach::view::View;
use crate::id::{RoleId, SubAccountId, TeamId};
use crate::model::link::Relation;
use crate::model::personal::Purpose;
use crate::model::{
    Assignee, Assignment, Effect, EntityId, Grant, Membership, Remove, Role, RoleRef, Scope,
    ScopeKinds, Terms, Validity,
};

impl ChangeSetBuilder<'_> {
    pub(super) fn apply_to_teams(&mut self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::CreateTeam(team) => {
                self.require_unused_id(EntityId::Team(team.id))?;
                self.put(team.clone());
            }
            Action::MoveTeam(id, parent) => {
                let entity = EntityId::Team(*id);
                let mut team = found(self.organization.teams(), id, entity)?;
                team.parent = *parent;
                self.put(team);
            }
            Action::DeleteTeam(id) => self.delete_team(*id)?,
            Action::AddToTeam(membership) => {
                self.require_joined(membership.sub_account, Effect::Allow)?;
                self.put(*membership);
            }
            Action::RemoveFromTeam(membership) => self.remove(Remove::Membership(*membership)),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn assign(&mut self, new: &NewAssignment) -> Result<(), ActionError> {
        let id = match new.id {
            Some(id) => id,
            None => self.ids.id()?.into(),
        };
        self.require_unused_id(EntityId::Assignment(id))?;
        self.check_grant(&new.grant, new.scope)?;
        let validity = match (new.starts, new.ends) {
            (Some(starts), Some(ends)) => Validity::between(starts, ends)?,
            (Some(starts), None) => Validity::from(starts),
            (None, Some(ends)) => Validity::until(ends),
            (None, None) => Validity::ALWAYS,
        };
        let terms = Terms {
            grant: new.grant.clone(),
            effect: new.effect,
            reach: new.reach.clone(),
            validity,
            conditions: new.conditions.clone(),
            delegator: new.delegator,
        };
        let mut assignment = Assignment {
            id,
            assignee: new.assignee.ok_or(ActionError::NoAssignee)?,
            scope: new.scope,
            terms: terms.into(),
            by: self.maker,
            reason: None,
        };
        if let Some(twin) = self.find_equivalent(&assignment) {
            return Err(ActionError::AlreadyAssigned(twin.id));
        }
        assignment.reason = self.personal(Purpose::Reason, new.reason.as_deref())?.map(Into::into);
        self.put(assignment);
        Ok(())
    }

    /// An assignment with equal terms, so that assigning twice makes one assignment.
    pub(super) fn find_equivalent(&self, assignment: &Assignment) -> Option<&Assignment> {
        let (entity, relation) = match assignment.assignee {
            Assignee::SubAccount(id) => (EntityId::SubAccount(id), Relation::Assignee),
            Assignee::Team(id) => (EntityId::Team(id), Relation::Assignee),
            Assignee::MembersOf(scope) => (scope.into(), Relation::MembersOf),
        };
        let is_taken_back = |id| self.set.changes.contains(&Remove::Assignment(id).into());
        let mut to_the_same = self.organization.assignments_by(entity, relation);
        to_the_same.find(|other| other.same_as(assignment) && !is_taken_back(other.id))
    }

    pub(super) fn check_grant(&self, grant: &Grant, scope: Scope) -> Result<(), ActionError> {
        match grant {
            Grant::Permissions { any, own } => self.require_all_known([any, own]),
            Grant::Role(role) => {
                let assignable = self.assignable(role)?;
                if assignable.contains(ScopeKinds::from(scope.kind())) {
                    return Ok(());
                }
                Err(ActionError::NotAssignable { role: role.clone(), kind: scope.kind() })
            }
        }
    }

    fn assignable(&self, role: &RoleRef) -> Result<ScopeKinds, ActionError> {
        let assignable = match role {
            RoleRef::System(name) => self.catalog.assignable(name),
            RoleRef::Custom(id) => self.organization.roles().get(id).map(|role| role.assignable),
        };
        assignable.ok_or_else(|| ActionError::UnknownRole(role.clone()))
    }

    pub(super) fn check_role(&self, role: &Role) -> Result<(), ActionError> {
        self.require_all_known([&role.any, &role.own])?;
        let itself = RoleRef::Custom(role.id);
        let mut referred = role.includes.iter().chain(&role.assigns);
        referred.try_for_each(|other| match other {
            // The model refuses a role that includes itself. A role may assign itself.
            other if *other == itself => Ok(()),
            other => self.assignable(other).map(drop),
        })
    }

    /// Removes the assignments by name by which a sub-account administers anything at a scope.
    pub(super) fn step_down(
        &mut self,
        sub_account: SubAccountId,
        scope: Scope,
        into: Option<&RoleRef>,
    ) -> Result<(), ActionError> {
        let organization = self.organization;
        let names = NameTable::new(self.catalog.vocabulary());
        let view = View::new(organization, self.catalog, &names);
        let governance = NameSet::known(self.catalog.governance());
        let administers = |assignment: &&Assignment| {
            let gives = view.grant(&assignment.grant);
            assignment.scope == scope
                && assignment.effect == Effect::Allow
                && (!gives.parts.both().intersection(governance).is_empty()
                    || !gives.licence.is_empty())
        };
        let entity = EntityId::SubAccount(sub_account);
        let given_up: Vec<_> = organization
            .assignments_by(entity, Relation::Assignee)
            .filter(administers)
            .map(|assignment| assignment.id)
            .collect();
        if given_up.is_empty() {
            return Err(ActionError::NothingToGiveUp { sub_account, scope });
        }
        for assignment in given_up {
            self.remove(Remove::Assignment(assignment));
        }
        if let Some(role) = into {
            self.assign_if_new(&NewAssignment::new(sub_account, role.clone(), scope))?;
        }
        Ok(())
    }

    pub(super) fn transfer_ownership(
        &mut self,
        from: SubAccountId,
        to: SubAccountId,
    ) -> Result<(), ActionError> {
        let organization = self.organization;
        let role = RoleRef::System(self.catalog.owner().clone());
        let owned: Vec<_> = organization
            .assignments_by(EntityId::SubAccount(from), Relation::Assignee)
            .filter(|it| it.scope == Scope::Organization && it.effect == Effect::Allow)
            .filter(|it| it.grant == Grant::Role(role.clone()))
            .map(|assignment| assignment.id)
            .collect();
        if owned.is_empty() {
            return Err(ActionError::NotAnOwner(from));
        }
        for assignment in owned {
            self.remove(Remove::Assignment(assignment));
        }
        self.require_joined(to, Effect::Allow)?;
        self.assign_if_new(&NewAssignment::new(to, role, Scope::Organization))
    }

    /// Makes an assignment unless an equal one exists.
    fn assign_if_new(&mut self, new: &NewAssignment) -> Result<(), ActionError> {
        match self.assign(new) {
            Err(ActionError::AlreadyAssigned(_)) => Ok(()),
            outcome => outcome,
        }
    }

    fn delete_team(&mut self, id: TeamId) -> Result<(), ActionError> {
        let organization = self.organization;
        let entity = EntityId::Team(id);
        found(organization.teams(), &id, entity)?;
        for assignment in organization.assignments_by(entity, Relation::Assignee) {
            self.remove(Remove::Assignment(assignment.id));
        }
        for member in organization.referring(entity, Relation::Member) {
            if let EntityId::SubAccount(sub_account) = member {
                self.remove(Remove::Membership(Membership { sub_account, team: id }));
            }
        }
        self.remove(Remove::Team(id));
        Ok(())
    }

    pub(super) fn delete_role(&mut self, id: RoleId) -> Result<(), ActionError> {
        let organization = self.organization;
        let entity = EntityId::Role(id);
        found(organization.roles(), &id, entity)?;
        for granting in organization.referring(entity, Relation::Grants) {
            self.remove_dependent(granting);
        }
        let referring: BTreeSet<EntityId> = [Relation::Includes, Relation::Assigns]
            .into_iter()
            .flat_map(|relation| organization.referring(entity, relation))
            .filter(|role| *role != entity)
            .collect();
        let gone = RoleRef::Custom(id);
        for role in referring {
            let EntityId::Role(role) = role else { continue };
            let mut role = found(organization.roles(), &role, EntityId::Role(role))?;
            role.includes.remove(&gone);
            role.assigns.remove(&gone);
            self.put(role);
        }
        self.remove(Remove::Role(id));
        Ok(())
    }
}
