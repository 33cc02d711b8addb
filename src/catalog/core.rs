//! The part of a catalog that does not depend on the application's type: names and bits.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::catalog::action::AdminAction;
use crate::catalog::document::{CatalogDocument, RoleDocument};
use crate::catalog::vocabulary::{Parts, Vocabulary};
use crate::model::record::CatalogText;
use crate::model::{RoleName, ScopeKind, ScopeKinds};
use crate::permission::Bits;

/// The catalog without the application's type: names and bits only.
#[derive(Debug)]
pub(crate) struct CatalogCore {
    pub(super) document: CatalogDocument,
    /// The document as records contain it.
    pub(super) text: CatalogText,
    pub(super) vocabulary: Vocabulary,
    /// The direct prerequisites of each permission (D10), by its bit. `None` if this process does
    /// not know all of them.
    pub(super) needs: BTreeMap<Bits, Option<Bits>>,
    /// The transitive prerequisites of each permission, by bit number. `None` if this process does
    /// not know all of them.
    pub(super) closures: Vec<Option<Bits>>,
    /// Each permission together with its transitive prerequisites, by bit number. Empty for a bit
    /// that is no permission, whose prerequisites cannot be met, or that no flag has.
    pub(super) with_closures: [Bits; 128],
    /// The permissions with a flag and without prerequisites.
    pub(super) without_prerequisites: Bits,
    /// The system roles with the permissions of included roles, in the order of declaration.
    pub(super) roles: IndexMap<RoleName, Parts>,
    pub(super) archived: Bits,
    /// The permissions that each administrative action requires, and whether this process knows all
    /// of them.
    pub(super) required: BTreeMap<AdminAction, (Bits, bool)>,
}

impl CatalogCore {
    pub(crate) const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The permissions that a system role grants, with those of included roles. Empty if there is
    /// no such role.
    pub(crate) fn role(&self, name: &RoleName) -> Parts {
        self.roles.get(name).copied().unwrap_or_default()
    }

    /// Whether there is a system role with this name.
    pub(crate) fn has_role(&self, name: &RoleName) -> bool {
        self.roles.contains_key(name)
    }

    /// The kinds of scope at which a system role may be assigned. `None` if there is no such role.
    pub(crate) fn assignable(&self, name: &RoleName) -> Option<ScopeKinds> {
        self.role_document(name).map(|role| role.assignable)
    }

    /// The definition of a system role. `None` if there is no such role.
    pub(crate) fn role_document(&self, name: &RoleName) -> Option<&RoleDocument> {
        self.document.roles.iter().find(|role| role.name == *name)
    }

    /// Whether this process knows every permission of the catalog.
    pub(crate) fn knows_all(&self) -> bool {
        self.vocabulary.names.len() == self.document.permissions.len()
    }

    /// The role that the creator of a scope gets there. `None` if there is none.
    pub(crate) const fn creator(&self) -> Option<&RoleName> {
        self.document.creator.as_ref()
    }

    /// Translates `bits` of the catalog `from` to this one, by permission.
    pub(crate) fn translate(&self, bits: Bits, from: &Self) -> Bits {
        if self.text.fingerprint() == from.text.fingerprint() {
            return bits;
        }
        self.vocabulary.translate(bits, &from.vocabulary)
    }

    /// The catalog as data.
    pub(crate) const fn document(&self) -> &CatalogDocument {
        &self.document
    }

    /// The permissions that an administrative action requires, and whether this process knows all
    /// of them.
    pub(crate) fn required(&self, action: AdminAction) -> (Bits, bool) {
        self.required.get(&action).copied().unwrap_or((Bits::NONE, false))
    }

    /// As [`required`](Self::required), for each administrative action at one kind of scope.
    fn required_at(&self, kind: ScopeKind) -> impl Iterator<Item = (Bits, bool)> {
        let at = AdminAction::ALL.iter().filter(move |action| action.kinds().contains(kind.into()));
        at.map(|action| self.required(*action))
    }

    /// The known permissions that each administrative action at one kind of scope requires.
    pub(crate) fn requirements_at(&self, kind: ScopeKind) -> impl Iterator<Item = Bits> {
        self.required_at(kind).filter(|(_, is_known)| *is_known).map(|(required, _)| required)
    }

    /// All permissions that administrative actions at one kind of scope require. Having any of them
    /// is governing there.
    pub(crate) fn governance_at(&self, kind: ScopeKind) -> Bits {
        self.required_at(kind).map(|(required, _)| required).fold(Bits::NONE, Bits::union)
    }

    /// All permissions that administrative actions require.
    pub(crate) fn governance(&self) -> Bits {
        self.governance_at(ScopeKind::Organization)
    }

    /// The role of owners.
    pub(crate) const fn owner(&self) -> &RoleName {
        &self.document.owner
    }

    /// Whether `bits` contain all direct prerequisites of a permission.
    pub(crate) fn has_needs(&self, bit: Bits, bits: Bits) -> bool {
        self.needs.get(&bit).is_none_or(|needs| needs.is_some_and(|needs| bits.holds(needs)))
    }

    /// The transitive prerequisites of a permission. `None` if this process does not know all of
    /// them; then no one has the permission.
    pub(crate) fn closure(&self, bit: Bits) -> Option<Bits> {
        let number = bit.0.trailing_zeros() as usize;
        self.closures.get(number).copied().unwrap_or(Some(Bits::NONE))
    }

    /// The permission with this number, with its transitive prerequisites. Empty if it has no flag
    /// here or its prerequisites cannot be met (D10).
    #[inline]
    pub(crate) fn with_closure(&self, number: u32) -> Bits {
        self.with_closures.get(number as usize).copied().unwrap_or(Bits::NONE)
    }

    /// The permissions with a flag and without prerequisites (D10).
    pub(crate) const fn without_prerequisites(&self) -> Bits {
        self.without_prerequisites
    }

    /// Removes the permissions of `bits` that lack a prerequisite (D10).
    pub(crate) fn without_unmet_prerequisites(&self, bits: Bits) -> Bits {
        bits.iter()
            .filter(|bit| self.closure(*bit).is_some_and(|needs| bits.holds(needs)))
            .fold(Bits::NONE, Bits::union)
    }

    /// The permissions that remain at and below an archived workspace.
    pub(crate) const fn archived(&self) -> Bits {
        self.archived
    }
}
