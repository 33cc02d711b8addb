//! Vocabulary: which name is which bit, in this process.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::document::PermissionDocument;
use crate::permission::{Bits, PermissionName, PermissionNames};

/// Names and bits of one catalog. Former names read as the permission's own; bits always write its present name.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    /// Every name that reads as a bit.
    pub(super) bits: BTreeMap<PermissionName, Bits>,
    /// The present name of each bit.
    pub(super) names: BTreeMap<Bits, PermissionName>,
    pub(super) universe: Bits,
    /// The permissions that a flag of the application's type stands for. The others are names of
    /// another release, which have a bit only so that they are counted.
    pub(super) declared: Bits,
}

impl Vocabulary {
    /// These permissions under these bits, none of which any flag stands for yet.
    pub(super) fn of<'d>(
        permissions: impl IntoIterator<Item = (&'d PermissionDocument, Bits)>,
    ) -> Self {
        let (mut bits, mut names) = (BTreeMap::new(), BTreeMap::new());
        for (permission, bit) in permissions {
            names.insert(bit, permission.name.clone());
            bits.insert(permission.name.clone(), bit);
            bits.extend(permission.formerly.iter().map(|former| (former.clone(), bit)));
        }
        let universe = names.keys().fold(Bits::NONE, |universe, bit| universe.union(*bit));
        Self { bits, names, universe, declared: Bits::NONE }
    }

    /// Every permission.
    pub(crate) const fn universe(&self) -> Bits {
        self.universe
    }

    /// The permissions that this process can ask for.
    pub(crate) const fn declared(&self) -> Bits {
        self.declared
    }

    /// The permissions here that `bits` are in another vocabulary of the same application type. A
    /// flag is the same permission in both; any other bit is looked up by its name.
    pub(crate) fn translate(&self, bits: Bits, from: &Self) -> Bits {
        let flags = bits.intersection(from.declared).intersection(self.declared);
        let others = bits.difference(from.declared).iter();
        let others = others.filter_map(|bit| self.bit(from.name(bit)?.as_str()));
        others.fold(flags, Bits::union)
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
