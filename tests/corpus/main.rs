//! Bytes that somebody else wrote: none of them makes the library panic, and none takes more memory than
//! in proportion to its length.
//!
//! Replays the corpus that the fuzzer starts from (`fuzz/corpus`, and the files of format 1), then damages every input of
//! it, always in the same way. What the fuzzer finds is added to the corpus and so is tried here from then on.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod mutation;
mod targets;

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use mutation::{Random, damaged};
use targets::{ALL, Target};

/// How many damaged inputs each target is given.
const DAMAGED: usize = 2_000;

/// What reading may take at its peak besides the target's factor: some bytes for an error with its words.
const GROUND: usize = 4 << 10;

/// The most bytes of the whole corpus.
const CORPUS: u64 = 300_000;

fn folder(path: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The corpus of a target, the files of format 1 included.
fn corpus(target: Target) -> Vec<(String, Vec<u8>)> {
    let own = folder(&format!("fuzz/corpus/{}", target.name));
    let files = own.into_iter().chain(folder("tests/formats/1"));
    files.map(|file| (file.display().to_string(), fs::read(&file).unwrap())).collect()
}

/// Checks one input, and says which one it was that failed.
fn try_one(target: Target, name: &str, bytes: &[u8]) {
    let checked = catch_unwind(|| (target.check)(bytes));
    assert!(
        checked.is_ok(),
        "{} fails on {name}: {:?}",
        target.name,
        String::from_utf8_lossy(bytes)
    );
    let mut is_read = false;
    let taken = allocation_counter::measure(|| is_read = (target.read)(bytes)).bytes_max;
    let allowed = GROUND + target.factor * bytes.len();
    assert!(
        taken <= u64::try_from(allowed).unwrap(),
        "{} takes {taken} bytes for the {} of {name}",
        target.name,
        bytes.len()
    );
}

fn replay(target: Target) {
    targets::warm_up();
    let corpus = corpus(target);
    let read = corpus.iter().filter(|(_, bytes)| (target.read)(bytes)).count();
    assert!(read > 0 && read < corpus.len(), "{read} of {} are read", corpus.len());
    for (name, bytes) in &corpus {
        try_one(target, name, bytes);
    }
    let mut random = Random::new(0x7e4a);
    for number in 0..DAMAGED {
        let (name, bytes) = &corpus[number % corpus.len()];
        let (_, other) = &corpus[random.below(corpus.len())];
        let bytes = damaged(bytes, other, &mut random);
        try_one(target, &format!("{name}, damaged {number}"), &bytes);
    }
}

macro_rules! replayed {
    ($($name:ident $target:ident)*) => {$(
        #[test]
        fn $name() {
            replay(targets::$target);
        }
    )*};
}

replayed! {
    s11_no_record_makes_it_panic RECORD
    s11_no_checkpoint_makes_it_panic CHECKPOINT
    s11_no_organization_makes_it_panic ORGANIZATION
    no_catalog_document_makes_it_panic CATALOG
    no_evaluation_makes_it_panic EVALUATION
    no_evaluations_make_it_panic EVALUATIONS
    no_search_makes_it_panic SEARCH
    no_token_makes_it_panic TOKEN
    no_cursor_makes_it_panic CURSOR
    no_name_makes_it_panic NAMES
}

#[test]
fn the_corpus_is_small_and_every_part_of_it_is_tried() {
    let mut folders: Vec<&str> = ALL.iter().map(|target| target.name).collect();
    folders.sort_unstable();
    let found: Vec<PathBuf> = folder("fuzz/corpus");
    let found: Vec<_> = found.iter().map(|path| path.file_name().unwrap()).collect();
    assert_eq!(found, folders);
    let files = folders.iter().flat_map(|name| folder(&format!("fuzz/corpus/{name}")));
    let bytes: u64 = files.map(|file| fs::metadata(file).unwrap().len()).sum();
    assert!(bytes <= CORPUS, "{bytes} bytes");
}

#[test]
fn damage_is_done_and_is_the_same_for_the_same_seed() {
    let input = br#"{"a":[1,{"b":null}],"c":"text"}"#;
    let run = |seed| {
        let mut random = Random::new(seed);
        (0..50).map(|_| damaged(input, b"other", &mut random)).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    assert!(run(1).iter().filter(|it| *it != input).count() > 40);
}
