//! The directory and the store in memory, as a service sees them: commits, conflicts, failures, restarts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tenantry::directory::{CommitError, LoadError};
use tenantry::governance::ActionError;
use tenantry::model::record::{Checkpoint, Commit, Expected, Revision};
use tenantry::model::{Consent, EntityId, Membership, StructureError, WorkspaceStatus};
use tenantry::store::{MemoryStore, Records, Store, StoreError, Stored};
use tenantry::{
    Action, AssignmentId, Catalog, Clock, CommitId, ConsentId, Decision, Directory, Founded, Login,
    NewAssignment, NewResource, NewRole, NewSubAccount, OrganizationId, PersonalId, Query, Reason,
    Scope, Status, SubAccountId, SystemRole, Timestamp,
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 3;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const AGENT: SystemRole = SystemRole::new("agent");

fn catalog() -> Catalog<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role(AGENT, Permission::VIEW | Permission::REPLY)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
}

fn login(text: &str) -> Login {
    text.parse().unwrap()
}

fn acme(directory: &Directory<Permission>) -> Founded {
    directory.create_organization("Acme", &login("lin@acme.example")).unwrap()
}

/// What a commit meets on its way to the memory underneath.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// Nothing is written.
    Unavailable,
    /// It is written, but nobody hears of it.
    LandedUnheard,
    /// It is not written, and nobody knows.
    LostUnheard,
    /// The backend's code panics before it writes.
    Panic,
}

#[derive(Debug, Clone, Default)]
struct Faulty {
    memory: MemoryStore,
    ahead: Arc<Mutex<VecDeque<Fault>>>,
}

impl Faulty {
    fn expect(&self, faults: impl IntoIterator<Item = Fault>) {
        self.ahead.lock().unwrap().extend(faults);
    }
}

impl Store for Faulty {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        self.memory.load(organization)
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        let fault = self.ahead.lock().unwrap().pop_front();
        match fault {
            None => self.memory.commit(commit),
            Some(Fault::Unavailable) => Err(StoreError::Unavailable("unplugged".into())),
            Some(Fault::LandedUnheard) => {
                self.memory.commit(commit)?;
                Err(StoreError::OutcomeUnknown("connection lost".into()))
            }
            Some(Fault::LostUnheard) => Err(StoreError::OutcomeUnknown("connection lost".into())),
            Some(Fault::Panic) => panic!("the backend panics"),
        }
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        self.memory.records(organization, after, limit)
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.memory.revisions(organizations)
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.memory.checkpoint(checkpoint)
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.memory.organizations(after, limit)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.memory.organizations_of(login)
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.memory.erase(organization, personal)
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.memory.wait_for_change(timeout)
    }
}

fn json(directory: &Directory<Permission>, organization: OrganizationId) -> String {
    let snapshot = directory.snapshot(organization).unwrap();
    serde_json::to_string(snapshot.organization()).unwrap()
}

#[test]
fn the_first_owner_may_do_everything_and_nobody_else_anything() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let snapshot = directory.snapshot(founded.organization).unwrap();
    let owner = snapshot.subject(founded.owner);
    assert_eq!(owner.permissions(founded.organization), Permission::all());
    assert_eq!(snapshot.sub_account("lin@acme.example"), Some(founded.owner));
    assert_eq!(snapshot.revision(), Revision::FIRST);
    let stranger = SubAccountId::from_u128(1);
    assert_eq!(
        directory.check(founded.organization, stranger, Permission::VIEW, founded.organization),
        Decision::Deny(Reason::UnknownSubAccount)
    );
}

#[test]
fn every_commit_is_visible_when_it_returns() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let may_view = || directory.check(founded.organization, wu, Permission::VIEW, support);

    assert_eq!(may_view(), Decision::Deny(Reason::NotGranted));
    let assignment = admin.assign(wu, AGENT, support).unwrap();
    assert_eq!(may_view(), Decision::Allow);
    let denied = admin.deny(wu, Permission::VIEW, support).unwrap();
    assert_eq!(may_view(), Decision::Deny(Reason::Denied));
    admin.revoke(denied).unwrap();
    assert_eq!(may_view(), Decision::Allow);
    admin.suspend(wu).unwrap();
    assert_eq!(may_view(), Decision::Deny(Reason::Suspended));
    admin.reinstate(wu).unwrap();
    assert_eq!(may_view(), Decision::Allow);
    admin.revoke(assignment).unwrap();
    assert_eq!(may_view(), Decision::Deny(Reason::NotGranted));
}

#[test]
fn several_actions_happen_together_or_not_at_all() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let before = json(&directory, founded.organization);
    let wu = SubAccountId::from_u128(77);
    let together = [
        Action::from(NewSubAccount::member(wu, login("wu@acme.example")).name("Wu")),
        Action::assign(wu, AGENT, support),
    ];
    let with_a_mistake =
        together.iter().cloned().chain([Action::assign(wu, SystemRole::new("nobody"), support)]);
    let refused = admin.perform(with_a_mistake).unwrap_err();
    assert!(matches!(refused, CommitError::Action(ActionError::UnknownRole(_))), "{refused}");
    assert_eq!(json(&directory, founded.organization), before);

    let snapshot = admin.perform(together).unwrap();
    assert!(snapshot.subject(wu).can(Permission::REPLY, support));
    assert_eq!(snapshot.revision().number(), 3);
}

#[test]
fn wrong_use_is_refused_with_what_was_wrong() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let nobody = SubAccountId::from_u128(1);
    let before = json(&directory, founded.organization);
    let now = Timestamp::UNIX_EPOCH;
    let unnamed = Permission::from_bits_retain(1 << 50);
    let refusals = [
        (admin.create_workspace("").map(drop), "a name is empty; give it at least one character"),
        (
            admin.assign(nobody, AGENT, support).map(drop),
            "refers to sub-account 00000000-0000-0000-0000-000000000001, which does not exist",
        ),
        (
            admin
                .make(NewAssignment::new(founded.owner, AGENT, support).starting(now).until(now))
                .map(drop),
            "not after its start",
        ),
        (admin.grant(founded.owner, unnamed, support).map(drop), "0x4000000000000"),
        (admin.grant(founded.owner, Permission::empty(), support).map(drop), "names no permission"),
        (admin.suspend(nobody), "does not exist in this organization"),
        (admin.create_member(&login("lin@acme.example")).map(drop), "the login belongs to"),
        (directory.system("").administer(founded.organization).suspend(nobody), "a name is empty"),
        (
            admin.perform([Action::SetStatus(founded.owner, Status::Invited)]).map(drop),
            "cannot become Invited from Some(Active)",
        ),
    ];
    for (refusal, expected) in refusals {
        let text = refusal.unwrap_err().to_string();
        assert!(text.contains(expected), "`{text}` does not say `{expected}`");
    }
    assert_eq!(json(&directory, founded.organization), before);
}

#[test]
fn a_role_is_assigned_only_where_it_may_be() {
    const BILLING: SystemRole = SystemRole::new("billing");
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .define(
            tenantry::catalog::RoleDefinition::new(BILLING)
                .any(Permission::EXPORT)
                .assignable(tenantry::ScopeKinds::ORGANIZATION),
        )
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap();
    let directory = Directory::new(catalog);
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let refused = admin.assign(founded.owner, BILLING, support).unwrap_err();
    assert!(matches!(refused, CommitError::Action(ActionError::NotAssignable { .. })));
    admin.assign(founded.owner, BILLING, Scope::Organization).unwrap();
}

#[test]
fn deleting_takes_everything_derived_along() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let sales = admin.create_workspace("Sales").unwrap();
    let inbox = admin.create_resource(&NewResource::new("inbox", support).key("17")).unwrap();
    let folder = admin.create_resource(&NewResource::new("folder", inbox)).unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let team = admin.create_team("After-sales").unwrap();
    admin.add_to_team(wu, team).unwrap();
    let role = admin.create_role(&NewRole::new("Exporter", Permission::EXPORT)).unwrap();
    let wide = admin
        .create_role(&NewRole::new("Everything", Permission::VIEW).includes(role).includes(AGENT))
        .unwrap();
    for (scope, grant) in
        [(Scope::from(support), role), (inbox.into(), role), (folder.into(), wide)]
    {
        admin.assign(team, grant, scope).unwrap();
    }
    // At one doomed scope to the members of another: found twice, removed once.
    let members = tenantry::model::Assignee::MembersOf(inbox.into());
    admin.assign(members, AGENT, folder).unwrap();
    admin.assign(members, AGENT, sales).unwrap();
    let kept = admin.assign(wu, AGENT, sales).unwrap();
    let consent = Consent {
        id: ConsentId::from_u128(5),
        operators: OrganizationId::from_u128(6),
        scope: inbox.into(),
        mask: tenantry::PermissionNames::Full,
        starts: None,
        ends: Timestamp::MAX,
    };
    admin.perform([Action::GiveConsent(consent)]).unwrap();

    let snapshot = admin.perform([Action::DeleteWorkspace(support)]).unwrap();
    let organization = snapshot.organization();
    assert_eq!(organization.resources().len(), 0);
    assert_eq!(organization.consents().len(), 0);
    let owners_and_kept = organization.assignments().keys().filter(|id| **id != kept).count();
    assert_eq!(owners_and_kept, 1, "only the owner's own assignment is left besides");
    assert_eq!(snapshot.resource("inbox", "17"), None);

    let snapshot = admin.perform([Action::DeleteRole(role)]).unwrap();
    let wide = snapshot.organization().roles().get(&wide).unwrap();
    assert_eq!(wide.includes, BTreeSet::from([AGENT.into()]));

    admin.assign(team, AGENT, sales).unwrap();
    let snapshot = admin.perform([Action::DeleteTeam(team)]).unwrap();
    assert_eq!(snapshot.organization().memberships().len(), 0);
    assert_eq!(snapshot.organization().assignments().len(), 2);
}

#[test]
fn every_setting_is_changed_by_its_action() {
    let directory = Directory::new(catalog());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let sales = admin.create_workspace("Sales").unwrap();
    let inbox = admin.create_resource(&NewResource::new("inbox", support)).unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    admin.assign(wu, AGENT, Scope::Organization).unwrap();
    let names = |permissions| directory.catalog().names(permissions).unwrap();
    let view_here = |scope: Scope| {
        let decision = directory.check(founded.organization, wu, Permission::VIEW, scope);
        decision.reason()
    };
    let inbox = Scope::from(inbox);
    let Scope::Resource(inbox_id) = inbox else { panic!("an inbox is a resource") };

    // Each action, what it makes of the answer, and the action that takes it back.
    let none = names(Permission::empty());
    let steps: Vec<(Action, Option<Reason>, Action)> = vec![
        (
            Action::SetInheritance(support.into(), names(Permission::REPLY)),
            Some(Reason::Masked),
            Action::SetInheritance(support.into(), tenantry::PermissionNames::Full),
        ),
        (
            Action::SetInheritance(inbox_id.into(), none.clone()),
            Some(Reason::Masked),
            Action::SetInheritance(inbox_id.into(), tenantry::PermissionNames::Full),
        ),
        (
            Action::SetCeiling(Scope::Organization, Some(none.clone())),
            Some(Reason::Ceiling),
            Action::SetCeiling(Scope::Organization, None),
        ),
        (
            Action::SetCeiling(support.into(), Some(none.clone())),
            Some(Reason::Ceiling),
            Action::SetCeiling(support.into(), None),
        ),
        (
            Action::SetCeiling(inbox, Some(none.clone())),
            Some(Reason::Ceiling),
            Action::SetCeiling(inbox, None),
        ),
        (
            Action::SetBoundary(wu, Some(none)),
            Some(Reason::Boundary),
            Action::SetBoundary(wu, None),
        ),
        (
            Action::SetEnd(wu, Some(Timestamp::UNIX_EPOCH)),
            Some(Reason::Ended),
            Action::SetEnd(wu, None),
        ),
        (
            Action::SetCredentialResetRequired(wu, true),
            Some(Reason::CredentialResetRequired),
            Action::SetCredentialResetRequired(wu, false),
        ),
        (
            Action::SetWorkspaceStatus(support, WorkspaceStatus::Archived),
            Some(Reason::Archived),
            Action::SetWorkspaceStatus(support, WorkspaceStatus::Active),
        ),
        (
            Action::SetStatus(wu, Status::Left),
            Some(Reason::Left),
            Action::SetStatus(wu, Status::Active),
        ),
        (
            Action::SetOrganizationStatus(tenantry::model::OrganizationStatus::Suspended),
            Some(Reason::OrganizationInactive),
            Action::SetOrganizationStatus(tenantry::model::OrganizationStatus::Active),
        ),
        (
            Action::SetSecurityPolicy(tenantry::model::SecurityPolicy {
                conditions: vec![tenantry::Condition::Mfa],
            }),
            Some(Reason::SecurityPolicyUnknown),
            Action::SetSecurityPolicy(tenantry::model::SecurityPolicy::default()),
        ),
        (
            Action::MoveResource(inbox_id, sales.into()),
            None,
            Action::MoveResource(inbox_id, support.into()),
        ),
    ];
    for (action, reason, back) in steps {
        let words = action.to_string();
        admin.perform([action]).unwrap();
        assert_eq!(view_here(inbox), reason, "after `{words}`");
        admin.perform([back]).unwrap();
        assert_eq!(view_here(inbox), None, "after taking back `{words}`");
    }
}

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
    let store = Faulty::default();
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
    assert_eq!(denied, Decision::Deny(Reason::UnknownOrganization));
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
        .make(NewAssignment::new(wu, AGENT, Scope::Organization).because("again"))
        .unwrap_err();
    assert!(
        matches!(twice, CommitError::Action(ActionError::AlreadyAssigned(id)) if id == first),
        "{twice}"
    );
    // Anything that differs is another assignment.
    admin.make(NewAssignment::new(wu, AGENT, Scope::Organization).until(Timestamp::MAX)).unwrap();
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
        let store = Faulty::default();
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
fn an_outcome_that_stays_unknown_is_reported_and_seen_by_a_refresh() {
    let store = Faulty::default();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    store.expect([Fault::LandedUnheard; 4]);
    let admin = directory.system("test").administer(founded.organization);
    let unknown = admin.create_workspace("Support").unwrap_err();
    assert!(matches!(unknown, CommitError::Store(StoreError::OutcomeUnknown(_))), "{unknown}");
    assert_eq!(directory.snapshot(founded.organization).unwrap().revision().number(), 1);
    let snapshot = directory.refresh(founded.organization).unwrap();
    assert_eq!(snapshot.revision().number(), 2);
    assert_eq!(snapshot.organization().workspaces().len(), 1);
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

    let (store, clock) = (Faulty::default(), Moody::default());
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

#[test]
fn a_restart_shows_the_same_organization() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let admin = directory.system("test").administer(founded.organization);
    let support = admin.create_workspace("Support").unwrap();
    let team = admin.create_team("Team").unwrap();
    let inner = admin.create_team("Inner").unwrap();
    let wu = SubAccountId::from_u128(77);
    admin
        .perform([
            Action::from(NewSubAccount::member(wu, login("wu@acme.example")).name("Wu")),
            Action::AddToTeam(Membership { sub_account: wu, team: inner }),
            Action::MoveTeam(inner, Some(team)),
        ])
        .unwrap();
    admin.make(NewAssignment::new(team, AGENT, support).because("season")).unwrap();
    let visit = admin.make(NewAssignment::new(wu, OWNER, support).because("visit")).unwrap();
    admin.suspend(wu).unwrap();
    admin.revoke(visit).unwrap();

    let again = Directory::with_store(catalog(), store.clone());
    assert_eq!(json(&again, founded.organization), json(&directory, founded.organization));

    // From a checkpoint, with records after it, all the same.
    let snapshot = directory.snapshot(founded.organization).unwrap();
    store
        .checkpoint(&Checkpoint {
            organization: founded.organization,
            revision: snapshot.revision(),
            bytes: serde_json::to_vec(snapshot.organization()).unwrap().into(),
        })
        .unwrap();
    admin.reinstate(wu).unwrap();
    let from_checkpoint = Directory::with_store(catalog(), store);
    assert_eq!(
        json(&from_checkpoint, founded.organization),
        json(&directory, founded.organization)
    );
    let snapshot = from_checkpoint.snapshot(founded.organization).unwrap();
    assert!(snapshot.subject(wu).can(Permission::REPLY, support));
}

#[test]
fn erased_personal_data_is_gone_and_the_rest_still_replays() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let snapshot = directory.snapshot(founded.organization).unwrap();
    let owner = snapshot.organization().sub_accounts().get(&founded.owner).unwrap();
    let personal = owner.login.unwrap();
    assert_eq!(snapshot.organization().personal(&personal), Some("lin@acme.example"));
    let records = &store.load(founded.organization).unwrap().unwrap().tail.records;
    let bytes = String::from_utf8(records[0].bytes.to_vec()).unwrap();
    assert!(!bytes.contains("lin@"), "a record holds a login");

    store.erase(founded.organization, &[personal.id]).unwrap();
    let again = Directory::with_store(catalog(), store.clone());
    let snapshot = again.snapshot(founded.organization).unwrap();
    assert_eq!(snapshot.organization().personal(&personal), None);
    assert_eq!(snapshot.sub_account("lin@acme.example"), None);
    assert!(snapshot.subject(founded.owner).can(Permission::all(), founded.organization));
    assert_eq!(store.organizations_of(&login("lin@acme.example")).unwrap(), []);
}

#[test]
fn damaged_or_foreign_records_are_errors_never_an_empty_organization() {
    let store = MemoryStore::new();
    let founded = acme(&Directory::with_store(catalog(), store.clone()));
    let commit = |id: u128, at: u64, bytes: &[u8]| {
        let at = std::num::NonZeroU64::new(at).unwrap();
        let commit = Commit {
            organization: founded.organization,
            expected: Expected::At(Revision::new(at)),
            id: CommitId::from_u128(id),
            record: bytes.into(),
            personal: Vec::new(),
        };
        store.commit(&commit).unwrap();
    };
    let loaded = Directory::with_store(catalog(), store.clone());
    loaded.snapshot(founded.organization).unwrap();
    commit(1, 1, br#"{"format":7}"#);
    let directory = Directory::with_store(catalog(), store.clone());
    for failed in [directory.snapshot(founded.organization), loaded.refresh(founded.organization)] {
        let error = failed.unwrap_err();
        assert!(matches!(error, LoadError::Decode { .. }), "{error}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("format 7 is newer"), "{source}");
    }
    assert!(
        !directory
            .check(founded.organization, founded.owner, Permission::VIEW, founded.organization)
            .is_allow()
    );
}

#[test]
fn the_memory_store_keeps_its_contract() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let mut ids: Vec<_> = (0..5)
        .map(|number| {
            let owner = login(&format!("{number}@acme.example"));
            directory.create_organization("Acme", &owner).unwrap().organization
        })
        .collect();
    ids.sort();
    assert_eq!(store.organizations(None, 10).unwrap(), ids);
    assert_eq!(store.organizations(None, 2).unwrap(), ids[..2]);
    assert_eq!(store.organizations(Some(ids[1]), 2).unwrap(), ids[2..4]);
    assert_eq!(store.organizations(Some(ids[4]), 2).unwrap(), []);

    let admin = directory.system("test").administer(ids[0]);
    for _ in 0..3 {
        admin.create_workspace("W").unwrap();
    }
    let numbers = |after: u64, limit| -> Vec<u64> {
        let after = std::num::NonZeroU64::new(after).unwrap();
        let page = store.records(ids[0], Revision::new(after), limit).unwrap();
        page.records.iter().map(|record| record.revision.number()).collect()
    };
    assert_eq!(numbers(1, 10), [2, 3, 4]);
    assert_eq!(numbers(1, 2), [2, 3]);
    assert_eq!(numbers(3, 10), [4]);
    assert_eq!(numbers(4, 10), [0; 0]);
    assert_eq!(numbers(99, 10), [0; 0]);
    let nowhere = OrganizationId::from_u128(1);
    let revisions = store.revisions(&[ids[0], nowhere, ids[1]]).unwrap();
    let revisions: Vec<_> = revisions.iter().map(|it| it.map(Revision::number)).collect();
    assert_eq!(revisions, [Some(4), None, Some(1)]);

    let checkpoint = |number: u64| Checkpoint {
        organization: ids[0],
        revision: Revision::new(std::num::NonZeroU64::new(number).unwrap()),
        bytes: Arc::from(number.to_be_bytes()),
    };
    assert!(matches!(store.checkpoint(&checkpoint(5)), Err(StoreError::Conflict { .. })));
    store.checkpoint(&checkpoint(3)).unwrap();
    store.checkpoint(&checkpoint(2)).unwrap();
    let stored = store.load(ids[0]).unwrap().unwrap();
    assert_eq!(
        stored.checkpoint,
        Some(checkpoint(3)),
        "an older checkpoint does not replace a newer"
    );
    assert_eq!(stored.tail.records.len(), 1);
    let foreign = Checkpoint { organization: nowhere, ..checkpoint(1) };
    assert!(matches!(store.checkpoint(&foreign), Err(StoreError::Conflict { actual: None })));
}

#[test]
fn a_waiting_reader_is_woken_by_a_commit() {
    let store = MemoryStore::new();
    let directory = Directory::with_store(catalog(), store.clone());
    let founded = acme(&directory);
    let woken = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            store.wait_for_change(Duration::from_mins(10)).unwrap();
            woken.store(true, Ordering::Relaxed);
        });
        let admin = directory.system("test").administer(founded.organization);
        while !woken.load(Ordering::Relaxed) {
            admin.create_workspace("W").unwrap();
            thread::sleep(Duration::from_millis(1));
        }
    });
    store.wait_for_change(Duration::ZERO).unwrap();
}

#[test]
fn what_crosses_threads_may() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Directory<Permission>>();
    crosses::<tenantry::Snapshot<Permission>>();
    crosses::<tenantry::Subject<'_, Permission>>();
    crosses::<tenantry::Operator<'_, Permission>>();
    crosses::<Catalog<Permission>>();
    crosses::<CommitError>();
}
