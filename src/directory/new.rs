//! Descriptions of objects to create, in the host's own texts and types.

use std::collections::BTreeSet;

use crate::id::SubAccountId;
use crate::model::resource::Parent;
use crate::model::{RoleRef, ScopeKinds};
use crate::permission::Permissions;

/// A workspace to create. A plain name converts into one.
#[derive(Debug, Clone, Copy)]
#[must_use = "a workspace does nothing until it is committed"]
pub struct NewWorkspace<'a> {
    pub(super) name: &'a str,
    pub(super) key: Option<&'a str>,
}

impl<'a> NewWorkspace<'a> {
    /// Returns a workspace with this name.
    pub const fn new(name: &'a str) -> Self {
        Self { name, key: None }
    }

    /// Sets the host's own identifier.
    pub const fn key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }
}

impl<'a> From<&'a str> for NewWorkspace<'a> {
    fn from(name: &'a str) -> Self {
        Self::new(name)
    }
}

impl<'a> From<&'a String> for NewWorkspace<'a> {
    fn from(name: &'a String) -> Self {
        Self::new(name)
    }
}

/// A resource to register.
#[derive(Debug, Clone, Copy)]
#[must_use = "a resource does nothing until it is committed"]
pub struct NewResource<'a> {
    pub(super) kind: &'a str,
    pub(super) parent: Parent,
    pub(super) key: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) owner: Option<SubAccountId>,
}

impl<'a> NewResource<'a> {
    /// Returns a resource of a kind, inside a workspace or another resource.
    pub fn new(kind: &'a str, parent: impl Into<Parent>) -> Self {
        Self { kind, parent: parent.into(), key: None, name: None, owner: None }
    }

    /// Sets the host's own identifier.
    pub const fn key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Sets its name.
    pub const fn name(self, name: &'a str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Sets its owner.
    pub const fn owner(self, owner: SubAccountId) -> Self {
        Self { owner: Some(owner), ..self }
    }
}

/// A custom role to create.
#[derive(Debug, Clone)]
#[must_use = "a role does nothing until it is committed"]
pub struct NewRole<'a, P> {
    pub(super) name: &'a str,
    pub(super) any: P,
    pub(super) own: P,
    pub(super) full: bool,
    pub(super) includes: BTreeSet<RoleRef>,
    pub(super) assigns: BTreeSet<RoleRef>,
    pub(super) assignable: ScopeKinds,
}

impl<'a, P: Permissions> NewRole<'a, P> {
    /// Returns a role that grants `any` on everything in scope and may be assigned everywhere.
    pub fn new(name: &'a str, any: P) -> Self {
        Self {
            name,
            any,
            own: P::empty(),
            full: false,
            includes: BTreeSet::new(),
            assigns: BTreeSet::new(),
            assignable: ScopeKinds::all(),
        }
    }

    /// Returns a role that grants every permission, also those of later catalogs.
    pub fn full(name: &'a str) -> Self {
        Self { full: true, ..Self::new(name, P::empty()) }
    }

    /// Sets the permissions that it grants only on objects that its holder owns or is assigned.
    pub fn own(self, permissions: P) -> Self {
        Self { own: permissions, ..self }
    }

    /// Adds a role whose permissions it has too.
    pub fn includes(mut self, role: impl Into<RoleRef>) -> Self {
        self.includes.insert(role.into());
        self
    }

    /// Adds a role to its licence: a holder may assign it without having its permissions.
    pub fn assigns(mut self, role: impl Into<RoleRef>) -> Self {
        self.assigns.insert(role.into());
        self
    }

    /// Sets the kinds of scope at which it may be assigned.
    pub fn assignable(self, kinds: ScopeKinds) -> Self {
        Self { assignable: kinds, ..self }
    }
}
