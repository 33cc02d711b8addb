//! Sets of permissions by name, including names that this process does not know.
//!
//! A check works on bits: a permission that the process does not know is never granted. Governance
//! must not ignore such names: assigning a stored name that only another release knows, or "all
//! permissions, future ones included", gives something away. So unknown names, and `full`, are
//! represented as themselves.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::catalog::Vocabulary;
use crate::model::RoleName;
use crate::permission::{Bits, PermissionName, PermissionNames};

/// A set of known and unknown permissions. The bits of unknown ones are assigned by a
/// [`NameTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct NameSet {
    pub(crate) known: Bits,
    /// The lowest bit stands for all future permissions, each other bit for one name that this
    /// process does not know.
    pub(crate) other: u128,
}

/// Permissions on everything in scope, and permissions on what the holder owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct NameParts {
    pub(crate) any: NameSet,
    pub(crate) own: NameSet,
}

impl NameSet {
    pub(crate) const NONE: Self = Self { known: Bits::NONE, other: 0 };

    const TO_COME: u128 = 1;

    /// Known permissions only.
    pub(crate) const fn known(known: Bits) -> Self {
        Self { known, other: 0 }
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.known.is_empty() && self.other == 0
    }

    pub(crate) const fn holds(self, all: Self) -> bool {
        all.difference(self).is_empty()
    }

    pub(crate) const fn union(self, also: Self) -> Self {
        Self { known: self.known.union(also.known), other: self.other | also.other }
    }

    pub(crate) const fn intersection(self, with: Self) -> Self {
        Self { known: self.known.intersection(with.known), other: self.other & with.other }
    }

    pub(crate) const fn difference(self, less: Self) -> Self {
        Self { known: self.known.difference(less.known), other: self.other & !less.other }
    }
}

impl NameParts {
    pub(crate) const fn any(any: NameSet) -> Self {
        Self { any, own: NameSet::NONE }
    }

    pub(crate) const fn union(self, also: Self) -> Self {
        Self { any: self.any.union(also.any), own: self.own.union(also.own) }
    }

    pub(crate) const fn intersection(self, with: NameSet) -> Self {
        Self { any: self.any.intersection(with), own: self.own.intersection(with) }
    }

    /// The parts that are here and not in `other`. A permission on everything in `other` counts as
    /// one on owned objects, too.
    pub(crate) const fn less(self, other: Self) -> Self {
        let own = self.own.difference(other.both());
        Self { any: self.any.difference(other.any), own }
    }

    pub(crate) const fn both(self) -> NameSet {
        self.any.union(self.own)
    }
}

/// Assigns a bit to each unknown name, for the duration of one check.
#[derive(Debug)]
pub(crate) struct NameTable<'a> {
    vocabulary: &'a Vocabulary,
    unknown: RefCell<BTreeMap<Unknown, u32>>,
}

/// A permission, or a role of another release, that this process does not know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    Permission(PermissionName),
    Role(RoleName),
}

impl<'a> NameTable<'a> {
    /// The number of unknown names that can be told apart.
    const LIMIT: u32 = u128::BITS - 1;

    pub(crate) const fn new(vocabulary: &'a Vocabulary) -> Self {
        Self { vocabulary, unknown: RefCell::new(BTreeMap::new()) }
    }

    /// All known, unknown and future permissions.
    pub(crate) const fn full(&self) -> NameSet {
        NameSet { known: self.vocabulary.universe(), other: u128::MAX }
    }

    pub(crate) fn set(&self, names: &PermissionNames) -> NameSet {
        let PermissionNames::Only(listed) = names else { return self.full() };
        let known = self.vocabulary.bits(names);
        let is_unknown = |name: &&PermissionName| self.vocabulary.bit(name.as_str()).is_none();
        let unknown = listed.iter().filter(is_unknown).cloned();
        let other = unknown.fold(0, |other, name| other | self.bit(Unknown::Permission(name)));
        NameSet { known, other }
    }

    /// The permissions that a limit lets through: all of them, if there is no limit.
    pub(crate) fn limit(&self, limit: Option<&PermissionNames>) -> NameSet {
        limit.map_or(self.full(), |names| self.set(names))
    }

    /// The set without future permissions, unless it holds known ones: future permissions alone
    /// have no effect today.
    pub(crate) fn without_future_names(&self, set: NameSet) -> NameSet {
        if !set.known.is_empty() {
            return set;
        }
        let met = self.unknown.borrow();
        let met = met.values().filter_map(|number| 1_u128.checked_shl(*number));
        NameSet { other: met.fold(0, |met, bit| met | bit) & set.other, ..set }
    }

    /// A role that is missing in the catalog of this process counts as one unknown permission.
    pub(crate) fn unknown_role(&self, name: &RoleName) -> NameSet {
        NameSet { known: Bits::NONE, other: self.bit(Unknown::Role(name.clone())) }
    }

    /// Whether more unknown names occurred than can be told apart, so that the result of the check
    /// must not be trusted.
    pub(crate) fn is_exhausted(&self) -> bool {
        u32::try_from(self.unknown.borrow().len()).is_ok_and(|count| count > Self::LIMIT)
    }

    fn bit(&self, unknown: Unknown) -> u128 {
        let mut known = self.unknown.borrow_mut();
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX).saturating_add(1);
        let number = *known.entry(unknown).or_insert(next);
        1_u128.checked_shl(number).unwrap_or(0)
    }

    /// The names of a set, for display. A set of all permissions, or of future permissions only, is
    /// displayed as full.
    pub(crate) fn resolve(&self, set: NameSet) -> PermissionNames {
        let is_all = set.known == self.vocabulary.universe() || set.known.is_empty();
        if set.other & NameSet::TO_COME != 0 && is_all {
            return PermissionNames::Full;
        }
        let known = self.vocabulary.names(set.known);
        let unknown = self.unknown.borrow();
        let met = unknown.iter().filter(|(_, number)| {
            1_u128.checked_shl(**number).is_some_and(|bit| set.other & bit != 0)
        });
        let unknown = met.filter_map(|(unknown, _)| match unknown {
            Unknown::Permission(name) => Some(name.clone()),
            Unknown::Role(name) => PermissionName::new(name.as_str()).ok(),
        });
        known.iter().cloned().chain(unknown).collect()
    }
}
