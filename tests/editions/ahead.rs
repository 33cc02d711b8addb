//! Where a process cannot decide by the catalog in force, it decides and commits nothing.

use std::error::Error;

use tenantry::directory::{CatalogUnusable, CommitError, LoadError};
use tenantry::model::record::{
    Actor, CatalogText, Chain, Checkpoint, Commit, DecodeError, Entry, Expected, InForce,
    RecordBody,
};
use tenantry::store::Store;
use tenantry::{
    CommitId, Decision, Directory, Organization, PermissionName, PermissionNames, Permissions,
    Reason,
};

use crate::setup::{First, Second, World, acme_root, changed, first, login, second, text};

/// Brings a catalog by a record that changes nothing, as a process of a later release does.
fn bring(world: &World, catalog: &CatalogText) -> Chain {
    let (chain, organization) = read(world);
    let entry = Entry {
        time: organization.time(),
        actor: Actor::system("later").unwrap(),
        actions: Vec::new(),
        changes: Vec::new(),
    };
    let (record, next) = chain.append(entry, catalog).unwrap();
    let commit = Commit {
        organization: world.acme,
        expected: Expected::At(chain.revision().unwrap()),
        id: CommitId::from_u128(u128::from(chain.revision().unwrap().number())),
        record,
        personal: Vec::new(),
        erase: Vec::new(),
    };
    world.store.commit(&commit).unwrap();
    next
}

/// The chain of all records, and the organization, as the store has them.
fn read(world: &World) -> (Chain, Organization) {
    let stored = world.store.load(world.acme).unwrap().unwrap();
    let start = stored.checkpoint.map(|it| it.open(&stored.tail.personal).unwrap());
    let (organization, chain) = match start {
        Some((organization, chain)) => (Some(organization), chain),
        None => (None, Chain::new(world.acme)),
    };
    let chain =
        stored.tail.records.iter().fold(chain, |chain, record| chain.follow(record).unwrap().1);
    // Only its time matters, and a fresh process can always read it under what it knows.
    let organization = organization
        .unwrap_or_else(|| world.old.snapshot(world.acme).unwrap().organization().clone());
    (chain, organization)
}

/// Says nothing, changes nothing, and says why.
#[track_caller]
fn is_shut<P: Permissions>(
    directory: &Directory<P>,
    world: &World,
    permission: P,
    is_it: impl Fn(&CatalogUnusable) -> bool,
) {
    match directory.refresh(world.acme).unwrap_err() {
        LoadError::CatalogAhead { organization, own, reason, .. } => {
            assert_eq!((organization, own), (world.acme, directory.catalog().edition()));
            assert!(is_it(&reason), "{reason:?}");
        }
        error => panic!("{error}"),
    }
    let reason = directory.check(world.acme, world.owner, permission, acme_root()).reason();
    assert!(matches!(reason, Some(Reason::Unavailable | Reason::NotLoaded)), "{reason:?}");
    let ahead = |error: &LoadError| matches!(error, LoadError::CatalogAhead { .. });
    let host = directory.system("test");
    let error = host.administer(world.acme).create_team("Team").unwrap_err();
    assert!(matches!(&error, CommitError::Load(error) if ahead(error)), "{error}");
    let error = directory.adopt_catalog(world.acme).unwrap_err();
    assert!(matches!(&error, CommitError::Load(error) if ahead(error)), "{error}");
    assert!(ahead(&directory.catalog_in_force(world.acme).unwrap_err()));
}

fn too_many() -> CatalogText {
    changed(second(2).document(), |document| {
        let any = document.permissions[0].clone();
        document.permissions.extend((0..130).map(|number| tenantry::catalog::PermissionDocument {
            name: PermissionName::new(format!("MORE{number}")).unwrap(),
            ..any.clone()
        }));
        for role in &mut document.roles {
            role.any = PermissionNames::Full;
        }
    })
}

#[test]
fn k5_a_process_that_cannot_decide_by_the_catalog_in_force_decides_nothing() {
    let later = second(2).text().as_str().replacen("\"format\":1", "\"format\":1,\"later\":1", 1);
    let edition = second(2).text().as_str().replacen("\"edition\":2", "\"edition\":\"two\"", 1);
    for (catalog, told) in [
        (too_many(), Some("bits")),
        (text(&later), None),
        (text(&edition), None),
        (text(r#"{"edition":9}"#), None),
    ] {
        let world = World::new();
        let loaded = world.restarted();
        bring(&world, &catalog);
        let is_it = |reason: &CatalogUnusable| matches!(reason, CatalogUnusable::Projection(_));
        // One that had it loaded, and one that had not.
        is_shut(&loaded, &world, First::VIEW, is_it);
        let fresh = world.process(&first(1));
        is_shut(&fresh, &world, First::VIEW, is_it);
        let reason = loaded.check(world.acme, world.owner, First::VIEW, acme_root()).reason();
        assert_eq!(reason, Some(Reason::Unavailable));
        // `tend` goes on with the others.
        loaded.create_organization("Other", &login("other")).unwrap();
        loaded.refresh_all().unwrap();
        let error = loaded.snapshot(world.acme).unwrap_err();
        let source = error.source().unwrap();
        assert!(told.is_none_or(|told| source.to_string().contains(told)), "{source}");
    }
}

#[test]
fn k5_a_later_catalog_opens_what_an_unreadable_one_shut() {
    let world = World::new();
    let loaded = world.restarted();
    bring(&world, &too_many());
    loaded.refresh(world.acme).unwrap_err();
    let new = world.process(&second(3));
    new.adopt_catalog(world.acme).unwrap();
    let snapshot = loaded.refresh(world.acme).unwrap();
    assert_eq!(snapshot.check(world.owner, First::VIEW, acme_root()), Decision::Allow);
    assert_eq!(snapshot.catalog().edition(), 3);
}

#[test]
fn k5_a_record_under_a_catalog_that_nobody_has_brought_shuts() {
    let world = World::new();
    let (chain, organization) = read(&world);
    let entry = Entry {
        time: organization.time(),
        actor: Actor::system("later").unwrap(),
        actions: Vec::new(),
        changes: Vec::new(),
    };
    let (record, _) = chain.append(entry, second(2).text()).unwrap();
    let mut body: serde_json::Value = serde_json::from_slice(&record).unwrap();
    body.as_object_mut().unwrap().remove("document").unwrap();
    let expected = Expected::At(chain.revision().unwrap());
    let record: std::sync::Arc<[u8]> = serde_json::to_vec(&body).unwrap().into();
    let record = {
        // The fields in their order.
        let body: RecordBody = serde_json::from_slice(&record).unwrap();
        body.encode().unwrap()
    };
    let commit = Commit {
        organization: world.acme,
        expected,
        id: CommitId::from_u128(99),
        record,
        personal: Vec::new(),
        erase: Vec::new(),
    };
    world.store.commit(&commit).unwrap();
    let is_it = |reason: &CatalogUnusable| matches!(reason, CatalogUnusable::NotKept);
    is_shut(&world.old, &world, First::VIEW, is_it);
    is_shut(&world.process(&second(3)), &world, Second::VIEW, is_it);
    let stored = world.store.load(world.acme).unwrap().unwrap();
    let follow = |chain: Chain, record| chain.follow(record).unwrap().1;
    let chain = stored.tail.records.iter().fold(Chain::new(world.acme), follow);
    assert_eq!(chain.in_force(), InForce::Missing(second(2).fingerprint()));
}

/// Catalogs without editions, as histories of earlier releases have them: the one that came last.
#[test]
fn k5_of_catalogs_without_an_edition_the_one_that_came_last_is_in_force() {
    let world = World::under(&first(0));
    let other = changed(second(0).document(), |_| {});
    let chain = bring(&world, &other);
    assert_eq!(chain.in_force(), InForce::Catalog(other.fingerprint()));
    // Written again under the first, which stays what it was.
    let chain = bring(&world, first(0).text());
    assert_eq!(chain.in_force(), InForce::Catalog(other.fingerprint()));
    let edition = |directory: &Directory<First>| {
        directory.refresh(world.acme).unwrap().catalog().fingerprint()
    };
    assert_eq!(edition(&world.old), other.fingerprint());
    assert_eq!(edition(&world.restarted()), other.fingerprint());
    // A checkpoint says so, and only where nobody could tell otherwise.
    let snapshot = world.old.snapshot(world.acme).unwrap();
    let checkpoint = Checkpoint::new(snapshot.organization(), &chain).unwrap();
    let said = format!("\"in_force\":\"{}", "");
    assert!(String::from_utf8_lossy(&checkpoint.bytes).contains(&said));
    world.old.checkpoint(world.acme).unwrap();
    assert_eq!(edition(&world.restarted()), other.fingerprint());
    let (_, read) = checkpoint.open(&[]).unwrap();
    assert_eq!(read, chain);
    let next = world.process(&second(1));
    next.adopt_catalog(world.acme).unwrap();
    let chain = read_chain(&world);
    let snapshot = next.snapshot(world.acme).unwrap();
    let checkpoint = Checkpoint::new(snapshot.organization(), &chain).unwrap();
    assert!(!String::from_utf8_lossy(&checkpoint.bytes).contains(&said));
    assert_eq!(checkpoint.open(&[]).unwrap().1.in_force(), chain.in_force());
}

fn read_chain(world: &World) -> Chain {
    let stored = world.store.load(world.acme).unwrap().unwrap();
    let start = stored.checkpoint.map(|it| it.open(&stored.tail.personal).unwrap().1);
    let start = start.unwrap_or_else(|| Chain::new(world.acme));
    stored.tail.records.iter().fold(start, |chain, record| chain.follow(record).unwrap().1)
}

#[test]
fn k5_a_checkpoint_that_does_not_say_which_came_last_waits_for_a_higher_edition() {
    let world = World::under(&first(0));
    let chain = bring(&world, &changed(second(0).document(), |_| {}));
    let snapshot = world.old.refresh(world.acme).unwrap();
    let told = Checkpoint::new(snapshot.organization(), &chain).unwrap();
    let with = |change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
        // Not in the order of the fields, which no reader depends on; catalogs keep their bytes.
        let json = String::from_utf8(told.bytes.to_vec()).unwrap();
        let start = json.find(",\"in_force\":").unwrap();
        let end = start + 1 + json[start + 1..].find(',').unwrap();
        let mut field = serde_json::Map::new();
        change(&mut field);
        let field = field.get("in_force").map(|it| format!(",\"in_force\":{it}"));
        let bytes = format!("{}{}{}", &json[..start], field.unwrap_or_default(), &json[end..]);
        Checkpoint { bytes: bytes.into_bytes().into(), ..told.clone() }
    };
    let untold = with(&|_| {});
    assert_eq!(untold.open(&[]).unwrap().1.in_force(), InForce::Untold);
    world.store.checkpoint(&untold).unwrap();
    let is_it = |reason: &CatalogUnusable| matches!(reason, CatalogUnusable::Untold);
    // R has become AN in one of them, which may be the one in force.
    for edition in [0, 1] {
        is_shut(&world.process(&first(edition)), &world, First::VIEW, is_it);
    }
    let next = world.process(&second(1));
    next.adopt_catalog(world.acme).unwrap();
    let snapshot = world.restarted().snapshot(world.acme).unwrap();
    assert_eq!(snapshot.catalog().edition(), 1);
    // One that is not there, or not of the highest edition, is none.
    let nobody = with(&|field| {
        field.insert("in_force".to_owned(), serde_json::to_value(first(9).fingerprint()).unwrap());
    });
    assert!(matches!(nobody.open(&[]), Err(DecodeError::Corrupt(_))));
}
