//! A loaded organization, as the cache holds it.

use crate::access::Snapshot;
use crate::id::OrganizationId;
use crate::model::Organization;
use crate::model::record::{Chain, Revision};
use crate::permission::Permissions;

/// One revision of an organization, with what the next commit and the next checkpoint need.
pub(super) struct LoadedOrganization<P> {
    pub(super) snapshot: Snapshot<P>,
    /// The hash chain up to this revision.
    pub(super) chain: Chain,
    pub(super) size: StoredSize,
}

/// How many bytes a load of the organization reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StoredSize {
    /// The bytes of the newest checkpoint; 0 without one.
    pub(super) checkpoint: usize,
    /// The bytes of the records after the checkpoint.
    pub(super) tail: usize,
}

impl<P: Permissions> LoadedOrganization<P> {
    pub(super) fn id(&self) -> OrganizationId {
        self.organization().id()
    }

    pub(super) fn organization(&self) -> &Organization {
        self.snapshot.organization()
    }

    pub(super) fn revision(&self) -> Revision {
        self.snapshot.revision()
    }
}

impl<P> Clone for LoadedOrganization<P> {
    fn clone(&self) -> Self {
        Self { snapshot: self.snapshot.clone(), chain: self.chain.clone(), size: self.size }
    }
}
