//! Logins and side rows of personal data.

use crate::setup::*;
use crate::support;
use crate::support::{AGENT, Permission, ROOT, World, allow, label, put, sub_account_id};
use tenantry::PermissionNames;
use tenantry::id::PersonalId;
use tenantry::model::change::{Remove, StructureError};
use tenantry::model::link::EntityId;
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::{Assignment, Login, Organization, Scope, Status, SubAccount};

#[test]
fn a_login_belongs_to_one_sub_account() {
    let world = World::new();
    let (first, second) =
        (row(1, Purpose::Login, "lin@acme.example"), row(2, Purpose::Login, "lin@acme.example"));
    let lin = known_as("lin", Some(&first));
    world.apply_set(&with_rows([put(lin.clone())], vec![first.clone()])).unwrap();
    let refused = StructureError::DuplicateLogin { holder: lin.id };
    let wu = known_as("wu", Some(&second));
    let join = with_rows([put(wu.clone())], vec![second.clone()]);
    assert_eq!(world.apply_set(&join), Err(refused.clone()));
    // Whatever the holder's status, the login is taken.
    for status in [Status::Suspended, Status::Left, Status::Invited, Status::Removed] {
        world.put(SubAccount { status, ..lin.clone() });
        assert_eq!(world.apply_set(&join), Err(refused.clone()), "{status:?}");
    }
    // Another spelling is another login.
    let spelled = row(3, Purpose::Login, "Lin@acme.example");
    let other = known_as("other", Some(&spelled));
    world.apply_set(&with_rows([put(other)], vec![spelled])).unwrap();
    world.read(|all| {
        assert_eq!(all.sub_account_by_login(login("lin@acme.example")), Some(lin.id));
        let other = Some(sub_account_id("other"));
        assert_eq!(all.sub_account_by_login(login("Lin@acme.example")), other);
        assert_eq!(all.sub_account_by_login(login("LIN@acme.example")), None);
    });
    // Once it is given up, another may have it; even in the same set.
    let erased = SubAccount { status: Status::Removed, ..known_as("lin", None) };
    world.apply_set(&with_rows([put(erased), put(wu)], vec![second])).unwrap();
    world.read(|all| {
        let holder = all.sub_account_by_login(login("lin@acme.example"));
        assert_eq!(holder, Some(sub_account_id("wu")));
    });
}

#[test]
fn a_login_of_two_in_one_set_is_refused() {
    let world = World::new();
    let (first, second) = (row(1, Purpose::Login, "lin"), row(2, Purpose::Login, "lin"));
    let both = [put(known_as("a", Some(&first))), put(known_as("b", Some(&second)))];
    let refused = StructureError::DuplicateLogin { holder: sub_account_id("a") };
    assert_eq!(world.apply_set(&with_rows(both, vec![first, second])), Err(refused));
}

#[test]
fn s10_a_row_must_be_the_one_its_reference_proves() {
    let world = World::new();
    let right = row(1, Purpose::Login, "lin@acme.example");
    let mismatch = StructureError::PersonalMismatch(PersonalId::from_u128(1));
    for wrong in [
        row(1, Purpose::Login, "wu@acme.example"),
        row(1, Purpose::Name, "lin@acme.example"),
        row(1, Purpose::Reason, "lin@acme.example"),
        PersonalRow::new(PersonalId::from_u128(1), Purpose::Login, [8; 32], "lin@acme.example")
            .unwrap(),
    ] {
        let lin = known_as("lin", Some(&right));
        let set = with_rows([put(lin)], vec![wrong]);
        assert_eq!(world.apply_set(&set), Err(mismatch.clone()));
    }
    let named = SubAccount { name: Some(right.reference()), ..known_as("lin", None) };
    let set = with_rows([put(named)], vec![right]);
    assert_eq!(world.apply_set(&set), Err(mismatch));
}

#[test]
fn s10_two_rows_of_one_id_are_refused() {
    let world = World::new();
    let (first, second) =
        (row(1, Purpose::Login, "lin@acme.example"), row(1, Purpose::Name, "Lin"));
    let lin = put(known_as("lin", Some(&first)));
    let refused = StructureError::PersonalReused(PersonalId::from_u128(1));
    assert_eq!(world.apply_set(&with_rows([lin], vec![second, first])), Err(refused));
}

#[test]
fn i3_a_set_that_could_not_be_read_back_is_not_written() {
    let world = World::new();
    let names = |count: usize| -> PermissionNames {
        (0..count)
            .map(|number| tenantry::PermissionName::new(format!("N{number:04}")).unwrap())
            .collect()
    };
    let limit = PermissionNames::LIMIT;
    let bounded = |count| SubAccount { boundary: Some(names(count)), ..known_as("lin", None) };
    let refused = StructureError::TooMany {
        entity: EntityId::SubAccount(sub_account_id("lin")),
        what: "permission names",
        count: limit + 1,
        limit,
    };
    assert_eq!(world.apply_set(&with_rows([put(bounded(limit + 1))], vec![])), Err(refused));
    assert_eq!(world.apply_set(&with_rows([put(bounded(limit))], vec![])), Ok(()));
    let again: Organization =
        serde_json::from_str(&support::encoded(&world.organization())).unwrap();
    assert_eq!(again, world.organization());
}

#[test]
fn s10_a_row_that_nothing_refers_to_is_refused() {
    let world = World::new();
    let stray = row(1, Purpose::Login, "lin@acme.example");
    let refused = StructureError::PersonalUnreferenced(PersonalId::from_u128(1));
    assert_eq!(world.apply_set(&with_rows([], vec![stray.clone()])), Err(refused.clone()));
    let lin = put(known_as("lin", None));
    assert_eq!(world.apply_set(&with_rows([lin], vec![stray.clone()])), Err(refused));
    // One that only an earlier change of the set referred to leaves nothing behind.
    let changes = [put(known_as("lin", Some(&stray))), put(known_as("lin", None))];
    let _ = world.apply_set(&with_rows(changes, vec![stray.clone()]));
    assert!(!support::encoded(&world.organization()).contains(stray.value()));
}

#[test]
fn s10_every_row_has_an_id_of_its_own() {
    let world = World::new();
    let first = row(1, Purpose::Login, "lin@acme.example");
    world.apply_set(&with_rows([put(known_as("lin", Some(&first)))], vec![first])).unwrap();
    let refused = StructureError::PersonalReused(PersonalId::from_u128(1));
    let again = row(1, Purpose::Login, "wu@acme.example");
    for who in ["lin", "wu"] {
        let set = with_rows([put(known_as(who, Some(&again)))], vec![again.clone()]);
        assert_eq!(world.apply_set(&set), Err(refused.clone()), "{who}");
        let set = with_rows([put(known_as(who, Some(&again)))], Vec::new());
        assert_eq!(world.apply_set(&set), Err(refused.clone()), "{who}, without the row");
    }
    let reason = row(1, Purpose::Reason, "because");
    let assignment = world.assignment(assignment_id(1), allow("lin", AGENT, ROOT));
    let assignment = Assignment { reason: Some(reason.reference().into()), ..assignment };
    assert_eq!(world.apply_set(&with_rows([put(assignment)], vec![reason])), Err(refused));
}

#[test]
fn s10_what_was_erased_reads_as_nothing_and_everything_else_stays() {
    let world = World::new();
    let erased = row(1, Purpose::Login, "lin@acme.example");
    let reason = row(2, Purpose::Reason, "covers the night shift");
    let lin = known_as("lin", Some(&erased));
    let made = Assignment {
        reason: Some(reason.reference().into()),
        ..Assignment::allow(assignment_id(1), lin.id, AGENT, Scope::Organization)
    };
    // Replayed without their rows, as a log is after erasing.
    world.apply([put(lin.clone()), put(made)]).unwrap();
    world.read(|all| {
        assert_eq!(all.personal(&erased.reference()), None);
        assert_eq!(all.personal(&reason.reference()), None);
        assert_eq!(all.sub_account_by_login(login("lin@acme.example")), None);
        assert_eq!(all.sub_accounts().get(&lin.id).unwrap().login, Some(erased.reference()));
    });
    world.allows("lin", Permission::REPLY, ROOT);
    let read: Organization =
        serde_json::from_str(&support::encoded(&world.organization())).unwrap();
    assert_eq!(read, world.organization());
    // The login that nobody can read any more is nobody's.
    let taken = row(3, Purpose::Login, "lin@acme.example");
    world.apply_set(&with_rows([put(known_as("wu", Some(&taken)))], vec![taken])).unwrap();
}

#[test]
fn s10_what_is_erased_is_not_what_another_row_of_its_id_says() {
    let world = World::new();
    let erased = row(1, Purpose::Login, "lin@acme.example");
    world.apply([put(known_as("lin", Some(&erased)))]).unwrap();
    let other = row(1, Purpose::Login, "wu@acme.example");
    let refused = StructureError::PersonalReused(PersonalId::from_u128(1));
    let join = with_rows([put(known_as("wu", Some(&other)))], vec![other.clone()]);
    assert_eq!(world.apply_set(&join), Err(refused));
    assert_eq!(world.read(|all| all.personal(&erased.reference()).map(str::to_owned)), None);
}

#[test]
fn s10_a_value_goes_with_the_last_noun_that_refers_to_it() {
    let world = World::new();
    let rows = [
        row(1, Purpose::Login, "lin@acme.example"),
        row(2, Purpose::Name, "Lin Wei"),
        row(3, Purpose::Reason, "covers the night shift"),
    ];
    let [known, named, reason] = rows.clone();
    let lin = known_as("lin", Some(&known));
    let lin = SubAccount { name: Some(named.reference()), ..lin };
    let made = Assignment {
        reason: Some(reason.reference().into()),
        ..Assignment::allow(assignment_id(1), lin.id, AGENT, Scope::Organization)
    };
    world.apply_set(&with_rows([put(lin.clone()), put(made)], rows.to_vec())).unwrap();
    for one in &rows {
        let value = world.read(|all| all.personal(&one.reference()).map(str::to_owned));
        assert_eq!(value.as_deref(), Some(one.value()));
    }
    // Put again with the same references, they stay.
    world.put(SubAccount { labels: [label("vip")].into(), ..lin.clone() });
    let all = support::encoded(&world.organization());
    assert!(rows.iter().all(|row| all.contains(row.value())));
    world.put(SubAccount { login: None, ..lin.clone() });
    world.put(SubAccount { login: None, name: None, ..lin });
    world.remove(Remove::Assignment(assignment_id(1)));
    let rest = support::encoded(&world.organization());
    assert!(!rows.iter().any(|row| rest.contains(row.value())), "{rest}");
}

#[test]
fn s10_a_new_value_takes_the_place_of_the_old_in_a_row_of_its_own() {
    let world = World::new();
    let (old, new) = (row(1, Purpose::Login, "lin@old.example"), row(2, Purpose::Login, "lin"));
    let set = with_rows([put(known_as("lin", Some(&old)))], vec![old.clone()]);
    world.apply_set(&set).unwrap();
    let set = with_rows([put(known_as("lin", Some(&new)))], vec![new.clone()]);
    world.apply_set(&set).unwrap();
    world.read(|all| {
        assert_eq!(all.personal(&old.reference()), None);
        assert_eq!(all.personal(&new.reference()), Some("lin"));
        assert_eq!(all.sub_account_by_login(login("lin@old.example")), None);
        assert_eq!(all.sub_account_by_login(login("lin")), Some(sub_account_id("lin")));
    });
    assert!(!support::encoded(&world.organization()).contains("lin@old.example"));
}

#[test]
fn a_login_row_is_a_login() {
    let longest = "x".repeat(Login::LIMIT);
    let too_long = "x".repeat(Login::LIMIT + 1);
    assert!(Login::new(&too_long).is_err());
    let new =
        |value: &str| PersonalRow::new(PersonalId::from_u128(1), Purpose::Login, [7; 32], value);
    assert!(new(&longest).is_ok());
    assert!(new(&too_long).is_err());
}

// At rest.
