//! The typed methods of an administration: each is its action, and each can be taken back by another of them.

use tenantry::directory::CommitError;
use tenantry::governance::ActionError;
use tenantry::model::{EntityId, OrganizationStatus};
use tenantry::{
    Administration, Condition, Directory, NewAssignment, NewRequest, NewResource, NewSubAccount,
    OrganizationId, Reason, ResourceId, Scope, Status, SubAccountId, SubAccountKind, Timestamp,
    WorkspaceId,
};

use crate::setup::*;

struct House {
    directory: Directory<Permission>,
    organization: OrganizationId,
    lin: SubAccountId,
    wu: SubAccountId,
    support: WorkspaceId,
    inbox: ResourceId,
}

impl House {
    fn new() -> Self {
        let directory = Directory::new(catalog());
        let founded = acme(&directory);
        let host = directory.system("test").administer(founded.organization);
        let support = host.create_workspace("Support").unwrap();
        let inbox = host.create_resource(&NewResource::new("inbox", support)).unwrap();
        let wu = host.create_member(&login("wu")).unwrap();
        host.assign(wu, AGENT, Scope::Organization).unwrap();
        let (organization, lin) = (founded.organization, founded.owner);
        Self { directory, organization, lin, wu, support, inbox }
    }

    fn host(&self) -> Administration<'_, Permission> {
        self.directory.system("test").administer(self.organization)
    }

    fn by(&self, who: SubAccountId) -> Administration<'_, Permission> {
        self.directory.administer(self.organization, who, &tenantry::Context::new())
    }

    /// Why the agent does not see the inbox, if it does not.
    fn why_not(&self) -> Option<Reason> {
        let view = Permission::VIEW;
        self.directory.check(self.organization, self.wu, view, self.inbox).reason()
    }
}

fn never() -> Timestamp {
    "2200-01-01T00:00:00Z".parse().unwrap()
}

#[test]
fn what_limits_is_set_and_lifted() {
    let house = House::new();
    let (host, reply) = (house.host(), Some(Permission::REPLY));
    let expect = |reason| assert_eq!(house.why_not(), reason);
    host.set_inheritance(house.support, reply).unwrap();
    expect(Some(Reason::Masked));
    host.set_inheritance(house.support, None).unwrap();
    expect(None);
    for scope in [Scope::Organization, house.support.into(), house.inbox.into()] {
        host.set_ceiling(scope, reply).unwrap();
        expect(Some(Reason::Ceiling));
        host.set_ceiling(scope, None).unwrap();
        expect(None);
    }
    host.set_boundary(house.wu, reply).unwrap();
    expect(Some(Reason::Boundary));
    host.set_boundary(house.wu, None).unwrap();
    host.set_end(house.wu, Some(Timestamp::UNIX_EPOCH)).unwrap();
    expect(Some(Reason::Ended));
    host.set_end(house.wu, None).unwrap();
    host.set_security_policy([Condition::Mfa]).unwrap();
    expect(Some(Reason::SecurityPolicyUnknown));
    host.set_security_policy([]).unwrap();
    host.set_organization_status(OrganizationStatus::Suspended).unwrap();
    expect(Some(Reason::OrganizationInactive));
    host.set_organization_status(OrganizationStatus::Active).unwrap();
    host.archive_workspace(house.support).unwrap();
    expect(Some(Reason::Archived));
    host.unarchive_workspace(house.support).unwrap();
    expect(None);
}

#[test]
fn scopes_are_named_labelled_moved_and_deleted() {
    let house = House::new();
    let host = house.host();
    host.rename_organization("Acme Group").unwrap();
    host.rename_workspace(house.support, "Help").unwrap();
    host.set_labels(house.inbox, ["after-sales", "east"]).unwrap();
    host.set_resource_owner(house.inbox, Some(house.wu)).unwrap();
    let sales = host.create_workspace("Sales").unwrap();
    host.move_resource(house.inbox, sales).unwrap();
    let snapshot = house.directory.snapshot(house.organization).unwrap();
    let organization = snapshot.organization();
    assert_eq!(organization.profile().name.as_str(), "Acme Group");
    assert_eq!(organization.workspaces().get(&house.support).unwrap().name.as_str(), "Help");
    let inbox = organization.resources().get(&house.inbox).unwrap();
    let labels: Vec<_> = inbox.labels.iter().map(tenantry::Label::as_str).collect();
    assert_eq!(labels, ["after-sales", "east"]);
    assert_eq!((inbox.owner, inbox.parent), (Some(house.wu), sales.into()));
    let no_label = host.set_labels(house.inbox, [""]).unwrap_err();
    assert!(matches!(no_label, CommitError::Action(ActionError::Text(_))), "{no_label}");
    host.set_resource_owner(house.inbox, None).unwrap();
    host.delete_resource(house.inbox).unwrap();
    assert_eq!(house.why_not(), Some(Reason::UnknownScope));
    host.delete_workspace(sales).unwrap();
    let snapshot = house.directory.snapshot(house.organization).unwrap();
    assert!(!snapshot.organization().contains(EntityId::Workspace(sales)));
}

#[test]
fn teams_hold_teams_and_go_when_they_hold_none() {
    let house = House::new();
    let host = house.host();
    let [sales, east] = ["Sales", "East"].map(|name| host.create_team(name).unwrap());
    let bo = host.create_member(&login("bo")).unwrap();
    host.add_to_team(bo, east).unwrap();
    host.assign(sales, AGENT, house.support).unwrap();
    let sees = || {
        let snapshot = house.directory.snapshot(house.organization).unwrap();
        snapshot.subject(bo).can(Permission::VIEW, house.inbox)
    };
    assert!(!sees());
    host.move_team(east, Some(sales)).unwrap();
    assert!(sees());
    let held = host.delete_team(sales).unwrap_err();
    assert_eq!(held.rule(), None, "{held}");
    host.remove_from_team(bo, east).unwrap();
    assert!(!sees());
    host.delete_team(east).unwrap();
    host.delete_team(sales).unwrap();
}

#[test]
fn somebody_is_made_and_changed_step_by_step() {
    let house = House::new();
    let host = house.host();
    let agent = NewAssignment::of(AGENT, house.support);
    let nobody = host.create_assignment(agent.clone()).unwrap_err();
    assert!(matches!(nobody, CommitError::Action(ActionError::NoAssignee)), "{nobody}");
    let new = |id| NewSubAccount::member(id, login("bo")).name("Bo").ends(never());
    let before = house.directory.snapshot(house.organization).unwrap().revision();
    let bo = host.create(new, [agent]).unwrap();
    let snapshot = house.directory.snapshot(house.organization).unwrap();
    assert_eq!(snapshot.revision(), before.next(), "one commit");
    assert!(snapshot.subject(bo).can(Permission::REPLY, house.support));
    let name_of = |id| {
        let snapshot = house.directory.snapshot(house.organization).unwrap();
        snapshot.organization().name_of(id).map(str::to_owned)
    };
    assert_eq!(name_of(bo).as_deref(), Some("Bo"));
    host.set_name(bo, None).unwrap();
    assert_eq!(name_of(bo), None);
    assert_eq!(snapshot.organization().login_of(bo), Some("bo"));
    host.set_login(bo, &login("bo.chen")).unwrap();
    host.make_guest(bo, never()).unwrap();
    assert!(host.set_end(bo, None).is_err(), "a guest has an end");
    host.make_member(bo).unwrap();
    host.set_end(bo, None).unwrap();
    let bot = host.create_service(house.wu).unwrap();
    host.set_service_owner(bot, bo).unwrap();
    let snapshot = house.directory.snapshot(house.organization).unwrap();
    assert_eq!(snapshot.sub_account("bo.chen"), Some(bo));
    assert_eq!(snapshot.sub_account("bo"), None);
    assert_eq!(snapshot.organization().login_of(bo), Some("bo.chen"));
    assert_eq!(snapshot.organization().login_of(bot), None);
    let accounts = snapshot.organization().sub_accounts();
    let bo = accounts.get(&bo).unwrap();
    assert_eq!((bo.kind, bo.ends), (SubAccountKind::Member, None));
    let bot = accounts.get(&bot).unwrap();
    assert_eq!((bot.owner, bot.credential_reset_required), (Some(bo.id), true));
}

#[test]
fn one_assignment_takes_the_place_of_another_in_one_commit() {
    let house = House::new();
    let owner = house.by(house.lin);
    let bo = owner.create_member(&login("bo")).unwrap();
    let ticked = |permissions| {
        let grant = house.directory.catalog().grant(permissions).unwrap();
        NewAssignment::new(bo, grant, house.support)
    };
    let first = owner.create_assignment(ticked(Permission::VIEW | Permission::REPLY)).unwrap();
    let second = owner.replace(first, ticked(Permission::VIEW | Permission::EXPORT)).unwrap();
    let has = || {
        let snapshot = house.directory.snapshot(house.organization).unwrap();
        snapshot.subject(bo).permissions(house.support)
    };
    assert_eq!(has(), Permission::VIEW | Permission::EXPORT);
    // What cannot be done changes nothing: the old one is still there.
    let nowhere = WorkspaceId::from_u128(1);
    assert!(owner.replace(second, NewAssignment::new(bo, AGENT, nowhere)).is_err());
    assert!(owner.replace(first, ticked(Permission::VIEW)).is_err(), "it was replaced already");
    assert_eq!(has(), Permission::VIEW | Permission::EXPORT);
}

#[test]
fn one_passes_on_what_one_has_until_an_end() {
    let house = House::new();
    let owner = house.by(house.lin);
    let bo = owner.create_member(&login("bo")).unwrap();
    owner.delegate(bo, AGENT, house.support, never()).unwrap();
    let can = |who| {
        house.directory.check(house.organization, who, Permission::REPLY, house.support).is_allow()
    };
    assert!(can(bo));
    let nobody = house.host().delegate(bo, AGENT, house.support, never()).unwrap_err();
    assert!(matches!(nobody, CommitError::Action(ActionError::NoSubAccount)), "{nobody}");
}

#[test]
fn a_request_says_why() {
    let house = House::new();
    let bo = house.host().create_member(&login("bo")).unwrap();
    let asks = |id| NewRequest::access(id, bo, AGENT, house.support, never()).reason("covers");
    let request = house.by(bo).request(asks).unwrap();
    let snapshot = house.directory.snapshot(house.organization).unwrap();
    let stored = snapshot.organization().requests().get(&request).unwrap();
    assert_eq!(snapshot.organization().personal(&stored.reason.unwrap()), Some("covers"));
    house.by(house.lin).approve(request, []).unwrap();
}

#[test]
fn a_consent_is_given_and_ended() {
    let house = House::new();
    let vendor = house.directory.create_organization("Vendor", &login("olga")).unwrap();
    let owner = house.by(house.lin);
    let sees = || {
        let visited = house.directory.snapshot(house.organization).unwrap();
        let home = house.directory.snapshot(vendor.organization).unwrap();
        visited.operator(&home, vendor.owner).can(Permission::VIEW, house.support)
    };
    assert!(!sees());
    let view = Permission::VIEW;
    let consent = owner.give_consent(vendor.organization, house.support, view, never()).unwrap();
    assert!(sees());
    let refused = house.by(house.wu).end_consent(consent).unwrap_err();
    assert_eq!(refused.rule(), Some("G1"), "{refused}");
    owner.end_consent(consent).unwrap();
    assert!(!sees());
}

#[test]
fn what_somebody_began_is_adopted() {
    let house = House::new();
    let owner = house.by(house.lin);
    let second = house.host().create_member(&login("second")).unwrap();
    house.host().assign(second, OWNER, Scope::Organization).unwrap();
    let invite = house.by(second).invite(&login("bo"));
    let invited = invite.role(AGENT, house.support).issue().unwrap();
    owner.adopt(second).unwrap();
    owner.remove(second, None).unwrap();
    let bo = house.directory.accept(&invited.token, &login("bo")).unwrap();
    assert_eq!(bo, invited.sub_account);
}

#[test]
fn a_login_finds_the_organizations_in_which_it_signs_in() {
    let house = House::new();
    let vendor = house.directory.create_organization("Vendor", &login("wu")).unwrap();
    let of = |name| house.directory.accounts_of(&login(name)).unwrap();
    let mut found: Vec<_> = of("wu").iter().map(|it| (it.organization, it.sub_account)).collect();
    let mut expected = vec![(house.organization, house.wu), (vendor.organization, vendor.owner)];
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // A login that somebody had is nobody's any more; who left is still known.
    house.host().set_login(house.wu, &login("wu.mei")).unwrap();
    house.host().remove(house.wu, None).unwrap();
    assert_eq!(house.by(house.lin).leave().unwrap_err().rule(), Some("I1"));
    assert_eq!(of("wu").len(), 1);
    assert_eq!(of("wu.mei")[0].status, Status::Removed);
    assert!(of("nobody").is_empty());
}

/// The release notes promise it.
#[test]
fn every_action_has_a_typed_method() {
    let source = |path: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        std::fs::read_to_string(path).unwrap()
    };
    let text = source("src/governance/action/action.rs");
    let body = text.split("pub enum Action {\n").nth(1).unwrap().split("\n}").next().unwrap();
    let variants = body.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?;
        let end = name.find(|c: char| !c.is_alphanumeric())?;
        name.starts_with(char::is_uppercase).then(|| &name[..end])
    });
    let files = [
        "assignments",
        "invitations",
        "organization",
        "people",
        "requests",
        "roles",
        "scopes",
        "teams",
    ];
    let methods: String =
        files.iter().map(|it| source(&format!("src/directory/administration/{it}.rs"))).collect();
    let mut seen = 0;
    for variant in variants {
        // An assignment and a sub-account are actions by themselves.
        let is_there = ["Assign", "CreateSubAccount"].contains(&variant)
            || ["(", " {", ")", ",", "]"]
                .iter()
                .any(|end| methods.contains(&format!("Action::{variant}{end}")));
        assert!(is_there, "{variant} has no typed method");
        seen += 1;
    }
    assert!(seen > 40, "only {seen} actions were found");
}

#[test]
fn a_role_is_taken_back_where_it_was_given_and_nowhere_else() {
    let house = House::new();
    let host = house.host();
    let has = || {
        let snapshot = house.directory.snapshot(house.organization).unwrap();
        snapshot.assigned_to(house.wu).iter().map(|it| it.scope).collect::<Vec<_>>()
    };
    let team = host.create_team("Night").unwrap();
    host.add_to_team(house.wu, team).unwrap();
    host.assign(team, AGENT, house.support).unwrap();
    host.assign(house.wu, AGENT, house.support).unwrap();
    let later = NewAssignment::new(house.wu, AGENT, house.support).ends(never());
    host.create_assignment(later).unwrap();
    host.deny(house.wu, Permission::EXPORT, house.support).unwrap();
    assert_eq!(has().len(), 5);

    let missing = host.unassign(house.wu, OWNER, house.support).unwrap_err();
    let (role, scope) = (OWNER.into(), house.support.into());
    let expected = ActionError::NotAssigned { role, scope };
    assert!(matches!(&missing, CommitError::Action(error) if *error == expected), "{missing}");
    // Both that were made to wu, neither the team's nor the one at the organization.
    host.unassign(house.wu, AGENT, house.support).unwrap();
    assert_eq!(has().len(), 3);
    assert!(host.unassign(house.wu, AGENT, house.support).is_err());
    host.unassign(team, AGENT, house.support).unwrap();
    host.unassign(house.wu, AGENT, Scope::Organization).unwrap();
    assert_eq!(has(), [Scope::from(house.support)], "the deny stays");
    // Who may not revoke may not take back either.
    host.assign(house.wu, AGENT, house.support).unwrap();
    let refused = house.by(house.wu).unassign(house.lin, OWNER, Scope::Organization);
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
}

#[test]
fn who_leaves_hands_over_what_was_theirs() {
    let house = House::new();
    let host = house.host();
    host.set_resource_owner(house.inbox, Some(house.wu)).unwrap();
    let owner = || {
        let snapshot = house.directory.snapshot(house.organization).unwrap();
        snapshot.organization().resources().get(&house.inbox).unwrap().owner
    };
    house.by(house.wu).leave_to(house.lin).unwrap();
    assert_eq!(owner(), Some(house.lin));
    assert_eq!(house.why_not(), Some(Reason::Left));
    assert!(host.leave_to(house.lin).is_err(), "the host's own code is nobody who could leave");
}
