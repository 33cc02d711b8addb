//! Two releases run side by side over one store. What the newer one takes away, the older one does
//! not allow, though it knows neither the name nor the role by which it was taken.

use tenantry::catalog::CatalogBuilder;
use tenantry::model::Membership;
use tenantry::store::MemoryStore;
use tenantry::{
    Action, AdminAction, Catalog, Context, Directory, NewAssignment, NewRole, OrganizationId,
    Permissions, RoleDefinition, Scope, SubAccountId, SystemRole, WorkspaceId,
};

use crate::setup::{ROOT, login};

/// The release before.
mod old {
    bitflags::bitflags! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct Permission: u64 {
            const VIEW = 1 << 0;
            const READ = 1 << 1;
            const EXPORT = 1 << 2;
            const ASSIGN = 1 << 8;
            const HOUSE = 1 << 9;
        }
    }
}

/// The release after: READ is called ANSWER, and bits have moved.
mod new {
    bitflags::bitflags! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct Permission: u64 {
            const ANSWER = 1 << 0;
            const VIEW = 1 << 1;
            const EXPORT = 1 << 3;
            const ASSIGN = 1 << 8;
            const HOUSE = 1 << 9;
        }
    }
}

use new::Permission as New;
use old::Permission as Old;

const OWNER: SystemRole = SystemRole::new("owner");
const CLERK: SystemRole = SystemRole::new("clerk");
const EXPORTER: SystemRole = SystemRole::new("exporter");

/// CLERK is VIEW.
fn older() -> CatalogBuilder<Old> {
    Catalog::builder()
        .edition(1)
        .role(OWNER, Old::all())
        .role(CLERK, Old::VIEW)
        .owner(OWNER)
        .administration(Old::HOUSE)
        .requires(AdminAction::Assign, Old::ASSIGN)
}

/// CLERK is VIEW and EXPORT, and there are exporters.
fn newer() -> CatalogBuilder<New> {
    Catalog::builder()
        .edition(2)
        .role(OWNER, New::all())
        .role(CLERK, New::VIEW | New::EXPORT)
        .define(RoleDefinition::new(EXPORTER).any(New::EXPORT))
        .formerly(New::ANSWER, "READ")
        .owner(OWNER)
        .administration(New::HOUSE)
        .requires(AdminAction::Assign, New::ASSIGN)
}

/// Both releases over one store, an organization in it, and its member b.
struct Releases {
    old: Directory<Old>,
    new: Directory<New>,
    organization: OrganizationId,
    lin: SubAccountId,
    b: SubAccountId,
    support: WorkspaceId,
}

impl Releases {
    fn new() -> Self {
        Self::of(older(), newer())
    }

    fn of(older: CatalogBuilder<Old>, newer: CatalogBuilder<New>) -> Self {
        let store = MemoryStore::new();
        let old = Directory::with_store(older.build().unwrap(), store.clone());
        let new = Directory::with_store(newer.build().unwrap(), store);
        let founded = old.create_organization("Acme", &login("lin")).unwrap();
        let host = old.system("test").administer(founded.organization);
        let b = host.create_member(&login("b")).unwrap();
        let support = host.create_workspace("Support").unwrap();
        let (organization, lin) = (founded.organization, founded.owner);
        Self { old, new, organization, lin, b, support }
    }

    /// What the old process answers, once it has read all there is.
    fn old_can(&self, who: SubAccountId, what: Old, scope: impl Into<Scope>) -> bool {
        can(&self.old, self.organization, who, what, scope)
    }

    fn new_can(&self, who: SubAccountId, what: New, scope: impl Into<Scope>) -> bool {
        can(&self.new, self.organization, who, what, scope)
    }

    fn old_host(&self) -> tenantry::Administration<'_, Old> {
        self.old.system("old").administer(self.organization)
    }

    fn new_host(&self) -> tenantry::Administration<'_, New> {
        self.new.system("new").administer(self.organization)
    }

    /// Both processes have read the same revision.
    fn refresh(&self) {
        let old = self.old.refresh(self.organization).unwrap().revision();
        assert_eq!(old, self.new.refresh(self.organization).unwrap().revision());
    }
}

fn can<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    who: SubAccountId,
    what: P,
    scope: impl Into<Scope>,
) -> bool {
    directory.refresh(organization).unwrap();
    directory.check(organization, who, what, scope.into()).is_allow()
}

#[test]
fn break_08_what_is_denied_under_a_new_name_is_denied_under_the_old_one() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::READ, ROOT).unwrap();
    assert!(both.old_can(both.b, Old::READ, both.support));
    assert!(both.new_can(both.b, New::ANSWER, both.support));
    both.new_host().deny(both.b, New::ANSWER, both.support).unwrap();
    both.refresh();
    assert!(!both.new_can(both.b, New::ANSWER, both.support));
    assert!(!both.old_can(both.b, Old::READ, both.support), "the old release still allows it");
    assert!(both.old_can(both.lin, Old::READ, both.support), "others keep what they have");
}

#[test]
fn break_08_what_is_denied_under_a_new_name_is_not_handed_on_by_the_old_release() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::READ | Old::ASSIGN, ROOT).unwrap();
    let mate = both.old_host().create_member(&login("mate")).unwrap();
    both.refresh();
    both.new_host().deny(both.b, New::ANSWER, ROOT).unwrap();
    both.refresh();
    let by = both.old.administer(both.organization, both.b, &Context::new());
    let step = by.grant(mate, Old::READ, both.support);
    assert!(!both.new_can(mate, New::ANSWER, both.support), "the new release honours it");
    step.unwrap_err();
}

#[test]
fn break_08_a_deny_of_a_role_that_the_old_release_does_not_know_acts_there() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::EXPORT, ROOT).unwrap();
    both.refresh();
    let deny = NewAssignment::new(both.b, EXPORTER, ROOT).denying();
    both.new_host().create_assignment(deny).unwrap();
    both.refresh();
    assert!(!both.new_can(both.b, New::EXPORT, both.support));
    assert!(!both.old_can(both.b, Old::EXPORT, both.support), "the old release still allows it");
}

#[test]
fn break_08_a_deny_of_a_role_takes_all_that_the_new_release_puts_into_it() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::VIEW | Old::EXPORT, ROOT).unwrap();
    both.refresh();
    both.new_host().create_assignment(NewAssignment::new(both.b, CLERK, ROOT).denying()).unwrap();
    both.refresh();
    assert!(!both.new_can(both.b, New::EXPORT, both.support));
    assert!(!both.old_can(both.b, Old::VIEW, both.support));
    assert!(!both.old_can(both.b, Old::EXPORT, both.support), "the old release still allows it");
}

#[test]
fn break_08_a_team_that_holds_an_unknown_role_is_no_empty_team() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::HOUSE, ROOT).unwrap();
    let mate = both.old_host().create_member(&login("mate")).unwrap();
    both.refresh();
    let team = both.new_host().create_team("Export").unwrap();
    both.new_host().assign(team, EXPORTER, both.support).unwrap();
    both.refresh();
    let place = Membership { sub_account: mate, team };
    let by = both.old.administer(both.organization, both.b, &Context::new());
    let step = by.perform([Action::AddToTeam(place)]).map(drop);
    assert!(!both.new_can(mate, New::EXPORT, both.support), "the new release honours it");
    step.unwrap_err();
}

#[test]
fn break_08_a_team_that_holds_a_role_with_more_in_the_new_release_has_more() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::HOUSE | Old::VIEW, ROOT).unwrap();
    let mate = both.old_host().create_member(&login("mate")).unwrap();
    let team = both.old_host().create_team("Clerks").unwrap();
    both.old_host().assign(team, CLERK, both.support).unwrap();
    both.refresh();
    // The new release has been at work here.
    both.new_host().create_workspace("Room").unwrap();
    both.refresh();
    let place = Membership { sub_account: mate, team };
    let by = both.old.administer(both.organization, both.b, &Context::new());
    let step = by.perform([Action::AddToTeam(place)]).map(drop);
    assert!(!both.new_can(mate, New::EXPORT, both.support), "the new release honours it");
    step.unwrap_err();
}

#[test]
fn break_08_a_team_that_is_denied_an_unknown_role_is_left_by_nobody_for_free() {
    // The old release knows nothing of what the team is denied, and lets b out of it.
    let both = Releases::new();
    both.old_host().grant(both.b, Old::HOUSE, ROOT).unwrap();
    let mate = both.old_host().create_member(&login("mate")).unwrap();
    both.old_host().grant(mate, Old::EXPORT, ROOT).unwrap();
    both.refresh();
    let team = both.new_host().create_team("Shut").unwrap();
    both.new_host().add_to_team(mate, team).unwrap();
    both.new_host().create_assignment(NewAssignment::new(team, EXPORTER, ROOT).denying()).unwrap();
    both.refresh();
    assert!(!both.old_can(mate, Old::EXPORT, both.support), "the old release still allows it");
    let place = Membership { sub_account: mate, team };
    let by = both.old.administer(both.organization, both.b, &Context::new());
    let step = by.perform([Action::RemoveFromTeam(place)]).map(drop);
    assert!(!both.new_can(mate, New::EXPORT, both.support), "the new release honours it");
    step.unwrap_err();
}

#[test]
fn break_08_a_role_with_more_in_the_new_release_is_not_assigned_by_the_old_one() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::ASSIGN | Old::VIEW, ROOT).unwrap();
    let mate = both.old_host().create_member(&login("mate")).unwrap();
    both.refresh();
    // The new release has been at work here.
    both.new_host().create_workspace("Room").unwrap();
    both.refresh();
    let by = both.old.administer(both.organization, both.b, &Context::new());
    let step = by.assign(mate, CLERK, both.support);
    assert!(!both.new_can(mate, New::EXPORT, both.support), "the new release honours it");
    step.unwrap_err();
}

#[test]
fn break_08_a_custom_role_of_the_new_release_is_denied_whole_by_the_old_one() {
    // A custom role that names what was renamed, denied to b. The old one knows the role by id.
    let both = Releases::new();
    both.old_host().grant(both.b, Old::READ, ROOT).unwrap();
    both.refresh();
    let role = both.new_host().create_role(&NewRole::new("Readers", New::ANSWER)).unwrap();
    both.new_host().create_assignment(NewAssignment::new(both.b, role, ROOT).denying()).unwrap();
    both.refresh();
    assert!(!both.new_can(both.b, New::ANSWER, both.support));
    assert!(!both.old_can(both.b, Old::READ, both.support), "the old release still allows it");
}

#[test]
fn break_08_what_an_action_requires_in_the_new_release_it_requires_in_the_old_one() {
    // From the new release on, whoever assigns must hold HOUSE too.
    let stricter = newer().requires(AdminAction::Assign, New::ASSIGN | New::HOUSE);
    let both = Releases::of(older(), stricter);
    both.old_host().grant(both.b, Old::ASSIGN | Old::VIEW, ROOT).unwrap();
    let mate = both.old_host().create_member(&login("mate")).unwrap();
    both.refresh();
    both.new_host().create_workspace("Room").unwrap();
    both.refresh();
    let by = both.old.administer(both.organization, both.b, &Context::new());
    by.grant(mate, Old::VIEW, both.support).unwrap_err();
}

#[test]
fn break_08_a_prerequisite_of_the_new_release_is_one_in_the_old_one() {
    let stricter = newer().needs(New::EXPORT, New::VIEW);
    let both = Releases::of(older(), stricter);
    both.old_host().grant(both.b, Old::EXPORT, ROOT).unwrap();
    both.refresh();
    both.new_host().create_workspace("Room").unwrap();
    both.refresh();
    assert!(!both.new_can(both.b, New::EXPORT, both.support));
    assert!(!both.old_can(both.b, Old::EXPORT, both.support), "the old release still allows it");
}

#[test]
fn break_08_a_process_that_starts_afresh_decides_by_what_is_in_force() {
    let store = MemoryStore::new();
    let new = Directory::with_store(newer().build().unwrap(), store.clone());
    let old = Directory::with_store(older().build().unwrap(), store.clone());
    let founded = old.create_organization("Acme", &login("lin")).unwrap();
    let host = old.system("old").administer(founded.organization);
    let b = host.create_member(&login("b")).unwrap();
    host.grant(b, Old::READ | Old::EXPORT, ROOT).unwrap();
    new.refresh(founded.organization).unwrap();
    let host = new.system("new").administer(founded.organization);
    host.deny(b, New::ANSWER, ROOT).unwrap();
    host.create_assignment(NewAssignment::new(b, EXPORTER, ROOT).denying()).unwrap();
    // Loading starts from the checkpoint, not from the first record.
    let through = new.checkpoint(founded.organization).unwrap();
    let fresh = Directory::with_store(older().build().unwrap(), store.clone());
    for what in [Old::READ, Old::EXPORT] {
        assert!(!can(&fresh, founded.organization, b, what, ROOT), "{what:?} after a checkpoint");
    }
    new.archive(founded.organization, through, |_| Ok::<(), std::convert::Infallible>(())).unwrap();
    let fresh = Directory::with_store(older().build().unwrap(), store);
    for what in [Old::READ, Old::EXPORT] {
        assert!(!can(&fresh, founded.organization, b, what, ROOT), "{what:?} after archiving");
    }
}

#[test]
fn break_08_a_commit_of_the_older_release_puts_nothing_back() {
    let both = Releases::new();
    both.old_host().grant(both.b, Old::READ | Old::EXPORT, ROOT).unwrap();
    both.refresh();
    both.new_host().deny(both.b, New::ANSWER, ROOT).unwrap();
    both.new_host()
        .create_assignment(NewAssignment::new(both.b, EXPORTER, ROOT).denying())
        .unwrap();
    both.refresh();
    // Both releases go on working side by side, in turn.
    for turn in 0..3 {
        both.old_host().create_workspace(&*format!("Old {turn}")).unwrap();
        both.refresh();
        assert!(!both.old_can(both.b, Old::READ, ROOT) && !both.new_can(both.b, New::ANSWER, ROOT));
        assert!(
            !both.old_can(both.b, Old::EXPORT, ROOT) && !both.new_can(both.b, New::EXPORT, ROOT)
        );
        both.new_host().create_workspace(&*format!("New {turn}")).unwrap();
        both.refresh();
    }
}

#[test]
fn break_08_both_releases_answer_alike_what_both_know() {
    let both = Releases::new();
    both.refresh();
    let mate = both.new_host().create_member(&login("mate")).unwrap();
    both.new_host().grant(both.b, New::ANSWER, ROOT).unwrap();
    both.new_host().assign(mate, EXPORTER, both.support).unwrap();
    both.refresh();
    assert!(both.new_can(both.b, New::ANSWER, ROOT) && both.old_can(both.b, Old::READ, ROOT));
    assert!(both.new_can(mate, New::EXPORT, both.support));
    assert!(both.old_can(mate, Old::EXPORT, both.support));
    assert!(!both.old_can(mate, Old::READ, both.support));
}

#[test]
fn break_08_the_older_release_stores_names_that_the_newer_one_reads() {
    let both = Releases::new();
    both.new_host().create_workspace("Room").unwrap();
    both.refresh();
    let deny = both.old_host().deny(both.b, Old::READ, ROOT).unwrap();
    both.old_host().grant(both.b, Old::READ | Old::VIEW, ROOT).unwrap();
    both.refresh();
    assert!(!both.new_can(both.b, New::ANSWER, ROOT) && both.new_can(both.b, New::VIEW, ROOT));
    both.new_host().revoke(deny).unwrap();
    both.refresh();
    assert!(both.new_can(both.b, New::ANSWER, ROOT) && both.old_can(both.b, Old::READ, ROOT));
}
