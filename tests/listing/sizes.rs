//! Listings at 2^16 of everything, one less and one more (a narrowing number once skipped what lay beyond).

use tenantry::access::Snapshot;
use tenantry::model::{
    Assignment, Change, ChangeSet, Membership, Profile, Scope, SubAccount, Team, Workspace,
};
use tenantry::text::Name;
use tenantry::{
    AssignmentId, Grant, Organization, OrganizationId, SubAccountId, TeamId, Timestamp, WorkspaceId,
};

use crate::common::*;

pub(crate) const FOUNDER: SubAccountId = SubAccountId::from_u128(u128::MAX);

/// An organization made by one change set.
pub(crate) fn organization(changes: impl IntoIterator<Item = Change>) -> Organization {
    let profile = Profile::new(Name::new("name").unwrap());
    let first = [profile.into(), SubAccount::member(FOUNDER).into()];
    let changes = first.into_iter().chain(changes).collect();
    let founding = ChangeSet { time: Timestamp::UNIX_EPOCH, changes, personal: Vec::new() };
    Organization::create(OrganizationId::from_u128(1), &founding).unwrap()
}

/// So many sub-accounts by a team and so many by name, in so many workspaces; one more of each has nothing.
fn large(count: u32) {
    let name = || Name::new("name").unwrap();
    let view = Grant::any(catalog().names(Permission::VIEW).unwrap());
    let reply = Grant::any(catalog().names(Permission::EVERYDAY).unwrap());
    let team = TeamId::from_u128(1);
    let (wide, narrow) = (WorkspaceId::from_u128(u128::MAX - 1), WorkspaceId::from_u128(u128::MAX));
    let numbers = 1..=u128::from(count);
    let nth = |number| SubAccountId::from_u128(number);
    let people = (1..=u128::from(count) + 1).map(|it| SubAccount::member(nth(it)).into());
    let members = numbers.clone().map(|it| Membership { sub_account: nth(it), team }.into());
    let workspaces = (1..=u128::from(count) + 1)
        .map(WorkspaceId::from_u128)
        .chain([wide, narrow])
        .map(|id| Workspace::new(id, name()).into());
    let by_name = numbers.clone().map(|it| {
        Assignment::allow(AssignmentId::from_u128(it), nth(it), reply.clone(), narrow).into()
    });
    let in_each = numbers.clone().map(|it| {
        let made = AssignmentId::from_u128(u128::from(u64::MAX) + it);
        Assignment::allow(made, FOUNDER, view.clone(), WorkspaceId::from_u128(it)).into()
    });
    let by_team = Assignment::allow(AssignmentId::from_u128(u128::MAX), team, view.clone(), wide);
    let changes = people
        .chain([Team::new(team, name()).into()])
        .chain(members)
        .chain(workspaces)
        .chain(by_name)
        .chain(in_each)
        .chain([by_team.into()]);
    let snapshot = Snapshot::compile(organization(changes), catalog());

    let everybody = || numbers.clone().map(nth);
    assert!(snapshot.sub_accounts_with(Permission::VIEW, wide).eq(everybody()));
    assert!(snapshot.sub_accounts_with(Permission::EVERYDAY, narrow).eq(everybody()));
    assert_eq!(snapshot.sub_accounts_with(Permission::REPLY, wide).next(), None);
    assert_eq!(snapshot.sub_accounts_with(Permission::VIEW, Scope::Organization).next(), None);
    let founder = snapshot.subject(FOUNDER);
    let all = numbers.clone().map(WorkspaceId::from_u128);
    assert!(founder.workspaces_with(Permission::VIEW).eq(all.clone()));

    let mut paged = Vec::new();
    let mut cursor = None;
    loop {
        let listing = founder.workspaces_with(Permission::VIEW);
        let page = listing.page(10_000, cursor.as_ref()).unwrap();
        paged.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(paged.into_iter().eq(all));
}

#[test]
fn incident_07_a_listing_of_one_less_than_two_to_the_sixteenth_is_whole() {
    large((1 << 16) - 1);
}

#[test]
fn incident_07_a_listing_of_two_to_the_sixteenth_is_whole() {
    large(1 << 16);
}

#[test]
fn incident_07_a_listing_of_one_more_than_two_to_the_sixteenth_is_whole() {
    large((1 << 16) + 1);
}
