//! Opens a file: an existing file must be a store, and a new one is created whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::store::error::StoreError;
use crate::store::sqlite::failure::{Classify as _, classify_io, corrupt, is_busy};
use crate::store::sqlite::write::Writer;
use crate::store::sqlite::{SqliteStore, Watcher, schema};

/// The size of SQLite's smallest page in bytes.
const SHORTEST: u64 = 512;
/// Permission bits: only the owner reads and writes.
const OWNER: u32 = 0o600;
/// The pause before a busy file is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// How to open a [`SqliteStore`].
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    busy_timeout: Duration,
    max_bytes: Option<u64>,
    create: bool,
    mode: u32,
}

impl SqliteOptions {
    pub(super) const fn new() -> Self {
        Self { busy_timeout: Duration::from_secs(5), max_bytes: None, create: true, mode: OWNER }
    }

    /// How long a call waits for another writer before it is [`StoreError::Unavailable`]. Five
    /// seconds by default.
    #[must_use]
    pub fn busy_timeout(self, timeout: Duration) -> Self {
        Self { busy_timeout: timeout, ..self }
    }

    /// The most bytes to which writes of this handle may grow the file, without its write-ahead
    /// log. A write that does not fit is refused as [`StoreError::Unavailable`] and leaves nothing
    /// behind. A larger file does not shrink.
    #[must_use]
    pub fn max_bytes(self, bytes: u64) -> Self {
        Self { max_bytes: Some(bytes), ..self }
    }

    /// Whether to create the store if it does not exist; true by default. Set it to false in a
    /// service that knows that its store exists, so that a wrong path is an error and not an empty
    /// store.
    #[must_use]
    pub fn create(self, create: bool) -> Self {
        Self { create, ..self }
    }

    /// The permission bits of a new file on Unix, whatever the umask. `0o600` by default, so that
    /// only the user who runs the service can read it. The owner always reads and writes. SQLite
    /// gives the same bits to the log and the other files beside it. An existing file keeps its
    /// own.
    #[must_use]
    pub fn mode(self, mode: u32) -> Self {
        Self { mode: mode & 0o777 | OWNER, ..self }
    }

    /// Opens the store in this file.
    ///
    /// An existing file is never replaced or emptied, and an unreadable one is never taken for an
    /// empty store.
    ///
    /// # Errors
    ///
    /// - [`StoreError::IncompatibleFormat`]: a newer release wrote it.
    /// - [`StoreError::Corrupt`]: it is not an SQLite file, is empty, truncated or damaged, or only
    ///   its write-ahead log exists.
    /// - [`StoreError::AlteredSchema`]: a table of the store has a trigger or an index that the
    ///   store did not create. Every call that writes checks this too.
    /// - [`StoreError::Unavailable`]: others keep it busy, or the disk does not respond.
    /// - [`StoreError::Backend`]: it belongs to another application, its folder does not exist, it
    ///   cannot be written, or it does not exist and must not be created.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<SqliteStore, StoreError> {
        let path = path.as_ref();
        match fs::metadata(path) {
            // SQLite would create a new database in it. A store is never this short: it is created
            // whole under another name.
            Ok(file) if file.is_file() && file.len() < SHORTEST => {
                return Err(corrupt(format!("the file has only {} bytes", file.len())));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound && self.create => {
                make(path, self.mode)?;
            }
            Err(error) => return Err(classify_io(error)),
        }
        // SQLite waits for a lock itself, except where two connections could wait for each other.
        // Then it is busy at once, for example if several open a new file and each wants to start
        // its write-ahead log.
        let started = Instant::now();
        loop {
            match self.attempt(path) {
                Err(error) if is_busy(&error) && started.elapsed() < self.busy_timeout => {
                    thread::sleep(PAUSE);
                }
                outcome => return outcome,
            }
        }
    }

    fn attempt(&self, path: &Path) -> Result<SqliteStore, StoreError> {
        let mut connection = self.connect(path)?;
        let place = path.display().to_string();
        let schema = identify(&mut connection, &place)?;
        configure(&connection)?;
        if let Some(bytes) = self.max_bytes {
            limit(&connection, bytes)?;
        }
        let writer = Writer { connection, place, schema };
        let (reader, watcher) = (self.connect(path)?, self.connect(path)?);
        for connection in [&reader, &watcher] {
            connection.pragma_update(None, "query_only", true).classify()?;
        }
        Ok(SqliteStore {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            watcher: Mutex::new(Watcher::new(watcher)?),
            commits: Mutex::default(),
            committed: Condvar::new(),
        })
    }

    fn connect(&self, path: &Path) -> Result<Connection, StoreError> {
        // No flag to create the file or to read the path as a URI.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).classify()?;
        // By SQL, because the driver's method needs a newer SQLite than anything else here.
        let timeout = i32::try_from(self.busy_timeout.as_millis()).unwrap_or(i32::MAX);
        let set = format!("PRAGMA busy_timeout = {timeout}");
        connection.query_row(&set, [], |_| Ok(())).classify()?;
        disable_schema_code(&connection)?;
        Ok(connection)
    }
}

/// Disables code in the schema: anyone who can write the file could have put it there.
fn disable_schema_code(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "trusted_schema", false).classify()?;
    for feature in [
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY,
    ] {
        connection.set_db_config(feature, false).classify()?;
    }
    Ok(())
}

/// Creates a store under a temporary name and renames it when it is whole. A process that stops
/// half-way leaves no half store, and of several that create one at once the first wins.
fn make(path: &Path, mode: u32) -> Result<(), StoreError> {
    // The log may contain acknowledged commits. A new store beside it would hide them, or take the
    // log for its own.
    if fs::exists(beside(path, "-wal")).map_err(classify_io)? {
        return Err(corrupt(
            "the write-ahead log is there, but the file that it belongs to is not",
        ));
    }
    let mut unique = [0; 8];
    getrandom::fill(&mut unique).map_err(|error| StoreError::Backend(error.into()))?;
    let temporary = beside(path, &format!(".new-{:016x}", u64::from_be_bytes(unique)));
    let linked = write(&temporary, mode).and_then(|()| match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(classify_io(error)),
        _ => sync_folder(path).map_err(classify_io),
    });
    let removed = fs::remove_file(&temporary);
    linked?;
    removed.map_err(classify_io)
}

fn write(temporary: &Path, mode: u32) -> Result<(), StoreError> {
    // Created here and not by SQLite, so that the file is never readable by others.
    touch(temporary, mode).map_err(classify_io)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(temporary, flags).classify()?;
    disable_schema_code(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL").classify()?;
    let transaction = connection.transaction().classify()?;
    transaction.execute_batch(schema::TABLES).classify()?;
    transaction.pragma_update(None, "application_id", schema::APPLICATION).classify()?;
    transaction.pragma_update(None, "user_version", schema::VERSION).classify()?;
    transaction.commit().classify()?;
    connection.close().map_err(|(_, error)| error).classify()
}

/// Creates an empty file with these permission bits, whatever the umask.
#[cfg(unix)]
fn touch(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(OWNER).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn touch(path: &Path, _: u32) -> std::io::Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).open(path).map(drop)
}

/// Syncs the folder, which makes the new name durable.
#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The path with `end` added to its file name.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Checks that the file is a store that this release can use and that it is writable, before
/// anything is changed. Returns the version of its schema.
fn identify(connection: &mut Connection, place: &str) -> Result<i64, StoreError> {
    let behavior = TransactionBehavior::Immediate;
    let transaction = connection.transaction_with_behavior(behavior).classify()?;
    let pragma = |name: &str| -> Result<i64, StoreError> {
        transaction.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).classify()
    };
    let application = pragma("application_id")?;
    if application != schema::APPLICATION {
        let what = format!("the file belongs to another application ({application:#x})");
        return Err(StoreError::Backend(what.into()));
    }
    let version = pragma("user_version")?;
    let found = u32::try_from(version).unwrap_or_default();
    if found > schema::VERSION {
        return Err(StoreError::IncompatibleFormat { found, supported: schema::VERSION });
    }
    if found != schema::VERSION {
        return Err(corrupt(format!("the file has schema {version}, which never was")));
    }
    schema::check(&transaction, place)
}

fn configure(connection: &Connection) -> Result<(), StoreError> {
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).classify()?;
    if mode != "wal" {
        let what = format!("the file system allows no write-ahead log (journal mode {mode})");
        return Err(StoreError::Backend(what.into()));
    }
    connection.pragma_update(None, "synchronous", "FULL").classify()?;
    // Without these two, a sync on Apple's systems stops at the drive's cache. They do nothing
    // elsewhere.
    connection.pragma_update(None, "fullfsync", true).classify()?;
    connection.pragma_update(None, "checkpoint_fullfsync", true).classify()?;
    // Overwrites erased data instead of only unlinking it.
    connection.pragma_update(None, "secure_delete", true).classify()?;
    // If a log cannot be opened for writing, for example for lack of file descriptors, SQLite opens
    // it read-only and leaves it so. Opened now, that is an error here instead of a handle on which
    // no commit ever succeeds.
    connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK").classify()
}

fn limit(connection: &Connection, bytes: u64) -> Result<(), StoreError> {
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).classify()?;
    let pages = i64::try_from(bytes).unwrap_or(i64::MAX).checked_div(page).unwrap_or_default();
    // SQLite stores the limit in 32 bits, and reads 0 as no limit.
    let pages = pages.clamp(1, i64::from(u32::MAX) - 1);
    let set = connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()));
    set.classify()
}
