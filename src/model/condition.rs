//! Conditions: what a request must meet for an assignment to apply.
//!
//! A condition is data. [`Context`](crate::access::Context) describes a request and decides whether
//! it meets one.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use crate::text::text;

/// One requirement on a request. Several are joined by "and".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// The request comes from one of these networks.
    Network(Networks),
    /// The session has passed a second factor.
    Mfa,
    /// The session was opened by one of these methods.
    LoginMethod(LoginMethods),
}

impl Condition {
    /// Whether every request that meets this condition also meets `other`. Sound but not complete:
    /// may return false where a closer analysis would return true.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Network(part), Self::Network(whole)) => {
                let is_covered = |it: &IpNet| whole.0.iter().any(|other| other.contains(it));
                part.0.iter().all(is_covered)
            }
            (Self::Mfa, Self::Mfa) => true,
            (Self::LoginMethod(part), Self::LoginMethod(whole)) => part.0.is_subset(&whole.0),
            (Self::Network(_) | Self::Mfa | Self::LoginMethod(_), _) => false,
        }
    }
}

text! {
    /// How a session was opened, in the host's own word, such as `"password"` or `"saml"`.
    LoginMethod, "login method", 64
}

/// One or more networks, in canonical form.
///
/// IPv4 addresses and networks written in IPv6 (`::ffff:a.b.c.d`, RFC 4291 section 2.5.5.2) count
/// as IPv4, in the list and in the request, so that neither spelling slips past the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<IpNet>")]
pub struct Networks(BTreeSet<IpNet>);

impl Networks {
    /// The most networks in one condition.
    pub const LIMIT: usize = 256;

    /// Returns the networks with host bits cleared and duplicates removed.
    ///
    /// # Errors
    ///
    /// [`ConditionError::Empty`] if there is none, [`ConditionError::TooMany`] beyond
    /// [`LIMIT`](Self::LIMIT).
    pub fn new(networks: impl IntoIterator<Item = IpNet>) -> Result<Self, ConditionError> {
        let networks: BTreeSet<IpNet> = networks.into_iter().map(canonical).collect();
        bounded("network", networks.len(), Self::LIMIT)?;
        Ok(Self(networks))
    }

    /// Whether `address` lies in one of the networks. Computes in **O(n)** time.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Why a condition was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConditionError {
    /// The list is empty.
    #[error("a condition lists no {what}, so nothing would ever meet it; leave the condition out")]
    Empty {
        /// What the list contains.
        what: &'static str,
    },
    /// A stored text is not the canonical spelling of a network.
    #[error("`{text}` is not a network in its canonical spelling, such as `10.0.0.0/8`")]
    NotANetwork {
        /// The text.
        text: String,
    },
    /// The list is too long.
    #[error("a condition lists {count} {what}s; at most {limit} are allowed")]
    TooMany {
        /// What the list contains.
        what: &'static str,
        /// How many entries it has.
        count: usize,
        /// The most entries that are allowed.
        limit: usize,
    },
}

fn bounded(what: &'static str, count: usize, limit: usize) -> Result<(), ConditionError> {
    match count {
        0 => Err(ConditionError::Empty { what }),
        _ if count > limit => Err(ConditionError::TooMany { what, count, limit }),
        _ => Ok(()),
    }
}

fn canonical(network: IpNet) -> IpNet {
    let network = network.trunc();
    if let IpNet::V6(six) = network
        && let Some(four) = six.addr().to_ipv4_mapped()
        && let Some(prefix) = six.prefix_len().checked_sub(96)
        && let Ok(four) = Ipv4Net::new(four, prefix)
    {
        return IpNet::V4(four);
    }
    network
}

impl TryFrom<Vec<String>> for Networks {
    type Error = ConditionError;

    /// Accepts only the canonical spelling.
    fn try_from(texts: Vec<String>) -> Result<Self, ConditionError> {
        let read = |text: String| match text.parse::<IpNet>() {
            Ok(network) if canonical(network).to_string() == text => Ok(network),
            _ => Err(ConditionError::NotANetwork { text: text.chars().take(64).collect() }),
        };
        Self::new(texts.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
    }
}

impl From<Networks> for Vec<IpNet> {
    fn from(networks: Networks) -> Self {
        networks.0.into_iter().collect()
    }
}

/// One or more login methods.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<LoginMethod>", into = "BTreeSet<LoginMethod>")]
pub struct LoginMethods(BTreeSet<LoginMethod>);

impl LoginMethods {
    /// The most methods in one condition.
    pub const LIMIT: usize = 64;

    /// Returns the set of these methods.
    ///
    /// # Errors
    ///
    /// [`ConditionError::Empty`] if there is none, [`ConditionError::TooMany`] beyond
    /// [`LIMIT`](Self::LIMIT).
    pub fn new(methods: impl IntoIterator<Item = LoginMethod>) -> Result<Self, ConditionError> {
        let methods: BTreeSet<LoginMethod> = methods.into_iter().collect();
        bounded("login method", methods.len(), Self::LIMIT)?;
        Ok(Self(methods))
    }

    /// Whether `method` is one of them. Computes in **O(log n)** time.
    pub fn contain(&self, method: &LoginMethod) -> bool {
        self.0.contains(method)
    }
}

impl TryFrom<BTreeSet<LoginMethod>> for LoginMethods {
    type Error = ConditionError;

    fn try_from(methods: BTreeSet<LoginMethod>) -> Result<Self, ConditionError> {
        Self::new(methods)
    }
}

impl From<LoginMethods> for BTreeSet<LoginMethod> {
    fn from(methods: LoginMethods) -> Self {
        methods.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        Networks::new(texts.iter().map(|text| text.parse().unwrap())).unwrap()
    }

    #[test]
    fn d8_an_ipv4_address_in_ipv6_clothes_is_the_same_address() {
        let office = networks(&["10.1.0.0/16", "2001:db8::/32"]);
        for inside in ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1"] {
            assert!(office.contain(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["10.2.0.1", "::ffff:10.2.0.1", "2001:db9::1", "::"] {
            assert!(!office.contain(outside.parse().unwrap()), "{outside}");
        }
        assert_eq!(networks(&["::ffff:10.1.9.9/112"]), networks(&["10.1.0.0/16"]));
    }

    #[test]
    fn an_empty_list_is_not_everything() {
        assert_eq!(Networks::new([]), Err(ConditionError::Empty { what: "network" }));
        assert!(serde_json::from_str::<Condition>(r#"{"network":[]}"#).is_err());
        assert!(serde_json::from_str::<Condition>(r#"{"login_method":[]}"#).is_err());
        assert!(serde_json::from_str::<Condition>(r#"{"moon_phase":["full"]}"#).is_err());
    }

    #[test]
    fn incident_28_a_stored_network_has_one_spelling() {
        let stored = |text: &str| serde_json::from_str::<Networks>(&format!("[\"{text}\"]"));
        assert_eq!(stored("10.0.0.0/8").unwrap(), networks(&["10.0.0.0/8"]));
        for sloppy in
            ["010.0.0.0/8", "10.0.0.1/8", "10.0.0.0/08", "::ffff:10.0.0.0/104", "10.0.0.0", ""]
        {
            assert!(stored(sloppy).is_err(), "`{sloppy}` was accepted");
        }
    }
}
