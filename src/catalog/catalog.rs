//! Catalog: the application's definitions, validated and compiled for decisions.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::catalog::action::AdminAction;
use crate::catalog::core::CatalogCore;
use crate::catalog::document::{CatalogDocument, PermissionDocument};
use crate::catalog::error::{CatalogError, UnnamedBits};
use crate::catalog::projection::{ProjectionError, project};
use crate::catalog::validate;
use crate::model::record::{CatalogText, Digest};
use crate::model::{Grant, RoleName};
use crate::permission::{Bits, PermissionNames, Permissions};

/// The permissions, roles and rules that an application defines in code. Cheap to clone; immutable.
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

impl<P: Permissions> Catalog<P> {
    /// Returns the catalog of a document. A permission of the document without a flag in `P` is
    /// kept and never granted.
    ///
    /// # Errors
    ///
    /// [`CatalogError`] with the first error found.
    pub fn from_document(document: CatalogDocument) -> Result<Self, CatalogError> {
        let flags = validate::flags::<P>()?;
        let vocabulary = |document: &_| Ok(validate::vocabulary(document, &flags));
        Ok(Self::of(Arc::new(validate::validate(document, vocabulary)?)))
    }

    /// Maps a stored catalog to the bits of this process, so that it decides exactly as in the
    /// release that wrote it.
    ///
    /// A flag of `P` stands for the permission with its name; if there is none, for the one that
    /// had its name formerly; and if there is none, for the one whose name is a former name of the
    /// flag in this catalog. Every other permission of the stored catalog gets a bit that no flag
    /// has: it counts wherever permissions are counted, and cannot be asked for.
    ///
    /// # Errors
    ///
    /// [`ProjectionError`] if this release cannot read the catalog, or it needs more than 128 bits.
    pub fn project(&self, stored: &CatalogText) -> Result<Self, ProjectionError> {
        project::<P>(&self.core, stored).map(|core| Self::of(Arc::new(core)))
    }

    pub(crate) const fn of(core: Arc<CatalogCore>) -> Self {
        Self { core, permissions: PhantomData }
    }

    /// Its edition. Of the catalogs that an organization was decided under, the one with the
    /// highest edition is in force.
    pub fn edition(&self) -> u64 {
        self.core.document.edition
    }

    /// All permissions of the catalog that `P` declares.
    pub fn permissions(&self) -> P {
        self.flags(self.core.vocabulary.universe())
    }

    /// The flags of `P` for `bits`. Leaves out permissions without a flag.
    pub(crate) fn flags(&self, bits: Bits) -> P {
        self.core.vocabulary.declared().intersection(bits).to()
    }

    /// Returns the stored form of `permissions`: "all", or their names.
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

    /// Returns a grant of `permissions` on everything in scope, to assign without a role.
    ///
    /// # Errors
    ///
    /// As [`names`](Self::names).
    pub fn grant(&self, permissions: P) -> Result<Grant, UnnamedBits> {
        self.names(permissions).map(Grant::any)
    }

    /// The definition of each of `permissions`, in the order of declaration: its title, group,
    /// sensitivity and prerequisites, for a user interface.
    pub fn describe(&self, permissions: P) -> impl Iterator<Item = &PermissionDocument> {
        let bits = Bits::of(permissions);
        let is_meant = move |it: &&PermissionDocument| {
            let bit = self.core.vocabulary.bit(it.name.as_str());
            bit.is_some_and(|bit| bits.holds(bit))
        };
        self.core.document.permissions.iter().filter(is_meant)
    }

    /// Returns the permissions of a stored set that this process knows.
    pub fn known(&self, names: &PermissionNames) -> P {
        self.flags(self.core.vocabulary.bits(names))
    }

    /// The permission with this present or former name. `None` if `P` does not declare it.
    pub fn permission(&self, name: &str) -> Option<P> {
        let bit = self.core.vocabulary.bit(name)?;
        self.core.vocabulary.declared().holds(bit).then(|| bit.to())
    }

    /// The permissions that a system role grants on everything in scope, with those of included
    /// roles. `None` if there is no such role.
    pub fn role_permissions(&self, role: impl Into<RoleName>) -> Option<P> {
        self.core.roles.get(&role.into()).map(|parts| self.flags(parts.any))
    }

    /// The permissions that a system role grants only on objects that its holder owns, with those
    /// of included roles. `None` if there is no such role.
    pub fn role_own_permissions(&self, role: impl Into<RoleName>) -> Option<P> {
        self.core.roles.get(&role.into()).map(|parts| self.flags(parts.own))
    }

    /// The permissions that an administrative action requires. `None` if this process does not know
    /// all of them; then only the host's own code may do it.
    pub fn requirement(&self, action: AdminAction) -> Option<P> {
        let (bits, known) = self.core.required(action);
        let is_askable = known && self.core.vocabulary.declared().holds(bits);
        is_askable.then(|| bits.to())
    }

    /// The catalog as data.
    pub fn document(&self) -> &CatalogDocument {
        &self.core.document
    }

    /// The document as records contain it: its canonical JSON.
    pub fn text(&self) -> &CatalogText {
        &self.core.text
    }

    /// SHA-256 of [`text`](Self::text). Two catalogs with the same fingerprint are the same.
    pub fn fingerprint(&self) -> Digest {
        self.core.text.fingerprint()
    }

    pub(crate) fn core(&self) -> &Arc<CatalogCore> {
        &self.core
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
