//! The page of the catalog. What is above its mark is written by hand; what is below is rendered from the catalog.
//!
//! `RENEW_PAGES=1 cargo test --test messaging` writes it anew.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use tenantry::catalog::{PermissionDocument, RoleDocument, Sensitivity};
use tenantry::messaging::{Permission, catalog};
use tenantry::model::ScopeKinds;
use tenantry::{AdminAction, Catalog, PermissionNames};

const MARK: &str = "<!-- Rendered from the catalog; do not edit below. -->\n";

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/MESSAGING.md");
    let page = fs::read_to_string(&path).unwrap();
    let (by_hand, found) = page.split_once(MARK).unwrap();
    let rendered = render(&catalog());
    if env::var_os("RENEW_PAGES").is_some() {
        fs::write(&path, format!("{by_hand}{MARK}{rendered}")).unwrap();
        return;
    }
    let differs = found.lines().zip(rendered.lines()).find(|(found, rendered)| found != rendered);
    assert!(
        found == rendered,
        "docs/MESSAGING.md is out of date, first at {differs:?}; \
         `RENEW_PAGES=1 cargo test --test messaging` writes it anew"
    );
}

#[test]
fn every_role_is_told_about_by_hand() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/MESSAGING.md");
    let page = fs::read_to_string(path).unwrap();
    let (by_hand, _) = page.split_once(MARK).unwrap();
    for role in &catalog().document().roles {
        assert!(by_hand.contains(&format!("| {} |", role.name)), "{} is not told about", role.name);
    }
}

fn render(catalog: &Catalog<Permission>) -> String {
    let document = catalog.document();
    let mut page = String::new();
    let text = &mut page;
    let (permissions, roles) = (document.permissions.len(), document.roles.len());
    writeln!(text, "\n{permissions} permissions, {roles} system roles.").unwrap();
    writeln!(text, "\n## Permissions").unwrap();
    for (group, members) in groups(catalog) {
        writeln!(text, "\n### {group}\n").unwrap();
        writeln!(text, "| permission | title | sensitivity | needs |").unwrap();
        writeln!(text, "| --- | --- | --- | --- |").unwrap();
        for it in members {
            let title = it.title.as_ref().unwrap();
            let sensitivity = match it.sensitivity {
                Sensitivity::Normal => "",
                Sensitivity::Sensitive => "sensitive",
                Sensitivity::Critical => "critical",
            };
            let needs = codes(it.needs.iter());
            writeln!(
                text,
                "{}",
                row(&[&format!("`{}`", it.name), title.as_str(), sensitivity, &needs])
            )
            .unwrap();
        }
    }
    matrix(catalog, text);
    writeln!(text, "\n## Where roles are assigned, and by licence\n").unwrap();
    writeln!(text, "| role | title | assigned at | includes | may assign without holding it |")
        .unwrap();
    writeln!(text, "| --- | --- | --- | --- | --- |").unwrap();
    for role in &document.roles {
        let title = role.title.as_ref().unwrap();
        let cells = [
            role.name.as_str(),
            title.as_str(),
            &places(role.assignable),
            &list(role.includes.iter()),
            &list(role.assigns.iter()),
        ];
        writeln!(text, "{}", row(&cells)).unwrap();
    }
    let creator = document.creator.as_ref().unwrap();
    writeln!(text, "\nWhoever makes a workspace or a resource is its {creator}.").unwrap();
    writeln!(text, "\n## Administrative actions\n").unwrap();
    writeln!(text, "| action | requires |").unwrap();
    writeln!(text, "| --- | --- |").unwrap();
    for action in AdminAction::ALL {
        let names = &document.requirements[action];
        let action = format!("`{action}`");
        writeln!(text, "{}", row(&[&action, &codes(names.iter())])).unwrap();
    }
    writeln!(text, "\n## Guardrails\n").unwrap();
    writeln!(text, "| guardrail | kinds | never hold |").unwrap();
    writeln!(text, "| --- | --- | --- |").unwrap();
    for rail in &document.guardrails {
        let kinds: Vec<_> =
            rail.kinds.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
        let never = codes(rail.never.iter());
        writeln!(text, "{}", row(&[rail.name.as_str(), &kinds.join(", "), &never])).unwrap();
    }
    writeln!(text, "\n## Archived workspaces\n").unwrap();
    writeln!(text, "Left to whoever had it: {}.", codes(document.archived.iter())).unwrap();
    page
}

/// Which role holds which permission, includes counted.
fn matrix(catalog: &Catalog<Permission>, text: &mut String) {
    let roles = &catalog.document().roles;
    writeln!(text, "\n## Roles and permissions\n").unwrap();
    writeln!(text, "`any`: on everything in scope. `own`: on what one owns or is assigned.\n")
        .unwrap();
    let names: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    writeln!(text, "| permission | {} |", names.join(" | ")).unwrap();
    writeln!(text, "| --- |{}", " --- |".repeat(roles.len())).unwrap();
    for permission in &catalog.document().permissions {
        let cells: Vec<_> = roles.iter().map(|role| cell(catalog, role, permission)).collect();
        let name = format!("`{}`", permission.name);
        let cells: Vec<_> = [name.as_str()].into_iter().chain(cells).collect();
        writeln!(text, "{}", row(&cells)).unwrap();
    }
}

fn cell(
    catalog: &Catalog<Permission>,
    role: &RoleDocument,
    permission: &PermissionDocument,
) -> &'static str {
    let it = catalog.permission(permission.name.as_str()).unwrap();
    let (any, own) = (
        catalog.role_permissions(role.name.clone()).unwrap(),
        catalog.role_own_permissions(role.name.clone()).unwrap(),
    );
    match (any.contains(it), own.contains(it)) {
        (true, _) => "any",
        (false, true) => "own",
        (false, false) => "",
    }
}

/// The permissions of each group, both in the order of their declaration.
fn groups(catalog: &Catalog<Permission>) -> Vec<(&str, Vec<&PermissionDocument>)> {
    let mut groups: Vec<(&str, Vec<_>)> = Vec::new();
    for permission in &catalog.document().permissions {
        let name = permission.group.as_ref().unwrap().as_str();
        match groups.iter_mut().find(|(group, _)| *group == name) {
            Some((_, members)) => members.push(permission),
            None => groups.push((name, vec![permission])),
        }
    }
    groups
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") })
        .collect();
    format!("|{cells}")
}

fn list<T: ToString>(names: impl Iterator<Item = T>) -> String {
    names.map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

fn codes<T: ToString>(names: impl Iterator<Item = T>) -> String {
    list(names.map(|name| format!("`{}`", name.to_string())))
}

fn places(kinds: ScopeKinds) -> String {
    if kinds == ScopeKinds::all() {
        return "everywhere".to_owned();
    }
    list(kinds.iter_names().map(|(name, _)| name.to_lowercase()))
}

#[test]
fn what_is_rendered_follows_the_catalog() {
    let mut document = catalog().document().clone();
    let view = document.permissions[0].name.clone();
    let visitor = document.roles.iter_mut().find(|role| role.name.as_str() == "visitor").unwrap();
    visitor.any = visitor.any.iter().cloned().chain([view]).collect::<PermissionNames>();
    let changed = Catalog::from_document(document).unwrap();
    assert_ne!(render(&changed), render(&catalog()));
}
