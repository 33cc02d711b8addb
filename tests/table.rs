//! The table as its users see it, held against the map of the standard library.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};
use std::rc::Rc;

use proptest::prelude::*;
use tenantry::table::Table;

type Model = BTreeMap<u32, u64>;
type Bounds = (Bound<u32>, Bound<u32>);

#[derive(Clone, Debug)]
enum Op {
    Insert(u32, u64),
    Remove(u32),
    Get(u32),
    Change(u32, u64),
    Range(Bounds, u64),
    Walk,
    Keep,
    Return(usize),
    InsertMany(Vec<u32>),
    RemoveMany(Vec<u32>),
}

/// Single changes and long stretches of them, over few keys and over many.
fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop_oneof![Just(40_u32), Just(6_000), Just(u32::MAX)].prop_flat_map(|space| {
        let op = prop_oneof![
            6 => (0..space, any::<u64>()).prop_map(|(key, value)| Op::Insert(key, value)),
            6 => (0..space).prop_map(Op::Remove),
            2 => (0..space).prop_map(Op::Get),
            3 => (0..space, any::<u64>()).prop_map(|(key, value)| Op::Change(key, value)),
            4 => (bounds(space), any::<u64>()).prop_map(|(bounds, ends)| Op::Range(bounds, ends)),
            1 => Just(Op::Walk),
            2 => Just(Op::Keep),
            1 => any::<usize>().prop_map(Op::Return),
            2 => many(space).prop_map(Op::InsertMany),
            2 => many(space).prop_map(Op::RemoveMany),
        ];
        prop::collection::vec(op, 1..60)
    })
}

/// Keys in ascending, descending or scattered order.
fn many(space: u32) -> impl Strategy<Value = Vec<u32>> {
    (0..space, 1..2_000_u32, 0..3).prop_map(move |(start, len, order)| {
        let nth = |n: u32| start.wrapping_add(n) % space;
        match order {
            0 => (0..len).map(nth).collect(),
            1 => (0..len).rev().map(nth).collect(),
            _ => (0..len).map(|n| nth(n.wrapping_mul(2_654_435_761))).collect(),
        }
    })
}

fn bounds(space: u32) -> impl Strategy<Value = Bounds> {
    let bound = || {
        (0..space, 0..5).prop_map(|(key, kind)| match kind {
            0 => Bound::Unbounded,
            1 | 2 => Bound::Included(key),
            _ => Bound::Excluded(key),
        })
    };
    let same = (0..space, 0..4).prop_map(|(key, kind)| match kind {
        0 => (Bound::Included(key), Bound::Included(key)),
        1 => (Bound::Included(key), Bound::Excluded(key)),
        2 => (Bound::Excluded(key), Bound::Included(key)),
        _ => (Bound::Excluded(key), Bound::Excluded(key)),
    });
    prop_oneof![4 => (bound(), bound()), 1 => same]
}

/// Takes from both ends in turns that `ends` gives, and puts the takings back
/// in order.
fn from_both_ends<I: DoubleEndedIterator>(mut walk: I, ends: u64) -> Vec<I::Item> {
    let mut front = Vec::new();
    let mut back = Vec::new();
    for turn in 0.. {
        if ends >> (turn % 64) & 1 == 0 {
            let Some(entry) = walk.next() else { break };
            front.push(entry);
        } else {
            let Some(entry) = walk.next_back() else { break };
            back.push(entry);
        }
    }
    assert!(walk.next().is_none() && walk.next_back().is_none(), "a walk stays over");
    front.extend(back.into_iter().rev());
    front
}

fn assert_same(table: &Table<u32, u64>, model: &Model) {
    assert_eq!(table.len(), model.len());
    assert_eq!(table.is_empty(), model.is_empty());
    assert!(table.iter().eq(model.iter()));
    assert!(table.iter().rev().eq(model.iter().rev()));
    assert!(table.keys().eq(model.keys()));
    assert!(table.values().rev().eq(model.values().rev()));
    assert_eq!(table.first_key_value(), model.first_key_value());
    assert_eq!(table.last_key_value(), model.last_key_value());
}

proptest! {
    #[test]
    fn does_what_the_standard_map_does(ops in ops()) {
        let mut table = Table::new();
        let mut model = Model::new();
        let mut kept: Vec<(Table<u32, u64>, Model)> = Vec::new();
        for op in ops {
            match op {
                Op::Insert(key, value) => {
                    prop_assert_eq!(table.insert(key, value), model.insert(key, value));
                }
                Op::Remove(key) => prop_assert_eq!(table.remove(&key), model.remove(&key)),
                Op::Get(key) => {
                    prop_assert_eq!(table.get(&key), model.get(&key));
                    prop_assert_eq!(table.contains_key(&key), model.contains_key(&key));
                }
                Op::Change(key, value) => {
                    let held = table.get_mut(&key).map(|held| std::mem::replace(held, value));
                    let expected = model.get_mut(&key).map(|held| std::mem::replace(held, value));
                    prop_assert_eq!(held, expected);
                }
                Op::Range(bounds, ends) => {
                    let expected: Vec<_> = model.iter().filter(|(key, _)| bounds.contains(*key)).collect();
                    prop_assert!(table.range(bounds).eq(expected.iter().copied()));
                    prop_assert!(table.range(bounds).rev().eq(expected.iter().rev().copied()));
                    prop_assert_eq!(from_both_ends(table.range(bounds), ends), expected);
                }
                Op::Walk => assert_same(&table, &model),
                Op::Keep => kept.push((table.clone(), model.clone())),
                Op::Return(to) => {
                    if !kept.is_empty() {
                        (table, model) = kept[to % kept.len()].clone();
                    }
                }
                Op::InsertMany(keys) => {
                    for key in keys {
                        let value = u64::from(key) << 32 | model.len() as u64;
                        prop_assert_eq!(table.insert(key, value), model.insert(key, value));
                    }
                }
                Op::RemoveMany(keys) => {
                    for key in keys {
                        prop_assert_eq!(table.remove(&key), model.remove(&key));
                    }
                }
            }
            prop_assert_eq!(table.len(), model.len());
        }
        assert_same(&table, &model);
        for (table, model) in &kept {
            assert_same(table, model);
        }
    }

    #[test]
    fn history_leaves_no_trace(keys in prop::collection::vec(0..3_000_u32, 0..1_500), gone in prop::collection::vec(0..3_000_u32, 0..1_500)) {
        let mut table = Table::new();
        for key in keys.iter().chain(&gone) {
            table.insert(*key, u64::from(*key));
        }
        for key in &gone {
            table.remove(key);
        }
        let model: Model = keys.iter().filter(|key| !gone.contains(key)).map(|key| (*key, u64::from(*key))).collect();
        let built: Table<_, _> = model.iter().map(|(key, value)| (*key, *value)).collect();
        prop_assert_eq!(&table, &built);
        prop_assert_eq!(format!("{table:?}"), format!("{model:?}"));
        prop_assert_eq!(format!("{table:#?}"), format!("{built:#?}"));
        let json = serde_json::to_string(&table).unwrap();
        prop_assert_eq!(&json, &serde_json::to_string(&built).unwrap());
        prop_assert_eq!(&json, &serde_json::to_string(&model.iter().collect::<Vec<_>>()).unwrap());
        let back: Table<u32, u64> = serde_json::from_str(&json).unwrap();
        assert_same(&back, &model);

        if let Some((key, value)) = model.first_key_value() {
            let mut other = table.clone();
            prop_assert!(other == table && other.shares_with(&table));
            other.insert(*key, value + 1);
            prop_assert!(other != table && !other.shares_with(&table));
            other.insert(*key, *value);
            prop_assert!(other == table && !other.shares_with(&table));
            other.remove(key);
            prop_assert!(other != table);
        }
    }

    #[test]
    fn the_last_of_equal_keys_wins(pairs in prop::collection::vec((0..400_u32, any::<u64>()), 0..900), later in prop::collection::vec((0..400_u32, any::<u64>()), 0..900)) {
        let mut table: Table<_, _> = pairs.iter().copied().collect();
        let mut model: Model = pairs.into_iter().collect();
        assert_same(&table, &model);
        table.extend(later.iter().copied());
        model.extend(later);
        assert_same(&table, &model);
    }

    #[test]
    fn only_ascending_keys_deserialize(mut keys in prop::collection::vec(any::<u8>(), 0..300), sorted: bool) {
        if sorted {
            keys.sort_unstable();
            keys.dedup();
        }
        let ascending = keys.is_sorted_by(|one, next| one < next);
        let pairs: Vec<_> = keys.into_iter().map(|key| (key, ())).collect();
        let read = serde_json::from_str::<Table<u8, ()>>(&serde_json::to_string(&pairs).unwrap());
        prop_assert_eq!(read.is_ok(), ascending);
    }

    #[test]
    fn a_walk_knows_its_length(len in 0..2_000_usize, ends: u64) {
        let table: Table<_, _> = (0..len).map(|key| (key, key)).collect();
        let mut walk = table.iter();
        for left in (0..len).rev() {
            let entry = if ends >> (left % 64) & 1 == 0 { walk.next() } else { walk.next_back() };
            prop_assert!(entry.is_some());
            prop_assert_eq!(walk.len(), left);
            prop_assert_eq!(walk.size_hint(), (left, Some(left)));
        }
        prop_assert_eq!(walk.next(), None);
        prop_assert_eq!(walk.next_back(), None);
        prop_assert!(from_both_ends(table.keys(), ends).into_iter().copied().eq(0..len));
    }
}

/// Counts its clones.
struct Counted(Rc<Cell<usize>>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.set(self.0.get() + 1);
        Self(Rc::clone(&self.0))
    }
}

/// More values than any one page holds; far fewer than the tables below.
const PAGE: usize = 128;

#[test]
fn a_change_to_a_clone_copies_one_leaf() {
    let clones = Rc::new(Cell::new(0));
    let mut table: Table<u32, Counted> =
        (0..50_000).map(|key| (key * 2, Counted(Rc::clone(&clones)))).collect();
    assert_eq!(clones.take(), 0, "building moves the values in");

    for key in (0..100_000).step_by(997) {
        let before = table.clone();
        assert_eq!(clones.take(), 0, "a clone of the handle clones no value");

        table.insert(key, Counted(Rc::clone(&clones)));
        assert!((1..=PAGE).contains(&clones.take()), "one leaf is copied");
        table.insert(key, Counted(Rc::clone(&clones)));
        assert_eq!(clones.take(), 0, "nobody else holds that leaf now");
        assert!(!table.shares_with(&before));

        let between = table.clone();
        assert!(table.get_mut(&key).is_some());
        assert!((1..=PAGE).contains(&clones.take()));
        drop(between);

        let after = table.clone();
        assert!(table.remove(&key).is_some());
        assert!((1..=2 * PAGE).contains(&clones.take()), "a leaf and at most one neighbour");
        drop(after);
    }
}

#[test]
fn a_table_held_once_changes_in_place() {
    let clones = Rc::new(Cell::new(0));
    let mut table = Table::new();
    for key in 0..20_000_u32 {
        table.insert(key.wrapping_mul(2_654_435_761), Counted(Rc::clone(&clones)));
    }
    for key in 0..20_000_u32 {
        let key = key.wrapping_mul(2_654_435_761);
        assert!(table.get_mut(&key).is_some());
        assert!(table.remove(&key).is_some());
    }
    assert_eq!(clones.get(), 0);
}

#[test]
fn a_miss_copies_nothing() {
    let clones = Rc::new(Cell::new(0));
    let mut table: Table<u32, Counted> =
        (0..10_000).map(|key| (key * 2, Counted(Rc::clone(&clones)))).collect();
    let before = table.clone();
    for key in (1..30_000).step_by(2) {
        assert!(table.get_mut(&key).is_none());
        assert!(table.remove(&key).is_none());
    }
    assert_eq!(clones.get(), 0);
    assert!(table.shares_with(&before));
}

#[test]
fn nothing_outlives_its_entry_in_an_empty_table() {
    let key = std::sync::Arc::new(7_u32);
    let value = Rc::new(());
    let mut table = Table::new();
    for n in 0..10_000_u32 {
        table.insert((n, std::sync::Arc::clone(&key)), Rc::clone(&value));
    }
    for n in 0..10_000_u32 {
        table.remove(&(n, std::sync::Arc::clone(&key)));
        assert_eq!(Rc::strong_count(&value), 1 + table.len());
    }
    assert_eq!(std::sync::Arc::strong_count(&key), 1, "no separator stays behind");
    assert!(table.shares_with(&Table::new()));
}

#[test]
fn sizes_around_a_power_of_two() {
    for len in [(1 << 16) - 1, 1 << 16, (1 << 16) + 1_u32] {
        let model: Model = (0..len).map(|key| (key, u64::from(key))).collect();
        let built: Table<_, _> = model.iter().map(|(key, value)| (*key, *value)).collect();
        assert_same(&built, &model);

        let mut up = Table::new();
        let mut down = Table::new();
        for key in 0..len {
            assert_eq!(up.insert(key, u64::from(key)), None);
            let key = len - 1 - key;
            assert_eq!(down.insert(key, u64::from(key)), None);
        }
        assert_same(&up, &model);
        assert_same(&down, &model);
        assert!(up == built && built == down);

        let kept = up.clone();
        let mut scattered = built.clone();
        for key in 0..len {
            assert_eq!(up.remove(&key), Some(u64::from(key)));
            assert_eq!(
                up.first_key_value().map(|(key, _)| *key),
                (key + 1 < len).then_some(key + 1)
            );
            let key = len - 1 - key;
            assert_eq!(down.remove(&key), Some(u64::from(key)));
            assert_eq!(down.last_key_value().map(|(key, _)| *key), key.checked_sub(1));
        }
        // A prime that divides none of the lengths: every key comes up once.
        for n in 0..u64::from(len) {
            let key = u32::try_from(n * 7_919 % u64::from(len)).unwrap();
            assert_eq!(scattered.remove(&key), Some(u64::from(key)));
        }
        assert!(up.is_empty() && down.is_empty() && scattered.is_empty());
        assert!(up == scattered && up.iter().next_back().is_none());
        assert_same(&kept, &model);
        assert_same(&built, &model);
    }
}

#[test]
fn borrowed_keys_will_do() {
    let mut table: Table<String, usize> = (0..1_000).map(|n| (format!("{n:04}"), n)).collect();
    assert_eq!(table.get("0500"), Some(&500));
    assert!(table.contains_key("0999") && !table.contains_key("1000"));
    *table.get_mut("0500").unwrap() = 7;
    assert_eq!(table.remove("0500"), Some(7));
    let range = table.range::<str, _>((Bound::Included("0498"), Bound::Excluded("0502")));
    assert_eq!(range.map(|(_, n)| *n).collect::<Vec<_>>(), [498, 499, 501]);
    assert_eq!(table.range::<str, _>((Bound::Excluded("x"), Bound::Included("a"))).count(), 0);
}

#[test]
fn an_empty_table_has_nothing() {
    static EMPTY: Table<String, u8> = Table::new();
    let mut table = EMPTY.clone();
    assert!(table.is_empty() && table == Table::default());
    assert_eq!(table.get("a"), None);
    assert_eq!(table.get_mut("a"), None);
    assert_eq!(table.remove("a"), None);
    assert_eq!((table.first_key_value(), table.last_key_value()), (None, None));
    assert_eq!((table.iter().len(), table.range::<str, _>(..).count()), (0, 0));
    assert_eq!(format!("{table:?}"), "{}");
    assert_eq!(serde_json::to_string(&table).unwrap(), "[]");
    assert_eq!(serde_json::from_str::<Table<String, u8>>("[]").unwrap(), table);
}

#[test]
fn refused_input_is_named() {
    for (json, entry) in [("[[1,2],[1,3]]", 1), ("[[1,0],[5,0],[4,0]]", 2)] {
        let error = serde_json::from_str::<Table<u8, u8>>(json).unwrap_err().to_string();
        assert!(error.contains("strictly ascending"), "{error}");
        assert!(error.contains(&format!("entry {entry} ")), "{error}");
    }
    assert!(serde_json::from_str::<Table<u8, u8>>("{}").is_err());
    assert!(serde_json::from_str::<Table<u8, u8>>("[[1,2,3]]").is_err());
    assert!(serde_json::from_str::<Table<u8, u8>>("[[1]]").is_err());
}

#[test]
fn tables_cross_threads() {
    fn crosses<T: Send + Sync>(_: &T) {}
    let table: Table<u32, u32> = (0..5_000).map(|n| (n, n)).collect();
    crosses(&table);
    crosses(&table.iter());
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let mut mine = table.clone();
            scope.spawn(move || {
                for key in 0..5_000 {
                    *mine.get_mut(&key).unwrap() += worker;
                }
                assert!(mine.iter().all(|(key, value)| *value == *key + worker));
            });
        }
    });
    assert!(table.iter().all(|(key, value)| key == value));
}
