//! Pages around boundaries of size and of time.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tenantry::access::{Context, CursorError, Page, Snapshot};
use tenantry::model::{Assignment, ChangeSet, Scope, Validity, Workspace};
use tenantry::text::Name;
use tenantry::{AssignmentId, Grant, Organization, SubAccountId, WorkspaceId};

use crate::common::*;
use crate::sizes::{FOUNDER, organization};

fn view() -> Grant {
    Grant::any(catalog().names(Permission::VIEW).unwrap())
}

/// A hundred workspaces, in the odd ones of which the founder may view.
fn every_other(validity: Validity) -> Organization {
    let workspaces = (1..=100).map(WorkspaceId::from_u128);
    let assignments = workspaces.clone().filter(|id| id.to_u128() % 2 == 1).map(|id| {
        let made = AssignmentId::from_u128(id.to_u128());
        Assignment::allow(made, FOUNDER, view(), id).with(|it| it.validity = validity).into()
    });
    let workspaces = workspaces.map(|id| Workspace::new(id, Name::new("name").unwrap()).into());
    organization(workspaces.chain(assignments))
}

fn read(snapshot: &Snapshot<Permission>, size: usize) -> Vec<Vec<u128>> {
    let founder = snapshot.subject(FOUNDER);
    let mut pages = Vec::new();
    let mut cursor = None;
    loop {
        let page = founder.workspaces_with(Permission::VIEW).page(size, cursor.as_ref()).unwrap();
        pages.push(page.items.iter().map(|id| id.to_u128()).collect());
        cursor = page.next;
        if cursor.is_none() {
            return pages;
        }
    }
}

#[test]
fn d11_pages_end_where_the_listing_ends() {
    let snapshot = Snapshot::compile(every_other(Validity::ALWAYS), catalog());
    let odd: Vec<u128> = (1..=99).step_by(2).collect();
    for size in [0, 1, 7, 24, 25, 26, 49, 50, 51, 99, 100, 101, 10_000, usize::MAX] {
        let pages = read(&snapshot, size);
        assert_eq!(pages.concat(), odd, "pages of {size}");
        assert_eq!(pages.len(), 50_usize.div_ceil(size.clamp(1, 10_000)), "pages of {size}");
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == size.max(1)));
    }
}

#[test]
fn d11_a_page_after_a_change_is_refused() {
    let mut organization = every_other(Validity::ALWAYS);
    let before = Snapshot::compile(organization.clone(), catalog());
    let (time, id) = (organization.time(), WorkspaceId::from_u128(1000));
    let changes = vec![Workspace::new(id, Name::new("name").unwrap()).into()];
    organization.apply(&ChangeSet { time, changes, personal: vec![] }).unwrap();
    let after = Snapshot::compile(organization, catalog());

    let listing = |of: &Snapshot<Permission>, cursor| {
        of.subject(FOUNDER).workspaces_with(Permission::VIEW).page(10, cursor)
    };
    let cursor = listing(&before, None).unwrap().next.unwrap();
    assert!(listing(&before, Some(&cursor)).is_ok());
    let (cursor_of, snapshot) = (before.revision(), after.revision());
    let refused = CursorError::OtherRevision { cursor: cursor_of, snapshot };
    assert_eq!(listing(&after, Some(&cursor)), Err(refused));
}

#[test]
fn d7_d11_pages_are_of_one_listing_though_time_passes() {
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(10);
    let ends = now + SignedDuration::from_hours(1);
    let clock = TestClock::at(now);
    let organization = every_other(Validity::until(ends));
    let snapshot =
        Snapshot::compile_with_clock(organization, catalog(), Arc::clone(&clock) as Arc<_>);
    let page =
        |cursor| snapshot.subject(FOUNDER).workspaces_with(Permission::VIEW).page(10, cursor);
    let first = page(None).unwrap();
    let cursor = first.next.unwrap();
    // Until the assignments end, nothing has changed, and they go on.
    clock.set(ends - SignedDuration::from_nanos(1));
    assert_eq!(page(Some(&cursor)).unwrap().items[0].to_u128(), 21);
    // From then on, page two would be of another listing than page one.
    clock.set(ends);
    assert_eq!(page(Some(&cursor)), Err(CursorError::TimePassed { time: now }));
    assert_eq!(page(None).unwrap().items, []);
    // A context that names its time asks about that time, whatever the clock shows.
    let then = Context::new().at(now);
    let of_then = |cursor| {
        let founder = snapshot.subject(FOUNDER).in_context(then.clone());
        founder.workspaces_with(Permission::VIEW).page(10, cursor)
    };
    let cursor = of_then(None).unwrap().next.unwrap();
    assert_eq!(of_then(Some(&cursor)).unwrap().items[0].to_u128(), 21);
}

#[test]
fn incident_43_a_page_judges_no_more_than_it_says() {
    // Somebody who may nothing anywhere, though everything is given: listing what they may would judge everybody's places.
    let most = Page::<WorkspaceId>::JUDGED as u128;
    let workspaces = (1..=most + 2).map(|id| {
        let id = WorkspaceId::from_u128(id);
        let inherits = catalog().names(Permission::BILLING).unwrap();
        Workspace { inherits, ..Workspace::new(id, Name::new("name").unwrap()) }.into()
    });
    let given = AssignmentId::from_u128(1);
    let given = Assignment::allow(given, FOUNDER, view(), Scope::Organization);
    let last = WorkspaceId::from_u128(most + 2);
    let there = Assignment::allow(AssignmentId::from_u128(2), FOUNDER, view(), last);
    let changes = workspaces.chain([given.into(), there.into()]);
    let snapshot = Snapshot::compile(organization(changes), catalog());
    let page = |cursor| {
        snapshot.subject(FOUNDER).workspaces_with(Permission::VIEW).page(10, cursor).unwrap()
    };
    let first = page(None);
    assert_eq!(first.items, []);
    let second = page(Some(&first.next.expect("there is more to judge")));
    assert_eq!((second.items, second.next), (vec![last], None));
    let nobody = SubAccountId::from_u128(7);
    assert_eq!(snapshot.subject(nobody).workspaces_with(Permission::VIEW).next(), None);
}
