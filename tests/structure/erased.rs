//! The hash of an erased login: it finds its person again, and keeps the login from becoming
//! somebody else's. The hashes of former logins find everybody who had them, and keep nobody from
//! anything.

use crate::setup::*;
use crate::support;
use crate::support::{World, organization_id, put, set, sub_account_id};
use tenantry::model::change::{ChangeSet, StructureError};
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::record::Digest;
use tenantry::model::{Organization, Status, SubAccount};

const LIN: &str = "lin@acme.example";

fn hash(world: &World, text: &str) -> Digest {
    world.read(|all| all.login_hash(&login(text)))
}

fn erased(world: &World, who: &str, text: &str) -> SubAccount {
    SubAccount { erased: Some(hash(world, text)), ..known_as(who, None) }
}

fn signing_in(who: &str, row: PersonalRow) -> ChangeSet {
    with_rows([put(known_as(who, Some(&row)))], vec![row])
}

fn taken_by(who: &str) -> StructureError {
    StructureError::DuplicateLogin { holder: sub_account_id(who) }
}

#[test]
fn a_login_hash_is_of_one_login_in_one_organization() {
    let world = World::new();
    let id = organization_id("acme").to_u128().to_be_bytes();
    let expected = Digest::of([&b"tenantry:login:"[..], &id[..], LIN.as_bytes()]);
    assert_eq!(hash(&world, LIN), expected);
    assert_ne!(hash(&world, "Lin@acme.example"), expected);
    assert_ne!(hash(&World::named("other"), LIN), expected);
}

#[test]
fn an_erased_login_finds_its_person_and_is_nobodys_login() {
    let world = World::new();
    world.apply_set(&signing_in("lin", row(1, Purpose::Login, LIN))).unwrap();
    let by_erased = || world.read(|all| all.sub_account_by_erased_login(&login(LIN)));
    let by_login = || world.read(|all| all.sub_account_by_login(login(LIN)));
    let lin = Some(sub_account_id("lin"));
    assert_eq!((by_login(), by_erased()), (lin, None));

    world.status("lin", Status::Removed);
    world.put(SubAccount { status: Status::Removed, ..erased(&world, "lin", LIN) });
    assert_eq!((by_login(), by_erased()), (None, lin));
    let stored = support::encoded(&world.organization());
    assert!(!stored.contains(LIN), "{stored}");
    let read: Organization = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, world.organization());
    assert_eq!(read.sub_account_by_erased_login(&login(LIN)), lin);

    // The person comes back with the same login, and with another it is somebody else's hash no more.
    let back = row(2, Purpose::Login, LIN);
    world.apply_set(&signing_in("lin", back)).unwrap();
    assert_eq!((by_login(), by_erased()), (lin, None));
    world.put(erased(&world, "lin", LIN));
    world.put(erased(&world, "lin", "lin@new.example"));
    assert_eq!((by_login(), by_erased()), (None, None));
    world.apply_set(&signing_in("wu", row(3, Purpose::Login, LIN))).unwrap();
    assert_eq!(by_login(), Some(sub_account_id("wu")));
}

#[test]
fn nobody_else_takes_an_erased_login() {
    let world = World::new();
    world.put(erased(&world, "lin", LIN));
    // Not as a login, not as an erased one; not by who is new, not by who was there.
    world.member("wu");
    for who in ["new", "wu"] {
        let taking = signing_in(who, row(1, Purpose::Login, LIN));
        assert_eq!(world.apply_set(&taking), Err(taken_by("lin")), "{who}");
        world.refuses([put(erased(&world, who, LIN))], taken_by("lin"));
    }
    world.apply_set(&signing_in("wu", row(2, Purpose::Login, "wu@acme.example"))).unwrap();
    // A login that somebody has was not erased with another.
    for who in ["new", "lin"] {
        world.refuses([put(erased(&world, who, "wu@acme.example"))], taken_by("wu"));
    }
    // Anything else about who was erased may change; the same hash put again is no second one.
    world.put(SubAccount { labels: [support::label("vip")].into(), ..erased(&world, "lin", LIN) });
    // Let go in the same set, it is free.
    let free = row(3, Purpose::Login, LIN);
    let set = [put(known_as("lin", None)), put(known_as("new", Some(&free)))];
    world.apply_set(&with_rows(set, vec![free])).unwrap();
    let holder = world.read(|all| all.sub_account_by_login(login(LIN)));
    assert_eq!(holder, Some(sub_account_id("new")));
    assert_eq!(world.read(|all| all.sub_account_by_erased_login(&login(LIN))), None);
}

#[test]
fn a_former_login_finds_everybody_who_had_it_and_may_be_anybodys() {
    let world = World::new();
    let had = |who, texts: &[&str]| {
        let former_logins = texts.iter().map(|text| hash(&world, text)).collect();
        SubAccount { former_logins, ..known_as(who, None) }
    };
    let found =
        |text| world.read(|all| all.sub_accounts_by_former_login(&login(text)).collect::<Vec<_>>());
    let ids = |who: &[&str]| {
        let mut ids: Vec<_> = who.iter().map(|who| sub_account_id(who)).collect();
        ids.sort_unstable();
        ids
    };
    world.put(had("lin", &[LIN, "old"]));
    world.put(had("wu", &[LIN]));
    world.put(SubAccount {
        former_logins: [hash(&world, LIN)].into(),
        ..erased(&world, "zoe", "z")
    });
    assert_eq!((found(LIN), found("old")), (ids(&["lin", "wu", "zoe"]), ids(&["lin"])));
    assert_eq!(found("new"), []);
    world.apply_set(&signing_in("mei", row(1, Purpose::Login, LIN))).unwrap();
    world.put(had("lin", &["old", "older"]));
    assert_eq!((found(LIN), found("older")), (ids(&["wu", "zoe"]), ids(&["lin"])));
    // The index is the same when it is built from what is stored.
    let stored = support::encoded(&world.organization());
    assert_eq!(serde_json::from_str::<Organization>(&stored).unwrap(), world.organization());
}

#[test]
fn there_is_a_login_or_the_hash_of_one_never_both() {
    let world = World::new();
    let known = row(1, Purpose::Login, LIN);
    let both = SubAccount { erased: Some(hash(&world, "x")), ..known_as("lin", Some(&known)) };
    let refused = StructureError::ErasedWithLogin(sub_account_id("lin"));
    let set = with_rows([put(both.clone())], vec![known.clone()]);
    assert_eq!(world.apply_set(&set), Err(refused.clone()));
    world.apply_set(&signing_in("lin", known)).unwrap();
    world.refuses([put(both.clone())], refused.clone());
    world.put(erased(&world, "lin", LIN));
    world.refuses([put(both)], refused);
}

#[test]
fn at_rest_no_login_is_two_persons() {
    let world = World::new();
    world.apply_set(&signing_in("lin", row(1, Purpose::Login, LIN))).unwrap();
    world.put(erased(&world, "wu", "wu@acme.example"));
    world.put(known_as("zoe", None));
    let good = serde_json::to_value(world.organization()).unwrap();
    assert!(serde_json::from_value::<Organization>(good.clone()).is_ok());
    for text in [LIN, "wu@acme.example"] {
        let mut spoiled = good.clone();
        let people = spoiled["sub_accounts"].as_array_mut().unwrap();
        let zoe = people.last_mut().unwrap();
        zoe["erased"] = serde_json::to_value(hash(&world, text)).unwrap();
        assert!(serde_json::from_value::<Organization>(spoiled).is_err(), "{text}");
    }
}

#[test]
fn erasing_replays_without_the_rows_that_are_gone() {
    let world = World::new();
    let first = row(1, Purpose::Login, LIN);
    let back = row(2, Purpose::Login, LIN);
    let profile = tenantry::model::Profile::new(support::name("acme"));
    let changes = [
        put(known_as("lin", Some(&first))),
        put(erased(&world, "lin", LIN)),
        put(known_as("lin", Some(&back))),
    ];
    let history = |first_rows: Vec<PersonalRow>| {
        let mut all = Organization::create(organization_id("acme"), &set([put(profile.clone())]))?;
        all.apply(&with_rows([changes[0].clone()], first_rows))?;
        all.apply(&set([changes[1].clone()]))?;
        all.apply(&with_rows([changes[2].clone()], vec![back.clone()]))?;
        Ok::<_, StructureError>(all)
    };
    let (whole, without) = (history(vec![first]).unwrap(), history(Vec::new()).unwrap());
    assert_eq!(whole, without);
    assert_eq!(without.sub_account_by_login(login(LIN)), Some(sub_account_id("lin")));
}
