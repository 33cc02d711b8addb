//! Personal data: kept in side rows that can be erased without changing the objects that refer to
//! them.
//!
//! An object holds a [`Personal`]: the row's id and a salted hash of its value. The row holds the
//! salt and the value. Without the row, the object still reads and hashes the same, and the value
//! is "erased". The caller makes the salts.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::id::PersonalId;
use crate::model::login::Login;
use crate::text::{self, TextError, hex};

/// The meaning of a piece of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Purpose {
    /// A sub-account's login.
    Login,
    /// A person's name.
    Name,
    /// The reason of a change, an assignment or a request.
    Reason,
    /// The login of a person who asks to join. It does not count as taken.
    Applicant,
}

/// A reference to personal data: the id of the row, and the hash that proves its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personal {
    /// The side row.
    pub id: PersonalId,
    /// SHA-256 over the row's salt and value.
    pub digest: Digest,
}

/// 32 bytes of SHA-256 (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest of the concatenated `parts`.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The first `N` bytes.
    pub(crate) fn leading<const N: usize>(&self) -> [u8; N] {
        let mut bytes = self.0.iter().copied();
        std::array::from_fn(|_| bytes.next().unwrap_or_default())
    }

    /// The bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A side row with its salt and value. `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredRow")]
pub struct PersonalRow {
    id: PersonalId,
    purpose: Purpose,
    #[serde(serialize_with = "write_hex")]
    salt: [u8; 32],
    value: String,
}

/// The stored form, before its value is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRow {
    id: PersonalId,
    purpose: Purpose,
    #[serde(deserialize_with = "read_hex")]
    salt: [u8; 32],
    value: String,
}

impl TryFrom<StoredRow> for PersonalRow {
    type Error = TextError;

    fn try_from(StoredRow { id, purpose, salt, value }: StoredRow) -> Result<Self, TextError> {
        Self::new(id, purpose, salt, value)
    }
}

impl PersonalRow {
    /// The most bytes of a value; a login has at most [`Login::LIMIT`].
    pub const LIMIT: usize = 2_000;

    /// Returns a row. The salt must be 256 random bits.
    ///
    /// # Errors
    ///
    /// [`TextError`] if the value is empty, longer than its purpose allows, or has a control
    /// character.
    pub fn new(
        id: PersonalId,
        purpose: Purpose,
        salt: [u8; 32],
        value: impl Into<String>,
    ) -> Result<Self, TextError> {
        let value = value.into();
        let (what, limit) = match purpose {
            Purpose::Login | Purpose::Applicant => ("login", Login::LIMIT),
            Purpose::Name => ("person's name", Self::LIMIT),
            Purpose::Reason => ("reason", Self::LIMIT),
        };
        text::check(what, &value, limit)?;
        Ok(Self { id, purpose, salt, value })
    }

    /// The row's id.
    pub const fn id(&self) -> PersonalId {
        self.id
    }

    /// The meaning of the value.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The reference that an object stores in place of the value. Computes in **O(n)** time.
    pub fn reference(&self) -> Personal {
        Personal { id: self.id, digest: Digest::of([&self.salt[..], self.value.as_bytes()]) }
    }
}

impl fmt::Debug for PersonalRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonalRow")
            .field("id", &self.id)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or_default();
        let mut text = [0; 64];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 0xf)];
        }
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_hex(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_hex(deserializer).map(Self)
    }
}

fn write_hex<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Digest(*bytes))
}

fn read_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = String::deserialize(deserializer)?;
    hex(&text).ok_or_else(|| serde::de::Error::custom("expected 64 lower-case hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_proves_its_reference_and_hides_its_value() {
        let row = |salt, value: &str| {
            PersonalRow::new(PersonalId::from_u128(1), Purpose::Login, [salt; 32], value).unwrap()
        };
        let lin = row(7, "lin@acme.example");
        assert_eq!(lin.reference(), row(7, "lin@acme.example").reference());
        assert_ne!(lin.reference(), row(8, "lin@acme.example").reference());
        assert_ne!(lin.reference(), row(7, "Lin@acme.example").reference());
        assert!(!format!("{lin:?}").contains("lin@"));
        let stored = serde_json::to_string(&lin).unwrap();
        assert_eq!(serde_json::from_str::<PersonalRow>(&stored).unwrap(), lin);
    }

    #[test]
    fn a_digest_is_standard_sha_256_and_read_strictly() {
        let digest = Digest::of([&b"ab"[..], b"c"]);
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(hex(text), Some(*digest.as_bytes()));
        for bad in [&text[1..], &text.to_uppercase(), &format!("{text}0"), &text.replace('b', "g")]
        {
            assert_eq!(hex::<32>(bad), None, "{bad}");
        }
    }
}
