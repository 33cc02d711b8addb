//! Several at once: what must hold at every revision holds however threads meet.

use std::sync::Barrier;
use std::thread;

use tenantry::catalog::Limits;
use tenantry::directory::CommitError;
use tenantry::{Action, Departure, RoleDefinition, SubAccountId, SystemRole};

use crate::setup::*;

/// Runs both at the same moment.
fn at_once<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        let one = scope.spawn(|| {
            barrier.wait();
            one()
        });
        barrier.wait();
        let other = other();
        (one.join().unwrap(), other)
    })
}

#[test]
fn incident_17_two_owners_who_demote_each_other_leave_one() {
    // Two concurrent demotions each saw two owners, and none was left.
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    let owners = [house.lin, second];
    for turn in 0..100 {
        let [one, other] = owners;
        let demote = |by: SubAccountId, whom: SubAccountId| {
            let action = match turn % 4 {
                0 => Action::Suspend(whom),
                1 => Action::SetCredentialResetRequired(whom, true),
                2 => Action::Remove(Departure::from(whom)),
                _ => Action::Leave(by.into()),
            };
            house.by(by).perform([action])
        };
        let (first, last) = at_once(|| demote(one, other), || demote(other, one));
        assert!(first.is_ok() != last.is_ok(), "exactly one went through: {first:?}, {last:?}");
        let refused = first.and(last).unwrap_err();
        // Whoever came second was out already, or the last.
        assert!(["G1", "I1"].contains(&rule_of(&refused)), "{refused}");
        let snapshot = house.snapshot();
        let left = owners.iter().filter(|it| snapshot.subject(**it).can(Permission::all(), ROOT));
        assert_eq!(left.count(), 1, "turn {turn}");
        for owner in owners {
            let host = house.host();
            let account = snapshot.organization().sub_accounts().get(&owner).unwrap();
            if account.credential_reset_required {
                host.credential_was_reset(owner).unwrap();
            }
            match account.status {
                tenantry::Status::Active => {}
                tenantry::Status::Suspended => host.reinstate(owner).unwrap(),
                _ => host.readmit(owner, true).unwrap(),
            }
        }
    }
}

#[test]
fn incident_19_a_token_is_accepted_exactly_once_however_many_try() {
    // An invitation was replayed, and a single-use link consumed twice at the same time.
    let house = House::new();
    for turn in 0..20 {
        let name = format!("new{turn}");
        let by = house.by(house.lin);
        let new = by.invite(&login(&name)).role(AGENT, house.support).issue().unwrap();
        let barrier = Barrier::new(4);
        let outcomes: Vec<_> = thread::scope(|scope| {
            let accept = || {
                barrier.wait();
                house.directory.accept(&new.token, &login(&name))
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(accept)).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
        for refused in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(refused, CommitError::DeadInvitation), "{refused}");
        }
    }
}

#[test]
fn g7_an_invitation_that_is_withdrawn_meanwhile_is_accepted_or_withdrawn_and_not_both() {
    let house = House::new();
    for turn in 0..30 {
        let name = format!("new{turn}");
        let by = house.by(house.lin);
        let new = by.invite(&login(&name)).role(AGENT, house.support).issue().unwrap();
        let (accepted, withdrawn) = at_once(
            || house.directory.accept(&new.token, &login(&name)),
            || house.by(house.lin).withdraw(new.invitation),
        );
        assert!(accepted.is_ok() != withdrawn.is_ok(), "{accepted:?}, {withdrawn:?}");
        assert_eq!(house.can(new.sub_account, Permission::VIEW, house.support), accepted.is_ok());
    }
}

#[test]
fn i3_two_who_take_the_last_seat_do_not_both_get_it() {
    let limits = Limits { seats: Some(2), ..Limits::NONE };
    let house = House::of(builder().limits(limits));
    for turn in 0..30 {
        let create = |name: &str| house.host().create_member(&login(&format!("{name}{turn}")));
        let (one, other) = at_once(|| create("one"), || create("other"));
        assert!(one.is_ok() != other.is_ok(), "{one:?}, {other:?}");
        assert_eq!(house.snapshot().organization().seats(), 2);
        house.host().remove(one.or(other).unwrap(), None).unwrap();
    }
}

#[test]
fn i3_two_who_become_the_last_holder_do_not_both_become_it() {
    let role = SystemRole::new("rare");
    let rare = RoleDefinition::new(role).any(Permission::BILL).holders(0, Some(1));
    let house = House::of(builder().define(rare));
    let (wu, bo) = (house.member("wu"), house.member("bo"));
    for _ in 0..30 {
        let assign = |who| house.host().assign(who, role, ROOT);
        let (one, other) = at_once(|| assign(wu), || assign(bo));
        assert!(one.is_ok() != other.is_ok(), "{one:?}, {other:?}");
        house.host().revoke(one.or(other).unwrap()).unwrap();
    }
}

#[test]
fn incident_16_a_right_that_goes_meanwhile_is_gone_at_the_commit() {
    // The guard looked, the right was taken away, and the write went through.
    let house = House::new();
    let wu = house.member("wu");
    for turn in 0..30 {
        let mei = house.with_role(&format!("mei{turn}"), MANAGER, house.support);
        let (given, taken) = at_once(
            || house.by(mei).assign(wu, AGENT, house.support),
            || house.by(house.lin).suspend(mei),
        );
        taken.unwrap();
        // Whatever was given was given at a revision at which mei still could.
        match given {
            Ok(assignment) => {
                let snapshot = house.snapshot();
                assert!(snapshot.organization().assignments().get(&assignment).is_some());
                house.host().revoke(assignment).unwrap();
            }
            Err(refused) => assert_eq!(rule_of(&refused), "G1", "{refused}"),
        }
    }
}
