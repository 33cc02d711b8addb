//! Keeps keys, logins, personal data and indexes up to date when an object is inserted or replaced.

use crate::model::apply::pending_revision::PendingRevision;
use crate::model::assignment::Assignment;
use crate::model::change::StructureError;
use crate::model::index::Indexes;
use crate::model::link::{EntityId, Link, References};
use crate::model::organization::Retired;
use crate::model::personal::{Digest, Personal, Purpose};
use crate::model::request::Request;
use crate::model::resource::Resource;
use crate::model::scope::Key;
use crate::model::sub_account::{SubAccount, SubAccountKind};
use crate::model::workspace::Workspace;

impl PendingRevision<'_> {
    pub(in crate::model) fn reindex_workspace(
        &mut self,
        old: Option<&Workspace>,
        new: &Workspace,
    ) -> Result<(), StructureError> {
        self.next.indexes.set_limited(new.id, new.is_limited());
        let (before, after) = (old.and_then(|old| old.key.as_ref()), new.key.as_ref());
        if before != after {
            if let Some(key) = before {
                self.next.indexes.workspace_keys.remove(key);
                self.next.retired.insert(Retired::WorkspaceKey(key.clone()), ());
            }
            if let Some(key) = after {
                let holder = self.next.indexes.workspace_keys.insert(key.clone(), new.id);
                let retired = Retired::WorkspaceKey(key.clone());
                self.check_key(key, holder.map(EntityId::Workspace), &retired)?;
            }
        }
        Ok(())
    }

    pub(in crate::model) fn reindex_resource(
        &mut self,
        old: Option<&Resource>,
        new: &Resource,
    ) -> Result<(), StructureError> {
        self.next.indexes.set_limited(new.id, new.is_limited());
        self.next.indexes.count_nested(old, Some(new));
        let (before, after) = (old.and_then(Resource::full_key), new.full_key());
        if before != after {
            if let Some((kind, key)) = before {
                let full = (kind.clone(), key.clone());
                self.next.indexes.resource_keys.remove(&full);
                self.next.retired.insert(Retired::ResourceKey(full.0, full.1), ());
            }
            if let Some((kind, key)) = after {
                let full = (kind.clone(), key.clone());
                let holder = self.next.indexes.resource_keys.insert(full, new.id);
                let retired = Retired::ResourceKey(kind.clone(), key.clone());
                self.check_key(key, holder.map(EntityId::Resource), &retired)?;
            }
        }
        let moved = old.is_some_and(|old| old.parent != new.parent);
        self.reindex_references(old, Some(new), moved);
        Ok(())
    }

    pub(in crate::model) fn reindex_sub_account(
        &mut self,
        old: Option<&SubAccount>,
        new: &SubAccount,
    ) -> Result<(), StructureError> {
        let (from, to) = (old.map(|old| old.status), new.status);
        let may_start = self.index_builder.is_some() || to.may_start();
        if !from.map_or(may_start, |from| from.may_become(to)) {
            return Err(StructureError::IllegalStatus { sub_account: new.id, from, to });
        }
        let is_service = |of: &SubAccount| of.kind == SubAccountKind::Service;
        if old.is_some_and(|old| is_service(old) != is_service(new)) {
            return Err(StructureError::KindChanged(new.id));
        }
        self.replace_login(old, new)?;
        self.replace_personal(old.and_then(|old| old.name), new.name, Purpose::Name)?;
        self.next.indexes.replace_former_logins(old, new);
        self.next.indexes.count_seat(old, new);
        self.reindex_references(old, Some(new), false);
        Ok(())
    }

    pub(in crate::model) fn reindex_assignment(
        &mut self,
        old: Option<&Assignment>,
        new: &Assignment,
    ) -> Result<(), StructureError> {
        let reason = |of: &Assignment| of.reason.as_deref().copied();
        self.replace_personal(old.and_then(reason), reason(new), Purpose::Reason)?;
        match &mut self.index_builder {
            Some(builder) => builder.add_assignment(new, &mut self.next.indexes),
            None => self.next.indexes.replace_assignment(old, Some(new)),
        }
        self.reindex_references(old, Some(new), false);
        Ok(())
    }

    pub(in crate::model) fn reindex_request(
        &mut self,
        old: Option<&Request>,
        new: &Request,
    ) -> Result<(), StructureError> {
        self.replace_request_personal(old, Some(new))?;
        self.reindex_references(old, Some(new), false);
        Ok(())
    }

    fn check_key(
        &self,
        key: &Key,
        holder: Option<EntityId>,
        retired: &Retired,
    ) -> Result<(), StructureError> {
        match holder {
            Some(holder) => Err(StructureError::DuplicateKey { key: key.clone(), holder }),
            None if self.next.retired.contains_key(retired) => {
                Err(StructureError::KeyReused(key.clone()))
            }
            None => Ok(()),
        }
    }

    /// Replaces an object's references and instants in the indexes, and marks the object as
    /// changed.
    pub(in crate::model) fn reindex_references<N: References>(
        &mut self,
        old: Option<&N>,
        new: Option<&N>,
        moved: bool,
    ) {
        if let (Some(builder), Some(new)) = (&mut self.index_builder, new) {
            builder.add_references(new);
            return;
        }
        let Indexes { links, instants, .. } = &mut self.next.indexes;
        if let Some(old) = old {
            let (from, references) = old.references();
            for (relation, to) in references {
                links.remove(&Link { to, relation, from });
            }
            for instant in old.instants().into_iter().flatten() {
                instants.remove(&(instant, from));
            }
        }
        if let Some(new) = new {
            let (from, references) = new.references();
            for (relation, to) in references {
                links.insert(Link { to, relation, from }, ());
            }
            for instant in new.instants().into_iter().flatten() {
                instants.insert((instant, from), ());
            }
            *self.touched.entry(from).or_insert(false) |= moved;
        }
    }

    /// Replaces one reference to personal data: removes the old row and inserts the new one if it
    /// was given.
    pub(in crate::model) fn replace_personal(
        &mut self,
        old: Option<Personal>,
        new: Option<Personal>,
        purpose: Purpose,
    ) -> Result<(), StructureError> {
        if old == new {
            return Ok(());
        }
        if let Some(old) = old {
            self.next.personal.remove(&old.id);
            self.next.indexes.personal.remove(&old.id);
        }
        let Some(new) = new else { return Ok(()) };
        let in_use = self.next.indexes.personal.insert(new.id, ()).is_some();
        if in_use || old.is_some_and(|old| old.id == new.id) {
            return Err(StructureError::PersonalReused(new.id));
        }
        if let Some(row) = self.rows.remove(&new.id) {
            if row.reference() != new || row.purpose() != purpose {
                return Err(StructureError::PersonalMismatch(new.id));
            }
            self.next.personal.insert(new.id, row.clone());
        }
        Ok(())
    }

    /// Replaces the references to personal data of a request, one by one.
    pub(in crate::model) fn replace_request_personal(
        &mut self,
        old: Option<&Request>,
        new: Option<&Request>,
    ) -> Result<(), StructureError> {
        let references = |request: Option<&Request>| request.map_or([None; 3], Request::personal);
        let places = references(old).into_iter().zip(references(new));
        let mut places = places.zip(Request::PURPOSES);
        places.try_for_each(|((old, new), purpose)| self.replace_personal(old, new, purpose))
    }

    /// Replaces a login, or the hash of an erased one, in the index of logins.
    fn replace_login(
        &mut self,
        old: Option<&SubAccount>,
        new: &SubAccount,
    ) -> Result<(), StructureError> {
        if new.login.is_some() && new.erased.is_some() {
            return Err(StructureError::ErasedWithLogin(new.id));
        }
        let (login, erased) = old.map_or((None, None), |old| (old.login, old.erased));
        if (login, erased) == (new.login, new.erased) {
            return Ok(());
        }
        if let Some(hash) = old.and_then(|old| self.login_hash(old)) {
            self.next.indexes.logins.remove(&hash);
        }
        self.replace_personal(login, new.login, Purpose::Login)?;
        let Some(hash) = self.login_hash(new) else { return Ok(()) };
        match self.next.indexes.logins.insert(hash, new.id) {
            Some(holder) => Err(StructureError::DuplicateLogin { holder }),
            None => Ok(()),
        }
    }

    /// The hash of a sub-account's login, present or erased. `None` if it has none, or its row was
    /// deleted.
    fn login_hash(&self, sub_account: &SubAccount) -> Option<Digest> {
        let Some(login) = sub_account.login else { return sub_account.erased };
        let row = self.next.personal.get(&login.id)?;
        Some(self.next.hash_of(row.value()))
    }
}
