//! Creating an organization.

use crate::directory::directory::Directory;
use crate::directory::error::{CommitError, LoadError};
use crate::directory::loaded::{LoadedOrganization, StoredSize};
use crate::directory::write::{SideRows, send};
use crate::governance::{ActionError, IdSource};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::personal::Purpose;
use crate::model::record::{Actor, Chain, Entry, Expected};
use crate::model::{
    Assignment, ChangeSet, Login, Organization, Profile, RoleRef, Scope, SubAccount,
};
use crate::permission::Permissions;
use crate::text::Name;

/// A new organization and its first owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreatedOrganization {
    /// The organization.
    pub organization: OrganizationId,
    /// Its first owner.
    pub owner: SubAccountId,
}

impl<P: Permissions> Directory<P> {
    /// Creates an organization, with a first owner who signs in with `login`.
    ///
    /// # Errors
    ///
    /// [`CommitError::Action`] if the name is not valid, [`CommitError::Store`] if the store fails.
    pub fn create_organization(
        &self,
        name: &str,
        login: &Login,
    ) -> Result<CreatedOrganization, CommitError> {
        let mut ids = self.ids();
        let organization = OrganizationId::from(ids.id()?);
        let owner = SubAccountId::from(ids.id()?);
        let name = Name::new(name).map_err(ActionError::from)?;
        let words = vec![format!("found organization `{name}`")];
        let login = ids.row(Purpose::Login, login.as_str())?;
        let role = RoleRef::System(self.catalog().core().owner().clone());
        let sub_account =
            SubAccount { login: Some(login.reference()), ..SubAccount::member(owner) };
        let assignment = Assignment::allow(ids.id()?.into(), owner, role, Scope::Organization);
        let set = ChangeSet {
            time: self.now(),
            changes: vec![Profile::new(name).into(), sub_account.into(), assignment.into()],
            personal: vec![login],
        };
        let created = Organization::create(organization, &set).map_err(ActionError::from)?;
        let actor = Actor::system("tenantry").map_err(ActionError::from)?;
        let loader = &self.loader;
        let asked = loader.monotonic();
        let entry = Entry { time: set.time, actor, actions: words, changes: set.changes };
        let first = Chain::new(organization);
        let rows = SideRows { personal: set.personal, erase: Vec::new() };
        let mut failed = None;
        // A thread that finds the organization in the store waits for this load, so that it cannot
        // commit a newer revision before this one is visible.
        let (loaded, _) = loader.cache.load_once(organization, || {
            let catalog = self.catalog();
            let sent = send(loader, &first, catalog.text(), Expected::Absent, entry, rows);
            let (chain, tail) = sent.map_err(|error| {
                failed = Some(error);
                LoadError::Abandoned(organization)
            })?;
            let size = StoredSize { checkpoint: 0, tail };
            let snapshot = loader.compile(created, catalog);
            let loaded = LoadedOrganization { snapshot, chain, size };
            loader.cache.insert_loaded(&loaded, asked);
            Ok(loaded)
        });
        if let Some(error) = failed {
            return Err(CommitError::Store(error));
        }
        loaded?;
        Ok(CreatedOrganization { organization, owner })
    }
}
