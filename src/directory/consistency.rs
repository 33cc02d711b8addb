//! Consistency: how new a snapshot has to be.

use crate::model::record::Revision;

/// How new a snapshot has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consistency {
    /// The newest revision that this process has seen. Asks the store only if nothing is loaded or
    /// the loaded revision is stale.
    #[default]
    Cached,
    /// At least this revision, for a caller that has seen it elsewhere. Asks the store only if this
    /// process has not seen it. Holds for one question;
    /// [`Directory::expect_at_least`](crate::Directory::expect_at_least) holds for all of them.
    AtLeast(Revision),
    /// The revision that the store has when it is asked.
    Latest,
}
