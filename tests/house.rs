//! The floors of the house: imports go down, never up, never in circles.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import; rooms that are not listed here do not exist.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("id", &[]),
    ("clock", &[]),
    ("table", &[]),
    ("index", &[]),
    ("sync", &[]),
    ("permission", &["text"]),
    ("model", &["id", "permission", "table", "text"]),
    ("catalog", &["id", "permission", "table", "text", "clock", "model"]),
    ("messaging", &["id", "permission", "table", "text", "clock", "model", "catalog"]),
    ("access", &["id", "index", "permission", "table", "text", "clock", "model", "catalog"]),
    ("governance", &["id", "permission", "table", "text", "clock", "model", "catalog", "access"]),
    ("store", &["id", "sync", "model::record"]),
    (
        "directory",
        &[
            "id",
            "index",
            "sync",
            "permission",
            "table",
            "text",
            "clock",
            "model",
            "catalog",
            "access",
            "governance",
            "store",
        ],
    ),
    (
        "testing",
        &[
            "id",
            "permission",
            "table",
            "text",
            "clock",
            "model",
            "catalog",
            "access",
            "governance",
            "directory",
        ],
    ),
    (
        "authzen",
        &[
            "id",
            "permission",
            "table",
            "text",
            "clock",
            "model",
            "catalog",
            "access",
            "governance",
            "directory",
        ],
    ),
];

/// Besides the floors: the reference evaluator knows nothing of the compiled side.
const REFERENCE_MAY_IMPORT: &[&str] = &[
    "access::context",
    "access::decision",
    "access::reference",
    "access::target",
    "catalog",
    "id",
    "model",
    "permission",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The code of a file without comments, so that documentation may point anywhere.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every path that starts with `crate::`, groups taken apart: `crate::{a::b, c}` gives `a::b` and `c`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        if code[..start].ends_with('$') {
            continue; // `$crate` in a macro is resolved where the macro is declared, which is checked by its own path.
        }
        expand("", &code[start + "crate::".len()..], &mut found);
    }
    found
}

/// Reads one path, or one group of paths, and returns what follows it.
fn expand<'c>(prefix: &str, rest: &'c str, found: &mut BTreeSet<String>) -> &'c str {
    let rest = rest.trim_start();
    if let Some(mut group) = rest.strip_prefix('{') {
        loop {
            group = expand(prefix, group, found).trim_start();
            // A new name for what is imported is no path.
            if let Some(renamed) = group.strip_prefix("as ") {
                group = renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            }
            group = group.trim_start_matches([',', ' ', '\n']);
            if let Some(after) = group.strip_prefix('}') {
                return after;
            }
        }
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    match after.strip_prefix("::") {
        Some(deeper) if !deeper.starts_with('<') => expand(&path, deeper, found),
        _ => {
            found.insert(path);
            after
        }
    }
}

/// The room of a source file: its first folder, or its own name on the ground floor.
fn room(path: &Path, root: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn is_within(import: &str, allowed: &str) -> bool {
    import == allowed || import.starts_with(&format!("{allowed}::"))
}

#[test]
fn imports_go_down_the_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let floors: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut checked = 0;
    for path in sources(&root) {
        let room = room(&path, &root);
        if room == "lib" {
            continue; // The front door shows what is in every room.
        }
        let allowed =
            floors.get(room.as_str()).unwrap_or_else(|| panic!("no floor is set for `{room}`"));
        for import in imports(&code(&path)) {
            let fine = is_within(&import, &room)
                || allowed.iter().any(|allowed| is_within(&import, allowed));
            assert!(fine, "{} imports `crate::{import}`, which is not below it", path.display());
            checked += 1;
        }
        seen.insert(room);
    }
    assert_eq!(seen, floors.keys().map(|room| (*room).to_owned()).collect());
    assert!(checked > 100, "only {checked} imports were read");
}

#[test]
fn the_reference_knows_nothing_of_the_compiled_side() {
    let access = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/access");
    let mut checked = 0;
    for path in sources(&access) {
        let inside = path.strip_prefix(&access).unwrap();
        if !inside.starts_with("reference") && !inside.starts_with("reference.rs") {
            continue;
        }
        for import in imports(&code(&path)) {
            let fine = REFERENCE_MAY_IMPORT.iter().any(|allowed| is_within(&import, allowed));
            assert!(fine, "{} imports `crate::{import}`", path.display());
            checked += 1;
        }
    }
    assert!(checked > 10, "only {checked} imports were read");
}

#[test]
fn imports_name_the_whole_path() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&root) {
        let code = code(&path);
        let upward = code.lines().find(|line| {
            let line = line.trim_start();
            let is_use = line.starts_with("use super::") || line.starts_with("pub use super::");
            // A test module looks at its own parent.
            is_use && line != "use super::*;"
        });
        assert_eq!(upward, None, "{} imports by `super`", path.display());
    }
}

#[test]
fn groups_are_taken_apart() {
    let found = imports("use crate::{a::{b, c as d}, e};\nlet x = crate::f::g(1);");
    let expected = ["a::b", "a::c", "e", "f::g"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(expected));
}
