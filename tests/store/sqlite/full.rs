//! No room: a typed error, and nothing lost.

use tenantry::model::record::Purpose;
use tenantry::store::{SqliteStore, Store, StoreError};

use crate::commits::{ACME, commit, loaded, revision, row};
use crate::scratch::Scratch;

#[test]
fn s8_a_full_store_refuses_and_loses_nothing() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let store = SqliteStore::options().max_bytes(256 << 10).open(&path).unwrap();
    let mut number = 0;
    let refused = loop {
        let mut next = commit(ACME, number + 1, &[7; 9_000]);
        next.personal.push(row(number.into(), Purpose::Login, &format!("{number}@acme.example")));
        match store.commit(&next) {
            Ok(_) => number += 1,
            Err(StoreError::Unavailable(_)) => break next,
            Err(other) => panic!("{other:?}"),
        }
    };
    assert!(number > 5, "only {number} commits fit");
    let login = refused.personal[0].value().parse().unwrap();
    let expected: Vec<_> = (1..=number).collect();
    for _ in 0..3 {
        assert!(matches!(store.commit(&refused), Err(StoreError::Unavailable(_))));
        assert_eq!(loaded(&store, ACME), expected);
        assert_eq!(store.organizations_of(&login).unwrap(), []);
    }
    let small = store.commit(&commit(ACME, number + 1, b"small"));
    assert!(matches!(small, Ok(_) | Err(StoreError::Unavailable(_))), "{small:?}");
    let present = store.revisions(&[ACME]).unwrap()[0].unwrap();
    drop(store);
    assert!(path.metadata().unwrap().len() <= 256 << 10);

    // With room, what was refused lands, unless something else came first.
    let store = SqliteStore::open(&path).unwrap();
    match store.commit(&refused) {
        Ok(landed) => assert_eq!(landed, revision(number + 1)),
        Err(StoreError::Conflict { actual }) => assert_eq!(actual, Some(present)),
        Err(other) => panic!("{other:?}"),
    }
    assert_eq!(loaded(&store, ACME), (1..=number + 1).collect::<Vec<_>>());
}

#[test]
fn s12_archiving_makes_room() {
    let scratch = Scratch::new();
    let path = scratch.file("access.db");
    let store = SqliteStore::options().max_bytes(256 << 10).open(&path).unwrap();
    for number in 1..=200 {
        let next = commit(ACME, number, &[7; 9_000]);
        store.commit(&next).unwrap();
        store
            .checkpoint(&tenantry::model::record::Checkpoint {
                organization: ACME,
                revision: revision(number),
                bytes: (*b"whole").into(),
            })
            .unwrap();
        store.archive(ACME, revision(number)).unwrap();
    }
    assert_eq!(store.revisions(&[ACME]).unwrap(), [Some(revision(200))]);
}
