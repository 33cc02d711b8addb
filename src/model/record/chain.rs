//! The hash chain of an organization's records: each contains the hash of the previous one, so that
//! an edit of any record shows to everyone who knows a later one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::id::OrganizationId;
use crate::model::change::Change;
use crate::model::personal::Digest;
use crate::model::record::body::{Actor, CatalogText, RecordBody};
use crate::model::record::error::DecodeError;
use crate::model::record::{Record, Revision};

/// The end of an organization's records, and the catalogs they were decided under. A clone costs
/// **O(1)**.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub(super) organization: OrganizationId,
    pub(super) revision: Revision,
    pub(super) head: Head,
    /// Every catalog that a record contains, by fingerprint.
    pub(super) catalogs: Arc<BTreeMap<Digest, CatalogText>>,
    pub(super) in_force: InForce,
}

/// The catalog in force: of the stored catalogs with the highest edition, the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce {
    /// No record contains a catalog.
    None,
    /// The catalog with this fingerprint.
    Catalog(Digest),
    /// Several catalogs have the highest edition, and the checkpoint does not say which of them
    /// came last.
    Ambiguous,
    /// A record was decided under the catalog with this fingerprint, and no record contains it.
    Missing(Digest),
}

/// The hash of the last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// There is no record.
    None,
    /// Its hash was not taken.
    NotHashed,
    /// Its SHA-256.
    At(Digest),
}

/// The content of a new record, except its position in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When the change was made.
    pub time: Timestamp,
    /// Who made it.
    pub actor: Actor,
    /// The actions in words, one line each.
    pub actions: Vec<String>,
    /// The changes.
    pub changes: Vec<Change>,
}

impl Chain {
    /// Returns the empty chain of an organization.
    pub fn new(organization: OrganizationId) -> Self {
        let (revision, head) = (Revision::NONE, Head::None);
        Self { organization, revision, head, catalogs: Arc::default(), in_force: InForce::None }
    }

    /// The organization.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The revision of the last record. `None` if there is no record yet.
    pub fn revision(&self) -> Option<Revision> {
        (self.revision != Revision::NONE).then_some(self.revision)
    }

    /// SHA-256 of the last record. `None` if there is no record yet, or its hash was [not
    /// taken](Self::follow_unhashed).
    pub const fn head(&self) -> Option<Digest> {
        match self.head {
            Head::At(digest) => Some(digest),
            Head::None | Head::NotHashed => None,
        }
    }

    /// The catalog with this fingerprint, if records were decided under it. Computes in **O(log
    /// n)** time.
    pub fn catalog(&self, fingerprint: &Digest) -> Option<&CatalogText> {
        self.catalogs.get(fingerprint)
    }

    /// Every catalog that records were decided under, ordered by fingerprint.
    pub fn catalogs(&self) -> impl Iterator<Item = &CatalogText> {
        self.catalogs.values()
    }

    /// The catalog in force.
    pub const fn in_force(&self) -> InForce {
        self.in_force
    }

    /// Interns the text of a catalog, if records were decided under it. Otherwise each of thousands
    /// of organizations would have its own copy.
    pub(crate) fn intern_catalog(mut self, catalog: &CatalogText) -> Self {
        if self.catalogs.contains_key(&catalog.fingerprint()) {
            let catalogs = Arc::make_mut(&mut self.catalogs);
            catalogs.insert(catalog.fingerprint(), catalog.clone());
        }
        self
    }

    /// Encodes the next record. Returns its bytes and the chain that ends with it. The record
    /// contains the catalog if no earlier one does.
    ///
    /// # Errors
    ///
    /// As [`RecordBody::encode`]; [`DecodeError::BrokenChain`] if the hash of the last record was
    /// [not taken](Self::follow_unhashed).
    pub fn append(
        &self,
        entry: Entry,
        catalog: &CatalogText,
    ) -> Result<(Arc<[u8]>, Self), DecodeError> {
        let Entry { time, actor, actions, changes } = entry;
        if self.head == Head::NotHashed {
            return Err(DecodeError::BrokenChain);
        }
        let fingerprint = catalog.fingerprint();
        let is_new = !self.catalogs.contains_key(&fingerprint);
        let body = RecordBody {
            format: RecordBody::FORMAT,
            organization: self.organization,
            revision: self.revision.next(),
            previous: self.head(),
            time,
            actor,
            catalog: fingerprint,
            document: is_new.then(|| catalog.clone()),
            actions,
            changes,
        };
        let bytes = body.encode()?;
        let next = self.clone().advance(&body, Head::At(Digest::of([&*bytes])));
        Ok((bytes, next))
    }

    /// Decodes the next record. Returns its content and the chain that ends with it.
    ///
    /// # Errors
    ///
    /// As [`RecordBody::decode`]; [`DecodeError::Misplaced`] for a record of another organization
    /// or of any revision but the next, [`DecodeError::BrokenChain`] for one that does not follow
    /// the last record.
    pub fn follow(self, record: &Record) -> Result<(RecordBody, Self), DecodeError> {
        let (body, next) = self.follow_unhashed(record)?;
        Ok((body, Self { head: Head::At(Digest::of([&*record.bytes])), ..next }))
    }

    /// As [`follow`](Self::follow), without hashing the record, which is most of the work for most
    /// records. For reading on where the chain need not be verified.
    ///
    /// # Errors
    ///
    /// As [`follow`](Self::follow), except that the next record is accepted without comparing
    /// hashes.
    pub fn follow_unhashed(self, record: &Record) -> Result<(RecordBody, Self), DecodeError> {
        let body = RecordBody::decode(&record.bytes)?;
        let (organization, revision) = (body.organization, body.revision);
        if (organization, revision) != (self.organization, self.revision.next()) {
            return Err(DecodeError::Misplaced { organization, revision });
        }
        let follows = match self.head {
            Head::NotHashed => body.previous.is_some(),
            Head::None | Head::At(_) => body.previous == self.head(),
        };
        if !follows {
            return Err(DecodeError::BrokenChain);
        }
        let next = self.advance(&body, Head::NotHashed);
        Ok((body, next))
    }

    fn advance(mut self, body: &RecordBody, head: Head) -> Self {
        let is_known = self.catalogs.contains_key(&body.catalog);
        match &body.document {
            Some(document) if !is_known => {
                self.in_force = self.in_force.or_newer(document, &self.catalogs);
                Arc::make_mut(&mut self.catalogs).insert(body.catalog, document.clone());
            }
            None if !is_known => self.in_force = InForce::Missing(body.catalog),
            Some(_) | None => {}
        }
        Self { revision: body.revision, head, ..self }
    }
}

/// The rank of a catalog: its edition, or the highest rank if the edition cannot be read.
fn rank(catalog: &CatalogText) -> u128 {
    catalog.edition().map_or(u128::MAX, u128::from)
}

impl InForce {
    /// The catalog in force among `catalogs`, as far as it does not depend on their order.
    pub(super) fn from_catalogs(catalogs: &BTreeMap<Digest, CatalogText>) -> Self {
        // Nearly all organizations have one catalog, so its edition need not be parsed.
        let mut all = catalogs.keys();
        match (all.next(), all.next()) {
            (None, _) => return Self::None,
            (Some(only), None) => return Self::Catalog(*only),
            (Some(_), Some(_)) => {}
        }
        let ranked: Vec<_> = catalogs.iter().map(|(digest, it)| (rank(it), *digest)).collect();
        let highest = ranked.iter().map(|(rank, _)| *rank).max();
        let mut in_force = ranked.iter().filter(|(rank, _)| Some(*rank) == highest);
        match (in_force.next(), in_force.next()) {
            (Some((_, only)), None) => Self::Catalog(*only),
            _ => Self::Ambiguous,
        }
    }

    /// Whether this state is possible for `catalogs`: the one in force has the highest edition.
    pub(super) fn is_possible_among(self, catalogs: &BTreeMap<Digest, CatalogText>) -> bool {
        let Self::Catalog(fingerprint) = self else { return true };
        let highest = catalogs.values().map(rank).max();
        catalogs.get(&fingerprint).is_some_and(|it| Some(rank(it)) == highest)
    }

    /// The catalog in force after a record adds `document` to the catalogs in `before`.
    fn or_newer(self, document: &CatalogText, before: &BTreeMap<Digest, CatalogText>) -> Self {
        let is_ahead = match self {
            Self::None => true,
            Self::Catalog(present) => {
                before.get(&present).is_none_or(|present| rank(document) >= rank(present))
            }
            Self::Ambiguous => before.values().all(|present| rank(document) >= rank(present)),
            Self::Missing(_) => false,
        };
        if is_ahead { Self::Catalog(document.fingerprint()) } else { self }
    }
}
