//! Drafts a change set: turns actions into the rows that they put and remove.

use jiff::Timestamp;

use crate::catalog::CatalogCore;
use crate::governance::action::action::Action;
use crate::governance::action::id_source::IdSource;
use crate::governance::effects::builder::{ChangeSetBuilder, found};
use crate::governance::effects::reduce::reduce;
use crate::governance::effects::security::set_policy;
use crate::governance::error::ActionError;
use crate::governance::invariants::owners::is_owner;
use crate::model::{Assignee, ChangeSet, Consent, EntityId, Maker, Organization, Remove, Scope};

/// Turns the actions of `maker` into one change set on `organization`, each action seeing the
/// effects of those before it. Returns the set, and the organization after it. Rows that end
/// unchanged are left out of the set, which may be empty.
pub(in crate::governance) fn draft(
    organization: &Organization,
    catalog: &CatalogCore,
    actions: &[Action],
    maker: Maker,
    time: Timestamp,
    ids: &mut dyn IdSource,
) -> Result<(ChangeSet, Organization), ActionError> {
    if actions.len() > 1 && actions.contains(&Action::ResetTime) {
        return Err(ActionError::NotAlone("set the time of the organization anew"));
    }
    let empty = || ChangeSet { time, changes: Vec::new(), personal: Vec::new() };
    let mut set = empty();
    let mut seen = organization.clone();
    for action in actions {
        let mut builder =
            ChangeSetBuilder { organization: &seen, catalog, maker, ids, set: empty() };
        builder.apply(action)?;
        let step = builder.set;
        seen = seen.with(&step)?;
        set.changes.extend(step.changes);
        set.personal.extend(step.personal);
    }
    let is_reduced = reduce(&mut set, organization, &seen);
    // The recorded set must lead to this organization in one revision, so it is applied as a whole.
    let is_whole = actions.len() == 1 && !is_reduced;
    let next = if is_whole { seen } else { organization.clone().with(&set)? };
    Ok((set, next))
}

impl ChangeSetBuilder<'_> {
    fn apply(&mut self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::RenameOrganization(name) => {
                self.edit_profile(|profile| profile.name = name.clone());
            }
            Action::SetOrganizationStatus(status) => {
                self.edit_profile(|profile| profile.status = *status);
            }
            Action::SetSecurityPolicy(policy) => {
                let (organization, time) = (self.organization, self.set.time);
                let is_an_owner = |id| is_owner(organization, self.catalog, id, time);
                let is_confirming = self.maker.is_of_the_host()
                    || self.maker.sub_account().is_some_and(is_an_owner);
                self.edit_profile(|it| set_policy(it, policy, is_confirming));
            }
            Action::ResetTime => self.reset_time(),
            Action::CreateWorkspace(workspace) => self.create_workspace(workspace)?,
            Action::RenameWorkspace(id, name) => {
                self.edit_workspace(*id, |workspace| workspace.name = name.clone())?;
            }
            Action::SetWorkspaceStatus(id, status) => {
                self.edit_workspace(*id, |workspace| workspace.status = *status)?;
            }
            Action::DeleteWorkspace(id) => self.delete_workspace(*id)?,
            Action::CreateResource(resource) => self.create_resource(resource)?,
            Action::MoveResource(id, parent) => {
                self.edit_resource(*id, |resource| resource.parent = *parent)?;
            }
            Action::SetResourceOwner(id, owner) => {
                self.edit_resource(*id, |resource| resource.owner = *owner)?;
            }
            Action::DeleteResource(id) => self.delete_resource(*id)?,
            Action::SetInheritance(scope, names) => self.set_inheritance(*scope, names)?,
            Action::SetCeiling(scope, ceiling) => self.set_ceiling(*scope, ceiling.as_ref())?,
            Action::SetLabels(scope, labels) => {
                let labels = labels.clone();
                match scope {
                    Scope::Organization => self.edit_profile(|it| it.labels = labels),
                    Scope::Workspace(id) => self.edit_workspace(*id, |it| it.labels = labels)?,
                    Scope::Resource(id) => self.edit_resource(*id, |it| it.labels = labels)?,
                }
            }
            Action::CreateTeam(_)
            | Action::MoveTeam(..)
            | Action::DeleteTeam(_)
            | Action::AddToTeam(_)
            | Action::RemoveFromTeam(_) => self.apply_to_teams(action)?,
            Action::CreateRole(role) => {
                self.require_unused_id(EntityId::Role(role.id))?;
                self.check_role(role)?;
                self.put(role.clone());
            }
            Action::ReplaceRole(role) => {
                found(self.organization.roles(), &role.id, EntityId::Role(role.id))?;
                self.check_role(role)?;
                self.put(role.clone());
            }
            Action::DeleteRole(id) => self.delete_role(*id)?,
            Action::Assign(new) => {
                if let Some(Assignee::SubAccount(id)) = new.assignee {
                    self.require_joined(id, new.effect)?;
                }
                self.assign(new)?;
            }
            Action::Revoke(id) => self.remove(Remove::Assignment(*id)),
            Action::TransferOwnership { from, to } => self.transfer_ownership(*from, *to)?,
            Action::StepDown { sub_account, scope, into } => {
                self.step_down(*sub_account, *scope, into.as_ref())?;
            }
            Action::GiveConsent(consent) => {
                self.require_unused_id(EntityId::Consent(consent.id))?;
                self.require_known(&consent.mask)?;
                self.put(Consent { by: self.maker, ..consent.clone() });
            }
            Action::EndConsent(id) => self.remove(Remove::Consent(*id)),
            of_people => self.apply_to_people(of_people)?,
        }
        Ok(())
    }
}
