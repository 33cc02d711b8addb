//! The layers: imports go down, never up, and files import each other in no circle. No two types share a name.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules that each module may import. A module that is not listed does not exist.
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

/// The reference evaluator may import only these.
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
        // `$crate` is resolved where the macro is declared. `pub(in crate::...)` is no import.
        if code[..start].ends_with('$') || code[..start].ends_with("(in ") {
            continue;
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

/// The module of a source file: its first folder, or its own name.
fn module_of(path: &Path, root: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn is_within(import: &str, allowed: &str) -> bool {
    import == allowed || import.starts_with(&format!("{allowed}::"))
}

#[test]
fn imports_go_down_the_layers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layers: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut checked = 0;
    for path in sources(&root) {
        let module = module_of(&path, &root);
        if module == "lib" {
            continue; // It re-exports from every module.
        }
        let allowed =
            layers.get(module.as_str()).unwrap_or_else(|| panic!("`{module}` is not listed"));
        for import in imports(&code(&path)) {
            let fine = is_within(&import, &module)
                || allowed.iter().any(|allowed| is_within(&import, allowed));
            assert!(fine, "{} imports `crate::{import}`, which is not below it", path.display());
            checked += 1;
        }
        seen.insert(module);
    }
    assert_eq!(seen, layers.keys().map(|module| (*module).to_owned()).collect());
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

/// The two files that may import each other: one view of an organization, in two files.
const PAIRS: &[[&str; 2]] = &[["governance::reach::holding", "governance::reach::view"]];

/// Types of two modules with one name: AuthZEN's own terms.
const SHARED_NAMES: &[&str] = &["Action", "Resource", "Subject"];

/// Every source file by its module path: `model::link`; `model` for `model/mod.rs`.
fn files_by_module() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    for path in sources(&root) {
        let inside = path.strip_prefix(&root).unwrap().with_extension("");
        let mut parts: Vec<_> = inside.iter().map(|part| part.to_str().unwrap()).collect();
        if parts.last() == Some(&"mod") {
            parts.pop();
        }
        // A test module at the end of a file looks at the file itself.
        let text = code(&path);
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
        files.insert(parts.join("::"), text);
    }
    files.remove("lib");
    files
}

/// What a file re-exports: the name, and the path behind it.
fn exports(module: &str, text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (start, _) in text.match_indices("use ") {
        let line = text[..start].rsplit('\n').next().unwrap().trim_start();
        if !line.starts_with("pub") {
            continue;
        }
        let mut paths = BTreeSet::new();
        expand("", &text[start + "use ".len()..], &mut paths);
        for path in paths {
            let path = match path.strip_prefix("crate::") {
                Some(path) => path.to_owned(),
                None => format!("{module}::{}", path.trim_start_matches("self::")),
            };
            let name = path.rsplit("::").next().unwrap().to_owned();
            found.insert(name, path);
        }
    }
    found
}

/// The module that defines what an import names, through re-exports.
fn defining(
    import: &str,
    exports: &BTreeMap<String, BTreeMap<String, String>>,
    depth: usize,
) -> Option<String> {
    let parts: Vec<_> = import.split("::").collect();
    for end in (1..=parts.len()).rev() {
        let module = parts[..end].join("::");
        let Some(exported) = exports.get(&module) else { continue };
        let behind = parts.get(end).and_then(|name| exported.get(*name));
        return match behind {
            Some(path) if depth < 8 => defining(path, exports, depth + 1),
            _ => Some(module),
        };
    }
    None
}

/// By file, the files that it imports from.
fn imported_files() -> BTreeMap<String, BTreeSet<String>> {
    let files = files_by_module();
    let exports: BTreeMap<_, _> =
        files.iter().map(|(module, text)| (module.clone(), exports(module, text))).collect();
    let of = |(module, text): (&String, &String)| {
        let imported = imports(text).into_iter();
        let mut imported: BTreeSet<_> =
            imported.filter_map(|import| defining(&import, &exports, 0)).collect();
        imported.remove(module);
        (module.clone(), imported)
    };
    files.iter().map(of).collect()
}

#[test]
fn files_import_each_other_in_no_circle() {
    let mut edges = imported_files();
    for [one, other] in PAIRS {
        assert!(edges[*one].contains(*other) && edges[*other].contains(*one), "{one} is no pair");
        edges.get_mut(*one).unwrap().remove(*other);
    }
    assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 500, "{edges:?}");
    // A file that imports nothing that is left is in no circle.
    loop {
        let done: BTreeSet<_> =
            edges.iter().filter(|(_, to)| to.is_empty()).map(|(file, _)| file.clone()).collect();
        if done.is_empty() {
            break;
        }
        edges.retain(|file, _| !done.contains(file));
        for to in edges.values_mut() {
            to.retain(|file| !done.contains(file));
        }
    }
    assert!(edges.is_empty(), "in circles, or above one: {edges:#?}");
}

#[test]
fn no_two_types_share_a_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (module, text) in files_by_module() {
        for line in text.lines().filter(|line| !line.starts_with(char::is_whitespace)) {
            let line = line.strip_prefix("pub").map_or(line, |rest| {
                rest.strip_prefix('(').map_or(rest, |rest| rest.split_once(')').unwrap().1)
            });
            let mut words = line.split_whitespace();
            if let Some("struct" | "enum" | "trait" | "type") = words.next() {
                let rest = words.next().unwrap();
                let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
                places.entry(rest[..end].to_owned()).or_default().push(module.clone());
            }
        }
    }
    assert!(places.len() > 300, "only {} types were found", places.len());
    places.retain(|name, modules| modules.len() > 1 && !SHARED_NAMES.contains(&name.as_str()));
    assert!(places.is_empty(), "{places:#?}");
}

#[test]
fn groups_are_taken_apart() {
    let found = imports("use crate::{a::{b, c as d}, e};\nlet x = crate::f::g(1);");
    let expected = ["a::b", "a::c", "e", "f::g"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(expected));
}
