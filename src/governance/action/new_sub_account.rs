//! A builder of sub-accounts.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::id::SubAccountId;
use crate::model::{Login, SubAccountKind};
use crate::permission::PermissionNames;
use crate::text::Label;

/// A sub-account to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a sub-account does nothing until it is committed"]
pub struct NewSubAccount {
    pub(in crate::governance) id: SubAccountId,
    pub(in crate::governance) kind: SubAccountKind,
    pub(in crate::governance) owner: Option<SubAccountId>,
    pub(in crate::governance) login: Option<Login>,
    pub(in crate::governance) name: Option<String>,
    pub(in crate::governance) ends: Option<Timestamp>,
    pub(in crate::governance) boundary: Option<PermissionNames>,
    pub(in crate::governance) labels: BTreeSet<Label>,
}

impl NewSubAccount {
    /// A member who signs in with `login`.
    pub fn member(id: SubAccountId, login: Login) -> Self {
        Self { login: Some(login), ..Self::bare(id, SubAccountKind::Member) }
    }

    /// A guest who signs in with `login`, until `ends`.
    pub fn guest(id: SubAccountId, login: Login, ends: Timestamp) -> Self {
        let bare = Self::bare(id, SubAccountKind::Guest);
        Self { login: Some(login), ends: Some(ends), ..bare }
    }

    /// A service owned by the member `owner`.
    pub fn service(id: SubAccountId, owner: SubAccountId) -> Self {
        Self { owner: Some(owner), ..Self::bare(id, SubAccountKind::Service) }
    }

    const fn bare(id: SubAccountId, kind: SubAccountKind) -> Self {
        Self {
            id,
            kind,
            owner: None,
            login: None,
            name: None,
            ends: None,
            boundary: None,
            labels: BTreeSet::new(),
        }
    }

    /// Sets the name of the person; personal data.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Sets the login: that of the service itself, or another for a person.
    pub fn login(self, login: Login) -> Self {
        Self { login: Some(login), ..self }
    }

    /// Sets the instant at which its access ends.
    pub fn ends(self, ends: Timestamp) -> Self {
        Self { ends: Some(ends), ..self }
    }

    /// Limits its permissions.
    pub fn boundary(self, boundary: PermissionNames) -> Self {
        Self { boundary: Some(boundary), ..self }
    }

    /// Adds a label.
    pub fn label(mut self, label: Label) -> Self {
        self.labels.insert(label);
        self
    }
}
