//! How an explanation reads.

use tenantry::access::{Context, Explanation};
use tenantry::catalog::PermissionInfo;
use tenantry::model::{Condition, Status};

use crate::explain;
use crate::support::{
    AGENT, COLLEAGUE, Permission, ROOT, World, allow, at, builder, custom, denial, office, own,
    role_id,
};

/// The text of an explanation, its lines without the ids of assignments and sub-accounts.
fn lines(explanation: &Explanation) -> Vec<String> {
    let text = explanation.to_string();
    let words = |line: &str| -> Vec<String> {
        line.split(' ')
            .map(|word| if word.len() >= 36 { shortened(word) } else { word.to_owned() })
            .collect()
    };
    text.lines().map(|line| words(line).join(" ")).collect()
}

/// An id as the name that it was made from, or as the number of an assignment.
fn shortened(word: &str) -> String {
    let is_of_id = |c: &char| c.is_ascii_hexdigit() || *c == '-';
    let id: String = word.chars().filter(is_of_id).filter(|c| *c != '-').collect();
    let rest: String = word.chars().filter(|c| !is_of_id(c)).collect();
    let number = u128::from_str_radix(&id, 16).unwrap();
    let name: String =
        number.to_be_bytes().into_iter().filter(u8::is_ascii_graphic).map(char::from).collect();
    let name = if name.is_empty() { "#".to_owned() } else { name };
    format!("{name}{rest}")
}

fn world() -> World {
    let titled = builder()
        .describe(Permission::EXPORT, PermissionInfo::new("Export contacts"))
        .needs(Permission::EXPORT, Permission::VIEW);
    let world = World::with_catalog("acme", titled.build().unwrap());
    world.workspace("support");
    world.resource("inbox", "support");
    world.member("lin");
    world.team("company");
    world.sub_team("crew", "company");
    world.join("lin", "crew");
    world
}

#[test]
fn an_allow_says_what_grants_it() {
    let world = world();
    world.assign(allow("company", AGENT, "support").until(at(3_600)));
    let explanation = explain(&world, &Context::new(), "lin", Permission::REPLY, "support");
    let expected = [
        "allow",
        "sub-account lin at workspace `support`, organization `acme` at revision 8, as of 1970-01-01T00:01:40Z",
        "REPLY, asked for: allow",
        "  granted by assignment # of role `agent` at workspace `support` to team `company`, which holds team `crew`, until 1970-01-01T01:00:00Z",
        "VIEW, needed by REPLY: allow",
        "  granted by assignment # of role `agent` at workspace `support` to team `company`, which holds team `crew`, until 1970-01-01T01:00:00Z",
    ];
    assert_eq!(lines(&explanation), expected);
}

#[test]
fn a_deny_says_what_came_of_everything_that_concerns_it() {
    let world = world();
    world.role(custom("night", Permission::EXPORT));
    world.member("wu");
    world.allow("lin", COLLEAGUE, "support");
    world.assign(allow("lin", role_id("night"), ROOT).on(Condition::Mfa));
    world.assign(allow("members of support", Permission::EXPORT, "support").from(at(200)));
    world.assign(allow("members of organization", own(Permission::EXPORT), ROOT));
    world.assign(allow("lin", Permission::EXPORT, "inbox").passed_on_by("wu"));
    world.assign(denial("lin", Permission::EXPORT, ROOT).on(office()));
    world.ceiling("support", Permission::all() - Permission::EXPORT);
    let explanation = explain(&world, &Context::new(), "lin", Permission::EXPORT, "inbox");
    let expected = [
        "deny: it is granted only on objects that the sub-account owns, and ownership is not known",
        "sub-account lin at resource inbox, organization `acme` at revision 16, as of 1970-01-01T00:01:40Z",
        "EXPORT `Export contacts`, asked for: deny: it is granted only on objects that the sub-account owns, and ownership is not known",
        "  not granted by assignment # of custom role `night` at the organization to the sub-account by name; it asks for a second factor, and the context does not say whether that is met",
        "  not granted by assignment # of the permission itself on what is owned at the organization to everybody; it is not known whether this is owned",
        "  not granted by assignment # of the permission itself at workspace `support` to the members of workspace `support`, of whom it is one by assignment # to the sub-account by name; it starts at 1970-01-01T00:03:20Z",
        "  not granted by assignment # of the permission itself at resource inbox to the sub-account by name; sub-account wu, who passed it on, does not have it here",
        "  taken away by deny # of the permission itself at the organization to the sub-account by name; it asks for a request from 10.0.0.0/8, and the context does not say whether that is met",
        "  cut off: the ceiling of workspace `support` does not hold it",
        "VIEW, needed by EXPORT: allow",
        "  granted by assignment # of role `colleague` at workspace `support` to the sub-account by name",
        "missing: EXPORT",
    ];
    assert_eq!(lines(&explanation), expected);
}

#[test]
fn bars_are_said_first() {
    let world = world();
    world.status("lin", Status::Suspended);
    world.edit_profile(|it| it.security.conditions = vec![office()]);
    let explanation = explain(&world, &Context::new(), "lin", Permission::VIEW, "support");
    let expected = [
        "deny: the sub-account is suspended",
        "sub-account lin at workspace `support`, organization `acme` at revision 9, as of 1970-01-01T00:01:40Z",
        "barred: the sub-account is suspended",
        "barred: the security policy asks for a request from 10.0.0.0/8, and the context does not say whether that is met",
        "VIEW, asked for: deny: the sub-account is suspended; besides, nothing grants it",
        "missing: VIEW",
    ];
    assert_eq!(lines(&explanation), expected);
}
