//! Implements `Store` for pointers to a store, so that a test or a host can keep a handle on the
//! store of a directory.

use std::sync::Arc;
use std::time::Duration;

use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Login, Revision};
use crate::store::error::StoreError;
use crate::store::{Records, Store, Stored};

macro_rules! forward {
    ($pointer:ident) => {
        impl<S: Store + ?Sized> Store for $pointer<S> {
            fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
                (**self).load(organization)
            }

            fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
                (**self).commit(commit)
            }

            fn records(
                &self,
                organization: OrganizationId,
                after: Revision,
                limit: usize,
            ) -> Result<Records, StoreError> {
                (**self).records(organization, after, limit)
            }

            fn revisions(
                &self,
                organizations: &[OrganizationId],
            ) -> Result<Vec<Option<Revision>>, StoreError> {
                (**self).revisions(organizations)
            }

            fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
                (**self).checkpoint(checkpoint)
            }

            fn archive(
                &self,
                organization: OrganizationId,
                through: Revision,
            ) -> Result<(), StoreError> {
                (**self).archive(organization, through)
            }

            fn organizations(
                &self,
                after: Option<OrganizationId>,
                limit: usize,
            ) -> Result<Vec<OrganizationId>, StoreError> {
                (**self).organizations(after, limit)
            }

            fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
                (**self).organizations_of(login)
            }

            fn erase(
                &self,
                organization: OrganizationId,
                personal: &[PersonalId],
            ) -> Result<(), StoreError> {
                (**self).erase(organization, personal)
            }

            fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
                (**self).wait_for_change(timeout)
            }
        }
    };
}

forward!(Arc);
forward!(Box);
