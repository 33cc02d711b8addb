//! What the library gives to the tests of its users: it says what is so, and fails where something is not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use proptest::prelude::*;
use tenantry::directory::CommitError;
use tenantry::messaging::{self, Permission};
use tenantry::testing::{
    Expectations, FixedClock, Reference, Scene, SceneError, contexts, organizations, permissions,
};
use tenantry::{
    AssignmentId, Clock, Condition, Context, NewAssignment, Scope, Snapshot, SubAccountId,
    WorkspaceId,
};

fn scene() -> Scene<Permission> {
    Scene::builder(messaging::catalog())
        .workspace("support")
        .workspace("sales")
        .resource("support", "inbox", "17")
        .member("wu", messaging::USER, "support")
        .member("wu", messaging::VIEWER, "sales")
        .member("kim", messaging::ADMINISTRATOR, "")
        .build()
        .unwrap()
}

#[test]
fn a_scene_has_what_its_lines_say_and_nothing_else() {
    let scene = scene();
    let snapshot = scene.snapshot().unwrap();
    let organization = snapshot.organization();
    assert_eq!(organization.workspaces().len(), 2);
    assert_eq!(organization.resources().len(), 1);
    assert_eq!(organization.sub_accounts().len(), 3);
    // The owner's, and one for each line about a member.
    assert_eq!(organization.assignments().len(), 4);
    assert_eq!(snapshot.sub_account("owner"), Some(scene.owner));
    assert_eq!(scene.clock.now(), "2030-01-01T12:00:00Z".parse().unwrap());
}

#[test]
fn a_scene_that_cannot_be_made_says_why() {
    let unknown = Scene::builder(messaging::catalog())
        .member("wu", messaging::USER, "support")
        .workspace("support")
        .build();
    assert!(matches!(unknown, Err(SceneError::Unknown(key)) if key == "support"));
    let twice = Scene::builder(messaging::catalog()).workspace("support").workspace("support");
    assert!(matches!(twice.build(), Err(SceneError::Commit(_))));
    let nameless = Scene::builder(messaging::catalog()).member("", messaging::USER, "").build();
    assert!(matches!(nameless, Err(SceneError::Text(_))));
    let refused = Scene::builder(messaging::catalog())
        .change(|scene| -> Result<(), CommitError> {
            let nothing = AssignmentId::from_u128(9);
            scene.system().administer(scene.organization).revoke(nothing)
        })
        .build();
    assert!(matches!(refused, Err(SceneError::Commit(_))), "{refused:?}");
}

#[test]
fn expectations_that_hold_are_verified() {
    let snapshot = scene().snapshot().unwrap();
    let wu = snapshot.sub_account("wu").unwrap();
    let support = snapshot.workspace("support").unwrap();
    let inbox = snapshot.resource("inbox", "17").unwrap();
    let all = snapshot.subject(wu).permissions(support);
    Expectations::of(&snapshot)
        .may("wu", Permission::SEND_MESSAGES | Permission::RECEIVE_MESSAGES, "support")
        .may(wu, Permission::SEND_MESSAGES, support)
        .may("wu", Permission::SEND_MESSAGES, ("inbox", "17"))
        .may(wu, Permission::SEND_MESSAGES, inbox)
        .may_not("wu", Permission::SEND_MESSAGES | Permission::EXPORT_CONTACTS, "sales")
        .may_not("wu", all, Scope::Organization)
        .exactly("wu", all, "support")
        .exactly("wu", Permission::empty(), Scope::Organization)
        .may_nowhere("wu", Permission::EXPORT_CONTACTS)
        .verify()
        .unwrap();
}

/// The lines of each expectation that does not hold.
fn lines(expectations: Expectations<Permission>) -> Vec<(Vec<String>, Vec<String>)> {
    let unmet = expectations.verify().unwrap_err();
    assert_eq!(format!("{unmet:?}"), unmet.to_string());
    unmet.expectations().iter().map(|it| (it.missing.clone(), it.unexpected.clone())).collect()
}

#[test]
fn an_expectation_that_does_not_hold_shows_the_difference() {
    let snapshot = scene().snapshot().unwrap();
    let of = || Expectations::of(&snapshot);
    let has = snapshot.subject(snapshot.sub_account("wu").unwrap());
    let has = has.permissions(snapshot.workspace("support").unwrap());
    let missing = "EXPORT_CONTACTS: denied, nothing grants it".to_owned();
    let unexpected = "SEND_MESSAGES".to_owned();

    let export_too = Permission::SEND_MESSAGES | Permission::EXPORT_CONTACTS;
    assert_eq!(lines(of().may("wu", export_too, "support")), [(vec![missing.clone()], vec![])]);
    assert_eq!(
        lines(of().may_not("wu", export_too, "support")),
        [(vec![], vec![unexpected.clone()])]
    );
    let other = (has - Permission::SEND_MESSAGES) | Permission::EXPORT_CONTACTS;
    assert_eq!(lines(of().exactly("wu", other, "support")), [(vec![missing], vec![unexpected])]);
    assert_eq!(
        lines(of().may_nowhere("wu", export_too)),
        [(
            vec![],
            vec!["SEND_MESSAGES at support".to_owned(), "SEND_MESSAGES at inbox 17".to_owned()]
        )]
    );
    // Those that hold are not shown, and the rest in order.
    let mixed = of()
        .may("wu", Permission::SEND_MESSAGES, "support")
        .may("wu", Permission::SEND_MESSAGES, "sales")
        .may_not("wu", Permission::EXPORT_CONTACTS, "sales")
        .may_not("wu", Permission::SEND_MESSAGES, "support");
    let text = mixed.verify().unwrap_err().to_string();
    assert!(text.starts_with("2 of 4 expectations do not hold in Scene at revision "), "{text}");
    let (first, second) = (text.find("at sales should have").unwrap(), text.find("should not"));
    assert!(first < second.unwrap(), "{text}");
}

#[test]
fn what_is_not_found_never_holds() {
    let snapshot = scene().snapshot().unwrap();
    let (nobody, nowhere) = (SubAccountId::from_u128(9), WorkspaceId::from_u128(9));
    let unnamed = Permission::from_bits_retain(1 << 127);
    let export = Permission::EXPORT_CONTACTS;
    let of = || Expectations::of(&snapshot);
    for expectations in [
        of().may_not("nobody", export, "support"),
        of().may_not(nobody, export, "support"),
        of().may_not("wu", export, "nowhere"),
        of().may_not("wu", export, nowhere),
        of().may_not("wu", export, ("inbox", "18")),
        of().exactly("nobody", Permission::empty(), "support"),
        of().may_nowhere("nobody", export),
        of().may_nowhere(nobody, export),
        of().may("wu", unnamed, "support"),
    ] {
        assert_eq!(lines(expectations).len(), 1);
    }
}

#[test]
fn expectations_are_asked_in_their_context() {
    let scene = scene();
    let admin = scene.system().administer(scene.organization);
    let (wu, support) = {
        let snapshot = scene.snapshot().unwrap();
        (snapshot.sub_account("wu").unwrap(), snapshot.workspace("support").unwrap())
    };
    let careful = NewAssignment::new(wu, messaging::MANAGER, support).when(Condition::Mfa);
    admin.create_assignment(careful).unwrap();
    let export = Permission::CONNECT_CHANNELS;
    Expectations::of(&scene.snapshot().unwrap())
        .may_not("wu", export, "support")
        .in_context(Context::new().mfa(true))
        .may("wu", export, "support")
        .verify()
        .unwrap();
}

#[test]
fn a_fixed_clock_moves_when_it_is_moved() {
    let clock = FixedClock::at("2030-01-01T00:00:00Z".parse().unwrap());
    let (same, before) = (clock.clone(), clock.monotonic());
    clock.advance("PT90S".parse().unwrap());
    assert_eq!(same.now(), "2030-01-01T00:01:30Z".parse().unwrap());
    assert_eq!(same.monotonic().checked_sub(before).unwrap().as_secs(), 90);
    clock.set("2029-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(same.now(), "2029-01-01T00:00:00Z".parse().unwrap());
    clock.advance("-PT1S".parse().unwrap());
    assert_eq!(same.monotonic().checked_sub(before).unwrap().as_secs(), 90);
    clock.advance(jiff::SignedDuration::MAX);
    assert_eq!(same.now(), tenantry::Timestamp::MAX);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_service_can_compare_with_the_reference_over_organizations_of_its_own_catalog(
        organization in organizations(&messaging::catalog()),
        context in contexts(),
        asked in permissions(&messaging::catalog()),
    ) {
        let catalog = messaging::catalog();
        let clock = FixedClock::at(organization.time());
        let reference = Reference::new(&organization, &catalog, organization.time());
        let snapshot = Snapshot::compile_with_clock(
            organization.clone(), &catalog, std::sync::Arc::new(clock),
        );
        for who in organization.sub_accounts().keys() {
            for workspace in organization.workspaces().keys() {
                prop_assert_eq!(
                    snapshot.check_in(&context, *who, asked, *workspace),
                    reference.check(*who, asked, *workspace, &context)
                );
            }
        }
    }
}

#[test]
fn the_random_organizations_have_much_of_everything() {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    let catalog = messaging::catalog();
    let mut runner = TestRunner::deterministic();
    let mut most = [0; 8];
    let (mut allowed, mut denied) = (0, 0);
    let session = Context::new().mfa(true).network([10, 1, 2, 3].into());
    for _ in 0..100 {
        let organization = organizations(&catalog).new_tree(&mut runner).unwrap().current();
        let counts = [
            organization.workspaces().len(),
            organization.resources().len(),
            organization.sub_accounts().len(),
            organization.teams().len(),
            organization.memberships().len(),
            organization.roles().len(),
            organization.assignments().len(),
            organization.limited_scopes().count(),
        ];
        most.iter_mut().zip(counts).for_each(|(most, count)| *most = count.max(*most));
        let snapshot = Snapshot::compile(organization, &catalog);
        for who in snapshot.organization().sub_accounts().keys() {
            for workspace in snapshot.organization().workspaces().keys() {
                if snapshot
                    .check_in(&session, *who, Permission::VIEW_CONVERSATIONS, *workspace)
                    .is_allow()
                {
                    allowed += 1;
                } else {
                    denied += 1;
                }
            }
        }
    }
    assert!(most.iter().all(|most| *most >= 3), "{most:?}");
    assert!(allowed > 25 && denied > 25, "{allowed} {denied}");
}
