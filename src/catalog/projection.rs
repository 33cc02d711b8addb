//! Projection: a stored catalog of any release on the bits of this process.

use std::collections::BTreeMap;

use crate::catalog::core::CatalogCore;
use crate::catalog::document::{CatalogDocument, PermissionDocument};
use crate::catalog::error::CatalogError;
use crate::catalog::validate;
use crate::catalog::vocabulary::Vocabulary;
use crate::model::record::CatalogText;
use crate::permission::{Bits, PermissionName, Permissions};

/// Why a process cannot decide by a stored catalog. A newer release of the service can.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// It is no document that this release of the library reads: most likely a newer one wrote it.
    #[error("the catalog cannot be read by this release")]
    Unreadable(#[from] serde_json::Error),
    /// This release of the library would not build it.
    #[error(transparent)]
    Invalid(#[from] CatalogError),
}

/// Puts a stored catalog on the bits of an application's type, whose own catalog is `own`.
pub(super) fn project<P: Permissions>(
    own: &CatalogCore,
    stored: &CatalogText,
) -> Result<CatalogCore, ProjectionError> {
    let document: CatalogDocument = serde_json::from_str(stored.as_str())?;
    let flags = validate::flags::<P>()?;
    let core = validate::validate(document, |document| vocabulary::<P>(own, document, &flags))?;
    // Its bytes are what records refer to, however this release would write them.
    Ok(CatalogCore { text: stored.clone(), ..core })
}

/// Gives every permission of a document a bit: that of the flag which stands for it, or one that no
/// flag has.
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

/// By present name, the flag that stands for a permission.
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
            // A flag that could stand for two permissions stands for neither: no guess.
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

/// The bits that no flag has: first those that no value of the type can hold.
fn free<P: Permissions>(flags: &[(PermissionName, Bits)]) -> impl Iterator<Item = Bits> {
    let taken = flags.iter().fold(Bits::NONE, |taken, (_, bit)| taken.union(*bit));
    let width = u32::try_from(size_of::<P::Bits>()).map_or(u128::BITS, |bytes| 8 * bytes);
    let numbers = (width..u128::BITS).chain(0..width.min(u128::BITS));
    numbers.map(|number| Bits(1 << number)).filter(move |bit| !taken.holds(*bit))
}
