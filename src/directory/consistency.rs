//! Consistency: how new a snapshot has to be.

use crate::access::Snapshot;
use crate::directory::{Directory, LoadError, load};
use crate::id::OrganizationId;
use crate::model::record::Revision;
use crate::permission::Permissions;

/// How new an answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consistency {
    /// The newest revision that this process has seen; asks the store only if nothing is loaded, or what is loaded is
    /// stale.
    #[default]
    Cached,
    /// At least this revision, for somebody who has just seen it elsewhere; asks the store only if this process has not.
    /// For this question alone: [`Directory::expect_at_least`] is for all of them.
    AtLeast(Revision),
    /// What the store has when it is asked.
    Latest,
}

pub(super) fn snapshot<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    consistency: Consistency,
) -> Result<Snapshot<P>, LoadError> {
    let loaded = match consistency {
        Consistency::Cached => load::loaded(directory, organization)?,
        Consistency::Latest => load::refresh(directory, organization)?,
        Consistency::AtLeast(wanted) => {
            let loaded = load::loaded(directory, organization)?;
            if loaded.revision() >= wanted {
                loaded
            } else {
                let newest = load::refresh(directory, organization)?;
                let found = newest.revision();
                if found < wanted {
                    return Err(LoadError::Behind { organization, wanted, found });
                }
                newest
            }
        }
    };
    Ok(loaded.snapshot)
}
