//! Effects: what each action does to an organization, derived removals written out.
//!
//! Nothing here asks whether anybody may: that is judged afterwards, from what the effects come to.

mod logins;
mod people;
mod reduce;
mod roles;
mod scopes;
mod time;

pub(crate) use people::still_makes_sense;

use jiff::Timestamp;

use crate::catalog::CatalogCore;
use crate::governance::{Action, ActionError, Mint, security};
use crate::id::SubAccountId;
use crate::model::personal::{Personal, Purpose};
use crate::model::{
    Assignee, Change, ChangeSet, Consent, Effect, EntityId, Maker, Organization, Profile, Remove,
    Scope, Status, SubAccount,
};
use crate::permission::PermissionNames;
use crate::table::Table;

/// Turns actions of `maker` into one change set on top of `organization`, each action seeing what
/// those before it did, and returns it with the organization as it will then be. What ends as it
/// was is not in the set; if all of it does, the set is empty.
pub(super) fn draft(
    organization: &Organization,
    catalog: &CatalogCore,
    actions: &[Action],
    maker: Maker,
    time: Timestamp,
    mint: &mut dyn Mint,
) -> Result<(ChangeSet, Organization), ActionError> {
    if actions.len() > 1 && actions.contains(&Action::ResetTime) {
        return Err(ActionError::NotAlone("set the time of the organization anew"));
    }
    let mut set = ChangeSet { time, changes: Vec::new(), personal: Vec::new() };
    let mut seen = organization.clone();
    for action in actions {
        let set_of_one = ChangeSet { time, changes: Vec::new(), personal: Vec::new() };
        let mut effects = Effects { organization: &seen, catalog, maker, mint, set: set_of_one };
        effects.of(action)?;
        let step = effects.set;
        seen = seen.with(&step)?;
        set.changes.extend(step.changes);
        set.personal.extend(step.personal);
    }
    let is_reduced = reduce::reduce(&mut set, organization, &seen);
    // What is recorded is the whole set, so the whole set is what must lead there, in one revision.
    let is_whole = actions.len() == 1 && !is_reduced;
    let next = if is_whole { seen } else { organization.clone().with(&set)? };
    Ok((set, next))
}

/// The effects of one action, as they are found.
struct Effects<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogCore,
    maker: Maker,
    mint: &'a mut dyn Mint,
    set: ChangeSet,
}

impl Effects<'_> {
    fn of(&mut self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::RenameOrganization(name) => {
                self.edit_profile(|profile| profile.name = name.clone());
            }
            Action::SetOrganizationStatus(status) => {
                self.edit_profile(|profile| profile.status = *status);
            }
            Action::SetSecurityPolicy(policy) => {
                let (organization, time) = (self.organization, self.set.time);
                let is_owner = |id| security::is_owner(organization, self.catalog, id, time);
                let is_confirming =
                    self.maker.is_of_the_host() || self.maker.sub_account().is_some_and(is_owner);
                self.edit_profile(|it| security::set_policy(it, policy, is_confirming));
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
            | Action::RemoveFromTeam(_) => self.of_teams(action)?,
            Action::CreateRole(role) => {
                self.is_new(EntityId::Role(role.id))?;
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
                    self.has_joined(id, new.effect)?;
                }
                self.assign(new)?;
            }
            Action::Revoke(id) => self.remove(Remove::Assignment(*id)),
            Action::TransferOwnership { from, to } => self.transfer_ownership(*from, *to)?,
            Action::StepDown { sub_account, scope, into } => {
                self.step_down(*sub_account, *scope, into.as_ref())?;
            }
            Action::GiveConsent(consent) => {
                self.is_new(EntityId::Consent(consent.id))?;
                self.known(&consent.mask)?;
                self.put(Consent { by: self.maker, ..consent.clone() });
            }
            Action::EndConsent(id) => self.remove(Remove::Consent(*id)),
            of_people => self.of_people(of_people)?,
        }
        Ok(())
    }

    fn put(&mut self, noun: impl Into<Change>) {
        self.set.changes.push(noun.into());
    }

    fn remove(&mut self, remove: Remove) {
        self.set.changes.push(remove.into());
    }

    fn is_new(&self, entity: EntityId) -> Result<(), ActionError> {
        if self.organization.contains(entity) {
            return Err(ActionError::AlreadyExists(entity));
        }
        Ok(())
    }

    /// New data names only permissions that the catalog knows; names of other releases stay where they are stored.
    fn known(&self, names: &PermissionNames) -> Result<(), ActionError> {
        let vocabulary = self.catalog.vocabulary();
        match names.iter().find(|name| vocabulary.bit(name.as_str()).is_none()) {
            Some(name) => Err(ActionError::UnknownPermission(name.to_string())),
            None => Ok(()),
        }
    }

    fn all_known<'n>(
        &self,
        sets: impl IntoIterator<Item = &'n PermissionNames>,
    ) -> Result<(), ActionError> {
        sets.into_iter().try_for_each(|names| self.known(names))
    }

    fn edit_profile(&mut self, edit: impl FnOnce(&mut Profile)) {
        let mut profile = self.organization.profile().clone();
        edit(&mut profile);
        self.put(profile);
    }

    fn edit_sub_account(
        &mut self,
        id: SubAccountId,
        edit: impl FnOnce(&mut SubAccount),
    ) -> Result<(), ActionError> {
        let entity = EntityId::SubAccount(id);
        let mut sub_account = found(self.organization.sub_accounts(), &id, entity)?;
        edit(&mut sub_account);
        self.put(sub_account);
        Ok(())
    }

    /// Puts a value into a side row and returns what the noun stores in its place.
    fn personal(
        &mut self,
        purpose: Purpose,
        value: Option<&str>,
    ) -> Result<Option<Personal>, ActionError> {
        let Some(value) = value else { return Ok(None) };
        let row = self.mint.row(purpose, value)?;
        let reference = row.reference();
        self.set.personal.push(row);
        Ok(Some(reference))
    }

    /// Somebody who has not accepted an invitation gets what it promises, and nothing on the side.
    fn has_joined(&self, id: SubAccountId, effect: Effect) -> Result<(), ActionError> {
        let sub_account = self.organization.sub_accounts().get(&id);
        let is_invited = sub_account.is_some_and(|it| it.status == Status::Invited);
        if is_invited && effect == Effect::Allow { Err(ActionError::NotJoined(id)) } else { Ok(()) }
    }
}

/// A copy of what has this id.
fn found<K: Ord + Clone, V: Clone>(
    table: &Table<K, V>,
    id: &K,
    entity: EntityId,
) -> Result<V, ActionError> {
    table.get(id).cloned().ok_or(ActionError::Unknown(entity))
}
