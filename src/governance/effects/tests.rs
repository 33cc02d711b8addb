//! Derived removals that no public command shows.

use jiff::Timestamp;
use uuid::Uuid;

use crate::catalog::Catalog;
use crate::governance::action::action::Action;
use crate::governance::action::id_source::IdSource;
use crate::governance::effects::draft::draft;
use crate::governance::error::ActionError;
use crate::id::{OrganizationId, RequestId, ResourceId, RoleId, SubAccountId, WorkspaceId};
use crate::model::{
    Change, ChangeSet, Grant, Kind, Maker, Organization, Profile, Remove, Request, Resource, Role,
    Scope, SubAccount, SystemRole, Wants, Workspace,
};
use crate::permission::PermissionNames;
use crate::text::Name;

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u8 {
        const VIEW = 1;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");

/// Ids in sequence.
struct Counter(u128);

impl IdSource for Counter {
    fn id(&mut self) -> Result<Uuid, ActionError> {
        self.0 += 1;
        Ok(Uuid::from_u128(self.0))
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        Ok([7; 32])
    }
}

fn changes(changes: impl IntoIterator<Item = Change>) -> ChangeSet {
    let changes = changes.into_iter().collect();
    ChangeSet { time: Timestamp::UNIX_EPOCH, changes, personal: Vec::new() }
}

#[test]
fn i4_with_a_scope_or_a_role_go_the_requests_that_refer_to_it() {
    let name = || Name::new("name").unwrap();
    let lin = SubAccountId::from_u128(1);
    let (support, sales) = (WorkspaceId::from_u128(2), WorkspaceId::from_u128(3));
    let (inbox, thread) = (ResourceId::from_u128(4), ResourceId::from_u128(5));
    let (clerk, chief) = (RoleId::from_u128(6), RoleId::from_u128(7));
    let kind = Kind::new("thing").unwrap();
    let first = Resource::new(inbox, kind.clone(), support);
    let second = Resource::new(thread, kind, inbox);
    let wanted: [(Grant, Scope); 6] = [
        (OWNER.into(), Scope::Organization),
        (OWNER.into(), support.into()),
        (chief.into(), inbox.into()),
        (clerk.into(), thread.into()),
        (clerk.into(), sales.into()),
        (Grant::any(PermissionNames::Full), sales.into()),
    ];
    let requests = (0_u128..).zip(wanted).map(|(number, (grant, scope))| {
        let wants = Wants::Access { sub_account: lin, grant, scope, ends: None };
        let id = RequestId::from_u128(number);
        let expires = Timestamp::UNIX_EPOCH;
        Change::from(Request { id, wants, requester: lin.into(), reason: None, expires })
    });
    let role = |id| Role::new(id, name(), PermissionNames::Full);
    let nouns: [Change; 8] = [
        Profile::new(name()).into(),
        SubAccount::member(lin).into(),
        Workspace::new(support, name()).into(),
        Workspace::new(sales, name()).into(),
        first.into(),
        second.into(),
        role(clerk).into(),
        role(chief).into(),
    ];
    let first = changes(nouns.into_iter().chain(requests));
    let organization = Organization::create(OrganizationId::from_u128(9), &first).unwrap();
    let catalog = Catalog::<Permission>::builder()
        .role(OWNER, Permission::all())
        .owner(OWNER)
        .administration(Permission::VIEW)
        .build()
        .unwrap();
    for (action, left) in [
        (Action::DeleteWorkspace(support), &[0, 4, 5][..]),
        (Action::DeleteWorkspace(sales), &[0, 1, 2, 3]),
        (Action::DeleteResource(inbox), &[0, 1, 4, 5]),
        (Action::DeleteResource(thread), &[0, 1, 2, 4, 5]),
        (Action::DeleteRole(clerk), &[0, 1, 2, 5]),
        (Action::DeleteRole(chief), &[0, 1, 3, 4, 5]),
    ] {
        let time = Timestamp::UNIX_EPOCH;
        let actions = [action.clone()];
        let (set, next) =
            draft(&organization, catalog.core(), &actions, Maker::Host, time, &mut Counter(100))
                .unwrap();
        let requests: Vec<u128> = next.requests().keys().map(|id| id.to_u128()).collect();
        assert_eq!(requests, left, "{action}");
        // Each removal is written out, once.
        let removals = set.changes.iter();
        let removed = removals.filter(|it| matches!(it, Change::Remove(Remove::Request(_))));
        assert_eq!(removed.count(), 6 - left.len(), "{action}");
    }
}
