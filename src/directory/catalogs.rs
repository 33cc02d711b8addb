//! Catalogs: by which one an organization is decided here, and how this process's own comes into force.
//!
//! In force is the catalog with the highest edition that a record has brought. A process decides by
//! its own if that is in force or of a higher edition, and otherwise by the one in force.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, Weak};

use crate::catalog::{Catalog, CatalogCore, ProjectionError, SuccessionError, check_names};
use crate::directory::{CatalogUnusable, CommitError, Directory, LoadError, commit, load};
use crate::id::OrganizationId;
use crate::model::record::{CatalogText, Chain, Digest, InForce, Revision};
use crate::permission::Permissions;
use crate::sync::{Mutex, MutexGuard};

/// How many histories of catalogs are remembered as looked through.
const JUDGED: usize = 1_024;

/// The own catalog of a process, and those of other releases that it decides by.
pub(super) struct Catalogs<P> {
    own: Catalog<P>,
    /// By fingerprint, those that some snapshot is decided by: one for all organizations.
    projected: Mutex<BTreeMap<Digest, Weak<CatalogCore>>>,
    /// Whether the own catalog may follow. Most organizations share their history of catalogs.
    judged: Mutex<BTreeMap<History, Result<(), SuccessionError>>>,
}

/// The fingerprints of the catalogs that an organization was decided under: of the one in force, if
/// it is known which, and of all.
type History = (Option<Digest>, Vec<Digest>);

/// The catalog by which an organization is decided here, and how this process's own stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CatalogInForce {
    /// Its edition.
    pub edition: u64,
    /// SHA-256 of its text.
    pub fingerprint: Digest,
    /// How the catalog of this process stands to it.
    pub own: CatalogStanding,
}

/// How the catalog of a process stands to the one in force in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CatalogStanding {
    /// It is in force.
    InForce,
    /// It is of a higher edition than the one in force. This process decides by it already, and its
    /// next commit in the organization brings it into force.
    Ahead,
    /// The process decides by the one in force, because its own may not take its place.
    Behind(SuccessionError),
}

/// What came of [`Directory::adopt_catalog`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// The catalog is in force from this revision on.
    Adopted(Revision),
    /// It was in force already. Nothing was stored.
    InForce,
}

/// How the own catalog stands to those that an organization was decided under.
enum Standing<'c> {
    InForce,
    Ahead,
    Behind(&'c CatalogText, SuccessionError),
}

impl<P: Permissions> Catalogs<P> {
    pub(super) fn new(own: Catalog<P>) -> Self {
        Self { own, projected: Mutex::new(BTreeMap::new()), judged: Mutex::new(BTreeMap::new()) }
    }

    pub(super) const fn own(&self) -> &Catalog<P> {
        &self.own
    }

    /// The catalog by which this process decides an organization.
    pub(super) fn of(&self, chain: &Chain) -> Result<Catalog<P>, LoadError> {
        match self.standing(chain)? {
            Standing::InForce | Standing::Ahead => Ok(self.own.clone()),
            Standing::Behind(in_force, _) => self.projected(in_force).map_err(|error| {
                self.unusable(chain, CatalogUnusable::Projection(Arc::new(error)))
            }),
        }
    }

    /// How the own catalog stands to the one in force.
    fn standing<'c>(&self, chain: &'c Chain) -> Result<Standing<'c>, LoadError> {
        let fingerprint = match chain.in_force() {
            InForce::None => return Ok(Standing::InForce),
            InForce::Catalog(fingerprint) => fingerprint,
            // Whichever of them it is, this one is beyond.
            InForce::Untold if self.is_beyond(chain) && self.may_follow(chain, None).is_ok() => {
                return Ok(Standing::Ahead);
            }
            InForce::Untold => return Err(self.unusable(chain, CatalogUnusable::Untold)),
            InForce::Missing(_) => return Err(self.unusable(chain, CatalogUnusable::NotKept)),
        };
        if fingerprint == self.own.fingerprint() {
            return Ok(Standing::InForce);
        }
        let Some(in_force) = chain.catalog(&fingerprint) else {
            return Err(self.unusable(chain, CatalogUnusable::NotKept));
        };
        let (edition, own) = (in_force.edition(), self.own.edition());
        let standing = match edition {
            Some(edition) if edition < own => match self.may_follow(chain, Some(in_force)) {
                Ok(()) => Standing::Ahead,
                Err(error) => Standing::Behind(in_force, error),
            },
            Some(edition) if edition == own => {
                Standing::Behind(in_force, SuccessionError::EditionReused { edition })
            }
            Some(edition) => {
                Standing::Behind(in_force, SuccessionError::Behind { in_force: edition, own })
            }
            None => Standing::Behind(in_force, SuccessionError::Unreadable),
        };
        Ok(standing)
    }

    /// Whether the own catalog is of a higher edition than all that an organization was decided under.
    fn is_beyond(&self, chain: &Chain) -> bool {
        chain.catalogs().all(|it| it.edition().is_some_and(|edition| edition < self.own.edition()))
    }

    /// Whether the own catalog uses no name for anything else than those before it.
    fn may_follow(
        &self,
        chain: &Chain,
        in_force: Option<&CatalogText>,
    ) -> Result<(), SuccessionError> {
        let all = chain.catalogs().map(CatalogText::fingerprint).collect();
        let history = (in_force.map(CatalogText::fingerprint), all);
        if let Some(judged) = lock(&self.judged).get(&history) {
            return judged.clone();
        }
        let mut others: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for other in chain.catalogs().filter(|it| in_force != Some(*it)) {
            others.entry(Reverse(other.edition())).or_default().push(other);
        }
        let latest = in_force.map(|it| vec![it]);
        let judgement =
            check_names(self.own.document(), latest.into_iter().chain(others.into_values()));
        let mut judged = lock(&self.judged);
        if judged.len() >= JUDGED {
            judged.clear();
        }
        judged.insert(history, judgement.clone());
        judgement
    }

    /// The catalog of another release on the bits of this process.
    fn projected(&self, stored: &CatalogText) -> Result<Catalog<P>, ProjectionError> {
        let fingerprint = stored.fingerprint();
        if let Some(core) = lock(&self.projected).get(&fingerprint).and_then(Weak::upgrade) {
            return Ok(Catalog::of(core));
        }
        // Not under the lock: others that come meanwhile do the same for nothing, and wait for nobody.
        let catalog = self.own.project(stored)?;
        let mut projected = lock(&self.projected);
        projected.retain(|_, core| core.strong_count() > 0);
        if let Some(core) = projected.get(&fingerprint).and_then(Weak::upgrade) {
            return Ok(Catalog::of(core));
        }
        projected.insert(fingerprint, Arc::downgrade(catalog.core()));
        Ok(catalog)
    }

    fn unusable(&self, chain: &Chain, reason: CatalogUnusable) -> LoadError {
        let edition = match chain.in_force() {
            InForce::Catalog(fingerprint) => chain.catalog(&fingerprint),
            InForce::None | InForce::Untold | InForce::Missing(_) => None,
        };
        LoadError::CatalogAhead {
            organization: chain.organization(),
            edition: edition.and_then(CatalogText::edition),
            own: self.own.edition(),
            reason,
        }
    }
}

/// A panic elsewhere while the lock was held leaves at most something unremembered.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<P: Permissions> Directory<P> {
    /// By which catalog an organization is decided here, and how this process's own stands to it.
    /// Asks the store for nothing if the organization is loaded.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn catalog_in_force(
        &self,
        organization: OrganizationId,
    ) -> Result<CatalogInForce, LoadError> {
        let loaded = load::loaded(self, organization)?;
        let own = match self.catalogs.standing(&loaded.chain)? {
            Standing::InForce => CatalogStanding::InForce,
            Standing::Ahead => CatalogStanding::Ahead,
            Standing::Behind(_, error) => CatalogStanding::Behind(error),
        };
        let catalog = loaded.snapshot.catalog();
        let (edition, fingerprint) = (catalog.edition(), catalog.fingerprint());
        Ok(CatalogInForce { edition, fingerprint, own })
    }

    /// Brings the catalog of this process into force in an organization, if it is of a higher
    /// edition than the one in force: a record of the host's that changes nothing else. Without it
    /// the next commit of this process does so. Call it once an edition is deployed everywhere, or
    /// as soon as it is to count; calling it again does nothing.
    ///
    /// # Errors
    ///
    /// [`CommitError::Catalog`] if the catalog may not take the place of the one in force, otherwise
    /// as [`Administration::perform`](crate::Administration::perform).
    pub fn adopt_catalog(&self, organization: OrganizationId) -> Result<Adoption, CommitError> {
        commit::adopt(self, organization, |chain| match self.catalogs.standing(chain)? {
            Standing::InForce => Ok(false),
            Standing::Ahead => Ok(true),
            Standing::Behind(_, error) => Err(CommitError::Catalog(error)),
        })
    }
}
