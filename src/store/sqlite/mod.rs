//! A store in one SQLite file, for any number of handles, threads and processes on one machine.
//!
//! One connection writes, one reads, and one watches for commits of other processes. With SQLite's
//! write-ahead log, readers continue while a writer writes. `schema` defines the file, and
//! `failure` classifies SQLite's errors. No type of the driver is in a public signature.

mod failure;
mod open;
mod read;
mod schema;
mod write;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use open::SqliteOptions;
use rusqlite::Connection;

use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Login, RecordBody, Revision};
use crate::store::error::StoreError;
use crate::store::sqlite::failure::Classify as _;
use crate::store::sqlite::write::Writer;
use crate::store::{Records, Store, Stored};

/// How often a waiting reader looks for commits of other handles.
const WATCH: Duration = Duration::from_millis(25);

/// Keeps organizations in one SQLite file.
///
/// A commit is one transaction, synced to disk before it is acknowledged. Calls take **O(log n)**
/// time plus the size of what they read or write; logins have an index.
///
/// The file must be on a local disk: network file systems do not lock reliably enough for SQLite.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("tenantry-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// use tenantry::store::{SqliteStore, Store};
///
/// let store = SqliteStore::open(folder.join("access.db"))?; // made if it is not there
/// assert_eq!(store.organizations(None, 10)?, []);
/// # drop(store);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteStore {
    path: PathBuf,
    writer: Mutex<Writer>,
    reader: Mutex<Connection>,
    watcher: Mutex<Watcher>,
    /// How many commits this handle made, to wake its own readers at once.
    commits: Mutex<u64>,
    committed: Condvar,
}

/// Detects commits of other connections, in this process or in others.
struct Watcher {
    connection: Connection,
    /// SQLite's data version when a reader last returned.
    seen: i64,
}

impl SqliteStore {
    /// The most bytes of one commit's record: 64 MiB.
    pub const RECORD_LIMIT: usize = RecordBody::LIMIT;

    /// Opens the store in this file, and creates it if it does not exist. Its folder must exist.
    ///
    /// # Errors
    ///
    /// As [`SqliteOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::options().open(path)
    }

    /// Returns options to open a store with.
    pub fn options() -> SqliteOptions {
        SqliteOptions::new()
    }

    /// Takes the lock. A panic of another thread has rolled its transaction back.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watcher(&self) -> MutexGuard<'_, Watcher> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commits(&self) -> MutexGuard<'_, u64> {
        self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    fn new(connection: Connection) -> Result<Self, StoreError> {
        let seen = version(&connection)?;
        Ok(Self { connection, seen })
    }

    /// Whether another connection committed since the data version was `since`. Stores the present
    /// version.
    fn has_changed(&mut self, since: i64) -> Result<bool, StoreError> {
        self.seen = version(&self.connection)?;
        Ok(self.seen != since)
    }
}

/// SQLite's data version, which changes with every commit of another connection.
fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0)).classify()
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store for SqliteStore {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        read::load(&mut self.reader(), organization)
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        let bytes = commit.record.len();
        if bytes > Self::RECORD_LIMIT {
            return Err(StoreError::TooLarge { bytes, limit: Self::RECORD_LIMIT });
        }
        let revision = write::commit(&mut self.writer(), commit)?;
        *self.commits() += 1;
        self.committed.notify_all();
        Ok(revision)
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        read::records(&mut self.reader(), organization, after, limit)
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        read::revisions(&mut self.reader(), organizations)
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        write::checkpoint(&mut self.writer(), checkpoint)
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        write::archive(&mut self.writer(), organization, through)
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        read::organizations(&self.reader(), after, limit)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        read::organizations_of(&self.reader(), login)
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        write::erase(&mut self.writer(), organization, personal)
    }

    /// Wakes at once after commits of this handle, and within about 25 milliseconds after those of
    /// others.
    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        let start = Instant::now();
        let own = *self.commits();
        // Commits between the return of the last reader and this call count as changes too.
        let since = self.watcher().seen;
        loop {
            if self.watcher().has_changed(since)? {
                return Ok(());
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            let unchanged = |commits: &mut u64| *commits == own;
            let (commits, _) = self
                .committed
                .wait_timeout_while(self.commits(), left.min(WATCH), unchanged)
                .unwrap_or_else(PoisonError::into_inner);
            if *commits != own {
                return Ok(());
            }
        }
    }
}
