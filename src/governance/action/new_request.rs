//! A builder of requests.

use jiff::Timestamp;

use crate::id::{RequestId, SubAccountId};
use crate::model::{Grant, Login, Scope};

/// A request to be made. It gives nothing by itself, and stands until it is approved, rejected,
/// withdrawn or expired.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a request does nothing until it is committed"]
pub struct NewRequest {
    pub(in crate::governance) id: RequestId,
    pub(in crate::governance) wanted: Wanted,
    pub(in crate::governance) reason: Option<String>,
    pub(in crate::governance) expires: Timestamp,
}

/// The wanted access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::governance) enum Wanted {
    Join { login: Login, name: Option<String> },
    Rejoin { sub_account: SubAccountId, restore: bool },
    Access { sub_account: SubAccountId, grant: Grant, scope: Scope, ends: Option<Timestamp> },
}

impl NewRequest {
    /// A person with this login requests to join.
    pub const fn join(id: RequestId, login: Login, expires: Timestamp) -> Self {
        let wanted = Wanted::Join { login, name: None };
        Self { id, wanted, reason: None, expires }
    }

    /// A former account requests to come back, with its former permissions or without.
    pub const fn rejoin(
        id: RequestId,
        sub_account: SubAccountId,
        restore: bool,
        expires: Timestamp,
    ) -> Self {
        let wanted = Wanted::Rejoin { sub_account, restore };
        Self { id, wanted, reason: None, expires }
    }

    /// A sub-account requests a role or permissions for the whole subtree of `scope`.
    pub fn access(
        id: RequestId,
        sub_account: SubAccountId,
        grant: impl Into<Grant>,
        scope: impl Into<Scope>,
        expires: Timestamp,
    ) -> Self {
        let (grant, scope) = (grant.into(), scope.into());
        let wanted = Wanted::Access { sub_account, grant, scope, ends: None };
        Self { id, wanted, reason: None, expires }
    }

    /// Requests access until just before `ends` only. Ignored for other requests.
    pub fn ends(mut self, at: Timestamp) -> Self {
        if let Wanted::Access { ends, .. } = &mut self.wanted {
            *ends = Some(at);
        }
        self
    }

    /// Sets the name of the person that requests to join; personal data. Ignored for other
    /// requests.
    pub fn name(mut self, person: impl Into<String>) -> Self {
        if let Wanted::Join { name, .. } = &mut self.wanted {
            *name = Some(person.into());
        }
        self
    }

    /// Sets the reason; personal data.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}
