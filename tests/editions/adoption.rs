//! How a catalog comes into force, and which does not.

use tenantry::catalog::SuccessionError;
use tenantry::directory::{Adoption, CatalogStanding, CommitError};
use tenantry::model::record::{Actor, InForce, RecordBody};
use tenantry::store::Store;
use tenantry::{Decision, PermissionName, Reason};

use crate::ahead::bring;
use crate::setup::{First, Second, World, acme_root, first, first_builder, second, second_builder};

#[test]
fn c3_a_process_ahead_decides_by_its_own_and_brings_it_with_its_first_commit() {
    let world = World::new();
    let new = world.process(&second(2));
    let snapshot = new.snapshot(world.acme).unwrap();
    assert_eq!(snapshot.check(world.agent, Second::SEND, acme_root()), Decision::Allow);
    assert_eq!(new.catalog_in_force(world.acme).unwrap().own, CatalogStanding::Ahead);
    let standing = world.old.catalog_in_force(world.acme).unwrap();
    assert_eq!((standing.edition, standing.own), (1, CatalogStanding::InForce));
    new.system("test").administer(world.acme).create_workspace("Support").unwrap();
    assert_eq!(new.catalog_in_force(world.acme).unwrap().own, CatalogStanding::InForce);
    world.old.refresh(world.acme).unwrap();
    let standing = world.old.catalog_in_force(world.acme).unwrap();
    assert_eq!((standing.edition, standing.fingerprint), (2, second(2).fingerprint()));
    let behind = SuccessionError::Behind { in_force: 2, own: 1 };
    assert_eq!(standing.own, CatalogStanding::Behind(behind));
}

#[test]
fn c3_adopting_is_a_record_of_the_hosts_that_changes_nothing_and_is_made_once() {
    let world = World::new();
    let before = world.old.snapshot(world.acme).unwrap();
    assert_eq!(world.old.adopt_catalog(world.acme).unwrap(), Adoption::InForce);
    let new = world.process(&second(2));
    let made = before.revision().next();
    assert_eq!(new.adopt_catalog(world.acme).unwrap(), Adoption::Adopted(made));
    assert_eq!(new.adopt_catalog(world.acme).unwrap(), Adoption::InForce);
    // Another process of the same release finds it done.
    let other = world.process(&second(2));
    assert_eq!(other.adopt_catalog(world.acme).unwrap(), Adoption::InForce);
    let after = new.snapshot(world.acme).unwrap();
    assert_eq!(after.revision(), made);
    let plain = |snapshot: &tenantry::Organization| {
        let mut json = serde_json::to_value(snapshot).unwrap();
        let fields = json.as_object_mut().unwrap();
        assert!(fields.remove("revision").is_some() && fields.remove("time").is_some());
        json
    };
    assert_eq!(plain(after.organization()), plain(before.organization()));
    let stored = world.store.load(world.acme).unwrap().unwrap();
    let body = RecordBody::decode(&stored.tail.records.last().unwrap().bytes).unwrap();
    assert!(matches!(body.actor, Actor::System(_)) && body.changes.is_empty());
    assert_eq!(body.actions, ["adopt edition 2 of the catalog"]);
    assert_eq!(body.document.unwrap().fingerprint(), second(2).fingerprint());
}

#[test]
fn c1_a_process_behind_adopts_nothing_and_never_brings_its_own_back() {
    let world = World::new();
    let new = world.process(&second(2));
    new.adopt_catalog(world.acme).unwrap();
    let error = world.old.adopt_catalog(world.acme).unwrap_err();
    let behind = SuccessionError::Behind { in_force: 2, own: 1 };
    assert!(matches!(error, CommitError::Catalog(error) if error == behind));
    for number in 0..3 {
        world.member(&format!("member{number}"));
        let (old, new) = (&world.old, &new);
        assert_eq!(old.catalog_in_force(world.acme).unwrap().edition, 2);
        new.system("test").administer(world.acme).create_team("Team").unwrap();
        new.refresh(world.acme).unwrap();
        assert_eq!(new.catalog_in_force(world.acme).unwrap().own, CatalogStanding::InForce);
    }
}

/// Whoever forgets to raise the edition is told, and takes nothing from what is in force.
#[test]
fn c3_of_two_contents_of_one_edition_the_one_that_is_stored_stays() {
    for edition in [0, 5] {
        let world = World::under(&first(edition));
        let new = world.process(&second(edition));
        let reused = SuccessionError::EditionReused { edition };
        let error = new.adopt_catalog(world.acme).unwrap_err();
        assert!(matches!(&error, CommitError::Catalog(error) if *error == reused), "{error}");
        assert!(error.to_string().contains("raise the edition"), "{error}");
        let standing = new.catalog_in_force(world.acme).unwrap();
        assert_eq!(standing.fingerprint, first(edition).fingerprint());
        assert_eq!(standing.own, CatalogStanding::Behind(reused));
        // Nothing is down. What is new is not there yet, and what was renamed is what it was.
        let snapshot = new.snapshot(world.acme).unwrap();
        let asked = |permission| snapshot.check(world.agent, permission, acme_root());
        assert_eq!(asked(Second::AN), Decision::Allow);
        assert_eq!(asked(Second::SEND), Decision::Deny(Reason::UnknownPermission));
        let host = new.system("test");
        host.administer(world.acme).deny(world.agent, Second::AN, acme_root()).unwrap();
        assert_eq!(world.old(world.agent, First::R), Decision::Deny(Reason::Denied));
        assert_eq!(
            new.catalog_in_force(world.acme).unwrap().fingerprint,
            first(edition).fingerprint()
        );
        // The next edition is the way out.
        let next = world.process(&second(edition + 1));
        next.adopt_catalog(world.acme).unwrap();
        assert_eq!(world.old(world.agent, First::R), Decision::Deny(Reason::Denied));
    }
}

#[test]
fn c3_a_catalog_that_uses_a_retired_name_for_something_else_is_not_introduced() {
    let world = World::new();
    let new = world.process(&second(2));
    new.system("test").administer(world.acme).deny(world.agent, Second::AN, acme_root()).unwrap();
    // The old content, which does not say what AN was.
    let back = world.process(&first(3));
    let name = |name| PermissionName::new(name).unwrap();
    let retired = SuccessionError::NameRetired {
        permission: name("R"),
        name: name("R"),
        present: name("AN"),
    };
    let error = back.adopt_catalog(world.acme).unwrap_err();
    assert!(matches!(&error, CommitError::Catalog(error) if *error == retired), "{error}");
    let standing = back.catalog_in_force(world.acme).unwrap();
    assert_eq!((standing.edition, standing.own), (2, CatalogStanding::Behind(retired)));
    // It decides, and writes, by what is in force.
    let snapshot = back.snapshot(world.acme).unwrap();
    let denied = Decision::Deny(Reason::Denied);
    assert_eq!(snapshot.check(world.agent, First::R, acme_root()), denied);
    back.system("test").administer(world.acme).create_team("Team").unwrap();
    assert_eq!(world.old(world.agent, First::R), denied);
    assert_eq!(world.old.catalog_in_force(world.acme).unwrap().edition, 2);
    // After a checkpoint nobody has forgotten.
    new.refresh(world.acme).unwrap();
    new.checkpoint(world.acme).unwrap();
    let again = world.process(&first(3));
    again.adopt_catalog(world.acme).unwrap_err();
    let right = world.process(&first_builder(3).formerly(First::R, "AN").build().unwrap());
    right.adopt_catalog(world.acme).unwrap();
}

/// As only a process could that does not know editions.
#[test]
fn c1_a_lower_edition_that_comes_later_is_not_in_force() {
    let world = World::new();
    let new = world.process(&second(2));
    new.adopt_catalog(world.acme).unwrap();
    let earlier = first_builder(1).needs(First::R, First::VIEW).build().unwrap();
    let chain = bring(&world, earlier.text());
    assert_eq!(chain.in_force(), InForce::Catalog(second(2).fingerprint()));
    assert_eq!(chain.catalogs().count(), 3);
    for directory in [&world.old, &world.restarted()] {
        let snapshot = directory.refresh(world.acme).unwrap();
        assert_eq!(snapshot.catalog().edition(), 2);
    }
    let standing = new.catalog_in_force(world.acme).unwrap();
    assert_eq!(standing.own, CatalogStanding::InForce);
    let standing = world.process(&earlier).catalog_in_force(world.acme).unwrap();
    assert_eq!(standing.edition, 2);
}

#[test]
fn c1_an_organization_switches_when_another_process_has_adopted() {
    // The middle one is behind, in force and behind again in the course of a minute.
    let world = World::new();
    let middle = world.process(&second(2));
    let last = second_builder(3).needs(Second::AN, Second::EXPORT).build().unwrap();
    let last = world.process(&last);
    let an = || {
        let snapshot = middle.refresh(world.acme).unwrap();
        (snapshot.catalog().edition(), snapshot.check(world.agent, Second::AN, acme_root()))
    };
    assert_eq!(an(), (2, Decision::Allow));
    last.adopt_catalog(world.acme).unwrap();
    assert_eq!(an(), (3, Decision::Deny(Reason::PrerequisiteMissing)));
    // Read in one go with what was committed before and after.
    world.member("carol");
    let host = last.system("test");
    host.administer(world.acme).grant(world.agent, Second::EXPORT, acme_root()).unwrap();
    assert_eq!(an(), (3, Decision::Allow));
    let fresh = world.process(&second(2));
    let snapshot = fresh.snapshot(world.acme).unwrap();
    assert_eq!(snapshot.catalog().edition(), 3);
}
