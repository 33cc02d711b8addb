//! A new request, described step by step.

use jiff::Timestamp;

use crate::id::{RequestId, SubAccountId};
use crate::model::{Grant, Login, Scope};

/// A request to be made: it gives nothing by itself, and stands until it is approved, rejected, taken back or over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a request does nothing until it is committed"]
pub struct NewRequest {
    pub(in crate::governance) id: RequestId,
    pub(in crate::governance) wanted: Wanted,
    pub(in crate::governance) reason: Option<String>,
    pub(in crate::governance) expires: Timestamp,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::governance) enum Wanted {
    Join { login: Login, name: Option<String> },
    Rejoin { sub_account: SubAccountId, restore: bool },
    Access { sub_account: SubAccountId, grant: Grant, scope: Scope, ends: Option<Timestamp> },
}

impl NewRequest {
    /// Somebody who signs in with `login` asks to join.
    pub const fn join(id: RequestId, login: Login, expires: Timestamp) -> Self {
        let wanted = Wanted::Join { login, name: None };
        Self { id, wanted, reason: None, expires }
    }

    /// Somebody who left or was removed asks to come back: with what they had, or without.
    pub const fn rejoin(
        id: RequestId,
        sub_account: SubAccountId,
        restore: bool,
        expires: Timestamp,
    ) -> Self {
        let wanted = Wanted::Rejoin { sub_account, restore };
        Self { id, wanted, reason: None, expires }
    }

    /// A sub-account asks for a role or permissions for the whole subtree of `scope`.
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

    /// Access only until just before `ends`. Says nothing for a request to join or to come back.
    pub fn ends(mut self, at: Timestamp) -> Self {
        if let Wanted::Access { ends, .. } = &mut self.wanted {
            *ends = Some(at);
        }
        self
    }

    /// The name of the person who asks to join; personal data. Says nothing for any other request.
    pub fn name(mut self, person: impl Into<String>) -> Self {
        if let Wanted::Join { name, .. } = &mut self.wanted {
            *name = Some(person.into());
        }
        self
    }

    /// Why; personal data.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}
