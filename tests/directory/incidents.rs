//! What went wrong in other systems, as far as it concerns commits and stores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use jiff::SignedDuration;
use tenantry::directory::{CommitError, LoadError};
use tenantry::governance::ActionError;
use tenantry::model::record::{Commit, Expected, Revision};
use tenantry::model::{EntityId, StructureError, Workspace};
use tenantry::store::{MemoryStore, Store, StoreError};
use tenantry::{
    Action, AssignmentId, Clock, CommitId, Condition, Context, Decision, Directory, NewAssignment,
    OrganizationId, Query, Reason, Scope, Snapshot, SubAccountId, Timestamp, WorkspaceId,
};

use crate::setup::*;
use crate::watched::{Fault, Watched};

#[test]
fn incident_05_logins_are_compared_byte_for_byte() {
    // A collation folded case, and Alice became alice.
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    for other in ["Lin@acme.example", "lin@acme.example ", "li\u{301}n@acme.example"] {
        assert_eq!(store.organizations_of(&login(other)).unwrap(), []);
        let id = admin.create_member(&login(other)).unwrap();
        assert_ne!(id, founded.owner);
        assert_eq!(store.organizations_of(&login(other)).unwrap(), [founded.organization]);
    }
}

#[test]
fn incident_09_what_is_too_large_is_refused_loudly_and_nothing_of_it_is_there() {
    // An oversized write was dropped, and reported as done.
    let store = Watched::default();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let before = json(&directory, founded.organization);
    store.limit(2_000);
    let rooms = |count: u128| {
        (1..=count).map(|id| {
            Action::CreateWorkspace(Workspace::new(
                WorkspaceId::from_u128(id),
                "R".parse().unwrap(),
            ))
        })
    };
    let refused = admin.perform(rooms(20)).unwrap_err();
    let CommitError::Store(StoreError::TooLarge { bytes, limit: 2_000 }) = refused else {
        panic!("{refused}")
    };
    assert!(bytes > 2_000);
    assert_eq!(json(&directory, founded.organization), before);
    let again = Directory::with_store(catalog(), store);
    assert_eq!(json(&again, founded.organization), before);
    // In parts it fits.
    admin.perform(rooms(5)).unwrap();
}

#[test]
fn incident_11_a_conditional_allow_stays_conditional_whoever_else_asks_meanwhile() {
    // A cache that requests shared gave the answer of one session to another: a conditional allow became an unconditional one.
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let room = admin.create_workspace("A").unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let noon: Timestamp = "2031-01-01T12:00:00Z".parse().unwrap();
    let careful = NewAssignment::new(wu, AGENT, room).when(Condition::Mfa).ends(noon);
    admin.create_assignment(careful).unwrap();
    let before = noon - SignedDuration::from_hours(1);
    let sessions = [
        (Context::new().mfa(true).at(before), None),
        (Context::new().mfa(false).at(before), Some(Reason::ConditionUnmet)),
        (Context::new().at(before), Some(Reason::ConditionUnknown)),
        (Context::new().mfa(true).at(noon), Some(Reason::Expired)),
    ];
    let snapshot = directory.snapshot(founded.organization).unwrap();
    thread::scope(|scope| {
        for offset in 0..4 {
            let (snapshot, directory, sessions) = (&snapshot, &directory, &sessions);
            scope.spawn(move || {
                for (context, reason) in sessions.iter().cycle().skip(offset).take(4_000) {
                    let ask = |it: &Snapshot<Permission>| {
                        it.check_in(context, wu, Permission::VIEW, room).reason()
                    };
                    assert_eq!(ask(snapshot), *reason);
                    let organization = founded.organization;
                    let asked =
                        directory.check_in(context, organization, wu, Permission::VIEW, room);
                    assert_eq!(asked.reason(), *reason);
                    let subject = snapshot.subject(wu).in_context(context.clone());
                    let listed = subject.workspaces_with(Permission::VIEW).count();
                    assert_eq!(listed, usize::from(reason.is_none()));
                }
            });
        }
    });
}

#[test]
fn incident_12_a_check_sees_exactly_one_committed_revision() {
    // A reload was visible half done, or empty while it lasted.
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let rooms = [admin.create_workspace("A").unwrap(), admin.create_workspace("B").unwrap()];
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let mut standing = admin.assign(wu, AGENT, rooms[0]).unwrap();
    let questions = rooms.map(|room| Query::new(wu, Permission::VIEW, room));
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = [0_u32; 2];
            while seen.iter().any(|times| *times < 1_000) {
                let answers = directory.check_all(founded.organization, &questions);
                let allowed: Vec<_> = answers.iter().map(|answer| answer.is_allow()).collect();
                assert!(allowed == [true, false] || allowed == [false, true], "{answers:?}");
                seen[usize::from(allowed[1])] += 1;
            }
        });
        for turn in 1.. {
            // Both halves of the move are one commit.
            let next = AssignmentId::from_u128(turn);
            let room = rooms[usize::from(turn % 2 == 1)];
            let move_over = NewAssignment::new(wu, AGENT, room).id(next);
            let snapshot = admin.perform([Action::Revoke(standing), move_over.into()]).unwrap();
            assert!(snapshot.subject(wu).can(Permission::VIEW, room));
            standing = next;
            if reader.is_finished() {
                break;
            }
        }
        reader.join().unwrap();
    });
}

#[test]
fn incident_13_memory_moves_only_after_the_store_acknowledged() {
    // Memory and storage disagreed after a failed write.
    let store = Watched::default();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let before = json(&directory, founded.organization);
    store.expect([Fault::Unavailable]);
    let failed = admin.create_workspace("Support").unwrap_err();
    assert!(matches!(failed, CommitError::Store(StoreError::Unavailable(_))), "{failed}");
    assert_eq!(json(&directory, founded.organization), before);
    let again = Directory::with_store(catalog(), store.clone());
    assert_eq!(json(&again, founded.organization), before);
    admin.create_workspace("Support").unwrap();
    assert_eq!(directory.snapshot(founded.organization).unwrap().revision().number(), 2);
}

#[test]
fn incident_16_what_was_judged_is_what_is_committed() {
    // Guard and write were not atomic: the thing guarded had changed in between.
    let store = MemoryStore::new();
    let here = Directory::with_store(catalog(), store.clone());
    let founded = acme(&here);
    let there = Directory::with_store(catalog(), store);
    let admin_here = here.system("here").administer(founded.organization);
    let admin_there = there.system("there").administer(founded.organization);
    let support = admin_here.create_workspace("Support").unwrap();
    assert!(
        there.snapshot(founded.organization).unwrap().organization().contains(Scope::from(support))
    );
    admin_here.perform([Action::DeleteWorkspace(support)]).unwrap();
    // `there` still shows the workspace, and drafts on it; the store does not let that through.
    assert!(
        there.snapshot(founded.organization).unwrap().organization().contains(Scope::from(support))
    );
    let refused = admin_there.assign(founded.owner, AGENT, support).unwrap_err();
    assert!(
        matches!(
            refused,
            CommitError::Action(ActionError::Structure(StructureError::Dangling {
                to: EntityId::Workspace(_),
                ..
            }))
        ),
        "{refused}"
    );
    assert_eq!(json(&here, founded.organization), json(&there, founded.organization));
}

#[test]
fn incident_20_a_foreign_id_is_unknown() {
    // The caller was checked in one tenant, the target taken from another.
    let directory = Directory::new(catalog());
    let acme = acme(&directory);
    let other = directory.create_organization("Other", &login("mo@other.example")).unwrap();
    let theirs = directory.system("test").administer(other.organization);
    let room = theirs.create_workspace("Theirs").unwrap();
    let check = |organization, sub_account, target: tenantry::Target| {
        directory.check(organization, sub_account, Permission::VIEW, target).reason()
    };
    assert_eq!(check(acme.organization, acme.owner, room.into()), Some(Reason::UnknownScope));
    assert_eq!(
        check(acme.organization, other.owner, acme.organization.into()),
        Some(Reason::UnknownSubAccount)
    );
    assert_eq!(
        check(acme.organization, acme.owner, other.organization.into()),
        Some(Reason::UnknownScope)
    );
    let ours = directory.system("test").administer(acme.organization);
    assert!(ours.assign(acme.owner, AGENT, room).is_err());
    assert!(ours.assign(other.owner, AGENT, Scope::Organization).is_err());
}

#[test]
fn incident_22_reading_never_creates() {
    // A read re-created a dropped tenant.
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let nowhere = OrganizationId::from_u128(9);
    assert!(matches!(directory.snapshot(nowhere), Err(LoadError::Unknown(id)) if id == nowhere));
    assert!(matches!(directory.refresh(nowhere), Err(LoadError::Unknown(_))));
    let denied = directory.check(nowhere, SubAccountId::from_u128(1), Permission::VIEW, nowhere);
    assert_eq!(denied, Decision::Deny(Reason::NotLoaded));
    let admin = directory.system("test").administer(nowhere);
    assert!(matches!(admin.create_workspace("W"), Err(CommitError::Load(LoadError::Unknown(_)))));
    assert_eq!(store.organizations(None, 10).unwrap(), []);
    assert_eq!(store.revisions(&[nowhere]).unwrap(), [None]);
}

#[test]
fn incident_35_a_demotion_takes_effect_everywhere_at_its_revision() {
    // A demotion did not take effect.
    let store = MemoryStore::new();
    let here = Directory::with_store(catalog(), store.clone());
    let founded = acme(&here);
    let there = Directory::with_store(catalog(), store);
    let admin = here.system("here").administer(founded.organization);
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let assignment = admin.assign(wu, AGENT, Scope::Organization).unwrap();
    let held = there.snapshot(founded.organization).unwrap();
    assert!(held.subject(wu).can(Permission::REPLY, Scope::Organization));

    admin.revoke(assignment).unwrap();
    assert!(
        !here.check(founded.organization, wu, Permission::REPLY, Scope::Organization).is_allow()
    );
    // A snapshot that was taken before says so itself; a refreshed one has moved on.
    let fresh = there.refresh(founded.organization).unwrap();
    assert!(held.revision() < fresh.revision());
    assert!(!fresh.subject(wu).can(Permission::REPLY, Scope::Organization));
    assert!(
        !there.check(founded.organization, wu, Permission::REPLY, Scope::Organization).is_allow()
    );
}

#[test]
fn incident_37_granting_twice_is_one_assignment() {
    // Writes were duplicated, or not idempotent.
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let first = admin.assign(wu, AGENT, Scope::Organization).unwrap();
    let twice = admin
        .create_assignment(NewAssignment::new(wu, AGENT, Scope::Organization).reason("again"))
        .unwrap_err();
    assert!(
        matches!(twice, CommitError::Action(ActionError::AlreadyAssigned(id)) if id == first),
        "{twice}"
    );
    // Anything that differs is another assignment.
    admin
        .create_assignment(NewAssignment::new(wu, AGENT, Scope::Organization).ends(Timestamp::MAX))
        .unwrap();
    let team = admin.create_team("T").unwrap();
    admin.add_to_team(wu, team).unwrap();
    admin.add_to_team(wu, team).unwrap();
    let snapshot = directory.snapshot(founded.organization).unwrap();
    assert_eq!(snapshot.organization().memberships().len(), 1);
}

#[test]
fn incident_37_the_same_commit_lands_once() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let stored = store.load(founded.organization).unwrap().unwrap();
    let commit = Commit {
        organization: founded.organization,
        expected: Expected::At(Revision::FIRST),
        id: CommitId::from_u128(1),
        record: Arc::clone(&stored.tail.records[0].bytes),
        personal: Vec::new(),
        erase: Vec::new(),
    };
    let second = store.commit(&commit).unwrap();
    assert_eq!(second.number(), 2);
    assert_eq!(store.commit(&commit).unwrap(), second);
    let other = Commit { record: Arc::from(*b"other"), ..commit.clone() };
    assert!(matches!(store.commit(&other), Err(StoreError::CommitIdReused)));
    let late = Commit { id: CommitId::from_u128(2), ..commit };
    assert!(matches!(
        store.commit(&late),
        Err(StoreError::Conflict { actual: Some(actual) }) if actual == second
    ));
    let founding_again = Commit { expected: Expected::Absent, ..late.clone() };
    assert!(matches!(store.commit(&founding_again), Err(StoreError::Conflict { .. })));
    let nowhere = Commit { organization: OrganizationId::from_u128(3), ..late };
    assert!(matches!(store.commit(&nowhere), Err(StoreError::Conflict { actual: None })));
    assert_eq!(store.records(founded.organization, Revision::FIRST, 10).unwrap().records.len(), 1);
}

#[test]
fn incident_38_revisions_have_no_gaps_however_many_write() {
    // A poller saw 2 before 1 and skipped the revoke.
    let store = MemoryStore::new();
    let founded = acme(&Directory::with_store(catalog(), store.clone()));
    thread::scope(|scope| {
        for process in 0..4 {
            let store = store.clone();
            scope.spawn(move || {
                let directory = Directory::with_store(catalog(), store);
                let admin = directory.system("test").administer(founded.organization);
                for turn in 0..25 {
                    admin.create_workspace(&format!("{process}-{turn}")).unwrap();
                }
            });
        }
    });
    let records = store.load(founded.organization).unwrap().unwrap().tail.records;
    let numbers: Vec<_> = records.iter().map(|record| record.revision.number()).collect();
    assert_eq!(numbers, (1..=101).collect::<Vec<_>>());
    let snapshot = Directory::with_store(catalog(), store).snapshot(founded.organization).unwrap();
    assert_eq!(snapshot.organization().workspaces().len(), 100);
}

#[test]
fn incident_39_a_commit_of_unknown_outcome_lands_exactly_once() {
    // An unacknowledged commit had survived, and was applied again.
    for faults in [
        vec![Fault::LandedUnheard],
        vec![Fault::LostUnheard],
        vec![Fault::LostUnheard, Fault::LandedUnheard],
        vec![Fault::LandedUnheard, Fault::LandedUnheard, Fault::LostUnheard],
    ] {
        let store = Watched::default();
        let directory = Directory::with_store(catalog(), store.clone());
        let founded = acme(&directory);
        store.expect(faults.clone());
        let admin = directory.system("test").administer(founded.organization);
        admin.create_workspace("Support").unwrap();
        let again = Directory::with_store(catalog(), store);
        let snapshot = again.snapshot(founded.organization).unwrap();
        assert_eq!(snapshot.organization().workspaces().len(), 1, "{faults:?}");
        assert_eq!(snapshot.revision().number(), 2, "{faults:?}");
        assert_eq!(json(&again, founded.organization), json(&directory, founded.organization));
    }
}

#[test]
fn incident_44_a_panicking_store_or_clock_breaks_nothing() {
    // A panic in user code left a lock poisoned.
    #[derive(Debug, Clone, Default)]
    struct Moody(Arc<AtomicBool>);
    impl Clock for Moody {
        fn now(&self) -> Timestamp {
            assert!(!self.0.load(Ordering::Relaxed), "the clock panics");
            Timestamp::UNIX_EPOCH
        }
    }

    let (store, clock) = (Watched::default(), Moody::default());
    let directory = Directory::with_store(catalog(), store.clone()).with_clock(clock.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let before = json(&directory, founded.organization);
    store.expect([Fault::Panic]);
    assert!(catch_unwind(AssertUnwindSafe(|| admin.create_workspace("Support"))).is_err());
    clock.0.store(true, Ordering::Relaxed);
    assert!(catch_unwind(AssertUnwindSafe(|| admin.create_workspace("Support"))).is_err());
    clock.0.store(false, Ordering::Relaxed);

    assert_eq!(json(&directory, founded.organization), before);
    assert!(
        directory
            .check(founded.organization, founded.owner, Permission::VIEW, founded.organization)
            .is_allow()
    );
    admin.create_workspace("Support").unwrap();
}
