//! Vocabulary: which name is which bit, in this process.

use std::collections::{BTreeMap, BTreeSet};

use crate::permission::{Bits, PermissionName, PermissionNames};

/// Names and bits of one catalog. Former names read as the permission's own; bits always write its present name.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    /// Every name that reads as a bit.
    pub(super) bits: BTreeMap<PermissionName, Bits>,
    /// The present name of each bit.
    pub(super) names: BTreeMap<Bits, PermissionName>,
    pub(super) universe: Bits,
}

impl Vocabulary {
    /// Every permission.
    pub(crate) const fn universe(&self) -> Bits {
        self.universe
    }

    /// The permission with this present or former name.
    pub(crate) fn bit(&self, name: &str) -> Option<Bits> {
        self.bits.get(name).copied()
    }

    /// The present name of a single bit.
    pub(crate) fn name(&self, bit: Bits) -> Option<&PermissionName> {
        self.names.get(&bit)
    }

    /// The permissions of a set at rest that this process knows.
    pub(crate) fn bits(&self, names: &PermissionNames) -> Bits {
        match names {
            PermissionNames::Full => self.universe,
            PermissionNames::Only(names) => names
                .iter()
                .filter_map(|name| self.bits.get(name))
                .fold(Bits::NONE, |bits, bit| bits.union(*bit)),
        }
    }

    /// The names of these bits; bits that have none are left out.
    pub(crate) fn names(&self, bits: Bits) -> PermissionNames {
        let names: BTreeSet<_> = bits.iter().filter_map(|bit| self.name(bit).cloned()).collect();
        PermissionNames::Only(names)
    }
}

/// What something grants or denies: on everything in scope, and on what the sub-account owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Parts {
    pub(crate) any: Bits,
    pub(crate) own: Bits,
}

impl Parts {
    pub(crate) const fn union(self, other: Self) -> Self {
        Self { any: self.any.union(other.any), own: self.own.union(other.own) }
    }

    pub(crate) const fn intersection(self, bits: Bits) -> Self {
        Self { any: self.any.intersection(bits), own: self.own.intersection(bits) }
    }

    /// Everything in either part.
    pub(crate) const fn both(self) -> Bits {
        self.any.union(self.own)
    }
}
