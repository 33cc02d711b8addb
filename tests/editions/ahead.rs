//! Where a process cannot decide by the catalog in force, it decides and commits nothing.

use std::error::Error;
use std::sync::Arc;

use tenantry::directory::{CatalogUnusable, CommitError, LoadError};
use tenantry::model::record::{
    Actor, CatalogText, Chain, Checkpoint, Commit, DecodeError, Digest, Entry, Expected, InForce,
    RecordBody,
};
use tenantry::store::Store;
use tenantry::{
    CommitId, Decision, Directory, PermissionName, PermissionNames, Permissions, Reason,
};

use crate::setup::{
    First, Second, World, acme_root, changed, first, login, second, second_builder, text,
};

/// Brings a catalog by a record that changes nothing, as a process of another release does.
pub(crate) fn bring(world: &World, catalog: &CatalogText) -> Chain {
    let chain = chain(world);
    let (record, next) = chain.append(nothing(world), catalog).unwrap();
    commit(world, &chain, record);
    next
}

/// An entry that changes nothing.
fn nothing(world: &World) -> Entry {
    let records = world.store.load(world.acme).unwrap().unwrap().tail.records;
    Entry {
        time: RecordBody::decode(&records.last().unwrap().bytes).unwrap().time,
        actor: Actor::system("another").unwrap(),
        actions: Vec::new(),
        changes: Vec::new(),
    }
}

fn commit(world: &World, chain: &Chain, record: Arc<[u8]>) {
    let revision = chain.revision().unwrap();
    let commit = Commit {
        organization: world.acme,
        expected: Expected::At(revision),
        id: CommitId::from_u128(u128::from(revision.number())),
        record,
        personal: Vec::new(),
        erase: Vec::new(),
    };
    world.store.commit(&commit).unwrap();
}

/// The chain as the store has it.
fn chain(world: &World) -> Chain {
    let stored = world.store.load(world.acme).unwrap().unwrap();
    let start = stored.checkpoint.map(|it| it.open(&stored.tail.personal).unwrap().1);
    let start = start.unwrap_or_else(|| Chain::new(world.acme));
    stored.tail.records.iter().fold(start, |chain, record| chain.follow(record).unwrap().1)
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
fn c2_a_process_that_cannot_decide_by_the_catalog_in_force_decides_nothing() {
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
        // `maintain` goes on with the others.
        loaded.create_organization("Other", &login("other")).unwrap();
        loaded.refresh_all().unwrap();
        let error = loaded.snapshot(world.acme).unwrap_err();
        let source = error.source().unwrap();
        assert!(told.is_none_or(|told| source.to_string().contains(told)), "{source}");
    }
}

#[test]
fn c2_a_later_catalog_opens_what_an_unreadable_one_shut() {
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
fn c2_a_record_under_a_catalog_that_nobody_has_brought_shuts() {
    let world = World::new();
    let before = chain(&world);
    let (record, _) = before.append(nothing(&world), second(2).text()).unwrap();
    let mut body = RecordBody::decode(&record).unwrap();
    body.document = None;
    let record = body.encode().unwrap();
    commit(&world, &before, record);
    let is_it = |reason: &CatalogUnusable| matches!(reason, CatalogUnusable::NotKept);
    is_shut(&world.old, &world, First::VIEW, is_it);
    is_shut(&world.process(&second(3)), &world, Second::VIEW, is_it);
    assert_eq!(chain(&world).in_force(), InForce::Missing(second(2).fingerprint()));
}

/// Catalogs without editions, as histories of earlier releases have them: the one that came last.
#[test]
fn c1_of_catalogs_without_an_edition_the_one_that_came_last_is_in_force() {
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
    let says = |checkpoint: &Checkpoint| {
        String::from_utf8_lossy(&checkpoint.bytes).contains("\"in_force\":")
    };
    assert!(says(&checkpoint));
    world.old.checkpoint(world.acme).unwrap();
    assert_eq!(edition(&world.restarted()), other.fingerprint());
    let (_, read) = checkpoint.open(&[]).unwrap();
    assert_eq!(read, chain);
    let next = world.process(&second(1));
    next.adopt_catalog(world.acme).unwrap();
    let chain = self::chain(&world);
    let snapshot = next.snapshot(world.acme).unwrap();
    let checkpoint = Checkpoint::new(snapshot.organization(), &chain).unwrap();
    assert!(!says(&checkpoint));
    assert_eq!(checkpoint.open(&[]).unwrap().1.in_force(), chain.in_force());
}

#[test]
fn c1_a_checkpoint_that_does_not_say_which_came_last_waits_for_a_higher_edition() {
    let world = World::under(&first(0));
    let chain = bring(&world, &changed(second(0).document(), |_| {}));
    let snapshot = world.old.refresh(world.acme).unwrap();
    let told = Checkpoint::new(snapshot.organization(), &chain).unwrap();
    // The catalogs keep their bytes.
    let json = String::from_utf8(told.bytes.to_vec()).unwrap();
    let field = |fingerprint: Digest| {
        format!(",\"in_force\":{}", serde_json::to_string(&fingerprint).unwrap())
    };
    let InForce::Catalog(in_force) = chain.in_force() else { panic!("{:?}", chain.in_force()) };
    let with = |other: &str| {
        let json = json.replacen(&field(in_force), other, 1);
        Checkpoint { bytes: json.into_bytes().into(), ..told.clone() }
    };
    let untold = with("");
    assert_eq!(untold.open(&[]).unwrap().1.in_force(), InForce::Ambiguous);
    world.store.checkpoint(&untold).unwrap();
    let is_it = |reason: &CatalogUnusable| matches!(reason, CatalogUnusable::Ambiguous);
    // R has become AN in one of them, which may be the one in force.
    for edition in [0, 1] {
        is_shut(&world.process(&first(edition)), &world, First::VIEW, is_it);
    }
    // No name stands in the way of this one, only its edition.
    let other = second_builder(0).needs(Second::AN, Second::VIEW).build().unwrap();
    is_shut(&world.process(&other), &world, Second::VIEW, is_it);
    let next = world.process(&second(1));
    next.adopt_catalog(world.acme).unwrap();
    let snapshot = world.restarted().snapshot(world.acme).unwrap();
    assert_eq!(snapshot.catalog().edition(), 1);
    // One that is not there, or not of the highest edition, is none.
    let nobody = with(&field(first(9).fingerprint()));
    assert!(matches!(nobody.open(&[]), Err(DecodeError::Corrupt(_))));
}
