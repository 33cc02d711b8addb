//! The content of a checkpoint: a whole organization, and where its records ended when it was made.

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

/// What a checkpoint's bytes say.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The checkpoint format.
    format: u32,
    /// SHA-256 of the record that made the revision shown.
    head: Digest,
    /// Every catalog that a record up to then was decided under.
    catalogs: BTreeMap<Digest, CatalogText>,
    /// The fingerprint of the one in force, if that does not follow from their editions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_force: Option<Digest>,
    /// The organization without its side rows: these stay where they can be erased.
    organization: StoredOrganization,
}

impl Formatted for Body {
    fn format(&self) -> u32 {
        self.format
    }
}

impl Checkpoint {
    /// The format that this release writes, and the newest that it reads: 2. It reads 1 as well.
    pub const FORMAT: u32 = 2;

    /// A checkpoint of an organization whose records end with `chain`; none if these are of different revisions. Computes
    /// in **O(n)** time.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Misplaced`] if the chain ends elsewhere, [`DecodeError::Corrupt`] if the organization cannot be
    /// written, which none brings about.
    pub fn new(organization: &Organization, chain: &Chain) -> Result<Self, DecodeError> {
        let (id, revision) = (organization.id(), organization.revision());
        let elsewhere = DecodeError::Misplaced { organization: id, revision };
        let Some(head) = chain.head() else { return Err(elsewhere) };
        if (chain.organization, chain.revision) != (id, revision) {
            return Err(elsewhere);
        }
        let in_force = match chain.in_force {
            InForce::Catalog(fingerprint) if InForce::among(&chain.catalogs) == InForce::Untold => {
                Some(fingerprint)
            }
            InForce::Missing(_) => {
                let error = "a record was decided under a catalog that none has brought";
                return Err(DecodeError::Corrupt(error.into()));
            }
            _ => None,
        };
        let body = Body {
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

    /// The organization that the checkpoint shows, with those of the side rows that it refers to, and the chain that its
    /// records continue. Computes in **O(n log n)** time.
    ///
    /// # Errors
    ///
    /// As [`RecordBody::decode`](super::RecordBody::decode), without its limits; [`DecodeError::Misplaced`] if it shows
    /// another organization or revision, [`DecodeError::Structure`] if it shows what no organization can be.
    pub fn open(&self, personal: &[PersonalRow]) -> Result<(Organization, Chain), DecodeError> {
        let body: Body = decode(&self.bytes, Self::FORMAT, usize::MAX)?;
        let Body { head, catalogs, in_force, organization, .. } = body;
        let (id, revision): (OrganizationId, Revision) = organization.place();
        if (id, revision) != (self.organization, self.revision) {
            return Err(DecodeError::Misplaced { organization: id, revision });
        }
        if catalogs.iter().any(|(fingerprint, catalog)| catalog.fingerprint() != *fingerprint) {
            return Err(DecodeError::Corrupt("a catalog is not the one that is named".into()));
        }
        let told = in_force.map_or_else(|| InForce::among(&catalogs), InForce::Catalog);
        if in_force.is_some() && !told.is_among(&catalogs) {
            let error = "the catalog in force is none of those with the highest edition";
            return Err(DecodeError::Corrupt(error.into()));
        }
        let organization = organization.with_personal(personal).try_into()?;
        let chain = Chain {
            organization: id,
            revision,
            head: Head::At(head),
            catalogs: Arc::new(catalogs),
            in_force: told,
        };
        Ok((organization, chain))
    }
}
