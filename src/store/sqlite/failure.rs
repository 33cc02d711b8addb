//! What SQLite's errors let the caller do (S8).

use std::io;

use rusqlite::{Error, ErrorCode};

use crate::store::error::StoreError;

/// An error of anything but a COMMIT: SQLite has written nothing, or rolls it back.
pub(super) fn classified(error: Error) -> StoreError {
    match error.sqlite_error_code() {
        // Somebody else holds a lock, there is no room, or the disk does not answer: later it may be otherwise.
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OperationInterrupted
            | ErrorCode::OutOfMemory,
        ) => StoreError::Unavailable(error.into()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt(error.into())
        }
        _ if is_of_content(&error) => StoreError::Corrupt(error.into()),
        _ => StoreError::Backend(error.into()),
    }
}

/// Whether somebody else held a lock.
pub(super) fn is_busy(error: &StoreError) -> bool {
    let StoreError::Unavailable(cause) = error else { return false };
    let cause = cause.downcast_ref::<Error>().and_then(Error::sqlite_error_code);
    cause == Some(ErrorCode::DatabaseBusy)
}

/// Whether a value was found that this store never writes.
const fn is_of_content(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::IntegralValueOutOfRange(..)
    )
}

/// An error of COMMIT itself. Busy means that SQLite has not begun to write; of anything else it cannot be told whether a
/// recovery will find the transaction in the log.
pub(super) fn of_commit(error: Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable(error.into())
        }
        _ => StoreError::OutcomeUnknown(error.into()),
    }
}

/// An error of the file system, met where SQLite has no part in it. What is wrong with the path or with the permissions stays
/// wrong; a disk that is full or does not answer, which has many names, may be otherwise later.
pub(super) fn of_file(error: io::Error) -> StoreError {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound
        | Kind::PermissionDenied
        | Kind::AlreadyExists
        | Kind::NotADirectory
        | Kind::IsADirectory
        | Kind::ReadOnlyFilesystem
        | Kind::InvalidInput
        | Kind::InvalidFilename
        | Kind::TooManyLinks
        | Kind::CrossesDevices
        | Kind::Unsupported => StoreError::Backend(error.into()),
        _ => StoreError::Unavailable(error.into()),
    }
}

/// What is kept contradicts itself.
pub(super) fn corrupt(what: impl Into<String>) -> StoreError {
    StoreError::Corrupt(what.into().into())
}

/// Classifies the error of anything but a COMMIT.
pub(super) trait Read<T> {
    /// The value, or what the error lets the caller do.
    fn read(self) -> Result<T, StoreError>;
}

impl<T> Read<T> for Result<T, Error> {
    fn read(self) -> Result<T, StoreError> {
        self.map_err(classified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn s8_what_an_error_lets_the_caller_do_follows_from_when_it_came() {
        let failure = |code| Error::SqliteFailure(ffi::Error::new(code), None);
        // The code, then what it means before COMMIT and of COMMIT itself.
        for (code, before, of_it) in [
            (ffi::SQLITE_BUSY, "unavailable", "unavailable"),
            (ffi::SQLITE_LOCKED, "unavailable", "unavailable"),
            (ffi::SQLITE_FULL, "unavailable", "unknown"),
            (ffi::SQLITE_IOERR, "unavailable", "unknown"),
            (ffi::SQLITE_IOERR_FSYNC, "unavailable", "unknown"),
            (ffi::SQLITE_NOMEM, "unavailable", "unknown"),
            (ffi::SQLITE_READONLY, "backend", "unknown"),
            (ffi::SQLITE_CANTOPEN, "backend", "unknown"),
            (ffi::SQLITE_TOOBIG, "backend", "unknown"),
            (ffi::SQLITE_CORRUPT, "corrupt", "unknown"),
            (ffi::SQLITE_NOTADB, "corrupt", "unknown"),
        ] {
            let named = |error| match error {
                StoreError::Unavailable(_) => "unavailable",
                StoreError::OutcomeUnknown(_) => "unknown",
                StoreError::Corrupt(_) => "corrupt",
                StoreError::Backend(_) => "backend",
                _ => "another",
            };
            assert_eq!(named(classified(failure(code))), before, "{code} before COMMIT");
            assert_eq!(named(of_commit(failure(code))), of_it, "{code} of COMMIT");
        }
        let foreign = Error::InvalidColumnType(0, "digest".into(), rusqlite::types::Type::Null);
        assert!(matches!(classified(foreign), StoreError::Corrupt(_)));
    }

    #[cfg(unix)]
    #[test]
    fn s8_a_disk_that_fails_is_unavailable_and_a_wrong_path_is_not() {
        // EIO, ENOSPC, EINTR; then ENOENT, EACCES, EROFS, ENOTDIR.
        for code in [5, 28, 4] {
            let error = of_file(io::Error::from_raw_os_error(code));
            assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        }
        for code in [2, 13, 30, 20] {
            let error = of_file(io::Error::from_raw_os_error(code));
            assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
        }
    }
}
