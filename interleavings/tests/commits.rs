//! Commits beside checks, and beside each other.

use std::sync::atomic::{AtomicBool, Ordering};

use shuttle::thread;

use crate::setup::*;
use tenantry::access::Query;
use tenantry::directory::{CommitError, Consistency};

#[test]
fn a_check_sees_one_revision_whole_and_none_that_is_older_than_the_one_before() {
    // Two assignments are exchanged in one commit. Whoever read the one before it and the other after it would find wu with
    // both, or with none.
    explore(|| {
        let house = House::new().loaded();
        thread::scope(|scope| {
            scope.spawn(|| {
                for from in 2..4 {
                    house.host().perform(house.swap(from)).unwrap();
                }
            });
            scope.spawn(|| {
                let ask = |permission| Query::new(house.wu, permission, house.organization);
                let questions = [ask(Permission::LEFT), ask(Permission::RIGHT)];
                for _ in 0..3 {
                    let heard = house.directory.check_all(house.organization, &questions);
                    let allowed = heard.iter().filter(|it| it.is_allow());
                    assert_eq!(allowed.count(), 1, "{heard:?}");
                }
            });
            let mut revision = Never::back();
            for _ in 0..3 {
                let seen = house.directory.snapshot(house.organization).unwrap();
                revision.sees(seen.revision());
                house.assert_whole(&seen);
            }
        });
        assert!(house.hears(Permission::LEFT).is_allow());
    });
}

#[test]
fn what_was_revoked_is_denied_from_the_moment_the_commit_returns_and_never_allowed_again() {
    // Two readers: one that knows of the commit, one that has merely seen it.
    explore(|| {
        let house = House::new().loaded();
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let revoked = house.host().perform(house.swap(2)).unwrap();
                assert_eq!(revoked.revision(), revision(3));
                is_done.store(true, Ordering::SeqCst);
            });
            scope.spawn(|| {
                for _ in 0..3 {
                    let was_done = is_done.load(Ordering::SeqCst);
                    let heard = house.hears(Permission::LEFT);
                    assert!(!(was_done && heard.is_allow()), "allowed after the commit returned");
                }
            });
            let mut denied = Never::back();
            for _ in 0..3 {
                denied.sees(!house.hears(Permission::LEFT).is_allow());
            }
        });
        assert!(!house.hears(Permission::LEFT).is_allow());
    });
}

#[test]
fn nobody_is_shown_what_the_store_has_not_acknowledged() {
    // Memory moved first, and when the append failed people had already acted on it.
    explore(|| {
        let house = House::new().loaded();
        thread::scope(|scope| {
            scope.spawn(|| house.host().perform(house.swap(2)).unwrap());
            for _ in 0..2 {
                let seen = house.directory.snapshot(house.organization).unwrap().revision();
                let stored = house.store.newest(house.organization);
                assert!(stored >= Some(seen), "shown {seen}, stored {stored:?}");
            }
        });
    });
}

#[test]
fn of_commits_at_once_none_is_lost() {
    // The second writer read before the first one wrote, and wrote back what it had read.
    explore(|| {
        let house = House::new();
        let create = |name: &str| {
            let workspace = house.host().create_workspace(name).unwrap();
            let seen = house.directory.snapshot(house.organization).unwrap();
            assert!(seen.organization().workspaces().get(&workspace).is_some(), "not visible");
            workspace
        };
        let (one, other) = at_once(|| create("one"), || create("other"));
        for seen in [
            house.directory.snapshot(house.organization).unwrap(),
            house.elsewhere().snapshot(house.organization).unwrap(),
        ] {
            assert_eq!(seen.revision(), revision(4));
            for workspace in [one, other] {
                assert!(seen.organization().workspaces().get(&workspace).is_some(), "lost");
            }
        }
    });
}

#[test]
fn of_plans_on_one_revision_exactly_one_is_committed() {
    explore(|| {
        let house = House::new();
        let [one, other] = [(); 2].map(|()| house.host().plan(house.swap(2)).unwrap());
        let commit = |plan| house.directory.commit(plan);
        let (one, other) = at_once(|| commit(one), || commit(other));
        assert!(one.is_ok() != other.is_ok(), "exactly one was committed");
        let refused = one.as_ref().err().or(other.as_ref().err()).unwrap();
        assert!(matches!(refused, CommitError::Conflict { planned } if *planned == revision(2)));
        let latest = house.directory.snapshot_with(house.organization, Consistency::Latest);
        let latest = latest.unwrap();
        assert_eq!(latest.revision(), revision(3));
        house.assert_whole(&latest);
    });
}

#[test]
fn a_checkpoint_takes_nothing_back() {
    // It notes how large it is beside the snapshot that it was made of; by then there may be a newer one.
    explore(|| {
        let house = House::new().loaded();
        let swap = || house.host().perform(house.swap(2)).unwrap();
        let checkpoint = || house.directory.checkpoint(house.organization).unwrap();
        let (_, made) = at_once(swap, checkpoint);
        assert!(made <= revision(3));
        assert!(!house.hears(Permission::LEFT).is_allow());
        let seen = house.directory.snapshot(house.organization).unwrap();
        assert_eq!(seen.revision(), revision(3));
        house.assert_whole(&seen);
    });
}
