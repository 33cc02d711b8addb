//! The chain of an organization's records: each carries the hash of the one before it, so that whoever knows a later one
//! sees every edit of an earlier one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::id::OrganizationId;
use crate::model::change::Change;
use crate::model::personal::Digest;
use crate::model::record::body::{Actor, CatalogText, RecordBody};
use crate::model::record::error::DecodeError;
use crate::model::record::{Record, Revision};

/// Where an organization's records end, and the catalogs that they were decided under. A clone costs **O(1)**.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub(super) organization: OrganizationId,
    pub(super) revision: Revision,
    pub(super) head: Head,
    /// By fingerprint, every catalog that a record has brought.
    pub(super) catalogs: Arc<BTreeMap<Digest, CatalogText>>,
    pub(super) in_force: InForce,
}

/// Which of the catalogs that records have brought is in force: of those with the highest edition,
/// the one that came last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce {
    /// No record has brought any.
    None,
    /// The one with this fingerprint.
    Catalog(Digest),
    /// Several have the highest edition, and a checkpoint does not say which of them came last.
    Untold,
    /// A record was decided under the catalog with this fingerprint, and none has brought it.
    Missing(Digest),
}

/// What is known of the last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// There is none.
    None,
    /// Nobody has taken its hash.
    Passed,
    /// Its SHA-256.
    At(Digest),
}

/// What a new record is to say, besides where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done, in words, one line an action.
    pub actions: Vec<String>,
    /// The effects.
    pub changes: Vec<Change>,
}

impl Chain {
    /// No record yet.
    pub fn new(organization: OrganizationId) -> Self {
        let (revision, head) = (Revision::NONE, Head::None);
        Self { organization, revision, head, catalogs: Arc::default(), in_force: InForce::None }
    }

    /// Whose records they are.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The revision that the last record made; none if there is no record yet.
    pub fn revision(&self) -> Option<Revision> {
        (self.revision != Revision::NONE).then_some(self.revision)
    }

    /// SHA-256 of the last record; none if there is no record yet, or the last one was merely
    /// [passed](Self::pass).
    pub const fn head(&self) -> Option<Digest> {
        match self.head {
            Head::At(digest) => Some(digest),
            Head::None | Head::Passed => None,
        }
    }

    /// A catalog that records were decided under, by its fingerprint. Computes in **O(log n)** time.
    pub fn catalog(&self, fingerprint: &Digest) -> Option<&CatalogText> {
        self.catalogs.get(fingerprint)
    }

    /// Every catalog that records were decided under, in the order of their fingerprints.
    pub fn catalogs(&self) -> impl Iterator<Item = &CatalogText> {
        self.catalogs.values()
    }

    /// Which catalog is in force.
    pub const fn in_force(&self) -> InForce {
        self.in_force
    }

    /// The same chain, which shares the text of this catalog if records were decided under it: thousands of organizations
    /// do, and would each have a copy.
    pub(crate) fn sharing(mut self, catalog: &CatalogText) -> Self {
        if self.catalogs.contains_key(&catalog.fingerprint()) {
            let catalogs = Arc::make_mut(&mut self.catalogs);
            catalogs.insert(catalog.fingerprint(), catalog.clone());
        }
        self
    }

    /// Writes the next record: its bytes, and the chain that ends with it. It brings along the catalog if no record has
    /// yet.
    ///
    /// # Errors
    ///
    /// As [`RecordBody::encode`]; [`DecodeError::BrokenChain`] if the last record was merely [passed](Self::pass).
    pub fn append(
        &self,
        entry: Entry,
        catalog: &CatalogText,
    ) -> Result<(Arc<[u8]>, Self), DecodeError> {
        let Entry { time, actor, actions, changes } = entry;
        if self.head == Head::Passed {
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
        let next = self.clone().ending(&body, Head::At(Digest::of([&*bytes])));
        Ok((bytes, next))
    }

    /// Reads the next record: what it says, and the chain that ends with it.
    ///
    /// # Errors
    ///
    /// As [`RecordBody::decode`]; [`DecodeError::Misplaced`] for a record of another organization or another revision
    /// than the next, [`DecodeError::BrokenChain`] for one that follows another record than the last one here.
    pub fn follow(self, record: &Record) -> Result<(RecordBody, Self), DecodeError> {
        let (body, next) = self.pass(record)?;
        Ok((body, Self { head: Head::At(Digest::of([&*record.bytes])), ..next }))
    }

    /// As [`follow`](Self::follow), without taking the record's hash, which for most records is the most of the work: for
    /// one that another is read after, where the chain is not what is in question.
    ///
    /// # Errors
    ///
    /// As [`follow`](Self::follow); after a record that was passed, any may follow.
    pub fn pass(self, record: &Record) -> Result<(RecordBody, Self), DecodeError> {
        let body = RecordBody::decode(&record.bytes)?;
        let (organization, revision) = (body.organization, body.revision);
        if (organization, revision) != (self.organization, self.revision.next()) {
            return Err(DecodeError::Misplaced { organization, revision });
        }
        let follows = match self.head {
            Head::Passed => body.previous.is_some(),
            Head::None | Head::At(_) => body.previous == self.head(),
        };
        if !follows {
            return Err(DecodeError::BrokenChain);
        }
        let next = self.ending(&body, Head::Passed);
        Ok((body, next))
    }

    fn ending(mut self, body: &RecordBody, head: Head) -> Self {
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

/// The rank of a catalog: its edition, which nobody can be sure to be beyond if it cannot be read.
fn rank(catalog: &CatalogText) -> u128 {
    catalog.edition().map_or(u128::MAX, u128::from)
}

impl InForce {
    /// What is in force among some catalogs, as far as that does not depend on their order.
    pub(super) fn among(catalogs: &BTreeMap<Digest, CatalogText>) -> Self {
        // Nearly all organizations have one, which need not be read for this.
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
            _ => Self::Untold,
        }
    }

    /// Whether this can be so among some catalogs: it is one of those with the highest edition.
    pub(super) fn is_among(self, catalogs: &BTreeMap<Digest, CatalogText>) -> bool {
        let Self::Catalog(fingerprint) = self else { return true };
        let highest = catalogs.values().map(rank).max();
        catalogs.get(&fingerprint).is_some_and(|it| Some(rank(it)) == highest)
    }

    /// What is in force once a record brings `document` beside those that were there before.
    fn or_newer(self, document: &CatalogText, before: &BTreeMap<Digest, CatalogText>) -> Self {
        let is_ahead = match self {
            Self::None => true,
            Self::Catalog(present) => {
                before.get(&present).is_none_or(|present| rank(document) >= rank(present))
            }
            Self::Untold => before.values().all(|present| rank(document) >= rank(present)),
            Self::Missing(_) => false,
        };
        if is_ahead { Self::Catalog(document.fingerprint()) } else { self }
    }
}
