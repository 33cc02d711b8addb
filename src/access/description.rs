//! [`Description`]: the effective permissions of a sub-account, in the application's own words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::context::Ownership;
use crate::access::decision::Reason;
use crate::access::explain::Named;
use crate::access::subject::Subject;
use crate::access::target::Target;
use crate::catalog::Sensitivity;
use crate::id::SubAccountId;
use crate::model::Scope;
use crate::permission::{Bits, PermissionName, Permissions};
use crate::text::Name;

/// The effective permissions of a sub-account at a scope, with the headings and titles of the
/// catalog.
///
/// Plain data, with readable text by [`Display`](std::fmt::Display). It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "a description has no effect unless it is shown"]
#[non_exhaustive]
pub struct Description {
    /// The sub-account.
    pub sub_account: SubAccountId,
    /// The scope; `None` if the target is unknown.
    pub scope: Option<Named<Scope>>,
    /// Why everything is denied to the sub-account, whatever was assigned; `None` if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barred: Option<Reason>,
    /// The permissions in the order of the catalog: those without a heading, then each heading at
    /// the position of its first permission.
    pub groups: Vec<DescribedGroup>,
}

/// The permissions under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DescribedGroup {
    /// The heading; `None` for permissions without one in the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// The permissions.
    pub permissions: Vec<DescribedPermission>,
}

/// An effective permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DescribedPermission {
    /// Its name.
    pub name: PermissionName,
    /// Its title in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// How much harm its misuse does.
    pub sensitivity: Sensitivity,
    /// The objects on which it is effective.
    pub on: OnWhat,
}

/// The objects on which a permission is effective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnWhat {
    /// All objects at the scope.
    Everything,
    /// Only objects that the sub-account owns or is assigned to.
    Owned,
    /// Only objects that the sub-account is known not to own: a deny takes the permission on owned
    /// ones.
    NotOwned,
    /// Owned and other objects, but only if ownership is known: the permission comes by different
    /// assignments in the two cases.
    Known,
}

impl<P: Permissions> Subject<'_, P> {
    /// The effective permissions of the subject at `target`, in words. If ownership is neither
    /// claimed nor registered, permissions that depend on it are listed with the objects that they
    /// are effective on; otherwise the result equals [`permissions`](Self::permissions).
    ///
    /// Computes in **O(log n)** time in the size of the organization, and linear in the subject's
    /// own assignments.
    pub fn describe(&self, target: impl Into<Target>) -> Description {
        self.as_of_now().described(target.into())
    }

    fn described(&self, target: Target) -> Description {
        let catalog = self.snapshot().catalog().core();
        let organization = self.snapshot().organization();
        let scope = self.snapshot().compiled().resolve(target).ok();
        let owned = Bits::of(self.owning(Ownership::Owned).permissions(target));
        let not_owned = Bits::of(self.owning(Ownership::NotOwned).permissions(target));
        let as_asked = Bits::of(self.permissions(target));
        let listed = match (self.context().claimed(), scope.and_then(|scope| scope.owner)) {
            (Ownership::Unsaid, None) => owned.union(not_owned),
            _ => as_asked,
        };
        let mut groups: Vec<DescribedGroup> = Vec::new();
        for document in &catalog.document().permissions {
            let vocabulary = catalog.vocabulary();
            let Some(bit) = vocabulary.bit(document.name.as_str()) else { continue };
            if !listed.holds(bit) {
                continue;
            }
            let described = DescribedPermission {
                name: vocabulary.name(bit).unwrap_or(&document.name).clone(),
                title: document.title.clone(),
                sensitivity: document.sensitivity,
                on: match (owned.holds(bit), not_owned.holds(bit)) {
                    (true, false) => OnWhat::Owned,
                    (false, true) => OnWhat::NotOwned,
                    _ if as_asked.holds(bit) => OnWhat::Everything,
                    _ => OnWhat::Known,
                },
            };
            match groups.iter_mut().find(|group| group.title == document.group) {
                Some(group) => group.permissions.push(described),
                None => groups.push(DescribedGroup {
                    title: document.group.clone(),
                    permissions: vec![described],
                }),
            }
        }
        // Permissions without a heading come first, or they would read as part of the heading
        // before.
        groups.sort_by_key(|group| group.title.is_some());
        Description {
            sub_account: self.id(),
            scope: scope.map(|scope| Named::scope(organization, scope.scope)),
            barred: self.barred(target),
            groups,
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sub-account {} at ", self.sub_account)?;
        match &self.scope {
            Some(scope) => write!(f, "{scope}")?,
            None => f.write_str("an unknown scope")?,
        }
        if let Some(barred) = self.barred {
            return write!(f, " may do nothing: {barred}");
        }
        if self.groups.is_empty() {
            return f.write_str(" may do nothing");
        }
        f.write_str(" may")?;
        for group in &self.groups {
            if let Some(title) = &group.title {
                write!(f, "\n{title}:")?;
            }
            for permission in &group.permissions {
                write!(f, "\n  {permission}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for DescribedPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.title {
            Some(title) => write!(f, "{title}")?,
            None => write!(f, "{}", self.name)?,
        }
        f.write_str(match self.on {
            OnWhat::Everything => "",
            OnWhat::Owned => ", only what is owned",
            OnWhat::NotOwned => ", only what is not owned",
            OnWhat::Known => ", only what is known to be owned or not",
        })?;
        f.write_str(match self.sensitivity {
            Sensitivity::Normal => "",
            Sensitivity::Sensitive => " (sensitive)",
            Sensitivity::Critical => " (critical)",
        })
    }
}
