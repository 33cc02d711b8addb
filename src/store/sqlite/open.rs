//! Opening: a file that is there must be a store, and one that is not there is made whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::store::error::StoreError;
use crate::store::sqlite::failure::{Read as _, corrupt, is_busy, of_file};
use crate::store::sqlite::write::Writer;
use crate::store::sqlite::{SqliteStore, Watcher, schema};

/// The bytes of SQLite's smallest page.
const SHORTEST: u64 = 512;
/// The permission bits with which the owner alone reads and writes.
const OWNER: u32 = 0o600;
/// Until a file that is busy is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// How a [`SqliteStore`] is opened.
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

    /// How long a call waits for another handle or process that writes before it is [`StoreError::Unavailable`]; five
    /// seconds if this is not called.
    #[must_use]
    pub fn busy_timeout(self, timeout: Duration) -> Self {
        Self { busy_timeout: timeout, ..self }
    }

    /// The most bytes that the file may grow to by what this handle writes, the write-ahead log beside it not counted.
    /// What does not fit is refused as [`StoreError::Unavailable`] and leaves nothing behind. A file that is larger
    /// already does not shrink.
    #[must_use]
    pub fn max_bytes(self, bytes: u64) -> Self {
        Self { max_bytes: Some(bytes), ..self }
    }

    /// Whether a store is made if there is none; it is if this is not called. A service that knows its store to be there
    /// says no, so that a wrong path is an error and not an empty store.
    #[must_use]
    pub fn create(self, create: bool) -> Self {
        Self { create, ..self }
    }

    /// The permission bits of a file that is made, on Unix; `0o600` if this is not called, so that
    /// only the user who runs the service reads what is in it. The umask does not matter. The owner
    /// always reads and writes. SQLite gives the same bits to the log and the other files that it
    /// makes beside the file. A file that is there keeps its own.
    #[must_use]
    pub fn mode(self, mode: u32) -> Self {
        Self { mode: mode & 0o777 | OWNER, ..self }
    }

    /// Opens the store in this file.
    ///
    /// A file that is there is never replaced or emptied, and one that cannot be read is never taken for an empty store.
    ///
    /// # Errors
    ///
    /// - [`StoreError::IncompatibleFormat`]: a newer release wrote it.
    /// - [`StoreError::Corrupt`]: it is no SQLite file, is empty, cut off or damaged, or only its write-ahead log is left.
    /// - [`StoreError::AlteredSchema`]: somebody has put a trigger or an index on a table of the
    ///   store. Every call that writes looks for them too.
    /// - [`StoreError::Unavailable`]: others keep it busy, or the disk does not answer.
    /// - [`StoreError::Backend`]: it belongs to another application, its folder is not there, it cannot be written, or there
    ///   is none and none may be made.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<SqliteStore, StoreError> {
        let path = path.as_ref();
        match fs::metadata(path) {
            // SQLite would make a new database of it. A store is never this short: it is made whole under another name.
            Ok(file) if file.is_file() && file.len() < SHORTEST => {
                return Err(corrupt(format!("the file has only {} bytes", file.len())));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound && self.create => {
                make(path, self.mode)?;
            }
            Err(error) => return Err(of_file(error)),
        }
        // SQLite waits for a lock by itself, except where it fears that two would wait for each other: then it is busy at once,
        // as when several open a new file and each wants to begin its write-ahead log.
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
            connection.pragma_update(None, "query_only", true).read()?;
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
        // Neither made nor taken for a URI: the path is a path.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).read()?;
        // By SQL, because the driver's own method needs a newer SQLite than anything else here.
        let timeout = i32::try_from(self.busy_timeout.as_millis()).unwrap_or(i32::MAX);
        let set = format!("PRAGMA busy_timeout = {timeout}");
        connection.query_row(&set, [], |_| Ok(())).read()?;
        distrust(&connection)?;
        Ok(connection)
    }
}

/// Runs nothing that the schema asks for: whoever can write the file can put it there.
fn distrust(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "trusted_schema", false).read()?;
    for feature in [
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY,
    ] {
        connection.set_db_config(feature, false).read()?;
    }
    Ok(())
}

/// Makes a store under a name of its own and gives it the right one when it is whole, so that a process that stops half-way
/// leaves no half store, and of several that make one at once the first wins.
fn make(path: &Path, mode: u32) -> Result<(), StoreError> {
    // What is in this log was acknowledged: a new store beside it would hide that, or take it for its own.
    if fs::exists(beside(path, "-wal")).map_err(of_file)? {
        return Err(corrupt(
            "the write-ahead log is there, but the file that it belongs to is not",
        ));
    }
    let mut unique = [0; 8];
    getrandom::fill(&mut unique).map_err(|error| StoreError::Backend(error.into()))?;
    let draft = beside(path, &format!(".new-{:016x}", u64::from_be_bytes(unique)));
    let linked = write(&draft, mode).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(of_file(error)),
        _ => sync_folder(path).map_err(of_file),
    });
    let removed = fs::remove_file(&draft);
    linked?;
    removed.map_err(of_file)
}

fn write(draft: &Path, mode: u32) -> Result<(), StoreError> {
    // Made here and not by SQLite, so that nobody has it open from before it is closed to others.
    touch(draft, mode).map_err(of_file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(draft, flags).read()?;
    distrust(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL").read()?;
    let transaction = connection.transaction().read()?;
    transaction.execute_batch(schema::TABLES).read()?;
    transaction.pragma_update(None, "application_id", schema::APPLICATION).read()?;
    transaction.pragma_update(None, "user_version", schema::VERSION).read()?;
    transaction.commit().read()?;
    connection.close().map_err(|(_, error)| error).read()
}

/// Makes an empty file with these permission bits, whatever the umask.
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

/// A name is durable when its folder is.
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

/// The path with this at the end of its name.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Makes sure that this is a store that this release can use, and that it can be written, before
/// anything is set. Returns the version of its schema.
fn identify(connection: &mut Connection, place: &str) -> Result<i64, StoreError> {
    let behavior = TransactionBehavior::Immediate;
    let transaction = connection.transaction_with_behavior(behavior).read()?;
    let pragma = |name: &str| -> Result<i64, StoreError> {
        transaction.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).read()
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
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).read()?;
    if mode != "wal" {
        let what = format!("the file system allows no write-ahead log (journal mode {mode})");
        return Err(StoreError::Backend(what.into()));
    }
    connection.pragma_update(None, "synchronous", "FULL").read()?;
    // Without these two, syncing on Apple's systems stops at the drive's cache; elsewhere they do nothing.
    connection.pragma_update(None, "fullfsync", true).read()?;
    connection.pragma_update(None, "checkpoint_fullfsync", true).read()?;
    // What is erased is overwritten, not merely forgotten.
    connection.pragma_update(None, "secure_delete", true).read()?;
    // A log that cannot be opened for writing, for want of file descriptors say, SQLite opens for reading and keeps so. Opened
    // now, that is an error here, and not a handle of which no commit ever succeeds.
    connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK").read()
}

fn limit(connection: &Connection, bytes: u64) -> Result<(), StoreError> {
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).read()?;
    let pages = i64::try_from(bytes).unwrap_or(i64::MAX).checked_div(page).unwrap_or_default();
    // SQLite keeps it in 32 bits, and takes none for no limit.
    let pages = pages.clamp(1, i64::from(u32::MAX) - 1);
    let set = connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()));
    set.read()
}
