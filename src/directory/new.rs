//! What an administration is asked to make, described in the host's own texts and types.

use std::collections::BTreeSet;

use crate::id::SubAccountId;
use crate::model::resource::Parent;
use crate::model::{RoleRef, ScopeKinds};
use crate::permission::Permissions;

/// A workspace to be made. A plain name will do where nothing else is to be said.
#[derive(Debug, Clone, Copy)]
#[must_use = "a workspace does nothing until it is committed"]
pub struct NewWorkspace<'a> {
    pub(super) name: &'a str,
    pub(super) key: Option<&'a str>,
}

impl<'a> NewWorkspace<'a> {
    /// A workspace with a name that people read.
    pub const fn new(name: &'a str) -> Self {
        Self { name, key: None }
    }

    /// With the host's own identifier.
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

/// A resource to be registered.
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
    /// A resource of a kind, inside a workspace or another resource.
    pub fn new(kind: &'a str, parent: impl Into<Parent>) -> Self {
        Self { kind, parent: parent.into(), key: None, name: None, owner: None }
    }

    /// With the host's own identifier.
    pub const fn key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// With a name that people read.
    pub const fn name(self, name: &'a str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// With an owner.
    pub const fn owner(self, owner: SubAccountId) -> Self {
        Self { owner: Some(owner), ..self }
    }
}

/// A custom role to be made.
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
    /// A role that grants `any` on everything in scope and may be assigned everywhere.
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

    /// A role that grants every permission there is and ever will be.
    pub fn full(name: &'a str) -> Self {
        Self { full: true, ..Self::new(name, P::empty()) }
    }

    /// What it grants only on what its holder owns or is assigned.
    pub fn own(self, permissions: P) -> Self {
        Self { own: permissions, ..self }
    }

    /// A role whose permissions it holds too, besides any other.
    pub fn includes(mut self, role: impl Into<RoleRef>) -> Self {
        self.includes.insert(role.into());
        self
    }

    /// A role that its holder may assign without holding what it grants, besides any other: its licence.
    pub fn assigns(mut self, role: impl Into<RoleRef>) -> Self {
        self.assigns.insert(role.into());
        self
    }

    /// The kinds of scope at which it may be assigned.
    pub fn assignable(self, kinds: ScopeKinds) -> Self {
        Self { assignable: kinds, ..self }
    }
}
