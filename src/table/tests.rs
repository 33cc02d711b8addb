//! Tests of the internal pages: their shape, which of them two tables share, and
//! that an interrupted change leaves them consistent.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use proptest::prelude::*;

use crate::table::page::{CAPACITY, LEAST, TablePage, shift};
use crate::table::table::Table;

/// The shape of the pages below one page.
struct Shape<K> {
    depth: usize,
    entries: usize,
    bounds: Option<(K, K)>,
}

/// Checks every promise about the pages of a table and gives its depth.
fn check<K: Ord + Clone + Debug, V>(table: &Table<K, V>) -> usize {
    let Some(root) = &table.root else {
        assert_eq!(table.len, 0, "a table without pages has no entries");
        return 0;
    };
    match &**root {
        TablePage::Leaf(leaf) => assert!(!leaf.keys.is_empty(), "an empty table keeps no page"),
        TablePage::Branch(branch) => {
            assert!(branch.children.len() >= 2, "a lone child is the root");
        }
    }
    let shape = check_page(root, true);
    assert_eq!(shape.entries, table.len, "len is the sum of the leaves");
    let fewest = 2 * LEAST.pow(u32::try_from(shape.depth).expect("few levels"));
    assert!(
        shape.depth == 0 || table.len >= fewest,
        "depth {} with {} entries",
        shape.depth,
        table.len
    );
    shape.depth
}

fn check_page<K: Ord + Clone + Debug, V>(page: &TablePage<K, V>, root: bool) -> Shape<K> {
    assert!(page.fill() <= CAPACITY, "page holds {}", page.fill());
    assert!(root || page.fill() >= LEAST, "page holds {}", page.fill());
    match page {
        TablePage::Leaf(leaf) => {
            assert_eq!(leaf.keys.len(), leaf.values.len());
            assert!(leaf.keys.capacity() <= CAPACITY && leaf.values.capacity() <= CAPACITY);
            assert!(leaf.keys.is_sorted_by(|one, next| one < next), "{:?}", leaf.keys);
            Shape {
                depth: 0,
                entries: leaf.keys.len(),
                bounds: leaf.keys.first().cloned().zip(leaf.keys.last().cloned()),
            }
        }
        TablePage::Branch(branch) => {
            assert_eq!(branch.separators.len() + 1, branch.children.len());
            assert!(branch.separators.capacity() <= CAPACITY);
            assert!(branch.children.capacity() <= CAPACITY);
            assert!(branch.separators.is_sorted_by(|one, next| one < next));
            let shapes: Vec<_> =
                branch.children.iter().map(|child| check_page(child, false)).collect();
            for (separator, sides) in branch.separators.iter().zip(shapes.windows(2)) {
                let before = sides[0].bounds.as_ref().expect("no page is empty");
                let after = sides[1].bounds.as_ref().expect("no page is empty");
                assert!(before.1 < *separator, "{before:?} before {separator:?}");
                assert!(*separator <= after.0, "{separator:?} before {after:?}");
                assert_eq!(sides[0].depth, sides[1].depth, "leaves lie at one depth");
            }
            let first = shapes[0].bounds.clone().expect("no page is empty").0;
            let last = shapes[shapes.len() - 1].bounds.clone().expect("no page is empty").1;
            Shape {
                depth: shapes[0].depth + 1,
                entries: shapes.iter().map(|shape| shape.entries).sum(),
                bounds: Some((first, last)),
            }
        }
    }
}

/// The addresses of all pages of a table.
fn pages<K, V>(table: &Table<K, V>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = table.root.iter().collect();
    while let Some(page) = open.pop() {
        found.insert(Arc::as_ptr(page).addr());
        if let TablePage::Branch(branch) = &**page {
            open.extend(&branch.children);
        }
    }
    found
}

/// Keys with long ascending, descending and jumping stretches.
fn stretches() -> impl Strategy<Value = Vec<(bool, Vec<u16>)>> {
    let stretch =
        (any::<bool>(), 0..2_000_u16, 1..400_u16, 0..4).prop_map(|(insert, start, len, order)| {
            let keys = match order {
                0 => (start..start + len).collect(),
                1 => (start..start + len).rev().collect(),
                2 => (0..len).map(|n| start.wrapping_add(n.wrapping_mul(7919)) % 2_400).collect(),
                _ => vec![start],
            };
            (insert, keys)
        });
    prop::collection::vec(stretch, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_keep_their_shape(stretches in stretches()) {
        let mut table = Table::new();
        let mut model = BTreeMap::new();
        let mut kept = Vec::new();
        for (insert, keys) in stretches {
            for key in keys {
                if insert {
                    prop_assert_eq!(table.insert(key, 0_u8), model.insert(key, 0_u8));
                } else {
                    prop_assert_eq!(table.remove(&key), model.remove(&key));
                }
            }
            check(&table);
            kept.push((table.clone(), model.clone()));
        }
        for (table, model) in &kept {
            check(table);
            prop_assert!(table.keys().eq(model.keys()));
        }
        for key in model.into_keys() {
            table.remove(&key);
            check(&table);
        }
        prop_assert!(table.root.is_none());
    }

    #[test]
    fn loaded_pages_keep_their_shape(len in 0..3_000_u16) {
        let table: Table<_, _> = (0..len).map(|key| (key, 0_u8)).collect();
        check(&table);
        prop_assert!(table.keys().copied().eq(0..len));
        // Well filled: hardly more leaves than the entries need.
        let leaves = usize::from(len).div_ceil(CAPACITY / 8 * 7);
        prop_assert!(pages(&table).len() <= leaves + leaves / 4 + 3);
    }

    #[test]
    fn a_change_copies_one_page_a_level(len in 1..3_000_u16, key: u16) {
        let key = key % (len * 2);
        let before: Table<_, _> = (0..len).map(|key| (key * 2, 0)).collect();
        let depth = check(&before);
        let old = pages(&before);

        let mut grown = before.clone();
        grown.insert(key, 1);
        // A split makes a second page at each level and a new root.
        prop_assert!(pages(&grown).difference(&old).count() <= 2 * (depth + 1) + 1);
        let copied = pages(&grown);
        grown.insert(key, 2);
        prop_assert_eq!(pages(&grown), copied);

        let mut changed = before.clone();
        let held = changed.get_mut(&key).map(|value| *value = 1).is_some();
        let fresh = pages(&changed).difference(&old).count();
        prop_assert_eq!(fresh, if held { depth + 1 } else { 0 });

        let mut shrunk = before.clone();
        let held = shrunk.remove(&key).is_some();
        let fresh = pages(&shrunk).difference(&old).count();
        // A join copies the neighbour too.
        let most = if held { 2 * (depth + 1) } else { 0 };
        prop_assert!(fresh <= most);

        prop_assert_eq!(pages(&before), old);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn differences_are_those_of_the_standard_maps(
        len in prop_oneof![0..40_u16, 0..2_400_u16],
        before in stretches(),
        after in stretches(),
        apart: bool,
    ) {
        let mut table: Table<_, _> = (0..len).map(|key| (key, 0)).collect();
        let mut model: BTreeMap<_, _> = (0..len).map(|key| (key, 0)).collect();
        apply(&mut table, &mut model, before, 0);
        let (old, old_model) = (table.clone(), model.clone());
        // What shares no page differs in the same way.
        table = if apart { model.clone().into_iter().collect() } else { table };
        apply(&mut table, &mut model, after, 1);
        for (table, old, model, old_model) in
            [(&table, &old, &model, &old_model), (&old, &table, &old_model, &model)]
        {
            let keys: BTreeSet<_> = model.keys().chain(old_model.keys()).collect();
            let expected: Vec<_> = keys
                .into_iter()
                .map(|key| (key, old_model.get(key), model.get(key)))
                .filter(|(_, before, after)| before != after)
                .collect();
            prop_assert_eq!(table.differences(old).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn differences_of_a_clone_are_found_without_a_look_at_shared_pages(
        len in 1_000..6_000_u32,
        stretch in (any::<u32>(), 1..200_u32),
        scattered in prop::collection::vec((any::<bool>(), any::<u32>()), 0..12),
    ) {
        let count = |key: u32| (Counted(key), Counted(key));
        let mut before: Table<_, _> = (0..len).map(|key| count(key * 2)).collect();
        // Shapes of pages that loading alone does not make.
        let hollow = stretch.0 % (len * 2);
        for key in hollow..hollow + stretch.1 {
            before.remove(&Counted(key));
        }
        let mut after = before.clone();
        for (insert, key) in &scattered {
            if *insert {
                after.insert(Counted(key % (len * 2)), Counted(1));
            } else {
                after.remove(&Counted(key / 2 % len * 2));
            }
        }
        let levels = check(&before) + 1;
        COMPARED.set(0);
        let found = after.differences(&before).count();
        let compared = COMPARED.get();
        prop_assert!(found <= scattered.len());
        // Keys and values of the leaf that a change made anew, of what was joined to it, and the
        // bounds on the way.
        let most = scattered.len() * (3 * CAPACITY + levels);
        prop_assert!(compared <= most, "{compared} of {most}");
    }
}

/// Inserts, with this value, and removes, in a table and its model.
fn apply(
    table: &mut Table<u16, u8>,
    model: &mut BTreeMap<u16, u8>,
    stretches: Vec<(bool, Vec<u16>)>,
    value: u8,
) {
    for (insert, keys) in stretches {
        for key in keys {
            if insert {
                // Some are rewritten with what they hold, some in truth.
                let value = if key % 3 == 0 { 0 } else { value };
                assert_eq!(table.insert(key, value), model.insert(key, value));
            } else {
                assert_eq!(table.remove(&key), model.remove(&key));
            }
        }
    }
}

thread_local! {
    /// How often a [`Counted`] was compared.
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

/// Counts every comparison.
#[derive(Debug, Clone, Eq)]
struct Counted(u32);

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        COMPARED.set(COMPARED.get() + 1);
        self.0 == other.0
    }
}

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        COMPARED.set(COMPARED.get() + 1);
        self.0.cmp(&other.0)
    }
}

/// A join once let a page double, and it kept room for more than a full one
/// holds.
#[test]
fn what_moves_between_neighbours_makes_no_page_larger_than_a_full_one() {
    for (ours, theirs) in (0..=CAPACITY).flat_map(|n| (0..=CAPACITY).map(move |m| (n, m))) {
        let total = ours + theirs;
        for keep in total.saturating_sub(CAPACITY)..=total.min(CAPACITY) {
            let mut left: Vec<_> = (0..ours).collect();
            let mut right: Vec<_> = (ours..total).collect();
            shift(&mut left, &mut right, keep);
            assert!(left.iter().copied().eq(0..keep), "{ours} and {theirs}, keep {keep}");
            assert!(right.iter().copied().eq(keep..total), "{ours} and {theirs}, keep {keep}");
            assert!(left.capacity() <= CAPACITY, "{ours} and {theirs}, keep {keep}");
            assert!(right.capacity() <= CAPACITY, "{ours} and {theirs}, keep {keep}");
        }
    }
}

#[test]
fn input_in_order_fills_pages_well() {
    let mut up = Table::new();
    let mut down = Table::new();
    for key in 0..6_000_u32 {
        up.insert(key, 0_u8);
        down.insert(u32::MAX - key, 0_u8);
    }
    for table in [up, down] {
        check(&table);
        // Three quarters full, and a branch for every six leaves.
        assert!(pages(&table).len() <= 6_000 / 6 * 5 / 4);
    }
}

thread_local! {
    /// How many more comparisons and clones of [`Fragile`] go well.
    static FUSE: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Panics when compared or cloned once too often.
#[derive(PartialEq, Eq)]
struct Fragile(u32);

fn burn() {
    match FUSE.get() {
        // Unwinds without a message, which would flood the output.
        Some(0) => std::panic::resume_unwind(Box::new("burnt")),
        Some(left) => FUSE.set(Some(left - 1)),
        None => {}
    }
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        burn();
        Self(self.0)
    }
}

impl PartialOrd for Fragile {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fragile {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        burn();
        self.0.cmp(&other.0)
    }
}

/// Makes one change to a clone of `table` again and again, each time letting
/// one more comparison or clone go well, until the whole change does.
fn burn_through<C>(table: &mut Table<Fragile, Fragile>, change: C)
where
    C: Fn(&mut Table<Fragile, Fragile>) -> bool,
{
    let content = |table: &Table<Fragile, Fragile>| -> Vec<(u32, u32)> {
        let entries: Vec<_> = table.iter().map(|(key, value)| (key.0, value.0)).collect();
        assert_eq!(entries.len(), table.len());
        entries
    };
    let before = content(table);
    let mut whole = table.clone();
    assert!(change(&mut whole));
    let after = content(&whole);
    assert_ne!(before, after);

    for fuse in 0.. {
        let mut tried = table.clone();
        FUSE.set(Some(fuse));
        let outcome = catch_unwind(AssertUnwindSafe(|| change(&mut tried)));
        FUSE.set(None);
        let now = content(&tried);
        assert_eq!(content(table), before);
        if outcome.is_ok() {
            assert_eq!(now, after);
            *table = tried;
            return;
        }
        assert!(now == before || now == after, "half a change with fuse {fuse}");
        for (key, value) in &now {
            assert_eq!(tried.get(&Fragile(*key)).map(|value| value.0), Some(*value));
        }
        assert_eq!(change(&mut tried), now == before, "the table still works");
        assert_eq!(content(&tried), after);
    }
}

#[test]
fn a_panic_leaves_all_or_nothing() {
    let mut table = Table::new();
    let keys = (0..170).map(|n| n * 61 % 170);
    for key in keys.clone() {
        burn_through(&mut table, |table| table.insert(Fragile(key), Fragile(key)).is_none());
    }
    for key in keys {
        burn_through(&mut table, |table| table.remove(&Fragile(key)).is_some());
    }
    assert!(table.is_empty());
}
