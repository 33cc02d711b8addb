//! Vocabulary: maps names to bits in this process.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::document::PermissionDocument;
use crate::permission::{Bits, PermissionName, PermissionNames};

/// The names and bits of one catalog. Former names are read as the present one; bits are always
/// written by their present name.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    /// The bit of every name, former ones included.
    pub(super) bits: BTreeMap<PermissionName, Bits>,
    /// The present name of each bit.
    pub(super) names: BTreeMap<Bits, PermissionName>,
    pub(super) universe: Bits,
    /// The permissions with a flag in the application's type. The others come from another release,
    /// and have a bit only to be counted.
    pub(super) declared: Bits,
}

impl Vocabulary {
    /// Returns a vocabulary of these permissions and bits, none of them with a flag yet.
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

    /// All permissions.
    pub(crate) const fn universe(&self) -> Bits {
        self.universe
    }

    /// The permissions with a flag, for which this process can ask.
    pub(crate) const fn declared(&self) -> Bits {
        self.declared
    }

    /// Translates `bits` of another vocabulary of the same application type. A flag is the same
    /// permission in both; any other bit is translated by name.
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

    /// The permissions of a stored set that this process knows.
    pub(crate) fn bits(&self, names: &PermissionNames) -> Bits {
        match names {
            PermissionNames::Full => self.universe,
            PermissionNames::Only(names) => names
                .iter()
                .filter_map(|name| self.bits.get(name))
                .fold(Bits::NONE, |bits, bit| bits.union(*bit)),
        }
    }

    /// The names of these bits. Leaves out bits without a name.
    pub(crate) fn names(&self, bits: Bits) -> PermissionNames {
        let names: BTreeSet<_> = bits.iter().filter_map(|bit| self.name(bit).cloned()).collect();
        PermissionNames::Only(names)
    }
}

/// Permissions in two parts: on everything in scope, and only on what the sub-account owns.
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

    /// The union of both parts.
    pub(crate) const fn both(self) -> Bits {
        self.any.union(self.own)
    }
}
