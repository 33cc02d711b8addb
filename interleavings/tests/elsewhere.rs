//! Two directories over one store, as two processes of a service have them.

use shuttle::thread;
use tenantry::Directory;
use tenantry::access::{Decision, Reason};
use tenantry::directory::Consistency;

use crate::setup::*;

#[test]
fn refreshes_at_once_never_go_back() {
    // One refresh asked before the commit elsewhere, the other one after it, and the first was done last.
    explore(|| {
        let house = House::new().loaded();
        let elsewhere = house.elsewhere();
        thread::scope(|scope| {
            scope.spawn(|| house.revoke_in(&elsewhere));
            scope.spawn(|| house.directory.refresh(house.organization).map(drop).unwrap());
            scope.spawn(|| house.directory.refresh_all().unwrap());
            let (mut revision, mut denied) = (Never::back(), Never::back());
            for _ in 0..3 {
                denied.sees(!house.hears(Permission::LEFT).is_allow());
                let seen = house.directory.snapshot(house.organization).unwrap();
                house.assert_whole(&seen);
                revision.sees(seen.revision());
            }
        });
        house.directory.refresh_all().unwrap();
        assert!(!house.hears(Permission::LEFT).is_allow());
    });
}

#[test]
fn whoever_knows_of_a_commit_elsewhere_can_ask_for_it() {
    explore(|| {
        let house = House::new().loaded();
        let elsewhere = house.elsewhere();
        at_once(
            || {
                house.revoke_in(&elsewhere);
                for consistency in [Consistency::AtLeast(revision(3)), Consistency::Latest] {
                    let seen = house.directory.snapshot_with(house.organization, consistency);
                    assert_eq!(seen.unwrap().revision(), revision(3));
                    assert!(!house.hears(Permission::LEFT).is_allow(), "visible to checks too");
                }
            },
            || house.directory.refresh(house.organization).map(drop).unwrap(),
        );
    });
}

#[test]
fn commits_here_and_elsewhere_at_once_are_both_there() {
    explore(|| {
        let house = House::new();
        let elsewhere = house.elsewhere();
        let create = |directory: &Directory<Permission>, name: &str| {
            let host = directory.system("host").administer(house.organization);
            host.create_workspace(name).unwrap()
        };
        let (one, other) =
            at_once(|| create(&house.directory, "one"), || create(&elsewhere, "other"));
        for directory in [&house.directory, &elsewhere] {
            let seen = directory.refresh(house.organization).unwrap();
            assert_eq!(seen.revision(), revision(4));
            for workspace in [one, other] {
                assert!(seen.organization().workspaces().get(&workspace).is_some(), "lost");
            }
        }
    });
}

#[test]
fn a_commit_here_and_a_refresh_of_one_elsewhere_never_go_back() {
    // Each of them makes a revision visible; whichever is done first, the newer one stays.
    explore(|| {
        let house = House::new().loaded();
        let elsewhere = house.elsewhere();
        thread::scope(|scope| {
            scope.spawn(|| house.revoke_in(&elsewhere));
            scope.spawn(|| house.directory.refresh(house.organization).map(drop).unwrap());
            house.host().create_workspace("W").unwrap();
            let mut revision = Never::back();
            let seen = house.directory.snapshot(house.organization).unwrap();
            assert_eq!(seen.organization().workspaces().len(), 1, "not visible when it returned");
            revision.sees(seen.revision());
            revision.sees(house.directory.snapshot(house.organization).unwrap().revision());
        });
        let seen = house.directory.refresh(house.organization).unwrap();
        assert_eq!(seen.revision(), revision(4));
        assert_eq!(seen.organization().workspaces().len(), 1);
        assert!(!house.hears(Permission::LEFT).is_allow());
    });
}

#[test]
fn what_cannot_be_read_stays_shut() {
    // A refresh that had asked before the damage must not open what one that met it has shut.
    for room in [House::new, House::cramped] {
        explore(move || {
            let house = room().loaded();
            thread::scope(|scope| {
                scope.spawn(|| house.directory.refresh(house.organization).map(drop));
                scope.spawn(|| house.directory.snapshot(house.other).map(drop).unwrap());
                house.store.damage(house.organization, revision(2));
                house.directory.refresh(house.organization).unwrap_err();
                assert!(
                    !house.hears(Permission::LEFT).is_allow(),
                    "answered for what cannot be read"
                );
            });
            let heard = house.hears(Permission::LEFT);
            assert!(
                matches!(heard, Decision::Deny(Reason::Unavailable | Reason::NotLoaded)),
                "answered for what cannot be read: {heard:?}"
            );
            house.host().create_workspace("W").unwrap_err();
        });
    }
}
