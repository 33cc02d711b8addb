//! The content of a checkpoint: a whole organization, and the end of its records at that time.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::OrganizationId;
use crate::model::organization::Organization;
use crate::model::personal::{Digest, PersonalRow};
use crate::model::record::body::CatalogText;
use crate::model::record::body::{Formatted, decode};
use crate::model::record::chain::Chain;
use crate::model::record::chain::{Head, InForce};
use crate::model::record::error::DecodeError;
use crate::model::record::{Checkpoint, Revision};
use crate::model::stored::StoredOrganization;

/// The encoded content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointBody {
    /// The checkpoint format.
    format: u32,
    /// SHA-256 of the record of the checkpoint's revision.
    head: Digest,
    /// Every catalog that a record up to here was decided under.
    catalogs: BTreeMap<Digest, CatalogText>,
    /// The fingerprint of the catalog in force. `None` if it follows from the editions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_force: Option<Digest>,
    /// The organization without its side rows, which stay in the store, where they can be erased.
    organization: StoredOrganization,
}

impl Formatted for CheckpointBody {
    fn format(&self) -> u32 {
        self.format
    }
}

impl Checkpoint {
    /// The format that this release writes, and the newest that it reads: 2. It also reads 1.
    pub const FORMAT: u32 = 2;

    /// Encodes a checkpoint of an organization. `chain` is the end of its records. Computes in
    /// **O(n)** time.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Misplaced`] if the chain ends at another revision, [`DecodeError::Corrupt`]
    /// if the organization cannot be encoded, which does not happen.
    pub fn new(organization: &Organization, chain: &Chain) -> Result<Self, DecodeError> {
        let (id, revision) = (organization.id(), organization.revision());
        let elsewhere = DecodeError::Misplaced { organization: id, revision };
        let Some(head) = chain.head() else { return Err(elsewhere) };
        if (chain.organization, chain.revision) != (id, revision) {
            return Err(elsewhere);
        }
        let in_force = match chain.in_force {
            InForce::Catalog(fingerprint)
                if InForce::from_catalogs(&chain.catalogs) == InForce::Ambiguous =>
            {
                Some(fingerprint)
            }
            InForce::Missing(_) => {
                let error = "a record names a catalog that no record contains";
                return Err(DecodeError::Corrupt(error.into()));
            }
            _ => None,
        };
        let body = CheckpointBody {
            format: Self::FORMAT,
            head,
            in_force,
            catalogs: BTreeMap::clone(&chain.catalogs),
            organization: StoredOrganization::without_personal(organization),
        };
        let bytes =
            serde_json::to_vec(&body).map_err(|error| DecodeError::Corrupt(error.into()))?;
        Ok(Self { organization: id, revision, bytes: bytes.into() })
    }

    /// Decodes the checkpoint. Returns the organization, with those rows of `personal` to which it
    /// refers, and the chain that its records continue. Computes in **O(n log n)** time.
    ///
    /// # Errors
    ///
    /// As [`RecordBody::decode`](super::RecordBody::decode), without its limits;
    /// [`DecodeError::Misplaced`] if it contains another organization or revision,
    /// [`DecodeError::Structure`] if the organization in it is invalid.
    pub fn open(&self, personal: &[PersonalRow]) -> Result<(Organization, Chain), DecodeError> {
        let body: CheckpointBody = decode(&self.bytes, Self::FORMAT, usize::MAX)?;
        let CheckpointBody { head, catalogs, in_force, organization, .. } = body;
        let (id, revision): (OrganizationId, Revision) = organization.position();
        if (id, revision) != (self.organization, self.revision) {
            return Err(DecodeError::Misplaced { organization: id, revision });
        }
        if catalogs.iter().any(|(fingerprint, catalog)| catalog.fingerprint() != *fingerprint) {
            return Err(DecodeError::Corrupt(
                "a catalog does not have the fingerprint that is named".into(),
            ));
        }
        let chosen = in_force.map_or_else(|| InForce::from_catalogs(&catalogs), InForce::Catalog);
        if in_force.is_some() && !chosen.is_possible_among(&catalogs) {
            let error = "the catalog in force does not have the highest edition";
            return Err(DecodeError::Corrupt(error.into()));
        }
        let organization = organization.with_personal(personal).try_into()?;
        let chain = Chain {
            organization: id,
            revision,
            head: Head::At(head),
            catalogs: Arc::new(catalogs),
            in_force: chosen,
        };
        Ok((organization, chain))
    }
}
