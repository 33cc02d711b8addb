//! The catalog in force in an organization, and how a new edition comes into force.

use crate::catalog::SuccessionError;
use crate::directory::catalogs::OwnCatalog;
use crate::directory::commit::ATTEMPTS;
use crate::directory::directory::Directory;
use crate::directory::error::{CommitError, LoadError};
use crate::directory::write::write;
use crate::governance::ActionError;
use crate::id::OrganizationId;
use crate::model::ChangeSet;
use crate::model::record::{Actor, Digest, Revision};
use crate::permission::Permissions;
use crate::store::StoreError;

/// The catalog by which this process decides an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CatalogInForce {
    /// Its edition.
    pub edition: u64,
    /// SHA-256 of its text.
    pub fingerprint: Digest,
    /// How the catalog of this process compares with the one in force.
    pub own: CatalogStanding,
}

/// How the catalog of a process compares with the one in force in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CatalogStanding {
    /// It is in force.
    InForce,
    /// It has a higher edition than the one in force. This process decides by it already, and its
    /// next commit in the organization brings it into force.
    Ahead,
    /// It may not take the place of the one in force. This process decides by the one in force.
    Behind(SuccessionError),
}

/// The outcome of [`Directory::adopt_catalog`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// The catalog is in force from this revision on.
    Adopted(Revision),
    /// The catalog was in force already. Nothing was stored.
    InForce,
}

impl<P: Permissions> Directory<P> {
    /// Returns the catalog by which this process decides an organization. Asks the store only if
    /// the organization is not loaded.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn catalog_in_force(
        &self,
        organization: OrganizationId,
    ) -> Result<CatalogInForce, LoadError> {
        let loaded = self.loader.get(organization)?;
        let own = match self.loader.catalogs.compare(&loaded.chain)? {
            OwnCatalog::InForce => CatalogStanding::InForce,
            OwnCatalog::Ahead => CatalogStanding::Ahead,
            OwnCatalog::Behind(_, error) => CatalogStanding::Behind(error),
        };
        let catalog = loaded.snapshot.catalog();
        let (edition, fingerprint) = (catalog.edition(), catalog.fingerprint());
        Ok(CatalogInForce { edition, fingerprint, own })
    }

    /// Brings the catalog of this process into force in an organization, if it has a higher edition
    /// than the one in force. Stores a record of the host's that changes nothing else.
    ///
    /// Without this call, the next commit of this process brings it into force. Call it once the
    /// edition is deployed everywhere, or as soon as it is to count. A second call does nothing.
    ///
    /// # Errors
    ///
    /// [`CommitError::Catalog`] if the catalog may not take the place of the one in force, otherwise
    /// as [`Administration::perform`](crate::Administration::perform).
    pub fn adopt_catalog(&self, organization: OrganizationId) -> Result<Adoption, CommitError> {
        let actor = Actor::system("tenantry").map_err(ActionError::from)?;
        for _ in 0..ATTEMPTS {
            let newest = self.loader.refresh(organization)?;
            match self.loader.catalogs.compare(&newest.chain)? {
                OwnCatalog::InForce => return Ok(Adoption::InForce),
                OwnCatalog::Behind(_, error) => return Err(CommitError::Catalog(error)),
                OwnCatalog::Ahead => {}
            }
            let time = self.time_of_next(newest.organization(), &[])?;
            let set = ChangeSet { time, changes: Vec::new(), personal: Vec::new() };
            let after = newest.organization().clone().with(&set).map_err(ActionError::from)?;
            let words = vec![format!("adopt edition {} of the catalog", self.catalog().edition())];
            match write(&self.loader, newest, after, &actor, words, set, Vec::new()) {
                Err(StoreError::Conflict { .. }) => {}
                Ok(snapshot) => return Ok(Adoption::Adopted(snapshot.revision())),
                Err(error) => return Err(CommitError::Store(error)),
            }
        }
        Err(CommitError::Contended { attempts: ATTEMPTS })
    }
}
