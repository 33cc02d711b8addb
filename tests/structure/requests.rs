//! Requests: what they may say, and what becomes of the personal data in them.

use crate::setup::*;
use crate::support;
use crate::support::{
    AGENT, ROOT, World, allow, at, names, put, resource_id, role_id, sub_account_id, workspace_id,
};
use tenantry::id::PersonalId;
use tenantry::model::change::{Change, Remove, StructureError};
use tenantry::model::link::EntityId;
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::{
    Assignment, Grant, Invitation, Login, Organization, Request, RoleName, Scope, Wants,
};
use tenantry::{PermissionName, PermissionNames};

fn join(login: &PersonalRow, name: Option<&PersonalRow>) -> Wants {
    Wants::Join { login: login.reference(), name: name.map(PersonalRow::reference) }
}

fn rows() -> [PersonalRow; 3] {
    [
        row(1, Purpose::Applicant, "eve@acme.example"),
        row(2, Purpose::Name, "Eve Wong"),
        row(3, Purpose::Reason, "starts on Monday"),
    ]
}

/// A request with everything personal that a request can have.
fn application() -> Request {
    let [login, name, reason] = rows();
    Request { reason: Some(reason.reference()), ..request("q", join(&login, Some(&name))) }
}

fn read_back(world: &World) -> Organization {
    serde_json::from_str(&support::encoded(&world.organization())).unwrap()
}

#[test]
fn i4_no_invitation_and_no_request_refers_to_what_does_not_exist() {
    let world = World::with_chain();
    world.member("lin");
    world.put(invited("eve"));
    let inbox = resource_id("inbox");
    let nowhere = Scope::Workspace(workspace_id("gone"));
    let no_thing = Scope::Resource(resource_id("gone"));
    let rows: Vec<(Change, Named, Named)> = vec![
        (put(invitation("i", "gone")), ("invitation", "i"), ("sub-account", "gone")),
        (
            put(Invitation { inviter: sub_account_id("gone").into(), ..invitation("i", "eve") }),
            ("invitation", "i"),
            ("sub-account", "gone"),
        ),
        (
            put(Request {
                requester: sub_account_id("gone").into(),
                ..request("q", rejoin("lin"))
            }),
            ("request", "q"),
            ("sub-account", "gone"),
        ),
        (put(request("q", rejoin("gone"))), ("request", "q"), ("sub-account", "gone")),
        (
            put(request("q", access("gone", AGENT, inbox))),
            ("request", "q"),
            ("sub-account", "gone"),
        ),
        (put(request("q", access("lin", AGENT, nowhere))), ("request", "q"), ("workspace", "gone")),
        (put(request("q", access("lin", AGENT, no_thing))), ("request", "q"), ("resource", "gone")),
        (
            put(request("q", access("lin", role_id("gone"), inbox))),
            ("request", "q"),
            ("role", "gone"),
        ),
    ];
    for (change, from, to) in rows {
        let (from, to) = (entity(from.0, from.1), entity(to.0, to.1));
        world.refuses([change], StructureError::Dangling { from, to });
    }
    // A system role is the catalog's business, in a request as in an assignment.
    let unheard_of = RoleName::new("unheard-of").unwrap();
    world.put(request("q", access("lin", unheard_of, inbox)));
}

#[test]
fn a_request_for_nothing_is_not_one_for_everything() {
    let world = World::new();
    world.member("lin");
    let wanting = |any, own| {
        let grant = Grant::Permissions { any, own };
        put(request("q", access("lin", grant, Scope::Organization)))
    };
    let (none, some) = (PermissionNames::none, || names(&["VIEW"]));
    let id = EntityId::Request(request_id("q"));
    world.refuses([wanting(none(), none())], StructureError::EmptyGrant(id));
    for request in [wanting(some(), none()), wanting(none(), some())] {
        world.apply([request]).unwrap();
    }
    world.refuses([wanting(none(), none())], StructureError::EmptyGrant(id));
    assert_eq!(read_back(&world), world.organization());
}

#[test]
fn i3_a_request_names_no_more_permissions_than_can_be_read_back() {
    let world = World::new();
    world.member("lin");
    let limit = PermissionNames::LIMIT;
    let wanting = |count: usize| {
        let name = |number: usize| PermissionName::new(format!("N{number:04}")).unwrap();
        let grant = Grant::own((0..count).map(name).collect());
        put(request("q", access("lin", grant, Scope::Organization)))
    };
    let refused = StructureError::TooMany {
        entity: EntityId::Request(request_id("q")),
        what: "permission names",
        count: limit + 1,
        limit,
    };
    world.refuses([wanting(limit + 1)], refused);
    world.apply([wanting(limit)]).unwrap();
    assert_eq!(read_back(&world), world.organization());
}

#[test]
fn s10_what_a_request_says_of_somebody_goes_when_it_is_decided() {
    let others: [Change; 2] =
        [put(request("q", rejoin("lin"))), Remove::Request(request_id("q")).into()];
    for decided in others {
        let world = World::new();
        world.member("lin");
        world.apply_set(&with_rows([put(application())], rows().to_vec())).unwrap();
        for row in rows() {
            let value = world.read(|all| all.personal(&row.reference()).map(str::to_owned));
            assert_eq!(value.as_deref(), Some(row.value()));
        }
        assert_eq!(read_back(&world), world.organization());
        // Put again with the same references, they stay.
        world.put(Request { expires: at(2_000), ..application() });
        let all = support::encoded(&world.organization());
        assert!(rows().iter().all(|row| all.contains(row.value())));
        world.apply([decided]).unwrap();
        let rest = support::encoded(&world.organization());
        assert!(!rows().iter().any(|row| rest.contains(row.value())), "{rest}");
        assert_eq!(read_back(&world), world.organization());
    }
}

#[test]
fn s10_each_piece_of_a_request_is_what_it_says_it_is() {
    let mismatch = |id| StructureError::PersonalMismatch(PersonalId::from_u128(id));
    for (at, wrong) in [
        (0, row(1, Purpose::Login, "eve@acme.example")),
        (0, row(1, Purpose::Applicant, "wu@acme.example")),
        (1, row(2, Purpose::Applicant, "Eve Wong")),
        (2, row(3, Purpose::Name, "starts on Monday")),
    ] {
        let world = World::new();
        let mut given = rows();
        given[at] = wrong.clone();
        let [login, name, reason] = &given;
        let wants = join(login, Some(name));
        let request = Request { reason: Some(reason.reference()), ..request("q", wants) };
        // A row of the wrong purpose, or another row than the one that was referred to.
        let request = if wrong.value() == "wu@acme.example" { application() } else { request };
        let id = wrong.id();
        let refused = world.apply_set(&with_rows([put(request)], given.to_vec()));
        assert_eq!(refused, Err(mismatch(id.to_u128())), "{wrong:?}");
    }
    // Nobody's row is used twice.
    let world = World::new();
    world.member("lin");
    world.apply_set(&with_rows([put(application())], rows().to_vec())).unwrap();
    let [_, _, reason] = rows();
    let made = world.assignment(assignment_id(1), allow("lin", AGENT, ROOT));
    let made = Assignment { reason: Some(reason.reference().into()), ..made };
    world.refuses([put(made)], StructureError::PersonalReused(reason.id()));
}

#[test]
fn who_asks_to_join_has_no_login_yet() {
    let world = World::new();
    world.apply_set(&with_rows([put(application())], rows().to_vec())).unwrap();
    let theirs = login("eve@acme.example");
    assert_eq!(world.read(|all| all.sub_account_by_login(&theirs)), None);
    // It is not taken: neither for another request nor for a sub-account.
    let again = row(4, Purpose::Applicant, "eve@acme.example");
    let second = put(request("r", join(&again, None)));
    world.apply_set(&with_rows([second], vec![again])).unwrap();
    let taken = row(5, Purpose::Login, "eve@acme.example");
    world.apply_set(&with_rows([put(known_as("eve", Some(&taken)))], vec![taken])).unwrap();
    let holder = Some(sub_account_id("eve"));
    assert_eq!(world.read(|all| all.sub_account_by_login(&theirs)), holder);
    world.remove(Remove::Request(request_id("q")));
    assert_eq!(world.read(|all| all.sub_account_by_login(&theirs)), holder);
    assert_eq!(read_back(&world), world.organization());
}

#[test]
fn an_applicants_login_is_as_long_as_a_login() {
    let new = |length: usize| {
        let id = PersonalId::from_u128(1);
        PersonalRow::new(id, Purpose::Applicant, [7; 32], "x".repeat(length))
    };
    assert!(new(Login::LIMIT).is_ok());
    assert!(new(Login::LIMIT + 1).is_err());
}

#[test]
fn a_request_whose_personal_data_was_erased_replays_and_is_decided() {
    let world = World::new();
    world.apply([put(application())]).unwrap();
    let [login, ..] = rows();
    assert_eq!(world.read(|all| all.personal(&login.reference()).map(str::to_owned)), None);
    assert_eq!(read_back(&world), world.organization());
    world.remove(Remove::Request(request_id("q")));
    assert!(world.read(|all| all.requests().is_empty()));
}

#[test]
fn a_request_is_stored_in_words_that_do_not_change() {
    let (lin, q) = (sub_account_id("lin"), request_id("q"));
    let stored = |wants: Wants| serde_json::to_value(request("q", wants)).unwrap();
    let expires = at(1_000);
    let rejoining = serde_json::json!({ "sub_account": lin, "restore": true });
    assert_eq!(
        stored(rejoin("lin")),
        serde_json::json!({ "id": q, "wants": { "rejoin": rejoining }, "expires": expires })
    );
    let wanted = stored(access("lin", AGENT, Scope::Organization));
    let grant = serde_json::json!({ "role": { "system": "agent" } });
    let accessing =
        serde_json::json!({ "sub_account": lin, "grant": grant, "scope": "organization" });
    assert_eq!(wanted["wants"], serde_json::json!({ "access": accessing }));
    // Read as strictly as anything else.
    for wants in ["rejoin", "access"] {
        let mut spoiled = if wants == "rejoin" { stored(rejoin("lin")) } else { wanted.clone() };
        spoiled["wants"][wants]["untill"] = serde_json::json!(expires);
        assert!(serde_json::from_value::<Request>(spoiled).is_err(), "{wants}");
    }
}
