//! Succession: checks whether a catalog may replace those that an organization was decided under.
//!
//! A name in stored data keeps its meaning, or has the meaning of its new name. So a name is never
//! used again for another permission.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::catalog::document::CatalogDocument;
use crate::model::record::CatalogText;
use crate::permission::PermissionName;

/// Why a catalog is not introduced in an organization. The present one stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuccessionError {
    /// A catalog with a higher edition is in force. Update this process, or give its catalog a
    /// higher edition.
    #[error("edition {in_force} of the catalog is in force, and this process has edition {own}")]
    Behind {
        /// The edition in force.
        in_force: u64,
        /// The edition of this process's catalog.
        own: u64,
    },
    /// A catalog with the same edition and another content is in force. Raise the edition.
    #[error(
        "edition {edition} of the catalog is in force with another content; \
         raise the edition with every change of the catalog"
    )]
    EditionReused {
        /// The edition.
        edition: u64,
    },
    /// A former name is used again for another permission.
    #[error(
        "the permission `{permission}` uses the name `{name}`, which has become `{present}`; \
         add `{present}` to its former names, or use another name"
    )]
    NameRetired {
        /// The permission of the new catalog.
        permission: PermissionName,
        /// The name that it uses: its own or a former one.
        name: PermissionName,
        /// The present name of the permission that had it.
        present: PermissionName,
    },
    /// The names of an earlier catalog cannot be read, so their former names are unknown.
    #[error("the names of an earlier catalog cannot be read by this release")]
    Unreadable,
}

/// The present name of each name in one document.
type PresentNames = BTreeMap<PermissionName, PermissionName>;

/// Checks that no permission of a catalog uses a name that belongs to another one. `former` has the
/// earlier catalogs, latest first; those in one group have no known order.
pub(crate) fn check_names<'t, I>(
    next: &CatalogDocument,
    former: impl IntoIterator<Item = I>,
) -> Result<(), SuccessionError>
where
    I: IntoIterator<Item = &'t CatalogText>,
{
    let read = |together: I| together.into_iter().map(names).collect();
    let former: Option<Vec<Vec<PresentNames>>> = former.into_iter().map(read).collect();
    let former = former.ok_or(SuccessionError::Unreadable)?;
    for permission in &next.permissions {
        for name in std::iter::once(&permission.name).chain(&permission.formerly) {
            let mut present = present(&former, name).into_iter();
            let has = |present: &&PermissionName| {
                **present == permission.name || permission.formerly.contains(*present)
            };
            if let Some(present) = present.find(|present| !has(present)) {
                return Err(SuccessionError::NameRetired {
                    permission: permission.name.clone(),
                    name: name.clone(),
                    present: present.clone(),
                });
            }
        }
    }
    Ok(())
}

/// The permissions that a name may stand for now. Empty if the name was never used.
fn present<'n>(
    former: &'n [Vec<PresentNames>],
    name: &'n PermissionName,
) -> BTreeSet<&'n PermissionName> {
    let latest = |name: &PermissionName| {
        let mut read = former.iter().map(|together| {
            together.iter().filter_map(|names| names.get(name)).collect::<BTreeSet<_>>()
        });
        read.find(|read| !read.is_empty()).unwrap_or_default()
    };
    let (mut present, mut seen) = (BTreeSet::new(), BTreeSet::new());
    // A permission may have been renamed more than once.
    let mut ahead = vec![name];
    while let Some(name) = ahead.pop() {
        if seen.insert(name) {
            for later in latest(name) {
                if later == name {
                    present.insert(later);
                } else {
                    ahead.push(later);
                }
            }
        }
    }
    present
}

/// The names in a document. Ignores everything else in it.
fn names(text: &CatalogText) -> Option<PresentNames> {
    #[derive(Deserialize)]
    struct NamesDocument {
        permissions: Vec<Permission>,
    }
    #[derive(Deserialize)]
    struct Permission {
        name: PermissionName,
        #[serde(default)]
        formerly: BTreeSet<PermissionName>,
    }
    let document: NamesDocument = serde_json::from_str(text.as_str()).ok()?;
    let named = document.permissions.into_iter().flat_map(|permission| {
        let Permission { name, formerly } = permission;
        let of = name.clone();
        formerly.into_iter().map(move |former| (former, of.clone())).chain([(name.clone(), name)])
    });
    Some(named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::model::SystemRole;

    bitflags::bitflags! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        struct Any: u8 {
            const ADMINISTER = 1;
        }
    }

    /// A catalog with these permissions, each with its former names.
    fn document(permissions: &[(&str, &[&str])]) -> CatalogDocument {
        let owner = SystemRole::new("owner");
        let catalog = Catalog::<Any>::builder()
            .role(owner, Any::all())
            .owner(owner)
            .administration(Any::ADMINISTER)
            .build()
            .unwrap();
        let mut document = catalog.document().clone();
        let any = document.permissions[0].clone();
        document.permissions.extend(permissions.iter().map(|(name, formerly)| {
            let formerly = formerly.iter().map(|name| PermissionName::new(*name).unwrap());
            let name = PermissionName::new(*name).unwrap();
            crate::catalog::PermissionDocument { name, formerly: formerly.collect(), ..any.clone() }
        }));
        document
    }

    fn text(permissions: &[(&str, &[&str])]) -> CatalogText {
        CatalogText::new(serde_json::to_string(&document(permissions)).unwrap())
    }

    type Permissions<'a> = &'a [(&'a str, &'a [&'a str])];

    /// Checks a catalog against its predecessors, latest first.
    #[track_caller]
    fn follows(former: &[Permissions<'_>], next: Permissions<'_>) -> Result<(), String> {
        let former: Vec<_> = former.iter().map(|permissions| text(permissions)).collect();
        let former = former.iter().map(|text| [text]);
        check_names(&document(next), former).map_err(|error| match error {
            SuccessionError::NameRetired { name, present, .. } => format!("{name} is {present}"),
            error => error.to_string(),
        })
    }

    #[test]
    fn c3_a_name_that_was_given_up_is_never_used_for_anything_else() {
        let renamed: Permissions<'_> = &[("AN", &["R"])];
        let original: Permissions<'_> = &[("R", &[])];
        let retired = |what: &str| Err(what.to_owned());
        for (former, next, expected) in [
            (&[original][..], renamed, Ok(())),
            (&[original], &[("R", &[]), ("S", &[])], Ok(())),
            (&[original], &[("S", &[])], Ok(())),
            // A removed permission may be added again.
            (&[&[("S", &[])], original], original, Ok(())),
            // Undoing a renaming is another renaming.
            (&[renamed, original], original, retired("R is AN")),
            (&[renamed, original], &[("R", &["AN"])], Ok(())),
            (&[renamed], &[("R", &[]), ("AN", &[])], retired("R is AN")),
            (&[renamed], &[("R", &[]), ("AN", &["S"])], retired("R is AN")),
            (&[renamed], &[("S", &["R"]), ("AN", &[])], retired("R is AN")),
            // Renamed twice, and the second catalog forgets the first name.
            (&[&[("BN", &["AN"])], renamed, original], original, retired("R is BN")),
            (&[&[("BN", &["AN"])], renamed], &[("R", &["AN"])], retired("R is BN")),
            (&[&[("BN", &["AN"])], renamed], &[("R", &["BN"])], Ok(())),
            (&[&[("BN", &["AN"])], renamed], &[("BN", &["AN", "R"])], Ok(())),
            // Two permissions merge into one.
            (&[&[("R", &[]), ("AN", &[])]], renamed, Ok(())),
            (
                &[renamed, &[("R", &[]), ("AN", &[])]],
                &[("R", &[]), ("AN", &[])],
                retired("R is AN"),
            ),
        ] {
            assert_eq!(follows(former, next), expected, "{next:?} after {former:?}");
        }
    }

    #[test]
    fn c3_what_earlier_catalogs_called_things_must_be_readable() {
        for text in ["{}", "[]", r#"{"permissions":[{"title":"x"}]}"#] {
            let former = [CatalogText::new(text)];
            let checked = check_names(&document(&[]), [&former]);
            assert_eq!(checked, Err(SuccessionError::Unreadable), "{text}");
        }
        // Unknown fields of a later release are ignored.
        let former = [CatalogText::new(r#"{"permissions":[{"name":"R","new":1}],"new":2}"#)];
        assert_eq!(check_names(&document(&[("R", &[])]), [&former]), Ok(()));
    }

    #[test]
    fn c3_of_catalogs_of_one_edition_each_may_have_come_last() {
        let together = [text(&[("R", &[])]), text(&[("AN", &["R"])])];
        for together in [[&together[0], &together[1]], [&together[1], &together[0]]] {
            let follows = |next: Permissions<'_>| check_names(&document(next), [together]);
            assert!(follows(&[("R", &[])]).is_err());
            assert!(follows(&[("AN", &[])]).is_ok());
            assert!(follows(&[("R", &["AN"])]).is_ok());
            assert!(follows(&[("AN", &["R"])]).is_ok());
        }
    }

    #[test]
    fn names_that_went_around_in_a_circle_are_looked_up_to_an_end() {
        let (one, other): (Permissions<'_>, Permissions<'_>) = (&[("A", &["B"])], &[("B", &["A"])]);
        assert_eq!(follows(&[one, other], &[("B", &[])]), Err("B is A".to_owned()));
        assert_eq!(follows(&[one, other], &[("B", &["A"])]), Ok(()));
    }
}
