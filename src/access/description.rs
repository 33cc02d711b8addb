//! Description: what somebody may do somewhere, in the application's own words.

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

/// The effective permissions of a sub-account at a scope, under the headings and by the titles of the catalog.
///
/// Plain data, and readable text by [`Display`](std::fmt::Display). It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "a description is for somebody to read"]
#[non_exhaustive]
pub struct Description {
    /// Whose permissions they are.
    pub sub_account: SubAccountId,
    /// Where; `None` if the target is unknown.
    pub scope: Option<Named<Scope>>,
    /// Why the sub-account may do nothing at all, whatever was assigned; `None` if nothing bars it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barred: Option<Reason>,
    /// The permissions, in the order of the catalog: those under no heading, then each heading where its first
    /// permission stands.
    pub groups: Vec<DescribedGroup>,
}

/// The permissions under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DescribedGroup {
    /// The heading; `None` for those that the catalog puts under none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// The permissions.
    pub permissions: Vec<DescribedPermission>,
}

/// One permission that somebody has.
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
    /// On what it is effective.
    pub on: OnWhat,
}

/// On what a permission is effective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnWhat {
    /// On everything at the scope.
    Everything,
    /// Only on what the sub-account owns or is assigned.
    Owned,
    /// Only on what is known not to be the sub-account's: a deny takes it from what is.
    NotOwned,
    /// On either, but only if it is known which: one thing grants it on what is owned, and another on what is not.
    Known,
}

impl<P: Permissions> Subject<'_, P> {
    /// What the subject may do at `target`, in words. Where nobody says whether what is asked about is its own, what
    /// depends on that is listed too, and marked; otherwise it is exactly [`permissions`](Self::permissions).
    ///
    /// Computes in **O(log n)** time in the size of the organization, and linear in the subject's own assignments.
    pub fn describe(&self, target: impl Into<Target>) -> Description {
        self.as_of_now().described(target.into())
    }

    fn described(&self, target: Target) -> Description {
        let catalog = self.snapshot().catalog().core();
        let organization = self.snapshot().organization();
        let node = self.snapshot().compiled().resolve(target).ok();
        let owned = Bits::of(self.owning(Ownership::Owned).permissions(target));
        let not_owned = Bits::of(self.owning(Ownership::NotOwned).permissions(target));
        let as_asked = Bits::of(self.permissions(target));
        let listed = match (self.context().claimed(), node.and_then(|node| node.owner)) {
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
        // In words the others would seem to stand under the heading before them.
        groups.sort_by_key(|group| group.title.is_some());
        Description {
            sub_account: self.id(),
            scope: node.map(|node| Named::scope(organization, node.scope)),
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
