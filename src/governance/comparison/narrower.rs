//! Whether a row gives at most what it gave before, compared field by field for each kind of row.
//!
//! Every row is destructured completely, so a new field does not compile before it is handled here.
//! A field that has no effect on permissions is named and ignored; any other difference that is not
//! known to be narrower counts as wider.

use jiff::Timestamp;

use crate::model::{
    Assignment, Condition, Consent, Grant, OrganizationStatus, Profile, Reach, Resource, Role,
    Status, SubAccount, Team, Terms, Validity, Workspace, WorkspaceStatus,
};
use crate::permission::PermissionNames;

/// A comparison of two rows by what they give.
pub(crate) trait Narrower {
    /// Whether `self` gives nothing that `other` does not give.
    fn is_within(&self, other: &Self) -> bool;
}

/// An assignment within another acts only where and when the other acts, and on at most as much. An
/// allow within another gives no more; a deny within another takes no more. The caller compares
/// effect and delegator.
impl Narrower for Terms {
    fn is_within(&self, other: &Self) -> bool {
        let Self { grant, effect: _, reach, validity, conditions, delegator: _ } = self;
        grant.is_within(&other.grant)
            && reach.is_within(&other.reach)
            && validity.is_within(&other.validity)
            // All conditions must be met, so each condition of the other must follow from one of
            // these.
            && other.conditions.iter().all(|it| conditions.iter().any(|own| own.is_within(it)))
    }
}

impl Narrower for Grant {
    fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            // Another role, even a smaller one, is another duty (I2) and has its own number of
            // holders (I3).
            (Self::Role(one), Self::Role(other)) => one == other,
            (Self::Permissions { any, own }, Self::Permissions { any: all, own: of_own }) => {
                are_parts_within((any, own), (all, of_own))
            }
            (Self::Role(_) | Self::Permissions { .. }, _) => false,
        }
    }
}

impl Narrower for Reach {
    fn is_within(&self, other: &Self) -> bool {
        match self {
            Self::Subtree => *other == Self::Subtree,
            Self::Here | Self::Labelled(_) => *other == Self::Subtree || self == other,
        }
    }
}

impl Narrower for Validity {
    fn is_within(&self, other: &Self) -> bool {
        self.starts() >= other.starts() && is_end_within(self.ends(), other.ends())
    }
}

impl Narrower for Role {
    fn is_within(&self, other: &Self) -> bool {
        let Self { id, name: _, any, own, includes, assignable, assigns } = self;
        *id == other.id
            && are_parts_within((any, own), (&other.any, &other.own))
            && includes.is_subset(&other.includes)
            && other.assignable.contains(*assignable)
            && assigns.is_subset(&other.assigns)
    }
}

impl Narrower for Profile {
    fn is_within(&self, other: &Self) -> bool {
        let Self { name: _, status, ceiling, security, unconfirmed, labels } = self;
        (*status == other.status || *status != OrganizationStatus::Active)
            && is_limit_within(ceiling.as_ref(), other.ceiling.as_ref())
            && (security, unconfirmed) == (&other.security, &other.unconfirmed)
            && *labels == other.labels
    }
}

impl Narrower for Workspace {
    fn is_within(&self, other: &Self) -> bool {
        let Self { id, name: _, key, inherits, ceiling, labels, status } = self;
        (id, key, labels) == (&other.id, &other.key, &other.labels)
            && inherits.is_within(&other.inherits)
            && is_limit_within(ceiling.as_ref(), other.ceiling.as_ref())
            && (*status == other.status || *status == WorkspaceStatus::Archived)
    }
}

impl Narrower for Resource {
    fn is_within(&self, other: &Self) -> bool {
        let Self { id, kind, parent, key, name: _, owner, inherits, ceiling, labels } = self;
        (id, kind, parent, key, labels)
            == (&other.id, &other.kind, &other.parent, &other.key, &other.labels)
            // An object without an owner is owned by no account, and no account is known not to own
            // it (D6).
            && (*owner == other.owner || owner.is_none())
            && inherits.is_within(&other.inherits)
            && is_limit_within(ceiling.as_ref(), other.ceiling.as_ref())
    }
}

impl Narrower for SubAccount {
    fn is_within(&self, other: &Self) -> bool {
        let Self {
            id,
            kind,
            owner,
            status,
            credential_reset_required,
            login,
            erased: _,
            former_logins,
            name: _,
            ends,
            boundary,
            labels,
        } = self;
        (id, kind, owner, labels) == (&other.id, &other.kind, &other.owner, &other.labels)
            && status.is_within(&other.status)
            && (*credential_reset_required || !other.credential_reset_required)
            && (*login == other.login || login.is_none())
            // Denies and boundaries follow every login that an account has had.
            && former_logins.is_superset(&other.former_logins)
            && is_end_within(*ends, other.ends)
            && is_limit_within(boundary.as_ref(), other.boundary.as_ref())
    }
}

impl Narrower for Status {
    fn is_within(&self, other: &Self) -> bool {
        match self {
            Self::Suspended | Self::Left | Self::Removed => true,
            Self::Invited | Self::Active => self == other,
        }
    }
}

impl Narrower for Team {
    fn is_within(&self, other: &Self) -> bool {
        let Self { id, name: _, parent, labels } = self;
        (id, parent, labels) == (&other.id, &other.parent, &other.labels)
    }
}

impl Narrower for Consent {
    fn is_within(&self, other: &Self) -> bool {
        let Self { id, operators, scope, mask, starts, ends, by } = self;
        (id, operators, scope, by) == (&other.id, &other.operators, &other.scope, &other.by)
            && mask.is_within(&other.mask)
            && *starts >= other.starts
            && *ends <= other.ends
    }
}

/// Whether two revisions of an assignment have the same effect and the same maker.
pub(crate) fn is_unchanged(before: &Assignment, after: &Assignment) -> bool {
    let Assignment { id, assignee, scope, terms, by, reason: _ } = after;
    (id, assignee, scope, terms, by)
        == (&before.id, &before.assignee, &before.scope, &before.terms, &before.by)
}

fn are_parts_within(
    (any, own): (&PermissionNames, &PermissionNames),
    (all, of_own): (&PermissionNames, &PermissionNames),
) -> bool {
    // A permission on everything counts as one on owned objects.
    let is_own_within = match own {
        PermissionNames::Full => own.is_within(all) || own.is_within(of_own),
        PermissionNames::Only(names) => {
            names.iter().all(|it| all.contains(it.as_str()) || of_own.contains(it.as_str()))
        }
    };
    any.is_within(all) && is_own_within
}

/// `None` limits nothing.
fn is_limit_within(limit: Option<&PermissionNames>, other: Option<&PermissionNames>) -> bool {
    other.is_none_or(|other| limit.is_some_and(|limit| limit.is_within(other)))
}

/// `None` never ends.
fn is_end_within(end: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    other.is_none_or(|other| end.is_some_and(|end| end <= other))
}

impl Narrower for Condition {
    fn is_within(&self, other: &Self) -> bool {
        Self::is_within(self, other)
    }
}
