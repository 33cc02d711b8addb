//! Tests of the internal shape of an index.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use crate::index::directory::CHUNK;
use crate::index::hash::hash;
use crate::index::index::Index;
use crate::index::page::{home, rotation_of};
use crate::index::record::IndexRecord;

/// Large, so that a few records are more than one page may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Noted {
    id: u128,
    note: [u64; 62],
}

impl Default for Noted {
    fn default() -> Self {
        Self { id: 0, note: [0; 62] }
    }
}

impl Noted {
    fn new(id: u128, note: u64) -> Self {
        Self { id, note: [note + 1; 62] }
    }
}

impl IndexRecord for Noted {
    fn id(&self) -> u128 {
        self.id
    }

    fn is_taken(&self) -> bool {
        self.note != [0; 62]
    }
}

type Model = BTreeMap<u128, Noted>;

fn assert_same(index: &Index<Noted>, model: &Model, ids: impl Iterator<Item = u128>) {
    assert_eq!(index.len(), model.len());
    for id in ids {
        assert_eq!(index.get(id), model.get(&id), "{id}");
    }
    let all: Model = index.iter().map(|record| (record.id, *record)).collect();
    assert_eq!((index.iter().count(), &all), (model.len(), model));
}

proptest! {
    #[test]
    fn what_was_inserted_and_not_removed_is_found(
        room in 0..100_usize,
        steps in prop::collection::vec((0..60_u128, any::<u64>(), 0..3_u8), 0..300),
    ) {
        let (mut index, mut model) = (Index::with_capacity(room), Model::new());
        let mut copies = Vec::new();
        for (number, (id, note, deed)) in steps.into_iter().enumerate() {
            if deed == 0 {
                index.remove(id);
                model.remove(&id);
            } else {
                let record = Noted::new(id, note >> 1);
                index.insert(record);
                model.insert(id, record);
            }
            assert_same(&index, &model, 0..61);
            if number % 50 == 0 {
                copies.push((index.clone(), model.clone()));
            }
        }
        for (index, model) in &copies {
            assert_same(index, model, 0..61);
        }
    }
}

/// Goes through every shape: one page, a directory, split pages, a doubled directory, and back.
#[test]
fn it_grows_and_shrinks() {
    let (mut index, mut model) = (Index::with_capacity(0), Model::new());
    let id = |number: u64| u128::from(number) << (number % 3 * 40);
    let mut copies = Vec::new();
    let mut depths = BTreeSet::new();
    for number in 0..9_000 {
        let record = Noted::new(id(number), number);
        index.insert(record);
        model.insert(record.id, record);
        if number.is_power_of_two() || number % 1_500 == 0 {
            assert_same(&index, &model, (0..number + 3).map(id));
            copies.push((index.clone(), model.clone()));
        }
        if let Some(directory) = &index.directory
            && depths.insert(directory.chunks.len())
            && depths.len() > 1
        {
            let entries = 0..directory.chunks.len() * CHUNK;
            let spans: BTreeSet<_> = entries.map(|entry| directory.span(entry)).collect();
            assert!(spans.contains(&1) && spans.contains(&2), "one page was split: {spans:?}");
        }
    }
    assert!(depths.len() > 1, "twice the directory");
    for number in (0..9_000).filter(|number| number % 7 != 0) {
        index.remove(id(number));
        model.remove(&id(number));
    }
    index.remove(u128::MAX);
    assert_same(&index, &model, (0..9_000).map(id));
    for (index, model) in &copies {
        assert_same(index, model, model.keys().copied());
    }
}

#[test]
fn a_change_copies_one_page() {
    let mut index = Index::with_capacity(20_000);
    for number in 0..10_000 {
        index.insert(Noted::new(number, 0));
    }
    let before = index.clone();
    index.insert(Noted::new(7, 7));
    index.remove(8);
    let pages = |index: &Index<Noted>| {
        let directory = index.directory.as_ref().unwrap();
        directory.chunks.iter().flat_map(|chunk| chunk.iter()).cloned().collect::<Vec<_>>()
    };
    let (old, new) = (pages(&before), pages(&index));
    let copied =
        old.iter().zip(&new).filter(|(old, new)| !Arc::ptr_eq(&old.slots, &new.slots)).count();
    assert!(old.len() == new.len() && (1..=2).contains(&copied), "{copied}");
}

/// The number of records that are not in their homes.
fn displaced(index: &Index<Noted>) -> usize {
    let in_page = |slots: &[Noted], rotations: &[u8]| {
        let last = slots.len().wrapping_sub(1);
        let is_displaced = |(slot, record): &(usize, &Noted)| {
            let hash = hash(index.seeds, record.id);
            record.is_taken() && home(hash, rotations[rotation_of(hash, last)], last) != *slot
        };
        slots.iter().enumerate().filter(is_displaced).count()
    };
    let directory = index.directory.iter().flat_map(|directory| directory.chunks.iter());
    let leaves = directory.flat_map(|chunk| chunk.iter());
    in_page(&index.slots, &index.rotations)
        + leaves.map(|leaf| in_page(&*leaf.slots, &leaf.rotations)).sum::<usize>()
}

/// Without rotations it would be every third or fourth record.
#[test]
fn nearly_every_record_is_in_its_home() {
    // One small index has too few pages for a sample.
    for (times, room, records) in [(100, 0, 160), (1, 0, 9_000), (1, 20_000, 12_000)] {
        let mut all = 0;
        for time in 0..times {
            let mut index = Index::with_capacity(room);
            for number in 0..records {
                index.insert(Noted::new(u128::from(number) << 70 | time, number));
            }
            all += displaced(&index);
        }
        let most = u64::try_from(times).unwrap() * records;
        assert!(u64::try_from(all).unwrap() * 20 < most, "{all} of {most}");
    }
}

/// No room helps ids whose hashes are all equal; other seeds do.
#[test]
fn ids_made_to_collide_find_room_under_other_seeds() {
    let mut index = Index::<Noted>::with_capacity(2_000);
    // Where one factor is zero, so is the hash.
    index.seeds = [5, 7];
    let id = |number: u64| (u128::from(number) << 64) | 5;
    for number in 0..200 {
        index.insert(Noted::new(id(number), number));
    }
    assert_ne!(index.seeds, [5, 7]);
    assert!((0..200).all(|number| index.get(id(number)) == Some(&Noted::new(id(number), number))));
    assert_eq!(index.len(), 200);
}
