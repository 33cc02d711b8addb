//! A whole organization at rest is read as strictly as its changes.

use crate::life::STATUSES;
use crate::setup::*;
use crate::support;
use crate::support::{
    AGENT, Permission, World, allow, at, key, office, sub_account_id, workspace_id,
};
use tenantry::access::{Context, Reason};
use tenantry::model::change::Remove;
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::{Login, Organization, OrganizationStatus, Scope, Status, SubAccount};

/// A way to spoil what is stored, with what it is called.
pub(crate) type Spoil = (&'static str, fn(&mut serde_json::Value));

#[test]
fn at_rest_nothing_enters_that_a_change_would_not_have_been_let_in() {
    let world = World::with_chain();
    world.member("lin");
    world.team("crew");
    world.join("lin", "crew");
    world.edit_workspace("support", |it| it.key = Some(key("17")));
    world.allow("lin", AGENT, "inbox");
    world.assign(allow("crew", AGENT, "inbox").on(office()).until(at(200)));
    world.workspace("gone");
    world.remove(Remove::Workspace(workspace_id("gone")));
    let good = serde_json::to_value(world.organization()).unwrap();
    let read = serde_json::from_value::<Organization>(good.clone()).unwrap();
    assert_eq!(read, world.organization());

    let spoil: [Spoil; 10] = [
        ("a noun twice", |all| double(&mut all["workspaces"])),
        ("an assignment twice", |all| double(&mut all["assignments"])),
        ("a resource without what holds it", |all| shorten(&mut all["workspaces"])),
        ("an assignment without its sub-account", |all| shorten(&mut all["sub_accounts"])),
        ("a membership without its team", |all| shorten(&mut all["teams"])),
        ("a retired id that is in use", |all| {
            let id = all["workspaces"][0]["id"].clone();
            all["retired"][0] = serde_json::json!({ "entity": { "workspace": id } });
        }),
        ("a retired key that is in use", |all| {
            all["retired"][0] = serde_json::json!({ "workspace_key": "17" });
        }),
        ("a field that nobody knows", |all| all["surprise"] = serde_json::json!(1)),
        ("a table that is missing", |all| {
            all.as_object_mut().unwrap().remove("teams");
        }),
        ("an assignment of nothing", |all| {
            all["assignments"][0]["grant"] = serde_json::json!({ "permissions": { "any": [] } });
        }),
    ];
    for (what, spoil) in spoil {
        let mut spoiled = good.clone();
        spoil(&mut spoiled);
        assert_ne!(spoiled, good, "{what}");
        assert!(serde_json::from_value::<Organization>(spoiled).is_err(), "{what}");
    }
}

fn double(list: &mut serde_json::Value) {
    let list = list.as_array_mut().unwrap();
    list.push(list[0].clone());
}

fn shorten(list: &mut serde_json::Value) {
    list.as_array_mut().unwrap().clear();
}

#[test]
fn at_rest_a_row_holds_only_what_a_new_one_might() {
    let good = serde_json::to_value(row(1, Purpose::Login, "lin")).unwrap();
    assert!(serde_json::from_value::<PersonalRow>(good.clone()).is_ok());
    for bad in ["", "a\nb", "\u{202e}nil", &"x".repeat(Login::LIMIT + 1)] {
        let mut spoiled = good.clone();
        spoiled["value"] = bad.into();
        assert!(serde_json::from_value::<PersonalRow>(spoiled).is_err(), "{bad:?}");
    }
    let mut spoiled = good;
    spoiled["note"] = 1.into();
    assert!(serde_json::from_value::<PersonalRow>(spoiled).is_err());
}

#[test]
fn at_rest_everybody_keeps_the_status_they_had() {
    for status in STATUSES {
        let world = World::new();
        let start = if status == Status::Invited { Status::Invited } else { Status::Active };
        let lin = SubAccount::member(sub_account_id("lin"));
        world.put(SubAccount { status: start, ..lin });
        world.status("lin", status);
        let read: Organization =
            serde_json::from_str(&support::encoded(&world.organization())).unwrap();
        assert_eq!(read, world.organization(), "{status:?}");
    }
    let world = World::new();
    world.edit_profile(|it| it.status = OrganizationStatus::Closed);
    let read: Organization =
        serde_json::from_str(&support::encoded(&world.organization())).unwrap();
    assert_eq!(read, world.organization());
    let answer =
        world.check_at(&Context::new(), sub_account_id("x"), Permission::VIEW, Scope::Organization);
    assert_eq!(answer, support::deny("D1", Reason::UnknownSubAccount));
}
