//! Sets of permissions as governance counts them: by name, whether this process knows the name or not.
//!
//! A check counts bits, because what a process does not know it never grants. Governance must not: whoever hands out a
//! stored name that only another release knows, or "every permission there will ever be", hands out something. So a
//! name unknown to this process, and `full`, are held as themselves and as nothing else.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::catalog::Vocabulary;
use crate::model::RoleName;
use crate::permission::{Bits, PermissionName, PermissionNames};

/// A set of permissions, known and unknown. Which bit is which is a [`NameTable`]'s to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct NameSet {
    pub(crate) known: Bits,
    /// The lowest bit stands for all names to come, each other for one name that this process does not know.
    pub(crate) other: u128,
}

/// On everything in scope, and on what the holder owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct NameParts {
    pub(crate) any: NameSet,
    pub(crate) own: NameSet,
}

impl NameSet {
    pub(crate) const NONE: Self = Self { known: Bits::NONE, other: 0 };

    const TO_COME: u128 = 1;

    /// These permissions of the catalog and nothing else.
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

    /// What is here and not in `other`, part by part; what is had on everything is had on what is owned.
    pub(crate) const fn less(self, other: Self) -> Self {
        let own = self.own.difference(other.both());
        Self { any: self.any.difference(other.any), own }
    }

    pub(crate) const fn both(self) -> NameSet {
        self.any.union(self.own)
    }
}

/// Gives every unknown name that is met a bit of its own, for as long as one judgement takes.
#[derive(Debug)]
pub(crate) struct NameTable<'a> {
    vocabulary: &'a Vocabulary,
    unknown: RefCell<BTreeMap<Unknown, u32>>,
}

/// What this process does not know: a permission, or a role of another release's catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    Permission(PermissionName),
    Role(RoleName),
}

impl<'a> NameTable<'a> {
    /// How many unknown names one judgement can tell apart.
    const LIMIT: u32 = u128::BITS - 1;

    pub(crate) const fn new(vocabulary: &'a Vocabulary) -> Self {
        Self { vocabulary, unknown: RefCell::new(BTreeMap::new()) }
    }

    /// Everything, known, unknown and to come.
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

    /// What a limit lets pass: everything, if there is no limit.
    pub(crate) fn limit(&self, limit: Option<&PermissionNames>) -> NameSet {
        limit.map_or(self.full(), |names| self.set(names))
    }

    /// A set without what is to come, unless it holds every permission there is: nobody can do anything with that alone.
    pub(crate) fn without_future_names(&self, set: NameSet) -> NameSet {
        if !set.known.is_empty() {
            return set;
        }
        let met = self.unknown.borrow();
        let met = met.values().filter_map(|number| 1_u128.checked_shl(*number));
        NameSet { other: met.fold(0, |met, bit| met | bit) & set.other, ..set }
    }

    /// What a role gives that is not in this process's catalog: nobody here knows, so it is one unknown thing.
    pub(crate) fn unknown_role(&self, name: &RoleName) -> NameSet {
        NameSet { known: Bits::NONE, other: self.bit(Unknown::Role(name.clone())) }
    }

    /// Whether more unknown names were met than can be told apart; what was judged then must not be trusted.
    pub(crate) fn is_exhausted(&self) -> bool {
        u32::try_from(self.unknown.borrow().len()).is_ok_and(|count| count > Self::LIMIT)
    }

    fn bit(&self, unknown: Unknown) -> u128 {
        let mut known = self.unknown.borrow_mut();
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX).saturating_add(1);
        let number = *known.entry(unknown).or_insert(next);
        1_u128.checked_shl(number).unwrap_or(0)
    }

    /// The names of a set, for people. A set that holds everything, or nothing but what is to come, reads as full.
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
