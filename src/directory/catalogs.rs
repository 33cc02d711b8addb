//! Catalogs: selects the catalog by which this process decides an organization.
//!
//! The catalog in force is the one with the highest edition that a record has brought. A process
//! decides by its own catalog if that is in force or has a higher edition, and otherwise by the one
//! in force.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, Weak};

use crate::catalog::{Catalog, CatalogCore, ProjectionError, SuccessionError, check_names};
use crate::directory::error::{CatalogUnusable, LoadError};
use crate::model::record::{CatalogText, Chain, Digest, InForce};
use crate::permission::Permissions;
use crate::sync::{Mutex, MutexGuard};

/// How many histories of catalogs are kept with their judgement.
const JUDGED: usize = 1_024;

/// The catalog of this process, and the catalogs of other releases that it decides by.
pub(super) struct Catalogs<P> {
    own: Catalog<P>,
    /// Catalogs of other releases, by fingerprint. Organizations share them.
    projected: Mutex<BTreeMap<Digest, Weak<CatalogCore>>>,
    /// Whether the own catalog may succeed a history. Most organizations have the same history.
    judged: Mutex<BTreeMap<CatalogHistory, Result<(), SuccessionError>>>,
}

/// The fingerprints of the catalogs under which an organization was decided: that of the one in
/// force, if it is known, and all of them.
type CatalogHistory = (Option<Digest>, Vec<Digest>);

/// How the own catalog compares with the catalogs under which an organization was decided.
pub(super) enum OwnCatalog<'c> {
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
        match self.compare(chain)? {
            OwnCatalog::InForce | OwnCatalog::Ahead => Ok(self.own.clone()),
            OwnCatalog::Behind(in_force, _) => self.projected(in_force).map_err(|error| {
                self.unusable(chain, CatalogUnusable::Projection(Arc::new(error)))
            }),
        }
    }

    /// Compares the own catalog with the one in force.
    pub(super) fn compare<'c>(&self, chain: &'c Chain) -> Result<OwnCatalog<'c>, LoadError> {
        let fingerprint = match chain.in_force() {
            InForce::None => return Ok(OwnCatalog::InForce),
            InForce::Catalog(fingerprint) => fingerprint,
            // The own catalog has a higher edition than each of them.
            InForce::Ambiguous
                if self.is_beyond(chain) && self.check_succession(chain, None).is_ok() =>
            {
                return Ok(OwnCatalog::Ahead);
            }
            InForce::Ambiguous => return Err(self.unusable(chain, CatalogUnusable::Ambiguous)),
            InForce::Missing(_) => return Err(self.unusable(chain, CatalogUnusable::NotKept)),
        };
        if fingerprint == self.own.fingerprint() {
            return Ok(OwnCatalog::InForce);
        }
        let Some(in_force) = chain.catalog(&fingerprint) else {
            return Err(self.unusable(chain, CatalogUnusable::NotKept));
        };
        let (edition, own) = (in_force.edition(), self.own.edition());
        let standing = match edition {
            Some(edition) if edition < own => match self.check_succession(chain, Some(in_force)) {
                Ok(()) => OwnCatalog::Ahead,
                Err(error) => OwnCatalog::Behind(in_force, error),
            },
            Some(edition) if edition == own => {
                OwnCatalog::Behind(in_force, SuccessionError::EditionReused { edition })
            }
            Some(edition) => {
                OwnCatalog::Behind(in_force, SuccessionError::Behind { in_force: edition, own })
            }
            None => OwnCatalog::Behind(in_force, SuccessionError::Unreadable),
        };
        Ok(standing)
    }

    /// Whether the own catalog has a higher edition than every catalog before it.
    fn is_beyond(&self, chain: &Chain) -> bool {
        chain.catalogs().all(|it| it.edition().is_some_and(|edition| edition < self.own.edition()))
    }

    /// Checks that the own catalog uses no name in another meaning than the catalogs before it.
    fn check_succession(
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
        // Not under the lock: a concurrent call may do the same work, but never waits for this one.
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
            InForce::None | InForce::Ambiguous | InForce::Missing(_) => None,
        };
        LoadError::CatalogAhead {
            organization: chain.organization(),
            edition: edition.and_then(CatalogText::edition),
            own: self.own.edition(),
            reason,
        }
    }
}

/// Takes a lock. A panic of another thread leaves at most an entry out.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
