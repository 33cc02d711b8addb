//! What the file looks like, and how it says what it is.

/// The file's `application_id`: "tnry" in ASCII. It tells this store's files from those of any other application.
pub(super) const APPLICATION: i64 = 0x746e_7279;

/// The schema's number, kept as the file's `user_version`.
pub(super) const VERSION: u32 = 1;

/// The tables. Ids are 16 bytes, the higher first, so that their order as bytes is their order as numbers; everything that
/// is compared is a BLOB, which SQLite compares byte for byte.
///
/// Tables in the order of their key keep one organization's rows side by side, because that is how they are read.
/// A commit's id and the digest of its record outlive the record, which can be archived.
pub(super) const TABLES: &str = "
CREATE TABLE organizations (
    organization BLOB NOT NULL PRIMARY KEY CHECK (length(organization) = 16),
    revision INTEGER NOT NULL CHECK (revision > 0),
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived <= revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (
    organization BLOB NOT NULL,
    revision INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (organization, revision)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX commits_by_id ON commits (organization, id);

CREATE TABLE records (
    organization BLOB NOT NULL,
    revision INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (organization, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    organization BLOB NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE personal (
    organization BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    revision INTEGER NOT NULL,
    login BLOB,
    content BLOB NOT NULL,
    PRIMARY KEY (organization, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX personal_by_revision ON personal (organization, revision);
CREATE INDEX personal_by_login ON personal (login, organization) WHERE login IS NOT NULL;
";
