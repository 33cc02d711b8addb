//! Maker: who made an object. When a sub-account leaves, the objects that it made are found by
//! this.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{OrganizationId, SubAccountId};

/// Who made an assignment, a consent or a request, or sent an invitation.
///
/// Every assignment has one, so its stored form is short: a sub-account is its bare id, an operator
/// `{"operator": {...}}`, an import `"imported"`. The host is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Maker {
    /// The host's own code.
    #[default]
    Host,
    /// A sub-account of the organization.
    SubAccount(SubAccountId),
    /// A sub-account of another organization, let in by consent.
    Operator {
        /// The organization that the operator comes from.
        organization: OrganizationId,
        /// The operator there.
        sub_account: SubAccountId,
    },
    /// An import of existing data by the host. Every rule treats it as made by the host.
    Imported,
}

impl Maker {
    /// The sub-account of the organization. `None` for the host, an operator and an import.
    pub const fn sub_account(self) -> Option<SubAccountId> {
        match self {
            Self::SubAccount(id) => Some(id),
            Self::Host | Self::Operator { .. } | Self::Imported => None,
        }
    }

    /// Whether the host is responsible for it: its own code, or an import.
    pub const fn is_of_the_host(self) -> bool {
        matches!(self, Self::Host | Self::Imported)
    }

    /// Whether the stored form leaves it out.
    pub(crate) const fn is_host(&self) -> bool {
        matches!(self, Self::Host)
    }
}

impl From<SubAccountId> for Maker {
    fn from(id: SubAccountId) -> Self {
        Self::SubAccount(id)
    }
}

impl fmt::Display for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("the host"),
            Self::SubAccount(id) => write!(f, "sub-account {id}"),
            Self::Operator { organization, sub_account } => {
                write!(f, "operator {sub_account} of organization {organization}")
            }
            Self::Imported => f.write_str("an import"),
        }
    }
}

/// The stored form of an operator.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Tagged {
    Operator { organization: OrganizationId, sub_account: SubAccountId },
}

const HOST: &str = "host";
const IMPORTED: &str = "imported";

impl Serialize for Maker {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::SubAccount(id) => id.serialize(serializer),
            Self::Imported => serializer.serialize_str(IMPORTED),
            Self::Operator { organization, sub_account } => {
                Tagged::Operator { organization, sub_account }.serialize(serializer)
            }
            Self::Host => serializer.serialize_str(HOST),
        }
    }
}

impl<'de> Deserialize<'de> for Maker {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyMaker)
    }
}

struct AnyMaker;

impl<'de> Visitor<'de> for AnyMaker {
    type Value = Maker;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the id of a sub-account, an operator, `{HOST}` or `{IMPORTED}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Maker, E> {
        match text {
            HOST => Ok(Maker::Host),
            IMPORTED => Ok(Maker::Imported),
            id => id.parse().map(Maker::SubAccount).map_err(E::custom),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Maker, A::Error> {
        match Tagged::deserialize(MapAccessDeserializer::new(map))? {
            Tagged::Operator { organization, sub_account } => {
                Ok(Maker::Operator { organization, sub_account })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_maker_has_one_stored_form() {
        let id = "00000000-0000-0000-0000-000000000001";
        let operator = Maker::Operator {
            organization: OrganizationId::from_u128(2),
            sub_account: SubAccountId::from_u128(1),
        };
        let of_operator = format!(
            r#"{{"operator":{{"organization":"{}","sub_account":"{id}"}}}}"#,
            OrganizationId::from_u128(2)
        );
        for (maker, stored) in [
            (Maker::Host, r#""host""#.to_owned()),
            (SubAccountId::from_u128(1).into(), format!("\"{id}\"")),
            (operator, of_operator.clone()),
            (Maker::Imported, r#""imported""#.to_owned()),
        ] {
            assert_eq!(serde_json::to_string(&maker).unwrap(), stored);
            assert_eq!(serde_json::from_str::<Maker>(&stored).unwrap(), maker);
        }
        for strange in [
            "null",
            "1",
            "\"\"",
            "\"Imported\"",
            "{}",
            r#"{"sub_account":"00000000-0000-0000-0000-000000000001"}"#,
            &of_operator.replacen("\"sub", "\"more\":1,\"sub", 1),
            &of_operator.replacen("}}", "},\"imported\":1}", 1),
        ] {
            assert!(serde_json::from_str::<Maker>(strange).is_err(), "{strange}");
        }
    }
}
