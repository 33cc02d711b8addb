//! The part of a catalog that does not depend on the application's type: names and bits.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::catalog::action::AdminAction;
use crate::catalog::document::{CatalogDocument, RoleDocument};
use crate::catalog::vocabulary::{Parts, Vocabulary};
use crate::model::record::CatalogText;
use crate::model::{RoleName, ScopeKind, ScopeKinds};
use crate::permission::Bits;

/// The catalog beneath the application's type: names and bits only.
#[derive(Debug)]
pub(crate) struct CatalogCore {
    pub(super) document: CatalogDocument,
    /// The document as it is kept in records.
    pub(super) text: CatalogText,
    pub(super) vocabulary: Vocabulary,
    /// What each permission needs directly (D10), by its bit; `None` if this process does not know all of it.
    pub(super) needs: BTreeMap<Bits, Option<Bits>>,
    /// What each permission needs, directly and through others, by the number of its bit; `None` likewise.
    pub(super) closures: Vec<Option<Bits>>,
    /// By the number of a bit: it, with everything that it needs; nothing for what is no permission, cannot be had, or
    /// cannot be asked for here.
    pub(super) wholes: [Bits; 128],
    /// The permissions that need no other and can be asked for here.
    pub(super) alone: Bits,
    /// System roles, closed over includes, in the order of their declaration.
    pub(super) roles: IndexMap<RoleName, Parts>,
    pub(super) archived: Bits,
    /// What each administrative action requires, and whether this process knows all of it.
    pub(super) required: BTreeMap<AdminAction, (Bits, bool)>,
}

impl CatalogCore {
    pub(crate) const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// What a system role grants, includes counted; nothing for a role that is not here.
    pub(crate) fn role(&self, name: &RoleName) -> Parts {
        self.roles.get(name).copied().unwrap_or_default()
    }

    /// Whether there is such a system role.
    pub(crate) fn has_role(&self, name: &RoleName) -> bool {
        self.roles.contains_key(name)
    }

    /// The kinds of scope at which a system role may be assigned; `None` if there is no such role.
    pub(crate) fn assignable(&self, name: &RoleName) -> Option<ScopeKinds> {
        self.role_document(name).map(|role| role.assignable)
    }

    /// A system role as it was defined; `None` if there is no such role.
    pub(crate) fn role_document(&self, name: &RoleName) -> Option<&RoleDocument> {
        self.document.roles.iter().find(|role| role.name == *name)
    }

    /// Whether this process knows every permission of the catalog.
    pub(crate) fn knows_all(&self) -> bool {
        self.vocabulary.names.len() == self.document.permissions.len()
    }

    /// The role that the maker of a scope holds there.
    pub(crate) const fn creator(&self) -> Option<&RoleName> {
        self.document.creator.as_ref()
    }

    /// The permissions here that `bits` are under another catalog, in force in another organization.
    pub(crate) fn here(&self, bits: Bits, from: &Self) -> Bits {
        if self.text.fingerprint() == from.text.fingerprint() {
            return bits;
        }
        self.vocabulary.translate(bits, &from.vocabulary)
    }

    /// The catalog as data.
    pub(crate) const fn document(&self) -> &CatalogDocument {
        &self.document
    }

    /// What an administrative action requires, and whether this process knows all of it.
    pub(crate) fn required(&self, action: AdminAction) -> (Bits, bool) {
        self.required.get(&action).copied().unwrap_or((Bits::NONE, false))
    }

    /// As [`required`](Self::required), of each administrative action at one kind of scope.
    fn required_at(&self, kind: ScopeKind) -> impl Iterator<Item = (Bits, bool)> {
        let at = AdminAction::ALL.iter().filter(move |action| action.kinds().contains(kind.into()));
        at.map(|action| self.required(*action))
    }

    /// What each administrative action at one kind of scope requires, as far as this process knows it.
    pub(crate) fn requirements_at(&self, kind: ScopeKind) -> impl Iterator<Item = Bits> {
        self.required_at(kind).filter(|(_, is_known)| *is_known).map(|(required, _)| required)
    }

    /// What administrative actions at one kind of scope require: whoever has any of it governs there.
    pub(crate) fn governance_at(&self, kind: ScopeKind) -> Bits {
        self.required_at(kind).map(|(required, _)| required).fold(Bits::NONE, Bits::union)
    }

    /// What administrative actions require, wherever they are done.
    pub(crate) fn governance(&self) -> Bits {
        self.governance_at(ScopeKind::Organization)
    }

    /// The role of owners.
    pub(crate) const fn owner(&self) -> &RoleName {
        &self.document.owner
    }

    /// Whether `bits` hold everything that a permission needs directly.
    pub(crate) fn has_needs(&self, bit: Bits, bits: Bits) -> bool {
        self.needs.get(&bit).is_none_or(|needs| needs.is_some_and(|needs| bits.holds(needs)))
    }

    /// What a permission needs, directly and through others; `None` if this process does not know all of it, so that
    /// nobody has it.
    pub(crate) fn closure(&self, bit: Bits) -> Option<Bits> {
        let number = bit.0.trailing_zeros() as usize;
        self.closures.get(number).copied().unwrap_or(Some(Bits::NONE))
    }

    /// The permission with a number, with everything that it needs; nothing if this process cannot ask for it or it
    /// cannot be had (D10).
    #[inline]
    pub(crate) fn whole(&self, number: u32) -> Bits {
        self.wholes.get(number as usize).copied().unwrap_or(Bits::NONE)
    }

    /// The permissions that need no other and can be asked for here (D10).
    pub(crate) const fn alone(&self) -> Bits {
        self.alone
    }

    /// What is left of `bits` when what lacks a prerequisite is taken away (D10).
    pub(crate) fn with_prerequisites(&self, bits: Bits) -> Bits {
        bits.iter()
            .filter(|bit| self.closure(*bit).is_some_and(|needs| bits.holds(needs)))
            .fold(Bits::NONE, Bits::union)
    }

    /// What is left at and below an archived workspace.
    pub(crate) const fn archived(&self) -> Bits {
        self.archived
    }
}
