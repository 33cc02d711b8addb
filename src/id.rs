//! Typed ids: 128 bits each, one type for each kind of entity, so that ids of two kinds cannot be
//! confused.
//!
//! Ids are opaque. The directory generates them (UUID version 7, RFC 9562), or the host passes its
//! own. Nothing here reads a clock or a random source, and nothing parses a login or a key of the
//! host as an id.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id; write 32 lower-case hexadecimal digits as 8-4-4-4-12")]
pub struct ParseIdError {
    text: String,
}

/// Parses exactly the [`fmt::Display`] form: no braces, no prefix, no upper case, so that every id
/// has one spelling.
fn parse(text: &str) -> Result<Uuid, ParseIdError> {
    let strict = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    strict
        .then(|| Uuid::try_parse(text).ok())
        .flatten()
        .ok_or_else(|| ParseIdError { text: text.chars().take(48).collect() })
}

/// 128 bits without alignment, compared as one number. Half of the memory of an organization is
/// ids, each next to a byte or two; the alignment of a `u128` or a `u64` would pad every one of
/// them.
#[derive(Clone, Copy, PartialEq, Eq)]
struct IdBits([u8; 16]);

impl IdBits {
    const fn new(bits: u128) -> Self {
        Self(bits.to_ne_bytes())
    }

    #[inline]
    const fn number(self) -> u128 {
        u128::from_ne_bytes(self.0)
    }
}

/// Compares as one number, without a branch between two halves. Every step of a look-up compares
/// two ids.
impl Ord for IdBits {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.number().cmp(&other.number())
    }
}

impl PartialOrd for IdBits {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for IdBits {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.number());
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(IdBits);

        impl $name {
            /// The id with these 128 bits.
            pub const fn from_u128(bits: u128) -> Self {
                Self(IdBits::new(bits))
            }

            /// The id's 128 bits.
            pub const fn to_u128(self) -> u128 {
                self.0.number()
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self::from_u128(uuid.as_u128())
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                Self::from_u128(id.to_u128())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse(text).map(Self::from)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&Uuid::from(*self).hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), Uuid::from(*self).hyphenated())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// An organization: a tenant and its whole tree.
    OrganizationId
}
id! {
    /// A workspace of one organization.
    WorkspaceId
}
id! {
    /// A resource inside a workspace.
    ResourceId
}
id! {
    /// A sub-account of one organization. A person in two organizations has two of them.
    SubAccountId
}
id! {
    /// A team of sub-accounts.
    TeamId
}
id! {
    /// A custom role of one organization. System roles have names instead of ids.
    RoleId
}
id! {
    /// An assignment.
    AssignmentId
}
id! {
    /// An organization's consent to support access.
    ConsentId
}
id! {
    /// An invitation.
    InvitationId
}
id! {
    /// A request to join, to come back, or to be given access.
    RequestId
}
id! {
    /// A row of personal data.
    PersonalId
}
id! {
    /// A commit. Its writer chooses the id, so that a retry is recognised.
    CommitId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = WorkspaceId::from_u128(0x0192_f0c4_0000_7000_8000_0000_0000_00ab);
        assert_eq!(id.to_string(), "0192f0c4-0000-7000-8000-0000000000ab");
        assert_eq!(id.to_string().parse::<WorkspaceId>(), Ok(id));
        for sloppy in [
            "0192F0C4-0000-7000-8000-0000000000AB",
            "0192f0c40000700080000000000000ab",
            "{0192f0c4-0000-7000-8000-0000000000ab}",
            "urn:uuid:0192f0c4-0000-7000-8000-0000000000ab",
            " 0192f0c4-0000-7000-8000-0000000000ab",
            "1",
            "",
        ] {
            assert!(sloppy.parse::<WorkspaceId>().is_err(), "`{sloppy}` was accepted");
        }
    }

    #[test]
    fn ids_order_as_their_bits() {
        let (low, high) = (TeamId::from_u128(1), TeamId::from_u128(1 << 100));
        assert!(low < high);
        assert_eq!(high.to_u128(), 1 << 100);
    }
}
