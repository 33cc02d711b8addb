//! Every administrative action against every permission: only the required one opens it.

use std::collections::BTreeSet;

use tenantry::directory::CommitError;
use tenantry::model::resource::Parent;
use tenantry::model::{
    Consent, Kind, Maker, Membership, OrganizationStatus, Resource, Role, SecurityPolicy, Team,
    Workspace, WorkspaceStatus,
};
use tenantry::{
    Action, AdminAction, AssignmentId, Catalog, ConsentId, Context, Departure, Directory, Grant,
    Login, Name, NewAssignment, NewInvitation, NewRequest, NewSubAccount, OrganizationId,
    PermissionNames, Refusal, RequestId, ResourceId, RoleId, Scope, SubAccountId, SubAccountKind,
    SystemRole, TeamId, Timestamp, WorkspaceId,
};

bitflags::bitflags! {
    /// One permission for each administrative action, in the order of [`AdminAction::ALL`], and one to look.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Flag: u64 {
        const A00 = 1; const A01 = 1 << 1; const A02 = 1 << 2; const A03 = 1 << 3;
        const A04 = 1 << 4; const A05 = 1 << 5; const A06 = 1 << 6; const A07 = 1 << 7;
        const A08 = 1 << 8; const A09 = 1 << 9; const A10 = 1 << 10; const A11 = 1 << 11;
        const A12 = 1 << 12; const A13 = 1 << 13; const A14 = 1 << 14; const A15 = 1 << 15;
        const A16 = 1 << 16; const A17 = 1 << 17; const A18 = 1 << 18; const A19 = 1 << 19;
        const A20 = 1 << 20; const A21 = 1 << 21; const A22 = 1 << 22; const A23 = 1 << 23;
        const A24 = 1 << 24; const A25 = 1 << 25; const A26 = 1 << 26; const A27 = 1 << 27;
        const VIEW = 1 << 40;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const ROOT: Scope = Scope::Organization;

/// Things that actions can be done to. None of the people administers anything; all they have is VIEW.
struct Place {
    directory: Directory<Flag>,
    organization: OrganizationId,
    owner: SubAccountId,
    view: PermissionNames,
}

fn flag_of(position: usize) -> Flag {
    Flag::from_bits(1 << position).unwrap()
}

fn login(name: &str) -> Login {
    name.parse().unwrap()
}

fn name() -> Name {
    Name::new("Name").unwrap()
}

const MEMBER: SubAccountId = SubAccountId::from_u128(11);
const ASLEEP: SubAccountId = SubAccountId::from_u128(12);
const GONE: SubAccountId = SubAccountId::from_u128(13);
const GUEST: SubAccountId = SubAccountId::from_u128(14);
const SERVICE: SubAccountId = SubAccountId::from_u128(15);
const INVITED: SubAccountId = SubAccountId::from_u128(16);
const NEW: SubAccountId = SubAccountId::from_u128(99);
const ROOM: WorkspaceId = WorkspaceId::from_u128(21);
const OTHER_ROOM: WorkspaceId = WorkspaceId::from_u128(22);
const THING: ResourceId = ResourceId::from_u128(31);
const TEAM: TeamId = TeamId::from_u128(41);
const OTHER_TEAM: TeamId = TeamId::from_u128(42);
const ROLE: RoleId = RoleId::from_u128(51);
const HELD: AssignmentId = AssignmentId::from_u128(61);
const DENIED: AssignmentId = AssignmentId::from_u128(62);
const INVITATION: tenantry::InvitationId = tenantry::InvitationId::from_u128(71);
const REQUEST: RequestId = RequestId::from_u128(81);
const CONSENT: ConsentId = ConsentId::from_u128(91);
const IN_TEAM: Membership = Membership { sub_account: GUEST, team: TEAM };

fn place() -> Place {
    let catalog = Catalog::builder().role(OWNER, Flag::all()).owner(OWNER);
    let catalog = AdminAction::ALL
        .iter()
        .enumerate()
        .fold(catalog, |catalog, (position, action)| catalog.requires(*action, flag_of(position)));
    let directory = Directory::new(catalog.build().unwrap());
    let founded = directory.create_organization("Acme", &login("owner")).unwrap();
    let view = directory.catalog().names(Flag::VIEW).unwrap();
    let place = Place { organization: founded.organization, owner: founded.owner, view, directory };
    let far = Timestamp::MAX;
    let granted = |who: SubAccountId| Action::from(place.view_for(who, ROOT));
    let invitation = place.invitation(INVITATION, INVITED, "invited");
    let people = [
        NewSubAccount::member(MEMBER, login("member")),
        NewSubAccount::member(ASLEEP, login("asleep")),
        NewSubAccount::member(GONE, login("gone")),
        NewSubAccount::guest(GUEST, login("guest"), far),
        NewSubAccount::service(SERVICE, MEMBER),
    ];
    let mut actions: Vec<Action> = people.map(Action::from).into();
    actions.extend([MEMBER, ASLEEP, GONE, GUEST, SERVICE].map(granted));
    actions.extend([
        Action::Suspend(ASLEEP),
        Action::Remove(Departure::from(GONE)),
        Action::CreateWorkspace(Workspace::new(ROOM, name())),
        Action::CreateWorkspace(Workspace::new(OTHER_ROOM, name())),
        Action::CreateResource(Resource::new(THING, Kind::new("thing").unwrap(), ROOM)),
        Action::CreateTeam(Team::new(TEAM, name())),
        Action::CreateTeam(Team::new(OTHER_TEAM, name())),
        Action::AddToTeam(IN_TEAM),
        Action::CreateRole(Role::new(ROLE, name(), place.view.clone())),
        Action::from(place.view_for(MEMBER, ROOM).id(HELD)),
        Action::from(place.view_for(GUEST, OTHER_ROOM).denying().id(DENIED)),
        Action::Invite(invitation),
        place.request(REQUEST),
        Action::GiveConsent(place.consent(CONSENT)),
    ]);
    place.host().perform(actions).unwrap();
    place
}

impl Place {
    fn host(&self) -> tenantry::Administration<'_, Flag> {
        self.directory.system("test").administer(self.organization)
    }

    fn view_for(&self, who: SubAccountId, scope: impl Into<Scope>) -> NewAssignment {
        NewAssignment::new(who, Grant::any(self.view.clone()), scope)
    }

    fn invitation(
        &self,
        id: tenantry::InvitationId,
        who: SubAccountId,
        name: &str,
    ) -> NewInvitation {
        let token = self.directory.catalog().fingerprint();
        NewInvitation::new(id, who, login(name), token, Timestamp::MAX)
            .with(Grant::any(self.view.clone()), ROOM)
    }

    fn request(&self, id: RequestId) -> Action {
        let grant = Grant::any(self.view.clone());
        Action::MakeRequest(NewRequest::access(id, MEMBER, grant, THING, Timestamp::MAX))
    }

    fn consent(&self, id: ConsentId) -> Consent {
        let operators = OrganizationId::from_u128(5);
        let mask = self.view.clone();
        Consent {
            id,
            operators,
            scope: ROOT,
            mask,
            starts: None,
            ends: Timestamp::MAX,
            by: Maker::Host,
        }
    }

    /// Every action with what it requires. None hands out more than VIEW or takes from anybody who administers.
    fn cases(&self, actor: SubAccountId) -> Vec<(AdminAction, Action)> {
        use AdminAction as A;
        let token = self.directory.catalog().fingerprint();
        let labels = || BTreeSet::from([tenantry::Label::new("label").unwrap()]);
        let thing = Kind::new("thing").unwrap();
        let passed_on = self.view_for(MEMBER, ROOM).delegated_by(actor).ends(Timestamp::MAX);
        let restore = false;
        let mut cases = vec![
            (A::EditOrganization, Action::RenameOrganization(name())),
            (A::EditOrganization, Action::SetLabels(ROOT, labels())),
            (
                A::ManageOrganizationStatus,
                Action::SetOrganizationStatus(OrganizationStatus::Suspended),
            ),
            (A::ManageSecurity, Action::SetSecurityPolicy(SecurityPolicy::default())),
            (A::ManageConsents, Action::GiveConsent(self.consent(ConsentId::from_u128(1)))),
            (A::ManageConsents, Action::EndConsent(CONSENT)),
            (
                A::CreateWorkspace,
                Action::CreateWorkspace(Workspace::new(WorkspaceId::from_u128(1), name())),
            ),
            (A::EditWorkspace, Action::RenameWorkspace(ROOM, name())),
            (A::EditWorkspace, Action::SetLabels(ROOM.into(), labels())),
            (A::ArchiveWorkspace, Action::SetWorkspaceStatus(ROOM, WorkspaceStatus::Archived)),
            (A::DeleteWorkspace, Action::DeleteWorkspace(ROOM)),
            (
                A::ManageResources,
                Action::CreateResource(Resource::new(ResourceId::from_u128(1), thing, ROOM)),
            ),
            (A::ManageResources, Action::MoveResource(THING, OTHER_ROOM.into())),
            (A::ManageResources, Action::SetResourceOwner(THING, Some(MEMBER))),
            (A::ManageResources, Action::DeleteResource(THING)),
            (A::ManageResources, Action::SetLabels(THING.into(), labels())),
            (
                A::ManageInheritance,
                Action::SetInheritance(Parent::from(ROOM), PermissionNames::Full),
            ),
            (
                A::ManageInheritance,
                Action::SetInheritance(Parent::from(THING), PermissionNames::Full),
            ),
            (A::ManageCeilings, Action::SetCeiling(ROOM.into(), None)),
            (A::ManageCeilings, Action::SetCeiling(THING.into(), None)),
            (A::CreateSubAccount, NewSubAccount::member(NEW, login("new")).into()),
            (A::Invite, Action::Invite(self.invitation(NEW_INVITATION, NEW, "new"))),
            (
                A::Invite,
                Action::ResendInvitation { id: INVITATION, token, expires: Timestamp::MAX },
            ),
            (A::Invite, Action::WithdrawInvitation(INVITATION)),
            (A::ApproveRequests, Action::Approve { request: REQUEST, assignments: vec![] }),
            (A::ApproveRequests, Action::Reject(REQUEST)),
            (A::ApproveRequests, Action::WithdrawRequest(REQUEST)),
        ];
        cases.extend([
            (A::EditSubAccount, Action::SetName(MEMBER, Some("Name".into()))),
            (A::EditSubAccount, Action::SetLogin(MEMBER, login("other"))),
            (A::EditSubAccount, Action::SetKind(GUEST, SubAccountKind::Member)),
            (A::EditSubAccount, Action::SetEnd(MEMBER, Some(Timestamp::MAX))),
            (A::SuspendSubAccount, Action::Suspend(MEMBER)),
            (A::SuspendSubAccount, Action::Reinstate(ASLEEP)),
            (A::RemoveSubAccount, Action::Remove(Departure::from(MEMBER))),
            (A::RemoveSubAccount, Action::Readmit { sub_account: GONE, restore }),
            (A::RequireCredentialReset, Action::SetCredentialResetRequired(MEMBER, true)),
            (A::EraseSubAccount, Action::Erase(GONE)),
            (A::ManageBoundaries, Action::SetBoundary(MEMBER, Some(self.view.clone()))),
            (A::ManageServices, NewSubAccount::service(NEW, MEMBER).into()),
            (A::ManageServices, Action::SetServiceOwner(SERVICE, self.owner)),
            (A::ManageTeams, Action::CreateTeam(Team::new(TeamId::from_u128(1), name()))),
            (A::ManageTeams, Action::MoveTeam(OTHER_TEAM, Some(TEAM))),
            (A::ManageTeams, Action::DeleteTeam(TEAM)),
            (
                A::ManageTeamMembers,
                Action::AddToTeam(Membership { sub_account: MEMBER, team: TEAM }),
            ),
            (A::ManageTeamMembers, Action::RemoveFromTeam(IN_TEAM)),
            (
                A::ManageRoles,
                Action::CreateRole(Role::new(RoleId::from_u128(1), name(), self.view.clone())),
            ),
            (A::ManageRoles, Action::ReplaceRole(Role::new(ROLE, name(), PermissionNames::none()))),
            (A::ManageRoles, Action::DeleteRole(ROLE)),
            (A::Assign, self.view_for(GUEST, THING).into()),
            (A::Assign, Action::Revoke(HELD)),
            (A::Assign, self.request(RequestId::from_u128(1))),
            (A::Deny, self.view_for(MEMBER, ROOM).denying().into()),
            (A::Deny, Action::Revoke(DENIED)),
            (A::Delegate, passed_on.into()),
            (A::TransferOwnership, Action::TransferOwnership { from: self.owner, to: MEMBER }),
        ]);
        cases
    }
}

const NEW_INVITATION: tenantry::InvitationId = tenantry::InvitationId::from_u128(72);

#[test]
fn incident_29_only_the_required_permission_opens_an_action() {
    // Deleting was guarded by the permission to read, and changing a part of something by nothing.
    assert_eq!(AdminAction::ALL.len(), 28, "an action has been added: give it a flag");
    let place = place();
    let host = place.host();
    let mut opened = BTreeSet::new();
    for position in 0..AdminAction::ALL.len() {
        let flag = flag_of(position);
        let only = host.create_member(&login(&format!("only {position}"))).unwrap();
        host.grant(only, flag | Flag::VIEW, ROOT).unwrap();
        let but = host.create_member(&login(&format!("but {position}"))).unwrap();
        host.grant(but, Flag::all() - flag, ROOT).unwrap();
        for (required, action) in place.cases(only) {
            let is_required = required == AdminAction::ALL[position];
            let by = place.directory.administer(place.organization, only, &Context::new());
            let said = by.check(action.clone());
            if is_required {
                opened.insert(required);
                let expected = match required {
                    AdminAction::TransferOwnership => Some("G2"),
                    AdminAction::ManageOrganizationStatus => Some("G3"),
                    _ => None,
                };
                let rule = said.err().map(|error| match error {
                    CommitError::Refused(refusal) => refusal.rule(),
                    other => panic!("{action}: {other}"),
                });
                assert_eq!(rule, expected, "{action} by whoever has only the permission for it");
            } else {
                is_shut(said, required, &action);
            }
        }
        let by = place.directory.administer(place.organization, but, &Context::new());
        for (required, action) in place.cases(but) {
            if required == AdminAction::ALL[position] {
                is_shut(by.check(action.clone()), required, &action);
            }
        }
    }
    let all: BTreeSet<_> = AdminAction::ALL.iter().copied().collect();
    assert_eq!(opened, all, "every administrative action has an action that it opens");
}

#[track_caller]
fn is_shut(said: Result<(), CommitError>, required: AdminAction, action: &Action) {
    let Err(CommitError::Refused(Refusal::NotPermitted { action: named, requires, .. })) = said
    else {
        panic!("{action}: {said:?}")
    };
    assert_eq!(named, required, "{action}");
    assert_eq!(requires.iter().count(), 1, "{action}");
}
