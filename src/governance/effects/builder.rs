//! The builder of a change set: collects the effects of one action.

use crate::catalog::CatalogCore;
use crate::governance::action::id_source::IdSource;
use crate::governance::error::ActionError;
use crate::id::SubAccountId;
use crate::model::personal::{Personal, Purpose};
use crate::model::{
    Change, ChangeSet, Effect, EntityId, Maker, Organization, Profile, Remove, Status, SubAccount,
};
use crate::permission::PermissionNames;
use crate::table::Table;

/// Collects the effects of one action.
pub(super) struct ChangeSetBuilder<'a> {
    pub(super) organization: &'a Organization,
    pub(super) catalog: &'a CatalogCore,
    pub(super) maker: Maker,
    pub(super) ids: &'a mut dyn IdSource,
    pub(super) set: ChangeSet,
}

impl ChangeSetBuilder<'_> {
    pub(super) fn put(&mut self, noun: impl Into<Change>) {
        self.set.changes.push(noun.into());
    }

    pub(super) fn remove(&mut self, remove: Remove) {
        self.set.changes.push(remove.into());
    }

    /// Removes the row of an entity, if it is of a kind that goes along with others.
    pub(super) fn remove_dependent(&mut self, entity: EntityId) {
        match entity {
            EntityId::Resource(id) => self.remove(Remove::Resource(id)),
            EntityId::Assignment(id) => self.remove(Remove::Assignment(id)),
            EntityId::Consent(id) => self.remove(Remove::Consent(id)),
            EntityId::Invitation(id) => self.remove(Remove::Invitation(id)),
            EntityId::Request(id) => self.remove(Remove::Request(id)),
            _ => {}
        }
    }

    pub(super) fn require_unused_id(&self, entity: EntityId) -> Result<(), ActionError> {
        if self.organization.contains(entity) {
            return Err(ActionError::AlreadyExists(entity));
        }
        Ok(())
    }

    /// New data may only name permissions of the catalog. Stored names of other releases are kept.
    pub(super) fn require_known(&self, names: &PermissionNames) -> Result<(), ActionError> {
        let vocabulary = self.catalog.vocabulary();
        match names.iter().find(|name| vocabulary.bit(name.as_str()).is_none()) {
            Some(name) => Err(ActionError::UnknownPermission(name.to_string())),
            None => Ok(()),
        }
    }

    pub(super) fn require_all_known<'n>(
        &self,
        sets: impl IntoIterator<Item = &'n PermissionNames>,
    ) -> Result<(), ActionError> {
        sets.into_iter().try_for_each(|names| self.require_known(names))
    }

    pub(super) fn edit_profile(&mut self, edit: impl FnOnce(&mut Profile)) {
        let mut profile = self.organization.profile().clone();
        edit(&mut profile);
        self.put(profile);
    }

    pub(super) fn edit_sub_account(
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

    /// Adds a side row for personal data, and returns the reference that the object stores.
    pub(super) fn personal(
        &mut self,
        purpose: Purpose,
        value: Option<&str>,
    ) -> Result<Option<Personal>, ActionError> {
        let Some(value) = value else { return Ok(None) };
        let row = self.ids.row(purpose, value)?;
        let reference = row.reference();
        self.set.personal.push(row);
        Ok(Some(reference))
    }

    /// Refuses allows to an account that is invited and has not joined: those belong into the
    /// invitation.
    pub(super) fn require_joined(
        &self,
        id: SubAccountId,
        effect: Effect,
    ) -> Result<(), ActionError> {
        let sub_account = self.organization.sub_accounts().get(&id);
        let is_invited = sub_account.is_some_and(|it| it.status == Status::Invited);
        if is_invited && effect == Effect::Allow { Err(ActionError::NotJoined(id)) } else { Ok(()) }
    }
}

/// A copy of the row with this id.
pub(super) fn found<K: Ord + Clone, V: Clone>(
    table: &Table<K, V>,
    id: &K,
    entity: EntityId,
) -> Result<V, ActionError> {
    table.get(id).cloned().ok_or(ActionError::Unknown(entity))
}
