//! The content of a record: who did what, when, under which catalog, and what came of it.

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
    /// Somebody with the token of an invitation, who is or becomes this sub-account.
    Invitee(SubAccountId),
}

impl Actor {
    /// The host's own code under `name`.
    ///
    /// # Errors
    ///
    /// [`TextError`] if the name is empty, too long or holds a control character.
    pub fn system(name: &str) -> Result<Self, TextError> {
        Name::new(name).map(Self::System)
    }
}

/// A catalog's document as it was written: JSON whose bytes are what its fingerprint was taken of. Clones share the text.
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

    /// The edition that the document names; `None` if it names none that this release can read.
    /// Reads the text: computes in **O(n)** time.
    pub fn edition(&self) -> Option<u64> {
        #[derive(Deserialize)]
        struct Document {
            #[serde(default)]
            edition: u64,
        }
        // A list would read as a document too, field by field.
        let document = self.json.starts_with('{').then(|| serde_json::from_str(&self.json));
        document?.ok().map(|document: Document| document.edition)
    }

    /// A document as its catalog writes it.
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

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// The record format.
    pub(super) format: u32,
    /// The organization that it changed.
    pub organization: OrganizationId,
    /// The revision that it made.
    pub revision: Revision,
    /// SHA-256 of the record before it; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// When it happened.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The fingerprint of the catalog under which it was decided.
    pub catalog: Digest,
    /// That catalog itself, with the first record that was decided under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<CatalogText>,
    /// What was done, in words, one line an action.
    #[serde(deserialize_with = "bounded")]
    pub actions: Vec<String>,
    /// The effects.
    #[serde(deserialize_with = "bounded")]
    pub changes: Vec<Change>,
}

impl RecordBody {
    /// The format that this release writes, and the newest that it reads: 2. It reads 1 as well.
    pub const FORMAT: u32 = 2;

    /// The most bytes of one record: 64 MiB.
    pub const LIMIT: usize = 64 << 20;

    /// The most effects, and the most actions, of one record: 1,048,576.
    pub const COUNT: usize = 1 << 20;

    /// The record as bytes: one content, one encoding.
    ///
    /// # Errors
    ///
    /// [`DecodeError::TooLarge`] beyond [`LIMIT`](Self::LIMIT) or [`COUNT`](Self::COUNT): nobody could read it.
    pub fn encode(&self) -> Result<Arc<[u8]>, DecodeError> {
        let bytes = serde_json::to_vec(self).map_err(|error| DecodeError::Corrupt(error.into()))?;
        let count = self.changes.len().max(self.actions.len());
        if bytes.len() > Self::LIMIT || count > Self::COUNT {
            return Err(DecodeError::TooLarge { bytes: bytes.len(), limit: Self::LIMIT });
        }
        Ok(bytes.into())
    }

    /// Reads a record. Takes memory in proportion to the bytes, whatever they are.
    ///
    /// # Errors
    ///
    /// [`DecodeError::IncompatibleFormat`] for a newer format, [`DecodeError::Unknown`] for what this release does not
    /// know, [`DecodeError::TooLarge`], and [`DecodeError::Corrupt`] for anything else that does not read.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let body: Self = decode(bytes, Self::FORMAT, Self::LIMIT)?;
        match &body.document {
            Some(document) if document.fingerprint() != body.catalog => {
                Err(DecodeError::Corrupt("the catalog is not the one that is named".into()))
            }
            _ => Ok(body),
        }
    }
}

/// What says at its start which format it has.
pub(super) trait Formatted: DeserializeOwned {
    fn format(&self) -> u32;
}

impl Formatted for RecordBody {
    fn format(&self) -> u32 {
        self.format
    }
}

/// The oldest format that was ever written.
const OLDEST: u32 = 1;

/// Reads one of the formats of this module, up to the newest that is `supported`.
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
    // Nearly all are of a format that is known, and read at once. Every format is all of the one
    // before it and more, so one type reads them all. One that is not known may look the same.
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
        (_, Ok(_)) => Err(DecodeError::Corrupt("its format was never in use".into())),
    }
}

/// Reads a list of at most [`RecordBody::COUNT`] entries.
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
