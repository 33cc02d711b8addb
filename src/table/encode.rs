//! The serde form of a table: a sequence of `[key, value]` pairs in strictly
//! ascending key order, so that one content has one encoding.
//!
//! Input in any other order is refused, and a length it claims is never
//! trusted: pages grow with the entries that really come.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::table::load::TableLoader;
use crate::table::table::Table;

impl<K: Serialize, V: Serialize> Serialize for Table<K, V> {
    /// Writes the pairs in key order.
    ///
    /// Computes in **O(n)** time.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, K, V> Deserialize<'de> for Table<K, V>
where
    K: Deserialize<'de> + Ord + Clone,
    V: Deserialize<'de>,
{
    /// Reads pairs, and refuses a key that is not greater than the one before.
    ///
    /// Computes in **O(n)** time.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Pairs(PhantomData))
    }
}

/// Reads pairs into a table.
struct Pairs<K, V>(PhantomData<(K, V)>);

impl<'de, K, V> Visitor<'de> for Pairs<K, V>
where
    K: Deserialize<'de> + Ord + Clone,
    V: Deserialize<'de>,
{
    type Value = Table<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence of [key, value] pairs in strictly ascending key order")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pairs: A) -> Result<Self::Value, A::Error> {
        let mut loader = TableLoader::new();
        while let Some((key, value)) = pairs.next_element::<(K, V)>()? {
            if loader.last_mut().is_some_and(|(last, _)| *last >= key) {
                return Err(A::Error::custom(format_args!(
                    "the key of entry {} is not greater than the one before: table keys must be strictly ascending",
                    loader.len()
                )));
            }
            loader.push(key, value);
        }
        Ok(loader.finish())
    }
}
