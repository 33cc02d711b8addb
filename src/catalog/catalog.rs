//! Catalog: what the application defines, validated and ready to decide with.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::catalog::document::{PermissionDocument, RoleDocument};
use crate::catalog::{
    AdminAction, CatalogBuilder, CatalogDocument, CatalogError, Parts, ProjectionError, Vocabulary,
    projection, validate,
};
use crate::model::record::{CatalogText, Digest};
use crate::model::{Grant, RoleName, ScopeKind, ScopeKinds};
use crate::permission::{Bits, PermissionNames, Permissions};

/// What an application defines in code. Cheap to clone; immutable.
///
/// ```
/// use tenantry::{Catalog, SystemRole};
///
/// bitflags::bitflags! {
///     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
///     pub struct Permission: u8 {
///         const VIEW = 1;
///         const REPLY = 1 << 1;
///         const ADMINISTER = 1 << 2;
///     }
/// }
/// const OWNER: SystemRole = SystemRole::new("owner");
/// const AGENT: SystemRole = SystemRole::new("agent");
///
/// let catalog = Catalog::builder()
///     .role(OWNER, Permission::all())
///     .role(AGENT, Permission::VIEW | Permission::REPLY)
///     .needs(Permission::REPLY, Permission::VIEW)
///     .owner(OWNER)
///     .administration(Permission::ADMINISTER)
///     .build()?;
/// assert_eq!(catalog.permissions(), Permission::all());
/// # Ok::<(), tenantry::catalog::CatalogError>(())
/// ```
pub struct Catalog<P> {
    core: Arc<CatalogCore>,
    permissions: PhantomData<fn() -> P>,
}

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

/// Bits that stand for no permission of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the bits {bits:#x} are no permissions of the catalog: no flag of the permission type names \
     them, or the catalog in force does not know what they are called"
)]
pub struct UnnamedBits {
    /// The bits.
    pub bits: u128,
}

impl<P: Permissions> Catalog<P> {
    /// Starts a catalog.
    pub fn builder() -> CatalogBuilder<P> {
        CatalogBuilder::new()
    }

    /// The catalog that a document describes, as far as this process knows its permissions: a permission of the
    /// document that `P` does not declare is kept and never granted.
    ///
    /// # Errors
    ///
    /// [`CatalogError`], one precise reason.
    pub fn from_document(document: CatalogDocument) -> Result<Self, CatalogError> {
        let flags = validate::flags::<P>()?;
        let vocabulary = |document: &_| Ok(validate::vocabulary(document, &flags));
        Ok(Self::of(Arc::new(validate::validate(document, vocabulary)?)))
    }

    /// A stored catalog on the bits of this process, to decide by it exactly as the release that
    /// wrote it does.
    ///
    /// A flag of `P` stands for the permission of its name. If there is none, it stands for the one
    /// that was called so formerly, or for the one that this catalog says the flag was called
    /// formerly. Every other permission of the stored catalog gets a bit that no flag has: it is
    /// counted wherever permissions are counted, and nobody can ask for it.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if the catalog cannot be read here, or needs more than 128 bits.
    pub fn project(&self, stored: &CatalogText) -> Result<Self, ProjectionError> {
        projection::project::<P>(&self.core, stored).map(|core| Self::of(Arc::new(core)))
    }

    pub(crate) const fn of(core: Arc<CatalogCore>) -> Self {
        Self { core, permissions: PhantomData }
    }

    /// Its edition: of several catalogs that an organization was decided under, the one with the
    /// highest edition is in force.
    pub fn edition(&self) -> u64 {
        self.core.document.edition
    }

    /// Every permission there is that `P` declares.
    pub fn permissions(&self) -> P {
        self.flags(self.core.vocabulary.universe())
    }

    /// Those of some permissions that `P` declares, as its flags.
    pub(crate) fn flags(&self, bits: Bits) -> P {
        self.core.vocabulary.declared().intersection(bits).to()
    }

    /// The stored form of `permissions`: every name of the universe, or these names.
    ///
    /// # Errors
    ///
    /// [`UnnamedBits`] if a bit is no permission of this catalog.
    pub fn names(&self, permissions: P) -> Result<PermissionNames, UnnamedBits> {
        let bits = Bits::of(permissions);
        let unnamed = bits.difference(self.core.vocabulary.declared());
        if unnamed.is_empty() {
            Ok(self.core.vocabulary.names(bits))
        } else {
            Err(UnnamedBits { bits: unnamed.0 })
        }
    }

    /// `permissions` on everything in scope, as something to assign where it is not a role.
    ///
    /// # Errors
    ///
    /// As [`names`](Self::names).
    pub fn grant(&self, permissions: P) -> Result<Grant, UnnamedBits> {
        self.names(permissions).map(Grant::any)
    }

    /// What the catalog says of each of `permissions`, in the order of their declaration: its title, group, sensitivity
    /// and prerequisites, as a user interface shows them.
    pub fn describe(&self, permissions: P) -> impl Iterator<Item = &PermissionDocument> {
        let bits = Bits::of(permissions);
        let is_meant = move |it: &&PermissionDocument| {
            let bit = self.core.vocabulary.bit(it.name.as_str());
            bit.is_some_and(|bit| bits.holds(bit))
        };
        self.core.document.permissions.iter().filter(is_meant)
    }

    /// The permissions of a stored set that this process knows.
    pub fn known(&self, names: &PermissionNames) -> P {
        self.flags(self.core.vocabulary.bits(names))
    }

    /// The permission with this present or former name; `None` if `P` does not declare it.
    pub fn permission(&self, name: &str) -> Option<P> {
        let bit = self.core.vocabulary.bit(name)?;
        self.core.vocabulary.declared().holds(bit).then(|| bit.to())
    }

    /// What a system role grants on everything in scope, includes counted; `None` if there is no such role.
    pub fn role_permissions(&self, role: impl Into<RoleName>) -> Option<P> {
        self.core.roles.get(&role.into()).map(|parts| self.flags(parts.any))
    }

    /// What a system role grants only on what its holder owns, includes counted; `None` if there is no such role.
    pub fn role_own_permissions(&self, role: impl Into<RoleName>) -> Option<P> {
        self.core.roles.get(&role.into()).map(|parts| self.flags(parts.own))
    }

    /// What an administrative action requires; `None` if this process does not know all of it, so that nobody but
    /// the host's own code may do it.
    pub fn requirement(&self, action: AdminAction) -> Option<P> {
        let (bits, known) = self.core.required(action);
        let is_askable = known && self.core.vocabulary.declared().holds(bits);
        is_askable.then(|| bits.to())
    }

    /// The catalog as data.
    pub fn document(&self) -> &CatalogDocument {
        &self.core.document
    }

    /// The document as records carry it: its canonical JSON.
    pub fn text(&self) -> &CatalogText {
        &self.core.text
    }

    /// SHA-256 over [`text`](Self::text): two catalogs with the same fingerprint mean the same.
    pub fn fingerprint(&self) -> Digest {
        self.core.text.fingerprint()
    }

    pub(crate) fn core(&self) -> &Arc<CatalogCore> {
        &self.core
    }
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

impl<P> Clone for Catalog<P> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), permissions: PhantomData }
    }
}

impl<P> fmt::Debug for Catalog<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("edition", &self.core.document.edition)
            .field("permissions", &self.core.vocabulary.names.len())
            .field("roles", &self.core.roles.len())
            .field("fingerprint", &self.core.text.fingerprint())
            .finish()
    }
}
