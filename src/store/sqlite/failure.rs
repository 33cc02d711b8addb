//! Maps SQLite's errors to what the caller can do (S8).

use std::io;

use rusqlite::{Error, ErrorCode};

use crate::store::error::StoreError;

/// Classifies an error before COMMIT: SQLite has written nothing, or rolls it back.
pub(super) fn classify(error: Error) -> StoreError {
    match error.sqlite_error_code() {
        // A lock is held, there is no space, or the disk does not respond: trying again may help.
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
        _ if is_unexpected_value(&error) => StoreError::Corrupt(error.into()),
        _ => StoreError::Backend(error.into()),
    }
}

/// Whether another connection held a lock.
pub(super) fn is_busy(error: &StoreError) -> bool {
    let StoreError::Unavailable(cause) = error else { return false };
    let cause = cause.downcast_ref::<Error>().and_then(Error::sqlite_error_code);
    cause == Some(ErrorCode::DatabaseBusy)
}

/// Whether a value was read that this store never writes.
const fn is_unexpected_value(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::IntegralValueOutOfRange(..)
    )
}

/// Classifies an error of COMMIT itself. If busy, SQLite has not started to write. After any other
/// error, a recovery may or may not find the transaction in the log.
pub(super) fn classify_commit(error: Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable(error.into())
        }
        _ => StoreError::OutcomeUnknown(error.into()),
    }
}

/// Classifies an error of the file system outside SQLite. A wrong path or missing permission is
/// permanent. A disk that is full or does not respond, which has many error codes, is temporary.
pub(super) fn classify_io(error: io::Error) -> StoreError {
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

/// Reports stored data that contradicts itself.
pub(super) fn corrupt(what: impl Into<String>) -> StoreError {
    StoreError::Corrupt(what.into().into())
}

/// Classifies errors before COMMIT.
pub(super) trait Classify<T> {
    /// Returns the value, or the classify error.
    fn classify(self) -> Result<T, StoreError>;
}

impl<T> Classify<T> for Result<T, Error> {
    fn classify(self) -> Result<T, StoreError> {
        self.map_err(classify)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn s8_what_an_error_lets_the_caller_do_follows_from_when_it_came() {
        let failure = |code| Error::SqliteFailure(ffi::Error::new(code), None);
        // The code, then its class before COMMIT and for COMMIT itself.
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
            assert_eq!(named(classify(failure(code))), before, "{code} before COMMIT");
            assert_eq!(named(classify_commit(failure(code))), of_it, "{code} of COMMIT");
        }
        let foreign = Error::InvalidColumnType(0, "digest".into(), rusqlite::types::Type::Null);
        assert!(matches!(classify(foreign), StoreError::Corrupt(_)));
    }

    #[cfg(unix)]
    #[test]
    fn s8_a_disk_that_fails_is_unavailable_and_a_wrong_path_is_not() {
        // EIO, ENOSPC, EINTR; then ENOENT, EACCES, EROFS, ENOTDIR.
        for code in [5, 28, 4] {
            let error = classify_io(io::Error::from_raw_os_error(code));
            assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        }
        for code in [2, 13, 30, 20] {
            let error = classify_io(io::Error::from_raw_os_error(code));
            assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
        }
    }
}
