//! [`Context`]: the known properties of a request. Anything left out is unknown, and an unknown
//! never allows.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::model::{Condition, LoginMethod};

/// The known properties of a request: network, authentication, ownership, and the time if it is not
/// now.
///
/// ```
/// use tenantry::Context;
///
/// let context = Context::new().network("10.1.2.3".parse()?).mfa(true);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "a context has no effect until it is passed to a check"]
pub struct Context {
    time: Option<Timestamp>,
    network: Option<IpAddr>,
    mfa: Option<bool>,
    login_method: Option<LoginMethod>,
    ownership: Ownership,
}

/// What the host claims about the ownership of the object: whether the principal owns it or is
/// assigned to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Ownership {
    /// Nothing is claimed: the registered owner of the scope counts, if it has one.
    #[default]
    Unsaid,
    /// The principal owns the object.
    Owned,
    /// The principal does not own the object.
    NotOwned,
}

impl From<bool> for Ownership {
    fn from(owned: bool) -> Self {
        if owned { Self::Owned } else { Self::NotOwned }
    }
}

impl From<Option<bool>> for Ownership {
    fn from(owned: Option<bool>) -> Self {
        owned.map_or(Self::Unsaid, Self::from)
    }
}

impl Context {
    /// An empty context: the time is now, and everything else is unknown.
    pub const fn new() -> Self {
        Self {
            time: None,
            network: None,
            mfa: None,
            login_method: None,
            ownership: Ownership::Unsaid,
        }
    }

    /// A shared empty context.
    #[inline]
    pub(crate) fn empty() -> &'static Self {
        static EMPTY: Context = Context::new();
        &EMPTY
    }

    /// Checks as of `time` instead of now.
    pub const fn at(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }

    /// The request comes from this address.
    pub const fn network(mut self, address: IpAddr) -> Self {
        self.network = Some(address);
        self
    }

    /// Whether the session has passed a second factor; `None` if it is not known.
    pub fn mfa(mut self, passed: impl Into<Option<bool>>) -> Self {
        self.mfa = passed.into();
        self
    }

    /// How the session was opened.
    pub fn login_method(mut self, method: LoginMethod) -> Self {
        self.login_method = Some(method);
        self
    }

    /// Whether the principal owns the object.
    pub fn ownership(mut self, ownership: impl Into<Ownership>) -> Self {
        self.ownership = ownership.into();
        self
    }

    pub(crate) const fn time(&self) -> Option<Timestamp> {
        self.time
    }

    pub(crate) const fn claimed(&self) -> Ownership {
        self.ownership
    }

    /// Whether the request meets `condition` (D8).
    pub(crate) fn meets(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::Network(networks) => {
                Truth::of(self.network.map(|address| networks.contain(address)))
            }
            Condition::Mfa => Truth::of(self.mfa),
            Condition::LoginMethod(methods) => {
                Truth::of(self.login_method.as_ref().map(|method| methods.contain(method)))
            }
        }
    }

    /// Whether the request meets all of `conditions`.
    pub(crate) fn meets_all<'a>(
        &self,
        conditions: impl IntoIterator<Item = &'a Condition>,
    ) -> Truth {
        conditions
            .into_iter()
            .fold(Truth::True, |truth, condition| truth.and(self.meets(condition)))
    }
}

/// A truth value of Kleene's strong three-valued logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    const fn of(known: Option<bool>) -> Self {
        match known {
            None => Self::Unknown,
            Some(false) => Self::False,
            Some(true) => Self::True,
        }
    }

    /// Conjunction: false if either is false, true only if both are true.
    pub(crate) fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LoginMethods, Networks};

    #[test]
    fn d8_a_condition_is_true_false_or_unknown() {
        let network = Condition::Network(Networks::new(["10.0.0.0/8".parse().unwrap()]).unwrap());
        let saml: LoginMethod = "saml".parse().unwrap();
        let method = Condition::LoginMethod(LoginMethods::new([saml.clone()]).unwrap());
        let table = [
            (&network, Context::new(), Truth::Unknown),
            (&network, Context::new().network([10, 1, 1, 1].into()), Truth::True),
            (&network, Context::new().network([11, 1, 1, 1].into()), Truth::False),
            (&Condition::Mfa, Context::new(), Truth::Unknown),
            (&Condition::Mfa, Context::new().mfa(true), Truth::True),
            (&Condition::Mfa, Context::new().mfa(false), Truth::False),
            (&method, Context::new(), Truth::Unknown),
            (&method, Context::new().login_method(saml), Truth::True),
            (&method, Context::new().login_method("SAML".parse().unwrap()), Truth::False),
        ];
        for (condition, context, truth) in table {
            assert_eq!(context.meets(condition), truth, "{condition:?} in {context:?}");
        }
        let mixed = Context::new().mfa(false);
        assert_eq!(mixed.meets_all([&network, &Condition::Mfa]), Truth::False);
        assert_eq!(Context::new().mfa(true).meets_all([&network, &Condition::Mfa]), Truth::Unknown);
        assert_eq!(Context::new().meets_all([]), Truth::True);
    }
}
