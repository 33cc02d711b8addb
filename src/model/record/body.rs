//! The content of a record: who changed what, when, and under which catalog.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::id::{OrganizationId, SubAccountId};
use crate::model::change::Change;
use crate::model::personal::Digest;
use crate::model::record::Revision;
use crate::model::record::error::DecodeError;
use crate::text::{Name, TextError};

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Actor {
    /// The host's own code, under a name for the audit trail.
    System(Name),
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of the host's own organization, let in by consent.
    Operator {
        /// The host's organization.
        organization: OrganizationId,
        /// The operator there.
        sub_account: SubAccountId,
    },
    /// The holder of an invitation's token, who is or becomes this sub-account.
    Invitee(SubAccountId),
}

impl Actor {
    /// Returns the host's own code, under `name`.
    ///
    /// # Errors
    ///
    /// [`TextError`] if the name is empty, too long or holds a control character.
    pub fn system(name: &str) -> Result<Self, TextError> {
        Name::new(name).map(Self::System)
    }
}

/// The document of a catalog, as JSON text. The fingerprint is taken of exactly these bytes. Clones
/// share the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogText {
    json: Arc<str>,
    fingerprint: Digest,
}

impl CatalogText {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.json
    }

    /// SHA-256 of the text.
    pub const fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// The edition that the document names. `None` if this release cannot read the document. Parses
    /// the text: computes in **O(n)** time.
    pub fn edition(&self) -> Option<u64> {
        #[derive(Deserialize)]
        struct EditionDocument {
            #[serde(default)]
            edition: u64,
        }
        // A JSON list would also deserialize as a document, field by field.
        let document = self.json.starts_with('{').then(|| serde_json::from_str(&self.json));
        document?.ok().map(|document: EditionDocument| document.edition)
    }

    /// Returns the document with its fingerprint.
    pub(crate) fn new(json: impl Into<Arc<str>>) -> Self {
        let json = json.into();
        Self { fingerprint: Digest::of([json.as_bytes()]), json }
    }
}

impl Serialize for CatalogText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.json).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CatalogText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self::new(raw.get()))
    }
}

/// The content of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// The record format.
    pub(super) format: u32,
    /// The organization that it changed.
    pub organization: OrganizationId,
    /// The revision that it made.
    pub revision: Revision,
    /// SHA-256 of the previous record. `None` for the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// When it happened.
    pub time: Timestamp,
    /// Who made the change.
    pub actor: Actor,
    /// The fingerprint of the catalog that was in force.
    pub catalog: Digest,
    /// The catalog itself, in the first record under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<CatalogText>,
    /// The actions in words, one line each.
    #[serde(deserialize_with = "bounded")]
    pub actions: Vec<String>,
    /// The changes.
    #[serde(deserialize_with = "bounded")]
    pub changes: Vec<Change>,
}

impl RecordBody {
    /// The format that this release writes, and the newest that it reads: 2. It also reads 1.
    pub const FORMAT: u32 = 2;

    /// The most bytes of one record: 64 MiB.
    pub const LIMIT: usize = 64 << 20;

    /// The most changes, and the most actions, of one record: 1,048,576.
    pub const COUNT: usize = 1 << 20;

    /// Encodes the record. Equal contents have equal encodings.
    ///
    /// # Errors
    ///
    /// [`DecodeError::TooLarge`] beyond [`LIMIT`](Self::LIMIT) or [`COUNT`](Self::COUNT): it could
    /// not be read back.
    pub fn encode(&self) -> Result<Arc<[u8]>, DecodeError> {
        let bytes = serde_json::to_vec(self).map_err(|error| DecodeError::Corrupt(error.into()))?;
        let count = self.changes.len().max(self.actions.len());
        if bytes.len() > Self::LIMIT || count > Self::COUNT {
            return Err(DecodeError::TooLarge { bytes: bytes.len(), limit: Self::LIMIT });
        }
        Ok(bytes.into())
    }

    /// Decodes a record. Uses memory in proportion to the number of bytes, whatever they contain.
    ///
    /// # Errors
    ///
    /// [`DecodeError::IncompatibleFormat`] for a newer format, [`DecodeError::Unknown`] for content
    /// that this release does not know, [`DecodeError::TooLarge`] beyond the limits, and
    /// [`DecodeError::Corrupt`] for anything else that cannot be decoded.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let body: Self = decode(bytes, Self::FORMAT, Self::LIMIT)?;
        match &body.document {
            Some(document) if document.fingerprint() != body.catalog => Err(DecodeError::Corrupt(
                "the catalog does not have the fingerprint that is named".into(),
            )),
            _ => Ok(body),
        }
    }
}

/// A stored form that starts with its format number.
pub(super) trait Formatted: DeserializeOwned {
    fn format(&self) -> u32;
}

impl Formatted for RecordBody {
    fn format(&self) -> u32 {
        self.format
    }
}

/// The oldest format.
const OLDEST: u32 = 1;

/// Decodes a stored form, up to the newest format that is `supported`.
pub(super) fn decode<T: Formatted>(
    bytes: &[u8],
    supported: u32,
    limit: usize,
) -> Result<T, DecodeError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    if bytes.len() > limit {
        return Err(DecodeError::TooLarge { bytes: bytes.len(), limit });
    }
    // Nearly all bytes are of a known format and decode at once: each format is a superset of the
    // previous, so one type reads them all. Bytes of an unknown format may decode too.
    let read = serde_json::from_slice::<T>(bytes);
    let found = match &read {
        Ok(read) => Some(read.format()),
        Err(_) => serde_json::from_slice::<Format>(bytes).ok().map(|it| it.format),
    };
    let is_known = |found: u32| (OLDEST..=supported).contains(&found);
    match (found, read) {
        (Some(found), Ok(read)) if is_known(found) => Ok(read),
        (Some(found), _) if found > supported => {
            Err(DecodeError::IncompatibleFormat { found, supported })
        }
        (Some(found), Err(error)) if is_known(found) => Err(DecodeError::Unknown(error.into())),
        (_, Err(error)) => Err(DecodeError::Corrupt(error.into())),
        (_, Ok(_)) => Err(DecodeError::Corrupt("there is no such format".into())),
    }
}

/// Deserializes a list of at most [`RecordBody::COUNT`] entries.
fn bounded<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Bounded<T>(std::marker::PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Bounded<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {} entries", RecordBody::COUNT)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(entry) = entries.next_element()? {
                if list.len() == RecordBody::COUNT {
                    return Err(serde::de::Error::invalid_length(list.len() + 1, &self));
                }
                list.push(entry);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_seq(Bounded(std::marker::PhantomData))
}
