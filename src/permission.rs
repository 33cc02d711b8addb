//! Permissions: the application's own `bitflags` type in the API, names in storage, one `u128` in
//! memory.
//!
//! A permission is one named bit. Only its name is stored, so bits may be renumbered between
//! releases. A process that does not know a name keeps it, never grants it and writes it back.
//! [`Bits`] never leave the process.

use std::collections::BTreeSet;
use std::fmt;

use bitflags::Flags;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::text;

/// An application's set of permissions: any `bitflags` type of 8 to 128 unsigned bits.
///
/// Implemented for every such type. Its permissions are the named flags with a single bit;
/// composites, unnamed bits and other bits of `all()` are not permissions.
///
/// ```
/// bitflags::bitflags! {
///     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
///     pub struct Permission: u64 {
///         const VIEW = 1 << 0;
///         const REPLY = 1 << 1;
///     }
/// }
/// fn takes<P: tenantry::Permissions>() {}
/// takes::<Permission>();
/// ```
pub trait Permissions: Flags<Bits: Width> + Copy + Send + Sync + 'static {}

impl<T> Permissions for T where T: Flags<Bits: Width> + Copy + Send + Sync + 'static {}

/// An unsigned integer of 8 to 128 bits; sealed.
pub trait Width: Copy + sealed::Widen {}

mod sealed {
    pub trait Widen: Copy {
        fn widen(self) -> u128;
        fn narrow(bits: u128) -> Option<Self>;
    }
}

macro_rules! width {
    ($($int:ty)*) => {$(
        impl sealed::Widen for $int {
            fn widen(self) -> u128 {
                u128::from(self)
            }

            fn narrow(bits: u128) -> Option<Self> {
                Self::try_from(bits).ok()
            }
        }

        impl Width for $int {}
    )*};
}
width!(u8 u16 u32 u64 u128);

text! {
    /// The name of a permission, as it is spelled in the application's flags type.
    PermissionName, "permission name", 64
}

/// A stored set of permissions: by name, or [`Full`](Self::Full), which holds all present and
/// future names.
///
/// The empty set grants nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PermissionNames {
    /// Every permission, including those of later releases.
    Full,
    /// These permissions and no others.
    Only(BTreeSet<PermissionName>),
}

impl PermissionNames {
    /// The most names that a stored set may hold: enough for the permissions of many releases.
    pub const LIMIT: usize = 1_024;

    /// The empty set.
    pub const fn none() -> Self {
        Self::Only(BTreeSet::new())
    }

    /// Whether the set is empty. Computes in **O(1)** time.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(names) if names.is_empty())
    }

    /// Whether `name` is in the set. Computes in **O(log n)** time.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::Full => true,
            Self::Only(names) => names.contains(name),
        }
    }

    /// Whether every name in the set is in `other` too. Computes in **O(n log m)** time.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Full) => true,
            (Self::Full, Self::Only(_)) => false,
            (Self::Only(part), Self::Only(whole)) => part.is_subset(whole),
        }
    }

    /// The listed names; none for [`Full`](Self::Full).
    pub fn iter(&self) -> impl Iterator<Item = &PermissionName> {
        match self {
            Self::Full => None,
            Self::Only(names) => Some(names.iter()),
        }
        .into_iter()
        .flatten()
    }
}

impl Default for PermissionNames {
    fn default() -> Self {
        Self::none()
    }
}

impl FromIterator<PermissionName> for PermissionNames {
    fn from_iter<I: IntoIterator<Item = PermissionName>>(names: I) -> Self {
        Self::Only(names.into_iter().collect())
    }
}

impl fmt::Display for PermissionNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("every permission"),
            Self::Only(names) if names.is_empty() => f.write_str("no permission"),
            Self::Only(names) => {
                for (position, name) in names.iter().enumerate() {
                    let separator = if position == 0 { "" } else { ", " };
                    write!(f, "{separator}{name}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for PermissionNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}

const FULL: &str = "full";

impl Serialize for PermissionNames {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Full => serializer.serialize_str(FULL),
            Self::Only(names) => serializer.collect_seq(names),
        }
    }
}

impl<'de> Deserialize<'de> for PermissionNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesVisitor;

        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = PermissionNames;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the word `full` or an ascending list of permission names")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<PermissionNames, E> {
                if word == FULL {
                    Ok(PermissionNames::Full)
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Str(word), &self))
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<PermissionNames, A::Error> {
                let mut names = BTreeSet::new();
                while let Some(name) = seq.next_element::<PermissionName>()? {
                    if names.last().is_some_and(|last| *last >= name) {
                        return Err(A::Error::custom(format_args!(
                            "permission name `{name}` is repeated or out of order"
                        )));
                    }
                    names.insert(name);
                    if names.len() > PermissionNames::LIMIT {
                        return Err(A::Error::invalid_length(names.len(), &self));
                    }
                }
                Ok(PermissionNames::Only(names))
            }
        }

        deserializer.deserialize_any(NamesVisitor)
    }
}

/// A set of permissions in memory. The catalog maps bits to names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Bits(pub(crate) u128);

impl Bits {
    pub(crate) const NONE: Self = Self(0);
    /// Every bit, named or not.
    pub(crate) const ALL: Self = Self(u128::MAX);

    #[inline]
    pub(crate) fn of<P: Permissions>(permissions: P) -> Self {
        Self(sealed::Widen::widen(permissions.bits()))
    }

    /// These bits as the application's type; the empty set if they do not fit.
    pub(crate) fn to<P: Permissions>(self) -> P {
        <P::Bits as sealed::Widen>::narrow(self.0).map_or_else(P::empty, P::from_bits_retain)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn holds(self, all: Self) -> bool {
        all.0 & !self.0 == 0
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The lowest bit; none if the set is empty.
    pub(crate) const fn lowest(self) -> Self {
        Self(self.0 & self.0.wrapping_neg())
    }

    /// The single bits, lowest first.
    pub(crate) fn iter(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |rest| Some(rest.difference(rest.lowest())))
            .take_while(|rest| !rest.is_empty())
            .map(Self::lowest)
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// The named single-bit flags of `P` in the order of their declaration.
pub(crate) fn declared<P: Permissions>() -> impl Iterator<Item = (&'static str, Bits)> {
    P::FLAGS
        .iter()
        .map(|flag| (flag.name(), Bits(sealed::Widen::widen(flag.value().bits()))))
        .filter(|(name, bits)| !name.is_empty() && bits.0.is_power_of_two())
}

#[cfg(test)]
mod tests {
    use super::*;

    bitflags::bitflags! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        struct Small: u8 {
            const A = 1;
            const TOP = 1 << 7;
            const BOTH = Self::A.bits() | Self::TOP.bits();
            const NOTHING = 0;
            const _ = !0;
        }
    }

    bitflags::bitflags! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        struct Wide: u128 {
            const LOW = 1;
            const HIGH = 1 << 127;
        }
    }

    #[test]
    fn the_universe_is_the_named_single_bits() {
        let names: Vec<_> = declared::<Small>().collect();
        assert_eq!(names, [("A", Bits(1)), ("TOP", Bits(0x80))]);
    }

    #[test]
    fn incident_31_the_highest_bit_is_one_permission() {
        assert_eq!(Bits::of(Wide::HIGH), Bits(1 << 127));
        assert_eq!(Bits(1 << 127).to::<Wide>(), Wide::HIGH);
        assert_eq!(Bits(1 << 63).to::<Small>(), Small::empty());
        assert!(!Bits::of(Wide::HIGH).holds(Bits::of(Wide::LOW)));
        assert_eq!(Bits(0b1010).iter().collect::<Vec<_>>(), [Bits(0b10), Bits(0b1000)]);
        assert_eq!(Bits(u128::MAX).iter().count(), 128);
    }

    #[test]
    fn names_have_one_encoding() {
        let names: PermissionNames =
            ["B", "A"].into_iter().map(|name| PermissionName::new(name).unwrap()).collect();
        assert_eq!(serde_json::to_string(&names).unwrap(), r#"["A","B"]"#);
        assert_eq!(serde_json::to_string(&PermissionNames::Full).unwrap(), r#""full""#);
        for (text, back) in [(r#"["A","B"]"#, names), (r#""full""#, PermissionNames::Full)] {
            assert_eq!(serde_json::from_str::<PermissionNames>(text).unwrap(), back);
        }
        for bad in
            [r#"["B","A"]"#, r#"["A","A"]"#, r#""Full""#, r#""""#, "null", "{}", r#"[""]"#, "[1]"]
        {
            assert!(serde_json::from_str::<PermissionNames>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn incident_06_a_stored_set_has_a_limit() {
        let stored = |count: usize| {
            let names: Vec<_> = (0..count).map(|number| format!("N{number:04}")).collect();
            serde_json::from_str::<PermissionNames>(&serde_json::to_string(&names).unwrap())
        };
        assert_eq!(stored(PermissionNames::LIMIT).unwrap().iter().count(), PermissionNames::LIMIT);
        assert!(stored(PermissionNames::LIMIT + 1).is_err());
    }

    #[test]
    fn nothing_is_not_everything() {
        assert!(PermissionNames::none().is_empty());
        assert!(!PermissionNames::Full.is_empty());
        assert!(!PermissionNames::none().contains("A"));
        assert!(PermissionNames::Full.contains("A"));
    }
}
