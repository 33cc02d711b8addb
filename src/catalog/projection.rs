//! Projection: maps a stored catalog of any release to the bits of this process.

use std::collections::BTreeMap;

use crate::catalog::core::CatalogCore;
use crate::catalog::document::{CatalogDocument, PermissionDocument};
use crate::catalog::error::CatalogError;
use crate::catalog::validate;
use crate::catalog::vocabulary::Vocabulary;
use crate::model::record::CatalogText;
use crate::permission::{Bits, PermissionName, Permissions};

/// Why this process cannot decide by a stored catalog. A newer release of the service can.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// This release of the library cannot read the document, most likely because a newer one wrote
    /// it.
    #[error("the catalog cannot be read by this release")]
    Unreadable(#[from] serde_json::Error),
    /// This release of the library refuses the catalog.
    #[error(transparent)]
    Invalid(#[from] CatalogError),
}

/// Maps a stored catalog to the bits of an application's type, whose own catalog is `own`.
pub(super) fn project<P: Permissions>(
    own: &CatalogCore,
    stored: &CatalogText,
) -> Result<CatalogCore, ProjectionError> {
    let document: CatalogDocument = serde_json::from_str(stored.as_str())?;
    let flags = validate::flags::<P>()?;
    let core = validate::validate(document, |document| vocabulary::<P>(own, document, &flags))?;
    // Records refer to the stored bytes, even if this release would write the document differently.
    Ok(CatalogCore { text: stored.clone(), ..core })
}

/// Gives every permission of a document a bit: the bit of its flag, or a free one.
fn vocabulary<P: Permissions>(
    own: &CatalogCore,
    document: &CatalogDocument,
    flags: &[(PermissionName, Bits)],
) -> Result<Vocabulary, CatalogError> {
    let stands_for = stands_for(own, document, flags);
    let mut free = free::<P>(flags);
    let mut permissions = Vec::new();
    for permission in &document.permissions {
        let flag = stands_for.get(&permission.name).copied();
        let Some(bit) = flag.or_else(|| free.next()) else {
            let (names, limit) = (document.permissions.len(), u128::BITS as usize - flags.len());
            let names = names - stands_for.len();
            return Err(CatalogError::TooManyPermissions { names, limit });
        };
        permissions.push((permission, bit));
    }
    let declared = stands_for.values().fold(Bits::NONE, |declared, bit| declared.union(*bit));
    Ok(Vocabulary { declared, ..Vocabulary::of(permissions) })
}

/// The flag of each permission that has one, by the permission's present name.
fn stands_for<'d>(
    own: &CatalogCore,
    document: &'d CatalogDocument,
    flags: &[(PermissionName, Bits)],
) -> BTreeMap<&'d PermissionName, Bits> {
    let permissions = &document.permissions;
    let mut found = BTreeMap::new();
    let mut find = |is_it: &dyn Fn(&PermissionDocument, &PermissionName) -> bool| {
        for (flag, bit) in flags {
            let is_taken = found.values().any(|taken| taken == bit);
            let free = |it: &&PermissionDocument| !found.contains_key(&it.name);
            let mut meant = permissions.iter().filter(free).filter(|it| is_it(it, flag));
            // A flag that matches two permissions is used for neither.
            if let (false, Some(meant), None) = (is_taken, meant.next(), meant.next()) {
                found.insert(&meant.name, *bit);
            }
        }
    };
    find(&|permission, flag| permission.name == *flag);
    find(&|permission, flag| permission.formerly.contains(flag));
    find(&|permission, flag| {
        let mut known = own.document.permissions.iter().filter(|known| known.name == *flag);
        known.any(|known| known.formerly.contains(&permission.name))
    });
    found
}

/// The bits without a flag, starting with those that no value of the type can have.
fn free<P: Permissions>(flags: &[(PermissionName, Bits)]) -> impl Iterator<Item = Bits> {
    let taken = flags.iter().fold(Bits::NONE, |taken, (_, bit)| taken.union(*bit));
    let width = u32::try_from(size_of::<P::Bits>()).map_or(u128::BITS, |bytes| 8 * bytes);
    let numbers = (width..u128::BITS).chain(0..width.min(u128::BITS));
    numbers.map(|number| Bits(1 << number)).filter(move |bit| !taken.holds(*bit))
}
