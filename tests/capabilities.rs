//! The page of capabilities stays true: every row is there once, whatever it names exists, and what it calls shown is
//! shown by something that runs. And two rows that no example tells to the end.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bitflags::Flags;
use tenantry::messaging::{self, ADMINISTRATOR, AGENT, Permission, USER};
use tenantry::{Administration, Context, Directory, Login, Reason, Scope, Status, SubAccountId};

/// How many rows each of the five systems has.
const ROWS: [usize; 5] = [28, 27, 16, 14, 20];
/// How many rows something that runs must show at least.
const SHOWN: usize = 80;

/// One row of the page.
struct Row {
    number: String,
    /// Everything in code quotes that says how.
    how: Vec<String>,
    /// The last cell.
    shown_by: String,
}

impl Row {
    fn read(line: &str) -> Option<Self> {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, _, how, shown_by] = cells[..] else { return None };
        let is_number = number.starts_with(|first: char| first.is_ascii_digit());
        is_number.then(|| Self {
            number: number.to_owned(),
            how: quoted(how),
            shown_by: shown_by.to_owned(),
        })
    }

    fn is_shown(&self) -> bool {
        !self.shown_by.starts_with("not yet: ") && !self.shown_by.starts_with("the host's: ")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn rows() -> Vec<Row> {
    read("docs/CAPABILITIES.md").lines().filter_map(Row::read).collect()
}

fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The library's sources, without comments.
fn sources() -> Vec<String> {
    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    files(&root().join("src"), &mut found);
    let code = |text: String| -> String {
        text.lines().map(|line| line.split("//").next().unwrap().to_owned() + "\n").collect()
    };
    found.into_iter().map(|path| code(read(path))).collect()
}

/// Whether `text` has `word` with nothing of a name before or after it.
fn has_word(text: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(start, _)| {
        !text[..start].ends_with(is_name) && !text[start + word.len()..].starts_with(is_name)
    })
}

/// Whether a type of that name is declared, by hand or by a macro for texts.
fn declares(source: &str, name: &str) -> bool {
    let by_hand = |kind: &str| has_word(source, &format!("pub {kind} {name}"));
    ["struct", "enum", "trait"].into_iter().any(by_hand)
        || source.lines().any(|line| line.trim_start().starts_with(&format!("{name}, \"")))
}

/// Whether a type has a public function of that name, or a variant.
fn has_item(source: &str, name: &str, item: &str) -> bool {
    if item.starts_with(char::is_uppercase) {
        let is_variant = |line: &str| {
            let rest = line.trim_start().strip_prefix(item);
            rest.is_some_and(|rest| rest.starts_with([',', '(', ' ', ';']))
        };
        return has_word(source, &format!("pub enum {name}")) && source.lines().any(is_variant);
    }
    let function = ["pub fn ", "pub const fn "].map(|start| format!("{start}{item}"));
    let blocks = source.split("\nimpl").skip(1);
    blocks.filter_map(|block| block.split_once("{\n")).any(|(header, body)| {
        let of = header.rsplit(" for ").next().unwrap();
        let body = body.split("\n}").next().unwrap();
        has_word(of, name) && function.iter().any(|it| has_word(body, it))
    })
}

/// Whether something of the ready-made catalog has that name: a permission, or the constant of a role.
fn is_in_the_catalog(name: &str) -> bool {
    let role = format!("pub const {name}: SystemRole");
    Permission::FLAGS.iter().any(|flag| flag.name() == name)
        || read("src/messaging/roles.rs").contains(&role)
}

/// What is wrong with a reference to a file, or to a function in it; nothing if it is there.
fn missing(reference: &str) -> Option<String> {
    let (path, function) = reference.split_once("::").unwrap_or((reference, "main"));
    let Ok(text) = fs::read_to_string(root().join(path)) else {
        return Some(format!("there is no file `{path}`"));
    };
    let start = format!("fn {function}");
    let declared = text.lines().find(|line| line.starts_with(&start) && has_word(line, function));
    let is_test = !path.starts_with("tests/") || text.contains(&format!("#[test]\n{start}("));
    (declared.is_none() || !is_test).then(|| format!("`{path}` has no `{function}` that runs"))
}

#[test]
fn every_row_is_there_once() {
    let found: Vec<_> = rows().into_iter().map(|row| row.number).collect();
    let expected: Vec<_> = (0..ROWS.len())
        .flat_map(|system| (1..=ROWS[system]).map(move |row| format!("{system}.{row}")))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn whatever_a_row_names_exists() {
    let sources = sources();
    let mut wrong = Vec::new();
    for row in rows() {
        for name in &row.how {
            let is_there = if name.contains('/') {
                missing(name).is_none()
            } else if let Some((of, item)) = name.split_once("::") {
                sources.iter().any(|source| has_item(source, of, item))
            } else if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
                is_in_the_catalog(name)
            } else if name.starts_with(char::is_uppercase) {
                sources.iter().any(|source| declares(source, name))
            } else {
                true // A part of a role or a parameter, named after its type.
            };
            if !is_there {
                wrong.push(format!("{}: `{name}` does not exist", row.number));
            }
        }
        for reference in quoted(&row.shown_by) {
            wrong.extend(missing(&reference).map(|why| format!("{}: {why}", row.number)));
        }
    }
    assert!(wrong.is_empty(), "docs/CAPABILITIES.md\n{}", wrong.join("\n"));
}

#[test]
fn what_is_shown_is_shown_by_something_that_runs() {
    let rows = rows();
    let shown: Vec<_> = rows.iter().filter(|row| row.is_shown()).collect();
    assert!(shown.len() >= SHOWN, "only {} rows are shown", shown.len());
    for row in &rows {
        let references = quoted(&row.shown_by);
        assert_eq!(row.is_shown(), !references.is_empty(), "{}", row.number);
        assert!(references.iter().all(|it| it.contains("::")), "{}: where in it?", row.number);
        assert!(!row.how.is_empty() || row.is_shown(), "{}: what is there of it?", row.number);
    }
}

#[test]
fn every_example_is_run_before_a_change_lands() {
    if !root().join(".ci").exists() {
        return; // What is published comes without it.
    }
    let run = read(".ci/run");
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let is_example = path.join("main.rs").exists()
            || path.extension().is_some_and(|extension| extension == "rs");
        if is_example {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(has_word(&run, &name), "{name} is not run");
            seen.insert(name);
        }
    }
    assert!(seen.len() >= 9, "only {seen:?}");
}

#[test]
fn a_reference_that_leads_nowhere_is_found() {
    let sources = sources();
    let item = |of, item| sources.iter().any(|source| has_item(source, of, item));
    assert!(item("Administration", "suspend") && item("Status", "Left"));
    assert!(item("AdminAction", "CreateSubAccount") && item("Invite", "issue"));
    for (of, name) in [("Administration", "suspen"), ("Snapshot", "suspend"), ("Status", "Gone")] {
        assert!(!item(of, name), "{of}::{name}");
    }
    let declared = |name| sources.iter().any(|source| declares(source, name));
    assert!(declared("Plan") && declared("Label") && !declared("Pla") && !declared("Nobody"));
    assert!(is_in_the_catalog("ANNOUNCE") && is_in_the_catalog("AGENT"));
    assert!(!is_in_the_catalog("ANNOUNCES"));
    assert_eq!(missing("tests/capabilities.rs::every_row_is_there_once"), None);
    for nowhere in
        ["tests/capabilities.rs::rows", "tests/capabilities.rs::every_row", "examples/x.rs"]
    {
        assert!(missing(nowhere).is_some(), "{nowhere}");
    }
}

fn login(name: &str) -> Login {
    name.parse().unwrap()
}

type By<'a> = Administration<'a, Permission>;

/// A team and somebody in it who is an agent and administers it. What is left to them after `go`: why they do not read,
/// if they do not, their status, and how much that they were given is on file.
fn left_after(go: impl FnOnce(&By<'_>, &By<'_>, SubAccountId)) -> (Option<Reason>, Status, usize) {
    let directory = Directory::new(messaging::catalog());
    let team = directory.create_organization("East", &login("hua")).unwrap();
    let hua = directory.administer(team.organization, team.owner, &Context::new());
    let yun = hua.create_member(&login("yun")).unwrap();
    for role in [AGENT, ADMINISTRATOR] {
        hua.assign(yun, role, Scope::Organization).unwrap();
    }
    let own = directory.administer(team.organization, yun, &Context::new());
    go(&hua, &own, yun);
    let snapshot = directory.snapshot(team.organization).unwrap();
    let status = snapshot.organization().sub_accounts().get(&yun).unwrap().status;
    let reads = snapshot.check(yun, Permission::VIEW_FILES, Scope::Organization);
    (reads.reason(), status, snapshot.assigned_to(yun).len())
}

#[test]
fn what_each_way_of_leaving_keeps() {
    // Stepping down keeps reading, and of two roles the one that administers nothing.
    let stepped_down = left_after(|_, own, _| own.step_down(Scope::Organization, None).unwrap());
    assert_eq!(stepped_down, (None, Status::Active, 1));
    // Whoever is kept out, leaves or is taken out reads nothing, and what they had stays on file.
    let suspended = left_after(|hua, _, yun| hua.suspend(yun).unwrap());
    assert_eq!(suspended, (Some(Reason::Suspended), Status::Suspended, 2));
    let left = left_after(|_, own, _| own.leave().unwrap());
    assert_eq!(left, (Some(Reason::Left), Status::Left, 2));
    let removed = left_after(|hua, _, yun| hua.remove(yun, None).unwrap());
    assert_eq!(removed, (Some(Reason::Removed), Status::Removed, 2));
    // Whoever is erased leaves an id, and nothing that could act again.
    let erased = left_after(|hua, own, yun| {
        own.leave().unwrap();
        hua.erase(yun).unwrap();
    });
    assert_eq!((erased.0, erased.1), (Some(Reason::Left), Status::Left));
}

#[test]
fn who_leaves_one_team_keeps_the_other() {
    let directory = Directory::new(messaging::catalog());
    let teams = ["East", "West"].map(|name| {
        let team = directory.create_organization(name, &login("owner")).unwrap();
        let owner = directory.administer(team.organization, team.owner, &Context::new());
        let yun = owner.create_member(&login("yun")).unwrap();
        owner.assign(yun, USER, Scope::Organization).unwrap();
        (team.organization, yun)
    });
    let profile = |(team, yun)| {
        let own = Context::new().ownership(true);
        directory.check_in(&own, team, yun, Permission::EDIT_PROFILE, Scope::Organization)
    };
    let [(east, yun), west] = teams;
    directory.administer(east, yun, &Context::new()).leave().unwrap();
    assert_eq!(profile((east, yun)).reason(), Some(Reason::Left));
    assert!(profile(west).is_allow());
    let accounts = directory.accounts_of(&login("yun")).unwrap();
    let active = accounts.iter().filter(|it| it.status == Status::Active);
    assert_eq!((accounts.len(), active.count()), (2, 1));
}
