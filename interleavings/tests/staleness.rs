//! How long is answered with what the store has not confirmed.

use std::time::Duration;

use shuttle::thread;

use crate::setup::*;

#[test]
fn what_the_store_said_counts_from_when_it_was_asked() {
    // A right is revoked elsewhere in the first five seconds. Ten seconds is the longest that an answer may be behind, so from
    // the sixteenth on nobody may hear of it. Somebody may have been told before the revocation that nothing was newer, and
    // have noted it long after.
    explore(|| {
        let house = House::with(|it| it.with_max_staleness(Duration::from_secs(10))).loaded();
        let elsewhere = house.elsewhere();
        thread::scope(|scope| {
            scope.spawn(|| house.directory.refresh_all().unwrap());
            scope.spawn(|| house.directory.refresh(house.organization).map(drop).unwrap());
            scope.spawn(|| {
                for _ in 0..3 {
                    let (before, heard) = (house.clock.seconds(), house.hears(Permission::LEFT));
                    assert!(!(before >= 16 && heard.is_allow()), "allowed in second {before}");
                }
            });
            house.clock.set(5);
            house.revoke_in(&elsewhere);
            house.clock.set(16);
        });
        assert!(!house.hears(Permission::LEFT).is_allow());
        house.directory.refresh_all().unwrap();
        assert!(house.hears(Permission::RIGHT).is_allow(), "confirmed, and fresh again");
    });
}

#[test]
fn what_is_asked_for_while_it_is_stale_is_confirmed_first() {
    explore(|| {
        let house = House::with(|it| it.with_max_staleness(Duration::from_secs(10))).loaded();
        let elsewhere = house.elsewhere();
        house.revoke_in(&elsewhere);
        house.clock.set(16);
        let ask = || {
            let seen = house.directory.snapshot(house.organization).unwrap();
            assert_eq!(seen.revision(), revision(3));
            assert!(house.hears(Permission::RIGHT).is_allow());
        };
        at_once(ask, ask);
    });
}
