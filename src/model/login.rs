//! Login: the name by which a person signs in.

use std::fmt;
use std::sync::Arc;

use crate::text::{TextError, check};

/// How a person signs in, in the host's own canonical form. Opaque: compared byte for byte, never
/// parsed. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Login(Arc<str>);

impl Login {
    /// The most bytes of a login: the longest e-mail address, 64 + 1 + 255 (RFC 5321 section
    /// 4.5.3.1).
    pub const LIMIT: usize = 320;

    /// Returns the login, byte for byte as given.
    ///
    /// # Errors
    ///
    /// [`TextError`] if it is empty, longer than [`LIMIT`](Self::LIMIT) bytes, or has a control
    /// character.
    pub fn new(login: impl AsRef<str>) -> Result<Self, TextError> {
        let login = login.as_ref();
        check("login", login, Self::LIMIT)?;
        Ok(Self(login.into()))
    }

    /// The login itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Login {
    type Err = TextError;

    fn from_str(login: &str) -> Result<Self, TextError> {
        Self::new(login)
    }
}

impl AsRef<str> for Login {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Login {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}
