//! Evictions while something else is under way: what is older never takes the place that something newer had.

use shuttle::thread;
use tenantry::Action;
use tenantry::access::{Decision, Reason};

use crate::setup::*;

impl House {
    /// Makes the other organization take the only place.
    fn evict(&self) {
        self.directory.snapshot(self.other).unwrap();
    }
}

#[test]
fn what_a_refresh_read_before_an_eviction_does_not_come_back_after_it() {
    // A refresh had asked the store, and was not done yet, when a right was revoked and the organization evicted. Then what
    // it had read took the place that was free, and the right was there again.
    explore(|| {
        let house = House::cramped().loaded();
        at_once(
            || house.directory.refresh(house.organization).map(drop).unwrap(),
            || {
                house.host().perform(house.swap(2)).unwrap();
                house.evict();
            },
        );
        assert!(!house.hears(Permission::LEFT).is_allow(), "revoked, and allowed again");
        let seen = house.directory.snapshot(house.organization).unwrap();
        assert_eq!(seen.revision(), revision(3));
        house.assert_whole(&seen);
    });
}

#[test]
fn what_a_commit_made_before_an_eviction_does_not_come_back_after_it() {
    // The same with a commit that the store had acknowledged: another one came after it, and was evicted before the first
    // was made visible.
    explore(|| {
        let house = House::cramped().loaded();
        at_once(
            || house.host().create_workspace("W").unwrap(),
            || {
                house.host().perform([Action::Revoke(assignment(2))]).unwrap();
                house.evict();
            },
        );
        assert!(!house.hears(Permission::LEFT).is_allow(), "revoked, and allowed again");
        let seen = house.directory.snapshot(house.organization).unwrap();
        assert_eq!(seen.revision(), revision(4));
        assert_eq!(seen.organization().workspaces().len(), 1);
        assert!(!seen.subject(house.wu).can(Permission::LEFT, house.organization));
    });
}

#[test]
fn what_was_founded_does_not_come_back_as_it_was_founded() {
    // Somebody who signs in finds an organization as soon as the store has it, which is before its founder is told.
    explore(|| {
        let house = House::cramped();
        let (founded, found) = at_once(
            || house.directory.create_organization("new", &login("mo")).unwrap(),
            || {
                let organization = loop {
                    let accounts = house.directory.accounts_of(&login("mo")).unwrap();
                    match accounts.first() {
                        Some(account) => break account.organization,
                        None => thread::yield_now(),
                    }
                };
                let host = house.directory.system("host").administer(organization);
                host.create_workspace("W").unwrap();
                house.evict();
                organization
            },
        );
        let seen = house.directory.snapshot(founded.organization).unwrap();
        assert_eq!(found, founded.organization);
        assert_eq!(seen.revision(), revision(2));
    });
}

#[test]
fn what_is_founded_is_visible_when_the_founder_is_told() {
    explore(|| {
        let house = House::new();
        let found = |name| {
            let founded = house.directory.create_organization(name, &login("mo")).unwrap();
            let (id, owner) = (founded.organization, founded.owner);
            assert!(house.directory.check(id, owner, Permission::LEFT, id).is_allow());
        };
        at_once(|| found("new"), || found("newer"));
    });
}

#[test]
fn a_reader_never_sees_something_older_again_though_it_comes_and_goes() {
    explore(|| {
        let house = House::cramped().loaded();
        thread::scope(|scope| {
            scope.spawn(|| house.host().perform(house.swap(2)).unwrap());
            scope.spawn(|| {
                house.evict();
                house.directory.refresh(house.organization).unwrap();
                house.evict();
            });
            let (mut revision, mut denied) = (Never::back(), Never::back());
            for _ in 0..3 {
                match house.hears(Permission::LEFT) {
                    Decision::Deny(Reason::NotLoaded) => {
                        let seen = house.directory.snapshot(house.organization).unwrap();
                        house.assert_whole(&seen);
                        revision.sees(seen.revision());
                        denied.sees(
                            !seen.subject(house.wu).can(Permission::LEFT, house.organization),
                        );
                    }
                    heard => denied.sees(!heard.is_allow()),
                }
            }
        });
        assert!(!house.hears(Permission::LEFT).is_allow());
    });
}

#[test]
fn a_commit_to_what_is_being_evicted_is_not_lost() {
    explore(|| {
        let house = House::cramped();
        at_once(
            || {
                let workspace = house.host().create_workspace("W").unwrap();
                let seen = house.directory.snapshot(house.organization).unwrap();
                assert!(seen.organization().workspaces().get(&workspace).is_some(), "not visible");
            },
            || {
                house.evict();
                house.evict();
            },
        );
        for directory in [&house.directory, &house.elsewhere()] {
            let seen = directory.snapshot(house.organization).unwrap();
            assert_eq!(seen.revision(), revision(3));
            assert_eq!(seen.organization().workspaces().len(), 1);
        }
        assert_eq!(house.directory.loaded(), 1, "there is room for one");
    });
}

#[test]
fn loads_at_once_leave_no_more_than_there_is_room_for() {
    // A sweep passes by what is being loaded, and after the last load nobody swept.
    explore(|| {
        let house = House::cramped();
        at_once(
            || house.directory.snapshot(house.organization).unwrap(),
            || house.directory.snapshot(house.other).unwrap(),
        );
        assert_eq!(house.directory.loaded(), 1);
    });
}
