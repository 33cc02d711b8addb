//! The documents stay true: what they link to exists, and the specification names every test of its rules.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|its| its == extension) {
            found.push(path);
        }
    }
    found
}

fn documents() -> Vec<PathBuf> {
    let mut documents = files(&root().join("docs"), "md");
    documents.extend(["README.md", "CHANGELOG.md"].map(|name| root().join(name)));
    documents
}

/// Whether a name is that of a test of a rule or of an incident: `c1_...`, `d5_...`, `g2_...`,
/// `k1_...`, `i4_...`, `incident_17_...`.
fn is_rule_test(name: &str) -> bool {
    let number =
        name.strip_prefix("incident_").or_else(|| name.strip_prefix(['c', 'd', 'g', 'i', 'k']));
    number.is_some_and(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with('_')
    })
}

/// Every test of a rule or of an incident that the sources declare.
fn declared() -> BTreeSet<String> {
    let mut sources = files(&root().join("tests"), "rs");
    sources.extend(files(&root().join("src"), "rs"));
    let mut names = BTreeSet::new();
    for path in sources {
        let text = fs::read_to_string(path).unwrap();
        for line in text.lines() {
            if let Some(rest) = line.trim_start().strip_prefix("fn ") {
                let end =
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                if is_rule_test(&rest[..end]) {
                    names.insert(rest[..end].to_owned());
                }
            }
        }
    }
    names
}

#[test]
fn the_specification_names_every_test_of_a_rule_and_no_other() {
    let text = fs::read_to_string(root().join("docs/SPEC.md")).unwrap();
    let named: BTreeSet<String> =
        text.split('`').filter(|word| is_rule_test(word)).map(str::to_owned).collect();
    let declared = declared();
    assert!(declared.len() > 100, "only {} tests of rules were found", declared.len());
    let missing: Vec<_> = declared.difference(&named).collect();
    let gone: Vec<_> = named.difference(&declared).collect();
    assert!(missing.is_empty(), "docs/SPEC.md does not name {missing:?}");
    assert!(gone.is_empty(), "docs/SPEC.md names tests that are not there: {gone:?}");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut checked = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = document.parent().unwrap().join(target);
            assert!(path.exists(), "{} links to `{target}`", document.display());
            checked += 1;
        }
    }
    assert!(checked > 10, "only {checked} links were read");
}

#[test]
fn the_readme_has_exactly_two_commands() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let block = text.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let commands: Vec<_> =
        block.lines().map(|line| line.split('#').next().unwrap().trim()).collect();
    assert_eq!(commands, ["cargo run --example quickstart", "cargo test --all-features"]);
    assert_eq!(text.matches("```sh").count(), 1);
}
