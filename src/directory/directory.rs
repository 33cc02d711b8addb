//! The directory itself: what it is made of, how it is set up, and what it answers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::access::{Context, Decision, Query, Snapshot, Target};
use crate::catalog::Catalog;
use crate::clock::{Clock, HighWater, SystemClock};
use crate::directory::cache::OrganizationCache;
use crate::directory::catalogs::Catalogs;
use crate::directory::consistency::Consistency;
use crate::directory::error::LoadError;
use crate::directory::id_source::SystemIds;
use crate::directory::loader::Loader;
use crate::id::{OrganizationId, SubAccountId};
use crate::model::record::Revision;
use crate::permission::Permissions;
use crate::store::{MemoryStore, Store};

/// All organizations of a service. Share it behind an `Arc`; every method takes `&self`.
pub struct Directory<P> {
    pub(super) loader: Loader<P>,
    /// For how long a plan can be committed.
    pub(super) plan_lifetime: SignedDuration,
    /// How far the clock may be behind the last revision.
    pub(super) max_skew: SignedDuration,
}

impl<P: Permissions> Directory<P> {
    /// Creates a directory in memory, on the system clock.
    pub fn new(catalog: Catalog<P>) -> Self {
        Self::with_store(catalog, MemoryStore::new())
    }

    /// Creates a directory over a store, on the system clock.
    pub fn with_store(catalog: Catalog<P>, store: impl Store) -> Self {
        let loader = Loader {
            catalogs: Catalogs::new(catalog),
            store: Box::new(store),
            clock: Arc::new(HighWater::new(SystemClock)),
            cache: OrganizationCache::new(),
        };
        Self {
            loader,
            plan_lifetime: SignedDuration::from_mins(10),
            max_skew: SignedDuration::from_mins(5),
        }
    }

    /// Sets the clock. If it steps back, the directory keeps the latest time that it showed.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.loader.clock = Arc::new(HighWater::new(clock));
        self
    }

    /// Sets for how long a plan can be committed. The default is ten minutes.
    #[must_use]
    pub fn with_plan_lifetime(self, lifetime: SignedDuration) -> Self {
        Self { plan_lifetime: lifetime, ..self }
    }

    /// Sets how far the clock may be behind the last revision. Behind that, the directory commits
    /// nothing (I7). The default is five minutes.
    #[must_use]
    pub fn with_max_skew(self, max_skew: SignedDuration) -> Self {
        Self { max_skew, ..self }
    }

    /// Limits the memory to about this many objects, counted by
    /// [`Organization::object_count`](crate::Organization::object_count) over all loaded organizations. The
    /// default is no limit.
    ///
    /// The least recently used organizations are evicted first. [`snapshot`](Self::snapshot) loads
    /// an evicted organization again. The organization that was loaded last always fits.
    #[must_use]
    pub fn with_capacity(mut self, objects: usize) -> Self {
        self.loader.cache.capacity = objects;
        self
    }

    /// Limits for how long the directory answers after the store has confirmed a revision. The
    /// default is no limit.
    ///
    /// A [`refresh`](Self::refresh), a [`maintain`](Self::maintain) and a commit confirm it. Without a
    /// confirmation in time, checks are denied as [`Reason::Stale`](crate::Reason::Stale).
    /// Snapshots that the caller holds are not affected.
    #[must_use]
    pub fn with_max_staleness(mut self, staleness: Duration) -> Self {
        self.loader.cache.max_staleness = Some(staleness);
        self
    }

    /// The catalog of this process.
    ///
    /// An organization in which a newer catalog is in force is decided by that one:
    /// [`Snapshot::catalog`](crate::Snapshot::catalog) returns it.
    pub const fn catalog(&self) -> &Catalog<P> {
        self.loader.catalogs.own()
    }

    /// How many organizations are loaded.
    pub fn loaded(&self) -> usize {
        self.loader.cache.len()
    }

    /// Returns the newest revision of an organization that this process has seen.
    ///
    /// Loads the organization if it is not loaded, and asks the store if it is
    /// [stale](Self::with_max_staleness). Concurrent calls for one organization share one load.
    ///
    /// # Errors
    ///
    /// [`LoadError::Unknown`] if there is no such organization, otherwise why it could not be
    /// loaded.
    pub fn snapshot(&self, organization: OrganizationId) -> Result<Snapshot<P>, LoadError> {
        self.loader.get(organization).map(|loaded| loaded.snapshot)
    }

    /// Returns a revision of an organization that is at least as new as `consistency` demands.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot); [`LoadError::Behind`] if the store has only an older one.
    pub fn snapshot_with(
        &self,
        organization: OrganizationId,
        consistency: Consistency,
    ) -> Result<Snapshot<P>, LoadError> {
        let loaded = match consistency {
            Consistency::Cached => self.loader.get(organization)?,
            Consistency::Latest => self.loader.refresh(organization)?,
            Consistency::AtLeast(wanted) => {
                let cached = self.loader.get(organization)?;
                if cached.revision() >= wanted {
                    return Ok(cached.snapshot);
                }
                let newest = self.loader.refresh(organization)?;
                let found = newest.revision();
                if found < wanted {
                    return Err(LoadError::Behind { organization, wanted, found });
                }
                newest
            }
        };
        Ok(loaded.snapshot)
    }

    /// Refuses every revision of an organization below `revision` from now on.
    ///
    /// For hosts that keep elsewhere which revision each organization has reached. A store that was
    /// restored from an older copy looks intact to a process that starts afresh, and would allow
    /// again what was revoked since.
    ///
    /// Never does I/O. The expectation holds until the directory is dropped, survives evictions and
    /// is never lowered. If an older revision is loaded, it is evicted: checks are denied as
    /// [`Reason::NotLoaded`](crate::Reason::NotLoaded) until it is loaded again. A load or a commit
    /// that finds an older revision fails with [`LoadError::WentBack`]. For a single question, use
    /// [`Consistency::AtLeast`].
    ///
    /// Revisions are numbers. An older copy that has since grown by as many revisions is accepted.
    pub fn expect_at_least(&self, organization: OrganizationId, revision: Revision) {
        self.loader.cache.raise_floor(organization, revision);
    }

    /// Reads what other processes have committed to an organization, and makes it visible here.
    ///
    /// If the store cannot be reached, the loaded revision stays and goes on answering. The
    /// organization becomes unavailable if the store has a newer revision that cannot be read, a
    /// catalog by which this process cannot decide, or an older revision than before. Checks are
    /// then denied as [`Reason::Unavailable`](crate::Reason::Unavailable) and commits fail, until a
    /// later refresh succeeds.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn refresh(&self, organization: OrganizationId) -> Result<Snapshot<P>, LoadError> {
        self.loader.refresh(organization).map(|loaded| loaded.snapshot)
    }

    /// Decides whether `sub_account` may do all of `permissions` at `target`, in an empty context.
    ///
    /// Never does I/O. If the organization is not loaded, the answer is a deny with
    /// [`Reason::NotLoaded`](crate::Reason::NotLoaded): load it with
    /// [`snapshot`](Self::snapshot) first.
    pub fn check(
        &self,
        organization: OrganizationId,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.check_in(Context::empty(), organization, sub_account, permissions, target)
    }

    /// Decides whether `sub_account` may do all of `permissions` at `target`, in `context`.
    ///
    /// Never does I/O, as [`check`](Self::check).
    pub fn check_in(
        &self,
        context: &Context,
        organization: OrganizationId,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.loader
            .ask(organization, |it| it.check_in(context, sub_account, permissions, target))
            .unwrap_or_else(Decision::Deny)
    }

    /// Decides several questions about one organization, all on the same revision. Never does I/O.
    pub fn check_all(&self, organization: OrganizationId, queries: &[Query<P>]) -> Vec<Decision> {
        self.loader
            .ask(organization, |it| it.check_all(queries))
            .unwrap_or_else(|reason| vec![Decision::Deny(reason); queries.len()])
    }

    pub(super) fn now(&self) -> Timestamp {
        self.loader.clock.now()
    }

    pub(super) fn ids(&self) -> SystemIds<'_> {
        SystemIds::new(&*self.loader.clock)
    }
}

impl<P> fmt::Debug for Directory<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("loaded", &self.loader.cache.len())
            .field("store", &self.loader.store)
            .finish_non_exhaustive()
    }
}
