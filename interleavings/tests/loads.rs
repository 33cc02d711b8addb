//! Many who ask for what is not loaded.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shuttle::thread;

use crate::setup::*;
use tenantry::directory::LoadError;

#[test]
fn however_many_ask_the_store_is_asked_once() {
    explore(|| {
        let house = House::new();
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let seen = house.directory.snapshot(house.organization).unwrap();
                    house.assert_whole(&seen);
                    assert!(house.hears(Permission::LEFT).is_allow(), "visible when it returns");
                });
            }
        });
        assert_eq!(house.store.loads(), 1);
        assert_eq!(house.directory.loaded(), 1);
    });
}

#[test]
fn a_load_that_fails_wakes_all_who_wait_and_the_next_one_is_tried() {
    explore(|| {
        let house = House::new();
        house.store.fail_once();
        let failed = thread::scope(|scope| {
            let ask = || house.directory.snapshot(house.organization).map(drop);
            let asking = [(); 3].map(|()| scope.spawn(ask));
            let heard = asking.map(|it| it.join().unwrap());
            let is_failure = |it: &Result<(), LoadError>| {
                assert!(matches!(it, Ok(()) | Err(LoadError::Store(_))), "{it:?}");
                it.is_err()
            };
            heard.iter().filter(|it| is_failure(it)).count()
        });
        // All of them at once, or the first alone and the others after it.
        assert!(failed > 0);
        assert!(house.store.loads() <= 2);
        house.directory.snapshot(house.organization).unwrap();
        assert_eq!(house.store.loads(), 2);
    });
}

#[test]
fn a_loader_that_panics_leaves_nobody_asleep() {
    explore(|| {
        let house = House::new();
        house.store.panic_once();
        let panicked = thread::scope(|scope| {
            let load = || house.directory.snapshot(house.organization).map(drop);
            let ask = move || catch_unwind(AssertUnwindSafe(load)).ok();
            let asking = [(); 3].map(|()| scope.spawn(ask));
            let heard = asking.map(|it| it.join().unwrap());
            for heard in heard.iter().flatten() {
                assert!(matches!(heard, Ok(()) | Err(LoadError::Abandoned(_))), "{heard:?}");
            }
            heard.iter().filter(|it| it.is_none()).count()
        });
        assert_eq!(panicked, 1);
        house.directory.snapshot(house.organization).unwrap();
        assert!(house.hears(Permission::LEFT).is_allow());
    });
}

#[test]
fn whoever_asks_for_the_latest_is_not_given_what_was_read_before_they_asked() {
    // They came while a load was under way that had asked the store already.
    explore(|| {
        let house = House::new();
        let elsewhere = house.elsewhere();
        at_once(
            || house.directory.snapshot(house.organization).map(drop).unwrap(),
            || {
                house.revoke_in(&elsewhere);
                let latest = house.directory.refresh(house.organization).unwrap();
                assert_eq!(latest.revision(), revision(3));
                assert!(!house.hears(Permission::LEFT).is_allow());
            },
        );
        assert!(!house.hears(Permission::LEFT).is_allow());
    });
}
